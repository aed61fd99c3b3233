"""Checks a document against the part of JSON Schema that docs/json.schema.json uses. Out: a list of what is wrong.

A keyword that is not known here raises, so that no rule of the schema is passed over.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "json.schema.json").read_text(encoding="utf-8")
)

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def parse(text: str) -> Any:
    """JSON proper: NaN and Infinity, which Python's reader takes, are refused."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def wrong(document: Any, definition: str) -> list[str]:
    """What in `document` breaks `#/$defs/{definition}`; empty if nothing."""
    return list(_wrong(document, {"$ref": f"#/$defs/{definition}"}, "$"))


def _wrong(value: Any, schema: dict[str, Any], path: str) -> list[str]:
    found: list[str] = []
    for keyword, rule in schema.items():
        match keyword:
            case "$ref":
                found += _wrong(value, SCHEMA["$defs"][rule.removeprefix("#/$defs/")], path)
            case "type":
                names = rule if isinstance(rule, list) else [rule]
                if not any(
                    isinstance(value, _TYPES[n]) and (n == "boolean" or (value is not True and value is not False))
                    for n in names
                ):
                    found.append(f"{path}: {value!r} is no {rule}")
            case "enum":
                if value not in rule:
                    found.append(f"{path}: {value!r} is none of {rule}")
            case "anyOf":
                if all(_wrong(value, choice, path) for choice in rule):
                    found.append(f"{path}: {value!r} fits no choice")
            case "pattern":
                if isinstance(value, str) and not re.search(rule, value):
                    found.append(f"{path}: {value!r} does not match {rule}")
            case "minimum":
                if isinstance(value, (int, float)) and value < rule:
                    found.append(f"{path}: {value!r} < {rule}")
            case "minItems":
                if isinstance(value, list) and len(value) < rule:
                    found.append(f"{path}: fewer than {rule}")
            case "items":
                if isinstance(value, list):
                    found += [w for k, item in enumerate(value) for w in _wrong(item, rule, f"{path}[{k}]")]
            case "required":
                found += [f"{path}: lacks {name}" for name in rule if isinstance(value, dict) and name not in value]
            case "properties":
                if isinstance(value, dict):
                    found += [w for n, s in rule.items() if n in value for w in _wrong(value[n], s, f"{path}.{n}")]
            case "additionalProperties":
                if isinstance(value, dict):
                    rest = [n for n in value if n not in schema.get("properties", {})]
                    if rule is False:
                        found += [f"{path}: {n} is not foreseen" for n in rest]
                    else:
                        found += [w for n in rest for w in _wrong(value[n], rule, f"{path}.{n}")]
            case _:
                raise NotImplementedError(keyword)
    return found
