"""A run folder in, a `Verification` out: the stored answer certified anew, from the files alone.

The model is compiled from the folder's own copies of what it was made from, the stored point put in, and the
certificate made again by the code that made it first. Then every number that the folder shows people is computed again
from that point and compared with what stands there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from compiler.ir.words import count
from compiler.pipeline import Compiled
from grammar.diagnostics import Diagnostic, Hint
from runtime.certify import REGRET, certify
from runtime.result import Certificate, Labelled, Status, Value
from runtime.runs.arrays import stored, variables
from runtime.runs.csv_files import labelled_csv, same_rows
from runtime.runs.folder import MANIFEST, Run, damaged, history_csv, scalars_csv
from runtime.session import named_at, reports_at

ROUNDING = 1e-9
"""Relative. Objectives and reports are sums that another processor or numpy may round otherwise."""

SHOWN = 5
"""Differences of one file that are listed."""


@dataclass(frozen=True, eq=False)
class Verification:
    """`certificate` is the new one, None where there is no answer to certify. `findings` (G006, G806) are what is not
    as it was written, or as was claimed; `remarks` what this check rests on. `numbers` counts those compared."""

    run: Run
    certificate: Certificate | None
    findings: tuple[Diagnostic, ...]
    remarks: tuple[str, ...]
    numbers: int

    @property
    def confirmed(self) -> bool:
        """Whether there is an answer, all is as it was written, and it passed again."""
        return self.certificate is not None and self.certificate.verified and not self.findings


def verify(run: Run) -> Verification:
    """Raises DiagnosticError with the findings of the compiler where the stored copies do not compile."""
    changes = Changes(run.folder)
    files = {name: content_of(run.folder, name, changes) for name in run.manifest["files"]}
    _check_inputs(run, files, changes)
    if run.record.x is None:
        _compare_tables(run, files, changes)
        return Verification(run, None, changes.findings(), (), changes.numbers)
    compiled = compiled_again(run)
    _compare_numbers(run, compiled, changes)
    _compare_tables(run, files, changes)
    claim = run.record.claim
    assert claim is not None
    new = certify(compiled.ground, claim)
    _compare_certificates(run, new, changes)
    changes.check_hashes(run.manifest["files"], files)
    refused = () if new.verified else (_not_confirmed(run, new),)
    return Verification(run, new, (*changes.findings(), *refused), _remarks(run, compiled), changes.numbers)


def compiled_again(run: Run) -> Compiled:
    """The model of the run, from the folder's copies. Raises DiagnosticError as compiling does, and G005 where the
    stored point is none of this model."""
    compiled = run.record.compiled_again()
    for what, numbers, wanted in (
        ("columns", run.record.x, compiled.ground.columns),
        ("rows", run.record.prices, compiled.ground.rows),
    ):
        if numbers is not None and numbers.shape != (wanted,):
            raise damaged(
                run.folder, "answer.nc", ValueError(f"it has {numbers.size} {what}, the model in `inputs` {wanted}")
            )
    return compiled


class Changes:
    """What differs in a folder, by file; `numbers` that were compared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.by_file: dict[str, list[str]] = {}
        self.numbers = 0

    def add(self, file: str, words: str) -> None:
        self.by_file.setdefault(file, []).append(words)

    def check_hashes(self, told: Mapping[str, str], files: Mapping[str, bytes | None]) -> None:
        """What was not compared by its content, by its hash; an unknown file in the folder is none of our business."""
        for name, digest in told.items():
            content = files.get(name)
            if content is not None and name not in self.by_file and sha256(content).hexdigest() != digest:
                self.add(name, "it is not the file that was written")

    def findings(self) -> tuple[Diagnostic, ...]:
        return tuple(
            Diagnostic(
                "G006",
                f"`{self.folder / file}` is not as it was written: {words[0]}",
                notes=(
                    *words[1:SHOWN],
                    *((f"and {count(len(words) - SHOWN, 'more difference')}",) if len(words) > SHOWN else ()),
                ),
                hints=(
                    Hint("do not use what differs; solve the folder's `inputs` again for a run that holds together"),
                ),
            )
            for file, words in self.by_file.items()
        )


def content_of(folder: Path, name: str, changes: Changes) -> bytes | None:
    """The content of a file that was written, None for what is missing, which is a change."""
    try:
        return (folder / name).read_bytes()
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "it cannot be read"
        changes.add(name, words.lower())
        return None


def _check_inputs(run: Run, files: Mapping[str, bytes | None], changes: Changes) -> None:
    for entry in run.manifest["inputs"]:
        content = files.get(entry["stored"])
        if content is not None and sha256(content).hexdigest() != entry["sha256"]:
            changes.add(entry["stored"], "it is not the file that the answer was computed from")


def _compare_numbers(run: Run, compiled: Compiled, changes: Changes) -> None:
    """What `run.json` and the array files show against what the stored point gives."""
    x, prices = run.record.x, run.record.prices
    result = run.result
    named = named_at(compiled, x, prices, reports_at(compiled, x, prices))
    for what, told, known in (
        ("the units", {**result.units}, named.units),
        ("the doc strings", {**result.docs}, named.docs),
        ("the names of game and case", (result.game, result.case), (compiled.ground.name, compiled.case)),
    ):
        if told != known:
            changes.add(MANIFEST, f"{what} are not those of the model")
    compare_values(MANIFEST, "the objective ", named.objectives, result.objectives, ROUNDING, changes)
    for kind, computed, shown, within in (
        ("values", named.values, result.value_of, 0.0),
        ("prices", named.prices, result.price_of, 0.0),
        ("reports", named.reports, result.report_of, ROUNDING),
    ):
        compare_values(f"{kind}.nc", "", computed, shown, within, changes)
    _compare_coordinates(run, changes)


def compare_values(
    file: str, what: str, computed: Mapping[str, Value], shown: Mapping[str, Value], within: float, changes: Changes
) -> None:
    """Values by name: `computed` anew against those that a file has `shown`, apart by `within` at most, relatively."""
    for name in computed.keys() - shown.keys():
        changes.add(file, f"{what}`{name}` is missing")
    for name in shown.keys() - computed.keys():
        changes.add(file, f"{what}`{name}` is none of the model")
    for name, value in computed.items():
        if name not in shown:
            continue
        other = shown[name]
        if isinstance(value, Labelled) and isinstance(other, Labelled) and value.keys == other.keys:
            new, old = value.values, other.values
            words = [",".join(map(str, key)) for key in value.keys]
        elif isinstance(value, float) and isinstance(other, float):
            new, old, words = np.array([value]), np.array([other]), [""]
        else:
            changes.add(file, f"{what}`{name}` has other indices")
            continue
        changes.numbers += len(new)
        gap = np.abs(new - old) > within * np.maximum(np.abs(new), np.abs(old))
        off = np.where(np.isfinite(new) & np.isfinite(old), gap, ~((new == old) | (np.isnan(new) & np.isnan(old))))
        for k in np.flatnonzero(off).tolist():
            place = f"[{words[k]}]" if words[k] else ""
            changes.add(file, f"{what}`{name}{place}` is {old[k]!s}, the stored point gives {new[k]!s}")


def _compare_coordinates(run: Run, changes: Changes) -> None:
    """Coordinates and attributes of the array files, which people read labels and units from: as they would be written
    from the result."""
    written = stored(run.result, None, None).files
    for name in ("values.nc", "prices.nc", "reports.nc"):
        expected, found = variables(written[name]), variables((run.folder / name).read_bytes())
        for variable, array in expected.items():
            other = found.get(variable)
            same = other is not None and array.shape == other.shape
            if same and array.dtype.kind not in "f" and other is not None:
                same = bool(np.all(array == other))
            if not same:
                changes.add(name, f"the labels `{variable}` are others")


def _compare_tables(run: Run, files: Mapping[str, bytes | None], changes: Changes) -> None:
    """The CSV files against the arrays."""
    result = run.result
    expected = {path: labelled_csv(name, value) for path, (name, value) in run.tables.items()}
    expected["scalars.csv"] = scalars_csv(result)
    if result.history:
        expected["history.csv"] = history_csv(result)
    for path, content in expected.items():
        found = files.get(path)
        if found is None:
            if path not in changes.by_file:
                changes.add(path, "it is missing")
            continue
        try:
            differences = same_rows(content, found)
        except ValueError as error:
            differences = [f"it is no CSV: {error}"]
        for words in differences:
            changes.add(path, words)


def _compare_certificates(run: Run, new: Certificate, changes: Changes) -> None:
    old = run.result.certificate
    status, claimed = run.result.status, run.record.claim.status if run.record.claim is not None else None
    if old.verified and not new.verified:
        return  # told by itself, with its reasons
    if new.verified and not old.verified and status is not Status.NOT_VERIFIED:
        changes.add(MANIFEST, "the certificate passes now, and did not when the run was written")
    if status not in (claimed, Status.NOT_VERIFIED, Status.EQUILIBRIUM):
        changes.add(
            MANIFEST, f"the status is {status.value}, what was claimed is {claimed.value if claimed else 'none'}"
        )
    for player in dict.fromkeys([*old.regret, *new.regret]):
        before, after = old.relative_regret.get(player, math.nan), new.relative_regret.get(player, math.nan)
        if before != after and not abs(before - after) <= REGRET:
            changes.add(
                MANIFEST,
                f"the regret of `{player}` is {old.regret.get(player, math.nan):.6g}, "
                f"computed anew {new.regret.get(player, math.nan):.6g}",
            )
    if not math.isclose(old.max_violation, new.max_violation, rel_tol=1e-6, abs_tol=ROUNDING):
        changes.add(
            MANIFEST, f"the largest violation is {old.max_violation:.6g}, computed anew {new.max_violation:.6g}"
        )
    if old.bounds != new.bounds:
        changes.add(MANIFEST, "the bounds that the proof rests on are others than those that were claimed")


def _not_confirmed(run: Run, new: Certificate) -> Diagnostic:
    first, *rest = new.reasons
    was = run.result.certificate.verified
    return Diagnostic(
        "G806",
        f"the stored answer does not pass the certificate{'' if was else ', as when it was written'}: {first}",
        notes=tuple(rest),
        hints=(Hint("do not use the values; solve the folder's `inputs` again"),),
    )


def _remarks(run: Run, compiled: Compiled) -> tuple[str, ...]:
    """What was taken from the folder on trust, as only solving again could tell it."""
    claim, players = run.record.claim, compiled.ground.players
    leads = {leader for player in players for leader in player.leaders}
    bounded = [f"`{players[p].name}`" for p in (claim.bound if claim is not None else ()) if p in leads]
    found = []
    if bounded:
        whose = " and ".join(bounded)
        found.append(
            f"the proven bound of {whose} is as {run.result.solver} stated it; only solving again proves it anew"
        )
    return tuple(found)
