"""The words of the language: which begin statements, which are reserved, and which parts of the text they belong to.

Terminal names are the words in capitals. A reserved word is never a name; every other word of `game.lark` is a word
only where the grammar has a place for it.
"""

from __future__ import annotations

STATEMENT_WORDS = [
    "game", "unit", "set", "scenarios", "param", "let", "player", "var", "minimize", "maximize", "constraint", "clear",
    "shared", "use", "case", "fix", "drop", "report", "compare", "plot", "import", "component", "solve",
]  # fmt: skip
"""Words that begin a statement."""

EXPRESSION_WORDS = [
    "if", "then", "else", "and", "or", "not", "in", "where", "sum", "prod", "mean", "smin", "smax", "expect", "cvar",
]  # fmt: skip
"""Reserved words of expressions."""

STATEMENTS = frozenset(word.upper() for word in STATEMENT_WORDS)
RESERVED = STATEMENTS | frozenset(word.upper() for word in EXPRESSION_WORDS)

BLOCK_STATEMENTS = frozenset({"PLAYER", "CASE", "COMPONENT", "SOLVE"})
"""Statements that hold others (or options) in braces."""

TOP_STATEMENTS = STATEMENTS - {"PARAM", "LET", "VAR", "MINIMIZE", "MAXIMIZE", "CONSTRAINT", "USE", "FIX", "DROP"}
"""Statements that stand at the top of a file (`player` also in a case)."""

END = "$END"
ODD = "ODD"
"""A token that no rule of the grammar has: a stray character, an unclosed string, `2x`."""
