"""Small words of messages: elements, counts and lists as people write them."""

from __future__ import annotations

from collections.abc import Iterable

from grammar.source import Span


def show(element: object) -> str:
    """An element as people write it."""
    return f"({', '.join(map(str, element))})" if isinstance(element, tuple) else str(element)


def count(number: int, one: str, many: str = "") -> str:
    """`1 index`, `2 indices`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def some(names: Iterable[object], most: int = 8) -> str:
    """The first names in backquotes, and dots when there are more."""
    listed = list(names)
    shown = ", ".join(f"`{show(n)}`" for n in listed[:most])
    return shown + (", ..." if len(listed) > most else "") if listed else "nothing"


def short(span: Span, most: int = 40) -> str:
    """The text of a place in one line, cut where it is long."""
    text = " ".join(span.text.split())
    return text if len(text) <= most else text[: most - 3] + "..."
