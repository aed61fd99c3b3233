"""The numbers of a page: `Arrays`, each array once, as exact float64 in base64, which scripts name by its place."""

from __future__ import annotations

from base64 import b64encode

import numpy as np

from compiler.ground.sparse import Floats

MOST = 1_500_000
"""Numbers of a page. One takes 11 characters, so a page stays below 20 MB, which browsers of phones still open and mail
still carries."""


class Arrays:
    """`texts` are the arrays so far."""

    def __init__(self, most: int = MOST) -> None:
        self.texts: list[str] = []
        self._most = most
        self._places: dict[bytes, int] = {}

    def place_of(self, values: Floats) -> int:
        """Where the array stands among `texts`. NaN and endless numbers stay what they are."""
        content = np.ascontiguousarray(values, dtype="<f8").tobytes()
        if content not in self._places:
            self._places[content] = len(self.texts)
            self.texts.append(b64encode(content).decode("ascii"))
            self._most -= len(values)
        return self._places[content]

    def room_for(self, count: int) -> bool:
        """Whether so many numbers more would still fit."""
        return count <= self._most
