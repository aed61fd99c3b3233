"""In: the tables of `models/storage_alliance/data`; out: what microgrids, alliance and station would do, by SciPy.

Shares nothing with gamec: it reads the tables itself, knows no `.game` file and writes the equations anew. The alliance
has no storage of its own here, so its hours do not hang together and each is one small LP. A quadratic cost of demand
response is replaced by its tangent at a given point: the point is optimal for the quadratic exactly if it is for that
LP, and then both cost the same.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

DATA = Path(__file__).parents[2] / "models" / "storage_alliance" / "data"
GAS, ETA_GT, LOSS_GT, ETA_GB, ETA_HX, COP_EC, COP_AC = 3.3 / 9.7, 0.35, 0.15, 0.9, 0.9, 3.5, 1.2
SHARE, P_STATION, ETA, FEE, CAPACITY = 0.15, 3000.0, 0.95, 0.05, 5632.0
KINDS = ("electric", "heat", "cold")
COLUMNS = 11
NET = 10
"""A microgrid's columns: gas turbine, wind and sun, grid, electric chiller, boiler, heat exchanger, absorption chiller,
the three reductions, what it takes from the alliance."""

Floats = NDArray[np.float64]
Cuts = dict[tuple[str, int, str], float]
"""Reduction in kW by microgrid, hour and kind."""


@cache
def table(name: str, *keys: str) -> dict[tuple[str, ...], dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {tuple(row[k] for k in keys): row for row in csv.DictReader(file)}


def microgrids() -> list[str]:
    return [i for (i,) in table("microgrids", "i")]


def tariff(t: int) -> float:
    return float(table("tariff", "d")[(str(t),)]["tariff"])


@dataclass(frozen=True)
class Block:
    """One microgrid in one hour: minimise `cost @ x + constant`, `equal @ x == needs`, `waste @ x <= 0`, bounds."""

    cost: Floats
    constant: float
    equal: Floats
    needs: Floats
    waste: Floats
    bounds: list[tuple[float, float]]


def block(i: str, t: int, responding: Cuts | None, exchange: bool = True) -> Block:
    """`responding`: the reductions at which their cost is replaced by its tangent; None: demand does not respond."""
    limit = {k: float(v) for k, v in table("microgrids", "i")[(i,)].items() if k != "i"}
    load = {k: float(table("demand", "i", "d")[(i, str(t))][k]) for k in KINDS}
    there = sum(float(table("renewable", "i", "d")[(i, str(t))][k]) for k in ("wind", "sun"))
    slope, constant = [], 0.0
    for kind in KINDS:
        a, b, c = (float(table("response", "m")[(kind,)][k]) for k in "abc")
        at = 0.0 if responding is None else responding[(i, t, kind)]
        slope.append(b + 2 * a * at)
        constant += 0.0 if responding is None else c - a * at**2
    cost = np.array([GAS / ETA_GT, 0, tariff(t), 0, GAS / ETA_GB, 0, 0, *slope, 0])
    equal = np.zeros((3, COLUMNS))
    equal[0, [0, 1, 2, 3, 7, NET]] = 1, 1, 1, -1, 1, 1
    equal[1, [4, 5, 8]] = 1
    equal[2, [3, 6, 9]] = COP_EC, 1, 1
    waste = np.zeros(COLUMNS)
    waste[[0, 5, 6]] = -(1 - ETA_GT - LOSS_GT) / ETA_GT, 1 / ETA_HX, 1 / COP_AC
    most = [0.0 if responding is None else SHARE * load[k] for k in KINDS]
    line = limit["line_max"] if exchange else 0.0
    bounds = [(limit["gt_min"], limit["gt_max"]), (0.0, there), (0.0, limit["grid_max"])]
    bounds += [(0.0, limit[k]) for k in ("ec_max", "gb_max", "hx_max", "ac_max")]
    bounds += [(0.0, m) for m in most] + [(-line, line)]
    return Block(cost, constant, equal, np.array([load[k] for k in KINDS]), waste, bounds)


def microgrid_bill(i: str, t: int, price: float, responding: Cuts | None, exchange: bool = True) -> float:
    """Least cost of one microgrid in one hour that may take from the alliance, or give to it, at `price`."""
    b = block(i, t, responding, exchange)
    cost = b.cost.copy()
    cost[NET] = price
    found = linprog(cost, A_ub=b.waste[None], b_ub=[0], A_eq=b.equal, b_eq=b.needs, bounds=b.bounds)
    assert found.success, found.message
    return float(found.fun) + b.constant


def alliance(t: int, trade: list[tuple[float, float, float]], responding: Cuts | None) -> Any:
    """The alliance in one hour; `trade` are columns (cost, least, most) that bring energy to it. As `linprog` gives it,
    with the constants of `fun` added."""
    blocks = [block(i, t, responding) for i in microgrids()]
    n, k = COLUMNS * len(blocks), len(trade)
    equal, waste = np.zeros((3 * len(blocks) + 1, n + k)), np.zeros((len(blocks), n + k))
    for number, b in enumerate(blocks):
        at = slice(COLUMNS * number, COLUMNS * (number + 1))
        equal[3 * number : 3 * number + 3, at] = b.equal
        waste[number, at] = b.waste
    equal[-1, NET:n:COLUMNS] = 1
    equal[-1, n:] = -1
    cost = np.concatenate([*(b.cost for b in blocks), [c for c, _, _ in trade]])
    needs = np.concatenate([*(b.needs for b in blocks), [0.0]])
    bounds = [*(pair for b in blocks for pair in b.bounds), *((low, high) for _, low, high in trade)]
    found = linprog(cost, A_ub=waste, b_ub=np.zeros(len(blocks)), A_eq=equal, b_eq=needs, bounds=bounds)
    assert found.success, found.message
    found.fun += sum(b.constant for b in blocks)
    return found


def alliance_bill(t: int, sell: float, buy: float, responding: Cuts | None) -> float:
    """Least cost of the alliance in one hour at the station's prices; selling costs the station's charge `-inn`."""
    # Selling x brings -x into the pool at the cost -(buy - fee)*x: a column from -P to 0 with the cost buy - fee.
    trade = [(sell + FEE, 0.0, P_STATION), (buy - FEE, -P_STATION, 0.0)]
    return float(alliance(t, trade, responding).fun)


def saving(t: int, net: float, step: float) -> float:
    """What the alliance, whose demand does not respond, saves by the last `step` kWh of `net`, for each of them."""
    before, after = (float(alliance(t, [(0.0, x, x)], None).fun) for x in (net - step, net))
    return (before - after) / step


def best_trade(charging: int, discharging: int, step: float) -> float:
    """The station's best revenue from one hour of charging and a later one of discharging, demand not responding, by a
    scan of what it sells in steps of `step` kWh.

    The highest price at which the alliance takes x is what the last of it saves, less the fee; the lowest price at
    which it gives x is what the last of it costs, plus the fee. So every trade of the scan can be had, the best too.
    """
    best = 0.0
    for sold in np.arange(step, P_STATION * ETA**2 + step / 2, step):
        bought = sold / ETA**2
        high = min(tariff(discharging), saving(discharging, sold, 0.5) - FEE)
        low = max(0.0, saving(charging, -bought + 0.5, 0.5) + FEE)
        best = max(best, high * sold - low * bought + FEE * (sold + bought))
    return best
