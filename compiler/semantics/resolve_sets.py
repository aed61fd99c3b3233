"""Set expressions and binders of the text -> resolved ones: `SetResolver`."""

from __future__ import annotations

from abc import abstractmethod

from compiler.ir import expr as ir
from compiler.ir.game import ParamDef
from compiler.ir.walk import components, outer_letters
from compiler.ir.words import count, short, show
from compiler.semantics.resolve_names import NameResolver, Unresolved
from compiler.semantics.scope import Environment, kind_word
from compiler.syntax import expressions
from grammar.diagnostics import Hint, Label, did_you_mean
from grammar.source import Span


class SetResolver(NameResolver):
    """Sets, and the letters that run over them."""

    @abstractmethod
    def data(self, node: expressions.Expr, environment: Environment) -> ir.Expr:
        """An expression that must not hold variables."""

    @abstractmethod
    def condition(self, node: expressions.Expr, environment: Environment) -> ir.Expr:
        """Something true or false, decided by data."""

    def set_expression(self, node: expressions.Expr, environment: Environment) -> ir.SetExpr:
        match node:
            case expressions.Ref(parts=(part,)) if part.index is None:
                return self._set_name(part.name)
            case expressions.Range():
                low, high = self.data(node.low, environment), self.data(node.high, environment)
                step = None if node.step is None else self.data(node.step, environment)
                return ir.SetRange(low, high, step, node.span)
            case expressions.Braces() if node.where is not None or _is_builder(node):
                items = tuple(entry.key for entry in node.entries)
                domain, _ = self.domain(expressions.IndexList(items, node.where, node.span), environment)
                return ir.SetFilter(domain, node.span)
            case expressions.Braces():
                self._check_elements_are_no_letters(node, environment)
                return self._literal(node)
            case expressions.SetOperation():
                operands = tuple(self.set_expression(o, environment) for o in node.operands)
                result = operands[0]
                for op, operand in zip(node.ops[1:], operands[1:], strict=True):
                    if len(components(result)) != len(components(operand)):
                        raise self.fail(
                            "G303",
                            f"`{op}` needs two sets of the same kind",
                            operand.span,
                            f"elements of {count(len(components(operand)), 'part')}, "
                            f"on the left of {count(len(components(result)), 'part')}",
                            hints=["make pairs of both, as in `A * B`, or of neither"],
                        )
                    result = ir.SetCombination(op, (result, operand), node.span)
                return result
            case expressions.Product() if all(op == "*" for op in node.ops):
                return ir.SetCombination(
                    "*", tuple(self.set_expression(f, environment) for f in node.factors), node.span
                )
            case expressions.Text():
                raise self.fail(
                    "G303",
                    "a set is expected, not a text",
                    node.span,
                    "a text",
                    hints=['to read elements from a file write `set NAME from "file.csv"`'],
                )
            case _:
                raise self.fail(
                    "G303",
                    "a set is expected here",
                    node.span,
                    "not a set",
                    hints=["a set is a name, `1..24`, `{a, b}`, `{t in T where ...}` or `A union B`"],
                )

    def fixed_set(self, node: expressions.Expr, environment: Environment) -> ir.SetExpr:
        """A set expression that is the same at every instance."""
        found = self.set_expression(node, environment)
        moving = outer_letters(found)
        if moving:
            letter = moving[0]
            raise self.fail(
                "G313",
                f"`{short(node.span)}` is another set for each `{letter.name}`; here one set is needed",
                letter.span,
                "changes from instance to instance",
                hints=[
                    "take a declared set and give the condition after `where`: "
                    f"`u in {letter.set.name} where u <= {letter.name}`"
                ],
            )
        return found

    def _set_name(self, name: expressions.Name) -> ir.SetName:
        if name.text in self.scope.sets:
            return ir.SetName(self.scope.sets[name.text], name.span)
        if name.text in self.scope.letters:
            of = self.scope.letters[name.text].name
            raise self.fail(
                "G303",
                f"`{name.text}` is a letter of the set `{of}`, not a set",
                name.span,
                "a set is expected",
                hints=[f"write `{of}`"],
            )
        found = self.scope.find(name.text, self.place) or self.scope.players.get(name.text)
        if found is not None:
            what = kind_word(found) if not isinstance(found, list) else "a quantity"
            hint = f"a range up to it is `1..{name.text}`" if isinstance(found, ParamDef) else "a set is `set T = ...`"
            raise self.fail("G204", f"`{name.text}` is {what}, not a set", name.span, "a set is expected", hints=[hint])
        raise self.fail(
            "G201",
            f"no set `{name.text}` is declared",
            name.span,
            "unknown set",
            hints=did_you_mean(name.text, self.scope.sets, name.span) or [f"declare it: `set {name.text} = ...`"],
        )

    def _literal(self, node: expressions.Braces) -> ir.SetLiteral:
        elements: list[object] = []
        spans: list[Span] = []
        for entry in node.entries:
            if entry.value is not None:
                raise self.fail(
                    "G303",
                    "a set has elements, not values",
                    entry.span,
                    "`key: value` belongs in a parameter",
                    hints=["write `{a, b, c}`"],
                )
            if isinstance(entry.key, expressions.Range):
                bounds = (entry.key.low, entry.key.high, entry.key.step)
                numbers = [_integer(b) if b is not None else 1 for b in bounds]
                if None in numbers or numbers[2] == 0:
                    raise self.fail(
                        "G308",
                        "a range inside braces needs plain integers",
                        entry.span,
                        "not plain integers",
                        hints=["write `{1..6, 9}` with numbers, or use `union`"],
                    )
                low, high, step = (int(n) for n in numbers if n is not None)
                found = range(low, high + (1 if step > 0 else -1), step)
                if (high - low) // step >= 10_000_000:
                    raise self.fail(
                        "G308",
                        f"the range has {(high - low) // step + 1} elements",
                        entry.span,
                        "more than ten million",
                        hints=["write a shorter range, or step by more: `1..100 by 10`"],
                    )
                elements += found
                spans += [entry.span] * len(found)
                continue
            elements.append(self.element(entry.key))
            spans.append(entry.span)
        sizes = [len(e) if isinstance(e, tuple) else 1 for e in elements]
        odd = next((k for k, size in enumerate(sizes) if size != sizes[0]), None)
        if odd is not None:
            raise self.fail(
                "G303",
                "the elements of one set have different numbers of parts",
                spans[odd],
                count(sizes[odd], "part"),
                others=[Label(spans[0], count(sizes[0], "part"))],
                hints=["write pairs only, `{(a, 1), (b, 2)}`, or single elements only"],
            )
        seen: dict[object, Span] = {}
        for element, span in zip(elements, spans, strict=True):
            if element in seen:
                self.findings.add(
                    "G309",
                    f"`{show(element)}` stands twice in the set",
                    span,
                    "again here",
                    others=[Label(seen[element], "first here")],
                    hints=["remove one of them"],
                )
            seen.setdefault(element, span)
        return ir.SetLiteral(tuple(seen), tuple(seen.values()), node.span)

    def _check_elements_are_no_letters(self, node: expressions.Braces, environment: Environment) -> None:
        """`T diff {t}` inside a range of `t` would mean an element that is called t."""
        for entry in node.entries:
            for item in entry.key.items if isinstance(entry.key, expressions.Tuple) else (entry.key,):
                name = item.span.text
                if isinstance(item, expressions.Ref) and name in environment:
                    of = environment[name].set.name
                    raise self.fail(
                        "G313",
                        f"`{name}` is a bound letter; the elements of a set are written out",
                        item.span,
                        "changes from instance to instance",
                        hints=[
                            f'write the condition: `u in {of} where u != {name}`; an element of this name is `"{name}"`'
                        ],
                    )

    def element(self, node: expressions.Expr) -> object:
        """An element written out: an integer, a name, a quoted text, or a tuple of these."""
        match node:
            case expressions.Number() if node.value == int(node.value):
                return int(node.value)
            case expressions.Negation(operand=expressions.Number() as number) if number.value == int(number.value):
                return -int(number.value)
            case expressions.Text():
                return node.value
            case expressions.Ref(parts=(part,)) if part.index is None:
                return part.name.text
            case expressions.Tuple():
                return tuple(self.element(item) for item in node.items)
            case expressions.Number():
                raise self.fail(
                    "G303",
                    f"an element is an integer, a name or a quoted text, not `{node.span.text}`",
                    node.span,
                    "not an integer",
                    hints=[f'write it as a text, `"{node.span.text}"`, or number the elements'],
                )
            case _:
                raise self.fail(
                    "G303",
                    "an element of a set is an integer, a name or a quoted text",
                    node.span,
                    "an expression",
                    hints=["write the elements out, or make the set by a condition: `{t in T where ...}`"],
                )

    # ------------------------------------------------------------ binders

    def domain(
        self, items: expressions.IndexList | None, environment: Environment, *, head: bool = False
    ) -> tuple[ir.Domain, Environment]:
        """Binders of a head or reduction, and the environment inside it. With `head`, all items must bind."""
        if items is None:
            return ir.Domain(), environment
        inner = dict(environment)
        binders: list[ir.Binder] = []
        for item in items.items:
            binder = self._binder(item, environment, inner)
            for k, letter in enumerate(binder.letters):
                inner[letter] = ir.Letter(binder, k, binder.span)
            binders.append(binder)
        where = None if items.where is None else self.condition(items.where, inner)
        return ir.Domain(tuple(binders), where, items.span), inner

    def _binder(self, item: expressions.Expr, environment: Environment, inner: Environment) -> ir.Binder:
        match item:
            case expressions.Ref(parts=(part,)) if part.index is None:
                name = part.name
                if name.text not in self.scope.letters:
                    raise self._not_a_letter(name)
                self._check_free(name, inner)
                of = self.scope.letters[name.text]
                if of.arity > 1:
                    example = ", ".join("abcdef"[: of.arity])
                    raise self.fail(
                        "G311",
                        f"`{name.text}` runs over `{of.name}`, whose elements have {of.arity} parts",
                        name.span,
                        "one letter for several parts",
                        hints=[f"write `({example}) in {of.name}`"],
                    )
                return ir.Binder((name.text,), ir.SetName(of, name.span), (of,), name.span)
            case expressions.Compare(ops=("in",), operands=(expressions.Ref(parts=(part,)), over)) if (
                part.index is None
            ):
                self._check_free(part.name, inner)
                return self._binder_over((part.name,), over, environment, inner, item.span)
            case expressions.Compare(ops=("in",), operands=(expressions.Tuple() as names, over)):
                letters: list[expressions.Name] = []
                for name_node in names.items:
                    if not (
                        isinstance(name_node, expressions.Ref)
                        and len(name_node.parts) == 1
                        and name_node.parts[0].index is None
                    ):
                        raise self.fail(
                            "G311",
                            "a letter is expected",
                            name_node.span,
                            "not a letter",
                            hints=["write `(n,m) in Link`"],
                        )
                    name = name_node.parts[0].name
                    self._check_free(name, inner)
                    if name.text in [x.text for x in letters]:
                        raise self.fail(
                            "G306",
                            f"the letter `{name.text}` is bound twice",
                            name.span,
                            "bound again here",
                            hints=["use another letter"],
                        )
                    letters.append(name)
                return self._binder_over(tuple(letters), over, environment, inner, item.span)
            case expressions.Ref():
                raise self.fail(
                    "G311",
                    "an index letter is expected",
                    item.span,
                    "not a letter",
                    hints=["write a declared letter, or `u in SET`"],
                )
            case _:
                raise self.fail(
                    "G311",
                    "an index letter is expected",
                    item.span,
                    "not a letter",
                    hints=["write a declared letter, or `u in SET`; conditions follow `where`: `[t where t > 1]`"],
                )

    def _binder_over(
        self,
        names: tuple[expressions.Name, ...],
        over: expressions.Expr,
        environment: Environment,
        inner: Environment,
        span: Span,
    ) -> ir.Binder:
        # A set made by a condition may depend on outer letters: it becomes a mask. No other set can.
        moving = isinstance(over, expressions.Braces) and (over.where is not None or _is_builder(over))
        expression = self.set_expression(over, inner) if moving else self.fixed_set(over, inner)
        parts = components(expression)
        if len(parts) != len(names):
            raise self.fail(
                "G301",
                f"{count(len(names), 'letter')} for elements of {count(len(parts), 'part')}",
                span,
                f"`{over.span.text}` has {count(len(parts), 'index', 'indices')} per element",
                hints=[
                    f"write `({', '.join('abcdef'[: len(parts)])}) in {over.span.text}`"
                    if len(parts) > 1
                    else f"write `{names[0].text} in {over.span.text}`"
                ],
            )
        return ir.Binder(tuple(n.text for n in names), expression, parts, span)

    def _check_free(self, name: expressions.Name, inner: Environment) -> None:
        if name.text in inner and id(inner[name.text].binder) not in self.reductions:
            others = [s.name for s in (self.scope.letters.get(name.text),) if s]
            free = [x for s in others for x in self.scope.sets[s].letters if x not in inner]
            way = (
                f"use the letter `{free[0]}`"
                if free
                else f"bind another letter: `s in {others[0]}`"
                if others
                else "use another letter"
            )
            raise self.fail(
                "G306",
                f"the letter `{name.text}` is already bound here",
                name.span,
                "bound again",
                others=[Label(inner[name.text].span, "bound here")] if inner[name.text].span != name.span else [],
                hints=[way],
            )

    def _not_a_letter(self, name: expressions.Name) -> Unresolved:
        hints: list[Hint | str] = []
        if name.text in self.scope.sets:
            of = self.scope.sets[name.text]
            letters = of.letters
            hints.append(
                f"write its letter `{letters[0]}`"
                if letters
                else f"write `u in {name.text}`, or declare a letter: `set {name.text} index u ...`"
            )
            return self.fail(
                "G311", f"`{name.text}` is a set, not an index letter", name.span, "a letter is expected", hints=hints
            )
        hints += did_you_mean(name.text, self.scope.letters, name.span)
        hints.append(
            f"declare it with its set (`set T index {name.text} = ...`), or bind it here: `{name.text} in SET`"
        )
        return self.fail("G302", f"no set has the index letter `{name.text}`", name.span, "unknown letter", hints=hints)


def _integer(node: expressions.Expr) -> int | None:
    match node:
        case expressions.Number() if node.value == int(node.value):
            return int(node.value)
        case expressions.Negation(operand=expressions.Number() as number) if number.value == int(number.value):
            return -int(number.value)
        case _:
            return None


def _is_builder(node: expressions.Braces) -> bool:
    return bool(node.entries) and all(
        isinstance(entry.key, expressions.Compare) and entry.key.ops == ("in",) for entry in node.entries
    )
