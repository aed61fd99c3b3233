"""A ground game as text. In: `GroundGame`; out: sizes, each player's share, and each block of columns and rows."""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, MINIMIZE, REAL, SEMICONTINUOUS, Block, GroundGame
from compiler.ground.sparse import Bools, Floats
from gamec.cells import clean
from gamec.views.grid import aligned
from gamec.views.numbers import number

WIDTH = 1000
"""Lines are not cut: this text is for looking things up."""

_KINDS = {REAL: "real", INTEGER: "integer", SEMICONTINUOUS: "semicontinuous"}


def ground_text(game: GroundGame) -> str:
    decisions = int(np.count_nonzero((game.owner >= 0) & (game.price_row < 0)))
    prices = int(np.count_nonzero(game.price_row >= 0))
    lines = [
        f"game {clean(game.name)}",
        f"  {game.columns} columns: {decisions} owned by players, {prices} prices",
        f"  {game.rows} rows: {game.matrix.nnz} nonzeros, {game.row_quad.entries} products",
    ]
    if len(game.complementary):
        lines.append(f"  {len(game.complementary)} complementary pairs")
    head = ["player", "sense", "columns", "real", "integer", "semi", "rows", "nonzeros", "of others", "objective"]
    rows = [head, *([*_player(game, p)] for p in range(len(game.players)))]
    lines += ["", "players", *aligned(rows, (False, False, *[True] * 7, False), WIDTH)]
    lines += ["", "columns", *aligned([_column(game, b) for b in game.column_blocks], (False,) * 6, WIDTH)]
    lines += ["", "rows", *aligned([_row(game, b) for b in game.row_blocks], (False,) * 6, WIDTH)]
    return "\n".join(lines)


def _player(game: GroundGame, p: int) -> list[str]:
    player = game.players[p]
    own: Bools = game.owner == p
    kinds = game.kind[own]
    row = game.matrix.row_numbers()
    entries: Bools = game.row_owner[row] == p if game.rows else np.zeros(0, np.bool_)
    others = int(np.count_nonzero(entries & ~own[game.matrix.indices]))
    linear = int(game.objective.indptr[p + 1] - game.objective.indptr[p])
    products = int(np.count_nonzero(game.objective_quad.row == p))
    goal = f"{clean(player.objective)}: {linear} linear, {products} products"
    counts = [int(np.count_nonzero(own)), *(int(np.count_nonzero(kinds == k)) for k in _KINDS)]
    counts += [int(np.count_nonzero(game.row_owner == p)), int(np.count_nonzero(entries)), others]
    sense = "minimize" if player.sense == MINIMIZE else "maximize"
    return [clean(player.name), sense, *map(str, counts), goal]


def _column(game: GroundGame, block: Block) -> list[str]:
    part = slice(block.start, block.stop)
    kinds = [_KINDS[k] for k in np.unique(game.kind[part]).tolist()]
    what = "price" if block.size and game.price_row[block.start] >= 0 else ", ".join(kinds)
    bounds = f"in [{_range(game.lower[part])}, {_range(game.upper[part])}]"
    return [*_numbered(game, block, block.label), what + (", made here" if block.lifted else ""), bounds, block.unit]


def _row(game: GroundGame, block: Block) -> list[str]:
    part = slice(block.start, block.stop)
    low, high = game.row_lower[part], game.row_upper[part]
    kinds: tuple[tuple[str, Bools], ...] = (
        ("==", low == high),
        ("<=", np.isneginf(low) & np.isfinite(high)),
        (">=", np.isfinite(low) & np.isposinf(high)),
        ("range", np.isfinite(low) & np.isfinite(high) & (low != high)),
        ("free", np.isneginf(low) & np.isposinf(high)),
    )
    said = [word for word, found in kinds if found.any()]
    nonzeros = int(game.matrix.indptr[block.stop] - game.matrix.indptr[block.start])
    products = int(np.count_nonzero((game.row_quad.row >= block.start) & (game.row_quad.row < block.stop)))
    size = f"{nonzeros} nonzeros" + (f", {products} products" if products else "")
    kind = ", ".join(said) + (", made here" if block.lifted else "")
    return [*_numbered(game, block, block.label), kind, size, block.unit]


def _numbered(game: GroundGame, block: Block, label: object) -> list[str]:
    """Numbers, index sets with their sizes, and the first and last label."""
    if not block.size:
        return ["none", clean(f"{block.player}.{block.name}" if block.player else block.name), ""]
    assert callable(label)
    first, last = clean(label(block.start)), clean(label(block.stop - 1))
    numbers = str(block.start) if block.size == 1 else f"{block.start}..{block.stop - 1}"
    sizes = " × ".join(f"{name} {len(axis)}" for name, axis in zip(block.sets, block.labels, strict=True))
    return [numbers, first if block.size == 1 else f"{first} … {last}", clean(sizes)]


def _range(values: Floats) -> str:
    """One number, or the least and the largest."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    return number(low) if low == high else f"{number(low)}..{number(high)}"
