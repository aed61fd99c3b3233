"""What a sweep goes over. In: a name with values, or words like `0.80..0.95:7` and `a,b,c`; out: `Axis` by `Axis`,
checked against the model, and all of their combinations.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from compiler.ir.game import Game
from grammar.diagnostics import Diagnostic, DiagnosticError, Findings, Hint, did_you_mean

Element = bool | int | float | str

CASE = "case"
"""The axis of this name holds cases. It is a word of the language, so no parameter is called so."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})\s*:\s*(\d+)", re.ASCII)

_MEANT = re.compile(
    rf"\[?\s*({_NUMBER})\s*(?:-|–|—|:|\.\.\.?|…|\bto\b)\s*({_NUMBER})(?:\s*:\s*({_NUMBER}))?\s*\]?", re.ASCII
)
"""What others write for a range: two numbers with something between, and perhaps a count or a step."""

LIKELY = 7
"""Numbers of a range, in a hint where nobody has said how many."""

FORMS = "write `NAME=0.80..0.95:7` for so many numbers from one to the other, or `NAME=a,b,c` for a list"


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter, or `case`, and the different values that it takes, in order; `doc` and `unit` as the file has
    them."""

    name: str
    values: tuple[Element, ...]
    doc: str = ""
    unit: str = ""


def combinations(axes: Sequence[Axis]) -> list[dict[str, Element]]:
    """Every combination of values; the last axis changes fastest."""
    names = [axis.name for axis in axes]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(axis.values for axis in axes))]


def axes_in(words: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUES` words of a command line, the values still as text. Raises DiagnosticError (G507)."""
    found: dict[str, str] = {}
    findings = Findings()
    for word in words:
        name, equals, values = word.partition("=")
        name = name.strip()
        if not equals or not name:
            findings.add("G507", f"`{word}` is not of the form NAME=VALUES", hints=(FORMS,))
        elif name in found:
            findings.add("G507", f"`{name}` is swept twice", hints=("put all of its values into one list",))
        else:
            found[name] = values
    findings.raise_errors()
    return found


def axes_of(over: Mapping[str, object], game: Game, given: Iterable[str] = ()) -> tuple[Axis, ...]:
    """The axes of a sweep of this game; `given` are the parameters that have one value throughout.

    Raises DiagnosticError with everything that is wrong: G507 for a name that is no parameter or values that cannot
    be read, G504 for a number that is not finite, G605 for a case that the model does not have.
    """
    findings = Findings()
    fixed = set(given)
    params = {name: p for p in game.all_params() for name in _names(p.player, p.name)}
    cases = [case.name for case in game.cases]
    axes = []
    if not over:
        findings.add("G507", "a sweep needs a parameter or `case` to go over", hints=(FORMS,))
    for name, values in over.items():
        if name != CASE and name not in params:
            findings.add(
                "G507",
                f"the model has no parameter `{name}`",
                hints=did_you_mean(name, [*params, CASE]) or ("sweeps go over parameters of the model, and `case`",),
            )
            continue
        try:
            axis = Axis(name, tuple(_elements(name, values)))
        except DiagnosticError as error:
            findings.items.extend(error.diagnostics)
            continue
        if name == CASE:
            for case in axis.values:
                if case not in cases:
                    findings.add(
                        "G605",
                        f"the model has no case `{case}`",
                        notes=(f"cases: {', '.join(cases) or 'none'}",),
                        hints=did_you_mean(str(case), cases) or ("sweep over cases that the file declares",),
                    )
        elif name in fixed:
            findings.add(
                "G507",
                f"`{name}` is swept, and given one value too",
                hints=("leave one of the two out",),
            )
        else:
            signature = params[name].signature
            axis = Axis(name, axis.values, signature.doc, signature.unit.text if signature.unit is not None else "")
        axes.append(axis)
    findings.raise_errors()
    return tuple(axes)


def _names(player: str, name: str) -> tuple[str, ...]:
    return (name, f"{player}.{name}") if player else (name,)


def _elements(name: str, values: object) -> list[Element]:
    """Different values, one at least."""
    if isinstance(values, str):
        found = [value for part in values.split(",") for value in _read(name, part.strip(), values)]
    else:
        listed = values.tolist() if isinstance(values, np.ndarray | np.generic) else values
        if hasattr(listed, "tolist"):
            listed = listed.tolist()
        found = [_checked(name, v) for v in (listed if isinstance(listed, Iterable) else [listed])]
        for value in found:
            if isinstance(value, str) and name != CASE:
                raise _refused(f"`{name}` goes over numbers, `{value}` is none", "leave the quotation marks out")
    if not found:
        raise _refused(f"`{name}` has no values to go over", FORMS)
    twice = [value for k, value in enumerate(found) if value in found[:k]]
    if twice:
        raise _refused(f"`{name}` takes the value {twice[0]} twice", "keep each value once")
    return found


def _checked(name: str, value: object) -> Element:
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, bool | int | float | str):
        words = f"`{name}` goes over single values, not over a {type(value).__name__}"
        raise _refused(words, "sweep a number that the parameter is computed from")
    if isinstance(value, float) and not math.isfinite(value):
        raise DiagnosticError([Diagnostic("G504", f"`{name}`: {value} is no finite number")])
    return value


def _read(name: str, part: str, whole: str) -> list[Element]:
    """A number, a range of numbers, or the name of a case."""
    if not part:
        raise _refused(f"`{name}={whole}` has a value missing", FORMS)
    if name == CASE:
        return [part]
    found = _RANGE.fullmatch(part)
    if found is not None:
        return _between(name, *found.groups())
    try:
        number = float(part)
    except ValueError:
        raise _no_number(name, part) from None
    try:
        return [_checked(name, json.loads(part))]
    except ValueError:  # `.5`, `+5`, `nan`
        return [_checked(name, number)]


def _no_number(name: str, part: str) -> DiagnosticError:
    """With the range that was meant, where it can be told."""
    meant = _MEANT.fullmatch(part)
    if meant is None:
        return _refused(f"`{name}={part}`: `{part}` is no number", FORMS)
    low, high, third = meant.groups()
    words = f"`{name}={part}` is no range of numbers with their count"
    steps = (Fraction(Decimal(high)) - Fraction(Decimal(low))) / (Fraction(Decimal(third or "0")) or 1)
    if third is None:
        how, many = "for so many numbers from one to the other", LIKELY
    elif third.isdigit():
        how, many = "for so many numbers from one to the other", int(third)
    elif steps > 0 and steps.denominator == 1:
        how, many = f"for steps of {third}: what stands behind the colon is how many numbers", int(steps) + 1
    else:
        how, many = "for so many numbers from one to the other", LIKELY
    return _refused(words, f"write `{name}={low}..{high}:{many}` {how}, or `{name}={low},{high}` for these two")


def _between(name: str, first: str, last: str, count: str) -> list[Element]:
    """So many numbers at equal distances, both ends among them: each is the float next to the exact number, so that
    `0.80..0.95:7` has 0.85 and no 0.8500000000000001."""
    low, high, many = Fraction(Decimal(first)), Fraction(Decimal(last)), int(count)
    if many < 2 or low == high:
        raise _refused(
            f"`{name}={first}..{last}:{count}` is no range", "two different ends need two numbers at least; or a list"
        )
    exact = [low + (high - low) * k / (many - 1) for k in range(many)]
    if all(value.denominator == 1 for value in exact) and not re.search(r"[.eE]", first + last):
        return [int(value) for value in exact]
    return [_checked(name, _float(value)) for value in exact]


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _refused(words: str, hint: str) -> DiagnosticError:
    return DiagnosticError([Diagnostic("G507", words, hints=(Hint(hint),))])
