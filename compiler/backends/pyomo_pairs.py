"""Complementarities -> Pyomo: a gap for each side that is no variable, and SOS1 sets or binaries with proven largest
values: `Pairs`."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.backends.bound_data import BoundData, Key
from compiler.backends.data_literals import entries, number
from compiler.backends.pyomo_indices import Letters
from compiler.backends.pyomo_statements import Component, Function, Sos
from compiler.backends.pyomo_variables import Variables
from compiler.backends.script_request import Limits
from compiler.backends.statement_text import Origins, line_of
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, VarDef
from grammar.diagnostics import Findings


class Pairs(Variables):
    """Complementarities of one player's model; `sos` has those that are SOS1 sets."""

    def __init__(self, game: Game, data: BoundData, origins: Origins, findings: Findings) -> None:
        super().__init__(game, data, origins, findings)
        self.sos: list[Sos] = []

    def complementarity(self, d: ConstraintDef) -> tuple[Component, ...]:
        """`0 <= a perp b >= 0` for every instance."""
        assert d.perp is not None
        found: list[Component] = []
        sides = [self._side(d, side, word, found) for side, word in zip(d.perp, ("first", "gap"), strict=True)]
        limits = None if self.derived.limits is None else self.derived.limits.get(id(d))
        return (*found, *(self._sos1(d, sides) if limits is None else self._big_m(d, sides, limits)))

    def _side(self, d: ConstraintDef, side: ir.Expr, word: str, found: list[Component]) -> str:
        """The name of the variable that one side is; a new one where the side is another expression."""
        own = [(id(b), k) for b in d.domain.binders for k in range(len(b.letters))]
        if isinstance(side, ir.Use) and isinstance(side.target, VarDef) and id(side.target) in self.names.parts:
            letters = [(id(i.binder), i.place) if isinstance(i, ir.Letter) else None for i in side.indices]
            if letters == own and _at_least_zero(side.target):
                return self.names.parts[id(side.target)]
        base = d.name.removeprefix("complementarity_")
        name = self.part_names.claim(f"{word}_{base}", d.player)
        index, index_set = self.index(name, d.domain, skips=False)
        note = self.derived.notes.get(id(d), f"`{d.name}`").removeprefix("complementarity of the multiplier of ")
        what = "gap" if word == "gap" else "first side"
        above = (f"{line_of(d.signature.span, self.origins, d)}: {what} of {note}",)
        found.append(Component(name, "Var", (*index, "bounds=(0, None)"), above, (), index_set))
        keys, _ = self.parameters(d.domain)
        cell = f"m.{name}[{', '.join(keys)}]" if keys else f"m.{name}"

        def body(letters: Letters) -> list[str]:
            return [f"return {cell} == {self.code.number(side, letters).text}"]

        found.append(self.rule(self.part_names.claim(f"{name}_is", d.player), d.domain, body, ()))
        return name

    def _cells(self, d: ConstraintDef, sides: list[str]) -> tuple[list[str], list[str]]:
        keys, _ = self.parameters(d.domain)
        inner = f"[{', '.join(keys)}]" if keys else ""
        return keys, [f"m.{side}{inner}" for side in sides]

    def _sos1(self, d: ConstraintDef, sides: list[str]) -> list[Component]:
        name = self.constraint_names[id(d)]
        keys, cells = self._cells(d, sides)
        above = (f"{line_of(d.signature.span, self.origins, d)}: one of {cells[0]} and {cells[1]} is zero",)
        self.sos.append(Sos(sides[0], sides[1], name))
        index, index_set = self.index(name, d.domain, skips=False)
        rule = self.function_names.claim(f"{name}_rule")
        function = Function(rule, ("m", *keys), (f"return [{', '.join(cells)}]",))
        return [Component(name, "SOSConstraint", (*index, f"rule={rule}", "sos=1"), above, (function,), index_set)]

    def _big_m(self, d: ConstraintDef, sides: list[str], limits: Mapping[Key, Limits]) -> list[Component]:
        """A binary is 1 where the first side may be above zero. Instances without limits need no condition."""
        keys, cells = self._cells(d, sides)
        inner = f"[{', '.join(keys)}]" if keys else ""
        place = line_of(d.signature.span, self.origins, d)
        found: list[Component] = []
        largest: list[str] = []
        for k, side in enumerate(sides):
            known = {key: pair[k] for key, pair in limits.items()}
            values = {key: value for key, value in known.items() if value is not None}
            name = ""
            if values:
                name = self.part_names.claim(f"largest_{side}", d.player)
                arguments = (
                    ("pe.Any", f"initialize={entries(values)}") if keys else (f"initialize={number(values[()])}",)
                )
                above = (f"largest value of {side} that gamec proves with the data above",)
                found.append(Component(name, "Param", arguments, above))
            largest.append(name)
        if not any(largest):
            return []
        switch = self.part_names.claim(f"on_{sides[0]}", d.player)
        self.integer_parts.append(switch)
        index, index_set = self.index(switch, d.domain, skips=False)
        above = (f"{place}: 1 where {sides[0]} may be above zero, 0 where {sides[1]} may",)
        found.append(Component(switch, "Var", (*index, "within=pe.Binary"), above, (), index_set))
        key = f"({', '.join(keys)})" if len(keys) > 1 else "".join(keys)
        ways = (f"m.{switch}{inner}", f"(1 - m.{switch}{inner})")
        for side, cell, name, way in zip(sides, cells, largest, ways, strict=True):
            if not name:
                continue
            guard = [f"if {key} not in m.{name}:", "    return pe.Constraint.Skip"] if keys else []
            row = f"return {cell} <= m.{name}{inner}*{way}"

            def body(letters: Letters, guard: list[str] = guard, row: str = row) -> list[str]:
                return [*guard, row]

            named = self.part_names.claim(f"{self.constraint_names[id(d)]}_{side}", d.player)
            found.append(self.rule(named, d.domain, body, ()))
        return found


def _at_least_zero(variable: VarDef) -> bool:
    return any(b.relation == ">=" and isinstance(b.value, ir.Number) and b.value.value >= 0 for b in variable.bounds)
