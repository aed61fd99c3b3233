"""The data of all columns as arrays that grow as statements are lifted: `FlatColumns`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler.ground.ground_game import REAL
from compiler.ground.lifting import Lifting
from compiler.ground.sparse import Floats, Ints


@dataclass(eq=False)
class FlatColumns:
    """Arrays (columns,): see `GroundGame` for their meaning."""

    lower: Floats
    upper: Floats
    kind: NDArray[np.uint8]
    start: Floats
    owner: Ints
    price_row: Ints

    @staticmethod
    def free(size: int) -> FlatColumns:
        """Columns without bounds, start or owner."""
        return FlatColumns(
            np.full(size, -np.inf),
            np.full(size, np.inf),
            np.full(size, REAL, dtype=np.uint8),
            np.full(size, np.nan),
            np.full(size, -1, dtype=np.int64),
            np.full(size, -1, dtype=np.int64),
        )

    def take_in(self, lifting: Lifting) -> None:
        """Append the lifted columns that are not here yet; those that are get the bounds and the owners that
        they have by now."""
        for columns, kind, lower, upper in lifting.columns:
            if columns.base < len(self.lower):
                here = slice(columns.base, columns.base + columns.layout.size)
                self.lower[here], self.upper[here] = lower, upper
                self.owner[here] = columns.owner
                continue
            size = columns.layout.size
            self.lower = np.concatenate([self.lower, lower])
            self.upper = np.concatenate([self.upper, upper])
            self.kind = np.concatenate([self.kind, np.full(size, kind, dtype=np.uint8)])
            self.start = np.concatenate([self.start, np.full(size, np.nan)])
            self.owner = np.concatenate([self.owner, columns.owner])
            self.price_row = np.concatenate([self.price_row, np.full(size, -1, dtype=np.int64)])
