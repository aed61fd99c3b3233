"""A GroundGame in, what methods need to know about it out: who leads whom, and each player's class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.fixed_columns import fold_fixed_columns
from compiler.ground.ground_game import GroundGame, block_of
from compiler.ground.player_classes import PlayerClass, player_classes
from compiler.ground.sparse import Bools
from grammar.diagnostics import Diagnostic, Hint, Label


@dataclass(frozen=True, eq=False)
class Setting:
    """`game` has no products of fixed columns. `tops` are the players that follow nobody; `leader` is the only one of
    them if all others follow it directly, else -1; `followers` (p,) marks the rest.
    """

    game: GroundGame
    classes: tuple[PlayerClass, ...]
    tops: tuple[int, ...]
    leader: int
    followers: Bools

    @staticmethod
    def of(game: GroundGame) -> Setting:
        game = fold_fixed_columns(game)
        tops = tuple(p for p, player in enumerate(game.players) if not player.leaders)
        followers = np.array([bool(player.leaders) for player in game.players], np.bool_)
        one = len(tops) == 1 and all(player.leaders == tops for player in game.players if player.leaders)
        return Setting(game, player_classes(game), tops, tops[0] if one and followers.any() else -1, followers)

    @property
    def equals(self) -> bool:
        """Several players, nobody follows anybody."""
        return len(self.tops) == len(self.game.players) > 1

    @property
    def alone(self) -> bool:
        return len(self.game.players) == 1

    def described(self) -> str:
        """The structure in words, e.g. `one leader and 3 followers (LP)`."""
        kinds = [c.name for c in self.classes]
        if self.alone:
            return f"one player ({kinds[0]})"
        if self.equals:
            return f"{len(kinds)} players that move at the same time ({_listed(kinds)})"
        if self.leader >= 0:
            below = [kinds[p] for p in np.flatnonzero(self.followers).tolist()]
            word = "follower" if len(below) == 1 else "followers"
            return f"one leader ({kinds[self.leader]}) and {len(below)} {word} ({_listed(below)})"
        count, tops = int(self.followers.sum()), len(self.tops)
        return (
            f"{tops} {'player' if tops == 1 else 'players'} on top and {count} "
            f"{'follower' if count == 1 else 'followers'}, in chains or with several leaders"
        )

    def gloomy(self) -> Bools:
        """The mask (p,) of followers whose ties fall against their leaders (`pessimistic`)."""
        return np.array([bool(p.leaders) and not p.optimistic for p in self.game.players], np.bool_)

    def meet(self) -> bool:
        """Whether the answer of some follower depends on that of another one: then they are at a Nash equilibrium
        below.

        A linear term of another's column in an objective moves no answer; a product with an own column does.
        """
        game, below = self.game, self.followers
        maker = np.where(game.price_row >= 0, game.row_owner[game.price_row], game.owner) if game.rows else game.owner
        row = game.row_owner[game.matrix.row_numbers()]
        other = maker[game.matrix.indices]
        seen = np.any((row >= 0) & (other >= 0) & (row != other) & below[row] & below[other])
        products = ((game.row_quad, game.row_owner[game.row_quad.row]), (game.objective_quad, game.objective_quad.row))
        for quad, user in products:
            for one, two in ((quad.i, quad.j), (quad.j, quad.i)):
                other = maker[two]
                mine = (user >= 0) & below[user] & (game.owner[one] == user)
                seen |= np.any(mine & (other >= 0) & (other != user) & below[other])
        return bool(seen)


def _listed(kinds: list[str]) -> str:
    return ", ".join(f"{kinds.count(k)} {k}" if len(kinds) > 1 else k for k in dict.fromkeys(kinds))


def nobodys_rows(setting: Setting) -> tuple[Diagnostic, ...]:
    """Constraints without an owner (`shared`, `clear`): no method of this version solves them."""
    game = setting.game
    return tuple(
        Diagnostic(
            "G704",
            f"`{block.name}` belongs to no player; no method of this version solves such constraints",
            block.span,
            hints=(Hint("give it to the player who has to keep it"),),
        )
        for block in game.row_blocks
        if block.size and np.any(game.row_owner[block.start : block.stop] < 0)
    )


def price_findings(setting: Setting, givers: Bools) -> tuple[Diagnostic, ...]:
    """Shadow prices that cannot be had: of a row of a player that is not among `givers` (p,), or used by the row's
    own owner."""
    game = setting.game
    columns = np.flatnonzero(game.price_row >= 0)
    if not len(columns):
        return ()
    owner = game.row_owner[game.price_row[columns]]
    found: dict[str, Diagnostic] = {}
    for column, p in zip(columns.tolist(), owner.tolist(), strict=True):
        if p >= 0 and givers[p]:
            continue
        block = block_of(game.column_blocks, column)
        row = block_of(game.row_blocks, int(game.price_row[column]))
        whose = f"`{game.players[p].name}`" if p >= 0 else "nobody"
        found[block.name] = Diagnostic(
            "G706",
            f"the price `{block.name}` is used, but {whose} is no convex follower whose clearing could set it",
            block.span or row.span,
            others=(Label(row.span, "the constraint it belongs to"),) if row.span else (),
            hints=(Hint("prices serve players above their owner or beside it; the owner must be an LP or convex QP"),),
        )
    price_owner = np.full(game.columns, -1, np.int64)
    price_owner[columns] = owner
    users = [
        (game.row_owner[game.matrix.row_numbers()], game.matrix.indices),
        (game.row_owner[game.row_quad.row], game.row_quad.i),
        (game.row_owner[game.row_quad.row], game.row_quad.j),
        (game.objective.row_numbers(), game.objective.indices),
        (game.objective_quad.row, game.objective_quad.i),
        (game.objective_quad.row, game.objective_quad.j),
    ]
    for user, used in users:
        own = np.flatnonzero((price_owner[used] >= 0) & (price_owner[used] == user))
        for k in own[:1].tolist():
            block = block_of(game.column_blocks, int(used[k]))
            found.setdefault(
                block.name,
                Diagnostic(
                    "G706",
                    f"`{game.players[int(user[k])].name}` uses `{block.name}`, the shadow price of its own constraint",
                    block.span,
                    hints=(Hint("a player takes prices from others; leave this one to reports or to players above"),),
                ),
            )
    return tuple(found.values())
