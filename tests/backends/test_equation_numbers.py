"""One number for one equation: in the document's LaTeX, in comments of scripts, in the certificate's names, and over
the rows of files for solvers. What is compared is read from the texts that people get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from compiler.backends.document_formats import document_of
from compiler.backends.latex import write_latex
from compiler.backends.registry import emit
from compiler.backends.script_request import ScriptRequest
from compiler.ground.ground_game import GroundGame
from compiler.ir.game import ConstraintDef
from compiler.pipeline import Compiled, compile_file, compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from runtime.certificate import Status
from runtime.certify import Claim, certify
from runtime.problem_files.registry import PROBLEM_FORMATS, problem_files
from tests.docs.blocks import LANGUAGE, blocks_of, written

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"

FILES = {
    path.relative_to(ROOT).as_posix(): path
    for path in [
        *sorted(ROOT.glob("models/*/*.game")),
        *sorted(GOLDEN.glob("*.game")),
        *sorted(GOLDEN.glob("*/*.game")),
        ROOT / "tests" / "documents" / "golden" / "zoo.game",
    ]
}

SAID = re.compile(r"# line (\d+)(?: of (\S+))?, eq\. (\d+): (.*)")
NAMED = re.compile(r"\\eqref\{eq:(\d+)\} \\code\{(.*?)\}")
DERIVED = {
    r"stationarity of the Lagrangian in `(.+)`": "stationarity_{}",
    r"strong duality of `(.+)`'s problem": "duality_{}",
}


@cache
def model(name: str) -> Compiled:
    return compile_file(FILES[name])


def named_in_document(compiled: Compiled) -> dict[str, set[int]]:
    """The numbers of constraints by the names that the document gives them in words."""
    found: dict[str, set[int]] = {}
    text = write_latex(document_of(compiled, "0").document).replace(r"\allowbreak{}", "")
    for paragraph in re.findall(r"^Names in the model's file: (.*)$", text, re.MULTILINE):
        for number, name in NAMED.findall(paragraph):
            found.setdefault(re.sub(r"\\(.)", r"\1", name), set()).add(int(number))
    return found


def constraints(compiled: Compiled) -> Iterator[ConstraintDef]:
    yield from (c for p in compiled.game.players for c in p.constraints)
    yield from compiled.game.shared


@cache
def scripts(compiled: Compiled) -> tuple[str, ...]:
    """Those that there are."""
    return tuple(_scripts(compiled))


def _scripts(compiled: Compiled) -> Iterator[str]:
    for target in ("pyomo", "casadi"):
        try:
            yield emit(compiled, target, ScriptRequest("0"))
        except DiagnosticError as error:
            assert {d.code for d in error.diagnostics} <= {"G702", "G704", "G706", "G712", "G107"}  # noqa: PT017


def check(compiled: Compiled) -> int:
    """Compares the texts of one model; gives the number of comments compared."""
    named = named_in_document(compiled)
    declared = {c.name for c in constraints(compiled)}
    assert set(named) == declared
    count = 0
    places: dict[tuple[str, str], set[int]] = {}
    for c in constraints(compiled):
        key = ("" if c.signature.span.source is compiled.source else "other", str(c.signature.span.line))
        places.setdefault(key, set()).update(named[c.name])
    for script in scripts(compiled):
        for line, other, number, said in SAID.findall(script):
            if said.startswith("constraint "):
                assert int(number) in places["other" if other else "", line], said
                count += 1
    for block in compiled.ground.row_blocks:
        plain = block.name.partition(" (")[0]
        if block.size and not block.lifted and plain in named:
            assert block.equation in named[plain], block.name
            assert compiled.ground.row_named(block.start) == f"`{block.label(block.start)}` (eq. {block.equation})"
            count += 1
    return count


@pytest.mark.parametrize("name", FILES)
def test_models(name: str) -> None:
    compiled = model(name)
    assert check(compiled) > 0 or not list(constraints(compiled))


def test_examples_of_the_language(tmp_path: Path) -> None:
    compared = 0
    for page in sorted(LANGUAGE.glob("*.md")):
        for k, block in enumerate(b for b in blocks_of(page) if "solve" in b.options):
            folder = tmp_path / f"{page.stem}{k}"
            folder.mkdir()
            compared += check(compile_file(written(block, folder)))
    assert compared > 60


@pytest.mark.parametrize("name", FILES)
def test_derivations(name: str) -> None:
    """Comments over derived rows carry the number at which the document derives the same row."""
    compiled = model(name)
    try:
        described = document_of(compiled, "0", derive=True)
    except DiagnosticError:
        assert not any("stationarity" in s for s in scripts(compiled) if len(compiled.game.players) > 1)
        return
    text = write_latex(described.document)
    labels = [int(n) for n in re.findall(r"\\label\{eq:(\d+)\}", text)]
    assert labels == list(range(1, len(labels) + 1))
    if len(compiled.game.players) == 1:
        return
    found = 0
    for script in scripts(compiled):
        for _, _, number, said in SAID.findall(script):
            for pattern, template in DERIVED.items():
                if match := re.fullmatch(pattern, said):
                    entry = described.numbers.entries[int(number) - 1]
                    assert entry.statement.name == template.format(match[1])
                    found += 1
            if match := re.fullmatch(r"multiplier of .*`(.+)`", said):
                assert rf"\eqref{{eq:{number}}}" in text
    assert found or not list(scripts(compiled))


TOY = """
game toy
player leader { var y in [0, 8]  minimize cost = 3*x + y }
player follower follows leader {
  var x <= 5  minimize effort = -x
  constraint first: x + y <= 8
  constraint second[t in 1..3]: 2*x - 7*t*y <= 0
}
"""
BY_HAND = {"cost": 1, "y": 2, "effort": 3, "first": 4, "second": 5, "x": 6}
"""Leaders first; of a player its objective, its constraints, its variables."""


def toy() -> Compiled:
    return compile_source(Source("toy.game", TOY), lambda name: (_ for _ in ()).throw(FileNotFoundError(name)))


def ground() -> GroundGame:
    return toy().ground


@pytest.mark.parametrize(
    ("y", "x", "said"),
    [
        (0.0, 5.0, "`follower.second[t=1]` (eq. 5) is violated by 10"),
        (8.0, 4.0, "`follower.first` (eq. 4) is violated by 4"),
        (9.0, -1.0, "a bound of `leader.y` (eq. 2) is violated by 1"),
        (2.0, 5.5, "a bound of `follower.x` (eq. 6) is violated by 0.5"),
        (1e16, 6.0, "`leader.y` (eq. 2) is beyond 1e+15"),
    ],
)
def test_certificate_names_the_equation(y: float, x: float, said: str) -> None:
    found = certify(ground(), Claim(Status.OPTIMAL, np.array([y, x])))
    assert any(reason.startswith(said) for reason in found.reasons), found.reasons


def test_numbers_by_hand_everywhere() -> None:
    compiled = toy()
    text = write_latex(document_of(compiled, "0", derive=True).document)
    assert r"\label{eq:12}" in text
    assert r"\label{eq:13}" not in text
    assert re.search(r"^& x \+ y \\le 8 && .*\\label\{eq:4\}", text, re.MULTILINE)
    script = emit(compiled, "pyomo", ScriptRequest("0"))
    assert "# line 6, eq. 4: constraint first: x + y <= 8" in script
    assert "# line 7, eq. 5: constraint second[t in 1..3]: 2*x - 7*t*y <= 0" in script
    assert "# line 3, eq. 1: minimize cost = 3*x + y" in script
    assert "# line 5, eq. 6: var x <= 5" in script
    # The Lagrangian is 7, then comes stationarity; then first, second, the bound of x.
    assert "# line 5, eq. 8: stationarity of the Lagrangian in `x`" in script
    assert "# line 6, eq. 9: one of m.mu_first and m.gap_mu_first is zero" in script
    assert "# line 5, eq. 11: one of m.nu_x_high and m.gap_nu_x_high is zero" in script
    duality = emit(compiled, "pyomo", ScriptRequest("0", "strong-duality"))
    assert "# line 5, eq. 12: strong duality of `follower`'s problem" in duality
    lp = problem_files(compiled, PROBLEM_FORMATS["lp"])[".lp"]
    assert "toy.game:6: follower.first (eq. 4)" in lp


def test_own_problem_keeps_the_numbers_of_the_model() -> None:
    compiled = toy()
    y, x = compiled.game.players[0].variables[0], compiled.game.players[1].variables[0]
    request = ScriptRequest("0", player="follower", decisions=lambda: {y: {(): 1.0}, x: {(): 2.0}})
    script = emit(compiled, "pyomo", request)
    assert "# line 6, eq. 4: constraint first" in script
    assert "# line 5, eq. 3: minimize effort" in script
