"""A ground game -> findings that only its numbers show: empty bounds, undefined coefficients, rows that nothing can
satisfy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compiler.ground.ground_game import Block, GroundGame
from compiler.ground.rows import Entries
from compiler.ground.shared_rows import SharedRows
from compiler.ground.sparse import Floats
from grammar.diagnostics import Findings, Severity

TOLERANCE = 1e-9
"""By how much a relation between data may fail: what rounding leaves."""

DATA = "check its data, or leave the instance out with `where`"


def check_bounds(blocks: Sequence[Block], lower: Floats, upper: Floats, findings: Findings) -> None:
    """G510 for columns whose bounds leave no value, one per declaration."""
    bad = lower > upper
    for block in blocks:
        inside = bad[block.start : block.stop]
        if inside.any():
            k = block.start + int(np.argmax(inside))
            findings.add(
                "G510",
                f"`{block.label(k)}` has the lower bound {lower[k]:g} above its upper bound {upper[k]:g}",
                block.span,
                "no value is left",
                hints=["the lower bound comes first, `in [LOW, HIGH]`; if it does, check the data of both"],
            )


def check_finite(rows: Entries, blocks: Sequence[Block], objective: Entries, findings: Findings) -> None:
    """G508 for coefficients that are no finite numbers."""
    for entries, named in ((rows, blocks), (objective, ())):
        for row in entries.undefined()[:1]:
            block = next((b for b in named if b.start <= row < b.stop), None)
            what = f"`{block.label(int(row))}`" if block else "an objective"
            findings.add(
                "G508",
                f"{what} has a coefficient that is no finite number",
                block.span if block else None,
                "infinite or undefined",
                hints=["check the data for `inf` and for divisions"],
            )


def check_free(shared: SharedRows, block: Block, findings: Findings) -> None:
    """Instances of a shared constraint that hold nobody's variables and cannot hold (G607); `block` names them."""
    broken = np.flatnonzero(shared.gap > TOLERANCE)
    if len(broken):
        label = block.label(block.start + int(shared.free[broken[0]]))
        words = f"its sides are {shared.gap[broken[0]]:g} apart"
        findings.add("G607", f"`{label}` holds no variable and cannot hold", block.span, words, hints=[DATA])


def check_rows(g: GroundGame, findings: Findings) -> None:
    """Rows without variables that cannot hold (G607), and rows of a player that none of its own or its followers'
    variables enter (G608)."""
    filled = np.diff(g.matrix.indptr) + np.bincount(g.row_quad.row, minlength=g.rows)
    empty = filled == 0
    broken = empty & ((g.row_lower > TOLERANCE) | (g.row_upper < -TOLERANCE))
    concerned = _concerned(g)
    touched = ~empty if concerned.all() else _touched(g, concerned)
    foreign = ~empty & ~touched
    for block in g.row_blocks:
        if broken[block.start : block.stop].any():
            k = block.start + int(np.argmax(broken[block.start : block.stop]))
            findings.add(
                "G607",
                f"`{block.label(k)}` holds no variable and cannot hold",
                block.span,
                f"it asks for {_limits(g.row_lower[k], g.row_upper[k])}",
                hints=[DATA],
            )
        if foreign[block.start : block.stop].any():
            k = block.start + int(np.argmax(foreign[block.start : block.stop]))
            findings.add(
                "G608",
                f"`{block.label(k)}` holds no variable that `{block.player}` or its followers decide",
                block.span,
                "the player cannot do anything about it",
                hints=["move it to the player whose variables it restricts"],
                severity=Severity.WARNING,
            )


def _touched(g: GroundGame, concerned: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows,): whether a row holds a column whose owner is concerned by the row's."""
    row = g.matrix.row_numbers()
    mine = concerned[g.row_owner[row], g.owner[g.matrix.indices]]
    touched: NDArray[np.bool_] = np.bincount(row[mine], minlength=g.rows) > 0
    for a in (g.row_quad.i, g.row_quad.j):
        hit = concerned[g.row_owner[g.row_quad.row], g.owner[a]]
        touched |= np.bincount(g.row_quad.row[hit], minlength=g.rows) > 0
    return touched


def _concerned(g: GroundGame) -> NDArray[np.bool_]:
    """(players, players + 1): whether the second is the first or follows it, directly or through others. The last
    column is for prices."""
    count = len(g.players)
    reach = np.zeros((count, count + 1), dtype=bool)
    reach[:, count] = True
    for k in range(count):
        stack = [k]
        while stack:
            p = stack.pop()
            if not reach[p, k]:
                reach[p, k] = True
                stack += g.players[p].leaders
    return reach


def _limits(low: float, high: float) -> str:
    if low == high:
        return f"0 == {low:g}"
    return f"0 <= {high:g}" if np.isinf(low) else f"0 >= {low:g}" if np.isinf(high) else f"{low:g} <= 0 <= {high:g}"
