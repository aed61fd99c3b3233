"""Grammar rules -> syntax nodes: `Builder`, called by the parser as each rule is completed.

One method per rule of `game.lark`, named as the rule. Children hold every token, punctuation included, so that a node's
span runs from its first to its last character. Slips that the grammar tolerates on purpose (a part given twice, a value
left out, a statement in the wrong place) are reported while building, in `findings`.
"""

from __future__ import annotations

from compiler.syntax import declarations, expressions
from compiler.syntax.build_expressions import Children, Part
from compiler.syntax.build_parts import PartBuilder, index_among, value_in
from compiler.syntax.placement import check_placement
from grammar.source import Span
from grammar.tokens import Token


class Builder(PartBuilder):
    """Builds the nodes of one source at a time; `begin` names it."""

    def game(self, c: Children) -> declarations.GameDecl:
        return declarations.GameDecl(self._head(c[1], self._parts(c)), self.over(c))

    def unit_name(self, c: Children) -> Token:
        name: Token = c[0]
        return name

    def unit(self, c: Children) -> declarations.UnitDecl:
        parts = self._parts(c)
        return declarations.UnitDecl(self._head(c[1], parts), value_in(parts, "definition"), self.over(c))

    def set_(self, c: Children) -> declarations.SetDecl:
        parts = self._parts(c)
        letters = value_in(parts, "letters") or ()
        return declarations.SetDecl(
            self._head(c[1], parts),
            letters,
            value_in(parts, "within"),
            value_in(parts, "value"),
            value_in(parts, "file"),
            value_in(parts, "column"),
            self.over(c),
        )

    def scenarios(self, c: Children) -> declarations.ScenariosDecl:
        parts = self._parts(c)
        method, count = value_in(parts, "reduce") or (None, None)
        return declarations.ScenariosDecl(
            self._head(c[1], parts),
            value_in(parts, "letters") or (),
            value_in(parts, "file"),
            value_in(parts, "probability"),
            method,
            count,
            value_in(parts, "seed"),
            self.over(c),
        )

    def param(self, c: Children) -> declarations.ParamDecl:
        return self._param(c, c[1])

    def formal(self, c: Children) -> declarations.ParamDecl:
        return self._param(c, c[0])

    def _param(self, c: Children, name: Token) -> declarations.ParamDecl:
        parts = self._parts(c)
        return declarations.ParamDecl(
            self._head(name, parts, index_among(c)),
            value_in(parts, "value"),
            value_in(parts, "default"),
            value_in(parts, "file"),
            value_in(parts, "scenarios"),
            value_in(parts, "column"),
            value_in(parts, "bound") or (),
            self.over(c),
        )

    def let(self, c: Children) -> declarations.LetDecl:
        parts = self._parts(c)
        return declarations.LetDecl(
            self._head(c[1], parts, index_among(c)), self._needed_value(c, parts, "let"), self.over(c)
        )

    def _needed_value(self, c: Children, parts: dict[str, Part], keyword: str) -> expressions.Expr:
        value: expressions.Expr | None = value_in(parts, "value")
        if value is not None:
            return value
        name: Token = c[1]
        span = self.at(name)
        if name.end > name.start:  # else the name is missing too, and that has been said
            self.findings.add(
                "G101",
                f"`{keyword} {name.text}` has no value",
                span,
                "`= expression` is missing",
                hints=[f"write `{keyword} {name.text} = ...`"],
            )
        return expressions.Number(0.0, span)

    def player(self, c: Children) -> declarations.PlayerDecl:
        parts = self._parts(c)
        return declarations.PlayerDecl(
            self._head(c[1], parts, index_among(c)), value_in(parts, "follows"), value_in(parts, "body"), self.over(c)
        )

    def var(self, c: Children) -> declarations.VarDecl:
        parts = self._parts(c)
        return declarations.VarDecl(
            self._head(c[1], parts, index_among(c)),
            value_in(parts, "kind") or "real",
            value_in(parts, "bound") or (),
            value_in(parts, "start"),
            value_in(parts, "starts"),
            value_in(parts, "ends"),
            bool(value_in(parts, "cyclic")),
            self.over(c),
        )

    def objective(self, c: Children) -> declarations.ObjectiveDecl:
        parts = self._parts(c)
        return declarations.ObjectiveDecl(
            self._head(c[1], parts), c[0].kind == "MAXIMIZE", parts["value"].value, self.over(c)
        )

    def _constraint(self, c: Children, kind: str) -> declarations.ConstraintDecl:
        parts = self._parts(c)
        colon = next(k for k, child in enumerate(c) if isinstance(child, Token) and child.kind == "COLON")
        head = self._head(c[1], parts, index_among(c[:colon]))
        return declarations.ConstraintDecl(kind, head, c[colon + 1], value_in(parts, "price"), self.over(c))

    def constraint(self, c: Children) -> declarations.ConstraintDecl:
        return self._constraint(c, "constraint")

    def clear(self, c: Children) -> declarations.ConstraintDecl:
        return self._constraint(c, "clear")

    def shared(self, c: Children) -> declarations.ConstraintDecl:
        return self._constraint(c, "shared")

    def argument(self, c: Children) -> Part:
        return Part("argument", (self.name(c[0]), c[2]), self.over(c))

    def use(self, c: Children) -> declarations.UseDecl:
        arguments = tuple(child.value for child in c if isinstance(child, Part))
        marker = next(k for k, child in enumerate(c) if isinstance(child, Token) and child.kind == "AS")
        return declarations.UseDecl(self.name(c[1]), arguments, self.name(c[marker + 1]), index_among(c), self.over(c))

    def case(self, c: Children) -> declarations.CaseDecl:
        parts = self._parts(c)
        changes = value_in(parts, "body") or ()
        return declarations.CaseDecl(self._head(c[1], parts), value_in(parts, "extends"), changes, self.over(c))

    def fix(self, c: Children) -> declarations.FixDecl:
        return declarations.FixDecl(c[1], c[3], self.over(c))

    def drop(self, c: Children) -> declarations.DropDecl:
        return declarations.DropDecl(c[1], self.over(c))

    def _report(self, c: Children, kind: str) -> declarations.ReportDecl:
        parts = self._parts(c)
        value = self._needed_value(c, parts, kind)
        return declarations.ReportDecl(kind, self._head(c[1], parts, index_among(c)), value, self.over(c))

    def report(self, c: Children) -> declarations.ReportDecl:
        return self._report(c, "report")

    def compare(self, c: Children) -> declarations.ReportDecl:
        return self._report(c, "compare")

    def plot(self, c: Children) -> declarations.PlotDecl:
        parts = self._parts(c)
        series = parts.get("series")
        over = next((p for p in (series.value if series else ()) if isinstance(p, Part)), None)
        lines = tuple(e for e in (series.value if series else ()) if not isinstance(e, Part))
        return declarations.PlotDecl(self._head(c[1], parts), lines, over.value if over else None, self.over(c))

    def import_(self, c: Children) -> declarations.ImportDecl:
        if c[1].kind == "STRING":
            return declarations.ImportDecl(self.quoted(c[1]), (), self.over(c))
        return declarations.ImportDecl(None, tuple(self.name(t) for t in c[1:] if t.kind == "NAME"), self.over(c))

    def component(self, c: Children) -> declarations.ComponentDecl:
        parts = self._parts(c)
        formals = tuple(child for child in c if isinstance(child, declarations.ParamDecl))
        return declarations.ComponentDecl(self._head(c[1], parts), formals, value_in(parts, "body") or (), self.over(c))

    def option(self, c: Children) -> Part:
        token = c[1]
        value: expressions.Expr
        if token.kind == "NUMBER":
            value = self.literal(token)
        elif token.kind == "STRING":
            value = self.quoted(token)
        else:
            value = expressions.Text(token.text, self.at(token))
        return Part("option", (self.name(c[0]), value), self.over(c))

    def solve(self, c: Children) -> declarations.SolveDecl:
        return declarations.SolveDecl(tuple(p.value for p in c if isinstance(p, Part)), self.over(c))

    def start(self, c: Children) -> declarations.Model:
        model = declarations.Model(tuple(c), Span(self.source, 0, len(self.source.text)))
        if self.balanced:
            check_placement(model, self.findings)
        return model
