"""The version of this gamec and where its faults are reported. In: nothing; out: strings.

The project file beside this package comes first, in a checkout, since metadata of an editable installation stay behind
when the project moves on.
"""

from __future__ import annotations

from pathlib import Path


def version() -> str:
    """The version that the project file states, in a checkout; else the installed one."""
    stated = _project().get("version")
    if stated is not None:
        return str(stated)
    from importlib import metadata

    try:
        return metadata.version("gamec")
    except metadata.PackageNotFoundError:
        return "unknown"


def issues_address() -> str:
    """The address `Issues` of `[project.urls]`; empty where the project names none."""
    project = _project()
    if project:
        urls = project.get("urls")
        return str(urls.get("Issues", "")) if isinstance(urls, dict) else ""
    from importlib import metadata

    try:
        stated = metadata.metadata("gamec").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    named: dict[str, str] = dict(url.split(", ", 1) for url in stated if ", " in url)
    return named.get("Issues", "")


def _project() -> dict[str, object]:
    """The table `[project]` of a checkout; empty where there is none that is gamec's."""
    file = Path(__file__).resolve().parent.parent / "pyproject.toml"
    if not file.is_file():
        return {}
    import tomllib

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) and table.get("name") == "gamec" else {}
