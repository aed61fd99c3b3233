"""The text of an MPS file in, what programs read in different ways or leave out in silence said: G506, with the place.

Refused: sections that are none of linear problems; more than one right-hand side, range or bound set; an entry given
twice; columns that come back after others; a negative upper bound where no lower one was given, which makes the lower
one zero for some and minus infinity for others. Told: whole columns without bounds, which are 0 or 1 for HiGHS and SCIP
alike. Lines whose names hold blanks, which only the columns of the fixed format tell apart, are left to the reader.
Reference: https://lpsolve.sourceforge.net/5.5/mps-format.htm; the readers of HiGHS 1.15 and SCIP 10, tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from grammar.diagnostics import Findings, Hint, Severity, did_you_mean
from grammar.source import Source, Span

SECTIONS = ("NAME", "OBJSENSE", "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA")
ROW_TYPES = ("N", "L", "G", "E")
LOWER_FREE = ("UP", "UI")
WITHOUT_VALUE = ("FR", "MI", "PL", "BV")
BOUND_TYPES = ("UP", "LO", "FX", "FR", "MI", "PL", "BV", "LI", "UI", "SC")


@dataclass(eq=False)
class _Seen:
    """What the lines so far said."""

    rows: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Span] = field(default_factory=dict)
    entries: set[tuple[str, str]] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    bounded: set[str] = field(default_factory=set)
    lower_given: set[str] = field(default_factory=set)
    sets: dict[str, str] = field(default_factory=dict)
    column: str = ""
    marked: bool = False
    free_rows: int = 0
    clear: bool = True
    """Whether blanks separated the words of all rows and columns."""


Words = list[tuple[str, Span]]


def check_mps(source: Source, findings: Findings) -> tuple[int, int, int]:
    """Add what is wrong to `findings`. How many rows are `N`, the objective among them; how many rows and columns a
    reader must find beside these, -1 where only a reader of the fixed format can tell."""
    seen, section, start = _Seen(), "", 0
    for text in source.text.splitlines(keepends=True):
        words = [(m.group(), Span(source, start + m.start(), start + m.end())) for m in re.finditer(r"\S+", text)]
        start += len(text)
        if not words or words[0][0][0] == "*":
            continue
        if not text[0].isspace():
            section = _section(words, findings)
            if section == "ENDATA":
                break
        elif section == "ROWS":
            _row(words, seen, findings)
        elif section == "COLUMNS":
            _column(words, seen, findings)
        elif section in ("RHS", "RANGES"):
            _limits(section, words, seen, findings)
        elif section == "BOUNDS":
            _bound(words, seen, findings)
    unbounded = [name for name in seen.columns if name in seen.whole - seen.bounded]
    if unbounded:
        more = f" and {len(unbounded) - 1} more" if len(unbounded) > 1 else ""
        findings.add(
            "G506",
            f"`{unbounded[0]}`{more}: whole numbers without bounds are taken to be 0 or 1, as HiGHS and SCIP do",
            seen.columns[unbounded[0]],
            "no bound",
            severity=Severity.WARNING,
            hints=[Hint("` PL BND name` in the section `BOUNDS` leaves it open above")],
        )
    if not seen.clear:
        return seen.free_rows, -1, -1
    return seen.free_rows, len(seen.rows) - seen.free_rows, len(seen.columns)


def _section(words: Words, findings: Findings) -> str:
    word, span = words[0]
    name = word.upper()
    if name not in SECTIONS:
        findings.add(
            "G506",
            f"the section `{word}` is not one of linear problems: it would be left out or misread",
            span,
            "not known",
            notes=[f"sections: {', '.join(SECTIONS)}"],
            hints=did_you_mean(name, SECTIONS, span),
        )
    return name


def _row(words: Words, seen: _Seen, findings: Findings) -> None:
    kind, span = words[0]
    if kind.upper() not in ROW_TYPES:
        findings.add("G506", f"`{kind}` is no type of row", span, f"one of {', '.join(ROW_TYPES)}")
    if len(words) == 2:
        name, place = words[1]
        if name in seen.rows:
            findings.add("G506", f"the row `{name}` is named twice", place, "again")
        seen.rows[name] = kind.upper()
    else:
        seen.clear = False
    seen.free_rows += kind.upper() == "N"


def _column(words: Words, seen: _Seen, findings: Findings) -> None:
    if len(words) == 3 and words[1][0].strip("'\"").upper() == "MARKER":
        mark = words[2][0]
        if words[1][0] != "'MARKER'" or mark not in ("'INTORG'", "'INTEND'"):
            text = f"`{words[1][0]} {mark}`: some readers take this line for a column, as it is not 'MARKER' 'INTORG'"
            findings.add("G506", f"{text} or 'MARKER' 'INTEND' in such quotes", words[1][1], "a marker?")
        seen.marked = mark == "'INTORG'"
        return
    if len(words) not in (3, 5):
        seen.clear = False
        return
    name, span = words[0]
    if name != seen.column:
        if name in seen.columns:
            findings.add("G506", f"the column `{name}` comes back after others", span, "again")
        seen.columns.setdefault(name, span)
        seen.column = name
    if seen.marked:
        seen.whole.add(name)
    for row, place in words[1::2]:
        if (name, row) in seen.entries:
            findings.add(
                "G506", f"`{name}` has two coefficients in `{row}`: some add them up, some take one", place, "again"
            )
        seen.entries.add((name, row))


def _limits(section: str, words: Words, seen: _Seen, findings: Findings) -> None:
    if len(words) in (3, 5):
        _one_set(section, words[0], seen, findings)
        words = words[1:]
    elif len(words) not in (2, 4):
        return
    for row, place in words[::2]:
        # No name holds a blank.
        if (f"{section} ", row) in seen.entries:
            findings.add("G506", f"`{row}` stands in `{section}` twice", place, "again")
        seen.entries.add((f"{section} ", row))
        if section == "RANGES" and seen.rows.get(row) == "N":
            findings.add("G506", f"`{row}` is an objective, which has no range", place, "no constraint")


def _bound(words: Words, seen: _Seen, findings: Findings) -> None:
    kind, span = words[0][0].upper(), words[0][1]
    if kind not in BOUND_TYPES:
        hints = did_you_mean(kind, BOUND_TYPES, span)
        findings.add(
            "G506", f"`{words[0][0]}` is no type of bound", span, f"one of {', '.join(BOUND_TYPES)}", hints=hints
        )
        return
    # The name of the set may be left out.
    place = 2 if len(words) == 4 or (kind in WITHOUT_VALUE and len(words) == 3 and words[2][0] in seen.columns) else 1
    if len(words) <= place:
        return
    if place == 2:
        _one_set("BOUNDS", words[1], seen, findings)
    name, where = words[place]
    seen.bounded.add(name)
    value = words[place + 1][0] if len(words) > place + 1 else ""
    try:
        negative = kind in LOWER_FREE and float(value) < 0
    except ValueError:
        negative = False
    if negative and name not in seen.lower_given:
        findings.add(
            "G506",
            f"`{name}` has an upper bound below zero and no lower one yet: for some readers that is minus infinity,"
            " for others zero",
            where,
            "which one is meant?",
            hints=[Hint(f"` MI BND {name}` or ` LO BND {name} ...` before it says")],
        )
    if kind in ("LO", "MI", "FR", "FX", "LI"):
        seen.lower_given.add(name)


def _one_set(section: str, word: tuple[str, Span], seen: _Seen, findings: Findings) -> None:
    name, span = word
    first = seen.sets.setdefault(section, name)
    if name != first:
        findings.add(
            "G506",
            f"`{section}` has a second set `{name}` beside `{first}`: readers take one of them or both",
            span,
            "",
        )
