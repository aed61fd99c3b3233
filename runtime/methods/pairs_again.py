"""Programs with complementary pairs, one like the other, solved one after another: each begins with the pattern of the
last one's answer, which is the answer's again where little has changed."""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats
from compiler.reformulations.program import Program
from runtime.methods.method import Request
from runtime.methods.pairs import PairAnswer, solve_pairs


class PairsAgain:
    """A `PairSolver` that remembers its last answer, `last` (k,)."""

    def __init__(self) -> None:
        self.last: Floats = np.zeros(0)

    def __call__(self, game: GroundGame, program: Program, unit: Floats | None, request: Request) -> PairAnswer:
        known = self.last if len(self.last) == program.columns else None
        answer = solve_pairs(game, program, unit, request, known)
        if answer.outcome.z is not None:
            self.last = answer.outcome.z
        return answer
