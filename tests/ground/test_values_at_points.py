"""Random models of everything that is not plain -> their values at random points: ground game against plain floats.

At a point of the user's columns the reference evaluates each objective, side and report as written. On the ground side
the lifted columns are free within their rows: a player's rows must be kept as well, and its objective be as good, as
the reference says, and no better. Where the reference says that the point is not feasible, no lifted values may be.
"""

from __future__ import annotations

import contextlib
import math
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import Compiled, compile_source
from compiler.syntax import declarations
from grammar.diagnostics import DiagnosticError, Severity
from grammar.source import Source
from tests.ground.completion import Completion, UnsettledError, row_keys
from tests.ground.point_reference import GameAtPoint, Instance, PointReference, Sides, game_at
from tests.ground.reference import Reference
from tests.ground.reference_game import fixed_instances, holds_variables, is_last, with_case
from tests.ground.reference_words import FaultError, Key
from tests.ground.rich_models import RichModel, Room, rich_models
from tests.ground.test_against_reference import column_keys, tree_of

ALLOWED = {"G710", "G711", "G313"}
"""What a model may be refused for that has a value at the point: no bounds found, a risk that is rewarded, steps along
a set that moves."""

SLACK = 1e-6
"""Rows that miss by less are kept."""

TOLERANCE = 1e-5


@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(rich_models(), st.integers(0, 10_000))
def test_values_agree_with_the_reference(model: RichModel, seed: int) -> None:
    agrees_at_a_point(model, seed)


@pytest.mark.slow
@settings(deadline=None, max_examples=5000, suppress_health_check=list(HealthCheck))
@given(rich_models(), st.integers(0, 10_000))
def test_values_agree_with_the_reference_on_many_models(model: RichModel, seed: int) -> None:
    agrees_at_a_point(model, seed)


def agrees_at_a_point(model: RichModel, seed: int) -> None:
    try:
        point, text, expected, reference = expectation(model, seed)
    except FaultError:
        event("a fault of the data")
        assert not isinstance(compiled_case(model.filled([0.0] * len(model.rooms)), model), Compiled)
        return
    note(text)
    for name, content in model.files.items():
        note(f"# {name}\n{content}")
    note(f"case {model.case!r} point {point}")
    found = compiled_case(text, model)
    if not isinstance(found, Compiled):
        event(f"refused {sorted(set(found))}")
        sides = [*expected.rows.values(), *expected.shared.values()]
        empty = {"G510"} if any(sum(s) > SLACK for s in sides) else set()
        empty |= {"G607"} if any(max(s) > SLACK for s in sides) else set()
        assert set(found) <= ALLOWED | empty, found
        return
    event("grounded")
    x = values_of(found.ground, point)
    same_bounds(found.ground, reference)
    same_leaders(found.ground, reference)
    same_shared(found.ground, x, expected, reference)
    with contextlib.suppress(UnsettledError):
        same_players(found.ground, x, expected)
        event("settled")
    same_reports(found, x, reference)


# ---------------------------------------------------------------- what the text says


def expectation(model: RichModel, seed: int) -> tuple[dict[Key, float], str, GameAtPoint, PointReference]:
    """A point, the text with room for it, and the game there."""
    rng = random.Random(seed)
    tree, _ = with_case(tree_of(model.filled([0.0] * len(model.rooms))), model.case)
    point: dict[Key, float] = {}
    for key, (low, high, kind) in bounds_of(model, Reference(tree, model.files)).items():
        whole = kind in ("integer", "binary")
        point[key] = (
            float(rng.randint(math.ceil(low), int(high))) if whole else rng.randint(int(4 * low), int(4 * high)) / 4
        )
        if kind == "semicontinuous" and 0 < point[key] < 1 and rng.random() < 0.9:
            point[key] = 0.0
    reference = PointReference(tree, model.files, point=point)
    at = game_at(reference)
    rooms = [room_for(room, at) for room in model.rooms]
    text = model.filled(rooms)
    tree, _ = with_case(tree_of(text), model.case)
    reference = PointReference(tree, model.files, point=point)
    expected = game_at(reference)
    if reference.faults and set(reference.faults) - {"below zero", "G508"}:
        raise FaultError(reference.faults)
    data = Reference(tree, model.files)
    for own in (reference.top, *reference.members.values()):
        for member in own.values():
            if isinstance(member.node, declarations.ParamDecl):
                # Also what nothing uses has to have a value.
                data.table(member)
    if data.faults:
        raise FaultError(data.faults)
    return point, text, expected, reference


def bounds_of(model: RichModel, reference: Reference) -> dict[Key, tuple[float, float, str]]:
    """The bounds that are data, and the kind; a semicontinuous variable, which starts at 1, may be zero too."""
    found = {}
    for own in reference.members.values():
        for name, member in own.items():
            d = member.node
            bounds = (
                d.bounds
                if isinstance(d, declarations.VarDecl)
                else d.price.bounds
                if member.owner in reference.markets
                else None
            )
            if bounds is None or not isinstance(d, declarations.VarDecl | declarations.ConstraintDecl):
                continue
            for key, env in reference.member_instances(member):
                low, high = (0.0, 1.0) if getattr(d, "kind", "") == "binary" else (-math.inf, math.inf)
                last = isinstance(d, declarations.VarDecl) and d.ends is not None and is_last(reference, member, env)
                for bound in [*bounds, *([d.ends] if last else [])]:
                    if holds_variables(reference, bound.value, member.owner):
                        continue
                    value = reference.number(bound.value, env, member.owner)
                    low = max(low, value) if bound.relation != "<=" else low
                    high = min(high, value) if bound.relation != ">=" else high
                kind = getattr(d, "kind", "real")
                if kind == "semicontinuous":
                    low = min(low, 0.0)
                if high == math.inf:  # a bound that holds variables leaves room for this
                    high = low + 3
                found[member.owner, name, key] = low, high, kind
    _, fixes = with_case(tree_of(model.filled([0.0] * len(model.rooms))), model.case)
    for fix in fixes:
        for key, value in fixed_instances(reference, fix):
            found[key] = value, value, "real"
    return found


def room_for(room: Room, at: GameAtPoint) -> float:
    """What makes the worst instance hold with the room's spare."""
    rows: list[Sides] = [s for (p, n, _), s in at.rows.items() if (p, n) == (room.player, room.name)]
    rows += [s for (p, n, _), (_, s) in at.implications.items() if (p, n) == (room.player, room.name)]
    rows += [s for (n, _), s in at.shared.items() if n == room.name]
    if room.kind in ("left", "right"):
        sides = [s for (p, n, _), s in at.pairs.items() if (p, n) == (room.player, room.name)]
        return sides[0][room.kind == "right"] - abs(room.spare) if sides else 0.0
    if room.kind == "equal":
        return rows[0][1] if rows else 0.0
    worst = max((s[room.kind == "above"] for s in rows), default=0.0)
    return worst + room.spare if math.isfinite(worst) else 0.0


# ---------------------------------------------------------------- the ground game


def compiled_case(text: str, model: RichModel) -> Compiled | list[str]:
    try:
        return compile_source(Source("random.game", text), model.files.__getitem__, case=model.case)
    except DiagnosticError as error:
        for d in error.diagnostics:
            note(f"{d.code} {d.headline} at {d.span and d.span.text}")
        return [d.code for d in error.diagnostics if d.severity is Severity.ERROR]


def values_of(ground: GroundGame, point: dict[Key, float]) -> np.ndarray:
    keys = column_keys(ground)
    mine = [key for k, key in enumerate(keys) if not lifted(ground, k)]
    assert sorted(mine, key=repr) == sorted(point, key=repr)
    return np.array([math.nan if lifted(ground, k) else point[key] for k, key in enumerate(keys)])


def lifted(ground: GroundGame, column: int) -> bool:
    return any(b.lifted and b.start <= column < b.stop for b in ground.column_blocks)


def same_bounds(ground: GroundGame, reference: PointReference) -> None:
    keys = column_keys(ground)
    for k in range(ground.columns):
        if not lifted(ground, k):
            low, high = ground.lower[k], ground.upper[k]
            assert low - SLACK <= reference.point[keys[k]] <= high + SLACK, keys[k]


def same_leaders(ground: GroundGame, reference: PointReference) -> None:
    for player in ground.players:
        if player.declaration in reference.markets:
            continue
        follows = reference.players[player.declaration].follows
        leaders = [p.name.text for p in follows.leaders if p.name.text in reference.players] if follows else []
        assert {ground.players[k].declaration for k in player.leaders} == set(leaders)
        assert player.optimistic == (follows is None or follows.optimistic)


def same_shared(ground: GroundGame, x: np.ndarray, expected: GameAtPoint, reference: PointReference) -> None:
    """One row for each player whose variables stand in an instance, tied together unless `individual`."""
    plain = Reference(reference.tree, reference.files)
    values = ground.matrix.times(np.nan_to_num(x)) + ground.row_quad.times(np.nan_to_num(x), ground.rows)
    rows = row_keys(ground)
    groups: dict[int, tuple[str, tuple[object, ...]]] = {}
    for name, s in reference.shared.items():
        for env in plain.instances(s.head.index, {}, ""):
            key = tuple(letter.value for letter in env.values())
            operands = [plain.value(o, env, "") for o in s.relation.operands]
            keys = {k for poly in operands for products, c in poly.items() if c for k in products}
            owners = {
                (k[0], k[2][: len(plain.players[k[0]].head.index.items) if plain.players[k[0]].head.index else 0])
                for k in keys
            }
            numbers = {(p.declaration, p.key): n for n, p in enumerate(ground.players)}
            mine = {n for (n, declared, at) in rows if (declared, at) == (name, key) and declared in reference.shared}
            assert mine == {numbers[o] for o in owners}, (name, key)
            for n in mine:
                r = rows.pop((n, name, key))
                near(
                    (ground.row_lower[r] - values[r], values[r] - ground.row_upper[r]), expected.shared[name, key], name
                )
                group = int(ground.row_group[r])
                assert (group == -1) == (s.price is not None and s.price.individual)
                assert group == -1 or groups.setdefault(group, (name, key)) == (name, key)
    assert not [k for k in rows if k[1] in reference.shared]


def near(found: Sides, expected: Sides, where: object) -> None:
    for a, b in zip(found, expected, strict=True):
        close = math.isfinite(a) and math.isfinite(b) and abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
        assert a == b or close, (where, found, expected)


def same_players(ground: GroundGame, x: np.ndarray, expected: GameAtPoint) -> None:
    whole = Completion(ground, x)
    keys = row_keys(ground)
    shared = {name for name, _ in expected.shared}
    user = {k: r for k, r in keys.items() if k[1] not in shared}
    assert {(ground.players[n].declaration, name, key) for n, name, key in user} == set(expected.rows), "rows"
    players = [(n, (p.declaration, p.key)) for n, p in enumerate(ground.players)]
    good = {instance: kept(instance, expected) for _, instance in players}
    everyone = all(good.values())
    # A value between zero and its bounds is no answer either, which is all that can be said of it.
    between = not all(expected.semicontinuous.values())
    for n, instance in players:
        logic = logic_rows(ground, n, expected)
        mine = {k: r for k, r in user.items() if k[0] == n}
        sides = {int(c) for pair in ground.complementary for c in pair}
        system = whole.player(n, {r for rows in logic.values() for r in rows}, sides)
        if not everyone:
            # Bounds were derived from rows, so nothing is claimed of the values at this point but that it is no answer.
            if not good[instance]:
                nothing = np.zeros(ground.columns)
                assert (
                    not system.feasible
                    or system.least(nothing, list(mine.values())) == math.inf
                    or (not kept_pairs(ground, system))
                ), f"{instance} has a row that does not hold"
                event("a player's rows do not hold")
            continue
        if between:
            for name, rows in logic.items():
                holds = system.feasible and system.least(np.zeros(ground.columns), rows) < math.inf
                assert not holds or asked(instance, name, expected), (instance, name)
            continue
        assert system.feasible, instance
        for (_, name, key), r in mine.items():
            form = whole.row_forms[r]
            below = ground.row_lower[r] - system.best(form, -1) if ground.row_lower[r] > -math.inf else -math.inf
            above = system.best(form, 1) - ground.row_upper[r] if ground.row_upper[r] < math.inf else -math.inf
            near((below, above), expected.rows[instance[0], name, key], (instance, name, key))
        sense = ground.players[n].sense
        value = system.best(whole.goal_forms[n], sense)
        near((value, 0), (expected.objectives[instance], 0), instance)
        event(f"an objective with {'no ' if not len(system.columns) else ''}lifted columns")
        for name, rows in logic.items():
            holds = system.least(np.zeros(ground.columns), rows) < math.inf
            assert holds == asked(instance, name, expected), (instance, name)
        assert kept_pairs(ground, system)


def logic_rows(ground: GroundGame, n: int, expected: GameAtPoint) -> dict[str, list[int]]:
    """Rows of the player's implications and semicontinuous variables, by the name of what they model."""
    words = {name for _, name, _ in [*expected.implications, *expected.semicontinuous]}
    found: dict[str, list[int]] = {}
    for b in ground.row_blocks:
        name = b.name.removesuffix(" (lower side)").removesuffix(" (least)").removesuffix(" (most)")
        if b.lifted and name in words:
            rows = [r for r in range(b.start, b.stop) if ground.row_owner[r] == n]
            found.setdefault(name, []).extend(rows)
    return {name: rows for name, rows in found.items() if rows}


def of(instance: Instance, key: Key) -> bool:
    return key[0] == instance[0] and key[2][: len(instance[1])] == instance[1]


def asked(instance: Instance, name: str, expected: GameAtPoint) -> bool:
    """Whether what the player's implications or semicontinuous variables of this name ask for holds."""
    found = [
        max(s) <= SLACK or not on for k, (on, s) in expected.implications.items() if k[1] == name and of(instance, k)
    ]
    return all(found + [v for k, v in expected.semicontinuous.items() if k[1] == name and of(instance, k)])


def kept(instance: Instance, expected: GameAtPoint) -> bool:
    """Whether all that may narrow a player's bounds holds: rows, complementarities, domains."""
    rows = all(max(s) <= SLACK for k, s in expected.rows.items() if of(instance, k))
    pairs = all(min(s) >= -SLACK and min(s) <= SLACK for k, s in expected.pairs.items() if of(instance, k))
    return instance not in expected.undefined and rows and pairs


def kept_pairs(ground: GroundGame, system) -> bool:  # type: ignore[no-untyped-def]
    for one, two in ground.complementary:
        if int(one) in system.place:
            values = []
            for column in (int(one), int(two)):
                low, high = system.range_of(column)
                assert high - low <= TOLERANCE * max(1.0, abs(low)), "a side of perp is open"
                assert ground.lower[column] == 0
                values.append(low)
            if min(values) < -TOLERANCE or min(values) > TOLERANCE * max(1.0, max(values)):
                return False
    return True


def same_reports(found: Compiled, x: np.ndarray, reference: PointReference) -> None:
    reference.reporting = True
    values = found.reports(x, np.zeros(found.ground.rows))
    for name, member in reference.top.items():
        if not isinstance(member.node, declarations.ReportDecl):
            continue
        try:
            expected = {
                k: reference.number(member.node.value, env, "") for k, env in reference.member_instances(member)
            }
        except FaultError:
            assert values[name].missing, name
            continue
        if values[name].missing.endswith("another set at each instance"):
            continue
        assert not values[name].missing, (name, values[name].missing)
        assert values[name].keys == tuple(expected)
        for a, b in zip(values[name].value, expected.values(), strict=True):
            near((float(a), 0), (b, 0), name)
        event("a report")
