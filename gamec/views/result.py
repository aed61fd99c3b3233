"""An answer for people. In: `Result`; out: text: what was proved and how, the values, the certificate."""

from __future__ import annotations

from collections.abc import Mapping

from gamec.cells import clean, wrapped
from gamec.terminal import Paper
from gamec.views.certificate import certificate_lines
from gamec.views.grid import aligned
from gamec.views.labelled import labelled_lines
from gamec.views.numbers import number, seconds
from runtime.result import Labelled, Result, Status, Value

PROVED = {
    Status.OPTIMAL: "a global optimum",
    Status.OPTIMAL_IF_BOUNDS: "a global optimum if the assumed bounds below hold",
    Status.EQUILIBRIUM: "an equilibrium: no player gains more than its regret by deciding otherwise",
    Status.LOCAL: "a local optimum; a better one may exist elsewhere",
    Status.STATIONARY: "a stationary point, no more",
    Status.INFEASIBLE: "there is no solution",
    Status.UNBOUNDED: "there is no optimum: an objective has no bound",
    Status.LIMIT: "nothing more than the gap shown: a limit came first",
    Status.NOT_VERIFIED: "nothing: the certificate refuses this answer",
}
"""What each status says was proved."""

_STYLES = {Status.OPTIMAL: "good", Status.EQUILIBRIUM: "good", Status.OPTIMAL_IF_BOUNDS: "good"}


def result_text(result: Result, paper: Paper, everything: bool = False) -> str:
    """The whole answer; long tables are cut short unless `everything`."""
    blocks = [_head(result, paper)]
    sections: tuple[tuple[str, Mapping[str, Value]], ...] = (
        ("objectives", result.objectives),
        ("reports", result.reports),
        ("values", result.values),
        ("prices", result.prices),
    )
    blocks += [
        [paper.styled("strong", title), *value_lines(values, result.docs, result.units, paper, everything)]
        for title, values in sections
        if values
    ]
    if result.objectives or result.certificate.reasons:
        blocks.append(certificate_lines(result.certificate, paper, everything))
    if result.time:
        stages = ", ".join(f"{clean(stage)} {seconds(t)}" for stage, t in result.time.items())
        first, *rest = wrapped(f"time: {stages}", paper.width - 6)
        blocks.append([first, *(f"      {line}" for line in rest)])
    return "\n\n".join("\n".join(lines) for lines in blocks)


def result_line(result: Result) -> str:
    """One line: game, case, status, whether certified, objectives."""
    words = [clean(result.game + (f":{result.case}" if result.case else "")), result.status.value]
    words.append("certified" if result.certificate.verified else "not-certified")
    return " ".join([*words, *(f"{clean(name)}={value!r}" for name, value in result.objectives.items())])


def value_lines(
    values: Mapping[str, Value], docs: Mapping[str, str], units: Mapping[str, str], paper: Paper, everything: bool
) -> list[str]:
    """Single numbers in one aligned table, then one table for each indexed name."""
    rows, tables = [], []
    for name, value in values.items():
        if isinstance(value, Labelled):
            tables += labelled_lines(name, value, paper, everything)
        else:
            unit = units.get(name, "")
            doc = docs.get(name, "")
            shown = number(value)
            rows.append([clean(name), shown, clean(unit) if unit != "1" else "", f'"{clean(doc)}"' if doc else ""])
    return aligned(rows, (False, True, False, False), paper.width) + tables


def _head(result: Result, paper: Paper) -> list[str]:
    certified = ", certified" if result.certificate.verified else ""
    status = paper.styled(_STYLES.get(result.status, "warning"), result.status.value + certified)
    case = f", case {clean(result.case)}" if result.case else ""
    lines = [f"{paper.styled('strong', clean(result.game))}{case}: {status}"]
    facts = [("proved", PROVED[result.status])]
    if result.method:
        facts.append(("method", result.method + (f" with {result.solver}" if result.solver else "")))
    if result.choice:
        facts.append(("why", result.choice))
    for name, text in facts:
        first, *rest = wrapped(text, paper.width - 10)
        lines += [f"  {name:<6}  {first}", *(" " * 10 + line for line in rest)]
    return lines
