"""A `Result` -> a run folder on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from runtime.figures.draw import FORMATS
from runtime.figures.files import figure_files
from runtime.result import Result
from runtime.runs.folder import is_run, run_files
from runtime.runs.whole_folder import free_place, write_whole
from runtime.runs.workbook import workbook


def place_for_run(folder: str | Path, force: bool) -> Path:
    """Where a run may be written; to be asked before solving. Raises DiagnosticError (G003)."""
    return free_place(folder, is_run, force)


def save_run(
    result: Result,
    folder: str | Path,
    *,
    force: bool = False,
    xlsx: bool = False,
    figures: Sequence[str] = ("png", "pdf"),
) -> Path:
    """Write the run folder whole or not at all, and say where it is. Raises DiagnosticError (G003; G004 where the
    library for workbooks is missing), ValueError for a format of figures that is none of `FORMATS`."""
    wrong = [form for form in figures if form not in FORMATS]
    if wrong:
        raise ValueError(f"figures are drawn as {', '.join(FORMATS)}, not as {wrong[0]}")
    place = place_for_run(folder, force)
    more = {"results.xlsx": workbook(result)} if xlsx else {}
    write_whole(place, run_files(result, more | figure_files(result.charts, figures)))
    return place
