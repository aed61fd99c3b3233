"""A game of one player and its data -> `PyomoModel`, every statement of the script in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from compiler.backends.bound_data import BoundData
from compiler.backends.names import MODEL_RESERVED, SCRIPT_RESERVED, Names
from compiler.backends.pyomo_code import Code, Level
from compiler.backends.pyomo_data import param_statement, set_statements
from compiler.backends.pyomo_expressions import Expressions, ScriptNames
from compiler.backends.pyomo_indices import Letters, Unwritten
from compiler.backends.pyomo_statements import (
    Component,
    Fix,
    Function,
    IndexSet,
    Price,
    PyomoModel,
    Shown,
)
from compiler.backends.statement_text import comment, line_of
from compiler.backends.steps import Steps, problem_expressions, surely_holds_variable
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, FixDef, Game, LetDef, ReportDef, VarDef
from compiler.ir.units import Unit
from compiler.ir.walk import holds_variables, uses
from grammar.diagnostics import Findings
from grammar.source import Source

T = TypeVar("T")

WIDTH = 112
"""Columns up to which an expression stands in one line."""

_DOMAINS = {"real": None, "integer": "pe.Integers", "binary": "pe.Binary"}


def model_of(game: Game, data: BoundData, source: Source, findings: Findings) -> PyomoModel | None:
    """The script's statements; None when `findings` has got errors (G107, G704)."""
    written = _Writer(game, data, source, findings).run()
    return None if findings.errors else written


class _Writer:
    def __init__(self, game: Game, data: BoundData, source: Source, findings: Findings) -> None:
        self.game = game
        self.player = game.players[0]
        self.data = data
        self.source = source
        self.findings = findings
        self.steps = Steps(game)
        self.part_names = Names(MODEL_RESERVED)
        self.function_names = Names(SCRIPT_RESERVED)
        self.set_names = {d.name: self.part_names.claim(d.name) for d in game.sets}
        self.constraint_names: dict[int, str] = {}
        self.names = self._script_names()
        self.code = Expressions(self.names, self.set_names, self.function_names, data, findings)

    def _script_names(self) -> ScriptNames:
        """Every declared name, before any letter gets one."""
        parts: dict[int, str] = {}
        functions: dict[int, str] = {}
        before: dict[int, str] = {}
        player = self.player
        for d in (*self.game.all_params(), *player.variables):
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

    def _all(self, steps: Iterable[Callable[[], T]]) -> tuple[T, ...]:
        """The results of those that could be written; the others are reported."""
        found: list[T] = []
        for step in steps:
            try:
                found.append(step())
            except Unwritten:
                continue
            except RecursionError:
                self.findings.add(
                    "G111", "an expression is nested too deeply", hints=["name parts of it with `let`"]
                )
        return tuple(found)

    def run(self) -> PyomoModel | None:
        self._check_prices()
        player, game = self.player, self.game
        data_lets = [x for x in game.all_lets() if not holds_variables(x.value)]
        other_lets = [x for x in game.all_lets() if holds_variables(x.value)]
        objective = self._all([self._objective])
        variables = self._all(partial(self._variable, v) for v in player.variables)
        data_functions = self._all(partial(self._let, x) for x in data_lets)
        functions = self._all(partial(self._let, x) for x in other_lets)
        functions += self._all(partial(self._before, v) for v in player.variables if id(v) in self.names.before)
        constraints = self._all(
            partial(self._bound_row, v, b) for v in player.variables for b in v.bounds if holds_variables(b.value)
        )
        constraints += self._all(partial(self._final, v) for v in player.variables if _ends_in_row(v))
        constraints += self._all(partial(self._constraint, c) for c in player.constraints)
        fixes = self._all(partial(self._fix, f) for f in game.fixes)
        reports = self._all(partial(self._report, r) for r in game.reports)
        if self.findings.errors:
            return None
        return PyomoModel(
            sets=set_statements(game.sets, self.set_names, self.data, self.source),
            params=tuple(
                param_statement(d, self.names.parts[id(d)], self._whole_sets(d.domain), self.data, self.source)
                for d in game.all_params()
            ),
            data_functions=data_functions,
            variables=variables,
            functions=functions,
            objective=objective[0],
            objective_label=f"{player.name}.{player.objective.name}",
            objective_unit=_unit(player.objective.signature.unit),
            constraints=constraints,
            fixes=fixes,
            integers=tuple(self.names.parts[id(v)] for v in player.variables if v.kind != "real"),
            prices=tuple(self._price(c) for c in player.constraints if c.price is not None),
            reports=reports,
            helpers=frozenset(self.code.helpers),
        )

    def _check_prices(self) -> None:
        """A shadow price inside the problem that makes it belongs to a market, not to one player."""
        lets = {id(x.value) for x in self.game.all_lets()}
        stack = [e for e in problem_expressions(self.game) if id(e) not in lets]
        seen: set[int] = set()
        while stack:
            for use in uses(stack.pop()):
                if isinstance(use.target, ConstraintDef):
                    self.findings.add(
                        "G704",
                        f"the shadow price `{use.span.text}` stands in the player's own problem",
                        use.span,
                        "known only after solving",
                        hints=["a Pyomo script holds one problem: use the price in reports only"],
                    )
                elif isinstance(use.target, LetDef) and id(use.target) not in seen:
                    seen.add(id(use.target))
                    stack.append(use.target.value)

    # ------------------------------------------------------------ indices of declarations

    def _whole_sets(self, domain: ir.Domain) -> tuple[str, ...] | None:
        """The model's sets that a domain runs over, its condition aside; None when one has no name."""
        if not all(isinstance(b.over, ir.SetName) for b in domain.binders):
            return None
        return tuple(f"m.{self.set_names[b.over.set.name]}" for b in domain.binders if isinstance(b.over, ir.SetName))

    def _index(self, name: str, domain: ir.Domain, skips: bool) -> tuple[tuple[str, ...], IndexSet | None]:
        """Arguments for the index of a component, and the index set to make first. With `skips` the rule leaves out
        what the condition excludes."""
        if not domain.binders:
            if domain.where is not None and not skips:
                raise self.code.refuse(
                    f"a condition on `{name}`, which has no index,", domain.where.span, "give it an index"
                )
            return (), None
        whole = self._whole_sets(domain)
        if whole is not None and (domain.where is None or skips):
            return whole, None
        index_name = self.part_names.claim(f"{name}_index")
        items = self.code.instances(domain, {})
        return (f"m.{index_name}",), IndexSet(index_name, len(domain.letters), items)

    def _parameters(self, domain: ir.Domain) -> tuple[list[str], Letters]:
        names: list[str] = []
        letters: Letters = {}
        for binder in domain.binders:
            mine, letters = self.code.bind(binder, letters)
            names += mine
        return names, letters

    def _guard(self, domain: ir.Domain, letters: Letters) -> list[str]:
        """Leave out the instances that the condition excludes; an index set has done so where one was made."""
        if domain.where is None or (domain.binders and self._whole_sets(domain) is None):
            return []
        return [f"if {self.code.negated(domain.where, letters).text}:", "    return pe.Constraint.Skip"]

    # ------------------------------------------------------------ statements

    def _let(self, d: LetDef) -> Function:
        names, letters = self._parameters(d.domain)
        body = _returned(self.code.number(d.value, letters))
        return Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.source))

    def _objective(self) -> Component:
        d = self.player.objective
        rule = self.names.functions[id(d)]
        function = Function(rule, ("m",), _returned(self.code.number(d.value, {})))
        sense = ("sense=pe.maximize",) if d.maximize else ()
        return Component(
            self.objective_name, "Objective", (f"rule={rule}", *sense), comment(d, self.source), (function,)
        )

    def _variable(self, d: VarDef) -> Component:
        if d.kind not in _DOMAINS:
            raise self.code.refuse(
                f"a variable of kind `{d.kind}`", d.kind_span or d.signature.span, "use a binary variable"
            )
        name = self.names.parts[id(d)]
        index, index_set = self._index(name, d.domain, skips=False)
        names, letters = self._parameters(d.domain)
        functions: list[Function] = []

        def given(argument: str, body: list[str]) -> str:
            function = self.function_names.claim(f"{d.name}_{argument}")
            functions.append(Function(function, ("m", *names), tuple(body)))
            return f"{argument}={function}"

        arguments = list(index)
        within = _DOMAINS[d.kind]
        if within is not None:
            arguments.append(f"within={within}")
        bounds = [b for b in d.bounds if not holds_variables(b.value) and not _endless(b)]
        low, high = self._limits(bounds, letters)
        if d.final is not None and not _ends_in_row(d):
            value = self.code.number(d.final.value, letters).at(Level.OR)
            end = (value, value) if d.final.relation == "==" else self._limits([*bounds, d.final], letters)
            home = self._ending_set(d)
            last = f"{names[home[0]]} == m.{self.set_names[home[1]]}.last()"
            arguments.append(given("bounds", [f"if {last}:", f"    return {end[0]}, {end[1]}", f"return {low}, {high}"]))
        elif all(_same_everywhere(b.value) for b in bounds):
            arguments += [f"bounds=({low}, {high})"] if bounds else []
        else:
            arguments.append(given("bounds", [f"return {low}, {high}"]))
        if d.start is not None:
            start = self.code.number(d.start, letters)
            same = _same_everywhere(d.start)
            arguments.append(f"initialize={start.text}" if same else given("initialize", list(_returned(start))))
        return Component(name, "Var", tuple(arguments), comment(d, self.source), tuple(functions), index_set)

    def _limits(self, bounds: list[BoundDef], letters: Letters) -> tuple[str, str]:
        """Lower and upper bound, None where there is none."""
        found = []
        for pick, relation in (("max", ">="), ("min", "<=")):
            codes = [self.code.number(b.value, letters) for b in bounds if b.relation in (relation, "==")]
            one = codes[0].at(Level.OR) if codes else "None"
            found.append(one if len(codes) < 2 else f"{pick}({', '.join(c.text for c in codes)})")
        return found[0], found[1]

    def _ending_set(self, d: VarDef) -> tuple[int, str]:
        """The index that ends, and the name of its set in the file."""
        assert d.final is not None
        k = self.steps.ending_position(d)
        home = self.code.domain_homes(d.domain)[k]
        if home is None:
            raise self.code.refuse(
                f"the end of a set without a name, which `{d.name}` has as index,",
                d.final.span,
                "declare the set with a name: `set NAME index LETTER = ...`",
            )
        return k, home.name

    def _before(self, d: VarDef) -> Function:
        """The variable, and what it is before its first element."""
        assert d.before is not None
        names, letters = self._parameters(d.domain)
        stepped = self.steps.of(d)
        homes = self.code.domain_homes(d.domain)
        outside: list[str] = []
        first: list[str] = []
        used = _letters_of(d.before)
        for k in stepped.positions:
            home = homes[k]
            if home is None:
                raise self.code.refuse(
                    f"a step along a set without a name, which `{d.name}` has as index,",
                    d.signature.span,
                    "declare the set with a name: `set NAME index LETTER = ...`",
                )
            of = f"m.{self.set_names[home.name]}"
            if k in stepped.by_place:
                outside.append(f"{names[k]} is None")
            if k in stepped.by_number:
                outside.append(f"{names[k]} < {of}.first()")
            if d.domain.letters[k] in used:
                first.append(f"{names[k]} = {of}.first()")
        if len(stepped.positions) > 1 and first:
            raise self.code.refuse(
                f"`starts` with an index along which `{d.name}` is stepped, when there are several,",
                d.before.span,
                "step the variable along one index only",
            )
        above = (f"{line_of(d.before.span, self.source)}: {d.name} before its first element: {d.before.span.text}",)
        body = [
            f"if {' or '.join(outside)}:",
            *(f"    {line}" for line in first),
            *(f"    {line}" for line in _returned(self.code.number(d.before, letters))),
            f"return m.{self.names.parts[id(d)]}[{', '.join(names)}]",
        ]
        return Function(self.names.before[id(d)], ("m", *names), tuple(body), above)

    def _rule(
        self, name: str, domain: ir.Domain, body: Callable[[Letters], list[str]], above: tuple[str, ...]
    ) -> Component:
        index, index_set = self._index(name, domain, skips=True)
        names, letters = self._parameters(domain)
        rule = self.function_names.claim(f"{name}_rule")
        function = Function(rule, ("m", *names), (*self._guard(domain, letters), *body(letters)))
        return Component(name, "Constraint", (*index, f"rule={rule}"), above, (function,), index_set)

    def _constraint(self, d: ConstraintDef) -> Component:
        def body(letters: Letters) -> list[str]:
            if d.relation == "range":
                assert d.middle is not None
                sides = [self.code.number(e, letters) for e in (d.left, d.middle, d.right)]
                text = f"pe.inequality({', '.join(s.text for s in sides)})"
                return self._stated([text], surely_holds_variable(d.middle, self.data))
            left, right = d.left, d.right
            if d.price is not None and holds_variables(right):
                # Pyomo turns a relation round when its right-hand side holds variables, and the dual's sign with it.
                left, right = ir.Add((1, -1), (left, right), d.signature.span), ir.Number(0.0, right.span)
            return self._relation(left, d.relation, right, letters)

        return self._rule(self.constraint_names[id(d)], d.domain, body, comment(d, self.source))

    def _relation(self, left: ir.Expr, relation: str, right: ir.Expr, letters: Letters) -> list[str]:
        sides = [self.code.number(e, letters) for e in (left, right)]
        sides = [s if s.level >= Level.SUM else Code(s.at(Level.SUM)) for s in sides]
        text = f"{sides[0].text} {relation} {sides[1].text}"
        sure = surely_holds_variable(left, self.data) or surely_holds_variable(right, self.data)
        if len(text) <= WIDTH:
            return self._stated([text], sure)
        first, second = (s.lines(WIDTH - 8) for s in sides)
        return self._stated([*first, f"{relation} {second[0]}", *second[1:]], sure)

    def _stated(self, lines: list[str], sure: bool) -> list[str]:
        """Give back a relation; one that the data may leave without a variable goes through `stated`."""
        if not sure:
            self.code.helpers.add("stated")
        if len(lines) == 1:
            return [f"return {lines[0]}" if sure else f"return stated({lines[0]})"]
        return ["return (" if sure else "return stated(", *(f"    {line}" for line in lines), ")"]

    def _bound_row(self, d: VarDef, bound: BoundDef) -> Component:
        """A bound that holds variables is a constraint."""
        word = {">=": "lower", "<=": "upper"}.get(bound.relation, "value")
        name = self.part_names.claim(f"{d.name}_{word}", d.player)
        above = comment(d, self.source, f"its {word} bound holds a variable")
        return self._rule(
            name, d.domain, lambda letters: self._relation(_itself(d), bound.relation, bound.value, letters), above
        )

    def _final(self, d: VarDef) -> Component:
        """What holds at the last element."""
        assert d.final is not None
        final = d.final
        k, home = self._ending_set(d)

        def body(letters: Letters) -> list[str]:
            names, _ = self._parameters(d.domain)
            return [
                f"if {names[k]} != m.{self.set_names[home]}.last():",
                "    return pe.Constraint.Skip",
                *self._relation(_itself(d), final.relation, final.value, letters),
            ]

        name = self.part_names.claim(f"{d.name}_end", d.player)
        above = (f"{line_of(final.span, self.source)}: {d.name} at its last element: {final.span.text}",)
        return self._rule(name, d.domain, body, above)

    def _fix(self, d: FixDef) -> Fix:
        _, letters, clauses = self.code.opened(d.domain, {})
        lines = [f"{'    ' * depth}{clause}:" for depth, clause in enumerate(clauses)]
        cell = self.code.cell(ir.Use(d.variable, d.indices, d.span), d.variable, letters)
        lines.append(f"{'    ' * len(clauses)}{cell}.fix({self.code.number(d.value, letters).text})")
        return Fix(comment(d, self.source), tuple(lines))

    # ------------------------------------------------------------ what is printed

    def _price(self, c: ConstraintDef) -> Price:
        assert c.price is not None
        return Price(
            c.price.name,
            self.names.parts[id(c)],
            self.constraint_names[id(c)],
            _unit(c.price.unit),
            bool(c.domain.binders),
        )

    def _report(self, d: ReportDef) -> Shown:
        names, letters = self._parameters(d.domain)
        body = ("return None",) if d.missing else _returned(self.code.number(d.value, letters))
        function = Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.source))
        keys = ""
        if d.domain.binders:
            listed, _, clauses = self.code.opened(d.domain, {})
            keys = f"[({', '.join(listed)}{',' if len(listed) == 1 else ''}) {' '.join(clauses)}]"
        return Shown(d.name, _unit(d.signature.unit), function, keys, d.missing)


def _returned(code: Code) -> tuple[str, ...]:
    """`return ...`, a long sum with one summand a line."""
    lines = code.lines(WIDTH)
    if len(lines) == 1:
        return (f"return {lines[0]}",)
    return ("return (", *(f"    {line}" for line in lines), ")")


def _itself(d: VarDef) -> ir.Use:
    """The variable at the indices of its own declaration."""
    indices = tuple(ir.Letter(b, k, b.span) for b in d.domain.binders for k in range(len(b.letters)))
    return ir.Use(d, indices, d.signature.span)


def _ends_in_row(d: VarDef) -> bool:
    """Whether what `ends` says holds variables; else it is a bound."""
    return d.final is not None and holds_variables(d.final.value)


def _endless(bound: BoundDef) -> bool:
    value = bound.value.operand if isinstance(bound.value, ir.Negate) else bound.value
    return isinstance(value, ir.Number) and value.value == float("inf")


def _same_everywhere(expression: ir.Expr) -> bool:
    """Whether the expression is a number or a parameter without index, perhaps negated."""
    match expression:
        case ir.Number():
            return True
        case ir.Use():
            return not expression.indices and not isinstance(expression.target, LetDef)
        case ir.Negate():
            return _same_everywhere(expression.operand)
        case _:
            return False


def _letters_of(expression: ir.Expr) -> set[str]:
    """Letters of the declaration that its expression uses, judged by the text, so rather too many."""
    words = "".join(c if c.isalnum() or c == "_" else " " for c in expression.span.text)
    return set(words.split())


def _unit(unit: Unit | None) -> str:
    return "" if unit is None or unit.plain else unit.text
