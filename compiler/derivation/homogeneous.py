"""An expression and some variables -> its parts for a duality equation: `euler` (the sum of each variable times the
derivative by it) and `without` (the expression where the variables are zero). For what is linear in the variables the
two add up to it."""

from __future__ import annotations

from compiler.derivation.algebra import both, chosen, is_number, number, product, total
from compiler.derivation.faults import Underivable
from compiler.derivation.substitution import any_part, rebuilt, substituted
from compiler.ir import expr as ir
from compiler.ir.game import PlayerDef, VarDef
from compiler.ir.words import short


class OwnVariables:
    """The variables of one player, `but` those that are data; of an indexed player those of the instance whose letters
    are the player's own."""

    def __init__(self, player: PlayerDef, but: frozenset[int]) -> None:
        self.player = player
        self.but = but
        self.own = tuple(ir.Letter(b, k, b.span) for b in player.domain.binders for k in range(len(b.letters)))

    def _mine(self, node: ir.Expr) -> bool:
        """Whether the node itself is a use of one of the variables, in some instance."""
        return (
            isinstance(node, ir.Use)
            and isinstance(node.target, VarDef)
            and node.target.player == self.player.name
            and id(node.target) not in self.but
            and any(node.target is v for v in self.player.variables)
        )

    def degree(self, node: ir.Expr) -> int | None:
        """The degree in the variables of an expanded expression; None where it is no polynomial of degree two."""
        match node:
            case ir.Use():
                return 1 if self._mine(node) else 0
            case ir.Add():
                return _largest([self.degree(t) for t in node.terms])
            case ir.Negate():
                return self.degree(node.operand)
            case ir.Multiply():
                listed = [self.degree(f) for f in node.factors]
                divided = any(d != 0 for op, d in zip(node.ops, listed, strict=True) if op == "/")
                if divided or None in listed:
                    return None
                whole = sum(d for d in listed if d is not None)
                return whole if whole <= 2 else None
            case ir.Power():
                base = self.degree(node.base)
                if base == 0 or base is None:
                    return base
                power = node.exponent.value if isinstance(node.exponent, ir.Number) else 0
                return base if power == 1 else 2 if power == 2 and base == 1 else None
            case ir.Choose():
                return _largest([self.degree(node.then), self.degree(node.otherwise)])
            case ir.Reduce(op="sum" | "mean"):
                return self.degree(node.body)
            case ir.Reduce() | ir.Apply() | ir.Piecewise() | ir.Tiers() | ir.Risk():
                return None if self.held(node) else 0
            case _:
                return 0

    def held(self, node: ir.Expr) -> bool:
        """Whether one of the variables stands in the expression."""
        return any_part(node, self._mine)

    def euler(self, node: ir.Expr) -> ir.Expr:
        """`sum x*d node/dx` over the variables; the expression's linear part, and twice its quadratic one."""
        if not self.held(node):
            return number(0, node.span)
        match node:
            case ir.Use():
                return self._picked(node, node, number(0, node.span))
            case ir.Add():
                return total([(s, self.euler(t)) for s, t in zip(node.signs, node.terms, strict=True)], node.span)
            case ir.Negate():
                return total([(-1, self.euler(node.operand))], node.span)
            case ir.Multiply():
                pairs = list(zip(node.ops, node.factors, strict=True))
                parts = []
                for k, (op, factor) in enumerate(pairs):
                    if op == "*" and self.held(factor):
                        now = [*pairs[:k], ("*", self.euler(factor)), *pairs[k + 1 :]]
                        parts.append(product(now, node.span))
                return total(parts, node.span)
            case ir.Power():
                if is_number(node.exponent, 1):
                    return self.euler(node.base)
                whole = self.euler(node.base)
                if whole == node.base:
                    return total([product([("*", number(2, node.span)), ("*", node)], node.span)], node.span)
                pieces = [("*", number(2, node.span)), ("*", node.base), ("*", whole)]
                return total([product(pieces, node.span)], node.span)
            case ir.Choose():
                return chosen(node.condition, self.euler(node.then), self.euler(node.otherwise), node.span)
            case ir.Reduce(op="sum" | "mean"):
                return ir.Reduce(node.op, node.domain, self.euler(node.body), node.span)
            case _:
                raise Underivable(
                    f"`{short(node.span)}` is neither linear nor quadratic: its problem has no dual in a formula",
                    node.span,
                    "no strong duality",
                    "use the optimality conditions: `--form kkt-sos1` or `--form kkt-big-m`",
                )

    def without(self, node: ir.Expr) -> ir.Expr:
        """The expression with the variables zero."""
        if not self.held(node):
            return node
        match node:
            case ir.Use():
                return self._picked(node, number(0, node.span), node)
            case ir.Add():
                return total([(s, self.without(t)) for s, t in zip(node.signs, node.terms, strict=True)], node.span)
            case ir.Negate():
                return total([(-1, self.without(node.operand))], node.span)
            case ir.Multiply():
                pairs = [(op, self.without(f)) for op, f in zip(node.ops, node.factors, strict=True)]
                return total([product(pairs, node.span)], node.span)
            case ir.Choose():
                return chosen(node.condition, self.without(node.then), self.without(node.otherwise), node.span)
            case ir.Reduce():
                body = self.without(node.body)
                return body if is_number(body, 0) else ir.Reduce(node.op, node.domain, body, node.span)
            case _:
                return rebuilt(node, self.without)

    def _picked(self, use: ir.Use, mine: ir.Expr, other: ir.Expr) -> ir.Expr:
        """`mine` where the use is of the player's own instance and of one that is there, else `other` or the value
        beyond the edge."""
        target = use.target
        assert isinstance(target, VarDef)
        same = [
            ir.CompareIndex("==", i, own, use.span) for i, own in zip(use.indices, self.own, strict=False) if i != own
        ]
        condition = both(same, use.span)
        stepped = [k for k, i in enumerate(use.indices) if isinstance(i, ir.Shift | ir.Step)]
        if target.before is not None and stepped:
            inside = [
                ir.Member((use.indices[k],), ir.SetName(target.domain.sets[k], use.span), use.span) for k in stepped
            ]
            beyond = number(0, use.span) if mine is use else _before(use, target, stepped)
            there = both(inside, use.span)
            assert there is not None
            mine = ir.Choose(there, mine, beyond, use.span)
        return mine if condition is None else ir.Choose(condition, mine, other, use.span)


def _before(use: ir.Use, variable: VarDef, stepped: list[int]) -> ir.Expr:
    """What a stepped variable is before its first element."""
    assert variable.before is not None
    keys = [(id(b), k) for b in variable.domain.binders for k in range(len(b.letters))]
    letters: dict[tuple[int, int], ir.Index] = dict(zip(keys, use.indices, strict=True))
    for k in stepped:
        of = variable.domain.sets[k]
        letters[keys[k]] = ir.Edge(ir.SetName(of, use.span), of, False, use.span)
    return substituted(variable.before, letters)


def _largest(listed: list[int | None]) -> int | None:
    return None if None in listed else max((d for d in listed if d is not None), default=0)
