"""Games as numbers by name: players with LP or convex QP problems, shared rows, markets; and what they are worth by
everybody's optimality conditions, solved by branching. Nothing of gamec.

Prices are changes of the owner's objective for one more unit on the right-hand side, as written: a row that is turned
round (`turned`) has the opposite one."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace

from complementarity_by_branching import Complementarities, Form, Optimum

INF = math.inf
Linear = dict[str, float]
Products = dict[tuple[str, str], float]


@dataclass
class Row:
    """`lower <= linear + products <= upper`; of a product the first one is a decision of the leader."""

    linear: Linear
    lower: float
    upper: float
    products: Products = field(default_factory=dict)
    price: str = ""
    turned: bool = False
    common: bool = True
    """Of a shared row, whether its price is common to all."""

    def one_sided(self) -> bool:
        return self.lower == self.upper or INF in (self.upper, -self.lower)


@dataclass
class Player:
    """`variables`: bounds and whether whole numbers; `sense` 1 minimises."""

    name: str
    variables: dict[str, tuple[float, float, bool]]
    sense: int
    linear: Linear
    products: Products = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    constant: float = 0.0


class Conditions:
    """The `followers`' optimality conditions beside the `leader`'s rows; its decisions unknown, or `given`."""

    def __init__(self, game: Game, given: dict[str, float] | None = None) -> None:
        self.system, self.form = Complementarities(), dict[str, Form]()
        self._gradient = dict[str, Form]()
        leader = game.leader
        for name, (lower, upper, whole) in leader.variables.items():
            if given is None:
                self.form[name] = ({self.system.column(lower, upper, whole): 1.0}, 0.0)
            else:
                self.form[name] = ({}, given[name])
        for player in game.followers:
            for name in player.variables:
                self.form[name] = ({self.system.column(): 1.0}, 0.0)
        for row, _ in game.markets:
            self.form[row.price] = ({self.system.column(): 1.0}, 0.0)
        for player in game.followers:
            for name in player.variables:
                slopes = [(player.linear.get(name, 0.0), "")]
                for (a, b), c in player.products.items():
                    slopes += [(c, b)] * (a == name) + [(c, a)] * (b == name)
                self._gradient[name] = self._sum([(player.sense * c, other) for c, other in slopes])
        for player in game.followers:
            for row in player.rows:
                self._kept(row, [list(player.variables)], player.sense)
            for name, (lower, upper, _) in player.variables.items():
                self._kept(Row({name: 1.0}, lower, upper), [[name]], player.sense)
        for row in game.shared:
            each = [list(player.variables) for player in game.followers]
            together = [[name for names in each for name in names]]
            self._kept(row, together if row.common else each, game.followers[0].sense)
        for row, cap in game.markets:
            self._market(row, cap)
        for slope in self._gradient.values():
            self.system.row(slope, 0, 0)
        for row in leader.rows:
            self.system.row(self.value(row.linear, row.products), row.lower, row.upper)

    def value(self, linear: Linear, products: Products) -> Form:
        """Raises ValueError for a product of two unknowns."""
        terms = [(c, name) for name, c in linear.items()]
        for (a, b), c in products.items():
            known, other = (a, b) if not self.form[a][0] else (b, a)
            if self.form[known][0]:
                raise ValueError(f"{a}*{b}")
            terms.append((c * self.form[known][1], other))
        return self._sum(terms)

    def _sum(self, terms: list[tuple[float, str]]) -> Form:
        found, constant = dict[int, float](), 0.0
        for c, name in terms:
            columns, shift = self.form[name] if name else ({}, 1.0)
            constant += c * shift
            for column, a in columns.items():
                found[column] = found.get(column, 0.0) + c * a
        return found, constant

    def _kept(self, row: Row, owners: list[list[str]], sense: int) -> None:
        """With a multiplier for each of the `owners`, by the names that they decide on."""
        here = self.value(row.linear, row.products)
        price: Form = ({}, 0.0)
        if row.lower == row.upper:
            self.system.row(here, row.lower, row.lower)
        for names in owners:
            slopes = {n: self._slope(row, n) for n in names if n in row.linear or any(b == n for _, b in row.products)}
            found = dict[int, float]()
            if row.lower == row.upper:
                found[self._multiplier(slopes, -1.0, -INF)] = sense
            else:
                for limit, side in ((row.lower, 1.0), (row.upper, -1.0)):
                    if math.isfinite(limit):
                        multiplier = self._multiplier(slopes, -side, 0.0)
                        room = ({k: side * a for k, a in here[0].items()}, side * (here[1] - limit))
                        self.system.pair(({multiplier: 1.0}, 0.0), room)
                        found[multiplier] = side * sense
            price = ({k: -a if row.turned else a for k, a in found.items()}, 0.0)
        if row.price:
            self.form[row.price] = price

    def _multiplier(self, slopes: Linear, weight: float, lower: float) -> int:
        column = self.system.column(lower)
        for name, slope in slopes.items():
            terms = self._gradient[name][0]
            terms[column] = terms.get(column, 0.0) + weight * slope
        return column

    def _slope(self, row: Row, name: str) -> float:
        return row.linear.get(name, 0.0) + sum(c * self.form[a][1] for (a, b), c in row.products.items() if b == name)

    def _market(self, row: Row, cap: float | None) -> None:
        """Excess supply and its price; above the `cap` demand is not met."""
        excess, price = self.value(row.linear, row.products), self.form[row.price]
        excess = (dict(excess[0]), excess[1] - row.lower)
        if row.lower == row.upper:
            self.system.row(excess, 0, 0)
        elif cap is None:
            self.system.pair(price, excess)
        else:
            unmet = self.system.column(0.0)
            excess[0][unmet] = 1.0
            self.system.pair(price, excess)
            self.system.pair(({unmet: 1.0}, 0.0), ({k: -a for k, a in price[0].items()}, cap))


@dataclass
class Game:
    """A leader (without variables: nobody) and its followers, who may see each other. `markets` hold rows with the
    lower limit of supply less demand, and a cap of the price."""

    leader: Player
    followers: list[Player]
    shared: list[Row] = field(default_factory=list)
    markets: list[tuple[Row, float | None]] = field(default_factory=list)

    def best(self) -> Optimum:
        """The leader's best value, ties as it likes; its decisions one by one where they multiply what is unknown.
        Raises TooLongError."""
        players = [self.leader, *self.followers]
        if not self.leader.products and not any(row.products for p in players for row in p.rows):
            return self._least(Conditions(self))
        best = Optimum("infeasible")
        ranges = [range(int(lower), int(upper) + 1) for lower, upper, _ in self.leader.variables.values()]
        for values in itertools.product(*ranges):
            given = dict(zip(self.leader.variables, map(float, values), strict=True))
            found = self._least(Conditions(self, given))
            if found.ending == "unbounded":
                return found
            if found.ending == "optimal" and not self.leader.sense * found.value >= self.leader.sense * best.value:
                best = found
        return best

    def _least(self, conditions: Conditions) -> Optimum:
        leader = self.leader
        terms, constant = conditions.value(leader.linear, leader.products)
        found = conditions.system.least({k: leader.sense * a for k, a in terms.items()})
        return replace(found, value=leader.sense * found.value + constant + leader.constant)
