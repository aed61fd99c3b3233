"""`-o DIR` of the commands that solve. In: the options; out: what keeps an answer in that folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from gamec.exit_codes import CERTIFIED
from gamec.options import Format, formats_in, unfit
from gamec.terminal import write
from grammar.diagnostics import DiagnosticError

if TYPE_CHECKING:
    from runtime.result import Comparison, Result
    from runtime.runs.unfinished import Unfinished

Keep = Callable[["Result | Comparison", Format], int]
"""Writes the folder, and returns 0 or the exit code of what went wrong, which it has told on standard error."""


def destination(
    folder: str | None, force: bool, xlsx: bool, figures: str, unfinished: Unfinished | None = None
) -> Keep | None:
    """None where nothing is to be kept. Raises DiagnosticError before anything is solved: G807 for options that do not
    fit, G003 for a place that cannot be had, G004 where workbooks cannot be written. `unfinished` is the journal of
    what is solved, which the folder may hold already.

    What it gives is called when the answer has been shown: if the disk is full then, the answer is on the screen.
    """
    if folder is None:
        if force or xlsx:
            raise unfit(f"`{'--force' if force else '--xlsx'}` needs a folder", "add `-o DIR`")
        return None
    if not folder:
        raise unfit("`-o` needs the name of a folder", "write `-o DIR`")
    from runtime.result import Result
    from runtime.runs.save import place_for_run, save_run
    from runtime.runs.workbook import require_workbooks

    place_for_run(folder, force, unfinished is not None)
    if xlsx:
        require_workbooks()

    def keep(result: Result | Comparison, form: Format) -> int:
        from gamec.guard import show

        try:
            if isinstance(result, Result):
                save_run(result, folder, force=force, xlsx=xlsx, figures=formats_in(figures), unfinished=unfinished)
            else:
                result.save(folder, force=force, xlsx=xlsx, figures=formats_in(figures))
        except DiagnosticError as error:
            # Standard output has the answer already, and in JSON just one document.
            return show(error.diagnostics, Format.SHORT if form is Format.JSON else form)
        if form is Format.TEXT:
            further = unfinished is not None and unfinished.may_go_on
            write(sys.stderr, f"kept in {folder}" + (f"; `gamec solve {folder}` goes on" if further else ""))
        return CERTIFIED

    return keep


def told_and_kept(tell: Callable[[], int], keep: Keep | None, result: Result | Comparison, form: Format) -> int:
    """The exit code of both. An answer that cannot be shown, as the reader of a pipe has gone, is kept all the same."""
    if keep is None:
        return tell()
    try:
        code = tell()
    except (BrokenPipeError, DiagnosticError):
        keep(result, form)
        raise
    return keep(result, form) or code
