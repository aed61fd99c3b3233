"""A Program of optimality conditions in, its followers' answers to given decisions of all others out: where the
followers' duality gap (`duality_gap`) is least, at 0, they answer, and with others' decisions held it is linear, or
convex, in the followers' columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints, Quad, joined
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.program import Program
from runtime.methods.counted_work import ONE_LP, CountedWork
from runtime.methods.derived_bounds import without_what_bends
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.solver import Ending, Options


class GapAnswers:
    """Of one Program, which stays in HiGHS; see the module. `outside` are the columns of others on which the answers
    depend; what else others decide is free, and the followers' columns are whatever these leave."""

    def __init__(self, game: GroundGame, program: Program) -> None:
        duality = Duality.of(game, program)
        self.fits = not (program.row_quad.entries or program.curves) and bool(duality.plain[duality.owner].all())
        inside = duality.duals(program.columns) | duality.slacks(program.columns)
        inside[duality.column] = True
        self.cost = np.zeros(program.columns)
        squares = [Quad.empty()]
        factors: list[Ints] = [np.zeros(0, np.int64)]
        others: list[Ints] = [np.zeros(0, np.int64)]
        values: list[Floats] = [np.zeros(0)]
        for follower in np.unique(duality.owner).tolist() if self.fits else ():
            for column, value in gap_linear(game, program, duality, follower):
                np.add.at(self.cost, column, value)
            for factor, column, value in gap_products(program, duality, follower):
                bent = inside[column]
                factors.append(factor[~bent])
                others.append(column[~bent])
                values.append(value[~bent])
                none = np.zeros(int(bent.sum()), np.int64)
                squares.append(Quad.from_entries(none, factor[bent], column[bent], value[bent], program.columns))
        self.factor, self.other, self.value = np.concatenate(factors), np.concatenate(others), np.concatenate(values)
        self.outside: Ints = np.unique(self.other)
        bare = without_what_bends(program)
        self.bare = replace(bare, cost=self.cost, cost_constant=0.0, cost_quad=joined(squares))
        self.fits &= not Highs().refuses(self.bare)
        self.moved: Ints = np.unique(self.factor)
        self.model: HighsModel | None = None

    def at(self, z: Floats, work: CountedWork) -> Floats | None:
        """The point (k,) at which others do what z (k,) says of `outside`; None where followers have no answer. Only
        where it `fits`: without products or smooth functions in rows, and with duality gaps that are convex."""
        z = np.clip(z, self.bare.lower, self.bare.upper)
        held = z[self.outside]
        cost = self.cost.copy()
        np.add.at(cost, self.factor, self.value * z[self.other])
        if self.bare.cost_quad.entries or self.model is None:
            lower, upper = self.bare.lower.copy(), self.bare.upper.copy()
            lower[self.outside] = upper[self.outside] = held
            self.model = HighsModel(replace(self.bare, cost=cost, lower=lower, upper=upper))
        else:
            self.model.change_costs(self.moved, cost[self.moved])
            self.model.change_bounds(self.outside, held, held)
        outcome = self.model.solve(Options(time_limit=ONE_LP))
        work.add_lp(outcome, self.model)
        if outcome.ending is not Ending.OPTIMAL:
            self.model.start_afresh()
            return None
        return outcome.z
