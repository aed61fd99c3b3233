"""The yardstick LP as somebody writes it who wants it fast: numpy and `passModel`, one block of entries for each term.

In: the folder of data. Out: `Lp`, arrays by rows, and HiGHS with the model in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tables:
    """The data: `hours` (T, 3) load, need, fuel; `units` (U, 3) cap, ramp, cost; `available` (U, T); `batteries` (S, 3)
    power, energy, wear; `basins` (B, 3) turbine, volume, inflow."""

    hours: Floats
    units: Floats
    available: Floats
    batteries: Floats
    basins: Floats


@dataclass(frozen=True, eq=False)
class Lp:
    """Minimise `cost @ x`, `lower <= x <= upper`, `row_lower <= A @ x <= row_upper`, A by rows."""

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    data: Floats


def read(folder: Path) -> Tables:
    """Read the files with numpy's own reader, the quickest there is without further packages."""

    def table(name: str) -> Floats:
        return np.loadtxt(folder / name, delimiter=",", skiprows=1, usecols=(1, 2, 3), ndmin=2)

    def names(name: str) -> NDArray[np.str_]:
        return np.loadtxt(folder / name, delimiter=",", skiprows=1, usecols=0, dtype=str, ndmin=1)

    hours, units = table("load.csv"), table("units.csv")
    kinds = [("u", "U8"), ("t", np.int64), ("available", np.float64)]
    long = np.loadtxt(folder / "available.csv", delimiter=",", skiprows=1, dtype=kinds)
    available = np.ones((len(units), len(hours)))
    available[np.searchsorted(names("units.csv"), long["u"]), long["t"] - 1] = long["available"]
    return Tables(hours, units, available, table("batteries.csv"), table("basins.csv"))


def build(tables: Tables) -> Lp:
    """The arrays. Columns: p, r, ch, dis, soc, flow, stock, short; rows: headroom, gentle, state, water, reserve,
    balance."""
    load, need, fuel = tables.hours.T
    cap, ramp, unit_cost = tables.units.T
    power, energy, wear = tables.batteries.T
    turbine, volume, inflow = tables.basins.T
    T, U, S, B = len(load), len(cap), len(power), len(turbine)
    sizes = [U * T, U * T, S * T, S * T, S * T, B * T, B * T, T]
    p, r, ch, dis, soc, flow, stock, short = (
        np.arange(stop - size, stop).reshape(-1, T) for size, stop in zip(sizes, np.cumsum(sizes), strict=True)
    )
    eta, hour = 0.95, np.arange(T)
    room = cap[:, None] * tables.available

    cost = np.zeros(sum(sizes))
    cost[p] = unit_cost[:, None] * fuel
    cost[dis] = wear[:, None]
    cost[short] = 3000.0
    lower = np.zeros(len(cost))
    lower[flow] = -turbine[:, None]
    lower[soc[:, -1]] = energy / 2
    upper = np.full(len(cost), np.inf)
    upper[p] = room
    upper[ch] = upper[dis] = power[:, None]
    upper[soc], upper[flow], upper[stock] = energy[:, None], turbine[:, None], volume[:, None]

    counts = [U * T, U * (T - 1), S * T, B * T, T, T]
    headroom, gentle, state, water, reserve, balance = (
        np.arange(stop - size, stop).reshape(-1, width)
        for size, width, stop in zip(counts, (T, T - 1, T, T, T, T), np.cumsum(counts), strict=True)
    )
    entries = [
        (headroom, p, 1.0), (headroom, r, 1.0),
        (gentle, p[:, 1:], 1.0), (gentle, p[:, :-1], -1.0),
        (state, soc, 1.0), (state[:, 1:], soc[:, :-1], -1.0), (state, ch, -eta), (state, dis, 1 / eta),
        (water, stock, 1.0), (water, stock[:, hour - 1], -1.0), (water, flow, 1.0),
        (reserve, r, 1.0),
        (balance, p, 1.0), (balance, dis, 1.0), (balance, ch, -1.0), (balance, flow, 1.0), (balance, short, 1.0),
    ]  # fmt: skip
    row = np.concatenate([np.broadcast_to(a, b.shape).ravel() for a, b, _ in entries])
    column = np.concatenate([b.ravel() for _, b, _ in entries])
    data = np.concatenate([np.full(b.size, v) for _, b, v in entries])
    order = np.argsort(row, kind="stable")
    indptr = np.zeros(sum(counts) + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=sum(counts)), out=indptr[1:])

    row_lower, row_upper = np.full(sum(counts), -np.inf), np.full(sum(counts), np.inf)
    row_upper[headroom] = room
    row_lower[gentle], row_upper[gentle] = -ramp[:, None], ramp[:, None]
    row_lower[state] = row_upper[state] = 0.0
    row_lower[state[:, 0]] = row_upper[state[:, 0]] = energy / 2
    row_lower[water] = row_upper[water] = inflow[:, None]
    row_lower[reserve] = need
    row_lower[balance] = row_upper[balance] = load
    return Lp(cost, lower, upper, row_lower, row_upper, indptr, column[order].astype(np.int32), data[order])


def pass_model(lp: Lp) -> Any:
    """HiGHS with the model in it."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    none, integer = np.zeros(0, np.int32), np.zeros(len(lp.cost), np.int32)
    highs.passModel(
        *(len(lp.cost), len(lp.row_lower), len(lp.data), 0, 2, 1, 1, 0.0),
        *(lp.cost, lp.lower, lp.upper, lp.row_lower, lp.row_upper, lp.indptr, lp.indices, lp.data),
        *(none, none, np.zeros(0), integer),
    )
    return highs
