"""A piece of Python as text with its precedence: `Code`, which brackets itself only where it must."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How tightly an expression binds, as in Python's grammar."""

    CHOICE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    SIGN = 7
    POWER = 8
    ATOM = 9


@dataclass(frozen=True)
class Code:
    """`terms` are the summands with their signs, for breaking a long sum into lines; empty for what is no sum."""

    text: str
    level: Level = Level.ATOM
    terms: tuple[str, ...] = ()

    def at(self, level: Level) -> str:
        """The text for a place that takes expressions of this level or tighter."""
        return self.text if self.level >= level else f"({self.text})"

    def lines(self, width: int) -> list[str]:
        """The text, one summand a line where it is too wide. Only inside brackets."""
        return list(self.terms) if len(self.text) > width and len(self.terms) > 1 else [self.text]
