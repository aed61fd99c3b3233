"""The alliance with more microgrids, timed: `python models/storage_alliance/scale.py 10 case4` prints one row of the
table in README.md.

Microgrid k is one of the three of `data/`, in turn, with limits and demand times a factor between 0.9 and 1.1 and wind
and sun times another one, by a fixed seed; the station grows with their number. The first three are those of `data/`.
"""

from __future__ import annotations

import csv
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import gamec

FOLDER = Path(__file__).parent
MODEL = FOLDER / "storage_alliance.game"
SEED = 3
STATION = {"P_station": 3000.0, "E_max": 14400.0, "E_min": 1600.0, "capacity_cost": 5632.0}


def write(count: int, folder: Path) -> Path:
    """The model and its data for `count` microgrids; returns the model."""
    shutil.copytree(FOLDER / "data", folder / "data")
    random = np.random.default_rng(SEED)
    size, weather = (np.r_[np.ones(3), random.uniform(0.9, 1.1, count)][:count] for _ in range(2))
    for name in ("microgrids", "demand", "renewable"):
        with (FOLDER / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        factor = weather if name == "renewable" else size
        with (folder / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            for k in range(count):
                for row in (r for r in rows if r["i"] == f"mg{k % 3 + 1}"):
                    grown = {n: v if n == "d" else f"{float(v) * factor[k]:.1f}" for n, v in row.items() if n != "i"}
                    writer.writerow({"i": f"mg{k + 1}", **grown})
    return Path(shutil.copy(MODEL, folder))


def main(count: int, case: str, limit: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = write(count, Path(folder))
        began = time.perf_counter()
        station = {name: value * count / 3 for name, value in STATION.items()}
        result = gamec.solve(model, case=case, data=station, time_limit=limit)
        seconds = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF)
    solvers = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = own.ru_utime + own.ru_stime + solvers.ru_utime + solvers.ru_stime
    leader = "station" if case.startswith("case4") else "alliance"
    regret = result.certificate.regret.get(leader, np.nan)
    cost, profit = (result.objectives.get(name, np.nan) for name in ("alliance.cost", "station.profit"))
    print(
        f"{count:3} {case:8} {result.status.value:10} {result.method:14} cost {cost:12.2f}  profit {profit:10.2f}  "
        f"open {regret:8.2g}  {seconds:6.1f} s, {busy:.1f} s of one processor, "
        f"{max(own.ru_maxrss, solvers.ru_maxrss) / 1024:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    words = sys.argv[1:]
    main(int(words[0]), words[1] if len(words) > 1 else "case4", float(words[2]) if len(words) > 2 else 60.0)
