"""A leader and followers with linear problems in, an MPS file and the AUX file that says what the lower level is out,
as the test sets of mixed-integer bilevel programming have them.

From: GroundGame: one player on top, followers that follow it directly and see nobody else.
To: the rows and columns of all players with the leader's objective, minimised; the followers' columns, rows and
    objective, minimised, as one lower level. Followers that do not see each other are at their best together just when
    the sum of their objectives is least.
Requires: linear rows and objectives, as minimised or maximised; whole numbers allowed; no shadow prices.
Exact: yes. A constant of a follower's objective, and terms in the leader's columns alone, move no answer and are left
    out; a maximised objective is negated.
Reference: https://coin-or.github.io/MibS/input.html.
"""

from __future__ import annotations

import numpy as np

from compiler.flat_exports.mps_text import OBJECTIVE, mps_text, plain_names
from compiler.flat_exports.named_problem import NamedProblem
from compiler.ground.fixed_columns import fold_fixed_columns
from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame, block_of
from compiler.ground.sparse import Ints
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from grammar.source import Span


def mps_aux(game: GroundGame) -> dict[str, str]:
    """Texts by the endings of their files. Raises DiagnosticError (G713)."""
    game = fold_fixed_columns(game)
    leader = _checked(game)
    below = np.flatnonzero(game.owner != leader)
    # Readers leave out rows without limits, and the AUX file counts rows.
    kept = np.flatnonzero(np.isfinite(game.row_lower) | np.isfinite(game.row_upper))
    rows = np.flatnonzero(game.row_owner[kept] != leader)
    sense = np.array([float(p.sense) for p in game.players])
    cost, goal = np.zeros(game.columns), np.zeros(game.columns)
    player, column = game.objective.row_numbers(), game.objective.indices
    value = sense[player] * game.objective.data
    top, own = player == leader, player == game.owner[column]
    np.add.at(cost, column[top], value[top])
    np.add.at(goal, column[own & ~top], value[own & ~top])
    names = plain_names([game.column_label(k) for k in range(game.columns)])
    model = NamedProblem(
        name=plain_names([game.name])[0],
        cost=cost,
        constant=float(sense[leader] * game.objective_constant[leader]),
        lower=game.lower,
        upper=game.upper,
        integer=game.kind == INTEGER,
        matrix=game.matrix.take_rows(kept),
        row_lower=game.row_lower[kept],
        row_upper=game.row_upper[kept],
        column_names=names,
        row_names=plain_names([game.row_label(k) for k in kept.tolist()], OBJECTIVE),
    )
    chief = game.players[leader]
    remarks = [f"the lower level is in the AUX file beside this one; {chief.name}.{chief.objective} stands here"]
    if chief.sense < 0:
        remarks.append("it is maximised: the objective here is its negative")
    return {".mps": mps_text(model, remarks), ".aux": _aux(below, rows, goal[below].tolist())}


def _aux(columns: Ints, rows: Ints, goal: list[float]) -> str:
    lines = [f"N {len(columns)}", f"M {len(rows)}"]
    lines += [f"LC {k}" for k in columns.tolist()] + [f"LR {k}" for k in rows.tolist()]
    lines += [f"LO {v!r}" for v in goal]
    return "\n".join([*lines, "OS 1", ""])


def _checked(game: GroundGame) -> int:
    """The leader's number. Raises DiagnosticError (G713) for what these files cannot say."""
    tops = [p for p, player in enumerate(game.players) if not player.leaders]
    leader = tops[0] if tops else -1
    if len(tops) != 1 or len(game.players) == 1 or any(p.leaders != (leader,) for p in game.players if p.leaders):
        raise _refused("they have one upper level and one lower level, this game has not", game.players[0].span)
    gloomy = next((p for p in game.players if p.leaders and not p.optimistic), None)
    if gloomy is not None:
        raise _refused(f"`{gloomy.name}` is pessimistic, and they do not say how ties fall", gloomy.span)
    if np.any(game.row_owner < 0):
        row = int(np.flatnonzero(game.row_owner < 0)[0])
        raise _refused(f"`{game.row_label(row)}` belongs to no player", block_of(game.row_blocks, row).span)
    if np.any(game.price_row >= 0):
        column = int(np.flatnonzero(game.price_row >= 0)[0])
        raise _refused(f"the shadow price `{game.column_label(column)}` is used", _place(game, column))
    for mask, words in ((game.kind == SEMICONTINUOUS, "is semicontinuous"), (game.owner < 0, "belongs to no player")):
        if mask.any():
            column = int(np.flatnonzero(mask)[0])
            raise _refused(f"`{game.column_label(column)}` {words}", _place(game, column))
    for quad, words in ((game.row_quad, "a constraint"), (game.objective_quad, "an objective")):
        if quad.entries:
            one, two = game.column_label(int(quad.i[0])), game.column_label(int(quad.j[0]))
            raise _refused(f"{words} multiplies `{one}` by `{two}`", _place(game, int(quad.i[0])))
    if game.curves or len(game.complementary):
        raise _refused("it has nonlinear functions or complementarities", game.players[leader].span)
    user, owner = game.row_owner[game.matrix.row_numbers()], game.owner[game.matrix.indices]
    crossed = np.flatnonzero((user != leader) & (owner != user) & (owner != leader))
    if len(crossed):
        row = int(game.matrix.row_numbers()[crossed[0]])
        seen = game.column_label(int(game.matrix.indices[crossed[0]]))
        place = block_of(game.row_blocks, row).span
        raise _refused(f"`{game.row_label(row)}` holds `{seen}` of another follower", place)
    return leader


def _place(game: GroundGame, column: int) -> Span | None:
    return block_of(game.column_blocks, column).span


def _refused(why: str, span: Span | None) -> DiagnosticError:
    return DiagnosticError(
        [
            Diagnostic(
                "G713",
                f"MPS and AUX files cannot hold this game: {why}",
                span,
                "not in these files" if span else "",
                hints=(Hint("they hold one leader over linear followers, with or without whole numbers"),),
            )
        ]
    )
