"""Pages are well-formed, need no network, and their links end somewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from tests.documents.models import ALL, WRITE, described, document

MATHML = {
    "math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "msub", "msup", "msubsup", "munder", "mover",
    "mtable", "mtr", "mtd",
}  # fmt: skip
"""Elements of MathML Core that documents use."""
COUNT = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2}
"""How many children an element must have, by the MathML Core specification."""


def parsed(page: str) -> ET.Element:
    assert page.startswith("<!DOCTYPE html>\n")
    return ET.fromstring(page.removeprefix("<!DOCTYPE html>\n").replace("<wbr>", "<wbr/>"))


@pytest.mark.parametrize("name", ALL)
def test_a_page_is_well_formed_and_alone(name: str) -> None:
    made = document(name)
    root = parsed(WRITE[".html"](made.document))
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag in COUNT:
            assert len(element) == COUNT[tag], ET.tostring(element)
        assert tag not in ("script", "link", "img", "iframe")
        assert not any(k in ("src", "srcset") for k in element.attrib)
    ids = [e.attrib["id"] for e in root.iter() if e.attrib.get("id", "").startswith("eq-")]
    assert ids == [f"eq-{e.number}" for e in made.numbers.entries]
    targets = {e.attrib["href"] for e in root.iter("a")}
    assert targets <= {f"#{i}" for i in ids}
    inside_math = {e.tag for math in root.iter("math") for e in math.iter()}
    assert inside_math <= MATHML


def test_nothing_is_fetched() -> None:
    page = WRITE[".html"](document("zoo").document)
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
    assert "@import" not in page
    assert "url(#tip)" in page
    assert not re.search(r"url\((?!#)", page)


def test_signs_of_html_in_doc_strings_are_text() -> None:
    page = WRITE[".html"](
        described('game g "a < b & <script>"\nplayer p "<b>" { var x in [0, 1] "x & y <i>" minimize c = x }').document
    )
    root = parsed(page)
    title = next(root.iter("title")).text
    assert title == "a < b & <script>"
    assert not list(root.iter("i"))
    assert not list(root.iter("b"))
