"""Index expressions and uses of indexed quantities -> resolved ones, with their counts and sets checked:
`IndexResolver`."""

from __future__ import annotations

from abc import abstractmethod

from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, SetDef
from compiler.ir.walk import components, index_set, literal_elements
from compiler.ir.words import count, show, some
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.resolve_sets import SetResolver
from compiler.semantics.scope import Definition, Environment
from compiler.syntax import expressions
from grammar.diagnostics import Label, did_you_mean


class IndexResolver(SetResolver):
    """Indices, and what is indexed."""

    @abstractmethod
    def expression(self, node: expressions.Expr, environment: Environment) -> ir.Expr:
        """A number or an expression of variables."""

    def index(self, node: expressions.Expr, environment: Environment, target: SetDef | None) -> ir.Index:
        """An index expression for a position that takes elements of `target`."""
        found = self._index(node, environment, target)
        if target is not None:
            self._check_index_set(found, target, node)
        return found

    def _index(self, node: expressions.Expr, environment: Environment, target: SetDef | None) -> ir.Index:
        match node:
            case expressions.Ref(parts=(part,)) if part.index is None:
                name = part.name.text
                if name in environment:
                    letter = environment[name]
                    return ir.Letter(letter.binder, letter.place, node.span)
                if target is not None and name in literal_elements(target):
                    return ir.Element(name, node.span)
                if name in self.scope.letters:
                    of = self.scope.letters[name].name
                    raise self.fail(
                        "G302",
                        f"the letter `{name}` is not bound here",
                        node.span,
                        "nothing gives it a value",
                        hints=[
                            f"add it to the index of the declaration (`NAME[{name}]`), or sum over it: "
                            f"`sum({name}) ...`",
                            *([f"`{name}` runs over `{of}`"] if target is None else []),
                        ],
                    )
                found = self.scope.find(name, self.place)
                if found is not None and not isinstance(found, list) and not found.domain.binders:
                    return ir.ElementOf(self.expression(node, environment), node.span)
                if target is not None and (known := literal_elements(target)):
                    hints = did_you_mean(name, [str(k) for k in known] + list(environment), node.span)
                    raise self.fail(
                        "G304",
                        f"`{name}` is neither a bound letter nor an element of `{target.name}`",
                        node.span,
                        "unknown element",
                        hints=hints or [f"elements of `{target.name}`: {some(known)}"],
                    )
                return ir.Element(name, node.span)
            case expressions.Number() if node.value == int(node.value):
                return ir.Element(int(node.value), node.span)
            case expressions.Negation(operand=expressions.Number() as number) if number.value == int(number.value):
                return ir.Element(-int(number.value), node.span)
            case expressions.Text():
                return ir.Element(node.value, node.span)
            case expressions.Sum():
                return self._shift(node, environment, target)
            case expressions.Call() if node.function.text in ("prev", "next", "first", "last"):
                return self._step(node, environment)
            case expressions.Compare(ops=("in",)):
                raise self.fail(
                    "G311",
                    "a letter is bound where a value is used",
                    node.span,
                    "binders stand in heads and after `sum`",
                    hints=[f"write `sum({node.span.text}) ...`, or only the letter"],
                )
            case _:
                return ir.ElementOf(self.data(node, environment), node.span)

    def _positional(self, node: expressions.Expr, environment: Environment) -> bool:
        match node:
            case expressions.Ref(parts=(part,)):
                return part.index is None and (part.name.text in environment or part.name.text in self.scope.letters)
            case expressions.Call():
                return node.function.text in ("prev", "next", "first", "last")
            case _:
                return False

    def _shift(self, node: expressions.Sum, environment: Environment, target: SetDef | None) -> ir.Index:
        places = [k for k, term in enumerate(node.terms) if self._positional(term, environment)]
        if not places:
            return ir.ElementOf(self.data(node, environment), node.span)
        first = places[0]
        if len(places) > 1 or node.signs[first] < 0:
            raise self.fail(
                "G307",
                "an index is a letter, with a number added or subtracted",
                node.span,
                "not a step from one letter",
                hints=["write `t-1`, `t+2` or `t+lag`"],
            )
        base = self._index(node.terms[first], environment, target)
        signs = tuple(s for k, s in enumerate(node.signs) if k != first)
        terms = tuple(self.data(term, environment) for k, term in enumerate(node.terms) if k != first)
        return ir.Shift(base, ir.Add(signs, terms, node.span), node.span)

    def _step(self, node: expressions.Call, environment: Environment) -> ir.Index:
        name = node.function.text
        if name in ("first", "last"):
            if len(node.arguments) != 1:
                raise self._argument_count(node, "one set", f"write `{name}(T)`")
            over = self.fixed_set(node.arguments[0], environment)
            if len(components(over)) != 1:
                raise self.fail(
                    "G303",
                    f"`{name}` takes a set of single elements",
                    node.arguments[0].span,
                    "its elements have several parts",
                    hints=["take one of the sets that its parts come from"],
                )
            return ir.Edge(over, components(over)[0], name == "last", node.span)
        if len(node.arguments) not in (1, 2):
            raise self._argument_count(
                node, "a letter and, if you like, a number of steps", f"write `{name}(t)` or `{name}(t, 2)`"
            )
        base = self._index(node.arguments[0], environment, None)
        count: ir.Expr = (
            self.data(node.arguments[1], environment) if len(node.arguments) == 2 else ir.Number(1.0, node.span)
        )
        return ir.Step(base, ir.Negate(count, node.span) if name == "prev" else count, node.span)

    def _argument_count(self, node: expressions.Call, takes: str, hint: str) -> Unresolved:
        name = node.function.text
        return self.fail(
            "G207",
            f"`{name}` takes {takes}, here it has {count(len(node.arguments), 'argument')}",
            node.span,
            count(len(node.arguments), "argument"),
            hints=[hint],
        )

    def _check_index_set(self, index: ir.Index, target: SetDef, node: expressions.Expr) -> None:
        of = index_set(index)
        if of is None or not of.roots or not target.roots or of.roots & target.roots:
            if isinstance(index, ir.Element) and (known := literal_elements(target)) and index.value not in known:
                hints = did_you_mean(str(index.value), [str(k) for k in known], node.span)
                raise self.fail(
                    "G304",
                    f"`{show(index.value)}` is not an element of `{target.name}`",
                    node.span,
                    "unknown element",
                    hints=hints or [f"elements of `{target.name}`: {some(known)}"],
                )
            return
        letters = f" (`{target.letters[0]}`)" if target.letters else ""
        raise self.fail(
            "G303",
            f"this index takes elements of `{target.name}`{letters}, not of `{of.name}`",
            node.span,
            f"runs over `{of.name}`",
            others=[Label(target.signature.span, f"`{target.name}` is declared here")],
            hints=[
                f"put the indices in the order of the declaration; if `{of.name}` is meant to hold elements of "
                f"`{target.name}`, declare it so: `set {of.name} in {target.name} ...`"
            ],
        )

    # ------------------------------------------------------------ quantities

    def use(self, node: expressions.Ref, environment: Environment) -> ir.Expr:
        """A name with its indices."""
        target, owner_given = self._target(node)
        given = [item for part in node.parts if part.index is not None for item in part.index.items]
        for part in node.parts:
            if part.index is not None and part.index.where is not None:
                raise self.fail(
                    "G108",
                    "`where` belongs in heads and reductions",
                    part.index.where.span,
                    "a condition in a use",
                    hints=["write `sum(t where ...) x[t]`, or `if ... then ... else ...`"],
                )
        name = ".".join(p.name.text for p in node.parts)
        if isinstance(target, CaseReport):
            domain, own = target.report.domain, 0
        else:
            domain, own = target.domain, getattr(target, "own", 0)
        sets, letters = domain.sets, domain.letters
        indices: list[ir.Index] = []
        missing = len(sets) - len(given)
        if self.player is not None and own and missing == own and self._is_own(target) and not owner_given:
            mine = self.environment()
            indices = [ir.Letter(mine[x].binder, mine[x].place, node.span) for x in letters[:own]]
        elif missing:
            raise self._wrong_count(name, target, given, sets, letters, own, node)
        for item, of in zip(given, sets[len(indices) :], strict=True):
            indices.append(self.index(item, environment, of))
        return ir.Use(target, tuple(indices), node.span)

    def _is_own(self, target: object) -> bool:
        return self.player is not None and getattr(target, "player", None) == self.player.name

    def _wrong_count(
        self,
        name: str,
        target: Definition | CaseReport,
        given: list[expressions.Expr],
        sets: tuple[SetDef, ...],
        letters: tuple[str, ...],
        own: int,
        node: expressions.Ref,
    ) -> Unresolved:
        need = f"[{', '.join(letters)}]" if letters else "no index"
        span = target.span if isinstance(target, CaseReport) else target.signature.span
        hint = f"write `{name}[{', '.join(letters)}]`" if letters else f"write `{name}` without index"
        if own and len(given) < len(sets):
            player = getattr(target, "player", "")
            inner = f"[{', '.join(letters[own:])}]" if letters[own:] else ""
            hint = (
                f"the player's index comes first: `{player}[{', '.join(letters[:own])}].{name.split('.')[-1]}{inner}`"
            )
        return self.fail(
            "G301",
            f"`{name}` takes {count(len(sets), 'index', 'indices')}, here it has {len(given)}",
            node.span,
            f"needs {need}",
            others=[Label(span, "declared here")],
            hints=[hint],
        )
