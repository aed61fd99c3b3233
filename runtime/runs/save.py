"""A `Result` -> a run folder on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from runtime.figures.draw import FORMATS
from runtime.figures.files import figure_files
from runtime.result import Result
from runtime.runs.folder import KIND, is_kind, is_unfinished, run_files
from runtime.runs.unfinished import Unfinished
from runtime.runs.whole_folder import free_place, write_whole
from runtime.runs.workbook import workbook

COMPARISON = "gamec comparison"

REPLACED = (KIND, COMPARISON)
"""What a new folder may replace, if it is to."""


def place_for_run(folder: str | Path, force: bool, resumed: bool = False) -> Path:
    """Where a run may be written; to be asked before solving. `resumed`: in place of one that is not finished as well.
    Raises DiagnosticError (G003)."""

    def replaceable(place: Path) -> bool:
        return is_unfinished(place) or any(is_kind(place, kind) for kind in REPLACED)

    return free_place(folder, replaceable, force or (resumed and is_unfinished(folder)))


def check_formats(figures: Sequence[str]) -> None:
    """Raises ValueError for a format of figures that is none of `FORMATS`."""
    wrong = [form for form in figures if form not in FORMATS]
    if wrong:
        raise ValueError(f"figures are drawn as {', '.join(FORMATS)}, not as {wrong[0]}")


def save_run(
    result: Result,
    folder: str | Path,
    *,
    force: bool = False,
    xlsx: bool = False,
    figures: Sequence[str] = ("png", "pdf"),
    unfinished: Unfinished | None = None,
) -> Path:
    """Write the run folder whole or not at all, and say where it is; with the journal of the run if that broke off and
    may go on. Raises DiagnosticError (G003; G004 where the
    library for workbooks is missing), ValueError for a format of figures that is none of `FORMATS`."""
    check_formats(figures)
    place = place_for_run(folder, force, unfinished is not None)
    journal = {} if unfinished is None else unfinished.files()
    more = {"results.xlsx": workbook(result)} if xlsx else {}
    write_whole(place, run_files(result, more | journal | figure_files(result.charts, figures)))
    return place
