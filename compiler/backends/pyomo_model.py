"""A game of one player and its data -> `PyomoModel`, every statement of the script in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from compiler.backends.bound_data import BoundData
from compiler.backends.pyomo_data import param_statement, set_statements
from compiler.backends.pyomo_indices import Letters, Unwritten
from compiler.backends.pyomo_rules import returned
from compiler.backends.pyomo_statements import Component, Fix, Function, Price, PyomoModel, Shown
from compiler.backends.pyomo_variables import Variables, ends_in_row
from compiler.backends.statement_text import comment
from compiler.backends.steps import problem_expressions, surely_holds_variable
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, FixDef, Game, LetDef, ReportDef
from compiler.ir.units import Unit
from compiler.ir.walk import holds_variables, uses
from grammar.diagnostics import Findings
from grammar.source import Source

T = TypeVar("T")


def model_of(game: Game, data: BoundData, source: Source, findings: Findings) -> PyomoModel | None:
    """The script's statements; None when `findings` has got errors (G107, G704)."""
    written = _Writer(game, data, source, findings).run()
    return None if findings.errors else written


class _Writer(Variables):
    def run(self) -> PyomoModel | None:
        self._check_prices()
        player, game = self.player, self.game
        data_lets = [x for x in game.all_lets() if not holds_variables(x.value)]
        other_lets = [x for x in game.all_lets() if holds_variables(x.value)]
        objective = self._all([self._objective])
        variables = self._all(partial(self.variable, v) for v in player.variables)
        data_functions = self._all(partial(self._let, x) for x in data_lets)
        functions = self._all(partial(self._let, x) for x in other_lets)
        functions += self._all(partial(self.before, v) for v in player.variables if id(v) in self.names.before)
        constraints = self._all(
            partial(self.bound_row, v, b) for v in player.variables for b in v.bounds if holds_variables(b.value)
        )
        constraints += self._all(partial(self.final, v) for v in player.variables if ends_in_row(v))
        constraints += self._all(partial(self._constraint, c) for c in player.constraints)
        fixes = self._all(partial(self._fix, f) for f in game.fixes)
        reports = self._all(partial(self._report, r) for r in game.reports)
        if self.findings.errors:
            return None
        return PyomoModel(
            sets=set_statements(game.sets, self.set_names, self.data, self.source),
            params=tuple(
                param_statement(d, self.names.parts[id(d)], self.whole_sets(d.domain), self.data, self.source)
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

    def _all(self, steps: Iterable[Callable[[], T]]) -> tuple[T, ...]:
        """The results of those that could be written; the others are reported."""
        found: list[T] = []
        for step in steps:
            try:
                found.append(step())
            except Unwritten:
                continue
            except RecursionError:
                self.findings.add("G111", "an expression is nested too deeply", hints=["name parts of it with `let`"])
        return tuple(found)

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

    # ------------------------------------------------------------ statements

    def _let(self, d: LetDef) -> Function:
        names, letters = self.parameters(d.domain)
        body = returned(self.code.number(d.value, letters))
        return Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.source))

    def _objective(self) -> Component:
        d = self.player.objective
        rule = self.names.functions[id(d)]
        function = Function(rule, ("m",), returned(self.code.number(d.value, {})))
        sense = ("sense=pe.maximize",) if d.maximize else ()
        return Component(
            self.objective_name, "Objective", (f"rule={rule}", *sense), comment(d, self.source), (function,)
        )

    def _constraint(self, d: ConstraintDef) -> Component:
        if d.condition is not None or d.relation not in ("<=", ">=", "==", "range"):
            raise self.code.refuse(
                f"`{d.name}`, an implication or a complementarity,", d.signature.span, "`gamec solve` solves the model"
            )

        def body(letters: Letters) -> list[str]:
            if d.relation == "range":
                assert d.middle is not None
                sides = [self.code.number(e, letters) for e in (d.left, d.middle, d.right)]
                text = f"pe.inequality({', '.join(s.text for s in sides)})"
                return self.stated([text], surely_holds_variable(d.middle, self.data))
            left, right = d.left, d.right
            if d.price is not None and holds_variables(right):
                # Pyomo turns a relation round when its right-hand side holds variables, and the dual's sign with it.
                left, right = ir.Add((1, -1), (left, right), d.signature.span), ir.Number(0.0, right.span)
            return self.relation(left, d.relation, right, letters)

        return self.rule(self.constraint_names[id(d)], d.domain, body, comment(d, self.source))

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
        names, letters = self.parameters(d.domain)
        body = ("return None",) if d.missing else returned(self.code.number(d.value, letters))
        function = Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.source))
        keys = ""
        if d.domain.binders:
            listed, _, clauses = self.code.opened(d.domain, {})
            keys = f"[({', '.join(listed)}{',' if len(listed) == 1 else ''}) {' '.join(clauses)}]"
        return Shown(d.name, _unit(d.signature.unit), function, keys, d.missing)


def _unit(unit: Unit | None) -> str:
    return "" if unit is None or unit.plain else unit.text
