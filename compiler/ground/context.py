"""Where an expression is evaluated: `Context`, the positions of its bound letters and the mask of instances that
count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from compiler.ground.ground_set import GroundSet
from compiler.ground.values import Axis, Dense, combine
from compiler.ir import expr as ir


class Ungrounded(Exception):  # noqa: N818 - a way out of a declaration, not an error of its own
    """A declaration was reported as wrong with these data; it is given up, the others go on."""


@dataclass(frozen=True, eq=False, slots=True)
class IndexValue:
    """Positions in a set. A position outside 0..size-1 has stepped off the edge on that side."""

    of: GroundSet
    position: Dense
    missing: Dense | None = None
    """True where the element is not in `of` at all."""


LetterKey = tuple[int, int]
"""Identity of the binder and place in it."""


def letter_key(letter: ir.Letter) -> LetterKey:
    return id(letter.binder), letter.place


@dataclass(frozen=True, eq=False, slots=True)
class Owner:
    """Whose statement is evaluated: the player's name, and the number of the instance over the statement's axes."""

    player: str
    number: Dense


@dataclass(frozen=True, eq=False, slots=True)
class Context:
    """`letters` by key, with their names for messages; `guard` is True where the value counts (None: everywhere)."""

    letters: Mapping[LetterKey, IndexValue] = field(default_factory=dict)
    names: Mapping[LetterKey, str] = field(default_factory=dict)
    guard: Dense | None = None
    owner: Owner | None = None

    def bound(self, binder: ir.Binder, values: tuple[IndexValue, ...]) -> Context:
        """The context with the binder's letters at these positions."""
        keys = [(id(binder), k) for k in range(len(binder.letters))]
        return Context(
            {**self.letters, **dict(zip(keys, values, strict=True))},
            {**self.names, **dict(zip(keys, binder.letters, strict=True))},
            self.guard,
            self.owner,
        )

    def guarded(self, mask: Dense) -> Context:
        """The context where also `mask` must hold."""
        guard = mask if self.guard is None else combine(np.logical_and, self.guard, mask)
        return Context(self.letters, self.names, guard, self.owner)

    def owned(self, player: str, number: Dense) -> Context:
        """The context of a statement of this player's."""
        return Context(self.letters, self.names, self.guard, Owner(player, number))

    @property
    def axes(self) -> set[Axis]:
        """Where the letters run, and those of the owner's statement: an expression named elsewhere does not know the
        letters of its user, but columns lifted in it are those of one instance there. Over any other axis a value is
        summed."""
        owner = set() if self.owner is None else set(self.owner.number.axes)
        return owner | {axis for value in self.letters.values() for axis in value.position.axes}

    @property
    def nowhere(self) -> bool:
        """Whether a letter runs over nothing, so that no instance counts."""
        return any(axis.size == 0 for axis in self.axes)

    def fresh(self) -> Context:
        """A context without letters for an expression named elsewhere, where the same instances count."""
        guard = Dense.scalar(False) if self.nowhere else self.guard
        return Context({}, {}, guard, self.owner)

    def known(self) -> Context:
        """The context where the guard asks only for what its letters and its owner can tell: true where an instance
        counts for some place of the letters that are unknown here, as nothing depends on which."""
        if self.guard is None:
            return self
        mine = self.axes
        over = tuple(k for k, a in enumerate(self.guard.axes) if a not in mine)
        if not over:
            return self
        guard = Dense(tuple(a for a in self.guard.axes if a in mine), np.asarray(self.guard.array.any(axis=over)))
        return Context(self.letters, self.names, guard, self.owner)

    def first(self, bad: Dense) -> tuple[bool, str]:
        """Whether `bad` holds at any instance that counts, and the first such instance in words (` at t=3`)."""
        if self.guard is not None:
            bad = combine(np.logical_and, bad, self.guard)
        if self.nowhere or not bad.array.any():
            return False, ""
        at = np.unravel_index(int(np.argmax(bad.array)), bad.array.shape) if bad.axes else ()
        where = dict(zip(bad.axes, at, strict=True))
        words = []
        for key, value in self.letters.items():
            if not set(value.position.axes) <= set(where):
                continue
            position = int(value.position.array[tuple(where[a] for a in value.position.axes)])
            if 0 <= position < value.of.size:
                words.append(f"{self.names[key]}={value.of.elements[position]}")
        return True, f" at {', '.join(words)}" if words else ""
