"""A text -> its findings: `quick_check` in every stage that needs no data, `full_check` with data and values.

A fault of ours becomes a finding too (G901): the server goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from compiler.ground.tables import Read
from compiler.syntax import declarations
from gamec.language_server.document import tree_of, with_imports
from grammar.diagnostics import Diagnostic, DiagnosticError, Findings, Severity
from grammar.source import Source

Facts = dict[tuple[str, str], str]
"""(player or "", name) -> what the data say about it, in one line."""

NO_PLAYER = "G604"


@dataclass(frozen=True)
class Checked:
    diagnostics: tuple[Diagnostic, ...]
    facts: Facts = field(default_factory=dict)

    @property
    def errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def quick_check(source: Source, read: Read) -> Checked:
    """Syntax, names, sets, units and players, of the base model and of every case; no data file is opened."""
    return _guarded(lambda: _quick(source, read))


def full_check(source: Source, read: Read) -> Checked:
    """Every finding, those in the data included, and the values of parameters."""
    return _guarded(lambda: _full(source, read))


def _guarded(check: Callable[[], Checked]) -> Checked:
    from gamec.guard import our_fault

    try:
        return check()
    except DiagnosticError as error:
        return Checked(error.diagnostics)
    except Exception as fault:  # noqa: BLE001 - said to the user as a fault of ours; the next text may do without it
        return Checked((our_fault(fault),))


def _quick(source: Source, read: Read) -> Checked:
    from compiler.semantics.analyse import analyse

    findings = Findings()
    tree = tree_of(source, findings)
    if tree is not None:
        tree = with_imports(tree, read, findings)
    if tree is None or findings.errors:
        return Checked(findings.sorted())
    cases = [s.head.name.text for s in tree.statements if isinstance(s, declarations.CaseDecl)]
    library = _is_library(tree)
    for case in ("", *dict.fromkeys(cases)):
        of_case = Findings()
        analyse(tree, case, of_case)
        for found in of_case.items:
            if not (library and found.code == NO_PLAYER) and not any(_alike(found, f) for f in findings.items):
                findings.items.append(found)
    return Checked(findings.sorted())


def _is_library(tree: declarations.Model) -> bool:
    """Whether the file is made to be imported: it has declarations, and neither a title nor a player."""
    return bool(tree.statements) and not any(
        isinstance(s, declarations.GameDecl | declarations.PlayerDecl | declarations.CaseDecl | declarations.ReportDecl)
        for s in tree.statements
    )


def _alike(one: Diagnostic, other: Diagnostic) -> bool:
    return (one.code, one.headline, one.span) == (other.code, other.headline, other.span)


def _full(source: Source, read: Read) -> Checked:
    from compiler.pipeline import Compiled, check_source

    try:
        compiled: Compiled = check_source(source, read)
    except DiagnosticError as error:
        if len(error.diagnostics) == 1 and error.diagnostics[0].code == NO_PLAYER:
            return _quick(source, read)
        raise
    facts: Facts = {}
    data = compiled.grounded.data
    for s in compiled.game.sets:
        found = data.named(s)
        shown = ", ".join(map(str, found.elements[:6])) + (", ..." if found.size > 6 else "")
        facts["", s.name] = f"{found.size} element{'s' if found.size != 1 else ''}: {shown}"
    for p in compiled.game.all_params():
        layout, values = data.param(p)
        if not p.domain.binders:
            facts[p.player, p.name] = f"value: {float(values[0]):.12g}"
        elif layout.size:
            facts[p.player, p.name] = f"{layout.size} values from {values.min():.6g} to {values.max():.6g}"
    return Checked(compiled.warnings, facts)
