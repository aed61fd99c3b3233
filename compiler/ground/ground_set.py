"""A set with its elements in hand: `GroundSet`, and `Layout`, the instances of a declaration and where each one
stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from compiler.ground.values import Axis, Dense, combine

Ints = NDArray[np.int64]


@dataclass(eq=False)
class GroundSet:
    """Elements in the order written. A set of tuples has `components` and `coords` (size, arity), positions in them."""

    name: str
    elements: tuple[object, ...]
    components: tuple[GroundSet, ...] = ()
    coords: Ints | None = None
    _maps: dict[int, Ints] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        return len(self.elements)

    @cached_property
    def place(self) -> dict[object, int]:
        """Position of each element."""
        return {e: k for k, e in enumerate(self.elements)}

    @cached_property
    def spelled(self) -> dict[str, int]:
        """Position of each element by its text, as data files spell it."""
        return {str(e): k for k, e in enumerate(self.elements)}

    @cached_property
    def numbers(self) -> NDArray[np.float64] | None:
        """The elements as numbers, None when some are names."""
        if set(map(type, self.elements)) <= {int}:
            return np.array(self.elements, dtype=np.float64)
        return None

    @cached_property
    def consecutive(self) -> bool:
        """Whether the elements are integers n, n+1, n+2, ..."""
        return self.numbers is not None and bool(np.all(np.diff(self.numbers) == 1))

    def map_to(self, target: GroundSet) -> Ints:
        """Position in `target` of each element of this set, -1 where it is not there: (size,)."""
        if id(target) not in self._maps:
            place = target.place
            self._maps[id(target)] = np.array([place.get(e, -1) for e in self.elements], dtype=np.int64)
        return self._maps[id(target)]


@dataclass(frozen=True, eq=False)
class Layout:
    """Instances of a declaration, numbered from 0 in order. `sets` has one plain set for each index position.

    `axes` are the axes over which bodies are evaluated: one per binder, or a single one when a condition picks
    instances. `coords` (size, positions) are positions in `sets`; None means the full product in C order.
    """

    sets: tuple[GroundSet, ...]
    axes: tuple[Axis, ...]
    size: int
    coords: Ints | None = None

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(s.size for s in self.sets)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        steps, step = [], 1
        for n in reversed(self.shape):
            steps.append(step)
            step *= max(n, 1)
        return tuple(reversed(steps))

    @cached_property
    def _keys(self) -> tuple[Ints, Ints]:
        assert self.coords is not None
        keys = self.coords @ np.array(self.strides, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    def locate(self, positions: list[Dense]) -> Dense:
        """Instance numbers for positions that lie within the sets; -1 where there is no such instance."""
        if not positions:
            return Dense.scalar(0 if self.size else -1)
        flat = positions[0] if self.strides[0] == 1 else combine(lambda p: p * self.strides[0], positions[0])
        for position, stride in zip(positions[1:], self.strides[1:], strict=True):
            flat = combine(lambda a, b, s=stride: a + b * s, flat, position)
        if self.coords is None:
            return flat
        keys, order = self._keys
        if not len(keys):
            return Dense(flat.axes, np.full(flat.array.shape, -1, dtype=np.int64))
        at = np.minimum(np.searchsorted(keys, flat.array), len(keys) - 1)
        return Dense(flat.axes, np.where(keys[at] == flat.array, order[at], -1))

    def key(self, instance: int) -> tuple[object, ...]:
        """The elements that index an instance."""
        if self.coords is None:
            places = np.unravel_index(instance, self.shape) if self.shape else ()
        else:
            places = tuple(self.coords[instance])
        return tuple(s.elements[int(p)] for s, p in zip(self.sets, places, strict=True))

    def all_coords(self) -> Ints:
        """Positions of all instances: (size, positions)."""
        if self.coords is not None:
            return self.coords
        if not self.shape:
            return np.zeros((self.size, 0), np.int64)
        return np.stack(np.unravel_index(np.arange(self.size), self.shape), axis=1).astype(np.int64)
