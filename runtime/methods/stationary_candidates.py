"""Starting points in, points nearby at which all leaders are stationary out, each with what every leader could gain
there, its game solved globally.

From each start two are looked for: one with the pattern of the followers' answers there, and one that IPOPT finds
(`stationary_points`). What is found goes into the journal of the iteration.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from compiler.ground.ground_game import REAL
from compiler.ground.sparse import Floats
from compiler.ground.subgame import below
from compiler.reformulations.joint_stationarity import joint_stationarity
from compiler.reformulations.kkt import kkt
from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.methods.equilibrium_search import SHOWN, alike, told
from runtime.methods.kkt import follower_findings
from runtime.methods.method import Refusal, Request
from runtime.methods.pairs import solve_pairs
from runtime.methods.polish import PATIENCE
from runtime.methods.relaxed_pairs import ZERO
from runtime.methods.setting import Setting, price_findings
from runtime.methods.stationary_points import StationaryPoint, StationaryPoints
from runtime.methods.turns import REGRET, Ending, Turns, Verdict, Walk


def unfit(setting: Setting) -> Refusal | None:
    """Why the stationarity of all leaders of a game cannot be written down."""
    game = setting.game
    if any(leader not in setting.tops for player in game.players for leader in player.leaders):
        return Refusal("some follow players that follow others", False)
    if setting.gloomy().any():
        return Refusal("a follower is pessimistic: here ties fall as each leader likes best", False)
    if np.any(game.kind != REAL):
        return Refusal("someone decides on whole numbers, for which there is no stationarity", False)
    if game.curves:
        return Refusal("there are nonlinear functions", False)
    found: tuple[Diagnostic, ...] = follower_findings(setting, np.flatnonzero(setting.followers).tolist())
    found = found or price_findings(setting, setting.followers)
    return Refusal(found[0].headline, False, found) if found else None


class StationaryCandidates:
    """The stationary points that starts led to, and what each is worth."""

    def __init__(self, setting: Setting, request: Request, settled: Callable[[Floats], Floats]) -> None:
        """`setting` is none that `unfit` refuses; `settled` gives a point (n,) the followers' answers to the leaders'
        decisions in it."""
        self.setting, self.request, self.settled = setting, request, settled
        game = setting.game
        moved = [below(game, top) for top in setting.tops]
        self.program, self.recovery = joint_stationarity(game, setting.tops, moved)
        self.followers = kkt(game, setting.followers, None)[0]
        self.points = StationaryPoints(self.program)
        self.decides = np.flatnonzero((game.owner >= 0) & ~setting.followers[game.owner] & (game.lower < game.upper))
        self.known: list[tuple[Walk, Verdict]] = []

    def judged(
        self, turns: Turns, judge: Turns, start: int, point: Floats, seconds: float = np.inf
    ) -> tuple[Walk, Verdict]:
        """A `Way`: the stationary points that this start leads to within so many `seconds`, up to an equilibrium, with
        everybody's verdict on the best of them."""
        best: tuple[Walk, Verdict] | None = None
        ends = min(turns.deadline, time.perf_counter() + seconds)
        for number, near in enumerate((self.by_pattern, self.by_relaxation)):
            if turns.stopped():
                break
            found = self.kept(turns, number, point, partial(near, start, point, ends))
            if found is None:
                continue
            one = self.verdict(turns, judge, start, found)
            best = one if best is None or one[1].worst < best[1].worst else best
            if one[1].settled:
                return one
        if best is not None:
            return best
        ending = Ending.STOPPED if turns.stopped() else Ending.NOWHERE
        turns.tell(point, float("nan"), f"start {start}: {ending.value}")
        nothing, open_ = np.full(self.setting.game.rows, np.nan), np.full(len(turns.movers), np.inf)
        verdict = Verdict(point, nothing, open_, open_, np.full(len(open_), np.nan), False, ())
        return Walk(ending, ((point, nothing),), 1), verdict

    def verdict(self, turns: Turns, judge: Turns, start: int, found: StationaryPoint) -> tuple[Walk, Verdict]:
        """What everybody could gain at a point."""
        x, prices = self.recovery.point(found.z), self.recovery.prices(found.z)
        if not found.sharp:
            x = self.settled(x)
            prices = np.full(len(prices), np.nan)
        for walk, verdict in self.known:
            if alike(verdict.x, x):
                turns.tell(x, verdict.worst, f"start {start}: a point found before")
                return walk, verdict
        verdict = judge.verdict(x, prices)
        ending = Ending.RESTED if verdict.settled else Ending.STATIONARY
        words = "an equilibrium" if verdict.settled else "stationary, no equilibrium"
        turns.tell(x, verdict.worst, f"start {start}: {words}")
        self.known.append((Walk(ending, ((x, verdict.prices),), 1), verdict))
        return self.known[-1]

    def kept(
        self, turns: Turns, number: int, point: Floats, find: Callable[[], StationaryPoint | None]
    ) -> StationaryPoint | None:
        """From the journal, or by `find`: what it finds hangs on how much time there is."""
        question = (np.array([number], np.float64), point)
        entry = turns.journal.known(question)
        if entry is not None:
            return StationaryPoint(entry["z"], bool(entry["sharp"])) if len(entry["z"]) else None
        found = find()
        if turns.stopped():
            turns.journal.end(turns.request.watch.stop())
        else:
            z, sharp = (np.zeros(0), False) if found is None else (found.z, found.sharp)
            turns.journal.add(question, {"z": z, "sharp": np.array(sharp)})
        return found

    def by_pattern(self, start: int, point: Floats, deadline: float) -> StationaryPoint | None:
        """The one with the pattern of the followers' answers at the point (n,)."""
        z = self.answered(point)
        exact = None if z is None else self.points.sharpened(self.with_pattern(z))
        return None if exact is None else StationaryPoint(exact, True)

    def by_relaxation(self, start: int, point: Floats, deadline: float) -> StationaryPoint | None:
        """What IPOPT finds from the point with all multipliers at 1; at every second start with the followers' answers
        and multipliers."""
        z = self.answered(point) if start % 2 == 0 else None
        return self.points.near(self.plain(point) if z is None else z, deadline)

    def plain(self, point: Floats) -> Floats:
        z = np.ones(self.program.columns)
        z[: len(point)] = point
        return z

    def answered(self, point: Floats) -> Floats | None:
        """The point with the columns of the followers' conditions as they answer the leaders' decisions; None where
        they cannot."""
        lower, upper = self.followers.lower.copy(), self.followers.upper.copy()
        lower[self.decides] = upper[self.decides] = point[self.decides]
        held = replace(self.followers, lower=lower, upper=upper)
        request = replace(self.request, time_limit=PATIENCE, solver="auto", complementarity="auto")
        try:
            answers = solve_pairs(self.setting.game, held, self.recovery.unit, request).outcome.z
        except DiagnosticError:
            return None
        return None if answers is None else np.concatenate([answers, np.ones(self.program.columns - len(answers))])

    def with_pattern(self, z: Floats) -> Floats:
        """With slacks as they are at z, and leaders' multipliers only where these are zero."""
        first, second = self.program.complementary[len(self.followers.complementary) :].T
        z = self.points.with_slacks(z, np.unique(second[second >= self.followers.columns]))
        z[first] = np.where(z[second] <= ZERO, 1.0, 0.0)
        return z

    def left(self) -> tuple[str, ...]:
        """The stationary points that are no equilibria, and who leaves each."""
        game, words = self.setting.game, []
        for _, verdict in sorted(self.known, key=lambda pair: pair[1].worst)[:SHOWN]:
            told_gains = (verdict.gains * game.objective_factor[list(self.setting.tops)]).tolist()
            gains = ", ".join(
                f"`{game.players[top].name}` gains {gain:.6g} at most"
                for top, gain, part in zip(self.setting.tops, told_gains, verdict.relative, strict=True)
                if part > REGRET
            )
            more = ", ..." if len(self.decides) > SHOWN else ""
            words.append(f"stationary for all: {told(game, verdict.x, self.decides[:SHOWN])}{more}; {gains}")
        return tuple(words)
