"""Lifted values of what others decide: whose their columns are.

`max(x, 0)` in a follower's problem, of a leader's `x` alone, is data to the follower: that the follower can move the
column that stands for it is nothing but a way to write it. Where that way needs a binary, or multiplies two columns of
the follower's, its problem would seem to be no LP. Then the column goes to the leader, who decides all that it depends
on, with rows and binaries that leave it no choice: one value for each decision of the leader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compiler.ground.context import Context
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import Epigraph, Lifting
from compiler.ground.rows import Entries
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.ground.values import Affine, Dense


@dataclass(eq=False)
class GivenValues:
    """The epigraphs among `values`; `deciders` by place in them: (columns,) the player that decides all arguments of
    the value and leads its owner, -1 where there is no such player."""

    lifting: Lifting
    values: Sequence[Epigraph | None]
    deciders: list[Ints]
    wanted: list[Bools]
    """By place: the columns (columns,) that are to go to their deciders."""
    gone: list[Bools]

    @staticmethod
    def of(lifting: Lifting, values: Sequence[Epigraph | None]) -> GivenValues:
        owner = lifting.owner.copy()
        deciders = []
        for value in values:
            if value is None or not value.exact or not lifting.leads.any():
                deciders.append(np.full(0 if value is None else value.columns.layout.size, -1))
                continue
            deciders.append(_deciders(lifting, value, owner))
            here = slice(value.columns.base, value.columns.base + value.columns.layout.size)
            # Values around it may be told by the same player.
            owner[here] = np.where(deciders[-1] >= 0, deciders[-1], owner[here])
        empty = [np.zeros(len(d), np.bool_) for d in deciders]
        return GivenValues(lifting, values, deciders, [e.copy() for e in empty], empty)

    @property
    def some(self) -> bool:
        return any((d >= 0).any() for d in self.deciders)

    def want_factors(self, quads: Sequence[tuple[Quad, Ints]], lower: Floats, upper: Floats) -> None:
        """Values that stand in a product with another column of their owner's, where their bounds are known; the
        products come with the player whose problem each row (or objective) is part of."""
        owner = self.lifting.owner
        factor = np.zeros(len(owner), np.bool_)
        for quad, user in quads:
            mine = (owner[quad.i] == user[quad.row]) & (owner[quad.j] == user[quad.row])
            factor[quad.i[mine]] = factor[quad.j[mine]] = True
        for k, value in enumerate(self.values):
            if value is None or not (self.deciders[k] >= 0).any():
                continue
            here = slice(value.columns.base, value.columns.base + value.columns.layout.size)
            low, high = (np.stack(ends) for ends in zip(*value.ranges(lower, upper), strict=True))
            known = value.reduced(np.isfinite(low).all(axis=0) & np.isfinite(high).all(axis=0), False) > 0
            self.wanted[k] |= factor[here] & (self.deciders[k] >= 0) & known & ~self.gone[k]

    def hand_over(self, k: int, harmed: Bools) -> None:
        """The columns `harmed` (columns,) of value k to whoever decides them, and want the values inside them gone as
        well."""
        value = self.values[k]
        assert value is not None
        going = harmed & (self.deciders[k] >= 0) & ~self.gone[k]
        if not going.any():
            return
        self.gone[k] |= going
        self.lifting.hand_over(value, np.where(going, self.deciders[k], value.columns.owner))
        inside = np.zeros(len(self.lifting.owner), np.bool_)
        places = value.spread(going) if value.live is None else value.spread(going) & value.live
        for matrix in _linear(value.arguments, value.places.layout, len(inside)):
            inside[matrix.indices[places[matrix.row_numbers()]]] = True
        for other, inner in enumerate(self.values[:k]):
            if inner is not None:
                here = slice(inner.columns.base, inner.columns.base + inner.columns.layout.size)
                self.wanted[other] |= inside[here] & (self.deciders[other] >= 0) & ~self.gone[other]


def in_decided_hands(lifting: Lifting, subject: Affine, layout: Layout, context: Context) -> Context:
    """The context whose owner is, at each instance of `layout`, the player that decides all of `subject` and leads the
    owner, if there is one: for columns that take one value for each value of the subject."""
    assert context.owner is not None
    owner = np.array(context.owner.number.full(layout.axes)).reshape(-1)
    ends = _owners(_linear((subject,), layout, len(lifting.owner)), lifting.owner)
    decider = _leading(lifting, *ends, owner)
    shape = tuple(a.size for a in layout.axes)
    return context.owned(
        context.owner.player, Dense(layout.axes, np.where(decider >= 0, decider, owner).reshape(shape))
    )


def _deciders(lifting: Lifting, value: Epigraph, owner: Ints) -> Ints:
    """(columns,): see `GivenValues`; `owner` (all columns,) has those of inner values already."""
    least, most = _owners(_linear(value.arguments, value.places.layout, len(owner)), owner)
    if value.live is not None:
        least, most = np.where(value.live, least, np.inf), np.where(value.live, most, -np.inf)
    return _leading(lifting, value.reduced(least, False), value.reduced(most, True), value.columns.owner)


def _leading(lifting: Lifting, least: Floats, most: Floats, owner: Ints) -> Ints:
    """Where `least` and `most`, the numbers of the players that decide a value, are one that leads the owner (all
    (k,)): that player, else -1. Where nobody decides it, as it is a number there: the one who decides all others of
    this owner."""
    one = np.isfinite(least) & (least == most) & (least >= 0)
    player = np.where(one, least, 0).astype(np.int64)
    decider = np.where(one & lifting.leads[player, owner], player, -1)
    for number in np.unique(owner[np.isinf(least)]).tolist():
        rest = (owner == number) & np.isfinite(least)
        deciders = np.unique(decider[rest])
        if len(deciders) == 1:
            decider[(owner == number) & np.isinf(least)] = deciders[0]
    return decider


def _owners(arguments: list[Csr], owner: Ints) -> tuple[Floats, Floats]:
    """Least and largest number of an owner of the columns in each row of all; infinite where there are none."""
    least, most = np.full(arguments[0].rows, np.inf), np.full(arguments[0].rows, -np.inf)
    for matrix in arguments:
        whose = owner[matrix.indices].astype(np.float64)
        np.minimum.at(least, matrix.row_numbers(), whose)
        np.maximum.at(most, matrix.row_numbers(), whose)
    return least, most


def _linear(arguments: tuple[Affine, ...], layout: Layout, columns: int) -> list[Csr]:
    """Each argument at all instances: (instances, columns)."""
    found = []
    for argument in arguments:
        entries = Entries()
        entries.write(argument, layout, 0)
        found.append(entries.matrix(layout.size, columns))
    return found
