"""`gamec compile`: a whole file or none, and scripts that give what `gamec solve` gives."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gamec.conftest import Ran
from tests.gamec.json_schema import parse

Gamec = Callable[..., Ran]

MODEL = """game one "two products"
set I index i = {a, b}
param worth[i] = {a: 3, b: 2}
param most = 4
player p { var x[i] in [0, 3]  maximize gain = sum(i) worth[i]*x[i]  constraint most_of_all: sum(i) x[i] <= most }
case less { param most = 2 }
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "one.game").write_text(MODEL, encoding="utf-8")
    return "one.game"


@pytest.mark.parametrize(("case", "optimum"), [([], 3 * 3 + 2 * 1), (["--case", "less"], 3 * 2)])
def test_the_script_runs_and_agrees(gamec: Gamec, model: str, tmp_path: Path, case: list[str], optimum: float) -> None:
    assert gamec("compile", model, "--to", "pyomo", "-o", "one.py", *case) == Ran(0, "", "")
    ran = subprocess.run([sys.executable, "one.py"], capture_output=True, text=True, cwd=tmp_path, check=True)
    solved = parse(gamec("solve", model, "--format", "json", *case).out)["objectives"]["p.gain"]
    assert solved == pytest.approx(optimum)
    assert optimum in [pytest.approx(float(word)) for word in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", ran.stdout)]


def test_standard_output_and_input(gamec: Gamec, model: str) -> None:
    ran = gamec("compile", model, "--to", "pyomo")
    assert ran.code == 0
    assert gamec("compile", model, "--to", "pyomo", "-o", "-").out == ran.out
    piped = gamec("compile", "-", "--to", "pyomo", stdin=MODEL.encode())
    assert piped.code == 0
    compile(ran.out, "one.py", "exec")
    compile(piped.out, "one.py", "exec")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["one.game", "--to", "fortran"], 2, "G807"),
        (["none.game", "--to", "pyomo"], 1, "G001"),
        (["one.game", "--to", "pyomo", "--case", "lses"], 1, "G605"),
        (["one.game", "--to", "pyomo", "-o", "no/such/folder/one.py"], 1, "G003"),
        (["one.game", "--to", "pyomo", "-o", "."], 1, "G003"),
        (["two.game", "--to", "pyomo", "-o", "two.py"], 1, "G712"),
        (["one.game", "--to", "pyomo", "--player", "q"], 2, "G807"),
        (["two.game", "--to", "pyomo", "--form", "kkt"], 2, "G807"),
        (["two.game", "--to", "casadi", "--form", "kkt-sos1"], 2, "G807"),
    ],
)
def test_what_cannot_be_written(
    gamec: Gamec, model: str, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "two.game").write_text(
        MODEL + "player q follows p { var y integer minimize c = y^2 }", encoding="utf-8"
    )
    before = sorted(p.name for p in tmp_path.iterdir())
    ran = gamec("compile", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before


TOY = """player leader { var y in [0, 8]  minimize cost = 3*x + y }
player follower follows leader {
  var x <= 5  minimize effort = -x
  constraint a: x + y <= 8  constraint b: 4*x + y >= 8  constraint c: 2*x + y <= 13  constraint d: 2*x - 7*y <= 0
}
"""


@pytest.mark.parametrize(
    "options",
    [
        ["--to", "pyomo", "--form", "kkt-big-m"],
        ["--to", "pyomo", "--player", "follower"],
    ],
)
def test_a_leader_and_a_follower(gamec: Gamec, tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "toy.game").write_text(TOY, encoding="utf-8")
    assert gamec("compile", "toy.game", "-o", "toy.py", *options) == Ran(0, "", "")
    ran = subprocess.run([sys.executable, "toy.py"], capture_output=True, text=True, cwd=tmp_path, check=True)
    found = dict(line.split(" = ") for line in ran.stdout.splitlines())
    # By hand: the corner where 4x + y = 8 meets 2x = 7y.
    assert float(found["follower.effort"]) == pytest.approx(-28 / 15, rel=1e-6)
    if "--player" not in options:
        assert float(found["leader.cost"]) == pytest.approx(92 / 15, rel=1e-6)
