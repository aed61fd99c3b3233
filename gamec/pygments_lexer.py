"""The `.game` language for Pygments, by the name `game`. In: a text; out: tokens, exact where it parses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments import token
from pygments.lexer import Lexer

from gamec.highlighting import Role, highlight

TYPES: dict[Role, Any] = {
    Role.STATEMENT: token.Keyword.Declaration,
    Role.KEYWORD: token.Operator.Word,
    Role.WORD: token.Keyword,
    Role.DECLARED: token.Name.Variable,
    Role.NAME: token.Name,
    Role.FUNCTION: token.Name.Function,
    Role.UNIT: token.Name.Class,
    Role.OPTION: token.Name.Attribute,
    Role.NUMBER: token.Number,
    Role.STRING: token.String,
    Role.DOC: token.String.Doc,
    Role.COMMENT: token.Comment.Single,
    Role.OPERATOR: token.Operator,
    Role.PUNCTUATION: token.Punctuation,
    Role.WRONG: token.Error,
    Role.BLANK: token.Whitespace,
}


class GameLexer(Lexer):
    """Finds its words in the grammar itself."""

    name = "gamec model"
    aliases: ClassVar[list[str]] = ["game", "gamec"]
    filenames: ClassVar[list[str]] = ["*.game"]
    mimetypes: ClassVar[list[str]] = ["text/x-game"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """(offset, token type, text) for every piece."""
        for start, end, role in highlight(text):
            yield start, TYPES[role], text[start:end]
