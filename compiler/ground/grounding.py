"""A game + its data -> `Grounded`: the flat `GroundGame`, and the places of all declarations in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from compiler.ground.column_bounds import ColumnBounds, all_expressions
from compiler.ground.context import Context, Ungrounded
from compiler.ground.data import Data
from compiler.ground.evaluate import Evaluator
from compiler.ground.exactness import System, make_exact
from compiler.ground.flat_columns import FlatColumns
from compiler.ground.ground_checks import check_bounds, check_finite, check_free, check_rows
from compiler.ground.ground_game import INTEGER, MAXIMIZE, MINIMIZE, Block, GroundGame, GroundPlayer
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import Lifting
from compiler.ground.logic import complementary_columns, implied
from compiler.ground.relation_sides import at_words, relation_sides
from compiler.ground.rows import Entries
from compiler.ground.shared_rows import SharedRows, shared_rows
from compiler.ground.smooth import curves
from compiler.ground.spaces import Columns, Place, Spaces
from compiler.ground.sparse import Csr, Quad, joined, stacked
from compiler.ground.values import Dense
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, FixDef, Game, LetDef, PlayerDef, Signature, VarDef
from compiler.ir.numbering import EquationNumbers, Statement
from compiler.ir.walk import uses
from grammar.diagnostics import Findings
from grammar.source import Span

T = TypeVar("T")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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


class _Grounding:
    def __init__(self, game: Game, data: Data, findings: Findings, derived: bool = False) -> None:
        self.game = game
        self.derived = derived
        self.data = data
        self.findings = findings
        self.spaces = Spaces()
        self.evaluator = Evaluator(data, findings, Columns(self.spaces))
        self.column_blocks: list[Block] = []
        self.row_blocks: list[Block] = []
        self.block_numbers: dict[int, int] = {}
        self.price_names: dict[int, str] = {}
        self.entries = Entries()
        self.row_lower: list[Floats] = []
        self.row_upper: list[Floats] = []
        self.row_owner: list[Ints] = []
        self.rows = 0
        self.numbers = EquationNumbers.of_game(game)
        self.writing = 0
        self.complementary: list[Ints] = []
        self.row_group = np.zeros(0, dtype=np.int64)

    def _try(self, step: Callable[[], T]) -> T | None:
        try:
            return step()
        except Ungrounded:
            return None
        except MemoryError:
            self.findings.add(
                "G308",
                "an expression over these sets does not fit into memory",
                hints=["restrict its index with `where`, or use sparse sets of pairs"],
            )
            return None

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

    # ------------------------------------------------------------ places

    def _players(self) -> tuple[GroundPlayer, ...]:
        found: list[tuple[PlayerDef, tuple[object, ...]]] = []
        for player in self.game.players:
            place = self._try(lambda p=player: self.evaluator.layout(p.domain))  # type: ignore[misc]
            if place is None:
                continue
            layout, context = place
            own = np.arange(len(found), len(found) + layout.size)
            self.spaces.players[id(player)] = Place(len(found), layout, _owned(context, player.name, layout, own))
            found += [(player, layout.key(k)) for k in range(layout.size)]
        numbers: dict[str, list[int]] = {}
        for k, (player, _) in enumerate(found):
            numbers.setdefault(player.name, []).append(k)
        return tuple(
            GroundPlayer(
                declaration=p.name,
                key=key,
                objective=p.objective.name,
                sense=MAXIMIZE if p.objective.maximize else MINIMIZE,
                leaders=tuple(
                    n
                    for leader in p.leaders
                    for n in numbers.get(leader, ())
                    if leader not in p.own_leaders or found[n][1] == key
                ),
                optimistic=p.optimistic,
                span=p.signature.span,
                objective_span=p.objective.signature.span,
            )
            for p, key in found
        )

    def _columns(self) -> int:
        base = 0
        for player in self.game.players:
            for variable in player.variables:
                place = self._try(lambda v=variable: self.evaluator.layout(v.domain))  # type: ignore[misc]
                if place is None:
                    continue
                self.spaces.columns[id(variable)] = self._place(base, variable, *place)
                self.begin(variable, "bounds")
                self.column_blocks.append(
                    self._block(variable.signature, variable.player, variable.own, variable.domain, base, place[0])
                )
                base += place[0].size
        return base

    def _place(self, base: int, definition: VarDef | ConstraintDef, layout: Layout, context: Context) -> Place:
        """The place of a declaration, its bodies evaluated as its owner's."""
        owner = self._owners(definition.player, definition.own, layout)
        return Place(base, layout, _owned(context, definition.player, layout, owner))

    def _row_places(self) -> None:
        for player in self.game.players:
            for constraint in player.constraints:
                place = self._try(lambda c=constraint: self.evaluator.layout(c.domain))  # type: ignore[misc]
                if place is None:
                    continue
                self.spaces.rows[id(constraint)] = self._place(self.rows, constraint, *place)
                if constraint.perp is None and constraint.condition is None:
                    self.block_numbers[id(constraint)] = len(self.row_blocks)
                    self.begin(constraint)
                    self.add_rows(constraint.signature, constraint, place[0])

    def add_rows(self, signature: Signature, definition: ConstraintDef | VarDef, layout: Layout) -> int:
        """Room for the rows of a declaration; gives the number of the first."""
        base = self.rows
        block = self._block(signature, definition.player, definition.own, definition.domain, base, layout)
        if isinstance(definition, ConstraintDef) and definition.price is not None:
            self.price_names[len(self.row_blocks)] = definition.price.name
        self.row_blocks.append(block)
        self.row_lower.append(np.full(layout.size, -np.inf))
        self.row_upper.append(np.full(layout.size, np.inf))
        self.row_owner.append(self._owners(definition.player, definition.own, layout))
        self.rows += layout.size
        return base

    def begin(self, statement: Statement, part: str = "") -> None:
        """What is written from now on belongs to this equation."""
        self.writing = self.numbers.of(statement, part) or 0

    def equation_at(self, span: Span) -> int:
        """See `Flat`."""
        return self.numbers.holding(span, LetDef) or self.writing

    def _block(
        self, signature: Signature, player: str, own: int, domain: ir.Domain, base: int, layout: Layout
    ) -> Block:
        return Block(
            player=player,
            name=signature.name,
            start=base,
            stop=base + layout.size,
            sets=tuple(s.name for s in layout.sets),
            letters=domain.letters,
            labels=tuple(s.elements for s in layout.sets),
            coords=layout.coords,
            span=signature.span,
            unit=signature.unit.text if signature.unit is not None else "",
            doc=signature.doc,
            player_indices=own,
            equation=self.writing,
        )

    def lifted_rows(self, block: Block, owner: Ints, lower: Floats, upper: Floats) -> int:
        """Room for rows with these bounds; gives the number of the first."""
        base = self.rows
        self.row_blocks.append(replace(block, start=base, stop=base + len(owner)))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.row_owner.append(owner)
        self.rows += len(owner)
        return base

    def give_rows(self, first: int, owner: Ints) -> None:
        """Rows from the `first` on to these players."""
        base = 0
        for k, before in enumerate(self.row_owner):
            if base <= first < base + len(before):
                taken = min(len(owner), base + len(before) - first)
                self.row_owner[k] = before.copy()
                self.row_owner[k][first - base : first - base + taken] = owner[:taken]
                first, owner = first + taken, owner[taken:]
            base += len(before)

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

    def _owners(self, player: str, own: int, layout: Layout) -> Ints:
        """Number of the owning player of each instance: (layout.size,)."""
        place = self.spaces.of(self.game.player(player))
        if not own:
            return np.full(layout.size, place.base, dtype=np.int64)
        coords = layout.all_coords()[:, :own]
        axis_free = [Dense((), coords[:, k]) for k in range(own)]
        return place.base + np.broadcast_to(place.layout.locate(axis_free).array, (layout.size,)).astype(np.int64)

    def _price_columns(self, base: int) -> int:
        """Columns for the shadow prices that players' problems use."""
        added = 0
        for constraint in _used_prices(self.game):
            if constraint.shared:
                self._try(lambda d=constraint: self._place_of_shared(d))  # type: ignore[misc]
            place = self.spaces.rows.get(id(constraint))
            if place is None or constraint.price is None:
                continue
            self.spaces.prices[id(constraint)] = base + added
            self.begin(constraint)
            self.column_blocks.append(
                self._block(
                    constraint.price, constraint.player, constraint.own, constraint.domain, base + added, place.layout
                )
            )
            added += place.layout.size
        return added

    def _place_of_shared(self, d: ConstraintDef) -> None:
        """Where the price of a shared constraint is evaluated; its rows get their numbers last."""
        if d.individual and d.price is not None:
            raise self.evaluator.fail(
                "G706",
                f"the price `{d.price.name}` is another one for each player, so no player's problem can use it",
                d.price.span,
                "individual",
                hints=["leave out `individual` for one price that is common to all"],
            )
        self.spaces.rows[id(d)] = Place(0, *self.evaluator.layout(d.domain))

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
        for constraint in _used_prices(self.game):
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

    def _objective(self, player: PlayerDef, entries: Entries, constants: Floats) -> None:
        place = self.spaces.players[id(player)]
        self.begin(player.objective)
        value = self.evaluator.expression(player.objective.value, place.context)
        constants[place.base : place.base + place.layout.size] = entries.write(value, place.layout, place.base)


def _owned(context: Context, player: str, layout: Layout, owner: Ints) -> Context:
    return context.owned(player, Dense(layout.axes, owner.reshape(tuple(a.size for a in layout.axes))))


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


def _used_prices(game: Game) -> list[ConstraintDef]:
    """Constraints whose shadow price some player's problem uses, in order of first use."""
    found: dict[int, ConstraintDef] = {}
    for expression in all_expressions(game):
        for use in uses(expression):
            if isinstance(use.target, ConstraintDef):
                found[id(use.target)] = use.target
    return list(found.values())


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)
