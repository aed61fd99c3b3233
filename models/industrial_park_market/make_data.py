"""In: the constants below; out: the tables in `data/`. The README says where every number comes from.

`python models/industrial_park_market/make_data.py` writes them again, to the last digit. The paper shows its
loads, forecasts, tariffs and parameters only as pictures, so all of this is ours: shapes that follow what the paper's
text says about its pictures, with seeded noise of a few per cent.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"
SEED = 2024
HOURS = range(24)

# Part of the peak in each hour. Section 5.2 of the paper: electricity is low from 0:00 to 9:00 and peaks from 10:00 to
# 13:00 and from 17:00 to 22:00; heat needs the boiler from 0:00 to 4:00 and is high again from 17:00 to 22:00.
ELECTRICITY = (
    *(0.42, 0.40, 0.38, 0.38, 0.40, 0.44, 0.50, 0.58, 0.68, 0.82, 0.97, 1.00),
    *(0.98, 0.94, 0.84, 0.80, 0.82, 0.92, 0.98, 1.00, 0.99, 0.95, 0.85, 0.55),
)
HEAT = (
    *(0.95, 1.00, 1.00, 0.97, 0.90, 0.80, 0.72, 0.66, 0.60, 0.55, 0.50, 0.48),
    *(0.48, 0.50, 0.52, 0.56, 0.62, 0.72, 0.78, 0.82, 0.84, 0.86, 0.84, 0.90),
)
# The wind blows at night and in the evening, and hardly at noon.
WIND = (
    *(0.62, 0.65, 0.66, 0.64, 0.60, 0.56, 0.50, 0.44, 0.36, 0.28, 0.20, 0.15),
    *(0.14, 0.16, 0.20, 0.28, 0.38, 0.50, 0.58, 0.62, 0.65, 0.66, 0.64, 0.62),
)
WIND_INSTALLED, SUN_INSTALLED, SUN_PEAK = 800.0, 600.0, 0.80
SUNRISE, SUNSET = 5.5, 18.5

# Peaks of electricity and heat in kW.
PARKS = {"machining": (480.0, 180.0), "dyeing": (560.0, 430.0), "food": (400.0, 240.0)}
NOISE = 0.04

# Low, middle and high hours of both grids (section 5.2 names the low and the high ones).
LOW = {*range(8), 23}
HIGH = {*range(10, 14), *range(17, 22)}
GRID = {"low": 0.38, "middle": 0.68, "high": 1.20}
GAS = {"low": 2.40, "middle": 2.80, "high": 3.20}

# Market: what the supplier adds to the grid's price, and what the public network adds for a small park.
MARGIN, NETWORK = 0.12, 0.25
HEAT_MARGIN = 1.25
CALORIFIC = 9.7
TURBINE, BOILER, OWN_BOILER = 0.35, 0.90, 0.70
OWN_BOILER_COST = 0.05
ROUND_TRIP = 0.95**2
MAINTENANCE = {"WT": 0.03, "PV": 0.02, "GT": 0.04, "ES": 0.05, "WHB": 0.02, "GB": 0.02}


def tier(hour: int) -> str:
    return "low" if hour in LOW else "high" if hour in HIGH else "middle"


def write(name: str, header: str, rows: Iterable[Sequence[object]], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with (target / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def noisy(draw: random.Random, value: float) -> float:
    """`value` with noise of at most NOISE, in tenths of a kW."""
    return round(value * (1 + draw.uniform(-NOISE, NOISE)), 1)


def sun(hour: int) -> float:
    """Part of the day's peak in the middle of the hour."""
    angle = (hour + 0.5 - SUNRISE) / (SUNSET - SUNRISE)
    return math.sin(math.pi * angle) ** 1.5 if 0 < angle < 1 else 0.0


def make_all(target: Path = DATA) -> None:
    """Write all tables under `target`."""
    draw = random.Random(SEED)
    write(
        "loads.csv",
        "park,hour,electricity,heat",
        (
            [park, hour, noisy(draw, e * ELECTRICITY[hour]), noisy(draw, h * HEAT[hour])]
            for park, (e, h) in PARKS.items()
            for hour in HOURS
        ),
        target,
    )
    write(
        "renewables.csv",
        "hour,wind,sun",
        (
            [hour, noisy(draw, WIND_INSTALLED * WIND[hour]), noisy(draw, SUN_INSTALLED * SUN_PEAK * sun(hour))]
            for hour in HOURS
        ),
        target,
    )
    grid = [GRID[tier(hour)] for hour in HOURS]
    gas = [GAS[tier(hour)] for hour in HOURS]
    write("grids.csv", "hour,electricity,gas", zip(HOURS, grid, gas, strict=True), target)
    write(
        "prices.csv",
        "hour,electricity,heat,electricity_highest,heat_highest",
        (
            [
                hour,
                round(grid[hour] + MARGIN, 4),
                round(HEAT_MARGIN * gas[hour] / (CALORIFIC * BOILER), 4),
                round(grid[hour] + NETWORK, 4),
                round(gas[hour] / (CALORIFIC * OWN_BOILER) + OWN_BOILER_COST, 4),
            ]
            for hour in HOURS
        ),
        target,
    )
    mean_grid, mean_gas = sum(grid) / len(grid), sum(gas) / len(gas)
    energy = {
        "GT": mean_gas / (CALORIFIC * TURBINE),
        "ES": mean_grid / ROUND_TRIP,
        "GB": mean_gas / (CALORIFIC * BOILER),
    }
    for kind, units in (("electric_unit", ("WT", "PV", "GT", "ES")), ("heat_unit", ("WHB", "GB"))):
        write(
            f"{kind}s.csv",
            f"{kind},maintenance,lowest_bid",
            ([unit, MAINTENANCE[unit], round(energy.get(unit, 0.0) + MAINTENANCE[unit], 4)] for unit in units),
            target,
        )


if __name__ == "__main__":
    make_all()
