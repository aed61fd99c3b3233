"""Gas, heat, cold, demand response and cost curves in small models, against linear programs written out by hand and
closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.library.models import Floats, heading, series, solved, values

DT = 0.5
TARIFF = np.array([0.3, 1.2, 0.7, 1.0])
GAS = np.array([2.5, 3.5, 3.0, 2.0])
T = len(TARIFF)


def test_electricity_heat_and_cold_from_gas(tmp_path: Path) -> None:
    """Turbine, boiler, exchanger and both chillers: the park of the storage alliance in little."""
    power, heat, cold = (np.array(v) for v in ([80.0, 150, 120, 60], [90.0, 60, 100, 120], [30.0, 70, 90, 20]))
    text = f"""{heading("gas_turbine gas_boiler heat_exchanger chiller grid_connection", T, DT)}
param tariff[t] : CNY/kWh = {series(TARIFF)}
param gas[t] : CNY/m^3 = {series(GAS)}
param care : CNY/kWh = 0.02
param power[t] : kW = {series(power)}
param heat[t] : kW = {series(heat)}
param cold[t] : kW = {series(cold)}
player park {{
  use gas_turbine(P = 100, P_min = 20, η = 0.35, loss = 0.15, L = 9.7, gas_price = gas[t], om = care) as gt
  use gas_boiler(Q = 80, Q_min = 5, η = 0.9, L = 9.7, gas_price = gas[t], om = 2*care) as gb
  use heat_exchanger(Q = 90, Q_min = 1, η = 0.85, om = 3*care) as hx
  use electric_chiller(P = 25, P_min = 2, COP = 3.5, om = 4*care) as ec
  use absorption_chiller(Q = 40, Q_min = 3, COP = 1.1, om = 5*care) as ac
  use grid_connection(P_buy = 200, P_sell = 0, buy_price = tariff[t], sell_price = 0) as grid
  minimize bill : CNY = gt.cost + gb.cost + hx.cost + ec.cost + ac.cost + grid.cost
  constraint electricity[t]: gt.p[t] + grid.net[t] - ec.p[t] == power[t]
  constraint warmth[t]: gb.q[t] + hx.q[t] == heat[t]
  constraint coolness[t]: ec.q[t] + ac.q[t] == cold[t]
  constraint waste[t]: hx.heat_in[t] + ac.heat_in[t] <= gt.waste_heat[t]
}}
report burnt : m^3 = sum(t) (gt.gas[t] + gb.gas[t])*dt
"""
    one, none = np.eye(T), np.zeros((T, T))
    # Columns: turbine, boiler, exchanger, electric chiller (taken), absorption chiller, grid.
    equal = np.block(
        [
            [one, none, none, -one, none, one],
            [none, one, one, none, none, none],
            [none, none, none, 3.5 * one, one, none],
        ]
    )
    waste = np.hstack([-(1 - 0.35 - 0.15) / 0.35 * one, none, one / 0.85, none, one / 1.1, none])
    costs = [GAS / (0.35 * 9.7) + 0.02, GAS / (0.9 * 9.7) + 0.04, *(np.full(T, c) for c in (0.06, 0.08, 0.1)), TARIFF]
    ranges = [(20, 100), (5, 80), (1, 90), (2, 25), (3, 40), (0, 200)]
    found = linprog(
        np.concatenate(costs) * DT,
        A_ub=waste,
        b_ub=np.zeros(T),
        A_eq=equal,
        b_eq=np.concatenate([power, heat, cold]),
        bounds=[pair for pair in ranges for _ in range(T)],
    )
    assert found.success
    result = solved(text, tmp_path)
    assert result.objectives["park.bill"] == pytest.approx(found.fun, rel=1e-7)
    burnt = values(result, "gt.p").sum() / (0.35 * 9.7) + values(result, "gb.q").sum() / (0.9 * 9.7)
    assert result.report_of["burnt"] == pytest.approx(burnt * DT)
    assert np.ptp(values(result, "gt.p")) > 1, "the turbine must follow prices in this model"


def test_demand_moves_and_is_cut(tmp_path: Path) -> None:
    load, share, paid = np.array([100.0, 140, 90, 120]), 0.2, np.array([0.5, 0.6, 0.5, 0.65])
    text = f"""{heading("demand_response grid_connection", T, DT)}
param tariff[t] : CNY/kWh = {series(TARIFF)}
param load[t] : kW = {series(load)}
param paid[t] : CNY/kWh = {series(paid)}
player park {{
  use load_shift(load = load[t], share = {share}) as ls
  use load_cut(load = load[t], share = 0.1, compensation = paid[t]) as lc
  use grid_connection(P_buy = 130, P_sell = 0, buy_price = tariff[t], sell_price = 0) as grid
  minimize bill : CNY = grid.cost + lc.cost
  constraint balance[t]: grid.net[t] == ls.served[t] + lc.served[t] - load[t]
}}"""
    one = np.eye(T)
    found = linprog(  # columns: grid, moved, cut
        np.concatenate([TARIFF, np.zeros(T), paid]) * DT,
        A_eq=np.vstack([np.hstack([one, -one, one]), np.repeat([0.0, 1.0, 0.0], T)]),
        b_eq=np.append(load, 0.0),
        bounds=[(0, 130)] * T + [(-share * v, share * v) for v in load] + [(0, 0.1 * v) for v in load],
    )
    result = solved(text, tmp_path)
    assert result.objectives["park.bill"] == pytest.approx(found.fun, rel=1e-7)
    moved = values(result, "ls.moved")
    assert moved.sum() == pytest.approx(0, abs=1e-7)
    assert np.abs(moved).max() > 1


def test_a_quadratic_compensation_is_paid_up_to_the_tariff(tmp_path: Path) -> None:
    """The cut at which `2 a cut + b` meets the tariff, within its limits."""
    load = np.array([100.0, 140, 90, 120])
    text = f"""{heading("demand_response", T, DT)}
param tariff[t] : CNY/kWh = {series(TARIFF)}
param load[t] : kW = {series(load)}
param a : CNY/(kW^2*h) = 0.02
param b : CNY/kWh = 0.4
param c : CNY/h = 3
player park {{
  use load_cut_quadratic(load = load[t], share = 0.15, a = a, b = b, c = c) as lc
  minimize bill : CNY = sum(t) tariff[t]*lc.served[t]*dt + lc.cost
}}"""
    cut = np.clip((TARIFF - 0.4) / (2 * 0.02), 0, 0.15 * load)
    assert 0 < (cut[2]) < 0.15 * load[2]
    result = solved(text, tmp_path)
    assert values(result, "lc.cut") == pytest.approx(cut, rel=1e-5, abs=1e-5)
    bill = (TARIFF * (load - cut) + 0.02 * cut**2 + 0.4 * cut + 3).sum() * DT
    assert result.objectives["park.bill"] == pytest.approx(bill, rel=1e-7)


def cheapest(points: Floats, costs: Floats) -> float:
    """The least of `cost(p) - tariff*p` over a piecewise linear curve, which one of its points attains, in sum."""
    return float((costs[:, None] - points[:, None] * TARIFF).min(axis=0).sum() * DT)


@pytest.mark.parametrize("rates", [(0.2, 0.5, 0.9), (0.8, 0.5, 0.35), (0.6, 0.9, 0.2)], ids=("rise", "fall", "mixed"))
def test_tiers_of_cost(rates: tuple[float, float, float], tmp_path: Path) -> None:
    text = f"""{heading("cost_curve", T, DT)}
param tariff[t] : CNY/kWh = {series(TARIFF)}
param rate : CNY/kWh = 1
player plant {{
  use tiered_unit(P = 50, P_1 = 10, P_2 = 30,
                  rate_1 = {rates[0]}*rate, rate_2 = {rates[1]}*rate, rate_3 = {rates[2]}*rate) as u
  minimize loss : CNY = u.cost - sum(t) tariff[t]*u.p[t]*dt
}}"""
    points = np.array([0.0, 10, 30, 50])
    costs = np.concatenate([[0.0], np.cumsum(np.diff(points) * rates)])
    assert solved(text, tmp_path).objectives["plant.loss"] == pytest.approx(cheapest(points, costs), rel=1e-7)


@pytest.mark.parametrize("costs", [(2, 4, 12, 40), (9, 12, 14, 15), (4, 14, 16, 40)], ids=("convex", "concave", "both"))
def test_points_of_a_cost_curve(costs: tuple[float, ...], tmp_path: Path) -> None:
    arguments = ", ".join(f"cost_{k} = {c}*hour" for k, c in enumerate(costs))
    text = f"""{heading("cost_curve", T, DT)}
param tariff[t] : CNY/kWh = {series(TARIFF)}
param hour : CNY/h = 1
player plant {{
  use piecewise_unit(P_0 = 5, P_1 = 10, P_2 = 20, P_3 = 40, {arguments}) as u
  minimize loss : CNY = u.cost - sum(t) tariff[t]*u.p[t]*dt
}}"""
    points = np.array([5.0, 10, 20, 40])
    expected = cheapest(points, np.array(costs, dtype=float))
    assert solved(text, tmp_path).objectives["plant.loss"] == pytest.approx(expected, rel=1e-7)


def test_a_model_in_megawatts_converts_where_it_uses_a_component(tmp_path: Path) -> None:
    text = f"""{heading("gas_boiler", 2)}
param to_kW : kW/MW = 1000
param to_MW : MW/kW = 0.001
param heat[t] : MW = {series([1.8, 0.9])}
param largest : MW = 2
param gas : CNY/m^3 = 3
player park {{
  use gas_boiler(Q = to_kW*largest, η = 0.9, L = 10, gas_price = gas) as gb
  minimize bill : CNY = gb.cost
  constraint warmth[t]: to_MW*gb.q[t] == heat[t]
}}"""
    assert solved(text, tmp_path).objectives["park.bill"] == pytest.approx(2700 / 9 * 3)
