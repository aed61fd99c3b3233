"""A syntax tree -> `Game`: names, index sets, units, cases, players and relations. Reports all that it finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

from compiler.ir.game import CaseDef, Game, LetDef, ParamDef, ReportDef
from compiler.semantics.bodies import Bodies
from compiler.semantics.cases import CaseApplied, apply_case
from compiler.semantics.check_units import check_units
from compiler.semantics.circles import check_circles
from compiler.semantics.components import expand_components, name_uses
from compiler.semantics.declare import Declarations
from compiler.semantics.declare_scenarios import expand_scenarios, link_scenarios
from compiler.semantics.declare_sets import SetDeclarations
from compiler.semantics.markets import expand_markets, link_markets
from compiler.semantics.players import check_leaders
from compiler.semantics.plots import plot_definitions, solve_options
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.scope import Scope
from compiler.semantics.units import UnitTable
from compiler.syntax import declarations
from grammar.diagnostics import Diagnostic, Findings
from grammar.source import Source

T = TypeVar("T")


def analyse(model: declarations.Model, case: str, findings: Findings) -> Game | None:
    """The checked game with `case` applied ("" for none), or None when `findings` holds errors."""
    plain = expand_markets(expand_scenarios(expand_components(model, findings)), findings)
    scenarios = [s for s in model.statements if isinstance(s, declarations.ScenariosDecl)]
    markets = [s for s in model.statements if isinstance(s, declarations.ConstraintDecl) and s.kind == "clear"]
    game = _resolved(apply_case(plain, case, findings), scenarios, markets, case, findings)
    if not findings.errors:
        check_circles(game, findings)
    if not findings.errors:
        check_units(game, findings)
        check_leaders(game, findings)
    name_uses(model, findings)
    _tell_once(findings)
    return None if findings.errors else game


def _tell_once(findings: Findings) -> None:
    """Of what is marked as unknown, only its first use in the text: one missing declaration is one finding."""
    first: dict[str, Diagnostic] = {}
    for d in findings.sorted():
        if d.label.startswith("unknown"):
            first.setdefault(d.headline, d)
    findings.items = [d for d in findings.items if first.get(d.headline, d) is d]


def _resolved(
    applied: CaseApplied,
    scenarios: list[declarations.ScenariosDecl],
    markets: list[declarations.ConstraintDecl],
    case: str,
    findings: Findings,
) -> Game:
    """Every name looked up; what could not be is missing from the game, with an error among the findings."""
    model = applied.model
    scope = Scope(dropped=applied.dropped)
    units = UnitTable([s for s in model.statements if isinstance(s, declarations.UnitDecl)], findings)
    sets = SetDeclarations(model, scope, units, findings)
    sets.declare()
    declared = Declarations(model, scope, units, findings)
    declared.declare()
    sets.finish()
    weights = link_scenarios(scenarios, scope, findings)
    case_nodes = [s for s in model.statements if isinstance(s, declarations.CaseDecl)]
    bodies = Bodies(scope, {s.head.name.text: s.head.name.span for s in case_nodes}, scenarios, findings)
    for item in declared.pending:
        _attempt(lambda item=item: bodies.fill(item), findings)  # type: ignore[misc]
    fixes = [_attempt(lambda node=node: bodies.fix(node), findings) for node in applied.fixes]  # type: ignore[misc]
    link_markets(markets, scope)
    reports = [d for d in scope.top.values() if isinstance(d, ReportDef)]
    title = next((s for s in model.statements if isinstance(s, declarations.GameDecl)), None)
    return Game(
        name=title.head.name.text if title else _file_stem(model.span.source),
        doc=title.head.doc if title else "",
        case=case,
        units=units.declared,
        sets=tuple(scope.sets.values()),
        params=(*(d for d in scope.top.values() if isinstance(d, ParamDef)), *weights),
        lets=tuple(d for d in scope.top.values() if isinstance(d, LetDef)),
        players=tuple(scope.players.values()),
        shared=tuple(scope.constraints.get("", {}).values()),
        fixes=tuple(f for f in fixes if f is not None),
        reports=tuple(r for r in reports if r.kind == "report"),
        comparisons=tuple(r for r in reports if r.kind == "compare"),
        plots=plot_definitions(model, scope, units, findings),
        cases=tuple(
            CaseDef(s.head.name.text, s.head.doc, s.extends.text if s.extends else "", s.head.name.span)
            for s in case_nodes
        ),
        options=solve_options(model, findings),
        letters=scope.letters,
    )


def _attempt(step: Callable[[], T], findings: Findings) -> T | None:
    """Run one declaration; what is wrong with it is reported already, the others go on."""
    try:
        return step()
    except Unresolved:
        return None
    except RecursionError:
        findings.add("G111", "an expression is nested too deeply", hints=["name parts of it with `let`"])
        return None


def _file_stem(source: Source) -> str:
    """What a game without a `game` statement is called: its file, or `game` where there is none."""
    stem = PurePath(source.path.replace("\\", "/")).stem
    return stem if any(c.isalnum() for c in stem) else "game"
