"""A solved game's numbers -> its variables and shadow prices by the names of the file, labelled by index."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from compiler.ground.ground_game import Block
from compiler.ground.sparse import Bools, Floats
from compiler.ir.game import ConstraintDef
from compiler.pipeline import Compiled
from runtime.result import Labelled, Value


def labelled_values(compiled: Compiled, x: Floats, docs: dict[str, str], units: dict[str, str]) -> dict[str, Value]:
    """Every decision at `x` by its name in results; fills `docs` and `units` by the same names."""
    game = compiled.ground
    decisions: Bools = game.price_row < 0
    markets = _markets(compiled)
    blocks = [
        b for b in game.column_blocks if not b.lifted and b.player not in markets and (not b.size or decisions[b.start])
    ]
    values: dict[str, Value] = {}
    for name, block in zip(_names((b.player, b.name) for b in blocks), blocks, strict=True):
        values[name] = _of_block(block, x[block.start : block.stop], block.unit, block.doc)
        docs[name], units[name] = block.doc, block.unit
    return values


def labelled_prices(
    compiled: Compiled, x: Floats, prices: Floats | None, docs: dict[str, str], units: dict[str, str]
) -> dict[str, Value]:
    """The prices of markets (columns of `x`) and the shadow prices that the file names (of the rows' `prices`, NaN
    where there is none).

    The common multiplier of a shared constraint is told as the first player that the constraint binds counts it.
    """
    game, markets = compiled.ground, _markets(compiled)
    named = [
        (b.player, b.name, b, x[b.start : b.stop], b.unit, b.doc) for b in game.column_blocks if b.player in markets
    ]
    if prices is not None:
        declared = {(c.player, c.name): c for p in compiled.game.players for c in p.constraints}
        declared |= {("", c.name): c for c in compiled.game.shared}
        for k, name in game.price_names.items():
            block = game.row_blocks[k]
            found = declared.get((block.player, block.name)) or declared.get(("", block.name))
            owner = (
                game.players[game.row_owner[block.start]].name
                if block.size and ("", block.name) in declared
                else block.player
            )
            named.append((owner, name, block, prices[block.start : block.stop], *_words(found)))
        for shared in compiled.game.shared:
            if shared.price is not None and not shared.individual:
                values, block = _common(compiled, shared, prices)
                named.append(("", shared.price.name, block, values, *_words(shared)))
    result: dict[str, Value] = {}
    for name, (_, _, block, values, unit, doc) in zip(_names((n[0], n[1]) for n in named), named, strict=True):
        result[name] = _of_block(block, values, unit, doc)
        docs[name], units[name] = doc, unit
    return result


def _markets(compiled: Compiled) -> set[str]:
    return {p.name for p in compiled.game.players if p.market}


def _words(d: ConstraintDef | None) -> tuple[str, str]:
    """Unit and doc string of a constraint's price."""
    if d is None or d.price is None:
        return "", ""
    return d.price.unit.text if d.price.unit is not None else "", d.price.doc


def _common(compiled: Compiled, d: ConstraintDef, prices: Floats) -> tuple[Floats, Block]:
    """The price of each instance of a shared constraint, NaN where it binds nobody, and a block that labels them."""
    place = compiled.grounded.spaces.rows[id(d)]
    layout, rows = place.layout, place.numbers
    assert rows is not None
    values = np.where(rows >= 0, prices[rows], np.nan) if len(prices) else np.full(layout.size, np.nan)
    labels = tuple(s.elements for s in layout.sets)
    sets = tuple(s.name for s in layout.sets)
    return values, Block("", d.name, 0, layout.size, sets, d.domain.letters, labels, layout.coords)


def _names(listed: Iterable[tuple[str, str]]) -> list[str]:
    """The bare name where it is the only one, else `player.name`."""
    pairs = list(listed)
    names = [name for _, name in pairs]
    return [name if names.count(name) == 1 or not player else f"{player}.{name}" for player, name in pairs]


def _of_block(block: Block, values: Floats, unit: str, doc: str) -> Value:
    if not block.sets:
        return float(values[0]) if len(values) else float("nan")
    positions = block.positions()
    axes = [np.array(axis, dtype=object) for axis in block.labels]
    columns = [axis[positions[:, k]].tolist() for k, axis in enumerate(axes)]
    index = tuple(letter or name for letter, name in zip(block.letters, block.sets, strict=True))
    return Labelled(index, block.sets, tuple(zip(*columns, strict=True)), values.copy(), unit, doc, block.labels)
