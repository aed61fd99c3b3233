"""Labelled values -> how they stand in arrays: `Arrangement`, the dimensions of each and the elements along each
dimension.

A dimension is named after its set. Where an index runs over one set twice, or a set of that name has other elements,
the letter names it instead. Values that exist for fewer than half of the combinations of two indices or more (links
of a network, say) are a list: one dimension named after the letters, `i_j`, with the elements in `i_of_i_j` and
`j_of_i_j`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from compiler.ground.sparse import Floats
from runtime.result import Labelled, Value

Ints = NDArray[np.int64]
Elements = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Place:
    """Where the values of one name stand: along `dims`, at `positions` (values, indices) in the axes of its index;
    None is the full product in order. A list has one dimension only."""

    dims: tuple[str, ...]
    positions: Ints | None = None
    listed: bool = False


@dataclass
class Arrangement:
    """`along` has the elements of each dimension (of a list none), `entries` the elements of lists by coordinate, with
    the list's dimension."""

    places: dict[str, Place] = field(default_factory=dict)
    along: dict[str, Elements] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    """The set of each dimension and coordinate of a list."""
    entries: dict[str, tuple[str, Elements]] = field(default_factory=dict)
    lists: dict[str, tuple[Elements, ...]] = field(default_factory=dict)


def arranged(values: Mapping[str, Value]) -> Arrangement:
    """The arrangement of all values that have an index."""
    made = Arrangement()
    for name, value in values.items():
        if isinstance(value, Labelled):
            made.places[name] = _place(value, made, values)
    return made


def array_of(value: Labelled, place: Place) -> Floats:
    """The values as an array over the dimensions; NaN where there is no such combination."""
    if place.listed:
        return value.values
    shape = tuple(len(axis) for axis in value.elements())
    if place.positions is None:
        return value.values.reshape(shape)
    full = np.full(shape, np.nan)
    full[tuple(place.positions.T)] = value.values
    return full


def _place(value: Labelled, made: Arrangement, names: Iterable[str]) -> Place:
    axes = value.elements()
    positions = _positions(value, axes)
    if positions is not None and len(axes) > 1 and 2 * len(value) < prod(map(len, axes)):
        return Place((_list(value, made, names),), positions, listed=True)
    dims: list[str] = []
    for letter, name, axis in zip(value.index, value.sets, axes, strict=True):
        again = value.sets.count(name) > 1
        wanted = [letter] if again or not name else [name, letter]
        dim = _free(wanted, {**made.along, **dict.fromkeys(dims)}, axis, set(made.lists), names)
        made.along[dim] = axis
        made.sets[dim] = name
        dims.append(dim)
    return Place(tuple(dims), positions)


def _positions(value: Labelled, axes: tuple[Elements, ...]) -> Ints | None:
    if len(value) == prod(map(len, axes)) and value.keys == tuple(product(*axes)):
        return None
    where = [{element: k for k, element in enumerate(axis)} for axis in axes]
    return np.array(
        [[place[e] for place, e in zip(where, key, strict=True)] for key in value.keys], dtype=np.int64
    ).reshape(len(value), len(axes))


def _list(value: Labelled, made: Arrangement, names: Iterable[str]) -> str:
    columns = tuple(zip(*value.keys, strict=True)) or ((),) * len(value.index)
    dim = _free(["_".join(value.index)], made.lists, columns, set(made.along), names)
    made.lists[dim] = columns
    for letter, name, column in zip(value.index, value.sets, columns, strict=True):
        coordinate = f"{letter}_of_{dim}"
        made.entries[coordinate] = dim, column
        made.sets[coordinate] = name
    return dim


def _free(wanted: list[str], taken: Mapping[str, object], mine: object, others: set[str], names: Iterable[str]) -> str:
    """The first wanted name that is free, or taken by the same elements; else the last with a number."""
    numbered = (f"{wanted[-1]}_{k}" for k in range(2, 2 + len(taken) + len(others) + len(tuple(names)) + 1))
    for name in (*wanted, *numbered):
        if name not in names and name not in others and (name not in taken or taken[name] == mine):
            return name
    raise AssertionError("there are more numbers than names")
