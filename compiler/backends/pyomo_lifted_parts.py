"""What every lifted value is written with in a Pyomo script: `Frame`, the names and indices of its place, and
`LiftedParts`, which makes components of them."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.backends.lifted_places import LiftedPlace, nonlinear_in, variables_in
from compiler.backends.pyomo_indices import Letters
from compiler.backends.pyomo_rules import Rules
from compiler.backends.pyomo_statements import Component, Function, IndexSet, TrueValue
from compiler.ir import expr as ir
from compiler.ir.words import short
from grammar.source import Span


@dataclass(frozen=True)
class Block:
    """The statements for one place, and how its value is computed at the solution."""

    parts: tuple[Component, ...]
    value: TrueValue


@dataclass(frozen=True)
class Frame:
    """Names and indices of one place: `names` and `letters` as Python parameters, `index` as arguments of components,
    the set of which is made before the first of them."""

    name: str
    place: LiftedPlace
    names: tuple[str, ...]
    letters: Letters
    index: tuple[str, ...]
    index_set: IndexSet | None
    comment: tuple[str, ...]

    def cell(self, part: str = "", *more: str) -> str:
        keys = (*self.names, *more)
        return f"m.{self.name}{part}" + (f"[{', '.join(keys)}]" if keys else "")

    def call(self, function: str, *more: str, of: str = "m") -> str:
        return f"{function}({', '.join((of, *self.names, *more))})"


@dataclass(frozen=True)
class Sides:
    """The sides of a largest or smallest value: `all` is the list at one instance; rows for one side each run over
    `index` with the parameters `names`, of the whole `side` is theirs; `clauses` run over the sides of an instance."""

    all: str
    index: tuple[str, ...]
    index_set: IndexSet | None
    names: tuple[str, ...]
    side: str
    clauses: str


class LiftedParts(Rules):
    """Components of one player's lifted values. `integer_parts` names the binaries that they took."""

    integer_parts: list[str]

    def check_bounds(self, what: str, at: Span, *nodes: ir.Expr) -> None:
        """What takes binaries needs bounds that the script can see."""
        for node in nodes:
            inner = nonlinear_in(node)
            if risk := next((x for x in inner if isinstance(x, ir.Risk)), None):
                raise self.code.refuse(
                    f"{what}, which needs bounds of `{short(risk.span)}`,", at, "`gamec solve` solves the model"
                )
            endless = sorted(name for player, name in variables_in(node) if (player, name) in self.data.endless)
            if endless:
                raise self.code.refuse(
                    f"{what}, which needs bounds of `{endless[0]}` that the script can see,",
                    at,
                    f"give `{endless[0]}` bounds: `in [a, b]`",
                )

    def made(
        self,
        f: Frame,
        suffix: str,
        kind: str,
        *arguments: str,
        index: tuple[str, ...] | None = None,
        comment: tuple[str, ...] = (),
        functions: tuple[Function, ...] = (),
        index_set: IndexSet | None = None,
    ) -> Component:
        over = f.index if index is None else index
        return Component(f"{f.name}{suffix}", kind, (*over, *arguments), comment, functions, index_set)

    def ruled(self, f: Frame, suffix: str, kind: str, body: tuple[str, ...], sides: Sides | None = None) -> Component:
        """A component with a rule, over the instances or over the sides of all of them."""
        rule = self.function_names.claim(f"{f.name}{suffix}_rule")
        names, index = (f.names, f.index) if sides is None else (sides.names, sides.index)
        function = Function(rule, ("m", *names), body)
        return self.made(f, suffix, kind, f"rule={rule}", index=index, functions=(function,))

    def binary(self, f: Frame, suffix: str, index: tuple[str, ...], word: str) -> Component:
        self.integer_parts.append(f"{f.name}{suffix}")
        return self.made(f, suffix, "Var", "within=pe.Binary", index=index, comment=(word,))

    def true(self, f: Frame, text: str) -> TrueValue:
        if not f.names:
            return TrueValue(f.name, text)
        _, _, clauses = self.code.opened(f.place.domain, {})
        key = f.names[0] if len(f.names) == 1 else f"({', '.join(f.names)})"
        return TrueValue(f.name, f"{{{key}: {text} {' '.join(clauses)}}}")
