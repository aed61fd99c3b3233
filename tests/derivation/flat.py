"""The stationarity of every follower from the flat arrays of the grounded game, `s*c - A'y`, and from the symbolic
derivation grounded, at the same points and multipliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler.derivation import Multiplier, SingleLevel, single_level
from compiler.ground.data import Data
from compiler.ground.ground_game import Block, GroundGame
from compiler.ground.grounding import ground
from compiler.ground.spaces import Place
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, FixDef, VarDef
from compiler.pipeline import Compiled
from grammar.diagnostics import Findings

Floats = NDArray[np.float64]
Key = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Both:
    """One model in both forms."""

    compiled: Compiled
    single: SingleLevel
    joined: GroundGame
    places: dict[int, Place]

    @staticmethod
    def of(compiled: Compiled, form: str = "kkt") -> Both:
        single = single_level(compiled.game, form, compiled.absent())
        findings = Findings()
        old = compiled.grounded.data
        grounded = ground(single.game, Data(single.game, old.files, findings, old.overrides), findings)
        findings.raise_errors()
        assert grounded is not None
        spaces = grounded.spaces
        return Both(compiled, single, grounded.ground, {**spaces.columns, **spaces.rows})

    def random_point(self, seed: int) -> Floats:
        return np.random.default_rng(seed).normal(size=self.joined.columns)

    # ------------------------------------------------------------ symbolic

    def symbolic(self, z: Floats) -> dict[tuple[str, str, Key], float]:
        """(player, variable, key) -> residual of stationarity by the derivation, at all columns `z` of the joined
        game."""
        game = self.joined
        values = game.matrix.times(z) + game.row_quad.times(z, game.rows)
        found = {}
        for f in self.single.followers:
            for s in f.stationarity:
                place = self.places[id(self.single.rows[id(s.row)])]
                rows = np.arange(place.base, place.base + place.layout.size)
                # The flat row has the constants on its right-hand side.
                residual = values[rows] - game.row_lower[rows]
                for k, r in enumerate(residual.tolist()):
                    found[f.player.name, s.variable.name, place.layout.key(k)] = r
        return found

    # ------------------------------------------------------------ flat

    def flat(self, z: Floats) -> dict[tuple[str, str, Key], float]:
        """The same from the arrays of the game as it was grounded before anything was derived."""
        game = self.compiled.ground
        x = self._columns(z)
        sense = np.array([p.sense for p in game.players], np.float64)
        gradient = self._goal_slopes(x) * sense[np.maximum(game.owner, 0)]
        y, extra = np.zeros(game.rows), np.zeros(game.columns)
        for m in self.single.multipliers:
            self._spread(m, z, y, extra)
        gradient -= self._rows_slopes(x, y) + extra
        found = {}
        for f in self.single.followers:
            for s in f.stationarity:
                place = self.compiled.grounded.spaces.columns[id(s.variable)]
                for k in range(place.layout.size):
                    found[f.player.name, s.variable.name, place.layout.key(k)] = float(gradient[place.base + k])
        return found

    def duality(self, z: Floats) -> float:
        """Left less right side of all strong duality rows together."""
        game = self.joined
        values = game.matrix.times(z) + game.row_quad.times(z, game.rows)
        whole = 0.0
        for f in self.single.followers:
            assert f.duality is not None
            place = self.places[id(self.single.rows[id(f.duality)])]
            rows = np.arange(place.base, place.base + place.layout.size)
            whole += float(np.sum(values[rows] - game.row_lower[rows]))
        return whole

    def products(self, z: Floats) -> float:
        """`sum x*dL/dx + sum multiplier*gap` from the flat arrays, which strong duality is for linear constraints."""
        game, spaces = self.compiled.ground, self.compiled.grounded.spaces
        x = self._columns(z)
        rows = game.matrix.times(x) + game.row_quad.times(x, game.rows)
        whole = 0.0
        for (player, name, key), slope in self.flat(z).items():
            v = next(v for v in self.compiled.game.player(player).variables if v.name == name)
            place = spaces.columns[id(v)]
            at = next(k for k in range(place.layout.size) if place.layout.key(k) == key)
            whole += slope * x[place.base + at]
        for m in self.single.multipliers:
            y, extra = np.zeros(game.rows), np.zeros(game.columns)
            self._spread(m, z, y, extra)
            limit = game.row_upper if m.role == "upper" else game.row_lower
            there = np.flatnonzero(y)
            whole += float(np.sum(y[there] * (rows[there] - limit[there])))
            bound = game.upper if m.role == "upper" else game.lower
            there = np.flatnonzero(extra)
            whole += float(np.sum(extra[there] * (x[there] - bound[there])))
        return whole

    def _columns(self, z: Floats) -> Floats:
        """The old game's columns at the point of the joined one."""
        game, spaces = self.compiled.ground, self.compiled.grounded.spaces
        x = np.full(game.columns, np.nan)
        for player in self.compiled.game.players:
            for v in player.variables:
                old, new = spaces.columns[id(v)], self.places[id(self.single.variables[id(v)])]
                x[old.base : old.base + old.layout.size] = z[new.base : new.base + new.layout.size]
        for player in self.compiled.game.players:
            for c in player.constraints:
                if id(c) in spaces.prices:
                    place = spaces.rows[id(c)]
                    base = spaces.prices[id(c)]
                    sense = -1.0 if player.objective.maximize else 1.0
                    value = np.zeros(place.layout.size)
                    for m in self.single.multipliers:
                        if m.of is c:
                            value += sense * {"lower": 1, "upper": -1, "equal": 1}[m.role] * self._values(m, z)
                    x[base : base + place.layout.size] = value
        assert not np.isnan(x).any()
        return x

    def _values(self, m: Multiplier, z: Floats) -> Floats:
        place = self.places[id(self.single.variables[id(m.definition)])]
        return z[place.base : place.base + place.layout.size]

    def _spread(self, m: Multiplier, z: Floats, y: Floats, extra: Floats) -> None:
        """Add the multipliers to those of rows (m,) or, for bounds, to the slopes of columns (n,)."""
        game, spaces = self.compiled.ground, self.compiled.grounded.spaces
        values = self._values(m, z)
        sign = -1.0 if m.role == "upper" else 1.0
        match m.of:
            case ConstraintDef() as c if c.shared:
                blocks = [
                    b for b in game.row_blocks if b.name == c.name and not b.lifted and b.span == c.signature.span
                ]
                layout = self.places[id(self.single.variables[id(m.definition)])].layout
                at = {layout.key(k): k for k in range(layout.size)}
                for block in blocks:
                    for r in range(block.start, block.stop):
                        key = block.key(r)
                        if c.individual:
                            key = (*game.players[int(game.row_owner[r])].key, *key)
                        player = game.players[int(game.row_owner[r])].declaration
                        if c.individual and m.definition.player != player:
                            continue
                        y[r] += sign * values[at[key]]
            case ConstraintDef() as c:
                place = spaces.rows[id(c)]
                y[place.base : place.base + place.layout.size] += sign * values
            case VarDef() as v:
                place = spaces.columns[id(v)]
                layout = self.places[id(self.single.variables[id(m.definition)])].layout
                column = {place.layout.key(k): place.base + k for k in range(place.layout.size)}
                words = "final value" if m.name.rstrip("_").endswith("_end") else f"{m.role} bound"
                rows = _bound_rows(game, v, words)
                for k, value in enumerate(values.tolist()):
                    key = layout.key(k)
                    if rows is None:
                        extra[column[key]] += sign * value
                    else:
                        y[rows[key]] += sign * value
            case FixDef() as fix:
                place = spaces.columns[id(fix.variable)]
                column = {place.layout.key(k): place.base + k for k in range(place.layout.size)}
                layout = self.places[id(self.single.variables[id(m.definition)])].layout
                letters = [(b, k) for b in fix.domain.binders for k in range(len(b.letters))]
                for k, value in enumerate(values.tolist()):
                    given = dict(zip(((id(b), j) for b, j in letters), layout.key(k), strict=True))
                    key = tuple(
                        given[id(i.binder), i.place] if isinstance(i, ir.Letter) else i.value  # type: ignore[union-attr]
                        for i in fix.indices
                    )
                    extra[column[key]] += value

    def _goal_slopes(self, x: Floats) -> Floats:
        """d(objective of the owner)/dx for every column."""
        game = self.compiled.ground
        slopes = np.zeros(game.columns)
        goal = game.objective
        row = goal.row_numbers()
        mine = game.owner[goal.indices] == row
        np.add.at(slopes, goal.indices[mine], goal.data[mine])
        quad = game.objective_quad
        for one, other in ((quad.i, quad.j), (quad.j, quad.i)):
            own = game.owner[one] == quad.row
            np.add.at(slopes, one[own], (quad.value * x[other])[own])
        return slopes

    def _rows_slopes(self, x: Floats, y: Floats) -> Floats:
        """A'y of each owner's rows for its own columns."""
        game = self.compiled.ground
        slopes = np.zeros(game.columns)
        row = game.matrix.row_numbers()
        mine = game.owner[game.matrix.indices] == game.row_owner[row]
        np.add.at(slopes, game.matrix.indices[mine], (game.matrix.data * y[row])[mine])
        quad = game.row_quad
        for one, other in ((quad.i, quad.j), (quad.j, quad.i)):
            own = game.owner[one] == game.row_owner[quad.row]
            np.add.at(slopes, one[own], (quad.value * y[quad.row] * x[other])[own])
        return slopes


def _bound_rows(game: GroundGame, v: VarDef, words: str) -> dict[Key, int] | None:
    """The rows that a bound with variables has become; None where it is data."""
    blocks: list[Block] = [b for b in game.row_blocks if b.name == f"{v.name} ({words})" and b.player == v.player]
    return {b.key(r): r for b in blocks for r in range(b.start, b.stop)} if blocks else None
