"""In: the data of the retail packages; out: what retailers and users should decide, by scipy and scikit-learn.

Shares nothing with gamec: it reads the CSV files itself and knows no `.game` file. A user's whole numbers are
enumerated: in each regime (free day energy or not, reward or not, quota missed, exceeded or left alone) its problem
is a linear program, electricity and gas apart. Energies are MWh and thousand m3, money is thousand CNY.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from sklearn.cluster import KMeans

Floats = NDArray[np.float64]

DATA = Path(__file__).parents[2] / "models" / "retail_packages" / "data"
DAYS, SWING, MONTH_LOW, MONTH_HIGH, BUNDLE, BAND, SPOT_MOST = 30, 0.35, 0.75, 1.1, 0.15, 0.1, 8.0


def table(name: str, key: str) -> dict[str, dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


USERS = table("users", "user")
CLASSES = table("classes", "class")
HOURS = rows("hours")
GIVEN = {k: float(row["given"]) for k, row in table("rates", "rate").items()}
GAS_GIVEN = {k: float(row["given"]) for k, row in table("gas_rates", "GasRate").items()}


def scenarios() -> tuple[Floats, Floats]:
    """Shares (5,) and centres (5, 24) of the spot samples, ascending by their centres."""
    samples = np.array([[float(row[str(h)]) for h in range(1, 25)] for row in rows("spot_samples")])
    found = KMeans(n_clusters=5, random_state=1, n_init=10).fit(samples)
    order = np.lexsort(found.cluster_centers_.T[::-1])
    shares = np.bincount(found.labels_, minlength=5) / len(samples)
    return shares[order], np.asarray(found.cluster_centers_[order])


def cvar(losses: Floats, shares: Floats, level: float) -> float:
    """Mean of the largest losses whose shares make up 1 - level, the last one in part."""
    left, total = 1 - level, 0.0
    for k in np.argsort(-losses):
        part = min(left, shares[k])
        total, left = total + part * losses[k], left - part
    return float(total / (1 - level))


class Periods(NamedTuple):
    """`of` (24, p) adds hours up to periods; the others (p,) are 1 where a period lies in that part of the day."""

    of: Floats
    peak: Floats
    flat: Floats
    valley: Floats
    day: Floats
    night: Floats


def periods(blocks: bool) -> Periods:
    label = np.array([int(row["block"]) if blocks else int(row["hour"]) for row in HOURS])
    of = (label[:, None] == np.arange(1, label.max() + 1)).astype(np.float64)
    marks = [np.array([float(row[k]) for row in HOURS]) @ of / of.sum(axis=0) for k in Periods._fields[1:]]
    assert all(set(np.unique(mark)) <= {0.0, 1.0} for mark in marks), "a period has one price"
    return Periods(of, *marks)


def demand(user: str, kind: str) -> Floats:
    """(24,) of a day before the game; `kind` is `electricity` or `gas`."""
    return np.array([float(row[kind]) for row in rows("demand") if row["user"] == user])


def of_class(user: str, name: str) -> float:
    return float(CLASSES[USERS[user]["class"]][name])


def least(
    cost: Floats, limits: Sequence[tuple[Floats, float]], equal: Sequence[tuple[Floats, float]], top: Floats
) -> float:
    """Least cost of 0 <= x <= top with `a @ x <= b` for all limits and `a @ x == b` for all equal; inf if none."""
    a, b = np.array([row for row, _ in limits]), np.array([value for _, value in limits])
    eq = {"A_eq": np.array([r for r, _ in equal]), "b_eq": np.array([v for _, v in equal])} if equal else {}
    found = linprog(cost, A_ub=a, b_ub=b, bounds=np.column_stack([np.zeros_like(top), top]), method="highs", **eq)
    return float(found.fun) if found.status == 0 else np.inf


def demand_limits(used: Floats, gap: Floats, base: Floats) -> list[tuple[Floats, float]]:
    """Eq. (33) by period and month, and `gap >= abs(used - base)`; `used`, `gap` (p, n) pick them out."""
    limits = [((used[t]), (1 + SWING) * base[t]) for t in range(len(base))]
    limits += [(-used[t], -(1 - SWING) * base[t]) for t in range(len(base))]
    limits += [(used[t] - gap[t], base[t]) for t in range(len(base))]
    limits += [(-used[t] - gap[t], -base[t]) for t in range(len(base))]
    return [*limits, (used.sum(axis=0), MONTH_HIGH * base.sum()), (-used.sum(axis=0), -MONTH_LOW * base.sum())]


def electricity_satisfaction(user: str, rate: Mapping[str, float], incentives: bool, blocks: bool) -> float:
    """Greatest weighted comfort and economy of electricity at the residential rates given."""
    when = periods(blocks)
    base = demand(user, "electricity") @ when.of
    p = len(base)
    comfort, economy = float(USERS[user]["comfort"]), float(USERS[user]["economy"])
    if not base.sum():
        return 0.0
    n = 6 * p + 5  # purchases of five packages, gaps; three levels, penalised excess, free energy
    pick = np.eye(n)
    buy = [pick[m * p : (m + 1) * p] for m in range(5)]
    gap, (level_1, level_2, level_3, over, free) = pick[5 * p : 6 * p], pick[6 * p :]
    peak_limit, valley_limit = of_class(user, "peak_limit"), of_class(user, "valley_limit")
    one, two = of_class(user, "level_1"), of_class(user, "level_2")
    excess = DAYS * (when.peak / peak_limit - when.valley / valley_limit) @ buy[2]
    limits = [*demand_limits(sum(buy), gap, base), (excess - over, BAND)]
    equal = [(level_1 + level_2 + level_3 - DAYS * buy[3].sum(axis=0), 0.0)]
    tou = when.peak * rate["peak"] + when.flat * rate["flat"] + when.valley * rate["valley"]
    bill = DAYS * tou @ buy[0] + DAYS * (when.day * rate["day"] + when.night * rate["night"]) @ buy[1]
    bill = bill + rate["basic"] * DAYS * buy[2].sum(axis=0) + rate["penalty"] * peak_limit * over
    bill = bill + rate["level_1"] * level_1 + rate["level_2"] * level_2 + rate["level_3"] * level_3
    bill = bill + rate["single"] * DAYS * buy[4].sum(axis=0)
    top = np.full(n, np.inf)
    top[6 * p], top[6 * p + 1] = one, two - one
    before = GIVEN["single"] * DAYS * base.sum()
    best = np.inf
    for bundled, praised in itertools.product((False, True) if incentives else (False,), repeat=2):
        here, paid, constant, most = list(limits), bill, 0.0, top.copy()
        if bundled:
            night, day = DAYS * when.night @ buy[1], DAYS * when.day @ buy[1]
            limit = of_class(user, "night_limit")
            here += [(-night, -limit), (free - BUNDLE * night, -BUNDLE * limit), (free - day, 0.0)]
            paid = paid - rate["day"] * free
        else:
            most[-1] = 0
        if praised:
            here.append((excess, -BAND))
            paid = paid + rate["reward"] * peak_limit * excess
            constant = rate["reward"] * peak_limit * BAND
        cost = comfort * gap.sum(axis=0) / base.sum() + economy * paid / before
        best = min(best, least(cost, here, equal, most) + economy * constant / before)
    return comfort + economy - best


def gas_satisfaction(user: str, rate: Mapping[str, float], incentives: bool, blocks: bool) -> float:
    """Greatest weighted comfort and economy of gas at the residential rates given."""
    when = periods(blocks)
    base = demand(user, "gas") @ when.of
    p = len(base)
    comfort, economy = float(USERS[user]["gas_comfort"]), float(USERS[user]["gas_economy"])
    if not base.sum():
        return 0.0
    contracts = rows("user_gas_contracts")
    n = (3 + len(contracts) + 1) * p
    pick = np.eye(n)
    parts = [pick[k * p : (k + 1) * p] for k in range(4 + len(contracts))]
    (tou_buy, quota_buy, single_buy), own, gap = parts[:3], parts[3:-1], parts[-1]
    limits = demand_limits(sum(parts[:-1]), gap, base)
    limits += [(DAYS * o.sum(axis=0), float(c["largest"])) for o, c in zip(own, contracts, strict=True)]
    tou = when.peak * rate["gas_peak"] + when.flat * rate["gas_flat"] + when.valley * rate["gas_valley"]
    taken, quota = DAYS * quota_buy.sum(axis=0), of_class(user, "quota")
    bill = DAYS * tou @ tou_buy + rate["gas_basic"] * taken + rate["gas_single"] * DAYS * single_buy.sum(axis=0)
    ratio = of_class(user, "gas_ratio")
    to_companies = sum(float(c["price"]) * DAYS * o.sum(axis=0) for o, c in zip(own, contracts, strict=True))
    before = ratio * GAS_GIVEN["gas_single"] * DAYS * base.sum()
    penalty, reward = rate["gas_penalty"], rate["gas_reward"]
    # Further limits of a regime; what it adds to the bill: a multiple of the gas taken, and a constant.
    regimes: list[tuple[list[tuple[Floats, float]], float, float]] = [([], 0.0, 0.0)]
    if incentives:
        regimes = [([(taken, 0.0)], 0.0, 0.0), ([(taken, quota)], -penalty, penalty * quota)]
        regimes.append(([(-taken, -quota)], -reward, reward * quota))
    best = np.inf
    for further, slope, constant in regimes:
        paid = ratio * (bill + slope * taken) + to_companies
        cost = comfort * gap.sum(axis=0) / base.sum() + economy * paid / before
        found = least(cost, [*limits, *further], [], np.full(n, np.inf))
        best = min(best, found + economy * ratio * constant / before)
    return comfort + economy - best


def satisfaction(
    user: str, rate: Mapping[str, float], gas_rate: Mapping[str, float], *, incentives: bool, blocks: bool
) -> float:
    """Greatest satisfaction (27) of a user."""
    electricity = electricity_satisfaction(user, rate, incentives, blocks)
    return electricity + gas_satisfaction(user, gas_rate, incentives, blocks)


def bill_before(user: str, package: int) -> float:
    """What a user pays a month under a package before the game: a third of its demand for each retailer."""
    shares = {(row["user"], int(row["package"])): row for row in rows("initial_shares")}[user, package]
    when = periods(False)
    power = DAYS * float(shares["electricity"]) * demand(user, "electricity")
    gas = DAYS * float(shares["gas"]) * demand(user, "gas")
    r, g, total, fuel = GIVEN, GAS_GIVEN, power.sum(), gas.sum()
    ratio, gas_ratio = of_class(user, "ratio"), of_class(user, "gas_ratio")
    if package == 1:
        tou = when.peak * r["peak"] + when.flat * r["flat"] + when.valley * r["valley"]
        gas_tou = when.peak * g["gas_peak"] + when.flat * g["gas_flat"] + when.valley * g["gas_valley"]
        return float(ratio * tou @ power + gas_ratio * gas_tou @ gas)
    if package == 2:
        day, night = when.day @ power, when.night @ power
        free = min(day, BUNDLE * max(0.0, night - of_class(user, "night_limit")))
        return float(ratio * (r["day"] * (day - free) + r["night"] * night))
    if package == 3:
        limit = of_class(user, "peak_limit")
        excess = when.peak @ power / limit - when.valley @ power / of_class(user, "valley_limit")
        fee = r["penalty"] * max(0.0, excess - BAND) - r["reward"] * max(0.0, -excess - BAND)
        return float(ratio * (r["basic"] * total + limit * fee))
    if package == 4:
        one, two, quota = (of_class(user, k) for k in ("level_1", "level_2", "quota"))
        steps = np.clip([total, total - one, total - two], 0.0, [one, two - one, np.inf])
        fee = (g["gas_penalty"] if fuel < quota else g["gas_reward"]) * (quota - fuel) if fuel > 0 else 0.0
        power_bill = steps @ [r["level_1"], r["level_2"], r["level_3"]]
        return float(ratio * power_bill + gas_ratio * (g["gas_basic"] * fuel + fee))
    return float(ratio * r["single"] * total + gas_ratio * g["gas_single"] * fuel)


class Purchase(NamedTuple):
    """Income of a retailer before the game, and the best value that it can make of it."""

    income: float
    value: float


def purchase_before(retailer: str) -> Purchase:
    """The best purchase for what the retailer sells before the game: a linear program with the CVaR by its envelope."""
    offered = [int(row["package"]) for row in rows("offers") if row["retailer"] == retailer and row["offers"] == "1"]
    shares = {(row["user"], int(row["package"])): row for row in rows("initial_shares")}
    sold = sum(float(shares[u, m]["electricity"]) * demand(u, "electricity") for u in USERS for m in offered)
    gas = DAYS * sum(float(shares[u, m]["gas"]) * demand(u, "gas").sum() for u in USERS for m in offered)
    income = sum(bill_before(u, m) for u in USERS for m in offered)
    chance, price = scenarios()
    contracts, usage = rows("contracts"), rows("usage")
    shape = np.array([[float(r["usage"]) for r in usage if r["contract"] == c["contract"]] for c in contracts])
    most = np.array([float(c["largest"]) for c in contracts])
    cost = np.array([float(c["price"]) for c in contracts]) * most
    gas_cost, left = 0.0, gas
    for contract in sorted(rows("gas_contracts"), key=lambda row: float(row["price"])):
        taken = min(left, float(contract["largest"]))
        gas_cost, left = gas_cost + taken * float(contract["price"]), left - taken
    assert left == 0
    row = table("retailers", "retailer")[retailer]
    weight, level = float(row["risk_weight"]), float(row["confidence"])
    # Columns: parts of contracts (3), the mean of the tail. Spot cost of a scenario: DAYS*price @ (sold - delivered).
    delivered = shape.T * most / DAYS
    spot = -DAYS * price @ delivered
    constant = DAYS * price @ sold
    # The CVaR is the largest mean over reweightings 0 <= q <= chance/(1-level), sum q = 1: their vertices are few.
    vertices = []
    for order in itertools.permutations(range(len(chance))):
        q, rest = np.zeros(len(chance)), 1.0
        for k in order:
            q[k] = min(rest, chance[k] / (1 - level))
            rest -= q[k]
        vertices.append(q)
    q = np.unique(np.round(np.array(vertices), 12), axis=0)
    objective = np.append((1 + weight) * cost + chance @ spot, weight)
    above = np.column_stack([q @ spot, -np.ones(len(q))])
    cover = np.column_stack([delivered, np.zeros(24)])
    ahead = np.column_stack([-delivered, np.zeros(24)])
    found = linprog(
        objective,
        A_ub=np.vstack([above, cover, ahead]),
        b_ub=np.concatenate([-q @ constant, sold, SPOT_MOST - sold]),
        bounds=[(0, 1)] * len(most) + [(None, None)],
        method="highs",
    )
    value = (1 + weight) * (income - gas_cost) - found.fun - chance @ constant
    return Purchase(income, float(value))
