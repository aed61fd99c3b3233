"""The derived single-level problem as a game of one player: solved as such it gives the published optimum; letters and
names in it are distinct; what has no formula is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.derivation import single_level
from compiler.ir import expr as ir
from compiler.ir.walk import outer_letters
from compiler.pipeline import compile_file, compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from runtime.answer import answer
from runtime.methods.method import Request
from tests.derivation.flat import Both

LITERATURE = Path(__file__).parents[1] / "literature"


@pytest.mark.parametrize("form", ["kkt", "duality"])
@pytest.mark.parametrize("name", ["bard_toy", "anandalingam_white_1990", "bard_1984_1", "bialas_karwan_1984_1"])
def test_solved_as_one_problem(name: str, form: str) -> None:
    path = LITERATURE / f"{name}.game"
    optimum = re.search(r"^# Optimum: ([-+.\de]+)", path.read_text("utf-8"), re.MULTILINE)
    assert optimum is not None
    found = answer(Both.of(compile_file(path), form).joined, Request())
    both = Both.of(compile_file(path), form)
    assert found.x is not None
    assert both.joined.objectives_at(found.x)[0] == pytest.approx(float(optimum.group(1)), rel=1e-6, abs=1e-6)


def derived(text: str) -> dict[str, ir.Expr]:
    """Every stationarity row by the name of its variable."""
    game = compile_source(Source("model.game", text), lambda name: "").game
    return {s.variable.name: s.row.left for f in single_level(game).followers for s in f.stationarity}


LEAD = "set T index t, s = 1..3  param w[t] = 1  player a { var p[t] in [0, 1] minimize f = sum(t) p[t] }\n"


def names_bound(node: object, around: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The letters around each reduction, its own last."""
    found = []
    if isinstance(node, ir.Reduce):
        around = (*around, *node.domain.letters)
        found.append(around)
    for name in getattr(node, "__dataclass_fields__", {}):
        value = getattr(node, name)
        if name in ("span", "target", "domain"):
            continue
        for part in value if isinstance(value, tuple) else (value,):
            if type(part).__module__ == ir.__name__:
                found += names_bound(part, around)
    return found


@pytest.mark.parametrize(
    ("goal", "letters"),
    [
        ("(sum(t) w[t]*x[t])^2", {("t", "s")}),
        ("(sum(t) w[t]*x[t])^2 + (sum(s) x[s])*(sum(t) w[t]*p[t])", {("t", "s")}),
        ("sum(t) (sum(s where s <= t) x[s])^2", {("t", "s"), ("t", "s", "s'")}),
    ],
)
def test_no_letter_hides_another(goal: str, letters: set[tuple[str, ...]]) -> None:
    row = derived(f"{LEAD} player b follows a {{ var x[t] in [0, 9] minimize g = {goal} }}")["x"]
    assert set(names_bound(row, ("t",))) == letters
    # What is not bound inside is the row's own.
    assert {x.name for x in outer_letters(row)} <= {"t"}


REFUSED = {
    "var x in [0, 9] minimize g = abs(x - p[1])": ("`abs` of variables has no derivative", "abs(x - p[1])"),
    "var x[t] in [0, 9] minimize g = smax(t) x[t]": ("`smax` of variables", "smax(t) x[t]"),
    "var x in [0, 9] minimize g = tiers(x; 2: 1, rest: 2)": ("`tiers` of variables", "tiers(x; 2: 1, rest: 2)"),
    "var x integer in [0, 9] minimize g = x": ("`b` decides on whole numbers with `x`", "x"),
    "var on binary minimize g = on": ("`b` decides on whole numbers with `on`", "on"),
    "var x in [0, 9] minimize g = x  constraint c: 0 <= x perp 3 - x >= 0": ("the complementarity `c`", "c"),
    "var x[t] in [0, 9] cyclic minimize g = sum(t) w[t]*x[t-2]": ("`t-2` goes round a cyclic set", "t-2"),
}


@pytest.mark.parametrize("body", REFUSED)
def test_what_has_no_formula_is_refused_at_its_place(body: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        derived(f"{LEAD} player b follows a {{ {body} }}")
    first = caught.value.diagnostics[0]
    words, place = REFUSED[body]
    assert first.code == "G712"
    assert first.headline.startswith(words)
    assert first.hints
    assert first.span is not None
    assert first.span.text.startswith(place)
