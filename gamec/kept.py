"""Kept answers in hand. In: a folder that `-o` or `save` made; out: `Result` or `Comparison`, or its verification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.result import Comparison, Result
    from runtime.runs.verify import Verification
    from runtime.runs.verify_comparison import ComparisonVerification


def read_run(folder: str | Path) -> Result | Comparison:
    """The answer in a run folder, as `solve` gave it, or the comparison as `compare` did.

    Raises DiagnosticError: G001 where there is no such folder, G005 where it is no whole run folder of a version that
    this gamec reads.
    """
    from runtime.runs.comparison_folder import is_comparison, read_comparison
    from runtime.runs.folder import read_run as read

    if is_comparison(Path(folder)):
        return read_comparison(folder).comparison
    return read(folder).result


def verify(folder: str | Path) -> Verification | ComparisonVerification:
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
    return one(read(folder))
