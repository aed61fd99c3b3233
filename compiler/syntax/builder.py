"""Grammar rules -> syntax nodes: `Builder`, called by the parser as each rule is completed.

One method per rule of `game.lark`, named as the rule. Children hold every token, punctuation included, so that a node's
span runs from its first to its last character. Slips that the grammar tolerates on purpose (a part given twice, a
statement in the wrong place) are reported here, in `findings`.
"""

from __future__ import annotations

from typing import Any

from compiler.syntax import declarations, expressions
from compiler.syntax.build_expressions import Children, ExpressionBuilder, Part
from compiler.syntax.placement import check_placement
from grammar.diagnostics import Label
from grammar.source import Span
from grammar.tokens import Token

SOURCES = ("value", "file", "scenarios")
"""Parts that say where the values of a declaration come from."""


class Builder(ExpressionBuilder):
    """Builds the nodes of one source at a time; `begin` names it."""

    def _parts(self, children: Children) -> dict[str, Part]:
        """The optional pieces by kind; bounds are put together, any other piece that comes again is reported."""
        found: dict[str, Part] = {}
        for child in children:
            if not isinstance(child, Part):
                continue
            earlier = found.get(child.kind)
            if earlier is None:
                found[child.kind] = child
                self._check_sources(child, found)
            elif child.kind == "bound":
                sides = {bound.relation for bound in earlier.value}
                again = next((bound for bound in child.value if bound.relation in sides), None)
                if again is not None:
                    self._twice("lower bound" if again.relation == ">=" else "upper bound", child, earlier)
                found["bound"] = Part("bound", earlier.value + child.value, earlier.span)
            else:
                self._twice(PART_WORDS.get(child.kind, child.kind), child, earlier)
        return found

    def _check_sources(self, part: Part, found: dict[str, Part]) -> None:
        """A set or parameter takes its values from one place."""
        others = [found[kind] for kind in SOURCES if kind in found and kind != part.kind]
        if part.kind in SOURCES and others:
            self._twice("value", part, others[0])

    def _twice(self, what: str, part: Part, earlier: Part) -> None:
        self.findings.add(
            "G110",
            f"the {what} is given twice in one declaration",
            part.span,
            "given again here",
            others=[Label(earlier.span, "given here")],
            hints=["keep one of the two"],
        )

    def _head(
        self, name: Token, parts: dict[str, Part], index: expressions.IndexList | None = None
    ) -> declarations.Head:
        return declarations.Head(
            self.name(name),
            index,
            _value(parts, "unit"),
            _value(parts, "doc") or "",
            _value(parts, "tex") or "",
        )

    # ------------------------------------------------------------ parts of declarations

    def doc(self, c: Children) -> Part:
        return Part("doc", c[0].text[1:-1], self.over(c))

    def tex(self, c: Children) -> Part:
        return Part("tex", c[1].text[1:-1], self.over(c))

    def unit_of(self, c: Children) -> Part:
        return Part("unit", self._unit(c[1:]), self.over(c))

    def unit_definition(self, c: Children) -> Part:
        return Part("definition", self._unit(c[1:]), self.over(c))

    def _unit(self, c: Children) -> declarations.UnitExpr:
        factors: list[declarations.UnitFactor] = []
        sign = 1
        for child in c:
            if isinstance(child, Token):
                if child.kind == "NUMBER":
                    factors.append(declarations.UnitFactor("", self.number_of(child), 1.0, self.at(child)))
                sign = -1 if child.text == "/" else 1
                continue
            group: tuple[declarations.UnitFactor, ...] = child.factors
            factors += [declarations.UnitFactor(f.name, f.number, sign * f.power, f.span) for f in group]
            sign = 1
        return declarations.UnitExpr(tuple(factors), self.over(c))

    def unit_power(self, c: Children) -> declarations.UnitExpr:
        power = 1.0
        if len(c) > 1:
            power = self.number_of(c[-1]) * (-1 if c[2].text == "-" else 1)
        base = c[0]
        if isinstance(base, declarations.UnitExpr):
            factors = tuple(declarations.UnitFactor(f.name, f.number, f.power * power, f.span) for f in base.factors)
        elif base.kind == "NUMBER":
            factors = (declarations.UnitFactor("", self.number_of(base), power, self.at(base)),)
        else:
            factors = (declarations.UnitFactor(unit_spelling(base.text), 1.0, power, self.at(base)),)
        return declarations.UnitExpr(factors, self.over(c))

    def unit_group(self, c: Children) -> declarations.UnitExpr:
        return declarations.UnitExpr(self._unit(c[1:-1]).factors, self.over(c))

    def letters(self, c: Children) -> Part:
        return Part("letters", tuple(self.name(t) for t in c[1:] if t.kind == "NAME"), self.over(c))

    def within(self, c: Children) -> Part:
        return Part("within", c[1], self.over(c))

    def value(self, c: Children) -> Part:
        return Part("value", c[1], self.over(c))

    def default(self, c: Children) -> Part:
        return Part("default", c[1], self.over(c))

    def from_file(self, c: Children) -> Part:
        return Part("file", self.quoted(c[1]), self.over(c))

    def from_name(self, c: Children) -> Part:
        return Part("scenarios", self.name(c[1]), self.over(c))

    def column(self, c: Children) -> Part:
        return Part("column", self.quoted(c[1]), self.over(c))

    def probability(self, c: Children) -> Part:
        return Part("probability", self.name(c[1]), self.over(c))

    def clustering(self, c: Children) -> Part:
        return Part("reduce", (self.name(c[1]), self.literal(c[2])), self.over(c))

    def seed(self, c: Children) -> Part:
        return Part("seed", self.literal(c[1]), self.over(c))

    def kind(self, c: Children) -> Part:
        return Part("kind", c[0].text, self.over(c))

    def interval(self, c: Children) -> Part:
        low, high = c[2], c[4]
        return Part(
            "bound", (declarations.Bound(">=", low, low.span), declarations.Bound("<=", high, high.span)), self.over(c)
        )

    def at_least(self, c: Children) -> Part:
        return Part("bound", (declarations.Bound(">=", c[1], self.over(c)),), self.over(c))

    def at_most(self, c: Children) -> Part:
        return Part("bound", (declarations.Bound("<=", c[1], self.over(c)),), self.over(c))

    def start_value(self, c: Children) -> Part:
        return Part("start", c[1], self.over(c))

    def starts(self, c: Children) -> Part:
        return Part("starts", c[1], self.over(c))

    def ends(self, c: Children) -> Part:
        relation = c[1].text if isinstance(c[1], Token) else "=="
        return Part("ends", declarations.Bound(relation, c[-1], self.over(c)), self.over(c))

    def cyclic(self, c: Children) -> Part:
        return Part("cyclic", True, self.over(c))

    def follows(self, c: Children) -> Part:
        leaders = tuple(child for child in c if isinstance(child, expressions.RefPart))
        optimistic = not (isinstance(c[-1], Token) and c[-1].kind == "PESSIMISTIC")
        return Part("follows", declarations.Follows(leaders, optimistic, self.over(c)), self.over(c))

    def body(self, c: Children) -> Part:
        return Part("body", tuple(c[1:-1]), self.over(c))

    def price(self, c: Children) -> Part:
        parts = self._parts(c)
        head = self._head(c[1], parts, _index(c))
        individual = isinstance(c[-1], Token) and c[-1].kind == "INDIVIDUAL"
        bounds = _value(parts, "bound") or ()
        return Part("price", declarations.PriceDecl(head, bounds, individual, self.over(c)), self.over(c))

    def extends(self, c: Children) -> Part:
        return Part("extends", self.name(c[1]), self.over(c))

    def along(self, c: Children) -> Part:
        return Part("over", self.name(c[1]), self.over(c))

    def series(self, c: Children) -> Part:
        return Part("series", tuple(e for e in c[1:] if not isinstance(e, Token)), self.over(c))

    # ------------------------------------------------------------ statements

    def game(self, c: Children) -> declarations.GameDecl:
        return declarations.GameDecl(self._head(c[1], self._parts(c)), self.over(c))

    def unit_name(self, c: Children) -> Token:
        name: Token = c[0]
        return name

    def unit(self, c: Children) -> declarations.UnitDecl:
        parts = self._parts(c)
        return declarations.UnitDecl(self._head(c[1], parts), _value(parts, "definition"), self.over(c))

    def set_(self, c: Children) -> declarations.SetDecl:
        parts = self._parts(c)
        letters = _value(parts, "letters") or ()
        return declarations.SetDecl(
            self._head(c[1], parts),
            letters,
            _value(parts, "within"),
            _value(parts, "value"),
            _value(parts, "file"),
            _value(parts, "column"),
            self.over(c),
        )

    def scenarios(self, c: Children) -> declarations.ScenariosDecl:
        parts = self._parts(c)
        method, count = _value(parts, "reduce") or (None, None)
        return declarations.ScenariosDecl(
            self._head(c[1], parts),
            _value(parts, "letters") or (),
            _value(parts, "file"),
            _value(parts, "probability"),
            method,
            count,
            _value(parts, "seed"),
            self.over(c),
        )

    def param(self, c: Children) -> declarations.ParamDecl:
        return self._param(c, c[1])

    def formal(self, c: Children) -> declarations.ParamDecl:
        return self._param(c, c[0])

    def _param(self, c: Children, name: Token) -> declarations.ParamDecl:
        parts = self._parts(c)
        return declarations.ParamDecl(
            self._head(name, parts, _index(c)),
            _value(parts, "value"),
            _value(parts, "default"),
            _value(parts, "file"),
            _value(parts, "scenarios"),
            _value(parts, "column"),
            _value(parts, "bound") or (),
            self.over(c),
        )

    def let(self, c: Children) -> declarations.LetDecl:
        parts = self._parts(c)
        return declarations.LetDecl(
            self._head(c[1], parts, _index(c)), self._needed_value(c, parts, "let"), self.over(c)
        )

    def _needed_value(self, c: Children, parts: dict[str, Part], keyword: str) -> expressions.Expr:
        value: expressions.Expr | None = _value(parts, "value")
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
            self._head(c[1], parts, _index(c)), _value(parts, "follows"), _value(parts, "body"), self.over(c)
        )

    def var(self, c: Children) -> declarations.VarDecl:
        parts = self._parts(c)
        return declarations.VarDecl(
            self._head(c[1], parts, _index(c)),
            _value(parts, "kind") or "real",
            _value(parts, "bound") or (),
            _value(parts, "start"),
            _value(parts, "starts"),
            _value(parts, "ends"),
            bool(_value(parts, "cyclic")),
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
        head = self._head(c[1], parts, _index(c[:colon]))
        return declarations.ConstraintDecl(kind, head, c[colon + 1], _value(parts, "price"), self.over(c))

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
        return declarations.UseDecl(self.name(c[1]), arguments, self.name(c[marker + 1]), _index(c), self.over(c))

    def case(self, c: Children) -> declarations.CaseDecl:
        parts = self._parts(c)
        changes = _value(parts, "body") or ()
        return declarations.CaseDecl(self._head(c[1], parts), _value(parts, "extends"), changes, self.over(c))

    def fix(self, c: Children) -> declarations.FixDecl:
        return declarations.FixDecl(c[1], c[3], self.over(c))

    def drop(self, c: Children) -> declarations.DropDecl:
        return declarations.DropDecl(c[1], self.over(c))

    def _report(self, c: Children, kind: str) -> declarations.ReportDecl:
        parts = self._parts(c)
        value = self._needed_value(c, parts, kind)
        return declarations.ReportDecl(kind, self._head(c[1], parts, _index(c)), value, self.over(c))

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
        return declarations.ComponentDecl(self._head(c[1], parts), formals, _value(parts, "body") or (), self.over(c))

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


PART_WORDS = {
    "column": "column of the file",
    "default": "default value",
    "doc": "doc string",
    "ends": "value at the end (`ends`)",
    "letters": "list of index letters (`index`)",
    "reduce": "clustering (`reduce`)",
    "start": "starting value (`start`)",
    "starts": "value before the first element (`starts`)",
    "tex": "TeX symbol",
    "within": "superset (`in`)",
}
"""What each part of a declaration is called in messages, where its kind does not say it."""


def unit_spelling(written: str) -> str:
    """The micro sign is written as one character in unit names, whichever of its two look-alikes was typed."""
    return written.replace("\u03bc", "\u00b5")


def _value(parts: dict[str, Part], kind: str) -> Any:
    part = parts.get(kind)
    return None if part is None else part.value


def _index(children: Children) -> expressions.IndexList | None:
    return next((child for child in children if isinstance(child, expressions.IndexList)), None)
