"""A game + its data -> `Grounded`: the flat `GroundGame`, and the places of all declarations in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from compiler.ground.context import Ungrounded
from compiler.ground.data import Data
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_checks import check_bounds, check_finite, check_rows
from compiler.ground.ground_game import INTEGER, MAXIMIZE, MINIMIZE, REAL, Block, GroundGame, GroundPlayer
from compiler.ground.ground_set import Layout
from compiler.ground.rows import Entries
from compiler.ground.spaces import Columns, Place, Spaces
from compiler.ground.values import UNIT, ZERO, Affine, Dense, Term, add
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, FixDef, Game, PlayerDef, Signature, VarDef
from compiler.ir.walk import uses
from grammar.diagnostics import Findings

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


def ground(game: Game, data: Data, findings: Findings) -> Grounded | None:
    """Ground the game. None when nothing can be made of it; `findings` says whether what is given stands."""
    return _Grounding(game, data, findings).run()


class _Grounding:
    def __init__(self, game: Game, data: Data, findings: Findings) -> None:
        self.game = game
        self.data = data
        self.findings = findings
        self.spaces = Spaces()
        self.evaluator = Evaluator(data, findings, Columns(self.spaces))
        self.column_blocks: list[Block] = []
        self.row_blocks: list[Block] = []
        self.price_names: dict[int, str] = {}
        self.entries = Entries()
        self.row_lower: list[Floats] = []
        self.row_upper: list[Floats] = []
        self.row_owner: list[Ints] = []
        self.rows = 0

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
        lower, upper, kind, start, owner, price_row = self._column_data(columns, total)
        for player in self.game.players:
            for constraint in player.constraints:
                self._try(lambda c=constraint: self._write_constraint(c))  # type: ignore[misc]
        for player in self.game.players:
            for variable in player.variables:
                self._try(lambda v=variable: self._bounds(v, lower, upper))  # type: ignore[misc]
        self._apply_fixes(lower, upper)
        objective = Entries()
        constants = np.zeros(len(players))
        for player in self.game.players:
            self._try(lambda p=player: self._objective(p, objective, constants))  # type: ignore[misc]
        if self.findings.errors:
            return None
        check_bounds(self.column_blocks, lower, upper, self.findings)
        check_finite(self.entries, self.row_blocks, objective, self.findings)
        matrix = self.entries.matrix(self.rows, total)
        quad = self.entries.quad(total)
        result = GroundGame(
            name=self.game.name,
            players=players,
            lower=lower,
            upper=upper,
            kind=kind,
            start=start,
            owner=owner,
            price_row=price_row,
            column_blocks=tuple(self.column_blocks),
            matrix=matrix,
            row_lower=_joined(self.row_lower),
            row_upper=_joined(self.row_upper),
            row_quad=quad,
            row_owner=np.concatenate(self.row_owner) if self.row_owner else np.zeros(0, np.int64),
            row_blocks=tuple(self.row_blocks),
            objective=objective.matrix(len(players), total),
            objective_constant=constants,
            objective_quad=objective.quad(total),
            price_names=self.price_names,
        )
        check_rows(result, self.findings)
        return Grounded(self.game, self.data, self.spaces, result)

    # ------------------------------------------------------------ places

    def _players(self) -> tuple[GroundPlayer, ...]:
        found: list[tuple[PlayerDef, tuple[object, ...]]] = []
        for player in self.game.players:
            place = self._try(lambda p=player: self.evaluator.layout(p.domain))  # type: ignore[misc]
            if place is None:
                continue
            layout, context = place
            self.spaces.players[id(player)] = Place(len(found), layout, context)
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
                leaders=tuple(n for leader in p.leaders for n in numbers.get(leader, ())),
                optimistic=p.optimistic,
                span=p.signature.span,
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
                self.spaces.columns[id(variable)] = Place(base, *place)
                self.column_blocks.append(
                    _block(variable.signature, variable.player, variable.own, variable.domain, base, place[0])
                )
                base += place[0].size
        return base

    def _row_places(self) -> None:
        for player in self.game.players:
            for constraint in player.constraints:
                place = self._try(lambda c=constraint: self.evaluator.layout(c.domain))  # type: ignore[misc]
                if place is None:
                    continue
                self.spaces.rows[id(constraint)] = Place(self.rows, *place)
                self._add_rows(constraint.signature, constraint, place[0])

    def _add_rows(self, signature: Signature, definition: ConstraintDef | VarDef, layout: Layout) -> int:
        """Room for the rows of a declaration; gives the number of the first."""
        base = self.rows
        block = _block(signature, definition.player, definition.own, definition.domain, base, layout)
        if isinstance(definition, ConstraintDef) and definition.price is not None:
            self.price_names[len(self.row_blocks)] = definition.price.name
        self.row_blocks.append(block)
        self.row_lower.append(np.full(layout.size, -np.inf))
        self.row_upper.append(np.full(layout.size, np.inf))
        self.row_owner.append(self._owners(definition.player, definition.own, layout))
        self.rows += layout.size
        return base

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
            place = self.spaces.rows.get(id(constraint))
            if place is None or constraint.price is None:
                continue
            self.spaces.prices[id(constraint)] = base + added
            self.column_blocks.append(
                _block(
                    constraint.price, constraint.player, constraint.own, constraint.domain, base + added, place.layout
                )
            )
            added += place.layout.size
        return added

    # ------------------------------------------------------------ columns

    def _column_data(self, columns: int, total: int) -> tuple[Floats, Floats, NDArray[np.uint8], Floats, Ints, Ints]:
        lower, upper = np.full(total, -np.inf), np.full(total, np.inf)
        kind = np.full(total, REAL, dtype=np.uint8)
        start = np.full(total, np.nan)
        owner = np.full(total, -1, dtype=np.int64)
        price_row = np.full(total, -1, dtype=np.int64)
        for player in self.game.players:
            for variable in player.variables:
                place = self.spaces.columns[id(variable)]
                here = slice(place.base, place.base + place.layout.size)
                owner[here] = self._owners(variable.player, variable.own, place.layout)
                if variable.kind in ("integer", "binary"):
                    kind[here] = INTEGER
                if variable.kind == "binary":
                    lower[here], upper[here] = 0.0, 1.0
                if variable.start is not None:
                    value = self._try(lambda e=variable.start, c=place.context: self.evaluator.number(e, c))  # type: ignore[misc]
                    if value is not None:
                        start[here] = value.full(place.layout.axes).ravel()
        for constraint in _used_prices(self.game):
            base = self.spaces.prices[id(constraint)]
            rows = self.spaces.rows[id(constraint)]
            price_row[base : base + rows.layout.size] = rows.base + np.arange(rows.layout.size)
        return lower, upper, kind, start, owner, price_row

    def _bounds(self, variable: VarDef, lower: Floats, upper: Floats) -> None:
        place = self.spaces.columns[id(variable)]
        here = np.arange(place.base, place.base + place.layout.size)
        for bound in variable.bounds:
            self._bound(
                variable, bound, place, here, lower, upper, "lower bound" if bound.relation == ">=" else "upper bound"
            )
        if variable.final is not None:
            last = self._last_instances(variable, place)
            self._bound(variable, variable.final, place, here, lower, upper, "final value", last)

    def _bound(
        self,
        variable: VarDef,
        bound: BoundDef,
        place: Place,
        here: Ints,
        lower: Floats,
        upper: Floats,
        word: str,
        only: NDArray[np.bool_] | None = None,
    ) -> None:
        """Data become column bounds; a bound that holds variables becomes rows."""
        context = place.context
        if only is not None:
            context = context.guarded(Dense(place.layout.axes, only.reshape(tuple(a.size for a in place.layout.axes))))
        value = self.evaluator.expression(bound.value, context)
        picked = here if only is None else here[only]
        if value.numeric:
            numbers = np.asarray(value.constant.full(place.layout.axes), dtype=np.float64).ravel()
            numbers = numbers if only is None else numbers[only]
            if bound.relation in (">=", "=="):
                lower[picked] = np.maximum(lower[picked], numbers)
            if bound.relation in ("<=", "=="):
                upper[picked] = np.minimum(upper[picked], numbers)
            return
        coords = place.layout.all_coords() if only is None else place.layout.all_coords()[only]
        signature = Signature(f"{variable.name} ({word})", bound.span, variable.signature.unit)
        column = Dense(place.layout.axes, here.reshape(tuple(a.size for a in place.layout.axes)))
        body = add([(1, Affine(ZERO, (Term(column, UNIT),))), (-1, value)])
        layout = place.layout
        if only is None:
            base = self._add_rows(signature, variable, layout)
            constant = self.entries.write(body, layout, base)
        else:
            whole = Entries()
            constants = whole.write(body, layout, 0)
            number = np.cumsum(only) - 1
            base = self._add_rows(signature, variable, Layout(layout.sets, (), len(picked), coords))
            for row, column_, coefficient in whole.linear:
                keep = only[row]
                self.entries.linear.append((base + number[row[keep]], column_[keep], coefficient[keep]))
            for row, i, j, coefficient in whole.quadratic:
                keep = only[row]
                self.entries.quadratic.append((base + number[row[keep]], i[keep], j[keep], coefficient[keep]))
            constant = constants[only]
        if bound.relation in (">=", "=="):
            self.row_lower[-1][:] = -constant
        if bound.relation in ("<=", "=="):
            self.row_upper[-1][:] = -constant

    def _last_instances(self, variable: VarDef, place: Place) -> NDArray[np.bool_]:
        """Instances at the last element of the index that the variable is stepped along: (size,)."""
        stepped = {
            k
            for expression in _expressions(self.game)
            for use in uses(expression)
            if use.target is variable
            for k, index in enumerate(use.indices)
            if isinstance(index, ir.Shift | ir.Step)
        }
        if len(stepped) > 1:
            raise self.evaluator.fail(
                "G307",
                f"`{variable.name}` is stepped along more than one index, so `ends` is ambiguous",
                variable.signature.span,
                "which index ends?",
                hints=["write the final value as a constraint: `constraint final: ...[last(T)] == ...`"],
            )
        k = stepped.pop() if stepped else len(place.layout.sets) - 1
        result: NDArray[np.bool_] = place.layout.all_coords()[:, k] == place.layout.sets[k].size - 1
        return result

    def _apply_fixes(self, lower: Floats, upper: Floats) -> None:
        for fix in self.game.fixes:
            self._try(lambda f=fix: self._fix(f, lower, upper))  # type: ignore[misc]

    def _fix(self, fix: FixDef, lower: Floats, upper: Floats) -> None:
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
        lower[columns] = values
        upper[columns] = values

    # ------------------------------------------------------------ rows and objectives

    def _write_constraint(self, d: ConstraintDef) -> None:
        place = self.spaces.rows[id(d)]
        k = next(
            n
            for n, b in enumerate(self.row_blocks)
            if b.start == place.base and b.name == d.name and b.player == d.player
        )
        low, high = self.row_lower[k], self.row_upper[k]
        if d.relation == "range":
            assert d.middle is not None
            sides = [self.evaluator.expression(e, place.context) for e in (d.left, d.right)]
            for side, e in zip(sides, (d.left, d.right), strict=True):
                if not side.numeric:
                    raise self.evaluator.fail(
                        "G109",
                        f"the ends of a range are data, `{e.span.text}` holds a variable",
                        e.span,
                        "not data",
                        hints=["write two constraints"],
                    )
            constant = self.entries.write(self.evaluator.expression(d.middle, place.context), place.layout, place.base)
            ends = [np.asarray(s.constant.full(place.layout.axes), dtype=np.float64).ravel() for s in sides]
            low[:], high[:] = ends[0] - constant, ends[1] - constant
            bad = low > high
            if bad.any():
                at = place.layout.key(int(np.argmax(bad)))
                raise self.evaluator.fail(
                    "G510",
                    f"the range of `{d.name}` is empty{_at(d.domain, at)}",
                    d.signature.span,
                    "its lower end lies above its upper end",
                )
            return
        body = add(
            [
                (1, self.evaluator.expression(d.left, place.context)),
                (-1, self.evaluator.expression(d.right, place.context)),
            ]
        )
        constant = self.entries.write(body, place.layout, place.base)
        if np.isnan(constant).any():
            at = place.layout.key(int(np.argmax(np.isnan(constant))))
            raise self.evaluator.fail(
                "G508",
                f"`{d.name}` has no number on one side{_at(d.domain, at)}",
                d.signature.span,
                "infinite minus infinite",
            )
        if d.relation in ("<=", "=="):
            high[:] = -constant
        if d.relation in (">=", "=="):
            low[:] = -constant

    def _objective(self, player: PlayerDef, entries: Entries, constants: Floats) -> None:
        place = self.spaces.players[id(player)]
        value = self.evaluator.expression(player.objective.value, place.context)
        constants[place.base : place.base + place.layout.size] = entries.write(value, place.layout, place.base)


def _block(signature: Signature, player: str, own: int, domain: ir.Domain, base: int, layout: Layout) -> Block:
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
    )


def _expressions(game: Game) -> list[ir.Expr]:
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


def _used_prices(game: Game) -> list[ConstraintDef]:
    """Constraints whose shadow price some player's problem uses, in order of first use."""
    found: dict[int, ConstraintDef] = {}
    for expression in _expressions(game):
        for use in uses(expression):
            if isinstance(use.target, ConstraintDef):
                found[id(use.target)] = use.target
    return list(found.values())


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _at(domain: ir.Domain, key: tuple[object, ...]) -> str:
    return (
        " at " + ", ".join(f"{letter}={element}" for letter, element in zip(domain.letters, key, strict=True))
        if key
        else ""
    )
