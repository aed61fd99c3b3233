"""A search over the leader's decisions, the followers' answers exact at each: what `particle_swarm`,
`differential_evolution` and `cma_es` have in common.

Solves: one leader over followers that follow it directly. Followers that do not see each other may be of any class that
HiGHS or SCIP solves to a proof, whole numbers and nonconvex problems included; those that see each other, or whose
prices are used, are LPs or convex QPs. Only the decisions that followers see are searched, and these need bounds; all
else is settled exactly at each point (`runtime.methods.leader_value`), ties as declared. Where followers are for
`kkt`, the best points of several parts of the space are moved on to optima in the end (`PatternDescent`).
Proves: that every follower is at its best (the certificate solves each again). Of the leader nothing, beyond the bound
of the high-point relaxation, to which the gap is shown: the status is `limit`. It is `optimal` where that gap is
closed, where nothing is left to search, and where all decisions, being whole numbers, were tried.
Stops: after the generations asked for, at the time limit, or when whoever watches says so. The same seed gives the same
    answer, whatever the number and kind of workers.
Reference: Sinha, Malo and Deb, IEEE Trans. Evol. Comput. 22 (2018) 276 for searches of this kind.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from compiler.ground.sparse import Floats
from compiler.reformulations.high_point import high_point
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.history import Step
from runtime.methods.evaluations import Evaluations, Remembered, Stopped, evaluations
from runtime.methods.kkt import Kkt
from runtime.methods.leader_question import Evaluator, Question, joined_followers
from runtime.methods.leader_value import FAILED, Worth, ties_open
from runtime.methods.method import Found, Refusal, Request, pick_solver
from runtime.methods.pattern_descent import PatternDescent
from runtime.methods.sampler import Sampler
from runtime.methods.search_space import SearchSpace, linking, search_space, tightened
from runtime.methods.search_ties import tie_findings
from runtime.methods.setting import Setting, nobodys_rows
from runtime.result import Status
from runtime.solvers.solver import Options

GENERATIONS = 100
"""How many where the user sets no number."""

PATIENCE = 10.0
"""Seconds for the bound that the high-point relaxation gives; a tenth of the time limit where that is less."""

DESCENTS = 20
"""How often a point is moved on at most, each time to an optimum of one more pattern."""

BEGINNINGS = 5
"""Points from which they are moved on: the best one, and the best ones of other parts of the space."""

BATCH = 50
"""Decisions tried between two steps where all are."""

REMEMBERED = 1000
"""Points that are kept for that."""

GATHERED = 1e-9
"""Width of a generation in the unit box at which it can find nothing new."""

SOLVER = "highs and scip"
"""HiGHS solves what it takes, SCIP the rest."""

Make = Callable[[SearchSpace, int | None, int, Floats | None, bool], Sampler]
"""From the space, the population or None, a seed, a point of the unit box to begin at or None, and whether the best
points are moved on to an optimum nearby in the end, so that near is near enough."""


class LeaderSearch:
    """See the module."""

    def __init__(self, name: str, make: Make | None, least: int) -> None:
        """`make` makes the sampler, which needs a population of `least`; without one all decisions are tried."""
        self.name, self.make, self.least = name, make, least

    def refuses(self, setting: Setting) -> Refusal | None:
        if setting.leader < 0:
            return Refusal("there is not just one leader on one level", False)
        found = nobodys_rows(setting) or tie_findings(setting, joined_followers(setting))
        if not found and joined_followers(setting):
            refusal = Kkt().refuses(setting)
            if refusal is not None:
                return Refusal(f"followers see each other, or prices are used, and {refusal.reason}", False)
        if not found:
            space = search_space(setting, linking(setting))
            found = space if isinstance(space, tuple) else ()
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        space = search_space(setting, linking(setting))
        assert isinstance(space, SearchSpace), "a game that was refused"
        for option, number, least in (
            ("population", request.search.population, self.least),
            ("generations", request.search.generations, 1),
            ("workers", request.search.workers, 1),
        ):
            if number is not None and number < least:
                headline = f"{option} {number} does not fit: method `{self.name}` needs {least} at least"
                raise DiagnosticError([Diagnostic("G807", headline)])
            if number is not None and self.make is None and option != "workers":
                headline = f"{option} {number} does not fit: method `{self.name}` tries all decisions"
                raise DiagnosticError([Diagnostic("G807", headline)])
        for option, wanted in (("solver", request.solver), ("complementarity", request.complementarity)):
            if wanted != "auto":
                why = f"method `{self.name}` gives each problem to a solver that takes it, as it is"
                hint = Hint(f"leave `--{option}` to `auto`, or use `--method kkt`")
                raise DiagnosticError([Diagnostic("G807", f"{option} `{wanted}` does not fit: {why}", hints=(hint,))])
        return _Run(self, setting, tightened(space, setting.game), request).found()


def relaxed_bound(setting: Setting, request: Request) -> float:
    """A bound of the leader's objective, as if minimised, from the relaxation without anybody's optimality; -inf
    without one."""
    program = high_point(setting.game, setting.leader)
    limit = PATIENCE if request.time_limit is None else min(PATIENCE, 0.1 * request.time_limit)
    outcome = pick_solver(program, Request()).solve(program, Options(limit, request.options.gap, request.seed))
    return float(outcome.bound)


@dataclass
class _Best:
    """The best row so far, by Deb's rule, and how many were seen and failed."""

    decision: Floats | None = None
    value: float = np.inf
    violation: float = np.inf
    objectives: Floats = field(default_factory=lambda: np.zeros(0))
    seen: int = 0
    failed: int = 0
    endless: bool = False
    good: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """Rows with a value, the best `REMEMBERED` of them in order."""

    def sees(self, rows: Floats, d: int) -> bool:
        """Whether one of the rows is better."""
        self.seen += len(rows)
        values, violations = rows[:, d], rows[:, d + 1]
        self.failed += int(np.sum(violations >= FAILED))
        self.endless |= bool(np.any(np.isneginf(values)))
        valued = rows[(violations == 0) & np.isfinite(values)]
        if len(valued):
            self.good = np.concatenate([self.good, valued]) if len(self.good) else valued
            self.good = self.good[np.argsort(self.good[:, d], kind="stable")[:REMEMBERED]]
        first = int(np.lexsort((values, violations))[0])
        better = (violations[first], values[first]) < (self.violation, self.value)
        if better:
            self.decision, self.value, self.violation = rows[first, :d], values[first], violations[first]
            self.objectives = rows[first, d + 2 :]
        return better


class _Run:
    def __init__(self, method: LeaderSearch, setting: Setting, space: SearchSpace, request: Request) -> None:
        self.method, self.setting, self.space, self.request = method, setting, space, request
        self.journal = request.journal.taken()
        self.begun = self.journal.begun()
        self.deadline = np.inf if request.time_limit is None else self.begun + request.time_limit
        self.best = _Best()
        self.steps: list[Step] = []
        self.generations = GENERATIONS if request.search.generations is None else request.search.generations
        self.moves_on = not setting.gloomy().any() and Kkt().refuses(setting) is None
        self.ended = ""
        self.descended = ""

    def found(self) -> Found:
        search = self.request.search
        alone = replace(search, workers=1, executor="auto")
        question = Question(self.setting, self.space, self.request.gap, self.request.seed, alone)
        all_tried = False
        with evaluations(
            question, search.workers or 1, search.executor, self.deadline, self.request.watch.stop
        ) as live:
            work = Remembered(live, self.journal)
            try:
                if self.space.size == 0:
                    self._seen(work, np.zeros((1, 0)), "the followers see no decision of the leader")
                    all_tried = True
                elif self.method.make is None:
                    self._all(work, BATCH)
                    all_tried = True
                else:
                    sampler = self.method.make(
                        self.space, search.population, self.request.seed, self._first(), self.moves_on
                    )
                    first = sampler.ask()
                    if self.space.points <= len(first) * self.generations:
                        self._all(work, len(first))
                        all_tried = True
                    else:
                        self._search(work, sampler, first)
            except Stopped:
                self.journal.end(self.request.watch.stop())
                self.ended = "stopped" if self.request.watch.stop() else "the time limit came"
        return self._told(question, all_tried)

    def _first(self) -> Floats | None:
        """Where the user's starting values are, in the unit box; None without any."""
        start = self.setting.game.start[self.space.columns]
        if np.isnan(start).all():
            return None
        places: Floats = self.space.places(start[None, :])[0]
        return np.where(np.isnan(start), 0.5, places)

    def _search(self, work: Evaluations, sampler: Sampler, points: Floats) -> None:
        d = self.space.size
        for generation in range(self.generations):
            decisions = self.space.decisions(points)
            distinct, where = np.unique(decisions, axis=0, return_inverse=True)
            rows = work.rows(distinct)
            better = self.best.sees(rows, d)
            rows = rows[where.reshape(-1)]
            without = int(np.sum(rows[:, d + 1] > 0))
            word = sampler.tell(self._places(points, decisions, rows[:, :d]), rows[:, d], rows[:, d + 1])
            notes = [f"{without} of {len(rows)} points without a value"] if without else []
            self._step(generation + 1, [*notes, *(["better"] if better else []), *([word] if word else [])])
            if self.best.endless:
                return
            points = sampler.ask()
            if np.max(np.ptp(points, axis=0)) <= GATHERED and self.best.violation == 0:
                self.ended = f"all points of generation {generation + 2} are the same"
                return
        self.ended = f"after {self.generations} generations"

    def _places(self, points: Floats, decisions: Floats, moved: Floats) -> Floats:
        """Where the points are after their decisions were moved to ones that keep the leader's own rows."""
        return np.where(moved == decisions, points, self.space.places(moved))

    def _all(self, work: Evaluations, size: int) -> None:
        points = self.space.all_points()
        for k in range(0, len(points), size):
            self._seen(work, points[k : k + size], f"{min(k + size, len(points))} of {len(points)} decisions tried")

    def _seen(self, work: Evaluations, decisions: Floats, note: str) -> None:
        self.best.sees(work.rows(decisions), self.space.size)
        self._step(len(self.steps) + 1, [note])

    def _step(self, iteration: int, notes: list[str]) -> None:
        objectives: dict[str, float] = {}
        if self.best.violation == 0:
            players = self.setting.game.players
            told = self.best.objectives * self.setting.game.objective_factor
            objectives = {f"{p.name}.{p.objective}": v for p, v in zip(players, told.tolist(), strict=True)}
        seconds = time.perf_counter() - self.begun
        step = Step(iteration, objectives, float("nan"), seconds, "; ".join(notes))
        self.steps.append(step)
        self.request.watch.tell(step)

    def _told(self, question: Question, all_tried: bool) -> Found:
        best, leader = self.best, self.setting.leader
        sense, spent = self.setting.game.players[leader].sense, time.perf_counter() - self.begun
        if best.endless:
            return Found(Status.UNBOUNDED, SOLVER, seconds=spent, history=tuple(self.steps))
        open_ties = not joined_followers(self.setting) and ties_open(self.setting)
        settled = all_tried and not best.failed and not self.ended and not open_ties
        if best.decision is None or best.violation > 0:
            status = Status.INFEASIBLE if settled else Status.LIMIT
            history = tuple(self.steps)
            return Found(status, SOLVER, seconds=spent, history=history, evidence=(self._nothing(),))
        evaluator = Evaluator(question)
        worth = evaluator.worth(best.decision)
        assert worth.x is not None, "an evaluation that gives another result the second time"
        if not settled:
            worth = self._descended(evaluator, worth)
        bound = worth.value if settled else relaxed_bound(self.setting, self.request)
        gap = (worth.value - bound) / max(1.0, abs(worth.value))
        proven = gap <= self.request.options.gap
        return Found(
            status=Status.OPTIMAL if proven else Status.LIMIT,
            solver=SOLVER,
            x=worth.x,
            prices=worth.prices,
            claimed={leader: sense * worth.value},
            bound={**worth.bounds, leader: sense * min(bound, worth.value)},
            notes=self._notes(settled, proven),
            seconds=time.perf_counter() - self.begun,
            history=tuple(self.steps),
            evidence=() if proven else (self._unproven(gap),),
        )

    def _descended(self, evaluator: Evaluator, worth: Worth) -> Worth:
        """The best of what the point, and others that lie elsewhere, are moved on to."""
        setting, found = self.setting, worth.value
        if not self.moves_on:
            return worth
        descent = PatternDescent(setting)
        worth = self._moved_on(descent, evaluator, worth)
        for decision in self._elsewhere():
            if time.perf_counter() >= self.deadline or self.request.watch.stop():
                break
            other = evaluator.worth(decision)
            if other.x is not None:
                other = self._moved_on(descent, evaluator, other)
                worth = other if other.value < worth.value else worth
        if worth.value < found:
            assert worth.x is not None
            self.best.objectives = setting.game.objectives_at(worth.x)
            unit = setting.game.players[setting.leader].sense * setting.game.objective_factor[setting.leader]
            self.descended = (
                f"then, the followers' binding constraints held, moved on from {unit * found:.9g} to "
                f"{unit * worth.value:.9g}"
            )
            self._step(len(self.steps) + 1, [self.descended])
        return worth

    def _moved_on(self, descent: PatternDescent, evaluator: Evaluator, worth: Worth) -> Worth:
        """The point, as long as the constraints that bind followers may stay and the leader gains."""
        for _ in range(DESCENTS):
            left = self.deadline - time.perf_counter()
            assert worth.x is not None
            x = descent.from_point(worth.x, max(0.0, left) if np.isfinite(left) else None) if left > 0 else None
            moved = None if x is None else evaluator.worth(x[self.space.columns])
            if moved is None or moved.x is None or not moved.value < worth.value:
                break
            worth = moved
        return worth

    def _elsewhere(self) -> Floats:
        """The best decisions, none of them near the best one or another (multi level single linkage: Rinnooy Kan and
        Timmer, Math. Program. 39 (1987) 57); (k, d), k < `BEGINNINGS`."""
        d = self.space.size
        decisions = self.best.good[:, :d]
        places = self.space.places(decisions)
        # Half the side of a cube that is one of as many parts of the space.
        near = 0.5 * BEGINNINGS ** (-1.0 / d)
        open_, chosen = np.ones(len(places), np.bool_), list[int]()
        while open_.any() and len(chosen) < BEGINNINGS:
            chosen.append(int(np.argmax(open_)))
            open_ &= np.max(np.abs(places - places[chosen[-1]]), axis=1) > near
        return decisions[chosen[1:]]

    def _notes(self, settled: bool, proven: bool) -> tuple[str, ...]:
        d, seen = self.space.size, self.best.seen
        notes = [f"{d} {'decision' if d == 1 else 'decisions'} searched, best of {seen} points"]
        if settled and d:
            notes = [f"all {seen} decisions of the leader that its followers see were tried"]
        elif settled:
            notes = ["its followers see no decision of the leader, so nothing was searched"]
        elif proven:
            notes.append("the bound is that of the high-point relaxation, where followers do as told")
        if self.descended:
            notes.append(self.descended)
        if self.best.failed:
            notes.append(f"at {self.best.failed} points a solver failed")
        if self.ended:
            notes.append(f"ended: {self.ended}")
        return tuple(notes)

    def _unproven(self, gap: float) -> Diagnostic:
        """What a search proves of the leader: nothing, but for a gap."""
        player = self.setting.game.players[self.setting.leader]
        span, label, notes = player.objective_span or player.span, "its best is not proven", list[str]()
        refusal = Kkt().refuses(self.setting)
        if refusal is not None and refusal.diagnostics:
            why = refusal.diagnostics[0]
            span, label = (why.span, why.label) if why.span is not None else (span, label)
            notes = [f"why there is no proof: {why.headline}"]
        left = "and no bound of it is known"
        if np.isfinite(gap):
            left = f"and might be better by {gap:.2g} of its value, says the high-point relaxation"
        # All were tried, and yet that is no proof.
        words = "a solver failed at some" if self.best.failed else "not all best answers of followers are looked at"
        ended = self.ended or f"with all decisions, but {words}"
        return Diagnostic(
            "G805",
            f"the search ended ({ended}): of `{player.name}` this is the best of {self.best.seen} points, {left}",
            span,
            label,
            notes=("every follower is at its best, certified; that no decision of the leader is better is not", *notes),
            hints=self._hints(),
        )

    def _nothing(self) -> Diagnostic:
        """That no point has a value."""
        violation = self.best.violation
        if violation >= FAILED:
            words = "solvers failed at all of them"
        elif violation >= 1:
            words = "at each of them a follower has no best answer"
        else:
            words = "at each of them the followers' best answers break a constraint of the leader"
        headline = f"none of {self.best.seen} decisions of the leader has a value: {words}"
        if not self.best.seen:
            headline = "the search ended before a generation of the leader's decisions was evaluated"
        span = self.setting.game.players[self.setting.leader].span
        notes = (f"the search ended: {self.ended}",) if self.ended else ()
        return Diagnostic("G805", headline, span, "leads", notes=notes, hints=self._hints())

    def _hints(self) -> tuple[Hint, ...]:
        exact = (
            () if Kkt().refuses(self.setting) else (Hint("`--method kkt` proves what is best, or says how far it is"),)
        )
        return (
            *exact,
            Hint("more `--generations` or a larger `--population` look further; another `--seed` elsewhere"),
        )
