"""Syntax tree + data texts -> sets, instances and positions in sets: the lower half of `Reference`.

Slow and obvious on purpose; see there. What numbers and conditions are, `Reference` says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from compiler.syntax import declarations, expressions
from tests.ground.reference_expansion import plain
from tests.ground.reference_words import (
    Element,
    Environment,
    FaultError,
    Letter,
    Member,
    as_element,
    binder_letters,
    cells,
    letters_of,
    literal,
)


@dataclass
class ReferenceSets:
    """Everything a model says about its sets; `files` has the texts of the data files."""

    tree: declarations.Model
    files: dict[str, str]
    faults: list[str] = field(default_factory=list)
    stepped: dict[str, bool] = field(default_factory=dict)
    """Whether variables of this name are stepped, once it was asked."""

    def __post_init__(self) -> None:
        expanded = plain(self.tree)
        self.tree, self.probabilities = expanded.tree, expanded.probabilities
        self.sets = {s.head.name.text: s for s in self.tree.statements if isinstance(s, declarations.SetDecl)}
        self.letters = {x.text: name for name, s in self.sets.items() for x in s.letters}
        self.players = {s.head.name.text: s for s in self.tree.statements if isinstance(s, declarations.PlayerDecl)}
        self.top = {
            s.head.name.text: Member("", s)
            for s in self.tree.statements
            if isinstance(s, declarations.ParamDecl | declarations.LetDecl | declarations.ReportDecl)
        }
        self.members: dict[str, dict[str, Member]] = {}
        for player, decl in self.players.items():
            own = self.members[player] = {}
            for s in decl.body or ():
                if isinstance(s, declarations.ConstraintDecl):
                    if s.price is not None:
                        own[s.price.head.name.text] = Member(player, s)
                else:
                    own[s.head.name.text] = Member(player, s)
        self.markets: dict[str, declarations.ConstraintDecl] = {}
        self.shared: dict[str, declarations.ConstraintDecl] = {}
        for s in self.tree.statements:
            if isinstance(s, declarations.ConstraintDecl) and s.kind == "clear":
                # A market is a player of its own, whose only decision is the price.
                name = s.head.name.text
                self.markets[name] = s
                self.players[name] = declarations.PlayerDecl(replace(s.head, index=None), None, (), s.span)
                self.members[name] = {s.price.head.name.text: Member(name, s)}
            elif isinstance(s, declarations.ConstraintDecl):
                self.shared[s.head.name.text] = s
                if s.price is not None:
                    self.top[s.price.head.name.text] = Member("", s)
        self._elements: dict[str, tuple[Element, ...]] = {}
        self._keys: dict[int, list[tuple[Element, ...]]] = {}
        self._tables: dict[int, dict[tuple[Element, ...], float]] = {}

    def number(self, node: expressions.Expr, env: Environment, player: str) -> float:
        raise NotImplementedError

    def holds(self, node: expressions.Expr, env: Environment, player: str) -> bool:
        raise NotImplementedError

    def fault(self, code: str) -> FaultError:
        self.faults.append(code)
        return FaultError(code)

    # ------------------------------------------------------------ sets

    def elements(self, name: str) -> tuple[Element, ...]:
        if name not in self._elements:
            s = self.sets[name]
            if s.file is not None:
                found = self._set_from_file(s)
            elif s.value is not None:
                found = self.set_of(s.value, {}, "")
            else:
                found = self.set_of(s.within, {}, "")
            if s.within is not None and not set(found) <= set(self.set_of(s.within, {}, "")):
                self.faults.append("G304")
            self._elements[name] = found
        return self._elements[name]

    def _set_from_file(self, s: declarations.SetDecl) -> tuple[Element, ...]:
        rows = cells(self.files[s.file.value])
        heads = [h.lower() for h in rows[0]]
        if s.within is None:
            names = [s.column.value] if s.column else [s.head.name.text, *(x.text for x in s.letters)]
            at = next(heads.index(n.lower()) for n in names if n.lower() in heads)
            return tuple(as_element(row[at]) for row in rows[1:])
        parts = [p.parts[0].name.text for p in s.within.factors]
        places = []
        for part in parts:
            names = [part, *(x.text for x in self.sets[part].letters)]
            places.append(next(heads.index(n.lower()) for n in names if n.lower() in heads))
        return tuple(tuple(as_element(row[k]) for k in places) for row in rows[1:])

    def set_of(self, node: expressions.Expr, env: Environment, player: str) -> tuple[Element, ...]:
        """The elements of a set expression, in order."""
        match node:
            case expressions.Ref():
                return self.elements(node.parts[0].name.text)
            case expressions.Range():
                low, high = int(self.number(node.low, env, player)), int(self.number(node.high, env, player))
                step = 1 if node.step is None else int(self.number(node.step, env, player))
                return tuple(range(low, high + (1 if step > 0 else -1), step))
            case expressions.Braces() if node.where is not None or isinstance(node.entries[0].key, expressions.Compare):
                index = expressions.IndexList(tuple(e.key for e in node.entries), node.where, node.span)
                found = []
                for inner in self.instances(index, env, player):
                    key = tuple(inner[x].value for x in letters_of(index))
                    found.append(key if len(key) > 1 else key[0])
                return tuple(found)
            case expressions.Braces():
                found = []
                for entry in node.entries:
                    if isinstance(entry.key, expressions.Range):
                        found += self.set_of(entry.key, env, player)
                    else:
                        found.append(literal(entry.key))
                return tuple(found)
            case expressions.SetOperation():
                result = self.set_of(node.operands[0], env, player)
                for op, operand in zip(node.ops[1:], node.operands[1:], strict=True):
                    other = self.set_of(operand, env, player)
                    if op == "union":
                        result = (*result, *(e for e in other if e not in result))
                    else:
                        result = tuple(e for e in result if (e in other) == (op == "inter"))
                return result
            case expressions.Product():
                result = ((),)
                for factor in node.factors:
                    of = self.set_of(factor, env, player)
                    result = tuple((*r, *(e if isinstance(e, tuple) else (e,))) for r in result for e in of)
                return result
        raise TypeError(type(node))

    def components(self, node: expressions.Expr, env: Environment, player: str) -> list[tuple[Element, ...]]:
        """For each part of the elements of a set, the plain set that it is taken from."""
        match node:
            case expressions.Ref():
                s = self.sets[node.parts[0].name.text]
                inner = s.within if s.within is not None else s.value
                parts = (
                    []
                    if inner is None or (s.file is not None and s.within is None)
                    else self.components(inner, env, player)
                )
                return parts if len(parts) > 1 else [self.elements(s.head.name.text)]
            case expressions.Product():
                return [c for f in node.factors for c in self.components(f, env, player)]
            case expressions.Braces() if node.where is not None or isinstance(node.entries[0].key, expressions.Compare):
                parts = [c for e in node.entries for c in self._binder_components(e.key, env, player)]
                return parts if len(parts) > 1 else [self.set_of(node, env, player)]
            case expressions.SetOperation():
                parts = self.components(node.operands[0], env, player)
                return parts if len(parts) > 1 else [self.set_of(node, env, player)]
            case _:
                found = self.set_of(node, env, player)
                if found and isinstance(found[0], tuple):
                    return [tuple(dict.fromkeys(e[k] for e in found)) for k in range(len(found[0]))]
                return [found]

    def _binder_components(self, item: expressions.Expr, env: Environment, player: str) -> list[tuple[Element, ...]]:
        if isinstance(item, expressions.Compare):
            return self.components(item.operands[1], env, player)
        return [self.elements(self.letters[item.parts[0].name.text])]

    # ------------------------------------------------------------ instances

    def instances(self, index: expressions.IndexList | None, env: Environment, player: str) -> Iterator[Environment]:
        """The environments that an index list makes, in order."""
        if index is None:
            yield env
            return

        def nest(items: tuple[expressions.Expr, ...], inner: Environment) -> Iterator[Environment]:
            if items:
                for bound in self._bindings(items[0], inner, player):
                    yield from nest(items[1:], {**inner, **bound})
            elif index.where is None or self.holds(index.where, inner, player):
                yield inner

        yield from nest(index.items, env)

    def _bindings(self, item: expressions.Expr, env: Environment, player: str) -> Iterator[Environment]:
        names = binder_letters(item)
        over = self.set_of(item.operands[1], env, player) if isinstance(item, expressions.Compare) else None
        if over is not None and mentions(item.operands[1], env):
            along: list[tuple[Element, ...]] = [MOVING] * len(names)
        else:
            along = self._binder_components(item, env, player)
        over = along[0] if over is None else over
        for element in over:
            parts = element if isinstance(element, tuple) else (element,)
            yield {n: Letter(e, a) for n, e, a in zip(names, parts, along, strict=True)}

    def head_index(self, member: Member) -> list[expressions.IndexList]:
        """The index lists of a quantity, its player's own first."""
        own = self.players[member.owner].head.index if member.owner else None
        lists = [own, None if isinstance(member.node, declarations.ObjectiveDecl) else member.node.head.index]
        return [i for i in lists if i is not None]

    def member_instances(self, member: Member) -> Iterator[tuple[tuple[Element, ...], Environment]]:
        """Key and environment of every instance of a quantity."""
        lists = self.head_index(member)
        names = [x for i in lists for x in letters_of(i)]

        def nest(rest: list[expressions.IndexList], env: Environment) -> Iterator[Environment]:
            if not rest:
                yield env
                return
            for inner in self.instances(rest[0], env, member.owner):
                yield from nest(rest[1:], inner)

        for env in nest(lists, {}):
            yield tuple(env[x].value for x in names), env

    def keys(self, member: Member) -> list[tuple[Element, ...]]:
        if id(member.node) not in self._keys:
            self._keys[id(member.node)] = [key for key, _ in self.member_instances(member)]
        return self._keys[id(member.node)]

    # ------------------------------------------------------------ indices

    def place(
        self, node: expressions.Expr, env: Environment, target: tuple[Element, ...] | None, player: str
    ) -> tuple[tuple[Element, ...], int]:
        """The elements an index steps along and the position in them, which may lie outside; in `target` where one is
        given."""
        match node:
            case expressions.Ref() if node.parts[0].name.text in env:
                letter = env[node.parts[0].name.text]
                if letter.along is MOVING:
                    return self._element(letter.value, target)
                return self._into(letter.along, letter.along.index(letter.value), target)
            case expressions.Sum() if (k := self._moving(node, env)) is not None:
                along, at = self.place(node.terms[k], env, target, player)
                if any(not isinstance(e, int) for e in along) or any(b - a != 1 for a, b in itertools.pairwise(along)):
                    raise self.fault("G307")
                steps = [
                    s * self.number(t, env, player)
                    for j, (s, t) in enumerate(zip(node.signs, node.terms, strict=True))
                    if j != k
                ]
                if sum(steps) != int(sum(steps)):
                    raise self.fault("G307")
                return along, at + int(sum(steps))
            case expressions.Call() if node.function.text in ("prev", "next"):
                self._check_fixed(node.arguments[0], env)
                along, at = self.place(node.arguments[0], env, None, player)
                count = int(self.number(node.arguments[1], env, player)) if len(node.arguments) > 1 else 1
                return self._into(along, at + (count if node.function.text == "next" else -count), target)
            case expressions.Call() if node.function.text in ("first", "last"):
                along = self.set_of(node.arguments[0], env, player)
                if not along:
                    raise self.fault("G308")
                return self._into(along, 0 if node.function.text == "first" else len(along) - 1, target)
            case expressions.Number() | expressions.Negation(operand=expressions.Number()) | expressions.Text():
                return self._element(literal(node), target)
            case expressions.Ref() if (
                len(node.parts) == 1
                and node.parts[0].index is None
                and (target is None or node.parts[0].name.text in target)
            ):
                return self._element(node.parts[0].name.text, target)
            case _:
                assert target is not None
                value = self.number(node, env, player)
                if any(not isinstance(e, int) for e in target):
                    raise self.fault("G312")
                return self._element(int(value) if value == int(value) else value, target)

    def _check_fixed(self, node: expressions.Expr, env: Environment) -> None:
        if isinstance(node, expressions.Ref) and env[node.parts[0].name.text].along is MOVING:
            raise self.fault("G313")

    def _moving(self, node: expressions.Sum, env: Environment) -> int | None:
        """Which term of a sum is the letter or step that the rest is added to."""
        for k, term in enumerate(node.terms):
            if isinstance(term, expressions.Ref) and len(term.parts) == 1 and term.parts[0].name.text in env:
                return k
            if isinstance(term, expressions.Call) and term.function.text in ("prev", "next", "first", "last"):
                return k
        return None

    def _element(self, value: Element, target: tuple[Element, ...] | None) -> tuple[tuple[Element, ...], int]:
        if target is None:
            return (value,), 0
        if value not in target:
            raise self.fault("G304")
        return target, target.index(value)

    def _into(
        self, along: tuple[Element, ...], at: int, target: tuple[Element, ...] | None
    ) -> tuple[tuple[Element, ...], int]:
        if target is None or target == along:
            return along, at
        if at < 0:
            return target, at
        if at >= len(along):
            return target, len(target) + at - len(along)
        return self._element(along[at], target)

    def element(self, node: expressions.Expr, env: Environment, player: str) -> Element:
        """The element an index stands for, inside its own set."""
        along, at = self.place(node, env, None, player)
        if not 0 <= at < len(along):
            raise self.fault("G305")
        return along[at]


MOVING: tuple[Element, ...] = ("another set at each instance",)
"""What a letter runs along whose set a condition on other letters makes: it has no place to step from."""


def mentions(node: object, env: Environment) -> bool:
    """Whether a bound letter stands in a set made by a condition."""
    if isinstance(node, expressions.Ref) and len(node.parts) == 1 and node.parts[0].index is None:
        return node.parts[0].name.text in env
    if isinstance(node, tuple):
        return any(mentions(part, env) for part in node)
    if hasattr(node, "__dataclass_fields__") and not isinstance(node, expressions.Name):
        return any(mentions(getattr(node, name), env) for name in node.__dataclass_fields__ if name != "span")
    return False
