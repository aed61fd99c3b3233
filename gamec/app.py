"""The command `gamec`. In: arguments; out: an exit code (`gamec.exit_codes`), never a traceback.

Each command loads its own heavy part when it runs; typer's rich output is left off, since loading rich takes longer
than all of `gamec --help` (docs/decisions/0002-typer-below-0-29.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any

import typer
from typer.main import get_command

from gamec.cells import clean
from gamec.commands.registry import COMMANDS, Command
from gamec.exit_codes import CERTIFIED, PIPE_CLOSED, USAGE
from gamec.guard import outcome_of
from gamec.options import Format
from gamec.terminal import PIPED_WIDTH, prepare_streams, settle_streams, write

ABOUT = "Games between optimisers: markets, Stackelberg and Nash games; compiled, solved, and certified."
EXAMPLES = (
    "gamec new my_game",
    "gamec check my_game/my_game.game",
    "gamec solve my_game/my_game.game",
    "gamec solve --help",
)

# Newer typers bring click inside, older ones need the package: the parent of this public class is right in both.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process if None) and return its exit code."""
    prepare_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    return settle_streams(outcome_of(lambda: _run(words)))


def app() -> typer.Typer:
    """The commands of the registry as a typer application."""
    made = typer.Typer(
        help=ABOUT,
        epilog=_shown(EXAMPLES),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": PIPED_WIDTH},
    )
    made.callback()(_gamec)
    for command in COMMANDS:
        # Without a short help of its own, the list of commands would cut the help's line short.
        made.command(command.name, help=command.help, short_help=command.help, epilog=_shown(command.examples))(
            _guarded(command)
        )
    return made


def _run(words: list[str]) -> int:
    try:
        return int(get_command(app()).main(words or ["--help"], prog_name="gamec", standalone_mode=False) or CERTIFIED)
    except _UsageError as error:
        context = error.ctx
        usage = f"{context.get_usage()}\n" if context is not None else ""
        where = context.command_path if context is not None else "gamec"
        write(sys.stderr, f"{usage}error: {clean(error.format_message())}\n`{where} --help` tells what there is")
        return USAGE
    except SystemExit as end:  # of typer's completion, or since the reader of a help text has gone
        if isinstance(end.__context__, BrokenPipeError):
            return PIPE_CLOSED
        return end.code if isinstance(end.code, int) else CERTIFIED


def _guarded(command: Command) -> Callable[..., int]:
    """What the command runs, its diagnostics told in the format that it was asked for."""

    @wraps(command.run)
    def run(**given: Any) -> int:
        form = given.get("form")
        # `--form` of `compile` has the same name in Python.
        return outcome_of(lambda: command.run(**given), form if isinstance(form, Format) else Format.TEXT)

    return run


def _show_version(wanted: bool) -> None:
    if wanted:
        from runtime.version import version

        write(sys.stdout, f"gamec {version()}")
        raise typer.Exit(CERTIFIED)


def _gamec(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of `gamec` itself."""


def _shown(examples: Sequence[str]) -> str:
    """Lines that the help keeps as they are."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in examples)])
