"""Syntax expressions -> resolved ones: `Resolver` looks up names, binds letters, checks index counts and sets.

An expression that cannot be resolved is reported once and raises `Unresolved`: the declaration that holds it is given up.
"""

from __future__ import annotations

from typing import assert_never

from compiler.ir import expr as ir
from compiler.ir.functions import FUNCTIONS, INDEX_FUNCTIONS
from compiler.ir.game import (
    CaseReport,
    ConstraintDef,
    LetDef,
    ObjectiveDef,
    PlayerDef,
    ReportDef,
    SetDef,
    Signature,
    VarDef,
)
from compiler.semantics.scope import Definition, Environment, Scope, kind_word
from compiler.syntax import nodes
from grammar.diagnostics import Findings, Hint, Label, did_you_mean
from grammar.source import Span

UNSUPPORTED_REDUCTIONS = ("expect", "cvar")


class Unresolved(Exception):
    """An expression was reported as wrong; the declaration that holds it is given up."""


class Resolver:
    """Resolves the expressions of one declaration's place: `player` is the block it stands in."""

    def __init__(self, scope: Scope, findings: Findings, player: PlayerDef | None = None) -> None:
        self.scope = scope
        self.findings = findings
        self.player = player
        self.cases: dict[str, Span] | None = None
        """Names of cases, where `case.report` may be written (comparisons only)."""

    @property
    def place(self) -> str:
        return self.player.name if self.player else ""

    def environment(self) -> Environment:
        """The letters bound everywhere in the player's block."""
        if self.player is None:
            return {}
        return {
            letter: ir.Letter(binder, k, binder.span)
            for binder in self.player.domain.binders
            for k, letter in enumerate(binder.letters)
        }

    def fail(self, code: str, headline: str, span: Span, label: str = "", **more: object) -> Unresolved:
        """Report, and give the exception to raise."""
        self.findings.add(code, headline, span, label, **more)  # type: ignore[arg-type]
        return Unresolved()

    # ------------------------------------------------------------ sets

    def set_expression(self, node: nodes.Expr, environment: Environment) -> ir.SetExpr:
        match node:
            case nodes.Ref(parts=(part,)) if part.index is None:
                return self._set_name(part.name)
            case nodes.Range():
                low, high = self.data(node.low, environment), self.data(node.high, environment)
                step = None if node.step is None else self.data(node.step, environment)
                return ir.SetRange(low, high, step, node.span)
            case nodes.Braces() if node.where is not None or _is_builder(node):
                items = tuple(entry.key for entry in node.entries)
                domain, _ = self.domain(nodes.IndexList(items, node.where, node.span), environment)
                return ir.SetFilter(domain, node.span)
            case nodes.Braces():
                return self._literal(node)
            case nodes.SetOperation():
                operands = tuple(self.set_expression(o, environment) for o in node.operands)
                result = operands[0]
                for op, operand in zip(node.ops[1:], operands[1:], strict=True):
                    if len(components(result)) != len(components(operand)):
                        raise self.fail(
                            "G303",
                            f"`{op}` needs two sets of the same kind",
                            operand.span,
                            f"{len(components(operand))} per element here, {len(components(result))} on the left",
                        )
                    result = ir.SetCombination(op, (result, operand), node.span)
                return result
            case nodes.Product() if all(op == "*" for op in node.ops):
                return ir.SetCombination(
                    "*", tuple(self.set_expression(f, environment) for f in node.factors), node.span
                )
            case nodes.Text():
                raise self.fail(
                    "G303",
                    "a set is expected, not a text",
                    node.span,
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

    def _set_name(self, name: nodes.Name) -> ir.SetName:
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
            raise self.fail("G204", f"`{name.text}` is {what}, not a set", name.span, "a set is expected")
        raise self.fail(
            "G201",
            f"no set `{name.text}` is declared",
            name.span,
            "unknown set",
            hints=did_you_mean(name.text, self.scope.sets, name.span) or [f"declare it: `set {name.text} = ...`"],
        )

    def _literal(self, node: nodes.Braces) -> ir.SetLiteral:
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
            if isinstance(entry.key, nodes.Range):
                bounds = (entry.key.low, entry.key.high, entry.key.step)
                numbers = [_integer(b) if b is not None else 1 for b in bounds]
                if None in numbers or numbers[2] == 0:
                    raise self.fail(
                        "G308",
                        "a range inside braces needs plain integers",
                        entry.span,
                        hints=["write `{1..6, 9}` with numbers, or use `union`"],
                    )
                low, high, step = (int(n) for n in numbers if n is not None)
                found = list(range(low, high + (1 if step > 0 else -1), step))
                if len(found) > 10_000_000:
                    raise self.fail("G308", "the range has more than ten million elements", entry.span)
                elements += found
                spans += [entry.span] * len(found)
                continue
            elements.append(self.element(entry.key))
            spans.append(entry.span)
        sizes = {len(e) if isinstance(e, tuple) else 1 for e in elements}
        if len(sizes) > 1:
            raise self.fail(
                "G303",
                "the elements of one set have different numbers of parts",
                node.span,
                "pairs and single elements mixed",
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

    def element(self, node: nodes.Expr) -> object:
        """An element written out: an integer, a name, a quoted text, or a tuple of these."""
        match node:
            case nodes.Number() if node.value == int(node.value):
                return int(node.value)
            case nodes.Negation(operand=nodes.Number() as number) if number.value == int(number.value):
                return -int(number.value)
            case nodes.Text():
                return node.value
            case nodes.Ref(parts=(part,)) if part.index is None:
                return part.name.text
            case nodes.Tuple():
                return tuple(self.element(item) for item in node.items)
            case nodes.Number():
                raise self.fail(
                    "G303", "an element is an integer, a name or a quoted text", node.span, "not an integer"
                )
            case _:
                raise self.fail(
                    "G303", "an element of a set is an integer, a name or a quoted text", node.span, "an expression"
                )

    # ------------------------------------------------------------ binders

    def domain(
        self, items: nodes.IndexList | None, environment: Environment, *, head: bool = False
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

    def _binder(self, item: nodes.Expr, environment: Environment, inner: Environment) -> ir.Binder:
        match item:
            case nodes.Ref(parts=(part,)) if part.index is None:
                name = part.name
                if name.text not in self.scope.letters:
                    raise self._not_a_letter(name)
                self._check_free(name, inner)
                of = self.scope.letters[name.text]
                if of.arity > 1:
                    letters = ", ".join("abcdef"[: of.arity])
                    raise self.fail(
                        "G311",
                        f"`{name.text}` runs over `{of.name}`, whose elements have {of.arity} parts",
                        name.span,
                        hints=[f"write `({letters}) in {of.name}`"],
                    )
                return ir.Binder((name.text,), ir.SetName(of, name.span), (of,), name.span)
            case nodes.Compare(ops=("in",), operands=(nodes.Ref(parts=(part,)), over)) if part.index is None:
                self._check_free(part.name, inner)
                return self._binder_over((part.name,), over, environment, inner, item.span)
            case nodes.Compare(ops=("in",), operands=(nodes.Tuple() as names, over)):
                letters = []
                for name_node in names.items:
                    if not (
                        isinstance(name_node, nodes.Ref)
                        and len(name_node.parts) == 1
                        and name_node.parts[0].index is None
                    ):
                        raise self.fail("G311", "a letter is expected", name_node.span, "not a letter")
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
            case nodes.Ref():
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
        self, names: tuple[nodes.Name, ...], over: nodes.Expr, environment: Environment, inner: Environment, span: Span
    ) -> ir.Binder:
        expression = self.set_expression(over, inner)
        parts = components(expression)
        if len(parts) != len(names):
            raise self.fail(
                "G301",
                f"{_count(len(names), 'letter')} for elements of {_count(len(parts), 'part')}",
                span,
                f"`{over.span.text}` has {_count(len(parts), 'index', 'indices')} per element",
                hints=[
                    f"write `({', '.join('abcdef'[: len(parts)])}) in {over.span.text}`"
                    if len(parts) > 1
                    else f"write `{names[0].text} in {over.span.text}`"
                ],
            )
        return ir.Binder(tuple(n.text for n in names), expression, parts, span)

    def _check_free(self, name: nodes.Name, inner: Environment) -> None:
        if name.text in inner:
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

    def _not_a_letter(self, name: nodes.Name) -> Unresolved:
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

    # ------------------------------------------------------------ indices

    def index(self, node: nodes.Expr, environment: Environment, target: SetDef | None) -> ir.Index:
        """An index expression for a position that takes elements of `target`."""
        found = self._index(node, environment, target)
        if target is not None:
            self._check_index_set(found, target, node)
        return found

    def _index(self, node: nodes.Expr, environment: Environment, target: SetDef | None) -> ir.Index:
        match node:
            case nodes.Ref(parts=(part,)) if part.index is None:
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
                            f"add it to the index of the declaration (`NAME[{name}]`), or sum over it: `sum({name}) ...`",
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
                        hints=hints or [f"elements of `{target.name}`: {_some(known)}"],
                    )
                return ir.Element(name, node.span)
            case nodes.Number() if node.value == int(node.value):
                return ir.Element(int(node.value), node.span)
            case nodes.Negation(operand=nodes.Number() as number) if number.value == int(number.value):
                return ir.Element(-int(number.value), node.span)
            case nodes.Text():
                return ir.Element(node.value, node.span)
            case nodes.Sum():
                return self._shift(node, environment, target)
            case nodes.Call() if node.function.text in ("prev", "next", "first", "last"):
                return self._step(node, environment)
            case nodes.Compare(ops=("in",)):
                raise self.fail(
                    "G311",
                    "a letter is bound where a value is used",
                    node.span,
                    "binders stand in heads and after `sum`",
                    hints=[f"write `sum({node.span.text}) ...`, or only the letter"],
                )
            case _:
                return ir.ElementOf(self.data(node, environment), node.span)

    def _positional(self, node: nodes.Expr, environment: Environment) -> bool:
        match node:
            case nodes.Ref(parts=(part,)):
                return part.index is None and (part.name.text in environment or part.name.text in self.scope.letters)
            case nodes.Call():
                return node.function.text in ("prev", "next", "first", "last")
            case _:
                return False

    def _shift(self, node: nodes.Sum, environment: Environment, target: SetDef | None) -> ir.Index:
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

    def _step(self, node: nodes.Call, environment: Environment) -> ir.Index:
        name = node.function.text
        if name in ("first", "last"):
            if len(node.arguments) != 1:
                raise self.fail("G207", f"`{name}` takes one set", node.span, hints=[f"write `{name}(T)`"])
            over = self.set_expression(node.arguments[0], environment)
            if len(components(over)) != 1:
                raise self.fail(
                    "G303", f"`{name}` takes a set of single elements", node.span, "its elements have several parts"
                )
            return ir.Edge(over, components(over)[0], name == "last", node.span)
        if len(node.arguments) not in (1, 2):
            raise self.fail(
                "G207",
                f"`{name}` takes a letter and, if you like, a number of steps",
                node.span,
                hints=[f"write `{name}(t)` or `{name}(t, 2)`"],
            )
        base = self._index(node.arguments[0], environment, None)
        count: ir.Expr = (
            self.data(node.arguments[1], environment) if len(node.arguments) == 2 else ir.Number(1.0, node.span)
        )
        return ir.Step(base, ir.Negate(count, node.span) if name == "prev" else count, node.span)

    def _check_index_set(self, index: ir.Index, target: SetDef, node: nodes.Expr) -> None:
        of = index_set(index)
        if of is None or not of.roots or not target.roots or of.roots & target.roots:
            if isinstance(index, ir.Element) and (known := literal_elements(target)) and index.value not in known:
                hints = did_you_mean(str(index.value), [str(k) for k in known], node.span)
                raise self.fail(
                    "G304",
                    f"`{show(index.value)}` is not an element of `{target.name}`",
                    node.span,
                    "unknown element",
                    hints=hints or [f"elements of `{target.name}`: {_some(known)}"],
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
                f"put the indices in the order of the declaration; if `{of.name}` is meant to hold elements of `{target.name}`, declare it so: `set {of.name} in {target.name} ...`"
            ],
        )

    # ------------------------------------------------------------ quantities

    def use(self, node: nodes.Ref, environment: Environment) -> ir.Expr:
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
        given: list[nodes.Expr],
        sets: tuple[SetDef, ...],
        letters: tuple[str, ...],
        own: int,
        node: nodes.Ref,
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
            f"`{name}` takes {_count(len(sets), 'index', 'indices')}, here it has {len(given)}",
            node.span,
            f"needs {need}",
            others=[Label(span, "declared here")],
            hints=[hint],
        )

    def _target(self, node: nodes.Ref) -> tuple[Definition | CaseReport, bool]:
        """The definition that a dotted name means, and whether its player was named with an index."""
        names = [p.name for p in node.parts]
        dotted = ".".join(n.text for n in names)
        found = self.scope.find(dotted, self.place)
        if found is None and len(names) > 1:
            head, rest = names[0], ".".join(n.text for n in names[1:])
            if self.cases is not None and head.text in self.cases:
                return self._case_report(head, names[1:], node), False
            if head.text in self.scope.players:
                own = self.scope.members[head.text]
                if rest in own:
                    return own[rest], node.parts[0].index is not None
                raise self._unknown_member(head, names[-1], rest)
            if f"{head.text}.{rest}" in self.scope.dropped or head.text in self.scope.dropped:
                raise self._dropped(head.text, node.span)
            raise self._unknown(head, node.span, what="player")
        if isinstance(found, list):
            which = " or ".join(f"`{player}.{dotted}`" for player, _ in found)
            raise self.fail(
                "G203",
                f"several players have a `{dotted}`",
                node.span,
                "which one is meant?",
                others=[Label(d.signature.span, f"in `{p}`") for p, d in found],
                hints=[f"write {which}"],
            )
        if found is None:
            raise self._unknown(names[0], node.span)
        return found, False

    def _case_report(self, case: nodes.Name, rest: list[nodes.Name], node: nodes.Ref) -> CaseReport:
        report = self.scope.top.get(rest[0].text)
        if len(rest) == 1 and isinstance(report, ReportDef) and report.kind == "report":
            return CaseReport(case.text, report, node.span)
        known = [n for n, d in self.scope.top.items() if isinstance(d, ReportDef) and d.kind == "report"]
        raise self.fail(
            "G201",
            f"no report `{rest[0].text}` to take from case `{case.text}`",
            rest[0].span,
            "comparisons are made of reports",
            hints=did_you_mean(rest[0].text, known, rest[0].span) or [f"declare it: `report {rest[0].text} = ...`"],
        )

    def _unknown_member(self, player: nodes.Name, name: nodes.Name, rest: str) -> Unresolved:
        if f"{player.text}.{rest}" in self.scope.dropped:
            return self._dropped(f"{player.text}.{rest}", name.span)
        if rest in self.scope.constraints.get(player.text, {}):
            return self._constraint_used(rest, name.span)
        own = self.scope.members[player.text]
        hints = did_you_mean(rest, own, name.span) or [f"`{player.text}` has {_some(list(own))}"]
        return self.fail("G201", f"player `{player.text}` has no `{rest}`", name.span, "unknown name", hints=hints)

    def _constraint_used(self, name: str, span: Span) -> Unresolved:
        return self.fail(
            "G204",
            f"`{name}` is a constraint, not a quantity",
            span,
            "a number is expected",
            hints=[f"give its shadow price a name at its end, `price mu_{name}`, and use that name"],
        )

    def _dropped(self, name: str, span: Span) -> Unresolved:
        return self.fail(
            "G606",
            f"`{name}` is dropped in this case and used here",
            span,
            "used here",
            hints=["drop what uses it too, or give the quantity a value by `fix` or `param`"],
        )

    def _unknown(self, name: nodes.Name, span: Span, what: str = "") -> Unresolved:
        text = name.text
        if text in self.scope.sets:
            raise self.fail(
                "G204",
                f"`{text}` is a set, not a number",
                name.span,
                "a number is expected",
                hints=[f"`card({text})` is its size; a letter of it can be bound: `sum(u in {text}) ...`"],
            )
        if text in self.scope.letters:
            of = self.scope.letters[text].name
            return self.fail(
                "G302",
                f"the letter `{text}` is not bound here",
                name.span,
                f"an element of `{of}`, but which?",
                hints=[f"add it to the index of the declaration, or sum over it: `sum({text}) ...`"],
            )
        if text in self.scope.players and what != "player":
            return self.fail(
                "G204",
                f"`{text}` is a player, not a number",
                name.span,
                "a number is expected",
                hints=[f"write `{text}.name` for something it owns"],
            )
        if text in self.scope.dropped:
            return self._dropped(text, span)
        gone = [d for d in self.scope.dropped if d.endswith(f".{text}")]
        if gone:
            return self._dropped(gone[0], span)
        for owner, constraints in self.scope.constraints.items():
            if text in constraints and (not self.place or owner == self.place or not owner):
                return self._constraint_used(text, name.span)
        pool = list(self.scope.players) if what == "player" else list(self.scope.known_names(self.place))
        hints = did_you_mean(text, pool, name.span)
        if not hints and text in FUNCTIONS:
            hints = (Hint(f"a function needs its argument: `{text}(...)`"),)
        return self.fail(
            "G201",
            f"no {what} `{text}` is declared" if what else f"`{text}` is not declared",
            name.span,
            "unknown name",
            hints=hints
            or [
                f"declare it: `player {text} {{ ... }}`"
                if what
                else f"declare it: `param {text} = ...` or, inside a player, `var {text}`"
            ],
        )

    # ------------------------------------------------------------ expressions

    def expression(self, node: nodes.Expr, environment: Environment) -> ir.Expr:
        """A number or an expression of variables."""
        match node:
            case nodes.Number():
                return ir.Number(node.value, node.span)
            case nodes.Ref(parts=(part,)) if part.index is None and part.name.text in environment:
                letter = environment[part.name.text]
                return ir.IndexValue(ir.Letter(letter.binder, letter.place, node.span), node.span)
            case nodes.Ref(parts=(part,)) if (
                part.index is None and part.name.text == "inf" and self.scope.find("inf", self.place) is None
            ):
                return ir.Number(float("inf"), node.span)
            case nodes.Ref():
                return self.use(node, environment)
            case nodes.Sum():
                return ir.Add(node.signs, tuple(self.expression(t, environment) for t in node.terms), node.span)
            case nodes.Product():
                return ir.Multiply(node.ops, tuple(self.expression(f, environment) for f in node.factors), node.span)
            case nodes.Negation():
                return ir.Negate(self.expression(node.operand, environment), node.span)
            case nodes.Power():
                return ir.Power(
                    self.expression(node.base, environment), self.expression(node.exponent, environment), node.span
                )
            case nodes.IfElse():
                return ir.Choose(
                    self.condition(node.condition, environment),
                    self.expression(node.then, environment),
                    self.expression(node.otherwise, environment),
                    node.span,
                )
            case nodes.Reduce():
                return self._reduce(node, environment)
            case nodes.Call():
                return self._call(node, environment)
            case nodes.PiecewiseCall():
                raise self.fail(
                    "G107",
                    f"`{node.function.text}` cannot be compiled by this version",
                    node.span,
                    "not supported yet",
                    hints=["model the pieces with variables and constraints for now"],
                )
            case nodes.Compare() | nodes.Logic() | nodes.Not():
                raise self.fail(
                    "G108",
                    "a condition stands where a number is expected",
                    node.span,
                    "true or false, not a number",
                    hints=["write `if condition then 1 else 0`"],
                )
            case nodes.Implies() | nodes.Perp():
                raise self.fail("G108", "a relation stands where a number is expected", node.span, "not a number")
            case nodes.Text():
                raise self.fail(
                    "G108",
                    "a text stands where a number is expected",
                    node.span,
                    "an element of a set, not a number",
                    hints=['quoted elements stand in indices and comparisons: `cost["g 1"]`, `k == "g 1"`'],
                )
            case nodes.Tuple():
                raise self.fail(
                    "G108",
                    "a comma stands inside parentheses",
                    node.span,
                    "a number is expected",
                    hints=["a decimal point is `.`; several indices stand in brackets: `x[i, t]`"],
                )
            case nodes.Range() | nodes.SetOperation() | nodes.Braces() | nodes.Table():
                raise self.fail("G108", "a set stands where a number is expected", node.span, "not a number")
        assert_never(node)

    def data(self, node: nodes.Expr, environment: Environment) -> ir.Expr:
        """An expression that must not hold variables."""
        found = self.expression(node, environment)
        for use in uses(found):
            if isinstance(use.target, VarDef | ConstraintDef | ObjectiveDef | ReportDef | CaseReport) or (
                isinstance(use.target, LetDef) and use.target.value is not None and holds_variables(use.target.value)
            ):
                raise self.fail(
                    "G509",
                    f"`{use.span.text}` is decided by a player; data are expected here",
                    use.span,
                    "not data",
                    hints=["sets, conditions, exponents and parameters are made of numbers and parameters"],
                )
        return found

    def _reduce(self, node: nodes.Reduce, environment: Environment) -> ir.Expr:
        op = node.op.text
        if op in UNSUPPORTED_REDUCTIONS:
            raise self.fail(
                "G107",
                f"`{op}` cannot be compiled by this version",
                node.op.span,
                "not supported yet",
                hints=["for a mean write `sum(w) prob[w]*...` for now"],
            )
        domain, inner = self.domain(node.items, environment)
        return ir.Reduce(op, domain, self.expression(node.body, inner), node.span)

    def _call(self, node: nodes.Call, environment: Environment) -> ir.Expr:
        name = node.function.text
        if name == "card":
            if len(node.arguments) != 1:
                raise self.fail("G207", "`card` takes one set", node.span, hints=["write `card(T)`"])
            return ir.Cardinality(self.set_expression(node.arguments[0], environment), node.span)
        if name == "ord":
            if len(node.arguments) != 1:
                raise self.fail("G207", "`ord` takes one index letter", node.span, hints=["write `ord(t)`"])
            return ir.Ordinal(self._index(node.arguments[0], environment, None), node.span)
        if name in INDEX_FUNCTIONS:
            return ir.IndexValue(self._step(node, environment), node.span)
        function = FUNCTIONS.get(name)
        if function is None:
            if self.scope.find(name, self.place) is not None:
                raise self.fail(
                    "G206",
                    f"`{name}` is no function",
                    node.function.span,
                    "parentheses call a function",
                    hints=[f"indices stand in brackets: `{name}[...]`; a product needs `*`: `{name}*(...)`"],
                )
            raise self.fail(
                "G206",
                f"no function `{name}`",
                node.function.span,
                "unknown function",
                hints=did_you_mean(name, [*FUNCTIONS, *INDEX_FUNCTIONS], node.function.span)
                or [f"functions: {', '.join(FUNCTIONS)}"],
            )
        count = len(node.arguments)
        if count < function.least or (function.most is not None and count > function.most):
            need = f"{function.least}" if function.most == function.least else f"at least {function.least}"
            raise self.fail(
                "G207", f"`{name}` takes {need} argument{'' if need == '1' else 's'}, here it has {count}", node.span
            )
        return ir.Apply(name, tuple(self.expression(a, environment) for a in node.arguments), node.span)

    # ------------------------------------------------------------ conditions

    def condition(self, node: nodes.Expr, environment: Environment) -> ir.Expr:
        """Something true or false, decided by data."""
        match node:
            case nodes.Logic():
                return ir.Logic(node.op, tuple(self.condition(o, environment) for o in node.operands), node.span)
            case nodes.Not():
                return ir.Logic("not", (self.condition(node.operand, environment),), node.span)
            case nodes.Compare():
                pairs = [
                    self._comparison(op, left, right, environment, node)
                    for op, left, right in zip(node.ops, node.operands[:-1], node.operands[1:], strict=True)
                ]
                return pairs[0] if len(pairs) == 1 else ir.Logic("and", tuple(pairs), node.span)
            case nodes.Implies() | nodes.Perp():
                raise self.fail("G108", "a relation stands where a condition on data is expected", node.span)
            case _:
                found = self.data(node, environment)
                return ir.Compare(("!=",), (found, ir.Number(0.0, node.span)), node.span)

    def _comparison(
        self, op: str, left: nodes.Expr, right: nodes.Expr, environment: Environment, node: nodes.Compare
    ) -> ir.Expr:
        if op == "in":
            items = left.items if isinstance(left, nodes.Tuple) else (left,)
            over = self.set_expression(right, environment)
            parts = components(over)
            if len(parts) != len(items):
                raise self.fail(
                    "G301",
                    f"{_count(len(items), 'index', 'indices')} against elements of {_count(len(parts), 'part')}",
                    node.span,
                )
            return ir.Member(tuple(self._index(i, environment, None) for i in items), over, node.span)
        if op == "=":
            raise self.fail(
                "G104", "a comparison is written with `==`, not with `=`", node.span, "assignment", hints=["write `==`"]
            )
        sides = self._elements(left, right, environment)
        if sides is not None:
            return ir.CompareIndex(op, sides[0], sides[1], node.span)
        return ir.Compare((op,), (self.data(left, environment), self.data(right, environment)), node.span)

    def _elements(
        self, left: nodes.Expr, right: nodes.Expr, environment: Environment
    ) -> tuple[ir.Index, ir.Index] | None:
        """Both sides as elements of a set, when the comparison is one of elements."""

        def positional(node: nodes.Expr) -> bool:
            return self._positional(node, environment) and not (
                isinstance(node, nodes.Ref) and node.parts[0].name.text not in environment
            )

        def name(node: nodes.Expr) -> bool:
            return isinstance(node, nodes.Text) or (
                isinstance(node, nodes.Ref) and len(node.parts) == 1 and node.parts[0].index is None
            )

        def of(node: nodes.Expr) -> SetDef | None:
            return index_set(self._index(node, environment, None))

        if positional(left) and positional(right):
            return self._index(left, environment, None), self._index(right, environment, None)
        for one, other in ((left, right), (right, left)):
            if not (positional(one) and name(other)):
                continue
            target = of(one)
            text = other.value if isinstance(other, nodes.Text) else other.parts[0].name.text  # type: ignore[union-attr]
            is_element = target is not None and text in literal_elements(target)
            if isinstance(other, nodes.Ref) and not is_element and self.scope.find(str(text), self.place) is not None:
                return None
            found = {id(one): self._index(one, environment, None), id(other): self.index(other, environment, target)}
            return found[id(left)], found[id(right)]
        return None


# ---------------------------------------------------------------- what resolved expressions hold


def components(expression: ir.SetExpr) -> tuple[SetDef, ...]:
    """The plain set of each part of the elements."""
    match expression:
        case ir.SetName():
            return expression.set.components or (expression.set,)
        case ir.SetLiteral() | ir.SetRange():
            width = (
                len(expression.elements[0])
                if isinstance(expression, ir.SetLiteral)
                and expression.elements
                and isinstance(expression.elements[0], tuple)
                else 1
            )
            return tuple(_anonymous(expression) for _ in range(width))
        case ir.SetFilter():
            return expression.domain.sets
        case ir.SetCombination():
            if expression.op == "*":
                return tuple(c for o in expression.operands for c in components(o))
            return components(expression.operands[0])
    assert_never(expression)


def _anonymous(expression: ir.SetExpr) -> SetDef:
    """A set without a name, which fits every position until its elements are looked up."""
    return SetDef(Signature(expression.span.text, expression.span), value=expression)


def index_set(index: ir.Index) -> SetDef | None:
    """The set an index takes its elements from, where the text says so."""
    match index:
        case ir.Letter():
            return index.set
        case ir.Shift() | ir.Step():
            return index_set(index.base)
        case ir.Edge():
            return index.component
        case ir.Element() | ir.ElementOf():
            return None
    assert_never(index)


def literal_elements(of: SetDef) -> tuple[object, ...]:
    """The elements of a set that the text lists; empty when only data or computation tell."""
    return of.value.elements if isinstance(of.value, ir.SetLiteral) else ()


def uses(expression: ir.Expr) -> list[ir.Use]:
    """Every use of a declared quantity in the expression, those in conditions and indices too."""
    found: list[ir.Use] = []
    stack: list[object] = [expression]
    while stack:
        item = stack.pop()
        match item:
            case ir.Use():
                found.append(item)
                stack.extend(item.indices)
            case ir.Add():
                stack.extend(item.terms)
            case ir.Multiply():
                stack.extend(item.factors)
            case ir.Negate():
                stack.append(item.operand)
            case ir.Power():
                stack += [item.base, item.exponent]
            case ir.Compare() | ir.Logic():
                stack.extend(item.operands)
            case ir.CompareIndex():
                stack += [item.left, item.right]
            case ir.Member():
                stack.extend(item.indices)
                stack.append(item.over)
            case ir.Choose():
                stack += [item.condition, item.then, item.otherwise]
            case ir.Apply():
                stack.extend(item.arguments)
            case ir.Reduce():
                stack += [item.domain, item.body]
            case ir.Domain():
                stack.extend(b.over for b in item.binders)
                if item.where is not None:
                    stack.append(item.where)
            case ir.IndexValue() | ir.Ordinal():
                stack.append(item.index)
            case ir.Cardinality():
                stack.append(item.over)
            case ir.Shift():
                stack += [item.base, item.offset]
            case ir.Step():
                stack += [item.base, item.count]
            case ir.Edge():
                stack.append(item.over)
            case ir.ElementOf():
                stack.append(item.value)
            case ir.SetFilter():
                stack.append(item.domain)
            case ir.SetCombination():
                stack.extend(item.operands)
            case ir.SetRange():
                stack += [item.low, item.high, *([item.step] if item.step is not None else [])]
            case _:
                pass
    return found


def holds_variables(expression: ir.Expr) -> bool:
    """Whether players' decisions, shadow prices or objectives stand in the expression, lets expanded."""
    seen: set[int] = set()
    stack = [expression]
    while stack:
        for use in uses(stack.pop()):
            if isinstance(use.target, VarDef | ConstraintDef | ObjectiveDef | ReportDef | CaseReport):
                return True
            if isinstance(use.target, LetDef) and id(use.target) not in seen:
                seen.add(id(use.target))
                if use.target.value is not None:
                    stack.append(use.target.value)
    return False


def show(element: object) -> str:
    """An element as people write it."""
    return f"({', '.join(map(str, element))})" if isinstance(element, tuple) else str(element)


def _integer(node: nodes.Expr) -> int | None:
    match node:
        case nodes.Number() if node.value == int(node.value):
            return int(node.value)
        case nodes.Negation(operand=nodes.Number() as number) if number.value == int(number.value):
            return -int(number.value)
        case _:
            return None


def _is_builder(node: nodes.Braces) -> bool:
    return (
        len(node.entries) == 1 and isinstance(node.entries[0].key, nodes.Compare) and node.entries[0].key.ops == ("in",)
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _some(names: list[object] | tuple[object, ...] | list[str], most: int = 8) -> str:
    shown = ", ".join(f"`{show(n)}`" for n in list(names)[:most])
    return shown + (", ..." if len(names) > most else "") if names else "nothing"
