"""Movers and starting points in, a `Found` out: iterations from several starts, the equilibria they end at, ranked, or
the evidence that they found none.

From each start movers take turns (`runtime.methods.turns`). Where decisions go round in a cycle and part of a way is a
decision too, the way is halved, `HALVINGS` times at most; where it is not, another order is tried. Points at which
decisions rest are looked at by everybody at once; only if nobody gains there is one an equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compiler.ground.ground_game import GroundGame, block_of
from compiler.ground.sparse import Floats, Ints
from grammar.diagnostics import Diagnostic, Hint
from runtime.journal import Journal
from runtime.methods.method import Found, Request
from runtime.methods.mover import Mover
from runtime.methods.turns import Ending, Turns, Verdict, Walk
from runtime.result import Status

STARTS = 10
"""Starts, if the user says nothing; the first equilibrium ends them then."""

HALVINGS = 3
"""How often the way is halved after a cycle: 1/8 of it damps whatever swings by less than a factor of 15."""

SAME = 1e-4
"""Relative distance of decisions below which two equilibria are one."""

SHOWN = 6
"""Decisions, states of a cycle and equilibria that a message shows, at most."""

SHARE = 0.7
"""Part of the time limit for iterating; the rest is for the verdict on where they ended."""

PATIENCE = 10.0
"""Seconds for the verdict after an interrupt, over those that one sweep took."""


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A settled verdict, the start (from 1) that led to it first, and how many did."""

    verdict: Verdict
    start: int
    times: int = 1


Way = Callable[[Turns, Turns, int, Floats], tuple[Walk, Verdict]]
"""Turns, the judge of points, the number of a start (from 1) and its point (n,) -> where it ends, and what that is
worth."""


def search(
    game: GroundGame,
    movers: Sequence[Mover],
    pulled: Sequence[Mover],
    points: Iterator[Floats],
    request: Request,
    settle: Callable[[Floats], Floats] = lambda x: x,
    way: Way | None = None,
    values: Callable[[Floats], Floats] = lambda x: x,
) -> Found:
    """See the module. `pulled` are the movers with a proximal term, if one is asked for, else the `movers` again; `way`
    is what leads from a start to where it ends, turns if there is none. `values` makes what stands for values
    (`max(...)` say) that of the decisions at a point, before the point is judged and shown."""
    journal = request.journal.taken()
    begun = journal.begun()
    limit = np.inf if request.time_limit is None else request.time_limit
    ends = begun + SHARE * limit, begun + limit
    turns = Turns(game, pulled, request, *ends, settle, journal, begun)
    judge = turns if pulled is movers else Turns(game, movers, request, *ends, settle, journal, begun)
    judge.steps = turns.steps
    wanted = request.iteration.starts
    kept: list[Equilibrium] = []
    tried: list[tuple[Walk, Verdict]] = []
    for start, point in zip(range(1, (wanted or STARTS) + 1), points, strict=False):
        if start > 1 and turns.stopped():
            journal.end(request.watch.stop())
            break
        walk, verdict = (way or in_turns)(turns, judge, start, _kept(point, journal))
        if not verdict.settled and walk.ending not in (Ending.NOWHERE, Ending.ENDLESS):
            x = values(verdict.x)
            verdict = (
                verdict
                if x is verdict.x
                else judge.verdict(x, verdict.prices, PATIENCE if walk.ending is Ending.STOPPED else None)
            )
        tried.append((walk, verdict))
        if verdict.settled:
            kept = _with(kept, verdict, start, movers)
            if wanted is None:
                break
    if tried[-1][0].ending is Ending.STOPPED:
        journal.end(request.watch.stop())
    solvers = ", ".join({**turns.solvers, **judge.solvers})
    seconds = turns.seconds + (judge.seconds if judge is not turns else 0.0)
    solves = turns.solves + (judge.solves if judge is not turns else 0)
    notes: tuple[str, ...] = (f"{solves} best answers in {sum(w.sweeps for w, _ in tried)} iterations",)
    if kept:
        kept = sorted(kept, key=lambda e: _total(game, e.verdict.x))
        best = kept[0].verdict
        notes += _equilibria(game, kept, len(tried))
        return Found(
            Status.EQUILIBRIUM,
            solvers,
            best.x,
            best.prices,
            claimed={m.player: float(game.objectives_at(best.x)[m.player]) for m in movers},
            bound=_bounds(movers, best),
            ledger=tuple(dict.fromkeys(b for r in best.replies for b in r.ledger)),
            notes=notes,
            seconds=seconds,
            history=tuple(turns.steps),
        )
    walk, best = min(tried, key=lambda pair: (not np.all(np.isfinite(pair[1].x)), pair[1].worst))
    ended = walk.ending in (Ending.STOPPED, Ending.ITERATIONS)
    nowhere = walk.ending is Ending.NOWHERE
    return Found(
        Status.LIMIT if ended else Status.NOT_VERIFIED,
        solvers,
        None if nowhere else best.x,
        None if nowhere else best.prices,
        bound=_bounds(movers, best),
        notes=notes,
        seconds=seconds,
        history=tuple(turns.steps),
        evidence=(evidence(game, movers, tried, walk, best, request),),
    )


def _kept(point: Floats, journal: Journal) -> Floats:
    """The point to begin at, or the one at which it began before: a time limit is in how it was found."""
    entry = journal.known(())
    if entry is None:
        journal.add((), {"start": point})
    return point if entry is None else entry["start"]


def in_turns(turns: Turns, judge: Turns, start: int, point: Floats) -> tuple[Walk, Verdict]:
    """From one start, with ever shorter steps or in other orders while decisions go round."""
    count, random = len(turns.movers), np.random.default_rng(turns.request.seed + start)
    asked = turns.request.iteration.damping
    partly = any(not m.discrete for m in turns.movers)
    order, damping = np.arange(count), asked or 1.0
    sweeps, words = 0, f"start {start}"
    while True:
        walk = turns.walk(point, order.tolist(), damping, words)
        sweeps += walk.sweeps
        verdict = _judged(judge, walk)
        # Where leaders rest and only a tie of their followers goes to and fro, no shorter way ends it.
        again = walk.ending is Ending.CYCLE and not verdict.settled and len(_changing(turns.movers, walk)) > 0
        again &= asked is None and not turns.stopped()
        if again and partly and damping > 0.5**HALVINGS:
            damping, point, words = 0.5 * damping, verdict.x, f"a cycle: {0.5 * damping:g} of the way from here on"
        elif again and not partly and count > 2 and np.all(order == np.arange(count)):
            order, words = random.permutation(count), "a cycle: in another order"
        else:
            return Walk(walk.ending, walk.states, sweeps, walk.words), verdict


def _judged(judge: Turns, walk: Walk) -> Verdict:
    """The verdict on the best of the last states."""
    seconds = None
    if walk.ending is Ending.STOPPED and np.isinf(judge.last):
        last = judge.steps[-1].seconds - judge.steps[-2].seconds if len(judge.steps) > 1 else 0.0
        seconds = PATIENCE + last
    verdicts = []
    for x, prices in walk.states[-SHOWN:]:
        verdicts.append(judge.verdict(x, prices, seconds))
        if verdicts[-1].settled:
            break
    return min(verdicts, key=lambda v: (not v.settled, v.worst))


def _with(kept: list[Equilibrium], verdict: Verdict, start: int, movers: Sequence[Mover]) -> list[Equilibrium]:
    """The equilibria with one more, unless it is there already."""
    decides = np.concatenate([m.decides for m in movers])
    for k, known in enumerate(kept):
        if alike(known.verdict.x[decides], verdict.x[decides]):
            better = verdict if verdict.worst < known.verdict.worst else known.verdict
            return [*kept[:k], Equilibrium(better, known.start, known.times + 1), *kept[k + 1 :]]
    return [*kept, Equilibrium(verdict, start)]


def alike(here: Floats, there: Floats) -> bool:
    """Whether decisions (k,) count as the same."""
    return float(np.max(np.abs(here - there) / (1 + np.abs(here)), initial=0.0)) <= SAME


def _bounds(movers: Sequence[Mover], verdict: Verdict) -> dict[int, float]:
    return {m.player: b for m, b in zip(movers, verdict.bounds.tolist(), strict=True) if np.isfinite(b)}


def _total(game: GroundGame, x: Floats) -> float:
    """The sum of all objectives as costs: what equilibria are ranked by."""
    return float(np.array([p.sense for p in game.players]) @ game.told_objectives(x))


def _equilibria(game: GroundGame, kept: Sequence[Equilibrium], tried: int) -> tuple[str, ...]:
    """What there is to say about other equilibria."""
    if tried == 1:
        return ("this is one equilibrium, there may be others",)
    if len(kept) == 1:
        times = kept[0].times
        return (f"{times} of {tried} starts end at this equilibrium, no other was found",)
    words = [
        f"{', '.join(f'{p.name}.{p.objective} = {v:.6g}' for p, v in zip(game.players[:SHOWN], values, strict=False))}"
        f" (from {e.times} {'start' if e.times == 1 else 'starts'})"
        for e, values in ((e, game.told_objectives(e.verdict.x).tolist()) for e in kept[:SHOWN])
    ]
    more = f"; and {len(kept) - SHOWN} more" if len(kept) > SHOWN else ""
    ranked = "ranked by the sum of all objectives as costs; this is the first"
    return (f"{len(kept)} equilibria from {tried} starts, {ranked}: {'; '.join(words)}{more}",)


def evidence(
    game: GroundGame,
    movers: Sequence[Mover],
    tried: Sequence[tuple[Walk, Verdict]],
    walk: Walk,
    best: Verdict,
    request: Request,
) -> Diagnostic:
    """G808: from how many starts, how each ended, the cycle of one, and who would leave the point that is shown."""
    endings: dict[Ending, int] = {}
    for w, v in tried:
        ending = Ending.ITERATIONS if w.ending is Ending.RESTED and not v.settled else w.ending
        endings[ending] = endings.get(ending, 0) + 1
    told = ", ".join(e.value + (f" from {n}" if len(endings) > 1 else "") for e, n in endings.items())
    count = len(tried)
    headline = f"no equilibrium found from {count} {'start' if count == 1 else 'starts'}: decisions {told}"
    if endings.keys() == {Ending.STOPPED}:
        headline = "no equilibrium found before the end: " + (
            f"the time limit of {request.time_limit:g} s came first" if request.time_limit else "interrupted"
        )
    notes = list(_cycle(game, movers, walk, best))
    if walk.words:
        notes.append(walk.words)
    gains = best.gains * game.objective_factor[[m.player for m in movers]]
    leaving = [
        f"`{game.players[m.player].name}` gains {'an unknown amount' if not np.isfinite(g) else f'{g:.6g} at most'}"
        for m, g, r in zip(movers, gains.tolist(), best.relative.tolist(), strict=True)
        if not r <= 1e-6
    ]
    if leaving and walk.ending is not Ending.NOWHERE:
        more = f" and {len(leaving) - SHOWN} more" if len(leaving) > SHOWN else ""
        notes.append(f"at the point shown, by deciding otherwise: {', '.join(leaving[:SHOWN])}{more}")
    notes.append("this proves nothing about other points: there may be an equilibrium elsewhere, or none")
    span = next((game.players[m.player].span for m in movers if game.players[m.player].span), None)
    return Diagnostic(
        "G808",
        headline,
        span,
        "this player and its rivals" if span else "",
        notes=tuple(notes),
        hints=(
            Hint("begin elsewhere: `--starts 20`, `--seed 1`"),
            Hint("let players go part of the way: `--damping 0.5`, or bear the distance: `--proximal 1`"),
        ),
    )


def _cycle(game: GroundGame, movers: Sequence[Mover], walk: Walk, best: Verdict) -> Iterator[str]:
    """The states of a cycle, by the decisions that differ in it."""
    if walk.ending is not Ending.CYCLE:
        return
    points = np.array([x for x, _ in walk.states])
    own, spread = _changing(movers, walk), _spread(points)
    if not len(own):
        yield _disagreement(game, movers, best)
        return
    # What stands for a value, `max(...)` say, is nobody's decision.
    own = np.array([c for c in own.tolist() if not block_of(game.column_blocks, c).lifted] or own, np.int64)
    shown = own[np.argsort(-spread[own], kind="stable")][:SHOWN]
    yield f"a cycle of {len(points)} iterations, in which {len(own)} decisions change:"
    for k, x in enumerate(points[:SHOWN]):
        yield f"{k + 1}: {told(game, x, np.sort(shown))}{', ...' if len(own) > len(shown) else ''}"
    if len(points) > SHOWN:
        yield f"and {len(points) - SHOWN} more"


def told(game: GroundGame, x: Floats, columns: Ints) -> str:
    """The values of some columns of x (n,) by name, in the units of the file."""
    unit = np.ones(game.columns) if game.column_unit is None else game.column_unit
    return ", ".join(f"{game.column_label(c)} = {x[c] * unit[c]:.6g}" for c in columns.tolist())


def _changing(movers: Sequence[Mover], walk: Walk) -> Ints:
    """The movers' own decisions that differ among the states."""
    decides = np.unique(np.concatenate([m.decides for m in movers]))
    changing: Ints = decides[_spread(np.array([x for x, _ in walk.states]))[decides] > SAME]
    return changing


def _disagreement(game: GroundGame, movers: Sequence[Mover], best: Verdict) -> str:
    """Leaders rest, but each wants another answer of a follower."""
    wanted = np.tile(best.x, (len(movers), 1))
    for k, (mover, reply) in enumerate(zip(movers, best.replies, strict=True)):
        if reply.part is not None:
            wanted[k, mover.columns] = reply.part
    split = np.flatnonzero((_spread(wanted) > SAME) & (game.owner >= 0))
    names = dict.fromkeys(f"`{game.players[p].name}`" for p in game.owner[split].tolist() if game.players[p].leaders)
    whose = f"the answer of {', '.join(list(names)[:SHOWN])}, which ties" if names else "their followers' answers"
    return f"the leaders rest, but do not agree on {whose}: each solves for the one that it likes best"


def _spread(points: Floats) -> Floats:
    """By how much each column differs among points (k, n), relative to its size."""
    spread: Floats = np.ptp(points, axis=0) / (1 + np.max(np.abs(points), axis=0))
    return spread
