"""Where everything stands in the flat game: `Spaces`, and what variables and prices are while grounding or after
solving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compiler.ground.context import Context
from compiler.ground.ground_set import Layout
from compiler.ground.values import UNIT, ZERO, Affine, Dense, Term
from compiler.ir.game import CaseReport, ConstraintDef, PlayerDef, VarDef

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Place:
    """Instances of one declaration: numbers `base .. base+layout.size-1`; `context` is where its bodies are
    evaluated."""

    base: int
    layout: Layout
    context: Context
    numbers: NDArray[np.int64] | None = None
    """Where the instances do not follow each other: the number of each (size,)."""


@dataclass(eq=False)
class Spaces:
    """Places of variables (columns), constraints (rows), used shadow prices (columns) and players, by identity of the
    definition."""

    columns: dict[int, Place] = field(default_factory=dict)
    rows: dict[int, Place] = field(default_factory=dict)
    prices: dict[int, int] = field(default_factory=dict)
    players: dict[int, Place] = field(default_factory=dict)

    def of(self, definition: VarDef | ConstraintDef | PlayerDef) -> Place:
        match definition:
            case VarDef():
                return self.columns[id(definition)]
            case ConstraintDef():
                return self.rows[id(definition)]
            case PlayerDef():
                return self.players[id(definition)]


class Columns:
    """Variables and prices as columns."""

    def __init__(self, spaces: Spaces) -> None:
        self.spaces = spaces

    def layout(self, definition: VarDef | ConstraintDef) -> Layout:
        return self.spaces.of(definition).layout

    def value(self, definition: VarDef | ConstraintDef, instance: Dense) -> Affine:
        base = self.spaces.of(definition).base if isinstance(definition, VarDef) else self.spaces.prices[id(definition)]
        return Affine(ZERO, (Term(Dense(instance.axes, instance.array + base), UNIT),))

    def case_report(self, target: CaseReport) -> tuple[Layout, Floats]:
        raise TypeError("a comparison has no columns")


class Numbers:
    """Variables and prices as numbers: `x` (columns,) and `prices` (rows,) of a solved game, reports of other cases
    by (case, name)."""

    def __init__(
        self,
        spaces: Spaces,
        x: Floats,
        prices: Floats,
        case_reports: Mapping[tuple[str, str], tuple[Layout, Floats]] | None = None,
    ) -> None:
        self.spaces = spaces
        self.x = x
        self.prices = prices
        self.case_reports = case_reports or {}

    def layout(self, definition: VarDef | ConstraintDef) -> Layout:
        return self.spaces.of(definition).layout

    def value(self, definition: VarDef | ConstraintDef, instance: Dense) -> Affine:
        source = self.x if isinstance(definition, VarDef) else self.prices
        place = self.spaces.of(definition)
        if place.numbers is not None:
            return Affine(Dense(instance.axes, source[place.numbers[instance.array]]))
        return Affine(Dense(instance.axes, source[instance.array + place.base]))

    def case_report(self, target: CaseReport) -> tuple[Layout, Floats]:
        return self.case_reports[target.case, target.report.name]
