"""Samples -> scenarios: the rows of a sample file clustered by k-means (scikit-learn, seeded), their shares and
centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.context import Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.sparse import Floats
from compiler.ground.tables import DataFiles
from compiler.ir.game import Clusters


@dataclass(frozen=True, eq=False)
class Scenarios:
    """`shares` (clusters,) sum to one; `centres` (clusters, columns) in the order of `header`. Clusters ascend by
    their centres."""

    header: tuple[str, ...]
    shares: Floats
    centres: Floats


def cluster(clusters: Clusters, files: DataFiles, evaluator: Evaluator) -> Scenarios:
    """Cluster the samples. Every column is a dimension; a row is one sample. Raises `Ungrounded` after reporting
    what is wrong with the file (G504, G506) or that scikit-learn is missing (G803)."""
    table = files.table(clusters.file, clusters.span)
    if table is None:
        raise Ungrounded
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
    if table.rows < clusters.count:
        raise evaluator.fail(
            "G506",
            f"`{clusters.file}` has {table.rows} samples, fewer than the {clusters.count} scenarios asked for",
            clusters.span,
            "too few rows",
            hints=["ask for fewer scenarios, or give more samples"],
        )
    try:
        from sklearn.cluster import KMeans
    except ImportError:
        raise evaluator.fail(
            "G803",
            "reducing scenarios needs scikit-learn, which is not installed",
            clusters.span,
            hints=['install it: `pip install "gamec[scenarios]"`'],
        ) from None
    found = KMeans(n_clusters=clusters.count, random_state=clusters.seed, n_init=10).fit(samples)
    shares = np.bincount(found.labels_, minlength=clusters.count) / table.rows
    centres = np.asarray(found.cluster_centers_, dtype=np.float64)
    order = np.lexsort(centres.T[::-1])
    return Scenarios(table.header, shares[order], centres[order])
