"""Grammar rules of expressions -> syntax nodes: `ExpressionBuilder`, the lowest part of `Builder`.

It holds what all parts share, too: the places that nodes come from, names and literals.
"""

from __future__ import annotations

from dataclasses import replace
from math import isinf
from typing import Any, NamedTuple

from compiler.syntax import expressions
from grammar.diagnostics import Findings
from grammar.source import Source, Span
from grammar.tokens import Token

Children = list[Any]


class Part(NamedTuple):
    """An optional piece of a declaration: which, what, where."""

    kind: str
    value: Any
    span: Span


class ExpressionBuilder:
    """Builds the nodes of one source at a time; `begin` names it."""

    def begin(self, source: Source, findings: Findings) -> None:
        self.source = source
        self.findings = findings
        self.balanced = True

    def unbalanced(self) -> None:
        """Braces do not match: what stands where is not the writer's mistake."""
        self.balanced = False

    # ------------------------------------------------------------ places

    def at(self, token: Token) -> Span:
        return Span(self.source, token.start, token.end)

    def span_of(self, child: Any) -> Span:
        return self.at(child) if isinstance(child, Token) else child.span

    def over(self, children: Children) -> Span:
        """From the first to the last of the parts of a rule."""
        first, last = children[0], children[-1]
        start = first.start if type(first) is Token else first.span.start
        return Span(self.source, start, last.end if type(last) is Token else last.span.end)

    def name(self, token: Token) -> expressions.Name:
        return expressions.Name(token.text, self.at(token))

    def quoted(self, token: Token) -> expressions.Text:
        return expressions.Text(token.text[1:-1], self.at(token))

    def number_of(self, token: Token) -> float:
        """The value of a number; one that overflows, or is not zero and underflows to it, is reported."""
        number = float(token.text)
        if isinf(number):
            self._out_of_range(token, "large", "write `inf` for no bound, or choose another unit")
        elif number == 0 and any(c in "123456789" for c in token.text.lower().partition("e")[0]):
            self._out_of_range(token, "small", "write `0`, or choose another unit")
        return number

    def _out_of_range(self, token: Token, size: str, hint: str) -> None:
        text = token.text if len(token.text) <= 12 else f"{token.text[:8]}..."
        headline = f"the number `{text}` is too {size} for the computer"
        self.findings.add("G113", headline, self.at(token), "numbers reach from about 1e-308 to 1e308", hints=[hint])

    def literal(self, token: Token) -> expressions.Number:
        return expressions.Number(self.number_of(token), self.at(token))

    # ------------------------------------------------------------ expressions

    def number(self, c: Children) -> expressions.Number:
        return self.literal(c[0])

    def text(self, c: Children) -> expressions.Text:
        return self.quoted(c[0])

    def part(self, c: Children) -> expressions.RefPart:
        return expressions.RefPart(self.name(c[0]), c[1] if len(c) > 1 else None, self.over(c))

    def ref(self, c: Children) -> expressions.Ref:
        return expressions.Ref(tuple(c[::2]), self.over(c))

    def where(self, c: Children) -> Part:
        return Part("where", c[1], self.over(c))

    def items(self, c: Children) -> expressions.IndexList:
        where = c[-1].value if isinstance(c[-1], Part) else None
        return expressions.IndexList(_expressions(c), where, self.over(c))

    def index(self, c: Children) -> expressions.IndexList:
        return expressions.IndexList(c[1].items, c[1].where, self.over(c))

    def group(self, c: Children) -> expressions.Expr:
        inner: expressions.Expr = c[1]
        return replace(inner, span=self.over(c))

    def tuple_(self, c: Children) -> expressions.Tuple:
        return expressions.Tuple(_expressions(c), self.over(c))

    def call(self, c: Children) -> expressions.Call:
        return expressions.Call(self.name(c[0]), _expressions(c), self.over(c))

    def entry(self, c: Children) -> expressions.Entry:
        return expressions.Entry(c[0], c[2] if len(c) > 1 else None, self.over(c))

    def piecewise(self, c: Children) -> expressions.PiecewiseCall:
        entries = tuple(child for child in c if isinstance(child, expressions.Entry))
        return expressions.PiecewiseCall(self.name(c[0]), c[2], entries, self.over(c))

    def braces(self, c: Children) -> expressions.Braces:
        where = next((child.value for child in c if isinstance(child, Part)), None)
        return expressions.Braces(
            tuple(child for child in c if isinstance(child, expressions.Entry)), where, self.over(c)
        )

    def cell(self, c: Children) -> expressions.Expr:
        last = c[-1]
        if last.kind == "NUMBER":
            number = self.number_of(last)
            return expressions.Number(-number if len(c) > 1 else number, self.over(c))
        return self.quoted(last) if last.kind == "STRING" else expressions.Text(last.text, self.at(last))

    def table(self, c: Children) -> expressions.Table:
        rows: dict[int, list[expressions.Expr]] = {}
        for cell in c[2:-1]:
            rows.setdefault(cell.span.line, []).append(cell)
        return expressions.Table(tuple(tuple(row) for row in rows.values()), self.over(c))

    def sum_(self, c: Children) -> expressions.Sum:
        signs = (1, *(-1 if t.text == "-" else 1 for t in c[1::2]))
        return expressions.Sum(signs, tuple(c[::2]), self.over(c))

    def product(self, c: Children) -> expressions.Product:
        return expressions.Product(("*", *(t.text for t in c[1::2])), tuple(c[::2]), self.over(c))

    def negation(self, c: Children) -> expressions.Expr:
        operand: expressions.Expr = c[1]
        return expressions.Negation(operand, self.over(c)) if c[0].text == "-" else operand

    negated_reduction = negation

    def power(self, c: Children) -> expressions.Power:
        return expressions.Power(c[0], c[2], self.over(c))

    def reduction(self, c: Children) -> expressions.Reduce:
        return expressions.Reduce(self.name(c[0]), c[2], c[4], self.over(c))

    def range_(self, c: Children) -> expressions.Range:
        return expressions.Range(c[0], c[2], c[4] if len(c) > 3 else None, self.over(c))

    def set_operation(self, c: Children) -> expressions.SetOperation:
        return expressions.SetOperation(("union", *(t.text for t in c[1::2])), tuple(c[::2]), self.over(c))

    def comparison(self, c: Children) -> expressions.Compare:
        return expressions.Compare(tuple(t.text for t in c[1::2]), tuple(c[::2]), self.over(c))

    def not_(self, c: Children) -> expressions.Not:
        return expressions.Not(c[1], self.over(c))

    def and_(self, c: Children) -> expressions.Logic:
        return expressions.Logic("and", tuple(c[::2]), self.over(c))

    def or_(self, c: Children) -> expressions.Logic:
        return expressions.Logic("or", tuple(c[::2]), self.over(c))

    def implies(self, c: Children) -> expressions.Implies:
        return expressions.Implies(c[0], c[2], self.over(c))

    def perp(self, c: Children) -> expressions.Perp:
        return expressions.Perp(c[0], c[2], self.over(c))

    def if_else(self, c: Children) -> expressions.IfElse:
        return expressions.IfElse(c[1], c[3], c[5], self.over(c))


def _expressions(children: Children) -> tuple[expressions.Expr, ...]:
    return tuple(child for child in children if not isinstance(child, Token | Part))
