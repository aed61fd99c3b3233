"""A game and one of its players -> the game of that player and its followers, what all others decide being data:
`others_given`.

Of an indexed player one instance is picked, or all of them together where none sees another. What others decide, and
shadow prices, become parameters with the values given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from compiler.derivation.algebra import both, constant_steps, letters_of, number
from compiler.derivation.conditions_known import known
from compiler.derivation.faults import Underivable
from compiler.derivation.rewriting import Defined, Owned, Rewriting, as_let
from compiler.derivation.substitution import substituted
from compiler.ir import expr as ir
from compiler.ir.game import (
    ConstraintDef,
    DataEntry,
    DataLiteral,
    Game,
    LetDef,
    ObjectiveDef,
    ParamDef,
    PlayerDef,
    ReportDef,
    VarDef,
)
from compiler.ir.walk import uses

Key = tuple[object, ...]

Values = Mapping[VarDef | ConstraintDef, Mapping[Key, float]]
"""What everybody decides, and the price of each constraint, by key."""


@dataclass(frozen=True, eq=False)
class OthersGiven:
    """`given` has the parameters that stand for decisions of others."""

    game: Game
    given: tuple[ParamDef, ...]
    origin: Mapping[int, Defined]
    """The statement of the whole game that each one here says again, by identity."""


def others_given(game: Game, player: PlayerDef, key: Key, values: Values | None) -> OthersGiven:
    """`key` has the elements of one instance of an indexed player, () for all or where there is no index. Without
    `values` the parameters have none: a game to read, not to solve.

    Raises `Underivable` where instances see each other and no key is given, and for a price that `values` lack.
    """
    return _Given(game, player, key, values).run()


class _Given(Rewriting):
    def __init__(self, game: Game, player: PlayerDef, key: Key, values: Values | None) -> None:
        super().__init__(None, self._otherwise, {})
        self.old = game
        self.chosen = player
        self.key = key
        self.values = values
        self.kept = (player, *_below(game, player))
        self.names = {p.name for p in self.kept}
        self.goals = {id(p.objective): as_let(p.objective) for p in game.players}
        self.given: dict[int, ParamDef] = {}
        self.taken = {p.name for p in game.all_params()} | {v.name for p in self.kept for v in p.variables}
        self.own = letters_of(player.domain)
        span = player.signature.span
        picked = [ir.CompareIndex("==", x, ir.Element(e, span), span) for x, e in zip(self.own, key, strict=False)]
        self.here = both(picked, span)

    def run(self) -> OthersGiven:
        game = self.old
        players = [self._player(p) for p in self.kept]
        shared = [self.constraint(c) for c in game.shared if self._binds(c)]
        fixes = [self.fix(f) for f in game.fixes if f.variable.player in self.names]
        goal = self.let(self.goals[id(self.chosen.objective)])
        signature = replace(goal.signature, name=f"{self.chosen.name}.{goal.name}")
        o = self.chosen.objective
        domain = ir.Domain(o.domain.binders, both([c for c in (o.domain.where, self.here) if c is not None],
                                                  o.signature.span))  # fmt: skip
        report = ReportDef(signature, domain, "objective", ir.Use(goal, letters_of(domain), o.signature.span))
        reports = (report,) if self.own else ()
        lets = tuple(x for x in self.lets.values() if self.own or x is not goal)
        result = replace(
            game,
            params=(*game.params, *self.given.values()),
            players=tuple(players),
            lets=lets,
            shared=tuple(shared),
            fixes=tuple(fixes),
            reports=reports,
            comparisons=(),
            plots=(),
        )
        used = {id(u.target) for e in _expressions(result) for u in uses(e)}
        for p in result.players:
            p.params = tuple(d for d in p.params if id(d) in used)
        others = [d for p in game.players if p.name not in self.names for d in p.params]
        params = tuple(d for d in (*result.params, *others) if id(d) in used)
        goals: dict[int, Defined] = {id(self.goals[id(p.objective)]): p.objective for p in game.players}
        origin = {copy: goals.get(id(d), d) for copy, d in self.origin.items()}
        origin |= {id(report): o, id(result.players[0].objective): o}
        return OthersGiven(replace(result, params=params), tuple(self.given.values()), origin)

    def owner(self, d: Owned) -> tuple[str, ir.Domain, int]:
        """The chosen player has no index any more: its declarations stand at the instance picked."""
        if d.player != self.chosen.name:
            return d.player, d.domain, d.own
        if isinstance(d, LetDef) or self.here is None:
            return d.player, d.domain, 0
        where = both([c for c in (d.domain.where, self.here) if c is not None], self.here.span)
        return d.player, ir.Domain(d.domain.binders, where, d.domain.span), 0

    def _player(self, p: PlayerDef) -> PlayerDef:
        objective = self.objective(p.objective)
        mine = p is self.chosen
        if mine and self.own:
            # One problem for all that were picked: the sum of objectives of which none sees another's variables.
            value = ir.Reduce("sum", objective.domain, objective.value, objective.signature.span)
            objective = ObjectiveDef(objective.signature, p.name, ir.Domain(), 0, objective.maximize, value)
        return PlayerDef(
            p.signature,
            ir.Domain() if mine else p.domain,
            params=p.params,
            lets=(),
            variables=tuple(self.variable(v) for v in p.variables),
            constraints=tuple(self.constraint(c) for c in p.constraints),
            objective=objective,
            leaders=() if mine else tuple(x for x in p.leaders if x in self.names),
            optimistic=p.optimistic,
            follows_span=p.follows_span,
            leader_spans=p.leader_spans,
            market=p.market,
        )

    def _binds(self, c: ConstraintDef) -> bool:
        """Whether a shared constraint holds a variable of those that stay."""
        lets: set[int] = set()
        stack = [e for e in (c.left, c.middle, c.right) if e is not None]
        while stack:
            for use in uses(stack.pop()):
                if isinstance(use.target, VarDef) and use.target.player in self.names:
                    return True
                if isinstance(use.target, LetDef) and id(use.target) not in lets:
                    lets.add(id(use.target))
                    stack.append(use.target.value)
        return False

    # ------------------------------------------------------------ uses

    def _otherwise(self, use: ir.Use) -> ir.Expr | None:
        target = use.target
        match target:
            case ObjectiveDef():
                return ir.Use(self.goals[id(target)], use.indices, use.span)
            case VarDef() if id(target) in self._made:
                return None
            case VarDef() if target.player == self.chosen.name:
                return self._of_the_chosen(use, target)
            case VarDef() if target.player not in self.names:
                return self._beyond_edges(use, target)
            case ConstraintDef() if target.player not in self.names and not target.shared:
                return ir.Use(self._parameter(target), use.indices, use.span)
            case ConstraintDef() if target.shared:
                return ir.Use(self._parameter(target), use.indices, use.span)
            case _:
                return None

    def _of_the_chosen(self, use: ir.Use, target: VarDef) -> ir.Expr | None:
        """A variable of the player, or of another instance of it."""
        others = [(i, own, k) for k, (i, own) in enumerate(zip(use.indices, self.own, strict=False)) if i != own]
        if not others:
            return None
        if not self.key:
            letters = ", ".join(x.name for x in self.own)
            raise Underivable(
                f"`{use.span.text}` may be another's of `{self.chosen.name}[{letters}]`: each has a problem of its own",
                use.span,
                "of another instance",
                f"name one of them: `--player '{self.chosen.name}[...]'`",
            )
        same = both([ir.CompareIndex("==", i, ir.Element(self.key[k], use.span), use.span) for i, _, k in others],
                    use.span)  # fmt: skip
        assert same is not None
        mine = ir.Use(self.variable(target), use.indices, use.span)
        match known(same):
            case True:
                return mine
            case False:
                return self._beyond_edges(use, target)
            case None:
                return ir.Choose(same, mine, self._beyond_edges(use, target), use.span)

    def _beyond_edges(self, use: ir.Use, target: VarDef) -> ir.Expr:
        """A variable of others as data: parameters say nothing beyond their edges, variables may."""
        parameter = self._parameter(target)
        plain = ir.Use(parameter, use.indices, use.span)
        stepped = [k for k, i in enumerate(use.indices) if isinstance(i, ir.Shift | ir.Step)]
        if not stepped or (target.before is None and not target.cyclic):
            return plain
        k = stepped[0]
        of = target.domain.sets[k]
        over = ir.SetName(of, use.span)
        index = use.indices[k]
        assert isinstance(index, ir.Shift | ir.Step)
        steps = constant_steps(index.offset if isinstance(index, ir.Shift) else index.count)
        if len(stepped) > 1 or (target.cyclic and steps not in (1, -1)):
            raise Underivable(
                f"`{use.span.text}` of another player goes beyond its edge in a way that has no formula",
                use.span,
                "more than one step",
                "name the value in between with a variable of its own",
            )
        edge = ir.Edge(over, of, target.cyclic and steps == -1, use.span)
        indices = (*use.indices[:k], edge, *use.indices[k + 1 :])
        if target.cyclic:
            beyond: ir.Expr = ir.Use(parameter, indices, use.span)
        else:
            assert target.before is not None
            letters = letters_of(target.domain)
            at = {(id(x.binder), x.place): i for x, i in zip(letters, indices, strict=True)}
            beyond = substituted(target.before, at)
        return ir.Choose(ir.Member((index,), over, use.span), plain, beyond, use.span)

    def _parameter(self, d: VarDef | ConstraintDef) -> ParamDef:
        if id(d) not in self.given:
            signature = d.signature if isinstance(d, VarDef) else d.price
            values = {} if self.values is None else self.values.get(d)
            if values is None or signature is None:
                raise Underivable(
                    f"nothing is known of what `{d.player}` decides with `{d.name}`",
                    d.signature.span,
                    "not decided",
                    "`gamec solve` says why the game has no answer",
                )
            name = signature.name
            while name in self.taken:
                name = f"{d.player}.{name}" if d.player and "." not in name else f"{name}_"
            self.taken.add(name)
            span = signature.span
            said = signature.doc
            if self.values is None:
                # Nothing else tells a reader whose decision this is.
                whose = "decided by" if isinstance(d, VarDef) else "shadow price of"
                said = f"{said or signature.name}, {whose} {d.player or 'all'}"
            parameter = ParamDef(replace(signature, name=name, doc=said), "", d.domain)
            if values and d.domain.binders:
                entries = tuple(DataEntry(k, number(v, span), span) for k, v in values.items())
                parameter.literal = DataLiteral(entries, span)
            elif values:
                parameter.value = number(values[()], span)
            self.given[id(d)] = parameter
        return self.given[id(d)]


def _below(game: Game, player: PlayerDef) -> list[PlayerDef]:
    """Everybody who follows the player, directly or through others."""
    names = {player.name}
    while True:
        more = {p.name for p in game.players if p.name not in names and set(p.leaders) & names}
        if not more:
            return [p for p in game.players if p.name in names and p is not player]
        names |= more


def _expressions(game: Game) -> list[ir.Expr]:
    """Every expression that a script of the game writes down."""
    found: list[ir.Expr] = [x.value for x in game.lets]
    found += [r.value for r in game.reports] + [f.value for f in game.fixes]
    domains = [x.domain for x in game.lets] + [f.domain for f in game.fixes]
    for p in game.players:
        found.append(p.objective.value)
        for v in p.variables:
            found += [b.value for b in v.bounds]
            found += [e for e in (v.start, v.before, v.final.value if v.final else None) if e is not None]
        domains += [v.domain for v in p.variables] + [c.domain for c in p.constraints]
        found += [e for c in p.constraints for e in _parts(c)]
    found += [e for c in game.shared for e in _parts(c)]
    domains += [c.domain for c in game.shared]
    return found + [d.where for d in domains if d.where is not None]


def _parts(c: ConstraintDef) -> list[ir.Expr]:
    return [e for e in (c.left, c.middle, c.right, c.condition, *(c.perp or ())) if e is not None]
