"""What is left of bilevel games that are too large to be proved in a minute. In: sizes, seeds, density; out: a Markdown
table, a line for each game of `bilevel.random_lp`.

    python benchmarks/large_bilevel.py                              # 50/100, ten seeds
    python benchmarks/large_bilevel.py --sizes 100/200 --seeds 2 --density 0.3

`found` is the leader's value at the point that is certified, `bound` what is proved of all points, `gap` their distance
over the value. Seconds are those of the processor, for the limit counts by the clock: beside other work less is done in
it.
"""

from __future__ import annotations

import argparse
import sys
import time

from bilevel import random_lp

from runtime.answer import answer
from runtime.methods.method import Request
from runtime.methods.setting import Setting
from runtime.result import Status


def line(size: str, seed: int, density: float, limit: float) -> str:
    """A line of the table."""
    n, m = (int(part) for part in size.split("/"))
    game = random_lp(n, m, seed, density)
    before = time.process_time()
    found = answer(game, Request(time_limit=limit))
    seconds = time.process_time() - before
    head = f"| {size}, density {density:g} | {seed} |"
    if found.x is None:
        return f"{head} none | | | {seconds:.0f} s |"
    leader = Setting.of(game).leader
    value = float(game.objectives_at(found.x)[leader])
    left = found.certificate.regret[game.players[leader].name]
    gap = "proved" if found.status is Status.OPTIMAL else f"{left / max(1.0, abs(value)):.1%}"
    return f"{head} {value:.1f} | {value - left:.1f} | {gap} | {seconds:.0f} s |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", default=["50/100"], metavar="N/M")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--density", type=float, default=0.5, help="part of the data that is not zero")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each, by the clock")
    options = parser.parse_args()
    print("| game | seed | found | bound | gap | processor |", "|---|---|---|---|---|---|", sep="\n", flush=True)
    for size in options.sizes:
        for seed in range(options.first, options.first + options.seeds):
            print(line(size, seed, options.density, options.limit), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
