"""The numbers of a result <-> NetCDF files, in memory: `values.nc`, `prices.nc` and `reports.nc` for everybody to open,
`answer.nc` for gamec (the point by columns and rows, and which combinations exist).

A full disk or an interrupt never meets an open NetCDF file, and what is read was read whole.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler.ground.sparse import Floats
from runtime.arrangement import Elements, Ints, arranged
from runtime.result import Labelled, Result, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from xarray import Dataset

KINDS = ("values", "prices", "reports")
"""A file NAME.nc for each."""

Layouts = dict[str, dict[str, dict[str, Any]]]
"""Kind -> name -> what the array file does not say of a value: `variable` in it; of an indexed one also `index`,
`sets`, `axes` (numbers in the list of axes), and `positions` in `answer.nc` where not every combination exists."""


@dataclass(frozen=True, eq=False)
class Stored:
    """Files by name, the layouts of all values, and the lists of elements that layouts refer to."""

    files: dict[str, bytes]
    layouts: Layouts
    axes: list[list[object]]


def stored(result: Result, x: Floats | None, prices: Floats | None) -> Stored:
    """Everything in the result that is a number."""
    files: dict[str, bytes] = {}
    layouts: Layouts = {}
    axes: dict[Elements, int] = {}
    answer: dict[str, tuple[tuple[str, ...], NDArray[Any]]] = {}
    for kind, values, data in (
        ("values", result.value_of, result.values),
        ("prices", result.price_of, result.prices),
        ("reports", result.report_of, result.reports),
    ):
        layouts[kind] = _layouts(kind, values, axes, answer)
        named = {name: layout["variable"] for name, layout in layouts[kind].items()}
        files[f"{kind}.nc"] = _netcdf(data.rename({a: b for a, b in named.items() if a != b}))
    if x is not None:
        answer["x"] = ("column",), x
    if prices is not None:
        answer["price"] = ("row",), prices
    import xarray

    files["answer.nc"] = _netcdf(xarray.Dataset({name: (dims, array) for name, (dims, array) in answer.items()}))
    return Stored(files, layouts, [list(elements) for elements in axes])


def variables(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a NetCDF file. Raises ValueError for what is none."""
    import h5py

    # Not h5netcdf: of a broken file it leaves an object behind that complains on standard error when it goes.
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            return {name: np.asarray(found[...]) for name, found in file.items() if isinstance(found, h5py.Dataset)}
    except Exception as error:  # noqa: BLE001 - a broken file breaks the reader in ways of its own
        raise ValueError(str(error) or type(error).__name__) from None


def values_in(
    found: Mapping[str, NDArray[Any]],
    answer: Mapping[str, NDArray[Any]],
    layouts: Mapping[str, dict[str, Any]],
    axes: list[list[object]],
    docs: Mapping[str, str],
    units: Mapping[str, str],
) -> dict[str, Value]:
    """The values of one file as they were before. Raises KeyError, IndexError or ValueError where arrays are missing or
    do not fit their layouts."""
    values: dict[str, Value] = {}
    for name, layout in layouts.items():
        array = np.asarray(found[layout["variable"]], dtype=np.float64)
        if "index" not in layout:
            values[name] = float(array.reshape(()))
            continue
        elements = tuple(tuple(axes[k]) for k in layout["axes"])
        shape = tuple(map(len, elements))
        positions = np.asarray(answer[layout["positions"]]) if "positions" in layout else np.indices(shape)
        positions = positions if "positions" in layout else positions.reshape(len(shape), -1).T
        if not layout.get("listed") and array.shape != shape:
            raise ValueError(f"`{name}` has the shape {array.shape} in place of {shape}")
        numbers = array if layout.get("listed") else array[tuple(positions.T)]
        columns = [[axis[p] for p in positions[:, k].tolist()] for k, axis in enumerate(elements)]
        index, sets = tuple(layout["index"]), tuple(layout["sets"])
        keys = tuple(zip(*columns, strict=True))
        if len(keys) != len(numbers):
            raise ValueError(f"`{name}` has {len(numbers)} values in place of {len(keys)}")
        values[name] = Labelled(index, sets, keys, numbers, units.get(name, ""), docs.get(name, ""), elements)
    return values


def _layouts(
    kind: str,
    values: Mapping[str, Value],
    axes: dict[Elements, int],
    answer: dict[str, tuple[tuple[str, ...], NDArray[Any]]],
) -> dict[str, dict[str, Any]]:
    made = arranged(values)
    found: dict[str, dict[str, Any]] = {}
    for (name, value), variable in zip(values.items(), _variables(values), strict=True):
        layout: dict[str, Any] = {"variable": variable}
        if isinstance(value, Labelled):
            place = made.places[name]
            layout |= {"index": list(value.index), "sets": list(value.sets)}
            layout["axes"] = [axes.setdefault(_typed(axis), len(axes)) for axis in value.elements()]
            if place.positions is not None:
                layout["positions"] = f"positions_{kind}_{len(found)}"
                answer[layout["positions"]] = _positions(layout["positions"], place.positions)
            if place.listed:
                layout["listed"] = True
        found[name] = layout
    return found


def _positions(name: str, positions: Ints) -> tuple[tuple[str, ...], NDArray[Any]]:
    return (f"{name}_entry", f"{name}_index"), positions.astype(np.int32)


def _typed(elements: Elements) -> Elements:
    """Plain numbers and texts, as JSON has them."""
    return tuple(e.item() if isinstance(e, np.generic) else e for e in elements)


def _variables(names: Iterable[str]) -> list[str]:
    """Names that NetCDF takes: without `/`, and different from each other."""
    found: dict[str, None] = {}
    for name in names:
        plain = variable = name.replace("/", "_")
        k = 1
        while variable in found:
            k += 1
            variable = f"{plain}~{k}"
        found[variable] = None
    return list(found)


def _netcdf(data: Dataset) -> bytes:
    return bytes(data.to_netcdf(engine="h5netcdf"))
