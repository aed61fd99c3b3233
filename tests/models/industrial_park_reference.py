"""In: the tables of `models/industrial_park_market/data`; out: each player's problem and the whole game, built by hand
for scipy. Nothing here comes from gamec; constants that stand in the `.game` file are written again.

The parks always cut all they may: a kWh not bought saves its price, and is paid for on top. What is left of a park's
problem is to move load, whose optimality conditions take one binary for each bound. With them the market's problem is
one MILP; its products of a price and a load are linear by each park's duality:
    sum_t price_t moved_t = -sum_t limit_t |price_t - level|,  with `level` the park's price of its day's balance.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

FOLDER = Path(__file__).parents[2] / "models" / "industrial_park_market"
SHIFT, CUT = 0.10, 0.05
PAID = {"e": 0.30, "h": 0.10}
CALORIFIC, TURBINE, BOILER, RECOVERY, LOSS = 9.7, 0.35, 0.90, 0.80, 0.10
LIMITS = {"gt": 900.0, "gb": 900.0, "whb": 1000.0, "buy": 600.0, "sell": 400.0, "ch": 250.0, "dis": 250.0}
SOC = (100.0, 1000.0)
ETA = 0.95
ELECTRIC, THERMAL = ("WT", "PV", "GT", "ES"), ("WHB", "GB")
UNIT = {"WT": "wt", "PV": "pv", "GT": "gt", "ES": "dis", "WHB": "whb", "GB": "gb"}
DISPATCH = ("wt", "pv", "gt", "whb", "gb", "ch", "dis", "soc", "buy", "sell")
FAR = 2.0
"""More than two prices can differ by."""


@dataclass(frozen=True)
class Data:
    """Loads (parks, hours) in kW, series (hours,), prices in CNY/kWh (gas: CNY/m^3), lowest bids and maintenance by
    unit. `e` and `h` are electricity and heat."""

    parks: tuple[str, ...]
    load: dict[str, np.ndarray]
    wind: np.ndarray
    sun: np.ndarray
    grid: np.ndarray
    gas: np.ndarray
    tariff: dict[str, np.ndarray]
    highest: dict[str, np.ndarray]
    lowest: dict[str, float]
    maintenance: dict[str, float]

    @property
    def hours(self) -> int:
        return len(self.wind)

    def level(self) -> Data:
        """With one highest bid for the day."""
        return replace(self, highest={"e": np.full(self.hours, 1.45), "h": np.full(self.hours, 0.5213)})

    def floor(self, kind: str) -> float:
        return float(self.grid.min() if kind == "e" else self.gas.min() / (CALORIFIC * BOILER))

    def bill_before(self) -> np.ndarray:
        return np.asarray(sum(self.load[k] @ self.tariff[k] for k in "eh"))


def read(folder: Path = FOLDER / "data") -> Data:
    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def series(name: str, column: str) -> np.ndarray:
        return np.array([float(r[column]) for r in rows(name)])

    loads = rows("loads.csv")
    parks = tuple(dict.fromkeys(r["park"] for r in loads))
    units = [(r["electric_unit"], r) for r in rows("electric_units.csv")]
    units += [(r["heat_unit"], r) for r in rows("heat_units.csv")]
    return Data(
        parks,
        {k: series("loads.csv", c).reshape(len(parks), -1) for k, c in (("e", "electricity"), ("h", "heat"))},
        series("renewables.csv", "wind"),
        series("renewables.csv", "sun"),
        series("grids.csv", "electricity"),
        series("grids.csv", "gas"),
        {k: series("prices.csv", c) for k, c in (("e", "electricity"), ("h", "heat"))},
        {k: series("prices.csv", f"{c}_highest") for k, c in (("e", "electricity"), ("h", "heat"))},
        {unit: float(r["lowest_bid"]) for unit, r in units},
        {unit: float(r["maintenance"]) for unit, r in units},
    )


class Rows:
    """A MILP in scipy's arrays, its columns in named blocks."""

    def __init__(self) -> None:
        self.at: dict[Any, np.ndarray] = {}
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.rows: list[dict[int, float]] = []
        self.limits: list[tuple[float, float]] = []

    def block(self, name: Any, lower: Any, upper: Any, count: int, whole: int = 0) -> np.ndarray:
        start = len(self.lower)
        self.at[name] = np.arange(start, start + count)
        self.lower += np.broadcast_to(np.asarray(lower, float), count).tolist()
        self.upper += np.broadcast_to(np.asarray(upper, float), count).tolist()
        self.whole += [whole] * count
        return self.at[name]

    def row(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        row: dict[int, float] = {}
        for column, value in terms:
            row[int(column)] = row.get(int(column), 0.0) + float(value)
        self.rows.append(row)
        self.limits.append((low, high))

    def solve(self, cost: np.ndarray) -> np.ndarray:
        matrix = np.zeros((len(self.rows), len(self.lower)))
        for r, row in enumerate(self.rows):
            matrix[r, list(row)] = list(row.values())
        low, high = (np.array(side) for side in zip(*self.limits, strict=True))
        found = milp(
            cost,
            constraints=LinearConstraint(matrix, low, high),
            bounds=Bounds(np.array(self.lower), np.array(self.upper)),
            integrality=np.array(self.whole),
            options={"mip_rel_gap": 1e-9},
        )
        assert found.success, found.message
        return np.asarray(found.x)


def add_supplier(data: Data, rows: Rows) -> np.ndarray:
    """The supplier's columns and its rows that hold nobody else's; returns its cost over the columns so far."""
    hours = range(data.hours)
    tops = {**{k: np.full(data.hours, v) for k, v in LIMITS.items()}, "wt": data.wind, "pv": data.sun}
    for name in DISPATCH:
        low, high = SOC if name == "soc" else (0.0, tops[name])
        rows.block(name, low, high, data.hours)
    at = rows.at
    waste = (1 - TURBINE - LOSS) / TURBINE
    for t in hours:
        change = [(at["soc"][t], 1.0), (at["soc"][t - 1], -1.0), (at["ch"][t], -ETA), (at["dis"][t], 1 / ETA)]
        rows.row(change, 0, 0)
        rows.row([(at["whb"][t], 1 / RECOVERY), (at["gt"][t], -waste)], -np.inf, 0)
    cost = np.zeros(len(rows.lower))
    for unit, name in UNIT.items():
        cost[at[name]] += data.maintenance[unit]
    cost[at["gt"]] += data.gas / (CALORIFIC * TURBINE)
    cost[at["gb"]] += data.gas / (CALORIFIC * BOILER)
    cost[at["buy"]] += data.grid
    cost[at["sell"]] -= data.grid
    return cost


SUPPLY = {"e": ("wt", "pv", "gt", "dis", "buy"), "h": ("whb", "gb")}
USE = {"e": ("ch", "sell"), "h": ()}


def least_cost(data: Data, demand: dict[str, np.ndarray], cleared: dict[str, np.ndarray]) -> float:
    """The supplier's least cost of serving `demand` (hours,) if each unit delivers at least what was cleared."""
    rows = Rows()
    cost = add_supplier(data, rows)
    for unit, power in cleared.items():
        for t in range(data.hours):
            rows.lower[rows.at[UNIT[unit]][t]] = max(0.0, float(power[t]) - 1e-7)
    for kind in "eh":
        for t in range(data.hours):
            terms = [(rows.at[n][t], 1.0) for n in SUPPLY[kind]] + [(rows.at[n][t], -1.0) for n in USE[kind]]
            rows.row(terms, demand[kind][t], demand[kind][t])
    return float(cost @ rows.solve(cost))


def least_cost_of_any_move(data: Data) -> float:
    """The supplier's least cost over all ways in which the parks may move load, all they may cut being cut."""
    rows = Rows()
    cost = add_supplier(data, rows)
    for kind in "eh":
        moved = [rows.block((kind, i), -SHIFT * x, SHIFT * x, data.hours) for i, x in enumerate(data.load[kind])]
        for own in moved:
            rows.row([(m, 1.0) for m in own], 0, 0)
        for t in range(data.hours):
            terms = [(rows.at[n][t], 1.0) for n in SUPPLY[kind]] + [(rows.at[n][t], -1.0) for n in USE[kind]]
            total = (1 - CUT) * float(data.load[kind][:, t].sum())
            rows.row(terms + [(own[t], -1.0) for own in moved], total, total)
    cost = np.concatenate([cost, np.zeros(len(rows.lower) - len(cost))])
    return float(cost @ rows.solve(cost))


def least_bill(load: dict[str, np.ndarray], price: dict[str, np.ndarray]) -> float:
    """One park's least cost at the prices; its loads (hours,), by an LP over what it moves and cuts."""
    total = 0.0
    for kind in "eh":
        hours = len(load[kind])
        limits = [(-SHIFT * x, SHIFT * x) for x in load[kind]] + [(0, CUT * x) for x in load[kind]]
        cost = np.concatenate([price[kind], -price[kind] - PAID[kind]])
        day = np.concatenate([np.ones(hours), np.zeros(hours)])[None, :]
        found = linprog(cost, A_eq=day, b_eq=[0], bounds=limits)
        assert found.success
        total += float(price[kind] @ load[kind]) + float(found.fun)
    return total


def settled(data: Data, output: dict[str, np.ndarray], demand: dict[str, np.ndarray]) -> float:
    """The greatest surplus of clearing at most `output` of each unit and `demand` in each hour: cheapest first."""
    total = 0.0
    for kind, units in (("e", ELECTRIC), ("h", THERMAL)):
        left = demand[kind].copy()
        for unit in sorted(units, key=data.lowest.__getitem__):
            margin = np.maximum(data.highest[kind] - data.lowest[unit], 0.0)
            taken = np.where(margin > 0, np.minimum(output[unit], left), 0.0)
            left -= taken
            total += float(margin @ taken)
    return total


def greatest_value(data: Data, tie: float = 0.0) -> tuple[float, float, float]:
    """The market's greatest value in Scenario 3, with the surplus and the supplier's income there."""
    rows, hours, parks = Rows(), data.hours, len(data.parks)
    add_supplier(data, rows)
    gain: dict[int, float] = {}
    income: list[tuple[int, float]] = []
    constant = 0.0
    bills: list[list[tuple[int, float]]] = [[] for _ in range(parks)]
    for kind, units in (("e", ELECTRIC), ("h", THERMAL)):
        price = rows.block((kind, "price"), data.floor(kind), data.highest[kind], hours)
        moved = [rows.block((kind, "moved", i), -SHIFT * x, SHIFT * x, hours) for i, x in enumerate(data.load[kind])]
        cleared = {unit: rows.block((kind, unit), 0, np.inf, hours) for unit in units}
        total = data.load[kind].sum(axis=0)
        for t in range(hours):
            shift = [(m[t], 1.0) for m in moved]
            supply = [(rows.at[n][t], 1.0) for n in SUPPLY[kind]] + [(rows.at[n][t], -1.0) for n in USE[kind]]
            served = (1 - CUT) * total[t]
            rows.row(supply + [(c, -v) for c, v in shift], served, served)
            rows.row([(c[t], 1.0) for c in cleared.values()], (1 - SHIFT - CUT) * total[t], np.inf)
            rows.row([(c[t], 1.0) for c in cleared.values()] + [(c, -v) for c, v in shift], -np.inf, served)
            for unit, c in cleared.items():
                rows.row([(rows.at[UNIT[unit]][t], 1.0), (c[t], -1.0)], 0, np.inf)
                gain[int(c[t])] = data.highest[kind][t] - data.lowest[unit]
        for i, load in enumerate(data.load[kind]):
            level = rows.block((kind, "level", i), -FAR, FAR, 1)[0]
            above, below = (rows.block((kind, side, i), 0, FAR, hours) for side in ("above", "below"))
            is_above, is_below = (rows.block((kind, f"is_{side}", i), 0, 1, hours, 1) for side in ("above", "below"))
            rows.row([(m, 1.0) for m in moved[i]], 0, 0)
            for t in range(hours):
                limit = SHIFT * load[t]
                rows.row([(price[t], 1.0), (level, -1.0), (above[t], -1.0), (below[t], 1.0)], 0, 0)
                rows.row([(above[t], 1.0), (is_above[t], -FAR)], -np.inf, 0)
                rows.row([(below[t], 1.0), (is_below[t], -FAR)], -np.inf, 0)
                rows.row([(moved[i][t], 1.0), (is_above[t], 2 * limit)], -np.inf, limit)
                rows.row([(moved[i][t], 1.0), (is_below[t], -2 * limit)], -limit, np.inf)
                paid = [(price[t], (1 - CUT) * load[t]), (above[t], -limit), (below[t], -limit)]
                income += paid
                bills[i] += paid
            constant += PAID[kind] * CUT * load.sum()
    cut_pay = [sum(PAID[k] * CUT * float(data.load[k][i].sum()) for k in "eh") for i in range(parks)]
    for i, terms in enumerate(bills):
        rows.row(terms, -np.inf, data.bill_before()[i] + cut_pay[i])
    surplus, earned = np.zeros(len(rows.lower)), np.zeros(len(rows.lower))
    surplus[list(gain)] = list(gain.values())
    for column, value in income:
        earned[column] += value
    z = rows.solve(-(surplus + tie * earned))
    return float((surplus + tie * earned) @ z), float(surplus @ z), float(earned @ z)
