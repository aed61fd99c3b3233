"""Texts of the stages: golden ones for a model that has a bit of everything, and names that mean what they say.

`GAMEC_GOLDEN=write` writes the golden texts anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.pipeline import check_game, compile_file
from gamec.stages.game import game_text
from grammar.source import Source
from tests.gamec.conftest import ROOT, Ran

Gamec = Callable[..., Ran]

GOLDEN = Path(__file__).parent / "golden"
MODELS = {"toy": ROOT / "models" / "toy" / "toy.game", "plant": GOLDEN / "plant.game"}


def told_as(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stage", ["tokens", "tree", "game", "ground"])
def test_the_text_of_a_stage(gamec: Gamec, model: str, stage: str) -> None:
    ran = gamec("show", str(MODELS[model]), "--stage", stage)
    assert (ran.code, ran.err) == (0, "")
    told_as(f"{model}_{stage}", ran.out)


def test_a_case(gamec: Gamec) -> None:
    told_as("plant_game_cheap", gamec("show", str(MODELS["plant"]), "--case", "cheap").out)
    ran = gamec("show", str(MODELS["plant"]), "--stage", "ground", "--case", "chaep")
    assert (ran.code, ran.out) == (1, "")
    assert "G605" in ran.err


@pytest.mark.parametrize(("stage", "code"), [("tokens", 0), ("tree", 0), ("game", 0), ("ground", 1)])
def test_a_stage_needs_no_later_one(gamec: Gamec, stage: str, code: int) -> None:
    """Without its data file a model can be looked at up to the stage that reads it."""
    text = 'game g param a from "none.csv" player p { var x in [0, a] minimize c = x }'
    assert gamec("show", "-", "--stage", stage, stdin=text.encode()).code == code


@pytest.mark.parametrize(("stage", "code"), [("tokens", 0), ("tree", 1), ("game", 1)])
def test_a_syntax_error(gamec: Gamec, stage: str, code: int) -> None:
    ran = gamec("show", "-", "--stage", stage, stdin=b"game g player p { var x minimize c = = x }")
    assert (ran.code, "G1" in ran.err) == (code, code == 1)


@pytest.mark.parametrize("line", range(1, 9))
def test_tokens_stand_where_they_are_said_to(gamec: Gamec, line: int) -> None:
    text = MODELS["plant"].read_text(encoding="utf-8").splitlines()
    rows = [row.split(maxsplit=1)[0] for row in (GOLDEN / "plant_tokens.txt").read_text("utf-8").splitlines()]
    columns = [int(row.split(":")[1]) for row in rows if row.startswith(f"{line}:")]
    words = text[line - 1].split("#")[0]
    assert all(words[column - 1 : column].strip() for column in columns)


EXPRESSIONS = [
    "a - (b - c)", "a - b - c", "-(a + b)*c", "a/(b*c)", "a/b*c",
    "(a + b)^2", "-a^2", "(-a)^2", "2^(a - b)", "a*(b + c)",
    "sum(t) w[t]*b + c", "sum(t) (w[t] + b)", "(sum(t) w[t])*b", "a - sum(t) w[t]", "sum(t where t > first(T)) w[t-1]",
    "sum(t where t < last(T)) w[next(t)]", "if a > b and not (b > c) then a else b + c",
    "(if a > b or c > b then a else b)*c", "max(a, b - c) + min(a, -b)", "sum(t) ord(t)*w[t] + card(T)",
    "a*(b/c)",
    "abs(-a)*sqrt(b)", "piecewise(b; (0, 0), (2, a - 1), (5, c))", "tiers(b; a - 1: 2, rest: c)", "--a", "a*-b",
    "prod(t) w[t] - 1", "mean(t) w[t]^2", "smax(t) (w[t] - a)",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_printed_expression_means_the_same(expression: str) -> None:
    """Read again, the printed expression has the same value."""
    told = printed(expression)
    assert value(told) == pytest.approx(value(expression), rel=1e-12)


def model(expression: str) -> Source:
    return Source(
        "-",
        "game g set T index t = 1..3 param a = 3 param b = 5 param c = 7 param w[t] = {1: 2, 2: 11, 3: 13} "
        f"param out = {expression} player p {{ var x in [0, 1] minimize cost = x + out }}",
    )


def printed(expression: str) -> str:
    found = re.search(r"^param out = (.*)$", game_text(check_game(model(expression))), re.MULTILINE)
    assert found is not None
    return re.sub(r"step\(t, 1\)", "next(t)", found[1])


def value(expression: str) -> float:
    [constant] = compile_file(model(expression)).ground.objective_constant.tolist()
    return float(constant)
