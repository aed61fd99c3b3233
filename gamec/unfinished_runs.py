"""Runs that were killed and go on. In: the folder of one; out: the work that is left, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gamec.options import unfit
from gamec.solving_options import SOLVING

if TYPE_CHECKING:
    from runtime.result import Result


def holds_run(file: str) -> bool:
    """Whether it is a run folder, finished or not, in place of a model."""
    if file == "-" or not Path(file).is_dir():
        return False
    from runtime.runs.folder import is_run, is_unfinished

    return is_unfinished(file) or is_run(Path(file))


def check_begun(folder: str, given: Mapping[str, object], options: Mapping[str, Any]) -> None:
    """Raises DiagnosticError: G807 where nothing is left to do, or where what is `given` says how: that was said when
    the run began."""
    from runtime.runs.folder import is_unfinished
    from runtime.runs.unfinished import FREE

    if not is_unfinished(folder):
        raise unfit(f"the run in `{folder}` is finished", f"`gamec show {folder}` shows it")
    free = {name for names in FREE.values() for name in names}
    said = [name for name, value in given.items() if value]
    said += [f"--{name.replace('_', '-')}" for name, _, usual in SOLVING if options[name] != usual and name not in free]
    if said:
        raise unfit(
            f"`{said[0]}` does not fit: the run in `{folder}` goes on as it was begun",
            "leave it out, or name the model with another folder",
        )


def went_on(folder: str, options: Mapping[str, Any]) -> Result:
    """The answer of the run that was begun in a folder, from the copies there; who works, watches and keeps is in
    `options`. Raises DiagnosticError as solving does."""
    from runtime.runs.unfinished import begun_in
    from runtime.session import solve_copies

    inputs, case, request = begun_in(folder)
    request = replace(request, watch=options["watch"], journal=options["journal"])
    if options["workers"] is not None or options["executor"] != "auto":
        search = replace(request.search, workers=options["workers"], executor=options["executor"])
        request = replace(request, search=search)
    return solve_copies(inputs, case, request)
