"""The spot market with more participants, timed: `python models/spot_market_vpp/scale.py 10 flexible_c` prints one row
of the table in README.md.

The bids of study C so many times over, each copy of a bid at its price times a factor between 0.9 and 1.1 and its
quantity times one between 0.5 and 1.5, by a fixed seed; the first copy is study C as it stands. Copies of flexible bids
move as a whole: one factor for all hours of a block. Where a VPP leads nothing links the hours: they are solved one
after the other, and profits add up.
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
MODELS = {"leads": "strategic_vpp.game", "honest": "strategic_vpp.game"}
"""By the first word of a case; all others are those of spot_market_vpp.game."""
SEED = 5
PARTICIPANTS, FLEXIBLE, HOURS = 7, 3, 24


def write(copies: int, folder: Path, name: str = "spot_market_vpp.game") -> Path:
    """The model of that name and the data of study C `copies` times over; returns the model."""
    shutil.copytree(FOLDER / "data", folder / "data")
    random = np.random.default_rng(SEED)
    factors = {}
    for column, (low, high) in {"price": (0.9, 1.1), "quantity": (0.5, 1.5)}.items():
        drawn = random.uniform(low, high, (copies, PARTICIPANTS))
        factors[column] = np.r_[np.ones((1, PARTICIPANTS)), drawn[1:]]
    own = {"1": 3, "2": 6, "3": 7}
    for table in ("participants", "bids", "flexible", "profiles", "alternatives"):
        path = folder / "data" / "c" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            for copy in range(copies):
                writer.writerows(_copied(row, copy, factors, own) for row in rows)
    text = (FOLDER / name).read_text(encoding="utf-8")
    text = text.replace(f"i = 1..{PARTICIPANTS}", f"i = 1..{PARTICIPANTS * copies}")
    text = text.replace(f"k = 1..{FLEXIBLE}", f"k = 1..{FLEXIBLE * copies}").replace("data/a/", "data/c/")
    model = folder / name
    model.write_text(text, encoding="utf-8")
    return model


def _copied(row: dict[str, str], copy: int, factors: dict[str, np.ndarray], own: dict[str, int]) -> dict[str, str]:
    """A row as its copy has it: other numbers of bids, and a price and a quantity times the factors of whose it is."""
    whose = int(row["participant"]) if "participant" in row else own[row["flexible"]]
    made = dict(row)
    if "participant" in row:
        made["participant"] = str(int(row["participant"]) + PARTICIPANTS * copy)
    if "flexible" in row:
        made["flexible"] = str(int(row["flexible"]) + FLEXIBLE * copy)
    if row.get("flexible_bid", "0") != "0":
        made["flexible_bid"] = str(int(row["flexible_bid"]) + FLEXIBLE * copy)
    for name, digits in (("price", 4), ("quantity", 0)):
        if name in row:
            made[name] = f"{round(float(row[name]) * factors[name][copy, whose - 1], digits):g}"
    return made


def solved(model: Path, case: str, limit: float) -> tuple[str, str, float, float]:
    """Status, the objective's name, its value and what is open of it; hour by hour where a VPP leads."""
    if case.split("_")[0] not in MODELS:
        result = gamec.solve(model, case=case, time_limit=limit)
        name = "market.welfare"
        return result.status.value, name, result.objectives.get(name, np.nan), _open(result, name)
    value = left = 0.0
    status, name = "optimal", "plant.profit"
    for hour in range(HOURS):
        result = gamec.solve(model, case=case, data={"from_hour": hour, "to_hour": hour}, time_limit=limit)
        status = status if result.status.value == "optimal" else result.status.value
        value, left = value + result.objectives.get(name, np.nan), left + _open(result, name)
    return status, name, value, left


def _open(result: gamec.Result, name: str) -> float:
    return result.certificate.regret.get(name.split(".")[0], np.nan)


def main(copies: int, case: str, limit: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = write(copies, Path(folder), MODELS.get(case.split("_")[0], "spot_market_vpp.game"))
        began = time.perf_counter()
        status, name, value, left = solved(model, case, limit)
        seconds = time.perf_counter() - began
    own, solvers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    busy = own.ru_utime + own.ru_stime + solvers.ru_utime + solvers.ru_stime
    print(
        f"{PARTICIPANTS * copies:4} {case:10} {status:8} {name} {value:10.4f}  "
        f"open {left:8.2g}  {seconds:6.1f} s, {busy:.1f} s of one processor, "
        f"{max(own.ru_maxrss, solvers.ru_maxrss) / 1024:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    words = sys.argv[1:]
    main(int(words[0]), words[1] if len(words) > 1 else "flexible_c", float(words[2]) if len(words) > 2 else 60.0)
