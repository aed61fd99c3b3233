"""What a document shows of data: the elements of sets and the values or ranges of parameters, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from compiler.documents import math as m
from compiler.documents.document import Formula, Inlines, Text
from compiler.documents.formulas import number
from compiler.documents.symbols import element
from compiler.ir import expr as ir
from compiler.ir.game import ParamDef, SetDef
from compiler.ir.words import show

MOST_ELEMENTS = 6


class Known(Protocol):
    """The data of one case, as `compiler.backends.bound_data.BoundData` has them."""

    @property
    def sets(self) -> Mapping[str, tuple[object, ...]]: ...

    @property
    def given(self) -> frozenset[str]:
        """The names of parameters given from outside, in place of what the file says."""

    @property
    def params(self) -> Mapping[tuple[str, str], Mapping[tuple[object, ...], float]]: ...


def from_outside(known: Known | None, definition: ParamDef) -> bool:
    """Whether a parameter has its value from outside, not from the file."""
    names = (definition.name, f"{definition.player}.{definition.name}")
    return known is not None and any(name in known.given for name in names)


def consecutive(known: Known | None, definition: SetDef) -> bool:
    """Whether the elements of a set are known to be consecutive integers."""
    elements = known.sets.get(definition.name, ()) if known is not None else ()
    return bool(elements) and all(
        isinstance(e, int) and isinstance(elements[0], int) and e == elements[0] + k for k, e in enumerate(elements)
    )


def set_values(known: Known, definition: SetDef) -> Inlines:
    """`{1, ..., 24}`, `{WT, PV, GT}` or `24 elements`."""
    elements = known.sets.get(definition.name)
    if elements is None:
        return ()
    if not elements:
        return (Formula(m.Sign("empty")),)
    if len(elements) > 3 and consecutive(known, definition):
        ends = [element(elements[0]), m.Sign("dots"), element(elements[-1])]
        return (Formula(m.Fenced("{", m.joined(ends), "}")),)
    if len(elements) <= MOST_ELEMENTS:
        if all(isinstance(e, int) and 0 <= e < 100 for e in elements):
            return (Formula(m.Fenced("{", m.joined([element(e) for e in elements]), "}")),)
        return (Text(", ".join(map(show, elements))),)
    return (Text(f"{len(elements)} elements"),)


def param_values(known: Known, definition: ParamDef) -> Inlines:
    """The number of a parameter without index, or the least and the greatest of its numbers."""
    numbers = known.params.get((definition.player, definition.name))
    if not numbers:
        return ()
    low, high = min(numbers.values()), max(numbers.values())
    if low == high:
        exact = definition.value is None or isinstance(definition.value, ir.Number) or from_outside(known, definition)
        return (Formula(number(low if exact else float(f"{low:.6g}"))),)
    low_digits, high_digits = (number(float(f"{x:.6g}")) for x in (low, high))
    return (Formula(low_digits), Text(" to "), Formula(high_digits))
