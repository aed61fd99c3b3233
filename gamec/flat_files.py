"""`gamec compile --to` for formats that hold a game with its data: a compiled game and where to write in, files out."""

from __future__ import annotations

from pathlib import Path

from compiler.flat_exports.registry import FlatExport
from compiler.ground.ground_game import GroundGame
from gamec.text_files import write_together
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def write_flat(export: FlatExport, game: GroundGame, output: str | None) -> None:
    """Write the files of the format: beside each other under the name `output`, with or without one of their endings,
    all of them or none. Raises DiagnosticError: G003, G713, G807 without a name."""
    endings = " and ".join(f"NAME{e}" for e in export.endings)
    if output is None or output == "-":
        raise DiagnosticError(
            [
                Diagnostic(
                    "G807",
                    f"`--to {export.name}` writes {endings}, which need a name",
                    hints=(Hint("add `-o NAME`"),),
                )
            ]
        )
    texts = export.write(game)
    stem = str(Path(output).with_suffix("")) if Path(output).suffix in export.endings else output
    write_together({f"{stem}{ending}": text for ending, text in texts.items()})
