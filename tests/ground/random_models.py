"""Hypothesis strategies -> random models with their data files, well formed but for rare faults that only data show.

Texts, not trees: they go through the same door as a user's model. Numbers are quarters, so that sums and products of
data are exact in binary arithmetic whatever their order. A step, a missing element or a division is left unguarded
now and then; then the compiler must find the fault that the reference finds.
"""

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
class Writer:
    """Writes one model with the choices of `draw`."""

    draw: Draw
    bags: dict[str, Bag] = field(default_factory=dict)
    params: list[Quantity] = field(default_factory=list)
    variables: list[Quantity] = field(default_factory=list)
    lets: list[Quantity] = field(default_factory=list)
    prices: list[Quantity] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    players: dict[str, Head] = field(default_factory=dict)
    every: list[Quantity] = field(default_factory=list)
    count: int = 0
    risk: bool = False
    products: bool = True
    """Whether variables are multiplied; then none is binary, as products of these become columns."""

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

    # ------------------------------------------------------------ data

    def data(self, env: Env, depth: int) -> str:
        """An expression of data."""
        leaf = depth <= 0 or self.chance(35)
        whole = [b for b in env if b.of in ("T", "P", "J")]
        if leaf:
            options: list[Callable[[], str]] = [lambda: self.quarter(0)]
            if whole:
                options.append(lambda: self.pick(whole).name)
            if [b for b in env if b.of in ("T", "K")]:
                options.append(lambda: f"ord({self.pick([b for b in env if b.of in ('T', 'K')]).name})")
            options.append(lambda: f"card({self.pick(list(self.bags))})")
            if self.params:
                options += [lambda: self.use(self.pick(self.params), env)] * 4
            return self.pick(options)()
        inner = depth - 1
        kind = self.pick(["+", "-", "*", "/", "sum", "mean", "smin", "prod", "if", "call", "power", "minus", "group"])
        match kind:
            case "+" | "-" | "*":
                return f"({self.data(env, inner)} {kind} {self.data(env, inner)})"
            case "/":
                if self.risk and self.chance(10):
                    return f"({self.data(env, inner)} / {self.data(env, 0)})"
                return f"({self.data(env, inner)} / {self.pick(['2', '0.5', '4', 'card(T)', '3'])})"
            case "sum" | "mean" | "smin" | "prod":
                word = self.pick(["smin", "smax"]) if kind == "smin" else kind
                head, env2 = self.reduction(env, some=kind != "sum" and not self.risk)
                return f"({word}({head}) {self.product_part(self.data(env2, inner))})"
            case "if":
                return f"(if {self.condition(env, 1)} then {self.data(env, inner)} else {self.data(env, inner)})"
            case "call":
                return self.pick(
                    [
                        f"abs({self.data(env, inner)})",
                        f"max({self.data(env, inner)}, {self.data(env, inner)})",
                        f"min({self.data(env, inner)}, {self.quarter()}, {self.data(env, inner)})",
                        f"sqrt(abs({self.data(env, inner)}))",
                        f"cos({self.data(env, inner)})",
                        f"exp(-abs({self.data(env, inner)}))",
                        f"tanh({self.data(env, inner)})",
                    ]
                )
            case "power":
                return f"({self.data(env, inner)})^{self.pick([2, 0, 1, 3])}"
            case "minus":
                return f"(-{self.data(env, inner)})"
        return f"({self.data(env, inner)})"

    def reduction(self, env: Env, *, some: bool = False) -> tuple[str, Env]:
        """What stands after `sum`; with `some` surely not empty."""
        if some:
            bags = [b for b in self.bags.values() if b.elements and not b.pairs]
            bag = self.pick(bags)
            name = self.fresh("m")
            return f"{name} in {bag.name}", (*env, Bound(name, bag.name))
        if self.chance(15):
            name, inner = self.fresh("m"), self.fresh("n")
            condition = self.condition((*env, Bound(inner, "T")), 1)
            return f"{name} in {{{inner} in T where {condition}}}", (*env, Bound(name, "T"))
        while not (head := self.head(env, 2)).letters:
            pass
        text, inner_env = self.renamed(head, env)
        if not head.where and self.chance(25):
            text += f" where {self.condition(inner_env, 1)}"
        return text, inner_env

    def product_part(self, text: str) -> str:
        return text

    def use(self, q: Quantity, env: Env, player: str = "") -> str:
        """The quantity at some indices; one declared for some combinations only is summed over them."""
        heads = [h for h in (q.own, q.head) if h.items]
        if q.head.sparse or q.own.sparse:
            inner = env
            texts = []
            names: list[list[str]] = []
            own = q.own.items and player == q.owner
            for h in heads[1:] if own and len(heads) > 1 else [] if own else heads:
                text, inner2 = self.renamed(h, inner)
                names.append([b.name for b in inner2[len(inner) :]])
                texts.append(text)
                inner = inner2
            if own and not q.head.sparse:
                return self.spelled(
                    q,
                    [b.name for b in self.players[player].letters],
                    [self.index(env, b.of) for b in q.head.letters],
                    player,
                )
            if own:
                names.insert(0, [b.name for b in self.players[player].letters])
            if len(texts) > 1:  # two lists, each with a condition of its own: nested sums
                opening = "".join(f"sum({t}) " for t in texts)
                return f"({opening}{self._spelled(q, names, player)})"
            return f"(sum({texts[0]}) {self._spelled(q, names, player)})"
        own_indices = [self.index(env, b.of) for b in q.own.letters]
        if q.own.items and player == q.owner and self.chance(60):
            own_indices = [b.name for b in self.players[player].letters]
        indices = [
            self.index(env, b.of, cyclic=q.cyclic and b.of in ("T", "K"), starts=q.starts and b.of == "T")
            for b in q.head.letters
        ]
        return self.spelled(q, own_indices, indices, player)

    def _spelled(self, q: Quantity, names: list[list[str]], player: str) -> str:
        own = names[0] if q.own.items else []
        return self.spelled(q, own, names[-1] if q.head.items else [], player)

    def spelled(self, q: Quantity, own: list[str], indices: list[str], player: str) -> str:
        """One of the ways to write it."""

        def brackets(of: list[str]) -> str:
            return f"[{', '.join(of)}]" if of else ""

        ways = []
        unique = sum(o.name == q.name for o in self.every) == 1
        if unique or player == q.owner:
            ways.append(f"{q.name}{brackets([*own, *indices])}")
        if q.owner:
            ways.append(f"{q.owner}{brackets(own)}.{q.name}{brackets(indices)}")
            ways.append(f"{q.owner}.{q.name}{brackets([*own, *indices])}")
        if player == q.owner and own and own == [b.name for b in self.players[player].letters]:
            ways.append(f"{q.name}{brackets(indices)}")
        return self.pick(ways)

    def param(self, owner: str, own: Head) -> str:
        """A declaration, with its data."""
        env = own.letters
        head = self.head(env, 2 if not own.items else 1, sparse=15)
        name = self.fresh("d")
        quantity = Quantity(name, owner, own, head)
        known = all(self.bags[b.of].elements is not None for b in head.letters) and not head.sparse and not own.items
        way = self.pick(["value", "literal", "file", "matrix", "table", "default", "scalar"]) if known else "value"
        line = f"param {name}{head.brackets()}"
        keys = _product([self.bags[b.of].elements or () for b in head.letters])
        if way == "value" or (way in ("literal", "default") and not head.letters):
            text = f"{line} = {self.data((*env, *head.letters), 2)}"
        elif way == "scalar":
            text = f"{line} = {self.quarter()}"
        elif way in ("literal", "default"):
            order = list(self.draw(st.permutations(keys)))  # type: ignore[call-overload]
            default = ""
            if way == "default":
                order = [k for k in order if self.chance(50)] or order[:1]
                default = f" default {self.data(head.letters, 1)}"
            if self.risk and self.chance(5) and not default:
                order = order[1:] or order
            entries = ", ".join(f"{_key(k)}: {self.quarter()}" for k in order)
            text = f"{line}{default} = {{{entries}}}"
        elif way == "table" and len(head.letters) == 2 and " in " not in "".join(head.items):
            down, across = (self.bags[b.of].elements or () for b in head.letters)
            rows = "".join(f"  {listed((e,))} " + " ".join(self.quarter() for _ in across) + "\n" for e in down)
            text = f"{line} = table {{\n  {' '.join(listed((e,)) for e in across)}\n{rows}}}"
        elif (
            way == "matrix"
            and len(head.letters) == 2
            and head.letters[0].of[0] != head.letters[1].of[0]
            and {b.of for b in head.letters} <= {"T", "K", "J"}
        ):
            down, across = (self.bags[b.of].elements or () for b in head.letters)
            flip = self.chance(40)
            down, across = (across, down) if flip else (down, across)
            body = "".join(f"{e}," + ",".join(self.quarter() for _ in across) + "\n" for e in down)
            self.files[f"{name}.csv"] = "," + ",".join(map(str, across)) + "\n" + body
            text = f'{line} from "{name}.csv"'
        else:
            order = list(self.draw(st.permutations(keys)))  # type: ignore[call-overload]
            heads = [self.pick([b.of, b.of.lower(), b.name]) for b in head.letters]
            if len({h.lower() for h in heads}) < len(heads):
                heads = [b.name for b in head.letters]
            column = self.chance(40)
            self.files[f"{name}.csv"] = (
                ",".join(["note", *heads, "v" if column else name])
                + "\n"
                + "".join(",".join(["x", *map(str, k), self.quarter()]) + "\n" for k in order)
            )
            text = f'{line} from "{name}.csv"' + (' column "v"' if column else "")
        self.params.append(quantity)
        self.every.append(quantity)
        return text

    # ------------------------------------------------------------ expressions of variables

    def affine(self, env: Env, depth: int, player: str) -> str:
        leaf = depth <= 0 or self.chance(30)
        if leaf:
            pool = [*self.variables, *self.variables, *self.lets, *(p for p in self.prices if p.owner != player)]
            return self.use(self.pick(pool), env, player)
        inner = depth - 1
        kind = self.pick(["+", "-", "times", "times", "over", "sum", "mean", "if", "minus", "constant", "nested"])
        match kind:
            case "+" | "-":
                return f"({self.affine(env, inner, player)} {kind} {self.affine(env, inner, player)})"
            case "times":
                return self.pick(
                    [
                        f"{self.data(env, 1)}*{self.affine(env, inner, player)}",
                        f"({self.affine(env, inner, player)})*{self.data(env, 1)}",
                    ]
                )
            case "over":
                return f"{self.affine(env, inner, player)}/{self.pick(['2', '4', 'card(T)'])}"
            case "sum" | "nested":
                head, env2 = self.reduction(env)
                body = self.affine(env2, inner, player)
                if kind == "nested":
                    head3, env3 = self.reduction(env2)
                    body = f"{self.data(env2, 0)}*sum({head3}) {self.data(env3, 0)}*{self.affine(env3, 0, player)}"
                return f"(sum({head}) {body})"
            case "mean":
                head, env2 = self.reduction(env, some=not self.risk)
                return f"(mean({head}) {self.affine(env2, inner, player)})"
            case "if":
                condition, then = self.condition(env, 1), self.affine(env, inner, player)
                otherwise = self.pick([self.quarter(), self.affine(env, 0, player)])
                return f"(if {condition} then {then} else {otherwise})"
            case "minus":
                return f"(-{self.affine(env, inner, player)})"
        return f"({self.affine(env, inner, player)} + {self.data(env, 1)})"

    def quadratic(self, env: Env, player: str) -> str:
        kind = self.pick(["product", "square", "sum", "sum of squares"])
        if kind == "product":
            return f"({self.affine(env, 1, player)})*({self.affine(env, 1, player)})"
        if kind == "square":
            return f"({self.affine(env, 1, player)})^2"
        head, env2 = self.reduction(env)
        if kind == "sum":
            return f"(sum({head}) {self.data(env2, 1)}*{self.affine(env2, 0, player)}*{self.affine(env2, 0, player)})"
        return f"(sum({head}) ({self.affine(env2, 1, player)})^2)"

    def body(self, env: Env, player: str) -> str:
        parts = [self.affine(env, 2, player)]
        if self.products and self.chance(30):
            parts.append(self.quadratic(env, player))
        return " + ".join(parts)

    # ------------------------------------------------------------ players

    def variable(self, player: str, name: str) -> None:
        own = self.players[player]
        head = self.head(own.letters, 2, sparse=20)
        steppable = not head.sparse and not own.sparse and [b.of for b in head.letters].count("T") == 1
        cyclic = steppable and self.chance(20)
        starts = steppable and not cyclic and self.chance(30)
        self.variables.append(Quantity(name, player, own, head, cyclic, starts))
        self.every.append(self.variables[-1])

    def variable_text(self, q: Quantity) -> str:
        env = (*q.own.letters, *q.head.letters)
        kind = self.pick(["", "", "", " integer", "" if self.products else " binary"])
        text = f"var {q.name}{q.head.brackets()}{kind}"
        if kind != " binary":
            low, high = self.data(env, 1), self.data(env, 1)
            text += self.pick(
                [
                    "",
                    "",
                    f" >= {low}",
                    f" <= {high}",
                    f" in [-100 - abs({low}), 100 + abs({high})]",
                    " in [0, inf]",
                    f" <= {self.bound_of_others(env, q)}",
                ]
            )
        if self.chance(15):
            text += f" start {self.data(env, 1)}"
        if q.starts:
            hidden = tuple(Bound(b.name, "-" if b.of == "T" else b.of) for b in env)
            text += f" starts {self.data(hidden, 1)}"
        if [b.name for b in q.head.letters].count("t") == 1 and q.starts and self.chance(60):
            text += f" ends {self.pick(['', '>= ', '<= '])}{self.data(tuple(Bound(b.name, '-') for b in env), 1)}"
        return text + (" cyclic" if q.cyclic else "")

    def bound_of_others(self, env: Env, q: Quantity) -> str:
        before = self.variables
        self.variables = [v for v in self.variables if v is not q]
        try:
            return f"({self.affine(env, 1, q.owner)})" if self.variables else "9"
        finally:
            self.variables = before

    def constraint(self, player: str) -> str:
        own = self.players[player]
        head = self.head(own.letters, 2, sparse=40)
        env = (*own.letters, *head.letters)
        name = self.fresh("c")
        left = self.body(env, player)
        kind = self.pick(["<=", ">=", "==", "range"])
        if kind == "range":
            low = self.quarter(-12, 0)
            high = self.data(tuple(Bound(b.name, "-") for b in env), 0)
            relation = f"{low} - 100 <= {left} <= {high} + 100"
        else:
            relation = f"{left} {kind} {self.pick([self.data(env, 1), self.affine(env, 1, player)])}"
        price = ""
        if self.chance(30):
            price_name = self.fresh("mu")
            self.prices.append(Quantity(price_name, player, own, head))
            self.every.append(self.prices[-1])
            price = f" price {price_name}"
        return f"constraint {name}{head.brackets()}: {relation}{price}"

    def let(self, owner: str) -> str:
        own = self.players[owner] if owner else Head()
        head = self.head(own.letters, 2, sparse=10)
        name = self.fresh("e")
        text = f"let {name}{head.brackets()} = {self.affine((*own.letters, *head.letters), 2, owner)}"
        self.lets.append(Quantity(name, owner, own, head))
        self.every.append(self.lets[-1])
        return text

    def model(self) -> str:
        self.risk = self.chance(30)
        self.products = self.chance(60)
        top = self.sets()
        top += [self.param("", Head()) for _ in self.some(1, 4)]
        names = ["A", "B"][: 1 + self.chance(50)]
        for name in names:
            self.players[name] = Head()
        if self.chance(50):
            self.players["G"] = self.pick(
                [Head((Bound("k", "K"),), ("{0}",)), Head((Bound("k", "K"),), ("{0}",), "{0} != a", True)]
            )
        blocks: dict[str, list[str]] = {name: [] for name in self.players}
        for name, own in self.players.items():
            if self.chance(30):
                blocks[name].append(self.param(name, own))
            for k in self.some(1, 2):
                self.variable(name, ["x", "w", "z"][k] if self.chance(50) else self.fresh("x"))
        for _ in self.some(0, 2):
            owner = self.pick(["", *self.players])
            (blocks[owner] if owner else top).append(self.let(owner))
        for q in self.variables:
            blocks[q.owner].append(self.variable_text(q))
        for name in self.players:
            for _ in self.some(1, 2):
                blocks[name].append(self.constraint(name))
        for name in self.players:
            blocks[name].append(
                f"{self.pick(['minimize', 'maximize'])} goal = {self.body(self.players[name].letters, name)}"
            )
        reports = [
            f"report r{k}{head.brackets()} = {self.affine(head.letters, 2, '')}"
            for k in self.some(0, 1)
            for head in [self.head((), 1)]
        ]
        texts = [*top, *reports]
        for name, own in self.players.items():
            follows = self.pick(["", "", " follows A"]) if name != "A" else ""
            lines = "\n  ".join(self.draw(st.permutations(blocks[name])))  # type: ignore[arg-type]
            texts.append(f"player {name}{own.brackets()}{follows} {{\n  {lines}\n}}")
        return "\n".join(["game random", *self.draw(st.permutations(texts))]) + "\n"  # type: ignore[misc]


@st.composite
def models(draw: Draw) -> tuple[str, dict[str, str]]:
    """A model's text and the texts of its data files."""
    writer = Writer(draw)
    return writer.model(), writer.files


def listed(elements: tuple[object, ...] | None) -> str:
    """Elements as a text writes them."""
    return ", ".join(str(e) if isinstance(e, int) or str(e).isidentifier() else f'"{e}"' for e in elements or ())


def _key(key: tuple[object, ...]) -> str:
    return listed(key) if len(key) == 1 else f"({listed(key)})"


def _product(lists: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = [()]
    for each in lists:
        found = [(*f, e) for f in found for e in each]
    return found


def _spread(head: Head) -> list[str]:
    """One item for each letter."""
    found = []
    for item in head.items:
        found += [item] * (2 if item.startswith("(") else 1)
    return found
