"""What makes the points of a search over the leader: `Sampler`; and what pymoo's populations need to be one.

Points lie in the unit box. A sampler compares them by Deb's rule: a point with a value beats one without, the better
value beats the worse, and of two without the one that violates less wins. No constant trades one for the other.
Reference: Deb, Comput. Methods Appl. Mech. Engrg. 186 (2000) 311.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from compiler.ground.sparse import Floats, Ints
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


class Sampler(Protocol):
    """A stream of generations of points (k, d)."""

    def ask(self) -> Floats:
        """The next generation, in the unit box."""
        ...

    def tell(self, points: Floats, values: Floats, violations: Floats) -> str:
        """What the points asked for turned out to be: where they were moved to, their values as if minimised (k,),
        their violations (k,). Returns a word for the history where the search does something special next."""
        ...


def ranks(values: Floats, violations: Floats) -> Ints:
    """By Deb's rule, 0 the best; equals have equal ranks: (k,)."""
    known = np.where(violations > 0, 0.0, values)
    order = np.lexsort((known, violations))
    steps = (known[order][1:] != known[order][:-1]) | (violations[order][1:] != violations[order][:-1])
    found = np.empty(len(values), np.int64)
    found[order] = np.concatenate([[0], np.cumsum(steps)])
    return found


def spread_points(count: int, dimension: int, rng: np.random.Generator, first: Floats | None) -> Floats:
    """A Latin hypercube of the unit box (McKay, Beckman and Conover, Technometrics 21 (1979) 239): (count, dimension);
    `first` (dimension,) takes the place of its first point."""
    cells = np.stack([rng.permutation(count) for _ in range(dimension)], axis=1)
    points: Floats = (cells + rng.random((count, dimension))) / count
    if first is not None:
        points[0] = first
    return points


class Population:
    """An algorithm of pymoo as a Sampler."""

    def __init__(self, algorithm: Any, dimension: int, seed: int) -> None:
        """`algorithm` is made by a function of this class's caller; see `imported`."""
        from pymoo.core.problem import Problem

        self._problem = Problem(n_var=dimension, n_obj=1, n_ieq_constr=1, xl=np.zeros(dimension), xu=np.ones(dimension))
        algorithm.setup(self._problem, termination=("n_gen", np.iinfo(np.int64).max), seed=seed, verbose=False)
        self._algorithm = algorithm
        self._asked: Any = None

    def ask(self) -> Floats:
        self._asked = self._algorithm.ask()
        points: Floats = np.asarray(self._asked.get("X"), np.float64)
        return points

    def tell(self, points: Floats, values: Floats, violations: Floats) -> str:
        from pymoo.core.evaluator import Evaluator
        from pymoo.problems.static import StaticProblem

        self._asked.set("X", points)
        # Where there is no value pymoo must not see one; it compares violations there.
        known = np.where(violations > 0, 0.0, values)
        static = StaticProblem(self._problem, F=known[:, None], G=violations[:, None])
        Evaluator().eval(static, self._asked)
        self._algorithm.tell(infills=self._asked)
        return ""


def missing_package(package: str, method: str) -> DiagnosticError:
    """G803 for a method whose package is not there."""
    hints = (Hint("`pip install gamec[searches]` brings it"), Hint("`--method cma_es` needs no more than gamec has"))
    return DiagnosticError([Diagnostic("G803", f"method `{method}` needs the package `{package}`", hints=hints)])
