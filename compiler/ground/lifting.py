"""`max`, `min`, `abs`, pieces, tiers, risk, implications: what is not linear in variables but can be modelled exactly.

A nonlinear value becomes columns and rows of the player whose statement holds it. `z = max(a, b)` is written `z >=
a`, `z >= b`, which is exact wherever nothing profits from a larger `z` (its epigraph). What needs bounds waits for
them as a `Step`; `compiler.ground.exactness` takes the steps and adds binaries where an epigraph is not enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from compiler.ground.context import Context
from compiler.ground.ground_game import INTEGER, REAL, Block
from compiler.ground.ground_set import Layout
from compiler.ground.quadratic_ranges import quadratic_ranges
from compiler.ground.rows import Entries
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.ground.values import UNIT, ZERO, Affine, Axis, Dense, Term, add
from compiler.ir.words import short
from grammar.diagnostics import Findings
from grammar.source import Span


class Flat(Protocol):
    """The part of grounding that lifting writes to."""

    entries: Entries
    rows: int
    """Number of rows so far."""
    row_lower: list[Floats]
    """Limits of all rows so far, one array for each block."""
    row_upper: list[Floats]

    def give_rows(self, first: int, owner: Ints) -> None:
        """Rows from the `first` on to these players."""

    def equation_at(self, span: Span) -> int:
        """The number of the equation that is being written or, of a named expression's part, of that; 0 for none."""

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


class Step(Protocol):
    """What needs bounds of all columns (columns,) to be finished. Steps stand in the order in which they were made, so
    that those of inner values come before those of the values around them."""

    def tighten(self, lower: Floats, upper: Floats) -> None:
        """Write into the arrays what the step implies for its own columns."""

    def write(self, lower: Floats, upper: Floats) -> None:
        """Write the rows that need bounds."""


@dataclass(frozen=True, eq=False)
class Epigraph:
    """`columns` stand for the largest (`largest`) or smallest of `arguments`, each taken over all instances of
    `places` (those of `columns`, or more where an index is reduced) that are `live`; `rows` are the first and the one
    after the last of their defining rows."""

    lifting: Lifting
    columns: Columns
    arguments: tuple[Affine, ...]
    largest: bool
    rows: tuple[tuple[int, int], ...]
    span: Span
    places: Columns
    live: Bools | None = None
    exact: bool = True
    """Whether binaries can make it exact; a risk measure that is rewarded cannot be."""
    least: float = -np.inf
    """A value that the defining rows themselves leave no room below: zero for `abs`."""

    @property
    def open_above(self) -> Bools:
        """Where the value may lie above that of the extreme, as far as the defining rows say."""
        return np.full(self.columns.layout.size, self.largest)

    @property
    def open_below(self) -> Bools:
        return ~self.open_above

    def tighten(self, lower: Floats, upper: Floats) -> None:
        low, high = self.ends(lower, upper)
        here = slice(self.columns.base, self.columns.base + self.columns.layout.size)
        lower[here] = np.maximum(lower[here], np.maximum(low, self.least))
        upper[here] = np.minimum(upper[here], high)

    def write(self, lower: Floats, upper: Floats) -> None:
        """Nothing: whether binaries are needed shows only when all rows stand."""

    def ranges(self, lower: Floats, upper: Floats) -> list[tuple[Floats, Floats]]:
        """Least and greatest value of each argument at each of its instances: both (places,)."""
        return [self.lifting.interval(a, self.places.layout, lower, upper) for a in self.arguments]

    def ends(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Least and greatest value that the extreme can take: both (columns,)."""
        found = []
        for side in zip(*self.ranges(lower, upper), strict=True):
            values = np.stack(side)
            if self.live is not None:
                values = np.where(self.live, values, -np.inf if self.largest else np.inf)
            found.append(self.reduced(values.max(axis=0) if self.largest else values.min(axis=0), self.largest))
        nothing = np.isinf(found[0]) & (found[0] == found[1])
        return np.where(nothing, 0.0, found[0]), np.where(nothing, 0.0, found[1])

    def reduced(self, values: Floats, largest: bool) -> Floats:
        """The largest (smallest) of the values (places,) over the reduced indices: (columns,)."""
        axes, kept = self.places.layout.axes, set(self.columns.layout.axes)
        over = tuple(k for k, a in enumerate(axes) if a not in kept)
        shaped = values.reshape(tuple(a.size for a in axes))
        if largest:
            return np.asarray(shaped.max(axis=over, initial=-np.inf), dtype=np.float64).reshape(-1)
        return np.asarray(shaped.min(axis=over, initial=np.inf), dtype=np.float64).reshape(-1)

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values (columns,) repeated along the reduced indices: (places,)."""
        layout = self.columns.layout
        dense = Dense(layout.axes, values.reshape(tuple(a.size for a in layout.axes)))
        return np.array(dense.full(self.places.layout.axes)).reshape(-1)


@dataclass(eq=False)
class Lifting:
    """All that one game's statements were lifted to. Columns are numbered from `first`, after those of the variables
    and prices."""

    flat: Flat
    findings: Findings
    first: int
    columns: list[tuple[Columns, int, Floats, Floats]] = field(default_factory=list)
    """Each with its kind and bounds (size,)."""
    steps: list[Step] = field(default_factory=list)
    owner: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Of every column up to now, those of variables and prices first; so are the next two."""
    switch: Bools = field(default_factory=lambda: np.zeros(0, bool))
    """Whether it is 0 or 1: binaries, also where they are called integer, and their products."""
    movable: Bools = field(default_factory=lambda: np.zeros(0, bool))
    """Whether its product with a binary becomes a column: its bounds leave it more than one value."""
    leads: Bools = field(default_factory=lambda: np.zeros((0, 0), bool))
    """(players, players): whether the first leads the second, be it through others."""
    products: set[int] = field(default_factory=set)
    """Identities of the products in the text that were lifted for a binary in them."""

    def __post_init__(self) -> None:
        self.next = self.first

    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all lifted columns, in order."""
        return tuple(columns.block for columns, *_ in self.columns)

    # ------------------------------------------------------------ columns and rows

    def layout(self, values: tuple[Affine, ...], context: Context) -> Layout:
        """Instances for a value: over the axes of its owner's statement, and of the letters that it depends on."""
        assert context.owner is not None
        bound = context.axes
        axes: set[Axis] = set(context.owner.number.axes)
        for value in values:
            parts = [value.constant, *(d for t in value.terms for d in (t.column, t.coefficient))]
            parts += [d for p in value.pairs for d in (p.first, p.second, p.coefficient)]
            axes |= {a for d in parts for a in d.axes if a in bound}
        return over(axes)

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
        self._take(found, kind, np.full(layout.size, lower), np.full(layout.size, upper))
        return found

    def _take(self, columns: Columns, kind: int, lower: Floats, upper: Floats) -> None:
        size = columns.layout.size
        self.columns.append((columns, kind, lower, upper))
        self.owner = np.concatenate([self.owner, columns.owner])
        self.switch = np.concatenate([self.switch, np.zeros(size, bool)])
        self.movable = np.concatenate([self.movable, np.ones(size, bool)])
        self.next += size

    def hand_over(self, value: Epigraph, owner: Ints) -> None:
        """The columns of a value, and the rows that define them, to these players (columns,)."""
        columns = value.columns
        columns.owner[:] = owner
        self.owner[columns.base : columns.base + columns.layout.size] = owner
        value.places.owner[:] = value.spread(owner)
        each = value.places.owner if value.live is None else value.places.owner[value.live]
        for first, last in value.rows:
            self.flat.give_rows(first, np.tile(each, (last - first) // max(len(each), 1)))

    def narrow(self, columns: Columns, lower: Floats, upper: Floats) -> None:
        """Further bounds (size,) of lifted columns."""
        for made, _, low, high in self.columns:
            if made is columns:
                np.maximum(low, lower, out=low)
                np.minimum(high, upper, out=high)

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
            equation=columns.block.equation,
        )  # fmt: skip
        low, high = np.full(size, lower), np.full(size, upper)
        base = self.flat.lifted_rows(block, owner, low, high)
        constant = self.flat.entries.write(body, layout, base, only)
        low -= constant
        high -= constant
        return base

    def _block(self, word: str, layout: Layout, context: Context, span: Span, base: int) -> Block:
        """Names by the letters that run along the instances' axes; by numbers along an axis without one, as that of
        an indexed player whose letter a `let` at the top does not know."""
        assert context.owner is not None
        letters: list[str] = []
        labels: list[tuple[object, ...]] = []
        sets: list[str] = []
        for axis in layout.axes:
            along = [(context.names[k], v) for k, v in context.letters.items() if v.position.axes == (axis,)]
            letters.append(",".join(dict.fromkeys(name for name, _ in along)))
            sets.append(",".join(dict.fromkeys(v.of.name for _, v in along)))
            places = [[v.of.elements[min(max(int(p), 0), v.of.size - 1)] for p in v.position.array] for _, v in along]
            each_place = zip(*places, strict=True) if along else ((k,) for k in range(1, axis.size + 1))
            labels.append(tuple(",".join(dict.fromkeys(str(e) for e in each)) for each in each_place))
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
            equation=self.flat.equation_at(span),
        )

    # ------------------------------------------------------------ epigraphs

    def extreme(
        self, largest: bool, arguments: tuple[Affine, ...], context: Context, span: Span, least: float = -np.inf
    ) -> Affine:
        """`max(...)` or `min(...)` of affine values; `least` as in `Epigraph`."""
        if context.guard is not None:
            guard = context.guard
            arguments = tuple(a.where(guard) for a in arguments)
        z = self.new_columns(short(span, 24), self.layout(arguments, context), context, span)
        return self._epigraph(largest, arguments, z, z, None, span, least)

    def extreme_over(
        self, largest: bool, argument: Affine, axes: tuple[Axis, ...], mask: Dense | None,
        inner: Context, outer: Context, span: Span,
    ) -> Affine:  # fmt: skip
        """`smax` or `smin` of an affine value along `axes`, where `mask` holds (None: everywhere); `inner` is the
        context in the reduction, `outer` that around it."""
        if outer.guard is not None:
            argument = argument.where(outer.guard)
        values = (argument,) if mask is None else (argument, Affine(mask))
        inside = over({*self.layout(values, inner).axes, *axes})
        outside = over(set(inside.axes) - set(axes))
        z = self.new_columns(short(span, 24), outside, outer, span)
        places = self.anchor(short(span, 24), inside, inner, span)
        live = None if mask is None else np.array(mask.full(inside.axes), dtype=bool).reshape(-1)
        if mask is not None:
            # Where nothing is left to choose from, the value is asked for by nothing.
            some = _any(mask, inside, outside).reshape(-1)
            self.narrow(z, np.where(some, -np.inf, 0.0), np.where(some, np.inf, 0.0))
        return self._epigraph(largest, (argument,), z, places, live, span)

    def _epigraph(
        self, largest: bool, arguments: tuple[Affine, ...], z: Columns, places: Columns, live: Bools | None, span: Span,
        least: float = -np.inf,
    ) -> Affine:  # fmt: skip
        ends = (0.0, np.inf) if largest else (-np.inf, 0.0)
        bases = [
            self.rows(
                f"{short(span, 24)} (side {number + 1})", add([(1, z.value), (-1, argument)]), places, *ends, span, live
            )
            for number, argument in enumerate(arguments)
        ]
        size = places.layout.size if live is None else int(live.sum())
        self.steps.append(
            Epigraph(self, z, arguments, largest, ((bases[0], bases[-1] + size),), span, places, live, least=least)
        )
        return z.value

    def binaries(self, columns: Columns, word: str, live: Bools) -> Columns:
        """Binaries for the instances of other columns; those that are not live are fixed at zero."""
        block = Block(
            columns.block.player, word, self.next, self.next + columns.layout.size, columns.block.sets,
            columns.block.letters, columns.block.labels, columns.block.coords, columns.block.span, lifted=True,
            equation=columns.block.equation,
        )  # fmt: skip
        found = Columns(self.next, columns.layout, columns.owner, block)
        self._take(found, INTEGER, np.zeros(columns.layout.size), live.astype(np.float64))
        return found

    def interval(self, value: Affine, layout: Layout, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Least and greatest value of each instance within the bounds."""
        entries = Entries()
        constant = entries.write(value, layout, 0)
        matrix = entries.matrix(layout.size, len(lower))
        return quadratic_ranges(matrix, constant, entries.quad(len(lower)), lower, upper)

    def no_bound(
        self,
        span: Span,
        block: Block,
        instance: int,
        label: str = "not convex in this place, and its arguments have no bounds",
    ) -> None:
        self.findings.add(
            "G710",
            f"`{short(span)}` needs finite bounds of its variables here",
            span,
            label,
            notes=[f"first for `{label}`"] if "[" in (label := block.label(block.start + instance)) else [],
            hints=["give the variables in it bounds: `in [a, b]`"],
        )


ZERO_AFFINE = Affine(ZERO)


def _any(mask: Dense, inside: Layout, outside: Layout) -> NDArray[Any]:
    """Whether the mask holds at some instance inside, for each instance outside."""
    lost = tuple(k for k, a in enumerate(inside.axes) if a not in set(outside.axes))
    return np.asarray(mask.full(inside.axes).any(axis=lost))


def over(axes: set[Axis]) -> Layout:
    """Instances along these axes."""
    ordered = tuple(sorted(axes, key=lambda a: a.number))
    return Layout((), ordered, int(np.prod([a.size for a in ordered], dtype=np.int64)))
