"""A solved game -> its balances: what each side of a priced equation brings, hour by hour, stacked.

A balance is an equation with a shadow price that runs over an index of numbers (`balance[t]: sum(g) out[g,t] + sun[t]
== demand[t]`). What brings is stacked upwards, what takes downwards; a demand that is data is the line that both meet,
and without one a variable that alone takes. Which side brings does not depend on how the equation is written (`d - q ==
0`): the shadow price says it. Where it is dear to have one more unit on the right, the right takes.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import Block, GroundGame
from compiler.ground.plotting import unit_words
from compiler.ground.sparse import Floats, Ints
from compiler.ir.game import ConstraintDef
from compiler.pipeline import Compiled
from compiler.semantics.check_units import unit_of
from runtime.figures.chart import Chart, Kind, Line, Panel, measured
from runtime.figures.constant_terms import constant_terms

PANELS = 6
"""So many panels fill a page; further ones of a balance are left out, which the chart says."""

LINES = 8
"""From here on the elements of one variable are added up: a stack of more layers tells nobody anything."""

DIRECTIONS = "above zero: what brings; below: what takes"
"""Said where one variable does both, whose own sign may be the other way round."""

SMALL = 1e-6
"""Part of the largest term below which a term is nothing: what solvers hold constraints to."""


def balances(compiled: Compiled, x: Floats, prices: Floats) -> list[Chart]:
    """A chart for each balance of the model at `x` (columns,) with shadow prices (rows,), NaN where there is none."""
    game = compiled.ground
    declared = {(c.player, c.name): c for p in compiled.game.players for c in p.constraints}
    declared |= {("", c.name): c for c in compiled.game.shared}
    found = []
    for k in sorted({*game.price_names, *_market_blocks(compiled)}):
        block = game.row_blocks[k]
        d = declared.get((block.player, block.name)) or declared.get(("", block.name))
        chart = None if d is None or d.relation != "==" else _balance(compiled, block, d, x, prices)
        if chart is not None:
            found.append(chart)
    return found


def _market_blocks(compiled: Compiled) -> list[int]:
    """Rows whose shadow price is a column that players see."""
    game = compiled.ground
    rows = np.unique(game.price_row[game.price_row >= 0])
    starts = np.array([b.start for b in game.row_blocks])
    return np.unique(np.searchsorted(starts, rows, side="right") - 1).tolist() if len(rows) else []


def _balance(compiled: Compiled, block: Block, d: ConstraintDef, x: Floats, prices: Floats) -> Chart | None:
    game = compiled.ground
    numeric = [k for k, axis in enumerate(block.labels) if len(axis) and all(type(e) in (int, float) for e in axis)]
    rows = np.arange(block.start, block.stop)
    level = game.row_lower[rows]
    if not numeric or not block.size or not np.array_equal(level, game.row_upper[rows]):
        return None
    if np.isin(game.row_quad.row, rows).any():
        return None
    along = numeric[-1]
    positions = block.positions()
    others = [k for k in range(len(block.sets)) if k != along]
    groups, group = np.unique(positions[:, others], axis=0, return_inverse=True)
    places = np.zeros(block.size, np.int64) if not len(block.sets) else positions[:, along]
    terms = _terms(compiled, block, x)
    constants = constant_terms(compiled, block, d, level)
    sign = _dear_on_the_right(compiled, prices[rows], rows)
    sign = sign or _upwards(compiled, block, [values for _, values in constants], x, terms)
    unit = unit_words(unit_of(d.left))
    axis = block.labels[along]
    panels = []
    for number, key in enumerate(groups[:PANELS]):
        mine = group.reshape(-1) == number
        lines = [Line(label, _at(sign * values[mine], places[mine], len(axis))) for label, values in terms]
        data = [Line(label, _at(sign * values[mine], places[mine], len(axis))) for label, values in constants]
        largest = max((float(np.nanmax(np.abs(line.values), initial=0.0)) for line in (*lines, *data)), default=0.0)
        lines, over = _met(lines, data, SMALL * largest)
        words = ", ".join(str(block.labels[k][p]) for k, p in zip(others, key, strict=True))
        if len(lines) + len(over) > 1:
            panels.append(Panel(Kind.STACK, measured("", unit), tuple(lines), tuple(over), words))
    if not panels:
        return None
    left = len(groups) - PANELS
    name = f"{block.player}.{block.name}" if block.player else block.name
    title = d.signature.doc or f"Balance {name}"
    words = next((s.signature.doc for s in compiled.game.sets if s.name == block.sets[along]), "")
    notes = [DIRECTIONS] if any(_turns(line) for panel in panels for line in panel.lines) else []
    note = "; ".join([*notes, *([f"{left} more of {len(groups)} are left out"] if left > 0 else [])])
    return Chart(f"balance_{name}", title, words or block.letters[along], axis, tuple(panels), note)


def _turns(line: Line) -> bool:
    low, high = float(np.nanmin(line.values, initial=0.0)), float(np.nanmax(line.values, initial=0.0))
    return min(-low, high) > SMALL * max(-low, high)


def _met(lines: list[Line], data: list[Line], nothing: float) -> tuple[list[Line], list[Line]]:
    """What is stacked, and the line that it meets. `data` are constant terms as they stand on the side that takes: what
    is negative there brings. What is `nothing` throughout is left out."""
    brought = [Line(line.label, -line.values) for line in data if np.nansum(line.values) < 0]
    taken = [line for line in data if np.nansum(line.values) >= 0]
    stacked = [line for line in (*lines, *brought) if np.nanmax(np.abs(line.values), initial=0.0) > nothing]
    if taken:
        return stacked, [
            Line(" + ".join(line.label for line in taken), np.sum([line.values for line in taken], axis=0))
        ]
    takes = [line for line in stacked if np.nanmin(line.values, initial=0.0) < -nothing]
    if len(takes) != 1 or len(stacked) < 2 or np.nanmax(takes[0].values, initial=0.0) > nothing:
        return stacked, []
    (one,) = takes
    return [line for line in stacked if line is not one], [Line(one.label, -one.values)]


def _dear_on_the_right(compiled: Compiled, prices: Floats, rows: Ints) -> float:
    """1 if one more unit on the right costs the rows' owner something, all in all, so that what stands on the left
    brings; -1 if it is worth something to it; 0 where there are no prices."""
    game = compiled.ground
    owner = game.row_owner[rows]
    sense = np.array([player.sense for player in game.players], dtype=np.float64)
    values = np.where((owner >= 0) & np.isfinite(prices), sense[owner] * prices, 0.0)
    total = float(values.sum())
    return float(np.sign(total)) if abs(total) > SMALL * float(np.abs(values).sum()) else 0.0


def _upwards(
    compiled: Compiled, block: Block, constants: list[Floats], x: Floats, terms: list[tuple[str, Floats]]
) -> float:
    """1 if terms with a positive sign in the rows of the block bring, -1 if they take, where prices do not say it: data
    on one side only are a demand; else what costs its player something brings, what is worth something to it takes;
    else there are more layers above than below."""
    sides = {float(np.sign(values.sum())) for values in constants} - {0.0}
    if len(sides) == 1:
        return sides.pop()
    columns, _, amounts = _entries(compiled, block, x)
    score = float(amounts @ np.sign(_own_costs(compiled.ground, x)[columns]))
    if abs(score) <= SMALL * float(np.abs(amounts).sum()):
        score = float(sum(np.sign(values.sum()) for _, values in terms))
    return -1.0 if score < 0 else 1.0


def _own_costs(game: GroundGame, x: Floats) -> Floats:
    """What one more of each column costs its owner (columns,), what it pays to or gets from others apart: those sums
    say who pays, not who brings."""
    sense = np.array([player.sense for player in game.players], dtype=np.float64)
    who = np.repeat(np.arange(len(game.players)), np.diff(game.objective.indptr))
    found = np.zeros(game.columns)
    own = game.owner[game.objective.indices] == who
    np.add.at(found, game.objective.indices[own], sense[who[own]] * game.objective.data[own])
    quad = game.objective_quad
    own = (game.owner[quad.i] == quad.row) & (game.owner[quad.j] == quad.row)
    value = sense[quad.row[own]] * quad.value[own]
    np.add.at(found, quad.i[own], value * x[quad.j[own]])
    np.add.at(found, quad.j[own], value * x[quad.i[own]])
    return found


def _entries(compiled: Compiled, block: Block, x: Floats) -> tuple[Ints, Ints, Floats]:
    """Columns, rows counted from the block's first, and what each column brings there: (entries,) each."""
    game = compiled.ground
    start, stop = game.matrix.indptr[block.start], game.matrix.indptr[block.stop]
    columns = game.matrix.indices[start:stop]
    rows = np.repeat(np.arange(block.size), np.diff(game.matrix.indptr[block.start : block.stop + 1]))
    return columns, rows, game.matrix.data[start:stop] * x[columns]


def _at(values: Floats, places: np.ndarray, size: int) -> Floats:
    found = np.full(size, np.nan)
    found[places] = values
    return found


def _terms(compiled: Compiled, block: Block, x: Floats) -> list[tuple[str, Floats]]:
    """What each variable brings to each row, (rows of the block,): by its elements that the row does not fix, while
    they are few."""
    game = compiled.ground
    columns, rows, amounts = _entries(compiled, block, x)
    starts = np.array([b.start for b in game.column_blocks])
    owner = np.searchsorted(starts, columns, side="right") - 1
    found: list[tuple[str, Floats]] = []
    for k in np.unique(owner).tolist():
        of = game.column_blocks[k]
        mine = owner == k
        free = [j for j, name in enumerate(of.sets) if name not in block.sets]
        positions = of.positions()[columns[mine] - of.start][:, free]
        keys, which = np.unique(positions, axis=0, return_inverse=True)
        name = (of.doc or f"{of.player}.{of.name}") if not of.lifted else "nonlinear terms"
        if len(keys) > LINES:
            keys, which = keys[:1, :0], np.zeros(len(positions), np.int64)
        for number, key in enumerate(keys):
            here = which.reshape(-1) == number
            values = np.zeros(block.size)
            np.add.at(values, rows[mine][here], amounts[mine][here])
            words = [str(of.labels[j][p]) for j, p in zip(free, key, strict=False)]
            found.append((name + (f": {', '.join(words)}" if words else ""), values))
    labels = [label for label, _ in found]
    names = [f"{game.column_blocks[k].player}.{game.column_blocks[k].name}" for k in np.unique(owner).tolist()]
    if len(set(labels)) < len(labels) and len(labels) == len(names):
        found = [
            (f"{label} ({name})" if labels.count(label) > 1 else label, values)
            for (label, values), name in zip(found, names, strict=True)
        ]
    return found
