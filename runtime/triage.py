"""A game that has no answer in, the reason in the words of the file out: which constraints contradict each other, or
who can go on for ever.

For a leader with followers there are four reasons: no point satisfies all constraints even if followers did as told
(high-point relaxation); a follower has no feasible point whatever the leader decides; a follower has no best answer;
or the followers' best answers never satisfy a constraint of the leader (coupling).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import Block, block_of
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.high_point import high_point
from compiler.reformulations.kkt import kkt
from compiler.reformulations.program import Program
from compiler.reformulations.recession import recession
from grammar.diagnostics import Diagnostic, Hint, Label
from grammar.source import Span
from runtime.methods.setting import Setting
from runtime.result import Status
from runtime.solvers.conflict import Conflict, conflict_of
from runtime.solvers.highs import Highs
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options

PATIENCE = 20.0
"""Seconds for each question asked here: a reason that takes longer to find than the answer helps nobody."""


NO_ANSWER = "no point satisfies the constraints and the followers' optimality"


def triage(setting: Setting, status: Status) -> tuple[Status, tuple[Diagnostic, ...]]:
    """Why a game is INFEASIBLE or UNBOUNDED, and which of both it is after all (solvers do not always tell)."""
    relaxed = high_point(setting.game)
    feasible = _feasible(relaxed)
    if feasible is False:
        return Status.INFEASIBLE, _contradiction(setting, relaxed)
    if status is Status.UNBOUNDED:
        return _who_is_unbounded(setting)
    for p in _answering(setting):
        ray = _recession(setting, p)
        if ray is not None:
            return Status.INFEASIBLE, (_unbounded(setting, p, ray),)
    if any(setting.classes[p].integer >= 0 for p in np.flatnonzero(setting.followers).tolist()):
        # Optimality conditions would speak of other answers.
        note = "all constraints can hold at once, but at no such point is every follower at its best"
        return Status.INFEASIBLE, (_plain(NO_ANSWER, (note,)),)
    if setting.leader >= 0:
        below = [setting.classes[p] for p in np.flatnonzero(setting.followers).tolist()]
        if any(kind.smooth or not kind.linear_rows for kind in below):
            note = "all constraints can hold at once, but at no such point is every follower at its best"
            return Status.INFEASIBLE, (_plain(NO_ANSWER, (note,)),)
        return Status.INFEASIBLE, _coupling(setting)
    if setting.equals:
        note = "all constraints can hold at once, but at no such point is every player at its best"
        return Status.INFEASIBLE, (_plain("no equilibrium exists", (note,)),)
    return Status.INFEASIBLE, (_plain("no point satisfies the constraints", ()),)


def _answering(setting: Setting) -> list[int]:
    """Players whose optimality conditions are part of what was infeasible."""
    if setting.equals:
        return list(range(len(setting.game.players)))
    return np.flatnonzero(setting.followers).tolist()


def _feasible(program: Program) -> bool | None:
    """Whether the Program has a point; None when that could not be found out in `PATIENCE`."""
    solver = Scip() if Highs().refuses(program) else Highs()
    outcome = solver.solve(program, Options(time_limit=PATIENCE))
    if outcome.z is not None or outcome.ending is Ending.UNBOUNDED:
        return True
    return False if outcome.ending is Ending.INFEASIBLE else None


def _contradiction(setting: Setting, relaxed: Program) -> tuple[Diagnostic, ...]:
    game = setting.game
    for p in np.flatnonzero(setting.followers).tolist():
        alone = high_point(game, rows=game.row_owner == p)
        if _feasible(alone) is False:
            name = game.players[p].name
            return (_named(setting, alone, f"`{name}` has no feasible point, whatever its leaders decide"),)
    headline = "no point satisfies the constraints"
    if setting.leader >= 0:
        headline = "no point satisfies the constraints of all players, even if the followers did as told"
    return (_named(setting, relaxed, headline),)


def _named(setting: Setting, program: Program, headline: str) -> Diagnostic:
    """The diagnostic that names an irreducible set of constraints and bounds, by instances where an LP shows it."""
    found = conflict_of(program, PATIENCE)
    if found is not None:
        return _conflict_diagnostic(setting, found, headline)
    rows = _needed_blocks(setting, program)
    numbers = np.concatenate([np.arange(b.start, b.stop) for b in rows]) if rows else np.zeros(0, np.int64)
    none = np.zeros(0, np.int64)
    return _conflict_diagnostic(
        setting, Conflict(numbers, none, none, False), headline, "whole numbers or products are part of it"
    )


def _needed_blocks(setting: Setting, program: Program) -> list[Block]:
    """Declarations without any of which the rest can be satisfied (deletion filter, one declaration at a time)."""
    game = setting.game
    kept = np.isfinite(program.row_lower[: game.rows]) | np.isfinite(program.row_upper[: game.rows])
    needed: list[Block] = []
    for block in game.row_blocks:
        if not kept[block.start : block.stop].any():
            continue
        trial = kept.copy()
        trial[block.start : block.stop] = False
        if _feasible(_without(program, trial)) is False:
            kept = trial
        else:
            needed.append(block)
    return needed


def _without(program: Program, kept: Bools) -> Program:
    """The Program with the rows of the game that are not `kept` freed; rows that were added after them stay."""
    mask = np.ones(program.rows, np.bool_)
    mask[: len(kept)] = kept
    return replace(
        program,
        row_lower=np.where(mask, program.row_lower, -np.inf),
        row_upper=np.where(mask, program.row_upper, np.inf),
        row_quad=program.row_quad.take(mask[program.row_quad.row]),
    )


def _conflict_diagnostic(setting: Setting, found: Conflict, headline: str, remark: str = "") -> Diagnostic:
    game = setting.game
    rows = found.rows[found.rows < game.rows]
    labels = _labels(game.row_blocks, rows)
    bounds = []
    for columns, limits, word in ((found.at_lower, game.lower, ">="), (found.at_upper, game.upper, "<=")):
        mine = columns[columns < game.columns]
        labels += _labels(game.column_blocks, mine, "bound of ")
        bounds += [f"`{game.column_label(c)} {word} {limits[c]:g}`" for c in mine[:5].tolist()]
    names = [f"`{game.row_label(r)}`" for r in rows[:3].tolist()] + bounds
    shown = ", ".join(names[:4]) + (f" and {len(rows) + len(bounds) - 4} more" if len(names) > 4 else "")
    notes = [f"these contradict each other: {', '.join([*(game.row_named(r) for r in rows[:20].tolist()), *bounds])}"]
    if remark:
        notes.append(remark)
    if found.irreducible:
        notes.append("dropping any one of them would mend it")
    span, label, others = _spread(labels)
    hint = Hint("loosen one of them, or look at the data that they hold")
    return Diagnostic("G801", f"{headline}: {shown}" if names else headline, span, label, others, tuple(notes), (hint,))


def _labels(blocks: tuple[Block, ...], numbers: Ints, prefix: str = "") -> list[Label]:
    """One label for each declaration, with its first instances."""
    listed: dict[int, list[int]] = {}
    for k in numbers.tolist():
        listed.setdefault(block_of(blocks, k).start, []).append(k)
    labels = []
    for start, members in listed.items():
        block = block_of(blocks, start)
        if block.span is not None:
            names = ", ".join(block.label(k) for k in members[:3])
            names += f" and {len(members) - 3} more" if len(members) > 3 else ""
            labels.append(Label(block.span, block.numbered(f"{prefix}{names}")))
    return labels


def _spread(labels: list[Label]) -> tuple[Span | None, str, tuple[Label, ...]]:
    if not labels:
        return None, "", ()
    return labels[0].span, labels[0].text, tuple(labels[1:])


def _plain(headline: str, notes: tuple[str, ...]) -> Diagnostic:
    return Diagnostic("G801", headline, notes=notes)


def _coupling(setting: Setting) -> tuple[Diagnostic, ...]:
    """All constraints can hold, followers have best answers, but these never satisfy the leader's constraints or
    bounds."""
    game, leader = setting.game, setting.leader
    own = game.row_owner == leader
    followers = setting.followers
    touching = np.zeros(game.rows, np.bool_)
    entry_row = game.matrix.row_numbers()
    owner = game.owner[game.matrix.indices]
    touching[entry_row[(owner >= 0) & followers[owner]]] = True

    def answers(kept: Bools) -> bool | None:
        limits = kept | ~own
        freed = replace(
            game,
            row_lower=np.where(limits, game.row_lower, -np.inf),
            row_upper=np.where(limits, game.row_upper, np.inf),
            row_quad=game.row_quad.take(limits[game.row_quad.row]),
        )
        program, _ = kkt(freed, followers, None)
        return _feasible(complementarity_sos1(program))

    if answers(np.zeros(game.rows, np.bool_)) is False:
        return (_plain("no decision of the leader within its bounds has a best answer of its followers", ()),)
    kept = own.copy()
    needed: list[Block] = []
    blocks = [b for b in game.row_blocks if b.size and own[b.start]]
    # Constraints on the leader alone are tried first, so that what stays is coupling where there is a choice.
    for block in sorted(blocks, key=lambda b: bool(touching[b.start : b.stop].any())):
        trial = kept.copy()
        trial[block.start : block.stop] = False
        if answers(trial) is False:
            kept = trial
        else:
            needed.append(block)
    if not needed:
        return (_plain(NO_ANSWER, ()),)
    coupling = [b for b in needed if touching[b.start : b.stop].any()] or needed
    names = ", ".join(f"`{game.players[leader].name}.{b.name}`" for b in coupling)
    labels = [Label(b.span, "a constraint of the leader on what its followers decide") for b in coupling if b.span]
    labels += [Label(b.span, "together with this one") for b in needed if b not in coupling and b.span]
    span, label, others = _spread(labels)
    return (
        Diagnostic(
            "G801",
            f"no best answer of the followers satisfies {names}",
            span,
            label,
            others,
            ("all constraints can hold at once, but at no such point do the followers do their best",),
            (Hint("a follower does not heed its leader's constraints; give it to the follower who must keep it"),),
        ),
    )


def _who_is_unbounded(setting: Setting) -> tuple[Status, tuple[Diagnostic, ...]]:
    players = [setting.leader] if setting.leader >= 0 else list(range(len(setting.game.players)))
    for p in players:
        ray = _recession(setting, p)
        if ray is not None:
            return Status.UNBOUNDED, (_unbounded(setting, p, ray),)
    player = setting.game.players[players[0]]
    if setting.alone and setting.classes[0].convex and setting.classes[0].linear_rows:
        # An LP or convex QP without bound has such a direction, always.
        headline = f"the solver calls the objective of `{player.name}` unbounded, but no direction of gain exists"
        hint = Hint("try `--solver scip`, or scale the data")
        return Status.NOT_VERIFIED, (Diagnostic("G804", headline, player.span, hints=(hint,)),)
    return Status.UNBOUNDED, (Diagnostic("G802", f"the objective of `{player.name}` has no bound", player.span),)


def _recession(setting: Setting, p: int) -> Floats | None:
    """A direction (n,) along which player p gains for ever: it keeps all rows and bounds, lowers the objective, and
    bends no square.

    A follower moves its own columns only; a leader all of them, as an upper estimate. None when there is none, or
    products with others' columns leave it open.
    """
    game = setting.game
    mine = game.owner == p
    moves = np.ones(game.columns, np.bool_) if p == setting.leader else mine
    rows = np.ones(game.rows, np.bool_) if p == setting.leader else game.row_owner == p
    program = high_point(game, p, rows)
    quad = program.cost_quad
    open_ended = program.row_quad.take(moves[program.row_quad.i] | moves[program.row_quad.j]).entries
    crossing = quad.take(moves[quad.i] ^ moves[quad.j]).entries
    if open_ended or crossing:
        return None
    added = np.zeros(program.columns - game.columns, np.bool_)
    direction = recession(program, np.concatenate([moves, added]))
    outcome = Highs().solve(direction, Options(time_limit=PATIENCE))
    steep = 1e-6 * float(np.max(np.abs(direction.cost), initial=0.0))
    return outcome.z[: game.columns] if outcome.z is not None and outcome.objective < -steep else None


def _unbounded(setting: Setting, p: int, ray: Floats) -> Diagnostic:
    game = setting.game
    player = game.players[p]
    moving = np.flatnonzero(np.abs(ray) > 1e-6)
    moving = moving[np.argsort(-np.abs(ray[moving]), kind="stable")]
    words = [f"`{game.column_label(c)}` {'grows' if ray[c] > 0 else 'falls'}" for c in moving[:5].tolist()]
    more = f" and {len(moving) - 5} more" if len(moving) > 5 else ""
    verb = "falls" if player.sense > 0 else "grows"
    labels = _labels(game.column_blocks, moving[:50])
    others = tuple(Label(label.span, "moves without limit") for label in labels)
    return Diagnostic(
        "G802",
        f"the objective of `{player.name}` {verb} without limit as {', '.join(words)}{more}",
        player.objective_span or player.span,
        f"`{player.objective}` has no bound",
        others,
        hints=(Hint("bound these variables, or add the constraint or cost that is missing"),),
    )
