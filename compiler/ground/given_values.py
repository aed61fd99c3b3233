"""Lifted values of what others decide: whose their columns are.

`max(x, 0)` in a follower's problem, of a leader's `x` alone, is data to the follower: that the follower can move the
column that stands for it is nothing but a way to write it. Where that way needs a binary, or multiplies two columns of
the follower's, its problem would seem to be no LP. Then the column goes to the leader, who decides all that it depends
on, with rows and binaries that leave it no choice: one value for each decision of the leader. `exp(x)`, `x^2*y` go to
the leader wherever they stand, as an equation each: the follower need not have functions for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compiler.ground.context import Context
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import Epigraph, Lifting
from compiler.ground.rows import Entries
from compiler.ground.smooth import Smooth
from compiler.ground.sparse import Bools, Floats, Ints, Quad
from compiler.ground.values import Affine, Dense


@dataclass(eq=False)
class GivenValues:
    """The epigraphs and smooth functions among `values`; `deciders` by place in them: (columns,) the player that
    decides all arguments of the value and leads its owner, -1 where there is no such player."""

    lifting: Lifting
    values: Sequence[Epigraph | Smooth | None]
    deciders: list[Ints]
    wanted: list[Bools]
    """By place: the columns (columns,) that are to go to their deciders."""
    gone: list[Bools]

    @staticmethod
    def of(lifting: Lifting, values: Sequence[Epigraph | Smooth | None]) -> GivenValues:
        owner = lifting.owner.copy()
        deciders = []
        for value in values:
            if value is None or (isinstance(value, Epigraph) and not value.exact) or not lifting.leads.any():
                deciders.append(np.full(0 if value is None else value.columns.layout.size, -1))
                continue
            deciders.append(_deciders(lifting, value, owner))
            # Values around it may be told by the same player.
            _write(owner, value, np.where(deciders[-1] >= 0, deciders[-1], owner[_columns(value)]))
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
            if isinstance(value, Epigraph) and (self.deciders[k] >= 0).any():
                known = _known(value, lower, upper)
                self.wanted[k] |= factor[_columns(value)] & (self.deciders[k] >= 0) & known & ~self.gone[k]

    def want_functions(self, lower: Floats, upper: Floats) -> None:
        """Smooth functions and products that are a player's and its leader's to decide; but those of a `max` or the
        like without bounds, which only an epigraph says: it stays with the follower, and so do they."""
        stuck = np.zeros(len(self.lifting.owner), np.bool_)
        for k, value in enumerate(self.values):
            if value is None:
                continue
            inside = np.zeros(value.columns.layout.size, np.bool_)
            line, column = _seen(_arguments(value), _places(value), len(stuck))
            if isinstance(value, Epigraph):
                each = np.zeros(value.places.layout.size)
                each[line[stuck[column]]] = 1.0
                inside = (value.reduced(each, True) > 0) | ~_known(value, lower, upper)
            else:
                inside[line[stuck[column]]] = True
                self.wanted[k] |= (self.deciders[k] >= 0) & ~inside & ~self.gone[k]
            stuck[_columns(value)] = inside

    def hand_over(self, k: int, harmed: Bools, lower: Floats, upper: Floats) -> bool:
        """The columns `harmed` (columns,) of value k to whoever decides them, and want the values inside them gone as
        well; the bounds (all columns,) are known of all. Says whether any went."""
        value = self.values[k]
        assert value is not None
        going = harmed & (self.deciders[k] >= 0) & ~self.gone[k]
        if not going.any():
            return False
        self.gone[k] |= going
        owner = np.where(going, self.deciders[k], value.columns.owner)
        inside = np.zeros(len(self.lifting.owner), np.bool_)
        if isinstance(value, Epigraph):
            self.lifting.hand_over(value, owner)
            places = value.spread(going) if value.live is None else value.spread(going) & value.live
        else:
            value.hand_over(owner, going, lower, upper)
            places = going & value.live
        line, column = _seen(_arguments(value), _places(value), len(inside))
        inside[column[places[line]]] = True
        for other, inner in enumerate(self.values[:k]):
            if inner is not None:
                self.wanted[other] |= inside[_columns(inner)] & (self.deciders[other] >= 0) & ~self.gone[other]
        return True


def in_decided_hands(lifting: Lifting, subject: Affine, layout: Layout, context: Context) -> Context:
    """The context whose owner is, at each instance of `layout`, the player that decides all of `subject` and leads the
    owner, if there is one: for columns that take one value for each value of the subject."""
    assert context.owner is not None
    owner = np.array(context.owner.number.full(layout.axes)).reshape(-1)
    ends = _owners((subject,), layout, lifting.owner)
    decider = _leading(lifting, *ends, owner)
    shape = tuple(a.size for a in layout.axes)
    return context.owned(
        context.owner.player, Dense(layout.axes, np.where(decider >= 0, decider, owner).reshape(shape))
    )


def _columns(value: Epigraph | Smooth) -> slice:
    return slice(value.columns.base, value.columns.base + value.columns.layout.size)


def _arguments(value: Epigraph | Smooth) -> tuple[Affine, ...]:
    return value.arguments if isinstance(value, Epigraph) else (value.subject,)


def _places(value: Epigraph | Smooth) -> Layout:
    """The instances of its arguments."""
    return value.places.layout if isinstance(value, Epigraph) else value.columns.layout


def _write(owner: Ints, value: Epigraph | Smooth, numbers: Ints) -> None:
    """`numbers` (columns,) into `owner` (all columns,), at all columns of the value."""
    owner[_columns(value)] = numbers
    if isinstance(value, Smooth):
        owner[value.argument.base : value.argument.base + len(numbers)] = numbers


def _known(value: Epigraph, lower: Floats, upper: Floats) -> Bools:
    """Where all arguments have bounds, which binaries need: (columns,)."""
    low, high = (np.stack(ends) for ends in zip(*value.ranges(lower, upper), strict=True))
    return value.reduced((np.isfinite(low).all(axis=0) & np.isfinite(high).all(axis=0)).astype(np.float64), False) > 0


def _deciders(lifting: Lifting, value: Epigraph | Smooth, owner: Ints) -> Ints:
    """(columns,): see `GivenValues`; `owner` (all columns,) has those of inner values already."""
    least, most = _owners(_arguments(value), _places(value), owner)
    if value.live is not None:
        least, most = np.where(value.live, least, np.inf), np.where(value.live, most, -np.inf)
    if isinstance(value, Epigraph):
        least, most = value.reduced(least, False), value.reduced(most, True)
    return _leading(lifting, least, most, value.columns.owner)


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


def _owners(arguments: tuple[Affine, ...], layout: Layout, owner: Ints) -> tuple[Floats, Floats]:
    """Least and largest number of an owner of the columns in all arguments at each instance; infinite where there are
    none."""
    least, most = np.full(layout.size, np.inf), np.full(layout.size, -np.inf)
    line, column = _seen(arguments, layout, len(owner))
    whose = owner[column].astype(np.float64)
    np.minimum.at(least, line, whose)
    np.maximum.at(most, line, whose)
    return least, most


def _seen(arguments: tuple[Affine, ...], layout: Layout, columns: int) -> tuple[Ints, Ints]:
    """The instances of `layout` and the columns that arguments have there, alone or in products: both (entries,)."""
    lines, seen = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for argument in arguments:
        entries = Entries()
        entries.write(argument, layout, 0)
        matrix, quad = entries.matrix(layout.size, columns), entries.quad(columns)
        lines += [matrix.row_numbers(), quad.row, quad.row]
        seen += [matrix.indices, quad.i, quad.j]
    return np.concatenate(lines), np.concatenate(seen)
