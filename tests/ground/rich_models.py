"""Hypothesis strategies -> random models of what is not plain: curves, extremes, functions, risk, implications,
markets, common constraints, components and cases.

Sets, data, indices and the linear parts are those of `random_models`. Where a relation is to hold at the point at which
a model is looked at stands `@k@`: the room is filled in once the point is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.ground.random_heads import Bound, Draw, Env, Head, Quantity
from tests.ground.random_models import Writer

PIECES = ["(-4, 6), (0, 0), (2, 1)", "(-2, -3), (1, 2), (3, 3)", "(0, 0), (1, 3), (2, 2), (4, 5)", "(-1, 2), (3, -1)"]
TIERS = ["1: 2, 3: 1, rest: 0.5", "1: 0.5, 2: 1, rest: 3", "2: 1, 3: -1, rest: 2"]


@dataclass(frozen=True)
class Room:
    """Where a room stands: `kind` is `above`, `below`, `equal`, or a side of `perp`, `left` or `right`; `spare` is
    added."""

    player: str
    name: str
    kind: str
    spare: float


@dataclass
class RichModel:
    text: str
    files: dict[str, str]
    rooms: list[Room]
    case: str

    def filled(self, rooms: list[float]) -> str:
        return re.sub(r"@(\d+)@", lambda m: f"({rooms[int(m.group(1))]!r})", self.text)


@dataclass
class RichWriter(Writer):
    rooms: list[Room] = field(default_factory=list)
    linear: bool = False
    binaries: list[Quantity] = field(default_factory=list)
    scenarios: bool = False
    depth_of_data: int = 0

    # ------------------------------------------------------------ values

    def data(self, env: Env, depth: int) -> str:
        """Within reach, as the bounds of all that is modelled come from it."""
        self.depth_of_data += 1
        text = super().data(env, depth)
        self.depth_of_data -= 1
        return text if self.depth_of_data else f"max(-3, min(3, {text}))"

    def affine(self, env: Env, depth: int, player: str) -> str:
        if self.linear and depth <= 0:
            return self.use(self.pick(self.variables), env, player)
        if depth > 0 and not self.linear and self.chance(40):
            return self.nonlinear(env, depth - 1, player)
        return super().affine(env, depth, player)

    def small(self, env: Env, player: str) -> str:
        """Something between -1 and 1."""
        return f"tanh({self.affine(env, 0, player)})" if self.chance(50) else f"sin({self.affine(env, 0, player)}/4)"

    def nonlinear(self, env: Env, depth: int, player: str) -> str:
        a = self.affine(env, depth, player)
        kinds = [
            "abs",
            "max",
            "min",
            "piecewise",
            "tiers",
            "smax",
            "function",
            "function",
            "product",
            "quotient",
            "prod",
        ]
        match self.pick([*kinds, "cvar", "cvar", "expect"] if self.scenarios else kinds):
            case "abs":
                return f"abs({a})"
            case "max" | "min" as word:
                others = [self.pick([self.affine(env, 0, player), self.data(env, 0)]) for _ in self.some(1, 2)]
                return f"{word}({', '.join([a, *others])})"
            case "piecewise":
                return f"piecewise({a}; {self.pick(PIECES)})"
            case "tiers":
                subject = self.pick([f"abs({a})", f"max({a}, 1)", f"(8 + {self.affine(env, 0, player)})"])
                rate = self.affine(env, 0, player) if self.chance(40) else self.data(env, 0)
                return f"tiers({subject}; {self.pick([*TIERS, f'1: {rate}, rest: 2', f'2: 1, 4: 3, rest: {rate}'])})"
            case "smax":
                head, inner = self.reduction(env, some=True)
                return f"({self.pick(['smin', 'smax'])}({head}) {self.affine(inner, depth, player)})"
            case "product":
                if self.binaries and self.chance(60):
                    return f"({self.use(self.pick(self.binaries), env, player)}*{a})"
                return f"({self.small(env, player)}*{self.affine(env, 0, player)}*{self.affine(env, 0, player)})"
            case "prod":
                head, inner = self.reduction(env)
                some = [b for b in self.binaries if b.owner == player]
                factor = f"(1 - 0.5*{self.use(self.pick(some), inner, player)})" if some else self.small(inner, player)
                return f"(prod({head}) {factor})"
            case "quotient":
                return f"({a}/{self.pick(['(2 + {})', '(-3 + {})', 'exp({})']).format(self.small(env, player))})"
            case "cvar":
                level = self.pick(["0", "0.3", "0.5", "0.9"])
                loss = self.affine((*env, Bound("w", "W")), depth, player)
                return f"(cvar(w, {level}) (loss[w]*{loss}))"
            case "expect":
                return f"(expect(w) (loss[w] + {self.affine((*env, Bound('w', 'W')), depth, player)}))"
        inner = self.pick([self.small(env, player), f"({self.affine(env, 0, player)}/10)"])
        return self.pick(
            [
                "exp({})", "log(3 + {})", "sqrt(3 + {})", "cos({})", "sin({})", "tan({}/2)", "tanh({})",
                "({})^3", "({})^4", "(3 + {})^1.5", "(2 + {})^(-1)", "(3 + {})^0.5", "(-4 + {})^(-2)",
            ]
        ).format(inner)  # fmt: skip

    # ------------------------------------------------------------ statements

    def room(self, player: str, name: str, kind: str, *, violated: int = 3) -> str:
        spare = -1.0 if self.chance(violated) else self.pick([0.0, 0.0, 1.0, 3.0])
        self.rooms.append(Room(player, name, kind, spare))
        return f"@{len(self.rooms) - 1}@"

    def variable_text(self, q: Quantity) -> str:
        env = (*q.own.letters, *q.head.letters)
        kind = self.pick(["", "", "integer", "binary", "semicontinuous"])
        text = f"var {q.name}{q.head.brackets()} {kind}"
        low, high = self.pick([(-3, 4), (0, 3), (-2, 2), (1, 5)])
        if kind == "binary":
            self.binaries.append(q)
        elif kind == "semicontinuous":
            text += " in [1, 3]"
        else:
            if len(self.variables) > 1 and self.chance(20):
                room = self.room(q.owner, f"{q.name} (upper bound)", "above")
                text += f" in [{low}, {self.bound_of_others(env, q)} + {room}]"
            else:
                text += f" in [{low}, {high}]"
        if q.starts:
            text += f" starts {self.data(tuple(Bound(b.name, '-' if b.of == 'T' else b.of) for b in env), 1)}"
        return text + (" cyclic" if q.cyclic else "")

    def bound_of_others(self, env: Env, q: Quantity) -> str:
        before = self.variables
        self.variables = [v for v in self.variables if v is not q]
        lets, self.lets = self.lets, []
        binaries, self.binaries = self.binaries, []
        try:
            return f"({self.affine(env, 2, q.owner)})" if self.variables else "9"
        finally:
            self.variables, self.lets, self.binaries = before, lets, binaries

    def constraint(self, player: str) -> str:
        own = self.players[player]
        head = self.head(own.letters, 2, sparse=40)
        env = (*own.letters, *head.letters)
        name = self.fresh("c")
        left, right = self.body(env, player), self.pick([self.data(env, 1), self.affine(env, 2, player)])
        single = not own.items and not head.items
        switches = [b for b in self.binaries if b.owner == player and not b.head.sparse and not own.sparse]
        kinds = ["<=", ">=", "range", *(["==", "perp"] if single else []), *(["on", "off"] if switches else [])]
        match self.pick(kinds):
            case "<=":
                relation = f"{left} <= {right} + {self.room(player, name, 'above')}"
            case ">=":
                relation = f"{left} + {self.room(player, name, 'below')} >= {right}"
            case "range":
                low, high = self.room(player, name, "below"), self.room(player, name, "above")
                relation = self.pick([f"0 - {low} <= {left} <= 0 + {high}", f"0 + {high} >= {left} >= 0 - {low}"])
            case "==":
                relation = f"{left} == {right} + {self.room(player, name, 'equal', violated=0)}"
            case "perp":
                one, two = (self.room(player, name, side) for side in ("left", "right"))
                relation = f"0 <= {left} - {one} perp {right} - {two} >= 0"
            case word:
                switch = self.pick(switches)
                text = self.use(switch, env, player)
                if text.startswith("("):
                    text, word = text[1:-1], word
                side = self.pick(["<=", ">="])
                room = self.room(player, name, "above" if side == "<=" else "below", violated=40)
                body = f"{left} <= {right} + {room}" if side == "<=" else f"{left} + {room} >= {right}"
                relation = f"{'not ' if word == 'off' else ''}{text} => {body}"
        return f"constraint {name}{head.brackets()}: {relation}"

    # ------------------------------------------------------------ what belongs to nobody

    def market(self) -> str:
        name, price = self.fresh("market"), self.fresh("price")
        head = self.head((), 1, sparse=30)
        relation = self.pick(["<=", ">=", "=="])
        sides = f"{self.affine(head.letters, 1, '')} {relation} {self.affine(head.letters, 1, '')}"
        bounds = self.pick(["", " in [0, 4]", " in [-2, 3]"])
        # Its price is bounded, as what is modelled with it asks for.
        text = f"clear {name}{head.brackets()}: {sides} price {price}{head.brackets()}{bounds or ' in [0, 9]'}"
        if not head.sparse:
            self.variables.append(Quantity(price, name, Head(), head))
            self.every.append(self.variables[-1])
        return text

    def common(self) -> str:
        name = self.fresh("shared")
        head = self.head((), 2, sparse=40)
        self.linear, before, lets = True, self.variables, self.lets
        self.variables, self.lets = [v for v in self.variables if v.owner in self.players], []
        body = self.affine(head.letters, 2, "")
        if self.chance(30):
            body += f" + {self.affine(head.letters, 0, '')}*{self.affine(head.letters, 0, '')}"
        self.linear, self.variables, self.lets = False, before, lets
        kind = self.pick(["<=", ">=", "range"])
        low, high = (self.room("", name, k) for k in ("below", "above"))
        relation = {"<=": f"{body} <= {high}", ">=": f"{body} + {low} >= 0", "range": f"-{low} <= {body} <= {high}"}
        price = self.pick(["", f" price {self.fresh('mu')}", f" price {self.fresh('mu')} individual"])
        return f"shared {name}{head.brackets()}: {relation[kind]}{price}"

    def component(self) -> str:
        self.every += [Quantity(n, "-", Head(), Head()) for n in ("out", "level", "cap")]
        return (
            "component store(cap, eff = 0.5, gain = eff + 1) {\n"
            "  var out[t] in [0, 2]\n  var level[t] in [0, 3] cyclic\n"
            "  let net[t] = out[t]*eff - gain*level[t]\n"
            "  constraint most[t]: out[t] <= abs(cap) + 2\n"
            "  constraint flow[t where t > first(T)]: level[t] <= level[t-1] + 9 + eff*out[t]\n}"
        )

    def uses(self, name: str) -> tuple[str, list[str]]:
        """A `use` in a player, and terms that name what it made."""
        prefix = self.fresh("dev")
        own = self.players[name].letters
        free = [v for v in self.variables if v.owner == name and not v.head.items and v not in self.binaries]
        cap = self.pick([self.quarter(0), *(v.name for v in free)])
        eff = f", eff = {self.pick(['2', 'max(1, 0.5)'])}" if self.chance(50) else ""
        each = not any(b.name == "k" for b in own) and self.chance(40)
        index = "[k]" if each else ""
        text = f"use store(cap = {cap}{eff}) as {prefix}{index}"
        if each:
            terms = [f"(sum(k, t) {prefix}[k].net[t])", f"max(1, sum(k) {prefix}.level[k, first(T)])"]
        else:
            terms = [f"(sum(t) {prefix}.net[t])", f"abs({prefix}.level[first(T)] - 1)"]
        return text, terms

    # ------------------------------------------------------------ the whole

    def cases(self) -> list[str]:
        """Two cases, the second an extension of the first."""
        plain = [p for p in self.params if not p.owner and not p.head.letters]
        changes = [f"param {p.name} = {self.quarter()}" for p in plain if self.chance(30)]
        for v in self.variables:
            if v.owner in self.players and not v.own.sparse and not v.head.sparse and self.chance(25):
                letters = [*v.own.letters, *v.head.letters]
                items = [b.name if b.name in self.bags[b.of].letters else f"{b.name} in {b.of}" for b in letters]
                changes.append(f"fix {v.owner}.{v.name}{'[' + ', '.join(items) + ']' if items else ''} = 1")
        rows = [r for r in self.rooms if r.player and "bound" not in r.name and self.chance(20)]
        changes += [f"drop {r.player}.{r.name}" for r in {r.name: r for r in rows}.values()]
        if "B" in self.players and self.chance(40):
            changes.append(self.pick(["player B follows none", "player B follows A"]))
        cut = self.draw(st.integers(0, len(changes)))
        return [
            "case one {\n  " + "\n  ".join(changes[:cut]) + "\n}",  # type: ignore[misc]
            "case two extends one {\n  " + "\n  ".join(changes[cut:]) + "\n}",  # type: ignore[misc]
        ]

    def rich(self) -> RichModel:
        top = self.sets()
        self.files["w.csv"] = "w,prob,loss\n" + "".join(
            f"{k},{p},{self.quarter(-4, 8)}\n" for k, p in enumerate(self.pick([(0.5, 0.25, 0.25), (1,), (0.1, 0.9)]))
        )
        if self.chance(50):
            self.scenarios = True
            probability = self.pick([" probability prob", ""])
            top += [f'scenarios W index w from "w.csv"{probability}', 'param loss[w] from "w.csv"']
        top += [self.param("", Head()) for _ in self.some(1, 3)]
        for name in ["A", "B"][: 1 + self.chance(50)]:
            self.players[name] = Head()
        if self.chance(40):
            self.players["G"] = Head((Bound("k", "K"),), ("{0}",))
        blocks: dict[str, list[str]] = {name: [] for name in self.players}
        for name in self.players:
            for _ in self.some(1, 2):
                self.variable(name, self.fresh("x"))
        for q in self.variables:
            blocks[q.owner].append(self.variable_text(q))
        if self.chance(30):
            top.append(self.market())
        for _ in self.some(0, 2):
            owner = self.pick(["", *self.players])
            (blocks[owner] if owner else top).append(self.let(owner))
        terms: dict[str, list[str]] = {name: [] for name in self.players}
        if self.chance(30):
            top.append(self.component())
            for name in self.players:
                if self.chance(60):
                    text, terms[name] = self.uses(name)
                    blocks[name].append(text)
        for name in self.players:
            blocks[name] += [self.constraint(name) for _ in self.some(0, 2)]
            word = self.pick(["minimize", "maximize"])
            goal = " + ".join([self.body(self.players[name].letters, name), *terms[name]])
            if self.scenarios and self.chance(60):
                # A risk that is paid for; elsewhere it is rewarded as often, and refused.
                loss = self.affine((*self.players[name].letters, Bound("w", "W")), 1, name)
                sign = "+" if word == "minimize" else "-"
                goal += f" {sign} 0.5*(cvar(w, {self.pick(['0', '0.3', '0.9'])}) (loss[w]*{loss} + 0.5*w))"
            blocks[name].append(f"{word} goal = {goal}")
        if self.chance(40):
            top.append(self.common())
        reports = []
        for k in self.some(0, 2):
            head = self.head((), 1)
            reports.append(f"report r{k}{head.brackets()} = {self.affine(head.letters, 3, '')}")
        cases = self.cases() if self.chance(40) else []
        texts = [*top, *reports, *cases]
        for name, own in self.players.items():
            follows = self.pick(["", "", " follows A", " follows A pessimistic"]) if name != "A" else ""
            lines = "\n  ".join(self.draw(st.permutations(blocks[name])))  # type: ignore[arg-type]
            texts.append(f"player {name}{own.brackets()}{follows} {{\n  {lines}\n}}")
        text = "\n".join(["game random", *self.draw(st.permutations(texts))]) + "\n"  # type: ignore[misc]
        case = self.pick(["", "one", "two", "two"]) if cases else ""
        return RichModel(text, self.files, self.rooms, case)


@st.composite
def rich_models(draw: Draw) -> RichModel:
    return RichWriter(draw).rich()
