"""What is left of bilevel games with 200 pairs and more after a minute, beside SOS1 sets in SCIP. In: sizes, seeds,
densities; out: a Markdown table, a line for each game of `bilevel.random_lp`, and how many of them each way proved.

    python benchmarks/large_bilevel.py                              # 50/100, ten seeds, half of the data zero
    python benchmarks/large_bilevel.py --density 0.05 0.07 --ways gamec bounded
    python benchmarks/large_bilevel.py --sizes 100/200 --seeds 2 --density 0.03

Ways: `gamec` is what `solve` does by default, certificate included; `bounded` SOS1 sets in SCIP with the bounds that
gamec derives and the primal-dual inequality, their time included; `SOS1` the optimality conditions alone.

A cell holds the leader's value at the best point, `proved` or the gap that is left, relative to the value, and seconds.
These are the processor's, for the limit counts by the clock: beside other work less is done in it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from math import isfinite
from time import perf_counter, process_time

from bilevel import AGREE, Run, by_gamec, by_sos1, conditions, random_lp, run_of

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.column_bounds import with_bounds
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from runtime.methods.derived_bounds import derived_bounds
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Options


def by_bounded_sos1(game: GroundGame, limit: float) -> Run:
    clock, before = perf_counter(), process_time()
    game, program = conditions(game)
    derived = derived_bounds(game, program, limit)
    ready = complementarity_sos1(with_bounds(derived.program, derived.bounds))
    outcome = Scip().solve(ready, Options(max(0.1, limit - (perf_counter() - clock))))
    return run_of(game, outcome, process_time() - before)


WAYS: dict[str, Callable[[GroundGame, float], Run]] = {
    "gamec": by_gamec,
    "bounded": by_bounded_sos1,
    "SOS1": by_sos1,
}


def cell(run: Run) -> str:
    if not isfinite(run.value):
        return f"no point, {run.seconds:.1f} s"
    return f"{run.value:.1f}, {'proved' if run.proved else f'{run.gap:.1%}'}, {run.seconds:.1f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", default=["50/100"], metavar="N/M")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--density", nargs="*", type=float, default=[0.5], help="parts of the data that are not zero")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each, by the clock")
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=["gamec"])
    options = parser.parse_args()
    # What is loaded at first use must not count for whoever comes first.
    for way in options.ways:
        WAYS[way](random_lp(3, 20, 0), 10.0)
    print(
        f"| game | seed | {' | '.join(options.ways)} |", f"|---|---|{'---|' * len(options.ways)}", sep="\n", flush=True
    )
    right = True
    for size in options.sizes:
        n, m = (int(part) for part in size.split("/"))
        for density in options.density:
            counts = dict.fromkeys(options.ways, 0)
            for seed in range(options.first, options.first + options.seeds):
                game = random_lp(n, m, seed, density)
                runs = {way: WAYS[way](game, options.limit) for way in options.ways}
                cells = " | ".join(cell(run) for run in runs.values())
                print(f"| {size}, density {density:g} | {seed} | {cells} |", flush=True)
                proofs = [run.value for run in runs.values() if run.proved]
                if proofs and max(proofs) - min(proofs) > AGREE * max(1.0, *map(abs, proofs)):
                    right = False
                    print(f"proofs of seed {seed} disagree", file=sys.stderr, flush=True)
                for way, run in runs.items():
                    counts[way] += run.proved
            proved = " | ".join(f"{count} of {options.seeds}" for count in counts.values())
            print(f"| {size}, density {density:g} | proved | {proved} |", flush=True)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
