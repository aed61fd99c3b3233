"""Elements and numbers of bound data -> Python literals that give back the same values, wrapped to readable lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from compiler.backends.bound_data import Key

WIDTH = 110
"""Columns of a line of data."""

SHORT = 48
"""Columns up to which data stand in the line of their statement."""

_EXACT = 2.0**53
"""Whole floats up to here are written as integers, which stand for the same number."""


def number(value: float) -> str:
    """The shortest text that reads back as `value`; whole numbers without a point."""
    if value != value or value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    if value == int(value) and abs(value) <= _EXACT and not (value == 0 and str(value).startswith("-")):
        return str(int(value))
    return repr(float(value))


def element(value: object) -> str:
    """An element of a set: an integer, a name in quotes, a tuple of these."""
    if isinstance(value, tuple):
        return f"({', '.join(element(part) for part in value)}{',' if len(value) == 1 else ''})"
    # JSON's escapes are Python's too.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def key(value: Key) -> str:
    """The key of an entry: the element itself for one index."""
    return element(value[0] if len(value) == 1 else value)


def element_list(elements: Sequence[object]) -> str:
    """The elements in order: `range(1, 25)` where they are integers in even steps, else a list."""
    if len(elements) > 2 and all(type(e) is int for e in elements):
        numbers = [e for e in elements if isinstance(e, int)]
        step = numbers[1] - numbers[0]
        if step and all(b - a == step for a, b in pairwise(numbers)):
            end = numbers[-1] + (1 if step > 0 else -1)
            return f"range({numbers[0]}, {end})" if step == 1 else f"range({numbers[0]}, {end}, {step})"
    return _wrapped("[", [[element(e) for e in elements]], "]")


def entries(values: Mapping[Key, float]) -> str:
    """A dictionary of key and number; with several indices each first element begins a line."""
    groups = [
        [f"{key(k)}: {number(v)}" for k, v in group] for _, group in groupby(values.items(), key=lambda kv: kv[0][0])
    ]
    one_index = all(len(k) == 1 for k in values)
    return _wrapped("{", [[e for group in groups for e in group]] if one_index else groups, "}")


def _wrapped(opening: str, groups: Iterable[list[str]], closing: str) -> str:
    """Items in one line where they fit, else in indented lines, a new one for each group."""
    listed = list(groups)
    flat = ", ".join(item for group in listed for item in group)
    if len(flat) <= SHORT:
        return f"{opening}{flat}{closing}"
    lines: list[str] = []
    for group in listed:
        line = ""
        for item in group:
            if line and len(line) + len(item) + 2 > WIDTH - 4:
                lines.append(line)
                line = ""
            line += f"{' ' if line else ''}{item},"
        lines.append(line)
    return "\n".join([opening, *(f"    {line}" for line in lines), closing])
