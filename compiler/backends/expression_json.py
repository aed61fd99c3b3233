"""Expressions, indices and sets of a checked game as trees of plain values: `tree`, `domain`, `set_tree`.

Each node is an object whose `op` says what it is; docs/game.schema.json names the rest. A letter is bound by the
innermost binder around it that has it.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, assert_never

from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, ConstraintDef, LetDef, ObjectiveDef, ParamDef, ReportDef, VarDef

Json = dict[str, Any]


def number(value: float) -> float | str:
    """The number, or `inf`, `-inf`, `nan`: JSON has no such numbers."""
    return value if isfinite(value) else "nan" if value != value else "inf" if value > 0 else "-inf"


def domain(instances: ir.Domain) -> Json:
    """`{"binders": [{"letters", "set"}], "where"}`: the product of the binders, filtered."""
    over = [{"letters": list(b.letters), "set": set_tree(b.over)} for b in instances.binders]
    return {"binders": over, "where": None if instances.where is None else tree(instances.where)}


def tree(node: ir.Expr | ir.Index) -> Json:
    match node:
        case ir.Number():
            return {"op": "number", "value": number(node.value)}
        case ir.IndexValue():
            return {"op": "index", "index": tree(node.index)}
        case ir.Ordinal():
            return {"op": "ord", "index": tree(node.index)}
        case ir.Cardinality():
            return {"op": "card", "set": set_tree(node.over)}
        case ir.Use():
            return {"op": "use", **_target(node.target), "indices": [tree(i) for i in node.indices]}
        case ir.Add():
            return {"op": "add", "signs": list(node.signs), "terms": [tree(t) for t in node.terms]}
        case ir.Multiply():
            return {"op": "multiply", "ops": list(node.ops), "factors": [tree(f) for f in node.factors]}
        case ir.Negate():
            return {"op": "negate", "operand": tree(node.operand)}
        case ir.Power():
            return {"op": "power", "base": tree(node.base), "exponent": tree(node.exponent)}
        case ir.Compare():
            return {"op": "compare", "relations": list(node.ops), "operands": [tree(o) for o in node.operands]}
        case ir.CompareIndex():
            return {"op": "compare_index", "relation": node.op, "left": tree(node.left), "right": tree(node.right)}
        case ir.Member():
            return {"op": "in", "indices": [tree(i) for i in node.indices], "set": set_tree(node.over)}
        case ir.Logic():
            return {"op": node.op, "operands": [tree(o) for o in node.operands]}
        case ir.Choose():
            parts = {"condition": node.condition, "then": node.then, "else": node.otherwise}
            return {"op": "if", **{name: tree(part) for name, part in parts.items()}}
        case ir.Apply():
            return {"op": "call", "function": node.function, "arguments": [tree(a) for a in node.arguments]}
        case ir.Reduce():
            return {"op": node.op, "domain": domain(node.domain), "body": tree(node.body)}
        case ir.Piecewise():
            points = {"x": [tree(x) for x in node.x], "y": [tree(y) for y in node.y]}
            return {"op": "piecewise", "subject": tree(node.subject), **points}
        case ir.Tiers():
            steps = {"limits": [tree(x) for x in node.limits], "rates": [tree(y) for y in node.rates]}
            return {"op": "tiers", "subject": tree(node.subject), **steps}
        case ir.Risk():
            parts = {"level": node.level, "probability": node.probability, "body": node.body}
            return {"op": "cvar", "domain": domain(node.domain), **{name: tree(part) for name, part in parts.items()}}
        case _:
            return _index(node)


def _index(node: ir.Index) -> Json:
    match node:
        case ir.Letter():
            return {"op": "letter", "letter": node.name}
        case ir.Shift():
            return {"op": "shift", "base": tree(node.base), "by": tree(node.offset)}
        case ir.Step():
            return {"op": "step", "base": tree(node.base), "count": tree(node.count)}
        case ir.Edge():
            return {"op": "last" if node.last else "first", "set": set_tree(node.over)}
        case ir.Element():
            return {"op": "element", "element": node.value}
        case ir.ElementOf():
            return {"op": "element_of", "value": tree(node.value)}
    assert_never(node)


def set_tree(node: ir.SetExpr) -> Json:
    """Which elements, as the text says it."""
    match node:
        case ir.SetName():
            return {"op": "set", "name": node.set.name}
        case ir.SetLiteral():
            return {"op": "elements", "elements": [list(e) if isinstance(e, tuple) else e for e in node.elements]}
        case ir.SetRange():
            step = None if node.step is None else tree(node.step)
            return {"op": "range", "low": tree(node.low), "high": tree(node.high), "step": step}
        case ir.SetFilter():
            return {"op": "filter", "domain": domain(node.domain)}
        case ir.SetCombination():
            name = {"*": "product"}.get(node.op, node.op)
            return {"op": name, "operands": [set_tree(o) for o in node.operands]}
    assert_never(node)


def _target(target: ir.Quantity) -> Json:
    """What a name stands for: its kind, and where it is declared."""
    match target:
        case CaseReport():
            return {"kind": "report", "player": "", "name": target.report.name, "case": target.case}
        case ReportDef():
            return {"kind": "report", "player": "", "name": target.name}
        case ParamDef():
            kind = "parameter"
        case LetDef():
            kind = "definition"
        case VarDef():
            kind = "variable"
        case ConstraintDef():
            kind = "price"
        case ObjectiveDef():
            kind = "objective"
        case _:
            assert_never(target)
    return {"kind": kind, "player": target.player, "name": target.name}
