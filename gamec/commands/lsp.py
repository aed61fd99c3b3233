"""`gamec lsp`: the language server, for editors; it speaks the Language Server Protocol on its standard streams."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED, DIAGNOSTICS
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def run(
    *,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Speak on the standard streams; the only way there is.")
    ] = False,
) -> int:
    """Serve until the editor says `exit` or goes: 0 if it said `shutdown` before, else 1, as the protocol has it."""
    del stdio  # editors pass it as a matter of course
    try:
        from gamec.language_server.server import make_server
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise DiagnosticError(
            [
                Diagnostic(
                    "G004",
                    f"`gamec lsp` needs the Python package `{missing.name}`",
                    hints=(Hint('install it with the editor support: `pip install "gamec[editor]"`'),),
                )
            ]
        ) from None
    server = make_server()
    # The server closes the stream it writes to, so it gets one of its own; and what anything else prints goes to
    # standard error, lest it break the protocol.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out, redirect_stdout(sys.stderr):
        server.start_io(stdout=out)
    return CERTIFIED if server.ended else DIAGNOSTICS
