"""How fast leaders over followers with whole numbers are proved, beside trying everything. In: sizes, seeds; out: a
Markdown table.

    python benchmarks/integer_followers.py                       # five families at two sizes, five seeds
    python benchmarks/integer_followers.py --seeds 2 --limit 30 --families interdiction --sizes 6 8
    python benchmarks/integer_followers.py --families interdiction --sizes 15 20 --alone

`whole`: a leader with n binaries, a follower with n whole numbers from 0 to 3 and three constraints, all of which hold
everything. `mixed`: the follower has two real columns beside. `real`: the leader's n columns are real, so that its best
value may only be approached; there is nothing to try then. `interdiction`: a leader forbids items of a follower's
knapsack of n. `pessimistic`: as `whole`, with many ties, all of which fall against the leader. `gamec` is what `solve`
does by default, certificate included; `enumeration` solves each follower, and the leader's choice among its best
answers, at every whole decision of the leader, by the MILP solver of scipy: as many solves as there are decisions;
`--alone` leaves it out. Look at the ratios: seconds of different machines or hours say little. MibS, the solver of the
field, has no wheel to install and is not among them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "runtime"), str(ROOT / "tests" / "bilevel")]

from enumeration import by_decisions  # noqa: E402
from mixed_games import gloomy_game, knapsack_interdiction, mixed_game  # noqa: E402
from worst_enumeration import by_whole_decisions  # noqa: E402

from compiler.ground.ground_game import GroundGame  # noqa: E402
from runtime.answer import answer  # noqa: E402
from runtime.methods.method import Request  # noqa: E402
from runtime.result import Status  # noqa: E402

SHIFT = 0.1
"""Seconds added before means of logarithms, so that very short times do not decide them."""

AGREE = 1e-6

FAMILIES: dict[str, Callable[[int, int], GroundGame]] = {
    "whole": lambda seed, n: mixed_game(seed, leader=n, whole=n, real=0, top=1),
    "mixed": lambda seed, n: mixed_game(seed, leader=n, whole=n, real=2, top=1),
    "real": lambda seed, n: mixed_game(seed, leader=n, whole=n, real=0, integer_leader=False),
    "interdiction": knapsack_interdiction,
    "pessimistic": lambda seed, n: gloomy_game(seed, leader=n, whole=n, top=1),
}


def mean(seconds: list[float]) -> float:
    return float(np.exp(np.mean(np.log(np.array(seconds) + SHIFT))) - SHIFT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", nargs="*", default=list(FAMILIES), choices=list(FAMILIES))
    parser.add_argument("--sizes", nargs="*", type=int, default=[4, 8])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each game")
    parser.add_argument("--alone", action="store_true", help="without enumeration")
    asked = parser.parse_args()
    print("| game | gamec: proved, not attained, of all | seconds | answers used | enumeration | ratio |")
    print("|---|---|---|---|---|---|")
    agreed = True
    for family in asked.families:
        for size in asked.sizes:
            agreed &= row(family, size, asked.seeds, asked.limit, asked.alone)
    if not agreed:
        print("gamec and enumeration disagree", file=sys.stderr)
    return 0 if agreed else 1


def row(family: str, size: int, seeds: int, limit: float, alone: bool) -> bool:
    """Print a row; whether both ways agree where both end."""
    ours, theirs, answers, agreed = [], [], [], True
    proved = open_ended = 0
    for seed in range(seeds):
        game = FAMILIES[family](seed, size)
        begun = perf_counter()
        found = answer(game, Request(time_limit=limit))
        ours.append(perf_counter() - begun)
        answers.append(len(found.history))
        proved += found.status in (Status.OPTIMAL, Status.INFEASIBLE)
        open_ended += any(d.code == "G809" for d in found.diagnostics)
        if family == "real" or alone:
            continue
        begun = perf_counter()
        truth = by_whole_decisions(game) if family == "pessimistic" else by_decisions(game)[0]
        theirs.append(perf_counter() - begun)
        if found.x is not None:
            value = float(game.players[0].sense * game.objectives_at(found.x)[0])
            gap = found.certificate.regret["top"]
            room = AGREE * max(1.0, abs(truth))
            agreed &= value - gap - room <= truth <= value + room
    told = f"{mean(theirs):.2f} s | {mean(theirs) / mean(ours):.2f}" if theirs else " | "
    print(
        f"| {family} {size} | {proved}, {open_ended}, {seeds} | {mean(ours):.2f} | {np.mean(answers):.0f} | {told} |",
        flush=True,
    )
    return agreed


if __name__ == "__main__":
    sys.exit(main())
