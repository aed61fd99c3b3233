"""Units: writing a model in other units changes no answer, and a slip of dimension or scale is found wherever it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.result import Labelled, Result, Status
from runtime.session import solve

POWER = {"kW": 1.0, "MW": 1e3, "W": 1e-3, "hp": 0.7457}
TIME = {"h": 1.0, "min": 1 / 60, "d": 24.0}
MONEY = {"CNY": 1.0, "kCNY": 1e3, "fen": 0.01}
"""Size of each unit in the first of its kind."""


@dataclass(frozen=True)
class Units:
    """The units that a model is written in."""

    power: str
    time: str
    money: str

    def number(self, value: float, power: int = 0, time: int = 0, money: int = 0) -> str:
        """A quantity given in kW, h and CNY to these powers, as a number in these units."""
        return repr(value / self.size(power, time, money))

    def size(self, power: int = 0, time: int = 0, money: int = 0) -> float:
        return POWER[self.power] ** power * TIME[self.time] ** time * MONEY[self.money] ** money


def model(u: Units, *, market: bool = True, plant: bool = True) -> str:
    """A seller of storage with a buyer, and a plant with lifted values; every kind of place that has a unit."""
    P, E = u.power, f"{u.power}*{u.time}"
    rate = f"{u.money}/({E})"
    n = u.number
    energy = {"power": 1, "time": 1}
    tariff = {"money": 1, "power": -1, "time": -1}
    head = f"""game rescaled
unit CNY "yuan"
unit kCNY = 1000 CNY
unit fen = 0.01 CNY
unit hp = 0.7457 kW
set T index t = 1..3
param dt : {u.time} = {n(2, time=1)}
param load[t] : {P} = {{1: {n(30, power=1)}, 2: {n(80, power=1)}, 3: {n(55, power=1)}}}
param tariff[t] : {rate} = {{1: {n(0.3, **tariff)}, 2: {n(0.9, **tariff)}, 3: {n(0.6, **tariff)}}}
param wear : {u.money}/({E})^2 = {n(0.0004, money=1, power=-2, time=-2)}
param spare : {E} = {n(40, **energy)}
"""
    trade = f"""player seller {{
  var ask : {rate} in [0, {n(2, **tariff)}]
  maximize profit : {u.money} = sum(t) (ask - {n(0.05, **tariff)})*dis[t]*dt
}}
player buyer follows seller {{
  var imp[t] : {P} in [0, {n(90, power=1)}]
  var dis[t] : {P} in [0, {n(25, power=1)}]
  minimize bill : {u.money} = sum(t) (tariff[t]*imp[t] + ask*dis[t])*dt
  constraint balance[t]: imp[t] + dis[t] >= load[t]  price worth[t] : {u.money}/{P}
  constraint reserve: sum(t) dis[t]*dt <= 2*spare
}}
report paid : {u.money} = sum(t) tariff[t]*imp[t]*dt
report mean_price : {rate} = paid/(sum(t) imp[t]*dt)
"""
    unit = f"""player plant {{
  var out[t] : {P} in [0, {n(60, power=1)}]
  var on[t] binary
  minimize cost : {u.money} = sum(t) (tariff[t]*piecewise(out[t]*dt; ({n(0, **energy)}, 0*spare),
      ({n(40, **energy)}, 1.25*spare), ({n(120, **energy)}, 2.75*spare)) - tariff[2]*max(out[t]*dt, spare))
      + wear*(sum(t) (out[t] - load[1])*dt)^2
  constraint least[t]: on[t] => out[t] >= {n(15, power=1)}
  constraint off[t]: not on[t] => out[t] <= {n(0, power=1)}
  constraint ramp[t where t > 1]: abs(out[t] - out[t-1]) <= {n(35, power=1)}
}}
"""
    return head + (trade if market else "") + (unit if plant else "")


def solved(text: str) -> Result:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.game"
        path.write_text(text, "utf-8")
        return solve(path)


def numbers(value: float | Labelled) -> np.ndarray:
    return np.array(list(value.to_dict().values()) if isinstance(value, Labelled) else [value])


def answers(u: Units) -> dict[str, np.ndarray] | None:
    """What both halves of the model say, in kW, h and CNY; None where one of them was not proved."""
    trade, unit = solved(model(u, plant=False)), solved(model(u, market=False))
    if trade.status is not Status.OPTIMAL or unit.status is not Status.OPTIMAL:
        return None
    values = {**trade.values, **unit.values}
    money, power, rate = u.size(money=1), u.size(power=1), u.size(money=1, power=-1, time=-1)
    return {
        **{name: np.array([value * money]) for name, value in {**trade.objectives, **unit.objectives}.items()},
        "ask": numbers(values["ask"]) * rate,
        **{name: numbers(values[name]) * power for name in ("imp", "dis", "out")},
        "on": numbers(values["on"]),
        "worth": numbers(trade.price_of["worth"]) * u.size(money=1, power=-1),
        "paid": numbers(trade.report_of["paid"]) * money,
        "mean_price": numbers(trade.report_of["mean_price"]) * rate,
    }


PLAIN = Units("kW", "h", "CNY")


@pytest.fixture(scope="module")
def plain() -> dict[str, np.ndarray]:
    found = answers(PLAIN)
    assert found is not None
    return found


choices = st.builds(Units, st.sampled_from(list(POWER)), st.sampled_from(list(TIME)), st.sampled_from(list(MONEY)))


@settings(max_examples=8, deadline=None)
@given(choices)
def test_other_units_change_no_answer(plain: dict[str, np.ndarray], units: Units) -> None:
    found = answers(units)
    if found is None:
        # Solvers' tolerances are absolute: where prices are as small as they are, no answer may be claimed.
        assert not 1e-4 <= units.size(money=1, power=-1, time=-1) <= 1e4, units
        return
    for name, value in found.items():
        np.testing.assert_allclose(value, plain[name], rtol=1e-4, atol=1e-4, err_msg=f"{name} in {units}")


@settings(max_examples=12, deadline=None)
@given(choices)
def test_other_units_change_only_the_scale_of_rows(units: Units) -> None:
    """Rows and bounds of the user's own statements are the same up to the size of their units."""
    found = []
    for u in (PLAIN, units):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "m.game"
            path.write_text(model(u), "utf-8")
            ground = compile_file(path).ground
        rows = {b.name: slice(b.start, b.stop) for b in ground.row_blocks if not b.lifted}
        mine = ground.objective_quad.row == next(k for k, p in enumerate(ground.players) if p.name == "plant")
        found.append(
            {
                "load": ground.row_lower[rows["balance"]] * u.size(power=1),
                "reserve": ground.row_upper[rows["reserve"]] * u.size(power=1, time=1),
                "imp": ground.upper[next(b.start for b in ground.column_blocks if b.name == "imp")] * u.size(power=1),
                "wear": ground.objective_quad.value[mine] * u.size(money=1, power=-2),
            }
        )
    for name, value in found[0].items():
        np.testing.assert_allclose(value, found[1][name], rtol=1e-9, err_msg=name)


SLIPS = {
    "objective": ("maximize profit : CNY", "maximize profit : CNY/h"),
    "objective, a factor forgotten": ("(tariff[t]*imp[t] + ask*dis[t])*dt", "(tariff[t]*imp[t] + ask*dis[t])"),
    "one term of an objective": ("ask*dis[t])*dt\n  constraint", "ask*dis[t]*dt)*dt\n  constraint"),
    "constraint": ("imp[t] + dis[t] >= load[t]", "imp[t] + dis[t]*dt >= load[t]"),
    "the other side of a constraint": (">= load[t]", ">= tariff[t]"),
    "inside abs": ("abs(out[t] - out[t-1])", "abs(out[t] - out[t-1]*dt)"),
    "inside max": ("max(out[t]*dt, spare)", "max(out[t], spare)"),
    "in the relation of an implication": ("not on[t] => out[t] <= 0.0", "not on[t] => out[t]*dt <= load[t]"),
    "bound": ("in [0, 25.0]", "in [0, spare]"),
    "unit of a variable": ("var dis[t] : kW in", "var dis[t] : kW*h in"),
    "scale of a variable": ("var dis[t] : kW in", "var dis[t] : MW in"),
    "unit of data": ("param load[t] : kW", "param load[t] : kW*h"),
    "scale of data": ("param load[t] : kW", "param load[t] : W"),
    "currency of data": ("param tariff[t] : CNY/(kW*h)", "param tariff[t] : fen/(kW*h)"),
    "computed data": ("param spare : kW*h = 40.0", "param spare : kW*h = load[1]"),
    "report": ("report paid : CNY", "report paid : CNY/h"),
    "scale of a report": ("report paid : CNY", "report paid : kCNY"),
    "a report's own sum": (
        "report paid : CNY = sum(t) tariff[t]*imp[t]*dt",
        "report paid : CNY = sum(t) (tariff[t]*dt + imp[t])",
    ),
    "price": ("price worth[t] : CNY/kW", "price worth[t] : kW/CNY"),
}


@pytest.mark.parametrize("place", SLIPS)
def test_a_slip_is_found(tmp_path: Path, place: str) -> None:
    """One unit diagnostic, at the line of the slip or at what it no longer fits, that names both units."""
    right, wrong = SLIPS[place]
    text = model(PLAIN)
    assert text.count(right) == 1
    path = tmp_path / "m.game"
    path.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(DiagnosticError) as error:
        compile_file(path)
    codes = [d.code for d in error.value.diagnostics]
    assert set(codes) <= {"G401", "G402", "G403", "G404"}
    first = error.value.diagnostics[0]
    assert first.span is not None
    said = " ".join([first.headline, *(label.text for label in first.others), *first.notes])
    assert re.search(r"kW|CNY|fen|`h`|MW", said), said


def test_a_price_per_period_warns(tmp_path: Path) -> None:
    """A balance of powers priced in CNY/kWh is how papers write it: said, not refused."""
    path = tmp_path / "m.game"
    path.write_text(model(PLAIN).replace("price worth[t] : CNY/kW", "price worth[t] : CNY/kWh"), "utf-8")
    assert [d.code for d in compile_file(path).warnings] == ["G404"]
