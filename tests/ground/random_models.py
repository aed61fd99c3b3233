"""Hypothesis strategies -> random models with their data files, well formed but for rare faults that only data show.

Texts, not trees: they go through the same door as a user's model. Numbers are quarters, so that sums and products of
data are exact in binary arithmetic whatever their order. A step, a missing element or a division is left unguarded
now and then; then the compiler must find the fault that the reference finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.ground.random_heads import Bound, Draw, Env, Head, HeadWriter, Quantity, listed


@dataclass
class Writer(HeadWriter):
    """Writes one model with the choices of `draw`."""

    variables: list[Quantity] = field(default_factory=list)
    lets: list[Quantity] = field(default_factory=list)
    prices: list[Quantity] = field(default_factory=list)
    players: dict[str, Head] = field(default_factory=dict)
    every: list[Quantity] = field(default_factory=list)
    products: bool = True
    """Whether variables are multiplied; then none is binary, as products of these become columns."""

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
                return f"({word}({head}) {self.data(env2, inner)})"
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


def _key(key: tuple[object, ...]) -> str:
    return listed(key) if len(key) == 1 else f"({listed(key)})"


def _product(lists: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = [()]
    for each in lists:
        found = [(*f, e) for f in found for e in each]
    return found
