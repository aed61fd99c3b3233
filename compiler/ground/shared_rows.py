"""Shared constraints -> a row for every player whose variables they hold, tied together where their multiplier is
common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.ground_game import Block
from compiler.ground.ground_set import Layout
from compiler.ground.rows import Entries
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.ground.values import Affine
from compiler.ir.game import ConstraintDef


@dataclass(frozen=True, eq=False)
class SharedRows:
    """Copies of the instances of one shared constraint: `matrix` (copies, columns) and `quad`, bounds, `owner` and
    `instance` (copies,). Copies are sorted by owner, then instance; `blocks` has one for each owner, starting at row
    0."""

    matrix: Csr
    quad: Quad
    lower: Floats
    upper: Floats
    owner: Ints
    instance: Ints
    blocks: tuple[Block, ...]
    free: Ints
    """Instances that hold nobody's variables, of which there is no copy."""
    gap: Floats
    """(free,): by how much these fail."""


def shared_rows(
    d: ConstraintDef,
    body: Affine,
    layout: Layout,
    low: Floats,
    high: Floats,
    column_owner: Ints,
    names: list[str],
    block: Block,
) -> SharedRows:
    """`low <= body <= high` for each instance, once for every player that has a column in it. `names` are the
    players' names."""
    entries = Entries()
    constant = entries.write(body, layout, 0)
    whole = entries.matrix(layout.size, len(column_owner))
    products = entries.quad(len(column_owner))
    owners = column_owner[np.concatenate([whole.indices, products.i, products.j])]
    instances = np.concatenate([whole.row_numbers(), products.row, products.row])
    mine = owners >= 0
    pairs = np.unique(np.stack([owners[mine], instances[mine]], axis=1), axis=0)
    owner, instance = pairs[:, 0], pairs[:, 1]
    free = np.setdiff1d(np.arange(layout.size), instance)
    coords = layout.all_coords()[instance]
    blocks = []
    for player in np.unique(owner):
        here = np.flatnonzero(owner == player)
        blocks.append(
            Block(
                names[player], d.name, int(here[0]), int(here[-1]) + 1, block.sets, block.letters, block.labels,
                coords[here], block.span, block.unit, block.doc, equation=block.equation,
            )
        )  # fmt: skip
    return SharedRows(
        whole.take_rows(instance),
        products.take_rows(instance),
        (low - constant)[instance],
        (high - constant)[instance],
        owner,
        instance,
        tuple(blocks),
        free,
        np.maximum(low - constant, constant - high)[free],
    )
