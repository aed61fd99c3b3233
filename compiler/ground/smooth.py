"""`exp(e)`, `e^3`, `a/e`, `x*y*z` of variables: columns `z` with `z = f(a)`, `a = e`, and what of that may be relaxed.

Where f is convex and nothing profits from a larger `z`, `z >= f(a)` is exact; where f rises, `a >= e` will do as well
(disciplined convex programming: Grant, Boyd and Ye 2006). So a convex problem stays one. All else keeps its equations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from compiler.ground.context import Context
from compiler.ground.curves import FUNCTIONS, Curve, Traits
from compiler.ground.lifting import Columns, Lifting
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.ground.values import Affine, Dense, add
from compiler.ir.words import short
from grammar.source import Span

NO_PARAMETER = Dense.scalar(np.nan)


@dataclass(eq=False)
class Smooth:
    """`columns` stand for `function` of `argument`, which stands for `subject`; for the subject itself where `function`
    is empty. Instances that are not `live` are fixed at zero. `rows` are the first and the one after the last of the
    rows that tie the subject.

    `relation` (columns,) is that of a `Curve`, chosen by `write` and `harm`.
    """

    lifting: Lifting
    function: str
    parameter: Floats
    subject: Affine
    argument: Columns
    columns: Columns
    live: Bools
    rows: tuple[tuple[int, int], ...]
    span: Span
    row_lower: Floats
    row_upper: Floats
    plain: bool
    """Whether the subject is linear in the variables of the file: then its rows stay equations."""
    relation: Ints = field(init=False)
    traits: Traits = field(init=False)

    def __post_init__(self) -> None:
        self.relation = np.zeros(self.columns.layout.size, np.int64)
        self._equal = self.row_lower.copy()

    # ------------------------------------------------------------ as a step

    def tighten(self, lower: Floats, upper: Floats) -> None:
        low, high = self.lifting.interval(self.subject, self.columns.layout, lower, upper)
        for columns, (least, most) in (
            (self.argument, (low, high)),
            (self.columns, FUNCTIONS[self.function].ends(low, high, self.parameter) if self.function else (low, high)),
        ):
            here = slice(columns.base, columns.base + columns.layout.size)
            lower[here] = np.where(self.live, np.fmax(lower[here], least), lower[here])
            upper[here] = np.where(self.live, np.fmin(upper[here], most), upper[here])

    def write(self, lower: Floats, upper: Floats) -> None:
        """Choose the relation that is convex, if any; keep the argument in the domain."""
        size = self.columns.layout.size
        if not self.function:
            self.relation[:] = 1
        else:
            here = slice(self.argument.base, self.argument.base + size)
            low, high = lower[here], upper[here]
            function = FUNCTIONS[self.function]
            start, stop = function.domain(low, high, self.parameter)
            torn = self.live & (np.isnan(start) | np.isnan(stop))
            if torn.any():
                self._torn(int(np.argmax(torn)))
                return
            self.lifting.narrow(self.argument, np.where(self.live, start, 0.0), np.where(self.live, stop, 0.0))
            low, high = np.fmax(low, start), np.fmin(high, stop)
            self.traits = function.traits(low, high, self.parameter)
            self.relation[:] = np.where(self.traits.convex, 1, np.where(self.traits.concave, -1, 0))
            # Relaxed, the argument could leave the interval on which the function is as its traits say.
            always = function.traits(start, stop, self.parameter)
            holds = np.where(self.relation > 0, always.convex, always.concave)
            kept = self.live & (self.relation != 0) & ~holds
            self.lifting.narrow(self.argument, np.where(kept, low, -np.inf), np.where(kept, high, np.inf))
        self.relation[~self.live] = 0
        self._tie()

    def _torn(self, instance: int) -> None:
        text = short(self.span)
        what = "has poles" if self.function == "tan" else "is undefined where its argument is zero"
        keep = "between two poles" if self.function == "tan" else "above zero, or below it"
        self.lifting.findings.add(
            "G710",
            f"`{text}` {what}, and the bounds of its variables do not keep it away",
            self.span,
            "not defined everywhere within the bounds",
            notes=[f"first for {self.columns.block.label(self.columns.base + instance)}"],
            hints=[f"give the variables in it bounds that keep the argument {keep}"],
        )

    # ------------------------------------------------------------ exactness

    @property
    def open_above(self) -> Bools:
        """Where the value may lie above that of the function, as far as the relation says."""
        return self.relation > 0

    @property
    def open_below(self) -> Bools:
        return self.relation < 0

    def harm(self, raised: Bools, lowered: Bools) -> bool:
        """Something profits from a larger (smaller) value at these columns: take back what is not exact then. Says
        whether anything changed."""
        harmed = ((self.relation > 0) & raised) | ((self.relation < 0) & lowered)
        if not harmed.any():
            return False
        turned = -1 if not self.function else 0
        self.relation = np.where(harmed, np.where((self.relation > 0) & ~lowered, turned, 0), self.relation)
        self._tie()
        return True

    def hand_over(self, owner: Ints, gone: Bools, lower: Floats, upper: Floats) -> None:
        """Columns and rows to these players (columns,). Those that are `gone` to others than whoever uses the value
        are equations, as nobody may choose it, with what is known of all columns (all columns,) as bounds."""
        for columns in (self.columns, self.argument):
            columns.owner[:] = owner
            here = slice(columns.base, columns.base + columns.layout.size)
            self.lifting.owner[here] = owner
            known = gone & self.live & (lower[here] <= upper[here])
            self.lifting.narrow(columns, np.where(known, lower[here], -np.inf), np.where(known, upper[here], np.inf))
        for first, _ in self.rows:
            self.lifting.flat.give_rows(first, owner[self.live])
        self.relation = np.where(gone, 0, self.relation)
        self._tie()

    def _tie(self) -> None:
        """Rows `argument - subject == 0`, relaxed where the relation leaves room."""
        if not self.function:
            above, below = self.relation > 0, self.relation < 0
        elif self.plain:
            return
        else:
            up, down = self.relation > 0, self.relation < 0
            above = (up & self.traits.rising) | (down & self.traits.falling)
            below = ((up & self.traits.falling) | (down & self.traits.rising)) & ~above
        self.row_lower[:] = np.where(below[self.live], -np.inf, self._equal)
        self.row_upper[:] = np.where(above[self.live], np.inf, self._equal)


def smooth(
    lifting: Lifting, function: str, subject: Affine, context: Context, span: Span, parameter: Dense = NO_PARAMETER
) -> Affine:
    """`function` (a name of `FUNCTIONS`, or empty for the subject itself) of an expression of variables."""
    guard = context.guard
    if guard is not None:
        subject = subject.where(guard)
    counted = (subject, Affine(parameter)) if guard is None else (subject, Affine(parameter), Affine(guard))
    layout = lifting.layout(counted, context)
    size = layout.size
    live = np.ones(size, bool) if guard is None else np.array(guard.full(layout.axes), dtype=bool).reshape(-1)
    word = short(span, 24)
    z = lifting.new_columns(word, layout, context, span)
    a = lifting.new_columns(f"{word} (argument)", layout, context, span) if function else z
    lifting.narrow(z, np.where(live, -np.inf, 0.0), np.where(live, np.inf, 0.0))
    base = lifting.rows(f"{word} (argument)", add([(1, a.value), (-1, subject)]), a, 0.0, 0.0, span, live)
    plain = not subject.pairs and all((t.column.array < lifting.first).all() for t in subject.terms)
    exponents = np.array(parameter.full(layout.axes), dtype=np.float64).reshape(-1)
    low, high = lifting.flat.row_lower[-1], lifting.flat.row_upper[-1]
    rows = ((base, base + int(live.sum())),)
    lifting.steps.append(Smooth(lifting, function, exponents, subject, a, z, live, rows, span, low, high, plain))
    return z.value


def curves(lifting: Lifting) -> tuple[Curve, ...]:
    """One family for each function that the game uses."""
    families: dict[str, list[Curve]] = {}
    for step in lifting.steps:
        if isinstance(step, Smooth) and step.function:
            families.setdefault(step.function, []).append(
                Curve(
                    step.function,
                    step.argument.base + np.flatnonzero(step.live),
                    step.columns.base + np.flatnonzero(step.live),
                    step.parameter[step.live],
                    step.relation[step.live],
                )
            )
    return tuple(_joined(found) for found in families.values())


def _joined(parts: Iterable[Curve]) -> Curve:
    found = list(parts)
    return Curve(
        found[0].function,
        np.concatenate([c.argument for c in found]),
        np.concatenate([c.result for c in found]),
        np.concatenate([c.parameter for c in found]),
        np.concatenate([c.relation for c in found]),
    )
