"""Unit expressions of the text -> `Unit` values: built-in units, and those that the model declares."""

from __future__ import annotations

from compiler.ir.game import Signature
from compiler.ir.units import ONE, Unit, builtin_units
from compiler.syntax import declarations
from grammar.diagnostics import Findings, did_you_mean


class UnitTable:
    """The units of one model. Declared ones hide built-in ones of the same name."""

    def __init__(self, units: list[declarations.UnitDecl], findings: Findings) -> None:
        self.findings = findings
        self.declared: dict[str, Unit] = {}
        self._pending = {d.head.name.text: d for d in units}
        for name in list(self._pending):
            self._declare(name)

    def _declare(self, name: str) -> None:
        declaration = self._pending.pop(name, None)
        if declaration is None:
            return
        if declaration.definition is None:
            self.declared[name] = Unit(1.0, ((name, 1.0),), name)
            return
        for factor in declaration.definition.factors:
            if factor.name == name:
                self.findings.add(
                    "G205",
                    f"unit `{name}` is defined by itself",
                    factor.span,
                    "this is the unit being defined",
                    hints=[f"write `unit {name}` for a new base unit"],
                )
                self.declared[name] = Unit(1.0, ((name, 1.0),), name)
                return
            self._declare(factor.name)
        self.declared[name] = self.resolve(declaration.definition).named(name)

    def lookup(self, name: str) -> Unit | None:
        return self.declared.get(name) or builtin_units().get(name)

    def resolve(self, expression: declarations.UnitExpr) -> Unit:
        """The unit that the text names; an unknown name is reported (G402) and counts as a base unit of its own."""
        unit = ONE
        for factor in expression.factors:
            if not factor.name:
                unit = unit.times(
                    Unit(factor.number, (), f"{factor.number:g}" if factor.number != 1 else "1"), factor.power
                )
                continue
            known = self.lookup(factor.name)
            if known is None:
                names = {*self.declared, *builtin_units()}
                self.findings.add(
                    "G402",
                    f"the unit `{factor.name}` is not known",
                    factor.span,
                    "unknown unit",
                    hints=(
                        *did_you_mean(factor.name, names, factor.span),
                        f'declare it at the top: `unit {factor.name} "what it is"`, or `unit {factor.name} = 1000 W`',
                    ),
                )
                known = Unit(1.0, ((factor.name, 1.0),), factor.name)
                self.declared[factor.name] = known
            unit = unit.times(known, factor.power)
        return unit.named(_written(expression))


def signature(head: declarations.Head, units: UnitTable) -> Signature:
    """Name, unit, doc string and symbol of a declaration."""
    unit = None if head.unit is None else units.resolve(head.unit)
    return Signature(head.name.text, head.name.span, unit, head.doc, head.tex)


def _written(expression: declarations.UnitExpr) -> str:
    """The unit as typed, without blanks."""
    return "".join(expression.span.text.split())
