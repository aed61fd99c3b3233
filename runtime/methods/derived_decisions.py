"""A Setting in, out which of the leader's columns are functions of its other ones: `DerivedDecisions`.

`exp(-x)` in a follower's problem, of the leader's `x` alone, is a column of the leader's that the follower sees, tied
to `x` by an equation and a curve. A search that moves the leader's decisions moves `x`; what follows from it is worked
out here, in the order in which one value rests on another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.curves import FUNCTIONS, Curve
from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import REAL, GroundGame, lifted_places
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad


@dataclass(frozen=True, eq=False)
class Equations:
    """`scale*x[target] + matrix x + products = right`, one row for each target, with no target in `matrix`."""

    target: Ints
    scale: Floats
    right: Floats
    matrix: Csr
    products: Quad

    def sources(self, wanted: Bools) -> Ints:
        """The columns on which the `wanted` (n,) targets rest."""
        rows, quad = wanted[self.target], self.products
        linear = self.matrix.indices[rows[self.matrix.row_numbers()]]
        return np.concatenate([linear, quad.i[rows[quad.row]], quad.j[rows[quad.row]]])

    def rests_on(self, columns: Bools) -> Bools:
        """Which targets rest on some of the columns (n,): (targets,)."""
        found = np.zeros(len(self.target), np.bool_)
        entry = columns[self.matrix.indices] & (self.matrix.data != 0)
        found[self.matrix.row_numbers()[entry]] = True
        found[self.products.row[columns[self.products.i] | columns[self.products.j]]] = True
        return found

    def write(self, x: Floats) -> None:
        rest = self.matrix.times(x) + self.products.times(x, len(self.target))
        x[self.target] = (self.right - rest) / self.scale


@dataclass(frozen=True, eq=False)
class DerivedDecisions:
    """`steps` that give one after another the columns which are `derived` (n,)."""

    game: GroundGame
    derived: Bools
    steps: tuple[Equations | Curve, ...]

    @staticmethod
    def of(game: GroundGame, player: int) -> DerivedDecisions:
        """The columns that lifting made for the player, as far as equations of its own leave them no choice."""
        fixed = fixed_columns(game)
        mine = game.owner == player
        lifted = lifted_places(game.column_blocks) & mine & (game.kind == REAL) & ~fixed
        rows = np.flatnonzero(
            lifted_places(game.row_blocks) & (game.row_owner == player) & (game.row_lower == game.row_upper)
        )
        matrix, quad = game.matrix.take_rows(rows), game.row_quad.take_rows(rows)
        line = matrix.row_numbers()
        foreign = np.zeros(len(rows), np.bool_)
        for at, columns in ((line, matrix.indices), (quad.row, quad.i), (quad.row, quad.j)):
            foreign[at[~mine[columns] & ~fixed[columns]]] = True
        curves = [c.take((c.relation == 0) & lifted[c.result] & lifted[c.argument]) for c in game.curves]
        # What no equation with a curve or product defines, as a `max`, is decided like any other column.
        open_columns = np.zeros(game.columns, np.bool_)
        for curve in curves:
            open_columns[curve.argument] = open_columns[curve.result] = True
        bent = np.zeros(len(rows), np.bool_)
        bent[quad.row] = True
        open_columns[matrix.indices[bent[line] & lifted[matrix.indices]]] = True

        derived = np.zeros(game.columns, np.bool_)
        steps: list[Equations | Curve] = []
        while True:
            unknown = np.bincount(line, open_columns[matrix.indices], len(rows))
            inside = np.zeros(len(rows), np.bool_)
            inside[quad.row[open_columns[quad.i] | open_columns[quad.j]]] = True
            ready = (unknown == 1) & ~inside & ~foreign
            entry = np.flatnonzero(ready[line] & open_columns[matrix.indices])
            # The same column may be told by several rows.
            _, first = np.unique(matrix.indices[entry], return_index=True)
            entry = entry[first]
            found: list[Equations | Curve] = []
            if len(entry):
                chosen, target = line[entry], matrix.indices[entry]
                part = matrix.take_rows(chosen)
                # Row k of `part` holds target k once.
                data = np.where(part.indices == target[part.row_numbers()], 0.0, part.data)
                found.append(
                    Equations(
                        target,
                        matrix.data[entry],
                        game.row_lower[rows[chosen]],
                        Csr(part.indptr, part.indices, data, part.columns),
                        quad.take_rows(chosen),
                    )
                )
            for curve in curves:
                now = curve.take(~open_columns[curve.argument] & open_columns[curve.result])
                found += [now] if len(now.result) else []
            if not found:
                return DerivedDecisions(game, derived, tuple(steps))
            for step in found:
                told = step.target if isinstance(step, Equations) else step.result
                derived[told], open_columns[told] = True, False
            steps += found

    def roots(self, columns: Ints) -> Ints:
        """The columns, not derived, that these are functions of; those among them that are not derived, too."""
        wanted = np.zeros(self.game.columns, np.bool_)
        wanted[columns] = True
        for step in reversed(self.steps):
            if isinstance(step, Equations):
                wanted[step.sources(wanted)] = True
            else:
                wanted[step.argument[wanted[step.result]]] = True
        return np.flatnonzero(wanted & ~self.derived & ~fixed_columns(self.game))

    def following(self, columns: Ints) -> Ints:
        """The derived columns that rest on nothing but these."""
        known = fixed_columns(self.game)
        known[columns] = True
        for step in self.steps:
            if isinstance(step, Equations):
                known[step.target] = ~step.rests_on(~known)
            else:
                known[step.result] = known[step.argument]
        return np.flatnonzero(known & self.derived)

    def from_roots(self, columns: Ints, decision: Floats) -> Floats:
        """All columns (n,) at a decision (d,) on the `columns` (d,), the derived ones within their bounds; zero what
        rests on anything else."""
        game = self.game
        x = np.where(game.lower == game.upper, game.lower, 0.0)
        x[columns] = decision
        for step in self.steps:
            if isinstance(step, Equations):
                step.write(x)
                told = step.target
            else:
                told = step.result
                with np.errstate(all="ignore"):
                    x[told] = FUNCTIONS[step.function].value(x[step.argument], step.parameter)
            # Out of bounds a row of the leader's is broken: that is how a search hears of it.
            x[told] = np.fmin(np.fmax(x[told], game.lower[told]), game.upper[told])
        return x
