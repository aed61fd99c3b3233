"""A game + its data -> `Grounded`: the flat `GroundGame`, and the places of all declarations in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compiler.ground.column_bounds import ColumnBounds
from compiler.ground.context import Context, Ungrounded
from compiler.ground.data import Data
from compiler.ground.exactness import System, make_exact
from compiler.ground.flat_columns import FlatColumns
from compiler.ground.ground_checks import check_bounds, check_finite, check_free, check_rows
from compiler.ground.ground_game import INTEGER, GroundGame, GroundPlayer
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import Lifting
from compiler.ground.logic import complementary_columns, implied
from compiler.ground.placing import Placing, used_prices
from compiler.ground.relation_sides import at_words, relation_sides
from compiler.ground.rows import Entries
from compiler.ground.shared_rows import SharedRows, shared_rows
from compiler.ground.smooth import curves
from compiler.ground.spaces import Place, Spaces
from compiler.ground.sparse import Csr, Floats, Ints, Quad, joined, stacked
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, FixDef, Game, PlayerDef
from grammar.diagnostics import Findings


@dataclass(frozen=True, eq=False)
class Grounded:
    """What grounding gives: the flat game, and the way from a declaration to its columns and rows."""

    game: Game
    data: Data
    spaces: Spaces
    ground: GroundGame
    products: frozenset[int] = frozenset()
    """Identities of the products in the text that are linear by further columns."""


def ground(game: Game, data: Data, findings: Findings, *, derived: bool = False) -> Grounded | None:
    """Ground the game. None when nothing can be made of it; `findings` says whether what is given stands.

    In a `derived` game a binary's product with what has no bounds, such as a multiplier, stays a product: nobody could
    give it bounds.
    """
    return _Grounding(game, data, findings, derived).run()


class _Grounding(Placing):
    """Writes bounds, rows and objectives where `Placing` put them."""

    def __init__(self, game: Game, data: Data, findings: Findings, derived: bool = False) -> None:
        super().__init__(game, data, findings)
        self.derived = derived
        self.entries = Entries()
        self.complementary: list[Ints] = []
        self.row_group = np.zeros(0, dtype=np.int64)

    def run(self) -> Grounded | None:
        for definition in self.game.sets:
            self._try(lambda d=definition: self.data.named(d))  # type: ignore[misc]
        for param in self.game.all_params():
            self._try(lambda p=param: self.data.param(p))  # type: ignore[misc]
        if self.findings.errors:
            return None
        players = self._players()
        columns = self._columns()
        self._row_places()
        total = columns + self._price_columns(columns)
        if self.findings.errors:
            return None
        self.lifting = self.evaluator.lifting = Lifting(self, self.findings, total)
        flat = self._column_data(total)
        bounds = ColumnBounds(self, self.game, flat.lower, flat.upper)
        variables = [v for p in self.game.players for v in p.variables if self._try(lambda v=v: bounds.write_data(v))]  # type: ignore[misc]
        fixes = [f for f in (self._try(lambda d=d: self._fix(d)) for d in self.game.fixes) if f is not None]  # type: ignore[misc]
        self._known_columns(flat, fixes)
        self.lifting.leads = _leads(players)
        for player in self.game.players:
            for constraint in player.constraints:
                self._try(lambda c=constraint: self._write_constraint(c))  # type: ignore[misc]
        for variable in variables:
            self._try(lambda v=variable: bounds.write_rest(v))  # type: ignore[misc]
        for fixed, values in fixes:
            flat.lower[fixed] = flat.upper[fixed] = values
        objective = Entries()
        constants = np.zeros(len(players))
        for player in self.game.players:
            self._try(lambda p=player: self._objective(p, objective, constants))  # type: ignore[misc]
        if self.findings.errors:
            return None
        check_bounds(self.column_blocks, flat.lower, flat.upper, self.findings)
        check_finite(self.entries, self.row_blocks, objective, self.findings)
        system = self._finished(flat, objective, players)
        matrix, row_quad = self._with_shared(system, flat, players)
        result = GroundGame(
            name=self.game.name,
            players=players,
            lower=flat.lower,
            upper=flat.upper,
            kind=flat.kind,
            start=flat.start,
            owner=flat.owner,
            price_row=flat.price_row,
            column_blocks=(*self.column_blocks, *self.lifting.blocks()),
            matrix=matrix,
            row_lower=_joined(self.row_lower),
            row_upper=_joined(self.row_upper),
            row_quad=row_quad,
            row_owner=np.concatenate(self.row_owner) if self.row_owner else np.zeros(0, np.int64),
            row_blocks=tuple(self.row_blocks),
            objective=system.objective,
            objective_constant=constants,
            objective_quad=system.objective_quad,
            row_group=self.row_group,
            complementary=np.concatenate(self.complementary) if self.complementary else np.zeros((0, 2), np.int64),
            curves=curves(self.lifting),
            price_names=self.price_names,
        )
        check_rows(result, self.findings)
        return Grounded(self.game, self.data, self.spaces, result, frozenset(self.lifting.products))

    # ------------------------------------------------------------ columns

    def _column_data(self, total: int) -> FlatColumns:
        flat = FlatColumns.free(total)
        for player in self.game.players:
            for variable in player.variables:
                place = self.spaces.columns[id(variable)]
                here = slice(place.base, place.base + place.layout.size)
                flat.owner[here] = self._owners(variable.player, variable.own, place.layout)
                if variable.kind in ("integer", "binary"):
                    flat.kind[here] = INTEGER
                if variable.kind == "binary":
                    flat.lower[here], flat.upper[here] = 0.0, 1.0
                if variable.start is not None:
                    value = self._try(lambda e=variable.start, c=place.context: self.evaluator.number(e, c))  # type: ignore[misc]
                    if value is not None:
                        flat.start[here] = value.full(place.layout.axes).ravel()
        for constraint in used_prices(self.game):
            if constraint.shared or id(constraint) not in self.spaces.prices:
                continue
            base = self.spaces.prices[id(constraint)]
            rows = self.spaces.rows[id(constraint)]
            flat.price_row[base : base + rows.layout.size] = rows.base + np.arange(rows.layout.size)
        return flat

    def _known_columns(self, flat: FlatColumns, fixes: list[tuple[Ints, Floats]]) -> None:
        """Tell lifting whose the columns are, which are 0 or 1, and which can be multiplied by these."""
        movable = ~(flat.lower == flat.upper)
        for columns, _ in fixes:
            movable[columns] = False
        self.lifting.owner, self.lifting.movable = flat.owner.copy(), movable
        if self.derived:
            self.lifting.movable = movable & np.isfinite(flat.lower) & np.isfinite(flat.upper)
        self.lifting.switch = movable & (flat.kind == INTEGER) & (flat.lower >= 0) & (flat.upper <= 1)

    def _fix(self, fix: FixDef) -> tuple[Ints, Floats]:
        """The columns that a case fixes, and at which values."""
        layout, context = self.evaluator.layout(fix.domain)
        use = ir.Use(fix.variable, fix.indices, fix.span)
        value = self.evaluator.expression(use, context)
        column = value.terms[0].column if value.terms else None
        if column is None:
            raise self.evaluator.fail("G305", f"`{fix.span.text}` fixes nothing", fix.span)
        numbers = self.evaluator.number(fix.value, context)
        columns = column.full(layout.axes).ravel()
        values = np.asarray(numbers.full(layout.axes), dtype=np.float64).ravel()
        if not np.isfinite(values).all():
            raise self.evaluator.fail("G508", f"`{fix.span.text}` gives a value that is no finite number", fix.span)
        return columns, values

    # ------------------------------------------------------------ rows and objectives

    def _write_constraint(self, d: ConstraintDef) -> None:
        place = self.spaces.rows[id(d)]
        self.begin(d)
        if d.perp is not None:
            sides = [self.evaluator.expression(e, place.context) for e in d.perp]
            self.complementary.append(complementary_columns(self.lifting, sides, place.context, d.signature.span))
            return
        if d.condition is not None:
            self._write_implication(d, place)
            return
        k = self.block_numbers[id(d)]
        body, low, high = relation_sides(d, place.layout, place.context, self.evaluator)
        constant = self.entries.write(body, place.layout, place.base)
        if np.isnan(constant).any() or (np.isinf(constant) & ~(np.isinf(low) & np.isinf(high))).any():
            raise self._no_number(d, place.layout, ~np.isfinite(constant))
        self.row_lower[k][:] = low - constant
        self.row_upper[k][:] = high - constant

    def _no_number(self, d: ConstraintDef, layout: Layout, where: NDArray[np.bool_]) -> Ungrounded:
        at = at_words(d.domain, layout.key(int(np.argmax(where))))
        return self.evaluator.fail(
            "G508", f"`{d.name}` has no finite number on one side{at}", d.signature.span, "infinite or undefined"
        )

    def _write_implication(self, d: ConstraintDef, place: Place) -> None:
        assert d.condition is not None
        switch = self.evaluator.expression(d.condition, place.context)
        body, low, high = relation_sides(d, place.layout, place.context, self.evaluator)
        implied(self.lifting, switch, d.holds_at, body, low, high, place, d.signature)

    # ------------------------------------------------------------ shared constraints

    def _with_shared(self, system: System, flat: FlatColumns, players: tuple[GroundPlayer, ...]) -> tuple[Csr, Quad]:
        """The rows, with those of shared constraints after them."""
        parts, quads = [system.matrix], [system.row_quad]
        names, follows = [p.declaration for p in players], np.array([bool(p.leaders) for p in players], np.bool_)
        groups = [np.full(self.rows, -1, dtype=np.int64)]
        group = 0
        for d in self.game.shared:
            found = self._try(lambda d=d: self._copies(d, flat, names))  # type: ignore[misc]
            if found is None:
                continue
            layout, context, copies = found
            numbers = np.full(layout.size, -1, dtype=np.int64)
            # The price is told by the first follower that an instance binds, else by the first player: a leader that
            # is bound as well has no multiplier in its followers' conditions.
            order = np.argsort(~follows[copies.owner], kind="stable")[::-1]
            numbers[copies.instance[order]] = self.rows + order
            self.spaces.rows[id(d)] = Place(self.rows, layout, context, numbers)
            if id(d) in self.spaces.prices:
                told = slice(self.spaces.prices[id(d)], self.spaces.prices[id(d)] + layout.size)
                flat.price_row[told] = numbers
                # A constraint that binds nobody has the price zero.
                flat.lower[told] = np.where(numbers >= 0, flat.lower[told], 0.0)
                flat.upper[told] = np.where(numbers >= 0, flat.upper[told], 0.0)
            for block in copies.blocks:
                if d.price is not None and d.individual:
                    self.price_names[len(self.row_blocks)] = d.price.name
                self.row_blocks.append(replace(block, start=block.start + self.rows, stop=block.stop + self.rows))
            self.row_lower.append(copies.lower)
            self.row_upper.append(copies.upper)
            self.row_owner.append(copies.owner)
            groups.append(copies.instance + group if not d.individual else np.full(len(copies.owner), -1, np.int64))
            group += layout.size
            parts.append(copies.matrix)
            quads.append(copies.quad.moved(self.rows))
            self.rows += len(copies.owner)
        self.row_group = np.concatenate(groups)
        return stacked(parts), joined(quads)

    def _copies(self, d: ConstraintDef, flat: FlatColumns, names: list[str]) -> tuple[Layout, Context, SharedRows]:
        layout, context = self.evaluator.layout(d.domain)
        self.begin(d)
        body, low, high = relation_sides(d, layout, context, self.evaluator)
        block = self._block(d.signature, "", 0, d.domain, 0, layout)
        found = shared_rows(d, body, layout, low, high, flat.owner, names, block)
        check_free(found, block, self.findings)
        return layout, context, found

    def _finished(self, flat: FlatColumns, objective: Entries, players: tuple[GroundPlayer, ...]) -> System:
        """Rows and objectives, with everything lifted made exact."""
        senses = np.array([p.sense for p in players], dtype=np.int64)

        def assemble() -> System:
            flat.take_in(self.lifting)
            total = len(flat.lower)
            return System(
                self.entries.matrix(self.rows, total), _joined(self.row_lower), _joined(self.row_upper),
                np.concatenate(self.row_owner) if self.row_owner else np.zeros(0, np.int64), self.entries.quad(total),
                flat.owner, objective.matrix(len(players), total), objective.quad(total), senses,
                flat.lower, flat.upper, flat.kind == INTEGER,
            )  # fmt: skip

        return make_exact(self.lifting, assemble)

    def _objective(self, player: PlayerDef, entries: Entries, constants: Floats) -> None:
        place = self.spaces.players[id(player)]
        self.begin(player.objective)
        value = self.evaluator.expression(player.objective.value, place.context)
        constants[place.base : place.base + place.layout.size] = entries.write(value, place.layout, place.base)


def _leads(players: tuple[GroundPlayer, ...]) -> NDArray[np.bool_]:
    """(p, p): whether the first leads the second, be it through others."""
    leads = np.zeros((len(players), len(players)), np.bool_)
    for k, player in enumerate(players):
        above, seen = list(player.leaders), set[int]()
        while above:
            leader = above.pop()
            if leader not in seen:
                seen.add(leader)
                above += players[leader].leaders
        leads[list(seen), k] = True
    return leads


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)
