"""The paths of an MPS and an AUX file and a request in, a `Result` out: read, solve, certify, name."""

from __future__ import annotations

import time

from runtime.answer import answer
from runtime.instances.bilevel_files import read_bilevel
from runtime.methods.method import Request
from runtime.result import Result, Value


def solve_files(mps: str, aux: str, request: Request) -> Result:
    """Solve the game that the two files describe. Values have the names of the MPS file. Raises DiagnosticError: G001,
    G002, G506, and as `runtime.answer.answer`."""
    before = time.perf_counter()
    game, warnings = read_bilevel(mps, aux)
    seconds = time.perf_counter() - before
    found = answer(game, request)
    objectives: dict[str, float] = {}
    values: dict[str, Value] = {}
    if found.x is not None:
        at = game.objectives_at(found.x).tolist()
        objectives = {f"{p.name}.{p.objective}": v for p, v in zip(game.players, at, strict=True)}
        values = {block.name: float(found.x[block.start]) for block in game.column_blocks}
    return Result(
        game=game.name,
        status=found.status,
        method=found.method,
        solver=found.solver,
        objectives=objectives,
        value_of=values,
        certificate=found.certificate,
        diagnostics=(*warnings, *found.diagnostics),
        time={"read": seconds, **found.time},
        choice=found.choice,
        docs=dict.fromkeys([*objectives, *values], ""),
        units=dict.fromkeys([*objectives, *values], ""),
        history=found.history,
        other_methods=found.other_methods,
    )
