"""A game of a leader and followers -> one problem: `SingleLevel`, the leader's, with the followers' optimality
conditions in place of their own choice.

Players of one level without a leader become one problem too: the conditions of all, and nothing to minimise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from compiler.derivation.algebra import letters_of, number
from compiler.derivation.faults import Underivable
from compiler.derivation.lifts import Forms
from compiler.derivation.multipliers import Multiplier
from compiler.derivation.optimality import Optimality, optimality
from compiler.derivation.rewriting import Defined, Rewriting, as_let
from compiler.derivation.unheeded import Aside
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, LetDef, ObjectiveDef, PlayerDef, ReportDef, Signature, VarDef
from compiler.ir.walk import uses
from compiler.ir.words import some
from grammar.diagnostics import Findings


@dataclass(frozen=True, eq=False)
class Slip:
    """By how much a follower's answer may miss its optimum where constraints hold only as solvers hold them: `missed`,
    what is overstepped times its multiplier, beside the `size` of its objective, in terms of the copies."""

    objective: ObjectiveDef
    player: str
    missed: ir.Expr
    size: ir.Expr


@dataclass(frozen=True, eq=False)
class SingleLevel:
    """`leader` is None where all are of one level. `followers` has the conditions of each, in terms of `original`.

    `game` is the whole as a game of one player, made of copies: its variables are everybody's and the multipliers; its
    constraints the leader's, the followers', stationarity, and complementarity as `perp` constraints. Shadow prices in
    it are multipliers, followers' objectives named expressions and reports. With the form "duality" strong duality
    stands in place of complementarity. `variables` has the copy of each variable and multiplier by identity of the
    original, `notes` what a derived constraint or a multiplier says, in words, by identity of the copy, and `pairs` the
    multiplier of each complementarity.
    """

    original: Game
    leader: PlayerDef | None
    followers: tuple[Optimality, ...]
    game: Game
    variables: Mapping[int, VarDef]
    rows: Mapping[int, ConstraintDef]
    """The copy of each constraint and derived row by identity of the original."""
    notes: Mapping[int, str]
    pairs: Mapping[int, Multiplier]
    origin: Mapping[int, Defined]
    """The statement of `original` or of a derivation that each copy says again, by identity of the copy; of a
    multiplier its declaration, of a report of an objective or a shadow price that objective or its constraint."""

    asides: tuple[Aside, ...] = ()
    """What followers `aside` answer, in terms of the copies; `game` has their constraints without their conditions."""
    slips: tuple[Slip, ...] = ()
    """Of the form "duality", one for each follower."""

    @property
    def multipliers(self) -> tuple[Multiplier, ...]:
        """All families of `game`, common ones once."""
        found = {id(m): m for f in self.followers for m in f.multipliers if id(m.definition) in self.variables}
        return tuple(found.values())


def single_level(
    game: Game,
    form: str = "kkt",
    absent: frozenset[int] = frozenset(),
    aside: tuple[PlayerDef, ...] = (),
    forms: Forms | None = None,
) -> SingleLevel:
    """See the module. `form` is "kkt" (complementarity) or "duality" (strong duality); `absent` as in `optimality`:
    a `binary` without an instance is no obstacle. Followers `aside` keep their constraints alone (see `unheeded`);
    `forms` as in `optimality`.

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
            found.append(optimality(game, player, shared, absent, forms))
        except Underivable as fault:
            fault.report(findings)
        except RecursionError:
            findings.add("G111", "an expression is nested too deeply", hints=["name parts of it with `let`"])
        else:
            if form == "duality" and found[-1].duality is None:
                findings.add(
                    "G712",
                    f"the problem of `{player.name}` is neither linear nor quadratic: it has no dual in a formula",
                    player.objective.signature.span,
                    "no strong duality",
                    hints=["use the optimality conditions: `--form kkt-sos1` or `--form kkt-big-m`"],
                )
    findings.raise_errors()
    plain = tuple(f.player for f in found if f.player in aside and not f.lifted)
    return _Joined(game, leader, tuple(found), form, plain).run()


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
    first = top[0]
    if len(top) > 1:
        findings.add(
            "G704",
            f"there are several leaders: {some(p.name for p in top)}",
            top[-1].signature.span,
            "another leader",
            hints=["`--player NAME` takes the problem of one of them alone, what others decide being data"],
        )
    elif first.domain.binders:
        findings.add(
            "G704",
            f"`{first.name}[{', '.join(first.domain.letters)}]` is a leader for each element",
            first.signature.span,
            "an indexed leader",
            hints=["`--player NAME` takes the problem of one of them alone, what others decide being data"],
        )
    return first, tuple(below)


class _Joined:
    """Makes the one-player game."""

    def __init__(
        self,
        game: Game,
        leader: PlayerDef | None,
        followers: tuple[Optimality, ...],
        form: str,
        aside: tuple[PlayerDef, ...],
    ) -> None:
        self.old = game
        self.leader = leader
        self.followers = followers
        self.aside = aside
        self.heeded = tuple(f for f in followers if f.player not in aside)
        self.form = form
        self.goals = {id(f.player.objective): as_let(f.player.objective) for f in followers}
        taken = {p.name for p in game.players}
        self.name = leader.name if leader is not None else _free_name("equilibrium", taken)
        families = {id(m): m for f in self.heeded for m in f.multipliers}
        self.families = tuple(families.values())
        self.told: dict[int, Defined] = {}
        """What the reports that were added tell, by identity of the report."""
        self.lifted = [v for f in self.heeded for x in f.lifted for v in x.variables]
        self.constraints = self._constraints()
        self.lets = [*game.all_lets(), *self.goals.values()]
        self.new = Rewriting(self.name, self._instead, self._names())

    def run(self) -> SingleLevel:
        new, game = self.new, self.old
        originals = [*(v for p in game.players for v in p.variables), *self.lifted]
        originals += [m.definition for m in self.families]
        variables = tuple(new.variable(v) for v in originals)
        rows = {id(c): new.constraint(c) for c in self.constraints}
        pairs = {id(c.row): c.multiplier for f in self.heeded for c in f.complementarity if id(c.row) in rows}
        goal = self._goal()
        signature = replace(self.leader.signature if self.leader is not None else goal.signature, name=self.name)
        player = PlayerDef(
            signature,
            ir.Domain(),
            params=tuple(d for p in game.players for d in p.params),
            lets=tuple(new.let(x) for x in self.lets if x.player),
            variables=variables,
            constraints=tuple(rows.values()),
            objective=goal,
        )
        joined = replace(
            game,
            players=(player,),
            lets=tuple(new.let(x) for x in self.lets if not x.player),
            shared=(),
            fixes=tuple(new.fix(f) for f in game.fixes),
            reports=tuple(new.report(r) for r in (*self._goal_reports(), *self._prices(), *game.reports)),
            comparisons=(),
            plots=(),
        )
        copies = new.variables
        made = [*(m.definition for m in self.families), *self.lifted]
        notes = {id(copies[id(d)]): d.signature.doc for d in made}
        derived = [r for f in self.heeded for x in f.lifted for r in x.rows]
        derived += [s.row for f in self.followers for s in f.stationarity]
        derived += [c.row for f in self.followers for c in f.complementarity]
        derived += [f.duality for f in self.followers if f.duality is not None]
        notes |= {id(rows[id(d)]): d.signature.doc for d in derived if id(d) in rows}
        return SingleLevel(
            game, self.leader, self.followers, joined, copies, rows, notes,
            {id(rows[key]): m for key, m in pairs.items()}, self._origin(), tuple(self._aside(p) for p in self.aside),
            tuple(self._slip(f) for f in self.heeded) if self.form == "duality" else (),
        )  # fmt: skip

    def _aside(self, player: PlayerDef) -> Aside:
        old = player.objective
        span = old.signature.span
        value: ir.Expr = self.new.of(ir.Use(self.goals[id(old)], letters_of(player.domain), span))
        if player.domain.binders:
            value = ir.Reduce("sum", player.domain, value, span)
        o = ObjectiveDef(old.signature, self.name, ir.Domain(), 0, old.maximize, value)
        self.new.origin[id(o)] = old
        return Aside(player, o, tuple(self.new.variable(v) for v in player.variables))

    def _slip(self, f: Optimality) -> Slip:
        o = f.player.objective
        span = o.signature.span
        parts: list[ir.Expr] = []
        heard = {id(u.target) for s in f.stationarity for u in uses(s.row.left)}
        for m in (m for m in f.multipliers if id(m.definition) in heard):
            if m.free:
                over: ir.Expr = ir.Apply("abs", (ir.Multiply(("*", "*"), (m.use, m.gap), span),), span)
            else:
                less = ir.Apply("max", (number(0, span), ir.Negate(m.gap, span)), span)
                over = ir.Multiply(("*", "*"), (m.use, less), span)
            parts.append(ir.Reduce("sum", m.definition.domain, over, span) if m.definition.domain.binders else over)
        goal: ir.Expr = ir.Use(self.goals[id(o)], letters_of(o.domain), span)
        size: ir.Expr = ir.Apply("abs", (goal,), span)
        if o.domain.binders:
            size = ir.Reduce("sum", o.domain, size, span)
        missed = ir.Add((1,) * len(parts), tuple(parts), span)
        return Slip(o, f.player.name, self.new.of(missed), self.new.of(size))

    def _origin(self) -> dict[int, Defined]:
        """Of copies, those of what was made here traced to what it stands for."""
        goals: dict[int, Defined] = {id(self.goals[id(f.player.objective)]): f.player.objective for f in self.followers}
        lifted = {id(new): c for f in self.followers for c in f.player.constraints if (new := f.instead.get(id(c)))}
        made = {**goals, **self.told, **lifted}
        return {copy: made.get(id(d), d) for copy, d in self.new.origin.items()}

    def _constraints(self) -> list[ConstraintDef]:
        found = [*(self.leader.constraints if self.leader is not None else ()), *self.old.shared]
        found += [f.instead.get(id(c), c) for f in self.followers for c in f.player.constraints]
        found += [r for f in self.heeded for x in f.lifted for r in x.rows]
        found += [s.row for f in self.heeded for s in f.stationarity]
        if self.form == "duality":
            found += [f.duality for f in self.heeded if f.duality is not None]
        else:
            # A multiplier that is common to several followers has one condition.
            found += {id(c.multiplier): c.row for f in self.heeded for c in f.complementarity}.values()
        return found

    def _names(self) -> dict[int, str]:
        """Names of copies: the player's goes before what several players declare."""
        columns: list[VarDef | LetDef | ConstraintDef] = [v for p in self.old.players for v in p.variables]
        columns += self.lifted
        columns += [m.definition for m in self.families]
        columns += self.lets
        groups = (columns, self.constraints)
        names: dict[int, str] = {}
        for group in groups:
            count = Counter(d.name for d in group)
            names |= {id(d): f"{d.player}.{d.name}" for d in group if count[d.name] > 1 and d.player}
        return names

    def _goal(self) -> ObjectiveDef:
        if self.leader is not None:
            return self.new.objective(self.leader.objective)
        span = self.old.players[0].signature.span
        signature = Signature("nothing", span, None, "any point at which the conditions of all hold")
        return ObjectiveDef(signature, self.name, ir.Domain(), 0, False, number(0, span))

    def _goal_reports(self) -> list[ReportDef]:
        """Every follower's objective, by the name that results give it."""
        found = []
        for f in self.followers:
            o = f.player.objective
            if not f.player.market:
                signature = replace(o.signature, name=f"{f.player.name}.{o.name}")
                use = ir.Use(self.goals[id(o)], letters_of(o.domain), o.signature.span)
                found.append(ReportDef(signature, o.domain, "objective", use))
                self.told[id(found[-1])] = o
        return found

    def _prices(self) -> list[ReportDef]:
        """Named shadow prices of followers."""
        found = []
        for f in self.followers:
            for c in f.player.constraints:
                if c.price is not None and f.of(c):
                    found.append(ReportDef(c.price, c.domain, "report", f.price(c, letters_of(c.domain))))
                    self.told[id(found[-1])] = c
        return found

    def _instead(self, use: ir.Use) -> ir.Expr | None:
        target = use.target
        if isinstance(target, ObjectiveDef) and id(target) in self.goals:
            return ir.Use(self.goals[id(target)], use.indices, use.span)
        if isinstance(target, ObjectiveDef) and self.leader is not None and target is self.leader.objective:
            return target.value
        if isinstance(target, ConstraintDef):
            for f in self.followers:
                if f.of(target):
                    return f.price(target, use.indices)
        return None


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
