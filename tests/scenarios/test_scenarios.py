"""Scenarios, their reduction, expectations and risk: against numpy, scipy's linear programs and scikit-learn itself."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.cluster import KMeans

from compiler.pipeline import compile_file
from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.result import Status
from runtime.session import solve

PRICES = np.array([20.0, 55, 31, 44, 90])
SHARES = np.array([0.1, 0.25, 0.3, 0.15, 0.2])
W = 'scenarios W index w from "w.csv" probability prob\nparam price[w] from "w.csv"\n'


def written(folder: Path, text: str, shares: np.ndarray = SHARES) -> Path:
    rows = [f"s{k},{p},{q}" for k, (p, q) in enumerate(zip(shares, PRICES, strict=True))]
    (folder / "w.csv").write_text("w,prob,price\n" + "\n".join(rows) + "\n", "utf-8")
    path = folder / "m.game"
    path.write_text(f"game g\n{text}\n", "utf-8")
    return path


def refused(path: Path) -> Diagnostic:
    with pytest.raises(DiagnosticError) as error:
        compile_file(path)
    assert len(error.value.diagnostics) == 1
    return error.value.diagnostics[0]


def cvar(losses: np.ndarray, shares: np.ndarray, level: float) -> float:
    """Mean of the largest losses whose shares make up 1 - level, the last one in part."""
    left, total = 1 - level, 0.0
    for k in np.argsort(-losses):
        part = min(left, shares[k])
        total, left = total + part * losses[k], left - part
    return total / (1 - level)


def test_the_ends_of_a_risk_are_those_of_its_losses(tmp_path: Path) -> None:
    """The mean of the tail may lie below the greatest of the least losses: 5*x here, with losses of 10*x and of 0. What
    is derived from its ends, here the constants of |y - 8|, must leave room for y = 5."""
    text = """scenarios W index w from "w.csv" probability prob
player p {
  var x in [1, 1.5]
  var y in [0, 12]
  maximize v = abs(y - 8) - 0.9*y
  constraint c: cvar(w, 0) (if price[w] > 30 then 10*x else 0) <= y
}
param price[w] from "w.csv"
"""
    shares = np.array([0.5, 0.2, 0.1, 0.1, 0.1])
    x, y = np.meshgrid(np.linspace(1, 1.5, 51), np.linspace(0, 12, 2401))
    risk = cvar_of_grid(x, shares)
    values = np.where(risk <= y + 1e-9, np.abs(y - 8) - 0.9 * y, -np.inf)
    assert solve(written(tmp_path, text, shares)).objectives["p.v"] == pytest.approx(values.max(), abs=1e-6)


def cvar_of_grid(x: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The mean of all losses, which are 10*x where the price is above 30."""
    return 10 * x * shares[PRICES > 30].sum()


def test_probabilities_and_expectation(tmp_path: Path) -> None:
    path = written(tmp_path, W + "player p { var x in [1, 2] minimize v = x*expect(w) (price[w] + 1) }")
    assert solve(path).objectives["p.v"] == pytest.approx(SHARES @ (PRICES + 1))


def test_scenarios_without_probabilities_are_equally_likely(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'scenarios W index w from "w.csv"\nparam price[w] from "w.csv"\n'
        "player p { var x in [1, 2] minimize v = x*expect(w) price[w] }",
    )
    assert solve(path).objectives["p.v"] == pytest.approx(PRICES.mean())


@pytest.mark.parametrize("shares", [SHARES * 1.01, SHARES + np.array([0.3, -0.3, 0, 0, 0])])
def test_bad_probabilities(tmp_path: Path, shares: np.ndarray) -> None:
    found = refused(written(tmp_path, W + "player p { var x in [1, 2] minimize v = x }", shares))
    assert found.code == "G511"


@pytest.mark.parametrize("level", [0, 0.3, 0.5, 0.8, 0.95])
def test_cvar_of_numbers(tmp_path: Path, level: float) -> None:
    """In a report and where nothing can be decided; of a loss and of a profit's low tail."""
    path = written(
        tmp_path,
        W + "player p { var x in [3, 3] minimize v = x }\n"
        f"report high = cvar(w, {level}) (price[w]*x) report low = cvar(w, {level}) (-price[w])",
    )
    reports = solve(path).reports
    assert reports["high"] == pytest.approx(cvar(3 * PRICES, SHARES, level))
    assert reports["low"] == pytest.approx(cvar(-PRICES, SHARES, level))


@pytest.mark.parametrize("level", [0, 0.5, 0.9])
@pytest.mark.parametrize("weight", [0.2, 2])
def test_newsvendor_with_risk(tmp_path: Path, level: float, weight: float) -> None:
    """min 30 x + E[p_w y_w] + weight*CVaR(p_w y_w - 8 y_w) with x + y_w >= 10, x <= 7: the optimum of the linear
    program of Rockafellar and Uryasev, and the value of its point by the formula."""
    n = len(PRICES)
    path = written(
        tmp_path,
        W
        + f"""player p {{
  var x in [0, 7]
  var y[w] in [0, 10]
  minimize v = 30*x + expect(w) price[w]*y[w] + {weight}*cvar(w, {level}) (price[w]*y[w] - 8*y[w])
  constraint demand[w]: x + y[w] >= 10
}}""",
    )
    # Columns: x, y, quantile, excess.
    cost = np.concatenate([[30], SHARES * PRICES, [weight], weight * SHARES / (1 - level)])
    A = np.zeros((2 * n, 2 * n + 2))
    A[:n, 0], A[:n, 1 : n + 1] = -1, -np.eye(n)
    A[n:, 1 : n + 1], A[n:, n + 1], A[n:, n + 2 :] = np.diag(PRICES - 8), -1, -np.eye(n)
    bounds = [(0, 7), *[(0, 10)] * n, (None, None), *[(0, None)] * n]
    expected = linprog(cost, A_ub=A, b_ub=np.r_[np.full(n, -10), np.zeros(n)], bounds=bounds, method="highs")
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.objectives["p.v"] == pytest.approx(expected.fun, rel=1e-6)
    x, y = result.value_of["x"], np.array([result.value_of["y"][f"s{k}"] for k in range(n)])  # type: ignore[index]
    at = 30 * x + SHARES @ (PRICES * y) + weight * cvar((PRICES - 8) * y, SHARES, level)  # type: ignore[operator]
    assert result.objectives["p.v"] == pytest.approx(at, rel=1e-6)


LEVELS = {"a": 0.5, "b": 0.8}
EACH_ITS_LEVEL = """set I index i = {a, b}
param beta[i] = {a: 0.5, b: 0.8}
"""


def test_each_player_has_a_level_of_its_own(tmp_path: Path) -> None:
    """As retailers do that differ in how careful they are; by what they decide, and in a report."""
    path = written(
        tmp_path,
        W
        + EACH_ITS_LEVEL
        + """player p[i] {
  var x in [0, 7]
  var y[w] in [0, 10]
  minimize v = 30*x + cvar(w, beta[i]) (price[w]*y[w])
  constraint demand[w]: x + y[w] >= 10
}
report tail[i] = cvar(w, beta[i]) (price[w]*p[i].y[w])""",
    )
    result = solve(path)
    for i, level in LEVELS.items():
        tail = cvar(3 * PRICES, SHARES, level)
        assert result.objectives[f"p[{i}].v"] == pytest.approx(210 + tail, rel=1e-6)
        assert result.report_of["tail"][i] == pytest.approx(tail, rel=1e-6)  # type: ignore[index]


def test_a_level_out_of_its_range_is_named(tmp_path: Path) -> None:
    text = W + EACH_ITS_LEVEL.replace("0.8", "1.8")
    found = refused(
        written(tmp_path, text + "player p[i] { var x in [1, 2] minimize v = cvar(w, beta[i]) (x*price[w]) }")
    )
    assert (found.code, found.headline) == ("G512", "the level of `cvar` is a number from 0 to below 1 at i=b")


def test_a_lifted_value_at_the_top_in_an_indexed_player(tmp_path: Path) -> None:
    """The `let` does not know the letter of the player that uses it."""
    path = written(
        tmp_path,
        "set I index i = {a, b}\nset J index j = {c, d}\nlet worst = max(2, sum(j) buyer[j].q)\n"
        "player seller[i] { var z in [0, 2] minimize cost = z^2 - z + worst }\n"
        "player buyer[j] { var q in [0, 3] maximize joy = q }",
    )
    assert solve(path).objectives["seller[b].cost"] == pytest.approx(6 - 0.25)


@pytest.mark.parametrize("limit", [120.0, 250.0])
def test_cvar_as_a_limit(tmp_path: Path, limit: float) -> None:
    """max E[p_w x] with CVaR_0.6(cost) <= limit for each of two products, one index outside the risk measure."""
    path = written(
        tmp_path,
        W
        + f"""set K index k = {{a, b}}
param scale[k] = {{a: 1, b: 2}}
player p {{
  var x[k] in [0, 10]
  maximize v = sum(k) x[k]
  constraint risk[k]: cvar(w, 0.6) (price[w]*scale[k]*x[k]) <= {limit}
}}""",
    )
    risk = cvar(PRICES, SHARES, 0.6)
    assert solve(path).objectives["p.v"] == pytest.approx(sum(min(10, limit / (risk * s)) for s in (1, 2)))


def test_expectation_and_risk_in_a_leader_and_follower_game(tmp_path: Path) -> None:
    """The follower buys where the leader's tariff beats its mean price adjusted by risk; the leader serves at a cost
    and a risk of its own."""
    path = written(
        tmp_path,
        W
        + """player seller {
  var tariff in [0, 80]
  maximize v = tariff*q - 12*q - 0.1*cvar(w, 0.7) (price[w]*q)
}
player buyer follows seller {
  var q in [0, 10]
  var spot[w] >= 0
  minimize cost = tariff*q + expect(w) price[w]*spot[w] + 0.5*cvar(w, 0.8) (price[w]*spot[w])
  constraint need[w]: q + spot[w] >= 10
}""",
    )
    # Each unit not bought under the tariff costs the mean plus half the risk, whatever the amount.
    worth = min(80.0, SHARES @ PRICES + 0.5 * cvar(PRICES, SHARES, 0.8))
    expected = 10 * (worth - 12 - 0.1 * cvar(PRICES, SHARES, 0.7))
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.value_of["tariff"] == pytest.approx(worth, rel=1e-6)
    assert result.objectives["seller.v"] == pytest.approx(expected, rel=1e-6)


# ---------------------------------------------------------------- reduction

REDUCED = """set T index t = 1..3
scenarios W index w from "samples.csv" reduce kmeans {count} seed {seed}
param mcp[t,w] from W
player p {{ var x[t] in [0, 1] minimize v = expect(w) sum(t) mcp[t,w]*x[t] }}
"""


def samples(folder: Path, rows: int = 60) -> np.ndarray:
    rng = np.random.default_rng(3)
    found = np.round(rng.normal([20, 40, 35], 8, (rows, 3)) + rng.choice([0, 30], (rows, 1)), 3)
    lines = ["1,2,3", *(",".join(map(str, row)) for row in found)]
    (folder / "samples.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return found


@pytest.mark.parametrize(("count", "seed"), [(1, 0), (2, 1), (5, 7), (60, 0)])
def test_reduction_is_that_of_scikit_learn(tmp_path: Path, count: int, seed: int) -> None:
    """Centres and shares, in whatever order, and the same at each run."""
    rows = samples(tmp_path)
    path = written(tmp_path, REDUCED.format(count=count, seed=seed))
    expected = KMeans(n_clusters=count, random_state=seed, n_init=10).fit(rows)
    shares = np.bincount(expected.labels_) / len(rows)
    order = np.lexsort(expected.cluster_centers_.T[::-1])
    runs = []
    for _ in range(2):
        compiled = compile_file(path)
        params = {p.name: compiled.grounded.data.param(p)[1] for p in compiled.game.all_params()}
        runs.append(params)
        np.testing.assert_allclose(params["mcp"].reshape(3, count), expected.cluster_centers_[order].T, rtol=1e-9)
        np.testing.assert_allclose(params["W.probability"], shares[order])
    np.testing.assert_array_equal(runs[0]["mcp"], runs[1]["mcp"])


def test_expectation_over_clusters_is_the_mean_of_the_samples(tmp_path: Path) -> None:
    """Weighted centres keep the mean, so a linear expectation is that over all samples."""
    rows = samples(tmp_path)
    text = REDUCED.format(count=4, seed=2).replace("in [0, 1]", "in [1, 2]")
    assert solve(written(tmp_path, text)).objectives["p.v"] == pytest.approx(rows.mean(axis=0).sum())


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("1,2,3\n1,2,3\n4,x,6\n7,8,9\n", "G504", 3),
        ("1,2,3\n1,2,3\n4,,6\n7,8,9\n", "G504", 3),
        ("1,2\n1,2\n4,5\n7,8\n", "G505", None),
        ("1,2,3\n1,2,3\n", "G506", None),
        ("1,2,3\n1,2,3\n1,2,3\n1,2,3\n", "G506", None),
        ("1,2,3,day\n1,2,3,1\n1,5,3,2\n4,2,3,3\n", "G503", 1),
        ("1,2,3\n1,2\n", "G506", 2),
    ],
    ids=["text", "empty", "no column", "too few", "too few different", "a column that nothing reads", "ragged"],
)
def test_faults_of_samples(tmp_path: Path, content: str, code: str, line: int | None) -> None:
    path = written(tmp_path, REDUCED.format(count=3, seed=0))
    (tmp_path / "samples.csv").write_text(content, "utf-8")
    found = refused(path)
    assert found.code == code
    assert found.span is not None
    assert found.span.source.path.endswith("samples.csv" if line else "m.game")
    if line:
        assert found.span.source.line_column(found.span.start)[0] == line


def test_centres_of_two_indices_besides_the_scenario_are_refused(tmp_path: Path) -> None:
    samples(tmp_path)
    text = REDUCED.format(count=2, seed=0).replace("mcp[t,w] from W", "mcp[t,k,w] from W") + "set K index k = 1..2"
    found = refused(written(tmp_path, text.replace("mcp[t,w]*", "mcp[t,1,w]*")))
    assert found.code in ("G301", "G505")


@pytest.mark.parametrize(("text", "code"), [("kmeans 2.5", "G308"), ("kmeans 0", "G308"), ("ward 3", "G807")])
def test_bad_reductions(tmp_path: Path, text: str, code: str) -> None:
    samples(tmp_path)
    path = written(tmp_path, REDUCED.format(count=2, seed=0).replace("kmeans 2", text))
    assert refused(path).code == code


@pytest.mark.parametrize(("level", "code"), [("1", "G512"), ("-0.1", "G512"), ("1.5", "G512")])
def test_bad_levels(tmp_path: Path, level: str, code: str) -> None:
    path = written(tmp_path, W + f"player p {{ var x in [0, 1] minimize v = cvar(w, {level}) (price[w]*x) }}")
    assert refused(path).code == code


def test_missing_scikit_learn_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples(tmp_path)
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    found = refused(written(tmp_path, REDUCED.format(count=2, seed=0)))
    assert found.code == "G803"
    assert 'pip install "gamec[scenarios]"' in found.hints[0].text
