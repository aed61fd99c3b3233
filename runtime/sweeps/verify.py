"""A sweep's folder in, a `SweepVerification` out: every answer that is kept certified anew, and every number that the
folder shows compared with what it should follow from."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grammar.diagnostics import Diagnostic
from runtime.runs.folder import Run, read_run
from runtime.runs.verify import Changes, Verification, compare_values, content_of, verify
from runtime.sweeps.axes import CASE
from runtime.sweeps.folder import record_name
from runtime.sweeps.kept import SweepFolder
from runtime.sweeps.outcome import Outcome
from runtime.sweeps.tables import points_frame, reports_frame, require_parquet

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, eq=False)
class SweepVerification:
    """`points` are those whose answers are kept, by number, `without` the numbers of those that have an answer that is
    not kept. `findings` (G006) are about records and tables; `numbers` counts those compared, the points' own too."""

    folder: SweepFolder
    points: Mapping[int, Verification]
    without: tuple[int, ...]
    findings: tuple[Diagnostic, ...]
    numbers: int

    @property
    def confirmed(self) -> bool:
        """Whether every answer is kept and passed again, and all is as it was written. A point that was solved
        without an answer, or ended in a diagnostic, claims nothing."""
        whole = all(v.confirmed or (v.certificate is None and not v.findings) for v in self.points.values())
        return whole and not self.findings and not self.without and bool(self.points)


def verify_sweep(found: SweepFolder) -> SweepVerification:
    """Raises DiagnosticError as `verify` does, G004 where Parquet cannot be read."""
    require_parquet()
    changes = Changes(found.folder)
    points: dict[int, Verification] = {}
    without = []
    for outcome in found.sweep.outcomes:
        place = found.run(outcome.number)
        if place is None:
            without += [outcome.number] if outcome.objectives else []
            continue
        run = read_run(place)
        points[outcome.number] = verify(run)
        _compare_record(outcome, run, changes)
    if not found.missing:
        _compare_tables(found, changes)
    numbers = changes.numbers + sum(v.numbers for v in points.values())
    return SweepVerification(found, points, tuple(without), changes.findings(), numbers)


def _compare_record(outcome: Outcome, run: Run, changes: Changes) -> None:
    """What the sweep says of a point against its run folder."""
    file, result = record_name(outcome.number), run.result
    if outcome.status != result.status.value:
        changes.add(file, f"the status is {outcome.status}, its run has {result.status.value}")
    given = {**run.record.inputs.given, CASE: result.case}
    for name, value in outcome.at.items():
        if given.get(name) != value:
            changes.add(file, f"`{name}` is {value}, its run was solved with {given.get(name)}")
    compare_values(file, "the objective ", result.objectives, outcome.objectives, 0.0, changes)
    compare_values(file, "the report ", result.report_of, outcome.reports, 0.0, changes)


def _compare_tables(found: SweepFolder, changes: Changes) -> None:
    """The Parquet files against the records of the points."""
    expected = {"sweep.parquet": points_frame(found.sweep)}
    indexed = found.sweep.indexed_reports()
    if indexed:
        expected["reports.parquet"] = reports_frame(found.sweep, indexed)
    for file, frame in expected.items():
        content = content_of(found.folder, file, changes)
        if content is None:
            continue
        import pandas

        try:
            shown = pandas.read_parquet(io.BytesIO(content))
        except (OSError, ValueError) as error:  # pyarrow's own errors are among them
            changes.add(file, f"it is no Parquet: {str(error).splitlines()[0]}")
            continue
        _compare_frames(file, frame, shown, changes)


def _compare_frames(file: str, frame: DataFrame, shown: DataFrame, changes: Changes) -> None:
    if list(frame.columns) != list(shown.columns) or len(frame) != len(shown):
        changes.add(file, "it has other rows or columns than the records of the points")
        return
    for name in frame.columns:
        pairs = zip(frame["point"], frame[name].tolist(), shown[name].tolist(), strict=True)
        for point, told, other in pairs:
            changes.numbers += isinstance(told, float)
            if told != other and not (told != told and other != other):  # NaN is no change of NaN
                changes.add(file, f"`{name}` of point {point} is {other}, its record has {told}")
