"""Plots in a terminal: marks at the height of their values, words that fit, and no more of them than was asked for."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gamec.cells import width
from gamec.options import Format
from gamec.shown import show_result
from gamec.terminal import Paper
from gamec.views.marks import BLOCKS, PLAIN, bar, condensed, curve
from gamec.views.plots import BRIEF, chart_lines, plot_lines
from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.result import Result
from runtime.session import solve
from tests.gamec.conftest import Ran, environment

Gamec = Callable[..., Ran]
LONG = "the amount that the second storage of the northern microgrid gives back: evening"


def chart(kind: Kind, at: tuple[object, ...], log: bool = False, **lines: list[float]) -> Chart:
    panel = Panel(kind, "kW", tuple(Line(k, np.array(v, dtype=float)) for k, v in lines.items()), log=log)
    return Chart("it", "Power", "hour", at, (panel,))


def drawn(one: Chart, paper: Paper | None = None) -> list[str]:
    return [line[4:] for line in chart_lines(one, paper or Paper(60))[1:]]


def test_heights_by_eighths() -> None:
    assert curve(np.arange(8.0), 0.0, 7.0, BLOCKS) == ["▁▂▃▄▅▆▇█"]
    assert curve(np.arange(8.0), 0.0, 7.0, PLAIN) == ["_.-:=+*#"]


def test_below_zero_hangs() -> None:
    assert curve(np.array([4.0, 0.0, -0.1, -2.0, -4.0]), -4.0, 4.0, BLOCKS) == ["█▁   ", "  ▔▀█"]
    assert curve(np.array([-4.0, -4.0]), -4.0, 4.0, BLOCKS) == ["██"], "no row without marks"


def test_a_gap_is_no_zero() -> None:
    assert curve(np.array([1.0, np.nan, 0.0, np.inf]), 0.0, 1.0, BLOCKS) == ["█ ▁ "]


def test_rounding_is_no_curve() -> None:
    assert curve(np.array([530.19, 530.19 + 1e-12]), 530.19, 530.19 + 1e-12, BLOCKS) == ["▅▅"]


@pytest.mark.parametrize(("part", "text"), [(0.0, ""), (1e-9, "▏"), (0.5, "██"), (0.5625, "██▎"), (1.0, "████")])
def test_bars_by_eighths(part: float, text: str) -> None:
    assert bar(part, 4, BLOCKS) == text


def test_many_places_share_a_mark() -> None:
    values = np.array([1.0, 3.0, 5.0, np.nan, np.nan, np.nan])
    assert condensed(values, 3).tolist()[:2] == [2.0, 5.0]
    assert np.isnan(condensed(values, 3)[2])
    assert condensed(np.array([1.0, 2.0]), 3).tolist() == [1.0, 2.0]
    assert condensed(np.array([1.0, 2.0]), 60).tolist() == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]


def test_lines_of_a_panel_have_one_scale() -> None:
    one = chart(Kind.LINES, (1, 2), wind=[0, 70], sun=[10, 10])
    assert chart_lines(one, Paper(60)) == [
        "  Power, kW, over hour 1 to 2",
        "    wind  ▁▁▁███  0 to 70",
        "    sun   ▂▂▂▂▂▂  10",
    ]


def test_a_stack_stands_on_zero() -> None:
    assert drawn(chart(Kind.STACK, (1, 2), wind=[60, 70])) == ["wind  ▇▇▇███  60 to 70"]
    assert drawn(chart(Kind.LINES, (1, 2), wind=[60, 70])) == ["wind  ▁▁▁███  60 to 70"]


def test_one_period_is_bars() -> None:
    one = chart(Kind.LINES, (7,), wind=[3], taken=[-6])
    assert chart_lines(one, Paper(60))[0] == "  Power, kW, hour 7"
    first, second = drawn(one)
    assert first.split() == ["wind", "│██████████", "3"]
    assert second.split() == ["taken", "████████████████████│", "-6"]


def test_names_are_bars() -> None:
    rows = drawn(chart(Kind.BARS, ("coal", "gas", "sun"), it=[4, float("nan"), 0]))
    assert [row.split() for row in rows] == [["coal", f"│{'█' * 30}", "4"], ["gas", "│", "–"], ["sun", "│", "0"]]


def test_regrets_by_powers_of_ten_beside_the_tolerance() -> None:
    panel = Panel(Kind.BARS, "Relative regret", (Line("regret", np.array([0.0, 1e-9])),), log=True)
    panel = replace(panel, mark=1e-6, mark_label="tolerance")
    none, some, legend = drawn(Chart("regret", "Regrets", "", ("a", "b"), (panel,)))
    # From 1e-10 to 1e-5, 30 cells: a power of ten is 6 of them.
    assert none.rstrip() == f"a  │{' ' * 24}┊{' ' * 5}  0"
    assert some.rstrip() == f"b  │{'█' * 6}{' ' * 18}┊{' ' * 5}  1e-09"
    assert legend == "┊ tolerance 1e-06, by powers of ten"


def test_convergence_by_powers_of_ten() -> None:
    (row,) = drawn(chart(Kind.LINES, (0, 1, 2), log=True, residual=[1, 1e-7, 0]))
    assert row == "residual  ███▁▁▁▁▁▁  0 to 1"


def test_a_year_says_what_a_mark_is() -> None:
    hours = np.arange(8760)
    row, words = drawn(chart(Kind.LINES, tuple(hours.tolist()), load=np.where(hours < 4380, 0, 1).tolist()), Paper(60))
    marks = row.split()[1]
    assert row.endswith("0 to 1")
    assert marks == "▁" * (len(marks) // 2) + "█" * (len(marks) // 2)
    assert words == f"8760 places, each mark the mean of about {round(8760 / len(marks))}"


@pytest.mark.parametrize("cells", [20, 40, 80, 200])
@pytest.mark.parametrize("blocks", [True, False])
def test_whatever_comes_fits_the_paper(cells: int, blocks: bool) -> None:
    hours = tuple(range(8760))
    charts = {
        "year": chart(Kind.LINES, hours, **{LONG: np.sin(np.arange(8760)).tolist(), "none": [np.nan] * 8760}),
        "one": chart(Kind.STACK, (1,), **{LONG: [-1e300], "負荷": [1e-300]}),
        "names": chart(Kind.BARS, (LONG, "負荷の名前"), it=[np.inf, -1.5], other=[0, 0]),
        "nothing": Chart("none", LONG, "", (), ()),
    }
    lines = plot_lines(charts, Paper(cells, blocks=blocks), brief=False)
    assert max(map(width, lines)) <= cells
    assert "    no data" in lines
    if not blocks:
        assert set("".join(lines)) & set(BLOCKS.up + BLOCKS.down + BLOCKS.bar + "│┊…–") == set()


def test_a_long_name_keeps_its_end() -> None:
    row = drawn(chart(Kind.LINES, (1, 2), **{LONG: [1, 2], "b": [1, 2]}), Paper(50))[0]
    assert row.startswith("the amount")
    assert "…: evening  ▁" in row


def test_what_was_not_asked_for_stays_short() -> None:
    charts = {str(k): chart(Kind.LINES, (1, 2), a=[1, 2], b=[k, k]) for k in range(30)}
    charts["regret"] = chart(Kind.BARS, ("p",), regret=[0])
    brief = plot_lines(charts, Paper(60), brief=True)
    assert len(brief) == BRIEF + 1
    assert brief[-1] == "  22 more plots: --plot draws them"
    assert len(plot_lines(charts, Paper(60), brief=False)) == 30 * 3 + 2


def test_a_large_chart_is_cut_in_a_brief_view() -> None:
    panel = Panel(Kind.LINES, "kW", (Line("a", np.array([1.0, 2.0])),), title="zone")
    large = Chart("it", "Zones", "hour", (1, 2), (panel,) * 40)
    brief = plot_lines({"large": large, "more": chart(Kind.LINES, (1, 2), a=[1, 2])}, Paper(60), brief=True)
    assert len(brief) == BRIEF + 2
    assert brief[-2:] == ["    and more of it: --plot draws all", "  1 more plot: --plot draws it"]


def test_many_lines_are_told() -> None:
    many = chart(Kind.LINES, (1, 2), **{f"n{k}": [k, k] for k in range(15)})
    assert drawn(many)[-1] == "and 3 more lines (--all draws them)"
    assert len(chart_lines(many, Paper(60), None)) == 16
    brief = plot_lines({"many": many}, Paper(60), brief=True)
    assert len(brief) == 8
    assert brief[-1] == "    and 9 more lines (--plot draws them)"


MODEL = """game two
set T index t = 1..4
param need[t] : kW = {1: 1, 2: 2, 3: 3, 4: 4}
param dt : h = 1
unit EUR "euro"
param cost : EUR/kWh = 2
player p {
  var q[t] : kW in [0, 9] "output"
  minimize total : EUR = sum(t) cost*q[t]*dt
  constraint balance[t]: q[t] == need[t]  price worth[t] : EUR/kW
}
plot output "What is made": q[t] over t
"""
OUTPUT = "    output  ▁▁▁▃▃▃▆▆▆███  1 to 4"


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "two.game").write_text(MODEL, "utf-8")
    return "two.game"


def test_on_request_everywhere(gamec: Gamec, model: str) -> None:
    """Before the certificate, which comes last; none in files and pipes unless asked for."""
    solved = gamec("solve", model, "--plot", "-o", "run")
    lines = solved.out.splitlines()
    assert lines.index("plots") < lines.index(OUTPUT) < lines.index("certificate: verified")
    assert "plots" not in gamec("show", "run").out
    shown = gamec("show", "run", "--plot").out.splitlines()
    assert (
        shown[shown.index("plots") : shown.index("certificate: verified")]
        == (lines[lines.index("plots") : lines.index("certificate: verified")])
    )
    swept = gamec("sweep", model, "cost=1..4:4", "--workers", "1", "--plot")
    assert "    p.total  ▁▁▁▃▃▃▆▆▆███  10 to 40" in swept.out.splitlines()
    compared = gamec("compare", "run", "--plot")
    assert "Objectives by case" in compared.out


def test_without_block_characters(gamec: Gamec, model: str) -> None:
    out = gamec("solve", model, "--plot", env={"PYTHONIOENCODING": "ascii"}).out
    assert "    output  ___---+++###  1 to 4" in out.splitlines()


def test_for_programs_there_is_nothing_to_see(gamec: Gamec, model: str) -> None:
    ran = gamec("solve", model, "--plot", "--format", "json")
    assert ran.code == 2
    assert "`--plot` draws for people" in ran.err + ran.out


@pytest.mark.parametrize(("option", "there"), [((), True), (("--no-plot",), False)])
def test_terminals_show_a_few(option: tuple[str, ...], there: bool, tmp_path: Path, model: str) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "gamec", "solve", model, *option],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=environment(COLUMNS="90"),
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        assert process.wait(60) == 0
    os.close(ours)
    assert (OUTPUT in shown.decode().splitlines()) is there


def test_a_kept_model_that_does_not_compile_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its inputs are read for plots only: without being asked for, they do not keep the answer from being shown."""
    (tmp_path / "two.game").write_text(MODEL, "utf-8")
    result = solve(tmp_path / "two.game")

    def refuse(shown: Result) -> None:
        raise DiagnosticError([Diagnostic("G107", "no longer")])

    monkeypatch.setattr(Result, "charts", property(refuse))
    monkeypatch.setattr("gamec.shown.is_terminal", lambda stream: True)
    assert show_result(result, Format.TEXT) == 0
    with pytest.raises(DiagnosticError):
        show_result(result, Format.TEXT, plot=True)


def test_a_fault_in_drawing_does_not_cost_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two.game").write_text(MODEL, "utf-8")
    result = solve(tmp_path / "two.game")

    def fail(shown: Result) -> None:
        raise ZeroDivisionError("by what")

    monkeypatch.setattr(Result, "charts", property(fail))
    assert show_result(result, Format.TEXT, plot=True) == 0
    out = capsys.readouterr().out
    assert "plots\n  none, by a fault of gamec (ZeroDivisionError: by what)\n" in out
    assert "certificate: verified" in out
