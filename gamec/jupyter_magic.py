"""`%load_ext gamec`, then `%%game`: a cell that holds a model. In: its text; out: the answer shown, and a `Result` in a
variable.

What is wrong with the model is shown with carets, as an exception whose traceback it is: so "run all" stops there, and
no older result is taken for this model's.
"""

from __future__ import annotations

import os
import shlex
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from keyword import iskeyword
from typing import TYPE_CHECKING, NoReturn, TypeVar

from IPython.core.error import UsageError

from gamec.terminal import PIPED_WIDTH, Paper
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from runtime.result import Result

T = TypeVar("T")


class ModelError(DiagnosticError):
    """The model of a cell is wrong; IPython shows the diagnostics in the place of a traceback."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], paper: Paper) -> None:
        super().__init__(diagnostics)
        self._paper = paper

    def _render_traceback_(self) -> list[str]:
        from gamec.render import full

        return full(self.diagnostics, self._paper).split("\n")


class _Parser(ArgumentParser):
    def __init__(self) -> None:
        super().__init__(prog="%%game", add_help=False, allow_abbrev=False)
        self.add_argument("name", nargs="?", default="result", help="the variable that the Result goes to (result)")
        self.add_argument("--case", metavar="NAME", help="a case of the model; as it stands if left out")
        self.add_argument(
            "--set", metavar="NAME=VALUE", action="append", default=[], help="give or override a parameter"
        )
        self.add_argument("--data", metavar="FILE.json", help='parameters from a JSON object {"NAME": value, ...}')
        self.add_argument("--method", metavar="NAME", default="auto", help="how to solve; auto chooses and says why")
        self.add_argument("--solver", metavar="NAME", default="auto", help="the solver; auto chooses and says why")
        self.add_argument("--time-limit", metavar="SECONDS", type=float, help="stop a solve after this time")
        self.add_argument("--gap", metavar="NUMBER", type=float, help="relative gap at which the solver may stop")
        self.add_argument("--seed", metavar="NUMBER", type=int, default=0, help="seed of whatever is random")
        self.add_argument("--all", action="store_true", help="show every value, however many")

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n{self.format_help()}")


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """What `%load_ext gamec` calls."""
    parser = _Parser()

    def game(line: str, cell: str) -> None:
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise UsageError(f"the line after %%game cannot be read: {error}") from None
        _run(ipython, parser.parse_args(words), cell)

    # Shown by `%%game?`.
    game.__doc__ = f"Solve the model in this cell, show the answer and keep it.\n\n{parser.format_help()}"
    ipython.magics_manager.register_function(game, "cell", "game")


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """What `%unload_ext gamec` calls."""
    ipython.magics_manager.magics["cell"].pop("game", None)


def _run(shell: InteractiveShell, options: Namespace, cell: str) -> None:
    name: str = options.name
    if not name.isidentifier() or iskeyword(name):
        raise UsageError(f"`{name}` cannot be the name of a variable")
    _check_numbers(options)
    paper = Paper(PIPED_WIDTH, _coloured(shell))
    # If anything goes wrong, an older result must not be taken for this model's.
    shell.user_ns[name] = None
    # The line of `%%game` counts, so that line numbers are those of the cell.
    source = Source("<cell>", "\n" + cell)
    try:
        result = _interruptible(lambda: _solved(source, options))
    except DiagnosticError as error:
        raise ModelError(error.diagnostics, paper) from None
    shell.user_ns[name] = result
    _show(result, paper, options.all)


def _check_numbers(options: Namespace) -> None:
    """The limits of `gamec solve`."""
    if options.time_limit is not None and not 0 < options.time_limit < float("inf"):
        raise UsageError("--time-limit takes a number of seconds above 0")
    if options.gap is not None and not 0 <= options.gap < float("inf"):
        raise UsageError("--gap takes a number not below 0")
    if not 0 <= options.seed < 2**31:
        raise UsageError(f"--seed takes a whole number from 0 to {2**31 - 1}")


def _solved(source: Source, options: Namespace) -> Result:
    from gamec.overrides import overrides
    from runtime.session import solve

    return solve(
        source,
        case=options.case,
        method=options.method,
        solver=options.solver,
        data=overrides(options.set, options.data),
        time_limit=options.time_limit,
        gap=options.gap,
        seed=options.seed,
    )


def _interruptible(work: Callable[[], T]) -> T:
    """The result of `work()`, or its exception. Solvers hear no interrupt, so they run on another thread: interrupting
    the kernel ends the cell, while the solver goes on to its end unheard."""
    done: list[T] = []
    failed: list[BaseException] = []

    def perform() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread of the cell
            failed.append(error)

    thread = threading.Thread(target=perform, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
    if failed:
        raise failed[0]
    return done[0]


def _show(result: Result, paper: Paper, everything: bool) -> None:
    from gamec.render import full
    from gamec.views.result import result_text

    if result.diagnostics:
        print(full(result.diagnostics, paper) + "\n")  # noqa: T201 - a cell's output is what it prints
    print(result_text(result, paper, everything))  # noqa: T201


def _coloured(shell: InteractiveShell) -> bool:
    return not os.environ.get("NO_COLOR") and str(shell.colors).lower() != "nocolor"
