"""Parts and a template -> the text of a script or a page. Templates hold layout only."""

from __future__ import annotations

from pathlib import Path

from compiler.backends.data_literals import element


def laid_out(template: str, **parts: object) -> str:
    """The template of this name with these parts; one that is missing is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.globals["quoted"] = element
    return environment.get_template(template).render(**parts)
