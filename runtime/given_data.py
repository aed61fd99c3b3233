"""Parameters as callers hold them (numbers, dicts, lists, numpy, pandas, xarray, results) -> the plain values that the
compiler takes: numbers, lists in a set's order, mappings by element."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from runtime.result import Labelled


def plain_data(data: Mapping[str, object]) -> dict[str, object]:
    """Each parameter as plain values that JSON can hold; what is none of these stays, for the compiler to refuse.

    Keys of several indices may be tuples, `{("cheap", 1): 5}`, or nested. The index of a Series, the rows and columns
    of a DataFrame and the coordinates of a DataArray are elements, in the order of the parameter's index.
    """
    return {name: _plain(value) for name, value in data.items()}


def _plain(value: object) -> object:
    pandas: Any = sys.modules.get("pandas")
    xarray: Any = sys.modules.get("xarray")
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Labelled):
        return _nested(value.to_dict().items())
    if pandas is not None and isinstance(value, pandas.Series):
        return _nested(value.items())
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return {_key(row): _nested(cells.items()) for row, cells in value.iterrows()}
    if xarray is not None and isinstance(value, xarray.DataArray):
        return _plain(value.to_series() if value.dims else value.item())
    if isinstance(value, Mapping):
        return _nested(value.items())
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _nested(items: Iterable[tuple[object, object]]) -> dict[str, object]:
    """Entries by their first element, tuples as keys opened."""
    found: dict[str, object] = {}
    inner: dict[str, dict[object, object]] = {}
    for key, value in items:
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) and key else (key, ())
        name = _key(first)
        if rest:
            inner.setdefault(name, {})[rest[0] if len(rest) == 1 else rest] = value
            found.setdefault(name, None)
        else:
            found[name] = _plain(value)
    return {name: _nested(inner[name].items()) if name in inner else value for name, value in found.items()}


def _key(element: object) -> str:
    """An element as data files spell it; whole numbers without a point, as numpy and pandas may hold them."""
    if isinstance(element, np.generic):
        element = element.item()
    if isinstance(element, float) and element.is_integer():
        return str(int(element))
    return str(element)
