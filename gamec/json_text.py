"""JSON as we write it. In: plain values; out: text with its two upper levels line by line, the rest compact."""

from __future__ import annotations

import json
from typing import TextIO


def json_text(document: dict[str, object], stream: TextIO | None = None) -> str:
    """Text of `document`. Infinite numbers and NaN raise ValueError: JSON has none.

    Where `stream` is not written in UTF-8, other characters than ASCII are escaped, so that the text stays valid JSON.
    """
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    ascii_only = encoding not in ("utf8", "utf8sig")
    encoder = json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False)
    return _written(document, encoder, levels=2, indent="")


def _written(value: object, encoder: json.JSONEncoder, levels: int, indent: str) -> str:
    if not value or levels == 0 or not isinstance(value, (dict, list, tuple)):
        return encoder.encode(value)
    inner = indent + "  "
    if isinstance(value, dict):
        items = [f"{encoder.encode(str(k))}: {_written(v, encoder, levels - 1, inner)}" for k, v in value.items()]
        opened, closed = "{", "}"
    else:
        items = [_written(v, encoder, levels - 1, inner) for v in value]
        opened, closed = "[", "]"
    return opened + "\n" + ",\n".join(inner + item for item in items) + "\n" + indent + closed
