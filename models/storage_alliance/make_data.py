"""In: the constants below, a seed; out: the tables in `data/`.

`python models/storage_alliance/make_data.py` writes them again, to the last digit the same. The paper prints no data:
all of this is ours, of its scale, and README.md names what each number is taken from. One number is calibrated, as the
paper prints where Case 1 starts: all wind and sun are multiplied by one factor, so that microgrids without storage and
without exchange use 72.3 % of them.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, linprog

DATA = Path(__file__).parent / "data"
SEED = 3
HOURS = 24
PUBLISHED_USE = 0.723
Floats = NDArray[np.float64]

# Limits in kW. mg1 is the paper's microgrid "of the multi-electric type"; mg2 has much heat, mg3 much cold.
DEVICES = {
    "mg1": {
        "gt_min": 240,
        "gt_max": 1200,
        "gb_max": 2000,
        "hx_max": 2000,
        "ec_max": 600,
        "ac_max": 1000,
        "grid_max": 5000,
        "line_max": 4000,
    },
    "mg2": {
        "gt_min": 240,
        "gt_max": 1800,
        "gb_max": 3600,
        "hx_max": 3200,
        "ec_max": 600,
        "ac_max": 1000,
        "grid_max": 5000,
        "line_max": 4000,
    },
    "mg3": {
        "gt_min": 240,
        "gt_max": 1400,
        "gb_max": 2000,
        "hx_max": 2400,
        "ec_max": 1000,
        "ac_max": 2000,
        "grid_max": 5000,
        "line_max": 4000,
    },
}
# Greatest demand of the day in kW, electricity without the electric chillers.
DEMAND = {
    "mg1": {"electric": 3100.0, "heat": 1450.0, "cold": 950.0},
    "mg2": {"electric": 2500.0, "heat": 3300.0, "cold": 900.0},
    "mg3": {"electric": 2800.0, "heat": 1700.0, "cold": 2250.0},
}
# Installed wind and sun in kW, before the factor.
INSTALLED = {
    "mg1": {"wind": 2200.0, "sun": 6000.0},
    "mg2": {"wind": 1400.0, "sun": 3600.0},
    "mg3": {"wind": 1600.0, "sun": 4000.0},
}
# Cost of reducing electricity, heat and cold: a in CNY/(kW^2 h), b in CNY/kWh, c in CNY/h.
RESPONSE = {"electric": (0.0005, 0.45, 2.0), "heat": (0.0002, 0.18, 2.0), "cold": (0.00015, 0.12, 2.0)}


def hourly(points: Sequence[tuple[float, float]]) -> Floats:
    """A daily curve through (hour, share of the greatest value), at the middle of each hour."""
    x, y = zip(*points, strict=True)
    return np.interp(np.arange(HOURS) + 0.5, x, y)


ELECTRIC = {
    # Households with heat pumps and chargers; workshops in two shifts; offices and shops.
    "mg1": hourly(
        [(0, 0.56), (4, 0.50), (7, 0.66), (9, 0.70), (12, 0.72), (15, 0.66), (18, 0.90), (20, 1.0), (24, 0.56)]
    ),
    "mg2": hourly([(0, 0.62), (5, 0.58), (8, 0.90), (11, 1.0), (13, 0.84), (16, 0.96), (20, 0.88), (24, 0.62)]),
    "mg3": hourly([(0, 0.40), (6, 0.38), (9, 0.82), (12, 0.92), (15, 0.95), (18, 1.0), (21, 0.86), (24, 0.40)]),
}
HEAT = hourly([(0, 0.92), (5, 1.0), (8, 0.86), (12, 0.58), (15, 0.50), (18, 0.68), (21, 0.88), (24, 0.92)])
COLD = hourly([(0, 0.28), (5, 0.24), (9, 0.55), (12, 0.86), (15, 1.0), (18, 0.82), (21, 0.50), (24, 0.28)])
WIND = hourly([(0, 0.62), (4, 0.58), (8, 0.40), (12, 0.26), (15, 0.28), (18, 0.42), (21, 0.56), (24, 0.62)])
FEE = 0.05  # CNY/kWh
SUNRISE, SUNSET, CLEARNESS = 6.0, 18.5, 0.82

# What the model needs besides the tables to say what Case 1 uses; the same numbers stand in storage_alliance.game.
GAS_PRICE, CALORIFIC = 3.3, 9.7
ETA_GT, LOSS_GT, ETA_GB, ETA_HX, COP_EC, COP_AC = 0.35, 0.15, 0.90, 0.90, 3.5, 1.2


def tariff() -> Floats:
    """Time of use: peak 08-12 and 17-21, flat 12-17 and 21-24, valley 00-08; CNY/kWh."""
    price = np.full(HOURS, 0.75)
    price[:8] = 0.40
    price[8:12] = price[17:21] = 1.20
    return price


def profiles() -> tuple[dict[str, dict[str, Floats]], dict[str, dict[str, Floats]]]:
    """Demand and unscaled renewable power of every microgrid, with an hourly deviation that the seed fixes."""
    rng = np.random.default_rng(SEED)
    middle = np.arange(HOURS) + 0.5
    sun = CLEARNESS * np.clip(np.sin(np.pi * (middle - SUNRISE) / (SUNSET - SUNRISE)), 0.0, None)
    shapes = {"heat": HEAT, "cold": COLD}
    demand: dict[str, dict[str, Floats]] = {}
    power: dict[str, dict[str, Floats]] = {}
    for name in DEVICES:
        demand[name] = {}
        for kind, peak in DEMAND[name].items():
            shape = ELECTRIC[name] if kind == "electric" else shapes[kind]
            demand[name][kind] = np.round(peak * shape * (1 + 0.03 * rng.uniform(-1, 1, HOURS)), 1)
        wind = np.clip(WIND * (1 + 0.20 * rng.uniform(-1, 1, HOURS)), 0.0, 1.0)
        cloud = 1 - 0.08 * rng.uniform(0, 1, HOURS)
        power[name] = {"wind": INSTALLED[name]["wind"] * wind, "sun": INSTALLED[name]["sun"] * sun * cloud}
    return demand, power


def used_alone(name: str, demand: dict[str, Floats], wind: Floats, sun: Floats) -> float:
    """kWh of wind and sun that one microgrid uses in Case 1: hour by hour the cheapest supply, no storage, no exchange.

    Where the cheapest supply leaves the use open it is the largest; a reward of 1e-6 CNY/kWh says so.
    """
    limit = DEVICES[name]
    price, gas = tariff(), GAS_PRICE / CALORIFIC
    total = 0.0
    for t in range(HOURS):
        # Columns: gas turbine, wind and sun, grid, electric chiller, boiler, heat exchanger, absorption chiller.
        cost = [gas / ETA_GT, -1e-6, price[t], 0.0, gas / ETA_GB, 0.0, 0.0]
        equal = [[1, 1, 1, -1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 0], [0, 0, 0, COP_EC, 0, 0, 1]]
        waste = [[-(1 - ETA_GT - LOSS_GT) / ETA_GT, 0, 0, 0, 0, 1 / ETA_HX, 1 / COP_AC]]
        bounds = [
            (limit["gt_min"], limit["gt_max"]),
            (0, wind[t] + sun[t]),
            (0, limit["grid_max"]),
            *((0, limit[k]) for k in ("ec_max", "gb_max", "hx_max", "ac_max")),
        ]
        needs = [demand[k][t] for k in ("electric", "heat", "cold")]
        found = linprog(cost, A_ub=waste, b_ub=[0], A_eq=equal, b_eq=needs, bounds=bounds)
        assert found.success, found.message
        total += found.x[1]
    return total


def calibrated(demand: dict[str, dict[str, Floats]], power: dict[str, dict[str, Floats]]) -> float:
    """The factor on wind and sun with which Case 1 uses the published share of them."""

    def excess(factor: float) -> float:
        used = sum(used_alone(i, demand[i], factor * power[i]["wind"], factor * power[i]["sun"]) for i in DEVICES)
        return used / sum(factor * (p["wind"].sum() + p["sun"].sum()) for p in power.values()) - PUBLISHED_USE

    return float(brentq(excess, 0.3, 3.0, xtol=1e-4))


def write(path: Path, header: str, rows: Iterable[Sequence[str | float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def make_all(target: Path = DATA) -> float:
    """Write the tables; the factor on wind and sun."""
    demand, power = profiles()
    factor = calibrated(demand, power)
    limits = next(iter(DEVICES.values())).keys()
    write(target / "microgrids.csv", ",".join(["i", *limits]), ([i, *DEVICES[i].values()] for i in DEVICES))
    write(
        target / "demand.csv",
        "i,d,electric,heat,cold",
        ([i, t + 1, *(f"{demand[i][k][t]:.1f}" for k in RESPONSE)] for i in DEVICES for t in range(HOURS)),
    )
    write(
        target / "renewable.csv",
        "i,d,wind,sun",
        (
            [i, t + 1, *(f"{factor * power[i][k][t]:.1f}" for k in ("wind", "sun"))]
            for i in DEVICES
            for t in range(HOURS)
        ),
    )
    write(target / "tariff.csv", "d,tariff,fee", ([t + 1, f"{p:.2f}", f"{FEE:.2f}"] for t, p in enumerate(tariff())))
    write(target / "response.csv", "m,a,b,c", ([m, *abc] for m, abc in RESPONSE.items()))
    return factor


if __name__ == "__main__":
    sys.stdout.write(f"wind and sun times {make_all():.4f}\n")
