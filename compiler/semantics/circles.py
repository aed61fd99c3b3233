"""A game -> findings about definitions that need themselves: parameters, lets, reports, and sets made with
conditions."""

from __future__ import annotations

from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, Game, LetDef, ParamDef, ReportDef, SetDef
from compiler.ir.walk import uses
from grammar.diagnostics import Findings, Label

Node = ParamDef | LetDef | ReportDef | SetDef


def check_circles(game: Game, findings: Findings) -> None:
    """Add one G205 for each circle."""
    done: set[int] = set()
    definitions: list[Node] = [*game.sets, *game.all_params(), *game.all_lets(), *game.reports]
    for start in definitions:
        _walk(start, findings, done)


def _walk(start: Node, findings: Findings, done: set[int]) -> None:
    """Depth first without recursion; `path` holds the definitions being visited, in order."""
    path: list[Node] = []
    on_path: set[int] = set()
    stack: list[tuple[Node, bool]] = [(start, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            path.pop()
            on_path.discard(id(node))
            done.add(id(node))
            continue
        if id(node) in on_path:
            circle = path[[id(p) for p in path].index(id(node)) :]
            names = " -> ".join(f"`{n.name}`" for n in (*circle, node))
            others = [Label(n.signature.span, "also in the circle") for n in circle[1:]]
            findings.add(
                "G205",
                f"`{node.name}` is defined by itself: {names}",
                node.signature.span,
                "needs itself",
                others=others,
                hints=["give one of them a value of its own"],
            )
            continue
        if id(node) in done:
            continue
        path.append(node)
        on_path.add(id(node))
        stack.append((node, True))
        stack += [(n, False) for n in _needs(node)]


def _needs(node: Node) -> list[Node]:
    expressions: list[ir.Expr] = []
    match node:
        case ParamDef():
            expressions = [e for e in (node.value, node.default, node.domain.where) if e is not None]
            expressions += [e.value for e in node.literal.entries] if node.literal else []
        case LetDef() | ReportDef():
            expressions = [node.value]
        case SetDef():
            parts = [e for e in (node.parent, node.value) if e is not None]
            found: list[Node] = [s for e in parts for s in _sets(e)]
            conditions = [c for e in parts for c in _conditions(e)]
            return found + [u.target for c in conditions for u in uses(c) if isinstance(u.target, ParamDef | LetDef)]
    targets = [u.target for e in expressions for u in uses(e)]
    needed: list[Node] = [
        t.report if isinstance(t, CaseReport) else t
        for t in targets
        if isinstance(t, ParamDef | LetDef | ReportDef | CaseReport)
    ]
    if isinstance(node, ParamDef):
        needed += [s for b in node.domain.binders for s in _sets(b.over)]
    return needed


def _sets(e: ir.SetExpr) -> list[SetDef]:
    match e:
        case ir.SetName():
            return [e.set]
        case ir.SetFilter():
            return [s for b in e.domain.binders for s in _sets(b.over)]
        case ir.SetCombination():
            return [s for o in e.operands for s in _sets(o)]
        case _:
            return []


def _conditions(e: ir.SetExpr) -> list[ir.Expr]:
    match e:
        case ir.SetFilter():
            return [e.domain.where] if e.domain.where is not None else []
        case ir.SetCombination():
            return [c for o in e.operands for c in _conditions(o)]
        case ir.SetRange():
            return [p for p in (e.low, e.high, e.step) if p is not None]
        case _:
            return []
