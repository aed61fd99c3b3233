"""Products with binaries -> Pyomo variables and constraints that are linear and exact: `Products`.

`w = b*e` lies between `lo*b` and `hi*b`, and between `e - hi*(1 - b)` and `e - lo*(1 - b)`, where `lo <= e <= hi`
(Glover 1975); of several binaries one is multiplied after the other.
"""

from __future__ import annotations

from compiler.backends.pyomo_code import Level
from compiler.backends.pyomo_lifted_parts import Block, Frame, LiftedParts
from compiler.backends.pyomo_solvers import PAIRED, SOLVED_BY_HIGHS
from compiler.backends.pyomo_statements import Component, Function
from compiler.backends.switches import zero_or_one
from compiler.ir import expr as ir
from compiler.ir.walk import holds_variables
from compiler.ir.words import short

_SIDES = (
    ("_least", "{w} >= lowest({e})*{b}"),
    ("_least_on", "{w} >= {e} - highest({e})*(1 - {b})"),
    ("_most", "{w} <= highest({e})*{b}"),
    ("_most_on", "{w} <= {e} - lowest({e})*(1 - {b})"),
)


class Products(LiftedParts):
    """Products and powers of one player's binaries."""

    def product(self, f: Frame, node: ir.Multiply) -> Block:
        """A variable for the product with each binary, the innermost last."""
        switches, rest = self._factors(node)
        self._check_linear(node, rest)
        self.check_bounds(f"`{short(node.span)}`", node.span, rest)
        self.code.helpers.add("bounds")
        codes = [self.code.number(s, f.letters).at(Level.OR) for s in switches]
        codes.append(self.code.number(rest, f.letters).at(Level.OR))
        of = self.function_names.claim(f"{f.name}_factors")
        function = Function(of, ("m", *f.names), (f"return {', '.join(codes)}",))
        comment = (*f.comment, "    0 where a binary is 0, else the other factor, between the ends of which it lies")
        count = len(switches)
        names = ["on"] if count == 1 else [f"on[{k}]" for k in range(count)]
        given = f"{'on' if count == 1 else '*on'}, e = {f.call(of)}"
        parts: list[Component] = []
        for k in reversed(range(count)):
            part = "" if k == 0 else f"_{k + 1}"
            other = "e" if k == count - 1 else f.cell(f"_{k + 2}")
            bounds = self.function_names.claim(f"{f.name}{part}_bounds")
            ends = (given, f"return min(0, lowest({other})), max(0, highest({other}))")
            functions = (Function(bounds, ("m", *f.names), ends),)
            first = k == count - 1
            parts.append(
                self.made(
                    f,
                    part,
                    "Var",
                    f"bounds={bounds}",
                    comment=comment if first else (),
                    functions=(function, *functions) if first else functions,
                    index_set=f.index_set if first else None,
                )
            )
            for suffix, relation in _SIDES:
                text = relation.format(w=f.cell(part), e=other, b=names[k])
                parts.append(self.ruled(f, part + suffix, "Constraint", (given, f"return {text}")))
        self.code.helpers.add("prod")
        return Block(tuple(parts), self.true(f, f"prod({f.call(of, of='at')})"))

    def power(self, f: Frame, node: ir.Power) -> Block:
        """A power of a binary is the binary."""
        of = self.function_names.claim(f"{f.name}_base")
        function = Function(of, ("m", *f.names), (f"return {self.code.number(node.base, f.letters).text}",))
        made = self.ruled(f, "", "Expression", (f"return {f.call(of)}",))
        comment = (*f.comment, "    0 and 1 are their own powers")
        whole = Component(made.name, made.kind, made.arguments, comment, (function, *made.functions), f.index_set)
        return Block((whole,), self.true(f, f.call(of, of="at")))

    def _check_linear(self, node: ir.Multiply, rest: ir.Expr) -> None:
        """Of a problem that is linear for gamec, nothing but binaries is multiplied: sums of them in several factors,
        which gamec multiplies out."""
        sums = [f for f in rest.factors if holds_variables(f)] if isinstance(rest, ir.Multiply) else []
        if len(sums) > 1 and self.data.problem.removesuffix(PAIRED) in SOLVED_BY_HIGHS:
            of = " and ".join(f"`{short(f.span)}`" for f in sums[:2])
            raise self.code.refuse(
                f"`{short(node.span)}`, which multiplies {of},",
                node.span,
                "multiply sums of binaries out: `b*c*x + b*d*x` for `b*(c + d)*x`; `gamec solve` solves the model",
            )

    def _factors(self, node: ir.Multiply) -> tuple[list[ir.Expr], ir.Expr]:
        """The binaries, and the product of what is left; the last binary where nothing else holds variables."""
        at = [k for k, f in enumerate(node.factors) if node.ops[k] == "*" and zero_or_one(f)]
        others = [k for k, f in enumerate(node.factors) if holds_variables(f) and k not in at]
        chosen = at if others else at[:-1]
        if not chosen:
            raise self.code.refuse(
                f"`{short(node.span)}`, of which no factor is plainly 0 or 1,",
                node.span,
                "write one product for each binary: `a*x + b*x`, and binaries as `binary`",
            )
        rest = [k for k in range(len(node.factors)) if k not in chosen]
        if len(rest) == 1 and node.ops[rest[0]] == "*":
            return [node.factors[k] for k in chosen], node.factors[rest[0]]
        product = ir.Multiply(tuple(node.ops[k] for k in rest), tuple(node.factors[k] for k in rest), node.span)
        return [node.factors[k] for k in chosen], product
