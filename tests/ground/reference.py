"""Syntax tree + data texts -> sets, data and expressions, by Python loops over single instances.

Slow and obvious on purpose, and written from the language page alone: nothing here is shared with
`compiler.semantics` or `compiler.ground`. A quantity at one instance is a polynomial, a dictionary from products of
variables to coefficients. What cannot be evaluated is noted in `Reference.faults` under the code that the language
gives it, and counts as zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler.syntax import declarations, expressions
from tests.ground.reference_sets import ReferenceSets, mentions
from tests.ground.reference_words import (
    Element,
    Environment,
    FaultError,
    Letter,
    Member,
    Poly,
    as_element,
    as_number,
    binder_letters,
    cells,
    letters_of,
    literal,
    product,
    scaled,
    total,
)


class Reference(ReferenceSets):
    """Everything a model says about its sets, data and expressions."""

    # ------------------------------------------------------------ names

    def find(self, node: expressions.Ref, player: str) -> Member:
        names = [p.name.text for p in node.parts]
        name = ".".join(names)  # the declarations of a component have a dot in their names
        if name in self.members.get(player, {}):
            return self.members[player][name]
        if len(names) > 1 and ".".join(names[1:]) in self.members.get(names[0], {}):
            return self.members[names[0]][".".join(names[1:])]
        if name in self.top:
            return self.top[name]
        (found,) = [own[name] for own in self.members.values() if name in own]
        return found

    def use(self, node: expressions.Ref, env: Environment, player: str) -> Poly:
        """A declared quantity at its indices."""
        member = self.find(node, player)
        given = [item for part in node.parts if part.index is not None for item in part.index.items]
        lists = self.head_index(member)
        targets = [c for i in lists for item in i.items for c in self._binder_components_underneath(item, player)]
        own = letters_of(self.players[member.owner].head.index) if member.owner else []
        if len(given) == len(targets) - len(own) and member.owner == player:
            given = [
                expressions.Ref((expressions.RefPart(expressions.Name(x, node.span), None, node.span),), node.span)
                for x in own
            ] + given
        places = [self.place(item, env, target, player)[1] for item, target in zip(given, targets, strict=True)]
        variable = member.node if isinstance(member.node, declarations.VarDecl) else None
        if variable is not None and variable.cyclic:
            places = [p % len(t) for p, t in zip(places, targets, strict=True)]
        before = variable is not None and variable.starts is not None and any(p < 0 for p in places)
        if before:
            places = [max(p, 0) for p in places]
        if any(not 0 <= p < len(t) for p, t in zip(places, targets, strict=True)):
            raise self.fault("G305")
        key = tuple(t[p] for p, t in zip(places, targets, strict=True))
        names = [x for i in lists for x in letters_of(i)]
        inner = {n: Letter(v, t) for n, v, t in zip(names, key, targets, strict=True)}
        if before:
            return self.value(variable.starts, inner, member.owner)
        if key not in self.keys(member):
            raise self.fault("G310")
        match member.node:
            case declarations.ParamDecl():
                return {(): self.table(member)[key]}
            case declarations.VarDecl():
                return {((member.owner, variable.head.name.text, key),): 1.0}
            case declarations.ConstraintDecl():
                return {((member.owner, member.node.price.head.name.text, key),): 1.0}
            case _:
                return self.value(member.node.value, inner, member.owner)

    def _binder_components_underneath(self, item: expressions.Expr, player: str) -> list[tuple[Element, ...]]:
        """As `_binder_components`; a set that another letter conditions only restricts the set that it is made from."""
        own = self.players[player].head.index if player else None
        outer = dict.fromkeys(letters_of(own), Letter(None, ()))
        if isinstance(item, expressions.Compare) and mentions(item.operands[1], outer):
            return [c for e in item.operands[1].entries for c in self._binder_components(e.key, {}, player)]
        return self._binder_components(item, {}, player)

    # ------------------------------------------------------------ data

    def table(self, member: Member) -> dict[tuple[Element, ...], float]:
        """All values of a parameter."""
        if id(member.node) not in self._tables:
            self._tables[id(member.node)] = {}
            self._tables[id(member.node)] = self._fill(member)
        return self._tables[id(member.node)]

    def _fill(self, member: Member) -> dict[tuple[Element, ...], float]:
        d = member.node
        given: dict[tuple[Element, ...], float] = {}
        computed = d.value is not None and not isinstance(d.value, expressions.Braces | expressions.Table)
        keys = set(self.keys(member))
        for key, value in self._entries(member):
            if key not in keys:
                self.faults.append("G503")
            elif key in given:
                self.faults.append("G502")
            elif not math.isfinite(value):
                self.faults.append("G504")
            given[key] = value
        table = {}
        for key, env in self.member_instances(member):
            table[key] = given.get(key, 0.0)
            formula = d.value if computed else d.default if key not in given else None
            if formula is not None:
                try:
                    table[key] = self.number(formula, env, member.owner)
                except FaultError:
                    continue
            elif key not in given:
                self.faults.append("G501")
        return table

    def _entries(self, member: Member) -> Iterator[tuple[tuple[Element, ...], float]]:
        d = member.node
        if isinstance(d.value, expressions.Braces):
            for entry in d.value.entries:
                key = literal(entry.key)
                yield key if isinstance(key, tuple) else (key,), self.number(entry.value, {}, "")
        if isinstance(d.value, expressions.Table):
            heads = [literal(cell) for cell in d.value.rows[0]]
            for row in d.value.rows[1:]:
                for head, cell in zip(heads, row[1:], strict=True):
                    yield (literal(row[0]), head), cell.value
        if d.file is not None:
            rows = cells(self.files[d.file.value])
            heads = [h.lower() for h in rows[0]]
            binders = [item for i in self.head_index(member) for item in i.items]
            names = [x for item in binders for x in self._column_names(item)]
            # A column headed by the very letter is the letter's; the others follow in order.
            places = [heads.index(options[-1]) if options[-1] in heads else None for options in names]
            for k, options in enumerate(names):
                if places[k] is None:
                    free = [heads.index(n) for n in options if n in heads and heads.index(n) not in places]
                    places[k] = free[0] if free else None
            if None in places:
                across = [as_element(h) for h in rows[0][1:]]
                straight = set(across) <= set(self.components_of(binders, 1))
                for row in rows[1:]:
                    for head, cell in zip(across, row[1:], strict=True):
                        key = (as_element(row[0]), head)
                        yield key if straight else key[::-1], as_number(cell)
                return
            value = heads.index((d.column.value if d.column else d.head.name.text).lower())
            for row in rows[1:]:
                yield tuple(as_element(row[p]) for p in places), as_number(row[value])

    def components_of(self, binders: list[expressions.Expr], k: int) -> tuple[Element, ...]:
        return [c for item in binders for c in self._binder_components(item, {}, "")][k]

    def _column_names(self, item: expressions.Expr) -> list[list[str]]:
        """For each letter of a binder the column heads it may have: the set's name, its letters, the letter."""
        if isinstance(item, expressions.Ref):
            sets = [self.letters[item.parts[0].name.text]]
        else:
            over = self.sets[item.operands[1].parts[0].name.text]
            parts = over.within.factors if isinstance(over.within, expressions.Product) else ()
            sets = [p.parts[0].name.text for p in parts] or [over.head.name.text]
        return [
            [name.lower(), *(x.text.lower() for x in self.sets[name].letters), letter.lower()]
            for name, letter in zip(sets, binder_letters(item), strict=True)
        ]

    # ------------------------------------------------------------ expressions

    def number(self, node: expressions.Expr, env: Environment, player: str) -> float:
        found = self.value(node, env, player)
        if any(found.keys() - {()}):
            raise self.fault("G509")
        return found.get((), 0.0)

    def value(self, node: expressions.Expr, env: Environment, player: str) -> Poly:
        """The polynomial that an expression is at one instance."""
        match node:
            case expressions.Number():
                return {(): node.value}
            case expressions.Ref() if (
                len(node.parts) == 1 and node.parts[0].index is None and node.parts[0].name.text in env
            ):
                return {(): self._as_number(env[node.parts[0].name.text].value)}
            case expressions.Ref() if node.parts[0].name.text == "inf":
                return {(): math.inf}
            case expressions.Ref():
                return self.use(node, env, player)
            case expressions.Sum():
                return total(scaled(self.value(t, env, player), s) for s, t in zip(node.signs, node.terms, strict=True))
            case expressions.Negation():
                return scaled(self.value(node.operand, env, player), -1)
            case expressions.Product():
                return self._product(node, env, player)
            case expressions.Power():
                return self._power(node, env, player)
            case expressions.IfElse():
                chosen = node.then if self.holds(node.condition, env, player) else node.otherwise
                return self.value(chosen, env, player)
            case expressions.Reduce():
                return self._reduce(node, env, player)
            case expressions.Call():
                return {(): self._call(node, env, player)}
        raise TypeError(type(node))

    def _as_number(self, element: Element) -> float:
        if not isinstance(element, int):
            raise self.fault("G312")
        return float(element)

    def _product(self, node: expressions.Product, env: Environment, player: str) -> Poly:
        result: Poly = {(): 1.0}
        for op, factor in zip(node.ops, node.factors, strict=True):
            value = self.value(factor, env, player)
            if op == "/":
                divisor = self.number(factor, env, player)
                if divisor == 0:
                    raise self.fault("G508")
                result = {k: v / divisor for k, v in result.items()}
            else:
                result = product(result, value)
        return result

    def _power(self, node: expressions.Power, env: Environment, player: str) -> Poly:
        base = self.value(node.base, env, player)
        exponent = self.number(node.exponent, env, player)
        if base.keys() - {()}:
            result: Poly = {(): 1.0}
            for _ in range(int(exponent)):
                result = product(result, base)
            return result
        try:
            found = base.get((), 0.0) ** exponent
        except (ArithmeticError, ValueError):
            raise self.fault("G508") from None
        if isinstance(found, complex):
            raise self.fault("G508")
        return {(): found}

    def probability(self, items: expressions.IndexList, env: Environment) -> float:
        """The product of the probabilities of the scenarios that the letters stand for."""
        result = 1.0
        for item in items.items:
            over = item.operands[1].parts[0].name.text if isinstance(item, expressions.Compare) else None
            (letter,) = binder_letters(item)
            name = over or self.letters[letter]
            table = self.probabilities[name]
            weights = self.table(self.top[table]) if table else None
            result *= weights[(env[letter].value,)] if weights else 1 / len(self.elements(name))
        return result

    def _reduce(self, node: expressions.Reduce, env: Environment, player: str) -> Poly:
        if node.op.text == "expect":
            return total(
                scaled(self.value(node.body, inner, player), self.probability(node.items, inner))
                for inner in self.instances(node.items, env, player)
            )
        values = [self.value(node.body, inner, player) for inner in self.instances(node.items, env, player)]
        match node.op.text:
            case "sum":
                return total(values)
            case "mean":
                if not values:
                    raise self.fault("G508")
                return scaled(total(values), 1 / len(values))
        numbers = [v.get((), 0.0) for v in values]
        if node.op.text == "prod":
            return {(): math.prod(numbers)}
        if not numbers:
            raise self.fault("G508")
        return {(): min(numbers) if node.op.text == "smin" else max(numbers)}

    def _call(self, node: expressions.Call, env: Environment, player: str) -> float:
        name = node.function.text
        if name == "card":
            return float(len(self.set_of(node.arguments[0], env, player)))
        if name == "ord":
            self._check_fixed(node.arguments[0], env)
            along, at = self.place(node.arguments[0], env, None, player)
            if not 0 <= at < len(along):
                raise self.fault("G305")
            return float(at + 1)
        if name in ("prev", "next", "first", "last"):
            return self._as_number(self.element(node, env, player))
        numbers = [self.number(a, env, player) for a in node.arguments]
        if name in ("min", "max"):
            return min(numbers) if name == "min" else max(numbers)
        try:
            return abs(numbers[0]) if name == "abs" else float(getattr(math, name)(numbers[0]))
        except (ArithmeticError, ValueError):
            raise self.fault("G508") from None

    # ------------------------------------------------------------ conditions

    def holds(self, node: expressions.Expr, env: Environment, player: str) -> bool:
        """Whether a condition on data holds at one instance."""
        match node:
            case expressions.Logic(op="and"):
                return all(self.holds(o, env, player) for o in node.operands)
            case expressions.Logic():
                return any(self.holds(o, env, player) for o in node.operands)
            case expressions.Not():
                return not self.holds(node.operand, env, player)
            case expressions.Compare():
                pairs = zip(node.ops, node.operands[:-1], node.operands[1:], strict=True)
                return all(self._compared(op, left, right, env, player) for op, left, right in pairs)
            case _:
                return self.number(node, env, player) != 0

    def _compared(
        self, op: str, left: expressions.Expr, right: expressions.Expr, env: Environment, player: str
    ) -> bool:
        if op == "in":
            of = self.set_of(right, env, player)
            items = left.items if isinstance(left, expressions.Tuple) else (left,)
            components = self.components(right, env, player)
            found = []
            for item, component in zip(items, components, strict=True):
                before = len(self.faults)
                if isinstance(item, expressions.Sum) and (k := self._moving(item, env)) is not None:
                    # `t-1 in P` asks for a number, whatever lies between.
                    signed = [(s, t) for j, (s, t) in enumerate(zip(item.signs, item.terms, strict=True)) if j != k]
                    start = self.element(item.terms[k], env, player)
                    found.append(start + sum(s * self.number(t, env, player) for s, t in signed))
                    continue
                try:
                    along, at = self.place(item, env, component, player)
                except FaultError:  # not there: the answer, not a fault
                    del self.faults[before:]
                    return False
                if not 0 <= at < len(along):
                    return False
                found.append(along[at])
            return (tuple(found) if len(found) > 1 else found[0]) in of
        if self._is_element(left, env) or self._is_element(right, env):
            first, second = self._element_sides(left, right, env, player)
            if first is not None:
                if isinstance(first[0], int) and isinstance(second[0], int):
                    return RELATIONS[op](first[0], second[0])
                if op in ("==", "!="):
                    return (first[0] == second[0]) == (op == "==")
                return RELATIONS[op](first[1].index(first[0]), first[1].index(second[0]))
        return RELATIONS[op](self.number(left, env, player), self.number(right, env, player))

    def _is_element(self, node: expressions.Expr, env: Environment) -> bool:
        match node:
            case expressions.Ref():
                return len(node.parts) == 1 and node.parts[0].name.text in env
            case expressions.Call():
                return node.function.text in ("prev", "next", "first", "last")
            case _:
                return False

    def _element_sides(self, left: expressions.Expr, right: expressions.Expr, env: Environment, player: str):  # type: ignore[no-untyped-def]
        """Both sides as (element, set), or (None, None) when one side is a number to compute."""
        found = []
        for node in (left, right):
            if self._is_element(node, env):
                along, at = self.place(node, env, None, player)
                if not 0 <= at < len(along):
                    raise self.fault("G305")
                found.append((along[at], along))
            elif isinstance(node, expressions.Text):
                found.append((node.value, ()))
            elif isinstance(node, expressions.Ref) and node.parts[0].index is None and len(node.parts) == 1:
                name = node.parts[0].name.text
                known = name in self.top or any(name in own for own in self.members.values())
                found.append((None, ()) if known else (name, ()))
            else:
                found.append((None, ()))
        if any(f[0] is None for f in found):
            return None, None
        if not found[0][1]:
            found[0] = (found[0][0], found[1][1])
        return found


RELATIONS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
