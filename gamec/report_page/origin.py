"""How an answer came about -> `Origin`: when, by what versions, with which options, from which texts and files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gamec.report_page.subject import Answered
from gamec.views.numbers import seconds


@dataclass(frozen=True)
class Input:
    """A file that was read; `digest` is its SHA-256."""

    name: str
    role: str
    digest: str


@dataclass(frozen=True)
class Text:
    """A text of the model, for reading."""

    name: str
    text: str


@dataclass(frozen=True)
class Origin:
    """`facts`, `options` and `given` (parameters replaced) are pairs of words."""

    facts: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    inputs: tuple[Input, ...]
    texts: tuple[Text, ...]


_ROLES = {"model": "the model", "file": "read by it", "library": "of the library"}


def origin_of(answer: Answered) -> Origin:
    made, result = answer.made, answer.result
    facts = [("solved", _time(str(made.get("started", ""))))]
    facts.append(("gamec", str(made.get("gamec", ""))))
    facts.append(("Python", str(made.get("python", ""))))
    facts.append(("system", str(made.get("platform", ""))))
    facts.append(("packages", ", ".join(f"{k} {v}" for k, v in dict(made.get("packages", {})).items())))
    facts.append(("time", ", ".join(f"{stage} {seconds(t)}" for stage, t in result.time.items())))
    options: Mapping[str, Any] = made.get("options", {})
    inputs = made.get("inputs", ())
    record = result.record
    return Origin(
        tuple((name, words) for name, words in facts if words),
        tuple((name.replace("_", " "), _words(value)) for name, value in options.items() if value not in (None, False)),
        tuple((name, _words(value)) for name, value in dict(made.get("data", {})).items()),
        tuple(Input(str(e["name"]), _ROLES.get(str(e["role"]), ""), str(e["sha256"])) for e in inputs),
        () if record is None else (Text(record.inputs.model.path, record.inputs.model.text),),
    )


def _time(iso: str) -> str:
    return iso.replace("T", " ").replace("+00:00", " UTC")


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
