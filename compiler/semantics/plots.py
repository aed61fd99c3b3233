"""`plot` and `solve` statements -> checked definitions: every name looked up, every option known."""

from __future__ import annotations

from compiler.ir.game import Option, PlotDef
from compiler.semantics.resolve import Resolver
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.scope import Scope
from compiler.semantics.units import UnitTable, signature
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Findings, did_you_mean

OPTIONS: dict[str, type] = {
    "method": str,
    "complementarity": str,
    "solver": str,
    "time_limit": float,
    "gap": float,
    "seed": float,
    "population": float,
    "generations": float,
    "workers": float,
    "starts": float,
    "iterations": float,
    "damping": float,
    "order": str,
    "proximal": float,
    "rest": float,
}
"""What `solve { }` may hold, and whether it takes a word or a number."""

COUNTS = ("population", "generations", "workers", "starts", "iterations")
"""Those that take a whole number, 1 at least."""


def plot_definitions(
    model: declarations.Model, scope: Scope, units: UnitTable, findings: Findings
) -> tuple[PlotDef, ...]:
    """The model's plots. Letters of the series bind by themselves: `over` names the one along the axis, others make
    lines."""
    found: list[PlotDef] = []
    for s in model.statements:
        if not isinstance(s, declarations.PlotDecl):
            continue
        if not scope.declare("plot", s.head.name.text, s.head.name.span, findings):
            continue
        try:
            found.append(_plot(s, scope, units, findings))
        except Unresolved:
            continue
    return tuple(found)


def _plot(s: declarations.PlotDecl, scope: Scope, units: UnitTable, findings: Findings) -> PlotDef:
    resolver = Resolver(scope, findings)
    letters = dict.fromkeys(x for e in s.series for x in _letters(e, scope))
    over = s.over
    if s.series and over is None and len(letters) != 1:
        raise resolver.fail(
            "G311",
            f"plot `{s.head.name.text}` does not say along which letter it runs",
            s.head.name.span,
            "over what?",
            hints=[f"end it with `over {next(iter(letters), 't')}`"],
        )
    if over is not None and over.text not in letters:
        hints = did_you_mean(over.text, letters, over.span) or ["name a letter that the series have as index"]
        raise resolver.fail(
            "G302", f"`{over.text}` is no index of what is plotted", over.span, "not in the series", hints=hints
        )
    series = []
    for e in s.series:
        own = tuple(
            expressions.Ref((expressions.RefPart(expressions.Name(x, e.span), None, e.span),), e.span)
            for x in _letters(e, scope)
        )
        domain, environment = resolver.domain(expressions.IndexList(own, None, e.span) if own else None, {})
        series.append((domain, resolver.expression(e, environment)))
    along = over.text if over is not None else next(iter(letters), "")
    return PlotDef(signature(s.head, units), tuple(series), along)


def _letters(node: expressions.Expr, scope: Scope) -> list[str]:
    """Declared letters that stand free in indices of the expression, in order."""
    if isinstance(node, expressions.Ref):
        items = [i for p in node.parts if p.index is not None for i in p.index.items]
        named = [i.parts[0].name.text for i in items if isinstance(i, expressions.Ref) and i.parts[0].index is None]
        return list(
            dict.fromkeys([*(n for n in named if n in scope.letters), *(x for i in items for x in _letters(i, scope))])
        )
    inner: list[expressions.Expr] = []
    match node:
        case expressions.Sum():
            inner = list(node.terms)
        case expressions.Product():
            inner = list(node.factors)
        case expressions.Negation():
            inner = [node.operand]
        case expressions.Power():
            inner = [node.base, node.exponent]
        case expressions.Call():
            inner = list(node.arguments)
        case expressions.Reduce():
            bound = [i.span.text for i in node.items.items]
            return [x for x in _letters(node.body, scope) if x not in bound]
        case _:
            pass
    return list(dict.fromkeys(x for e in inner for x in _letters(e, scope)))


def _counts(number: float) -> bool:
    return number >= 1 and number == round(number)


def solve_options(model: declarations.Model, findings: Findings) -> tuple[Option, ...]:
    """The hints of `solve { }`; an unknown one is G807, one of the wrong kind too."""
    found: list[Option] = []
    for s in model.statements:
        if not isinstance(s, declarations.SolveDecl):
            continue
        for name, value in s.options:
            kind = OPTIONS.get(name.text)
            if kind is None:
                hints = did_you_mean(name.text, OPTIONS, name.span) or [f"options: {', '.join(OPTIONS)}"]
                findings.add("G807", f"no option `{name.text}`", name.span, "unknown option", hints=hints)
            elif kind is float and not isinstance(value, expressions.Number):
                hints = [f"write `{name.text} 60`" if name.text == "time_limit" else f"write `{name.text} 1`"]
                findings.add("G807", f"`{name.text}` takes a number", value.span, "not a number", hints=hints)
            elif name.text in COUNTS and isinstance(value, expressions.Number) and not _counts(value.value):
                hints = [f"write `{name.text} {max(1, round(value.value))}`"]
                findings.add("G807", f"`{name.text}` takes a whole number from 1 on", value.span, "none", hints=hints)
            elif name.text == "damping" and isinstance(value, expressions.Number) and not 0 < value.value <= 1:
                hints = ["write `damping 0.5`, half of the way"]
                findings.add(
                    "G807", "`damping` takes a number above 0, up to 1", value.span, "no part of a way", hints=hints
                )
            elif kind is str and not isinstance(value, expressions.Text):
                hints = [f"write `{name.text} auto`, or a name in place of `auto`"]
                findings.add("G807", f"`{name.text}` takes a word", value.span, "not a word", hints=hints)
            elif isinstance(value, expressions.Text | expressions.Number):
                found.append(Option(name.text, value.value, value.span))
    return tuple(found)
