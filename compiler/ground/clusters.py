"""Samples -> scenarios: the rows of a sample file clustered by k-means (scikit-learn, seeded), their shares and
centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.context import Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_set import Layout
from compiler.ground.sparse import Floats
from compiler.ground.tables import DataFiles
from compiler.ir.game import Clusters, ParamDef


@dataclass(frozen=True, eq=False)
class Scenarios:
    """`shares` (clusters,) sum to one; `centres` (clusters, columns) in the order of `header`. Clusters ascend by
    their centres."""

    header: tuple[str, ...]
    shares: Floats
    centres: Floats


def centre_heads(d: ParamDef, layout: Layout) -> tuple[list[str], int]:
    """The heads of the sample columns that `param mcp[t,w] from W` reads, in the order of its other index, and the
    place of the scenarios among its indices."""
    weights = [s.probability for s in d.domain.sets]
    along = next(k for k, w in enumerate(weights) if w is not None and w.clusters == d.clusters)
    if len(layout.sets) == 1:
        return [d.column or d.name], along
    return [str(e) for e in layout.sets[1 - along].elements], along


def centres(d: ParamDef, layout: Layout, found: Scenarios, evaluator: Evaluator) -> Floats:
    """The centres that a parameter reads: (layout.size,). Raises `Ungrounded` where a column is missing (G505)."""
    heads, along = centre_heads(d, layout)
    place = {h: k for k, h in enumerate(found.header)}
    absent = [h for h in heads if h not in place]
    if absent:
        assert d.clusters is not None
        raise evaluator.fail(
            "G505",
            f"`{d.clusters.file}` has no column `{absent[0]}` for `{d.name}`",
            d.clusters.span,
            "samples are read from this file",
            notes=[f"its columns: {', '.join(f'`{h}`' for h in found.header)}"],
            hints=["head each column of the samples by an element of the other index"],
        )
    coords = layout.all_coords()
    column = coords[:, 1 - along] if len(layout.sets) > 1 else np.zeros(layout.size, dtype=np.int64)
    return np.asarray(found.centres[coords[:, along], np.array([place[h] for h in heads])[column]], dtype=np.float64)


def cluster(clusters: Clusters, heads: set[str], files: DataFiles, evaluator: Evaluator) -> Scenarios:
    """Cluster the samples. Every column is a dimension; a row is one sample. `heads` are the columns that parameters
    read: another would move the centres unseen. Raises `Ungrounded` after reporting what is wrong with the file (G503,
    G504, G506) or that scikit-learn is missing (G803)."""
    table = files.table(clusters.file, clusters.span)
    if table is None:
        raise Ungrounded
    surplus = [k for k, h in enumerate(table.header) if heads and h not in heads]
    if surplus and heads <= set(table.header):
        head = table.header[surplus[0]]
        raise evaluator.fail(
            "G503",
            f"no parameter reads the column `{head}` of the samples",
            table.span(-1, surplus[0]),
            "would count as a dimension of the clusters",
            hints=[f"remove the column, or read it: `param {head}[...] from ...`"],
        )
    samples = np.empty((table.rows, len(table.header)))
    for k, cells in enumerate(table.columns):
        for row, cell in enumerate(cells):
            try:
                samples[row, k] = float(cell)
            except ValueError:
                samples[row, k] = np.nan
            if not np.isfinite(samples[row, k]):
                raise evaluator.fail(
                    "G504", f"a sample is `{cell}`, no finite number", table.span(row, k), "not a number"
                )
    different = len(np.unique(samples, axis=0))
    if different < clusters.count:
        raise evaluator.fail(
            "G506",
            f"`{clusters.file}` has {different} different samples, fewer than the {clusters.count} scenarios asked for",
            clusters.span,
            "too few rows",
            hints=["ask for fewer scenarios, or give more samples"],
        )
    try:
        from sklearn.cluster import KMeans
        from threadpoolctl import threadpool_limits
    except ImportError:
        raise evaluator.fail(
            "G803",
            "reducing scenarios needs scikit-learn, which is not installed",
            clusters.span,
            hints=['install it: `pip install "gamec[scenarios]"`'],
        ) from None
    # Its threads wait for each other by spinning: on a busy machine a clustering of 20 ms takes seconds.
    with threadpool_limits(1):
        found = KMeans(n_clusters=clusters.count, random_state=clusters.seed, n_init=10).fit(samples)
    shares = np.bincount(found.labels_, minlength=clusters.count) / table.rows
    centres = np.asarray(found.cluster_centers_, dtype=np.float64)
    order = np.lexsort(centres.T[::-1])
    return Scenarios(table.header, shares[order], centres[order])
