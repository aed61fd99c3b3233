"""Random games of whole decisions as texts, and what is known of them by trying every decision: equilibria, and what
each level answers. Nothing of gamec."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from random_expressions import Data, Decisions, Expressions, Term, Value, weighted

Decision = tuple[int, ...]
CLOSE = 1e-7


@dataclass(frozen=True)
class Player:
    name: str
    leader: str
    sense: int
    pessimistic: bool
    choices: list[Decision]
    cost: Value
    rows: list[tuple[Value, float]]
    """Values that are at most these limits."""

    def may(self, at: Decisions) -> bool:
        return all(value(at) <= limit + CLOSE for value, limit in self.rows)

    def loss(self, at: Decisions) -> float:
        return self.sense * self.cost(at)


@dataclass(frozen=True)
class Game:
    text: str
    files: dict[str, str]
    players: list[Player]
    reports: dict[str, Value]

    def player(self, name: str) -> Player:
        return next(p for p in self.players if p.name == name)

    def gains(self, at: Decisions) -> dict[str, float]:
        """What each player gains by deciding otherwise, the others staying."""
        found = {}
        for p in self.players:
            others = [{**at, p.name: c} for c in p.choices]
            best = min((p.loss(o) for o in others if p.may(o)), default=math.inf)
            found[p.name] = (p.loss(at) if p.may(at) else math.inf) - best
        return found

    def equilibria(self) -> Iterator[Decisions]:
        names = [p.name for p in self.players]
        for chosen in itertools.product(*(p.choices for p in self.players)):
            at = dict(zip(names, chosen, strict=True))
            if all(gain <= CLOSE for gain in self.gains(at).values()):
                yield at

    def answers(self, player: Player, at: Decisions) -> tuple[float, list[Decisions]]:
        """The player's least loss when those above it decided `at`, and all that it and those below may then do."""
        best, found = math.inf, list[Decisions]()
        below = [p for p in self.players if p.leader == player.name]
        for choice in player.choices:
            mine = {**at, player.name: choice}
            answers = [self.answers(p, mine)[1] for p in below]
            joint = [{k: v for part in parts for k, v in part.items()} for parts in itertools.product(*answers)]
            joint = [{**mine, **other} for other in joint]
            joint = [other for other in joint if player.may(other)]
            if not joint:
                continue
            if any(p.pessimistic for p in below):
                worst = max(player.loss(other) for other in joint)
                joint = [other for other in joint if player.loss(other) >= worst - CLOSE]
            least = min(player.loss(other) for other in joint)
            if least < best - CLOSE:
                best, found = least, []
            if least <= best + CLOSE:
                found += [other for other in joint if player.loss(other) <= best + CLOSE]
        return best, found


SHAPES = {
    "equals": {"A": "", "B": "", "C": ""},
    "leader": {"A": "", "B": "A", "C": "A"},
    "pessimistic": {"A": "", "B": "A"},
    "chain": {"A": "", "B": "A", "C": "B"},
}


def random_game(shape: str, seed: int) -> Game:
    r = random.Random(f"{shape} {seed}")
    data, leaders = Data.of(r), SHAPES[shape]
    bent = r.choice([0, 0.3, 0.6])
    texts, players = ["game random", data.text()], []
    for name, leader in leaders.items():
        if shape == "equals":
            seen = [n for n in leaders if n != name]
        else:
            seen = [leader] if leader else [n for n in leaders if n != name]
            seen += [leaders[leader]] if leader and leaders[leader] else []
            seen += [n for n, above in leaders.items() if above == name and n not in seen]
        text, player = _player(r, data, shape, name, leader, seen, bent)
        texts.append(text)
        players.append(player)
    everything = Expressions(r, data, tuple(leaders))
    reports = {}
    for k in range(2):
        words, reports[f"told{k}"] = everything.some(2, 0.6)
        texts.append(f"report told{k} = {words}")
    return Game("\n".join(texts) + "\n", {"w.csv": data.scenarios()}, players, reports)


def _player(
    r: random.Random, data: Data, shape: str, name: str, leader: str, seen: list[str], bent: float
) -> tuple[str, Player]:
    top = r.choice([1, 2])
    own, others = Expressions(r, data, (name,)), Expressions(r, data, tuple(seen))
    # What a follower makes of its own decisions is linear, so that it may be a MILP.
    free = 0.0 if leader else bent
    above = 0.0 if not leader and shape != "equals" else bent
    terms = [own.some(2, free), *(_product(r, own, others, above) for _ in range(r.choice([1, 2])))]
    if r.random() < 0.6:
        terms.append(others.some(1, above))
    sense, word = r.choice([(1, "minimize"), (-1, "maximize")])
    follows = f" follows {leader}{' pessimistic' if shape == 'pessimistic' else ''}" if leader else ""
    lines = [
        f"player {name}{follows} {{",
        f"  var x_{name}[j] integer in [0, {top}] starts 1",
        f"  var b_{name} binary",
    ]
    lines.append(f"  {word} cost = {' + '.join(f'({text})' for text, _ in terms)}")
    rows = list[tuple[Value, float]]()
    for k in range(r.choice([0, 1, 1])):
        weights = [(r.choice([1, -1, 2]), *own.linear())]
        if (leader or shape == "equals") and r.random() < 0.6:
            weights.append((r.choice([1, -1]), *Expressions(r, data, (leader or seen[0],)).linear()))
        text, value = weighted(weights)
        limit = r.choice([0, 1, 2, 3])
        guard = r.random() < 0.25
        lines.append(f"  constraint r{k}: {f'b_{name} => ' if guard else ''}{text} <= {limit}")
        if guard:
            rows.append((lambda at, value=value: value(at) if at[name][2] else -math.inf, limit))
        else:
            rows.append((value, limit))
    choices = list(itertools.product(range(top + 1), range(top + 1), (0, 1)))
    player = Player(
        name, leader, sense, shape == "pessimistic" and bool(leader), choices, _sum([value for _, value in terms]), rows
    )
    return "\n".join([*lines, "}"]), player


def _sum(values: list[Value]) -> Value:
    return lambda at: sum(value(at) for value in values)


def _product(r: random.Random, own: Expressions, others: Expressions, bent: float) -> Term:
    (a, one), (b, two) = own.linear(), others.bent() if r.random() < bent else others.linear()
    return f"{a}*{b}", lambda at: one(at) * two(at)
