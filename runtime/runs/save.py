"""A `Result` -> a run folder on disk."""

from __future__ import annotations

from pathlib import Path

from runtime.result import Result
from runtime.runs.folder import is_run, run_files
from runtime.runs.whole_folder import free_place, write_whole
from runtime.runs.workbook import workbook


def place_for_run(folder: str | Path, force: bool) -> Path:
    """Where a run may be written; to be asked before solving. Raises DiagnosticError (G003)."""
    return free_place(folder, is_run, force)


def save_run(result: Result, folder: str | Path, *, force: bool = False, xlsx: bool = False) -> Path:
    """Write the run folder whole or not at all, and say where it is. Raises DiagnosticError (G003; G004 where the
    library for workbooks is missing)."""
    place = place_for_run(folder, force)
    more = {"results.xlsx": workbook(result)} if xlsx else {}
    write_whole(place, run_files(result, more))
    return place
