"""A Program with complementary pairs in, a point nearby which none is better out: IPOPT on a shrinking relaxation.

Each pair a*b = 0 becomes a*b <= t, and t goes to 0, each problem begun at the last one's answer (Scholtes). Then
the pattern is read, the smaller side of each pair is set to zero, and what is left, an LP, QP or smooth problem, is
solved once more: pairs hold exactly. Where both sides of a pair are zero the point may be left through the
other one; it is `LOCAL` if the problem in which such pairs are let go has no better point either (strong
stationarity, which suffices) or if all choices of their sides are tried, else `STATIONARY`. Several starts; nothing is
proven about points further away. Starts end early at a point as good as the problem without complementarity allows.
Reference: Scholtes, SIAM J. Optim. 11 (2001) 918; Scheel and Scholtes, Math. Oper. Res. 25 (2000) 1; Hoheisel,
    Kanzow and Schwartz, Math. Program. 137 (2013) 257.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from compiler.ground.sparse import Bools, Floats
from compiler.reformulations.complementarity_product import complementarity_product
from compiler.reformulations.program import Program
from runtime.methods.counted_work import CountedWork
from runtime.methods.polish import PATIENCE, TOLERANCE, polished
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.ipopt import FEASIBLE, Ipopt, Iterate, Nlp, starting_box
from runtime.solvers.solver import Ending, Options, Outcome

SHRINKING = (1e1, 1e-1, 1e-3, 1e-5, 1e-7)
"""Limits of the products, in the Program's scaled units. Measured: 1 or 3 of them are 3 to 5 times slower, or fail."""

STARTS = 10
"""Points to begin from: the middle of the bounds, the best point without complementarity, and random ones."""

ZERO = 1e-7
"""Both sides of a pair below this, at a point that is exact to `TOLERANCE`, may be let go."""

BETTER = 1e-7
"""How much better, relative, a point must be to be another one."""

CORNERS = 4
"""Pairs with both sides at zero up to which all choices of their sides are tried."""

SWAPS = 32
"""Most choices of sides tried at one point."""
STEPS = 100
"""Most moves from one pattern to a better one."""


def relaxed_pairs(
    program: Program,
    options: Options,
    starts: int = STARTS,
    begin: Floats | None = None,
    work: CountedWork | None = None,
) -> Outcome:
    """See the module. `z` satisfies all pairs exactly; without such a point FAILED, or LIMIT if time was short. `bound`
    is that of the problem without complementarity where HiGHS takes it, else minus infinity. `begin` (k,) is the first
    start in place of the middle of the bounds; `work` ends what the clock would end without it. Raises ValueError for
    a Program that IPOPT does not take.
    """
    begun = time.perf_counter()
    relaxed = complementarity_product(program)
    refusal = Ipopt().refuses(relaxed)
    if refusal:
        raise ValueError(refusal)
    search = _Search(program, options, begun, work)
    free = search.solved(replace(program, complementary=np.zeros((0, 2), np.int64)), None)
    bound = -np.inf if free is None else free.bound
    path = _Path(program, relaxed)
    best: _Piece | None = None
    known: set[bytes] = set()
    tried, last = 0, ""
    for start in _starts(program, options.seed, starts, None if free is None else free.z, begin):
        if tried and search.over():
            break
        tried += 1
        point = path.follow(start, search.left(), work)
        last = point.status
        if not point.finite:
            continue
        off = _smaller(program, point.z)
        if off.tobytes() in known:
            continue
        known.add(off.tobytes())
        piece = search.descended(off, point.z)
        if piece is not None and (best is None or piece.rank < best.rank):
            best = piece
        if best is not None and best.objective <= bound + options.gap * max(1.0, abs(best.objective)):
            break
    seconds = time.perf_counter() - begun
    if best is None:
        ending = Ending.LIMIT if search.over() else Ending.FAILED
        message = f"no point that keeps all complementary pairs from {tried} starts, the last of which ended as {last}"
        return Outcome(ending, bound=bound, seconds=seconds, message=message)
    words = "starts" if tried > 1 else "start"
    return Outcome(best.ending, best.z, best.objective, bound, seconds=seconds, message=f"the best of {tried} {words}")


def beside(program: Program, options: Options, z: Floats, work: CountedWork | None = None) -> Outcome | None:
    """The point that moves from one pattern to a better one lead to, from that of z (k,), which need keep nothing but
    its pattern; None where no point of the Program has it. `bound` is minus infinity; `work` as in `relaxed_pairs`."""
    begun = time.perf_counter()
    piece = _Search(program, options, begun, work).descended(_smaller(program, z), z)
    if piece is None:
        return None
    return Outcome(piece.ending, piece.z, piece.objective, seconds=time.perf_counter() - begun)


@dataclass(frozen=True, eq=False)
class _Piece:
    """A solution `z` of the problem in which the sides `off` (p,) of the pairs, first ones where True, are zero."""

    off: Bools
    z: Floats
    objective: float
    ending: Ending

    @property
    def rank(self) -> tuple[float, bool]:
        return self.objective, self.ending is not Ending.LOCAL


class _Path:
    """The relaxed problem, which IPOPT solves for ever smaller limits of the products."""

    def __init__(self, program: Program, relaxed: Program) -> None:
        self.nlp = Nlp(relaxed)
        self.pairs = np.arange(program.rows, relaxed.rows)

    def follow(self, start: Floats, seconds: float, work: CountedWork | None) -> Iterate:
        """The last point at which IPOPT ended well, or the last one at all."""
        deadline = time.perf_counter() + seconds
        settings = {} if work is None else {"max_iter": max(1, work.steps(self.nlp.program))}
        solver = self.nlp.solver(seconds, mu_strategy="adaptive", tol=1e-8, **settings)
        high = self.nlp.high.copy()
        best: Iterate | None = None
        found: Iterate | None = None
        for limit in SHRINKING:
            high[self.pairs] = limit
            found = self.nlp.run(solver, start, high)
            if found.solved:
                best = found
            if found.finite:
                start = found.z
            if work is not None:
                work.add_steps(self.nlp.program, int(solver.stats()["iter_count"]))
            if time.perf_counter() >= deadline or (work is not None and not work.left()):
                break
        assert found is not None
        return best or found


@dataclass(frozen=True, eq=False)
class _Search:
    program: Program
    options: Options
    begun: float
    work: CountedWork | None

    def left(self) -> float:
        """Seconds by the clock."""
        if self.work is not None:
            return self.work.seconds()
        limit = self.options.time_limit
        return np.inf if limit is None else limit - (time.perf_counter() - self.begun)

    def over(self) -> bool:
        return self.left() <= 0 or (self.work is not None and not self.work.left())

    def descended(self, off: Bools, z: Floats) -> _Piece | None:
        """The piece of this pattern, left for a better one while there is one next to it."""
        piece = self.piece(off, z)
        for _ in range(STEPS):
            if piece is None or self.over():
                break
            better, local = self.beside(piece)
            if better is None:
                return piece if local else replace(piece, ending=Ending.STATIONARY)
            piece = better
        return None if piece is None else replace(piece, ending=Ending.STATIONARY)

    def beside(self, piece: _Piece) -> tuple[_Piece | None, bool]:
        """A better piece that shares z with this one, and whether there is none for sure."""
        pairs = self.program.complementary
        both = np.flatnonzero(np.all(piece.z[pairs] <= ZERO, axis=1))
        if not len(both):
            return None, True
        free = self.solved(self.without(piece.off, both), piece.z)
        if free is not None and free.z is not None:
            local = free.ending in (Ending.OPTIMAL, Ending.LOCAL)
            if not self.better(free.objective, piece.objective):
                return None, local
        else:
            free = None
        for off in self.corners(piece.off, both, None if free is None else free.z):
            other = self.piece(off, piece.z)
            if other is not None and self.better(other.objective, piece.objective):
                return other, False
            if self.over():
                return None, False
        return None, len(both) <= CORNERS

    def corners(self, off: Bools, both: np.ndarray, free: Floats | None) -> Iterator[Bools]:
        """Other choices of sides for the pairs `both`: all of them if they are few, else that of `free` and those that
        differ in one pair."""
        if len(both) <= CORNERS:
            for choice in product((False, True), repeat=len(both)):
                other = off.copy()
                other[both] = choice
                if np.any(other != off):
                    yield other
            return
        order = both
        if free is not None:
            other = off.copy()
            other[both] = _smaller(self.program, free)[both]
            if np.any(other != off):
                yield other
            held = free[np.where(off, *self.program.complementary.T)[both]]
            order = both[np.argsort(-held, kind="stable")]
        for k in order[:SWAPS].tolist():
            other = off.copy()
            other[k] = not other[k]
            yield other

    def piece(self, off: Bools, z: Floats) -> _Piece | None:
        outcome = self.solved(self.without(off, None), z)
        if outcome is None or outcome.z is None:
            return None
        exact = outcome.z.copy()
        exact[np.where(off, *self.program.complementary.T)] = 0.0
        if self.program.violation(exact) > FEASIBLE:
            return None
        ending = Ending.LOCAL if outcome.ending is Ending.OPTIMAL else outcome.ending
        return _Piece(off, exact, self.program.cost_at(exact), ending)

    def without(self, off: Bools, free: np.ndarray | None) -> Program:
        """The Program with the sides `off` at zero, pairs `free` let go."""
        zero = np.where(off, *self.program.complementary.T)
        upper = self.program.upper.copy()
        upper[zero if free is None else np.delete(zero, free)] = 0.0
        return replace(self.program, upper=upper, complementary=np.zeros((0, 2), np.int64))

    def solved(self, settled: Program, z: Floats | None) -> Outcome | None:
        """A Program without pairs: globally where it is an LP or convex QP, else from z, if there is one."""
        limit = min(PATIENCE, max(self.left(), 0.1))
        exact = replace(self.options, tolerance=TOLERANCE, time_limit=limit)
        if not Highs().refuses(settled):
            model = HighsModel(settled)
            outcome = model.solve(exact)
            if self.work is not None:
                self.work.add_lp(outcome, model)
            return outcome if outcome.ending is Ending.OPTIMAL else None
        if z is None:
            return None
        outcome = Ipopt().improve(settled, exact, z)
        if outcome.z is None or outcome.ending not in (Ending.LOCAL, Ending.STATIONARY):
            return None
        if settled.curves:
            return outcome
        better = polished(settled, outcome.z, exact)
        if better is None or better.z is None:
            return outcome
        return replace(outcome, z=better.z, objective=settled.cost_at(better.z))

    def better(self, one: float, other: float) -> bool:
        return one < other - BETTER * max(1.0, abs(other))


def _smaller(program: Program, z: Floats) -> Bools:
    """Of which pairs the first column is the smaller one: (p,)."""
    first, second = z[program.complementary].T
    smaller: Bools = first <= second
    return smaller


def _starts(program: Program, seed: int, count: int, free: Floats | None, begin: Floats | None) -> Iterator[Floats]:
    """`count` points: `begin` or the middle of the bounds, `free`, and random ones."""
    low, high = starting_box(program)
    yield 0.5 * (low + high) if begin is None else begin
    if free is not None and count > 1:
        yield free
    random = np.random.default_rng(seed)
    for _ in range(count - 1 - (free is not None)):
        yield random.uniform(low, high)
