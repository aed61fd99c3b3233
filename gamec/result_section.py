"""A run and the symbols of its model -> the section of a document with what came out: `result_section`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from math import nan

import numpy as np

from compiler.documents.document import (
    Block,
    Code,
    Column,
    Figure,
    Formula,
    Inlines,
    Paragraph,
    Section,
    Table,
    Text,
    listed,
    words,
)
from compiler.documents.inline_widths import inlines_width
from compiler.documents.nomenclature import unit_inlines
from compiler.documents.symbols import Declaration, Symbols, letter
from compiler.ir.game import ConstraintDef, Game, Signature
from compiler.ir.words import show
from gamec.views.numbers import NOISE, number, scale_of
from gamec.views.result import NO_ANSWER, PROVED, UNPROVED
from runtime.figures.chart import Chart
from runtime.result import Labelled, Result, Value

MOST_COLUMNS = 7
WIDEST = 34.0
"""Em that the columns of a table may take in print, the one of its index aside."""
NARROWEST = 5.0
MOST_ROWS = 100
"""Longer tables stay in the run folder, which the text names."""

Pictures = Callable[[str, Chart], Figure | None]
"""The picture of a chart, by its name; None where there is none to show."""


def result_section(result: Result, game: Game, symbols: Symbols, folder: str, pictures: Pictures) -> Section:
    """What was proved, then objectives, reports, decisions and prices as tables, then the figures."""
    told = _Told(result, game, symbols, folder)
    blocks: list[Block] = [Paragraph(tuple(told.status()))]
    blocks += told.single_numbers()
    blocks += told.tables()
    blocks += [f for name, chart in result.charts.items() if (f := pictures(name, chart)) is not None]
    return Section("Results", tuple(blocks))


class _Told:
    def __init__(self, result: Result, game: Game, symbols: Symbols, folder: str) -> None:
        self.result = result
        self.symbols = symbols
        self.folder = folder
        self.declared = _declared(game)
        self.scale = {title: _scale(values) for title, values in self.by_title().items()}

    def by_title(self) -> dict[str, Mapping[str, Value]]:
        r = self.result
        return {"Objectives": r.objectives, "Reports": r.report_of, "Decisions": r.value_of, "Prices": r.price_of}

    def status(self) -> Iterator[Text | Code]:
        r = self.result
        proved = PROVED[r.status] if r.value_of or r.objectives else PROVED.get(r.status, NO_ANSWER)
        case = f" of the case {r.case}" if r.case else ""
        yield Text(f"What was proved{case} ({r.status.value}): {proved}")
        if r.status in UNPROVED:
            yield Text(f". Not proved: {UNPROVED[r.status]}")
        yield Text(f". The method was {r.method}" if r.method else ".")
        yield Text(f" with the solver {r.solver}." if r.method and r.solver else "." if r.method else "")
        c = r.certificate
        if c.verified:
            yield Text(" The certificate confirms it: every player was solved again by independent code. ")
            yield Text(f"The largest violation of a constraint is {number(c.max_violation)}")
            gains = [f"{name} {number(value)}" for name, value in c.regret.items()]
            yield Text("; what a player could gain by deviating: " + ", ".join(gains) + "." if gains else ".")
        yield Text(" All values are in the run folder ")
        yield Code(self.folder)
        yield Text(".")

    # ------------------------------------------------------------ tables

    def single_numbers(self) -> Iterator[Table]:
        """Objectives, and the reports, decisions and prices without an index."""
        groups: list[tuple[str, tuple[tuple[Inlines, ...], ...]]] = []
        for title, values in self.by_title().items():
            rows = tuple(
                (
                    self.symbol(title, name),
                    words(self.result.docs.get(name, "")),
                    self.number(title, value),
                    self.unit(name),
                )
                for name, value in values.items()
                if isinstance(value, float)
            )
            if rows:
                groups.append((title, rows))
        if groups:
            columns = (Column("Symbol"), Column("Description", 1.0), Column("Value", numbers=True), Column("Unit"))
            yield Table("Objectives and single values", columns, tuple(groups))

    def tables(self) -> Iterator[Block]:
        """What has one index, by index; what is zero throughout or too large in words."""
        zero: list[Inlines] = []
        large: list[Inlines] = []
        shown: list[tuple[str, str, Labelled]] = []
        matrices: list[Table] = []
        for title, values in self.by_title().items():
            for name, value in values.items():
                if not isinstance(value, Labelled) or not len(value):
                    continue
                if (np.abs(np.nan_to_num(value.values)) <= NOISE * self.scale[title]).all():
                    zero.append(self.symbol(title, name))
                elif len(value.index) == 1 and len(value) <= MOST_ROWS:
                    shown.append((title, name, value))
                elif (two := _places_of_two(value)) is not None:
                    matrices.append(self._matrix(title, name, value, two))
                else:
                    large.append(self.symbol(title, name))
        for _, group in groupby(
            sorted(shown, key=lambda s: (s[2].sets, s[2].index)), key=lambda s: (s[2].sets, s[2].index)
        ):
            members = list(group)
            yield from map(self._by_index, self._side_by_side(members))
        yield from matrices
        if zero:
            yield Paragraph((Text("Zero throughout: "), *listed(zero), Text(".")))
        if large:
            yield Paragraph(
                (
                    Text("Too large to print here: "),
                    *listed(large),
                    Text("; the tables are in "),
                    Code(self.folder),
                    Text("."),
                )
            )

    def _side_by_side(self, members: list[tuple[str, str, Labelled]]) -> list[list[tuple[str, str, Labelled]]]:
        """As many columns together as a page has room for."""
        tables: list[list[tuple[str, str, Labelled]]] = [[]]
        taken = 0.0
        for member in members:
            title, name, value = member
            head = (*self.symbol(title, name, value.index), *self._unit_behind(name))
            wide = max(inlines_width(head), NARROWEST) + 1.8
            if tables[-1] and (taken + wide > WIDEST or len(tables[-1]) == MOST_COLUMNS):
                tables.append([])
                taken = 0.0
            tables[-1].append(member)
            taken += wide
        return tables

    def _by_index(self, members: list[tuple[str, str, Labelled]]) -> Table:
        """Values over one index, a column each."""
        first = members[0][2]
        axis = first.axes[0] if first.axes else tuple(dict.fromkeys(k[0] for _, _, v in members for k in v.keys))
        cells = [(title, v.to_dict()) for title, _, v in members]
        rows = tuple(
            (words(show(e)), *(self.number(title, values.get((e,), nan)) for title, values in cells))
            for e in axis
            if any((e,) in values for _, values in cells)
        )
        heads = tuple(
            Column("", numbers=True, symbol=(*self.symbol(title, name, first.index), *self._unit_behind(name)))
            for title, name, _ in members
        )
        index = Column("", symbol=(Formula(letter(first.index[0])),))
        return Table(f"Values over {first.sets[0]}", (index, *heads), (("", rows),))

    def _matrix(self, title: str, name: str, value: Labelled, two: tuple[int, int]) -> Table:
        """Values over two indices, the longer one downwards."""
        down, across = two
        axes, values = value.elements(), value.to_dict()

        def cell(row: object, column: object) -> Inlines:
            key = (row, column) if down == 0 else (column, row)
            return self.number(title, values.get(key, nan))

        rows = tuple(
            (words(show(row)), *(cell(row, column) for column in axes[across]))
            for row in axes[down]
            if any(((row, c) if down == 0 else (c, row)) in values for c in axes[across])
        )
        head = Column("", symbol=(Formula(letter(value.index[down])), Text(", "), Formula(letter(value.index[across]))))
        columns = (head, *(Column(show(c), numbers=True) for c in axes[across]))
        doc = self.result.docs.get(name, "")
        unit = self.result.units.get(name, "")
        caption = (f"{name}: {doc}" if doc else name) + (f" in {unit}" if unit and unit != "1" else "")
        return Table(caption, columns, (("", rows),))

    # ------------------------------------------------------------ names

    def symbol(self, title: str, name: str, index: tuple[str, ...] = ()) -> Inlines:
        declaration = self.declared.get((title, name))
        return (Formula(self.symbols.head(declaration)),) if declaration is not None else (Code(name),)

    def number(self, title: str, value: float) -> Inlines:
        """A dash where there is none; 0 where it is rounding beside the other values."""
        return words(number(value, self.scale[title]).replace("-", "−"))

    def unit(self, name: str) -> Inlines:
        text = self.result.units.get(name, "")
        return unit_inlines(text) if text else ()

    def _unit_behind(self, name: str) -> Inlines:
        unit = self.unit(name)
        return (Text(" in "), *unit) if unit and self.result.units[name] != "1" else ()


def _scale(values: Mapping[str, Value]) -> float:
    return max(
        (scale_of([v] if isinstance(v, float) else v.values.tolist()) for v in values.values()),
        default=0.0,
    )


def _places_of_two(value: Labelled) -> tuple[int, int] | None:
    """Which of two indices goes down and which across, where the table fits a page."""
    if len(value.index) != 2:
        return None
    lengths = [len(axis) for axis in value.elements()]
    down = 0 if lengths[0] >= lengths[1] else 1
    return (down, 1 - down) if lengths[down] <= MOST_ROWS and lengths[1 - down] <= MOST_COLUMNS else None


def _declared(game: Game) -> Mapping[tuple[str, str], Declaration]:
    """Declarations by the names that results have for them: `player.name`, and the bare name where it is unique."""
    found: dict[tuple[str, str], Declaration] = {}
    bare: dict[tuple[str, str], list[Declaration]] = {}

    def add(title: str, player: str, signature: Signature, d: Declaration) -> None:
        found[title, f"{player}.{signature.name}" if player else signature.name] = d
        bare.setdefault((title, signature.name), []).append(d)

    for p in game.players:
        found["Objectives", f"{p.name}.{p.objective.name}"] = p.objective
        for v in p.variables:
            add("Prices" if p.market else "Decisions", p.name, v.signature, v)
            add("Decisions", p.name, v.signature, v)
        for c in p.constraints:
            _price(add, c)
    for c in game.shared:
        _price(add, c)
    for r in game.reports:
        add("Reports", "", r.signature, r)
    for key, alike in bare.items():
        if len(set(map(id, alike))) == 1:
            found.setdefault(key, alike[0])
    return found


def _price(add: Callable[[str, str, Signature, Declaration], None], c: ConstraintDef) -> None:
    if c.price is not None:
        add("Prices", c.player, c.price, c)
