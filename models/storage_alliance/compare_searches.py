"""The station's prices by searches and exactly: `python models/storage_alliance/compare_searches.py [FROM TO]`.

In the model the station must choose prices at which what the alliance wants fits its storage, and that happens only
where the alliance is indifferent: at no price that a search draws. So here the alliance also keeps to what the storage
can do, as in Case 3, and every price has an answer. Hours FROM to TO, 17 to 20 if left out.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import gamec
from grammar.source import Source

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


def main(first: int, last: int, generations: int) -> None:
    print(f"hours {first} to {last}, {generations} generations, seed 1")
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
        print(f"{method:24} {found:10.2f} {profit:10.2f}  {result.status.value:8} {seconds:7.1f} s", flush=True)


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(*(words[:2] or (17, 20)), *(words[2:] or (30,)))
