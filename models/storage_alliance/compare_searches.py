"""The station's prices by searches and exactly: `compare_searches.py [FROM TO [GENERATIONS [DIR]]]`.

In the model the station must choose prices at which what the alliance wants fits its storage, and that happens only
where the alliance is indifferent: at no price that a search draws. So here the alliance also keeps to what the storage
can do, as in Case 3, and every price has an answer. Hours FROM to TO, 17 to 20 if left out; curves go into DIR.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import gamec
from grammar.source import Source
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.draw import draw, rendered

MODEL = Path(__file__).parent / "storage_alliance.game"
KEPT = """
  var content[t] : kWh in [E_min, E_max] cyclic               "content of the station, as the alliance schedules it"
  constraint kept[t]: content[t] == content[prev(t)] + (η*inn[t] - out[t]/η)*dt
"""
BEFORE = "  let c_grid"


def model() -> Source:
    """The model with the storage's limits in the alliance as well."""
    text = MODEL.read_text(encoding="utf-8")
    return Source(str(MODEL), text.replace(BEFORE, KEPT + BEFORE, 1))


def curves(found: dict[str, list[float]], exact: float) -> Chart:
    """The best profit so far over the generations of each search, and the exact one."""
    most = max(map(len, found.values()))
    lines = [Line(method, np.array(values + [np.nan] * (most - len(values)))) for method, values in found.items()]
    lines.append(Line("exact", np.full(most, exact)))
    return Chart(
        "searches",
        "Profit of the station",
        "Generation",
        tuple(range(1, most + 1)),
        (Panel(Kind.LINES, "CNY", tuple(lines)),),
    )


def main(first: int, last: int, generations: int, folder: Path | None = None) -> None:
    print(f"hours {first} to {last}, {generations} generations, seed 1")
    history: dict[str, list[float]] = {}
    exact = float("nan")
    for method in ("kkt", "cma_es", "differential_evolution", "particle_swarm"):
        began = time.perf_counter()
        result = gamec.solve(
            model(),
            case="case4",
            method=method,
            seed=1,
            population=20,
            generations=generations,
            data={"from_hour": first, "to_hour": last},
            time_limit=600,
        )
        seconds = time.perf_counter() - began
        profit = result.objectives.get("station.profit", float("nan"))
        steps = [s for s in result.history if "moved on" not in s.note]
        found = steps[-1].objectives.get("station.profit", float("nan")) if steps else profit
        if method == "kkt":
            exact = profit
        else:
            history[method] = [s.objectives.get("station.profit", np.nan) for s in steps]
        print(f"{method:24} {found:10.2f} {profit:10.2f}  {result.status.value:8} {seconds:7.1f} s", flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "searches.png").write_bytes(rendered(draw(curves(history, exact)), "png"))


if __name__ == "__main__":
    words = sys.argv[1:]
    hours = (int(words[0]), int(words[1])) if words else (17, 20)
    main(*hours, int(words[2]) if len(words) > 2 else 30, Path(words[3]) if len(words) > 3 else None)
