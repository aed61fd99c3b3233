"""A syntax tree -> findings about statements that stand where they have no meaning (a `var` outside a player, say)."""

from __future__ import annotations

from typing import assert_never

from compiler.syntax import declarations
from grammar.diagnostics import Findings
from grammar.source import Span

TOP = "at the top of the file"
PLAYER = "in a player"
CASE = "in a case"
COMPONENT = "in a component"

PLACES: dict[type, tuple[str, ...]] = {
    declarations.GameDecl: (TOP,),
    declarations.UnitDecl: (TOP,),
    declarations.SetDecl: (TOP,),
    declarations.ScenariosDecl: (TOP,),
    declarations.ParamDecl: (TOP, PLAYER, CASE, COMPONENT),
    declarations.LetDecl: (TOP, PLAYER, COMPONENT),
    declarations.VarDecl: (PLAYER, COMPONENT),
    declarations.ObjectiveDecl: (PLAYER,),
    declarations.UseDecl: (PLAYER, COMPONENT),
    declarations.PlayerDecl: (TOP, CASE),
    declarations.FixDecl: (CASE,),
    declarations.DropDecl: (CASE,),
    declarations.CaseDecl: (TOP,),
    declarations.ReportDecl: (TOP,),
    declarations.PlotDecl: (TOP,),
    declarations.ImportDecl: (TOP,),
    declarations.ComponentDecl: (TOP,),
    declarations.SolveDecl: (TOP,),
}


def check_placement(model: declarations.Model, findings: Findings) -> None:
    """Add G106 for each statement in the wrong place and for a second `game` line."""
    titles = [s for s in model.statements if isinstance(s, declarations.GameDecl)]
    for extra in titles[1:]:
        findings.add(
            "G106", "a file has one `game` line", extra.head.name.span, "this is another", hints=["remove one of them"]
        )
    for statement in model.statements:
        _check(statement, TOP, findings)


def _check(statement: declarations.Statement, place: str, findings: Findings) -> None:
    span = _name_span(statement)
    if isinstance(statement, declarations.ConstraintDecl):
        allowed: tuple[str, ...] = (PLAYER, COMPONENT) if statement.kind == "constraint" else (TOP,)
    else:
        allowed = PLACES[type(statement)]
    if place not in allowed:
        word = statement.span.text.split(None, 1)[0]
        findings.add(
            "G106",
            f"`{word}` belongs {' or '.join(allowed)}, not {place}",
            span,
            f"stands {place}",
            hints=[_way_out(word, allowed)],
        )
        return
    if isinstance(statement, declarations.PlayerDecl):
        if place == TOP and statement.body is None:
            findings.add(
                "G106",
                f"player `{statement.head.name.text}` has no body",
                span,
                "`{ ... }` is missing",
                hints=["write the player's variables, objective and constraints in braces after its name"],
            )
        if place == CASE and statement.body is not None:
            findings.add(
                "G106",
                "a case changes whom a player follows, not what it is",
                span,
                "this player has a body",
                hints=[f"write `player {statement.head.name.text} follows ...` without braces"],
            )
        for inner in statement.body or ():
            _check(inner, PLAYER, findings)
    elif isinstance(statement, declarations.CaseDecl):
        for inner in statement.changes:
            _check(inner, CASE, findings)
    elif isinstance(statement, declarations.ComponentDecl):
        for inner in statement.body:
            _check(inner, COMPONENT, findings)


def _way_out(word: str, allowed: tuple[str, ...]) -> str:
    if TOP in allowed:
        return f"move `{word}` out of the braces, to the top of the file"
    if PLAYER in allowed:
        return f"move it into the block of the player it belongs to: `player NAME {{ {word} ... }}`"
    return f"move it into a case: `case NAME {{ {word} ... }}`"


def _name_span(statement: declarations.Statement) -> Span:
    match statement:
        case declarations.UseDecl():
            return statement.component.span
        case declarations.FixDecl() | declarations.DropDecl():
            return statement.target.span
        case declarations.ImportDecl() | declarations.SolveDecl():
            return statement.span
        case _:
            return statement.head.name.span
    assert_never(statement)
