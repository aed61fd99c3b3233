"""A `Subject` -> the text of its page: `report_html`.

Layout stands in `assets/report.html.j2`, which escapes whatever it is given; the scripts that draw are beside it. The
page names them by their hash, so no other script runs there.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from markupsafe import Markup

from compiler.backends.html import parts_style
from gamec.report_page.arrays import Arrays
from gamec.report_page.charts import Charts
from gamec.report_page.model import Described, described, parameters
from gamec.report_page.origin import Origin, origin_of
from gamec.report_page.side_by_side import Overview, overview
from gamec.report_page.subject import Answered, Subject
from gamec.report_page.swept import swept
from gamec.report_page.tables import Tables
from gamec.report_page.values import Listed, listed
from gamec.report_page.verdict import Head, Proof, Remark, head_of, proof_of, regrets_of, remark
from gamec.views.numbers import NOISE
from runtime.figures.chart import Chart
from runtime.figures.of_result import convergence
from runtime.figures.style import COLOURS
from runtime.result import Result
from runtime.version import version

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("numbers.js", "scales.js", "table.js", "marks.js", "bars.js", "drawing.js", "chart.js", "page.js")
"""In the order in which they need each other."""

_BACKQUOTED = re.compile(r"`([^`]+)`")

DARK_COLOURS = ("#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#F0E442", "#FFFFFF", "#0072B2")
"""Okabe and Ito's as well, those that are strong on black first, and white for black."""


@dataclass(frozen=True)
class Drawn:
    """A figure: the name of its chart in the page, and what stands above and below it."""

    chart: str
    title: str
    note: str


@dataclass(frozen=True)
class Told:
    """One answer as the page shows it. `key` begins the names of its places; `history` is the name of a table."""

    key: str
    name: str
    doc: str
    head: Head
    remarks: tuple[Remark, ...]
    figures: tuple[Drawn, ...]
    values: tuple[Listed, ...]
    proof: Proof | None
    convergence: tuple[Drawn, ...]
    history: str
    data: Listed | None
    origin: Origin


def report_html(subject: Subject) -> str:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    arrays = Arrays()
    charts, tables = Charts(arrays), Tables(arrays)
    side_by_side = _compared(subject, charts)
    keys = [f"case-{k}" for k in range(1, len(subject.answers) + 1)]
    if subject.sweep is not None:
        keys = [f"point-{number}" for number in subject.points]
    over = swept(subject, dict(zip(subject.points, keys, strict=False)), charts, tables)
    answers = tuple(_told(key, a, charts, tables) for key, a in zip(keys, subject.answers, strict=True))
    script = "\n".join((ASSETS / name).read_text("utf-8") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{script}\n}})();\n'
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    environment.filters["coded"] = coded
    shared = {
        "arrays": arrays.texts,
        "charts": charts.drawn,
        "tables": tables.shown,
        "noise": NOISE,
        "colours": len(COLOURS),
    }
    return environment.get_template("report.html.j2").render(
        version=version(),
        folder=subject.folder,
        compared=side_by_side,
        swept=over,
        swept_figures=tuple(_drawn(chart, charts) for chart in over.figures) if over is not None else (),
        answers=answers,
        model=_model(subject),
        game=_game(subject),
        colours=list(zip(COLOURS, DARK_COLOURS, strict=True)),
        style=Markup((ASSETS / "report.css").read_text("utf-8")),
        document_style=Markup(parts_style()),
        script=Markup(script),
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        shared=Markup(_inert(shared)),
    )


def coded(text: str) -> Markup:
    """A text of ours with the names in backquotes as code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if k % 2 else part for k, part in enumerate(_BACKQUOTED.split(text))
    )


def _inert(document: object) -> str:
    """JSON inside a page: nothing in it ends the element that holds it, or begins another."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _told(key: str, answer: Answered, charts: Charts, tables: Tables) -> Told:
    result, compiled = answer.result, answer.compiled
    # These two stand where they are spoken of, not among the figures.
    steps = convergence(result) if result.history else None
    proof = proof_of(result, charts, tables) if result.objectives or result.certificate.reasons else None
    own = [_what(chart) for chart in (steps, regrets_of(result)) if chart is not None]
    figures = tuple(_drawn(c, charts) for c in result.charts.values() if not c.empty and _what(c) not in own)
    kinds = (
        ("Reports", "report", result.report_of),
        ("Decisions", "decision", result.value_of),
        ("Prices", "price", result.price_of),
    )
    doc = ""
    if compiled is not None:
        doc = next((c.doc for c in compiled.game.cases if c.name == result.case), "")
    return Told(
        key,
        answer.name or result.case,
        doc,
        head_of(result),
        tuple(map(remark, result.diagnostics)),
        figures,
        tuple(listed(title, word, values, result, charts, answer.tables) for title, word, values in kinds if values),
        proof,
        () if steps is None or steps.empty else (_drawn(steps, charts),),
        _history(result, tables),
        parameters(compiled, charts) if compiled is not None else None,
        origin_of(answer),
    )


def _what(chart: Chart) -> tuple[object, ...]:
    return chart.title, chart.x, chart.at


def _drawn(chart: Chart, charts: Charts) -> Drawn:
    name = charts.add(chart)
    return Drawn(name, chart.title, str(charts.drawn[name]["note"]) if name else chart.note)


def _history(result: Result, tables: Tables) -> str:
    """The iterations as a table; the name of it, empty where there were none."""
    steps = result.history
    if not steps:
        return ""
    table = tables.of("history")
    table.numbers("iteration", np.array([float(s.iteration) for s in steps]))
    for name in dict.fromkeys(name for step in steps for name in step.objectives):
        table.numbers(name, np.array([s.objectives.get(name, np.nan) for s in steps]))
    table.numbers("residual", np.array([s.residual for s in steps]))
    table.numbers("seconds", np.array([s.seconds for s in steps]))
    if any(s.note for s in steps):
        table.words("note", [s.note for s in steps])
    return table.name


@dataclass(frozen=True)
class Compared:
    """Cases side by side."""

    overview: Overview
    comparisons: Listed | None
    figures: tuple[Drawn, ...]


def _compared(subject: Subject, charts: Charts) -> Compared | None:
    comparison = subject.comparison
    if comparison is None:
        return None
    words = Result(comparison.game, subject.answers[0].result.status, docs=comparison.docs, units=comparison.units)
    values = listed("Comparisons", "comparison", comparison.comparisons, words, charts, {})
    figures = tuple(_drawn(chart, charts) for chart in comparison.charts.values() if not chart.empty)
    return Compared(overview(comparison, subject), values if comparison.comparisons else None, figures)


def _game(subject: Subject) -> str:
    for several in (subject.comparison, subject.sweep):
        if several is not None:
            return several.game
    return subject.answers[0].result.game


def _model(subject: Subject) -> tuple[tuple[str, Described], ...]:
    """The model once, where all answers are of one text; else that of each, with the name of its case."""
    found: dict[str, tuple[str, Described]] = {}
    for answer in subject.answers:
        if answer.compiled is not None:
            text = answer.compiled.source.text
            if text not in found:
                found[text] = (answer.result.case, described(answer.compiled, f"model-{len(found) + 1}"))
    return tuple(found.values())
