"""Storage, wind, sun and the grid in small models, against linear programs written out by hand and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from tests.library.models import Floats, heading, series, solved, values

T, DT = 6, 0.5
ETA_CH, ETA_DIS, LOSS, WEAR = 0.93, 0.88, 0.04, 0.03
P, P_DIS, E_MIN, E = 12.0, 9.0, 4.0, 21.0
TARIFF = np.array([0.3, 0.9, 0.2, 1.1, 0.4, 0.8])
LOAD = np.array([20.0, 35.0, 18.0, 40.0, 25.0, 30.0])

STORAGE = f"P = {P}, P_dis = {P_DIS}, E = {E}, E_min = {E_MIN}, η_ch = {ETA_CH}, η_dis = {ETA_DIS}, loss = {LOSS}"


def storage_model(component: str, tariff: Floats) -> str:
    return f"""{heading("battery", T, DT)}
param tariff[t] : CNY/kWh = {series(tariff)}
param load[t] : kW = {series(LOAD)}
param wear : CNY/kWh = {WEAR}
player park {{
  use {component}({STORAGE}, wear = wear) as ess
  var grid[t] : kW in [0, 60]
  minimize bill : CNY = sum(t) tariff[t]*grid[t]*dt + ess.cost
  constraint balance[t]: grid[t] + ess.dis[t] == load[t] + ess.ch[t]
}}
report worn : CNY = ess.cost
"""


def storage_program(tariff: Floats, exclusive: bool) -> float:
    """The same by hand: columns grid, ch, dis, soc and, when exclusive, the binaries, each over the periods."""
    one, none = np.eye(T), np.zeros((T, T))
    before = np.roll(one, -1, axis=1)  # row t picks period t-1, the first row the last period
    assert before[0, T - 1] == 1
    balance = np.hstack([one, -one, one, none, none])
    state = np.hstack([none, -ETA_CH * DT * one, DT / ETA_DIS * one, one - (1 - LOSS * DT) * before, none])
    charge = np.hstack([none, one, none, none, -P * one])
    discharge = np.hstack([none, none, one, none, P_DIS * one])
    cost = np.concatenate([tariff * DT, np.zeros(T), np.full(T, WEAR * DT), np.zeros(2 * T)])
    low = np.concatenate([np.zeros(3 * T), np.full(T, E_MIN), np.zeros(T)])
    high = np.concatenate([np.full(T, 60.0), np.full(T, P), np.full(T, P_DIS), np.full(T, E), np.ones(T)])
    rules = [LinearConstraint(np.vstack([balance, state]), *2 * [np.concatenate([LOAD, np.zeros(T)])])]
    if exclusive:
        limits = np.concatenate([np.zeros(T), np.full(T, P_DIS)])
        rules.append(LinearConstraint(np.vstack([charge, discharge]), -np.inf, limits))
    whole = np.concatenate([np.zeros(4 * T), np.full(T, int(exclusive))])
    found = milp(cost, integrality=whole, bounds=Bounds(low, high), constraints=rules, options={"mip_rel_gap": 0.0})
    assert found.success
    return float(found.fun)


def test_a_battery_answers_prices(tmp_path: Path) -> None:
    result = solved(storage_model("battery", TARIFF), tmp_path)
    assert result.objectives["park.bill"] == pytest.approx(storage_program(TARIFF, False), rel=1e-7)
    ch, dis, soc = (values(result, f"ess.{name}") for name in ("ch", "dis", "soc"))
    assert dis.sum() > 1, "the battery must work in this model"
    assert soc == pytest.approx((1 - LOSS * DT) * np.roll(soc, 1) + (ETA_CH * ch - dis / ETA_DIS) * DT)
    assert result.report_of["worn"] == pytest.approx(WEAR * dis.sum() * DT)


def test_a_battery_that_may_not_do_both_at_once(tmp_path: Path) -> None:
    tariff = TARIFF - 2.0
    exclusive, plain = storage_program(tariff, True), storage_program(tariff, False)
    assert exclusive > plain + 0.1, "negative prices must pay for losses in this model"
    result = solved(storage_model("battery_exclusive", tariff), tmp_path)
    assert result.objectives["park.bill"] == pytest.approx(exclusive, rel=1e-6)
    assert np.minimum(values(result, "ess.ch"), values(result, "ess.dis")) == pytest.approx(np.zeros(T), abs=1e-7)
    assert solved(storage_model("battery", tariff), tmp_path).objectives["park.bill"] == pytest.approx(plain, rel=1e-7)


def test_a_battery_whose_size_is_decided(tmp_path: Path) -> None:
    """One kWh carried from hour 1 to hour 2 saves `3*0.9*0.8 - 1`; each kWh of content costs 0.5, each kW nothing."""
    text = f"""{heading("battery", 2)}
param tariff[t] : CNY/kWh = {series([1, 3])}
param worth : CNY/kWh = 0.5
player park {{
  var size : kWh in [0, 18]
  use battery(P = 50, E = size, η_ch = 0.9, η_dis = 0.8) as ess
  var grid[t] : kW in [0, 100]
  minimize bill : CNY = sum(t) tariff[t]*grid[t]*dt + worth*size
  constraint balance[t]: grid[t] + ess.dis[t] == 40 + ess.ch[t]
}}"""
    result = solved(text, tmp_path)
    assert result.objectives["park.bill"] == pytest.approx(4 * 40 + 18 / 0.9 - 3 * 0.8 * 18 + 0.5 * 18)


SPEEDS = np.array([0.0, 2.99, 3.0, 5.0, 8.5, 12.0, 20.0, 25.0, 25.01])


@pytest.mark.parametrize(("exponent", "argument"), [(3, ""), (1, ", n = 1"), (2, ", n = 2")])
def test_wind_follows_its_power_curve(exponent: int, argument: str, tmp_path: Path) -> None:
    text = f"""{heading("wind", len(SPEEDS), DT)}
param speed[t] : m/s = {series(SPEEDS)}
param care : CNY/kWh = 0.02
param tariff : CNY/kWh = 0.5
player farm {{
  use wind(P = 90, v = speed[t], v_in = 3, v_rated = 12, v_out = 25, om = care{argument}) as wt
  var sold[t] : kW in [0, 60]
  maximize profit : CNY = sum(t) tariff*sold[t]*dt - wt.cost
  constraint balance[t]: sold[t] == wt.p[t]
}}
report available[t] : kW = wt.available[t]
report curtailed[t] : kW = wt.curtailed[t]
"""
    rising = 90 * (SPEEDS**exponent - 3**exponent) / (12**exponent - 3**exponent)
    power = np.clip(rising, 0, 90) * (SPEEDS <= 25)
    result = solved(text, tmp_path)
    assert values(result, "available") == pytest.approx(power)
    assert values(result, "wt.p") == pytest.approx(np.minimum(power, 60))
    assert values(result, "curtailed") == pytest.approx(np.maximum(power - 60, 0))
    assert result.objectives["farm.profit"] == pytest.approx(0.48 * DT * np.minimum(power, 60).sum())


@pytest.mark.parametrize(
    ("use", "factor"),
    [
        ("pv(area = 300, η = 0.2, G = sun[t], om = care)", 60.0),
        ("pv_installed(P = 80, η = 0.75, G = sun[t], om = care)", 60.0),
        ("pv_installed(P = 80, η = 0.75, G = sun[t], G_ref = 0.8, om = care)", 75.0),
        ("renewable(available = 60*sun[t]/full, om = care)", 60.0),
    ],
)
def test_sun_in_proportion_to_irradiance(use: str, factor: float, tmp_path: Path) -> None:
    sun = np.array([0.0, 0.2, 0.6, 1.0])
    text = f"""{heading(use.split("(")[0].split("_")[0], 4, DT)}
param sun[t] : kW/m^2 = {series(sun)}
param full : 1/m^2 = 1
param care : CNY/kWh = 0.02
param tariff : CNY/kWh = 0.5
player roof {{
  use {use} as pv
  maximize profit : CNY = sum(t) tariff*pv.p[t]*dt - pv.cost
  constraint fuse[t]: pv.p[t] <= 50
}}
report curtailed[t] : kW = pv.curtailed[t]
"""
    result = solved(text, tmp_path)
    assert values(result, "pv.p") == pytest.approx(np.minimum(factor * sun, 50))
    assert values(result, "curtailed") == pytest.approx(np.maximum(factor * sun - 50, 0))
    assert result.objectives["roof.profit"] == pytest.approx(0.48 * DT * np.minimum(factor * sun, 50).sum())


def test_several_plants_share_one_grid(tmp_path: Path) -> None:
    """Forecasts of two plants, a connection of 15 kW out and 40 kW in: a linear program in buy, sell and used power."""
    rng = np.random.default_rng(5)
    forecast, load = rng.uniform(0, 40, (2, T)).round(2), rng.uniform(20, 60, T).round(2)
    entries = ", ".join(f"({k},{t + 1}): {forecast[n, t]}" for n, k in enumerate(("WT", "PV")) for t in range(T))
    text = f"""{heading("renewable grid_connection", T, DT)}
set K index k = {{WT, PV}}
param forecast[k,t] : kW = {{{entries}}}
param care[k] : CNY/kWh = {{WT: 0.05, PV: 0.01}}
param load[t] : kW = {series(load)}
param tariff[t] : CNY/kWh = {series(TARIFF)}
player park {{
  use renewable(available = forecast[k,t], om = care[k]) as plant[k]
  use grid_connection(P_buy = 60, P_sell = 15, buy_price = tariff[t], sell_price = tariff[t]/2) as grid
  minimize bill : CNY = sum(k) plant.cost[k] + grid.cost
  constraint balance[t]: sum(k) plant.p[k,t] + grid.net[t] == load[t]
}}"""
    one = np.eye(T)
    found = linprog(
        np.concatenate([TARIFF, -TARIFF / 2, np.full(T, 0.05), np.full(T, 0.01)]) * DT,
        A_eq=np.hstack([one, -one, one, one]),
        b_eq=load,
        bounds=[(0, 60)] * T + [(0, 15)] * T + [(0, f) for f in forecast.ravel()],
    )
    result = solved(text, tmp_path)
    assert result.objectives["park.bill"] == pytest.approx(found.fun, rel=1e-7)
    assert values(result, "grid.sell").max() > 1, "something must be sold in this model"


def test_a_connection_that_may_not_do_both_at_once(tmp_path: Path) -> None:
    """Selling earns more than buying costs: the plain one turns over all it can, the exclusive one what it needs."""
    net, buy, sell = np.array([30.0, -10.0, 0.0]), np.array([1.0, 1.0, 2.0]), np.array([1.5, 3.0, 2.5])
    bills = {}
    for component in ("grid_connection", "grid_connection_exclusive"):
        text = f"""{heading("grid_connection", 3)}
param need[t] : kW = {series(net)}
param buying[t] : CNY/kWh = {series(buy)}
param selling[t] : CNY/kWh = {series(sell)}
player park {{
  use {component}(P_buy = 100, P_sell = 40, buy_price = buying[t], sell_price = selling[t]) as grid
  minimize bill : CNY = grid.cost
  constraint balance[t]: grid.net[t] == need[t]
}}"""
        bills[component] = solved(text, tmp_path).objectives["park.bill"]
    assert bills["grid_connection"] == pytest.approx((buy * (net + 40) - sell * 40).sum())
    once = np.where(net > 0, buy * net, sell * net)
    assert bills["grid_connection_exclusive"] == pytest.approx(once.sum())


def test_a_leader_sets_the_price_of_a_connection(tmp_path: Path) -> None:
    """The follower buys elsewhere at the tariff, so the leader asks for the tariff and sells all that is needed."""
    text = f"""{heading("grid_connection", 3)}
param load[t] : kW = {series([10, 20, 5])}
param tariff[t] : CNY/kWh = {series([1, 2, 4])}
player station {{
  var price[t] : CNY/kWh in [0, 5]
  maximize revenue : CNY = sum(t) price[t]*service.net[t]*dt
}}
player home follows station {{
  use grid_connection(P_buy = 50, P_sell = 0, buy_price = price[t], sell_price = 0) as service
  use grid_connection(P_buy = 50, P_sell = 0, buy_price = tariff[t], sell_price = 0) as grid
  minimize bill : CNY = service.cost + grid.cost
  constraint balance[t]: service.net[t] + grid.net[t] == load[t]
}}"""
    result = solved(text, tmp_path)
    assert result.objectives["station.revenue"] == pytest.approx(10 + 40 + 20, rel=1e-6)
    assert values(result, "price") == pytest.approx([1, 2, 4], rel=1e-6)
