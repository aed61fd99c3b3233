"""Values of indexed expressions as arrays: `Dense` numbers over named axes, `Affine` and quadratic expressions over
columns.

An axis stands for one binder. A value has only the axes that it depends on; operations broadcast over the union. A
sum over an axis leaves the axis in its terms: it is summed when rows are written, because entries of one row may
simply share that row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

_numbers = count()


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of values, known by its number; later axes stand further right."""

    size: int
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(frozen=True, eq=False, slots=True)
class Dense:
    """Numbers over axes in ascending order: `array.shape` is the axes' sizes."""

    axes: tuple[Axis, ...]
    array: NDArray[Any]

    @staticmethod
    def scalar(value: float | int | bool) -> Dense:
        return Dense((), np.asarray(value))

    def spread(self, axes: tuple[Axis, ...]) -> NDArray[Any]:
        """The array with length-1 dimensions where `axes` (a superset) has axes that this value lacks."""
        if axes == self.axes:
            return self.array
        mine = set(self.axes)
        shape = tuple(a.size if a in mine else 1 for a in axes)
        return self.array.reshape(shape)

    def full(self, axes: tuple[Axis, ...]) -> NDArray[Any]:
        """The array over all of `axes` (a superset), repeated where it does not depend on one; a read-only view."""
        return np.broadcast_to(self.spread(axes), tuple(a.size for a in axes))

    def at(self, place: Mapping[Axis, int]) -> Dense:
        """The numbers at one place along some axes, which the result no longer has."""
        index = tuple(place.get(a, slice(None)) for a in self.axes)
        return Dense(tuple(a for a in self.axes if a not in place), np.asarray(self.array[index]))


def union(*values: Dense) -> tuple[Axis, ...]:
    """All axes of the values, in order."""
    first = values[0].axes
    if all(v.axes == first for v in values[1:]):
        return first
    return tuple(sorted({a for v in values for a in v.axes}, key=lambda a: a.number))


def combine(function: Callable[..., NDArray[Any]], *values: Dense) -> Dense:
    """Apply a numpy function elementwise over the union of the axes."""
    axes = union(*values)
    return Dense(axes, function(*(v.spread(axes) for v in values)))


ZERO = Dense.scalar(0.0)
UNIT = Dense.scalar(1.0)


@dataclass(frozen=True, eq=False, slots=True)
class Term:
    """`coefficient * x[column]`, summed over every axis that the row does not have."""

    column: Dense
    coefficient: Dense

    @property
    def axes(self) -> tuple[Axis, ...]:
        return union(self.column, self.coefficient)


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """`coefficient * x[first] * x[second]`, summed like a Term."""

    first: Dense
    second: Dense
    coefficient: Dense

    @property
    def axes(self) -> tuple[Axis, ...]:
        return union(self.first, self.second, self.coefficient)


@dataclass(frozen=True, eq=False, slots=True)
class Affine:
    """`constant + terms + pairs`: an expression of variables of degree at most two."""

    constant: Dense
    terms: tuple[Term, ...] = ()
    pairs: tuple[Pair, ...] = ()

    @property
    def numeric(self) -> bool:
        return not self.terms and not self.pairs

    def scaled(self, factor: Dense) -> Affine:
        return Affine(
            combine(np.multiply, self.constant, factor),
            tuple(Term(t.column, combine(np.multiply, t.coefficient, factor)) for t in self.terms),
            tuple(Pair(p.first, p.second, combine(np.multiply, p.coefficient, factor)) for p in self.pairs),
        )

    def where(self, mask: Dense) -> Affine:
        """The expression where the mask holds, zero elsewhere; infinite or undefined numbers outside the mask
        vanish."""

        def keep(value: Dense) -> Dense:
            return combine(lambda m, v: np.where(m, v, 0.0), mask, value)

        return Affine(
            keep(self.constant),
            tuple(Term(t.column, keep(t.coefficient)) for t in self.terms),
            tuple(Pair(p.first, p.second, keep(p.coefficient)) for p in self.pairs),
        )

    def at(self, place: Mapping[Axis, int]) -> Affine:
        """The expression at one place along some axes."""
        return Affine(
            self.constant.at(place),
            tuple(Term(t.column.at(place), t.coefficient.at(place)) for t in self.terms),
            tuple(Pair(p.first.at(place), p.second.at(place), p.coefficient.at(place)) for p in self.pairs),
        )


def add(parts: Sequence[tuple[int, Affine]]) -> Affine:
    """The signed sum."""
    constant = ZERO
    terms: list[Term] = []
    pairs: list[Pair] = []
    for sign, part in parts:
        signed = part if sign > 0 else part.scaled(Dense.scalar(-1.0))
        constant = signed.constant if constant is ZERO else combine(np.add, constant, signed.constant)
        terms += signed.terms
        pairs += signed.pairs
    return Affine(constant, tuple(terms), tuple(pairs))


def multiply(a: Affine, b: Affine) -> Affine:
    """The product; degrees must sum to at most two, else `ValueError`."""
    if b.numeric:
        return a.scaled(b.constant)
    if a.numeric:
        return b.scaled(a.constant)
    if a.pairs or b.pairs:
        raise ValueError("degree above two")
    terms = a.scaled(b.constant).terms + b.scaled(a.constant).terms
    pairs = tuple(
        Pair(s.column, t.column, combine(np.multiply, s.coefficient, t.coefficient)) for s in a.terms for t in b.terms
    )
    live = tuple(t for t in terms if t.coefficient.axes or t.coefficient.array != 0)
    return Affine(combine(np.multiply, a.constant, b.constant), live, pairs)


def with_own_axes(value: Affine, kept: set[Axis]) -> Affine:
    """The same expression with new axes in place of those that are not `kept`: the ones that it is summed over."""
    parts = [d for t in value.terms for d in (t.column, t.coefficient)]
    parts += [d for p in value.pairs for d in (p.first, p.second, p.coefficient)]
    summed = sorted({a for d in parts for a in d.axes} - kept, key=lambda a: a.number)
    new = {a: Axis(a.size) for a in summed}

    def renamed(d: Dense) -> Dense:
        axes = tuple(new.get(a, a) for a in d.axes)
        order = sorted(range(len(axes)), key=lambda k: axes[k].number)
        return Dense(tuple(axes[k] for k in order), d.array.transpose(order))

    return Affine(
        value.constant,
        tuple(Term(renamed(t.column), renamed(t.coefficient)) for t in value.terms),
        tuple(Pair(renamed(p.first), renamed(p.second), renamed(p.coefficient)) for p in value.pairs),
    )


def sum_over(value: Affine, axes: Sequence[Axis], mask: Dense | None) -> Affine:
    """The sum over `axes`, restricted to where `mask` holds (None: everywhere)."""
    if mask is not None:
        value = value.where(mask)
    constant = value.constant
    over = set(axes)
    present = tuple(k for k, a in enumerate(constant.axes) if a in over)
    factor = float(np.prod([a.size for a in over - set(constant.axes)])) if over - set(constant.axes) else 1.0
    if present:
        constant = Dense(tuple(a for a in constant.axes if a not in over), constant.array.sum(axis=present))
    if factor != 1.0:
        constant = combine(np.multiply, constant, Dense.scalar(factor))

    def weight(of: tuple[Axis, ...], coefficient: Dense) -> Dense:
        absent = over - set(of)
        return (
            coefficient
            if not absent
            else combine(np.multiply, coefficient, Dense.scalar(float(np.prod([a.size for a in absent]))))
        )

    return Affine(
        constant,
        tuple(Term(t.column, weight(t.axes, t.coefficient)) for t in value.terms),
        tuple(Pair(p.first, p.second, weight(p.axes, p.coefficient)) for p in value.pairs),
    )
