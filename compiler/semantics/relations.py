"""The relation of a constraint -> its normal form: two sides and <=, >= or ==, or a range with a middle."""

from __future__ import annotations

from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, VarDef
from compiler.semantics.resolve import Resolver
from compiler.semantics.scope import Environment
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Edit, Hint
from grammar.source import Span


def normal_relation(
    d: ConstraintDef, node: declarations.ConstraintDecl, resolver: Resolver, environment: Environment
) -> None:
    """Fill in the definition's sides. Reports G104 and G109 and raises `Unresolved` for what is no relation."""
    relation = node.relation
    if node.price is not None:
        _check_price_index(node, resolver)
    match relation:
        case expressions.Implies():
            d.condition, d.holds_at = _binary(relation.condition, resolver, environment)
            if d.price is not None:
                raise resolver.fail(
                    "G706",
                    "an implication has no shadow price",
                    d.price.span,
                    "it binds by a binary",
                    hints=["leave the price out"],
                )
            relation = relation.relation
        case expressions.Perp():
            if d.price is not None:
                raise resolver.fail(
                    "G706",
                    "a complementarity has no shadow price",
                    d.price.span,
                    "two sides, one of them zero",
                    hints=["leave the price out"],
                )
            d.perp = (
                _nonnegative(relation.left, resolver, environment),
                _nonnegative(relation.right, resolver, environment),
            )
            d.relation, d.left, d.right = "perp", *d.perp
            return
        case _:
            pass
    match relation:
        case expressions.Compare():
            pass
        case _:
            raise resolver.fail(
                "G109",
                f"constraint `{d.name}` holds no relation",
                relation.span,
                "`<=`, `>=` or `==` is missing",
                hints=["write `left <= right`, `left >= right` or `left == right`"],
            )
    for before, op in zip(relation.operands, relation.ops, strict=False):
        if op in ("<=", ">=", "=="):
            continue
        place = _operator(op, before.span)
        if op in ("<", ">"):
            raise resolver.fail(
                "G109",
                f"a constraint cannot be strict (`{op}`): its optimum would not be reached",
                place,
                "strict",
                hints=[Hint(f"write `{op}=`", Edit(place, f"{op}="))],
            )
        raise resolver.fail(
            "G109",
            f"`{op}` makes no constraint",
            place,
            "not a relation that a solver can keep",
            hints=["constraints are made with `<=`, `>=` and `==`"],
        )
    sides = [resolver.expression(o, environment) for o in relation.operands]
    if len(sides) == 2:
        d.relation, d.left, d.right = relation.ops[0], sides[0], sides[1]
    elif len(sides) == 3 and relation.ops in (("<=", "<="), (">=", ">=")):
        low, high = (sides[0], sides[2]) if relation.ops[0] == "<=" else (sides[2], sides[0])
        d.relation, d.left, d.middle, d.right = "range", low, sides[1], high
    else:
        raise resolver.fail(
            "G109",
            "this chain of relations is no range",
            relation.span,
            "relations that turn, or too many",
            hints=["a range is `a <= e <= b`; write several constraints for more"],
        )


def _operator(op: str, before: Span) -> Span:
    """The place of the operator behind an operand."""
    at = before.source.text.find(op, before.end)
    return Span(before.source, at, at + len(op))


def _binary(node: expressions.Expr, resolver: Resolver, environment: Environment) -> tuple[ir.Expr, bool]:
    """The condition of an implication: a binary, or `not` one."""
    negated = isinstance(node, expressions.Not)
    inner = node.operand if isinstance(node, expressions.Not) else node
    if isinstance(inner, expressions.Ref):
        use = resolver.use(inner, environment)
        if isinstance(use, ir.Use) and isinstance(use.target, VarDef) and use.target.kind == "binary":
            return use, not negated
    raise resolver.fail(
        "G109",
        "the condition of an implication is a binary variable, or `not` one",
        node.span,
        "not a binary",
        hints=["write `on[t] => ...` with `var on[t] binary`; a condition on data stands in `where`"],
    )


def _nonnegative(node: expressions.Expr, resolver: Resolver, environment: Environment) -> ir.Expr:
    """The expression of one side of a complementarity: `0 <= x`, `x >= 0`."""
    if isinstance(node, expressions.Compare) and len(node.ops) == 1:
        low, high = node.operands if node.ops[0] == "<=" else node.operands[::-1]
        if node.ops[0] in ("<=", ">=") and isinstance(low, expressions.Number) and low.value == 0:
            return resolver.expression(high, environment)
    raise resolver.fail(
        "G109",
        "each side of `perp` says that an expression is at least zero",
        node.span,
        "not of the form `e >= 0`",
        hints=["write `0 <= x perp e >= 0`"],
    )


def _check_price_index(node: declarations.ConstraintDecl, resolver: Resolver) -> None:
    """A price's index, where written, repeats its constraint's."""
    assert node.price is not None
    written = node.price.head.index
    if written is None:
        return
    mine = [] if node.head.index is None else [_letters(i) for i in node.head.index.items]
    if [_letters(i) for i in written.items] != mine:
        raise resolver.fail(
            "G301",
            f"the price `{node.price.head.name.text}` has another index than its constraint",
            written.span,
            "repeats the constraint's index",
            hints=[
                f"write `{node.price.head.name.text}[{', '.join(x for m in mine for x in m)}]`"
                if mine
                else "leave the index out"
            ],
        )


def _letters(item: expressions.Expr) -> tuple[str, ...]:
    match item:
        case expressions.Compare(ops=("in",), operands=(left, _)):
            return _letters(left)
        case expressions.Tuple():
            return tuple(x for i in item.items for x in _letters(i))
        case _:
            return (item.span.text,)
