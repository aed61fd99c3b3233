"""The folder of a sweep -> the sweep, as far as it went, and where the answers of its points are, if it keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grammar.source import Source
from runtime.runs.folder import DAMAGE, MANIFEST, damaged, is_kind, is_run, read_manifest
from runtime.sweeps.axes import Axis
from runtime.sweeps.folder import SWEEP, records, run_of
from runtime.sweeps.sweep import Sweep


@dataclass(frozen=True, eq=False)
class SweepFolder:
    """A folder that was read: `sweep` has the points that are solved, `missing` of them are not."""

    folder: Path
    manifest: Mapping[str, Any]
    sweep: Sweep
    missing: int

    def run(self, number: int) -> Path | None:
        """The run folder of a point; None where none was kept."""
        place = run_of(self.folder, number)
        return place if is_run(place) else None


def is_sweep(folder: Path) -> bool:
    """Whether gamec wrote this folder as a sweep, be it damaged since."""
    return is_kind(folder, SWEEP)


def read_sweep(folder: str | Path) -> SweepFolder:
    """Raises DiagnosticError: G001 where there is no folder, G005 where it is no sweep of a version that this gamec
    reads, or where a record is damaged."""
    place = Path(folder)
    manifest = read_manifest(place, SWEEP)
    try:
        game = str(manifest["game"])
        axes = tuple(
            Axis(str(a["name"]), tuple(a["values"]), str(a.get("doc", "")), str(a.get("unit", "")))
            for a in manifest["axes"]
        )
        names = {axis.name for axis in axes}
        points = math.prod(len(axis.values) for axis in axes)
    except DAMAGE as error:
        raise damaged(place, MANIFEST, error) from None
    # Where diagnostics point to is left out: the model's text is not in the folder.
    found = {outcome.number: outcome for outcome in records(place, Source("", ""))}
    for number, outcome in found.items():
        if outcome.at.keys() != names or not 1 <= number <= points:
            raise damaged(place, MANIFEST, ValueError(f"point {number} is none of what was swept"))
    outcomes = tuple(found[number] for number in sorted(found))
    return SweepFolder(place, manifest, Sweep(game, axes, outcomes), points - len(outcomes))
