"""How fast bilevel games are proved, beside the plain reformulations. In: sizes, seeds; out: a Markdown table.

    python benchmarks/bilevel.py                            # random bilevel LPs 10/10 and 20/30, ten seeds
    python benchmarks/bilevel.py --sizes 50/100 --seeds 3
    python benchmarks/bilevel.py --sizes --grids 3 30       # only the storage that sets prices for 24 hours
    python benchmarks/bilevel.py --sizes --markets 12 24    # only the retailer beside two rivals (`priced_market.py`)

A size n/m: a leader with n columns in [0, 10], a follower with m columns and m rows, m + m complementary pairs; integer
data, half of them zero (`--density`); one decision of the follower is feasible whatever the leader does. `gamec` is
what `solve` does by default, certificate included; `big-M` is HiGHS with bounds that gamec derives (their time
included, as no honest big-M goes without); `SOS1` is SCIP with the optimality conditions alone. All three get the same
game, one after the other, in one process with one thread. Seconds are the processor's; the limit is by the clock, which
goes faster on a busy machine. Look at the ratios: seconds of different machines or hours say little.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "runtime")]

from priced_market import priced_market  # noqa: E402
from small_games import GameBuilder, Terms  # noqa: E402
from storage_pricing import storage_pricing  # noqa: E402

from compiler.ground.ground_game import GroundGame  # noqa: E402
from compiler.reformulations.column_bounds import with_bounds  # noqa: E402
from compiler.reformulations.complementarity_big_m import complementarity_big_m  # noqa: E402
from compiler.reformulations.complementarity_sos1 import complementarity_sos1  # noqa: E402
from compiler.reformulations.kkt import kkt  # noqa: E402
from compiler.reformulations.linear_products import linear_products  # noqa: E402
from compiler.reformulations.program import Program  # noqa: E402
from runtime.answer import answer  # noqa: E402
from runtime.methods.derived_bounds import derived_bounds  # noqa: E402
from runtime.methods.method import Request  # noqa: E402
from runtime.methods.setting import Setting  # noqa: E402
from runtime.result import Status  # noqa: E402
from runtime.solvers.highs import Highs  # noqa: E402
from runtime.solvers.scip import Scip  # noqa: E402
from runtime.solvers.solver import Ending, Options, Outcome  # noqa: E402

SHIFT = 0.1
"""Seconds added before means of logarithms, so that very short times do not decide them."""

AGREE = 1e-5


@dataclass(frozen=True)
class Run:
    """One way on one game: processor `seconds`, `value` of the leader (NaN without a point), relative `gap` left."""

    seconds: float
    proved: bool
    value: float
    gap: float


def random_lp(n: int, m: int, seed: int, density: float = 0.5) -> GroundGame:
    """See the module."""
    rng = np.random.default_rng([n, m, seed])
    A = rng.integers(-5, 6, (m, n)) * (rng.random((m, n)) < density)
    B = rng.integers(-5, 11, (m, m)) * (rng.random((m, m)) < density)
    # One row bounds the follower.
    B[0] = rng.integers(1, 6, m)
    feasible = rng.uniform(0, 10, m) * rng.integers(0, 2, m)
    limit = 10 * np.maximum(A, 0).sum(axis=1) + B @ feasible + rng.uniform(1, 20, m)
    x, y = [f"x{j}_" for j in range(n)], [f"y{j}_" for j in range(m)]
    builder = GameBuilder().player("leader").player("follower", "leader")
    for name in x:
        builder.var("leader", name, 0, 10)
    for name in y:
        builder.var("follower", name)

    def terms(names: list[str], values: np.ndarray) -> Terms:
        return {name: float(v) for name, v in zip(names, values, strict=True) if v}

    for i in range(m):
        builder.row("follower", f"row{i}_", terms(x, A[i]) | terms(y, B[i]), upper=float(limit[i]))
    costs = [rng.integers(-10, 11, size) for size in (n, m, m)]
    builder.minimize("leader", terms(x, costs[0]) | terms(y, costs[1]))
    return builder.minimize("follower", terms(y, costs[2])).build()


def conditions(game: GroundGame) -> tuple[GroundGame, Program]:
    setting = Setting.of(game)
    plain, _ = kkt(setting.game, setting.followers, setting.leader)
    return setting.game, linear_products(setting.game, plain)


def by_gamec(game: GroundGame, limit: float) -> Run:
    before = process_time()
    found = answer(game, Request(time_limit=limit))
    seconds = process_time() - before
    if found.x is None:
        return Run(seconds, False, np.nan, np.inf)
    leader = Setting.of(game).leader
    value = float(game.objectives_at(found.x)[leader])
    left = found.certificate.regret[game.players[leader].name] / max(1.0, abs(value))
    return Run(seconds, found.status is Status.OPTIMAL, value, left)


def by_big_m(game: GroundGame, limit: float) -> Run:
    clock, before = perf_counter(), process_time()
    game, program = conditions(game)
    derived = derived_bounds(game, program, limit, cut=False)
    ready = complementarity_big_m(with_bounds(derived.program, derived.bounds), derived.bounds)
    if Highs().refuses(ready):
        return Run(process_time() - before, False, np.nan, np.inf)
    outcome = Highs().solve(ready, Options(max(0.1, limit - (perf_counter() - clock))))
    return run_of(game, outcome, process_time() - before)


def by_sos1(game: GroundGame, limit: float) -> Run:
    before = process_time()
    game, program = conditions(game)
    outcome = Scip().solve(complementarity_sos1(program), Options(limit))
    return run_of(game, outcome, process_time() - before)


def run_of(game: GroundGame, outcome: Outcome, seconds: float) -> Run:
    sense = game.players[Setting.of(game).leader].sense
    return Run(seconds, outcome.ending is Ending.OPTIMAL, sense * outcome.objective, outcome.gap)


WAYS: dict[str, Callable[[GroundGame, float], Run]] = {"gamec": by_gamec, "big-M": by_big_m, "SOS1": by_sos1}


def mean(seconds: list[float]) -> float:
    """Shifted geometric mean."""
    return float(np.exp(np.mean(np.log(np.array(seconds) + SHIFT))) - SHIFT)


def row(name: str, games: list[GroundGame], limit: float) -> tuple[str, bool]:
    """A row of the table, and whether all proofs agree."""
    runs: dict[str, list[Run]] = {way: [] for way in WAYS}
    agreed = True
    for number, game in enumerate(games):
        for way, solve in WAYS.items():
            runs[way].append(solve(game, limit))
        now = {way: found[-1] for way, found in runs.items()}
        proofs = [r.value for r in now.values() if r.proved]
        if proofs and max(proofs) - min(proofs) > AGREE * max(1.0, *map(abs, proofs)):
            agreed = False
        told = [f"{w} {r.seconds:.2f} s {r.value:.6g} gap {r.gap:.1e}" for w, r in now.items()]
        print(f"{name} {number}: {'; '.join(told)}{'' if agreed else '  DISAGREE'}", file=sys.stderr, flush=True)
    base = mean([r.seconds for r in runs["gamec"]])
    cells = []
    for found in runs.values():
        time = mean([r.seconds for r in found])
        left = [r.gap for r in found if not r.proved]
        gap = f", gap {median(left):.0%}" if left and np.isfinite(median(left)) else ", no point" if left else ""
        cells.append(f"{time:.2f} s = {time / base:.1f} ({sum(r.proved for r in found)}/{len(found)}{gap})")
    return f"| {name} | {' | '.join(cells)} |", agreed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", default=["10/10", "20/30"], metavar="N/M")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--density", type=float, default=0.5, help="part of the data that is not zero")
    parser.add_argument("--grids", nargs="*", type=int, default=[], help="followers of the storage that sets prices")
    parser.add_argument("--markets", nargs="*", type=int, default=[], help="hours of the retailer beside two rivals")
    parser.add_argument("--market-seeds", type=int, default=1, help="data of each of them")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each")
    options = parser.parse_args()
    # What is loaded at first use must not count for whoever comes first.
    for solve in WAYS.values():
        solve(random_lp(3, 20, 0), 10.0)
    lines = [f"| game | {' | '.join(WAYS)} |", f"|---|{'---|' * len(WAYS)}"]
    right = True
    for size in options.sizes:
        n, m = (int(part) for part in size.split("/"))
        line, agreed = row(
            size, [random_lp(n, m, seed, options.density) for seed in range(options.seeds)], options.limit
        )
        lines.append(line)
        right &= agreed
    structured = [
        (f"storage, {grids} followers ({136 * grids} pairs)", [storage_pricing(grids)]) for grids in options.grids
    ]
    for hours in options.markets:
        markets = [priced_market(hours, seed) for seed in range(options.market_seeds)]
        structured.append((f"priced market, {hours} hours ({20 * hours + 5} pairs)", markets))
    for name, games in structured:
        line, agreed = row(name, games, options.limit)
        lines.append(line)
        right &= agreed
    print("\n".join(lines))
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
