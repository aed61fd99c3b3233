"""A compiled game in, the one problem that would be solved out, with names: `single_problem`.

Of a player alone its own problem; of a leader with followers the single level that their optimality conditions make; of
players of one level their conditions without an objective; of a player asked for by name its best response to the
answer of the game. Complementary pairs are SOS1 sets, or as another form has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compiler.flat_exports.named_problem import NamedProblem, file_name, file_names
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Quad
from compiler.reformulations.best_response import best_response
from compiler.reformulations.kkt import kkt
from compiler.reformulations.linear_products import linear_products
from compiler.reformulations.program import Part, label_of, part_of
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from grammar.source import Span
from runtime.methods.bystanders import bystanders
from runtime.methods.joint_conditions import JointConditions
from runtime.methods.kkt import Kkt
from runtime.methods.method import Refusal
from runtime.methods.setting import Setting
from runtime.methods.single_level import SingleLevel
from runtime.problem_files.pair_forms import Formed, formed


@dataclass(frozen=True, eq=False)
class SingleProblem:
    """`problem` in the sense and the units of the file, `remarks` what its columns are, for people. `curve` is where
    the model first ties columns by a smooth function, None where it does not. `warnings` are what to know of the
    form."""

    problem: NamedProblem
    remarks: tuple[str, ...]
    curve: Span | None = None
    warnings: tuple[Diagnostic, ...] = ()


def single_problem(
    game: GroundGame, player: str, answered: Callable[[], Floats], form: str = "kkt-sos1"
) -> SingleProblem:
    """`player` names one player (`grid`, `grid[mg1]`) or is empty; `answered` gives the columns (n,) of the game's
    answer, for a player among others; `form` is one of `pair_forms.FORMS`.

    Raises DiagnosticError: G702 to G706 where the conditions do not say what followers do, G713 where no single
    problem stands for the game, G807 for a player that does not exist, G710 as `formed`, and as `answered`.
    """
    setting = Setting.of(game)
    game = setting.game
    if player and not setting.alone:
        number = _numbered(game, player)
        program, _ = best_response(game, number, answered())
        told = f"the best response of {player}: what others decide is as in gamec's answer to the game"
        return _named(game, formed(game, program, form), number, told)
    if player:
        _numbered(game, player)
    if setting.alone:
        _accepted(SingleLevel().refuses(setting), game)
        program, _ = best_response(game, 0, np.zeros(game.columns))
        return _named(game, formed(game, program, form), 0, f"the problem of {game.players[0].name}")
    if setting.leader >= 0:
        _accepted(Kkt().refuses(setting), game)
        # Nothing bounds the multipliers of whom nobody heeds, and binaries need bounds.
        last = bystanders(setting) if form == "kkt-big-m" else np.zeros(len(game.players), np.bool_)
        program, _ = kkt(game, setting.followers & ~last, setting.leader)
        program = linear_products(game, program)
        below, aside = (
            ", ".join(game.players[p].name for p in np.flatnonzero(chosen).tolist())
            for chosen in (setting.followers & ~last, last)
        )
        told = f"the problem of {game.players[setting.leader].name} with the optimality conditions of {below}"
        if aside:
            told += f"; of {aside}, whom nobody heeds, the constraints alone"
        return _named(game, formed(game, program, form), setting.leader, told)
    if setting.equals:
        _accepted(JointConditions().refuses(setting), game)
        program, _ = kkt(game, np.ones(len(game.players), np.bool_), None)
        everyone = ", ".join(p.name for p in game.players)
        told = f"the optimality conditions of {everyone}: every point is an equilibrium, nothing is minimised"
        return _named(game, formed(game, program, form), -1, told)
    raise _refused("it has three levels, or several leaders", game.players[0].span)


def _numbered(game: GroundGame, player: str) -> int:
    """Raises DiagnosticError (G807, G713)."""
    names = [p.name for p in game.players]
    if player not in names:
        members = [p.name for p in game.players if p.declaration == player]
        if members:
            hints: tuple[Hint, ...] = (Hint(f"name one of them: `--player '{members[0]}'`"),)
            raise DiagnosticError(
                [
                    Diagnostic(
                        "G807", f"`{player}` are {len(members)} players, and a file holds one problem", hints=hints
                    )
                ]
            )
        hints = did_you_mean(player, names) or (Hint(f"players are {', '.join(names)}"),)
        raise DiagnosticError([Diagnostic("G807", f"there is no player `{player}`", hints=hints)])
    number = names.index(player)
    if any(number in p.leaders for p in game.players):
        raise _refused(
            f"others follow `{player}`, so its own problem has theirs within",
            game.players[number].span,
            "leave out `--player` for one leader's single level, or write a script: `--to pyomo --player`",
        )
    return number


def _accepted(refusal: Refusal | None, game: GroundGame) -> None:
    if refusal is not None and refusal.diagnostics:
        raise DiagnosticError(list(refusal.diagnostics))
    if refusal is not None:
        raise _refused(refusal.reason, game.players[0].span)


def _refused(why: str, span: Span | None, way: str = "") -> DiagnosticError:
    way = way or "`--player NAME` writes one player's own problem, `--to json` the whole game"
    headline = f"a file with one problem cannot hold this game: {why}"
    return DiagnosticError([Diagnostic("G713", headline, span, "not in this file" if span else "", hints=(Hint(way),))])


def _named(game: GroundGame, found: Formed, player: int, told: str) -> SingleProblem:
    """The Program with names, in the sense of `player` (-1: nothing is minimised)."""
    program = found.program
    old_columns, old_rows = program.columns - len(found.columns), program.rows - len(found.rows)
    sense = game.players[player].sense if player >= 0 else 1
    goal = f"{game.players[player].name}.{game.players[player].objective}" if player >= 0 else "nothing"
    labels = [label_of(program.column_parts, game, k) for k in range(old_columns)]
    columns = file_names([*labels, *(name for name, _ in found.columns)])
    objective = file_name(goal)
    labels = [label_of(program.row_parts, game, k) for k in range(old_rows)]
    rows = file_names([*labels, *(name for name, _ in found.rows)], [objective])
    places = [_place(game, program.column_parts, k) for k in range(old_columns)]
    quad = program.cost_quad
    problem = NamedProblem(
        name=file_name(game.name or "game"),
        cost=sense * program.cost,
        constant=sense * program.cost_constant,
        lower=program.lower,
        upper=program.upper,
        integer=program.integer,
        matrix=program.matrix,
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        column_names=columns,
        row_names=rows,
        objective_name=objective,
        maximize=sense < 0,
        cost_quad=Quad(quad.row, quad.i, quad.j, sense * quad.value),
        row_quad=program.row_quad,
        sos1=program.sos1,
        curves=program.curves,
        places=[
            *(_place(game, program.row_parts, k) for k in range(old_rows)),
            *(places[at] if isinstance(at, int) else _at(at, name) for name, at in found.rows),
        ],
        column_places=[*places, *(places[column] for _, column in found.columns)],
    )
    if not program.columns:
        raise _refused("it decides nothing", game.players[max(player, 0)].span)
    curve = next((_span(game, program.column_parts, int(c.result[0])) for c in program.curves), None)
    remarks = [told, *found.remarks]
    remarks.append("over each group of rows stands its line of the model; NAME[t=7] is called NAME_t7")
    if len(program.sos1):
        remarks.append("of each pair of columns at most one is not zero: SOS1 sets, which not every solver takes")
    return SingleProblem(problem, tuple(remarks), curve, found.warnings)


def _span(game: GroundGame, parts: tuple[Part, ...], k: int) -> Span | None:
    return part_of(parts, k).block(game, k).span


def _place(game: GroundGame, parts: tuple[Part, ...], k: int) -> str:
    """`park.game:24: grid.balance (eq. 4)`, "" for what has no place."""
    part = part_of(parts, k)
    block = part.block(game, k)
    if block.span is None:
        return ""
    role = "" if part.role in ("decision", "row") else f"{part.role} of "
    name = f"{block.player}.{block.name}" if block.player else block.name
    said = f"{role}{' '.join(name.split())}"
    # A condition of optimality is another equation than the constraint or the bounds that it comes from.
    said = said if "stationarity" in part.role else block.numbered(said)
    return _at(block.span, said)


def _at(span: Span | None, said: str) -> str:
    return "" if span is None else f"{Path(span.source.path).name}:{span.line}: {said}"
