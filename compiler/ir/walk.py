"""What resolved expressions and sets hold: the quantities used, the plain set behind each index, the elements written
out."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import assert_never

from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, ConstraintDef, LetDef, ObjectiveDef, ReportDef, SetDef, Signature, VarDef


def components(expression: ir.SetExpr) -> tuple[SetDef, ...]:
    """The plain set of each part of the elements."""
    match expression:
        case ir.SetName():
            return expression.set.components or (expression.set,)
        case ir.SetLiteral() | ir.SetRange():
            width = (
                len(expression.elements[0])
                if isinstance(expression, ir.SetLiteral)
                and expression.elements
                and isinstance(expression.elements[0], tuple)
                else 1
            )
            return tuple(_anonymous(expression) for _ in range(width))
        case ir.SetFilter():
            return expression.domain.sets
        case ir.SetCombination():
            if expression.op == "*":
                return tuple(c for o in expression.operands for c in components(o))
            return components(expression.operands[0])
    assert_never(expression)


def _anonymous(expression: ir.SetExpr) -> SetDef:
    """A set without a name, which fits every position until its elements are looked up."""
    return SetDef(Signature(expression.span.text, expression.span), value=expression)


def index_set(index: ir.Index) -> SetDef | None:
    """The set an index takes its elements from, where the text says so."""
    match index:
        case ir.Letter():
            return index.set
        case ir.Shift() | ir.Step():
            return index_set(index.base)
        case ir.Edge():
            return index.component
        case ir.Element() | ir.ElementOf():
            return None
    assert_never(index)


def literal_elements(of: SetDef) -> tuple[object, ...]:
    """The elements of a set that the text lists; empty when only data or computation tell."""
    return of.value.elements if isinstance(of.value, ir.SetLiteral) else ()


def uses(expression: ir.Expr) -> list[ir.Use]:
    """Every use of a declared quantity in the expression, those in conditions and indices too."""
    found: list[ir.Use] = []
    stack: list[object] = [expression]
    while stack:
        item = stack.pop()
        match item:
            case ir.Use():
                found.append(item)
                stack.extend(item.indices)
            case ir.Add():
                stack.extend(item.terms)
            case ir.Multiply():
                stack.extend(item.factors)
            case ir.Negate():
                stack.append(item.operand)
            case ir.Power():
                stack += [item.base, item.exponent]
            case ir.Compare() | ir.Logic():
                stack.extend(item.operands)
            case ir.CompareIndex():
                stack += [item.left, item.right]
            case ir.Member():
                stack.extend(item.indices)
                stack.append(item.over)
            case ir.Choose():
                stack += [item.condition, item.then, item.otherwise]
            case ir.Apply():
                stack.extend(item.arguments)
            case ir.Reduce():
                stack += [item.domain, item.body]
            case ir.Piecewise():
                stack += [item.subject, *item.x, *item.y]
            case ir.Tiers():
                stack += [item.subject, *item.limits, *item.rates]
            case ir.Risk():
                stack += [item.domain, item.level, item.probability, item.body]
            case ir.Domain():
                stack.extend(b.over for b in item.binders)
                if item.where is not None:
                    stack.append(item.where)
            case ir.IndexValue() | ir.Ordinal():
                stack.append(item.index)
            case ir.Cardinality():
                stack.append(item.over)
            case ir.Shift():
                stack += [item.base, item.offset]
            case ir.Step():
                stack += [item.base, item.count]
            case ir.Edge():
                stack.append(item.over)
            case ir.ElementOf():
                stack.append(item.value)
            case ir.SetFilter():
                stack.append(item.domain)
            case ir.SetCombination():
                stack.extend(item.operands)
            case ir.SetRange():
                stack += [item.low, item.high, *([item.step] if item.step is not None else [])]
            case _:
                pass
    return found


def outer_letters(item: object) -> list[ir.Letter]:
    """Letters in an expression or set that it does not bind itself, in order of the text."""
    if isinstance(item, ir.Letter):
        return [item]
    if isinstance(item, tuple):
        return [letter for part in item for letter in outer_letters(part)]
    domain = getattr(item, "domain", None)
    if isinstance(domain, ir.Domain) and not isinstance(item, ir.Use):
        bound = {id(binder) for binder in domain.binders}
        return [x for part in _parts(item) for x in outer_letters(part) if id(x.binder) not in bound]
    if isinstance(item, ir.Binder):
        return outer_letters(item.over)
    if is_dataclass(item) and type(item).__module__ == ir.__name__ and not isinstance(item, ir.SetName):
        return [x for part in _parts(item) for x in outer_letters(part)]
    return []


def _parts(node: object) -> list[object]:
    assert is_dataclass(node)
    return [getattr(node, f.name) for f in fields(node) if f.name not in ("span", "target")]


def holds_variables(expression: ir.Expr) -> bool:
    """Whether players' decisions, shadow prices or objectives stand in the expression, lets expanded."""
    seen: set[int] = set()
    stack = [expression]
    while stack:
        for use in uses(stack.pop()):
            if isinstance(use.target, VarDef | ConstraintDef | ObjectiveDef | ReportDef | CaseReport):
                return True
            if isinstance(use.target, LetDef) and id(use.target) not in seen:
                seen.add(id(use.target))
                stack.append(use.target.value)
    return False
