"""Whether a variable surely stands in an expression: `surely_holds_variable`."""

from __future__ import annotations

from compiler.backends.bound_data import BoundData
from compiler.ir import expr as ir
from compiler.ir.game import LetDef, ObjectiveDef, VarDef


def surely_holds_variable(expression: ir.Expr, data: BoundData) -> bool:
    """Whether a variable stands in the expression with any numbers. A sum with a condition may run over nothing, an
    `if` may choose the part without."""
    match expression:
        case ir.Use(target=VarDef() as variable):
            stepped = any(isinstance(i, ir.Shift | ir.Step) for i in expression.indices)
            return variable.before is None or not stepped or surely_holds_variable(variable.before, data)
        case ir.Use(target=LetDef() | ObjectiveDef() as named):
            return surely_holds_variable(named.value, data)
        case ir.Add():
            return any(surely_holds_variable(t, data) for t in expression.terms)
        case ir.Multiply():
            return any(surely_holds_variable(f, data) for f in expression.factors)
        case ir.Negate():
            return surely_holds_variable(expression.operand, data)
        case ir.Power():
            return surely_holds_variable(expression.base, data)
        case ir.Choose():
            return all(surely_holds_variable(e, data) for e in (expression.then, expression.otherwise))
        case ir.Apply() | ir.Piecewise() | ir.Tiers() | ir.Risk() if expression.span in data.lifted:
            return True
        case ir.Reduce():
            whole = expression.domain.where is None and all(
                isinstance(b.over, ir.SetName) and data.elements(b.over.set) for b in expression.domain.binders
            )
            return whole and surely_holds_variable(expression.body, data)
        case _:
            return False
