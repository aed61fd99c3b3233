"""`gamec sweep`: every point solved, whatever becomes of others, and the same for any workers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec as front_door
from gamec.commands.sweep import _Progress
from gamec.exit_codes import LIMIT, of_sweep
from grammar.diagnostics import Diagnostic
from runtime.figures.chart import Kind
from runtime.sweeps.outcome import Outcome
from runtime.sweeps.sweep import Sweep, sweep
from tests.gamec.commands.shop_sweeps import refused, same
from tests.gamec.conftest import Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

SEARCHED = """game searched
param low = 1
player leader { var y in [0, 8]  minimize cost = (y - low)^2 + 0.3*sin(7*y) + x }
player follower follows leader { var x in [0, 10]  minimize effort = x  constraint enough: x >= 4 - y }
"""


def test_every_combination_in_order_with_numbers_known_by_hand(model: Path) -> None:
    found = sweep(model, {"top": "1..3:3", "case": ["low", "high"]}, workers=1)
    assert [dict(o.at) for o in found.outcomes] == [
        {"top": top, "case": case} for top in (1, 2, 3) for case in ("low", "high")
    ]
    frame = found.to_dataframe()
    assert frame["p.gain"].tolist() == pytest.approx([2, 10, 4, 20, 6, 30])
    assert frame["found"].tolist() == pytest.approx([2, 10, 4, 20, 6, 30])
    assert frame["status"].tolist() == ["optimal"] * 6
    assert found.certified
    parts = found.to_dataframe("parts")
    assert parts["index"].tolist() == ["g=one", "g=two"] * 6
    assert parts["value"].tolist()[:4] == pytest.approx([0.5, 1.5, 2.5, 7.5])
    with pytest.raises(KeyError):
        found.to_dataframe("nothing")
    assert front_door.sweep is sweep


@pytest.mark.parametrize(
    ("words", "values"),
    [
        # 0.8 + k*0.025 as people write it: no 0.8500000000000001 as floating steps give.
        ("0.80..0.95:7", [0.8, 0.825, 0.85, 0.875, 0.9, 0.925, 0.95]),
        ("3..1:3", [3, 2, 1]),
        ("-1..1:5", [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ("0,10..20:2, .5", [0, 10, 20, 0.5]),
        ([1, 2.5], [1, 2.5]),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
    ],
)
def test_values_of_an_axis(words: object, values: list[float]) -> None:
    from compiler.pipeline import check_game
    from grammar.source import Source
    from runtime.sweeps.axes import axes_of

    game = check_game(Source("a.game", "game a param top = 5 player p { var x in [0, top] maximize gain = x }"))
    [axis] = axes_of({"top": words}, game)
    assert list(axis.values) == values
    assert [type(v) for v in axis.values] == [type(v) for v in values]


@pytest.mark.parametrize(
    ("over", "code", "words"),
    [
        ({"top": "1..2"}, "G507", "no range of numbers with their count"),
        ({"top": "0.8-0.95"}, "G507", "no range of numbers with their count"),
        ({"top": "high"}, "G507", "`high` is no number"),
        ({"top": ["1", 2]}, "G507", "goes over numbers"),
        ({"top": "1..2:1"}, "G507", "is no range"),
        ({"top": "2..2:3"}, "G507", "is no range"),
        ({"top": "1,,2"}, "G507", "a value missing"),
        ({"top": ""}, "G507", "a value missing"),
        ({"top": []}, "G507", "has no values"),
        ({"top": "1,2,1"}, "G507", "the value 1 twice"),
        ({"top": [[1, 2]]}, "G507", "single values, not over a list"),
        ({"top": "1,nan"}, "G504", "no finite number"),
        ({"top": "0..1e999:2"}, "G504", "no finite number"),
        ({"tpo": "1,2"}, "G507", "no parameter `tpo`"),
        ({"cases": "low,high"}, "G507", "no parameter `cases`"),
        ({"case": "low,hihg"}, "G605", "no case `hihg`"),
        ({}, "G507", "needs a parameter"),
    ],
)
def test_what_cannot_be_swept_says_why_and_offers_a_way(
    model: Path, over: dict[str, object], code: str, words: str
) -> None:
    found = refused(over=over)
    assert found.code == code
    assert words in found.headline
    assert found.hints or code == "G504"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.8-0.95", "0.8..0.95:7"),
        ("0.8–0.95", "0.8..0.95:7"),
        ("0.8:0.95", "0.8..0.95:7"),
        ("0.8 to 0.95", "0.8..0.95:7"),
        ("0.8..0.95", "0.8..0.95:7"),
        ("-2--1", "-2..-1:7"),
        ("0.8:0.95:4", "0.8..0.95:4"),
        ("0.8...0.95:4", "0.8..0.95:4"),
        ("0.8..0.95:0.05", "0.8..0.95:4"),  # 0.80, 0.85, 0.90, 0.95
        ("1..2:0.3", "1..2:7"),
    ],
)
def test_other_forms_of_a_range_are_told_the_right_one(model: Path, written: str, meant: str) -> None:
    [hint] = refused(over={"top": written}).hints
    assert f"`top={meant}`" in hint.text


def test_a_parameter_cannot_be_swept_and_given(model: Path) -> None:
    assert refused(over={"top": "1,2"}, data={"top": 3}).code == "G507"


@pytest.mark.parametrize("executor", ["threads", "nobody"])
def test_executors_that_are_none(model: Path, executor: str) -> None:
    assert refused(over={"top": "1,2"}, executor=executor).code == "G807"


def test_one_and_two_workers_give_the_same(tmp_path: Path) -> None:
    """By a random search, at different points in different processes: each begins with the seed that was asked for."""
    file = tmp_path / "searched.game"
    file.write_text(SEARCHED, encoding="utf-8")
    options: dict[str, Any] = {"method": "particle_swarm", "generations": 3, "population": 6, "seed": 5}
    over = {"low": "1..4:4"}
    alone = sweep(file, over, workers=1, **options)
    assert all(o.objectives for o in alone.outcomes)
    assert same(alone, sweep(file, over, workers=2, **options))
    # The seed matters here, or the test could not fail.
    other = sweep(file, over, workers=1, **{**options, "seed": 6, "generations": 1})
    assert not same(alone, other)


def test_failures_are_recorded_and_the_rest_goes_on(gamec: Gamec, model: Path) -> None:
    """0.5 is infeasible; 200 is beyond the bound of the parameter."""
    ran = gamec("sweep", model.name, "top=0.5,2,200", "--set", "price=3", "--format", "json", "--workers", "1")
    document = parse(ran.out)
    assert wrong(document, "sweep") == []
    assert [p["status"] for p in document["points"]] == ["infeasible", "optimal", "error"]
    assert [p["code"] for p in document["points"]] == ["G801", "", "G507"]
    assert [p["certified"] for p in document["points"]] == [False, True, False]
    assert document["points"][1]["objectives"] == {"p.gain": pytest.approx(6.0)}
    assert ran.code == 3


def test_as_text_with_two_workers_and_a_folder(gamec: Gamec, model: Path) -> None:
    ran = gamec("sweep", model.name, "top=2,3", "case=low,high", "--workers", "2", "-o", "kept", "--figures", "png")
    assert ran.code == 0, ran.err
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["2", "low", "optimal", "yes", "4", "4"] in rows
    assert ["3", "high", "optimal", "yes", "30", "30"] in rows
    assert "4 of 4 points certified" in ran.out
    files = {str(p.relative_to("kept")) for p in Path("kept").rglob("*") if p.is_file()}
    assert files == {
        "run.json",
        "sweep.parquet",
        "reports.parquet",
        *(f"points/00000{k}.json" for k in (1, 2, 3, 4)),
        *(f"figures/{name}.png" for name in ("objective_p.gain", "report_found", "report_parts")),
    }


def test_words_that_are_no_sweep(gamec: Gamec, model: Path) -> None:
    ran = gamec("sweep", model.name, "top=1,2", "top=3", "x")
    assert ran.code == 1
    assert "`top` is swept twice" in ran.err
    assert "`x` is not of the form NAME=VALUES" in ran.err


def test_figures_show_certified_points_only_and_say_so(model: Path) -> None:
    found = sweep(model, {"case": "low,high", "top": "3,0.5,2"}, workers=1)
    assert list(found.charts) == ["objective_p.gain", "report_found", "report_parts"]
    chart = found.charts["report_found"]
    assert chart.at == (0.5, 2, 3)
    assert chart.x == "what there is"
    [panel] = chart.panels
    assert panel.kind is Kind.LINES
    assert panel.y == "found in EUR"
    assert [line.label for line in panel.lines] == ["case=low", "case=high"]
    np.testing.assert_allclose(panel.lines[0].values, [np.nan, 4, 6])
    np.testing.assert_allclose(panel.lines[1].values, [np.nan, 20, 30])
    assert chart.note == "2 of 6 points have no certified answer and are left out"
    low, high = found.charts["report_parts"].panels
    assert (low.title, high.title) == ("case=low", "case=high")
    np.testing.assert_allclose(high.lines[1].values, [np.nan, 15, 22.5])
    assert found.plot("found").axes
    cases = sweep(model, {"case": "low,high"}, workers=1).charts["report_found"]
    assert (cases.panels[0].kind, cases.at) == (Kind.BARS, ("low", "high"))


def test_a_fault_of_ours_at_a_point_is_told_as_that(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import runtime.session

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("somewhere")

    monkeypatch.setattr(runtime.session, "solve", broken)
    [outcome] = sweep(model, {"top": [1]}, workers=1).outcomes
    assert (outcome.status, outcome.code) == ("error", "G901")


def test_what_ended_at_a_limit_is_not_certified(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate says that it is feasible, no more: neither exit code 0 nor a point in a figure."""
    import runtime.session

    solved = front_door.solve

    def stopped(*given: Any, **options: Any) -> front_door.Result:
        return replace(solved(*given, **options), status=front_door.Status.LIMIT)

    monkeypatch.setattr(runtime.session, "solve", stopped)
    found = sweep(model, {"top": "1,2"}, workers=1)
    assert [(o.status, o.certified) for o in found.outcomes] == [("limit", False)] * 2
    assert of_sweep(found) == LIMIT
    assert found.charts == {}
    assert found.to_dataframe()["p.gain"].tolist() == pytest.approx([1, 2])


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        ("infeasible", "G801", 3),
        ("limit", "G808", 4),
        ("not_verified", "G806", 6),
        ("error", "G803", 5),
        ("error", "G501", 1),
    ],
)
def test_the_exit_code_is_that_of_the_first_point_that_is_not_certified(status: str, code: str, exit_code: int) -> None:
    """As `gamec solve` would end at that point (docs/architecture.md)."""
    good = Outcome(1, {}, "optimal", certified=True)
    bad = Outcome(2, {}, status, code=code, diagnostics=(Diagnostic(code, "what is wrong"),))
    last = Outcome(3, {}, "error", code="G901", diagnostics=(Diagnostic("G901", "ours"),))
    assert of_sweep(Sweep("a", (), (good, good))) == 0
    assert of_sweep(Sweep("a", (), (good, bad, last))) == exit_code


@pytest.mark.parametrize(
    ("encoding", "drawn"),
    [("utf-8", "│████████████████        │"), ("ascii", "|################        |")],
)
def test_the_progress_line_counts(encoding: str, drawn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thirds of 24 cells."""
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    progress = _Progress("shop.game")
    assert progress.words() == "sweeping shop.game"
    progress.told(Outcome(1, {}, "optimal", certified=True), 1, 3)
    progress.told(Outcome(2, {}, "infeasible"), 2, 3)
    assert progress.words() == f"sweeping shop.game: {drawn} 2 of 3 points, 1 not certified"


@pytest.mark.slow
def test_a_cluster_gives_the_same(model: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        over = {"top": "0.5,2,200"}
        found = sweep(model, over, executor=f"dask:{cluster.scheduler_address}")
        assert same(found, sweep(model, over, workers=1))
