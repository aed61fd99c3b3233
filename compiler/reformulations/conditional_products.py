"""The primal-dual inequality of a follower with its products held together by the follower's own conditions: one column
for all products of one of the others' decisions, which is to be cut from below.

From: a Program of optimality conditions, with ranges of its columns. Strong duality (2 of `duality`) holds products
    `c*q` of others' columns c in [l, u] with the follower's decisions, slacks and multipliers q in [ql, qu].
To: a column t_c for each c with `t_c >= sum_k value_k c q_k`, and the inequality with `sum t_c` for the products.
    W = (c - l)*q stands for them in an LP with the rows `rl <= R q <= ru` that hold columns of the follower alone,
    each times c - l and u - c, and the ranges of q likewise:
      rl (c - l) <= R W <= ru (c - l),    (u - l) R q - ru (u - c) <= R W <= (u - l) R q - rl (u - c).           (1)
    Its least value is convex in (c, q) and at most what t_c must be. Multipliers of the LP at some (c, q) make it a
    row, `CutRow`, that holds for all (c, q).
Requires: finite l and u. No range of a multiplier is needed: where rows bound them, they do.
Exact or bound: a relaxation of strong duality, valid at every complementary point; a cut rests on its weights alone,
    not on how exactly they solve the LP.
Way back: the new columns come last; the others keep their numbers.
Reference: Sherali and Adams, SIAM J. Discrete Math. 3 (1990) 411, for rows times ranges; Kleinert, Labbe, Plein and
    Schmidt, Optim. Lett. 15 (2021) 1625, for the inequality.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.curvature import components
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad, stacked
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.program import Part, Program

NOTHING = 1e-9
"""A weight of a row below this, over the largest coefficient, is rounding; leaving it out keeps a cut valid."""

MARGIN = 1e-9
"""What a cut gives away, over its terms at the point: rounding."""


@dataclass(frozen=True, eq=False)
class CutRow:
    """`value @ z[column] >= limit`; `size` of its terms where it was made."""

    column: Ints
    value: Floats
    limit: float
    size: float

    def violation(self, z: Floats) -> float:
        """How far z (k,) is below the limit, over `size`."""
        return (self.limit - float(self.value @ z[self.column])) / self.size


@dataclass(frozen=True, eq=False)
class _Inside:
    """Columns `column` (k,) of one follower that rows tie to each other, those rows with their limits, and the rows'
    matrix transposed, `across`."""

    column: Ints
    lower: Floats
    upper: Floats
    rows: Csr
    row_lower: Floats
    row_upper: Floats
    across: Csr


@dataclass(frozen=True, eq=False)
class ProductSum:
    """`value` (k,) times the products of column `outer`, in [low, high], with the columns of `inside`; column `at`
    stands for their sum."""

    outer: int
    low: float
    high: float
    at: int
    value: Floats
    inside: _Inside

    def problem(self) -> Program:
        """The LP over W, with limits that `limits` gives."""
        k, r = len(self.value), self.inside.rows.rows
        return Program(
            lower=np.zeros(k),
            upper=np.zeros(k),
            integer=np.zeros(k, np.bool_),
            cost=self.value,
            cost_constant=0.0,
            cost_quad=Quad.empty(),
            matrix=self.inside.rows,
            row_lower=np.zeros(r),
            row_upper=np.zeros(r),
            row_quad=Quad.empty(),
        )

    def shortfall(self, z: Floats) -> float:
        """How far t_c is below the products themselves at z, over their size: what is not, no cut can cut off."""
        products = z[self.outer] * self.value * z[self.inside.column]
        return float(products.sum() - z[self.at]) / max(1.0, float(np.abs(products).sum()))

    def limits(self, z: Floats) -> tuple[_Limits, _Limits]:
        """Those of W and of R W at z, as (1) says."""
        inside = self.inside
        c = float(np.clip(z[self.outer], self.low, self.high))
        q = np.clip(z[inside.column], inside.lower, inside.upper)
        up, down, width = c - self.low, self.high - c, self.high - self.low
        return (
            _Limits.of(inside.lower, inside.upper, up, down, width * q),
            _Limits.of(inside.row_lower, inside.row_upper, up, down, width * inside.rows.times(q)),
        )

    def cut(self, of_columns: _Limits, of_rows: _Limits, row_duals: Floats, z: Floats) -> CutRow | None:
        """What weights `row_duals` (r,) of the LP's rows prove of t_c, with the limits that counted; None where a
        limit that they need is infinite."""
        inside, low, high = self.inside, self.low, self.high
        pi = np.where(np.abs(row_duals) <= NOTHING * np.max(np.abs(self.value)), 0.0, row_duals)
        rest = self.value - inside.across.times(pi)
        slope, constant, slopes = 0.0, 0.0, low * self.value
        for weight, limits, least, most in (
            (rest, of_columns, inside.lower, inside.upper),
            (pi, of_rows, inside.row_lower, inside.row_upper),
        ):
            # A positive weight takes the lower limit, which is the first or the second of (1); the same for upper ones.
            first = np.where(weight > 0, limits.low_first, limits.high_first)
            taken = np.where((weight > 0) == first, least, most)
            used = weight != 0
            if not np.isfinite(taken[used]).all():
                return None
            part = np.where(used, weight * np.where(used, taken, 0.0), 0.0)
            slope += float(part.sum())
            constant -= float(part @ np.where(first, low, high))
            whole = np.where(first, 0.0, (high - low) * weight)
            slopes = slopes + (whole if weight is rest else inside.across.times(whole))
        c, q = z[self.outer], z[inside.column]
        size = max(1.0, abs(constant), abs(slope * c), float(np.abs(slopes) @ np.abs(q)))
        kept = np.flatnonzero(slopes)
        column = np.concatenate([[self.at], inside.column[kept], [self.outer]])
        value = np.concatenate([[1.0], -slopes[kept], [-slope]])
        return CutRow(column, value, constant - MARGIN * size, size)


@dataclass(frozen=True, eq=False)
class _Limits:
    """The larger of the two lower limits in (1) and the smaller of the two upper ones, and whether it is the first."""

    low: Floats
    high: Floats
    low_first: Bools
    high_first: Bools

    @staticmethod
    def of(least: Floats, most: Floats, up: float, down: float, whole: Floats) -> _Limits:
        low, low_first = _larger(least, most, up, down, whole)
        high, high_first = _larger(-most, -least, up, down, -whole)
        # They cross where the point is within a tolerance of its limits.
        return _Limits(np.minimum(low, -high), np.maximum(low, -high), low_first, high_first)


def _larger(near: Floats, far: Floats, up: float, down: float, whole: Floats) -> tuple[Floats, Bools]:
    """The larger of `near*up` and `whole - far*down`, limits may be infinite, and where it is the first."""
    with np.errstate(invalid="ignore"):
        first = np.where(np.isfinite(near), near * up, -np.inf)
        second = np.where(np.isfinite(far), whole - far * down, -np.inf)
    return np.maximum(first, second), first >= second


def with_cut_rows(program: Program, cuts: list[CutRow]) -> Program:
    """The Program with these rows at the end."""
    if not cuts:
        return program
    count = len(cuts)
    return replace(
        program,
        matrix=stacked([program.matrix, cut_matrix(cuts, program.columns)]),
        row_lower=np.concatenate([program.row_lower, [cut.limit for cut in cuts]]),
        row_upper=np.concatenate([program.row_upper, np.full(count, np.inf)]),
        row_parts=(*program.row_parts, _cut_part(program.rows, count)),
    )


def cut_matrix(cuts: list[CutRow], columns: int) -> Csr:
    """Their left sides."""
    return Csr.from_coo(
        np.concatenate([np.full(len(cut.column), k) for k, cut in enumerate(cuts)]),
        np.concatenate([cut.column for cut in cuts]),
        np.concatenate([cut.value for cut in cuts]),
        len(cuts),
        columns,
    )


def _cut_part(start: int, count: int) -> Part:
    return Part("cut", start, start + count, np.zeros(count, np.int64), True)


def product_sums(
    game: GroundGame, program: Program, duality: Duality, bounds: ColumnBounds
) -> tuple[Program, list[ProductSum]] | None:
    """The Program with the inequality of every follower, and the sums in it that nothing cuts yet. None where a
    follower has no such inequality, or a product a factor of others without finite range."""
    sums: list[ProductSum] = []
    ready = program
    for follower in np.unique(duality.owner).tolist():
        if not duality.plain[follower]:
            return None
        more = _of_follower(game, program, ready, duality, bounds, follower)
        if more is None:
            return None
        ready = more[0]
        sums += more[1]
    return ready, sums


def _of_follower(
    game: GroundGame, program: Program, ready: Program, duality: Duality, bounds: ColumnBounds, follower: int
) -> tuple[Program, list[ProductSum]] | None:
    own = np.zeros(program.columns, np.bool_)
    own[duality.column[duality.owner == follower]] = True
    products = gap_products(program, duality, follower)
    factor, outer, value = (np.concatenate(part) for part in zip(*products, strict=True))
    # The part that is quadratic in the follower's own columns is convex and 0 where they are.
    apart = ~(own[factor] & own[outer])
    factor, outer, value = factor[apart], outer[apart], value[apart]
    if not np.isfinite(bounds.lower[outer] + bounds.upper[outer]).all():
        return None
    pure, label = _tied(program, _columns_of(program, duality, follower))
    terms = gap_linear(game, program, duality, follower)
    blocks: dict[bytes, _Inside] = {}
    sums: list[ProductSum] = []
    for c in np.unique(outer).tolist():
        here, low, high = outer == c, float(bounds.lower[c]), float(bounds.upper[c])
        if low == high:
            terms.append((factor[here], low * value[here]))
            continue
        roots = np.unique(label[factor[here]])
        key = roots.tobytes()
        if key not in blocks:
            blocks[key] = _inside(program, bounds, np.flatnonzero(np.isin(label, roots)), pure)
        total = np.zeros(program.columns)
        np.add.at(total, factor[here], value[here])
        sums.append(ProductSum(c, low, high, ready.columns + len(sums), total[blocks[key].column], blocks[key]))
    new = np.array([s.at for s in sums], np.int64)
    column = np.concatenate([*(t[0] for t in terms), new])
    weight = np.concatenate([*(t[1] for t in terms), np.ones(len(new))])
    if not len(column):
        return ready, []
    # A row of a size near 1, by a power of two.
    scale = np.exp2(-np.round(np.log2(np.max(np.abs(weight)))))
    line = Csr.from_coo(np.zeros(len(column), np.int64), column, scale * weight, 1, ready.columns + len(new))
    start, stop = ready.columns, ready.columns + len(new)
    part = Part("product in a cut", start, stop, np.zeros(len(new), np.int64), True)
    widened = replace(
        ready,
        lower=np.concatenate([ready.lower, np.full(len(new), -np.inf)]),
        upper=np.concatenate([ready.upper, np.full(len(new), np.inf)]),
        integer=np.concatenate([ready.integer, np.zeros(len(new), np.bool_)]),
        cost=np.concatenate([ready.cost, np.zeros(len(new))]),
        matrix=stacked([replace(ready.matrix, columns=stop), line]),
        row_lower=np.append(ready.row_lower, -np.inf),
        row_upper=np.append(ready.row_upper, 0.0),
        column_parts=(*ready.column_parts, part),
        row_parts=(*ready.row_parts, _cut_part(ready.rows, 1)),
    )
    return widened, sums


def _columns_of(program: Program, duality: Duality, follower: int) -> Bools:
    """The mask (k,) of a follower's decisions, multipliers, reduced costs and slacks."""
    mine, rows = duality.owner == follower, duality.row_owner == follower
    inside = np.zeros(program.columns, np.bool_)
    for columns in (duality.column[mine], duality.low[mine], duality.high[mine]):
        inside[columns[columns >= 0]] = True
    for columns in (duality.multiplier[rows], duality.slack[rows]):
        inside[columns[columns >= 0]] = True
    return inside


def _tied(program: Program, inside: Bools) -> tuple[Bools, Ints]:
    """The mask (r,) of linear rows with columns `inside` alone, and of every column (k,) a name for those that such
    rows tie to it."""
    matrix = program.matrix
    outside = np.zeros(program.rows, np.bool_)
    outside[matrix.row_numbers()[~inside[matrix.indices]]] = True
    pure = ~outside & (np.diff(matrix.indptr) > 0)
    pure[program.row_quad.row] = False
    tied = matrix.take_rows(np.flatnonzero(pure))
    label = components(tied.indices, program.columns + tied.row_numbers(), program.columns + tied.rows)
    return pure, label[: program.columns]


def _inside(program: Program, bounds: ColumnBounds, column: Ints, pure: Bools) -> _Inside:
    held = np.zeros(program.columns, np.bool_)
    held[column] = True
    touched = np.zeros(program.rows, np.bool_)
    touched[program.matrix.row_numbers()[held[program.matrix.indices]]] = True
    numbers = np.flatnonzero(touched & pure)
    rows = program.matrix.take_rows(numbers).take_columns(column)
    low, high = bounds.lower[column], bounds.upper[column]
    return _Inside(column, low, high, rows, program.row_lower[numbers], program.row_upper[numbers], rows.transposed())
