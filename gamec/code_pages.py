"""A diagnostic code in, the text of its page out, as Markdown or laid out for a terminal.

The pages ship with gamec (`gamec/pages/codes`); the documentation shows the same files.
"""

from __future__ import annotations

import re

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def code_page(code: str) -> str:
    """The Markdown page of a registered code."""
    from importlib.resources import files

    return (files("gamec") / "pages" / "codes" / f"{code}.md").read_text("utf-8")


def terminal_page(page: str) -> str:
    """A page without Markdown's marks: headings underlined, models indented by four blanks, links as their words."""
    lines: list[str] = []
    inside = False
    for line in page.rstrip().splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(f"    {line}".rstrip())
        elif line.startswith("#"):
            mark, _, title = line.partition(" ")
            lines += [title, ("=" if mark == "#" else "-") * len(title)]
        else:
            lines.append(_LINK.sub(r"\1", line))
    return "\n".join(lines)
