"""A Program with complementary pairs in, its best point out, by the reformulation asked for or chosen, with the ledger
of all bounds that the answer rests on.

`auto`: SOS1 by SCIP, which needs no bound, helped by derived bounds and `conditional_cuts` from `SOME` pairs on; big-M
by HiGHS from `MANY` pairs on, where every multiplier has a small bound that is proven and leaders set followers'
prices, not their limits; big-M for `--solver highs` in any case; no search where a relaxation's bound is met
(`met_bounds`). A bound is assumed only if the user gives one; a multiplier that reaches it makes it 100 times larger,
then SOS1 decides. From `SOME` pairs on prices keep to where followers notice them (`noticed_prices`), and SOS1
begins at the best of local answers (`relaxed_pairs`, `answered_points`), which changes nothing of what is proved. A
point is solved once more with its pattern held, so that values are exact.
Reference: measured on random bilevel LPs and priced markets; Kleinert and Schmidt, INFORMS J. Computing 35 (2023) 198.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats
from compiler.reformulations.column_bounds import ColumnBounds, Source, with_bounds
from compiler.reformulations.complementarity_big_m import LARGEST, complementarity_big_m, fit
from compiler.reformulations.complementarity_product import complementarity_product
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_products
from compiler.reformulations.fixed_pattern import with_pattern_fixed
from compiler.reformulations.program import Program
from compiler.reformulations.registry import COMPLEMENTARITIES
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from runtime.methods.answered_points import answered_points
from runtime.methods.conditional_cuts import conditional_cuts
from runtime.methods.counted_work import PATIENCE, CountedWork
from runtime.methods.derived_bounds import SHARE, derived_bounds, without_what_bends
from runtime.methods.gap_answers import GapAnswers
from runtime.methods.met_bounds import met_bound
from runtime.methods.method import Request, solved
from runtime.methods.noticed_prices import noticed_prices
from runtime.methods.pair_outcomes import decided, exact, ledger, narrowed, no_worse, proven
from runtime.methods.pairs_without_bounds import pairs_without_bounds
from runtime.methods.relaxed_pairs import beside, relaxed_pairs
from runtime.methods.turned_decisions import turned
from runtime.result import Bound
from runtime.solvers.highs import Highs
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options, Outcome, Solver

SOME = 30
"""Pairs from which on deriving bounds pays: below, SOS1 alone takes 0.02 s."""

START_STARTS, START_PATIENCE, START_SHARE = 1, 10.0, 0.15
"""Where the search begins: starts for IPOPT; at most so many seconds for each way to find a point, as `CountedWork`
counts, and this part of the time limit."""

MANY = 100
"""Pairs from which on big-M is tried first, if its bounds are small."""

SMALL = 1e3
"""Largest multiplier bound, in the Program's scaled units, that counts as small."""

CLOSER = 1e-7
"""SCIP's tolerance where its own, 1e-6, leaves too wide a gap. A smaller one has its LP solver fail."""

EASY = 100
"""Nodes that SCIP has to show it, in 0.05 s: of 32 random bilevel LPs with 30 to 90 pairs ten took fewer, nine at
most 27; a priced market of 85 pairs takes more than 30."""

NEAR = 0.1
"""Gap, relative, below which a relaxation's promise is nearly kept."""

MET = "relaxation"
"""Stands for a reformulation where none was needed."""

ENLARGED = 100.0
"""Factor by which an assumed bound that was reached is made larger."""


@dataclass(frozen=True, eq=False)
class PairAnswer:
    """`outcome` is of the Program given (`z` in its columns); `how` the reformulation's name; `assumed` whether the
    proof rests on a bound that nobody proved."""

    outcome: Outcome
    solver: str
    how: str
    ledger: tuple[Bound, ...]
    notes: tuple[str, ...]
    assumed: bool


PairSolver = Callable[[GroundGame, Program, Floats | None, Request], PairAnswer]
"""What solves the Program of optimality conditions: `solve_pairs`, or something weaker."""


def solve_pairs(
    game: GroundGame, program: Program, unit: Floats | None, request: Request, known: Floats | None = None
) -> PairAnswer:
    """See the module. `unit` (k,) is what 1 in each column is in the file's units; `known` (k,) the answer to a problem
    like this one, whose pattern is where the search begins. Raises DiagnosticError: G710 for a pair without a bound
    where only big-M is allowed, and as `solved`."""
    begun = time.perf_counter()
    search = _Search(game, program, np.ones(program.columns) if unit is None else unit, request, begun)
    name = request.complementarity
    if name != "auto" and name not in COMPLEMENTARITIES:
        hints = did_you_mean(name, COMPLEMENTARITIES) or (Hint(f"they are auto, {', '.join(COMPLEMENTARITIES)}"),)
        raise DiagnosticError([Diagnostic("G807", f"there is no complementarity `{name}`", hints=hints)])
    count = len(program.complementary)
    if name == "auto" and request.solver != "highs" and count < SOME:
        return search.by("sos1", program, ColumnBounds.of(program))
    first, spent = None, 0.0
    if name == "auto" and known is not None and request.solver != "highs":
        first = search.beside(known) or search.point()
        if first is not None:
            at_once = search.at_once(first)
            if at_once is not None and at_once.outcome.ending is Ending.OPTIMAL:
                return at_once
            spent = 0.0 if at_once is None else at_once.outcome.seconds
    if count >= SOME:
        program = noticed_prices(game, program)
        search = replace(search, program=program)
    if name == "auto" and request.solver == "auto":
        met = met_bound(game, program, request.options, search.briefly())
        if met is not None:
            words = f"{count} complementary pairs kept by followers' answers that are worth what a relaxation promises"
            return PairAnswer(replace(met, seconds=met.seconds + spent), Highs().name, MET, (), (words,), False)
        if count < MANY and search.is_easy():
            return search.by("sos1", program, ColumnBounds.of(program))
    sos1 = name == "sos1" or (name == "auto" and request.solver != "highs" and not search.sets_prices())
    derived = derived_bounds(game, program, request.time_limit, tight=not sos1)
    bounded, bounds = with_bounds(derived.program, derived.bounds), derived.bounds
    if name == "auto" and request.solver != "highs":
        name = "sos1"
        if search.suits_big_m(bounded, bounds):
            name = "big_m"
            if not search.is_nearly_met(bounded):
                # Rows of the primal-dual inequality have served: with them HiGHS is slower, and ends with wider gaps.
                bounds = bounds.of_first(program.columns)
                bounded = with_bounds(program, bounds)
    if name in ("auto", "big_m"):
        found = search.by_big_m(bounded, bounds)
    else:
        found = search.by(name, bounded, bounds, first=first)
    return replace(found, outcome=replace(found.outcome, seconds=found.outcome.seconds + derived.inside + spent))


@dataclass(frozen=True, eq=False)
class _Search:
    game: GroundGame
    program: Program
    unit: Floats
    request: Request
    begun: float

    def at_once(self, first: Outcome) -> PairAnswer | None:
        """By SOS1 from the point `first`, without bounds, which take longer to derive than this may take; None where
        the solver fails, as SCIP may without bounds."""
        left = self.left()
        limit = PATIENCE if left.time_limit is None else min(PATIENCE, SHARE * left.time_limit)
        brief = replace(self, request=replace(left, time_limit=limit), begun=time.perf_counter())
        try:
            return brief.by("sos1", self.program, ColumnBounds.of(self.program), first=first)
        except DiagnosticError:
            return None

    def is_easy(self) -> bool:
        """Whether SCIP alone solves it with SOS1 sets in `EASY` nodes: then bounds and cuts are not worth their time.
        Products would make each node a search of its own."""
        if not self.program.linear or Scip().missing():
            return False
        few = replace(self.left().options, nodes=EASY)
        return Scip().solve(complementarity_sos1(self.program), few).ending is Ending.OPTIMAL

    def beside(self, known: Floats) -> Outcome | None:
        """The point next to the `known` one that keeps all pairs, in the Program's columns."""
        return beside(self.program, self.request.options, known, self.briefly())

    def briefly(self) -> CountedWork:
        """For a point to begin from."""
        return CountedWork.within(self.request.time_limit, START_SHARE, START_PATIENCE)

    def suits_big_m(self, bounded: Program, bounds: ColumnBounds) -> bool:
        """Whether HiGHS takes the Program, which is one for it, every pair has bounds, and those of multipliers are
        small."""
        pairs = bounded.complementary
        if not self.sets_prices() or not fit(bounded, bounds).all() or np.max(bounds.upper[pairs[:, 0]]) > SMALL:
            return False
        return self.request.solver == "auto" and not Highs().refuses(complementarity_big_m(bounded, bounds))

    def sets_prices(self) -> bool:
        """Whether pairs are many and others' decisions are prices to the followers: where they enter followers' rows
        instead, relaxations are weak with binaries, and of random bilevel LPs with 200 pairs HiGHS has often no point
        after a minute."""
        if len(self.program.complementary) < MANY:
            return False
        duality = Duality.of(self.game, self.program)
        for follower in np.unique(duality.owner).tolist():
            _, pushes = gap_products(self.program, duality, follower)
            if len(pushes[0]):
                return False
        return True

    def is_nearly_met(self, bounded: Program) -> bool:
        """Whether followers' answers to the decisions of this relaxation are worth nearly what it promises: then its
        rows are most of a proof. A park market is proved in 1 s with them, and not in 40 s without."""
        best = answered_points(self.game, self.program, bounded, self.request.options, None, self.briefly(), most=1)
        return best is not None and best.objective - best.bound <= NEAR * max(1.0, abs(best.objective))

    def by(
        self,
        name: str,
        bounded: Program,
        bounds: ColumnBounds,
        notes: tuple[str, ...] = (),
        first: Outcome | None = None,
    ) -> PairAnswer:
        """By a reformulation that assumes nothing, from the point `first`, if there is one."""
        count = len(self.program.complementary)
        if name == "sos1" and bounded is not self.program and count >= SOME:
            # The followers' answers give as good a point as IPOPT does; of 200 pairs the best of both is better.
            first = self.point() if first is None and count >= MANY else first
            bounded, bounds = self.cut(bounded, bounds, first)
            first = self.improved(bounded, first) or self.point()
        ready = COMPLEMENTARITIES[name].apply(self.game, bounded, bounds)
        solver, outcome = solved(ready, self.left(), None if first is None else self.completed(ready, first))
        if outcome.ending is Ending.INFEASIBLE and (name != "sos1" or bounded is not self.program) and not self.spent():
            # SCIP has called problems with products infeasible that are not: the plainest form has the last word.
            plain = complementarity_sos1(self.program)
            if not solver.refuses(plain):
                second = solver.solve(plain, self.left().options)
                if second.ending is not Ending.INFEASIBLE:
                    doubt = f"{COMPLEMENTARITIES[name].words} led {solver.name} to no point: plain SOS1 sets decided"
                    return self.by("sos1", self.program, ColumnBounds.of(self.program), (*notes, doubt))
        if outcome.ending is Ending.INFEASIBLE and first is None and not self.program.linear:
            # SCIP has said so of conditions with products that points satisfy: one is looked for.
            first = self.point()
        outcome, doubts = no_worse(outcome, first, solver.name)
        notes = (*notes, *doubts)
        best = self.exact(outcome)
        if outcome.ending is Ending.OPTIMAL and best.gap > self.request.options.gap and not self.spent():
            # What the solver proved within its tolerances is wider than asked for, now that the point is exact.
            left, patience = self.left(), 1.0 + outcome.seconds
            limit = patience if left.time_limit is None else min(patience, left.time_limit)
            closer = replace(left, tolerance=CLOSER, gap=0.1 * self.request.options.gap, time_limit=limit)
            second = solver.solve(ready, closer.options)
            again = self.exact(second)
            if second.ending is Ending.OPTIMAL and second.z is not None and again.gap < best.gap:
                agree = abs(again.objective - best.objective) <= 1e-5 * max(1.0, abs(best.objective))
                outcome, best = (second, again) if agree else (outcome, best)
        wide = outcome.ending is Ending.OPTIMAL and best.gap > self.request.options.gap
        if name in ("product", "strong_duality") and (wide or self.proven(outcome) is None) and not self.spent():
            # A product within SCIP's tolerance of 0 leaves each factor its square root: the point may be better than
            # any exact one, and nothing but an exact one shows it.
            doubt = f"SCIP's tolerance on {COMPLEMENTARITIES[name].words} was too wide: SOS1 sets decided"
            return self.by("sos1", bounded, bounds, (*notes, doubt))
        ledger = self.ledger(bounded, bounds, outcome.z, declared=False)
        words = f"{count} complementary pairs as {COMPLEMENTARITIES[name].words}, no bound on a multiplier assumed"
        return PairAnswer(best, solver.name, name, ledger, (words, *notes), False)

    def cut(self, bounded: Program, bounds: ColumnBounds, first: Outcome | None) -> tuple[Program, ColumnBounds]:
        """The Program with conditional cuts in place of the primal-dual one, where they help."""
        bare = bounds.of_first(self.program.columns)
        plain = with_bounds(self.program, bare)
        enough = np.inf
        if first is not None:
            enough = first.objective - self.request.options.gap * max(1.0, abs(first.objective))
            relaxed = without_what_bends(bounded)
            if not Highs().refuses(relaxed) and Highs().solve(relaxed, Options(START_PATIENCE)).bound >= enough:
                return bounded, bounds
        work = CountedWork.within(self.request.time_limit, SHARE)
        ready = conditional_cuts(self.game, plain, Duality.of(self.game, plain), bare, enough, work)
        return (bounded, bounds) if ready is None else (ready, bare.padded(ready))

    def improved(self, bounded: Program, first: Outcome | None) -> Outcome | None:
        """The best point that the relaxation `bounded` and turning single decisions lead to, `first` included."""
        options = self.request.options
        best = answered_points(self.game, self.program, bounded, options, first, self.briefly())
        if best is None:
            return best
        return turned(self.program, GapAnswers(self.game, self.program), options, best, self.briefly())

    def point(self) -> Outcome | None:
        """A point with all pairs that IPOPT finds, in the Program's columns: with 60 pairs of random bilevel LPs SCIP
        alone has often no point after a minute."""
        if Ipopt().missing() or Ipopt().refuses(complementarity_product(self.program)):
            return None
        outcome = relaxed_pairs(self.program, self.request.options, START_STARTS, work=self.briefly())
        return None if outcome.z is None else outcome

    def completed(self, ready: Program, first: Outcome) -> Floats | None:
        """The point with values for the columns that cuts have added; None where that is no LP or QP."""
        assert first.z is not None
        more = ready.columns - self.program.columns
        if not more:
            return first.z
        whole = with_pattern_fixed(ready, np.concatenate([first.z, np.zeros(more)]))
        if Highs().refuses(whole):
            return None
        return Highs().solve(whole, replace(self.left().options, time_limit=START_PATIENCE)).z

    def by_big_m(self, bounded: Program, bounds: ColumnBounds) -> PairAnswer:
        """By big-M; what is left over goes to SOS1, and so does all if a bound that was assumed proves too small."""
        pairs, count = bounded.complementary, len(bounded.complementary)
        others = self.request.solver != "highs"
        assumed = self.request.big_m
        notes: tuple[str, ...] = ()
        first = self.point() if others and count >= SOME and bounded.columns == self.program.columns else None
        while True:
            tops = bounds if assumed is None else self.with_assumed(bounded, bounds, assumed)
            usable = fit(bounded, tops)
            if not usable.all() and not others:
                raise pairs_without_bounds(self.game, self.program, self.unit, bounded, tops)
            ready = complementarity_sos1(complementarity_big_m(bounded, tops))
            # HiGHS is not told the point, with which it took longer on three of four markets of 24 hours.
            solver, outcome = solved(ready, self.left())
            on = tops.upper_source == Source.ASSUMED
            if not on[np.unique(pairs[usable])].any():
                break
            reached = outcome.z is None and outcome.ending is not Ending.LIMIT
            if outcome.z is not None:
                z = outcome.z[: len(on)]
                reached = bool(np.any(on & (z >= tops.upper * (1 - 1e-6))))
            if not reached:
                break
            assert assumed is not None
            if self.spent():
                notes += (f"an assumed bound of {assumed:g} was reached when the time was up",)
                break
            if np.all(tops.upper[on] >= LARGEST):
                if not others:
                    break
                notes += (f"an assumed bound of {assumed:g} was reached or too small: SOS1 decided instead",)
                return self.by("sos1", bounded, bounds, notes, first)
            notes += (f"an assumed bound of {assumed:g} was reached or too small and made {ENLARGED:g} times larger",)
            assumed *= ENLARGED
        if outcome.z is None and outcome.ending is Ending.INFEASIBLE and on.any():
            raise pairs_without_bounds(self.game, self.program, self.unit, bounded, bounds)
        if outcome.ending is Ending.INFEASIBLE and others and self.doubted(solver, ready):
            doubt = f"{solver.name} found no point with big-M, which another solver does not confirm: SOS1 decided"
            return self.by("sos1", bounded, bounds, (*notes, doubt), first)
        left = int((~usable).sum())
        words = f"{count - left} complementary pairs as binaries with big-M" + (
            f", {left} as SOS1 sets" if left else ""
        )
        resting = bool(on.any())
        notes = (words + ("" if resting else ", every bound derived"), *notes)
        ledger = self.ledger(bounded, tops, outcome.z, declared=True)
        point = decided(outcome, pairs[usable], bounded.columns)
        best = self.proven(point)
        if best is None:
            if others and not self.spent():
                doubt = "the tolerance of the binaries was too wide for big-M: SOS1 decided instead"
                return self.by("sos1", bounded, bounds, (*notes[1:], doubt), first)
            best = narrowed(self.program, point)
        best, doubts = no_worse(best, first, solver.name)
        return PairAnswer(best, solver.name, "big_m", ledger, (*notes, *doubts), resting)

    def doubted(self, solver: Solver, ready: Program) -> bool:
        """Whether SCIP does not find the Program infeasible as well. HiGHS has called one infeasible in which bounds of
        1e-5 stand beside ones of 1e3, and which SCIP solves."""
        second = Scip()
        if solver.name == second.name or second.missing() or second.refuses(ready) or self.spent():
            return False
        return second.solve(ready, self.left().options).ending is not Ending.INFEASIBLE

    def with_assumed(self, bounded: Program, bounds: ColumnBounds, value: float) -> ColumnBounds:
        """With `value`, in the file's units, for columns that have no bound that can be used, of pairs that need it."""
        columns = np.unique(bounded.complementary[~fit(bounded, bounds)])
        columns = columns[~(bounds.upper[columns] <= LARGEST)]
        upper, source = bounds.upper.copy(), bounds.upper_source.copy()
        upper[columns] = np.minimum(value / self.unit[columns], LARGEST)
        source[columns] = Source.ASSUMED
        return replace(bounds, upper=upper, upper_source=source)

    def exact(self, outcome: Outcome) -> Outcome:
        """The outcome for the Program given, polished where that is possible."""
        return exact(self.program, outcome, self.left().options) or narrowed(self.program, outcome)

    def proven(self, outcome: Outcome) -> Outcome | None:
        return proven(self.program, outcome, self.left().options)

    def ledger(self, bounded: Program, bounds: ColumnBounds, z: Floats | None, declared: bool) -> tuple[Bound, ...]:
        return ledger(self.program, self.game, self.unit, bounded, bounds, z, declared)

    def left(self) -> Request:
        """The request with the time that is left."""
        if self.request.time_limit is None:
            return self.request
        spent = time.perf_counter() - self.begun
        return replace(self.request, time_limit=max(0.1, self.request.time_limit - spent))

    def spent(self) -> bool:
        return self.request.time_limit is not None and time.perf_counter() - self.begun >= self.request.time_limit
