"""The `Convexity` of a player's problem in, out its constraints as sides that hold or not, in parts that share neither
own columns nor rows: `own_parts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from compiler.ground.hidden_convexity import Convexity
from compiler.ground.own_functions import Expression, Shaped, involved
from compiler.ground.shapes import Shape
from compiler.ground.sparse import Bools, Ints


@dataclass(frozen=True)
class Side:
    """`expression <= limit` (`above`) or `>= limit`, with room where it is not linear (`bent`)."""

    expression: Expression
    limit: float
    above: bool
    bent: bool

    def room(self, shape: Shape) -> float:
        """The least room over the box, relative to the limit."""
        room = self.limit - shape.reach[1] if self.above else shape.reach[0] - self.limit
        return room / (1.0 + abs(self.limit))


@dataclass(frozen=True)
class OwnPart:
    """`own` and `others`: the columns without a definition that its `sides` depend on, (columns,)."""

    sides: tuple[Side, ...]
    own: Bools
    others: Ints


def own_parts(convexity: Convexity) -> Iterator[OwnPart]:
    """Those that hold what needs room."""
    functions = convexity.functions
    game = functions.game
    sides: list[Side] = []
    for r, e in functions.rows.items():
        sides += _sides(e, float(game.row_lower[r]), float(game.row_upper[r]), r in convexity.rows)
    for c in functions.defined:
        e = Expression(0.0, ((c, 1.0),), ())
        low, high = float(game.lower[c]), float(game.upper[c])
        sides += _sides(e, low, high, c in convexity.columns)
        if c in convexity.steep:
            sides.append(Side(e, max(low, 0.0), False, True))
    touched = [involved(functions, s.expression.columns) for s in sides]
    left = {k for k, c in enumerate(touched) if any(functions.free[list(c)])} if sides else set()
    while left:
        group = {left.pop()}
        own = {c for k in group for c in touched[k] if functions.free[c]}
        while joined := {k for k in left if own & touched[k]}:
            left -= joined
            group |= joined
            own |= {c for k in joined for c in touched[k] if functions.free[c]}
        if any(sides[k].bent for k in group):
            mask = np.zeros(game.columns, np.bool_)
            mask[list(own)] = True
            others = {c for k in group for c in touched[k]} - own
            yield OwnPart(tuple(sides[k] for k in sorted(group)), mask, np.array(sorted(others), np.int64))


def _sides(e: Expression, low: float, high: float, bent: bool) -> list[Side]:
    found = [Side(e, low, False, bent)] if np.isfinite(low) else []
    return found + ([Side(e, high, True, bent)] if np.isfinite(high) else [])


def convex_together(side: Side, together: Shaped) -> bool:
    """Whether the side leaves a convex set of all that `together` counts as decided."""
    shape = together.expression(side.expression)
    return shape.affine or (side.bent and (shape.convex if side.above else shape.concave))
