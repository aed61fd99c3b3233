"""A syntax tree -> the tree with the statements of all imported files in front, each file once.

`import "devices.game"` is relative to the file that says it; `import std.battery` names a file of gamec's own
library. Data files named in an imported file are relative to that file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from compiler.syntax import declarations
from grammar.diagnostics import Findings, Hint, near_names
from grammar.source import Source, Span

Parse = Callable[[Source], declarations.Model | None]
"""Parses one source and reports what is wrong with it."""

Read = Callable[[str], str]
"""Gives the text of a file named relative to the model's folder; raises OSError or UnicodeDecodeError."""


class Library(Protocol):
    """The files that `import std.NAME` finds."""

    def library_names(self) -> list[str]: ...

    def library_text(self, name: str) -> str | None: ...


def expand_imports(
    model: declarations.Model, name: str, parse: Parse, read: Read, library: Library, findings: Findings
) -> declarations.Model:
    """The whole model; `name` is the model's own file name. Reports files that cannot be read (G001, G002) and
    library names that do not exist (G201).

    A file that is imported twice, or imports itself by a detour, counts once: its declarations are there already.
    """
    if not any(isinstance(s, declarations.ImportDecl) for s in model.statements):
        return model
    statements = _Imports(name, parse, read, library, findings).expand(model, "")
    return replace(model, statements=tuple(statements))


class _Imports:
    def __init__(self, name: str, parse: Parse, read: Read, library: Library, findings: Findings) -> None:
        self.parse = parse
        self.read = read
        self.library = library
        self.findings = findings
        self.seen = {name}

    def expand(self, model: declarations.Model, folder: str) -> list[declarations.Statement]:
        found: list[declarations.Statement] = []
        own: list[declarations.Statement] = []
        for s in model.statements:
            if isinstance(s, declarations.ImportDecl):
                found += self._imported(s, folder)
            else:
                own.append(_relative(s, folder) if folder else s)
        return found + own

    def _imported(self, s: declarations.ImportDecl, folder: str) -> list[declarations.Statement]:
        if s.file is None:
            return self._from_library(s)
        path = posixpath.normpath(posixpath.join(folder, s.file.value))
        if path in self.seen:
            return []
        self.seen.add(path)
        try:
            text = self.read(path)
        except UnicodeDecodeError:
            self.findings.add(
                "G002", f"`{path}` is not UTF-8 text", s.file.span, "imported here", hints=["save the file in UTF-8"]
            )
            return []
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.findings.add(
                "G001",
                f"the imported file `{path}` cannot be read: {reason}",
                s.file.span,
                "imported here",
                hints=["imports are relative to the file that holds them"],
            )
            return []
        return self._parsed(Source(path, text), posixpath.dirname(path))

    def _from_library(self, s: declarations.ImportDecl) -> list[declarations.Statement]:
        name = ".".join(n.text for n in s.library[1:])
        known = self.library.library_names()
        text = self.library.library_text(name) if s.library[0].text == "std" and name else None
        if text is None:
            near = near_names(name, known)
            hints = [Hint(f"did you mean `std.{near[0]}`?")] if near else []
            self.findings.add(
                "G201",
                f"the library has no `{'.'.join(n.text for n in s.library)}`",
                Span(s.span.source, s.library[0].span.start, s.library[-1].span.end),
                "unknown library file",
                notes=[f"it has: {', '.join(f'`std.{k}`' for k in known)}"],
                hints=hints or ['a file of your own is imported by its path: `import "devices.game"`'],
            )
            return []
        path = f"std/{name}.game"
        if path in self.seen:
            return []
        self.seen.add(path)
        return self._parsed(Source(path, text), "")

    def _parsed(self, source: Source, folder: str) -> list[declarations.Statement]:
        """Everything that an imported file declares, but not its title and its hints for solving."""
        model = self.parse(source)
        if model is None:
            return []
        return [
            s for s in self.expand(model, folder) if not isinstance(s, declarations.GameDecl | declarations.SolveDecl)
        ]


def _relative(s: declarations.Statement, folder: str) -> declarations.Statement:
    """The statement with the data file that it names taken relative to `folder`; those inside players too."""
    if isinstance(s, declarations.ParamDecl | declarations.SetDecl | declarations.ScenariosDecl) and s.file is not None:
        return replace(s, file=replace(s.file, value=posixpath.normpath(posixpath.join(folder, s.file.value))))
    if isinstance(s, declarations.PlayerDecl) and s.body is not None:
        return replace(s, body=tuple(_relative(inner, folder) for inner in s.body))
    if isinstance(s, declarations.CaseDecl):
        return replace(s, changes=tuple(_relative(inner, folder) for inner in s.changes))
    return s
