"""Answers in; texts for people out, against goldens in `golden_views/`.

After a wanted change, `GAMEC_GOLDEN=write pytest tests/gamec` writes them anew; read the difference before it is kept.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gamec.cells import width
from gamec.terminal import Paper
from gamec.views.comparison import comparison_lines, comparison_text
from gamec.views.labelled import labelled_lines
from gamec.views.numbers import number
from gamec.views.result import PROVED, UNPROVED, result_line, result_text
from runtime.result import Bound, Certificate, Comparison, Labelled, Result, Status, Tie

GOLDEN = Path(__file__).parent / "golden_views"


def labelled(index: str, axes: list[list[object]], unit: str = "", doc: str = "") -> Labelled:
    """Values 1, 2, 3 ... over the product of `axes`."""
    keys = tuple(itertools.product(*axes))
    return Labelled(tuple(index), tuple(index.upper()), keys, np.arange(1.0, len(keys) + 1), unit, doc)


HOURS: list[object] = list(range(1, 25))
SOLVED = Result(
    game="park",
    status=Status.OPTIMAL,
    method="kkt",
    solver="scip",
    case="larger",
    objectives={"storage.profit": 123.456789, "community.bill": -0.0},
    value_of={
        "y": 0.5333333333,
        "負荷": 1e-7,
        "soc": labelled("t", [HOURS], "kWh", "stored energy"),
        "p": labelled("it", [["mg1", "mg2"], HOURS], "kW"),
        "none": Labelled(("t",), ("T",), (), np.zeros(0)),
        "off": Labelled(("t",), ("T",), ((1,), (2,)), np.zeros(2), "kW"),
        "noisy": Labelled(("t",), ("T",), ((1,), (2,), (3,)), np.array([1e-13, -2.0, 4.0])),
    },
    price_of={"lmp": Labelled(("t",), ("T",), ((1,), (2,)), np.array([math.nan, 30.0]), "EUR/MWh")},
    report_of={"welfare": 5.0},
    certificate=Certificate(
        True,
        {"storage": 0.0, "community": 2.5e-9},
        {"storage": 0.0, "community": 1e-11},
        1.2e-9,
        3e-10,
        (Bound("multiplier of a", 100.0, "derived", 99.0), Bound("multiplier of b", 50.0, "derived", 0.5)),
        (Tie("storage", 123.456789, 100.0, True),),
        notes=("one note",),
    ),
    time={"compile": 0.0123, "solve": 12.34},
    choice="followers are linear programs, so their optimality conditions are exact",
    docs={"y": "capacity offered", "welfare": "social surplus"},
    units={"storage.profit": "CNY", "y": "kW", "welfare": "1"},
)
INFEASIBLE = Result(game="park", status=Status.INFEASIBLE, method="single_level", solver="highs", case="tight")
REFUSED = Result(
    game="park",
    status=Status.NOT_VERIFIED,
    method="kkt",
    solver="highs",
    objectives={"a.cost": 1.0},
    certificate=Certificate(False, {"a": 0.5}, {}, 0.0, reasons=("player a gains 0.5 by deciding otherwise",)),
)
LIMITED = Result(
    game="park",
    status=Status.LIMIT,
    method="single_level",
    solver="highs",
    objectives={"a.cost": 15.0},
    certificate=Certificate(True, {"a": 15.0}, {"a": 1.0}),
)

TEXTS: dict[str, Callable[[], str]] = {
    "solved": lambda: result_text(SOLVED, Paper(80)),
    "everything": lambda: result_text(SOLVED, Paper(80), everything=True),
    "infeasible": lambda: result_text(INFEASIBLE, Paper(80)),
    "refused": lambda: result_text(REFUSED, Paper(80)),
    "limited": lambda: result_text(LIMITED, Paper(80)),
    "limited_without_answer": lambda: result_text(Result("park", Status.LIMIT), Paper(80)),
    "assumed": lambda: result_text(replace(SOLVED, status=Status.OPTIMAL_IF_BOUNDS, value_of={}), Paper(80)),
    "long_list": lambda: "\n".join(labelled_lines("x", labelled("t", [list(range(8760))]), Paper(80), False)),
    "large_table": lambda: "\n".join(
        labelled_lines("x", labelled("ijt", [list("abcd"), list("uvwxyz"), HOURS], "kW"), Paper(80), False)
    ),
    "turned": lambda: "\n".join(
        labelled_lines("x", labelled("it", [["a", "b"], list(range(100, 190))]), Paper(60), False)
    ),
    "sparse": lambda: "\n".join(
        labelled_lines(
            "link",
            Labelled(("i", "j"), ("I", "I"), tuple((k, k + 1) for k in range(9)), np.arange(9.0)),
            Paper(80),
            False,
        )
    ),
    "comparison": lambda: comparison_text(
        Comparison(
            "park",
            {"": SOLVED, "tight": INFEASIBLE, "refused": REFUSED},
            {"gain": 5.0, "by_hour": labelled("t", [HOURS[:3]], "CNY")},
            docs={"gain": "what it is worth"},
            units={"gain": "CNY"},
        ),
        Paper(80),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_the_golden_one(name: str) -> None:
    text = TEXTS[name]() + "\n"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_has_its_text() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_no_line_is_wider_than_the_paper(name: str) -> None:
    assert [line for line in TEXTS[name]().split("\n") if width(line) > 80] == []


def test_everything_shows_every_value() -> None:
    value = labelled("ijt", [list("abcd"), list("uvwxyz"), HOURS])
    cells = " ".join(labelled_lines("x", value, Paper(80), True)).split()
    shown = [cell for cell in cells if cell.isdigit() and int(cell) > 24]
    assert set(map(int, shown)) >= set(range(25, 4 * 6 * 24 + 1))


def test_every_status_says_what_was_proved() -> None:
    assert set(PROVED) == set(Status)


@pytest.mark.parametrize("status", Status)
def test_what_is_not_proved_is_said_next_to_what_is(status: Status) -> None:
    """Proofs of an optimum, an equilibrium, or that there is no solution, leave nothing open; all else does."""
    whole = {Status.OPTIMAL, Status.EQUILIBRIUM, Status.INFEASIBLE, Status.UNBOUNDED}
    assert (status in UNPROVED) == (status not in whole)
    lines = result_text(replace(SOLVED, status=status), Paper(200)).splitlines()
    assert any(line.startswith("  not proved  that ") for line in lines) == (status not in whole)


def test_at_a_limit_nothing_is_called_certified() -> None:
    assert "certified" not in result_text(LIMITED, Paper(80)).splitlines()[0]
    assert result_line(LIMITED) == "park limit not-certified a.cost=15.0"
    table = comparison_text(Comparison("park", {"a": LIMITED}, {}), Paper(80)).splitlines()
    assert ["certified", "no"] in [line.split() for line in table]


def test_single_lines() -> None:
    assert result_line(SOLVED) == "park:larger optimal certified storage.profit=123.456789 community.bill=-0.0"
    assert comparison_lines(Comparison("park", {"tight": INFEASIBLE}, {"gain": 5.0})).split("\n") == [
        "park:tight infeasible not-certified",
        "park compare gain=5.0",
    ]


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (6.133333333333, 0, "6.13333"),
        (-0.0, 0, "0"),
        (1e-13, 1.0, "0"),
        (1e-13, 0.0, "1e-13"),
        (123456789.0, 0, "1.23457e+08"),
        (math.nan, 0, "–"),
        (math.inf, 0, "inf"),
    ],
)
def test_number(value: float, scale: float, text: str) -> None:
    assert number(value, scale) == text
