"""A game + its files and overrides -> sets with elements and parameters with numbers: `Data`, computed on demand,
each once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from compiler.ground.clusters import Scenarios, centre_heads, centres, cluster
from compiler.ground.context import Context, Ungrounded
from compiler.ground.ground_set import Layout
from compiler.ground.param_sources import from_literal, from_override, from_table
from compiler.ground.relation_sides import at_words
from compiler.ground.set_data import SetData
from compiler.ground.tables import DataFiles
from compiler.ir.game import Clusters, Game, ParamDef
from grammar.diagnostics import Findings

Floats = NDArray[np.float64]


class Data(SetData):
    """Sets and parameters of one game. Faults are reported in `findings`; what depends on a faulty part raises
    `Ungrounded`."""

    def __init__(
        self, game: Game, files: DataFiles, findings: Findings, overrides: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(game, files, findings)
        self.overrides = dict(overrides or {})
        self._params: dict[int, tuple[Layout, Floats] | None] = {}
        self._clusters: dict[Clusters, Scenarios] = {}

    def param(self, definition: ParamDef) -> tuple[Layout, Floats]:
        """The instances of a parameter and their values: (layout, (size,))."""
        if id(definition) not in self._params:
            self._params[id(definition)] = None
            self._params[id(definition)] = self._bind(definition)
        found = self._params[id(definition)]
        if found is None:
            raise Ungrounded
        return found

    def _bind(self, d: ParamDef) -> tuple[Layout, Floats]:
        layout, context = self.evaluator.layout(d.domain)
        values = np.full(layout.size, np.nan)
        given = np.zeros(layout.size, dtype=bool)
        names = (f"{d.player}.{d.name}", d.name) if d.player else (d.name,)
        name = next((n for n in names if n in self.overrides), None)
        if name is not None:
            from_override(d, layout, self.overrides[name], values, given, self.evaluator)
        elif d.clusters is not None:
            self._from_clusters(d, layout, values)
            given[:] = True
        elif d.value is not None:
            number = self.evaluator.number(d.value, context)
            values[:] = number.full(layout.axes).ravel()
            given[:] = True
        elif d.literal is not None:
            from_literal(d, layout, values, given, self.evaluator)
        elif d.file is not None:
            table = self.files.table(d.file, d.file_span)
            if table is None:
                raise Ungrounded
            from_table(d, layout, table, values, given, self.evaluator)
        if d.default is not None and not given.all():
            number = self.evaluator.number(d.default, context)
            values = np.where(given, values, number.full(layout.axes).ravel().astype(np.float64))
            given[:] = True
        if not given.all():
            raise self._missing(d, layout, given)
        if np.isnan(values).any():
            first = layout.key(int(np.argmax(np.isnan(values))))
            raise self.evaluator.fail(
                "G508",
                f"`{d.name}` has no number{at_words(d.domain, first)}",
                d.signature.span,
                "not a number",
                hints=["its value is `inf - inf` or the like: mend what it is computed from"],
            )
        self._check_bounds(d, layout, values, context)
        if d.weights:
            self._check_weights(d, layout, values)
        return layout, values

    def _from_clusters(self, d: ParamDef, layout: Layout, values: Floats) -> None:
        """Shares of the clusters, or their centres in the column that the other index heads."""
        assert d.clusters is not None
        if d.clusters not in self._clusters:
            readers = [p for p in self.game.all_params() if p.clusters == d.clusters and not p.weights]
            heads = {h for p in readers for h in centre_heads(p, self.evaluator.layout(p.domain)[0])[0]}
            self._clusters[d.clusters] = cluster(d.clusters, heads, self.files, self.evaluator)
        found = self._clusters[d.clusters]
        values[:] = found.shares if d.weights else centres(d, layout, found, self.evaluator)

    def _check_weights(self, d: ParamDef, layout: Layout, values: Floats) -> None:
        total = float(values.sum())
        if (values < 0).any() or abs(total - 1.0) > 1e-6:
            raise self.evaluator.fail(
                "G511",
                f"the probabilities `{d.name}` "
                + ("hold a negative number" if (values < 0).any() else f"sum to {total:g}, not to 1"),
                d.file_span or d.signature.span,
                "weights of scenarios",
                hints=["mend the data: a scenario is missing, or a number is wrong"],
            )

    def _missing(self, d: ParamDef, layout: Layout, given: NDArray[np.bool_]) -> Ungrounded:
        count = int((~given).sum())
        first = layout.key(int(np.argmin(given)))
        if d.value is None and d.literal is None and d.file is None and d.name not in self.overrides:
            return self.evaluator.fail(
                "G501",
                f"parameter `{d.name}` has no value",
                d.signature.span,
                "neither a value nor a file",
                hints=[f"write `param {d.name} = ...`, or give it from outside: `--set {d.name}=VALUE`"],
            )
        where = f" in `{d.file}`" if d.file else ""
        more = f" and {count - 1} more" if count > 1 else ""
        span = d.file_span or (d.literal.span if d.literal else d.signature.span)
        return self.evaluator.fail(
            "G501",
            f"`{d.name}` has no value{at_words(d.domain, first)}{more}{where}",
            span,
            "an entry is missing",
            hints=["add the entry, or say what holds where none is given: `default VALUE`"],
        )

    def _check_bounds(self, d: ParamDef, layout: Layout, values: Floats, context: Context) -> None:
        for bound, low in ((d.lower, True), (d.upper, False)):
            if bound is None:
                continue
            limit = self.evaluator.number(bound, context).full(layout.axes).ravel()
            bad = values < limit if low else values > limit
            if bad.any():
                k = int(np.argmax(bad))
                word = "below" if low else "above"
                raise self.evaluator.fail(
                    "G507",
                    f"`{d.name}` is {values[k]:g}{at_words(d.domain, layout.key(k))}, {word} its bound {limit[k]:g}",
                    d.signature.span,
                    "out of bounds",
                    hints=["correct the value, or the bound"],
                )
