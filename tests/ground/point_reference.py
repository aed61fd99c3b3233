"""A game at one point of the user's own columns: every objective, row, implication and complementarity, by plain
floats.

The expressions are evaluated where they stand, `max` as `max` and `exp` as `math.exp`; nothing is lifted.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from compiler.syntax import declarations, expressions
from tests.ground.reference import Reference
from tests.ground.reference_game import holds_variables, is_last
from tests.ground.reference_words import Environment, FaultError, Key, Member, Poly, letters_of

Instance = tuple[str, tuple[object, ...]]
"""One player: its declaration and key."""


@dataclass
class PointReference(Reference):
    """Values are numbers: what is decided is taken from `point`. A function outside its domain is a fault."""

    point: Mapping[Key, float] = field(default_factory=dict)
    reporting: bool = False
    """In a report the amount that tiers price may be below zero: the first rate goes on."""

    def use(self, node: expressions.Ref, env: Environment, player: str) -> Poly:
        found = super().use(node, env, player)
        return {(): sum(c * math.prod(self.point[k] for k in keys) for keys, c in found.items())}

    def value(self, node: expressions.Expr, env: Environment, player: str) -> Poly:
        match node:
            case expressions.PiecewiseCall() if node.function.text == "piecewise":
                points = [
                    (self.number(p.key.items[0], env, player), self.number(p.key.items[1], env, player))
                    for p in node.pieces
                ]
                return {(): on_curve(self.number(node.subject, env, player), points)}
            case expressions.PiecewiseCall():
                rates = [self.number(p.value, env, player) for p in node.pieces]
                limits = [self.number(p.key, env, player) for p in node.pieces[:-1]]
                amount = self.number(node.subject, env, player)
                if amount < 0 and not self.reporting:
                    raise self.fault("below zero")
                return {(): by_tiers(amount, limits, rates)}
            case expressions.Reduce() if node.op.text == "cvar":
                items = expressions.IndexList(node.items.items[:-1], None, node.items.span)
                level = self.number(node.items.items[-1], env, player)
                outcomes = [
                    (self.number(node.body, inner, player), self.probability(items, inner))
                    for inner in self.instances(items, env, player)
                ]
                return {(): mean_of_tail(outcomes, 1 - level)}
        return super().value(node, env, player)


def on_curve(x: float, points: list[tuple[float, float]]) -> float:
    """Linear between the points; the end pieces go on."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x <= x1 or (x1, y1) == points[-1]:
            return y0 + (y1 - y0) / (x1 - x0) * (x - x0)
    raise ValueError(points)


def by_tiers(amount: float, limits: list[float], rates: list[float]) -> float:
    """The first units at the first rate, and so on."""
    cost, before = 0.0, 0.0
    for limit, rate in zip([*limits, math.inf], rates, strict=True):
        if amount <= limit:
            return cost + rate * (amount - before)
        cost += rate * (limit - before)
        before = limit
    raise ValueError(limits)


def mean_of_tail(outcomes: list[tuple[float, float]], share: float) -> float:
    """The mean of the largest outcomes whose probabilities make up the share, the last one in part."""
    left, total = share, 0.0
    for loss, probability in sorted(outcomes, reverse=True):
        part = min(left, probability)
        total += part * loss
        left -= part
    return total / share


Sides = tuple[float, float]
"""By how much a row falls short of its lower end, and exceeds its upper end; -inf where there is no end."""


@dataclass
class GameAtPoint:
    """What the text says at the point. `undefined` are the players with a statement that has no value there."""

    objectives: dict[Instance, float] = field(default_factory=dict)
    rows: dict[Key, Sides] = field(default_factory=dict)
    implications: dict[Key, tuple[bool, Sides]] = field(default_factory=dict)
    """Whether the binary asks for it, and the relation."""
    pairs: dict[Key, tuple[float, float]] = field(default_factory=dict)
    """Both sides of `perp`."""
    semicontinuous: dict[Key, bool] = field(default_factory=dict)
    shared: dict[tuple[str, tuple[object, ...]], Sides] = field(default_factory=dict)
    undefined: set[Instance] = field(default_factory=set)


def game_at(reference: PointReference) -> GameAtPoint:
    """Everything that the players' and the common statements say at the reference's point."""
    game = GameAtPoint()
    for player, own in reference.members.items():
        width = len(letters_of(reference.players[player].head.index))
        for member in own.values():
            if isinstance(member.node, declarations.VarDecl):
                _variable(reference, game, member, width)
        for s in reference.players[player].body or ():
            if not isinstance(s, declarations.ConstraintDecl | declarations.ObjectiveDecl):
                continue
            for key, env in reference.member_instances(Member(player, s)):
                try:
                    if isinstance(s, declarations.ObjectiveDecl):
                        game.objectives[player, key] = reference.number(s.value, env, player)
                    else:
                        _constraint(reference, game, player, s, key, env)
                except FaultError:
                    game.undefined.add((player, key[:width]))
    for name, market in reference.markets.items():
        try:
            game.objectives[name, ()] = _imbalance(reference, name, market)
        except FaultError:
            game.undefined.add((name, ()))
    for name, s in reference.shared.items():
        for env in reference.instances(s.head.index, {}, ""):
            key = tuple(env[x].value for x in letters_of(s.head.index))
            game.shared[name, key] = sides_of(reference, s.relation, env, "")
    return game


def sides_of(reference: Reference, relation: expressions.Compare, env: Environment, player: str) -> Sides:
    values = [reference.number(o, env, player) for o in relation.operands]
    if len(values) == 3:
        low, middle, high = values if relation.ops[0] == "<=" else values[::-1]
        return low - middle, middle - high
    excess = values[0] - values[1]
    return {"<=": (-math.inf, excess), ">=": (-excess, -math.inf), "==": (-excess, excess)}[relation.ops[0]]


def _constraint(
    reference: PointReference,
    game: GameAtPoint,
    player: str,
    s: declarations.ConstraintDecl,
    key: tuple[object, ...],
    env: Environment,
) -> None:
    place = (player, s.head.name.text, key)
    match s.relation:
        case expressions.Implies():
            negated = isinstance(s.relation.condition, expressions.Not)
            switch = s.relation.condition.operand if negated else s.relation.condition
            asked = (reference.number(switch, env, player) == 1) != negated
            game.implications[place] = asked, sides_of(reference, s.relation.relation, env, player)
        case expressions.Perp():
            one, two = (sides_of(reference, side, env, player) for side in (s.relation.left, s.relation.right))
            game.pairs[place] = -max(one), -max(two)
        case _:
            game.rows[place] = sides_of(reference, s.relation, env, player)


def _variable(reference: PointReference, game: GameAtPoint, member: Member, width: int) -> None:
    """Bounds that hold variables, and what `semicontinuous` asks for."""
    d, player, name = member.node, member.owner, member.node.head.name.text
    limits = [(b, "lower bound" if b.relation == ">=" else "upper bound") for b in d.bounds]
    for key, env in reference.member_instances(member):
        x = reference.point[player, name, key]
        if d.kind == "semicontinuous":
            ends = {b.relation: reference.number(b.value, env, player) for b in d.bounds}
            game.semicontinuous[player, name, key] = x == 0 or ends[">="] <= x <= ends["<="]
            continue
        final = [(d.ends, "final value")] if d.ends is not None and is_last(reference, member, env) else []
        for bound, word in limits + final:
            if not holds_variables(reference, bound.value, player):
                continue
            try:
                e = reference.number(bound.value, env, player)
            except FaultError:
                game.undefined.add((player, key[:width]))
                continue
            below = e - x if bound.relation in (">=", "==") else -math.inf
            above = x - e if bound.relation in ("<=", "==") else -math.inf
            game.rows[player, f"{name} ({word})", key] = below, above


def _imbalance(reference: PointReference, name: str, market: declarations.ConstraintDecl) -> float:
    """The price times what is left over, summed: at its least the price is complementary to the condition."""
    total = 0.0
    for env in reference.instances(market.head.index, {}, ""):
        key = tuple(env[x].value for x in letters_of(market.head.index))
        left, right = (reference.number(o, env, name) for o in market.relation.operands)
        excess = right - left if market.relation.ops[0] == "<=" else left - right
        total += reference.point[name, market.price.head.name.text, key] * excess
    return total
