"""Charts -> picture files, in memory: each chart in each format, by its path in a run folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runtime.figures.chart import Chart
from runtime.figures.draw import draw, rendered
from runtime.runs.file_names import file_names


def figure_files(charts: Mapping[str, Chart], formats: Sequence[str]) -> dict[str, bytes]:
    """`figures/NAME.FORMAT` for every chart."""
    names = file_names(charts)
    files: dict[str, bytes] = {}
    for name, chart in charts.items() if formats else ():
        figure = draw(chart)
        files |= {f"figures/{names[name]}.{form}": rendered(figure, form) for form in formats}
    return files
