"""A compiled model -> what the page shows of it: `Described` with the game as a diagram and its sections with equations
in MathML; its `parameters` with their values."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from compiler.backends.document_formats import document_of
from compiler.backends.html import block, parts_html
from compiler.documents.document import Diagram, Section
from compiler.documents.overview import kind_of_game
from compiler.ir.game import ParamDef
from compiler.pipeline import Compiled
from gamec.report_page.charts import Charts
from gamec.report_page.values import Listed, listed
from runtime.result import Labelled, Result, Status, Value
from runtime.version import version


@dataclass(frozen=True)
class Part:
    """A section of the model's document, folded until a reader opens it."""

    title: str
    content: Markup


@dataclass(frozen=True)
class Described:
    title: str
    kind: str
    diagram: Markup
    parts: tuple[Part, ...]


def described(compiled: Compiled, key: str) -> Described:
    """The document that `gamec doc` writes, in parts; `key` begins the names of its places. What it holds is escaped
    piece by piece as it is written."""
    document = document_of(compiled, version()).document
    diagrams = [b for section in document.sections for b in section.blocks if isinstance(b, Diagram)]
    parts = (_part(section, key) for section in document.sections)
    return Described(
        document.title,
        kind_of_game(compiled.game),
        Markup("".join(map(block, diagrams))),
        tuple(part for part in parts if part.content),
    )


def _part(section: Section, key: str) -> Part:
    own = "\n".join(block(b) for b in section.blocks if not isinstance(b, Diagram))
    content = own + parts_html(section.sections, 4)
    # Quotation marks of texts are escaped, so these are names of places and nothing else.
    content = content.replace('id="eq-', f'id="{key}-eq-').replace('href="#eq-', f'href="#{key}-eq-')
    return Part(section.title, Markup(content))


def parameters(compiled: Compiled, charts: Charts) -> Listed:
    """The data of this case, by the names that the file has for them."""
    definitions = compiled.game.all_params()
    names = [d.name for d in definitions]
    called = [d.name if names.count(d.name) == 1 or not d.player else f"{d.player}.{d.name}" for d in definitions]
    values = {name: _values(d, compiled) for name, d in zip(called, definitions, strict=True)}
    signatures = {name: d.signature for name, d in zip(called, definitions, strict=True)}
    docs = {name: s.doc for name, s in signatures.items()}
    units = {name: s.unit.text if s.unit is not None else "" for name, s in signatures.items()}
    sets = {s.name: s.signature.doc for s in compiled.game.sets}
    # A result that holds words alone: what is listed has its doc strings and units from there.
    told = Result(compiled.game.name, Status.NOT_VERIFIED, docs=docs, units=units, set_docs=sets)
    return listed("Data", "parameter", values, told, charts, {})


def _values(d: ParamDef, compiled: Compiled) -> Value:
    layout, values = compiled.grounded.data.param(d)
    if not layout.sets:
        return float(values[0]) if len(values) else float("nan")
    sets = tuple(s.name for s in layout.sets)
    index = tuple(letter or name for letter, name in zip(d.domain.letters, sets, strict=True))
    keys = tuple(layout.key(k) for k in range(layout.size))
    axes = tuple(s.elements for s in layout.sets)
    doc, unit = d.signature.doc, d.signature.unit
    return Labelled(index, sets, keys, values, unit.text if unit is not None else "", doc, axes)
