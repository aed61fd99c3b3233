"""`scenarios` declarations -> a set and its probabilities: first as plain declarations of the tree, then linked.

`scenarios W index w from "mcp.csv" probability prob` is a set read from the file with `param prob[w]` beside it. With
`reduce kmeans 10` the set is 1..10, one scenario for each cluster of the sample rows, and its probabilities are the
clusters' shares.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.ir import expr as ir
from compiler.ir.game import Clusters, ParamDef, Signature
from compiler.ir.units import ONE
from compiler.semantics.scope import Scope
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Findings


def expand_scenarios(model: declarations.Model) -> declarations.Model:
    """The model with a set (and a parameter, where a column of probabilities is named) in place of each `scenarios`."""
    statements: list[declarations.Statement] = []
    for s in model.statements:
        if not isinstance(s, declarations.ScenariosDecl):
            statements.append(s)
            continue
        value: expressions.Expr | None = None
        file = s.file
        if s.count is not None:
            value, file = expressions.Range(expressions.Number(1.0, s.count.span), s.count, None, s.count.span), None
        statements.append(declarations.SetDecl(s.head, s.letters, None, value, file, None, s.span))
        if s.probability is not None and s.count is None and s.file is not None:
            letter: expressions.Expr
            if s.letters:
                letter = _name(s.letters[0])
            else:
                span = s.head.name.span
                letter = expressions.Compare(
                    ("in",), (_name(expressions.Name("scenario", span)), _name(s.head.name)), span
                )
            span = s.probability.span
            head = declarations.Head(s.probability, expressions.IndexList((letter,), None, span), doc="probability")
            statements.append(declarations.ParamDecl(head, None, None, s.file, None, None, (), s.span))
    return replace(model, statements=tuple(statements))


def _name(name: expressions.Name) -> expressions.Ref:
    return expressions.Ref((expressions.RefPart(name, None, name.span),), name.span)


def link_scenarios(scenarios: list[declarations.ScenariosDecl], scope: Scope, findings: Findings) -> list[ParamDef]:
    """Give every set of scenarios its probabilities. Returns the parameters made for it, which no name in the text
    declares."""
    made: list[ParamDef] = []
    for s in scenarios:
        of = scope.sets.get(s.head.name.text)
        if of is None:
            continue
        if s.probability is not None and s.count is None:
            named = scope.top.get(s.probability.text)
            if isinstance(named, ParamDef):
                named.weights = True
                of.probability = named
            continue
        name = f"{of.name}.probability"
        binder = ir.Binder((of.letters[0] if of.letters else "w",), ir.SetName(of, s.span), (of,), s.span)
        param = ParamDef(Signature(name, s.head.name.span, ONE, "probability"), "", ir.Domain((binder,)), weights=True)
        if s.count is None:
            one, size = ir.Number(1.0, s.span), ir.Cardinality(ir.SetName(of, s.span), s.span)
            param.value = ir.Multiply(("*", "/"), (one, size), s.span)
        else:
            param.clusters = clusters_of(s, findings)
        of.probability = param
        made.append(param)
    return made


def clusters_of(s: declarations.ScenariosDecl, findings: Findings) -> Clusters | None:
    """How the scenarios are made of samples; None after reporting what is missing."""
    assert s.count is not None
    if s.file is None:
        findings.add(
            "G505",
            f"`{s.head.name.text}` reduces samples, but names no file",
            s.head.name.span,
            "samples from where?",
            hints=['write `from "samples.csv" reduce kmeans 10`'],
        )
        return None
    if s.reduction is not None and s.reduction.text != "kmeans":
        hints = ["write `reduce kmeans 10`"]
        findings.add("G807", f"no reduction `{s.reduction.text}`", s.reduction.span, "unknown method", hints=hints)
        return None
    if s.count.value < 1 or s.count.value != int(s.count.value):
        span = s.count.span
        hints = ["write how many scenarios are to remain, such as `reduce kmeans 10`"]
        findings.add(
            "G308", "the number of scenarios is a whole number from 1", span, "not a number of clusters", hints=hints
        )
        return None
    return Clusters(s.file.value, int(s.count.value), int(s.seed.value) if s.seed else 0, s.file.span)
