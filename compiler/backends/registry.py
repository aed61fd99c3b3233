"""The languages that a model can be written in: one row each. A compiled model and a language in, a text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compiler.backends.bound_data import Emittable
from compiler.backends.casadi import write as write_casadi
from compiler.backends.game_json import write as write_json
from compiler.backends.pyomo import write as write_pyomo
from compiler.backends.script_request import ScriptRequest
from grammar.diagnostics import DiagnosticError, Findings, did_you_mean


@dataclass(frozen=True)
class Backend:
    """`write` takes the compiled model and what else is asked for."""

    name: str
    suffix: str
    what: str
    write: Callable[[Emittable, ScriptRequest], str]


BACKENDS: tuple[Backend, ...] = (
    Backend("pyomo", ".py", "an indexed Pyomo script that runs by itself", write_pyomo),
    Backend("casadi", ".py", "an indexed CasADi script that runs by itself with IPOPT", write_casadi),
    Backend("json", ".json", "the checked game with its data, for other tools", write_json),
)


def emit(compiled: Emittable, target: str, request: ScriptRequest | None = None, others: Sequence[str] = ()) -> str:
    """The model in the language `target`; `others` are what else the caller can write, for the diagnostic.

    Raises `DiagnosticError`: G807 for a language that does not exist, and whatever that language cannot say.
    """
    for backend in BACKENDS:
        if backend.name == target:
            return backend.write(compiled, request or ScriptRequest())
    known = [*(b.name for b in BACKENDS), *others]
    findings = Findings()
    findings.add(
        "G807",
        f"models cannot be written in `{target}`",
        notes=[f"languages: {', '.join(known)}"],
        hints=did_you_mean(target, known) or [f"choose one of them: `--to {known[0]}`"],
    )
    raise DiagnosticError(findings.sorted())
