"""A GroundGame and a player in, whether its problem is convex in its decisions out, with what has to be held with room.

A problem whose lifted columns are tied by equations may be convex all the same: `minimize x^2/y`, `maximize sqrt(x*y)`,
`log(exp(x) + exp(y)) <= 1`. Each function that the player minimises or bounds is put together from its definitions
(`own_functions`) and its convexity proved (`shapes`): over the whole box of the bounds, or over each part of it, for a
function that has second slopes is convex where it is so in every part.
Exact or bound: what is called convex is; what is not may be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import REAL, GroundGame
from compiler.ground.own_functions import Expression, OfOne, OwnFunctions, Shaped, implied, involved
from compiler.ground.shapes import Shape
from compiler.ground.sparse import Floats

PARTS = 256
"""Into how many boxes at most the bounds are cut for one function."""

CUT = 6
"""The most columns that a function may depend on for its box to be cut: beyond, cutting pays no more."""


@dataclass(frozen=True)
class Convexity:
    """Of a player's problem in its own decisions. `rows` and `columns` number the constraints that are not linear in
    them, rows and bounds of defined columns, which need room (Slater); `steep` the arguments that may be zero where
    their function (a root) rises vertically; `functions` is what was proved of."""

    functions: OwnFunctions
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    steep: tuple[int, ...]


_FOUND: WeakKeyDictionary[GroundGame, dict[int, Convexity | None]] = WeakKeyDictionary()


def hidden_convexity(game: GroundGame, player: int) -> Convexity | None:
    """None where the player's problem could not be proved convex. Each player of a game is looked at once."""
    found = _FOUND.setdefault(game, {})
    if player not in found:
        found[player] = _proved(game, player)
    return found[player]


def _proved(game: GroundGame, player: int) -> Convexity | None:
    whole = (game.kind != REAL) & (game.owner == player) & ~fixed_columns(game)
    if whole.any() or np.any(game.owner[game.complementary] == player):
        return None
    functions = OwnFunctions.of(game, player)
    proof = Proof(functions)
    if not proof.holds(lambda s: s.expression(functions.objective).convex, functions.objective):
        return None
    rows: list[int] = []
    for r, e in functions.rows.items():
        if not e.products and not (e.columns & functions.defined.keys()):
            continue
        below, above = bool(np.isfinite(game.row_lower[r])), bool(np.isfinite(game.row_upper[r]))
        if proof.whole.expression(e).affine:
            continue
        if (below and above) or not proof.bounds_a_convex_set(e, above):
            return None
        rows.append(r)
    columns: list[int] = []
    for c in functions.defined:
        shape = proof.whole.column(c)
        low, high = float(game.lower[c]), float(game.upper[c])
        if shape.affine or implied(shape.reach, (low, high)):
            continue
        e = Expression(0.0, ((c, 1.0),), ())
        below, above = not implied(shape.reach, (low, np.inf)), not implied(shape.reach, (-np.inf, high))
        if (below and above) or not proof.bounds_a_convex_set(e, above):
            return None
        columns.append(c)
    steep = tuple(
        d.argument
        for d in functions.defined.values()
        if isinstance(d, OfOne) and _steep(d) and proof.whole.column(d.argument).reach[0] <= 0
    )
    return Convexity(functions, tuple(rows), tuple(columns), steep)


def _steep(meaning: OfOne) -> bool:
    return meaning.function == "sqrt" or (meaning.function == "power" and 0 < meaning.parameter < 1)


class Proof:
    """Asks for shapes over the whole box, then over parts of it."""

    def __init__(self, functions: OwnFunctions) -> None:
        self.functions = functions
        self.lower, self.upper = functions.box()
        self.whole = self._shaped(self.lower, self.upper)

    def _shaped(self, lower: Floats, upper: Floats) -> Shaped:
        return Shaped(self.functions, lower, upper, self.functions.free)

    def bounds_a_convex_set(self, e: Expression, above: bool) -> bool:
        """Whether `e <= number` (`above`) or `e >= number` leaves a convex set."""

        def tame(s: Shaped) -> bool:
            shape: Shape = s.expression(e)
            return shape.convex if above else shape.concave

        return self.holds(tame, e)

    def holds(self, tame: Callable[[Shaped], bool], e: Expression) -> bool:
        """Whether `tame` is true of all parts of the box of some partition."""
        if tame(self.whole):
            return True
        # What is in sums and products alone leaves second slopes as they are, wherever it is.
        columns = np.array(sorted(involved(self.functions, e.columns & self.functions.defined.keys())), np.int64)
        columns = columns[(self.upper > self.lower)[columns]]
        if not 0 < len(columns) <= CUT or not np.isfinite((self.upper - self.lower)[columns]).all():
            return False
        left, parts = [(self.lower[columns], self.upper[columns])], 1
        width = self.upper[columns] - self.lower[columns]
        while left:
            low, high = left.pop()
            lower, upper = self.lower.copy(), self.upper.copy()
            lower[columns], upper[columns] = low, high
            if tame(self._shaped(lower, upper)):
                continue
            # What cannot be said of the point in the middle cannot be said of a part around it.
            lower[columns] = upper[columns] = (low + high) / 2
            parts += 1
            if parts > PARTS or not tame(self._shaped(lower, upper)):
                return False
            k = int(np.argmax((high - low) / width))
            middle = (low[k] + high[k]) / 2
            first, second = high.copy(), low.copy()
            first[k] = second[k] = middle
            left += [(low, first), (second, high)]
        return True
