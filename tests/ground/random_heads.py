"""Hypothesis strategies -> sets, index lists, indices and conditions of random models: the lower half of `Writer`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy], object]


@dataclass(frozen=True)
class Bag:
    """A set: `elements` None when a condition makes it. `pairs` names the sets of a set of pairs."""

    name: str
    letters: tuple[str, ...] = ()
    elements: tuple[object, ...] | None = None
    parent: str = ""
    pairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bound:
    """A letter in scope; `back` and `forth` say how far it may step without leaving its set."""

    name: str
    of: str
    back: int = 0
    forth: int = 0


@dataclass(frozen=True)
class Head:
    """An index list: the letters it binds, and its text with places `{0}`, `{1}` for them. `sparse` with a condition
    or pairs."""

    letters: tuple[Bound, ...] = ()
    items: tuple[str, ...] = ()
    where: str = ""
    sparse: bool = False

    def text(self, names: list[str] | None = None) -> str:
        used = names or [b.name for b in self.letters]
        body = ", ".join(self.items) + (f" where {self.where}" if self.where else "")
        return body.format(*used)

    def brackets(self) -> str:
        return f"[{self.text()}]" if self.items else ""


@dataclass(frozen=True)
class Quantity:
    """Something declared: `own` is its player's head. `steps` tells that it says what lies beyond its edge, by
    position."""

    name: str
    owner: str
    own: Head
    head: Head
    cyclic: bool = False
    starts: bool = False


Env = tuple[Bound, ...]


@dataclass
class HeadWriter:
    """Writes what binds letters and what uses them, with the choices of `draw`; data, `Writer` adds."""

    draw: Draw
    bags: dict[str, Bag] = field(default_factory=dict)
    params: list[Quantity] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    count: int = 0
    risk: bool = False

    def data(self, env: Env, depth: int) -> str:
        raise NotImplementedError

    # ------------------------------------------------------------ choices

    def pick(self, options):  # type: ignore[no-untyped-def]
        return self.draw(st.sampled_from(list(options)))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent  # type: ignore[operator]

    def some(self, low: int, high: int) -> range:
        return range(self.draw(st.integers(low, high)))  # type: ignore[arg-type]

    def quarter(self, low: int = -12, high: int = 12) -> str:
        value = self.draw(st.integers(low, high)) / 4  # type: ignore[operator]
        return f"{value:g}"

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # ------------------------------------------------------------ sets

    def sets(self) -> list[str]:
        lines = []
        n, first = self.pick([1, 2, 3, 3, 4, 5]), self.pick([1, 1, 0, 3, -1])
        self.bags["T"] = Bag("T", ("t", "s"), tuple(range(first, first + n)))
        lines.append(
            self.pick(
                [
                    f"set T index t, s = {first}..{first + n - 1}",
                    f"set T index t, s = {{{listed(self.bags['T'].elements)}}}",
                ]
            )
        )
        names = self.pick([("a",), ("a", "b"), ("b", "a", "c"), ("a", "g 1", "c")])
        self.bags["K"] = Bag("K", ("k", "l"), names)
        if self.chance(30):
            self.files["k.csv"] = "K,note\n" + "".join(f"{e},1\n" for e in names)
            lines.append('set K index k, l from "k.csv"')
        else:
            lines.append(f"set K index k, l = {{{listed(names)}}}")
        years = self.pick([(2025, 2030, 2035), (2030,), (7, 3, 5), (4, 3, 2)])
        self.bags["J"] = Bag("J", ("j",), years)
        text = {(2025, 2030, 2035): "2025..2035 by 5", (4, 3, 2): "4..2 by -1"}.get(years, f"{{{listed(years)}}}")
        lines.append(f"set J index j = {text}")
        lines += [self._subset("P", "T", "p"), self._subset("Q", "K", "q"), self._pairs()]
        return lines

    def _subset(self, name: str, parent: str, letter: str) -> str:
        of = self.bags[parent].elements
        assert of is not None
        kind = self.pick(["literal", "literal", "filter", "union", "diff", "whole"])
        if kind == "literal":
            kept = tuple(self.draw(st.permutations(of)))[: self.draw(st.integers(1, len(of)))]  # type: ignore[arg-type, misc]
            self.bags[name] = Bag(name, (letter,), kept, parent)
            return f"set {name} in {parent} index {letter} = {{{listed(kept)}}}"
        if kind == "whole":
            self.bags[name] = Bag(name, (letter,), of, parent)
            return f"set {name} in {parent} index {letter}"
        self.bags[name] = Bag(name, (letter,), None, parent)
        if kind == "filter":
            own = self.bags[parent].letters[0]
            condition = self.condition((Bound(own, parent),), 1, plain=True)
            return f"set {name} in {parent} index {letter} = {{{own} in {parent} where {condition}}}"
        one = self.pick(of)
        if kind == "union":
            return f"set {name} in {parent} index {letter} = {{{listed((one,))}}} union {{{listed(of[::-1])}}}"
        return f"set {name} in {parent} index {letter} = {parent} diff {{{listed((one,))}}}"

    def _pairs(self) -> str:
        every = [(k, t) for k in self.bags["K"].elements or () for t in self.bags["T"].elements or ()]
        kind = self.pick(["literal", "file", "filter", "product"])
        kept = tuple(e for e in self.draw(st.permutations(every)) if self.chance(60)) or (every[0],)  # type: ignore[union-attr]
        if kind == "literal":
            self.bags["L"] = Bag("L", (), kept, pairs=("K", "T"))
            return "set L in K * T = {" + ", ".join(f"({listed(e)})" for e in kept) + "}"
        if kind == "file":
            self.files["l.csv"] = "t,K\n" + "".join(f"{t},{k}\n" for k, t in kept)
            self.bags["L"] = Bag("L", (), kept, pairs=("K", "T"))
            return 'set L in K * T from "l.csv"'
        self.bags["L"] = Bag("L", (), None, pairs=("K", "T"))
        if kind == "product":
            return "set L = K * T"
        condition = self.condition((Bound("k", "K"), Bound("t", "T")), 1, plain=True)
        return f"set L in K * T = {{k in K, t in T where {condition}}}"

    def size(self, name: str) -> int:
        found = self.bags[name].elements
        return len(found) if found is not None else 1

    # ------------------------------------------------------------ heads

    def head(self, env: Env, most: int, *, sparse: int = 25) -> Head:
        """An index list of at most `most` letters, none of them bound already."""
        letters: list[Bound] = []
        items: list[str] = []
        taken = {b.name for b in env}
        conditional = False
        for _ in self.some(0, most):
            name = self.pick(
                ["T", "T", "K", "J", "P", "Q", "L"] if most - len(letters) >= 2 else ["T", "T", "K", "J", "P", "Q"]
            )
            if name == "L":
                if letters and len(letters) + 2 > most:
                    continue
                a, b = self.fresh("u"), self.fresh("v")
                items.append(f"({{{len(letters)}}}, {{{len(letters) + 1}}}) in L")
                letters += [Bound(a, "K"), Bound(b, "T")]
                conditional = True
                continue
            free = [x for x in self.bags[name].letters if x not in taken]
            if free and self.chance(70):
                letters.append(Bound(free[0], name))
                items.append(f"{{{len(letters) - 1}}}")
            else:
                letters.append(Bound(self.fresh("u"), name))
                items.append(f"{{{len(letters) - 1}}} in {name}")
            taken.add(letters[-1].name)
        # A declared letter binds by itself only under its own name, so a head with one cannot be renamed: bind all
        # openly.
        items = [i if " in " in i else f"{i} in {letters[int(i[1:-1])].of}" if self.chance(40) else i for i in items]
        where = ""
        if letters and self.chance(sparse):
            k = self.draw(st.integers(0, len(letters) - 1))
            b = letters[k]  # type: ignore[index]
            if b.of == "T" and self.chance(60):
                where, letters[k] = self.pick(
                    [  # type: ignore[index]
                        (f"{{{k}}} > first(T)", Bound(b.name, "T", 1, 0)),
                        (f"{{{k}}} < last(T)", Bound(b.name, "T", 0, 1)),
                        (f"ord({{{k}}}) > 2", Bound(b.name, "T", 2, 0)),
                    ]
                )
            else:
                plain = tuple(Bound(f"@{i}@", x.of) for i, x in enumerate(letters))
                where = self.condition(plain, 1, plain=True)
                for i in range(len(letters)):
                    where = where.replace(f"@{i}@", f"{{{i}}}")
            conditional = True
        return Head(tuple(letters), tuple(items), where, conditional)

    def renamed(self, head: Head, env: Env) -> tuple[str, Env]:
        """The head's text with letters that are free here, and the environment inside."""
        names = []
        taken = {b.name for b in env}
        items = []
        for b, item in zip(head.letters, _spread(head), strict=True):
            name = b.name if b.name not in taken else self.fresh("r")
            names.append(name)
            taken.add(name)
            items.append(item)
        texts = []
        for item in head.items:
            if " in " not in item:
                k = int(item[1:-1])
                item = item if names[k] == head.letters[k].name else f"{item} in {head.letters[k].of}"
            texts.append(item)
        text = Head(head.letters, tuple(texts), head.where).text(names)
        inner = tuple(Bound(n, b.of, b.back, b.forth) for n, b in zip(names, head.letters, strict=True))
        return text, (*env, *inner)

    # ------------------------------------------------------------ indices and conditions

    def fitting(self, env: Env, name: str) -> list[Bound]:
        return [b for b in env if b.of == name or (b.of in self.bags and self.bags[b.of].parent == name)]

    def index(self, env: Env, name: str, *, cyclic: bool = False, starts: bool = False) -> str:
        """An index for a position that takes elements of `name`."""
        fit = self.fitting(env, name)
        bag = self.bags[name]
        risky = self.risk and self.chance(4)
        if fit and self.chance(85):
            b = self.pick(fit)
            exact = b.of == name
            back, forth = (9, 9) if cyclic or risky else (9, b.forth) if starts else (b.back, b.forth)
            if exact and back and self.chance(50):
                return (
                    self.pick(
                        [f"{b.name}-1", f"prev({b.name})"]
                        + ([f"{b.name}-2", f"prev({b.name}, 2)", f"{b.name} - 3 + 1"] if back > 1 else [])
                    )
                    if name == "T"
                    else f"prev({b.name})"
                )
            if exact and forth and self.chance(50):
                return self.pick([f"{b.name}+1", f"next({b.name})"]) if name == "T" else f"next({b.name})"
            return b.name
        if risky and (other := [b for b in env if b.of == bag.parent]):
            return self.pick(other).name
        if bag.elements:
            return self.pick([listed((self.pick(bag.elements),)), f"first({name})", f"last({name})"])
        if fit:
            return self.pick(fit).name
        return f"first({name})"

    def condition(self, env: Env, depth: int, *, plain: bool = False) -> str:
        """Something true or false. `plain` without parameters."""
        if depth > 0 and self.chance(25):
            a, b = self.condition(env, depth - 1, plain=plain), self.condition(env, depth - 1, plain=plain)
            return self.pick([f"({a}) and ({b})", f"({a}) or {b}", f"not ({a})", f"({a}) and not ({b})"])
        options: list[Callable[[], str]] = []
        relation = self.pick(["<", "<=", ">", ">=", "==", "!="])
        whole = [b for b in env if b.of in ("T", "P", "J")]
        names = [b for b in env if b.of in ("K", "Q")]
        if whole:
            options.append(lambda: f"{self.pick(whole).name} {relation} {self.pick([1, 2, 3, 2030])}")
            options.append(lambda: f"{self.pick(whole).name} + 1 {relation} 2*{self.pick(whole).name} - 3")
            options.append(lambda: f"{self.pick([1, 2])} < {self.pick(whole).name} <= {self.pick([3, 4, 5])}")
        if names:
            options.append(
                lambda: (
                    f"{self.pick(names).name} {self.pick(['==', '!='])} {listed((self.pick(self.bags['K'].elements),))}"
                )
            )
        for of in ("T", "K"):
            same = [b for b in env if b.of == of]
            if len(same) > 1:
                options.append(lambda same=same: f"{same[0].name} {relation} {same[1].name}")  # type: ignore[misc]
            if same:
                options.append(
                    lambda same=same, of=of: f"{same[0].name} {relation} {self.pick(['first', 'last'])}({of})"
                )  # type: ignore[misc]
                options.append(lambda same=same, of=of: f"ord({same[0].name}) {relation} {self.pick([1, 2])}")  # type: ignore[misc]
        times = [b for b in env if b.of == "T"]
        if times:
            options.append(
                lambda: f"{times[0].name}{self.pick(['', '-1', '+1'])} in {self.pick(['T'] if plain else ['T', 'P'])}"
            )
            options.append(lambda: f"prev({times[0].name}) in T")
        if not plain:
            if names and times:
                options.append(lambda: f"({names[0].name}, {times[0].name}) in L")
            if names:
                options.append(lambda: f"{names[0].name} in Q")
            if self.params:
                options.append(lambda: f"{self.data(env, 1)} {relation} {self.quarter()}")
        options.append(lambda: f"card({self.pick(['T', 'K'])}) {relation} {self.pick([1, 2, 3])}")
        return self.pick(options)()


def listed(elements: tuple[object, ...] | None) -> str:
    """Elements as a text writes them."""
    return ", ".join(str(e) if isinstance(e, int) or str(e).isidentifier() else f'"{e}"' for e in elements or ())


def _spread(head: Head) -> list[str]:
    """One item for each letter."""
    found = []
    for item in head.items:
        found += [item] * (2 if item.startswith("(") else 1)
    return found
