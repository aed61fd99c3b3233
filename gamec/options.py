"""Options that several commands share. In: nothing; out: annotated types for typer, checked as far as words go."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How a command writes: for people, in single lines (editors, grep), or for programs (docs/json.md)."""

    TEXT = "text"
    SHORT = "short"
    JSON = "json"


def _at_least_zero(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise typer.BadParameter(f"{value} is no finite number of at least 0")
    return value


def _above_zero(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise typer.BadParameter(f"{value} is no finite number above 0")
    return value


ModelFile = Annotated[str, typer.Argument(metavar="FILE", help="A .game file, or - for standard input.")]
CaseName = Annotated[str | None, typer.Option("--case", metavar="NAME", help="A case of the model.")]
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="How to solve; auto chooses and says why.")]
Solver = Annotated[str, typer.Option("--solver", metavar="NAME", help="highs or scip; auto chooses and says why.")]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="SECONDS", help="Stop a solve after this time.", callback=_above_zero),
]
Gap = Annotated[
    float | None,
    typer.Option("--gap", metavar="NUMBER", help="Relative gap at which a solver may stop.", callback=_at_least_zero),
]
Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Seed of whatever is random.", min=0)]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Give or override a parameter; repeat for more."),
]
Data = Annotated[
    str | None,
    typer.Option("--data", metavar="FILE.json", help='Parameters from a JSON object {"NAME": value, ...}.'),
]
Output = Annotated[Format, typer.Option("--format", help="For people, in single lines, or for programs.")]
