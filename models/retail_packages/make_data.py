"""In: a seed and the figures written below; out: every CSV file in `data/` of the retail packages.

The paper prints none of its data ("can be found in [40]", a supplement that we could not read), so all of this is
ours, at the scale that the paper's text tells: three residential users, one commercial, one industrial; a month of 30
equal days; gas contracts of 10,000 m3 for each user; five scenarios of the spot price. Nothing here was chosen by
looking at an answer of the game. `README.md` says where each figure comes from.

Energies are in MWh and gas in thousand m3, so that CNY/kWh and CNY/m3 are thousand CNY for each.

    python models/retail_packages/make_data.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEED = 20230502
SAMPLES = 300
HOURS = np.arange(1, 25)
"""Hour h runs from h-1 to h o'clock."""

PEAK = (9, 10, 11, 12, 18, 19, 20, 21)
VALLEY = (1, 2, 3, 4, 5, 6, 7, 8)
NIGHT = (22, 23, 24, 1, 2, 3, 4, 5, 6)
# Hours in which every price of every package is the same: 21-24 is flat and night, 00-06 valley and night, ...
BLOCKS = {1: range(1, 7), 2: (7, 8), 3: range(9, 13), 4: range(13, 18), 5: range(18, 22), 6: range(22, 25)}

# Shapes of a day, relative: hours of 00-01, 01-02, ... 23-24.
SHAPES = {
    "home": "46 40 37 35 35 39 52 68 70 66 64 68 74 70 66 66 72 86 104 112 108 96 78 58",
    "shop": "34 31 30 29 29 31 38 54 82 104 112 114 110 112 114 112 110 106 104 100 88 64 46 38",
    "works": "78 76 75 75 76 78 84 94 108 114 116 112 104 110 114 114 112 106 102 100 98 92 86 82",
    "cooking": "10 8 8 8 10 20 60 84 60 40 56 110 90 40 34 40 70 124 130 96 64 44 28 16",
    "heat": "60 58 58 58 60 66 84 96 104 108 108 104 98 100 104 104 102 98 92 88 82 76 70 64",
}
# user: class, MWh a day and its shape, thousand m3 a day and its shape, weights of comfort and economy for electricity
# and for gas.
USERS = {
    "residential_1": ("residential", 10, "home", 0.9, "cooking", (0.25, 0.25, 0.25, 0.25)),
    "residential_2": ("residential", 8, "home", 0, "cooking", (0.5, 0.5, 0, 0)),
    "residential_3": ("residential", 0, "home", 1.2, "cooking", (0, 0, 0.5, 0.5)),
    "commercial_1": ("commercial", 16, "shop", 1.5, "heat", (0.3, 0.2, 0.3, 0.2)),
    "industrial_1": ("industrial", 40, "works", 3, "heat", (0.2, 0.3, 0.2, 0.3)),
}
# class: price against that of residential users (electricity, gas); night limit of package 2, peak and valley reference
# of package 3, first and second level of package 4, all in MWh a month; gas quota of package 4, thousand m3 a month.
CLASSES = {
    "residential": (1.0, 1.0, 30, 60, 30, 90, 180, 15),
    "commercial": (1.3, 1.25, 50, 90, 50, 150, 300, 25),
    "industrial": (1.2, 1.2, 200, 240, 180, 400, 800, 50),
}
# rate: package, lowest, highest, given before the game; what residential users pay, CNY/kWh.
RATES = {
    "peak": (1, 0.55, 0.95, 0.75),
    "flat": (1, 0.40, 0.70, 0.52),
    "valley": (1, 0.20, 0.45, 0.30),
    "day": (2, 0.50, 0.85, 0.62),
    "night": (2, 0.25, 0.50, 0.36),
    "basic": (3, 0.45, 0.70, 0.53),
    "reward": (3, 0.00, 0.15, 0.05),
    "penalty": (3, 0.05, 0.30, 0.10),
    "level_1": (4, 0.42, 0.60, 0.50),
    "level_2": (4, 0.45, 0.75, 0.55),
    "level_3": (4, 0.60, 1.00, 0.80),
    "single": (5, 0.42, 0.75, 0.54),
}
# The same for gas, CNY/m3.
GAS_RATES = {
    "gas_peak": (1, 2.6, 4.0, 3.1),
    "gas_flat": (1, 2.4, 3.6, 2.8),
    "gas_valley": (1, 2.2, 3.2, 2.5),
    "gas_basic": (4, 2.4, 3.6, 2.8),
    "gas_reward": (4, 0.0, 0.5, 0.1),
    "gas_penalty": (4, 0.1, 1.0, 0.3),
    "gas_single": (5, 2.4, 3.6, 2.8),
}
OFFERS = {"retailer_1": (4,), "retailer_2": (1, 3), "retailer_3": (2, 5)}
RETAILERS = {"retailer_1": (0.3, 0.7), "retailer_2": (0.5, 0.8), "retailer_3": (0.8, 0.9)}
"""Weight of the risk and confidence level of each."""

# contract: CNY/kWh, MWh a month at most, hours in which it delivers.
CONTRACTS = {
    "base": (0.36, 800, range(1, 25)),
    "daytime": (0.42, 500, range(9, 22)),
    "evening": (0.46, 250, range(18, 22)),
}
# CNY/m3, thousand m3 a month at most: what gas companies sell to a retailer and to an end-user.
GAS_CONTRACTS = {"company_1": (2.05, 60), "company_2": (2.20, 200)}
USER_GAS_CONTRACTS = {"company_1": (2.75, 10), "company_2": (3.05, 10)}

SPOT = "300 285 275 270 272 290 330 385 430 455 462 450 415 405 410 420 440 490 530 520 480 425 370 325"
"""Mean clearing price of the spot market, CNY/MWh."""


def shape(name: str) -> Floats:
    values = np.array(SHAPES[name].split(), np.float64)
    return values / values.sum()


def spot_samples(seed: int = SEED, count: int = SAMPLES) -> Floats:
    """(count, 24) prices in CNY/kWh: the mean times a level of the day and a walk of the hours, both lognormal.

    The level's standard deviation of 0.15 and the hours' of 0.10 with a correlation of 0.8 from hour to hour are
    ordinary for a day-ahead market.
    """
    rng = np.random.default_rng(seed)
    level = 0.15 * rng.standard_normal((count, 1))
    noise = rng.standard_normal((count, len(HOURS)))
    walk = np.zeros_like(noise)
    walk[:, 0] = noise[:, 0]
    for h in range(1, len(HOURS)):
        walk[:, h] = 0.8 * walk[:, h - 1] + 0.6 * noise[:, h]
    factor = np.exp(level + 0.10 * walk - (0.15**2 + 0.10**2) / 2)
    return np.asarray(np.array(SPOT.split(), np.float64) / 1000 * factor)


def initial_shares() -> Iterable[Sequence[object]]:
    """Before the game nobody prefers anybody: a third from each retailer, in equal parts of its packages."""
    for user in USERS:
        for packages in OFFERS.values():
            for package in packages:
                gas = 1 / 3 if package in (1, 4, 5) else 0
                yield user, package, f"{1 / 3 / len(packages):.12g}", f"{gas:.12g}"


def write(folder: Path, name: str, head: str, rows: Iterable[Sequence[object]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head.split())
        writer.writerows(rows)


def make_all(folder: Path) -> None:
    """Write every file of `data/` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    head = "user class comfort economy gas_comfort gas_economy"
    write(folder, "users.csv", head, ((u, n, *weights) for u, (n, _, _, _, _, weights) in USERS.items()))
    demand = (
        (u, h, f"{mwh * shape(e)[h - 1]:.5f}", f"{gas * shape(g)[h - 1]:.6f}")
        for u, (_, mwh, e, gas, g, _) in USERS.items()
        for h in HOURS
    )
    write(folder, "demand.csv", "user hour electricity gas", demand)
    head = "class ratio gas_ratio night_limit peak_limit valley_limit level_1 level_2 quota"
    write(folder, "classes.csv", head, ((n, *row) for n, row in CLASSES.items()))
    periods = (
        (
            h,
            int(h in PEAK),
            int(h not in PEAK and h not in VALLEY),
            int(h in VALLEY),
            int(h not in NIGHT),
            int(h in NIGHT),
            next(b for b, hours in BLOCKS.items() if h in hours),
        )
        for h in HOURS
    )
    write(folder, "hours.csv", "hour peak flat valley day night block", periods)
    write(folder, "rates.csv", "rate package low high given", ((k, *row) for k, row in RATES.items()))
    write(folder, "gas_rates.csv", "GasRate package low high given", ((k, *row) for k, row in GAS_RATES.items()))
    write(folder, "retailers.csv", "retailer risk_weight confidence", ((r, *row) for r, row in RETAILERS.items()))
    offers = ((r, m, int(m in packages)) for r, packages in OFFERS.items() for m in range(1, 6))
    write(folder, "offers.csv", "retailer package offers", offers)
    write(folder, "initial_shares.csv", "user package electricity gas", initial_shares())
    write(folder, "contracts.csv", "contract price largest", ((b, p, e) for b, (p, e, _) in CONTRACTS.items()))
    usage = ((b, h, f"{(h in hours) / len(hours):.12g}") for b, (_, _, hours) in CONTRACTS.items() for h in HOURS)
    write(folder, "usage.csv", "contract hour usage", usage)
    write(folder, "gas_contracts.csv", "GasContract price largest", ((c, *row) for c, row in GAS_CONTRACTS.items()))
    rows = ((c, *row) for c, row in USER_GAS_CONTRACTS.items())
    write(folder, "user_gas_contracts.csv", "UserContract price largest", rows)
    samples = ([f"{price:.5f}" for price in row] for row in spot_samples())
    write(folder, "spot_samples.csv", " ".join(str(h) for h in HOURS), samples)


if __name__ == "__main__":
    make_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data")
