"""The options of every command that solves. In: a command that takes them as one mapping `options`; out: the same with
each of them in its signature, from which the command line is made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints

from gamec import options as kinds

SOLVING: tuple[tuple[str, Any, object], ...] = (
    ("method", kinds.Method, "auto"),
    ("solver", kinds.Solver, "auto"),
    ("time_limit", kinds.TimeLimit, None),
    ("gap", kinds.Gap, None),
    ("seed", kinds.Seed, 0),
    ("complementarity", kinds.Complementarity, "auto"),
    ("big_m", kinds.BigM, None),
    ("crosscheck", kinds.Crosscheck, False),
    ("population", kinds.Population, None),
    ("generations", kinds.Generations, None),
    ("workers", kinds.Workers, None),
    ("executor", kinds.Executor, "auto"),
    ("starts", kinds.Starts, None),
    ("iterations", kinds.Iterations, None),
    ("damping", kinds.Damping, None),
    ("order", kinds.Order, "auto"),
    ("proximal", kinds.Proximal, None),
    ("rest", kinds.Rest, None),
)
"""Names as `runtime.asked.SolveOptions` has them, what the command line makes of them, and their defaults."""


def with_solving_options(run: Callable[..., int]) -> Callable[..., int]:
    """`run` with the options of `SOLVING` in place of its parameter `options`, but for those that it has itself."""
    own = signature(run).parameters
    solving = [row for row in SOLVING if row[0] not in own]

    @wraps(run)
    def command(**given: Any) -> int:
        options = {name: given.pop(name) for name, _, _ in solving}
        return run(**given, options=options)

    hints = get_type_hints(run, include_extras=True)
    parameters: list[Parameter] = []
    for parameter in own.values():
        if parameter.name == "options":
            parameters += [
                Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
                for name, kind, default in solving
            ]
        else:
            parameters.append(parameter.replace(annotation=hints[parameter.name]))
    command.__signature__ = signature(run).replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": int}
    return command
