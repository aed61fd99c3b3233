"""A game of numbers as a text, written in one of many ways that mean the same: terms in any order and on either side,
bounds as declarations or constraints, numbers as parameters, parts of sums as `let`. Nothing of gamec."""

from __future__ import annotations

import random

from games_of_numbers import INF, Game, Linear, Player, Products, Row


def text_of(game: Game, seed: int) -> str:
    return _Writer(seed).text(game)


class _Writer:
    def __init__(self, seed: int) -> None:
        self.r = random.Random(f"text {seed}")
        self.top = list[str]()
        self.lets = list[str]()
        self.names = 0

    def text(self, game: Game) -> str:
        followers = f" follows {game.leader.name}" if game.leader.variables else ""
        blocks = [self._player(game.leader, "")] * bool(followers) + [
            self._player(p, followers) for p in game.followers
        ]
        for n, row in enumerate(game.shared):
            price = f"  price {row.price}" if row.price else ""
            blocks.append(f"shared s{n}: {self._relation(row)}{price}{'' if row.common else ' individual'}")
        for n, (row, cap) in enumerate(game.markets):
            capped = "" if cap is None else f" in [0, {cap:g}]"
            blocks.append(f"clear m{n}: {self._relation(row)}  price {row.price}{capped}")
        blocks += self.top + self.lets
        self.r.shuffle(blocks)
        return "\n".join(["game random", *blocks, ""])

    def _player(self, player: Player, follows: str) -> str:
        self.lets, top = list[str](), self.lets
        body, bounds = list[str](), list[str]()
        for name, (lower, upper, whole) in player.variables.items():
            declared, constraints = self._bounds(name, lower, upper)
            body.append(f"var {name}{' integer' if whole else ''}{declared}")
            bounds += constraints
        rows = [self._relation(row) + (f"  price {row.price}" if row.price else "") for row in player.rows]
        body += [f"constraint c{n}: {relation}" for n, relation in enumerate(rows + bounds)]
        goal = self._sum(player.linear, player.products, player.constant)
        body.append(f"{'minimize' if player.sense > 0 else 'maximize'} goal = {goal}")
        if self.r.random() < 0.4:
            # What a player names may be used in its own block only by its bare name; at the top by all.
            self.top += self.lets
        else:
            body += self.lets
        self.lets = top
        self.r.shuffle(body)
        return "\n".join([f"player {player.name}{follows} {{", *(f"  {line}" for line in body), "}"])

    def _bounds(self, name: str, lower: float, upper: float) -> tuple[str, list[str]]:
        """As they are declared, and as constraints."""
        low, high, way = self._number(lower), self._number(upper), self.r.random()
        if lower == -INF and upper == INF:
            return "", []
        if upper == INF:
            return (f" >= {low}", []) if way < 0.7 else ("", [f"{name} >= {low}"])
        if lower == -INF:
            return (f" <= {high}", []) if way < 0.7 else ("", [f"{high} >= {name}"])
        if way < 0.5:
            return f" in [{low}, {high}]", []
        if way < 0.65:
            return f" >= {low}", [f"{name} <= {high}"]
        if way < 0.8:
            return f" <= {high}", [f"{low} <= {name}"]
        if way < 0.9:
            return "", [f"{low} <= {name} <= {high}"]
        return f" in [{lower - 5:g}, {upper + 3:g}]", [f"2*{name} >= 2*({low})", f"{high} >= {name}"]

    def _relation(self, row: Row) -> str:
        if not row.one_sided():
            low, high, e = self._number(row.lower), self._number(row.upper), self._sum(row.linear, row.products)
            return f"{low} <= {e} <= {high}" if self.r.random() < 0.5 else f"{high} >= {e} >= {low}"
        word = "==" if row.lower == row.upper else ">=" if row.upper == INF else "<="
        limit = row.upper if word == "<=" else row.lower
        here = {n: self.r.random() < 0.75 for n in row.linear}
        there = {pair: self.r.random() < 0.8 for pair in row.products}
        kept = self.r.random() < 0.7
        left = self._sum(
            {n: c for n, c in row.linear.items() if here[n]},
            {pair: c for pair, c in row.products.items() if there[pair]},
            0 if kept else -limit,
        )
        right = self._sum(
            {n: -c for n, c in row.linear.items() if not here[n]},
            {pair: -c for pair, c in row.products.items() if not there[pair]},
            limit if kept else 0,
        )
        if row.turned:
            return f"{right} {word.translate(str.maketrans('<>', '><'))} {left}"
        return f"{left} {word} {right}"

    def _sum(self, linear: Linear, products: Products, constant: float = 0) -> str:
        parts = [(c, name) for name, c in linear.items() if c]
        for (a, b), c in products.items():
            names = f"{a}^2" if a == b and self.r.random() < 0.5 else "*".join(self.r.sample([a, b], 2))
            parts.append((c, names))
        if constant:
            parts.append((constant, ""))
        self.r.shuffle(parts)
        terms = [(c < 0, self._term(abs(c), name)) for c, name in parts]
        if len(terms) > 2 and self.r.random() < 0.3:
            k = self.r.randrange(1, len(terms))
            if self.r.random() < 0.5:
                self.names += 1
                self.lets.append(f"let part{self.names} = {_joined(terms[k:])}")
                terms = [*terms[:k], (False, f"part{self.names}")]
            else:
                terms = [*terms[:k], (True, f"({_joined([(not minus, term) for minus, term in terms[k:]])})")]
        return _joined(terms)

    def _term(self, size: float, name: str) -> str:
        if name and size == 1 and self.r.random() < 0.7:
            return name
        words = [self._number(size), name] if name else [self._number(size)]
        return "*".join(words if self.r.random() < 0.9 else words[::-1])

    def _number(self, value: float) -> str:
        way = self.r.random()
        if abs(value) == INF:
            return ""
        if value < 0:
            return f"-{self._number(-value)}"
        if way < 0.12:
            self.names += 1
            self.top.append(f"param p{self.names} = {value:g}")
            return f"p{self.names}"
        if way < 0.18:
            return f"({2 * value:g}/2)"
        return f"(if 1 < 2 then {value:g} else 77)" if way < 0.22 else f"{value:g}"


def _joined(terms: list[tuple[bool, str]]) -> str:
    words = " ".join(f"{'-' if minus else '+'} {term}" for minus, term in terms)
    return f"0 {words}" if words else "0"
