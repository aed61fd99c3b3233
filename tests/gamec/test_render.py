"""Diagnostics in; out: carets that stand where people see the characters. Goldens lie in `golden/`, read by eye.

After a wanted change, `GAMEC_GOLDEN=write pytest tests/gamec` writes them anew; read the difference before it is kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gamec.render import as_json, full, short
from gamec.terminal import Paper
from grammar.diagnostics import Diagnostic, Edit, Hint, Label, Severity
from grammar.source import Source, Span

GOLDEN = Path(__file__).parent / "golden"

MODEL = Source(
    "park.game",
    'game park "x"\n'
    "player a {\n"
    "\tvar p[t] : kW\n"
    "  let 負荷 = 電力[t] + e\u0301[t] - e[t]   # wide and combining characters\n"
    "  constraint balance[t]: p[t] + 3 = load[t]\n"
    "  minimize cost = sum(t) (\n"
    "     p[t]*2\n"
    "\n"
    "  )\n"
    "}\n",
)
CSV = Source(
    "load.csv",
    "t,i,demand\n1,a,5\n" + ",".join(map(str, range(200))) + ",oops," + ",".join(map(str, range(200))) + "\n",
)


def span(source: Source, text: str, occurrence: int = 1) -> Span:
    at = -1
    for _ in range(occurrence):
        at = source.text.index(text, at + 1)
    return Span(source, at, at + len(text))


CASES: dict[str, Callable[[], list[Diagnostic]]] = {
    "tabs_wide_and_combining": lambda: [
        Diagnostic(
            "G401",
            "kW and kWh cannot be added",
            span(MODEL, "e\u0301[t]"),
            "this is kWh",
            others=(Label(span(MODEL, "電力[t]"), "this is kW"), Label(span(MODEL, "p[t] :"), "declared here")),
            notes=("a sum has one unit",),
            hints=(Hint("multiply by the length of a period"),),
        )
    ],
    "an_edit_is_shown": lambda: [
        Diagnostic(
            "G104",
            "`=` does not compare",
            span(MODEL, "= load"),
            "a relation is wanted",
            hints=(Hint("write two signs", Edit(span(MODEL, "= load"), "== load")), Hint("did you mean `load`?")),
        )
    ],
    "a_data_file_and_the_model": lambda: [
        Diagnostic(
            "G504",
            "`oops` is no number",
            span(CSV, "oops"),
            "row 3",
            others=(Label(span(MODEL, "p[t] :"), "asked for here"), Label(span(CSV, "demand"), "this column")),
        )
    ],
    "several_lines": lambda: [
        Diagnostic(
            "G101",
            "the bracket spans lines",
            span(MODEL, "(\n     p[t]*2\n\n  )"),
            "all of it, told in words that are long enough to be wrapped over more than one line of the page",
        )
    ],
    "at_the_end_of_the_text": lambda: [
        Diagnostic("G103", "`{` is not closed", Span(MODEL, len(MODEL.text), len(MODEL.text)), "expected `}`"),
        Diagnostic("G101", "the text is empty", Span(Source("empty.game", ""), 0, 0), "expected `game`"),
    ],
    "no_place": lambda: [
        Diagnostic("G803", "the solver scip is not installed", hints=(Hint("pip install pyscipopt"),)),
        Diagnostic("G805", "a limit came first", severity=Severity.WARNING),
    ],
    "three_on_one_line": lambda: [
        Diagnostic(
            "G401",
            "three units in one line",
            span(MODEL, "p[t] + 3"),
            "kW",
            others=(Label(span(MODEL, "balance[t]"), "this constraint"), Label(span(MODEL, "load[t]"), "kWh")),
        )
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_full_text_is_the_golden_one(name: str) -> None:
    text = full(CASES[name](), Paper(80)) + "\n"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_short_form_is_one_line_each() -> None:
    assert short([*CASES["tabs_wide_and_combining"](), *CASES["no_place"]()]).split("\n") == [
        "park.game:4:20: error G401 unit-mismatch: kW and kWh cannot be added",
        "gamec: error G803 solver-missing: the solver scip is not installed",
        "gamec: warning G805 limit-reached: a limit came first",
    ]


def test_colours_change_no_text() -> None:
    import re

    for make in CASES.values():
        plain = full(make(), Paper(80))
        coloured = full(make(), Paper(80, colour=True))
        assert "\x1b[" not in plain
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize("width", [20, 33, 60, 200])
def test_no_line_is_wider_than_the_paper(width: int) -> None:
    from gamec.cells import width as cells

    for name in ("a_data_file_and_the_model", "tabs_wide_and_combining", "several_lines"):
        text = full(CASES[name](), Paper(width)).split("\n")
        # Places are kept whole, so that they can be clicked on.
        assert [line for line in text if cells(line) > width and "-->" not in line] == []


def test_control_characters_do_not_reach_the_terminal() -> None:
    source = Source("evil.game", "let a\x1b[31m\u202e\x07 = b\r = c\u2028 d\ud800")
    text = full([Diagnostic("G102", "no \x1b[2J here\u202e", Span(source, 5, 8), "\x1b]0;title\x07")], Paper(80))
    assert [c for c in text if c != "\n" and not c.isprintable()] == []
    text.encode("utf-8")


def test_json_form() -> None:
    [diagnostic] = CASES["an_edit_is_shown"]()
    document = json.loads(json.dumps(as_json(diagnostic)))
    place = {
        "path": "park.game",
        "start": {"line": 5, "column": 35, "offset": MODEL.text.index("= load")},
        "end": {"line": 5, "column": 41, "offset": MODEL.text.index("= load") + 6},
    }
    assert document == {
        "code": "G104",
        "name": "assignment-for-equality",
        "severity": "error",
        "headline": "`=` does not compare",
        "span": place,
        "label": "a relation is wanted",
        "others": [],
        "notes": [],
        "hints": [
            {"text": "write two signs", "edit": {"span": place, "text": "== load"}},
            {"text": "did you mean `load`?", "edit": None},
        ],
    }
