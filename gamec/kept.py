"""Kept answers in hand. In: a folder that `-o` or `save` made; out: `Result`, `Comparison` or `Sweep`, or its
verification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.result import Comparison, Result
    from runtime.runs.verify import Verification
    from runtime.runs.verify_comparison import ComparisonVerification
    from runtime.sweeps.sweep import Sweep
    from runtime.sweeps.verify import SweepVerification


def read_run(folder: str | Path) -> Result | Comparison | Sweep:
    """The answer in a run folder, as `solve` gave it, or the comparison as `compare` did, or the points of a sweep that
    are solved.

    Raises DiagnosticError: G001 where there is no such folder, G005 where it is no whole run folder of a version that
    this gamec reads.
    """
    from runtime.runs.comparison_folder import is_comparison, read_comparison
    from runtime.runs.folder import read_run as read

    if is_comparison(Path(folder)):
        return read_comparison(folder).comparison
    from runtime.sweeps.kept import is_sweep, read_sweep

    return read_sweep(folder).sweep if is_sweep(Path(folder)) else read(folder).result


def resume(folder: str | Path, *, workers: int | None = None, executor: str = "auto") -> Result:
    """The answer of the run in a folder: of one that was killed, or stopped at an interrupt, after going on from what
    it had found, with the same end; of one that is finished, as it was kept. `workers` and `executor` change no answer.

    Raises DiagnosticError: G001 where there is no such folder, G005 where it is no run, G008 where the run was made by
    other versions, and as `solve` does.
    """
    from runtime.runs.folder import is_unfinished
    from runtime.runs.folder import read_run as read

    if not is_unfinished(folder):
        return read(folder).result
    from gamec.unfinished_runs import went_on
    from runtime.history import Watch
    from runtime.runs.save import save_run
    from runtime.runs.unfinished import Unfinished

    journal = Unfinished(folder)
    options = {"watch": Watch(), "journal": journal, "workers": workers, "executor": executor}
    result = went_on(str(folder), options)
    save_run(result, folder, unfinished=journal)
    return result


def verify(folder: str | Path) -> Verification | ComparisonVerification | SweepVerification:
    """The answer in a run folder certified anew, from the folder's files alone; `confirmed` says whether it passed and
    whether all of the folder is as it was written, `findings` what is not.

    Raises DiagnosticError as `read_run` does, and where the copies of the model do not compile.
    """
    from runtime.runs.comparison_folder import is_comparison, read_comparison
    from runtime.runs.folder import read_run as read
    from runtime.runs.verify import verify as one
    from runtime.runs.verify_comparison import verify_comparison

    if is_comparison(Path(folder)):
        return verify_comparison(read_comparison(folder))
    from runtime.sweeps.kept import is_sweep, read_sweep

    if is_sweep(Path(folder)):
        from runtime.sweeps.verify import verify_sweep

        return verify_sweep(read_sweep(folder))
    return one(read(folder))
