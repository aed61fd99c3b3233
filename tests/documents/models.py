"""Models and their documents, each made once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from compiler.backends.document_formats import FORMATS, document_of
from compiler.documents.build import Described
from compiler.pipeline import Compiled, compile_file, compile_source
from grammar.source import Source

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
MODELS = {path.stem: path for path in sorted(ROOT.glob("models/*/*.game"))}
ALL = (*MODELS, "zoo")
WRITE = {f.suffix: f.write for f in FORMATS}


def compiled(text: str) -> Compiled:
    """A model without data files."""
    return compile_source(Source("test.game", text), lambda name: (_ for _ in ()).throw(FileNotFoundError(name)))


def described(text: str, derive: bool = False) -> Described:
    return document_of(compiled(text), "0", derive)


@cache
def model(name: str) -> Compiled:
    """A model of `models/`, or the zoo of the language's constructs."""
    return compile_file(GOLDEN / "zoo.game" if name == "zoo" else MODELS[name])


@cache
def document(name: str, derive: bool = False) -> Described:
    """Its document."""
    return document_of(model(name), "0", derive)
