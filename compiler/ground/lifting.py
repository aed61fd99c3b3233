"""`max`, `min`, `abs`, pieces, tiers, risk, implications: what is not linear in variables but can be modelled exactly.

A nonlinear value becomes columns and rows of the player whose statement holds it. `z = max(a, b)` is written `z >=
a`, `z >= b`, which is exact wherever nothing profits from a larger `z` (its epigraph); `finish` looks at the finished
rows, instance by instance, and adds binaries only where something does. Constants come from the bounds and the
player's own rows; where none can be derived the model is refused (G710), never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from compiler.ground.context import Context
from compiler.ground.ground_game import INTEGER, REAL, Block
from compiler.ground.ground_set import Layout
from compiler.ground.propagate import intervals, propagate
from compiler.ground.rows import Entries
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.ground.values import UNIT, ZERO, Affine, Axis, Dense, Term, add
from compiler.ir.words import short
from grammar.diagnostics import Findings
from grammar.source import Span


class Flat(Protocol):
    """The part of grounding that lifting writes to."""

    entries: Entries

    def lifted_rows(self, block: Block, owner: Ints, lower: Floats, upper: Floats) -> int:
        """Room for rows with these bounds; gives the number of the first."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns made by lifting: `base .. base+layout.size-1`, one for each instance over `layout.axes`."""

    base: int
    layout: Layout
    owner: Ints
    block: Block

    @property
    def value(self) -> Affine:
        return Affine(ZERO, (Term(self.column, UNIT),))

    @property
    def column(self) -> Dense:
        shape = tuple(a.size for a in self.layout.axes)
        return Dense(self.layout.axes, np.arange(self.base, self.base + self.layout.size).reshape(shape))


@dataclass(frozen=True, eq=False)
class Epigraph:
    """`columns` stand for the largest (`largest`) or smallest of `arguments`; `rows` are their defining rows."""

    columns: Columns
    arguments: tuple[Affine, ...]
    largest: bool
    rows: tuple[int, int]
    span: Span
    exact: bool = True
    """Whether binaries can make it exact; a risk measure that is rewarded cannot be."""


@dataclass(eq=False)
class Lifting:
    """All that one game's statements were lifted to. Columns are numbered from `first`, after those of the variables
    and prices."""

    flat: Flat
    findings: Findings
    first: int
    columns: list[tuple[Columns, int, Floats, Floats]] = field(default_factory=list)
    """Each with its kind and bounds (size,)."""
    epigraphs: list[Epigraph] = field(default_factory=list)
    later: list[Callable[[Floats, Floats], None]] = field(default_factory=list)
    """Rows that need bounds: called by `finish` with those of all columns."""

    def __post_init__(self) -> None:
        self.next = self.first

    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all lifted columns, in order."""
        return tuple(columns.block for columns, *_ in self.columns)

    # ------------------------------------------------------------ columns and rows

    def layout(self, values: tuple[Affine, ...], context: Context) -> Layout:
        """Instances for a value: over the letters' axes that it depends on, those of its owner among them."""
        assert context.owner is not None
        bound = {a for v in context.letters.values() for a in v.position.axes}
        axes: set[Axis] = set(context.owner.number.axes)
        for value in values:
            parts = [value.constant, *(d for t in value.terms for d in (t.column, t.coefficient))]
            parts += [d for p in value.pairs for d in (p.first, p.second, p.coefficient)]
            axes |= {a for d in parts for a in d.axes if a in bound}
        ordered = tuple(sorted(axes, key=lambda a: a.number))
        return Layout((), ordered, int(np.prod([a.size for a in ordered], dtype=np.int64)))

    def new_columns(
        self,
        word: str,
        layout: Layout,
        context: Context,
        span: Span,
        lower: float = -np.inf,
        upper: float = np.inf,
        kind: int = REAL,
    ) -> Columns:
        """Columns for the owner of the statement; `word` says in the names of columns what they are."""
        assert context.owner is not None
        owner = np.array(context.owner.number.full(layout.axes)).reshape(-1)
        block = self._block(word, layout, context, span, self.next)
        found = Columns(self.next, layout, owner, block)
        self.columns.append((found, kind, np.full(layout.size, lower), np.full(layout.size, upper)))
        self.next += layout.size
        return found

    def anchor(self, word: str, layout: Layout, context: Context, span: Span) -> Columns:
        """Names and owners for rows that have no lifted column; no column is made."""
        assert context.owner is not None
        owner = np.array(context.owner.number.full(layout.axes)).reshape(-1)
        return Columns(-1, layout, owner, self._block(word, layout, context, span, 0))

    def rows(
        self,
        word: str,
        body: Affine,
        columns: Columns,
        lower: float,
        upper: float,
        span: Span,
        only: Bools | None = None,
    ) -> int:
        """Rows `lower <= body <= upper`, one for each instance of `columns` (where `only` holds). Gives the first's
        number."""
        layout = columns.layout
        size = layout.size if only is None else int(only.sum())
        owner = columns.owner if only is None else columns.owner[only]
        block = Block(
            columns.block.player, word, 0, size, columns.block.sets, columns.block.letters, columns.block.labels,
            columns.block.positions() if only is None else columns.block.positions()[only], span, lifted=True,
        )  # fmt: skip
        low, high = np.full(size, lower), np.full(size, upper)
        base = self.flat.lifted_rows(block, owner, low, high)
        constant = self.flat.entries.write(body, layout, base, only)
        low -= constant
        high -= constant
        return base

    def _block(self, word: str, layout: Layout, context: Context, span: Span, base: int) -> Block:
        """Names by the letters that run along the instances' axes."""
        assert context.owner is not None
        letters: list[str] = []
        labels: list[tuple[object, ...]] = []
        sets: list[str] = []
        for axis in layout.axes:
            along = [(context.names[k], v) for k, v in context.letters.items() if v.position.axes == (axis,)]
            letters.append(",".join(dict.fromkeys(name for name, _ in along)))
            sets.append(",".join(dict.fromkeys(v.of.name for _, v in along)))
            places = [[v.of.elements[min(max(int(p), 0), v.of.size - 1)] for p in v.position.array] for _, v in along]
            labels.append(tuple(",".join(dict.fromkeys(str(e) for e in each)) for each in zip(*places, strict=True)))
        return Block(
            context.owner.player,
            word,
            base,
            base + layout.size,
            tuple(sets),
            tuple(letters),
            tuple(labels),
            None,
            span,
            lifted=True,
        )

    # ------------------------------------------------------------ epigraphs

    def extreme(self, largest: bool, arguments: tuple[Affine, ...], context: Context, span: Span) -> Affine:
        """`max(...)` or `min(...)` of affine values."""
        if context.guard is not None:
            guard = context.guard
            arguments = tuple(a.where(guard) for a in arguments)
        layout = self.layout(arguments, context)
        z = self.new_columns(short(span, 24), layout, context, span)
        start = 0
        stop = 0
        for number, argument in enumerate(arguments):
            body = add([(1, z.value), (-1, argument)])
            base = self.rows(
                f"{short(span, 24)} (side {number + 1})", body, z, *((0.0, np.inf) if largest else (-np.inf, 0.0)), span
            )
            start, stop = (base, base + layout.size) if number == 0 else (start, base + layout.size)
        self.epigraphs.append(Epigraph(z, arguments, largest, (start, stop), span))
        return z.value

    # ------------------------------------------------------------ exactness

    def finish(
        self, matrix: Csr, row_lower: Floats, row_upper: Floats, row_owner: Ints, row_quad: Quad,
        owner: Ints, objective: Csr, objective_quad: Quad, sense: Ints, lower: Floats, upper: Floats, integer: Bools,
    ) -> bool:  # fmt: skip
        """Make every lifted value exact. Arrays are those of the game so far, over all `self.next` columns; `lower`
        and `upper` are tightened in place for lifted columns. True when rows or columns were added, so that the
        matrix must be made anew."""
        if not self.columns and not self.later:
            return False
        before = self.next
        # A player's rows bound what it decides itself; another's do not bind its deviations from the answer.
        own = row_owner[matrix.row_numbers()] == owner[matrix.indices]
        tight_lower, tight_upper = propagate(matrix, row_lower, row_upper, lower, upper, integer, own)
        count = len(self.later)
        for step in self.later:
            step(tight_lower, tight_upper)
        added = count > 0
        for epigraph in self.epigraphs:
            harmed = self._harmed(epigraph, matrix, row_lower, row_upper, row_quad, objective, objective_quad, sense)
            if harmed.any():
                self._binaries(epigraph, harmed, tight_lower, tight_upper)
                added = True
        return added or self.next > before

    def _harmed(
        self,
        e: Epigraph,
        matrix: Csr,
        row_lower: Floats,
        row_upper: Floats,
        row_quad: Quad,
        objective: Csr,
        objective_quad: Quad,
        sense: Ints,
    ) -> Bools:
        """Instances where something may profit from a value beyond the extreme: (size,)."""
        base, size = e.columns.base, e.columns.layout.size
        harmed = np.zeros(size, bool)

        def mark(column: Ints, bad: Bools) -> None:
            here = (column >= base) & (column < base + size) & bad
            harmed[column[here] - base] = True

        row = matrix.row_numbers()
        up = matrix.data > 0 if e.largest else matrix.data < 0
        other = (row < e.rows[0]) | (row >= e.rows[1])
        mark(matrix.indices, other & np.where(up, np.isfinite(row_lower[row]), np.isfinite(row_upper[row])))
        player = objective.row_numbers()
        weight = objective.data * sense[player] * (1 if e.largest else -1)
        mark(objective.indices, weight < 0)
        for quad in (row_quad, objective_quad):
            for column in (quad.i, quad.j):
                mark(column, np.ones(len(column), bool))
        return harmed

    def _binaries(self, e: Epigraph, harmed: Bools, lower: Floats, upper: Floats) -> None:
        """`z <= a_k + M_k (1 - d_k)`, `sum d = 1`: the value is one of the arguments (for `min` with the signs
        turned)."""
        if not e.exact:
            self.findings.add(
                "G711",
                f"`{short(e.span)}` is rewarded where it is large: its problem has no convex form",
                e.span,
                "a risk that raises the objective",
                hints=["`cvar` is of a loss: maximise `... - weight*cvar(w, a) loss`, with `loss` = -profit"],
            )
            return
        sign = 1 if e.largest else -1
        arguments = tuple(a if e.largest else a.scaled(Dense.scalar(-1.0)) for a in e.arguments)
        ranges = [self.interval(a, e.columns.layout, lower, upper) for a in arguments]
        greatest = np.max([high for _, high in ranges], axis=0)
        unbounded = harmed & ~(np.isfinite(greatest) & np.all([np.isfinite(low) for low, _ in ranges], axis=0))
        if unbounded.any():
            self.no_bound(e.span, e.columns.block, int(np.argmax(unbounded)))
            return
        shape = tuple(a.size for a in e.columns.layout.axes)
        one = ZERO_AFFINE
        for k, (argument, (low, _)) in enumerate(zip(arguments, ranges, strict=True)):
            choice = self._like(e.columns, f"{e.columns.block.name} (choice {k + 1})", harmed)
            big = Dense(e.columns.layout.axes, np.where(harmed, greatest - low, 0.0).reshape(shape))
            body = add([(sign, e.columns.value), (-1, argument), (1, choice.value.scaled(big)), (-1, Affine(big))])
            self.rows(f"{e.columns.block.name} (reached {k + 1})", body, e.columns, -np.inf, 0.0, e.span, harmed)
            one = add([(1, one), (1, choice.value)])
        self.rows(f"{e.columns.block.name} (one choice)", one, e.columns, 1.0, 1.0, e.span, harmed)

    def _like(self, columns: Columns, word: str, live: Bools) -> Columns:
        """Binaries for the instances of other columns; those that are not live are fixed at zero."""
        block = Block(
            columns.block.player, word, self.next, self.next + columns.layout.size, columns.block.sets, columns.block.letters,
            columns.block.labels, columns.block.coords, columns.block.span, lifted=True,
        )  # fmt: skip
        found = Columns(self.next, columns.layout, columns.owner, block)
        self.columns.append((found, INTEGER, np.zeros(columns.layout.size), live.astype(np.float64)))
        self.next += columns.layout.size
        return found

    def interval(self, value: Affine, layout: Layout, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Least and greatest value of each instance within the bounds; infinite where products of variables stand in
        it."""
        entries = Entries()
        constant = entries.write(value, layout, 0)
        matrix = entries.matrix(layout.size, len(lower))
        low, high = intervals(matrix, constant, lower, upper)
        curved = entries.quad(len(lower)).row
        low[curved], high[curved] = -np.inf, np.inf
        return low, high

    def no_bound(self, span: Span, block: Block, instance: int) -> None:
        self.findings.add(
            "G710",
            f"`{short(span)}` needs finite bounds of its variables here",
            span,
            "not convex in this place, and its arguments have no bounds",
            notes=[f"first for {block.label(block.start + instance)}"],
            hints=["give the variables in it bounds: `in [a, b]`"],
        )


ZERO_AFFINE = Affine(ZERO)
