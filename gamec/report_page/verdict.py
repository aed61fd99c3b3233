"""What an answer is worth -> what the page says of it: `Head` at its beginning, `Proof` from the certificate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gamec.report_page.charts import Charts
from gamec.report_page.tables import Tables
from gamec.report_page.values import Single, exact, shown, single, unit_of
from gamec.views.numbers import seconds
from gamec.views.result import NO_ANSWER, PROVED, UNPROVED, certified
from grammar.diagnostics import Diagnostic
from runtime.certify import REGRET
from runtime.figures.chart import Chart
from runtime.figures.of_result import regrets
from runtime.result import Certificate, Result, Status


@dataclass(frozen=True)
class Head:
    """`mood` is `good`, `open` or `bad`, which a page shows by more than a colour."""

    status: str
    mood: str
    mark: str
    proved: str
    unproved: str
    method: str
    choice: str
    others: tuple[tuple[str, str], ...]
    objectives: tuple[Single, ...]
    seconds: str


@dataclass(frozen=True)
class Gain:
    """What a player could gain by deciding otherwise, in its own unit and over the size of its objective's terms."""

    player: str
    regret: str
    exact: str
    unit: str
    relative: str
    relative_exact: str


@dataclass(frozen=True)
class Proof:
    """A certificate. `chart` and `ledger` are names in the page, empty where there is none."""

    verified: bool
    reasons: tuple[str, ...]
    gains: tuple[Gain, ...]
    tolerance: str
    violation: str
    scaled: str
    ties: tuple[str, ...]
    notes: tuple[str, ...]
    sources: str
    ledger: str
    chart: str


@dataclass(frozen=True)
class Remark:
    """A diagnostic: what is to be known about the answer."""

    severity: str
    code: str
    headline: str
    place: str
    notes: tuple[str, ...]
    hints: tuple[str, ...]


_MOODS = {
    Status.OPTIMAL: "good",
    Status.EQUILIBRIUM: "good",
    Status.OPTIMAL_IF_BOUNDS: "open",
    Status.LOCAL: "open",
    Status.STATIONARY: "open",
    Status.LIMIT: "open",
    Status.INFEASIBLE: "bad",
    Status.UNBOUNDED: "bad",
    Status.NOT_VERIFIED: "bad",
}
_MARKS = {"good": "✓", "open": "!", "bad": "✗"}


def head_of(result: Result) -> Head:
    answered = bool(result.objectives)
    mood = "bad" if answered and not result.certificate.verified else _MOODS[result.status]
    without = result.status is Status.LIMIT and not answered
    return Head(
        result.status.value.replace("_", " ") + (", certified" if certified(result) else ""),
        mood,
        _MARKS[mood],
        NO_ANSWER if without else PROVED[result.status],
        UNPROVED.get(result.status, "") if answered else "",
        result.method + (f" with {result.solver}" if result.method and result.solver else ""),
        result.choice,
        tuple(result.other_methods.items()),
        tuple(single(name, value, result) for name, value in result.objectives.items()),
        seconds(sum(result.time.values())) if result.time else "",
    )


def proof_of(result: Result, charts: Charts, tables: Tables) -> Proof:
    c = result.certificate
    drawn = regrets_of(result)
    return Proof(
        c.verified,
        c.reasons,
        tuple(_gain(player, regret, result) for player, regret in sorted(c.regret.items(), key=lambda r: -r[1])),
        shown(REGRET),
        shown(c.max_violation),
        shown(c.scaled_violation) if c.scaled_violation else "",
        tuple(
            f"{tie.player} gets {shown(tie.optimistic)} at best and {shown(tie.pessimistic)} at worst"
            + (", and a constraint of the leader would be violated" if tie.breaks_constraints else "")
            for tie in c.ties
        ),
        c.notes,
        _sources(c),
        _ledger(c, tables),
        charts.add(drawn) if drawn is not None else "",
    )


def regrets_of(result: Result) -> Chart | None:
    return regrets(result) if result.certificate.relative_regret else None


def remark(d: Diagnostic) -> Remark:
    return Remark(
        d.severity.value,
        f"{d.code} {d.slug}",
        d.headline,
        str(d.span) if d.span is not None else "",
        tuple(d.notes),
        tuple(hint.text for hint in d.hints),
    )


def _gain(player: str, regret: float, result: Result) -> Gain:
    """In the unit of the player's objective, `player.objective` by its name in results."""
    units = [result.units.get(name, "") for name in result.objectives if name.rpartition(".")[0] == player]
    relative = result.certificate.relative_regret.get(player)
    return Gain(
        player,
        shown(regret),
        exact(regret),
        unit_of(units[0]) if len(units) == 1 else "",
        shown(relative) if relative is not None else "–",
        exact(relative) if relative is not None else "",
    )


def _sources(c: Certificate) -> str:
    counts: dict[str, int] = {}
    for bound in c.bounds:
        counts[bound.source] = counts.get(bound.source, 0) + 1
    return ", ".join(f"{count} {source}" for source, count in counts.items())


def _ledger(c: Certificate, tables: Tables) -> str:
    """The nearest bounds first: those that an answer may rest on."""
    if not c.bounds:
        return ""
    bounds = sorted(c.bounds, key=lambda b: b.slack)
    table = tables.of("ledger")
    table.words("bound of", [b.of for b in bounds])
    table.numbers("value", np.array([b.value for b in bounds]))
    table.words("comes from", [b.source for b in bounds])
    table.numbers("slack at the answer", np.array([b.slack for b in bounds]))
    return table.name
