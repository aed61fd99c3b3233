"""One player's optimisation problem with a name for everything: what files for solvers hold. `NamedProblem`.

Names are as short as people can read them (`grid_mg1.used_t3` for `grid[i=mg1].used[t=3]`), made of ASCII letters,
digits, `_` and `.`, which every format takes, and none comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import name as unicode_name
from unicodedata import normalize

import numpy as np

from compiler.ground.curves import Curve
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad

LONGEST = 200
"""Characters of a name: LP files have room for 255, and a suffix may follow."""

_KEYWORDS = frozenset(
    {"bin", "binaries", "binary", "bound", "bounds", "end", "free", "gen", "general", "generals", "in", "inf"}
    | {"infinity", "int", "integer", "integers", "lazy", "max", "maximise", "maximize", "maximum", "min", "minimise"}
    | {"minimize", "minimum", "nan", "pwlobj", "range", "s.t.", "sec", "semi", "semis", "sos", "sos1", "sos2", "st"}
    | {"st.", "subject", "such", "to"}
)
"""Words of LP files, whatever their case."""


@dataclass(frozen=True, eq=False)
class NamedProblem:
    """Minimise (or maximise) `constant + cost @ x + cost_quad(x)` over n columns and m rows with the limits and bounds
    given, at most one of each pair `sos1` (p, 2) not zero, columns tied by `curves`.

    Names hold no blanks. `places` (m,) are where in the model rows come from (`park.game:24: grid.balance`), "" where
    nobody can tell, or empty.
    """

    name: str
    cost: Floats
    constant: float
    lower: Floats
    upper: Floats
    integer: Bools
    matrix: Csr
    row_lower: Floats
    row_upper: Floats
    column_names: Sequence[str]
    row_names: Sequence[str]
    objective_name: str = "cost"
    maximize: bool = False
    cost_quad: Quad = field(default_factory=Quad.empty)
    row_quad: Quad = field(default_factory=Quad.empty)
    sos1: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    curves: tuple[Curve, ...] = ()
    places: Sequence[str] = ()
    column_places: Sequence[str] = ()
    """(n,) or empty: the same for columns."""

    def row_remarks(self) -> Iterator[str]:
        """For each row its place, "" where the row before has the same."""
        last = ""
        for place in self.places or [""] * len(self.row_names):
            yield place if place != last else ""
            last = place

    def pair_name(self, k: int) -> str:
        """Of pair number k from 1: taken by no row."""
        return f"pair.{k}"


def file_names(labels: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """For each label a name that is valid in LP, MPS and nl files, none twice and none among `taken`."""
    found: list[str] = []
    used = set(taken)
    tails: dict[str, int] = {}
    for label in labels:
        plain = unique = file_name(label)
        while unique in used:
            tails[plain] = tails.get(plain, 1) + 1
            unique = f"{plain}_{tails[plain]}"
        used.add(unique)
        found.append(unique)
    return found


def file_name(label: str) -> str:
    """One label as a name: `storage.soc[t=7]` is `storage.soc_t7`."""
    text = re.sub(r"\[([^\]]*)\]", _index, label)
    text = re.sub(r"[^A-Za-z0-9_.]", "_", "".join(_ascii(c) for c in normalize("NFKC", text)))[:LONGEST]
    # `e7` would be the end of a number; `pair.1` is a pair's name.
    wrong = not text or not (text[0].isalpha() or text[0] == "_") or re.match(r"(?i)e\d|e$|pair\.\d", text)
    text = f"_{text}" if wrong else text
    return f"{text}_" if text.lower() in _KEYWORDS else text


def _index(match: re.Match[str]) -> str:
    words = []
    for word in match[1].split(", "):
        letter, equal, element = word.partition("=")
        words.append(word if not equal else element if element[:1].isalpha() else letter + element)
    return "_" + "_".join(words)


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    plain = normalize("NFKD", letter).encode("ascii", "ignore").decode()
    if plain:
        return plain
    words = unicode_name(letter, "").split()
    if words[:1] == ["GREEK"] and len(words) > 3:
        greek = words[3].lower().replace("lamda", "lambda")
        return greek.capitalize() if words[1] == "CAPITAL" else greek
    return f"u{ord(letter):04x}"
