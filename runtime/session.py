"""A path in, a `Result` or a `Comparison` out: compile, solve, certify, label. What users call."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

import numpy as np

from compiler.ground.reporting import ReportValue
from compiler.ground.sparse import Floats
from compiler.ir.game import Option
from compiler.pipeline import Compiled, compile_file, compile_source, disk_reader, read_source
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source
from runtime.answer import Answer, answer
from runtime.asked import SolveOptions, choice, hinted, request_of
from runtime.given_data import plain_data
from runtime.journal import Journal
from runtime.labels import labelled_prices, labelled_values
from runtime.methods.method import Request
from runtime.record import Inputs, Record, compiled_copies, now
from runtime.result import Comparison, Labelled, Result, Value


def solve(
    path: str | Path | Source,
    *,
    case: str | None = None,
    data: Mapping[str, object] | None = None,
    output: str | Path | None = None,
    force: bool = False,
    **options: Unpack[SolveOptions],
) -> Result:
    """Solve the game in a `.game` file, or in a text that was read already, and certify the answer.

    `case` names one of its cases; `data` replaces parameters by name, by numbers, lists, mappings by element, numpy,
    pandas or xarray (`runtime.given_data`); `options` are those of `runtime.asked.SolveOptions`.
    With `output` the answer is kept in that run folder, as `Result.save` does, and iterations and searches keep there
    what they find: the same call, or `gamec.resume`, goes on after a kill. `force` replaces what is there.
    Infeasible and unbounded games, limits and answers that fail the certificate come back as a Result with that
    status and its diagnostics. Raises `DiagnosticError` for a model that does not compile, has no method, or options
    that do not exist; with `output`, for a folder that cannot be had (G003), or that holds an unfinished run of
    something else (G008).
    """
    if output is None:
        return _result(_solved(read_source(path), case, plain_data(data or {}), request_of(**options)))
    from runtime.runs.save import place_for_run, save_run
    from runtime.runs.unfinished import Unfinished

    journal = Unfinished(output, anew=force)
    place_for_run(output, force, resumed=True)
    options["journal"] = journal
    result = _result(_solved(read_source(path), case, plain_data(data or {}), request_of(**options)))
    save_run(result, output, force=force, unfinished=journal)
    return result


def solve_copies(inputs: Inputs, case: str, request: Request) -> Result:
    """As `solve`, of what was read before, without a look at the files. Raises as `solve` does."""
    return _result(_answered(inputs, lambda: compiled_copies(inputs, case), case, request))


def compare(
    path: str | Path | Source,
    *,
    cases: Sequence[str] | None = None,
    data: Mapping[str, object] | None = None,
    **options: Unpack[SolveOptions],
) -> Comparison:
    """Solve several cases (None: all that the file declares, or the model as it stands if there is none) and compare
    them.

    Raises `DiagnosticError` as `solve` does.
    """
    request = request_of(**options)
    given, model = plain_data(data or {}), read_source(path)
    names = list(cases) if cases is not None else [c.name for c in compile_file(model[0], overrides=given).game.cases]
    solved = {name: _solved(model, name or None, given, request) for name in names or [""]}
    results = {name: _result(one) for name, one in solved.items()}
    reports = {name: one.reports for name, one in solved.items() if one.reports}
    last = list(solved.values())[-1].compiled
    return comparison(last, results, reports)


def comparison(
    compiled: Compiled, results: Mapping[str, Result], reports: Mapping[str, Mapping[str, ReportValue]]
) -> Comparison:
    """Results side by side, with those of the file's `compare` declarations that `reports`, by case, are enough for."""
    compared = compiled.comparisons(reports)
    return Comparison(
        game=compiled.ground.name,
        results=results,
        comparisons={name: _reported(value) for name, value in compared.items()},
        diagnostics=tuple(dict.fromkeys(d for r in results.values() for d in r.diagnostics)),
        docs={name: value.doc for name, value in compared.items()},
        units={name: value.unit for name, value in compared.items()},
    )


@dataclass(frozen=True, eq=False)
class Solved:
    """A game through every stage; `reports` are empty without an answer."""

    compiled: Compiled
    answer: Answer
    reports: Mapping[str, ReportValue]
    record: Record


def _solved(model: tuple[Source, Path], case: str | None, given: Mapping[str, object], request: Request) -> Solved:
    """The model's text and folder, solved."""
    source, folder = model
    inputs = Inputs(source, given)
    read = inputs.remembering(disk_reader(folder))

    def compiled() -> Compiled:
        return compile_source(source, read, case=case, overrides=given, std=inputs)

    return _answered(inputs, compiled, case or "", request)


def _answered(inputs: Inputs, compile_: Callable[[], Compiled], case: str, request: Request) -> Solved:
    started, compiled = now(), compile_()
    asked, request = request, hinted(request, compiled.game.options)
    request.journal.opened(inputs, case, request, compiled)
    try:
        found = answer(compiled.ground, request)
    except DiagnosticError as error:
        raise DiagnosticError([_placed(d, asked, compiled.game.options) for d in error.diagnostics]) from None
    finally:
        request.journal.close()
    record = Record(
        inputs, case, replace(request, journal=Journal()), started, found.x, found.prices, found.claim, compiled
    )
    before = time.perf_counter()
    values = reports_at(compiled, found.x, found.prices)
    if values:
        found.time["report"] = time.perf_counter() - before
    return Solved(compiled, found, values, record)


def reports_at(compiled: Compiled, x: Floats | None, prices: Floats | None) -> dict[str, ReportValue]:
    """The model's reports at a point; none without one."""
    if x is None:
        return {}
    return compiled.reports(x, prices if prices is not None else np.full(compiled.ground.rows, np.nan))


def _placed(found: Diagnostic, asked: Request, options: Sequence[Option]) -> Diagnostic:
    """A finding about a method or solver that the file itself asks for (G807), with its place in the file."""
    if found.code != "G807" or found.span is not None:
        return found
    for option in options:
        mine = choice(asked, option.name) == "auto"
        if mine and f"{option.name} `{option.value}`" in found.headline:
            return replace(found, span=option.span, label="asked for here")
    return found


def _result(solved: Solved) -> Result:
    compiled, found = solved.compiled, solved.answer
    named = named_at(compiled, found.x, found.prices, solved.reports)
    return Result(
        game=compiled.ground.name,
        status=found.status,
        method=found.method,
        solver=found.solver,
        case=compiled.case,
        objectives=named.objectives,
        value_of=named.values,
        price_of=named.prices,
        report_of=named.reports,
        certificate=found.certificate,
        diagnostics=(*compiled.warnings, *found.diagnostics),
        time={**compiled.times, **found.time},
        choice=found.choice,
        docs=named.docs,
        units=named.units,
        history=found.history,
        set_docs={s.name: s.signature.doc for s in compiled.game.sets},
        other_methods=found.other_methods,
        record=solved.record,
    )


@dataclass(frozen=True, eq=False)
class Named:
    """The numbers of a point by the names of the file, as in `Result`."""

    objectives: dict[str, float]
    values: dict[str, Value]
    prices: dict[str, Value]
    reports: dict[str, Value]
    docs: dict[str, str]
    units: dict[str, str]


def named_at(compiled: Compiled, x: Floats | None, prices: Floats | None, reports: Mapping[str, ReportValue]) -> Named:
    """A point `x` (n,) with its shadow prices (m,), None without an answer, and its reports, by name."""
    game = compiled.ground
    told = {name: _reported(report) for name, report in reports.items()}
    docs = {name: report.doc for name, report in reports.items()}
    units = {name: report.unit for name, report in reports.items()}
    if x is None:
        return Named({}, {}, {}, told, docs, units)
    markets = {p.name for p in compiled.game.players if p.market}
    objectives = {
        f"{p.name}.{p.objective}": value
        for p, value in zip(game.players, game.objectives_at(x).tolist(), strict=True)
        if p.declaration not in markets
    }
    values = labelled_values(compiled, x, docs, units)
    shadow = labelled_prices(compiled, x, prices, docs, units)
    for player in compiled.game.players:
        goal = player.objective.signature
        for instance in game.players:
            if instance.declaration == player.signature.name:
                docs[f"{instance.name}.{instance.objective}"] = goal.doc
                units[f"{instance.name}.{instance.objective}"] = goal.unit.text if goal.unit is not None else ""
    return Named(objectives, values, shadow, told, docs, units)


def _reported(report: ReportValue) -> Value:
    if not report.letters:
        return report.number
    axes = tuple(s.elements for s in report.layout.sets)
    sets = tuple(s.name for s in report.layout.sets)
    return Labelled(report.letters, sets, report.keys, report.value, report.unit, report.doc, axes)
