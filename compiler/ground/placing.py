"""A game's declarations -> their places in the flat game: `Placing` numbers players, columns and rows and keeps the
blocks that lead back to the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from compiler.ground.column_bounds import all_expressions
from compiler.ground.context import Context, Ungrounded
from compiler.ground.data import Data
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_game import MAXIMIZE, MINIMIZE, Block, GroundPlayer
from compiler.ground.ground_set import Layout
from compiler.ground.spaces import Columns, Place, Spaces
from compiler.ground.sparse import Floats, Ints
from compiler.ground.values import Dense
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, LetDef, PlayerDef, Signature, VarDef
from compiler.ir.numbering import EquationNumbers, Statement
from compiler.ir.walk import uses
from grammar.diagnostics import Findings
from grammar.source import Span

T = TypeVar("T")


class Placing:
    """The part of grounding that says what stands where; rows are added block by block, without limits at first."""

    def __init__(self, game: Game, data: Data, findings: Findings) -> None:
        self.game = game
        self.data = data
        self.findings = findings
        self.spaces = Spaces()
        self.evaluator = Evaluator(data, findings, Columns(self.spaces))
        self.column_blocks: list[Block] = []
        self.row_blocks: list[Block] = []
        self.block_numbers: dict[int, int] = {}
        self.price_names: dict[int, str] = {}
        self.row_lower: list[Floats] = []
        self.row_upper: list[Floats] = []
        self.row_owner: list[Ints] = []
        self.rows = 0
        self.numbers = EquationNumbers.of_game(game)
        self.writing = 0

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
        for constraint in used_prices(self.game):
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


def _owned(context: Context, player: str, layout: Layout, owner: Ints) -> Context:
    return context.owned(player, Dense(layout.axes, owner.reshape(tuple(a.size for a in layout.axes))))


def used_prices(game: Game) -> list[ConstraintDef]:
    """Constraints whose shadow price some player's problem uses, in order of first use."""
    found: dict[int, ConstraintDef] = {}
    for expression in all_expressions(game):
        for use in uses(expression):
            if isinstance(use.target, ConstraintDef):
                found[id(use.target)] = use.target
    return list(found.values())
