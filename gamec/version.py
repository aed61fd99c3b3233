"""The version of this gamec. In: nothing; out: a version string."""

from __future__ import annotations

from pathlib import Path


def version() -> str:
    """The version that the project file beside this package states, in a checkout; else the installed one.

    The checkout comes first, since metadata of an editable installation stay behind when the project moves on.
    """
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    if project.is_file():
        import tomllib

        try:
            table = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
        except (OSError, ValueError):
            table = {}
        if table.get("name") == "gamec" and "version" in table:
            return str(table["version"])
    from importlib import metadata

    try:
        return metadata.version("gamec")
    except metadata.PackageNotFoundError:
        return "unknown"
