"""The station's prices by searches beside the exact ones: `compare_searches.py [GENERATIONS [DIR [FROM TO]]]`.

The whole day unless hours FROM to TO are given, populations of 50, seed 1, two workers. Searched is `searches.game`,
whose alliance keeps to what the storage can do; the exact answer is that of Case 4, and the same for both. Curves
of the best profit so far go into DIR.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import gamec
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.draw import draw, rendered

MODEL = Path(__file__).parent / "searches.game"
SEARCHES = ("differential_evolution", "particle_swarm")
GENERATIONS, POPULATION, WORKERS, SEED = 150, 50, 2, 1


def curves(found: dict[str, list[float]], exact: float) -> Chart:
    """The best profit so far over the generations of each search, and the exact one."""
    most = max(map(len, found.values()))
    lines = [
        Line(method.replace("_", " "), np.array(values + [np.nan] * (most - len(values))))
        for method, values in found.items()
    ]
    lines.append(Line("exact", np.full(most, exact)))
    panel = Panel(Kind.LINES, "CNY", tuple(lines))
    return Chart("searches", "Profit of the station (Fig. 5b)", "Generation", tuple(range(1, most + 1)), (panel,))


def main(generations: int, folder: Path | None, first: int, last: int) -> None:
    hours = {"from_hour": first, "to_hour": last}
    began = time.perf_counter()
    exact = gamec.solve(MODEL, case="case4", data=hours).objectives["station.profit"]
    print(f"hours {first} to {last}: {exact:.2f} exactly, {time.perf_counter() - began:.1f} s", flush=True)
    history: dict[str, list[float]] = {}
    for method in SEARCHES:
        began = time.perf_counter()
        result = gamec.solve(
            MODEL,
            case="kept",
            method=method,
            seed=SEED,
            population=POPULATION,
            generations=generations,
            workers=WORKERS,
            data=hours,
        )
        seconds = time.perf_counter() - began
        history[method] = [step.objectives.get("station.profit", np.nan) for step in result.history]
        profit = result.objectives.get("station.profit", np.nan)
        print(
            f"{method:24} {profit:10.2f}  short by {exact - profit:9.2f}, {(exact - profit) / abs(exact):.1%}  "
            f"{generations} generations of {POPULATION}  {result.status.value} {seconds:.1f} s",
            flush=True,
        )
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "searches.png").write_bytes(rendered(draw(curves(history, exact)), "png"))


if __name__ == "__main__":
    words = sys.argv[1:]
    day = (int(words[2]), int(words[3])) if len(words) > 3 else (1, 24)
    main(int(words[0]) if words else GENERATIONS, Path(words[1]) if len(words) > 1 else None, *day)
