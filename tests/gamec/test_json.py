"""What is printed as JSON keeps the shape of docs/json.schema.json, and docs/json.md speaks of all of it."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from gamec.json_text import json_text
from gamec.render import as_json
from tests.gamec.conftest import ROOT, Ran
from tests.gamec.json_schema import SCHEMA, parse, wrong
from tests.gamec.test_render import CASES
from tests.gamec.test_views import INFEASIBLE, REFUSED, SOLVED


@pytest.mark.parametrize("result", [SOLVED, INFEASIBLE, REFUSED], ids=lambda r: r.status.value)
def test_results(result: Any) -> None:
    assert wrong(parse(json_text(result.to_json())), "result") == []


@pytest.mark.parametrize("name", CASES)
def test_diagnostics(name: str) -> None:
    for diagnostic in CASES[name]():
        assert wrong(parse(json_text(as_json(diagnostic))), "diagnostic") == []


def test_doctor(gamec: Callable[..., Ran]) -> None:
    ran = gamec("doctor", "--format", "json")
    document = parse(ran.out)
    assert wrong(document, "doctor") == []
    assert ran.code == (0 if document["ready"] else 5)


def test_the_check_can_fail() -> None:
    good = SOLVED.to_json()
    assert wrong({**good, "status": "fine"}, "result")
    assert wrong({**good, "extra": 1}, "result")
    assert wrong({k: v for k, v in good.items() if k != "time"}, "result")
    assert wrong({**good, "values": {"x": {"index": ["t"], "keys": [1], "values": [1.0]}}}, "result")
    assert wrong({**good, "certificate": {**good["certificate"], "verified": 1}}, "result")
    assert wrong({**good, "objectives": {"a.b": True}}, "result")
    with pytest.raises(ValueError, match="NaN"):
        parse("[NaN]")


def test_the_page_speaks_of_every_key() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    keys = {key for definition in SCHEMA["$defs"].values() for key in _keys(definition)}
    assert sorted(key for key in keys if not re.search(rf'[`"]{key}[`"]', page)) == []


def _keys(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {key for item in schema for key in _keys(item)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own | {key for value in schema.values() for key in _keys(value)}


def test_text_is_json_in_any_encoding() -> None:
    document: dict[str, object] = {"λ": ["電力", 1.5], "empty": {}, "deep": {"a": {"b": [1, 2]}}}
    assert json.loads(json_text(document)) == document
    assert "λ" in json_text(document)
    latin = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    assert json_text(document, latin).isascii()
    assert json.loads(json_text(document, latin)) == document


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"a": {"b": {"c": [math.inf]}}})
