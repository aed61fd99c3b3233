"""The methods, one row each, and the choice among them."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from runtime.methods.best_response import BestResponse
from runtime.methods.cma_es import CMA_ES
from runtime.methods.diagonalisation import Diagonalisation
from runtime.methods.differential_evolution import DIFFERENTIAL_EVOLUTION
from runtime.methods.enumeration import ENUMERATION
from runtime.methods.joint_conditions import JointConditions
from runtime.methods.joint_stationarity import JointStationarity
from runtime.methods.kkt import Kkt
from runtime.methods.method import Choice, Method
from runtime.methods.mpcc import Mpcc
from runtime.methods.nested import Nested
from runtime.methods.particle_swarm import PARTICLE_SWARM
from runtime.methods.pessimistic import Pessimistic
from runtime.methods.setting import Setting
from runtime.methods.single_level import SingleLevel
from runtime.methods.tangent_conditions import TangentConditions
from runtime.methods.value_function import ValueFunction

METHODS: dict[str, Method] = {
    "single_level": SingleLevel(),
    "kkt": Kkt(),
    "pessimistic": Pessimistic(),
    "joint_conditions": JointConditions(),
    "tangent_conditions": TangentConditions(),
    "value_function": ValueFunction(),
    "enumeration": ENUMERATION,
    "best_response": BestResponse(),
    "diagonalisation": Diagonalisation(lambda setting, wanted: choose(setting, wanted)),
    "joint_stationarity": JointStationarity(lambda setting, wanted: choose(setting, wanted)),
    "mpcc": Mpcc(),
    "nested": Nested(lambda setting, wanted: choose(setting, wanted)),
    "cma_es": CMA_ES,
    "differential_evolution": DIFFERENTIAL_EVOLUTION,
    "particle_swarm": PARTICLE_SWARM,
}
"""In the order in which `auto` asks them: what proves most first, searches last; `enumeration` before all where it
pays."""

WORKS = (
    "what works: one player; one leader with direct followers; players none of whom follows another; several leaders"
)


FITS = "fits too"
"""Of a method that was not taken although it could be."""


def choose(setting: Setting, wanted: str) -> Choice:
    """The method to use. Raises DiagnosticError: G807 for an unknown or unfit `wanted`, else what no method can
    solve."""
    if wanted != "auto":
        if wanted not in METHODS:
            hints = did_you_mean(wanted, METHODS) or (Hint(f"methods are auto, {', '.join(METHODS)}"),)
            raise DiagnosticError([Diagnostic("G807", f"there is no method `{wanted}`", hints=hints)])
        refusal = METHODS[wanted].refuses(setting)
        if refusal is None:
            return Choice(METHODS[wanted], f"{wanted}: asked for; the game is {setting.described()}")
        if refusal.diagnostics:
            raise DiagnosticError(refusal.diagnostics)
        fit = [name for name, method in METHODS.items() if method.refuses(setting) is None]
        hint = Hint(f"use `--method {fit[0]}`" if fit else "no method of this version fits this game")
        headline = f"method `{wanted}` does not fit: {refusal.reason}"
        raise DiagnosticError(
            [Diagnostic("G807", headline, notes=(f"the game is {setting.described()}",), hints=(hint,))]
        )

    refusals = {name: method.refuses(setting) for name, method in METHODS.items()}
    fit = [name for name, refusal in refusals.items() if refusal is None]
    if fit:
        sooner = ENUMERATION.name in fit and ENUMERATION.pays(setting)
        name = ENUMERATION.name if sooner else fit[0]
        because = "few decisions of the leader multiply followers' own in constraints, so all are tried; " * sooner
        others = {n: FITS if r is None else r.reason for n, r in refusals.items() if n != name}
        return Choice(METHODS[name], f"{name}: {because}the game is {setting.described()}", others)
    nearest = next((r for r in refusals.values() if r is not None and r.fits and r.diagnostics), None)
    if nearest is not None:
        raise DiagnosticError(tuple(dict.fromkeys(nearest.diagnostics)))
    game = setting.game
    raise DiagnosticError(
        [
            Diagnostic(
                "G704",
                f"no method of this version solves {setting.described()}",
                next((player.span for player in game.players if player.leaders and player.span), None),
                "follows, but not one leader above all",
                notes=tuple(f"{name}: {refusal.reason}" for name, refusal in refusals.items() if refusal is not None),
                hints=(Hint(WORKS),),
            )
        ]
    )
