"""What a backend knows of a model besides its text: `BoundData`, the elements of its sets, the numbers of its
parameters and the class of its problem, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from compiler.ir.game import Game, ParamDef, SetDef
from grammar.source import Source, Span

Key = tuple[object, ...]
"""One element for each index; empty for what has none."""


@dataclass(frozen=True)
class Problem:
    """The class of one player's problem in its own variables: `name` (LP, QP, MILP, nonconvex QP ...), whether it is
    `convex`, and why it is no LP, with the place that shows it."""

    name: str
    convex: bool
    reason: str = ""
    span: Span | None = None


@dataclass(frozen=True, eq=False)
class BoundData:
    """The data of one case.

    `sets` has the elements of every declared set by its name, in order: integers, names, or tuples of these. `params`
    has the numbers of every parameter by (player, name), the player "" at the top; `given` the names of those given
    from outside. `problem` is the class of the first player's problem (LP, QP, MILP, nonconvex QP ...) with `reason`
    why it is no LP and the place that shows it. `lifted` has the places of what is not linear as it stands and was
    modelled by further variables and constraints (`max(...)` of variables, an implication): "largest" for a value that
    lies above its sides, "smallest" for one below them, "choice" where it takes binaries. `endless` names the variables
    of which some instance lacks a finite bound, by (player, name).
    """

    sets: Mapping[str, tuple[object, ...]]
    params: Mapping[tuple[str, str], Mapping[Key, float]]
    problem: str
    reason: str = ""
    reason_span: Span | None = None
    given: frozenset[str] = frozenset()
    lifted: Mapping[Span, str] = field(default_factory=dict)
    endless: frozenset[tuple[str, str]] = frozenset()
    problems: Mapping[str, Problem] = field(default_factory=dict)
    """By the name of the player; of an indexed one the first instance that is not convex, else the first."""
    absent: frozenset[int] = frozenset()
    """Identities of the variables and constraints that have no instance."""
    products: frozenset[int] = frozenset()
    """Identities of the products in expressions that are linear by further variables, for a binary in them."""

    def elements(self, definition: SetDef) -> tuple[object, ...] | None:
        """The elements of a declared set; None for a set that has no name in the file."""
        return self.sets.get(definition.name)

    def numbers(self, definition: ParamDef) -> Mapping[Key, float]:
        """The numbers of a parameter by key."""
        return self.params[definition.player, definition.name]

    def from_outside(self, definition: ParamDef) -> bool:
        """Whether the parameter's value replaces the one in the text."""
        return definition.name in self.given or f"{definition.player}.{definition.name}" in self.given


class Emittable(Protocol):
    """What every backend takes: a checked game with one case applied, and its data (`compiler.pipeline.Compiled`)."""

    @property
    def source(self) -> Source: ...

    @property
    def game(self) -> Game: ...

    def bound_data(self) -> BoundData: ...

    def with_game(self, game: Game) -> Emittable:
        """Another game on the same data."""
        ...
