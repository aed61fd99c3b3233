"""A named problem in, the texts of an AMPL nl file, and of the names that go with it, out. Pyomo writes them.

`.nl` holds the problem; `.row` and `.col` one name a line, in the order of the file, which puts what is nonlinear
first. In the nl file a comment beside each constraint says where it comes from. Pairs are SOS1 sets, by the suffixes
`sosno` and `ref`. Rows without limits and columns that occur nowhere are left out.
Reference: Gay, Writing .nl files, Sandia report SAND2005-7907P.
"""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np

from compiler.flat_exports.mps_text import by_row
from compiler.flat_exports.named_problem import NamedProblem, file_names


def nl_files(problem: NamedProblem) -> dict[str, str]:
    """Texts by the endings of their files."""
    from pyomo.repn.plugins.nl_writer import NLWriter

    text, rows, columns = io.StringIO(), io.StringIO(), io.StringIO()
    # Presolving would leave columns out that others look for.
    NLWriter().write(_model(problem), text, rows, columns, symbolic_solver_labels=True, linear_presolve=False)
    of_rows = problem.places or [""] * len(problem.row_names)
    of_columns = problem.column_places or [""] * len(problem.column_names)
    curves = [
        (f"{curve.function}.{problem.column_names[result]}", of_columns[result])
        for curve in problem.curves
        for result in curve.result.tolist()
    ]
    curve_names = file_names((name for name, _ in curves), [*problem.row_names, problem.objective_name])
    names = {"x": problem.column_names, "c": problem.row_names, "f": curve_names}
    places = {"x": [""] * len(problem.column_names), "c": of_rows, "f": [place for _, place in curves]}

    def named(match: re.Match[str]) -> str:
        return names[match[1]][int(match[2])]

    def commented(match: re.Match[str]) -> str:
        name, place = names[match[3]][int(match[4])], places[match[3]][int(match[4])]
        beside = f" {place}" if match[1] == "C" and place else ""
        return f"{match[1]}{match[2]}#{name}{beside}"

    label = r"([xcf])\[(\d+)\]"
    body = re.sub(rf"^(\w?)(.*?)#{label}$", commented, text.getvalue(), flags=re.MULTILINE)
    body = re.sub(r"#goal$", f"#{problem.objective_name}", body, flags=re.MULTILINE)
    row_text = re.sub(rf"^{label}$", named, rows.getvalue(), flags=re.MULTILINE)
    row_text = re.sub(r"^goal$", problem.objective_name, row_text, flags=re.MULTILINE)
    column_text = re.sub(rf"^{label}$", named, columns.getvalue(), flags=re.MULTILINE)
    longest = [max(map(len, t.split("\n"))) for t in (row_text, column_text)]
    body = re.sub(r"^ \d+ \d+(\t# max name lengths)", rf" {longest[0]} {longest[1]}\1", body, flags=re.MULTILINE)
    return {".nl": body, ".row": row_text, ".col": column_text}


def _model(problem: NamedProblem) -> Any:
    import pyomo.environ as pe

    n = len(problem.column_names)
    model = pe.ConcreteModel()
    limits = list(zip(_finite(problem.lower), _finite(problem.upper), strict=True))
    model.x = pe.Var(
        range(n),
        bounds=lambda _, k: limits[k],
        domain=lambda _, k: pe.Integers if problem.integer[k] else pe.Reals,
    )
    x = [model.x[k] for k in range(n)]
    used = np.flatnonzero(problem.cost).tolist()
    goal = pe.quicksum(float(problem.cost[k]) * x[k] for k in used) + problem.constant
    quad = problem.cost_quad
    goal += _products(x, quad.i.tolist(), quad.j.tolist(), quad.value.tolist())
    model.goal = pe.Objective(expr=goal, sense=pe.maximize if problem.maximize else pe.minimize)
    products = dict(by_row(problem.row_quad))
    starts, indices, data = (a.tolist() for a in (problem.matrix.indptr, problem.matrix.indices, problem.matrix.data))
    model.c = pe.Constraint(pe.Any)
    for k, (low, high) in enumerate(zip(_finite(problem.row_lower), _finite(problem.row_upper), strict=True)):
        body = pe.quicksum(data[e] * x[indices[e]] for e in range(starts[k], starts[k + 1])) + 0.0 * x[0]
        if k in products:
            part = products[k]
            body += _products(x, part.i.tolist(), part.j.tolist(), part.value.tolist())
        if low is not None or high is not None:
            model.c[k] = (low, body, high)
    model.f = pe.Constraint(pe.Any)
    count = 0
    for curve in problem.curves:
        for a, z, p, relation in zip(
            *(a.tolist() for a in (curve.argument, curve.result, curve.parameter, curve.relation)), strict=True
        ):
            value = _value(pe, curve.function, x[a], p)
            model.f[count] = (0.0 if relation >= 0 else None, x[z] - value, 0.0 if relation <= 0 else None)
            count += 1
    pairs = problem.sos1.tolist()
    if pairs:
        model.s = pe.SOSConstraint(range(len(pairs)), var=model.x, sos=1, index=dict(enumerate(pairs)))
    return model


def _value(pe: Any, function: str, x: Any, exponent: float) -> Any:
    # Solvers that prove optima, SCIP among them, read no `tan` and no `tanh`.
    if function == "tan":
        return pe.sin(x) / pe.cos(x)
    if function == "tanh":
        return 1 - 2 / (pe.exp(2 * x) + 1)
    return x**exponent if function == "power" else getattr(pe, function)(x)


def _products(x: list[Any], first: list[int], second: list[int], values: list[float]) -> Any:
    return sum(
        value * (x[i] ** 2 if i == j else x[i] * x[j]) for i, j, value in zip(first, second, values, strict=True)
    )


def _finite(limits: np.ndarray) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in limits.tolist()]
