"""A player of a game in, its best answers to ever new decisions of the others out; its problem stays in the solver.

What others decide enters a player's problem through its costs and the limits of its rows: these are what changes from
one answer to the next, and HiGHS goes on from the last basis of an LP, 3 to 5 times faster. Where others' decisions are
factors in the player's rows, or HiGHS does not take the problem, it is solved anew; a continuous one by IPOPT from the
last answer while decisions still move, which takes a hundredth of what SCIP takes to prove that nothing is better.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from compiler.ground.ground_game import REAL, GroundGame, lifted_places
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program
from compiler.reformulations.response_family import ResponseFamily
from runtime.journal import Entry
from runtime.methods.method import Request, solved
from runtime.methods.mover import Reply
from runtime.methods.polish import polished
from runtime.methods.single_level import STATUS
from runtime.result import Status
from runtime.solvers.highs import Highs, HighsModel, basis_numbers, basis_of
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.solver import Ending, Outcome

CLOSER = 0.1
"""Part of the gap asked for to which a player's problem is solved."""

FUNCTIONS = 1e-8
"""SCIP's tolerance with smooth functions: its own, 1e-6, moves an objective by as much as a regret may be."""


class OwnAnswer:
    """A `Mover` of one player: its own columns, and the prices of its rows that others use."""

    leads = False

    def __init__(self, game: GroundGame, player: int, request: Request, proximal: float = 0.0) -> None:
        """`proximal` is the weight of half the squared distance from the player's real columns at the point given,
        which is added to its (minimised) objective; the answers' bounds are then not proven."""
        self.player, self.request, self.proximal = player, request, proximal
        self.family = family = ResponseFamily.of(game, player)
        self.sense = float(game.players[player].sense)
        price = game.price_row >= 0
        prices = np.flatnonzero(price)
        prices = prices[game.row_owner[game.price_row[prices]] == player]
        self.price_places = np.searchsorted(family.rows, game.price_row[prices])
        self.columns = np.concatenate([family.own, prices])
        self.decides = family.own[game.lower[family.own] != game.upper[family.own]]
        self.inputs = _seen(game, player, family.rows)
        self.discrete = bool(np.any(game.kind[self.decides] != REAL)) or len(family.base.sos1) > 0
        near = np.flatnonzero((game.kind[family.own] == REAL) & (game.lower[family.own] != game.upper[family.own]))
        self.near: Ints = near if proximal > 0 else near[:0]
        self.stands_for: Ints = np.flatnonzero(lifted_places(game.column_blocks)[family.own])
        """Places of own columns that stand for values, `max(...)` say, and so move when others decide."""
        self._model: HighsModel | None = None
        self._basis: Any = None
        ipopt = Ipopt()
        base = self._near(family.base, np.zeros(game.columns))
        if not family.moving and request.solver in ("auto", "highs") and not Highs().refuses(base):
            self._model = HighsModel(base)
        self.local = self._model is None and request.solver == "auto" and not (ipopt.refuses(base) or ipopt.missing())
        self.local &= bool(Highs().refuses(base))

    def answer(self, x: Floats, seconds: float | None, nearby: bool = False) -> Reply:
        """See `Mover`."""
        program = self._near(self.family.at(x), x)
        if nearby and self.local:
            found = self._nearby(program, x, seconds)
            if found is not None:
                return found
        solver, outcome = self._solved(program, x, seconds)
        status, spent = STATUS[outcome.ending], outcome.seconds
        bound = float("nan") if self.proximal else self.sense * outcome.bound
        if outcome.z is None:
            return Reply(status, bound=bound, solver=solver, seconds=spent)
        z, duals = outcome.z, outcome.row_duals
        if duals is None:
            better = polished(program, z, replace(self.request, time_limit=seconds).options)
            if better is not None and better.z is not None:
                z, duals, spent = better.z, better.row_duals, spent + better.seconds
        return self._reply(status, x, z, duals, bound, solver, spent)

    def with_values(self, x: Floats) -> Floats:
        """x with this player's decisions as they are, and what stands for values of them and of others' decisions as
        it is then; x itself where these decisions have none."""
        if not len(self.stands_for) or not self.inputs.any():
            return x
        program = self.family.at(x)
        own = self.family.own
        held = np.setdiff1d(np.arange(len(own)), self.stands_for)
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[held] = upper[held] = x[own[held]]
        _, outcome = solved(replace(program, lower=lower, upper=upper), self.request)
        if outcome.z is None or outcome.ending is not Ending.OPTIMAL:
            return x
        found = x.copy()
        found[own[self.stands_for]] = outcome.z[self.stands_for]
        return found

    def state(self) -> Entry:
        """See `Mover`."""
        return {} if self._basis is None else {"basis": basis_numbers(self._basis)}

    def remember(self, state: Entry) -> None:
        """See `Mover`."""
        self._basis = basis_of(state["basis"], self.family.base.columns) if "basis" in state else None

    def _nearby(self, program: Program, x: Floats, seconds: float | None) -> Reply | None:
        """What IPOPT finds from the last answer; None where that is nothing."""
        options = replace(self.request, time_limit=seconds).options
        outcome = Ipopt().improve(program, options, x[self.family.own])
        if outcome.z is None or outcome.ending not in (Ending.LOCAL, Ending.STATIONARY):
            return None
        return self._reply(Status.LOCAL, x, outcome.z, outcome.row_duals, float("nan"), Ipopt.name, outcome.seconds)

    def _reply(
        self, status: Status, x: Floats, z: Floats, duals: Floats | None, bound: float, solver: str, spent: float
    ) -> Reply:
        rows = self.family.rows
        prices = np.full(len(rows), np.nan) if duals is None else self.sense * duals[: len(rows)]
        part = np.concatenate([z[: len(self.family.own)], prices[self.price_places]])
        if not np.all(np.isfinite(part)):
            return Reply(Status.NOT_VERIFIED, solver=solver, seconds=spent, note="a price that others use has no value")
        point = x.copy()
        point[self.columns] = part
        value = self.family.objective_at(point)
        return Reply(status, part, value, bound, rows, prices, solver, spent)

    def _solved(self, program: Program, x: Floats, seconds: float | None) -> tuple[str, Outcome]:
        # What is left of a gap counts as a gain of the player.
        request = replace(self.request, time_limit=seconds, gap=CLOSER * self.request.options.gap)
        if program.curves:
            request = replace(request, tolerance=FUNCTIONS)
        start = np.append(x[self.family.own], np.zeros(program.columns - len(self.family.own)))
        model = self._model
        if model is not None:
            moved = np.arange(program.columns) if len(self.near) else self.family.cost_columns
            limits = self.family.limit_rows
            if len(moved):
                model.change_costs(moved, program.cost[moved])
            if len(limits):
                model.change_row_limits(limits, program.row_lower[limits], program.row_upper[limits])
            model.cost_constant = program.cost_constant
            # All that is kept of the last solve is the basis of an LP, so that an iteration can go on from what a file
            # holds; others gain nothing by more.
            if self._basis is None:
                model.start_afresh()
            else:
                model.start_from(self._basis)
            outcome = model.solve(request.options, start)
            simple = not (model.mixed or program.cost_quad.entries)
            self._basis = model.basis() if simple and outcome.ending is Ending.OPTIMAL else None
            if outcome.ending in (Ending.OPTIMAL, Ending.LIMIT):
                return Highs.name, outcome
            # A basis that is kept may lead astray: the problem itself has the last word.
        solver, outcome = solved(program, request, start)
        return solver.name, outcome

    def _near(self, program: Program, x: Floats) -> Program:
        """With the proximal term at x."""
        if not len(self.near):
            return program
        here, quad, weight = x[self.family.own[self.near]], program.cost_quad, np.full(len(self.near), self.proximal)
        cost = program.cost.copy()
        cost[self.near] -= self.proximal * here
        return replace(
            program,
            cost=cost,
            cost_constant=program.cost_constant + 0.5 * self.proximal * float(here @ here),
            cost_quad=Quad.from_entries(
                np.concatenate([quad.row, np.zeros(len(self.near), np.int64)]),
                np.concatenate([quad.i, self.near]),
                np.concatenate([quad.j, self.near]),
                np.concatenate([quad.value, 0.5 * weight]),
                program.columns,
            ),
        )


def _seen(game: GroundGame, player: int, rows: Ints) -> np.ndarray:
    """Columns of others in the player's rows and objective: (n,)."""
    seen = np.zeros(game.columns, np.bool_)
    matrix: Csr = game.matrix.take_rows(rows)
    seen[matrix.indices] = True
    seen[game.objective.take_rows(np.array([player])).indices] = True
    for quad in (game.row_quad.take_rows(rows), game.objective_quad.take_rows(np.array([player]))):
        seen[quad.i] = seen[quad.j] = True
    seen[game.owner == player] = False
    return seen
