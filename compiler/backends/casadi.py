"""A compiled model -> a CasADi script that runs by itself with the IPOPT in CasADi's wheel: for nonlinear problems, and
for games with leader and followers as a problem with complementarity, relaxed and tightened step by step. Answers are
local optima.

Reference: Scholtes, SIAM J. Optim. 11 (2001) 918.
"""

from __future__ import annotations

from compiler.backends.bound_data import Emittable
from compiler.backends.casadi_model import casadi_model
from compiler.backends.equation_origins import origins_of
from compiler.backends.joined_game import joined
from compiler.backends.laid_out import laid_out
from compiler.backends.own_problem import OwnProblem, own_problem, with_shared_as_own
from compiler.backends.pyomo import Header
from compiler.backends.pyomo_rules import Derived
from compiler.backends.script_request import ScriptRequest
from grammar.diagnostics import DiagnosticError, Findings


def write(compiled: Emittable, request: ScriptRequest) -> str:
    """The script: of a one-player game as it is, of a game with leader and followers the single-level problem, of one
    player its own problem.

    Raises `DiagnosticError`: G807 for a form, G704 for structures of players without a single level, G702 for followers
    that are not convex, G712 for what has no symbolic conditions, G107 for what the script cannot say.
    """
    findings = Findings()
    if request.form != "auto":
        findings.add(
            "G807",
            f"a CasADi script has no form `{request.form}`: it relaxes complementarity step by step",
            hints=["leave out `--form`", "`--to pyomo` has forms"],
        )
        findings.raise_errors()
    whole = compiled.game
    own = own_problem(compiled, request) if request.player else OwnProblem(compiled)
    compiled, note, single = own.compiled, own.words, None
    game = compiled.game
    notes = dict(own.notes)
    if len(game.players) == 1 and not game.players[0].domain.binders:
        game = with_shared_as_own(game)
        data = compiled.bound_data()
    else:
        single = joined(compiled, request)
        compiled = compiled.with_game(single.game)
        game, data = single.game, compiled.bound_data()
        notes |= single.notes
        note = f"{note}The single-level problem: optimality conditions of those who follow"
    derived = Derived(notes, None, bool(request.player))
    origins = origins_of(compiled.source, whole, own.again, single)
    model = casadi_model(game, data, origins, findings, derived)
    findings.raise_errors()
    if model is None:
        raise DiagnosticError(findings.sorted())
    return laid_out(
        "casadi.py.j2",
        model=model,
        header=Header.of(compiled, request.version, note, single is not None and single.original is whole),
        forgiving=derived.forgiving,
    )
