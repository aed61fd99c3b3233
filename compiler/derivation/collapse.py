"""One term of a derivative, a sum where `j == i` for the index `j` that a variable has there and the index `i` asked
for -> the same without the sum: `Term`, `collapsed`.

`j` a letter of the sum: the letter is `i`. `j` a step from a letter, `t-1`: the letter is `i` stepped back, `t+1`,
where that is in the set; for a `cyclic` variable its first element after the last one. What cannot be turned round
(`x[first(T)]`, a step along another set) stays a condition `j == i`, which is always right.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from compiler.derivation.algebra import back, both, constant_steps, negative, number, product, shifted, stepped, total
from compiler.derivation.conditions_known import known_false, without_implied
from compiler.derivation.faults import Underivable
from compiler.derivation.substitution import PlaceLost, home, set_of, substituted
from compiler.ir import expr as ir
from compiler.ir.game import SetDef, VarDef
from compiler.ir.walk import outer_letters
from grammar.source import Span

Factor = tuple[str, ir.Expr]
"""`*` or `/`, and a factor."""


@dataclass(frozen=True)
class Term:
    """`sign * factors`, summed over `binders` where all `conditions` hold and the two of each of `deltas` are the same
    element."""

    sign: int = 1
    factors: tuple[Factor, ...] = ()
    binders: tuple[ir.Binder, ...] = ()
    conditions: tuple[ir.Expr, ...] = ()
    deltas: tuple[tuple[ir.Index, ir.Index], ...] = ()
    span: Span = field(default=None, compare=False)  # type: ignore[assignment]

    def signed(self, sign: int) -> Term:
        return replace(self, sign=self.sign * sign)

    def with_factors(self, *factors: Factor) -> Term:
        return replace(self, factors=(*self.factors, *factors))

    def where(self, condition: ir.Expr) -> Term:
        return replace(self, conditions=(*self.conditions, condition))

    def inside(self, binders: tuple[ir.Binder, ...], conditions: tuple[ir.Expr, ...]) -> Term:
        return replace(self, binders=(*self.binders, *binders), conditions=(*self.conditions, *conditions))

    def opens(self, index: ir.Index) -> ir.Letter | None:
        """The index as a letter of this sum; None for another index."""
        mine = isinstance(index, ir.Letter) and any(index.binder is b for b in self.binders)
        return index if mine and isinstance(index, ir.Letter) else None

    def at(self, letter: ir.Letter, index: ir.Index, first: tuple[ir.Expr, ...] = ()) -> Term:
        """The term with an index for the one letter of a binder, under conditions that are asked `first`. Raises
        `PlaceLost`."""
        letters = {(id(letter.binder), letter.place): index}
        return replace(
            self,
            factors=tuple((op, substituted(f, letters)) for op, f in self.factors),
            binders=tuple(b for b in self.binders if b is not letter.binder),
            conditions=(*first, *(substituted(c, letters) for c in self.conditions)),
            deltas=tuple((_in(a, letters), _in(b, letters)) for a, b in self.deltas),
        )


def _in(index: ir.Index, letters: dict[tuple[int, int], ir.Index]) -> ir.Index:
    use = substituted(ir.IndexValue(index, index.span), letters)
    assert isinstance(use, ir.IndexValue)
    return use.index


def collapsed(term: Term, variable: VarDef, known: tuple[ir.Expr, ...] = ()) -> list[tuple[int, ir.Expr]]:
    """The term as signed expressions: one, two for a cyclic step that has to be told apart at the edge, none where its
    conditions contradict each other. `known` are conditions that hold for the instance asked for. Raises
    `Underivable`."""
    found: list[tuple[int, ir.Expr]] = []
    work = [(term, 0)]
    while work:
        now, place = work.pop(0)
        if place < len(now.deltas):
            work = [(t, place + 1) for t in _one(now, place, variable)] + work
        else:
            found += _written(_by_equalities(_whole_tuples(now)), known)
    return found


def _one(term: Term, place: int, variable: VarDef) -> list[Term]:
    """The term with the delta of one index position used."""
    used, asked = term.deltas[place]
    if used == asked:
        return [term]
    of = variable.domain.sets[place] if place < len(variable.domain.sets) else None
    try:
        if (letter := term.opens(used)) is not None and len(letter.binder.letters) == 1:
            return [term.at(letter, asked, _lies_in(asked, letter.binder.over, term.span))]
        if isinstance(used, ir.Shift | ir.Step):
            letter = _turnable(term, used, asked, of)
            if letter is not None:
                return _turned(term, letter, used, asked, variable)
    except PlaceLost:
        pass
    return [term.where(_same(used, asked, variable, place, term.span))]


def _turnable(term: Term, used: ir.Shift | ir.Step, asked: ir.Index, of: SetDef | None) -> ir.Letter | None:
    """The letter that a step starts from, if the step can be turned round: letter, variable and index asked for run
    over the one set, and the number of steps is the same everywhere."""
    letter = term.opens(used.base)
    steps = used.offset if isinstance(used, ir.Shift) else used.count
    if letter is None or len(letter.binder.letters) > 1 or outer_letters(steps):
        return None
    over = set_of(letter.binder.over, 0)
    return letter if over is not None and over is of and home(asked) is over else None


def _turned(term: Term, letter: ir.Letter, used: ir.Shift | ir.Step, asked: ir.Index, variable: VarDef) -> list[Term]:
    origin = back(used, asked)
    over = letter.binder.over
    if not variable.cyclic:
        return [term.at(letter, origin, (ir.Member((origin,), over, term.span),))]
    if (wrapped := _all_cyclic(term, letter, origin)) is not None:
        return [wrapped]
    steps = constant_steps(used.offset if isinstance(used, ir.Shift) else used.count)
    if steps not in (1, -1):
        raise Underivable(
            f"`{used.span.text}` goes round a cyclic set by another number of steps than one",
            used.span,
            "more than one step",
            "name the value in between with a variable of its own",
        )
    assert isinstance(over, ir.SetName)
    edge = ir.Edge(over, over.set, steps < 0, term.span)
    other = ir.Edge(over, over.set, steps > 0, term.span)
    at_edge = ir.CompareIndex("==", asked, edge, term.span)
    inside = ir.CompareIndex("!=", asked, edge, term.span)
    return [term.at(letter, origin, (inside,)), term.at(letter, other, (at_edge,))]


def _all_cyclic(term: Term, letter: ir.Letter, origin: ir.Index) -> Term | None:
    """The term at `origin` if the letter stands only where a step goes round by itself: as index of cyclic variables.
    Multipliers of constraints over a whole set are."""
    if any(x == letter for c in term.conditions for x in outer_letters(c)):
        return None
    safe = _Cyclic(letter)
    if not all(safe.of(f) for _, f in term.factors):
        return None
    return term.at(letter, origin)


@dataclass(frozen=True)
class _Cyclic:
    letter: ir.Letter

    def of(self, node: ir.Expr) -> bool:
        """Whether the letter stands in the expression only as index of cyclic variables."""
        if isinstance(node, ir.Use):
            held = [i for i in node.indices if any(x == self.letter for x in outer_letters(i))]
            return not held or (
                isinstance(node.target, VarDef) and node.target.cyclic and all(i == self.letter for i in held)
            )
        if not any(x == self.letter for x in outer_letters(node)):
            return True
        match node:
            case ir.Add(terms=parts) | ir.Multiply(factors=parts):
                return all(self.of(p) for p in parts)
            case ir.Negate(operand=part):
                return self.of(part)
            case _:
                return False


def _lies_in(index: ir.Index, over: ir.SetExpr, span: Span) -> tuple[ir.Expr, ...]:
    """What has to be asked for the index to be an element of the set; nothing where it is one by its declaration."""
    of = home(index)
    if isinstance(index, ir.Letter) and index.binder.over == over:
        return ()
    while isinstance(over, ir.SetName) and of is not None:
        if of is over.set:
            return () if isinstance(index, ir.Letter | ir.Edge) else (ir.Member((index,), over, span),)
        of = of.parent.set if isinstance(of.parent, ir.SetName) else None
    return (ir.Member((index,), over, span),)


def _same(used: ir.Index, asked: ir.Index, variable: VarDef, place: int, span: Span) -> ir.Expr:
    """The condition that two indices are one element; a step off the edge is none."""
    if isinstance(used, ir.ElementOf):
        return ir.Compare(("==",), (ir.IndexValue(asked, span), used.value), span)
    if not isinstance(used, ir.Shift | ir.Step):
        return ir.CompareIndex("==", used, asked, span)
    over = ir.SetName(variable.domain.sets[place], span)
    ways: list[ir.Index] = [used]
    if variable.cyclic:
        steps = constant_steps(used.offset if isinstance(used, ir.Shift) else used.count)
        if steps not in (1, -1):
            raise Underivable(
                f"`{used.span.text}` goes round a cyclic set in a way that has no formula",
                used.span,
                "along another set, or by more than one step",
                "step a letter of the set that the variable is declared over, by one",
            )
        size = negative(ir.Cardinality(over, span)) if steps > 0 else ir.Cardinality(over, span)
        way = shifted if isinstance(used, ir.Shift) else stepped
        count = used.offset if isinstance(used, ir.Shift) else used.count
        ways.append(way(used.base, total([(1, count), (1, size)], span), span))
    listed = [_reaches(index, asked, over, span) for index in ways]
    return listed[0] if len(listed) == 1 else ir.Logic("or", tuple(listed), span)


def _reaches(used: ir.Index, asked: ir.Index, over: ir.SetName, span: Span) -> ir.Expr:
    """That a step ends at the element asked for."""
    if isinstance(used, ir.Shift):
        # Sets along which numbers are added hold integers: these compare, wherever the letter comes from.
        ends = total([(1, ir.IndexValue(used.base, span)), (1, used.offset)], span)
        return ir.Compare(("==",), (ends, ir.IndexValue(asked, span)), span)
    equal = ir.CompareIndex("==", used, asked, span)
    return ir.Logic("and", (ir.Member((used,), over, span), equal), span)


def _whole_tuples(term: Term) -> Term:
    """Letters of a set of pairs that are all given: the sum over it is one instance, if that is an element."""
    for binder in term.binders:
        if len(binder.letters) < 2:
            continue
        given: dict[int, tuple[ir.Expr, ir.Index]] = {}
        for condition in term.conditions:
            for letter, other in _sides(condition):
                mine = letter.binder is binder and letter.place not in given
                if mine and not any(x.binder is binder for x in outer_letters(other)):
                    given[letter.place] = condition, other
        if len(given) < len(binder.letters):
            continue
        letters = {(id(binder), k): index for k, (_, index) in given.items()}
        asked = [c for c, _ in given.values()]
        indices = tuple(given[k][1] for k in range(len(binder.letters)))
        same = all(
            isinstance(i, ir.Letter) and i.place == k and i.binder.over == binder.over for k, i in enumerate(indices)
        )
        first = () if same else (ir.Member(indices, binder.over, term.span),)
        try:
            return _whole_tuples(
                replace(
                    term,
                    factors=tuple((op, substituted(f, letters)) for op, f in term.factors),
                    binders=tuple(b for b in term.binders if b is not binder),
                    conditions=(*first, *(substituted(c, letters) for c in term.conditions if c not in asked)),
                )
            )
        except PlaceLost:
            continue
    return term


def _sides(condition: ir.Expr) -> list[tuple[ir.Letter, ir.Index]]:
    """The letters that a condition says the value of."""
    if not (isinstance(condition, ir.CompareIndex) and condition.op == "=="):
        return []
    pairs = ((condition.left, condition.right), (condition.right, condition.left))
    return [(a, b) for a, b in pairs if isinstance(a, ir.Letter)]


def _by_equalities(term: Term) -> Term:
    """Letters that a condition sets equal to an element or to another letter are that one."""
    for condition in term.conditions:
        for letter, other in _sides(condition):
            plain = isinstance(other, ir.Element | ir.Letter) and len(letter.binder.letters) == 1
            if not plain or term.opens(letter) is None or not isinstance(letter.binder.over, ir.SetName):
                continue
            if isinstance(other, ir.Letter) and other.binder is letter.binder:
                continue
            rest = replace(term, conditions=tuple(c for c in term.conditions if c is not condition))
            # A written element was checked against the set it is compared in.
            first = () if isinstance(other, ir.Element) else _lies_in(other, letter.binder.over, term.span)
            try:
                return _by_equalities(rest.at(letter, other, first))
            except PlaceLost:
                continue
    return term


def _written(term: Term, known: tuple[ir.Expr, ...]) -> list[tuple[int, ir.Expr]]:
    where = both(term.conditions, term.span)
    if known_false(where):
        return []
    where = without_implied(where, known, term.span)
    sign, body = product([*term.factors], term.span)
    if isinstance(body, ir.Number) and body.value == 0:
        return []
    if term.binders:
        return [(term.sign * sign, ir.Reduce("sum", ir.Domain(term.binders, where, None), body, term.span))]
    if where is not None:
        return [(term.sign * sign, ir.Choose(where, body, number(0, term.span), term.span))]
    return [(term.sign * sign, body)]
