"""Pictures: every kind, with one place and a year of hours, below zero, with long names, without data. What they look
like was looked at; here is what can be counted."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.condense import condensed
from runtime.figures.draw import FORMATS, draw, rendered
from runtime.figures.files import figure_files
from runtime.figures.style import COLOURS

LONG = "a very long doc string whose author wanted to say everything at once, in $prices$ and under_scores"
HEADS = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


def some(n: int, k: int, scale: float = 1.0, shift: float = 0.0) -> tuple[Line, ...]:
    return tuple(Line(f"line {j}", shift + scale * np.cos(np.arange(n) / (3 + j))) for j in range(k))


def chart(kind: Kind, at: tuple[object, ...], lines: tuple[Line, ...], **more: object) -> Chart:
    over = (Line("demand", np.ones(len(at))),) if kind is Kind.STACK else ()
    return Chart("c", "Title", "hour", at, (Panel(kind, "Power in kW", lines, over),), **more)  # type: ignore[arg-type]


HOURS = tuple(range(1, 25))
CHARTS = {
    "lines": chart(Kind.LINES, HOURS, some(24, 3)),
    "stack": chart(Kind.STACK, HOURS, some(24, 10)),
    "bars": chart(Kind.BARS, HOURS, some(24, 2)),
    "one place": chart(Kind.LINES, (7,), some(1, 3)),
    "one place stacked": chart(Kind.STACK, (7,), some(1, 3)),
    "a year": chart(Kind.LINES, tuple(range(1, 8761)), some(8760, 3)),
    "a year stacked": chart(Kind.STACK, tuple(range(1, 8761)), some(8760, 3)),
    "below zero": chart(Kind.LINES, HOURS, some(24, 2, 1e6, -5e6)),
    "many lines": chart(Kind.LINES, HOURS, some(24, 60)),
    "names": chart(Kind.BARS, ("a", LONG, "負荷"), some(3, 2)),
    "names along": chart(Kind.LINES, ("north", "south", LONG), some(3, 2)),
    "no places": chart(Kind.LINES, (), (Line("x", np.zeros(0)),)),
    "no lines": chart(Kind.LINES, HOURS, ()),
    "no numbers": chart(Kind.LINES, (1, 2), (Line("x", np.full(2, np.nan)),)),
    "gaps": chart(Kind.LINES, (1, 2, 3), (Line("x", np.array([1, np.nan, 3])), Line("y", np.array([1, np.inf, 2])))),
    "long": Chart("c", LONG, LONG, HOURS, (Panel(Kind.LINES, LONG, (Line(LONG, np.arange(24.0)),) * 2),), LONG),
    "underscore": chart(Kind.LINES, HOURS, (Line("_private", np.arange(24.0)), Line("$x$", np.arange(24.0)))),
    "log": Chart(
        "c",
        "t",
        "",
        ("a", "b", "c"),
        (Panel(Kind.BARS, "r", (Line("r", np.array([0, 1e-9, np.inf])),), log=True, mark=1e-6, mark_label="m"),),
    ),
    "log of zeros": Chart(
        "c", "t", "", ("a",), (Panel(Kind.BARS, "r", (Line("r", np.zeros(1)),), log=True, mark=1e-6),)
    ),
    "no panel": Chart("c", "t", "x", HOURS, ()),
}


@pytest.mark.parametrize("name", CHARTS)
def test_everything_is_drawn_without_a_word(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        for form in FORMATS if name in ("stack", "long") else ("png",):
            assert rendered(draw(CHARTS[name]), form).startswith(HEADS[form])


def test_the_same_chart_gives_the_same_bytes() -> None:
    for form in FORMATS:
        assert figure_files({"c": CHARTS["stack"]}, (form,)) == figure_files({"c": CHARTS["stack"]}, (form,))


def test_lines_axes_and_words() -> None:
    figure = draw(CHARTS["lines"])
    (ax,) = figure.axes
    assert [line.get_label() for line in ax.get_lines()[:3]] == ["line 0", "line 1", "line 2"]
    assert [line.get_color() for line in ax.get_lines()[:3]] == list(COLOURS[:3])
    for drawn, line in zip(ax.get_lines()[:3], CHARTS["lines"].panels[0].lines, strict=True):
        assert drawn.get_ydata() == pytest.approx(line.values)
        assert list(drawn.get_xdata()) == list(HOURS)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("hour", "Power in kW")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["line 0", "line 1", "line 2"]


def test_a_stack_goes_up_and_down() -> None:
    lines = (Line("a", np.array([1.0, -1.0])), Line("b", np.array([2.0, 2.0])), Line("c", np.array([-3.0, -3.0])))
    (ax,) = draw(chart(Kind.STACK, (1, 2), lines)).axes
    bars = [(b.get_y(), b.get_height()) for container in ax.containers for b in container]
    assert bars == [(0, 1), (0, -1), (1, 2), (0, 2), (0, -3), (-1, -3)]


def test_names_lie_on_their_side() -> None:
    (ax,) = draw(CHARTS["names"]).axes
    assert [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()] == [
        "a",
        LONG.replace("$", r"\$"),
        "負荷",
    ]


def test_no_data_is_said() -> None:
    for name in ("no places", "no lines", "no numbers", "no panel"):
        assert "no data" in [text.get_text() for text in draw(CHARTS[name]).texts]


def test_underscores_and_dollars_are_words() -> None:
    (ax,) = draw(CHARTS["underscore"]).axes
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["\u200b_private", r"\$x\$"]


def test_readers_own_settings_change_nothing() -> None:
    import matplotlib

    plain = rendered(draw(CHARTS["lines"]), "svg")
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.grid": False}):
        assert rendered(draw(CHARTS["lines"]), "svg") == plain
        assert matplotlib.rcParams["lines.linewidth"] == 9


def test_a_year_is_shown_by_days() -> None:
    day = np.arange(24.0)
    year = chart(Kind.LINES, tuple(range(1, 8761)), (Line("x", np.tile(day, 365) + np.repeat(np.arange(365.0), 24)),))
    found = condensed(year)
    (line,) = found.panels[0].lines
    assert len(found.at) == len(line.values) == 365
    assert found.at[:2] == (12.5, 36.5)
    assert line.values == pytest.approx(11.5 + np.arange(365))
    assert line.low == pytest.approx(np.arange(365.0))
    assert line.high == pytest.approx(23 + np.arange(365.0))
    assert "means over 24 places each" in found.note


def test_other_lengths_and_holes() -> None:
    values = np.arange(1001.0)
    values[[0, 1, 2]] = np.nan
    found = condensed(chart(Kind.LINES, tuple(range(1001)), (Line("x", values),)))
    (line,) = found.panels[0].lines
    assert len(found.at) == 334
    assert np.isnan(line.values[0])
    assert line.values[1] == 4
    assert (line.values[-1], found.at[-1]) == (999.5, 999.5)


def test_few_places_stay() -> None:
    assert condensed(CHARTS["lines"]) is CHARTS["lines"]
    names = chart(Kind.LINES, tuple(f"n{k}" for k in range(2000)), (Line("x", np.arange(2000.0)),))
    assert condensed(names) is names


def test_numbers_at_bars() -> None:
    values = np.array([0.0, 2098.4, -0.314286, 1e-9, 12345678.0, np.nan])
    (ax,) = draw(chart(Kind.BARS, tuple("abcdef"), (Line("x", values),))).axes
    told = [text.get_text() for text in ax.texts]
    assert told == ["0", "2,098", "-0.3143", "1e-09", "1.23e+07", "–"]


def test_long_labels_keep_their_unit_and_touch_nothing() -> None:
    """Below bars that lie on their side: the axis' label, then the legend."""
    long = "the amount of energy that the second storage of the northern microgrid gives back to all of its neighbours"
    lines = tuple(Line(name, np.array([-5.0, 1e9])) for name in ("a", long))
    figure = draw(Chart("it", long, "", (long, "b"), (Panel(Kind.BARS, f"{long} in EUR", lines),)))
    figure.canvas.draw()
    (ax,) = figure.axes
    assert ax.get_xlabel().endswith("… in EUR")
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y1 < ax.xaxis.label.get_window_extent().y0
    # The number of a bar too short to see stands on the other side of the axis than the names.
    small = next(text for text in ax.texts if text.get_text() == "-5")
    assert small.get_window_extent().x0 >= ax.get_window_extent().x0


def test_what_is_negative_throughout_has_no_line_at_zero() -> None:
    figure = draw(
        Chart("it", "Price", "hour", (1, 2, 3), (Panel(Kind.LINES, "EUR", (Line("a", np.array([-9.0, -8, -9])),)),))
    )
    assert figure.axes[0].get_ylim()[1] < 0
