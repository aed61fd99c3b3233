"""A finished solve in, whether another reformulation and another solver say the same out.

Certificates see a wrong point; a wrong proof, such as a bound on a multiplier that cuts off the optimum, leaves a point
with which nothing is wrong. So the game is solved again by other means, and a contradiction is one where an answer is
better than what the other run claims to have proved, or where one has an answer and the other proves that there is
none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.reformulations.registry import COMPLEMENTARITIES
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.methods.method import Found, Method, Request
from runtime.methods.setting import Setting
from runtime.result import Status
from runtime.solvers.registry import SOLVERS
from runtime.solvers.solver import PROOF_GAP

ORDER = (("big_m", "highs"), ("sos1", "scip"), ("indicator", "scip"), ("product", "scip"))
"""Second runs for followers, the most different first."""

TOLERANCE = 10.0
"""How many gaps two values may lie apart: each is within one of the truth, and exact points move a little."""


@dataclass(frozen=True)
class Crosscheck:
    """`note` for people: what was compared. `fault` when the two contradict each other."""

    note: str
    fault: Diagnostic | None = None


def crosscheck(setting: Setting, method: Method, found: Found, request: Request) -> Crosscheck:
    """Solve again by other means and compare. Says so where there are none."""
    reasons: list[str] = []
    for way, solver in _others(found):
        try:
            second = method.run(setting, replace(request, complementarity=way, solver=solver, big_m=None))
        except DiagnosticError as error:
            reasons.append(f"{_words(way, solver)}: {error.diagnostics[0].headline}")
            continue
        if (second.complementarity or way) == found.complementarity and second.solver == found.solver:
            reasons.append(f"{_words(way, solver)}: it came down to the same")
            continue
        return _compared(setting, found, second, request)
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return Crosscheck(f"no second way to solve this was found for a crosscheck{why}")


def _others(found: Found) -> list[tuple[str, str]]:
    """Reformulation and solver of second runs, other solvers first."""
    if not found.complementarity:
        return [("auto", name) for name in SOLVERS if name != found.solver]
    known = [(way, solver) for way, solver in ORDER if way != found.complementarity and way in COMPLEMENTARITIES]
    return sorted(known, key=lambda pair: pair[1] == found.solver)


def _words(way: str, solver: str) -> str:
    return solver if way in ("", "auto") else f"{way} with {solver}"


def _compared(setting: Setting, first: Found, second: Found, request: Request) -> Crosscheck:
    names = _words(first.complementarity, first.solver), _words(second.complementarity, second.solver)
    ended = (Status.INFEASIBLE, Status.UNBOUNDED)
    if first.x is None or second.x is None:
        clash = (first.status in ended or second.status in ended) and first.status is not second.status
        clash &= Status.LIMIT not in (first.status, second.status) or (first.x is not None or second.x is not None)
        told = [f"{name}: {run.status.value}" for name, run in zip(names, (first, second), strict=True)]
        note = f"crosscheck by {names[1]}: {second.status.value}"
        return Crosscheck(note, _fault(told) if clash else None)
    told, clash = [], False
    for p, value in first.claimed.items():
        if p not in first.bound:
            continue
        player, other = setting.game.players[p], second.claimed.get(p, value)
        room = TOLERANCE * max(request.options.gap, PROOF_GAP) * max(1.0, abs(value), abs(other))
        sense = player.sense
        clash |= sense * (second.bound.get(p, float("-inf") * sense) - value) > room
        clash |= sense * (first.bound[p] - other) > room
        pairs = zip(names, (value, other), strict=True)
        unit = setting.game.objective_factor[p]
        told += [f"{name}: `{player.name}.{player.objective}` = {unit * number:.9g}" for name, number in pairs]
    note = f"crosscheck by {'; '.join(told[1::2] or [f'{names[1]}: nothing to compare'])}"
    return Crosscheck(note, _fault(told) if clash else None)


def _fault(told: list[str]) -> Diagnostic:
    return Diagnostic(
        "G806",
        "two ways to solve the game contradict each other",
        notes=tuple(told),
        hints=(
            Hint("do not use the values; at least one solver is wrong: look at the scale of the data"),
            Hint("other reformulations (`--complementarity`) may tell which of them it is"),
        ),
    )
