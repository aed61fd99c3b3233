"""A leader of a game with several in, its best decisions to ever new decisions of the others out: each time the game of
this leader and all below it is solved by the method that fits it. Where followers' conditions are solved, the search
begins with the pattern of the last answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import REAL, GroundGame
from compiler.ground.sparse import Bools, Floats, Ints, Quad
from compiler.ground.subgame import Subgame, below, subgame
from grammar.diagnostics import DiagnosticError
from runtime.journal import Entry
from runtime.methods.kkt import Kkt
from runtime.methods.method import Choice, Method, Request
from runtime.methods.mover import Reply
from runtime.methods.pairs_again import PairsAgain
from runtime.methods.setting import Setting
from runtime.result import Status

Choose = Callable[[Setting, str], Choice]
"""As `runtime.methods.registry.choose`."""


class LeadersAnswer:
    """A `Mover` of a player on top with all who follow it: their columns, and the prices of their rows."""

    leads = True
    local = False

    def __init__(self, game: GroundGame, player: int, request: Request, choose: Choose, proximal: float = 0.0) -> None:
        """`proximal` as in `OwnAnswer`, for the leader alone."""
        self.game, self.player, self.choose, self.proximal = game, player, choose, proximal
        self.request = replace(request, method="auto")
        self.chosen = below(game, player)
        part = self._part(np.zeros(game.columns))
        self.columns: Ints = part.columns
        own = game.owner[self.columns] == player
        self.decides: Ints = self.columns[own & (game.lower[self.columns] != game.upper[self.columns])]
        self.inputs: Bools = np.ones(game.columns, np.bool_)
        self.inputs[self.columns] = False
        self.discrete = bool(np.any(game.kind[self.decides] != REAL))
        self._method: Method | None = None
        self._known = ""
        """The name of the method that is remembered."""
        self._pairs = PairsAgain()

    def method(self, setting: Setting) -> Method:
        """What solves the leader's game, the same as long as it fits. Raises DiagnosticError where nothing does."""
        if self._known:
            with suppress(DiagnosticError):
                self._method = self.choose(setting, self._known).method
            self._known = ""
        if self._method is None or self._method.refuses(setting) is not None:
            self._method = self.choose(setting, "auto").method
        return Kkt(self._pairs) if isinstance(self._method, Kkt) else self._method

    def state(self) -> Entry:
        """See `Mover`."""
        return {} if self._method is None else {"method": np.array(self._method.name), "pairs": self._pairs.last}

    def remember(self, state: Entry) -> None:
        """See `Mover`."""
        self._known = str(state["method"]) if "method" in state else ""
        self._method = None
        if "pairs" in state:
            self._pairs.last = state["pairs"]

    def setting(self, x: Floats) -> Setting:
        """The leader's game, the others at x."""
        return Setting.of(self._part(x).game)

    def answer(self, x: Floats, seconds: float | None, nearby: bool = False) -> Reply:
        """See `Mover`."""
        part = self._part(x)
        setting = Setting.of(part.game)
        before = time.perf_counter()
        try:
            method = self.method(setting)
            found = method.run(setting, replace(self.request, time_limit=seconds))
        except DiagnosticError as error:
            spent = time.perf_counter() - before
            return Reply(Status.NOT_VERIFIED, seconds=spent, note=error.diagnostics[0].headline)
        place = int(np.searchsorted(part.players, self.player))
        bound = found.bound.get(place, float("nan"))
        if found.x is None:
            return Reply(found.status, bound=bound, solver=found.solver, seconds=found.seconds)
        whole = part.widened(found.x, x)
        value = float(self.game.objectives_at(whole)[self.player])
        if self.proximal:
            bound = float("nan")
        prices = np.full(len(part.rows), np.nan) if found.prices is None else found.prices
        return Reply(found.status, found.x, value, bound, part.rows, prices, found.solver, found.seconds, found.ledger)

    def _part(self, x: Floats) -> Subgame:
        part = subgame(self.game, self.chosen, x)
        return part if not self.proximal else self._near(part, x)

    def _near(self, part: Subgame, x: Floats) -> Subgame:
        """With the proximal term at x in the leader's objective."""
        game, whole = part.game, self.game
        near = np.flatnonzero((whole.owner[part.columns] == self.player) & (game.kind == REAL))
        near = near[game.lower[near] != game.upper[near]]
        here, sense = x[part.columns[near]], float(whole.players[self.player].sense)
        row = int(np.searchsorted(part.players, self.player))
        goal, quad = game.objective, game.objective_quad
        constant = game.objective_constant.copy()
        constant[row] += 0.5 * sense * self.proximal * float(here @ here)
        at = np.full(len(near), row, np.int64)
        linear = goal.from_coo(
            np.concatenate([goal.row_numbers(), at]),
            np.concatenate([goal.indices, near]),
            np.concatenate([goal.data, -sense * self.proximal * here]),
            goal.rows,
            goal.columns,
        )
        products = Quad.from_entries(
            np.concatenate([quad.row, at]),
            np.concatenate([quad.i, near]),
            np.concatenate([quad.j, near]),
            np.concatenate([quad.value, np.full(len(near), 0.5 * sense * self.proximal)]),
            game.columns,
        )
        game = replace(game, objective=linear, objective_quad=products, objective_constant=constant)
        return replace(part, game=game)
