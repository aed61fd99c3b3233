"""A game of one player and its data -> `PyomoModel`, every statement of the script in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from compiler.backends.bound_data import BoundData
from compiler.backends.pyomo_code import Level
from compiler.backends.pyomo_data import param_statement, set_statements
from compiler.backends.pyomo_indices import Letters, all_written
from compiler.backends.pyomo_pairs import Pairs
from compiler.backends.pyomo_rules import Derived, returned
from compiler.backends.pyomo_statements import Component, Fix, Function, Price, PyomoModel, Settled, Shown
from compiler.backends.pyomo_variables import ends_in_row
from compiler.backends.statement_text import Origins, comment, line_of
from compiler.backends.steps import surely_holds_variable
from compiler.derivation import Slip
from compiler.derivation.unheeded import Aside
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, FixDef, Game, LetDef, ReportDef
from compiler.ir.steps import problem_expressions
from compiler.ir.units import Unit
from compiler.ir.walk import holds_variables, uses
from grammar.diagnostics import Findings

T = TypeVar("T")


def model_of(
    game: Game, data: BoundData, origins: Origins, findings: Findings, derived: Derived | None = None
) -> PyomoModel | None:
    """The script's statements; None when `findings` has got errors (G107, G704)."""
    writer = _Writer(game, data, origins, findings)
    writer.derived = derived or Derived()
    written = writer.run()
    return None if findings.errors else written


class _Writer(Pairs):
    def run(self) -> PyomoModel | None:
        self._check_prices()
        player, game = self.player, self.game
        blocks = self.lift()
        self.code.problem = True
        data_lets = [x for x in game.all_lets() if not holds_variables(x.value)]
        other_lets = [x for x in game.all_lets() if holds_variables(x.value)]
        objective = self._all([self._objective])
        variables = self._all(partial(self.variable, v) for v in player.variables)
        switches = self._all(partial(self.switch, v) for v in player.variables if v.kind == "semicontinuous")
        data_functions = self._all(partial(self._let, x) for x in data_lets)
        functions = self._all(partial(self._let, x) for x in other_lets)
        functions += self._all(partial(self.before, v) for v in player.variables if id(v) in self.names.before)
        settled = self._all(partial(self._settled, a) for a in self.derived.asides)
        constraints = self._all(
            partial(self.bound_row, v, b) for v in player.variables for b in v.bounds if holds_variables(b.value)
        )
        constraints += self._all(partial(self.final, v) for v in player.variables if ends_in_row(v))
        constraints += tuple(row for _, *rows in switches for row in rows)
        for rows in self._all(partial(self._constraint, c) for c in player.constraints if c.perp is None):
            constraints += rows
        pairs = self._all(partial(self.complementarity, c) for c in player.constraints if c.perp is not None)
        fixes = self._all(partial(self._fix, f) for f in game.fixes)
        self.code.problem = False
        reports = self._all(partial(self._report, r) for r in game.reports)
        slips = self._all(partial(self._slip, r) for r in self.derived.slips)
        if self.findings.errors:
            return None
        return PyomoModel(
            sets=set_statements(game.sets, self.set_names, self.data, self.origins),
            params=tuple(
                param_statement(
                    *(d, self.names.parts[id(d)], self.whole_sets(d.domain), self.data, self.origins),
                    self.derived.notes.get(id(d), ""),
                )
                for d in game.all_params()
            ),
            data_functions=data_functions,
            variables=(*variables, *(on for on, *_ in switches)),
            functions=functions,
            lifted=tuple(part for block in blocks for part in block.parts),
            true_values=tuple(block.value for block in blocks),
            objective=objective[0],
            objective_label=f"{player.name}.{player.objective.name}",
            objective_unit=_unit(player.objective.signature.unit),
            constraints=constraints,
            pairs=tuple(part for parts in pairs for part in parts),
            sos=tuple(self.sos),
            fixes=fixes,
            integers=(
                *(self.names.parts[id(v)] for v in player.variables if v.kind in ("integer", "binary")),
                *self.integer_parts,
            ),
            prices=tuple(self._price(c) for c in player.constraints if c.price is not None),
            reports=reports,
            helpers=frozenset(self.code.helpers),
            forgiving=self.derived.forgiving,
            settled=settled,
            slips=slips,
        )

    def _all(self, steps: Iterable[Callable[[], T]]) -> tuple[T, ...]:
        return all_written(steps, self.findings)

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
        self.code.problem = self.places.let_used(d)
        try:
            body = returned(self.code.number(d.value, letters))
        finally:
            self.code.problem = True
        return Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.origins))

    def _objective(self) -> Component:
        d = self.player.objective
        rule = self.names.functions[id(d)]
        function = Function(rule, ("m",), returned(self.code.number(d.value, {})))
        sense = ("sense=pe.maximize",) if d.maximize else ()
        return Component(
            self.objective_name, "Objective", (f"rule={rule}", *sense), comment(d, self.origins), (function,)
        )

    def _settled(self, aside: Aside) -> Settled:
        """The objective stands beside the leader's, and is called for last."""
        d = aside.objective
        name = self.part_names.claim(d.name, aside.player.name)
        rule = self.function_names.claim(f"{name}_rule")
        function = Function(rule, ("m",), returned(self.code.number(d.value, {})))
        sense = ("sense=pe.maximize",) if d.maximize else ()
        above = comment(d, self.origins, f"{aside.player.name}'s own")
        whole = Component(name, "Objective", (f"rule={rule}", *sense), above, (function,))
        return Settled(whole, tuple(self.names.parts[id(v)] for v in aside.variables))

    def _constraint(self, d: ConstraintDef) -> tuple[Component, ...]:
        if d.condition is not None:
            return self._implication(d, d.condition)

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

        return (self.rule(self.constraint_names[id(d)], d.domain, body, self.above(d)),)

    def _implication(self, d: ConstraintDef, condition: ir.Expr) -> tuple[Component, ...]:
        """Each side may be exceeded by as much as it can be, where the binary does not ask for it."""
        body = d.left if d.middle is None else d.middle
        low = {"<=": None, "range": d.left}.get(d.relation, d.right)
        high = None if d.relation == ">=" else d.right
        sides = [(body, high, "upper")] if high is not None else []
        sides += [(low, body, "lower")] if low is not None else []
        limits = [e for e in (low, high) if e is not None]
        self.check_bounds(f"the implication `{d.name}`", d.signature.span, body, *limits)
        self.code.helpers.add("bounds")
        found: list[Component] = []
        for larger, smaller, word in sides:

            def lines(letters: Letters, larger: ir.Expr = larger, smaller: ir.Expr = smaller) -> list[str]:
                over = ir.Add((1, -1), (larger, smaller), d.signature.span)
                switch = self.code.number(condition, letters)
                off = f"(1 - {switch.at(Level.PRODUCT)})" if d.holds_at else switch.at(Level.POWER)
                return [f"over = {self.code.number(over, letters).text}", f"return over <= highest(over)*{off}"]

            name, note = self.constraint_names[id(d)], ""
            if found:
                name, note = self.part_names.claim(f"{d.name}_{word}", d.player), f"its {word} side"
            found.append(self.rule(name, d.domain, lines, comment(d, self.origins, note)))
        return tuple(found)

    def _fix(self, d: FixDef) -> Fix:
        _, letters, clauses = self.code.opened(d.domain, {})
        lines = [f"{'    ' * depth}{clause}:" for depth, clause in enumerate(clauses)]
        cell = self.code.cell(ir.Use(d.variable, d.indices, d.span), d.variable, letters)
        lines.append(
            f"{'    ' * len(clauses)}{cell}.fix({self.code.number(d.value, letters).text}, skip_validation=True)"
        )
        return Fix(comment(d, self.origins), tuple(lines))

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

    def _slip(self, d: Slip) -> Function:
        where = line_of(d.objective.signature.span, self.origins)
        above = (
            f"{where}: what the solver's tolerance may be worth to `{d.player}`, over the size of its objective:",
            "    what is overstepped times its multiplier",
        )
        first, *more = returned(self.code.number(d.missed, {}))
        size = self.code.number(d.size, {}).text
        body = (first.replace("return", "missed =", 1), *more, f"return missed/(1 + {size})")
        return Function(self.function_names.claim(f"slip_{d.player}"), ("m",), body, above)

    def _report(self, d: ReportDef) -> Shown:
        names, letters = self.parameters(d.domain)
        body = ("return None",) if d.missing else returned(self.code.number(d.value, letters))
        function = Function(self.names.functions[id(d)], ("m", *names), body, comment(d, self.origins))
        keys = ""
        if d.domain.binders:
            listed, _, clauses = self.code.opened(d.domain, {})
            keys = f"[({', '.join(listed)}{',' if len(listed) == 1 else ''}) {' '.join(clauses)}]"
        label = d.name
        if d.kind == "objective" and keys:
            # As results call it: `grid[mg1].bill`.
            label = label.replace(".", "[].", 1)
        return Shown(label, _unit(d.signature.unit), function, keys, d.missing)


def _unit(unit: Unit | None) -> str:
    return "" if unit is None or unit.plain else unit.text
