"""A GroundGame and a player in, what its rows and its objective are as functions of its own decisions out.

Lifting makes columns for what is nonlinear. Those that a curve or a row defines are replaced by what they stand for, so
that convexity can be asked of the function that was written: `x^2/y` is convex, `w = x^2`, `p = 1/y` and the product
`w*p` are not. Where a definition was relaxed, as nothing profits from more, it is taken for the equation that it is.
Columns that several rows define together (`max`, pieces) stay decisions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from compiler.ground.curvature import ROUNDING
from compiler.ground.curves import FUNCTIONS
from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import REAL, GroundGame, lifted_places
from compiler.ground.outward import Interval, within
from compiler.ground.propagate import propagate
from compiler.ground.shapes import (
    Shape,
    added,
    applied,
    constant,
    known_to_be,
    powered,
    product,
    squared,
    variable,
    weighted,
)
from compiler.ground.sparse import Bools, Floats, Ints

LARGEST = 12
"""Columns up to which the signature of a quadratic form, and its range over a box, are worth finding."""

Terms = tuple[tuple[int, float], ...]
Products = tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class Expression:
    """`constant + sum of terms + sum of products` of columns."""

    constant: float
    terms: Terms
    products: Products

    @property
    def columns(self) -> set[int]:
        return {c for c, _ in self.terms} | {c for i, j, _ in self.products for c in (i, j)}


@dataclass(frozen=True)
class OfOne:
    """`function` of a column, as a `Curve` has it."""

    function: str
    parameter: float
    argument: int


@dataclass(frozen=True)
class OwnFunctions:
    """The player's `objective` as it is minimised; its `rows` by number, but those that define a column; `defined`
    columns and what they stand for; `defining` rows; `free`: its other columns whose bounds leave them more than one
    value."""

    game: GroundGame
    player: int
    objective: Expression
    rows: dict[int, Expression]
    defined: dict[int, Expression | OfOne]
    defining: Ints
    free: Bools

    @staticmethod
    def of(game: GroundGame, player: int) -> OwnFunctions:
        rows = np.flatnonzero(game.row_owner == player).tolist()
        part = game.matrix.take_rows(np.array(rows, np.int64))
        quad = game.row_quad.take_rows(np.array(rows, np.int64))
        products: dict[int, list[tuple[int, int, float]]] = {}
        for k, i, j, v in zip(quad.row.tolist(), quad.i.tolist(), quad.j.tolist(), quad.value.tolist(), strict=True):
            products.setdefault(k, []).append((i, j, v))
        expressions = {}
        for k, r in enumerate(rows):
            entries = slice(part.indptr[k], part.indptr[k + 1])
            terms = zip(part.indices[entries].tolist(), part.data[entries].tolist(), strict=True)
            expressions[r] = Expression(0.0, tuple(terms), tuple(products.get(k, [])))
        defined: dict[int, Expression | OfOne] = {}
        mine = game.owner == player
        argument = np.zeros(game.columns, np.bool_)
        for curve in game.curves:
            for k in np.flatnonzero(mine[curve.result]).tolist():
                defined[int(curve.result[k])] = OfOne(curve.function, float(curve.parameter[k]), int(curve.argument[k]))
                argument[curve.argument[k]] = True
        lifted = lifted_places(game.column_blocks) & mine & (game.kind == REAL)
        lifted_rows = lifted_places(game.row_blocks)
        defining: list[int] = []
        for r in [r for r in rows if lifted_rows[r]]:
            low, high = float(game.row_lower[r]), float(game.row_upper[r])
            column, meaning = _definition(expressions[r], high if np.isfinite(high) else low)
            if column < 0 or not lifted[column] or column in defined:
                continue
            # Sides of a `max` are relaxed rows without products, of a column to which no function is applied.
            if low == high or ((low == -np.inf) != (high == np.inf) and (argument[column] or expressions[r].products)):
                defined[column] = meaning
                defining.append(r)
                del expressions[r]
        objective = game.objective.take_rows(np.array([player]))
        goal = game.objective_quad.take(game.objective_quad.row == player)
        sense = float(game.players[player].sense)
        free = mine & ~fixed_columns(game)
        free[list(defined)] = False
        return OwnFunctions(
            game,
            player,
            Expression(
                sense * float(game.objective_constant[player]),
                tuple(zip(objective.indices.tolist(), (sense * objective.data).tolist(), strict=True)),
                tuple(zip(goal.i.tolist(), goal.j.tolist(), (sense * goal.value).tolist(), strict=True)),
            ),
            expressions,
            defined,
            np.array(defining, np.int64),
            free,
        )

    def box(self) -> tuple[Floats, Floats]:
        """Bounds (columns,) of everything that is decided, by whomever: for the player's own columns those that its
        linear rows imply, for those of others what every point of the game satisfies."""
        game = self.game
        integer = game.kind == 1
        lower, upper = propagate(
            game.matrix, game.row_quad, game.row_lower, game.row_upper, game.lower, game.upper, integer
        )
        mine = game.owner == self.player
        lower[mine], upper[mine] = game.lower[mine], game.upper[mine]
        plain = [r for r, e in self.rows.items() if not e.products and not (e.columns & self.defined.keys())]
        rows = np.array(sorted(plain), np.int64)
        part = game.matrix.take_rows(rows)
        lower, upper = propagate(
            part,
            game.row_quad.take_rows(np.zeros(0, np.int64)),
            game.row_lower[rows],
            game.row_upper[rows],
            lower,
            upper,
            integer,
            mine[part.indices],
        )
        return lower, upper


def _definition(row: Expression, limit: float) -> tuple[int, Expression]:
    """The last column of an equation, and what the equation says that it is; -1 where that cannot be said."""
    column = max((c for c, _ in row.terms), default=-1)
    if column < 0 or any(max(i, j) >= column for i, j, _ in row.products):
        return -1, row
    scale = -1.0 / next(v for c, v in row.terms if c == column)
    terms = tuple((c, scale * v) for c, v in row.terms if c != column)
    products = tuple((i, j, scale * v) for i, j, v in row.products)
    return column, Expression(-scale * limit, terms, products)


@dataclass
class Shaped:
    """Shapes of a player's functions while all columns lie within a box, `variables` (columns,) being what counts as
    decided."""

    functions: OwnFunctions
    lower: Floats
    upper: Floats
    variables: Bools
    _found: dict[int, Shape] = field(default_factory=dict)

    def column(self, c: int) -> Shape:
        if c not in self._found:
            self._found[c] = self._column(c)
        return self._found[c]

    def _column(self, c: int) -> Shape:
        meaning = self.functions.defined.get(c)
        if meaning is None:
            ends = (float(self.lower[c]), float(self.upper[c]))
            return variable(c, ends) if self.variables[c] else constant(ends)
        if isinstance(meaning, Expression):
            return self.expression(meaning)
        return applied(meaning.function, meaning.parameter, self.argument(meaning.argument))

    def argument(self, c: int) -> Shape:
        """A column to which a function is applied: where its bounds are those of the function's domain, and it is
        linear in the decisions, or leaves them by rounding only, it does not leave them."""
        shape = self.column(c)
        limits = float(self.functions.game.lower[c]), float(self.functions.game.upper[c])
        if shape.affine or implied(shape.reach, limits):
            return powered(shape, within(shape.reach, limits))
        return shape

    def expression(self, e: Expression) -> Shape:
        parts = [constant((e.constant, e.constant))] if e.constant else []
        linear = {c: (v, v) for c, v in e.terms}
        partners: dict[int, list[tuple[int, float]]] = {}
        for i, j, v in e.products:
            if i == j:
                parts.append(weighted((v, v), squared(self.column(i))))
                continue
            bent = [c for c in (i, j) if not self.column(c).affine]
            if len(bent) == 1:
                partners.setdefault(bent[0], []).append((i + j - bent[0], v))
            else:
                parts.append(weighted((v, v), product(self.column(i), self.column(j))))
        # `(y + 2)*log(y)` is one product, not two.
        for c, others in partners.items():
            weight = Expression(linear.pop(c, (0.0, 0.0))[0], tuple(others), ())
            parts.append(self._perspective(weight, c, product(self.expression(weight), self.column(c))))
        parts += [weighted(v, self.column(c)) for c, v in linear.items()]
        shape = added(parts)
        return self._quadratic(e, shape) if e.products and not shape.known else shape

    def _perspective(self, weight: Expression, c: int, shape: Shape) -> Shape:
        """`shape`, of the weight times column c, with what is known where that is `v*f(u/v)` with v > 0: it is convex
        where f is; and `u*log(u/v)` and `u*log(u)` are convex."""
        meaning = self.functions.defined.get(c)
        if not isinstance(meaning, OfOne):
            return shape
        inner = self.functions.defined.get(meaning.argument)
        if meaning.function == "log" and self.column(meaning.argument).affine:
            plain = self.linear(Expression(0.0, ((meaning.argument, 1.0),), ()))
            times = _proportion(self.linear(weight), plain)
            return known_to_be(shape, times > 0, times < 0)
        if not isinstance(inner, Expression) or inner.constant or not inner.columns:
            return shape
        common = set.intersection({c for c, _ in inner.terms} or inner.columns, *({i, j} for i, j, _ in inner.products))
        p = next((k for k in sorted(common) if self._is_reciprocal(k)), -1)
        over = self.functions.defined.get(p)
        if not isinstance(over, OfOne):
            return shape
        below = self.column(over.argument)
        if below.reach[0] < 0 or not below.affine:
            return shape
        above = Expression(
            sum(v for _, v in inner.terms), tuple((i + j - p, v) for i, j, v in inner.products if i != j), ()
        )
        u, v, w = (self.linear(e) for e in (above, Expression(0.0, ((over.argument, 1.0),), ()), weight))
        known = FUNCTIONS[meaning.function].traits(
            *(np.array([e]) for e in (*self.argument(meaning.argument).reach, meaning.parameter))
        )
        curves = bool(known.convex[0]), bool(known.concave[0])
        times = _proportion(w, v)
        if times == 0.0 and meaning.function == "log":
            times, curves = _proportion(w, u), (True, False)
        convex, concave = curves if times > 0 else curves[::-1]
        return known_to_be(shape, convex and times != 0.0, concave and times != 0.0)

    def _is_reciprocal(self, c: int) -> bool:
        meaning = self.functions.defined.get(c)
        return isinstance(meaning, OfOne) and (meaning.function, meaning.parameter) == ("power", -1.0)

    def linear(self, e: Expression) -> dict[int, float]:
        """Coefficients by column without a definition, the constant as that of -1; empty where it is not linear."""
        found = {-1: e.constant}
        if e.products:
            return {}
        for c, v in e.terms:
            meaning = self.functions.defined.get(c)
            if meaning is None:
                found[c] = found.get(c, 0.0) + v
                continue
            inner = self.linear(meaning) if isinstance(meaning, Expression) else {}
            if not inner:
                return {}
            for k, more in inner.items():
                found[k] = found.get(k, 0.0) + v * more
        return found

    def _quadratic(self, e: Expression, shape: Shape) -> Shape:
        """With what the signature of a quadratic function says: one without negative eigenvalues, written with a column
        of ones, is the square of a norm; one with a single positive one that is not negative here has a concave
        root."""
        columns = sorted(e.columns)
        if len(columns) > LARGEST or any(c in self.functions.defined for c in columns):
            return shape
        place = {c: k for k, c in enumerate(columns)}
        n = len(columns)
        form = np.zeros((n + 1, n + 1))
        for i, j, v in e.products:
            form[place[i], place[j]] += v / 2
            form[place[j], place[i]] += v / 2
        for c, v in e.terms:
            form[place[c], n] = form[n, place[c]] = v / 2
        form[n, n] = e.constant
        size = np.sqrt(np.maximum(np.abs(form).max(axis=0), np.finfo(float).tiny))
        eigenvalues = np.linalg.eigvalsh(form / size[:, None] / size[None, :])
        least = ROUNDING * (n + 1) * float(np.abs(eigenvalues).max(initial=0.0))
        low, high = self._ends(form, columns, shape.reach)
        if eigenvalues[0] >= -least:
            low = max(low, 0.0, _bottom(form, size, least))
            shape = powered(shape, (low, high), power_convex=0.5)
        root = self._one_side(form, columns) if low >= 0 and eigenvalues[-2] <= least else 0.0
        if root > 0 and eigenvalues[0] >= -least:
            # The square of one linear function: both, and nowhere below the square of that one's least value.
            low = max(low, root**2 * (1 - 1e-9))
        return powered(shape, (low, high), power_concave=0.5 if root > 0 else -np.inf)

    def _ends(self, form: Floats, columns: list[int], reach: Interval) -> Interval:
        """The range of a quadratic function over the box: at its corners on the side on which no square is bent."""
        lower, upper = self.lower[columns], self.upper[columns]
        n = len(columns)
        if not np.isfinite(lower).all() or not np.isfinite(upper).all():
            return reach
        chosen = (np.arange(2**n)[:, None] >> np.arange(n)[None, :]) & 1
        corners = np.hstack([np.where(chosen, upper, lower), np.ones((2**n, 1))])
        values = np.einsum("ki,ij,kj->k", corners, form, corners)
        # What the sums of a corner lose by rounding.
        slack = ROUNDING * float(np.einsum("ki,ij,kj->k", np.abs(corners), np.abs(form), np.abs(corners)).max())
        low, high = reach
        if np.all(np.diag(form)[:n] <= 0):
            low = max(low, float(values.min()) - slack)
        if np.all(np.diag(form)[:n] >= 0):
            high = min(high, float(values.max()) + slack)
        return low, high

    def _one_side(self, form: Floats, columns: list[int]) -> float:
        """Above zero where the box lies in one of the two halves of the cone where the form is positive: the gradient
        at a point of both, the middle of the box or a step from the one end that it has, has a positive product with
        all of its points. The least product, over the root of the form at that point."""
        lower, upper = self.lower[columns], self.upper[columns]
        bottom, top = np.isfinite(lower), np.isfinite(upper)
        with np.errstate(invalid="ignore"):
            one_end = np.where(bottom, lower + np.maximum(1.0, np.abs(lower)), upper - np.maximum(1.0, np.abs(upper)))
            middle = np.append(np.where(bottom & top, (lower + upper) / 2, np.where(bottom | top, one_end, 0.0)), 1.0)
        at = float(middle @ form @ middle)
        if at <= 0:
            return 0.0
        slope = form @ middle
        with np.errstate(invalid="ignore"):
            least = np.where(slope[:-1] == 0, 0.0, np.minimum(slope[:-1] * lower, slope[:-1] * upper))
        return float(least.sum() + slope[-1]) / math.sqrt(at)


def _bottom(form: Floats, size: Floats, least: float) -> float:
    """A number below all values of a quadratic function with this form, its last column that of ones."""
    Q, b = form[:-1, :-1], form[:-1, -1]
    low = float(form[-1, -1] - b @ np.linalg.pinv(Q, hermitian=True) @ b) * (1 - 1e-9)
    lowered = form.copy()
    lowered[-1, -1] -= low
    proved = np.linalg.eigvalsh(lowered / size[:, None] / size[None, :])[0] >= -least
    return low if low > 0 and proved else 0.0


def _proportion(one: dict[int, float], other: dict[int, float]) -> float:
    """The factor that makes `one` of `other`, 0 for none."""
    columns = [c for c in other if other[c]]
    if not columns or any(v and not other.get(c) for c, v in one.items()):
        return 0.0
    factor = one.get(columns[0], 0.0) / other[columns[0]]
    same = all(abs(one.get(c, 0.0) - factor * v) <= 1e-14 * abs(factor * v) for c, v in other.items())
    return factor if same else 0.0


def implied(reach: Interval, limits: Interval) -> bool:
    """Whether limits hold of what stays within `reach`, up to a tolerance that solvers do not see."""
    slack = [1e-9 * max(1.0, abs(e)) if np.isfinite(e) else 0.0 for e in limits]
    return reach[0] >= limits[0] - slack[0] and reach[1] <= limits[1] + slack[1]


def involved(functions: OwnFunctions, columns: Iterable[int]) -> set[int]:
    """The columns without a definition that these stand for."""
    found: set[int] = set()
    left = list(columns)
    seen: set[int] = set()
    while left:
        c = left.pop()
        if c in seen:
            continue
        seen.add(c)
        meaning = functions.defined.get(c)
        if meaning is None:
            found.add(c)
        elif isinstance(meaning, Expression):
            left += meaning.columns
        else:
            left.append(meaning.argument)
    return found
