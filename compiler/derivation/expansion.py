"""An expression -> the same with what it names written out: named expressions that hold variables, and what a stepped
variable is beyond its first element."""

from __future__ import annotations

from compiler.derivation.faults import Underivable
from compiler.derivation.substitution import Letters, PlaceLost, rebuilt, substituted
from compiler.ir import expr as ir
from compiler.ir.game import LetDef, ObjectiveDef, VarDef
from compiler.ir.walk import holds_variables, outer_letters
from compiler.ir.words import short


def expanded(node: ir.Expr) -> ir.Expr:
    """Every named expression of variables in place of its name, all levels at once; those of data alone keep their
    names. Raises `Underivable` where a name is used at places of another set than it is declared for."""
    match node:
        case ir.Use(target=LetDef() | ObjectiveDef() as named) if holds_variables(named.value):
            try:
                return expanded(substituted(named.value, at_indices(named.domain, node.indices)))
            except PlaceLost:
                raise Underivable(
                    f"`{short(node.span)}` asks for places in another set than `{named.name}` is declared for",
                    node.span,
                    "steps along another set",
                    "write the expression out instead of its name",
                ) from None
        case ir.Use(target=VarDef() as variable) if variable.before is not None:
            return with_before(node, variable)
        case _:
            return rebuilt(node, expanded)


def at_indices(domain: ir.Domain, indices: tuple[ir.Index, ...]) -> Letters:
    """The indices of a use for the letters of the declaration."""
    keys = [(id(b), k) for b in domain.binders for k in range(len(b.letters))]
    return dict(zip(keys, indices, strict=True))


def with_before(use: ir.Use, variable: VarDef) -> ir.Expr:
    """`x[t-1]` of a variable with `starts e` as what it is: x where there is a `t-1`, else e. Only where e holds
    variables; data that are added change no derivative."""
    assert variable.before is not None
    stepped = [k for k, i in enumerate(use.indices) if isinstance(i, ir.Shift | ir.Step)]
    if not stepped or not holds_variables(variable.before):
        return use
    if outer_letters(variable.before) or len(stepped) > 1:
        raise Underivable(
            f"`starts` of `{variable.name}` holds a variable and an index",
            variable.before.span,
            "decided by a player",
            f"declare a variable for the value, and bind the first `{variable.name}` to it by a constraint",
        )
    k = stepped[0]
    over = ir.SetName(variable.domain.sets[k], use.span)
    inside = ir.Member((use.indices[k],), over, use.span)
    return ir.Choose(inside, use, expanded(variable.before), use.span)
