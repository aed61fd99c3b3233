"""The scenarios of a game -> a section that says what they are, and how means and tails are taken."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.documents import math as m
from compiler.documents.document import Code, Formula, Inline, Paragraph, Section, Text
from compiler.documents.formulas import Formulas
from compiler.documents.symbols import letter
from compiler.ir.game import Game, SetDef


def uncertainty(game: Game, formulas: Formulas) -> Iterator[Section]:
    """Nothing where the game has no scenarios."""
    sets = [s for s in game.sets if s.probability is not None]
    if not sets:
        return
    yield Section("Uncertainty", tuple(Paragraph(tuple(_scenarios(s, formulas))) for s in sets))


def _scenarios(s: SetDef, formulas: Formulas) -> Iterator[Inline]:
    probability = s.probability
    assert probability is not None
    index = letter(s.letters[0]) if s.letters else m.Ident("w")
    symbol = formulas.symbols.of_set(s)
    weight = formulas.symbols.of(probability, [index])
    yield Text("What is not known in advance is one of the scenarios ")
    yield Formula(m.row(index, m.Sign("in"), symbol))
    yield Text(f" ({s.signature.doc})" if s.signature.doc else "")
    yield Text(", with the probabilities ")
    yield Formula(weight)
    yield Text(", which sum to one. ")
    clusters = probability.clusters
    if clusters is not None:
        yield Text(f"They are the centres of {clusters.count} clusters of the samples in ")
        yield Code(clusters.file)
        yield Text(f", found by k-means with the seed {clusters.seed}; a cluster weighs as many samples as it holds. ")
    yield Text("What is decided before the scenario is known has no index ")
    yield Formula(index)
    yield Text(". A mean over the scenarios is written out as the sum with these probabilities.")
