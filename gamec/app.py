"""The command `gamec`. In: arguments; out: an exit code (`gamec.exit_codes`), never a traceback.

The arguments are read by the standard library: typer, with the pydantic that it loads for any command that takes an
argument, took longer than checking a model does. Each command loads its own heavy part when it runs.
"""

from __future__ import annotations

import re
import sys
from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Sequence
from typing import Any, NoReturn

from gamec.cells import clean
from gamec.commands.registry import COMMANDS
from gamec.exit_codes import CERTIFIED, USAGE
from gamec.guard import outcome_of
from gamec.options import Format
from gamec.terminal import prepare_streams, settle_streams, write

ABOUT = "Games between optimisers: markets, Stackelberg and Nash games; compiled, solved, and certified."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process if None) and return its exit code."""
    prepare_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    return settle_streams(outcome_of(lambda: _run(words)))


def _run(words: list[str]) -> int:
    try:
        given = vars(_parser().parse_args(words or ["--help"]))
    except SystemExit as end:  # help was shown, or a usage error told
        return CERTIFIED if end.code is None else int(end.code)
    run = given.pop("run")
    return outcome_of(lambda: int(run(**given)), given.get("form", Format.TEXT))


class _Parser(ArgumentParser):
    """Options are taken by their full names only: an abbreviation could change its meaning with the next version."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As ever, but what a command does not know is told with that command's usage, not with gamec's."""
        known, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return known, rest

    def error(self, message: str) -> NoReturn:
        write(sys.stderr, f"{self.format_usage()}error: {clean(message)}{clean(self._near(message))}")
        self.exit(USAGE)

    def print_help(self, file: Any = None) -> None:
        """As ever, but a stream that cannot be written is an error."""
        write(file or sys.stdout, self.format_help())

    def _near(self, message: str) -> str:
        """A suggestion for the word that the message calls wrong."""
        wrong = re.search(r"invalid choice: '(.*?)'|unrecognized arguments: (--\S+)", message)
        if wrong is None:
            return ""
        from grammar.diagnostics import near_names

        known = [c.name for c in COMMANDS] if wrong[2] is None else re.findall(r"--[\w-]+", self.format_help())
        near = near_names(wrong[1] if wrong[2] is None else wrong[2], known)
        return f"; did you mean {' or '.join(near)}?" if near else ""


class _Version(Action):
    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        from gamec.version import version

        write(sys.stdout, f"gamec {version()}")
        parser.exit(CERTIFIED)


def _parser() -> ArgumentParser:
    parser = _Parser(
        prog="gamec",
        description=ABOUT,
        usage="gamec [-h] [--version] COMMAND ...",
        epilog="`gamec new my_game` makes a first model; `gamec COMMAND --help` tells the options of a command.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, dest=SUPPRESS, help="show the version and exit")
    # `prog` is what the usage lines of the commands begin with.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="gamec", required=True)
    for command in COMMANDS:
        about = f"{command.help[0].upper()}{command.help[1:]}"
        one = commands.add_parser(command.name, help=command.help, description=about)
        one.set_defaults(run=command.run)
        command.options(one)
    return parser
