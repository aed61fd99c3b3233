"""Prices times quantities in a leader's objective and rows, written as linear terms where the followers' duality
allows it.

From: a Program of optimality conditions with products in its objective, or in rows that are no follower's.
To: the same value at every complementary point, by the identities
      v_j * (stationarity row j) = 0  with  v_j dL_j = low_j dL_j  and  v_j dU_j = high_j dU_j,
      y_i * (row i without its slack) = limit_i y_i,
    of which such a sum is taken that its products are those of the objective. Then its linear terms stand for them,
    in the objective also the squares that a follower's own quadratic cost brings in, where they are convex.
    For a storage that sells at its price p to followers: sum p v = the followers' dual value less their other costs.
    For a producer paid the clearing price: price*g = price*load less the rivals' costs and scarcity rents.
Requires: nothing; products that no sum of identities gives remain, and those where what the follower's own quadratic
    leaves over is not convex. Each connected block of products is all or none.
Exact: at complementary points, up to rounding; elsewhere objective and rows differ from the former ones.
Way back: nothing to undo, the columns are the same.
Reference: Ruiz and Conejo, IEEE Trans. Power Syst. 24 (2009) 1855; Fernandez-Blanco, Arroyo and Alguacil, IEEE Trans.
    Power Syst. 27 (2012) 1068.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curvature import components, shape_of
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program

LARGEST = 2500
"""Order of the largest block of identities that is solved: a dense least-squares problem of seconds."""

EXACT = 1e-9
"""Largest product that may be left over, relative: above it the identities do not give the objective's products."""


def linear_products(game: GroundGame, program: Program) -> Program:
    """The Program with as many products of its objective and of rows without a multiplier as possible made linear;
    itself if there are none."""
    goal = _in_multipliers(program, _products(program))
    if not goal.entries:
        return program
    n, duality = program.columns, Duality.of(game, program)
    number, key, value, linear = _identities(game, program, duality)
    count = linear.rows
    wanted = goal.i * np.int64(n) + goal.j
    keys, flat = np.unique(np.concatenate([wanted, key]), return_inverse=True)
    target, place = flat[: len(wanted)], flat[len(wanted) :]
    label = components(number, count + place, count + len(keys))
    # Products of two columns of one follower need not vanish: they are its own quadratic cost.
    owner = np.full(n, -1, np.int64)
    owner[duality.column] = duality.owner
    inner = (owner[keys // n] >= 0) & (owner[keys // n] == owner[keys % n])
    mixed = ~inner[target]
    gone = np.zeros(goal.entries, np.bool_)
    terms: list[tuple[Ints, Ints, Floats]] = []
    brought: list[tuple[Ints, Floats]] = []
    label_of = label[number]
    order = np.argsort(label_of, kind="stable")
    wanting = np.flatnonzero(mixed)
    wanting = wanting[np.argsort(label[count + target[wanting]], kind="stable")]
    names, starts = np.unique(label[count + target[wanting]], return_index=True)
    ends = np.append(starts[1:], len(wanting))
    first, last = (np.searchsorted(label_of[order], names, side) for side in ("left", "right"))
    for name in range(len(names)):
        mine, block = wanting[starts[name] : ends[name]], order[first[name] : last[name]]
        own = block[~inner[place[block]]]
        identities, i = np.unique(number[own], return_inverse=True)
        products, j = np.unique(place[own], return_inverse=True)
        if not len(identities) or len(identities) > LARGEST:
            continue
        matrix = np.zeros((len(products), len(identities)))
        matrix[j, i] = value[own]
        uses, use = np.unique(goal.row[mine], return_inverse=True)
        rhs = np.zeros((len(products), len(uses)))
        rhs[np.searchsorted(products, target[mine]), use] = goal.value[mine]
        weight = np.linalg.lstsq(matrix, rhs, rcond=1e-12)[0]
        weight[np.abs(weight) <= 1e-13 * np.max(np.abs(weight), axis=0)] = 0.0
        given = np.max(np.abs(matrix @ weight - rhs), axis=0) <= EXACT * np.max(np.abs(rhs), axis=0)
        # products + linear = 0 for every identity, so the products equal minus the linear terms.
        part = linear.take_rows(identities)
        over = block[inner[place[block]] & np.isin(number[block], identities)]
        for k in np.flatnonzero(given).tolist():
            left = keys[place[over]], -weight[np.searchsorted(identities, number[over]), k] * value[over]
            if np.any(left[1] != 0):
                whole = _with_products(goal.take(~mixed & (goal.row == uses[k])), int(uses[k]), *left, n)
                if uses[k] > 0 or not shape_of(whole.i, whole.j, whole.value).convex:
                    continue
            at = np.full(part.nnz, uses[k])
            terms.append((at, part.indices, -weight[part.row_numbers(), k] * part.data))
            brought.append(left)
            gone[mine[use == k]] = True
    if not gone.any():
        return program
    key, value = (np.concatenate([b[k] for b in brought]) for k in range(2))
    return _with_linear(program, _with_products(goal.take(~gone), 0, key, value, n), terms)


def _with_products(quad: Quad, row: int, key: Ints, value: Floats, columns: int) -> Quad:
    """`quad` and in `row` the products with these keys."""
    return Quad.from_entries(
        np.concatenate([quad.row, np.full(len(key), row)]),
        np.concatenate([quad.i, key // columns]),
        np.concatenate([quad.j, key % columns]),
        np.concatenate([quad.value, value]),
        columns,
    )


def _open_rows(program: Program) -> Bools:
    """The mask (rows,) of rows without a multiplier. The optimality conditions of followers stay as they are."""
    multiplied = [p.source for p in program.column_parts if p.role == "multiplier" and not p.of_column]
    taken = np.concatenate([np.zeros(0, np.int64), *multiplied])
    mask = np.zeros(program.rows, np.bool_)
    for part in program.row_parts:
        if part.role == "row" and not part.of_column:
            mask[part.start : part.stop] = ~np.isin(part.source, taken)
    return mask


def _products(program: Program) -> Quad:
    """Products of the objective as of row 0, and of each open row r as of row r + 1."""
    goal = program.cost_quad
    rows = program.row_quad.take(_open_rows(program)[program.row_quad.row])
    return Quad(
        np.concatenate([np.zeros(goal.entries, np.int64), rows.row + 1]),
        np.concatenate([goal.i, rows.i]),
        np.concatenate([goal.j, rows.j]),
        np.concatenate([goal.value, rows.value]),
    )


def _with_linear(program: Program, left: Quad, terms: list[tuple[Ints, Ints, Floats]]) -> Program:
    """The Program with the products `left` of those of `_products`, and linear terms (row, column, value) beside."""
    row, column, value = (np.concatenate([t[k] for t in terms]) for k in range(3))
    goal = row == 0
    cost = program.cost.copy()
    np.add.at(cost, column[goal], value[goal])
    matrix = Csr.from_coo(
        np.concatenate([program.matrix.row_numbers(), row[~goal] - 1]),
        np.concatenate([program.matrix.indices, column[~goal]]),
        np.concatenate([program.matrix.data, value[~goal]]),
        program.rows,
        program.columns,
    )
    kept, rest = program.row_quad.take(~_open_rows(program)[program.row_quad.row]), left.take(left.row > 0)
    row_quad = Quad.from_entries(
        np.concatenate([kept.row, rest.row - 1]),
        np.concatenate([kept.i, rest.i]),
        np.concatenate([kept.j, rest.j]),
        np.concatenate([kept.value, rest.value]),
        program.columns,
    )
    return replace(program, cost=cost, cost_quad=left.take(left.row == 0), matrix=matrix, row_quad=row_quad)


def _in_multipliers(program: Program, goal: Quad) -> Quad:
    """The products with every price column written as the multipliers that it stands for."""
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
            np.concatenate([kept.row, goal.row[chosen][line]]),
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
