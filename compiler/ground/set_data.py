"""A game + its files -> the elements of its sets: literals, ranges, files, conditions and combinations."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from compiler.ground.context import Context, Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.evaluate_domains import MOST_INSTANCES
from compiler.ground.ground_set import GroundSet, Layout
from compiler.ground.tables import DataFiles
from compiler.ir import expr as ir
from compiler.ir.game import Game, ParamDef, SetDef
from compiler.ir.words import show, some
from grammar.diagnostics import Findings
from grammar.source import Span

Floats = NDArray[np.float64]


class SetData:
    """The sets of one game, each computed on demand, once; parameters that they need, the subclass has."""

    def __init__(self, game: Game, files: DataFiles, findings: Findings) -> None:
        self.game = game
        self.files = files
        self.findings = findings
        self.evaluator = Evaluator(self, findings)
        self._sets: dict[int, GroundSet | None] = {}
        self._expressions: dict[int, tuple[ir.SetExpr, GroundSet]] = {}

    @abstractmethod
    def param(self, definition: ParamDef) -> tuple[Layout, Floats]:
        """The instances of a parameter and their values: (layout, (size,))."""

    def ground_set(self, expression: ir.SetExpr, context: Context) -> GroundSet:
        """The elements of a set expression."""
        if isinstance(expression, ir.SetName):
            return self.named(expression.set)
        known = self._expressions.get(id(expression))
        if known is None:
            known = (expression, self._evaluate_set(expression, context, ""))
            self._expressions[id(expression)] = known
        return known[1]

    def named(self, definition: SetDef) -> GroundSet:
        """A declared set."""
        if id(definition) not in self._sets:
            self._sets[id(definition)] = None
            self._sets[id(definition)] = self._declared(definition)
        found = self._sets[id(definition)]
        if found is None:
            raise Ungrounded
        return found

    def _declared(self, definition: SetDef) -> GroundSet:
        parent = None if definition.parent is None else self.ground_set(definition.parent, Context())
        if definition.file is not None:
            found = self._from_file(definition)
        elif definition.value is not None:
            found = self._evaluate_set(definition.value, Context(), definition.name)
            if definition.components and found.coords is None and found.size:
                found = self._with_components(found, definition)
        elif parent is not None:
            found = GroundSet(definition.name, parent.elements, parent.components, parent.coords)
        else:
            raise self.evaluator.fail(
                "G501",
                f"set `{definition.name}` has no elements",
                definition.signature.span,
                "no value and no file",
                hints=[f"write `set {definition.name} = ...` or `from FILE`"],
            )
        found.name = definition.name
        if parent is not None:
            place = parent.place
            for k, element in enumerate(found.elements):
                if element not in place:
                    raise self.evaluator.fail(
                        "G304",
                        f"`{show(element)}` of `{definition.name}` is not in `{parent.name or 'its parent'}`",
                        self._element_span(definition, k),
                        "not an element of the parent set",
                        hints=[
                            f"`{definition.name}` is declared as a subset: add the element to the parent, or remove it"
                        ],
                    )
        return found

    def _element_span(self, definition: SetDef, k: int) -> Span:
        if isinstance(definition.value, ir.SetLiteral):
            return definition.value.spans[k]
        return definition.file_span or definition.signature.span

    def _component(self, definition: SetDef) -> GroundSet:
        """The plain set of one part of a tuple: a declared set, or one written where it is used."""
        if definition.value is not None and definition not in self.game.sets:
            return self._evaluate_set(definition.value, Context(), definition.name)
        return self.named(definition)

    def _with_components(self, found: GroundSet, definition: SetDef) -> GroundSet:
        components = tuple(self._component(c) for c in definition.components)
        rows = []
        for k, element in enumerate(found.elements):
            parts = element if isinstance(element, tuple) else (element,)
            row = []
            for part, component in zip(parts, components, strict=True):
                at = component.place.get(part, component.spelled.get(str(part), -1))
                if at < 0:
                    raise self.evaluator.fail(
                        "G304",
                        f"`{show(part)}` is not an element of `{component.name}`",
                        self._element_span(definition, k),
                        "unknown element",
                        hints=[f"elements of `{component.name}`: {some(component.elements)}"],
                    )
                row.append(at)
            rows.append(row)
        coords = np.array(rows, dtype=np.int64).reshape(len(rows), len(components))
        elements = tuple(tuple(c.elements[p] for c, p in zip(components, row, strict=True)) for row in rows)
        return GroundSet(definition.name, elements, components, coords)

    def _from_file(self, definition: SetDef) -> GroundSet:
        assert definition.file is not None
        table = self.files.table(definition.file, definition.file_span)
        if table is None:
            raise Ungrounded
        if definition.components:
            return self._tuples_from_file(definition)
        wanted = (definition.column,) if definition.column else (definition.name, *definition.letters)
        column = table.find(wanted)
        if column is None and definition.column is None and len(table.header) == 1:
            column = 0
        if column is None:
            words = " or ".join(f"`{w}`" for w in wanted)
            raise self.evaluator.fail(
                "G505",
                f"`{definition.file}` has no column {words}",
                definition.file_span,
                "elements are read from this file",
                notes=[f"its columns: {', '.join(f'`{h}`' for h in table.header)}"],
                hints=['name the column: `from "FILE" column "NAME"`'],
            )
        cells = table.columns[column]
        seen: dict[object, int] = {}
        elements = _as_elements(cells)
        for row, element in enumerate(elements):
            if element == "":
                raise self.evaluator.fail(
                    "G501",
                    f"an element of `{definition.name}` is empty",
                    table.span(row, column),
                    "a cell without an element",
                    hints=["remove the row, or name its element"],
                )
            if element in seen:
                raise self.evaluator.fail(
                    "G309",
                    f"`{element}` stands twice in `{definition.name}`",
                    table.span(row, column),
                    f"first on line {table.lines[seen[element]]}",
                    hints=["the column of a set names each element once"],
                )
            seen[element] = row
        return GroundSet(definition.name, tuple(elements))

    def _tuples_from_file(self, definition: SetDef) -> GroundSet:
        assert definition.file is not None
        table = self.files.table(definition.file, definition.file_span)
        assert table is not None
        parts = []
        taken: set[int] = set()
        for component in definition.components:
            free = [(k, h) for k, h in enumerate(table.header) if k not in taken]
            names = [n.casefold() for n in (component.name, *component.letters)]
            column = next((k for k, h in free if h.casefold() in names), None)
            if column is None:
                raise self.evaluator.fail(
                    "G505",
                    f"`{definition.file}` has no column for `{component.name}`",
                    definition.file_span,
                    "pairs are read from this file",
                    notes=[f"its columns: {', '.join(f'`{h}`' for h in table.header)}"],
                    hints=[
                        f"name a column `{component.name}`"
                        + (f" or `{component.letters[0]}`" if component.letters else "")
                    ],
                )
            taken.add(column)
            of = self.named(component)
            spelled = of.spelled
            places = [spelled.get(c, -1) for c in table.columns[column]]
            if -1 in places:
                row = places.index(-1)
                raise self.evaluator.fail(
                    "G304",
                    f"`{table.columns[column][row]}` is not an element of `{of.name}`",
                    table.span(row, column),
                    "unknown element",
                    hints=[f"elements of `{of.name}`: {some(of.elements)}"],
                )
            parts.append(np.array(places, dtype=np.int64))
        coords = np.stack(parts, axis=1) if table.rows else np.zeros((0, len(parts)), np.int64)
        components = tuple(self.named(c) for c in definition.components)
        elements = tuple(tuple(c.elements[p] for c, p in zip(components, row, strict=True)) for row in coords.tolist())
        if len(set(elements)) < len(elements):
            seen: dict[object, int] = {}
            row = next(k for k, e in enumerate(elements) if seen.setdefault(e, k) != k)
            raise self.evaluator.fail(
                "G309",
                f"`{show(elements[row])}` stands twice in `{definition.name}`",
                table.span(row),
                f"first on line {table.lines[seen[elements[row]]]}",
                hints=["name each pair once"],
            )
        return GroundSet(definition.name, elements, components, coords)

    def _evaluate_set(self, expression: ir.SetExpr, context: Context, name: str) -> GroundSet:
        match expression:
            case ir.SetName():
                return self.named(expression.set)
            case ir.SetLiteral():
                return GroundSet(name or expression.span.text, expression.elements)
            case ir.SetRange():
                return self._range(expression, context, name)
            case ir.SetFilter():
                layout, _ = self.evaluator.layout(expression.domain)
                coords = layout.all_coords()
                if len(layout.sets) == 1:
                    of = layout.sets[0]
                    return GroundSet(name or expression.span.text, tuple(of.elements[int(k)] for k in coords[:, 0]))
                elements = tuple(
                    tuple(s.elements[k] for s, k in zip(layout.sets, row, strict=True)) for row in coords.tolist()
                )
                return GroundSet(name or expression.span.text, elements, layout.sets, coords)
            case ir.SetCombination():
                return self._combination(expression, context, name)

    def _range(self, expression: ir.SetRange, context: Context, name: str) -> GroundSet:
        values = []
        for part in (expression.low, expression.high, expression.step):
            if part is None:
                values.append(1)
                continue
            number = self.evaluator.number(part, context)
            value = float(number.array) if not number.axes else float("nan")
            if not np.isfinite(value) or value != round(value):
                raise self.evaluator.fail(
                    "G308",
                    f"`{part.span.text}` is no single whole number",
                    part.span,
                    "a range is made of integers",
                    hints=["write a whole number, or a parameter that is one: `1..n`"],
                )
            values.append(int(value))
        low, high, step = values
        if step == 0:
            assert expression.step is not None
            raise self.evaluator.fail(
                "G308",
                "a range with step 0 never ends",
                expression.step.span,
                "step 0",
                hints=["leave `by 0` out to step by 1"],
            )
        elements = range(low, high + (1 if step > 0 else -1), step)
        if len(elements) > 10_000_000:
            raise self.evaluator.fail(
                "G308",
                f"the range has {len(elements)} elements",
                expression.span,
                "more than ten million",
                hints=["write a shorter range, or step by more: `1..100 by 10`"],
            )
        if not len(elements):
            raise self.evaluator.fail(
                "G308",
                f"the range {low}..{high} is empty",
                expression.span,
                "no element",
                hints=["write the smaller number first, or `by -1`"],
            )
        return GroundSet(name or expression.span.text, tuple(elements))

    def _combination(self, expression: ir.SetCombination, context: Context, name: str) -> GroundSet:
        operands = [self.ground_set(o, context) for o in expression.operands]
        name = name or expression.span.text
        if expression.op == "*":
            components = tuple(c for o in operands for c in (o.components or (o,)))
            sizes = tuple(o.size for o in operands)
            if np.prod(sizes, dtype=np.float64) > MOST_INSTANCES:
                raise self.evaluator.fail(
                    "G308",
                    f"the product of sets has {np.prod(sizes, dtype=np.float64):.4g} elements",
                    expression.span,
                    "more than fifty million",
                    hints=['list the pairs that exist: `set Link in A * B from "links.csv"`'],
                )
            picks = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1)
            coords = np.concatenate(
                [
                    o.coords[picks[:, k]] if o.coords is not None else picks[:, k : k + 1]
                    for k, o in enumerate(operands)
                ],
                axis=1,
            )
            elements = tuple(
                tuple(c.elements[p] for c, p in zip(components, row, strict=True)) for row in coords.tolist()
            )
            return GroundSet(name, elements, components, coords.astype(np.int64))
        left, right = operands
        if expression.op == "union":
            kept = (*left.elements, *(e for e in right.elements if e not in left.place))
        else:
            inside = expression.op == "inter"
            kept = tuple(e for e in left.elements if (e in right.place) == inside)
        if not left.components:
            return GroundSet(name, kept)
        rows = [[c.place[p] for c, p in zip(left.components, e, strict=True)] for e in kept]  # type: ignore[call-overload]
        return GroundSet(
            name, kept, left.components, np.array(rows, dtype=np.int64).reshape(len(rows), len(left.components))
        )


def _as_elements(cells: list[str]) -> list[object]:
    """Integers when every cell is one, else the texts."""
    try:
        numbers = [int(c) for c in cells]
    except ValueError:
        return list(cells)
    return list(numbers)
