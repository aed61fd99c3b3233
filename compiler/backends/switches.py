"""Expressions -> whether they are 0 or 1 by the text alone: binaries, `1 - b`, their products and powers."""

from __future__ import annotations

from compiler.ir import expr as ir
from compiler.ir.game import LetDef, VarDef


def zero_or_one(node: ir.Expr) -> bool:
    """Whether the expression holds variables and is 0 or 1 wherever these keep their bounds."""
    match node:
        case ir.Use(target=VarDef() as variable):
            stepped = any(isinstance(i, ir.Shift | ir.Step) for i in node.indices)
            # What stands before the first element counts like a value.
            known = variable.before is None or not stepped or _one_of(variable.before, 0.0, 1.0)
            return known and _binary(variable)
        case ir.Use(target=LetDef() as let):
            return zero_or_one(let.value)
        case ir.Add(signs=(1, -1), terms=(one, switch)):
            return _one_of(one, 1.0) and zero_or_one(switch)
        case ir.Multiply():
            return set(node.ops) == {"*"} and all(map(zero_or_one, node.factors))
        case ir.Power():
            return zero_or_one(node.base) and isinstance(node.exponent, ir.Number) and node.exponent.value > 0
        case _:
            return False


def _binary(variable: VarDef) -> bool:
    if variable.kind != "integer":
        return variable.kind == "binary"
    ends = {b.relation for b in variable.bounds if _one_of(b.value, 0.0, 1.0)}
    return {"<=", ">="} <= ends or "==" in ends


def _one_of(node: ir.Expr, *values: float) -> bool:
    return isinstance(node, ir.Number) and node.value in values
