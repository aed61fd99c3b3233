"""Resolved expressions -> Python over a Pyomo model `m`: `Expressions`. What it cannot say is reported (G107)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from compiler.backends.bound_data import BoundData
from compiler.backends.data_literals import number
from compiler.backends.lifted_places import is_nonlinear
from compiler.backends.names import Names
from compiler.backends.pyomo_code import Code, Level
from compiler.backends.pyomo_indices import Indices, Letters
from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, ConstraintDef, LetDef, ObjectiveDef, ParamDef, ReportDef, SetDef, VarDef
from compiler.ir.words import short
from grammar.diagnostics import Findings

_PYTHON = {"abs": "abs", "min": "min", "max": "max"}
"""Functions that Python has itself; the others are Pyomo's, which take numbers and variables."""

_INVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, eq=False)
class ScriptNames:
    """Names in the script, by identity of the definition: `parts` of the model (`m.NAME`), `functions` for named
    expressions, objectives and reports, `before` for functions that know a variable before its first element."""

    parts: Mapping[int, str]
    functions: Mapping[int, str]
    before: Mapping[int, str]


class Expressions(Indices):
    """Numbers and conditions."""

    def __init__(
        self, names: ScriptNames, sets: Mapping[str, str], letters: Names, data: BoundData, findings: Findings
    ) -> None:
        super().__init__(sets, letters, data, findings)
        self.names = names
        self.lifted: dict[int, tuple[str, ir.Domain]] = {}
        """Name in the model of what stands for a nonlinear expression, and its indices, by identity of the node."""
        self.problem = False
        """Whether the problem is being written, in which nonlinear expressions of variables need a name in `lifted`;
        reports compute them."""

    def lifts(self, node: ir.Expr) -> bool:
        """Whether an expression of variables has no place in the problem as it stands."""
        return is_nonlinear(node)

    # ------------------------------------------------------------ numbers

    def number(self, node: ir.Expr, letters: Letters) -> Code:
        if id(node) in self.lifted:
            name, domain = self.lifted[id(node)]
            keys = [letters[id(b), k] for b in domain.binders for k in range(len(b.letters))]
            return Code(f"m.{name}[{', '.join(keys)}]" if keys else f"m.{name}")
        if self.problem and self.lifts(node):
            raise self.refuse(f"`{short(node.span)}` in this place", node.span, "`gamec solve` solves the model")
        match node:
            case ir.Number():
                text = number(node.value)
                return Code(text, Level.SIGN if text.startswith("-") else Level.ATOM)
            case ir.IndexValue():
                return self.index(node.index, letters)
            case ir.Ordinal():
                of = self._ordered(node.index, node.span)
                return Code(f"{of}.ord({self.index(node.index, letters).text})")
            case ir.Cardinality():
                return Code(f"len({self.set(node.over, letters).text})")
            case ir.Use():
                return self._use(node, letters)
            case ir.Add():
                return self._sum(node, letters)
            case ir.Multiply():
                return self._product(node, letters)
            case ir.Negate():
                return Code(f"-{self.number(node.operand, letters).at(Level.POWER)}", Level.SIGN)
            case ir.Power():
                base = self.number(node.base, letters).at(Level.ATOM)
                return Code(f"{base}**{self.number(node.exponent, letters).at(Level.ATOM)}", Level.POWER)
            case ir.Choose():
                then = self.number(node.then, letters).at(Level.OR)
                condition = self.condition(node.condition, letters).at(Level.OR)
                otherwise = self.number(node.otherwise, letters).at(Level.OR)
                return Code(f"{then} if {condition} else {otherwise}", Level.CHOICE)
            case ir.Apply():
                arguments = ", ".join(self.number(a, letters).text for a in node.arguments)
                return Code(f"{_PYTHON.get(node.function, f'{self.library}.{node.function}')}({arguments})")
            case ir.Reduce():
                return self._reduction(node, letters)
            case ir.Piecewise(x=(_, _)):
                return Code(f"lines({self.number(node.subject, letters).text}, {self.points(node, letters)})[0]")
            case ir.Piecewise() | ir.Tiers():
                return Code(f"curve({self.number(node.subject, letters).text}, {self.points(node, letters)})")
            case ir.Risk():
                return self._tail_mean(node, letters)
            case ir.Compare() | ir.CompareIndex() | ir.Member() | ir.Logic():
                return Code(f"1 if {self.condition(node, letters).at(Level.OR)} else 0", Level.CHOICE)
        assert_never(node)

    def _sum(self, node: ir.Add, letters: Letters) -> Code:
        terms: list[str] = []
        for k, (sign, term) in enumerate(zip(node.signs, node.terms, strict=True)):
            code = self.number(term, letters)
            # Without brackets only where the order of additions stays the one of the text.
            text = code.at(Level.SUM if k == 0 and sign > 0 else Level.PRODUCT)
            if k == 0:
                terms.append(text if sign > 0 else f"-{code.at(Level.POWER)}")
            else:
                terms.append(f"{'+' if sign > 0 else '-'} {text if code.level != Level.SIGN else f'({code.text})'}")
        return Code(" ".join(terms), Level.SUM, tuple(terms))

    def _product(self, node: ir.Multiply, letters: Letters) -> Code:
        text = ""
        for k, (op, factor) in enumerate(zip(node.ops, node.factors, strict=True)):
            code = self.number(factor, letters)
            if k == 0:
                text = code.at(Level.PRODUCT) if op == "*" else f"1/{code.at(Level.SIGN)}"
            else:
                text += f"{op}{code.at(Level.POWER)}"
        return Code(text, Level.PRODUCT)

    def _reduction(self, node: ir.Reduce, letters: Letters) -> Code:
        _, inner, clauses = self.opened(node.domain, letters)
        body = self.number(node.body, inner).at(Level.OR)
        items = " ".join([body, *clauses])
        match node.op:
            case "sum":
                return Code(f"sum({items})")
            case "smin" | "smax":
                return Code(f"{node.op[1:]}({items})")
            case "mean" | "prod":
                self.helpers.add(node.op)
                return Code(f"{node.op}({items})")
            case _:
                raise self.refuse(f"`{node.op}`", node.span, "write it out with `sum`")

    def points(self, node: ir.Piecewise | ir.Tiers, letters: Letters) -> str:
        """The list of the points that a curve goes through, or that tiers make."""
        self.helpers.add("curve")
        if isinstance(node, ir.Piecewise):
            pairs = zip(node.x, node.y, strict=True)
            texts = (f"({self.number(x, letters).text}, {self.number(y, letters).text})" for x, y in pairs)
            return f"[{', '.join(texts)}]"
        self.helpers.add("tiers")
        limits, rates = (", ".join(self.number(e, letters).text for e in p) for p in (node.limits, node.rates))
        return f"tier_points([{limits}], [{rates}])"

    def _tail_mean(self, node: ir.Risk, letters: Letters) -> Code:
        self.helpers.add("cvar")
        _, inner, clauses = self.opened(node.domain, letters)
        pair = f"({self.number(node.probability, inner).text}, {self.number(node.body, inner).text})"
        return Code(f"cvar([{pair} {' '.join(clauses)}], {self.number(node.level, letters).text})")

    # ------------------------------------------------------------ quantities

    def _use(self, use: ir.Use, letters: Letters) -> Code:
        target = use.target
        match target:
            case ParamDef() | ConstraintDef():
                # A constraint stands for its shadow price, which reports may use.
                return self._indexed(f"m.{self.names.parts[id(target)]}", use, letters)
            case VarDef():
                return self._variable(use, target, letters)
            case LetDef() | ObjectiveDef() | ReportDef():
                indices = [self.index(i, letters, of).text for i, of in self._targets(use)]
                return Code(f"{self.names.functions[id(target)]}({', '.join(['m', *indices])})")
            case CaseReport():
                raise self.refuse(
                    f"`{use.span.text}`, which compares cases,", use.span, "`gamec compare` runs all cases"
                )
        raise TypeError(type(target))

    def _targets(self, use: ir.Use) -> list[tuple[ir.Index, SetDef | None]]:
        target = use.target.report if isinstance(use.target, CaseReport) else use.target
        return list(zip(use.indices, self.domain_homes(target.domain), strict=True))

    def _indexed(self, name: str, use: ir.Use, letters: Letters) -> Code:
        indices = [self.index(i, letters, of).text for i, of in self._targets(use)]
        return Code(f"{name}[{', '.join(indices)}]" if indices else name)

    def _variable(self, use: ir.Use, target: VarDef, letters: Letters) -> Code:
        stepped = any(isinstance(i, ir.Shift | ir.Step) for i in use.indices)
        if not stepped or target.before is None:
            return Code(self.cell(use, target, letters))
        indices = [
            self.stepped(i, letters, of) if isinstance(i, ir.Shift | ir.Step) else self.index(i, letters, of)
            for i, of in self._targets(use)
        ]
        return Code(f"{self.names.before[id(target)]}({', '.join(['m', *(i.text for i in indices)])})")

    def cell(self, use: ir.Use, target: VarDef, letters: Letters) -> str:
        """The variable itself, `m.x[t]`; a cyclic one goes round."""
        name = f"m.{self.names.parts[id(target)]}"
        if not target.cyclic:
            return self._indexed(name, use, letters).text
        indices = [
            self.wrapped(i, letters, of) if isinstance(i, ir.Shift | ir.Step) else self.index(i, letters, of)
            for i, of in self._targets(use)
        ]
        return f"{name}[{', '.join(i.text for i in indices)}]"

    # ------------------------------------------------------------ conditions

    def condition(self, node: ir.Expr, letters: Letters) -> Code:
        match node:
            case ir.Logic(op="not"):
                return self.negated(node.operands[0], letters)
            case ir.Logic():
                level = Level.AND if node.op == "and" else Level.OR
                # One level tighter, so that nested ones keep their brackets.
                operands = [self.condition(o, letters).at(Level(level + 1)) for o in node.operands]
                return Code(f" {node.op} ".join(operands), level)
            case ir.Compare():
                return self._compared(node, node.ops[0], letters)
            case ir.CompareIndex():
                return self._ordered_pair(node, node.op, letters)
            case ir.Member():
                return self._member(node, "in", letters)
            case _:
                return Code(f"{self.number(node, letters).at(Level.SUM)} != 0", Level.COMPARISON)

    def negated(self, node: ir.Expr, letters: Letters) -> Code:
        """The condition's opposite."""
        match node:
            case ir.Compare() if len(node.ops) == 1:
                return self._compared(node, _INVERSE[node.ops[0]], letters)
            case ir.CompareIndex():
                return self._ordered_pair(node, _INVERSE[node.op], letters)
            case ir.Member():
                return self._member(node, "not in", letters)
            case ir.Logic(op="not"):
                return self.condition(node.operands[0], letters)
            case _:
                return Code(f"not {self.condition(node, letters).at(Level.COMPARISON)}", Level.NOT)

    def _compared(self, node: ir.Compare, op: str, letters: Letters) -> Code:
        left, right = (self.number(o, letters).at(Level.SUM) for o in node.operands)
        return Code(f"{left} {op} {right}", Level.COMPARISON)

    def _ordered_pair(self, node: ir.CompareIndex, op: str, letters: Letters) -> Code:
        """Elements are the same or not; numbers compare as such, names by their place in the set."""
        homes = self.home(node.left), self.home(node.right)
        left = self.index(node.left, letters, homes[1] if isinstance(node.left, ir.Element) else None)
        right = self.index(node.right, letters, homes[0] if isinstance(node.right, ir.Element) else None)
        if op in ("==", "!=") or (self._numeric(node.left) and self._numeric(node.right)):
            return Code(f"{left.at(Level.SUM)} {op} {right.at(Level.SUM)}", Level.COMPARISON)
        of = self._ordered(node.right if isinstance(node.left, ir.Element) else node.left, node.span)
        return Code(f"{of}.ord({left.text}) {op} {of}.ord({right.text})", Level.COMPARISON)

    def _numeric(self, index: ir.Index) -> bool:
        """Whether an index takes integers."""
        match index:
            case ir.Element():
                return isinstance(index.value, int)
            case ir.ElementOf() | ir.Shift():
                return True
            case ir.Letter(binder=ir.Binder(over=ir.SetRange())):
                return True
            case ir.Letter(binder=ir.Binder(over=ir.SetLiteral() as literal), place=place):
                parts = [e[place] if isinstance(e, tuple) else e for e in literal.elements]
                return all(isinstance(e, int) for e in parts)
            case ir.Letter() | ir.Step() | ir.Edge():
                home = self.home(index)
                elements = None if home is None else self.data.elements(home)
                return elements is not None and all(isinstance(e, int) for e in elements)
        assert_never(index)

    def _member(self, node: ir.Member, op: str, letters: Letters) -> Code:
        homes = self.homes(node.over)
        items = [
            (self.stepped(i, letters, of) if isinstance(i, ir.Shift | ir.Step) else self.index(i, letters, of)).text
            for i, of in zip(node.indices, homes, strict=True)
        ]
        left = items[0] if len(items) == 1 else f"({', '.join(items)})"
        return Code(f"{left} {op} {self.set(node.over, letters).at(Level.SUM)}", Level.COMPARISON)
