"""Random games of numbers: a leader over followers who may see each other, name prices, share rows and meet in a
market (`leading`); and players none of whom leads (`equals`)."""

from __future__ import annotations

import random

from games_of_numbers import INF, Game, Linear, Player, Products, Row


def leading(seed: int) -> Game:
    return _Drawn(seed).leading()


def equals(seed: int) -> Game:
    return _Drawn(seed).equals()


class _Drawn:
    def __init__(self, seed: int) -> None:
        self.r = random.Random(f"numbers {seed}")
        self.names = list[list[str]]()
        self.prices = list[str]()

    def leading(self) -> Game:
        r = self.r
        multiplies = r.random() < 0.35
        decisions = {f"x{k}": self._decision(multiplies) for k in range(r.choice([1, 2, 2]))}
        priced, see, shares = r.random() < 0.5, r.random() < 0.4, r.random() < 0.3
        self.names = [[f"y{k}{j}" for j in range(r.choice([1, 2, 2]))] for k in range(r.choice([1, 1, 2, 2, 3]))]
        followers = self._players(list(decisions), see, shares, priced, multiplies)
        game = Game(Player("L", decisions, r.choice([1, -1]), {}), followers)
        self._together(game, shares, r.random() < 0.3)
        leader, answers = game.leader, [name for names in self.names for name in names]
        leader.linear = {x: self._weight() for x in decisions} | self._some(answers, 0.8) | self._some(self.prices, 0.6)
        leader.constant = float(r.choice([0, 0, 3]))
        if multiplies:
            others = [*answers[:1], *self.prices, *decisions]
            leader.products = {(r.choice(list(decisions)), o): self._weight() for o in others if r.random() < 0.35}
        for _ in range(r.choice([0, 0, 1, 1])):
            linear = {x: self._weight() for x in decisions}
            if r.random() < 0.5:
                linear[r.choice(answers + self.prices)] = self._weight()
            leader.rows.append(self._row(linear))
        return game

    def equals(self) -> Game:
        r = self.r
        shares = r.random() < 0.45
        self.names = [[f"y{k}{j}" for j in range(r.choice([1, 1, 2]))] for k in range(r.choice([2, 2, 3]))]
        game = Game(Player("nobody", {}, 1, {}), self._players([], True, shares, False, False))
        self._together(game, shares, r.random() < 0.35)
        return game

    def _decision(self, multiplies: bool) -> tuple[float, float, bool]:
        r = self.r
        if multiplies or r.random() < 0.35:
            return r.choice([0, 0, -1]), r.choice([1, 2, 3]), True
        return (0, INF, False) if r.random() < 0.1 else (r.choice([0, 0, -2]), r.choice([2, 4, 5]), False)

    def _players(self, seen: list[str], see: bool, shares: bool, priced: bool, multiplies: bool) -> list[Player]:
        r, found = self.r, list[Player]()
        alike = r.choice([1, -1])
        for k, own in enumerate(self.names):
            others = [name for n, names in enumerate(self.names) for name in names if n != k] if see else []
            sense = alike if shares or r.random() < 0.7 else -alike
            variables = {name: (self._lower(), r.choice([2, 3, 4, 4, INF]), False) for name in own}
            linear = {name: self._weight() for name in own} | self._some(seen + others, 0.3)
            products = self._curvature(own, sense)
            products |= {(o, v): self._weight() for v in own for o in seen + others if r.random() < 0.3}
            rows = [self._own_row(own, seen, others, multiplies) for _ in range(r.choice([0, 1, 1, 2]))]
            for n, row in enumerate(rows):
                if priced and r.random() < 0.7:
                    row.price = f"price{k}{n}"
                    self.prices.append(row.price)
            found.append(Player(f"F{k}", variables, sense, linear, products, rows, float(r.choice([0, 0, 5]))))
        return found

    def _lower(self) -> float:
        return self.r.choice([0, 0, 0, -1, -INF])

    def _curvature(self, own: list[str], sense: int) -> Products:
        r = self.r
        if r.random() < 0.5:
            return {}
        found: Products = {(v, v): sense * r.choice([0.5, 1.0, 2.0]) for v in own if r.random() < 0.8}
        if len(own) == 2 == len(found) and r.random() < 0.5:
            found[own[0], own[1]] = r.choice([-1, 1]) * min(abs(c) for c in found.values())
        return found

    def _own_row(self, own: list[str], seen: list[str], others: list[str], multiplies: bool) -> Row:
        r = self.r
        linear = (self._some(own, 0.8) or {own[0]: 1.0}) | self._some(seen, 0.5)
        if others and r.random() < 0.4:
            linear[r.choice(others)] = self._weight()
        row = self._row(linear)
        if multiplies and r.random() < 0.5:
            row.products = {(r.choice(seen), r.choice(own)): self._weight()}
        return row

    def _row(self, linear: Linear) -> Row:
        r, limit, way = self.r, float(self.r.choice([0, 1, 2, 3, 4, 6])), self.r.random()
        lower, upper = (-INF, limit) if way < 0.55 else (-limit, INF) if way < 0.8 else (-limit, limit + 1)
        if way > 0.92:
            lower = upper = limit
        row = Row(linear, lower, upper)
        row.turned = row.one_sided() and r.random() < 0.3
        return row

    def _together(self, game: Game, shares: bool, meets: bool) -> None:
        r = self.r
        if len(self.names) < 2:
            return
        firsts = {own[0]: float(r.choice([1, 1, -1])) for own in self.names}
        if shares:
            row = Row({v: self._weight() for v in firsts}, -INF, float(r.choice([1, 2, 4, 6])), price="common")
            row.turned = r.random() < 0.3
            self.prices.append(row.price)
            game.shared.append(row)
        if meets:
            least, exactly = float(r.choice([0, 1, 2])), r.random() < 0.3
            cap = None if exactly or r.random() < 0.5 else float(r.choice([2, 4, 6]))
            game.markets.append((Row(firsts, least, least if exactly else INF, price="market"), cap))
            self.prices.append("market")
            for player, own in zip(game.followers, self.names, strict=True):
                # Who supplies is paid, who takes pays.
                player.products["market", own[0]] = -player.sense * firsts[own[0]]

    def _weight(self) -> float:
        return float(self.r.choice([-3, -2, -1, 1, 2, 3]))

    def _some(self, names: list[str], part: float) -> Linear:
        return {name: self._weight() for name in names if self.r.random() < part}
