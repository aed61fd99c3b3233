"""A GroundGame and a request in, the certified `Answer` out: choose, run, certify, and say why where there is none."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats
from compiler.reformulations.scaling import Scaled, scaled
from grammar.diagnostics import Diagnostic, Hint
from runtime.certify import PATIENCE, Claim, certify
from runtime.crosscheck import crosscheck
from runtime.history import Step
from runtime.methods.method import Found, Request
from runtime.methods.registry import choose
from runtime.methods.setting import Setting
from runtime.result import Certificate, Status
from runtime.triage import triage


@dataclass(frozen=True, eq=False)
class Answer:
    """`x` (n,) and `prices` (m,) of the game, None without an answer; `time` in seconds by stage (`reformulate`,
    `solve`, `certify`)."""

    status: Status
    method: str
    solver: str
    choice: str
    x: Floats | None
    prices: Floats | None
    certificate: Certificate
    diagnostics: tuple[Diagnostic, ...]
    time: dict[str, float]
    history: tuple[Step, ...] = ()
    claim: Claim | None = None
    """What was certified; None without an answer."""
    other_methods: Mapping[str, str] = field(default_factory=dict)
    """As in `Result`."""


def answer(game: GroundGame, request: Request) -> Answer:
    """Solve and certify. Raises DiagnosticError when no method fits (G702 to G706), options are wrong (G807) or
    solvers fail (G803, G804)."""
    clock = [time.perf_counter()]

    def lap() -> float:
        clock.append(time.perf_counter())
        return clock[-1] - clock[-2]

    better = scaled(game)
    setting = Setting.of(better.game)
    chosen = choose(setting, request.method)
    method = chosen.method
    found = method.run(setting, request)
    spent = lap()
    times = {"reformulate": max(0.0, spent - found.seconds), "solve": found.seconds}
    choice = f"{chosen.why}; solved by {found.solver}" + "".join(f"; {note}" for note in found.notes)

    diagnostics: tuple[Diagnostic, ...] = ()
    doubts: tuple[Diagnostic, ...] = ()
    if request.crosscheck:
        check = crosscheck(setting, method, found, request)
        choice, times["crosscheck"] = f"{choice}; {check.note}", lap()
        doubts = () if check.fault is None else (check.fault,)
    found = _unscaled(found, better)
    bare = Answer(
        *(found.status, method.name, found.solver, choice, found.x, found.prices),
        *(Certificate(False), doubts, times, found.history),
        other_methods=chosen.others,
    )
    if doubts and found.x is None:
        return replace(bare, status=Status.NOT_VERIFIED, certificate=Certificate(False, reasons=(doubts[0].headline,)))
    if found.x is None:
        status = found.status
        if status in (Status.LIMIT, Status.NOT_VERIFIED):
            diagnostics = found.evidence or (_limit_reached(request),)
        if found.status in (Status.INFEASIBLE, Status.UNBOUNDED):
            status, diagnostics = triage(Setting.of(game), found.status)
            times["triage"] = lap()
        return replace(bare, status=status, prices=None, diagnostics=diagnostics)

    claim = _claim(found, request, spent)
    bare = replace(bare, claim=claim)
    certificate = certify(game, claim)
    times["certify"] = lap()
    if doubts:
        words = (*certificate.reasons, *(d.headline for d in doubts))
        certificate = replace(certificate, verified=False, reasons=words)
        return replace(bare, status=Status.NOT_VERIFIED, certificate=certificate)
    status = found.status
    if status is Status.LIMIT:
        diagnostics = found.evidence or (_limit_reached(request),)
    elif status is Status.NOT_VERIFIED:
        # The method did not call it an equilibrium; nor does the certificate, or no player gains by leaving it.
        status = Status.EQUILIBRIUM if certificate.verified else status
        diagnostics = () if certificate.verified else found.evidence
    if not certificate.verified:
        status = Status.NOT_VERIFIED if status is not Status.LIMIT else status
        # Evidence says why there is no answer; that the point shown is none follows.
        diagnostics = diagnostics if found.evidence else (*diagnostics, _not_certified(certificate))
    return replace(bare, status=status, certificate=certificate, diagnostics=diagnostics)


def _unscaled(found: Found, better: Scaled) -> Found:
    """In the units of the file."""
    return replace(
        found,
        x=None if found.x is None else better.column * found.x,
        prices=None if found.prices is None else better.price * found.prices,
        claimed={p: value * better.objective[p] for p, value in found.claimed.items()},
        bound={p: value * better.objective[p] for p, value in found.bound.items()},
    )


def _claim(found: Found, request: Request, spent: float) -> Claim:
    """`spent` seconds so far; certifying has what is left of the limit, but `PATIENCE` at least."""
    assert found.x is not None
    return Claim(
        found.status,
        found.x,
        found.prices,
        found.claimed,
        found.bound,
        found.ledger,
        request.options.gap,
        found.seconds,
        None if request.time_limit is None else max(PATIENCE, request.time_limit - spent),
    )


def _limit_reached(request: Request) -> Diagnostic:
    if request.time_limit is None:
        return Diagnostic(
            "G805",
            "the search ended without a proof: that no point is better could not be confirmed",
            hints=(Hint("give bounds to what has none, also by constraints: multipliers follow from them"),),
        )
    return Diagnostic(
        "G805",
        f"the time limit of {request.time_limit:g} s came before a proof",
        hints=(Hint("raise `--time-limit`, or accept a wider `--gap`"),),
    )


def _not_certified(certificate: Certificate) -> Diagnostic:
    first, *rest = certificate.reasons
    return Diagnostic(
        "G806",
        f"the answer did not pass the certificate: {first}",
        notes=tuple(rest),
        hints=(Hint("do not use the values; try another `--method` or `--solver`, or scale the data"),),
    )
