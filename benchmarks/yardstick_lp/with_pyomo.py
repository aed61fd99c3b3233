"""The yardstick LP as a Pyomo model, and two ways from there into HiGHS. Data come from `by_hand.read`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from benchmarks.yardstick_lp.by_hand import Tables


def build(tables: Tables) -> Any:
    """The ConcreteModel, written as Pyomo's users write it: rules over sets."""
    T, U = range(1, len(tables.hours) + 1), range(len(tables.units))
    S, B = range(len(tables.batteries)), range(len(tables.basins))
    load, need, fuel = (dict(zip(T, column, strict=True)) for column in tables.hours.T.tolist())
    cap, ramp, cost = tables.units.T.tolist()
    power, energy, wear = tables.batteries.T.tolist()
    turbine, volume, inflow = tables.basins.T.tolist()
    room = {(u, t): cap[u] * a for u, row in enumerate(tables.available.tolist()) for t, a in zip(T, row, strict=True)}
    eta, first, last = 0.95, 1, len(T)

    m = pyo.ConcreteModel()
    m.T, m.U, m.S, m.B = pyo.RangeSet(last), pyo.Set(initialize=U), pyo.Set(initialize=S), pyo.Set(initialize=B)
    m.p = pyo.Var(m.U, m.T, bounds=lambda _, u, t: (0, room[u, t]))
    m.r = pyo.Var(m.U, m.T, within=pyo.NonNegativeReals)
    m.ch = pyo.Var(m.S, m.T, bounds=lambda _, s, t: (0, power[s]))
    m.dis = pyo.Var(m.S, m.T, bounds=lambda _, s, t: (0, power[s]))
    m.soc = pyo.Var(m.S, m.T, bounds=lambda _, s, t: (energy[s] / 2 if t == last else 0, energy[s]))
    m.flow = pyo.Var(m.B, m.T, bounds=lambda _, b, t: (-turbine[b], turbine[b]))
    m.stock = pyo.Var(m.B, m.T, bounds=lambda _, b, t: (0, volume[b]))
    m.short = pyo.Var(m.T, within=pyo.NonNegativeReals)

    m.bill = pyo.Objective(
        expr=pyo.quicksum(cost[u] * fuel[t] * m.p[u, t] for u in U for t in T)
        + pyo.quicksum(wear[s] * m.dis[s, t] for s in S for t in T)
        + pyo.quicksum(3000.0 * m.short[t] for t in T)
    )
    m.headroom = pyo.Constraint(m.U, m.T, rule=lambda m, u, t: m.p[u, t] + m.r[u, t] <= room[u, t])

    def gentle(m: Any, u: int, t: int) -> Any:
        return pyo.Constraint.Skip if t == first else (-ramp[u], m.p[u, t] - m.p[u, t - 1], ramp[u])

    def state(m: Any, s: int, t: int) -> Any:
        before = energy[s] / 2 if t == first else m.soc[s, t - 1]
        return m.soc[s, t] == before + eta * m.ch[s, t] - m.dis[s, t] / eta

    def water(m: Any, b: int, t: int) -> Any:
        return m.stock[b, t] == m.stock[b, last if t == first else t - 1] + inflow[b] - m.flow[b, t]

    def balance(m: Any, t: int) -> Any:
        made = pyo.quicksum(m.p[u, t] for u in U) + pyo.quicksum(m.dis[s, t] - m.ch[s, t] for s in S)
        return made + pyo.quicksum(m.flow[b, t] for b in B) + m.short[t] == load[t]

    m.gentle = pyo.Constraint(m.U, m.T, rule=gentle)
    m.state = pyo.Constraint(m.S, m.T, rule=state)
    m.water = pyo.Constraint(m.B, m.T, rule=water)
    m.reserve = pyo.Constraint(m.T, rule=lambda m, t: pyo.quicksum(m.r[u, t] for u in U) >= need[t])
    m.balance = pyo.Constraint(m.T, rule=balance)
    return m


def persistent(model: Any) -> Any:
    """Through the interface that stays connected: the solver, whose `solve(model)` then takes the model as it is."""
    from pyomo.contrib.appsi.solvers import Highs

    solver = Highs()
    solver.highs_options = {"threads": 1}
    solver.set_instance(model)
    return solver


def standard_form(model: Any) -> Any:
    """Through Pyomo's compiler of matrices and `passModel`: the quickest way there is."""
    import highspy
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    matrix = form.A.tocsc()
    bounds = [v.bounds for v in form.columns]
    lower = np.array([-np.inf if a is None else a for a, _ in bounds])
    upper = np.array([np.inf if b is None else b for _, b in bounds])
    kinds = np.array([kind for _, kind in form.rows])  # 0 is `==`, 1 is `<=`, -1 is `>=`
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    none, integer = np.zeros(0, np.int32), np.zeros(len(lower), np.int32)
    highs.passModel(
        *(len(lower), len(form.rhs), matrix.nnz, 0, 1, 1, 1, float(form.c_offset[0])),
        *(form.c.toarray().ravel(), lower, upper),
        *(np.where(kinds <= 0, form.rhs, -np.inf), np.where(kinds >= 0, form.rhs, np.inf)),
        *(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data),
        *(none, none, np.zeros(0), integer),
    )
    return highs
