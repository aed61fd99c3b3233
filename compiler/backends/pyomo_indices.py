"""Index expressions and sets -> Python over Pyomo sets: `Indices`. A letter becomes a Python variable."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from compiler.backends.bound_data import BoundData
from compiler.backends.data_literals import element, element_list
from compiler.backends.names import Names
from compiler.backends.pyomo_code import Code, Level
from compiler.ir import expr as ir
from compiler.ir.game import SetDef
from grammar.diagnostics import Findings
from grammar.source import Span

Letters = Mapping[tuple[int, int], str]
"""Python names of bound letters, by identity of the binder and place in it."""


class Unwritten(Exception):  # noqa: N818 - a way out of a declaration, not an error of its own
    """A construct was reported as one that a script cannot hold; its declaration is given up."""


T = TypeVar("T")


def all_written(steps: Iterable[Callable[[], T]], findings: Findings) -> tuple[T, ...]:
    """The results of those that could be written; the others are reported."""
    found: list[T] = []
    for step in steps:
        try:
            found.append(step())
        except Unwritten:
            continue
        except RecursionError:
            findings.add("G111", "an expression is nested too deeply", hints=["name parts of it with `let`"])
    return tuple(found)


class Indices:
    """Indices, sets and domains. `sets` has the model's name of every declared set.

    What differs between libraries of one Python: `language` in messages, `library` where functions of variables come
    from, `plain` what makes a number of a parameter.
    """

    language = "Pyomo"
    library = "pe"

    def plain(self, text: str) -> str:
        """A parameter as Python's own number."""
        return f"pe.value({text})"

    def __init__(self, sets: Mapping[str, str], letters: Names, data: BoundData, findings: Findings) -> None:
        self.sets = sets
        self.data = data
        self.findings = findings
        self.helpers: set[str] = set()
        """Functions of the script that some expression calls: step, mean, stated."""
        self._letter_names = letters
        self._letters: dict[str, str] = {}

    @abstractmethod
    def number(self, node: ir.Expr, letters: Letters) -> Code:
        """A number or an expression of variables."""

    @abstractmethod
    def condition(self, node: ir.Expr, letters: Letters) -> Code:
        """Something true or false, decided by data."""

    def refuse(self, what: str, span: Span, hint: str) -> Unwritten:
        """Report a construct that has no place in a script, and give the exception to raise."""
        headline = f"{what} cannot be written in {self.language}"
        self.findings.add("G107", headline, span, "not supported yet", hints=[hint])
        return Unwritten()

    def letter(self, written: str) -> str:
        """The Python variable for an index letter; the same letter has one name in the whole script."""
        if written not in self._letters:
            self._letters[written] = self._letter_names.claim(written)
        return self._letters[written]

    # ------------------------------------------------------------ homes: the declared set behind an index

    def home_of(self, over: ir.SetExpr, place: int) -> SetDef | None:
        """The declared set whose order the letter at `place` of a binder steps along; None if it has no name."""
        match over:
            case ir.SetName():
                of = over.set.components[place] if over.set.components else over.set
                return of if of.name in self.sets else None
            case ir.SetFilter():
                for binder in over.domain.binders:
                    if place < len(binder.letters):
                        return self.home_of(binder.over, place)
                    place -= len(binder.letters)
            case ir.SetCombination(op="*"):
                for operand in over.operands:
                    width = len(self.homes(operand))
                    if place < width:
                        return self.home_of(operand, place)
                    place -= width
            case _:
                pass
        return None

    def homes(self, over: ir.SetExpr) -> list[SetDef | None]:
        """The home of each part of the elements."""
        match over:
            case ir.SetName():
                return [self.home_of(over, k) for k in range(over.set.arity)]
            case ir.SetFilter():
                return self.domain_homes(over.domain)
            case ir.SetCombination(op="*"):
                return [h for operand in over.operands for h in self.homes(operand)]
            case ir.SetCombination():
                return [None] * len(self.homes(over.operands[0]))
            case ir.SetLiteral():
                first = over.elements[0] if over.elements else 0
                return [None] * (len(first) if isinstance(first, tuple) else 1)
            case ir.SetRange():
                return [None]

    def domain_homes(self, domain: ir.Domain) -> list[SetDef | None]:
        """The home of each index of a declaration."""
        return [self.home_of(b.over, k) for b in domain.binders for k in range(len(b.letters))]

    def home(self, index: ir.Index) -> SetDef | None:
        """The declared set that an index takes its elements from; None if it has no name."""
        match index:
            case ir.Letter():
                return self.home_of(index.binder.over, index.place)
            case ir.Shift() | ir.Step():
                return self.home(index.base)
            case ir.Edge():
                return self.home_of(index.over, 0)
            case ir.Element() | ir.ElementOf():
                return None

    def _ordered(self, index: ir.Index, span: Span) -> str:
        """The Pyomo set whose order an index follows."""
        home = self.home(index)
        if home is None:
            raise self.refuse(
                f"the order of a set without a name, asked for by `{span.text}`,",
                span,
                "declare the set with a name: `set NAME index LETTER = ...`",
            )
        return f"m.{self.sets[home.name]}"

    # ------------------------------------------------------------ indices

    def index(self, node: ir.Index, letters: Letters, target: SetDef | None = None) -> Code:
        """The element that an index stands for. Off the edge of its set, Pyomo raises an error."""
        match node:
            case ir.Letter():
                return Code(letters[id(node.binder), node.place])
            case ir.Shift():
                return self._shifted(node, letters, target)
            case ir.Step():
                of = self._ordered(node.base, node.span)
                back, count = self._count(node, letters)
                more = "" if count == "1" else f", {count}"
                return Code(f"{of}.{'prev' if back else 'next'}({self.index(node.base, letters).text}{more})")
            case ir.Edge():
                home = self.home_of(node.over, 0)
                if isinstance(node.over, ir.SetName) and home is not None:
                    return Code(f"m.{self.sets[home.name]}.{'last' if node.last else 'first'}()")
                return Code(f"list({self.set(node.over, letters).text})[{'-1' if node.last else '0'}]")
            case ir.Element():
                return Code(element(self._spelled(node.value, target)))
            case ir.ElementOf():
                # A Pyomo parameter is no key, its value is.
                return Code(self.plain(self.number(node.value, letters).text))

    def _shifted(self, node: ir.Shift, letters: Letters, target: SetDef | None) -> Code:
        text = self.index(node.base, letters, target).at(Level.SUM)
        offset = node.offset
        signs, terms = (offset.signs, offset.terms) if isinstance(offset, ir.Add) else ((1,), (offset,))
        for sign, term in zip(signs, terms, strict=True):
            text += f" {'-' if sign < 0 else '+'} {self.number(term, letters).at(Level.PRODUCT)}"
        return Code(text, Level.SUM)

    def _count(self, node: ir.Step, letters: Letters) -> tuple[bool, str]:
        """Whether a step goes back, and how many places it goes."""
        back = isinstance(node.count, ir.Negate)
        return back, self.whole(node.count.operand if isinstance(node.count, ir.Negate) else node.count, letters)

    def whole(self, node: ir.Expr, letters: Letters) -> str:
        """A whole number from data, as Python's own."""
        code = self.number(node, letters)
        if isinstance(node, ir.Number):
            return code.text
        return f"round({self.plain(code.text)})"

    def wrapped(self, node: ir.Shift | ir.Step, letters: Letters, target: SetDef | None) -> Code:
        """A step on a cyclic variable: after the last element of `target` comes the first."""
        if target is None or (isinstance(node, ir.Step) and self.home(node.base) is not target):
            raise self.refuse(
                f"the step `{node.span.text}` of a cyclic variable along another set than its own",
                node.span,
                "step a letter of the set that the variable is declared over",
            )
        of = f"m.{self.sets[target.name]}"
        base = self.index(node.base, letters, target).text
        if isinstance(node, ir.Step):
            back, count = self._count(node, letters)
        else:
            offset = node.offset
            back = isinstance(offset, ir.Add) and all(s < 0 for s in offset.signs)
            if isinstance(offset, ir.Add) and back:
                offset = ir.Add(tuple(-s for s in offset.signs), offset.terms, offset.span)
            if isinstance(offset, ir.Add) and len(offset.terms) == 1 and offset.signs == (1,):
                offset = offset.terms[0]
            count = self.whole(offset, letters)
        return Code(f"{of}.{'prevw' if back else 'nextw'}({base}{'' if count == '1' else f', {count}'})")

    def stepped(self, node: ir.Shift | ir.Step, letters: Letters, target: SetDef | None) -> Code:
        """A step that may leave its set before the first element: then a smaller number, or None."""
        if isinstance(node, ir.Shift):
            return self._shifted(node, letters, target)
        self.helpers.add("step")
        back, count = self._count(node, letters)
        of = self._ordered(node.base, node.span)
        return Code(f"step({of}, {self.index(node.base, letters).text}, {'-' if back else ''}{count})")

    def _spelled(self, value: object, target: SetDef | None) -> object:
        """The element of `target` that a written one means: the same, or the one that is spelled so."""
        elements = None if target is None else self.data.elements(target)
        if elements is None or value in elements:
            return value
        return next((e for e in elements if str(e) == str(value)), value)

    # ------------------------------------------------------------ sets

    def set(self, node: ir.SetExpr, letters: Letters) -> Code:
        """Something to run over: a Pyomo set or a list."""
        match node:
            case ir.SetName():
                return Code(f"m.{self.sets[node.set.name]}")
            case ir.SetLiteral():
                return Code(element_list(node.elements).replace("\n    ", " ").replace("\n", ""))
            case ir.SetRange():
                low, high = self.whole(node.low, letters), self.whole(node.high, letters)
                step = "" if node.step is None else f", {self.whole(node.step, letters)}"
                if node.step is not None and not isinstance(node.step, ir.Number):
                    raise self.refuse(
                        f"the range `{node.span.text}`, whose direction is data,",
                        node.span,
                        "declare it as a set: `set NAME = ...`",
                    )
                down = isinstance(node.step, ir.Number) and node.step.value < 0
                end = f"{int(high) + (-1 if down else 1)}" if _is_int(high) else f"{high} {'-' if down else '+'} 1"
                return Code(f"range({low}, {end}{step})")
            case ir.SetFilter():
                return Code(self.instances(node.domain, letters))
            case ir.SetCombination():
                return self._combined(node, letters)

    def _combined(self, node: ir.SetCombination, letters: Letters) -> Code:
        parts = [self.set(o, letters) for o in node.operands]
        if all(p.text.startswith("m.") or p.level < Level.ATOM for p in parts):
            sign = {"union": "|", "inter": "&", "diff": "-", "*": "*"}[node.op]
            return Code(f" {sign} ".join(p.at(Level.ATOM) for p in parts), Level.SUM)
        if node.op == "*":
            if any(len(self.homes(o)) > 1 for o in node.operands):
                raise self.refuse(
                    f"the product `{node.span.text}` of sets of pairs", node.span, "declare it as a set with a name"
                )
            names = [f"item{k}" for k in range(len(parts))]
            loops = " ".join(f"for {n} in {p.text}" for n, p in zip(names, parts, strict=True))
            return Code(f"[({', '.join(names)}) {loops}]")
        left, right = (p.text for p in parts)
        match node.op:
            case "union":
                return Code(f"[*{left}, *(item for item in {right} if item not in {left})]")
            case "inter":
                return Code(f"[item for item in {left} if item in {right}]")
            case _:
                return Code(f"[item for item in {left} if item not in {right}]")

    # ------------------------------------------------------------ domains

    def bind(self, binder: ir.Binder, letters: Letters) -> tuple[list[str], dict[tuple[int, int], str]]:
        """Python variables for a binder's letters. Those of a set `{t in T where ...}` under it are the same ones."""
        names = [self.letter(x) for x in binder.letters]
        inner = dict(letters)
        self._note(binder, names, inner)
        return names, inner

    def _note(self, binder: ir.Binder, names: list[str], letters: dict[tuple[int, int], str]) -> None:
        letters.update({(id(binder), k): n for k, n in enumerate(names)})
        if isinstance(binder.over, ir.SetFilter):
            start = 0
            for b in binder.over.domain.binders:
                self._note(b, names[start : start + len(b.letters)], letters)
                start += len(b.letters)

    def instances(self, domain: ir.Domain, letters: Letters) -> str:
        """The list of the elements, or tuples of elements, that a domain runs over."""
        names, _, clauses = self.opened(domain, letters)
        inner = ", ".join(names)
        return f"[{f'({inner})' if len(names) > 1 else inner} {' '.join(clauses)}]"

    def opened(self, domain: ir.Domain, letters: Letters) -> tuple[list[str], Letters, list[str]]:
        """The letters of a domain, all letters known inside it, and its clauses `for t in m.T`, `if ...`."""
        parts: list[str] = []
        names: list[str] = []
        inner = letters
        for binder in domain.binders:
            mine, inner = self.bind(binder, inner)
            names += mine
            parts += self._loops(binder, inner)
        if domain.where is not None:
            parts.append(f"if {self.condition(domain.where, inner).at(Level.OR)}")
        return names, inner, parts

    def _loops(self, binder: ir.Binder, letters: Letters) -> list[str]:
        if isinstance(binder.over, ir.SetFilter):
            inner = binder.over.domain
            loops = [loop for b in inner.binders for loop in self._loops(b, letters)]
            where = [] if inner.where is None else [f"if {self.condition(inner.where, letters).at(Level.OR)}"]
            return loops + where
        mine = [letters[id(binder), k] for k in range(len(binder.letters))]
        return [f"for {', '.join(mine)} in {self.set(binder.over, letters).text}"]


def _is_int(text: str) -> bool:
    return text.lstrip("-").isdigit()
