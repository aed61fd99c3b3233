"""The command `gamec`. In: arguments; out: an exit code (`gamec.exit_codes`), never a traceback.

Only what `--help` needs is imported here: each command loads its own heavy part when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.main import get_command

from gamec.commands.registry import COMMANDS
from gamec.exit_codes import CERTIFIED
from gamec.guard import guarded, outcome_of
from gamec.terminal import prepare_streams, settle_streams, write

# Rich would double the time of `--help`, and completion scripts are better installed by packagers.
app = typer.Typer(
    name="gamec",
    help="Games between optimisers: markets, Stackelberg and Nash games; compiled, solved, and certified.",
    epilog="`gamec new my_game` makes a first model; `gamec COMMAND --help` tells the options of a command.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        from gamec.version import version

        write(sys.stdout, f"gamec {version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


for _command in COMMANDS:
    app.command(_command.name, help=_command.help)(guarded(_command.run))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process if None) and return its exit code."""
    prepare_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)

    def run() -> int:
        try:
            get_command(app).main(args=words, prog_name="gamec", standalone_mode=True)
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else CERTIFIED if end.code is None else 1
        return CERTIFIED

    return settle_streams(outcome_of(run))
