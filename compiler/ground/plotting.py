"""A solved game -> the numbers of its `plot` statements: `PlotValues`, curves along one index, by the evaluator that
grounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from compiler.ground.context import Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.grounding import Grounded
from compiler.ground.reporting import Floats
from compiler.ground.spaces import Numbers
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, PlotDef, SetDef, Signature
from compiler.ir.units import Unit
from compiler.semantics.check_units import unit_of
from grammar.diagnostics import Findings


@dataclass(frozen=True, eq=False)
class Curve:
    """One line: `values` (elements,), NaN where there is none; `label` says what it is, `unit` is empty for a plain
    number."""

    label: str
    unit: str
    values: Floats


@dataclass(frozen=True, eq=False)
class PlotValues:
    """One `plot`. Without curves it is one that gamec knows by name (`convergence`). `missing` says of what was to be
    drawn and cannot be, why."""

    name: str
    title: str
    axis: str
    elements: tuple[object, ...]
    curves: tuple[Curve, ...]
    missing: tuple[str, ...] = ()


def plot_values(grounded: Grounded, x: Floats, prices: Floats) -> tuple[PlotValues, ...]:
    """Every plot at the point `x` (columns,) with shadow prices (rows,), NaN where there is none."""
    quantities = Numbers(grounded.spaces, x, prices)
    return tuple(_plot(plot, grounded, quantities) for plot in grounded.game.plots)


def _along(plot: PlotDef, evaluator: Evaluator) -> tuple[tuple[object, ...], str]:
    """The elements along the axis, and what they are called."""
    for domain, _ in plot.series:
        if plot.over in domain.letters:
            k = domain.letters.index(plot.over)
            return evaluator.layout(domain)[0].sets[k].elements, axis_words(domain.sets[k], plot.over)
    return (), plot.over


def unit_words(unit: Unit | None) -> str:
    """A unit for an axis; nothing for none, or for the number one."""
    return "" if unit is None or unit.plain else unit.text


def _plot(plot: PlotDef, grounded: Grounded, quantities: Numbers) -> PlotValues:
    findings = Findings()
    evaluator = Evaluator(grounded.data, findings, quantities)
    curves: list[Curve] = []
    elements, axis = _along(plot, evaluator)
    for domain, value in plot.series:
        layout, context = evaluator.layout(domain)
        try:
            number = np.array(evaluator.number(value, context).full(layout.axes), dtype=np.float64)
        except Ungrounded:
            continue
        values = np.full(layout.shape, np.nan)
        values.flat[np.ravel_multi_index(tuple(layout.all_coords().T), layout.shape) if layout.shape else 0] = number
        at = domain.letters.index(plot.over) if plot.over in domain.letters else None
        others = [k for k in range(len(layout.sets)) if k != at]
        unit, base = unit_words(unit_of(value)), label_of(value)
        for key in np.ndindex(*(layout.shape[k] for k in others)):
            place: list[int | slice] = [slice(None)] * len(layout.sets)
            for k, position in zip(others, key, strict=True):
                place[k] = position
            names = [str(layout.sets[k].elements[p]) for k, p in zip(others, key, strict=True)]
            line = np.broadcast_to(values[tuple(place)], (len(elements),)).copy()
            curves.append(Curve(base + (f": {', '.join(names)}" if names else ""), unit, line))
    missing = tuple(d.headline for d in findings.items)
    title = plot.signature.doc or plot.signature.name.replace("_", " ")
    return PlotValues(plot.signature.name, title, axis, elements, _distinct(curves, plot.series), missing)


def axis_words(of: SetDef, letter: str) -> str:
    """What runs along an axis: the set's doc string, else its letter."""
    return of.signature.doc or letter or of.name


def label_of(value: ir.Expr) -> str:
    """What a series is: the doc string of the one quantity that it is, of a price whose price it is, with the elements
    that are fixed; else its text."""
    if isinstance(value, ir.Use):
        signature: Signature | None = getattr(value.target, "signature", None)
        doc = signature.doc if signature is not None else ""
        if isinstance(value.target, ConstraintDef) and value.target.price is not None:
            price = value.target.price
            doc = price.doc or f"{price.name}, price of {value.target.name}"
        if doc:
            fixed = [str(i.value) for i in value.indices if isinstance(i, ir.Element)]
            return doc + (f" ({', '.join(fixed)})" if fixed else "")
    return _text(value)


def _text(value: ir.Expr) -> str:
    return " ".join(value.span.text.split())


def _distinct(curves: list[Curve], series: Iterable[tuple[ir.Domain, ir.Expr]]) -> tuple[Curve, ...]:
    """Two devices of one kind have the same doc string: then the text tells them apart."""
    labels = [c.label for c in curves]
    texts = {label_of(value): [_text(v) for _, v in series if label_of(v) == label_of(value)] for _, value in series}
    seen: dict[str, int] = {}
    found = []
    for curve in curves:
        label = curve.label
        if labels.count(label) > 1:
            base = next((b for b in texts if label == b or label.startswith(f"{b}: ")), "")
            k = seen.get(label, 0)
            seen[label] = k + 1
            if base and k < len(texts[base]):
                label = f"{label} ({texts[base][k]})"
        found.append(Curve(label, curve.unit, curve.values))
    return tuple(found)
