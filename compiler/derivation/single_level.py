"""A game of a leader and followers -> one problem: `SingleLevel`, the leader's, with the followers' optimality
conditions in place of their own choice.

Players of one level without a leader become one problem too: the conditions of all, and nothing to minimise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.derivation.algebra import letters_of, number
from compiler.derivation.faults import Underivable
from compiler.derivation.multipliers import Multiplier
from compiler.derivation.optimality import Optimality, optimality
from compiler.derivation.rewriting import Rewriting
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, LetDef, ObjectiveDef, PlayerDef, ReportDef, Signature, VarDef
from compiler.ir.walk import uses
from compiler.ir.words import some
from grammar.diagnostics import Findings


@dataclass(frozen=True, eq=False)
class SingleLevel:
    """`leader` is None where all are of one level. `followers` has the conditions of each.

    `game` is the whole as a game of one player with the leader's name: its variables are everybody's and the
    multipliers; its constraints the leader's, the followers', stationarity, and complementarity as `perp` constraints.
    Shadow prices in it are multipliers, followers' objectives named expressions and reports. With the form "duality"
    strong duality stands in place of complementarity.
    """

    leader: PlayerDef | None
    followers: tuple[Optimality, ...]
    game: Game

    @property
    def stationarity(self) -> tuple[ConstraintDef, ...]:
        return tuple(s.row for f in self.followers for s in f.stationarity)

    @property
    def multipliers(self) -> tuple[Multiplier, ...]:
        """All families, common ones once."""
        found = {id(m): m for f in self.followers for m in f.multipliers}
        return tuple(found.values())


def single_level(game: Game, form: str = "kkt", absent: frozenset[int] = frozenset()) -> SingleLevel:
    """See the module. `form` is "kkt" (complementarity) or "duality" (strong duality); `absent` as in `optimality`:
    a `binary` without an instance is no obstacle.

    Raises `DiagnosticError`: G704 for a structure of players that is not of one or two levels, G712 for what has no
    symbolic conditions.
    """
    findings = Findings()
    leader, followers = levels(game, findings)
    findings.raise_errors()
    shared: dict[int, tuple[Multiplier, ...]] = {}
    found = []
    for player in followers:
        try:
            found.append(optimality(game, player, shared, absent))
        except Underivable as fault:
            fault.report(findings)
        except RecursionError:
            findings.add("G111", "an expression is nested too deeply", hints=["name parts of it with `let`"])
    findings.raise_errors()
    try:
        joined = _Joined(game, leader, tuple(found), form).game()
    except Underivable as fault:
        fault.report(findings)
        findings.raise_errors()
        raise
    return SingleLevel(leader, tuple(found), joined)


def levels(game: Game, findings: Findings) -> tuple[PlayerDef | None, tuple[PlayerDef, ...]]:
    """The leader, None where nobody follows, and those whose conditions are needed."""
    top = [p for p in game.players if not p.leaders]
    below = [p for p in game.players if p.leaders]
    if not below:
        return None, tuple(top)
    names = {p.name for p in top}
    for player in below:
        if not set(player.leaders) <= names:
            findings.add(
                "G704",
                f"`{player.name}` follows {some(player.leaders)}, who follow somebody themselves: there are more than "
                "two levels",
                player.follows_span or player.signature.span,
                "a level below the second",
                hints=["`gamec solve` goes level by level; a case can make the upper levels data"],
            )
        elif not player.optimistic:
            findings.add(
                "G704",
                f"`{player.name}` is pessimistic: its optimality conditions let its ties fall as the leader likes",
                player.follows_span or player.signature.span,
                "pessimistic",
                hints=["`gamec solve` takes the worst of the ties; leave out `pessimistic` for the optimistic problem"],
            )
    if len(top) > 1 or top[0].domain.binders:
        findings.add(
            "G704",
            f"there are several leaders: {some(p.name for p in top)}" if len(top) > 1
            else f"`{top[0].name}[{', '.join(top[0].domain.letters)}]` is a leader for each element",
            top[-1].signature.span,
            "another leader" if len(top) > 1 else "an indexed leader",
            hints=["the problem of one of them alone has a script: `--player NAME`"],
        )  # fmt: skip
    return top[0], tuple(below)


class _Joined:
    """Makes the one-player game."""

    def __init__(self, game: Game, leader: PlayerDef | None, followers: tuple[Optimality, ...], form: str) -> None:
        self.old = game
        self.leader = leader
        self.followers = followers
        self.form = form
        self.goals = {id(f.player.objective): _named(f.player.objective) for f in followers}
        self.rewriting = Rewriting(self._instead)

    def game(self) -> Game:
        new, leader = self.rewriting, self.leader
        players = self.old.players
        variables = [v for p in players for v in p.variables]
        variables += list({id(m): m.definition for f in self.followers for m in f.multipliers}.values())
        self._check_variables(variables)
        constraints = [*(leader.constraints if leader is not None else ())]
        constraints += [*self.old.shared]
        constraints += [c for f in self.followers for c in f.player.constraints]
        constraints += [s.row for f in self.followers for s in f.stationarity]
        if self.form == "duality":
            constraints += [self._duality(f) for f in self.followers]
        else:
            constraints += list({id(c.multiplier): c.row for f in self.followers for c in f.complementarity}.values())
        lets = [*self.old.all_lets(), *self.goals.values()]
        rewritten = tuple(new.let(x) for x in lets)
        goal = self._goal()
        player = PlayerDef(
            leader.signature if leader is not None else goal.signature,
            ir.Domain(),
            params=tuple(d for p in players for d in p.params),
            lets=(),
            variables=tuple(variables),
            constraints=tuple(new.constraint(c) for c in constraints),
            objective=goal,
        )
        reports = (*self._goal_reports(), *self.old.reports)
        return replace(
            self.old,
            players=(player,),
            lets=rewritten,
            shared=(),
            reports=tuple(new.report(r) for r in reports),
            comparisons=(),
            plots=(),
        )

    def _goal(self) -> ObjectiveDef:
        if self.leader is None:
            first = self.old.players[0]
            signature = Signature("equilibrium", first.signature.span, None, "nothing: any point of the conditions")
            return ObjectiveDef(signature, "", ir.Domain(), 0, False, number(0, first.signature.span))
        o = self.leader.objective
        return ObjectiveDef(o.signature, o.player, o.domain, o.own, o.maximize, self.rewriting.of(o.value))

    def _goal_reports(self) -> list[ReportDef]:
        """Every follower's objective, by the name that results give it."""
        found = []
        for f in self.followers:
            o = f.player.objective
            if f.player.market:
                continue
            signature = Signature(f"{f.player.name}.{o.name}", o.signature.span, o.signature.unit, o.signature.doc)
            use = ir.Use(self.goals[id(o)], letters_of(o.domain), o.signature.span)
            found.append(ReportDef(signature, o.domain, "report", use))
        return found

    def _instead(self, use: ir.Use) -> ir.Expr | None:
        target = use.target
        if isinstance(target, ObjectiveDef) and id(target) in self.goals:
            return ir.Use(self.goals[id(target)], use.indices, use.span)
        if isinstance(target, ConstraintDef):
            for f in self.followers:
                if f.of(target):
                    return f.price(target, use.indices)
        return None

    def _duality(self, f: Optimality) -> ConstraintDef:
        if f.duality is None:
            span = f.player.objective.signature.span
            raise Underivable(
                f"the problem of `{f.player.name}` is neither linear nor quadratic: it has no dual in a formula",
                span,
                "no strong duality",
                "use the optimality conditions: `--form kkt-sos1` or `--form kkt-big-m`",
            )
        return f.duality

    def _check_variables(self, variables: list[VarDef]) -> None:
        """Shadow prices in bounds would need other declarations."""
        for v in variables:
            values = [b.value for b in (*v.bounds, *([v.final] if v.final is not None else []))]
            values += [v.before] if v.before is not None else []
            for e in values:
                for use in uses(e):
                    if self._instead(use) is not None:
                        raise Underivable(
                            f"a bound of `{v.name}` holds the shadow price `{use.span.text}`",
                            use.span,
                            "decided below",
                            "write it as a constraint",
                        )


def _named(objective: ObjectiveDef) -> LetDef:
    o = objective
    return LetDef(o.signature, o.player, o.domain, o.own, o.value)
