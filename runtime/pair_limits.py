"""A compiled game and the multipliers of its symbolic conditions -> the largest values that these and their gaps can
take, proven, by instance: `pair_limits`. Scripts with big-M rest on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compiler.backends.bound_data import Key
from compiler.backends.script_request import Limits, PairLimits
from compiler.derivation import Multiplier
from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import GroundGame
from compiler.ground.spaces import Spaces
from compiler.ground.sparse import Bools
from compiler.ir.game import ConstraintDef, FixDef, VarDef
from compiler.pipeline import Compiled
from compiler.reformulations.complementarity_big_m import LARGEST
from compiler.reformulations.kkt import kkt
from compiler.reformulations.program import Program
from compiler.reformulations.scaling import scaled
from runtime.methods.derived_bounds import derived_bounds
from runtime.methods.setting import Setting

Flat = dict[tuple[str, int, str], Limits]
"""By "row" or "column", its number in the game, "lower" or "upper"."""

NONE: Limits = (float("inf"), float("inf"))


def pair_limits(compiled: Compiled, multipliers: Sequence[Multiplier], time_limit: float | None = None) -> PairLimits:
    """Limits in the units of the file, infinite where none can be proven, by identity of the multiplier and by key.
    Instances whose gap is zero in any case are left out; where a multiplier has nothing to do it is (0, None). No
    entry for a multiplier of which nothing can be proven."""
    setting = Setting.of(scaled(compiled.ground).game)
    below = setting.followers if setting.followers.any() else np.ones(len(setting.game.players), np.bool_)
    if not all(setting.classes[p].linear_rows for p in np.flatnonzero(below).tolist()):
        # Conditions of followers with products of their own in constraints have no flat form to derive bounds from.
        return {}
    known, touched = _flat_limits(setting.game, below, setting.leader if setting.leader >= 0 else None, time_limit)
    fixed = fixed_columns(compiled.ground)
    # Values that the derivation lifts have other rows in the flat game.
    places = compiled.grounded.spaces
    here = [m for m in multipliers if isinstance(m.of, FixDef) or _stands(m.of, places) or _shared(m.of)]
    return {id(m): _of(m, compiled, known, touched, fixed) for m in here if not m.free}


def _stands(d: ConstraintDef | VarDef, places: Spaces) -> bool:
    return id(d) in (places.columns if isinstance(d, VarDef) else places.rows)


def _shared(d: ConstraintDef | VarDef) -> bool:
    return isinstance(d, ConstraintDef) and d.shared


def _flat_limits(game: GroundGame, below: Bools, leader: int | None, time_limit: float | None) -> tuple[Flat, Bools]:
    """Limits of every complementary pair of the flat conditions, and the rows that have multipliers."""
    program, recovery = kkt(game, below, leader)
    derived = derived_bounds(game, program, time_limit)
    upper = derived.bounds.upper[: program.columns]
    # Beyond what binaries can tell apart from zero a bound is none.
    upper = np.where(upper > LARGEST, np.inf, upper) * (1.0 if recovery.unit is None else recovery.unit)
    found: Flat = {}
    touched = np.zeros(game.rows, np.bool_)
    for role, source, _ in _parts(program):
        if role == "multiplier":
            touched[source] = True
    which = _sides(program, game)
    for first, second in program.complementary.tolist():
        if first in which:
            found[which[first]] = (float(upper[first]), float(upper[second]))
    return found, touched


def _parts(program: Program) -> list[tuple[str, list[int], range]]:
    return [(p.role, p.source.tolist(), range(p.start, p.stop)) for p in program.column_parts]


def _sides(program: Program, game: GroundGame) -> dict[int, tuple[str, int, str]]:
    """What each multiplier's column belongs to. Multipliers of lower ends come before those of upper ends."""
    found: dict[int, tuple[str, int, str]] = {}
    lower_done: set[int] = set()
    for role, source, columns in _parts(program):
        if role == "multiplier":
            here = []
            for of, column in zip(source, columns, strict=True):
                side = "lower" if np.isfinite(game.row_lower[of]) and of not in lower_done else "upper"
                found[column] = ("row", of, side)
                here.append(of)
            lower_done.update(here)
        elif role.startswith("reduced cost"):
            side = "lower" if "lower" in role else "upper"
            found.update({c: ("column", of, side) for of, c in zip(source, columns, strict=True)})
    return found


def _of(m: Multiplier, compiled: Compiled, known: Flat, touched: Bools, fixed: Bools) -> dict[Key, Limits]:
    game, spaces = compiled.ground, compiled.grounded.spaces
    match m.of:
        case ConstraintDef() as c if c.shared:
            rows = [b for b in game.row_blocks if b.name == c.name and b.span == c.signature.span and not b.lifted]
            copies = {_copy_key(m, game, b.key(r), r): r for b in rows for r in range(b.start, b.stop)}
            return _of_rows(copies, m, known, touched, game)
        case ConstraintDef() as c:
            place = spaces.rows[id(c)]
            numbers = {place.layout.key(k): place.base + k for k in range(place.layout.size)}
            return _of_rows(numbers, m, known, touched, game)
        case VarDef() as v:
            place = spaces.columns[id(v)]
            keys = {place.layout.key(k): place.base + k for k in range(place.layout.size)}
            blocks = [b for b in game.row_blocks if b.name == f"{v.name} ({m.role} bound)" and b.player == v.player]
            if blocks:
                return _of_rows({b.key(r): r for b in blocks for r in range(b.start, b.stop)}, m, known, touched, game)
            if v.final is not None and v.final.relation != "==":
                # The flat game has one bound where the text has two.
                return dict.fromkeys(keys, NONE)
            return {key: known.get(("column", j, m.role), NONE) for key, j in keys.items() if not fixed[j]}
        case _:
            return {}


def _copy_key(m: Multiplier, game: GroundGame, key: Key, row: int) -> Key:
    """The key of a row of a shared constraint in the family of its multiplier."""
    individual = isinstance(m.of, ConstraintDef) and m.of.individual
    return (*game.players[int(game.row_owner[row])].key, *key) if individual else key


def _of_rows(
    numbers: dict[Key, int], m: Multiplier, known: Flat, touched: Bools, game: GroundGame
) -> dict[Key, Limits]:
    found: dict[Key, Limits] = {}
    for key, r in numbers.items():
        if not touched[r]:
            found[key] = (0.0, None)
        elif game.row_lower[r] != game.row_upper[r]:
            found[key] = known.get(("row", r, m.role), NONE)
    return found
