"""Several leaders: the stationarity of all their problems at once gives candidates; what each leader could gain at one,
its bilevel problem solved globally, decides whether it is an equilibrium.

Solves: what `diagonalisation` solves, where followers are LPs or convex QPs that follow those on top directly and
nobody decides on whole numbers.
Proves: as `diagonalisation`, an equilibrium of the leaders up to their regrets. A point that is stationary for
everybody, and is left by somebody, is told as such. Nothing where none is found: stationarity is necessary only where
the gradients of a leader's active constraints are independent, and not all points of its conditions are looked at.
Stops: at the first equilibrium, or when all of `starts` are used up, or at the time limit.
Reference: Leyffer and Munson, Optim. Methods Softw. 25 (2010) 601; Hu and Ralph, Oper. Res. 55 (2007) 809; Ruiz,
    Conejo and Smeers, IEEE Trans. Power Syst. 27 (2012) 752.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import REAL
from compiler.ground.sparse import Floats
from compiler.ground.subgame import below
from compiler.reformulations.joint_stationarity import joint_stationarity
from compiler.reformulations.kkt import kkt
from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.methods.best_response import checked
from runtime.methods.diagonalisation import Diagonalisation
from runtime.methods.equilibrium_search import SHOWN, alike, search, told
from runtime.methods.kkt import follower_findings
from runtime.methods.leaders_answer import Choose
from runtime.methods.method import Found, Refusal, Request, present
from runtime.methods.pairs import solve_pairs
from runtime.methods.polish import PATIENCE
from runtime.methods.relaxed_pairs import ZERO
from runtime.methods.setting import Setting, price_findings
from runtime.methods.starting_points import starting_points
from runtime.methods.stationary_points import StationaryPoint, StationaryPoints
from runtime.methods.turns import REGRET, Ending, Turns, Verdict, Walk
from runtime.solvers.ipopt import Ipopt


class JointStationarity:
    """See the module."""

    name = "joint_stationarity"

    def __init__(self, choose: Choose) -> None:
        """`choose` finds the method for one leader's game."""
        self.leaders = Diagonalisation(choose)

    def refuses(self, setting: Setting) -> Refusal | None:
        refusal = self.leaders.refuses(setting)
        if refusal is not None:
            return refusal
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

    def run(self, setting: Setting, request: Request) -> Found:
        checked(request)
        present(Ipopt())
        game = setting.game
        movers = self.leaders.movers(setting, request)
        candidates = _Candidates(self.leaders, setting, request)
        found = search(game, movers, movers, starting_points(game, request.seed), request, way=candidates.judged)
        seconds = found.seconds + candidates.points.seconds
        found = self.leaders.with_names(replace(found, seconds=seconds), movers, game, request)
        count = len(candidates.known)
        words = f"{count} {'point' if count == 1 else 'points'} stationary for all, judged by each leader's game"
        evidence = tuple(replace(d, notes=(*candidates.left(), *d.notes)) for d in found.evidence)
        return replace(found, notes=(*found.notes, words), evidence=evidence)


class _Candidates:
    """The stationary points that starts led to, and what each is worth."""

    def __init__(self, leaders: Diagonalisation, setting: Setting, request: Request) -> None:
        self.leaders, self.setting, self.request = leaders, setting, request
        game = setting.game
        moved = [below(game, top) for top in setting.tops]
        self.program, self.recovery = joint_stationarity(game, setting.tops, moved)
        self.followers = kkt(game, setting.followers, None)[0]
        self.points = StationaryPoints(self.program)
        self.decides = np.flatnonzero((game.owner >= 0) & ~setting.followers[game.owner] & (game.lower < game.upper))
        self.known: list[tuple[Walk, Verdict]] = []

    def judged(self, turns: Turns, judge: Turns, start: int, point: Floats) -> tuple[Walk, Verdict]:
        """A `Way`: the stationary points that this start leads to, up to an equilibrium, with everybody's verdict on
        the best of them."""
        best: tuple[Walk, Verdict] | None = None
        for found in self.near(start, point, turns.deadline):
            if turns.stopped():
                break
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
            x = self.leaders.settled(self.setting, self.request, x)
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

    def near(self, start: int, point: Floats, deadline: float) -> Iterator[StationaryPoint]:
        """The one with the pattern of the followers' answers at the point (n,); what IPOPT finds from the point, at
        every second start from these answers and their multipliers."""
        z = np.ones(self.program.columns)
        z[: len(point)] = point
        answers = self.answers(point)
        if answers is not None:
            answered = np.concatenate([answers, z[len(answers) :]])
            first = self.points.sharpened(self.with_pattern(answered))
            if first is not None:
                yield StationaryPoint(first, True)
            z = answered if start % 2 == 0 else z
        second = self.points.near(z, deadline)
        if second is not None:
            yield second

    def answers(self, point: Floats) -> Floats | None:
        """Columns of the followers' conditions, as they answer the leaders' decisions; None where they cannot."""
        lower, upper = self.followers.lower.copy(), self.followers.upper.copy()
        lower[self.decides] = upper[self.decides] = point[self.decides]
        held = replace(self.followers, lower=lower, upper=upper)
        request = replace(self.request, time_limit=PATIENCE, solver="auto", complementarity="auto")
        try:
            return solve_pairs(self.setting.game, held, self.recovery.unit, request).outcome.z
        except DiagnosticError:
            return None

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
            gains = ", ".join(
                f"`{game.players[top].name}` gains {gain:.6g} at most"
                for top, gain, part in zip(self.setting.tops, verdict.gains, verdict.relative, strict=True)
                if part > REGRET
            )
            more = ", ..." if len(self.decides) > SHOWN else ""
            words.append(f"stationary for all: {told(game, verdict.x, self.decides[:SHOWN])}{more}; {gains}")
        return tuple(words)
