"""The relation of a constraint -> its normal form: two sides and <=, >= or ==, or a range with a middle."""

from __future__ import annotations

from compiler.ir.game import ConstraintDef
from compiler.semantics.resolve import Resolver
from compiler.semantics.scope import Environment
from compiler.syntax import nodes
from grammar.diagnostics import Edit, Hint


def normal_relation(d: ConstraintDef, node: nodes.ConstraintDecl, resolver: Resolver, environment: Environment) -> None:
    """Fill in the definition's sides. Reports G104, G107 and G109 and raises `Unresolved` for what is no relation."""
    relation = node.relation
    if node.price is not None:
        _check_price_index(node, resolver)
    match relation:
        case nodes.Implies():
            raise resolver.fail(
                "G107",
                "an implication cannot be compiled by this version",
                relation.span,
                "not supported yet",
                hints=["with a bound M from your data: `e <= c + M*(1 - on)`"],
            )
        case nodes.Perp():
            raise resolver.fail(
                "G107",
                "a complementarity cannot be compiled by this version",
                relation.span,
                "not supported yet",
                hints=["a follower's optimality makes its complementarities by itself"],
            )
        case nodes.Compare():
            pass
        case _:
            raise resolver.fail(
                "G109",
                f"constraint `{d.name}` holds no relation",
                relation.span,
                "`<=`, `>=` or `==` is missing",
                hints=["write `left <= right`, `left >= right` or `left == right`"],
            )
    for op in relation.ops:
        if op in ("<=", ">=", "=="):
            continue
        if op == "=":
            first = relation.operands[0].span
            between = relation.span.source.text.find("=", first.end)
            span = type(first)(first.source, between, between + 1)
            raise resolver.fail(
                "G104",
                "a relation is written with `==`, not with `=`",
                span,
                "assignment",
                hints=[Hint("write `==`", Edit(span, "=="))],
            )
        if op in ("<", ">"):
            raise resolver.fail(
                "G109",
                f"a constraint cannot be strict (`{op}`): its optimum would not be reached",
                relation.span,
                hints=[f"write `{op}=`"],
            )
        raise resolver.fail(
            "G109",
            f"`{op}` makes no constraint",
            relation.span,
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
            hints=["a range is `a <= e <= b`; write several constraints for more"],
        )


def _check_price_index(node: nodes.ConstraintDecl, resolver: Resolver) -> None:
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


def _letters(item: nodes.Expr) -> tuple[str, ...]:
    match item:
        case nodes.Compare(ops=("in",), operands=(left, _)):
            return _letters(left)
        case nodes.Tuple():
            return tuple(x for i in item.items for x in _letters(i))
        case _:
            return (item.span.text,)
