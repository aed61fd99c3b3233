"""A declaration -> the comment above it in generated text: the line of the `.game` file, what it says, its doc
string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from textwrap import wrap

from compiler.ir.game import (
    ConstraintDef,
    FixDef,
    LetDef,
    ObjectiveDef,
    ParamDef,
    ReportDef,
    SetDef,
    Signature,
    VarDef,
)
from compiler.ir.numbering import EquationNumbers
from grammar.source import Source, Span

WIDTH = 116

Statement = SetDef | ParamDef | LetDef | VarDef | ConstraintDef | ObjectiveDef | ReportDef

Numbered = Statement | FixDef

_KEYWORD = re.compile(r"\b(set|scenarios|probability|param|let|var|minimize|maximize|constraint|report|compare)\s+\Z")
_COMMENT_OR_STRING = re.compile(r'"[^"\r\n]*"|#[^\r\n]*')
_OTHER = re.compile(
    r"\b(game|unit|set|scenarios|param|let|player|var|minimize|maximize|constraint|clear|shared|use|case|fix|drop|report"
    r"|compare|plot|import|component|solve)\b|[{}]"
)
"""What stands between two statements, and not within one."""

_KIND = re.compile(r"\s+(?:integer|binary|cyclic)\b")
"""Words at the end of a variable that have no place of their own."""

_CLOSING = re.compile(r"\s*[)\]}]")


@dataclass(frozen=True, eq=False)
class Origins:
    """Where statements come from: `main` is the model's own file, so that places in other files name them; `numbers`
    are those of the model's document. A script may be of another game, made from the model's: `said_again` has, by
    identity of a statement of that game, the one of the model, or a statement and its part."""

    main: Source
    numbers: EquationNumbers
    said_again: Mapping[int, Numbered | tuple[Numbered, str]] = field(default_factory=dict)

    def number(self, statement: Numbered | None, part: str = "") -> int | None:
        """The number of the equation in the model's document, None for what is none. A variable's own is that of its
        bounds."""
        if statement is None:
            return None
        original = self.said_again.get(id(statement), statement)
        if isinstance(original, tuple):
            return self.numbers.of(*original)
        return self.numbers.of(original, part or ("bounds" if isinstance(original, VarDef) else ""))


def comment(statement: Statement | FixDef, origins: Origins, note: str = "") -> tuple[str, ...]:
    """Lines without the sign of a comment."""
    if isinstance(statement, FixDef):
        return _lines(f"{line_of(statement.span, origins, statement)}: {_plain(statement.span.text)}")
    signature = statement.signature
    text, elsewhere = _said(signature.span, [s for s in _spans(statement) if s is not None])
    if text.startswith("probability "):
        # It stands in the line of its scenarios, as does their file.
        return _lines(f"{line_of(signature.span, origins, statement)}: {text}")
    if isinstance(statement, ParamDef) and elsewhere:
        # A case replaces the value and leaves the head where it is.
        index = statement.domain.span
        text += _plain(index.text) if index in elsewhere and index is not None else ""
        text += f" : {signature.unit.text}" if signature.unit is not None and ":" not in text else ""
        text += "".join(f"   ({line_of(s, origins)}: {_plain(s.text)})" for s in elsewhere if s is not index)
    name = signature.name
    if "." in name:
        # Declared in a component: the text has the name that it has there.
        text += f"   (as {name})"
    doc = f'   "{one_line(signature.doc)}"' if signature.doc and f'"{signature.doc}"' not in text else ""
    return _lines(f"{line_of(signature.span, origins, statement)}: {text}{doc}{f'   ({note})' if note else ''}")


def line_of(
    span: Span, origins: Origins, statement: Numbered | None = None, part: str = "", within: bool = False
) -> str:
    """`line 7`, or `line 7 of devices.game` for another file than the model's own; `line 7, eq. 4` for a statement, or
    a part of it, that is an equation of the model's document, or for what stands `within` one."""
    number = origins.numbers.holding(span) if within else origins.number(statement, part)
    here = str(span.line) if span.source.path == origins.main.path else f"{span.line} of {file_name(span.source)}"
    return f"line {here}" + (f", eq. {number}" if number is not None else "")


def file_name(source: Source) -> str:
    """The file's name without its folder, so that a text does not depend on where it was made."""
    return PurePath(source.path.replace("\\", "/")).name or source.path


def one_line(text: str) -> str:
    """The text without line breaks, for a comment."""
    return " ".join(text.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(wrap(text, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False))


def _said(name: Span, parts: list[Span]) -> tuple[str, list[Span]]:
    """The statement from its keyword to the end of its last part, and the parts that stand elsewhere: in a case, or
    as the argument of a component."""
    text = name.source.text
    end = name.end
    elsewhere = []
    for part in sorted(parts, key=lambda p: p.start):
        if part.source is not name.source or part.start < name.start or _OTHER.search(_bare(text[end : part.start])):
            elsewhere.append(part)
        else:
            end = max(end, part.end)
    while _open_brackets(text[name.start : end]) > 0 and (closing := _CLOSING.match(text, end)):
        end = closing.end()
    while kind := _KIND.match(text, end):
        end = kind.end()
    keyword = _KEYWORD.search(text, max(name.start - 60, 0), name.start)
    before = f"{keyword.group(1)} " if keyword else ""
    return before + _plain(text[name.start : end]), elsewhere


def _bare(text: str) -> str:
    """The text without comments and strings."""
    return _COMMENT_OR_STRING.sub("", text)


def _open_brackets(text: str) -> int:
    bare = _bare(text)
    return sum(bare.count(c) for c in "([{") - sum(bare.count(c) for c in ")]}")


def _plain(text: str) -> str:
    """One line without comments."""
    return one_line(_COMMENT_OR_STRING.sub(lambda m: m.group() if m.group()[0] == '"' else "", text))


def _spans(d: Statement) -> Iterable[Span | None]:
    """Places of the parts of a statement that it keeps."""
    match d:
        case SetDef():
            return (*_of(d.parent, d.value), d.file_span)
        case ParamDef():
            literal = None if d.literal is None else d.literal.span
            return (d.domain.span, *_of(d.value, d.default, d.lower, d.upper), literal, d.file_span)
        case VarDef():
            final = None if d.final is None else d.final.span
            return (d.domain.span, d.kind_span, *(b.span for b in d.bounds), *_of(d.start, d.before), final)
        case ConstraintDef():
            return (d.domain.span, *_of(d.left, d.middle, d.right), _price(d.price))
        case LetDef() | ObjectiveDef() | ReportDef():
            return (d.domain.span, *_of(d.value))


def _price(price: Signature | None) -> Span | None:
    return None if price is None else price.span


def _of(*parts: object) -> list[Span | None]:
    return [getattr(part, "span", None) for part in parts]
