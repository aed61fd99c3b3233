"""Grammar rules of what a declaration is made of -> `Part`s: `PartBuilder`, between `ExpressionBuilder` and `Builder`.

Units, bounds, doc strings and the like come in any order; a part given twice is reported here, in `findings`.
"""

from __future__ import annotations

from typing import Any

from compiler.syntax import declarations, expressions
from compiler.syntax.build_expressions import Children, ExpressionBuilder, Part
from grammar.diagnostics import Label
from grammar.tokens import Token

SOURCES = ("value", "file", "scenarios")
"""Parts that say where the values of a declaration come from."""


class PartBuilder(ExpressionBuilder):
    """Builds the parts of declarations and puts those of one declaration together."""

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
            factors = (declarations.UnitFactor(_unit_spelling(base.text), 1.0, power, self.at(base)),)
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
        head = self._head(c[1], parts, index_among(c))
        individual = isinstance(c[-1], Token) and c[-1].kind == "INDIVIDUAL"
        bounds = value_in(parts, "bound") or ()
        return Part("price", declarations.PriceDecl(head, bounds, individual, self.over(c)), self.over(c))

    def extends(self, c: Children) -> Part:
        return Part("extends", self.name(c[1]), self.over(c))

    def along(self, c: Children) -> Part:
        return Part("over", self.name(c[1]), self.over(c))

    def series(self, c: Children) -> Part:
        return Part("series", tuple(e for e in c[1:] if not isinstance(e, Token)), self.over(c))

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
            value_in(parts, "unit"),
            value_in(parts, "doc") or "",
            value_in(parts, "tex") or "",
        )


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


def _unit_spelling(written: str) -> str:
    """The micro sign is written as one character in unit names, whichever of its two look-alikes was typed."""
    return written.replace("\u03bc", "\u00b5")


def value_in(parts: dict[str, Part], kind: str) -> Any:
    """What the part of this kind says; None if there is none."""
    part = parts.get(kind)
    return None if part is None else part.value


def index_among(children: Children) -> expressions.IndexList | None:
    """The index of a declaration, if it has one."""
    return next((child for child in children if isinstance(child, expressions.IndexList)), None)
