"""Games -> files of their problem -> what HiGHS and SCIP make of them."""

from __future__ import annotations

from pathlib import Path

import highspy
from pyscipopt import Model

from compiler.pipeline import Compiled, compile_file
from grammar.source import Source
from runtime.problem_files.registry import PROBLEM_FORMATS, problem_files

LEADER = """
player firm {
  var a in [0, 10]
  maximize profit = 8*a - a^2 + 2*sum(i) d[i] - 1
  constraint cap: a + sum(i) d[i] <= 9
}
set I index i = {left, right}
param worth[i] = {left: 5, right: 3}
player buyer[i] follows firm {
  var d <= 6
  maximize gain = worth[i]*d - d^2/2 - a*d/4
  constraint least: d >= 0
}
"""

PRICED = """
player plant {
  var bid in [0, 100]
  maximize profit = spot*q - 20*q
}
player market follows plant {
  var q in [0, 60]  var other in [0, 60]
  minimize cost = bid*q + 50*other
  constraint meet: q + other == 80 price spot
}
"""

BOUNDED = """
player leader { var y in [0, 8]  minimize cost = 3*x + y }
player follower follows leader {
  var x <= 5
  minimize effort = -x
  constraint a: x + y <= 8
  constraint b: 4*x + y >= 8
  constraint c: 2*x + y <= 13
  constraint d: 2*x - 7*y <= 0
}
"""
"""Optimum by hand: 92/15, at the corner where 4x + y = 8 meets 2x = 7y."""


def compiled(text: str) -> Compiled:
    return compile_file(Source("park.game", text))


def written(game: Compiled, name: str, folder: Path, player: str = "", form: str = "kkt-sos1") -> str:
    """The path of the file that is read."""
    wanted = PROBLEM_FORMATS[name]
    texts = problem_files(game, wanted, player, form)
    assert tuple(texts) == wanted.endings
    for ending, text in texts.items():
        (folder / f"park{ending}").write_text(text, encoding="utf-8")
    return str(folder / f"park{wanted.endings[0]}")


def by_scip(path: str) -> Model:
    model = Model()
    model.hideOutput()
    model.readProblem(path)
    # As runtime/solvers/scip.py tells.
    model.setParam("constraints/SOS1/sepafreq", -1)
    model.setParam("numerics/feastol", 1e-9)
    model.optimize()
    assert model.getStatus() == "optimal"
    return model


def by_highs(path: str) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(path) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highs
