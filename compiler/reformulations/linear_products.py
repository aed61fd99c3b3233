"""Prices times quantities in a leader's objective, written as linear terms where the followers' duality allows it.

From: a Program of optimality conditions with products in its objective.
To: the same value at every complementary point, by the identities
      v_j * (stationarity row j) = 0  with  v_j dL_j = low_j dL_j  and  v_j dU_j = high_j dU_j,
      y_i * (row i without its slack) = limit_i y_i,
    of which such a sum is taken that its products are those of the objective. Then its linear terms stand for them.
    For a storage that sells at its price p to followers: sum p v = the followers' dual value less their other costs.
    For a producer paid the clearing price: price*g = price*load less the rivals' costs and scarcity rents.
Requires: nothing; products that no sum of identities gives remain. Each connected block of products is all or none.
Exact: at complementary points, up to rounding; the two objectives differ elsewhere.
Way back: nothing to undo, the columns are the same.
Reference: Ruiz and Conejo, IEEE Trans. Power Syst. 24 (2009) 1855; Fernandez-Blanco, Arroyo and Alguacil, IEEE Trans.
    Power Syst. 27 (2012) 1068.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curvature import components
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program

LARGEST = 2500
"""Order of the largest block of identities that is solved: a dense least-squares problem of seconds."""

EXACT = 1e-9
"""Largest product that may be left over, relative: above it the identities do not give the objective's products."""


def linear_products(game: GroundGame, program: Program) -> Program:
    """The Program with as many products of its objective as possible made linear; itself if there are none."""
    goal = _in_multipliers(program)
    if not goal.entries:
        return program
    number, key, value, linear = _identities(game, program, Duality.of(game, program))
    count = linear.rows
    wanted = goal.i * np.int64(program.columns) + goal.j
    keys, flat = np.unique(np.concatenate([wanted, key]), return_inverse=True)
    target, place = flat[: len(wanted)], flat[len(wanted) :]
    label = components(number, count + place, count + len(keys))
    cost, gone = program.cost.copy(), np.zeros(goal.entries, np.bool_)
    for name in np.unique(label[count + target]).tolist():
        mine = np.flatnonzero(label[count + target] == name)
        own = np.flatnonzero(label[number] == name)
        identities, i = np.unique(number[own], return_inverse=True)
        products, j = np.unique(place[own], return_inverse=True)
        if not len(identities) or len(identities) > LARGEST or not np.isin(target[mine], products).all():
            continue
        matrix = np.zeros((len(products), len(identities)))
        matrix[j, i] = value[own]
        rhs = np.zeros(len(products))
        rhs[np.searchsorted(products, target[mine])] = goal.value[mine]
        weight = np.linalg.lstsq(matrix, rhs, rcond=1e-12)[0]
        weight[np.abs(weight) <= 1e-13 * np.max(np.abs(weight), initial=0.0)] = 0.0
        if np.max(np.abs(matrix @ weight - rhs)) > EXACT * np.max(np.abs(rhs)):
            continue
        # products + linear = 0 for every identity, so the products equal minus the linear terms.
        part = linear.take_rows(identities)
        np.add.at(cost, part.indices, -weight[part.row_numbers()] * part.data)
        gone[mine] = True
    return replace(program, cost=cost, cost_quad=goal.take(~gone)) if gone.any() else program


def _in_multipliers(program: Program) -> Quad:
    """The products of the objective with every price column written as the multipliers that it stands for."""
    goal = program.cost_quad
    price_row = np.full(program.columns, -1, np.int64)
    for part in program.row_parts:
        if part.role == "price":
            price_row[part.source] = np.arange(part.start, part.stop)
    for _ in range(2):
        priced = np.where(price_row[goal.i] >= 0, goal.i, goal.j)
        other = np.where(price_row[goal.i] >= 0, goal.j, goal.i)
        chosen = np.flatnonzero(price_row[priced] >= 0)
        if not len(chosen):
            break
        rows = program.matrix.take_rows(price_row[priced[chosen]])
        line = rows.row_numbers()
        own = rows.indices == priced[chosen][line]
        unit = np.zeros(len(chosen))
        unit[line[own]] = rows.data[own]
        line, column, value = line[~own], rows.indices[~own], -rows.data[~own] / unit[line[~own]]
        kept = goal.take(price_row[priced] < 0)
        goal = Quad.from_entries(
            np.zeros(kept.entries + len(line), np.int64),
            np.concatenate([kept.i, other[chosen][line]]),
            np.concatenate([kept.j, column]),
            np.concatenate([kept.value, goal.value[chosen][line] * value]),
            program.columns,
        )
    return goal


def _identities(game: GroundGame, program: Program, duality: Duality) -> tuple[Ints, Ints, Floats, Csr]:
    """Products of the identities (identity, key of the pair of columns, coefficient) and their linear terms as rows."""
    n, dual, slack = program.columns, duality.duals(program.columns), duality.slacks(program.columns)
    reduced = dual.copy()
    reduced[duality.multiplier] = False
    first = np.flatnonzero(duality.plain[duality.owner])
    second = np.flatnonzero(duality.plain[duality.row_owner])
    part = program.matrix.take_rows(duality.stationarity[first])
    row = part.row_numbers()
    keep = ~reduced[part.indices]
    column = duality.column[first]
    quads = [(row[keep], column[row[keep]], part.indices[keep], part.data[keep])]
    terms = [(np.arange(len(first)), column, -program.row_lower[duality.stationarity[first]])]
    for bound, side, sign in ((duality.low, game.lower, -1.0), (duality.high, game.upper, 1.0)):
        there = np.flatnonzero(bound[first] >= 0)
        terms.append((there, bound[first][there], sign * side[column[there]]))
    part = program.matrix.take_rows(duality.row[second])
    row = part.row_numbers()
    keep = ~slack[part.indices]
    multiplier = duality.multiplier[second]
    shift = len(first)
    quads.append((shift + row[keep], multiplier[row[keep]], part.indices[keep], part.data[keep]))
    terms.append((shift + np.arange(len(second)), multiplier, -duality.limit[second]))
    number, i, j = (np.concatenate([q[k] for q in quads]) for k in range(3))
    value = np.concatenate([q[3] for q in quads])
    # A factor with one value leaves a linear term.
    fixed = program.lower == program.upper
    known, free = np.where(fixed[i], i, j), np.where(fixed[i], j, i)
    single = fixed[i] | fixed[j]
    terms.append((number[single], free[single], value[single] * program.lower[known[single]]))
    number, i, j, value = number[~single], i[~single], j[~single], value[~single]
    quad = Quad.from_entries(number, i, j, value, n)
    linear = Csr.from_coo(
        np.concatenate([t[0] for t in terms]),
        np.concatenate([t[1] for t in terms]),
        np.concatenate([t[2] for t in terms]),
        len(first) + len(second),
        n,
    )
    return quad.row, quad.i * np.int64(n) + quad.j, quad.value, linear
