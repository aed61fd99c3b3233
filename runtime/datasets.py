"""Labelled values -> `xarray.Dataset` and `pandas.DataFrame`. xarray and pandas are loaded here, when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.arrangement import Elements, arranged, array_of
from runtime.result import Comparison, Labelled, Value

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import Dataset


def dataset(
    values: Mapping[str, Value],
    docs: Mapping[str, str],
    units: Mapping[str, str],
    set_docs: Mapping[str, str],
    facts: Mapping[str, str],
) -> Dataset:
    """One array for each name, dimensions as in `runtime.arrangement`; `units` and `long_name` among the attributes
    of arrays, `long_name` of coordinates, `facts` as those of the Dataset."""
    import xarray

    made = arranged(values)
    arrays: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Labelled):
            place = made.places[name]
            about = _attributes(docs.get(name, value.doc), units.get(name, value.unit))
            arrays[name] = (place.dims, array_of(value, place).copy(), about)
        else:
            arrays[name] = ((), float(value), _attributes(docs.get(name, ""), units.get(name, "")))
    along: dict[str, Any] = {}
    for dim, elements in made.along.items():
        along[dim] = (dim, coordinate(elements), _attributes(set_docs.get(made.sets[dim], ""), ""))
    for name, (dim, elements) in made.entries.items():
        along[name] = (dim, coordinate(elements), _attributes(set_docs.get(made.sets[name], ""), ""))
    return xarray.Dataset(arrays, along, dict(facts))


def coordinate(elements: Elements) -> np.ndarray[Any, Any]:
    """Elements as an array: integers, numbers, or texts where some are names."""
    kinds = set(map(type, elements))
    if kinds and kinds <= {int}:
        return np.array(elements, dtype=np.int64)
    if kinds and kinds <= {int, float}:
        return np.array(elements, dtype=np.float64)
    return np.array([str(e) for e in elements], dtype=object)


def frame(name: str, value: Value) -> DataFrame:
    """One column with the name, and its index; a single row for a value without index."""
    import pandas

    if not isinstance(value, Labelled):
        return pandas.DataFrame({name: [float(value)]})
    columns = tuple(zip(*value.keys, strict=True)) or ((),) * len(value.index)
    levels = [pandas.Index(list(column), name=letter) for letter, column in zip(value.index, columns, strict=True)]
    index = levels[0] if len(levels) == 1 else pandas.MultiIndex.from_arrays(levels)
    return pandas.DataFrame({name: value.values.copy()}, index=index)


def all_in_one(kinds: Mapping[str, Mapping[str, Value]], units: Mapping[str, str]) -> DataFrame:
    """A row for each number, its index as text: `g=cheap, t=1`."""
    import pandas

    rows: list[tuple[str, str, str, float, str]] = []
    for kind, values in kinds.items():
        for name, value in values.items():
            unit = units.get(name, "")
            if isinstance(value, Labelled):
                rows += [
                    (kind, name, index_words(value, key), number, unit)
                    for key, number in zip(value.keys, value.values.tolist(), strict=True)
                ]
            else:
                rows.append((kind, name, "", float(value), unit))
    return pandas.DataFrame(rows, columns=["kind", "name", "index", "value", "unit"])


def side_by_side(comparison: Comparison) -> DataFrame:
    """Objectives and reports without an index by (kind, name), a column for each case."""
    import pandas

    rows = comparison.single_numbers()
    index = pandas.MultiIndex.from_tuples(list(rows), names=["kind", "name"]) if rows else None
    return pandas.DataFrame(list(rows.values()), index=index, columns=list(comparison.results))


def index_words(value: Labelled, key: tuple[object, ...]) -> str:
    """An entry as people write it: `g=cheap, t=1`."""
    return ", ".join(f"{letter}={element}" for letter, element in zip(value.index, key, strict=True))


def _attributes(doc: str, unit: str) -> dict[str, str]:
    """What is said, and no more: a number without unit has none."""
    said = {"long_name": doc, "units": "" if unit == "1" else unit}
    return {key: words for key, words in said.items() if words}
