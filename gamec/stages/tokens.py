"""The tokens of a file as text. In: `Source`; out: a line for each token: place, kind, characters."""

from __future__ import annotations

from gamec.cells import clean, padded
from grammar.source import Source
from grammar.tables import load_tables
from grammar.tokens import tokenize
from grammar.words import END


def tokens_text(source: Source) -> str:
    """Nothing is refused here. A word that the grammar may take as a keyword shows that after its kind."""
    rows = []
    for token in tokenize(source.text, load_tables()):
        line, column = source.line_column(token.start)
        kind = token.kind + (f" or {token.soft}" if token.soft else "")
        rows.append((f"{line}:{column}", kind, "" if token.kind == END else clean(token.text)))
    places = max(len(row[0]) for row in rows)
    kinds = max(len(row[1]) for row in rows)
    return "\n".join(f"{padded(p, places, right=True)}  {padded(k, kinds)}  {t}".rstrip() for p, k, t in rows)
