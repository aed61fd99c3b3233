"""A game of one player and its data -> the statements of a CasADi script, in Python: `CasadiModel`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from compiler.backends.bound_data import BoundData
from compiler.backends.data_literals import element_list, entries, number
from compiler.backends.lifted_places import is_nonlinear
from compiler.backends.names import SCRIPT_RESERVED
from compiler.backends.pyomo_code import Level
from compiler.backends.pyomo_expressions import Expressions
from compiler.backends.pyomo_indices import Letters, all_written
from compiler.backends.pyomo_rules import WIDTH, Derived, returned
from compiler.backends.pyomo_statements import Function, Shown
from compiler.backends.pyomo_variables import Variables
from compiler.backends.statement_text import Origins, comment, line_of
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, FixDef, Game, LetDef, ParamDef, ReportDef, SetDef, VarDef
from compiler.ir.units import Unit
from compiler.ir.walk import holds_variables, uses
from grammar.diagnostics import Findings

T = TypeVar("T")

SMOOTH = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh")

_SCRIPT = """
    ca Set variable state between pair columns rows pairs inf maximise goal solve best start starts problem
    sharpened relaxed rng value found fixed
"""


@dataclass(frozen=True)
class Lines:
    """Statements under their comment."""

    comment: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CasadiModel:
    """All statements. `helpers` names the general functions that some of them call."""

    sets: tuple[Lines, ...]
    params: tuple[Lines, ...]
    variables: tuple[Lines, ...]
    functions: tuple[Function, ...]
    objective: Lines
    objective_label: str
    objective_unit: str
    maximize: bool
    constraints: tuple[Lines, ...]
    pairs: tuple[Lines, ...]
    prices: tuple[str, ...]
    reports: tuple[Shown, ...]
    helpers: frozenset[str]

    @property
    def index_inside(self) -> bool:
        """Whether some label has its index in the middle."""
        return any("[]" in r.label for r in self.reports)

    @property
    def ascii(self) -> bool:
        """Whether all that the script prints is ASCII."""
        labels = [self.objective_label, self.objective_unit, *self.prices]
        labels += [text for r in self.reports for text in (r.label, r.unit)]
        labels += [line for s in self.sets for line in s.lines]
        return all(text.isascii() for text in labels)


def casadi_model(
    game: Game, data: BoundData, origins: Origins, findings: Findings, derived: Derived | None = None
) -> CasadiModel | None:
    """The script's statements; None when `findings` has got errors (G107, G704)."""
    writer = _Writer(game, data, origins, findings)
    writer.derived = derived or Derived()
    return writer.run()


class _Casadi(Expressions):
    """Expressions of CasADi symbols and numbers."""

    language = "CasADi"
    library = "ca"

    def plain(self, text: str) -> str:
        return text

    def lifts(self, node: ir.Expr) -> bool:
        smooth = isinstance(node, ir.Apply) and node.function in SMOOTH
        return is_nonlinear(node) and not smooth


class _Writer(Variables):
    reserved = SCRIPT_RESERVED | frozenset(_SCRIPT.split())

    def expressions(self) -> Expressions:
        return _Casadi(self.names, self.set_names, self.function_names, self.data, self.findings)

    def run(self) -> CasadiModel | None:
        player, game = self.player, self.game
        self.code.problem = True
        used = self._lets_of_the_problem()
        objective = self._all([self._objective])
        variables = self._all(partial(self._variable, v) for v in player.variables)
        functions = self._all(partial(self._let, x, id(x) in used) for x in game.all_lets())
        functions += self._all(partial(self.before, v) for v in player.variables if id(v) in self.names.before)
        constraints = self._all(
            partial(self._bound, v, b) for v in player.variables for b in v.bounds if holds_variables(b.value)
        )
        constraints += self._all(partial(self._final, v) for v in player.variables if v.final is not None)
        constraints += self._all(partial(self._constraint, c) for c in player.constraints if c.perp is None)
        pairs = self._all(partial(self._pair, c) for c in player.constraints if c.perp is not None)
        fixes = self._all(partial(self._fix, f) for f in game.fixes)
        self.code.problem = False
        reports = self._all(partial(self._report, r) for r in game.reports)
        if self.findings.errors:
            return None
        return CasadiModel(
            sets=tuple(self._set(s) for s in game.sets),
            params=tuple(self._param(p) for p in game.all_params()),
            variables=variables,
            functions=functions,
            objective=objective[0],
            objective_label=f"{player.name}.{player.objective.name}",
            objective_unit=_unit(player.objective.signature.unit),
            maximize=player.objective.maximize,
            constraints=(*constraints, *fixes),
            pairs=pairs,
            prices=tuple(self.names.parts[id(c)] for c in player.constraints if c.price is not None),
            reports=(*(self._price(c) for c in player.constraints if c.price is not None), *reports),
            helpers=frozenset(self.code.helpers),
        )

    def _all(self, steps: Iterable[Callable[[], T]]) -> tuple[T, ...]:
        return all_written(steps, self.findings)

    def _lets_of_the_problem(self) -> set[int]:
        """Named expressions that the problem uses, by identity; others stand in reports, which may compute more."""
        stack = [self.player.objective.value]
        for c in self.player.constraints:
            stack += [e for e in (c.left, c.middle, c.right, *(c.perp or ())) if e is not None]
        for v in self.player.variables:
            stack += [b.value for b in v.bounds] + ([] if v.final is None else [v.final.value])
        found: set[int] = set()
        while stack:
            for use in uses(stack.pop()):
                if isinstance(use.target, LetDef) and id(use.target) not in found:
                    found.add(id(use.target))
                    stack.append(use.target.value)
        return found

    # ------------------------------------------------------------ data and variables

    def _set(self, d: SetDef) -> Lines:
        return Lines(
            comment(d, self.origins), (f"m.{self.set_names[d.name]} = Set({element_list(self.data.sets[d.name])})",)
        )

    def _param(self, d: ParamDef) -> Lines:
        values = self.data.numbers(d)
        text = number(values[()]) if not d.domain.binders else entries(values)
        note = self.derived.notes.get(id(d), "given from outside" if self.data.from_outside(d) else "")
        if not note and d.value is not None and not isinstance(d.value, ir.Number):
            note = "computed"
        return Lines(comment(d, self.origins, note), (f"m.{self.names.parts[id(d)]} = {text}",))

    def _variable(self, d: VarDef) -> Lines:
        if d.kind != "real":
            raise self.code.refuse(
                f"the {d.kind} `{d.name}`, which IPOPT does not take,",
                d.kind_span or d.signature.span,
                "`--to pyomo` writes it for solvers that branch, `gamec solve` solves it",
            )
        name = self.names.parts[id(d)]
        index, letters, clauses = self.code.opened(d.domain, {})
        bounds = [b for b in d.bounds if not holds_variables(b.value)]
        arguments = []
        for word, relation, pick in (("lower", ">=", "max"), ("upper", "<=", "min")):
            texts = [self._limit(b, letters) for b in bounds if b.relation in (relation, "==")]
            if texts:
                arguments.append(f"{word}=" + (texts[0] if len(texts) == 1 else f"{pick}({', '.join(texts)})"))
        if d.start is not None:
            arguments.append(f"start={self.code.number(d.start, letters).at(Level.OR)}")
        if not index:
            call = f"variable({', '.join([repr(name), *arguments])})"
            return Lines(self.above(d), (f"m.{name} = {call}",))
        key = f"({', '.join(index)})" if len(index) > 1 else index[0]
        places = ", ".join(f"{{{x}}}" for x in index)
        label = f'f"{name}[{places}]"'
        call = f"variable({', '.join([label, *arguments])})"
        line = f"m.{name} = {{{key}: {call} {' '.join(clauses)}}}"
        if len(line) <= WIDTH + 8:
            return Lines(self.above(d), (line,))
        return Lines(self.above(d), (f"m.{name} = {{", f"    {key}: {call}", f"    {' '.join(clauses)}", "}"))

    def _limit(self, bound: BoundDef, letters: Letters) -> str:
        return self.code.number(bound.value, letters).at(Level.OR).replace('float("inf")', "inf")

    def _fix(self, d: FixDef) -> Lines:
        cell = ir.Use(d.variable, d.indices, d.span)
        return self._each(
            d.domain,
            lambda letters: [
                f"fixed({self.code.cell(cell, d.variable, letters)}, {self.code.number(d.value, letters).text})"
            ],
            comment(d, self.origins),
        )

    # ------------------------------------------------------------ rows

    def _each(self, domain: ir.Domain, body: Callable[[Letters], list[str]], above: tuple[str, ...]) -> Lines:
        """Statements for every instance."""
        _, letters, clauses = self.code.opened(domain, {})
        lines = [f"{'    ' * depth}{clause}:" for depth, clause in enumerate(clauses)]
        return Lines(above, (*lines, *(f"{'    ' * len(clauses)}{line}" for line in body(letters))))

    def _state(self, left: ir.Expr, relation: str, right: ir.Expr, letters: Letters, into: str = "") -> list[str]:
        sides = [self.code.number(e, letters) for e in (left, right)]
        text = f'{into}state({sides[0].text}, "{relation}", {sides[1].text})'
        if len(text) <= WIDTH:
            return [text]
        first, second = (s.lines(WIDTH - 16) for s in sides)
        return [f"{into}state(", *(f"    {x}" for x in _with_comma(first)), f'    "{relation}",',
                *(f"    {x}" for x in _with_comma(second)), ")"]  # fmt: skip

    def _constraint(self, d: ConstraintDef) -> Lines:
        if d.condition is not None:
            raise self.code.refuse(
                f"the implication `{d.name}`, which needs a binary,",
                d.signature.span,
                "`--to pyomo` writes it for solvers that branch",
            )
        keys, _ = self.parameters(d.domain)
        into = ""
        if d.price is not None:
            key = ", ".join(keys) if keys else "()"
            into = f'priced["{self.names.parts[id(d)]}"][{key}] = '

        def body(letters: Letters) -> list[str]:
            if d.relation == "range":
                assert d.middle is not None
                low, middle, high = (self.code.number(e, letters).text for e in (d.left, d.middle, d.right))
                return [f"{into}between({low}, {middle}, {high})"]
            return self._state(d.left, d.relation, d.right, letters, into)

        return self._each(d.domain, body, self.above(d))

    def _bound(self, d: VarDef, bound: BoundDef) -> Lines:
        word = {">=": "lower", "<=": "upper"}.get(bound.relation, "value")
        own = ir.Use(
            d, tuple(ir.Letter(b, k, b.span) for b in d.domain.binders for k in range(len(b.letters))), bound.span
        )
        above = comment(d, self.origins, f"its {word} bound holds a variable")
        return self._each(d.domain, lambda letters: self._state(own, bound.relation, bound.value, letters), above)

    def _final(self, d: VarDef) -> Lines:
        """What holds at the last element."""
        assert d.final is not None
        final = d.final
        k, home = self._ending_set(d)
        own = ir.Use(
            d, tuple(ir.Letter(b, j, b.span) for b in d.domain.binders for j in range(len(b.letters))), final.span
        )
        names, _ = self.parameters(d.domain)

        def body(letters: Letters) -> list[str]:
            lines = self._state(own, final.relation, final.value, letters)
            return [f"if {names[k]} == m.{self.set_names[home]}.last():", *(f"    {line}" for line in lines)]

        above = (f"{line_of(final.span, self.origins, d, 'final')}: {d.name} at its last element: {final.span.text}",)
        return self._each(d.domain, body, above)

    def _pair(self, d: ConstraintDef) -> Lines:
        assert d.perp is not None
        first, second = d.perp
        note = self.derived.notes.get(id(d), f"complementarity {d.name}")
        above = (f"{line_of(d.signature.span, self.origins, d)}: {note}",)
        return self._each(
            d.domain,
            lambda letters: [
                f"pair({self.code.number(first, letters).text}, {self.code.number(second, letters).text})"
            ],
            above,
        )

    # ------------------------------------------------------------ objective, reports

    def _let(self, d: LetDef, in_problem: bool) -> Function:
        names, letters = self.parameters(d.domain)
        self.code.problem = in_problem
        try:
            body = returned(self.code.number(d.value, letters))
        finally:
            self.code.problem = True
        return Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.origins))

    def _objective(self) -> Lines:
        d = self.player.objective
        code = self.code.number(d.value, {}).lines(WIDTH)
        lines = (f"goal = {code[0]}",) if len(code) == 1 else ("goal = (", *(f"    {x}" for x in code), ")")
        return Lines(comment(d, self.origins), lines)

    def _price(self, c: ConstraintDef) -> Shown:
        assert c.price is not None
        name = self.names.parts[id(c)]
        names, _ = self.parameters(c.domain)
        cell = f"m.{name}[{', '.join(names)}]" if names else f"m.{name}"
        rule = self.function_names.claim(f"{c.price.name}_price")
        keys = ""
        if c.domain.binders:
            listed, _, clauses = self.code.opened(c.domain, {})
            keys = f"[({', '.join(listed)}{',' if len(listed) == 1 else ''}) {' '.join(clauses)}]"
        function = Function(rule, ("m", *names), (f"return {cell}",), (f"shadow price of {c.name}",))
        return Shown(c.price.name, _unit(c.price.unit), function, keys, "")

    def _report(self, d: ReportDef) -> Shown:
        names, letters = self.parameters(d.domain)
        body = ("return None",) if d.missing else returned(self.code.number(d.value, letters))
        function = Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.origins))
        keys = ""
        if d.domain.binders:
            listed, _, clauses = self.code.opened(d.domain, {})
            keys = f"[({', '.join(listed)}{',' if len(listed) == 1 else ''}) {' '.join(clauses)}]"
        label = d.name.replace(".", "[].", 1) if d.kind == "objective" and keys else d.name
        return Shown(label, _unit(d.signature.unit), function, keys, d.missing)


def _with_comma(lines: list[str]) -> list[str]:
    return [*lines[:-1], f"{lines[-1]},"]


def _unit(unit: Unit | None) -> str:
    return "" if unit is None or unit.plain else unit.text
