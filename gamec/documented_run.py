"""A run folder -> the results in a document: `run_of` reads it and sees that it fits, `with_results` adds a section."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from compiler.documents.build import Described
from compiler.documents.document import Figure
from compiler.pipeline import Compiled, read_source
from gamec.result_section import result_section
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.figures.chart import Chart
from runtime.runs.folder import Run


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run with its model, compiled from the folder's own copies."""

    run: Run
    compiled: Compiled


def run_of(folder: str, file: str, case: str | None, values: Mapping[str, object]) -> KeptRun:
    """The run in a folder, which must be one of this file.

    Raises DiagnosticError: G001, G005 for what is no run folder, G807 where the run is of another text, or a case or
    data are asked for besides its own.
    """
    from runtime.runs.folder import read_run
    from runtime.runs.verify import compiled_again

    run = read_run(folder)
    if values:
        raise _refused("a document with results shows the run's own data: leave `--set` and `--data` out", folder)
    if case is not None and case != run.record.case:
        shown = f"the case `{run.record.case}`" if run.record.case else "no case"
        raise _refused(f"`{folder}` is a run of {shown}, not of `{case}`", folder)
    text, _ = read_source(file)
    if text.text != run.record.inputs.model.text:
        raise _refused(f"`{folder}` is a run of another text than `{file}`", folder)
    return KeptRun(run, compiled_again(run))


def _refused(headline: str, folder: str) -> DiagnosticError:
    hint = Hint(f"solve again with `-o`, or write a document of the model that was solved, in `{folder}/inputs`")
    return DiagnosticError([Diagnostic("G807", headline, hints=(hint,))])


def with_results(
    described: Described, kept: KeptRun, suffix: str, output: str | None
) -> tuple[Described, dict[str, bytes]]:
    """The document with a section of results at its end, and the pictures that a PDF needs beside its text.

    A page holds its figures, a PDF gets them drawn; LaTeX and Markdown name the files that the run folder has, relative
    to the place of the document.
    """
    from runtime.figures.draw import draw, rendered
    from runtime.runs.file_names import file_names

    result = kept.run.result
    drawn: dict[str, bytes] = {}
    names = file_names(result.charts)
    start = Path(output).parent if output not in (None, "-") else Path()

    def picture(name: str, chart: Chart) -> Figure | None:
        if suffix == ".html":
            return Figure(chart.title, svg=rendered(draw(chart), "svg"))
        if suffix == ".pdf":
            file = f"figure-{len(drawn) + 1}.pdf"
            drawn[file] = rendered(draw(chart), "pdf")
            return Figure(chart.title, file)
        wanted = (".pdf", ".png") if suffix == ".tex" else (".svg", ".png")
        places = [kept.run.folder / "figures" / f"{names[name]}{form}" for form in wanted]
        found = next((p for p in places if p.is_file()), None)
        return None if found is None else Figure(chart.title, Path(os.path.relpath(found, start)).as_posix())

    section = result_section(result, kept.compiled.game, described.symbols, kept.run.folder.as_posix(), picture)
    document = replace(described.document, sections=(*described.document.sections, section))
    return replace(described, document=document), drawn
