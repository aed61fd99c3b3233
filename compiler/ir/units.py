"""Units as values: a scale and powers of base units. `kW` and `MW` have one dimension and different scales; nothing
converts silently.

Known units are the SI base and derived units and those of the field, with SI prefixes where people use them. A test
checks the table against pint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import isclose

BASE = ("m", "kg", "s", "A", "K", "mol", "cd", "rad")

Dimension = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """`scale` times the product of base units to their powers; `text` is what the user wrote, for messages."""

    scale: float
    dimension: Dimension
    text: str = "1"

    def fits(self, other: Unit) -> bool:
        """Same dimension and same scale: may be added and compared."""
        return self.dimension == other.dimension and isclose(self.scale, other.scale, rel_tol=1e-9)

    @property
    def plain(self) -> bool:
        """Whether this is the number one."""
        return not self.dimension and isclose(self.scale, 1.0, rel_tol=1e-12)

    def times(self, other: Unit, power: float = 1.0) -> Unit:
        """This unit times `other` to a power."""
        powers = dict(self.dimension)
        for name, p in other.dimension:
            powers[name] = powers.get(name, 0.0) + p * power
        dimension = tuple(sorted((n, p) for n, p in powers.items() if abs(p) > 1e-12))
        scale = self.scale * other.scale**power
        return Unit(scale, dimension, _text(self.text, other.text, power))

    def to_power(self, power: float) -> Unit:
        return ONE.times(self, power)

    def named(self, text: str) -> Unit:
        return Unit(self.scale, self.dimension, text)


ONE = Unit(1.0, ())


def _factors(text: str) -> dict[str, float]:
    """`kW*h/CNY^2` and `CNY/(kW*h)` as powers by name."""
    powers: dict[str, float] = {}
    sign, group = 1.0, 1.0
    for piece in re.findall(r"[()*/]|[^()*/\s]+", text):
        match piece:
            case "*":
                sign = 1.0
            case "/":
                sign = -1.0
            case "(":
                sign, group = 1.0, sign
            case ")":
                group = 1.0
            case _:
                name, _, power = piece.partition("^")
                if name != "1":
                    powers[name] = powers.get(name, 0.0) + group * sign * float(power or 1)
    return powers


def _text(left: str, right: str, power: float) -> str:
    if re.search(r"\)\s*\^|\([^)]*\(", left + right):
        return f"({left})*({right})^{power:g}"
    powers = _factors(left)
    for name, p in _factors(right).items():
        powers[name] = powers.get(name, 0.0) + p * power
    above = [n + (f"^{p:g}" if p != 1 else "") for n, p in powers.items() if p > 1e-12]
    below = [n + (f"^{-p:g}" if p != -1 else "") for n, p in powers.items() if p < -1e-12]
    under = f"/({'*'.join(below)})" if len(below) > 1 else f"/{below[0]}" if below else ""
    return ("*".join(above) or "1") + under


_DEFINITIONS: dict[str, tuple[float, dict[str, float]]] = {
    "m": (1, {"m": 1}), "g": (1e-3, {"kg": 1}), "s": (1, {"s": 1}), "A": (1, {"A": 1}), "K": (1, {"K": 1}),
    "mol": (1, {"mol": 1}), "cd": (1, {"cd": 1}), "rad": (1, {"rad": 1}),
    "N": (1, {"kg": 1, "m": 1, "s": -2}), "Pa": (1, {"kg": 1, "m": -1, "s": -2}), "J": (1, {"kg": 1, "m": 2, "s": -2}),
    "W": (1, {"kg": 1, "m": 2, "s": -3}), "V": (1, {"kg": 1, "m": 2, "s": -3, "A": -1}),
    "Hz": (1, {"s": -1}), "C": (1, {"A": 1, "s": 1}), "F": (1, {"A": 2, "s": 4, "kg": -1, "m": -2}),
    "ohm": (1, {"kg": 1, "m": 2, "s": -3, "A": -2}), "S": (1, {"kg": -1, "m": -2, "s": 3, "A": 2}),
    "H": (1, {"kg": 1, "m": 2, "s": -2, "A": -2}), "T": (1, {"kg": 1, "s": -2, "A": -1}),
    "Wh": (3600, {"kg": 1, "m": 2, "s": -2}), "VA": (1, {"kg": 1, "m": 2, "s": -3}),
    "var": (1, {"kg": 1, "m": 2, "s": -3}),
    "cal": (4.184, {"kg": 1, "m": 2, "s": -2}), "bar": (1e5, {"kg": 1, "m": -1, "s": -2}), "t": (1e3, {"kg": 1}),
    "L": (1e-3, {"m": 3}), "l": (1e-3, {"m": 3}), "eV": (1.602176634e-19, {"kg": 1, "m": 2, "s": -2}),
}  # fmt: skip

_UNPREFIXED: dict[str, tuple[float, dict[str, float]]] = {
    "min": (60, {"s": 1}), "h": (3600, {"s": 1}),
    "hour": (3600, {"s": 1}), "d": (86400, {"s": 1}), "day": (86400, {"s": 1}),
    "week": (604800, {"s": 1}), "month": (2629800, {"s": 1}), "year": (31557600, {"s": 1}), "a": (31557600, {"s": 1}),
    "ha": (1e4, {"m": 2}), "km2": (1e6, {"m": 2}), "mile": (1609.344, {"m": 1}), "ft": (0.3048, {"m": 1}),
    "inch": (0.0254, {"m": 1}), "lb": (0.45359237, {"kg": 1}), "atm": (101325, {"kg": 1, "m": -1, "s": -2}),
    "degC": (1, {"K": 1}), "°C": (1, {"K": 1}),
    "deg": (0.017453292519943295, {"rad": 1}), "°": (0.017453292519943295, {"rad": 1}),
    "BTU": (1055.05585262, {"kg": 1, "m": 2, "s": -2}), "MMBTU": (1.05505585262e9, {"kg": 1, "m": 2, "s": -2}),
    "therm": (105505585.262, {"kg": 1, "m": 2, "s": -2}), "%": (0.01, {}), "percent": (0.01, {}),
    "ppm": (1e-6, {}), "1": (1, {}),
}  # fmt: skip

_PREFIXES = {
    "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1, "h": 1e2, "k": 1e3, "M": 1e6,
    "G": 1e9, "T": 1e12, "P": 1e15,
}  # fmt: skip


@lru_cache(maxsize=1)
def builtin_units() -> dict[str, Unit]:
    """Every built-in unit by name."""
    table: dict[str, Unit] = {}
    for name, (scale, powers) in _DEFINITIONS.items():
        for prefix, factor in _PREFIXES.items():
            table[prefix + name] = _unit(scale * factor, powers, prefix + name)
    for name, (scale, powers) in {**_DEFINITIONS, **_UNPREFIXED}.items():
        table[name] = _unit(scale, powers, name)
    return table


def _unit(scale: float, powers: dict[str, float], text: str) -> Unit:
    return Unit(float(scale), tuple(sorted((n, float(p)) for n, p in powers.items())), text)
