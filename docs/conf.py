"""How Sphinx builds the documentation: MyST Markdown, models coloured, one page for each diagnostic code.

The pages of the codes ship with gamec, which prints them by `gamec explain`; here they are copied beside this file
before Sphinx looks for pages. Nothing is fetched from the network.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from pygments.token import Error, Name  # noqa: E402 - the next import needs the path above

from gamec.pygments_lexer import GameLexer  # noqa: E402

project = "gamec"
author = "The gamec authors"
project_copyright = author
release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["decisions/0000-template.md"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"gamec {release}"
# `gamec explain` and the pages say how to write a model: the sources are the same text.
html_copy_source = False
highlight_language = "game"


class WrongModelsToo(GameLexer):
    """Pages show models with mistakes, where Sphinx would warn of text that no rule takes."""

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        for start, kind, value in super().get_tokens_unprocessed(text):
            yield start, Name if kind is Error else kind, value


def copy_code_pages(app: Any) -> None:
    """The pages of the codes into `docs/codes`, where pages that are gone are taken away."""
    target = HERE / "codes"
    for old in target.glob("G*.md"):
        old.unlink()
    for page in sorted((ROOT / "gamec" / "pages" / "codes").glob("G*.md")):
        shutil.copyfile(page, target / page.name)


def setup(app: Any) -> dict[str, bool]:
    app.add_lexer("game", WrongModelsToo)
    app.connect("builder-inited", copy_code_pages)
    return {"parallel_read_safe": True}
