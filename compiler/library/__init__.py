"""The library that ships with gamec: `.game` files of components, imported by `import std.NAME`."""

from __future__ import annotations

from importlib.resources import files

NEEDED = {
    "t": (
        "the letter of the set of periods",
        "declare the periods, `set T index t = 1..24`, or add the letter `t` to yours",
    ),
    "dt": ("the length of a period", "declare it at the top: `param dt : h = 1`"),
}
"""What components of the library take from the model that uses them: name -> (what it is, the way out)."""


def library_names() -> list[str]:
    """The names after `std.`, in order."""
    return sorted(f.name.removesuffix(".game") for f in files("compiler.library").iterdir() if f.name.endswith(".game"))


def library_text(name: str) -> str | None:
    """The text of a library file, None where there is none."""
    file = files("compiler.library").joinpath(f"{name}.game") if name.isidentifier() else None
    return file.read_text("utf-8") if file is not None and file.is_file() else None
