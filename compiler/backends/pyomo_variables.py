"""Variables -> `pe.Var` statements, and what `starts`, `ends` and bounds that hold variables become: `Variables`."""

from __future__ import annotations

from compiler.backends.pyomo_code import Level
from compiler.backends.pyomo_indices import Letters
from compiler.backends.pyomo_lifted import Lifted
from compiler.backends.pyomo_rules import returned
from compiler.backends.pyomo_statements import Component, Function
from compiler.backends.statement_text import comment, line_of
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, LetDef, VarDef
from compiler.ir.walk import holds_variables, outer_letters

_DOMAINS = {"real": None, "integer": "pe.Integers", "binary": "pe.Binary", "semicontinuous": None}


class Variables(Lifted):
    """The variables of one player's model."""

    def variable(self, d: VarDef) -> Component:
        name = self.names.parts[id(d)]
        index, index_set = self.index(name, d.domain, skips=False)
        names, letters = self.parameters(d.domain)
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
        if d.kind == "semicontinuous":
            if d.final is not None:
                raise self.code.refuse(
                    f"`ends` of the semicontinuous `{d.name}`", d.final.span, "write it as a constraint"
                )
            arguments.append(given("bounds", [f"return min(0, {low}), max(0, {high})"]))
        elif d.final is not None and not ends_in_row(d):
            value = self.code.number(d.final.value, letters).at(Level.OR)
            end = (value, value) if d.final.relation == "==" else self._limits([*bounds, d.final], letters)
            home = self._ending_set(d)
            last = f"{names[home[0]]} == m.{self.set_names[home[1]]}.last()"
            arguments.append(
                given("bounds", [f"if {last}:", f"    return {end[0]}, {end[1]}", f"return {low}, {high}"])
            )
        elif all(_same_everywhere(b.value) for b in bounds):
            arguments += [f"bounds=({low}, {high})"] if bounds else []
        else:
            arguments.append(given("bounds", [f"return {low}, {high}"]))
        if d.start is not None:
            start = self.code.number(d.start, letters)
            same = _same_everywhere(d.start)
            arguments.append(f"initialize={start.text}" if same else given("initialize", list(returned(start))))
        return Component(name, "Var", tuple(arguments), self.above(d), tuple(functions), index_set)

    def switch(self, d: VarDef) -> tuple[Component, Component, Component]:
        """The binary of a semicontinuous variable, and the rows by which the variable is zero or within its bounds."""
        name = self.part_names.claim(f"{d.name}_on", d.player)
        self.integer_parts.append(name)
        index, index_set = self.index(name, d.domain, skips=False)
        names, letters = self.parameters(d.domain)
        limits = self._limits([b for b in d.bounds if not holds_variables(b.value)], letters, Level.PRODUCT)
        above = comment(d, self.origins, "1 where it is within its bounds, 0 where it is zero")
        parts = [Component(name, "Var", (*index, "within=pe.Binary"), above, (), index_set)]
        key = f"[{', '.join(names)}]" if names else ""
        for word, relation, limit in zip(("least", "most"), (">=", "<="), limits, strict=True):
            row = self.part_names.claim(f"{d.name}_{word}", d.player)
            rule = self.function_names.claim(f"{row}_rule")
            body = (f"return m.{self.names.parts[id(d)]}{key} {relation} {limit}*m.{name}{key}",)
            above = comment(d, self.origins, f"{'at least' if word == 'least' else 'at most'} its bound, or zero")
            parts.append(
                Component(row, "Constraint", (*index, f"rule={rule}"), above, (Function(rule, ("m", *names), body),))
            )
        return parts[0], parts[1], parts[2]

    def _limits(self, bounds: list[BoundDef], letters: Letters, level: Level = Level.OR) -> tuple[str, str]:
        """Lower and upper bound, None where there is none."""
        found = []
        for pick, relation in (("max", ">="), ("min", "<=")):
            codes = [self.code.number(b.value, letters) for b in bounds if b.relation in (relation, "==")]
            one = codes[0].at(level) if codes else "None"
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

    def before(self, d: VarDef) -> Function:
        """The variable, and what it is before its first element."""
        assert d.before is not None
        names, letters = self.parameters(d.domain)
        stepped = self.steps.of(d)
        homes = self.code.domain_homes(d.domain)
        outside: list[str] = []
        first: list[str] = []
        used = {x.name for x in outer_letters(d.before)}
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
        place = line_of(d.before.span, self.origins, d, "before")
        above = (f"{place}: {d.name} before its first element: {d.before.span.text}",)
        body = [
            f"if {' or '.join(outside)}:",
            *(f"    {line}" for line in first),
            *(f"    {line}" for line in returned(self.code.number(d.before, letters))),
            f"return m.{self.names.parts[id(d)]}[{', '.join(names)}]",
        ]
        return Function(self.names.before[id(d)], ("m", *names), tuple(body), above)

    def bound_row(self, d: VarDef, bound: BoundDef) -> Component:
        """A bound that holds variables is a constraint."""
        word = {">=": "lower", "<=": "upper"}.get(bound.relation, "value")
        name = self.part_names.claim(f"{d.name}_{word}", d.player)
        above = comment(d, self.origins, f"its {word} bound holds a variable")
        return self.rule(
            name, d.domain, lambda letters: self.relation(itself(d), bound.relation, bound.value, letters), above
        )

    def final(self, d: VarDef) -> Component:
        """What holds at the last element."""
        assert d.final is not None
        final = d.final
        k, home = self._ending_set(d)

        def body(letters: Letters) -> list[str]:
            names, _ = self.parameters(d.domain)
            return [
                f"if {names[k]} != m.{self.set_names[home]}.last():",
                "    return pe.Constraint.Skip",
                *self.relation(itself(d), final.relation, final.value, letters),
            ]

        name = self.part_names.claim(f"{d.name}_end", d.player)
        above = (f"{line_of(final.span, self.origins, d, 'final')}: {d.name} at its last element: {final.span.text}",)
        return self.rule(name, d.domain, body, above)


def itself(d: VarDef) -> ir.Use:
    """The variable at the indices of its own declaration."""
    indices = tuple(ir.Letter(b, k, b.span) for b in d.domain.binders for k in range(len(b.letters)))
    return ir.Use(d, indices, d.signature.span)


def ends_in_row(d: VarDef) -> bool:
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
