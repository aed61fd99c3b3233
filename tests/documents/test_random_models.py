"""Random games of every kind: their documents can be written, are well-formed, and hold every equation once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from compiler.backends.document_formats import document_of
from compiler.pipeline import compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from tests.documents.models import WRITE
from tests.documents.test_html import parsed
from tests.ground.rich_models import RichModel, rich_models


def _written(model: RichModel, derive: bool) -> None:
    rooms = {f"@{k}@": "50" for k in range(len(model.rooms))}
    text = re.sub(r"@\d+@", lambda found: rooms[found.group()], model.text)
    try:
        compiled = compile_source(Source("random.game", text), lambda name: model.files[name], case=model.case)
        made = document_of(compiled, "0", derive)
    except DiagnosticError:
        return
    latex = WRITE[".tex"](made.document)
    labels = re.findall(r"\\label\{eq:(\d+)\}", latex)
    assert labels == [str(e.number) for e in made.numbers.entries]
    assert set(re.findall(r"\\eqref\{eq:(\d+)\}", latex)) <= set(labels)
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    parsed(WRITE[".html"](made.document))
    assert WRITE[".md"](made.document).count("$$\n") == 2 * len(labels)


@given(rich_models())
@settings(max_examples=10)
def test_documents_of_random_games(model: RichModel) -> None:
    _written(model, derive=False)


@pytest.mark.slow
@given(rich_models())
@settings(max_examples=60)
def test_documents_of_many_random_games(model: RichModel) -> None:
    _written(model, derive=False)
    _written(model, derive=True)
