"""What is drawn: the numbers, labels and units of the charts of a solved game."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import market
import numpy as np
import pytest
from from_text import solved

from runtime.figures.chart import Chart, Kind
from runtime.history import Step
from runtime.result import Certificate, Result, Status
from runtime.runs.folder import read_run
from runtime.session import compare, solve


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solve(market.written(tmp_path_factory.mktemp("market") / "model"))


def lines(chart: Chart, panel: int = 0) -> dict[str, list[float]]:
    return {line.label: line.values.tolist() for line in chart.panels[panel].everything}


def test_a_price_is_labelled_with_what_it_is_the_price_of() -> None:
    text = """
    set T index t = 1..2
    param need[t] = {1: 3, 2: 5}
    player p {
      var x[t] >= 0  var y[t] in [0, 1]
      minimize cost = sum(t) (2*x[t] + y[t])
      constraint balance[t] "supply and demand": x[t] + y[t] == need[t]  price worth[t]
    }
    plot one "Worth": worth[t] over t
    plot two: worth[2], need[t] over t
    """
    result = solved(text)
    figures = result.charts
    assert list(lines(figures["one"])) == ["worth, price of balance"]
    assert list(lines(figures["two"])) == ["worth, price of balance (2)", "need[t]"]


def test_the_charts_of_a_market(result: Result) -> None:
    assert list(result.charts) == ["dispatch", "price_lmp", "balance_operator.balance", "regret"]


def test_a_plot_of_the_file(result: Result) -> None:
    """`over t`, so that each plant is a line."""
    chart = result.charts["dispatch"]
    assert (chart.title, chart.x, chart.at) == ("Output by plant", "hour", (1, 2, 3))
    assert [p.y for p in chart.panels] == ["MW"]
    found = lines(chart)
    assert list(found) == ["output: cheap", "output: dear", "demand[t]"]
    assert found["output: cheap"] == pytest.approx([8, 10, 10], abs=1e-6)
    assert found["output: dear"] == pytest.approx([0, 5, 2], abs=1e-6)
    assert found["demand[t]"] == [8, 15, 12]


def test_a_price_over_time(result: Result) -> None:
    chart = result.charts["price_lmp"]
    assert lines(chart) == {"lmp": pytest.approx([10, 30, 30])}
    assert chart.panels[0].y == "Price in EUR/MW"


def test_a_balance_is_stacked_up_to_the_demand(result: Result) -> None:
    chart = result.charts["balance_operator.balance"]
    (panel,) = chart.panels
    assert panel.kind is Kind.STACK
    assert [line.label for line in panel.lines] == ["output: cheap", "output: dear"]
    assert np.sum([line.values for line in panel.lines], axis=0) == pytest.approx([8, 15, 12], abs=1e-6)
    assert (panel.over[0].label, panel.over[0].values.tolist()) == ("demand[t]", [8, 15, 12])
    assert panel.y == "MW"


def test_regrets(result: Result) -> None:
    told = replace(result, certificate=Certificate(True, {"a": 2.0, "b": 1.0}, {"a": 1e-9, "b": 1e-7}))
    chart = told.charts["regret"]
    assert chart.at == ("b", "a")
    assert lines(chart)["regret"] == [1e-7, 1e-9]
    assert chart.panels[0].mark == 1e-6


def test_the_same_charts_from_a_run_folder(result: Result, tmp_path: Path) -> None:
    again = read_run(result.save(tmp_path / "run", figures=())).result
    assert list(again.charts) == list(result.charts)
    for name, chart in result.charts.items():
        other = again.charts[name]
        assert (chart.title, chart.x, chart.at, chart.note) == (other.title, other.x, other.at, other.note)
        for mine, others in zip(chart.panels, other.panels, strict=True):
            assert (mine.kind, mine.y, mine.title) == (others.kind, others.y, others.title)
            for a, b in zip(mine.everything, others.everything, strict=True):
                assert a.label == b.label
                assert a.values.tolist() == pytest.approx(b.values.tolist(), abs=1e-12, nan_ok=True)


def test_balances_in_both_directions_and_over_other_indices() -> None:
    """Zone a gives 3 to zone b in both hours; the equation is written with the supply on the right."""
    result = solved(
        """
        set Z index z = {a, b}
        set T index t = 1..2
        param need[z,t] = {(a, 1): 1, (a, 2): 1, (b, 1): 3, (b, 2): 3}
        param cost[z] = {a: 1, b: 9}
        player grid {
          var made[z,t] in [0, 9]
          var given[t] in [0, 3]  "from a to b"
          minimize total = sum(z,t) cost[z]*made[z,t]
          constraint at_a[t]: need[a,t] == made[a,t] - given[t]  price pa[t]
          constraint at_b[t]: need[b,t] == made[b,t] + given[t]  price pb[t]
        }
        """
    )
    (a,), (b,) = (result.charts[f"balance_grid.{name}"].panels for name in ("at_a", "at_b"))
    assert {line.label: line.values.tolist() for line in a.lines} == {
        "grid.made: a": pytest.approx([4, 4], abs=1e-6),
        "from a to b": pytest.approx([-3, -3], abs=1e-6),
    }
    assert a.over[0].values.tolist() == [1, 1]
    # What is nothing is no layer.
    assert {line.label: line.values.tolist() for line in b.lines} == {"from a to b": pytest.approx([3, 3], abs=1e-6)}


@pytest.mark.parametrize(
    "equation", ["d[t] - (sum(g) q[g,t]) == 0", "sum(g) q[g,t] == d[t]", "0 == d[t] - (sum(g) q[g,t])"]
)
def test_what_brings_stands_upwards_however_the_equation_is_written(equation: str) -> None:
    """Demand is worth 5, the plants cost 1 and 3: both run, 2 and 1, and what is taken is their sum."""
    result = solved(
        f"""
        set G index g = {{coal, gas}}
        set T index t = 1..2
        param cost[g] = {{coal: 1, gas: 3}}
        player market {{
          var d[t] in [0, 3] "demand"
          var q[g,t] in [0, 2] "output"
          maximize welfare = (sum(t) 5*d[t]) - (sum(g,t) cost[g]*q[g,t])
          constraint balance[t]: {equation}  price worth[t]
        }}
        """
    )
    (panel,) = result.charts["balance_market.balance"].panels
    assert {line.label: line.values.tolist() for line in panel.lines} == {
        "output: coal": pytest.approx([2, 2]),
        "output: gas": pytest.approx([1, 1]),
    }
    assert {line.label: line.values.tolist() for line in panel.over} == {"demand": pytest.approx([3, 3])}


def test_a_variable_in_both_directions_says_which_is_up() -> None:
    """`net` is what is taken; it is drawn as what it does to the balance."""
    result = solved(
        """
        set T index t = 1..2
        param load[t] = {1: 3, 2: 4}  "demand"
        player home {
          var made[t] in [0, 5] "made"
          var net[t] in [-9, 9] "taken, negative: given"
          minimize cost = sum(t) t*made[t]
          constraint all: sum(t) net[t] == 0
          constraint balance[t]: made[t] == load[t] + net[t]  price worth[t]
        }
        """
    )
    chart = result.charts["balance_home.balance"]
    assert {line.label: line.values.tolist() for line in chart.panels[0].lines} == {
        "made": pytest.approx([5, 2]),
        "taken, negative: given": pytest.approx([-2, 2]),
    }
    assert chart.note == "above zero: what brings; below: what takes"


@pytest.mark.parametrize("equation", ["wind[t] + dis[t] == load[t] + ch[t]", "load[t] + ch[t] - dis[t] == wind[t]"])
def test_a_cost_of_charging_does_not_turn_it_round(equation: str) -> None:
    """Wind for nothing in the first hour, 5 of it lost; only charging costs something. A kW more of demand in the
    second hour would cost what charging it does."""
    result = solved(
        f"""
        set T index t = 1..2
        param load[t] = {{1: 2, 2: 3}}  "demand"
        param blows[t] = {{1: 9, 2: 0}}
        player home {{
          var wind[t] in [0, blows[t]] "wind"
          var ch[t] in [0, 9] "charged"
          var dis[t] in [0, 9] "discharged"
          minimize wear = sum(t) ch[t]
          constraint content: sum(t) (ch[t] - dis[t]) == 0
          constraint balance[t]: {equation}  price worth[t]
        }}
        """
    )
    (panel,) = result.charts["balance_home.balance"].panels
    assert {line.label: line.values.tolist() for line in panel.lines} == {
        "wind": pytest.approx([5, 0]),
        "charged": pytest.approx([-3, 0]),
        "discharged": pytest.approx([0, 3]),
    }
    assert {line.label: line.values.tolist() for line in panel.over} == {"demand": [2, 3]}


def test_data_on_both_sides_are_told_apart() -> None:
    """What the sun gives is a layer, though there is more of it than of demand; what is used is drawn or fed in."""
    result = solved(
        """
        set T index t = 1..2
        param sun[t] = {1: 9, 2: 0}  "sun"
        param load[t] = {1: 2, 2: 3}  "demand"
        player home {
          var drawn[t] in [0, 9] "drawn"
          var fed[t] in [0, 9] "fed in"
          minimize bill = sum(t) (2*drawn[t] - fed[t])
          constraint balance[t]: fed[t] + load[t] - sun[t] == drawn[t]  price worth[t]
        }
        """
    )
    (panel,) = result.charts["balance_home.balance"].panels
    assert {line.label: line.values.tolist() for line in panel.lines} == {
        "drawn": pytest.approx([0, 3]),
        "fed in": pytest.approx([-7, 0]),
        "sun": [9, 0],
    }
    assert {line.label: line.values.tolist() for line in panel.over} == {"demand": [2, 3]}


def test_several_that_take_stand_below() -> None:
    """Without costs the side with more terms is above."""
    result = solved(
        """
        set T index t = 1..2
        player grid {
          var a[t] in [1, 1]  var b[t] in [2, 2]  var c[t] in [4, 4]  var e[t] in [0, 9]  var f[t] in [5, 5]
          minimize nothing = 0*(sum(t) a[t])
          constraint balance[t]: a[t] + b[t] == c[t] + e[t] - f[t]  price worth[t]
        }
        """
    )
    (panel,) = result.charts["balance_grid.balance"].panels
    assert {line.label: float(line.values[0]) for line in panel.lines} == pytest.approx(
        {"grid.a": 1, "grid.b": 2, "grid.c": -4, "grid.e": -4, "grid.f": 5}
    )
    assert panel.over == ()


def test_a_panel_for_each_unit() -> None:
    result = solved(
        """
        unit EUR "euro"
        set T index t = 1..2
        param price[t] : EUR/kWh = {1: 1, 2: 2}
        param dt : h = 1
        player p { var x[t] : kW in [0, 3] "sold"  maximize profit : EUR = sum(t) price[t]*x[t]*dt }
        plot both "Prices and sales": price[t], x[t] over t
        """
    )
    chart = result.charts["both"]
    assert [p.y for p in chart.panels] == ["price[t] in EUR/kWh", "sold in kW"]
    assert lines(chart, 1) == {"sold": [3, 3]}


def test_two_devices_of_one_kind_are_told_apart() -> None:
    result = solved(
        """
        set T index t = 1..2
        player p { var x[t] in [0, 1] "power" var y[t] in [0, 2] "power" minimize c = -(sum(t) x[t]) - (sum(t) y[t]) }
        plot both: x[t], y[t], 2*x[t] over t
        """
    )
    assert lines(result.charts["both"]) == {"power (x[t])": [1, 1], "power (y[t])": [2, 2], "2*x[t]": [2, 2]}


def test_sums_constants_and_fixed_elements() -> None:
    result = solved(
        """
        set G index g = {u, v}
        set T index t = 1..2
        param top = 4
        player p { var x[g,t] in [0, 3] "output" minimize c = -(sum(g,t) x[g,t]) }
        plot all: sum(g) x[g,t], x[u,t], top over t
        """
    )
    assert lines(result.charts["all"]) == {"sum(g) x[g,t]": [6, 6], "output (u)": [3, 3], "top": [4, 4]}


def test_convergence() -> None:
    steps = (Step(1, {"p.c": 5.0}, 1.0, 0.1), Step(2, {"p.c": 3.0}, 0.1, 0.2), Step(3, {"p.c": 2.0}, 0.0, 0.3))
    result = Result("g", Status.EQUILIBRIUM, history=steps, units={"p.c": "EUR"})
    chart = result.charts["convergence"]
    assert chart.at == (1, 2, 3)
    assert lines(chart) == {"p.c": [5, 3, 2]}
    assert lines(chart, 1) == {"residual": [1.0, 0.1, 0.0]}
    assert [p.y for p in chart.panels] == ["p.c in EUR", "Residual"]
    assert chart.panels[1].log


def test_several_starts_are_not_joined() -> None:
    gap = pytest.approx(float("nan"), nan_ok=True)
    steps = tuple(Step(k, {"p.c": float(10 * k)}, 0.5 * k, 0.1) for k in (0, 1, 0, 1, 2, 1))
    chart = Result("g", Status.EQUILIBRIUM, history=steps).charts["convergence"]
    assert chart.at == (0, 1, 2, 3, 4, 5, 6, 7)
    assert lines(chart) == {"p.c": [0, 10, gap, 0, 10, 20, gap, 10]}
    assert lines(chart, 1) == {"residual": [0, 0.5, gap, 0, 0.5, 1, gap, 0.5]}
    assert chart.x == "Iterations of 3 starts, one start after the other"


def test_starts_without_a_residual() -> None:
    steps = tuple(Step(k, {"p.c": float(k)}, float("nan"), 0.1) for k in (1, 2, 1, 2))
    chart = Result("g", Status.EQUILIBRIUM, history=steps).charts["convergence"]
    assert chart.numeric
    assert len(chart.panels) == 1


def test_values_can_be_drawn_by_name(result: Result) -> None:
    from runtime.figures.of_result import chart_named

    chart = chart_named(result, "out")
    assert (chart.x, chart.at, chart.title, chart.panels[0].y) == ("hour", (1, 2, 3), "output", "MW")
    assert lines(chart) == {
        "cheap": pytest.approx([8, 10, 10], abs=1e-6),
        "dear": pytest.approx([0, 5, 2], abs=1e-6),
    }
    assert lines(chart_named(result, "line")) == {
        "cheap": [1.0, pytest.approx(float("nan"), nan_ok=True), pytest.approx(float("nan"), nan_ok=True)],
        "dear": [pytest.approx(float("nan"), nan_ok=True), pytest.approx(float("nan"), nan_ok=True), 1.0],
    }
    with pytest.raises(KeyError, match="dispatch"):
        chart_named(result, "one")


def test_cases_side_by_side(tmp_path: Path) -> None:
    found = compare(market.written(tmp_path / "model"))
    charts = found.charts
    assert charts["objectives"].at == ("tight", "loose")
    assert lines(charts["price_lmp"]) == {"tight": pytest.approx([30, 30, 30]), "loose": pytest.approx([10, 10, 10])}
    titles = [p.title for p in charts["reports"].panels]
    assert titles == ["dear_share", "total_cost"]
    assert charts["reports"].panels[0].lines[0].values == pytest.approx([11 / 35, 0])
    assert charts["comparisons"].at == ("gain",)
    assert charts["comparisons"].panels[0].lines[0].values == pytest.approx([220])
    assert charts["regret"].at == ("operator",)


def test_cases_in_which_others_play_are_drawn_beside_each_other(tmp_path: Path) -> None:
    """Who plays is data: a bar for each who plays in some case, and none where it does not. Other places along an axis
    of numbers are not those of the first case, and who has them is named."""
    model = tmp_path / "shops.game"
    model.write_text(
        """
game shops
set Shop index k = {north, south}
param opens[k] = 1
param last = 2
set Hour index t = 1..last
set Open index s in Shop = {k in Shop where opens[k] == 1}
player shop[s] { var x[t] in [0, 3]  maximize gain = sum(t) x[t] }
report sales[s] = sum(t) shop[s].x[t]
report by_hour[t] = sum(s) shop[s].x[t]
case one { param opens[k] = {north: 0, south: 1} }
case both "two shops" { param last = 2 }
case longer { param last = 3 }
""",
        encoding="utf-8",
    )
    charts = compare(model).charts
    sales = charts["report_sales"]
    assert sales.at == ("south", "north")
    assert lines(sales) == {
        "one": pytest.approx([6, np.nan], nan_ok=True),
        "both": pytest.approx([6, 6]),
        "longer": pytest.approx([9, 9]),
    }
    assert not sales.note
    by_hour = charts["report_by_hour"]
    assert list(lines(by_hour)) == ["one", "both"]
    assert by_hour.note == "left out, with other places: longer"


def test_nothing_to_draw() -> None:
    assert Result("g", Status.INFEASIBLE).charts == {}
    with pytest.raises(KeyError, match="nothing"):
        Result("g", Status.INFEASIBLE).plot()
