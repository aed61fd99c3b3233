"""The text of an AUX file in, what it says of the lower level out: its columns, rows, objective and sense.

Two forms are read, each line one statement. By numbers, from 0 in the order of the MPS file: `N` and `M` how many
columns and rows, `LC`, `LR` one of them each, `LO` a coefficient for each `LC` in their order, `OS` 1 (minimised) or -1
(maximised). `IC`, a cost for each column of the MPS file, and `IB`, a budget, say that the file is an interdiction
problem of which the MPS file has the lower level alone. By names: `@NUMVARS`, `@NUMCONSTRS`, then `@VARSBEGIN` to
`@VARSEND` with a name and a coefficient in each line and `@CONSTRSBEGIN` to `@CONSTRSEND` with names (also without the
`S`); always minimised; `@NAME`, `@MPS` and `@LP` are passed over.
Reference: https://coin-or.github.io/MibS/input.html.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from grammar.diagnostics import Findings, did_you_mean
from grammar.source import Source, Span

SECTIONS = {"@VARSBEGIN": "@VARSEND", "@CONSTRSBEGIN": "@CONSTRSEND"}
ABOUT = ("@NAME", "@MPS", "@LP")


@dataclass(frozen=True)
class Named:
    """A column or row, by number or name, where the file names it."""

    what: int | str
    span: Span


@dataclass(eq=False)
class LowerLevel:
    """`columns` with their `objective` coefficients in the same order, `rows`, `sense` 1 (minimise) or -1."""

    columns: list[Named] = field(default_factory=list)
    objective: list[float] = field(default_factory=list)
    rows: list[Named] = field(default_factory=list)
    sense: int = 1
    costs: list[float] = field(default_factory=list)
    budget: float | None = None
    """Of interdiction."""


def read_aux(source: Source, findings: Findings) -> LowerLevel:
    """What the file says; what is wrong with it goes to `findings` (G506)."""
    lines = [
        [(m.group(), Span(source, start + m.start(), start + m.end())) for m in re.finditer(r"\S+", text)]
        for start, text in _lines(source)
    ]
    lines = [line for line in lines if line and line[0][0][0] not in "*#"]
    return _by_names(lines, findings) if any(line[0][0][0] == "@" for line in lines) else _by_numbers(lines, findings)


Words = list[tuple[str, Span]]


def _lines(source: Source) -> list[tuple[int, str]]:
    found, start = [], 0
    for text in source.text.splitlines(keepends=True):
        found.append((start, text))
        start += len(text)
    return found


def _by_numbers(lines: list[Words], findings: Findings) -> LowerLevel:
    lower, counts = LowerLevel(), {}
    for words in lines:
        (key, span), values = words[0], words[1:]
        name = key.upper()
        if name not in ("N", "M", "LC", "LR", "LO", "OS", "IC", "IB"):
            known = "N, M, LC, LR, LO, OS, IC, IB, or the names that begin with @"
            findings.add("G506", f"`{key}` is no field of an AUX file", span, "not known", notes=[f"fields: {known}"])
        elif len(values) != 1:
            findings.add("G506", f"`{key}` takes one number", span, f"{len(values)} values")
        elif name in ("LO", "IC"):
            (lower.objective if name == "LO" else lower.costs).append(_number(*values[0], findings))
        elif name == "IB":
            lower.budget = _number(*values[0], findings)
        else:
            number = _whole(*values[0], findings)
            if name in ("LC", "LR"):
                (lower.columns if name == "LC" else lower.rows).append(Named(number, values[0][1]))
            elif name == "OS":
                if number not in (1, -1):
                    findings.add("G506", "the sense of the lower level is 1 or -1", values[0][1], "neither")
                lower.sense = -1 if number == -1 else 1
            else:
                counts[name] = (number, values[0][1])
    for name, items, word in (("N", lower.columns, "LC"), ("M", lower.rows, "LR")):
        if name in counts and counts[name][0] != len(items):
            number, span = counts[name]
            findings.add(
                "G506", f"`{name} {number}` promises {number} lines `{word}`, there are {len(items)}", span, ""
            )
    if not findings.errors and len(lower.objective) != len(lower.columns):
        there, wanted = len(lower.objective), len(lower.columns)
        place = lower.columns[0].span if lower.columns else None
        findings.add("G506", f"{wanted} columns of the lower level have {there} coefficients `LO`", place, "")
    return lower


def _by_names(lines: list[Words], findings: Findings) -> LowerLevel:
    lower = LowerLevel()
    counts: dict[str, tuple[int, Span]] = {}
    section, opened, counted, about = "", None, "", False
    for words in lines:
        (word, span) = words[0]
        key = re.sub(r"^@(NUM|)CONSTR(BEGIN|END|)$", r"@\1CONSTRS\2", word.upper())
        if key in SECTIONS.values():
            if SECTIONS.get(section) != key:
                findings.add("G506", f"`{word}` ends nothing that was begun", span, "")
            section = ""
        elif section == "@VARSBEGIN":
            if len(words) == 2:
                lower.columns.append(Named(word, span))
                lower.objective.append(_number(*words[1], findings))
            else:
                findings.add("G506", "a variable's line has its name and its coefficient", span, f"{len(words)} words")
        elif section == "@CONSTRSBEGIN":
            lower.rows.append(Named(word, span))
        elif key in SECTIONS:
            section, opened = key, span
        elif key in ("@NUMVARS", "@NUMCONSTRS"):
            counted = key
        elif key in ABOUT:
            about = True
        elif counted:
            counts[counted] = (_whole(word, span, findings), span)
            counted = ""
        elif about:
            about = False
        else:
            known = ("@NUMVARS", "@NUMCONSTRS", *SECTIONS, *SECTIONS.values(), *ABOUT)
            hints = did_you_mean(key, known, span)
            findings.add("G506", f"`{word}` is no keyword of an AUX file", span, "not known", hints=hints)
    if section:
        findings.add("G506", f"`{section}` is never ended by `{SECTIONS[section]}`", opened, "begun here")
    for key, items in (("@NUMVARS", lower.columns), ("@NUMCONSTRS", lower.rows)):
        if key in counts and counts[key][0] != len(items):
            number, span = counts[key]
            findings.add("G506", f"`{key}` promises {number}, but {len(items)} are named", span, "")
    return lower


def _number(word: str, span: Span, findings: Findings) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        findings.add("G506", f"`{word}` is no number", span, "a number is needed")
        return 0.0
    return value


def _whole(word: str, span: Span, findings: Findings) -> int:
    value = _number(word, span, findings)
    if value != round(value):
        findings.add("G506", f"`{word}` is no whole number", span, "a whole number is needed")
    return int(value)
