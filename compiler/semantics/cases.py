"""A syntax tree and the name of a case -> the tree with the case's changes made, before any name is resolved.

A case may give a parameter another value, fix variables, drop constraints or players, and change who follows whom.
What it says replaces the statement that it concerns, so that everything after this pass sees one plain model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.ir.words import some
from compiler.syntax import declarations
from grammar.diagnostics import Findings, Label, did_you_mean


@dataclass(frozen=True)
class CaseApplied:
    """The changed model; `fixes` in the order said, later ones winning; `dropped` the full names of what is gone."""

    model: declarations.Model
    fixes: tuple[declarations.FixDecl, ...]
    dropped: frozenset[str]


def apply_case(model: declarations.Model, case: str, findings: Findings) -> CaseApplied:
    """Apply the case (and those it extends, from the first) to the model; "" leaves it as it is.

    Every case of the file is checked for a case it extends that does not exist or extends it in a circle (G201,
    G205); a case that does not exist gives G605.
    """
    cases: dict[str, declarations.CaseDecl] = {}
    for statement in model.statements:
        if isinstance(statement, declarations.CaseDecl):
            cases.setdefault(statement.head.name.text, statement)
    for declared in cases.values():
        _lineage(declared, cases, findings)
        _check_circle(declared, cases, findings)
    if not case:
        return CaseApplied(model, (), frozenset())
    if case not in cases:
        known = ", ".join(f"`{c}`" for c in cases) or "none"
        findings.add(
            "G605",
            f"the model has no case `{case}`",
            notes=[f"cases: {known}"],
            hints=did_you_mean(case, cases) or ["name one of them, or none for the model as it stands"],
        )
        return CaseApplied(model, (), frozenset())
    statements = list(model.statements)
    fixes: list[declarations.FixDecl] = []
    dropped: set[str] = set()
    for step in _lineage(cases[case], cases, Findings()):
        for change in step.changes:
            match change:
                case declarations.ParamDecl():
                    _change_param(statements, change, findings)
                case declarations.FixDecl():
                    fixes.append(change)
                case declarations.DropDecl():
                    _drop(statements, change, dropped, findings)
                case declarations.PlayerDecl():
                    _change_leaders(statements, change, findings)
                case _:
                    pass  # reported by check_placement
    changed = replace(model, statements=tuple(statements))
    return CaseApplied(changed, tuple(fixes), frozenset(dropped))


def _lineage(
    case: declarations.CaseDecl, cases: dict[str, declarations.CaseDecl], findings: Findings
) -> list[declarations.CaseDecl]:
    """The case with all that it extends, the first ancestor first; a circle is followed once."""
    line = [case]
    while (parent := line[-1].extends) is not None:
        if parent.text not in cases:
            findings.add(
                "G201",
                f"no case `{parent.text}` is declared",
                parent.span,
                "unknown case",
                hints=did_you_mean(parent.text, cases, parent.span),
            )
            break
        if cases[parent.text] in line:
            break
        line.append(cases[parent.text])
    return line[::-1]


def _check_circle(case: declarations.CaseDecl, cases: dict[str, declarations.CaseDecl], findings: Findings) -> None:
    """Report the circle that leads back to this case, where no earlier case of it has done so."""
    line = [case]
    while (parent := line[-1].extends) is not None and parent.text in cases and cases[parent.text] not in line:
        line.append(cases[parent.text])
    if parent is None or cases.get(parent.text) is not case:
        return
    order = list(cases)
    names = [c.head.name.text for c in line]
    if min(names, key=order.index) != names[0]:
        return
    assert case.extends is not None
    findings.add(
        "G205",
        f"case `{names[0]}` extends itself: {' extends '.join(f'`{n}`' for n in (*names, names[0]))}",
        case.extends.span,
        "leads back to the start",
        others=[Label(c.extends.span, "also in the circle") for c in line[1:] if c.extends],
        hints=["let one of them stand alone"],
    )


def _change_param(statements: list[declarations.Statement], change: declarations.ParamDecl, findings: Findings) -> None:
    name = change.head.name.text
    found = [k for k, s in enumerate(statements) if isinstance(s, declarations.ParamDecl) and s.head.name.text == name]
    if not found:
        known = [s.head.name.text for s in statements if isinstance(s, declarations.ParamDecl)]
        findings.add(
            "G201",
            f"no parameter `{name}` to change",
            change.head.name.span,
            "unknown parameter",
            hints=did_you_mean(name, known, change.head.name.span),
        )
        return
    for k in found:
        old = statements[k]
        assert isinstance(old, declarations.ParamDecl)
        head = replace(
            old.head,
            index=change.head.index or old.head.index,
            unit=change.head.unit or old.head.unit,
            doc=change.head.doc or old.head.doc,
            tex=change.head.tex or old.head.tex,
        )
        default = change.default if change.default is not None else old.default
        statements[k] = replace(change, head=head, default=default, bounds=change.bounds or old.bounds)


def _drop(
    statements: list[declarations.Statement], change: declarations.DropDecl, dropped: set[str], findings: Findings
) -> None:
    names = [part.name for part in change.target.parts]
    last = names[-1]
    for part in change.target.parts:
        if part.index is not None:
            findings.add(
                "G108",
                "`drop` takes a whole constraint or player, not single instances",
                part.index.span,
                "index here",
                hints=["leave out the index, or use a parameter in the constraint"],
            )
            return
    if len(names) == 1:
        for k, s in enumerate(statements):
            if isinstance(s, declarations.PlayerDecl | declarations.ConstraintDecl) and s.head.name.text == last.text:
                del statements[k]
                dropped.add(last.text)
                if isinstance(s, declarations.PlayerDecl):
                    dropped.update(f"{last.text}.{name}" for inner in s.body or () for name in _names(inner))
                else:
                    dropped.update(_names(s))
                return
    owners = []
    for k, s in enumerate(statements):
        if (
            not isinstance(s, declarations.PlayerDecl)
            or s.body is None
            or (len(names) > 1 and s.head.name.text != names[0].text)
        ):
            continue
        kept = tuple(
            b for b in s.body if not (isinstance(b, declarations.ConstraintDecl) and b.head.name.text == last.text)
        )
        if len(kept) < len(s.body):
            owners.append((k, s, kept))
    if len(owners) == 1:
        k, s, kept = owners[0]
        statements[k] = replace(s, body=kept)
        dropped.update(f"{s.head.name.text}.{n}" for b in s.body or () if b not in kept for n in _names(b))
        return
    if owners:
        which = ", ".join(f"`{s.head.name.text}.{last.text}`" for _, s, _ in owners)
        findings.add(
            "G203",
            f"several players have a constraint `{last.text}`",
            last.span,
            "which one?",
            hints=[f"write one of {which}"],
        )
        return
    known = [_name(s) for s in statements if isinstance(s, declarations.PlayerDecl | declarations.ConstraintDecl)]
    known += [
        _name(b)
        for s in statements
        if isinstance(s, declarations.PlayerDecl)
        for b in s.body or ()
        if isinstance(b, declarations.ConstraintDecl)
    ]
    written = ".".join(n.text for n in names)
    other = any(
        _name(b) == last.text
        for s in statements
        for b in (s, *((s.body or ()) if isinstance(s, declarations.PlayerDecl) else ()))
    )
    findings.add(
        "G201",
        f"no constraint or player `{written}` to drop",
        change.target.span,
        "neither a constraint nor a player" if other else "unknown",
        hints=[f"only these are dropped; a variable is taken out by `fix {written} = 0`"]
        if other
        else did_you_mean(last.text, known, last.span) or [f"the model has {some(known)}"],
    )


def _change_leaders(
    statements: list[declarations.Statement], change: declarations.PlayerDecl, findings: Findings
) -> None:
    name = change.head.name
    for k, s in enumerate(statements):
        if isinstance(s, declarations.PlayerDecl) and s.head.name.text == name.text:
            statements[k] = replace(s, follows=change.follows)
            return
    known = [s.head.name.text for s in statements if isinstance(s, declarations.PlayerDecl)]
    findings.add(
        "G201", f"no player `{name.text}`", name.span, "unknown player", hints=did_you_mean(name.text, known, name.span)
    )


def _name(statement: declarations.Statement) -> str:
    head = getattr(statement, "head", None)
    return head.name.text if head is not None else ""


def _names(statement: declarations.Statement) -> list[str]:
    """What a statement declares: its own name, and that of its shadow price."""
    price = statement.price if isinstance(statement, declarations.ConstraintDecl) else None
    return [n for n in (_name(statement), price.head.name.text if price else "") if n]
