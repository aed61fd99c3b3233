"""Movers that decide in turns, or all at once, from one point on: where they come to rest, or the cycle they go round.

A mover goes to its best answer only if it gains by it, so ties do not keep an iteration alive. Decisions that rest are
looked at once more, all movers at the same point: what each could still gain there is the verdict on it.
Reference: Facchinei and Kanzow, 4OR 5 (2007) 173, section 5; for several leaders (diagonalisation) Hu and Ralph,
    Oper. Res. 55 (2007) 809.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints
from runtime.history import Step
from runtime.journal import Journal
from runtime.methods.method import Request
from runtime.methods.mover import Mover, Reply, reply_in
from runtime.methods.mover_problem import MoverProblem, distance
from runtime.result import Status

STILL = 1e-13
"""A gain below this part of the objective's terms is what rounding leaves of them: nobody moves far for it."""

NEAR = 1e-4
"""Relative distance up to which a best answer is taken for one that decisions converge to, however small the gain: it
falls with the square of the distance. Further away lies another answer that is as good."""

REGRET = 1e-6
"""Largest gain, over the terms of the objective, that a player may have left in an equilibrium: solvers hold
constraints to 1e-6 or 1e-7, which can move an objective by as much."""

FEASIBLE = 1e-6
"""Violations, over the size of their limits, from which on a decision must be left whatever it is worth."""

REST = 1e-9
"""Relative distance of decisions from best answers below which they rest, if the user asks for none."""

ITERATIONS = 200
"""Sweeps over all movers from one start, at most, if the user says nothing."""

STALLED = 12
"""Sweeps in which steps must become shorter by a tenth, or an iteration that has only rounding left to gain ends."""

LONGEST = 200
"""Iterations of the longest cycle that is looked for."""

GONE = 1e15
"""Decisions of this size have gone for good: doubles tell no unit apart there."""

RETURNED = 1e-6
"""Decisions that are back to within this part of the way they went since close a cycle."""


class Ending(Enum):
    """How an iteration from one start ended; the values are words for people."""

    RESTED = "came to rest"
    CYCLE = "go round in a cycle"
    ITERATIONS = "did not come to rest"
    ENDLESS = "grow without end"
    STUCK = "met a player without an answer"
    STATIONARY = "are stationary for everybody, but somebody gains by a longer way"
    NOWHERE = "met no point that is stationary for everybody"
    STOPPED = "were stopped"


@dataclass(frozen=True, eq=False)
class Verdict:
    """What each mover could gain at `x` (n,), all others as they are: `gains` (movers,) at most, `relative` to the
    terms of its objective; `settled` when that is rounding for all, and all their constraints hold. `bounds` are of
    objectives, in each player's own sense."""

    x: Floats
    prices: Floats
    gains: Floats
    relative: Floats
    bounds: Floats
    settled: bool
    replies: tuple[Reply, ...]

    @property
    def worst(self) -> float:
        return float(np.max(self.relative, initial=0.0))


@dataclass(frozen=True, eq=False)
class Walk:
    """`ending` at `states`: the last point, or those of the cycle in their order, each as (n,) with its prices (m,).
    `sweeps` were made; `words` say what happened where that is not all."""

    ending: Ending
    states: tuple[tuple[Floats, Floats], ...]
    sweeps: int
    words: str = ""


@dataclass(eq=False)
class Turns:
    """The iteration over `movers`; one object for all starts, so that steps are counted and solves kept.

    `settle` gives players on whom nobody moves their answers once leaders went only part of the way. `deadline` ends
    the iteration, `last` the verdicts (both of `time.perf_counter`). What the `journal` knows is not solved again.
    """

    game: GroundGame
    movers: Sequence[Mover]
    request: Request
    deadline: float
    last: float
    settle: Callable[[Floats], Floats] = lambda x: x
    journal: Journal = field(default_factory=Journal)
    begun: float = field(default_factory=time.perf_counter)
    steps: list[Step] = field(default_factory=list)
    seconds: float = 0.0
    solves: int = 0
    solvers: dict[str, None] = field(default_factory=dict)
    _own: dict[int, MoverProblem] = field(default_factory=dict)
    _asked: dict[int, tuple[Floats, Reply]] = field(default_factory=dict)

    @cached_property
    def decides(self) -> Ints:
        """All columns that move."""
        return np.concatenate([m.columns for m in self.movers])

    def stopped(self) -> bool:
        return time.perf_counter() >= self.deadline or self.request.watch.stop()

    def walk(self, start: Floats, order: Sequence[int], damping: float, words: str = "") -> Walk:
        """Sweeps from `start`, movers in this `order`, until they rest, repeat themselves, or a limit comes."""
        jacobi = self.request.iteration.order == "jacobi"
        rest = self.request.iteration.rest or REST
        most = self.request.iteration.iterations or ITERATIONS
        x, prices = start.copy(), np.full(self.game.rows, np.nan)
        states = [(x, prices)]
        moves: list[float] = []
        local = any(m.local for m in self.movers)
        nearby = local
        self.tell(x, float("nan"), words)
        for sweep in range(1, most + 1):
            if self.stopped():
                self.journal.end(self.request.watch.stop())
                return Walk(Ending.STOPPED, (states[-1],), sweep - 1)
            x, prices, gains, moved, stuck = self.sweep(x, prices, order, damping, jacobi, nearby)
            if stuck and len(stuck) == len(self.movers):
                return Walk(Ending.STUCK, (states[-1],), sweep, self.without_answer(stuck))
            who = [self.name(k) for k in np.flatnonzero(moved > rest).tolist()]
            self.tell(x, float(np.max(gains, initial=0.0)), f"moved: {_listed(who)}" if who else "nobody moved")
            if not np.max(np.abs(x[self.decides]), initial=0.0) < GONE:
                return Walk(Ending.ENDLESS, (states[-1],), sweep)
            step = float(np.max(moved, initial=0.0))
            moves.append(step)
            slow = len(moves) > STALLED and step > 0.9 * moves[-1 - STALLED]
            if not stuck and (step <= rest or (slow and float(np.max(gains, initial=0.0)) <= REGRET)):
                if not nearby:
                    return Walk(Ending.RESTED, ((x, prices),), sweep)
                # Nobody finds anything better nearby: now further away.
                nearby, moves = False, []
                continue
            nearby = local and not slow
            back = self.returned(x, states, moves)
            states.append((x, prices))
            if back:
                if stuck:
                    return Walk(Ending.STUCK, (states[-1],), sweep, self.without_answer(stuck))
                return Walk(Ending.CYCLE, tuple(states[-back:]), sweep)
        return Walk(Ending.ITERATIONS, (states[-1],), most)

    def sweep(
        self, x: Floats, prices: Floats, order: Sequence[int], damping: float, jacobi: bool, nearby: bool = False
    ) -> tuple[Floats, Floats, Floats, Floats, list[int]]:
        """All movers once: the new point and prices, relative gains and distances to the best answers (movers,), and
        who has no answer."""
        gains, moved, stuck = np.zeros(len(self.movers)), np.zeros(len(self.movers)), []
        here = x
        for k in order:
            mover, at = self.movers[k], here if jacobi else x
            reply = self.ask(k, at, nearby=nearby)
            if reply.part is None:
                stuck.append(k)
                gains[k] = np.inf
                continue
            gain = self.gain(k, at, reply.value)
            gains[k] = max(0.0, gain)
            # Less than now is to be had where followers have yet to answer to what others decided.
            same = abs(gain) <= STILL
            away = distance(at, reply.part, mover, mover.decides if same else mover.columns)
            if same and away > NEAR and not self.violated(k, at):
                prices = self.prices_of(k, x, prices, reply, 0.0)
                continue
            moved[k] = away
            x = x.copy()
            partly = damping < 1.0 and not mover.discrete and not self.violated(k, at)
            part = damping if partly else 1.0
            x[mover.columns] = at[mover.columns] + part * (reply.part - at[mover.columns])
            prices = self.prices_of(k, x, prices, reply, 0.0)
        if (damping < 1.0 or jacobi) and moved.any():
            x = self._settled(x)
        return x, prices, gains, moved, stuck

    def verdict(self, x: Floats, prices: Floats, seconds: float | None = None) -> Verdict:
        """All movers at the same point, none of them moving, each within so many seconds."""
        count = len(self.movers)
        gains, relative, bounds = np.full(count, np.inf), np.full(count, np.inf), np.full(count, np.nan)
        settled, replies = True, []
        actual = self.game.objectives_at(x)
        for k, mover in enumerate(self.movers):
            reply = self.ask(k, x, seconds, True)
            replies.append(reply)
            player = self.game.players[mover.player]
            size = self.own(k).size(x)
            bounds[k] = reply.bound
            if np.isfinite(reply.bound):
                gains[k] = max(0.0, player.sense * float(actual[mover.player] - reply.bound))
                relative[k] = gains[k] / size
            room = max(REGRET, self.request.options.gap * max(1.0, abs(float(actual[mover.player])) / size))
            # Who leads nobody is solved once more by the certificate, whose bounds are closer than a solver's own gap.
            closest = relative[k] if mover.leads or reply.status is not Status.OPTIMAL else self.gain(k, x, reply.value)
            settled &= bool(closest <= room) and not self.violated(k, x)
            prices = self.prices_of(k, x, prices, reply, self.gain(k, x, reply.value))
        return Verdict(x, prices, gains, relative, bounds, settled, tuple(replies))

    def ask(
        self, k: int, x: Floats, seconds: float | None = None, proving: bool = False, nearby: bool = False
    ) -> Reply:
        """The reply of mover k at x, or one that is best `nearby`; the last one if nothing that it sees has changed
        since."""
        mover = self.movers[k]
        seen = x[mover.inputs]
        known = self._asked.get(k)
        nearby &= mover.local
        fits = known is not None and np.array_equal(known[0], seen) and not mover.proximal
        if known is not None and fits and (nearby or known[1].status is not Status.LOCAL):
            return known[1]
        end = self.last if proving else self.deadline
        left = max(0.01, end - time.perf_counter()) if np.isfinite(end) else None
        if seconds is not None:
            left = seconds if left is None else min(left, seconds)
        reply = self._reply(k, x, left, nearby)
        self.seconds += reply.seconds
        self.solves += 1
        if reply.solver:
            self.solvers[reply.solver] = None
        self._asked[k] = (seen, reply)
        return reply

    def _reply(self, k: int, x: Floats, seconds: float | None, nearby: bool) -> Reply:
        """From the journal, or by the mover."""
        mover, journal = self.movers[k], self.journal
        question = (np.array([k, nearby, mover.proximal > 0], np.float64), x)
        entry = journal.known(question)
        if entry is not None:
            mover.remember(entry)
            return reply_in(entry)
        reply = mover.answer(x, seconds, nearby)
        if journal.keeps:
            if self.request.watch.stop() or (reply.status is Status.LIMIT and seconds is not None):
                journal.end(self.request.watch.stop())
            else:
                journal.add(question, {**reply.entry(), **mover.state()})
        return reply

    def _settled(self, x: Floats) -> Floats:
        """From the journal, or by `settle`."""
        entry = self.journal.known((x,))
        if entry is not None:
            return entry["settled"]
        found = self.settle(x)
        if self.stopped():
            self.journal.end(self.request.watch.stop())
        else:
            self.journal.add((x,), {"settled": found})
        return found

    def gain(self, k: int, x: Floats, value: float) -> float:
        """What mover k gains by an answer worth `value`, over the terms of its objective; negative for a loss."""
        own = self.own(k)
        return own.sense * (own.objective(x) - value) / own.size(x)

    def violated(self, k: int, x: Floats) -> bool:
        """Whether a limit of mover k, or of those whom it moves, is overstepped at x."""
        return self.own(k).violation(x) > FEASIBLE

    def prices_of(self, k: int, x: Floats, prices: Floats, reply: Reply, gain: float) -> Floats:
        """With the prices of a reply, where they belong to the decision at x as well, by which the mover loses `gain`:
        to that very decision, or to one that ties with it in a convex problem."""
        if not len(reply.rows) or reply.part is None:
            return prices
        mover = self.movers[k]
        same = float(np.max(np.abs(reply.part - x[mover.columns]) / (1 + np.abs(reply.part)), initial=0.0)) <= FEASIBLE
        if not same and (mover.discrete or mover.leads or gain > STILL):
            return prices
        prices = prices.copy()
        prices[reply.rows] = reply.prices
        return prices

    def own(self, k: int) -> MoverProblem:
        if k not in self._own:
            self._own[k] = MoverProblem.of(self.game, self.movers[k])
        return self._own[k]

    def name(self, k: int) -> str:
        return self.game.players[self.movers[k].player].name

    def without_answer(self, stuck: Sequence[int]) -> str:
        """Who has none, and why."""
        found = [(self.name(k), self._asked[k][1]) for k in stuck]
        return "; ".join(f"`{name}` has no answer ({reply.note or reply.status.value})" for name, reply in found)

    def returned(self, x: Floats, states: Sequence[tuple[Floats, Floats]], moves: Sequence[float]) -> int:
        """The length of the cycle that x closes; 0 if it closes none. In a cycle of one sweep the decisions that move
        are followers': one leader moves them this way, the next one back."""
        decides = self.decides
        span = min(len(states), LONGEST)
        before = np.array([state[decides] for state, _ in states[: -span - 1 : -1]])
        apart = np.max(np.abs(before - x[decides]) / (1 + np.abs(x[decides])), axis=1, initial=0.0)
        gone = np.maximum.accumulate(moves[: -span - 1 : -1])
        gone = np.concatenate([gone, np.full(span - len(gone), gone[-1])])
        back = np.flatnonzero(apart <= RETURNED * gone)
        return int(back[0]) + 1 if len(back) else 0

    def tell(self, x: Floats, residual: float, note: str) -> None:
        """A step into the history, and to whoever looks on."""
        values: Mapping[str, float] = {
            f"{p.name}.{p.objective}": value
            for p, value in zip(self.game.players, self.game.told_objectives(x).tolist(), strict=True)
        }
        step = Step(len(self.steps), values, residual, time.perf_counter() - self.begun, note)
        self.steps.append(step)
        self.request.watch.tell(step)


def _listed(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
