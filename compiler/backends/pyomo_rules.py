"""Domains and relations -> indexed rules of Pyomo constraints: `Rules`, which also knows the names of everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from compiler.backends.bound_data import BoundData, Key
from compiler.backends.names import MODEL_RESERVED, SCRIPT_RESERVED, Names
from compiler.backends.pyomo_code import Code, Level
from compiler.backends.pyomo_expressions import Expressions, ScriptNames
from compiler.backends.pyomo_indices import Letters
from compiler.backends.pyomo_statements import Component, Function, IndexSet
from compiler.backends.script_request import Limits
from compiler.backends.statement_text import Origins, comment, line_of
from compiler.backends.steps import surely_holds_variable
from compiler.derivation import Slip
from compiler.derivation.unheeded import Aside
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, ParamDef, VarDef
from compiler.ir.steps import Steps
from grammar.diagnostics import Findings

WIDTH = 112
"""Columns up to which an expression stands in one line."""


@dataclass(frozen=True, eq=False)
class Derived:
    """What a script says of a game that was derived: `notes` in words, by identity of the definition; `limits` of the
    two sides of each complementarity, by identity of the constraint, where big-M is wanted."""

    notes: Mapping[int, str] = field(default_factory=dict)
    limits: Mapping[int, Mapping[Key, Limits]] | None = None
    forgiving: bool = False
    """Whether rows that the data decide alone are somebody else's affair."""
    asides: tuple[Aside, ...] = ()
    """Problems that are solved once everything else is known."""
    slips: tuple[Slip, ...] = ()
    """How far rounding may have gone, by which an answer is told from none."""


class Rules:
    """Names, indices and rules of one player's model."""

    derived = Derived()
    reserved = SCRIPT_RESERVED
    """Names that no function or letter may have."""

    def __init__(self, game: Game, data: BoundData, origins: Origins, findings: Findings) -> None:
        self.game = game
        self.player = game.players[0]
        self.data = data
        self.origins = origins
        self.findings = findings
        self.steps = Steps(game)
        self.part_names = Names(MODEL_RESERVED)
        self.function_names = Names(self.reserved)
        self.set_names = {d.name: self.part_names.claim(d.name) for d in game.sets}
        self.constraint_names: dict[int, str] = {}
        self.names = self._script_names()
        self.code = self.expressions()

    def expressions(self) -> Expressions:
        """What writes expressions."""
        return Expressions(self.names, self.set_names, self.function_names, self.data, self.findings)

    def _script_names(self) -> ScriptNames:
        """Every declared name, before any letter gets one."""
        parts: dict[int, str] = {}
        functions: dict[int, str] = {}
        before: dict[int, str] = {}
        player = self.player
        declared: tuple[ParamDef | VarDef, ...] = (*self.game.all_params(), *player.variables)
        for d in declared:
            parts[id(d)] = self.part_names.claim(d.name, d.player)
        for c in player.constraints:
            self.constraint_names[id(c)] = self.part_names.claim(c.name, c.player)
        self.objective_name = self.part_names.claim(player.objective.name, player.name)
        for c in player.constraints:
            if c.price is not None:
                parts[id(c)] = self.part_names.claim(c.price.name, c.player)
        for let in self.game.all_lets():
            functions[id(let)] = self.function_names.claim(let.name, let.player)
        functions[id(player.objective)] = self.function_names.claim(f"{player.objective.name}_rule")
        for report in self.game.reports:
            functions[id(report)] = self.function_names.claim(f"{report.name}_report")
        for v in player.variables:
            if v.before is not None and self.steps.of(v).positions:
                before[id(v)] = self.function_names.claim(f"{v.name}_before")
        return ScriptNames(parts, functions, before)

    # ------------------------------------------------------------ indices of declarations

    def whole_sets(self, domain: ir.Domain) -> tuple[str, ...] | None:
        """The model's sets that a domain runs over, its condition aside; None when one has no name."""
        if not all(isinstance(b.over, ir.SetName) for b in domain.binders):
            return None
        return tuple(f"m.{self.set_names[b.over.set.name]}" for b in domain.binders if isinstance(b.over, ir.SetName))

    def index(self, name: str, domain: ir.Domain, skips: bool) -> tuple[tuple[str, ...], IndexSet | None]:
        """Arguments for the index of a component, and the index set to make first. With `skips` the rule leaves out
        what the condition excludes."""
        if not domain.binders:
            if domain.where is not None and not skips:
                raise self.code.refuse(
                    f"a condition on `{name}`, which has no index,", domain.where.span, "give it an index"
                )
            return (), None
        whole = self.whole_sets(domain)
        if whole is not None and (domain.where is None or skips):
            return whole, None
        index_name = self.part_names.claim(f"{name.rstrip('_')}_index")
        items = self.code.instances(domain, {})
        return (f"m.{index_name}",), IndexSet(index_name, len(domain.letters), items)

    def parameters(self, domain: ir.Domain) -> tuple[list[str], Letters]:
        names: list[str] = []
        letters: Letters = {}
        for binder in domain.binders:
            mine, letters = self.code.bind(binder, letters)
            names += mine
        return names, letters

    def _guard(self, domain: ir.Domain, letters: Letters) -> list[str]:
        """Leave out the instances that the condition excludes; an index set has done so where one was made."""
        if domain.where is None or (domain.binders and self.whole_sets(domain) is None):
            return []
        return [f"if {self.code.negated(domain.where, letters).text}:", "    return pe.Constraint.Skip"]

    def above(self, d: VarDef | ConstraintDef) -> tuple[str, ...]:
        """The comment over a declaration: what the file says, or what was derived from it."""
        note = self.derived.notes.get(id(d))
        return comment(d, self.origins) if note is None else (f"{line_of(d.signature.span, self.origins, d)}: {note}",)

    # ------------------------------------------------------------ rules

    def rule(
        self, name: str, domain: ir.Domain, body: Callable[[Letters], list[str]], above: tuple[str, ...]
    ) -> Component:
        index, index_set = self.index(name, domain, skips=True)
        names, letters = self.parameters(domain)
        rule = self.function_names.claim(f"{name}_rule")
        function = Function(rule, ("m", *names), (*self._guard(domain, letters), *body(letters)))
        return Component(name, "Constraint", (*index, f"rule={rule}"), above, (function,), index_set)

    def relation(self, left: ir.Expr, relation: str, right: ir.Expr, letters: Letters) -> list[str]:
        sides = [self.code.number(e, letters) for e in (left, right)]
        sides = [s if s.level >= Level.SUM else Code(s.at(Level.SUM)) for s in sides]
        text = f"{sides[0].text} {relation} {sides[1].text}"
        sure = surely_holds_variable(left, self.data) or surely_holds_variable(right, self.data)
        if len(text) <= WIDTH:
            return self.stated([text], sure)
        first, second = (s.lines(WIDTH - 8) for s in sides)
        return self.stated([*first, f"{relation} {second[0]}", *second[1:]], sure)

    def stated(self, lines: list[str], sure: bool) -> list[str]:
        """Give back a relation; one that the data may leave without a variable goes through `stated`."""
        if not sure:
            self.code.helpers.add("stated")
        if len(lines) == 1:
            return [f"return {lines[0]}" if sure else f"return stated({lines[0]})"]
        return ["return (" if sure else "return stated(", *(f"    {line}" for line in lines), ")"]


def returned(code: Code) -> tuple[str, ...]:
    """`return ...`, a long sum with one summand a line."""
    lines = code.lines(WIDTH)
    if len(lines) == 1:
        return (f"return {lines[0]}",)
    return ("return (", *(f"    {line}" for line in lines), ")")
