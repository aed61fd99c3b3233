"""Syntax expressions -> resolved ones: `Resolver` looks up names, binds letters, checks index counts and sets.

An expression that cannot be resolved is reported once and raises `Unresolved`: its declaration is given up.
"""

from __future__ import annotations

from typing import assert_never

from compiler.ir import expr as ir
from compiler.ir.functions import FUNCTIONS, INDEX_FUNCTIONS
from compiler.ir.game import CaseReport, ConstraintDef, LetDef, ObjectiveDef, ReportDef, SetDef, VarDef
from compiler.ir.walk import components, holds_variables, index_set, literal_elements, uses
from compiler.ir.words import count
from compiler.semantics.resolve_indices import IndexResolver
from compiler.semantics.scope import Environment
from compiler.syntax import expressions
from grammar.diagnostics import did_you_mean


class Resolver(IndexResolver):
    """Resolves the expressions of one declaration's place: `player` is the block it stands in."""

    def expression(self, node: expressions.Expr, environment: Environment) -> ir.Expr:
        """A number or an expression of variables."""
        match node:
            case expressions.Number():
                return ir.Number(node.value, node.span)
            case expressions.Ref(parts=(part,)) if part.index is None and part.name.text in environment:
                letter = environment[part.name.text]
                return ir.IndexValue(ir.Letter(letter.binder, letter.place, node.span), node.span)
            case expressions.Ref(parts=(part,)) if (
                part.index is None and part.name.text == "inf" and self.scope.find("inf", self.place) is None
            ):
                return ir.Number(float("inf"), node.span)
            case expressions.Ref():
                return self.use(node, environment)
            case expressions.Sum():
                return ir.Add(node.signs, tuple(self.expression(t, environment) for t in node.terms), node.span)
            case expressions.Product():
                return ir.Multiply(node.ops, tuple(self.expression(f, environment) for f in node.factors), node.span)
            case expressions.Negation():
                return ir.Negate(self.expression(node.operand, environment), node.span)
            case expressions.Power():
                return ir.Power(
                    self.expression(node.base, environment), self.data(node.exponent, environment), node.span
                )
            case expressions.IfElse():
                return ir.Choose(
                    self.condition(node.condition, environment),
                    self.expression(node.then, environment),
                    self.expression(node.otherwise, environment),
                    node.span,
                )
            case expressions.Reduce():
                return self._reduce(node, environment)
            case expressions.Call():
                return self._call(node, environment)
            case expressions.PiecewiseCall():
                return self._curve(node, environment)
            case expressions.Compare() | expressions.Logic() | expressions.Not():
                raise self.fail(
                    "G108",
                    "a condition stands where a number is expected",
                    node.span,
                    "true or false, not a number",
                    hints=["write `if condition then 1 else 0`"],
                )
            case expressions.Implies() | expressions.Perp():
                raise self.fail("G108", "a relation stands where a number is expected", node.span, "not a number")
            case expressions.Text():
                raise self.fail(
                    "G108",
                    "a text stands where a number is expected",
                    node.span,
                    "an element of a set, not a number",
                    hints=['quoted elements stand in indices and comparisons: `cost["g 1"]`, `k == "g 1"`'],
                )
            case expressions.Tuple():
                raise self.fail(
                    "G108",
                    "a comma stands inside parentheses",
                    node.span,
                    "a number is expected",
                    hints=["a decimal point is `.`; several indices stand in brackets: `x[i, t]`"],
                )
            case expressions.Range() | expressions.SetOperation() | expressions.Braces() | expressions.Table():
                raise self.fail("G108", "a set stands where a number is expected", node.span, "not a number")
        assert_never(node)

    def data(self, node: expressions.Expr, environment: Environment) -> ir.Expr:
        """An expression that must not hold variables."""
        found = self.expression(node, environment)
        for use in uses(found):
            if isinstance(use.target, VarDef | ConstraintDef | ObjectiveDef | ReportDef | CaseReport) or (
                isinstance(use.target, LetDef) and holds_variables(use.target.value)
            ):
                raise self.fail(
                    "G509",
                    f"`{use.span.text}` is decided by a player; data are expected here",
                    use.span,
                    "not data",
                    hints=["sets, conditions, exponents and parameters are made of numbers and parameters"],
                )
        return found

    def _reduce(self, node: expressions.Reduce, environment: Environment) -> ir.Expr:
        op = node.op.text
        if op not in ("expect", "cvar"):
            domain, inner = self._reduction(node.items, environment)
            return ir.Reduce(op, domain, self.expression(node.body, inner), node.span)
        items, level = node.items, None
        if op == "cvar":
            if len(items.items) < 2:
                raise self.fail(
                    "G207",
                    "`cvar` needs a level",
                    items.span,
                    "only a letter",
                    hints=["write `cvar(w, 0.95) loss[w]`"],
                )
            level = self.data(items.items[-1], environment)
            items = expressions.IndexList(items.items[:-1], items.where, items.span)
        domain, inner = self._reduction(items, environment)
        probability = self._probability(domain, node)
        body = self.expression(node.body, inner)
        if level is None:
            return ir.Reduce("sum", domain, ir.Multiply(("*", "*"), (probability, body), node.body.span), node.span)
        return ir.Risk(domain, level, probability, body, node.span)

    def _reduction(self, items: expressions.IndexList, environment: Environment) -> tuple[ir.Domain, Environment]:
        domain, inner = self.domain(items, environment)
        self.reductions |= {id(binder) for binder in domain.binders}
        return domain, inner

    def _probability(self, domain: ir.Domain, node: expressions.Reduce) -> ir.Expr:
        """The product of the probabilities of the scenarios that the letters run over."""
        factors: list[ir.Expr] = []
        for binder in domain.binders:
            for place, of in enumerate(binder.components):
                if of.probability is None:
                    raise self.fail(
                        "G303",
                        f"`{node.op.text}` runs over scenarios, `{of.name}` is a plain set",
                        binder.span,
                        "its elements have no probabilities",
                        hints=[
                            f"declare it: `scenarios {of.name} index {binder.letters[place]} "
                            'from "FILE" probability p`',
                            "a plain sum is `sum(...)`, a plain mean `mean(...)`",
                        ],
                    )
                factors.append(ir.Use(of.probability, (ir.Letter(binder, place, binder.span),), binder.span))
        return (
            factors[0]
            if len(factors) == 1
            else ir.Multiply(("*",) * len(factors), tuple(factors), domain.span or node.span)
        )

    def _curve(self, node: expressions.PiecewiseCall, environment: Environment) -> ir.Expr:
        name = node.function.text
        subject = self.expression(node.subject, environment)
        if name == "piecewise":
            points = []
            for entry in node.pieces:
                if entry.value is not None or not isinstance(entry.key, expressions.Tuple) or len(entry.key.items) != 2:
                    raise self.fail(
                        "G108",
                        "a piece is a point `(x, y)`",
                        entry.span,
                        "not a point",
                        hints=["write `piecewise(e; (0, 0), (100, 50))`"],
                    )
                points.append(tuple(self.data(item, environment) for item in entry.key.items))
            if len(points) < 2:
                raise self.fail(
                    "G207",
                    "`piecewise` needs two points at least",
                    node.pieces[0].span if node.pieces else node.span,
                    "the only point",
                    hints=["write `piecewise(e; (0, 0), (100, 50))`"],
                )
            return ir.Piecewise(subject, tuple(x for x, _ in points), tuple(y for _, y in points), node.span)
        if name == "tiers":
            return self._tiers(node, subject, environment)
        raise self.fail(
            "G206",
            f"no function `{name}` takes pieces",
            node.function.span,
            "unknown function",
            hints=did_you_mean(name, ["piecewise", "tiers"], node.function.span)
            or ["`piecewise(e; (0, 0), (100, 50))` and `tiers(e; 100: 0.5, rest: 0.8)` do"],
        )

    def _tiers(self, node: expressions.PiecewiseCall, subject: ir.Expr, environment: Environment) -> ir.Expr:
        limits: list[ir.Expr] = []
        rates: list[ir.Expr] = []
        for number, entry in enumerate(node.pieces):
            if entry.value is None:
                raise self.fail(
                    "G108",
                    "a tier is `limit: rate`",
                    entry.span,
                    "no rate",
                    hints=["write `tiers(e; 100: 0.5, rest: 0.8)`"],
                )
            rest = isinstance(entry.key, expressions.Ref) and entry.key.span.text == "rest"
            if rest != (number == len(node.pieces) - 1):
                raise self.fail(
                    "G108",
                    "the last tier, and only the last, is `rest`",
                    entry.key.span,
                    "`rest` is missing" if not rest else "not the last tier",
                    hints=["write `tiers(e; 100: 0.5, 200: 0.6, rest: 0.8)`: up to 100, from there to 200, beyond"],
                )
            if not rest:
                limits.append(self.data(entry.key, environment))
            rates.append(self.expression(entry.value, environment))
        if not limits:
            raise self.fail(
                "G207", "one tier is a plain product", node.pieces[0].span, "the only tier", hints=["write `rate*e`"]
            )
        return ir.Tiers(subject, tuple(limits), tuple(rates), node.span)

    def _call(self, node: expressions.Call, environment: Environment) -> ir.Expr:
        name = node.function.text
        if name == "card":
            if len(node.arguments) != 1:
                raise self._argument_count(node, "one set", "write `card(T)`")
            return ir.Cardinality(self.fixed_set(node.arguments[0], environment), node.span)
        if name == "ord":
            if len(node.arguments) != 1:
                raise self._argument_count(node, "one index letter", "write `ord(t)`")
            return ir.Ordinal(self._index(node.arguments[0], environment, None), node.span)
        if name in INDEX_FUNCTIONS:
            return ir.IndexValue(self._step(node, environment), node.span)
        function = FUNCTIONS.get(name)
        if function is None:
            if self.scope.find(name, self.place) is not None:
                raise self.fail(
                    "G206",
                    f"`{name}` is no function",
                    node.function.span,
                    "parentheses call a function",
                    hints=[f"indices stand in brackets: `{name}[...]`; a product needs `*`: `{name}*(...)`"],
                )
            raise self.fail(
                "G206",
                f"no function `{name}`",
                node.function.span,
                "unknown function",
                hints=did_you_mean(name, [*FUNCTIONS, *INDEX_FUNCTIONS], node.function.span)
                or [f"functions: {', '.join(FUNCTIONS)}"],
            )
        given = len(node.arguments)
        if given < function.least or (function.most is not None and given > function.most):
            least = "at least " if function.most != function.least else ""
            arguments = ", ".join("abcdef"[: function.least])
            raise self._argument_count(
                node, f"{least}{count(function.least, 'argument')}", f"write `{name}({arguments})`"
            )
        return ir.Apply(name, tuple(self.expression(a, environment) for a in node.arguments), node.span)

    # ------------------------------------------------------------ conditions

    def condition(self, node: expressions.Expr, environment: Environment) -> ir.Expr:
        """Something true or false, decided by data."""
        match node:
            case expressions.Logic():
                return ir.Logic(node.op, tuple(self.condition(o, environment) for o in node.operands), node.span)
            case expressions.Not():
                return ir.Logic("not", (self.condition(node.operand, environment),), node.span)
            case expressions.Compare():
                pairs = [
                    self._comparison(op, left, right, environment, node)
                    for op, left, right in zip(node.ops, node.operands[:-1], node.operands[1:], strict=True)
                ]
                return pairs[0] if len(pairs) == 1 else ir.Logic("and", tuple(pairs), node.span)
            case expressions.Implies() | expressions.Perp():
                raise self.fail("G108", "a relation stands where a condition on data is expected", node.span)
            case _:
                found = self.data(node, environment)
                return ir.Compare(("!=",), (found, ir.Number(0.0, node.span)), node.span)

    def _comparison(
        self,
        op: str,
        left: expressions.Expr,
        right: expressions.Expr,
        environment: Environment,
        node: expressions.Compare,
    ) -> ir.Expr:
        if op == "in":
            items = left.items if isinstance(left, expressions.Tuple) else (left,)
            over = self.fixed_set(right, environment)
            parts = components(over)
            if len(parts) != len(items):
                raise self.fail(
                    "G301",
                    f"{count(len(items), 'index', 'indices')} against elements of {count(len(parts), 'part')}",
                    node.span,
                )
            return ir.Member(tuple(self._index(i, environment, None) for i in items), over, node.span)
        sides = self._elements(left, right, environment)
        if sides is not None:
            return ir.CompareIndex(op, sides[0], sides[1], node.span)
        return ir.Compare((op,), (self.data(left, environment), self.data(right, environment)), node.span)

    def _elements(
        self, left: expressions.Expr, right: expressions.Expr, environment: Environment
    ) -> tuple[ir.Index, ir.Index] | None:
        """Both sides as elements of a set, when the comparison is one of elements."""

        def positional(node: expressions.Expr) -> bool:
            return self._positional(node, environment) and not (
                isinstance(node, expressions.Ref) and node.parts[0].name.text not in environment
            )

        def name(node: expressions.Expr) -> bool:
            return isinstance(node, expressions.Text) or (
                isinstance(node, expressions.Ref) and len(node.parts) == 1 and node.parts[0].index is None
            )

        def whole(part: SetDef | None) -> SetDef | None:
            """The set that a subset is part of: its elements too may be compared with."""
            while part is not None and isinstance(part.parent, ir.SetName):
                part = part.parent.set
            return part

        def of(node: expressions.Expr) -> SetDef | None:
            return index_set(self._index(node, environment, None))

        if positional(left) and positional(right):
            return self._index(left, environment, None), self._index(right, environment, None)
        for one, other in ((left, right), (right, left)):
            if not (positional(one) and name(other)):
                continue
            target = whole(of(one))
            text = other.value if isinstance(other, expressions.Text) else other.parts[0].name.text  # type: ignore[union-attr]
            is_element = target is not None and text in literal_elements(target)
            if (
                isinstance(other, expressions.Ref)
                and not is_element
                and self.scope.find(str(text), self.place) is not None
            ):
                return None
            found = {id(one): self._index(one, environment, None), id(other): self.index(other, environment, target)}
            return found[id(left)], found[id(right)]
        return None


# ---------------------------------------------------------------- what resolved expressions hold
