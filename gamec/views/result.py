"""An answer for people. In: `Result`; out: text: what was proved and how, the values, the certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    Status.LIMIT: "that the answer is feasible; a limit came before more",
    Status.NOT_VERIFIED: "nothing: the certificate refuses this answer",
}
"""What each status says was proved."""

UNPROVED = {
    Status.OPTIMAL_IF_BOUNDS: "that the assumed bounds hold; where they do not, a better answer may exist",
    Status.LOCAL: "that no better answer exists elsewhere",
    Status.STATIONARY: "that it is an optimum, be it only among its neighbours",
    Status.LIMIT: "that no player can do better: each may gain up to its regret below",
    Status.NOT_VERIFIED: "that this is an answer at all: do not use its values",
}
"""What is left open by each status that leaves something open."""

NO_ANSWER = "nothing: a limit came before any answer"

_STYLES = {Status.OPTIMAL: "good", Status.EQUILIBRIUM: "good", Status.OPTIMAL_IF_BOUNDS: "good"}


def result_text(
    result: Result, paper: Paper, everything: bool = False, plots: Sequence[str] = (), why: bool = False
) -> str:
    """The whole answer; long tables are cut short unless `everything`. `plots` are lines that stand before the
    certificate, so that the verdict comes last. `why` says of each method that was not taken why."""
    blocks = [_head(result, paper, why)]
    sections: tuple[tuple[str, Mapping[str, Value]], ...] = (
        ("objectives", result.objectives),
        ("reports", result.report_of),
        ("values", result.value_of),
        ("prices", result.price_of),
    )
    blocks += [
        [paper.styled("strong", title), *value_lines(values, result.docs, result.units, paper, everything)]
        for title, values in sections
        if values
    ]
    if plots:
        blocks.append(list(plots))
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
    words.append("certified" if certified(result) else "not-certified")
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


def certified(result: Result) -> bool:
    """Whether all that an answer of this kind claims was proved: at a limit, only its feasibility was."""
    return result.certificate.verified and result.status is not Status.LIMIT


def _head(result: Result, paper: Paper, why: bool) -> list[str]:
    words = result.status.value + (", certified" if certified(result) else "")
    status = paper.styled(_STYLES.get(result.status, "warning"), words)
    case = f", case {clean(result.case)}" if result.case else ""
    lines = [f"{paper.styled('strong', clean(result.game))}{case}: {status}"]
    answered = bool(result.objectives)
    facts = [("proved", NO_ANSWER if result.status is Status.LIMIT and not answered else PROVED[result.status])]
    if answered and result.status in UNPROVED:
        facts.append(("not proved", UNPROVED[result.status]))
    if result.method:
        facts.append(("method", result.method + (f" with {result.solver}" if result.solver else "")))
    if result.choice:
        facts.append(("why", result.choice))
    if why:
        others = [f"{name}: {reason}" for name, reason in result.other_methods.items()]
        facts += [("others" if k == 0 else "", words) for k, words in enumerate(others)]
    margin = max(len(name) for name, _ in facts)
    for name, text in facts:
        first, *rest = wrapped(text, paper.width - margin - 4)
        lines += [f"  {name:<{margin}}  {first}", *(" " * (margin + 4) + line for line in rest)]
    return lines
