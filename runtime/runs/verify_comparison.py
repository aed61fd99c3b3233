"""A folder of compared cases in, a `ComparisonVerification` out: every case certified anew, the comparison computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grammar.diagnostics import Diagnostic
from runtime.runs.comparison_folder import ComparisonFolder, table
from runtime.runs.csv_files import same_rows
from runtime.runs.folder import MANIFEST
from runtime.runs.verify import ROUNDING, Changes, Verification, compare_values, content_of, verify
from runtime.session import comparison, reports_at


@dataclass(frozen=True, eq=False)
class ComparisonVerification:
    """`cases` by name; `findings` (G006) are about the comparison itself."""

    folder: ComparisonFolder
    cases: Mapping[str, Verification]
    findings: tuple[Diagnostic, ...]

    @property
    def confirmed(self) -> bool:
        """Whether every case that has an answer is confirmed, and all is as it was written."""
        whole = all(v.confirmed or (v.certificate is None and not v.findings) for v in self.cases.values())
        return whole and not self.findings


def verify_comparison(found: ComparisonFolder) -> ComparisonVerification:
    """Raises DiagnosticError as `verify` does."""
    cases = {case: verify(run) for case, run in found.runs.items()}
    changes = Changes(found.folder)
    files = {name: content_of(found.folder, name, changes) for name in found.manifest["files"]}
    shown = found.comparison
    if shown.results:
        compiled = {case: run.record.compiled_again() for case, run in found.runs.items()}
        reports = {
            case: reports_at(compiled[case], run.record.x, run.record.prices)
            for case, run in found.runs.items()
            if run.record.x is not None
        }
        games = {run.manifest["inputs"][0]["sha256"] for run in found.runs.values()}
        if len(games) == 1:
            again = comparison(list(compiled.values())[-1], shown.results, reports)
            compare_values(MANIFEST, "the comparison ", again.comparisons, shown.comparisons, ROUNDING, changes)
    content = files.get("comparison.csv")
    if content is not None:
        try:
            differences = same_rows(table(shown), content)
        except ValueError as error:
            differences = [f"it is no CSV: {error}"]
        for words in differences:
            changes.add("comparison.csv", words)
    changes.check_hashes(found.manifest["files"], files)
    return ComparisonVerification(found, cases, changes.findings())
