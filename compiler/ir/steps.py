"""A game -> along which of its indices each variable is stepped, by number (`t-1`) or by place (`prev(t)`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.ir import expr as ir
from compiler.ir.game import Game, VarDef
from compiler.ir.walk import uses


@dataclass
class Stepped:
    """Index positions of one variable that are stepped `by_number` and `by_place`, anywhere in the file; `in_problem`
    those stepped outside reports."""

    by_number: set[int] = field(default_factory=set)
    by_place: set[int] = field(default_factory=set)
    in_problem: set[int] = field(default_factory=set)

    @property
    def positions(self) -> list[int]:
        return sorted(self.by_number | self.by_place)


class Steps:
    """The steps of every variable of a game."""

    def __init__(self, game: Game) -> None:
        self._found: dict[int, Stepped] = {}
        for expression in problem_expressions(game):
            self._note(expression, in_problem=True)
        for report in game.reports:
            self._note(report.value, in_problem=False)

    def _note(self, expression: ir.Expr, in_problem: bool) -> None:
        for use in uses(expression):
            if isinstance(use.target, VarDef):
                found = self._found.setdefault(id(use.target), Stepped())
                for k, index in enumerate(use.indices):
                    if isinstance(index, ir.Shift | ir.Step):
                        (found.by_number if isinstance(index, ir.Shift) else found.by_place).add(k)
                        if in_problem:
                            found.in_problem.add(k)

    def of(self, variable: VarDef) -> Stepped:
        return self._found.get(id(variable), Stepped())

    def ending_position(self, variable: VarDef) -> int:
        """The index whose last element `ends` speaks of: the one stepped along, else the last. The checker lets only
        one be stepped."""
        stepped = self.of(variable).in_problem
        return min(stepped) if stepped else len(variable.domain.sets) - 1


def problem_expressions(game: Game) -> Iterator[ir.Expr]:
    """Every expression of the players' problems, named expressions included."""
    for let in game.all_lets():
        yield let.value
    for player in game.players:
        yield player.objective.value
        for constraint in player.constraints:
            yield from (e for e in (constraint.left, constraint.middle, constraint.right) if e is not None)
        for variable in player.variables:
            yield from (bound.value for bound in variable.bounds)
            if variable.before is not None:
                yield variable.before
            if variable.final is not None:
                yield variable.final.value
