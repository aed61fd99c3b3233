"""The syntax tree of a file as text. In: `declarations.Model`; out: a line for each node, children indented.

Fields that are plain values stand beside the node's name; a field that holds nodes has a line of its own.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from gamec.cells import clean
from grammar.source import Span


def tree_text(tree: object) -> str:
    """The node and all below it, with the line and column where each begins."""
    return "\n".join(_lines(tree, ""))


def _lines(node: object, indent: str) -> list[str]:
    words, children = [type(node).__name__], []
    place = ""
    for field in fields(node):  # type: ignore[arg-type]
        value = getattr(node, field.name)
        if isinstance(value, Span):
            if field.name == "span":
                line, column = value.source.line_column(value.start)
                place = f"  @{line}:{column}"
        elif _holds_nodes(value):
            children.append((field.name, value))
        elif not (value is None or value is False or value in ((), "") or _spans(value)):
            words.append(f"{field.name}={_plain(value)}")
    lines = [indent + " ".join(words) + place]
    for name, value in children:
        if isinstance(value, tuple):
            lines.append(f"{indent}  {name}:")
            for item in value:
                lines += _lines(item, indent + "    ") if is_dataclass(item) else [f"{indent}    {_plain(item)}"]
        else:
            first, *rest = _lines(value, indent + "  ")
            lines += [f"{indent}  {name}: {first.lstrip()}", *rest]
    return lines


def _holds_nodes(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_holds_nodes(item) for item in value)
    return is_dataclass(value) and not isinstance(value, Span)


def _spans(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, Span) for item in value)


def _plain(value: object) -> str:
    return clean(str(value) if isinstance(value, (int, float)) else repr(value))
