"""The functions of expressions: names, how many arguments they take, what they do to units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """`most` None means any number. `unit`: "same" (arguments alike, so the result), "plain" (numbers without unit),
    "root"."""

    least: int
    most: int | None
    unit: str


FUNCTIONS: dict[str, Function] = {
    "abs": Function(1, 1, "same"),
    "min": Function(1, None, "same"),
    "max": Function(1, None, "same"),
    "exp": Function(1, 1, "plain"),
    "log": Function(1, 1, "plain"),
    "sqrt": Function(1, 1, "root"),
    "sin": Function(1, 1, "plain"),
    "cos": Function(1, 1, "plain"),
    "tan": Function(1, 1, "plain"),
    "tanh": Function(1, 1, "plain"),
}

INDEX_FUNCTIONS = ("prev", "next", "first", "last", "ord", "card")
"""Functions of index letters and sets; they are no functions of numbers."""
