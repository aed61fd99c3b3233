"""What callers may ask of a solve, by name: `SolveOptions`. Names and values in, a `Request` out, with the file's own
hints where the caller leaves the choice open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypedDict, Unpack

from compiler.ir.game import Option
from runtime.history import Watch
from runtime.journal import Journal
from runtime.methods.method import Iteration, Request, Search


class SolveOptions(TypedDict, total=False):
    """How to solve. What is left out, None or `auto`, is for the method to choose.

    `method` and `solver` by name; `time_limit` in seconds for solving and certifying, which has what is left of it, but
    10 s at least; `gap` relative; `seed` of whatever is random.
    `complementarity` names how followers' complementary pairs are kept (`sos1`, `big_m`, `indicator`, `product`,
    `strong_duality`); `big_m` is assumed where big-M needs a bound that cannot be derived, and the status is then
    `optimal_if_bounds`. `crosscheck` solves again by another reformulation and solver, and compares.
    Searches over a leader (`particle_swarm`, `differential_evolution`, `cma_es`, `nested`) try `population` points in
    each of `generations`, on `workers` at once by an `executor` (`threads`, `processes`, or `dask:ADDRESS`); the answer
    does not depend on the last two.
    Iterations over players (`best_response`, `diagonalisation`) begin at `starts` points, `iterations` from each at
    most, in an `order` (`gauss_seidel`, `jacobi`), going the part `damping` of each way, with the weight `proximal` on
    its squared length, until decisions rest within `rest`. `watch` hears of each iteration and may end them; a
    `journal` keeps what they find, so that they can go on after a kill.
    """

    method: str
    solver: str
    time_limit: float | None
    gap: float | None
    seed: int
    complementarity: str
    big_m: float | None
    crosscheck: bool
    population: int | None
    generations: int | None
    workers: int | None
    executor: str
    starts: int | None
    iterations: int | None
    damping: float | None
    order: str
    proximal: float | None
    rest: float | None
    watch: Watch
    journal: Journal


PARTS = {"search": Search, "iteration": Iteration}
"""Fields of a Request that hold choices of their own."""

PART_OF = {f.name: part for part, kind in PARTS.items() for f in fields(kind)}


def request_of(**options: Unpack[SolveOptions]) -> Request:
    """Raises TypeError for a name that is no option."""
    return _with(Request(), dict(options))


def hinted(request: Request, options: Sequence[Option]) -> Request:
    """The request with the model's own `solve { }` hints where the caller left the choice open."""
    default = Request()
    hints = {o.name: o.value for o in options if choice(request, o.name) == choice(default, o.name)}
    whole = {name: int(value) if name in WHOLE else value for name, value in hints.items()}
    return _with(request, whole)


WHOLE = frozenset({"seed", "population", "generations", "workers", "starts", "iterations"})
"""Hints that are whole numbers; the file has them as any other number."""


def choice(request: Request, name: str) -> object:
    """What the request says of an option."""
    return getattr(getattr(request, PART_OF[name]), name) if name in PART_OF else getattr(request, name)


def _with(request: Request, values: dict[str, Any]) -> Request:
    """Raises TypeError for a name that is no option."""
    for part in PARTS:
        mine = {name: values.pop(name) for name in list(values) if PART_OF.get(name) == part}
        if mine:
            request = replace(request, **{part: replace(getattr(request, part), **mine)})
    return replace(request, **values)
