"""Bodies of declarations, once all names are known: `Bodies` fills in values, bounds, relations and data."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.ir import expr as ir
from compiler.ir.game import (
    BoundDef,
    ConstraintDef,
    DataEntry,
    DataLiteral,
    FixDef,
    LetDef,
    ObjectiveDef,
    ParamDef,
    PlayerDef,
    ReportDef,
    VarDef,
)
from compiler.ir.words import short
from compiler.semantics.declare_scenarios import clusters_of
from compiler.semantics.relations import normal_relation
from compiler.semantics.resolve import Resolver
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.scope import Definition, Environment, Scope
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Findings, did_you_mean
from grammar.source import Span


@dataclass(frozen=True)
class Pending:
    """A definition whose head is known and whose body waits until all names are."""

    definition: Definition
    node: declarations.Statement
    player: PlayerDef | None
    environment: Environment
    broken: bool = False
    """Its head could not be resolved: its body is not looked at."""


class Bodies:
    """Resolves bodies; `cases` are the names that comparisons may speak of."""

    def __init__(
        self, scope: Scope, cases: dict[str, Span], scenarios: list[declarations.ScenariosDecl], findings: Findings
    ) -> None:
        self.scope = scope
        self.cases = cases
        self.scenarios = {s.head.name.text: s for s in scenarios}
        self.findings = findings

    def fill(self, item: Pending) -> None:
        """The body of one definition; raises `Unresolved` after reporting what is wrong with it."""
        if item.broken:
            return
        resolver = Resolver(self.scope, self.findings, item.player)
        d, node, environment = item.definition, item.node, item.environment
        match d, node:
            case ParamDef(), declarations.ParamDecl():
                self._param(d, node, resolver, environment)
            case LetDef(), declarations.LetDecl():
                d.value = resolver.expression(node.value, environment)
            case ReportDef(), declarations.ReportDecl():
                self._report(d, node, resolver, environment)
            case VarDef(), declarations.VarDecl():
                self._variable(d, node, resolver, environment)
            case ObjectiveDef(), declarations.ObjectiveDecl():
                d.value = resolver.expression(node.value, environment)
            case ConstraintDef(), declarations.ConstraintDecl():
                normal_relation(d, node, resolver, environment)
            case _:
                raise TypeError(f"{type(d).__name__} from {type(node).__name__}")

    def _report(
        self, d: ReportDef, node: declarations.ReportDecl, resolver: Resolver, environment: Environment
    ) -> None:
        if node.kind == "compare":
            resolver.cases = self.cases
        before = len(self.findings.items)
        try:
            d.value = resolver.expression(node.value, environment)
        except Unresolved:
            new = self.findings.items[before:]
            if new and all(f.code == "G606" for f in new):
                # A report on something that this case drops has no value in it; the other reports stand.
                del self.findings.items[before:]
                d.missing = new[0].headline
                d.value = ir.Number(float("nan"), node.span)
                return
            raise

    def _param(self, d: ParamDef, node: declarations.ParamDecl, resolver: Resolver, environment: Environment) -> None:
        if node.scenarios is not None:
            self._from_scenarios(d, node.scenarios, resolver)
        if node.value is not None and node.file is not None:
            self.findings.add(
                "G110",
                f"parameter `{d.name}` is given by a value and by a file",
                node.file.span,
                hints=["keep one of the two"],
            )
        d.file, d.file_span = (node.file.value, node.file.span) if node.file else (None, None)
        d.column = node.column.value if node.column else None
        match node.value:
            case None:
                pass
            case expressions.Braces():
                d.literal = self._literal(node.value, resolver, environment)
            case expressions.Table():
                d.literal = _table(node.value, d, resolver)
            case _:
                d.value = resolver.data(node.value, environment)
        if node.default is not None:
            d.default = resolver.data(node.default, environment)
        for bound in node.bounds:
            value = resolver.data(bound.value, environment)
            d.lower, d.upper = (value, d.upper) if bound.relation == ">=" else (d.lower, value)

    def _from_scenarios(self, d: ParamDef, name: expressions.Name, resolver: Resolver) -> None:
        """`param mcp[t,w] from W`: the centres of the clusters that W's scenarios are."""
        scenarios = self.scenarios.get(name.text)
        if scenarios is None or scenarios.count is None:
            raise resolver.fail(
                "G204",
                f"`{name.text}` is no set of scenarios made from samples",
                name.span,
                "nothing to take values from",
                hints=did_you_mean(name.text, self.scenarios, name.span)
                or ['write `scenarios W index w from "samples.csv" reduce kmeans 10`, or give the file in quotes'],
            )
        of = [k for k, s in enumerate(d.domain.sets) if s.name == name.text]
        if len(of) != 1 or len(d.domain.sets) > 2:
            raise resolver.fail(
                "G301",
                f"`{d.name}` takes columns of samples: it has one index over `{name.text}` and at most one other",
                d.signature.span,
                hints=[f"write `param {d.name}[t,w] from {name.text}`: elements of t head the file's columns"],
            )
        d.clusters = clusters_of(scenarios, self.findings)

    def _literal(self, node: expressions.Braces, resolver: Resolver, environment: Environment) -> DataLiteral:
        entries = []
        for entry in node.entries:
            if entry.value is None:
                raise resolver.fail(
                    "G501",
                    "an entry of a parameter is `key: value`",
                    entry.span,
                    "no value",
                    hints=["write `{WT: 300, GT: 500}`"],
                )
            key = resolver.element(entry.key)
            entries.append(
                DataEntry(key if isinstance(key, tuple) else (key,), resolver.data(entry.value, {}), entry.span)
            )
        return DataLiteral(tuple(entries), node.span)

    def _variable(self, d: VarDef, node: declarations.VarDecl, resolver: Resolver, environment: Environment) -> None:
        kinds = ("integer", "binary", "semicontinuous")
        d.kind_span = node.head.name.span if node.kind in kinds else None
        d.bounds = tuple(BoundDef(b.relation, resolver.expression(b.value, environment), b.span) for b in node.bounds)
        if node.kind == "binary" and d.bounds:
            self.findings.add(
                "G110",
                f"`{d.name}` is binary: it needs no bounds",
                node.bounds[0].span,
                "a binary is 0 or 1",
                hints=["leave the bounds out, or write `integer`"],
            )
        if node.start is not None:
            d.start = resolver.data(node.start, environment)
        if node.starts is not None:
            d.before = resolver.expression(node.starts, environment)
        if node.ends is not None:
            d.final = BoundDef(node.ends.relation, resolver.expression(node.ends.value, environment), node.ends.span)
        d.cyclic = node.cyclic
        if node.cyclic and (node.starts is not None):
            self.findings.add(
                "G110",
                f"`{d.name}` is cyclic and has a value before its first element",
                node.starts.span,
                "contradicts `cyclic`",
                hints=["keep one of the two"],
            )
        if (node.cyclic or node.starts is not None or node.ends is not None) and len(d.domain.sets) == d.own:
            self.findings.add(
                "G307",
                f"`{d.name}` has no index to step along",
                node.head.name.span,
                "`starts`, `ends` and `cyclic` need one",
                hints=["give it an index, or leave them out"],
            )

    def fix(self, node: declarations.FixDecl) -> FixDef:
        """`fix player.x[t] = value`: letters of the target bind by themselves, other items name single elements."""
        resolver = Resolver(self.scope, self.findings)
        items = [item for part in node.target.parts if part.index is not None for item in part.index.items]
        wheres = [
            part.index.where for part in node.target.parts if part.index is not None and part.index.where is not None
        ]
        binding = [i for i in items if _binds(i, self.scope)]
        heads = expressions.IndexList(tuple(binding), wheres[0] if wheres else None, node.target.span)
        domain, environment = resolver.domain(heads if binding or wheres else None, {})
        plain = tuple(
            expressions.RefPart(
                p.name,
                None
                if p.index is None
                else expressions.IndexList(tuple(_unbound(i) for i in p.index.items), None, p.index.span),
                p.span,
            )
            for p in node.target.parts
        )
        use = resolver.use(expressions.Ref(plain, node.target.span), environment)
        if not isinstance(use, ir.Use) or not isinstance(use.target, VarDef):
            raise resolver.fail(
                "G204",
                f"`{node.target.span.text}` is not a variable",
                node.target.span,
                "only variables are fixed",
                hints=["a parameter is changed by `param NAME = ...`"],
            )
        return FixDef(use.target, domain, use.indices, resolver.data(node.value, environment), node.span)


def _binds(node: expressions.Expr, scope: Scope) -> bool:
    match node:
        case expressions.Ref(parts=(part,)) if part.index is None:
            return part.name.text in scope.letters
        case expressions.Compare(ops=("in",)):
            return True
        case _:
            return False


def _unbound(node: expressions.Expr) -> expressions.Expr:
    """The letter of `u in T`; tuples of letters do not stand in a fix."""
    if isinstance(node, expressions.Compare) and node.ops == ("in",):
        return node.operands[0]
    return node


def _table(node: expressions.Table, d: ParamDef, resolver: Resolver) -> DataLiteral:
    """A table: header of column elements, then per line a row element and its values. One index: the values in a line
    below the header."""
    count = len(d.domain.sets)
    if count != 2 or not node.rows:
        raise resolver.fail(
            "G301",
            f"a table has two indices, `{d.name}` has {count}",
            Span(node.span.source, node.span.start, node.span.start + len("table")),
            "for two indices",
            hints=["use `{key: value, ...}` or a file"],
        )
    header = [resolver.element(cell) for cell in node.rows[0]]
    entries = []
    for row in node.rows[1:]:
        if len(row) != len(header) + 1:
            raise resolver.fail(
                "G501",
                f"a line of the table has {len(row) - 1} values for {len(header)} columns",
                row[0].span.to(row[-1].span),
                "a value is missing" if len(row) <= len(header) else "a value too many",
                hints=["each line is a row element, then one number for each column of the first line"],
            )
        first = resolver.element(row[0])
        for column, cell in zip(header, row[1:], strict=True):
            if not isinstance(cell, expressions.Number):
                raise resolver.fail(
                    "G504",
                    f"`{short(cell.span)}` in the table is no number",
                    cell.span,
                    "not a number",
                    hints=["a table holds numbers only; `{key: value, ...}` may leave entries to a `default`"],
                )
            entries.append(DataEntry((first, column), ir.Number(cell.value, cell.span), cell.span))
    return DataLiteral(tuple(entries), node.span)
