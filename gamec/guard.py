"""The last resort around every command. In: a function; out: an exit code, and on stderr what went wrong."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gamec import exit_codes
from gamec.options import Format
from gamec.own_packages import OWN
from gamec.terminal import paper_of, write
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint

TRACEBACK = "GAMEC_TRACEBACK"
"""Set to anything, this environment variable shows the traceback of a fault of ours, and Python's warnings."""


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def outcome_of(run: Callable[[], int], wanted: Format = Format.TEXT) -> int:
    """The exit code of `run()`. Diagnostics go to stderr as text, and to stdout as JSON if that is `wanted`."""
    traced = bool(os.environ.get(TRACEBACK))
    try:
        with warnings.catch_warnings():
            if not traced and not sys.warnoptions:
                warnings.simplefilter("ignore")
            return run()
    except KeyboardInterrupt:
        write(sys.stderr, "interrupted")
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        return exit_codes.PIPE_CLOSED
    except DiagnosticError as error:
        return show(error.diagnostics, wanted)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return show((our_fault(error, traced),), wanted)
        return show((Diagnostic("G003", f"nothing more can be written: {error.strerror}"),), wanted)
    except Exception as fault:  # noqa: BLE001 - whatever is left is a fault of ours, and said to be one
        return show((our_fault(fault, traced),), wanted)


def show(diagnostics: tuple[Diagnostic, ...], wanted: Format) -> int:
    """Tell diagnostics that end a command, and return its exit code."""
    from gamec.json_text import json_text
    from gamec.render import as_json, full, short

    text = full(diagnostics, paper_of(sys.stderr)) if wanted is Format.TEXT else short(diagnostics)
    # A stream that cannot be written must not keep the other one from saying so.
    with suppress(BrokenPipeError, DiagnosticError):
        write(sys.stderr, text)
    if wanted is Format.JSON:
        document: dict[str, object] = {"status": "error", "diagnostics": [as_json(d) for d in diagnostics]}
        with suppress(BrokenPipeError, DiagnosticError):
            write(sys.stdout, json_text(document, sys.stdout))
    return exit_codes.of_diagnostics(diagnostics)


def show_warnings(diagnostics: tuple[Diagnostic, ...], wanted: Format) -> None:
    """Tell on standard error what does not end a command; nothing where JSON on standard output holds it."""
    from gamec.render import full, short

    if diagnostics and wanted is not Format.JSON:
        paper = paper_of(sys.stderr)
        write(sys.stderr, short(diagnostics) if wanted is Format.SHORT else full(diagnostics, paper) + "\n")


def our_fault(fault: Exception, traced: bool = False) -> Diagnostic:
    """G901 for an exception that nobody expected, with its place in our code; prints the whole trace if `traced`."""
    from runtime.version import issues_address, version

    if traced:
        import traceback

        traceback.print_exception(fault)

    at, place = fault.__traceback__, "an unknown place"
    root = Path(__file__).resolve().parent.parent
    while at is not None:
        code = at.tb_frame.f_code
        file = Path(code.co_filename)
        if file.is_relative_to(root) and file.relative_to(root).parts[0] in ("gamec", *OWN):
            place = f"{file.relative_to(root).as_posix()}:{at.tb_lineno} in {code.co_name}"
        at = at.tb_next
    words = str(fault).strip().split("\n")[0]
    python = ".".join(map(str, sys.version_info[:3]))
    address = issues_address()
    where = f"at {address}" if address else "to those who maintain gamec"
    return Diagnostic(
        "G901",
        f"gamec failed: {type(fault).__name__}{f': {words}' if words else ''}",
        notes=(
            "this is a fault of gamec, not of your model",
            f"at {place}; gamec {version()}, Python {python}, {sys.platform}",
        ),
        hints=(
            Hint(f"please report it {where}, with the command and, if you can share it, the model"),
            Hint(f"with {TRACEBACK}=1 in the environment the same command shows the whole trace; add that too"),
        ),
    )
