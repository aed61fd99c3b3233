"""The `.game` language for Pygments, as the documentation shows it: words from the grammar's own lists."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from grammar.words import EXPRESSION_WORDS, STATEMENT_WORDS

PART_WORDS = (
    "index", "from", "column", "default", "table", "follows", "optimistic", "pessimistic", "integer", "binary",
    "semicontinuous", "start", "starts", "ends", "cyclic", "price", "individual", "extends", "over", "tex", "perp",
    "union", "inter", "diff", "by", "as", "probability", "reduce", "seed",
)  # fmt: skip
"""Words only where the grammar has a place for them; names elsewhere. Coloured wherever they stand."""


class ModelLexer(RegexLexer):
    name = "game"
    aliases: ClassVar[list[str]] = ["game"]
    filenames: ClassVar[list[str]] = ["*.game"]
    tokens: ClassVar[dict[str, list[tuple[object, ...]]]] = {
        "root": [
            (r"#[^\n]*", Comment.Single),
            (r'"[^"\n]*"', String),
            (words(STATEMENT_WORDS, prefix=r"\b", suffix=r"\b"), Keyword.Declaration),
            (words(EXPRESSION_WORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            (words(PART_WORDS, prefix=r"\b", suffix=r"\b"), Keyword.Pseudo),
            (r"\d+(?:\.(?!\.)\d*)?(?:[eE][+-]?\d+)?", Number),
            (r"\w+", Name),
            (r"<=|>=|==|!=|=>|\.\.|[-+*/^<>=]", Operator),
            (r"\s+", Whitespace),
            (r".", Punctuation),
        ]
    }
