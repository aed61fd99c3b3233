"""What a variable's declaration says about its values: bounds of its columns where they are data, rows where they hold
variables."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import Lifting
from compiler.ground.logic import semicontinuous
from compiler.ground.rows import Entries
from compiler.ground.spaces import Place, Spaces
from compiler.ground.sparse import Floats, Ints
from compiler.ground.values import UNIT, ZERO, Affine, Dense, Term, add
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, Game, Signature, VarDef
from compiler.ir.walk import holds_variables, uses


class Rows(Protocol):
    """The part of grounding that bounds are written to."""

    spaces: Spaces
    evaluator: Evaluator
    lifting: Lifting
    entries: Entries
    row_lower: list[Floats]
    row_upper: list[Floats]

    def begin(self, statement: VarDef, part: str) -> None:
        """What is written from now on belongs to this equation."""

    def add_rows(self, signature: Signature, definition: ConstraintDef | VarDef, layout: Layout) -> int:
        """Room for the rows of a declaration; gives the number of the first."""


class ColumnBounds:
    """Writes to `lower` and `upper` (columns,) and to the rows: first what is data, as what stands in the statements
    may turn on it."""

    def __init__(self, rows: Rows, game: Game, lower: Floats, upper: Floats) -> None:
        self.rows = rows
        self.game = game
        self.lower = lower
        self.upper = upper

    def write_data(self, variable: VarDef) -> bool:
        """The bounds that are data; says that all is well. Raises `Ungrounded` after reporting."""
        self.rows.begin(variable, "bounds")
        self._write(variable, [b for b in variable.bounds if not holds_variables(b.value)])
        return True

    def write_rest(self, variable: VarDef) -> None:
        """The other bounds, the final value, and what `semicontinuous` asks for. Raises `Ungrounded` after
        reporting."""
        self.rows.begin(variable, "bounds")
        place, here = self._write(variable, [b for b in variable.bounds if holds_variables(b.value)])
        if variable.kind == "semicontinuous":
            semicontinuous(self.rows.lifting, place, self.lower, self.upper, variable.signature)
        if variable.final is not None:
            last = self._last_instances(variable, place)
            self.rows.begin(variable, "final")
            self._bound(variable, variable.final, place, here, "final value", last)

    def _write(self, variable: VarDef, bounds: list[BoundDef]) -> tuple[Place, slice]:
        """These bounds of a variable. Gives its place and its columns."""
        place = self.rows.spaces.columns[id(variable)]
        here = slice(place.base, place.base + place.layout.size)
        for bound in bounds:
            self._bound(variable, bound, place, here, "lower bound" if bound.relation == ">=" else "upper bound")
        return place, here

    def _bound(
        self,
        variable: VarDef,
        bound: BoundDef,
        place: Place,
        here: slice,
        word: str,
        only: NDArray[np.bool_] | None = None,
    ) -> None:
        """Data become column bounds; a bound that holds variables becomes rows."""
        context = place.context
        if only is not None:
            context = context.guarded(Dense(place.layout.axes, only.reshape(tuple(a.size for a in place.layout.axes))))
        value = self.rows.evaluator.expression(bound.value, context)
        picked: slice | Ints = here if only is None else np.arange(here.start, here.stop)[only]
        if value.numeric:
            numbers = np.asarray(value.constant.full(place.layout.axes), dtype=np.float64).ravel()
            numbers = numbers if only is None else numbers[only]
            if bound.relation in (">=", "=="):
                self.lower[picked] = np.maximum(self.lower[picked], numbers)
            if bound.relation in ("<=", "=="):
                self.upper[picked] = np.minimum(self.upper[picked], numbers)
            return
        signature = Signature(f"{variable.name} ({word})", bound.span, variable.signature.unit)
        layout = place.layout
        column = Dense(layout.axes, np.arange(here.start, here.stop).reshape(tuple(a.size for a in layout.axes)))
        body = add([(1, Affine(ZERO, (Term(column, UNIT),))), (-1, value)])
        mine = layout if only is None else Layout(layout.sets, (), int(only.sum()), layout.all_coords()[only])
        base = self.rows.add_rows(signature, variable, mine)
        constant = self.rows.entries.write(body, layout, base, only)
        if bound.relation in (">=", "=="):
            self.rows.row_lower[-1][:] = -constant
        if bound.relation in ("<=", "=="):
            self.rows.row_upper[-1][:] = -constant

    @cached_property
    def _stepped(self) -> dict[int, set[int]]:
        """The indices along which each variable is stepped, by identity of its definition."""
        found: dict[int, set[int]] = {}
        for expression in all_expressions(self.game):
            for use in uses(expression):
                steps = {k for k, index in enumerate(use.indices) if isinstance(index, ir.Shift | ir.Step)}
                found.setdefault(id(use.target), set()).update(steps)
        return found

    def _last_instances(self, variable: VarDef, place: Place) -> NDArray[np.bool_]:
        """Instances at the last element of the index that the variable is stepped along: (size,)."""
        stepped = self._stepped.get(id(variable), set())
        if len(stepped) > 1:
            raise self.rows.evaluator.fail(
                "G307",
                f"`{variable.name}` is stepped along more than one index, so `ends` is ambiguous",
                variable.signature.span,
                "which index ends?",
                hints=["write the final value as a constraint: `constraint final: ...[last(T)] == ...`"],
            )
        k = min(stepped) if stepped else len(place.layout.sets) - 1
        result: NDArray[np.bool_] = place.layout.all_coords()[:, k] == place.layout.sets[k].size - 1
        return result


def all_expressions(game: Game) -> list[ir.Expr]:
    """Every expression of the players' problems, lets included."""
    found: list[ir.Expr] = [let.value for let in game.all_lets()]
    for player in game.players:
        found.append(player.objective.value)
        for constraint in player.constraints:
            found += [e for e in (constraint.left, constraint.middle, constraint.right) if e is not None]
        for variable in player.variables:
            found += [b.value for b in variable.bounds]
            found += [e for e in (variable.before, variable.final.value if variable.final else None) if e is not None]
    return found
