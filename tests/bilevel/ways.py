"""Every way to keep complementary pairs, with each solver that takes it."""

from __future__ import annotations

WAYS = [
    ("auto", "auto"),
    ("sos1", "scip"),
    ("big_m", "highs"),
    ("big_m", "scip"),
    ("indicator", "scip"),
    ("product", "scip"),
    ("strong_duality", "scip"),
]
