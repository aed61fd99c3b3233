"""Games in files of this folder, solved by walking over a grid of the leader's decisions: nothing of gamec.

The files are read as text, line by line, and their formulas are given to Python; so reader, arithmetic and search are
other code than the compiler's. At each point of the grid the followers' best answers are found by

- listing the sets of active constraints and solving the conditions of each (followers with quadratic objectives that
  are strictly convex together; an equilibrium where there are several): exact;
- listing the vertices and points between the best of them (one follower, linear in its own variables);
- golden section on the interval that is feasible (one follower with one variable and any convex objective).

Ties fall as the leader likes best. Then the grid shrinks around the best point, several times. What comes out is the
value at a point where all followers answer best, so no optimum can be above it; and none is below it by more than the
grid is coarse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from types import CodeType

import numpy as np
from scipy.optimize import OptimizeResult, minimize

Point = dict[str, np.ndarray]
FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}
FAR = 100.0
"""Where the grid ends if a variable has no bound."""
SLACK = 1e-9
STEPS = 90
"""Of the golden section, each of which leaves 0.62 of the interval."""
WEIGHTS = np.array([(u, v, 1 - u - v) for u, v in product(np.linspace(0, 1, 21), repeat=2) if u + v <= 1 + 1e-9])
"""Of three points, for points between them: (k, 3)."""


@dataclass
class Player:
    names: list[str] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    goal: CodeType | None = None
    sign: float = 1.0
    rows: list[CodeType] = field(default_factory=list)
    """Each at most zero."""


def formula(text: str) -> CodeType:
    return compile(text.replace("^", "**"), "game", "eval")


def value(code: CodeType | None, at: Point) -> np.ndarray:
    assert code is not None
    with np.errstate(all="ignore"):
        return np.asarray(eval(code, {"__builtins__": {}}, {**FUNCTIONS, **at}), float)


def read(file: Path) -> tuple[Player, list[Player]]:
    """The leader and the followers of a file, each row brought to `... <= 0`. A shared row is put to the first
    follower: when active sets are listed, that is one multiplier for all."""
    players: list[Player] = []
    for line in file.read_text("utf-8").splitlines():
        words = line.strip()
        if words.startswith("player"):
            players.append(Player())
        elif words.startswith("var"):
            found = re.fullmatch(r"var (\w+) (?:integer )?(?:in \[(.+), (.+)\]|>= (.+)|<= (.+))", words)
            assert found is not None, words
            name, low, high, least, most = found.groups()
            players[-1].names.append(name)
            players[-1].low.append(float(low or least or -np.inf))
            players[-1].high.append(float(high or most or np.inf))
        elif words.startswith(("minimize", "maximize")):
            players[-1].sign = 1.0 if words.startswith("minimize") else -1.0
            players[-1].goal = formula(words.partition("=")[2].strip())
        elif words.startswith(("constraint", "shared")):
            left, sign, right = re.split(r"(<=|>=|==)", words.partition(":")[2])
            to = players[-1 if words.startswith("constraint") else 1].rows
            if sign != ">=":
                to.append(formula(f"({left}) - ({right})"))
            if sign != "<=":
                to.append(formula(f"({right}) - ({left})"))
    return players[0], players[1:]


def least(file: Path, rounds: int = 8) -> float:
    """The leader's best value (in its own sense) on `rounds` grids, each around the best point of the last and a
    quarter as wide; infinite where no point of the first is feasible. For leaders of one or two variables."""
    leader, followers = read(file)
    low = np.array([max(v, -FAR) for v in leader.low])
    high = np.array([min(v, FAR) for v in leader.high])
    answers, points = choose(leader, followers)
    best, at, width = np.inf, (low + high) / 2, (high - low) / 2
    for _ in range(rounds):
        box = zip(np.maximum(low, at - width), np.minimum(high, at + width), strict=True)
        axes = [np.unique(np.linspace(a, b, points)) for a, b in box]
        grid = [g.ravel() for g in np.meshgrid(*axes, indexing="ij")]
        decided = dict(zip(leader.names, grid, strict=True))
        values = answers(decided)
        if np.min(values) < best:
            k = int(np.argmin(values))
            best, at = float(values[k]), np.array([g[k] for g in grid])
        width = width / 4
    return leader.sign * best


def choose(leader: Player, followers: list[Player]) -> tuple[Callable[[Point], np.ndarray], int]:
    """How the followers of this game answer: from leader's decisions to the leader's value, inf where none is
    feasible; and how many points along each variable are affordable."""
    wide = len(leader.names) > 1
    if sum(len(f.names) for f in followers) == 1:
        return lambda decided: by_section(leader, followers[0], decided), 41 if wide else 401
    bounds = zip(leader.names, leader.low, leader.high, strict=True)
    middle = {n: np.array([(max(low, -1.0) + min(high, 1.0)) / 2]) for n, low, high in bounds}
    slopes, _ = stationarity(followers, middle)
    if slopes is not None and np.abs(slopes).max() < 1e-9 and len(followers) == 1:
        return lambda decided: by_vertices(leader, followers[0], decided), 21 if wide else 201
    if slopes is not None and np.linalg.eigvalsh((slopes[0] + slopes[0].T) / 2).min() > 1e-6:
        return lambda decided: by_active_sets(leader, followers, decided), 41 if wide else 201
    return lambda decided: by_solver(leader, followers, decided), 21


def leaders(leader: Player, at: Point) -> np.ndarray:
    """The leader's value, to be minimised, where its own constraints hold; inf elsewhere."""
    total = leader.sign * value(leader.goal, at)
    for row in leader.rows:
        total = np.where(value(row, at) <= SLACK, total, np.inf)
    return np.where(np.isnan(total), np.inf, total)


def by_section(leader: Player, follower: Player, decided: Point) -> np.ndarray:
    """One follower with one variable; its rows must be linear in it."""
    (name,) = follower.names
    some = next(iter(decided.values()))
    low = np.full(len(some), max(follower.low[0], -FAR * 10))
    high = np.full(len(some), min(follower.high[0], FAR * 10))
    empty = np.zeros(len(some), bool)
    for row in follower.rows:
        base = value(row, {**decided, name: np.zeros(len(some))})
        slope = value(row, {**decided, name: np.ones(len(some))}) - base
        with np.errstate(all="ignore"):
            bound = -base / slope
        high = np.where(slope > 1e-12, np.minimum(high, bound), high)
        low = np.where(slope < -1e-12, np.maximum(low, bound), low)
        empty |= (np.abs(slope) <= 1e-12) & (base > SLACK)
    empty |= low > high + SLACK
    high = np.maximum(low, high)

    def goal(y: np.ndarray) -> np.ndarray:
        return follower.sign * value(follower.goal, {**decided, name: y})

    a, b = low.copy(), high.copy()
    for _ in range(STEPS):
        one, two = b - 0.6180339887498949 * (b - a), a + 0.6180339887498949 * (b - a)
        right = goal(one) > goal(two)
        a, b = np.where(right, one, a), np.where(right, b, two)
    middle = (a + b) / 2
    ends = np.array([low, high, middle])
    goals = np.array([goal(y) for y in ends])
    bottom = goals.min(axis=0)
    # A tie is an objective flat from end to end (convex and equal at both): then all of the interval is best.
    flat = np.maximum(goals[0], goals[1]) <= bottom + 1e-12 * (1 + np.abs(bottom))
    first = np.take_along_axis(ends, goals.argmin(axis=0)[None], 0)[0]
    parts = np.linspace(0, 1, 41)[:, None]
    tried = np.where(flat, low + parts * (high - low), first)
    values = np.array([leaders(leader, {**decided, name: y}) for y in tried])
    return np.where(empty, np.inf, values.min(axis=0))


def stationarity(followers: list[Player], decided: Point) -> tuple[np.ndarray | None, np.ndarray]:
    """Slopes (k, m, m) and offsets (k, m) of the followers' derivatives, taken from values of their objectives, which
    is exact for quadratic ones; None for the slopes if they are not."""
    names = [n for f in followers for n in f.names]
    k, m = len(next(iter(decided.values()))), len(names)

    def goal(f: Player, *where: tuple[int, float]) -> np.ndarray:
        y = np.full((m, k), 1.0)
        for j, step in where:
            y[j] += step
        return f.sign * value(f.goal, {**decided, **dict(zip(names, y, strict=True))})

    slopes, offset, at = np.zeros((k, m, m)), np.zeros((k, m)), 0
    quadratic = True
    for f in followers:
        for i in range(at, at + len(f.names)):
            for j in range(m):
                mixed = [s * t * goal(f, (i, s / 2), (j, t / 2)) for s, t in product((1.0, -1.0), repeat=2)]
                slopes[:, i, j] = sum(mixed)
                wide = sum(s * t * goal(f, (i, s / 4), (j, t / 4)) for s, t in product((1.0, -1.0), repeat=2)) * 4
                quadratic &= bool(np.allclose(slopes[:, i, j], wide, atol=1e-6))
            offset[:, i] = goal(f, (i, 0.5)) - goal(f, (i, -0.5)) - slopes[:, i, :].sum(axis=1)
        at += len(f.names)
    return (slopes if quadratic else None), offset


def constraints(followers: list[Player], decided: Point) -> tuple[np.ndarray, np.ndarray]:
    """All rows and bounds of the followers as `A y <= b`: (k, r, m), (k, r)."""
    names = [n for f in followers for n in f.names]
    k, m = len(next(iter(decided.values()))), len(names)
    A, b = [], []
    for row in (r for f in followers for r in f.rows):
        base = value(row, {**decided, **dict.fromkeys(names, np.zeros(k))}) + np.zeros(k)
        unit = [{**decided, **dict.fromkeys(names, np.zeros(k)), n: np.ones(k)} for n in names]
        A.append(np.array([value(row, at) - base for at in unit]).T)
        b.append(-base)
    bounds = [(low, high) for f in followers for low, high in zip(f.low, f.high, strict=True)]
    for j, (low, high) in enumerate(bounds):
        for sign, end in ((-1.0, low), (1.0, high)):
            if np.isfinite(end):
                A.append(np.tile(sign * np.eye(m)[j], (k, 1)))
                b.append(np.full(k, sign * end))
    return np.stack(A, axis=1), np.stack(b, axis=1)


def by_active_sets(leader: Player, followers: list[Player], decided: Point) -> np.ndarray:
    """Strictly monotone conditions: exactly one answer, at one of the active sets."""
    names = [n for f in followers for n in f.names]
    slopes, offset = stationarity(followers, decided)
    assert slopes is not None
    A, b = constraints(followers, decided)
    k, r, m = A.shape
    best = np.full(k, np.inf)
    for active in (s for size in range(m + 1) for s in combinations(range(r), size)):
        chosen = list(active)
        n = len(chosen)
        system = np.zeros((k, m + n, m + n))
        system[:, :m, :m] = slopes
        system[:, :m, m:] = A[:, chosen].transpose(0, 2, 1)
        system[:, m:, :m] = A[:, chosen]
        right = np.concatenate([-offset, b[:, chosen]], axis=1)
        good = np.abs(np.linalg.det(system)) > 1e-9
        if not good.any():
            continue
        found = np.full((k, m + n), np.nan)
        found[good] = np.linalg.solve(system[good], right[good][..., None])[..., 0]
        y, price = found[:, :m], found[:, m:]
        with np.errstate(all="ignore"):
            holds = good & np.all(np.einsum("krm,km->kr", A, y) <= b + SLACK, axis=1) & np.all(price >= -SLACK, axis=1)
        if holds.any():
            values = leaders(leader, {**decided, **dict(zip(names, y.T, strict=True))})
            best = np.minimum(best, np.where(holds, values, np.inf))
    return best


def by_vertices(leader: Player, follower: Player, decided: Point) -> np.ndarray:
    """One follower with a linear objective: its vertices, and points between two or three of the best."""
    _, cost = stationarity([follower], decided)
    A, b = constraints([follower], decided)
    k, r, m = A.shape
    corners, costs = [], []
    for chosen in combinations(range(r), m):
        square = A[:, chosen]
        good = np.abs(np.linalg.det(square)) > 1e-9
        y = np.full((k, m), np.nan)
        y[good] = np.linalg.solve(square[good], b[:, list(chosen)][good][..., None])[..., 0]
        with np.errstate(all="ignore"):
            good &= np.all(np.einsum("krm,km->kr", A, y) <= b + SLACK, axis=1)
        corners.append(y)
        costs.append(np.where(good, np.einsum("km,km->k", cost, np.nan_to_num(y)), np.inf))
    corner, total = np.array(corners), np.array(costs)
    bottom = total.min(axis=0)
    tied = (total <= bottom + 1e-9 * (1 + np.abs(bottom))) & np.isfinite(bottom)
    first = np.nan_to_num(corner[tied.argmax(axis=0), np.arange(k)])
    best = np.where(
        tied.any(axis=0), leaders(leader, {**decided, **dict(zip(follower.names, first.T, strict=True))}), np.inf
    )
    for at in np.flatnonzero(tied.sum(axis=0) > 1):
        here = corner[tied[:, at], at]
        here = here[np.unique(np.round(here, 9), axis=0, return_index=True)[1]]
        trios = np.array(list(combinations(range(len(here)), min(3, len(here)))))
        one, two, three = here[trios[:, 0]], here[trios[:, len(trios[0]) // 2]], here[trios[:, -1]]
        y = (WEIGHTS @ np.stack([one, two, three], axis=1)).reshape(-1, m)
        spread = {n: np.full(len(y), v[at]) for n, v in decided.items()}
        best[at] = leaders(leader, {**spread, **dict(zip(follower.names, y.T, strict=True))}).min()
    return best


def by_solver(leader: Player, followers: list[Player], decided: Point) -> np.ndarray:
    """Any convex followers with one answer: SciPy's SLSQP for each in turn until none moves."""
    best = []
    for k in range(len(next(iter(decided.values())))):
        at = {n: float(v[k]) for n, v in decided.items()}
        for f in followers:
            box = zip(f.names, f.low, f.high, strict=True)
            at |= {n: (max(low, -10.0) + min(high, 10.0)) / 2 for n, low, high in box}
        fine = True
        for _ in range(100 if len(followers) > 1 else 1):
            before = dict(at)
            for f in followers:
                found = answer(f, at)
                fine = bool(found.success)
                at |= dict(zip(f.names, found.x.tolist(), strict=True))
            if max(abs(at[n] - before[n]) for n in at) < 1e-8:
                break
        best.append(leaders(leader, {n: np.array([v]) for n, v in at.items()})[0] if fine else np.inf)
    return np.array(best)


def answer(follower: Player, at: dict[str, float]) -> OptimizeResult:
    def of(code: CodeType | None, y: np.ndarray) -> float:
        return float(eval(code, {"__builtins__": {}}, {**FUNCTIONS, **at, **dict(zip(follower.names, y, strict=True))}))

    rows = [{"type": "ineq", "fun": lambda y, r=r: -of(r, y)} for r in follower.rows]
    with np.errstate(all="ignore"):
        return minimize(
            lambda y: follower.sign * of(follower.goal, y),
            [at[n] for n in follower.names],
            bounds=list(zip(follower.low, follower.high, strict=True)),
            constraints=rows,
            method="SLSQP",
            options={"ftol": 1e-12},
        )
