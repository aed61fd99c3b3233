"""The formats that a game with its data can be written in, one row each. A GroundGame and a format in, texts by the
endings of their files out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compiler.flat_exports.mps_aux import mps_aux
from compiler.ground.ground_game import GroundGame


@dataclass(frozen=True)
class FlatExport:
    """`write` gives a text for each of the `endings`. Raises DiagnosticError (G713) for a game that the format cannot
    hold."""

    name: str
    endings: tuple[str, ...]
    what: str
    write: Callable[[GroundGame], Mapping[str, str]]


FLAT_EXPORTS: dict[str, FlatExport] = {
    row.name: row
    for row in (
        FlatExport(
            "mps-aux", (".mps", ".aux"), "a leader over linear followers, as bilevel test sets have them", mps_aux
        ),
    )
}
