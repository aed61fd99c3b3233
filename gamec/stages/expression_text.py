"""An expression of a checked game as text. In: `Expr`, `Index`, `SetExpr`, `Domain`; out: one line.

Every name is written out with its player and all of its indices, so that the text shows what a short name meant.
"""

from __future__ import annotations

from typing import assert_never

from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, ReportDef

_LOOSE, _AND, _COMPARED, _SUM, _PRODUCT, _SIGN, _POWER, _TIGHT = range(8)
"""How tightly an operator binds, loosest first."""


def expression_text(expression: ir.Expr) -> str:
    return _bound(expression)[0]


def domain_text(domain: ir.Domain) -> str:
    """`t in T, (k, s) in Link where c`, without brackets; empty where there is no index."""
    parts = [_binder(binder) for binder in domain.binders]
    condition = f" where {expression_text(domain.where)}" if domain.where is not None else ""
    return ", ".join(parts) + condition


def set_text(over: ir.SetExpr) -> str:
    match over:
        case ir.SetName():
            return over.set.name
        case ir.SetLiteral():
            return "{" + ", ".join(_element(e) for e in over.elements) + "}"
        case ir.SetRange():
            step = f" by {expression_text(over.step)}" if over.step is not None else ""
            return f"{expression_text(over.low)}..{expression_text(over.high)}{step}"
        case ir.SetFilter():
            return "{" + domain_text(over.domain) + "}"
        case ir.SetCombination():
            return "(" + f" {over.op} ".join(set_text(o) for o in over.operands) + ")"
    assert_never(over)


def index_text(index: ir.Index) -> str:
    match index:
        case ir.Letter():
            return index.name
        case ir.Shift():
            # `t - 1` is a shift by the sum of one negative term.
            if isinstance(index.offset, ir.Add) and index.offset.signs == (-1,):
                return f"{index_text(index.base)} - {_inside(index.offset.terms[0], _PRODUCT)}"
            return f"{index_text(index.base)} + {_inside(index.offset, _PRODUCT)}"
        case ir.Step():
            return f"step({index_text(index.base)}, {expression_text(index.count)})"
        case ir.Edge():
            return f"{'last' if index.last else 'first'}({set_text(index.over)})"
        case ir.Element():
            return _element(index.value)
        case ir.ElementOf():
            return f"element {_inside(index.value, _TIGHT)}"
    assert_never(index)


def target_name(target: object) -> str:
    """`player.name` of a declaration, the bare name of what belongs to nobody."""
    if isinstance(target, CaseReport | ReportDef):
        return target.name
    player, name = getattr(target, "player", ""), target.name  # type: ignore[attr-defined]
    return f"{player}.{name}" if player else str(name)


def _bound(expression: ir.Expr) -> tuple[str, int]:
    """The text and how tightly its outermost operator binds."""
    match expression:
        case ir.Number():
            return f"{expression.value:.15g}", _TIGHT if expression.value >= 0 else _SIGN
        case ir.IndexValue():
            return index_text(expression.index), _SUM if isinstance(expression.index, ir.Shift) else _TIGHT
        case ir.Ordinal():
            return f"ord({index_text(expression.index)})", _TIGHT
        case ir.Cardinality():
            return f"card({set_text(expression.over)})", _TIGHT
        case ir.Use():
            indices = ", ".join(map(index_text, expression.indices))
            return target_name(expression.target) + (f"[{indices}]" if indices else ""), _TIGHT
        case ir.Add():
            return _signed(expression), _SUM
        case ir.Multiply():
            first, *rest = [_inside(f, _PRODUCT + (k > 0)) for k, f in enumerate(expression.factors)]
            return first + "".join(f"{op}{f}" for op, f in zip(expression.ops[1:], rest, strict=True)), _PRODUCT
        case ir.Negate():
            return f"-{_inside(expression.operand, _PRODUCT)}", _SIGN
        case ir.Power():
            return f"{_inside(expression.base, _TIGHT)}^{_inside(expression.exponent, _TIGHT)}", _POWER
        case ir.Compare():
            first, *others = [_inside(o, _SUM) for o in expression.operands]
            return first + "".join(f" {op} {o}" for op, o in zip(expression.ops, others, strict=True)), _COMPARED
        case ir.CompareIndex():
            return f"{index_text(expression.left)} {expression.op} {index_text(expression.right)}", _COMPARED
        case ir.Member():
            letters = ", ".join(map(index_text, expression.indices))
            letters = f"({letters})" if len(expression.indices) > 1 else letters
            return f"{letters} in {set_text(expression.over)}", _COMPARED
        case ir.Logic():
            if expression.op == "not":
                return f"not {_inside(expression.operands[0], _COMPARED)}", _AND
            return f" {expression.op} ".join(_inside(o, _COMPARED) for o in expression.operands), _AND
        case ir.Choose():
            condition, then, other = map(expression_text, (expression.condition, expression.then, expression.otherwise))
            return f"if {condition} then {then} else {other}", _LOOSE
        case ir.Apply():
            return f"{expression.function}({', '.join(map(expression_text, expression.arguments))})", _TIGHT
        case ir.Reduce():
            # A sum takes the product that follows it, and no more.
            return f"{expression.op}({domain_text(expression.domain)}) {_inside(expression.body, _PRODUCT)}", _PRODUCT
        case ir.Piecewise():
            points = ", ".join(
                f"({expression_text(x)}, {expression_text(y)})" for x, y in zip(expression.x, expression.y, strict=True)
            )
            return f"piecewise({expression_text(expression.subject)}; {points})", _TIGHT
        case ir.Tiers():
            limits = [*map(expression_text, expression.limits), "rest"]
            pieces = ", ".join(
                f"{limit}: {expression_text(rate)}" for limit, rate in zip(limits, expression.rates, strict=True)
            )
            return f"tiers({expression_text(expression.subject)}; {pieces})", _TIGHT
        case ir.Risk():
            head = f"cvar({domain_text(expression.domain)}, {expression_text(expression.level)})"
            return f"{head} {_inside(expression.body, _PRODUCT)}", _PRODUCT
    assert_never(expression)


def _inside(expression: ir.Expr, tightness: int) -> str:
    text, own = _bound(expression)
    return text if own >= tightness else f"({text})"


def _signed(expression: ir.Add) -> str:
    words = ""
    for k, (sign, term) in enumerate(zip(expression.signs, expression.terms, strict=True)):
        text = _inside(term, _PRODUCT)
        words += text if k == 0 and sign > 0 else f"-{text}" if k == 0 else f" {'+' if sign > 0 else '-'} {text}"
    return words


def _binder(binder: ir.Binder) -> str:
    letters = ", ".join(binder.letters)
    return f"{f'({letters})' if len(binder.letters) > 1 else letters} in {set_text(binder.over)}"


def _element(value: object) -> str:
    return f"({', '.join(map(_element, value))})" if isinstance(value, tuple) else str(value)
