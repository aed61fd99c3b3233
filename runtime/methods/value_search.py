"""A leader's game whose followers have whole numbers in, the best decision with a proven bound out: master problems and
exact answers in turns.

The master (`compiler.reformulations.value_function`) knows some answers of the followers and bounds the leader from
below; what it decides is answered exactly (`exact_answers`), which bounds the leader from above and tells the master
more.
Reference: as `runtime.methods.value_function`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame, block_of
from compiler.ground.sparse import Floats, Ints, Quad
from compiler.reformulations.closure import closure
from compiler.reformulations.column_bounds import ColumnBounds, propagated
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.high_point import high_point
from compiler.reformulations.kkt import kkt
from compiler.reformulations.known_values import Known
from compiler.reformulations.own_terms import own_value
from compiler.reformulations.program import Program, Recovery
from compiler.reformulations.value_function import (
    MARGIN,
    SWITCHED_ON,
    Assignment,
    with_value_functions,
)
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.history import Step
from runtime.methods.exact_answers import Answered, ExactAnswers
from runtime.methods.method import Found, Request, solved
from runtime.methods.polish import polished
from runtime.methods.setting import Setting
from runtime.methods.without_pairs import without_pairs
from runtime.result import Bound, Status
from runtime.solvers.solver import PROOF_GAP, Ending

BETTER = 1e-7
"""Part of its terms by which a follower's answer must beat the master's to count as another one."""

ATTAINED = 1e-8
"""The relative distance of a value that is attained from the infimum: what polished points may miss, and a thousandth
of `MARGIN`."""

TIGHT = 1e-9
"""The tolerance of masters that ended with a decision whose answers they should have known, and of infima: a binary
that is whole within a solver's own tolerance moves a row of large terms by more than `MARGIN`."""

FEW, ENOUGH = 32, 4
"""Where a follower with real numbers is moved by `FEW` whole decisions or less, the master learns no more of its
answers than `ENOUGH` in all, but what it can get at the decisions that were tried: each answer puts optimality
conditions into the master."""

BOX = 1e4
"""What is assumed to bound columns of the leader's objective where not even the high-point relaxation has an optimum,
in scaled units: see `Status.OPTIMAL_IF_BOUNDS`."""


@dataclass(eq=False)
class ValueSearch:
    """`bound` is proven for the game, `near` for the part of it that the master problem has left (`restricted`); both
    as if the leader minimised."""

    setting: Setting
    request: Request
    exact: ExactAnswers
    assignments: dict[tuple[int, bytes], Assignment] = field(default_factory=dict)
    known: dict[tuple[int, bytes], Known] = field(default_factory=dict)
    best: Answered | None = None
    bound: float = -np.inf
    near: float = -np.inf
    restricted: bool = False
    tolerance: float | None = None
    how: str = ""
    solver: str = ""
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    game: GroundGame = field(init=False)
    """With bounds assumed for the `open` columns, without which SCIP calls masters optimal that have no optimum."""
    open: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.game = self.setting.game
        self.open = np.zeros(0, np.int64)
        self.tolerance = self.request.tolerance

    def found(self) -> Found:
        ending = self.relaxed()
        if ending is Ending.INFEASIBLE:
            return self.ended(Status.INFEASIBLE)
        while not self.exact.spent() and not self.request.watch.stop():
            z, ending = self.master()
            if ending is Ending.INFEASIBLE and not self.restricted and self.best is None:
                return self.ended(Status.INFEASIBLE)
            if z is None:
                break
            answered = self.exact.at(z)
            if answered.x is not None and (self.best is None or answered.value < self.best.value):
                self.best = answered
            if self.settled():
                # A master would look for its own point with these answers, though the best one is known.
                self.bound = self.near = max(self.bound, answered.bound)
            self.noted()
            if self.closed(self.near) or ending is Ending.LIMIT:
                break
            if not self.learned(z, answered):
                if self.beyond(z):
                    raise self.endless()
                if self.tolerance == TIGHT:
                    break
                # Within a solver's own tolerance it keeps to what is known and does not.
                self.tolerance = TIGHT
        if self.restricted and not self.attained() and not self.exact.spent():
            limit = self.infimum()
            if self.best is not None or np.isfinite(limit):
                self.bound = max(self.bound, min(limit, np.inf if self.best is None else self.best.value))
        proven = Status.OPTIMAL_IF_BOUNDS if len(self.open) else Status.OPTIMAL
        return self.ended(proven if self.attained() else Status.LIMIT)

    def relaxed(self) -> Ending:
        """How the high-point relaxation ends. Where its objective has no bound, bounds of `BOX` are assumed for the
        columns that stand in it."""
        setting = self.setting
        program = high_point(setting.game, setting.leader)
        _, outcome = solved(program, self.exact.left(self.width()))
        self.exact.seconds += outcome.seconds
        if outcome.ending not in (Ending.UNBOUNDED, Ending.INFEASIBLE_OR_UNBOUNDED):
            return outcome.ending
        none = replace(program, cost=np.zeros(program.columns), cost_quad=Quad.empty())
        if solved(none, self.exact.left(self.width()))[1].ending is Ending.INFEASIBLE:
            return Ending.INFEASIBLE
        bounds = propagated(program, ColumnBounds.of(program))
        used = program.cost != 0
        used[program.cost_quad.i] = used[program.cost_quad.j] = True
        low, high = bounds.lower, bounds.upper
        lower = np.where(used & np.isinf(low), np.minimum(-BOX, high - BOX), program.lower)
        upper = np.where(used & np.isinf(high), np.maximum(BOX, low + BOX), program.upper)
        changed = (lower != program.lower) | (upper != program.upper)
        columns = setting.game.columns
        self.open = np.flatnonzero(changed[:columns])
        self.game = replace(setting.game, lower=lower[:columns], upper=upper[:columns])
        return outcome.ending

    def beyond(self, x: Floats) -> bool:
        """Whether an assumed bound is reached."""
        return bool(np.any(self.slacks(x) <= 0.0))

    def slacks(self, x: Floats) -> Floats:
        """Distances (open,) from the bounds that were assumed."""
        game, given = self.game, self.setting.game
        low = np.where(np.isinf(given.lower), x - game.lower, np.inf)
        high = np.where(np.isinf(given.upper), game.upper - x, np.inf)
        return np.minimum(low, high)[self.open]

    def master(self) -> tuple[Floats | None, Ending]:
        """The columns of the game (n,) in the best point of the master problem, and how that ended."""
        game, program, recovery = self.conditions(list(self.assignments.values()))
        ready, self.how = without_pairs(game, program, self.request)
        request = replace(self.exact.left(0.1 * self.width()), tolerance=self.tolerance)
        solver, outcome = solved(ready, request)
        self.solver = solver.name
        self.near = max(self.near, outcome.bound) if self.restricted else outcome.bound
        if not self.restricted and outcome.ending is not Ending.INFEASIBLE:
            self.bound = max(self.bound, outcome.bound)
            self.near = self.bound
        self.exact.seconds += outcome.seconds
        if outcome.z is None:
            return None, outcome.ending
        exact = polished(complementarity_sos1(program), outcome.z[: program.columns], request.options)
        z = outcome.z if exact is None or exact.z is None else exact.z
        x = recovery.point(z)[: self.setting.game.columns]
        whole = self.setting.game.kind == INTEGER
        x[whole] = np.round(x[whole])
        return x, outcome.ending

    def conditions(self, assignments: list[Assignment]) -> tuple[GroundGame, Program, Recovery]:
        leader = self.setting.leader
        game, followers = with_value_functions(
            self.game, self.exact.mixed, leader, assignments, list(self.known.values())
        )
        return game, *kkt(game, followers, leader)

    def infimum(self) -> float:
        """A bound of what is approached without being attained: that of all limits of decisions that keep `MARGIN`
        away from where known answers become possible; -inf where it cannot be had."""
        known = list(self.assignments.values())
        game, weak, _ = self.conditions([replace(a, margin=0.0) for a in known])
        _, strict, _ = self.conditions([replace(a, margin=MARGIN) for a in known])
        program = closure(weak, strict)
        if program is None:
            return -np.inf
        ready, _ = without_pairs(game, program, self.request)
        _, outcome = solved(ready, replace(self.exact.left(0.1 * ATTAINED), tolerance=TIGHT))
        self.exact.seconds += outcome.seconds
        if outcome.z is None or self.best is None:
            return np.inf if outcome.ending is Ending.INFEASIBLE else outcome.bound
        # Binaries within their tolerance blur the bound by more than what tells attained from approached.
        exact = polished(complementarity_sos1(program), outcome.z[: program.columns], self.request.options)
        least = outcome.bound if exact is None else exact.objective
        return least if abs(least - outcome.bound) <= PROOF_GAP * self.best.size else outcome.bound

    def closed(self, bound: float) -> bool:
        """Whether the best answer meets the bound within the gap, which is relative to the leader's terms."""
        return self.best is not None and self.best.value - bound <= self.width() * self.best.size

    def width(self) -> float:
        return max(self.request.options.gap, PROOF_GAP)

    def attained(self) -> bool:
        """Whether the best answer meets the bound so closely that it cannot be one that is `MARGIN` away from what is
        approached, unless the user asks for no more."""
        if self.best is None:
            return False
        width = ATTAINED if self.restricted and self.request.gap is None else self.width()
        return self.best.value - self.bound <= width * self.best.size

    def learned(self, x: Floats, answered: Answered) -> bool:
        """Whether the master problem knows more than before: an answer that beats what it chose at x, the value of one
        where that answer was known but left open, or that it must keep away from there."""
        game, more = self.setting.game, False
        for p in np.flatnonzero(self.exact.mixed).tolist():
            if p not in answered.values:
                continue
            lost = own_value(game, p, x) - answered.values[p]
            if lost <= BETTER * answered.sizes[p]:
                continue
            points = [y for y in (answered.x, answered.own[p]) if y is not None]
            links, whole = self.exact.links[p], self.decisions(p) < np.inf
            real = bool(np.any(game.kind[game.owner == p] != INTEGER))
            fresh = [y for y in points if (p, self.pattern(p, y)) not in self.assignments]
            if real and self.decisions(p) <= FEW and len(self.assignments) >= ENOUGH:
                fresh = []
            # Whole answers tell the master their values where they are possible.
            if whole and (real or not fresh):
                key = (p, np.round(x[links]).astype(np.int64).tobytes())
                more |= key not in self.known
                self.known.setdefault(key, Known(p, x, answered.values[p], links))
            if fresh:
                more, large = True, self.exact.enlarged(p, fresh[0])
                if (p, self.pattern(p, large)) in self.assignments:
                    large = fresh[0]
                self.assignments[p, self.pattern(p, large)] = Assignment(p, large)
            if fresh or whole:
                continue
            for y in points:
                key = (p, self.pattern(p, y))
                if self.assignments[key].margin == 0.0:
                    self.assignments[key] = replace(self.assignments[key], margin=MARGIN)
                    self.restricted = more = True
        return more

    def settled(self) -> bool:
        """Whether nothing is left to decide that would move an answer, so that one set of answers is the game."""
        game, linked = self.setting.game, self.exact.linked
        return bool(np.all(game.lower[linked] == game.upper[linked]))

    def decisions(self, p: int) -> float:
        """How many decisions of the leader move what p answers; inf where one of them is real or has no bound."""
        game, links = self.setting.game, self.exact.links[p]
        if np.any(game.kind[links] != INTEGER):
            return np.inf
        return float(np.prod(np.floor(game.upper[links]) - np.ceil(game.lower[links]) + 1.0))

    def pattern(self, p: int, x: Floats) -> bytes:
        """The whole numbers and switches of player p at x."""
        game = self.setting.game
        own = game.owner == p
        whole = np.round(x[own & (game.kind == INTEGER)]).astype(np.int64)
        on = np.abs(x[own & (game.kind == SEMICONTINUOUS)]) > SWITCHED_ON
        return bytes(whole.tobytes() + on.tobytes())

    def noted(self) -> None:
        setting = self.setting
        leader = setting.game.players[setting.leader]
        unit = float(setting.game.objective_factor[setting.leader])
        shown = (
            {} if self.best is None else {f"{leader.name}.{leader.objective}": leader.sense * self.best.value * unit}
        )
        gap = np.inf if self.best is None else max(0.0, self.best.value - self.near) / self.best.size
        self.steps.append(Step(len(self.steps) + 1, shown, float(gap), self.exact.elapsed()))
        self.request.watch.tell(self.steps[-1])

    def ended(self, status: Status) -> Found:
        game, leader = self.setting.game, self.setting.leader
        sense, best = game.players[leader].sense, self.best
        count = len(self.assignments)
        mixed = np.flatnonzero(self.exact.mixed).tolist()
        names = ", ".join(dict.fromkeys(f"`{self.exact.told(p)}`" for p in mixed[:3]))
        notes = [
            f"{len(self.steps)} master problems with {count} answers of followers with whole numbers ({names})",
            *self.notes,
        ]
        evidence: tuple[Diagnostic, ...] = ()
        if status is Status.LIMIT and self.restricted and not self.exact.spent():
            evidence = (self.not_attained(),)
        return Found(
            status=status,
            solver=self.solver,
            x=None if best is None else best.x,
            prices=None if best is None else best.prices,
            claimed={} if best is None else {leader: sense * best.value},
            bound={leader: sense * self.bound},
            ledger=self.ledger(),
            notes=tuple(notes),
            seconds=self.exact.seconds,
            complementarity=self.how,
            history=tuple(self.steps),
            evidence=evidence,
        )

    def ledger(self) -> tuple[Bound, ...]:
        """The bounds that were assumed, in the units of the file."""
        game = self.game
        unit = np.ones(game.columns) if game.column_unit is None else game.column_unit
        slacks = (
            np.full(len(self.open), np.nan) if self.best is None or self.best.x is None else self.slacks(self.best.x)
        )
        found = []
        for column, slack in zip(self.open.tolist(), slacks.tolist(), strict=True):
            above = np.isinf(self.setting.game.upper[column])
            value = (game.upper if above else game.lower)[column] * unit[column]
            label = block_of(game.column_blocks, column).numbered(game.column_label(column))
            found.append(Bound(label, float(value), "assumed", float(slack * unit[column])))
        return tuple(found)

    def not_attained(self) -> Diagnostic:
        """G809, for a search that had to keep away from where answers become possible."""
        game = self.setting.game
        leader = game.players[self.setting.leader]
        p = next(a.player for a in self.assignments.values() if a.margin > 0)
        links = self.exact.links[p]
        real = [game.column_label(c) for c in links[game.kind[links] != INTEGER].tolist()]
        told = ", ".join(f"`{name}`" for name in real[:3])
        return Diagnostic(
            "G809",
            f"the best value of `{leader.name}` may be approached but not attained",
            leader.objective_span or leader.span,
            "has an infimum, but no optimum that was found",
            notes=(
                f"as {told} comes near to where another answer of `{self.exact.told(p)}` becomes possible, that"
                " player changes its mind there and not before",
                f"the values keep {MARGIN:g} away from there; the gap shows what the rest might be worth",
            ),
            hints=(
                Hint("`integer` decisions of the leader in the follower's constraints always have a best value"),
                Hint("a constraint of the leader can keep a distance that means something in the model"),
            ),
        )

    def endless(self) -> DiagnosticError:
        game = self.setting.game
        leader = game.players[self.setting.leader]
        return DiagnosticError(
            [
                Diagnostic(
                    "G802",
                    f"the objective of `{leader.name}` has no bound that its followers' answers would give it",
                    leader.objective_span or leader.span,
                    hints=(Hint("give bounds to the variables that stand in it, whosever they are"),),
                )
            ]
        )
