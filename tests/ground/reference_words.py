"""What the reference evaluators speak of: quantities, letters and polynomials, and elements and numbers in texts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from compiler.syntax import declarations, expressions

Element = object
Key = tuple[str, str, tuple[Element, ...]]
"""One instance of a variable or shadow price: player, name, elements (the player's own index first)."""

Poly = dict[tuple[Key, ...], float]
"""Sorted products of variables -> coefficient; `()` stands for the constant."""

Declaration = (
    declarations.ParamDecl
    | declarations.LetDecl
    | declarations.VarDecl
    | declarations.ConstraintDecl
    | declarations.ObjectiveDecl
    | declarations.ReportDecl
)


class Letter(NamedTuple):
    """What a letter stands for, and the elements that it runs along."""

    value: Element
    along: tuple[Element, ...]


Environment = dict[str, Letter]


class FaultError(Exception):
    """This instance cannot be evaluated; the code is noted already."""


@dataclass
class Member:
    """A declared quantity: `owner` is its player, "" at the top."""

    owner: str
    node: Declaration


def total(parts: Iterator[Poly] | list[Poly]) -> Poly:
    result: Poly = {}
    for part in parts:
        for key, value in part.items():
            result[key] = result.get(key, 0.0) + value
    return result


def scaled(a: Poly, factor: float) -> Poly:
    return {key: factor * value for key, value in a.items()}


def product(a: Poly, b: Poly) -> Poly:
    return total([{tuple(sorted(k + m, key=repr)): v * w} for k, v in a.items() for m, w in b.items()])


def literal(node: expressions.Expr) -> Element:
    """An element as written."""
    match node:
        case expressions.Number():
            return int(node.value)
        case expressions.Negation():
            return -literal(node.operand)  # type: ignore[operator]
        case expressions.Text():
            return node.value
        case expressions.Ref():
            return node.parts[0].name.text
        case expressions.Tuple():
            return tuple(literal(item) for item in node.items)
    raise TypeError(type(node))


def binder_letters(item: expressions.Expr) -> list[str]:
    names = item.operands[0] if isinstance(item, expressions.Compare) else item
    return [n.parts[0].name.text for n in (names.items if isinstance(names, expressions.Tuple) else (names,))]


def letters_of(index: expressions.IndexList | None) -> list[str]:
    return [] if index is None else [x for item in index.items for x in binder_letters(item)]


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split(",")] for line in text.splitlines() if line.strip()]


def as_element(cell: str) -> Element:
    try:
        return int(cell)
    except ValueError:
        return cell


def as_number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
