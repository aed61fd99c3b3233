"""The manual page gamec(1), made from the texts of `--help`. In: the commands of the registry; out: troff.

`python -m gamec.man_page > docs/gamec.1` writes the page that the wheel brings to `share/man/man1`; a test holds it in
step with the help.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from typer.main import get_command

from gamec import exit_codes
from gamec.app import ABOUT, EXAMPLES, app
from gamec.commands.registry import COMMANDS, Command
from gamec.guard import TRACEBACK

EXIT_STATUS = (
    (exit_codes.CERTIFIED, "Solved and certified; of other commands: done, and nothing found wrong."),
    (exit_codes.DIAGNOSTICS, "The model or its data are wrong, or a file cannot be read or written."),
    (exit_codes.USAGE, "The command line is wrong."),
    (exit_codes.NO_SOLUTION, "The game has no solution, or no optimum."),
    (exit_codes.LIMIT, "A limit came first."),
    (exit_codes.SOLVER_MISSING, "A solver that it takes is not installed."),
    (exit_codes.NOT_CERTIFIED, "The answer did not pass its certificate, or a kept one is not as it was written."),
    (exit_codes.OUR_FAULT, "A fault of gamec."),
    (exit_codes.INTERRUPTED, "Interrupted by Ctrl-C."),
    (exit_codes.PIPE_CLOSED, "The reader of the output has gone."),
)
ENVIRONMENT = (
    ("COLUMNS", "The width that texts are laid out for."),
    ("NO_COLOR", "If set, no colours."),
    (TRACEBACK, "If set, a fault of gamec is shown with its whole trace."),
)


def man_page() -> str:
    """The whole page."""
    group: Any = get_command(app())
    lines = [
        '.\\" Made by `python -m gamec.man_page` from the texts of --help.',
        '.TH GAMEC 1 "" "gamec" "User Commands"',
        ".SH NAME",
        f"gamec \\- {_text(ABOUT[0].lower() + ABOUT[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        ".B gamec",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".br",
        ".B gamec",
        ".I COMMAND",
        ".B \\-\\-help",
        ".SH OPTIONS",
    ]
    with group.make_context("gamec", ["new", "--help"], resilient_parsing=True) as context:
        lines += _items(_records(group.get_params(context)))
        lines.append(".SH COMMANDS")
        for command in COMMANDS:
            lines += _section(command, group.get_command(context, command.name))
    lines += [".SH EXIT STATUS", *_items((str(code), words) for code, words in EXIT_STATUS)]
    lines += [".SH ENVIRONMENT", *_items(ENVIRONMENT)]
    lines += [".SH EXAMPLES", *_examples(EXAMPLES)]
    return "\n".join(lines) + "\n"


def _section(command: Command, parsed: Any) -> list[str]:
    arguments = [p.metavar for p in parsed.params if p.param_type_name == "argument"]
    return [
        f".SS gamec {_option(' '.join([command.name, '[OPTIONS]', *arguments]))}",
        _text(command.help),
        *_items(_records(parsed.params)),
        ".PP",
        "Examples:" if len(command.examples) > 1 else "Example:",
        *_examples(command.examples),
    ]


def _records(parameters: Sequence[Any]) -> list[tuple[str, str]]:
    """Arguments and options with what `--help` says of them. Put together here, since the wording around it is not the
    same in all versions of typer."""
    found = []
    for parameter in parameters:
        if parameter.param_type_name == "argument":
            found.append((str(parameter.metavar), str(parameter.help)))
            continue
        # Names of the help option come in any order, as click keeps them in a set.
        names = sorted(parameter.opts, key=lambda word: (word.startswith("--"), word))
        head = ", ".join(names) + "".join(f" / {word}" for word in parameter.secondary_opts)
        head += f" {parameter.metavar}" if parameter.metavar else ""
        default = getattr(parameter.default, "value", parameter.default)
        shown = parameter.show_default and default not in (None, "") and default is not False
        told = f" [default: {default}]" if shown else ""
        found.append((head, f"{parameter.help}{told}"))
    return found


def _items(records: Iterable[tuple[str, str]]) -> list[str]:
    lines = []
    for head, words in records:
        lines += [".TP", f".B {_option(head)}", _text(" ".join(words.split()))]
    return lines


def _examples(examples: Sequence[str]) -> list[str]:
    return [".PP", ".RS 4", ".nf", *map(_option, examples), ".fi", ".RE"]


def _text(words: str) -> str:
    """Words that troff sets as they are: its escapes and control lines begin with \\, . and '."""
    plain = words.replace("\\", "\\e")
    escaped = "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in plain)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _option(words: str) -> str:
    """Hyphens that can be copied into a shell."""
    return _text(words).replace("-", "\\-")


if __name__ == "__main__":
    sys.stdout.write(man_page())
