"""A compiled game of a leader and followers, and a request -> its single-level problem, checked: `joined`, with the
comments and the limits of complementarities that scripts need."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.backends.bound_data import Emittable, Key
from compiler.backends.script_request import FORMS, Limits, ScriptRequest
from compiler.derivation import SingleLevel, single_level
from compiler.derivation.single_level import levels
from compiler.derivation.unheeded import unheeded
from compiler.ir.words import show
from grammar.diagnostics import Findings, did_you_mean


def joined(compiled: Emittable, request: ScriptRequest, *, settles: bool = False) -> SingleLevel:
    """The single-level problem in the form asked for; with `settles` the conditions of followers whom nobody heeds are
    left to a second problem. Raises `DiagnosticError`: G807 for a form that does not exist,
    G704, G712 as `single_level`, G702 for a follower whose conditions prove nothing."""
    findings = Findings()
    if request.form not in FORMS:
        findings.add(
            "G807",
            f"there is no form `{request.form}`",
            notes=[f"forms: {', '.join(FORMS)}"],
            hints=did_you_mean(request.form, FORMS) or [f"choose one of {', '.join(FORMS)}"],
        )
        findings.raise_errors()
    data = compiled.bound_data()
    leader, followers = levels(compiled.game, findings)
    findings.raise_errors()
    form = "duality" if request.form == "strong-duality" else "kkt"
    aside = unheeded(compiled.game, followers, data.absent, data.endless) if settles and leader is not None else ()
    single = single_level(compiled.game, form, data.absent, aside, data.lifted)
    for player in followers:
        problem = data.problems.get(player.name)
        if problem is not None and not problem.convex:
            findings.add(
                "G702",
                f"the problem of `{player.name}` is a {problem.name}: its optimality conditions prove nothing",
                problem.span or player.signature.span,
                problem.reason,
                hints=[
                    "a minimised objective must be convex and a maximised one concave in the player's own variables"
                ],
            )
    findings.raise_errors()
    return single


def pair_limits(single: SingleLevel, request: ScriptRequest) -> Mapping[int, Mapping[Key, Limits]]:
    """Proven largest values of both sides of every complementarity, by identity of its row. Raises `DiagnosticError`
    (G710) naming the first that has none."""
    findings = Findings()
    known = {} if request.limits is None else request.limits(single.multipliers)
    found: dict[int, Mapping[Key, Limits]] = {}
    for row, multiplier in single.pairs.items():
        limits = known.get(id(multiplier))
        found[row] = limits or {}
        fault = next((k for k, pair in found[row].items() if _endless(pair)), None)
        if limits is None or fault is not None:
            at = "" if not fault else f" at {', '.join(show(k) for k in fault)}"
            findings.add(
                "G710",
                f"no largest value of the {multiplier.definition.signature.doc}{at} can be proven, which big-M needs",
                multiplier.definition.signature.span,
                "without a bound",
                hints=[
                    "`--form kkt-sos1` needs no bounds",
                    "give the follower's variables bounds, and prices and other coefficients of the leader's too",
                ],
            )
    findings.raise_errors()
    return found


def _endless(pair: Limits) -> bool:
    return float("inf") in pair
