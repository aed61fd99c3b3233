"""How checking grows with the text. In: numbers of statements; out: seconds by stage, exit 1 if the aim is missed.

    python benchmarks/check_scaling.py --profile        # 1250 to 10,000 statements, the last about 1 MB

Parameters, variables, named expressions and constraints in equal numbers, which use each other. CPU seconds of
`check_source` with warm tables, beside wall seconds by stage. The last column is the growth of the time over the growth
of the text: about 1 where the time is linear in it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
AIM_STATEMENTS, AIM_SECONDS = 10_000, 5.0


def model(statements: int) -> str:
    """A game of one player with about this many statements, some 100 characters each."""
    lines = ["game scaling", "unit CNY", "set T index t = 1..24", "param demand : kW = 10"]
    body = []
    for k in range(max((statements - 6) // 4, 1)):
        before = max(k - 1, 0)
        lines.append(
            f"param limit_{k}[t] : kW default {5 + k % 7} = {{1: 2.5, 7: {1 + k % 3}.25, 19: 4.0}}"
            f'  "what unit {k} can give in an hour, if it is up"'
        )
        body += [
            f'  var power_{k}[t] : kW in [0, limit_{k}[t]]  "output of unit {k}, which may not exceed its limit"',
            f"  let step_{k}[t] : kW = 0.5*power_{k}[t] + 0.25*(power_{before}[t] - power_{k}[t])"
            f" - sum(s in T) 0.01*power_{k}[s]",
            f'  constraint near_{k}[t where t > first(T)] "steady":'
            f" step_{k}[t] + power_{k}[t-1] <= limit_{before}[t] + demand/2",
        ]
    lines += ["player planner {", *body, "  maximize output : kW = sum(t) power_0[t]", "}"]
    return "\n".join(lines) + "\n"


def seconds(text: str) -> dict[str, float]:
    """CPU seconds of checking, and wall seconds by stage."""
    from compiler.pipeline import check_source
    from grammar.source import Source

    before = process_time()
    checked = check_source(Source("scaling.game", text), lambda name: "")
    return {"all": process_time() - before} | checked.times


def main() -> int:
    sys.path.insert(0, str(ROOT))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, nargs="+", default=[1250, 2500, 5000, AIM_STATEMENTS])
    parser.add_argument("--profile", action="store_true", help="show where the largest one spends its time")
    options = parser.parse_args()
    seconds(model(10))
    missed, last = False, (0.0, 0)
    print(f"{'statements':>10}{'kB':>8}{'CPU s':>8}{'parse':>8}{'analyse':>9}{'ground':>8}{'growth':>8}")
    for statements in options.statements:
        text = model(statements)
        taken = seconds(text)
        stages = f"{taken['parse']:8.2f}{taken['analyse']:9.2f}{taken['ground']:8.2f}"
        growth = f"{taken['all'] / last[0] / (len(text) / last[1]):8.2f}" if last[1] else ""
        print(f"{statements:10}{len(text) / 1000:8.0f}{taken['all']:8.2f}{stages}{growth}", flush=True)
        last = (taken["all"], len(text))
        missed |= statements <= AIM_STATEMENTS and taken["all"] > AIM_SECONDS
    if options.profile:
        profile = cProfile.Profile()
        profile.runcall(seconds, model(options.statements[-1]))
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    print(f"{'MISSED' if missed else 'met'}: {AIM_STATEMENTS} statements in {AIM_SECONDS:g} s")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
