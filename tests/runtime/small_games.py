"""A builder of GroundGames from dense rows, for tests that must not go through the text."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compiler.ground.ground_game import MAXIMIZE, MINIMIZE, Block, GroundGame, GroundPlayer
from compiler.ground.sparse import Csr, Quad
from grammar.source import Source, Span

INF = np.inf
Terms = dict[object, float]
"""Coefficients by column name; a pair of names is a product, "" the constant."""


@dataclass
class GameBuilder:
    """Add players, then columns, rows and objectives in any order; `build()` gives the GroundGame.

    Every name gets a span in a made-up source, so diagnostics can be asked for their place.
    """

    name: str = "test"
    players: list[tuple[str, tuple[str, ...], tuple[object, ...]]] = field(default_factory=list)
    columns: list[tuple[str, str, float, float, int]] = field(default_factory=list)
    prices: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[str, str, Terms, float, float]] = field(default_factory=list)
    goals: dict[str, tuple[int, Terms]] = field(default_factory=dict)

    def player(self, name: str, *leaders: str) -> GameBuilder:
        self.players.append((name, leaders, ()))
        return self

    def var(self, player: str, name: str, lower: float = 0.0, upper: float = INF, kind: int = 0) -> GameBuilder:
        self.columns.append((player, name, lower, upper, kind))
        return self

    def price(self, name: str, row: str) -> GameBuilder:
        """A price column that stands for the shadow price of `row`."""
        self.prices.append((name, row))
        return self

    def row(self, player: str, name: str, terms: Terms, lower: float = -INF, upper: float = INF) -> GameBuilder:
        self.rows.append((player, name, terms, lower, upper))
        return self

    def minimize(self, player: str, terms: Terms) -> GameBuilder:
        self.goals[player] = (MINIMIZE, terms)
        return self

    def maximize(self, player: str, terms: Terms) -> GameBuilder:
        self.goals[player] = (MAXIMIZE, terms)
        return self

    def build(self) -> GroundGame:
        names = [c[1] for c in self.columns] + [p[0] for p in self.prices]
        text = " ".join(["#", *(p[0] for p in self.players), *names, *(r[1] for r in self.rows)])
        source = Source("test.game", text)

        def span(word: str) -> Span:
            start = text.index(f" {word}") + 1
            return Span(source, start, start + len(word))

        number = {name: k for k, name in enumerate(names)}
        player = {name: k for k, (name, _, _) in enumerate(self.players)}
        row_number = {row[1]: k for k, row in enumerate(self.rows)}
        n = len(names)
        prices = len(self.prices)
        matrix, row_quad, row_constant = _arrays([row[2] for row in self.rows], number)
        goals = [self.goals[name] for name, _, _ in self.players]
        objective, objective_quad, constant = _arrays([terms for _, terms in goals], number)
        return GroundGame(
            name=self.name,
            players=tuple(
                GroundPlayer(
                    name, key, "goal", self.goals[name][0], tuple(player[q] for q in leaders), True, span(name)
                )
                for name, leaders, key in self.players
            ),
            lower=np.array([c[2] for c in self.columns] + [-INF] * prices, np.float64),
            upper=np.array([c[3] for c in self.columns] + [INF] * prices, np.float64),
            kind=np.array([c[4] for c in self.columns] + [0] * prices, np.uint8),
            start=np.full(n, np.nan),
            owner=np.array([player[c[0]] for c in self.columns] + [-1] * prices, np.int64),
            price_row=np.array([-1] * len(self.columns) + [row_number[p[1]] for p in self.prices], np.int64),
            column_blocks=tuple(
                Block(owner, name, k, k + 1, span=span(name))
                for k, (owner, name) in enumerate(
                    [*((c[0], c[1]) for c in self.columns), *(("", p[0]) for p in self.prices)]
                )
            ),
            matrix=matrix,
            row_lower=np.array([r[3] for r in self.rows]) - row_constant,
            row_upper=np.array([r[4] for r in self.rows]) - row_constant,
            row_quad=row_quad,
            row_owner=np.array([player.get(r[0], -1) for r in self.rows], np.int64),
            row_blocks=tuple(Block(r[0], r[1], k, k + 1, span=span(r[1])) for k, r in enumerate(self.rows)),
            objective=objective,
            objective_constant=constant,
            objective_quad=objective_quad,
            price_names={row_number[row]: name for name, row in self.prices},
        )


def _arrays(terms: list[Terms], number: dict[str, int]) -> tuple[Csr, Quad, np.ndarray]:
    n = len(number)
    linear = [(r, number[key], v) for r, row in enumerate(terms) for key, v in row.items() if key in number]
    product = [
        (r, number[key[0]], number[key[1]], v)
        for r, row in enumerate(terms)
        for key, v in row.items()
        if isinstance(key, tuple)
    ]
    constant = np.array([row.get("", 0.0) for row in terms], np.float64)
    row, column, value = (np.array([t[k] for t in linear]) for k in range(3))
    csr = Csr.from_coo(row.astype(np.int64), column.astype(np.int64), value.astype(np.float64), len(terms), n)
    at, i, j, q = (np.array([t[k] for t in product]) for k in range(4))
    quad = Quad.from_entries(at.astype(np.int64), i.astype(np.int64), j.astype(np.int64), q.astype(np.float64), n)
    return csr, quad, constant
