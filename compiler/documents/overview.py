"""A game -> what is said of it in words: who moves when, and what each needs of the others."""

from __future__ import annotations

from compiler.documents.document import Column, Formula, Inline, Inlines, Table, Text, listed, words
from compiler.documents.equations import Statements
from compiler.documents.formulas import spread
from compiler.documents.naming import player_name
from compiler.documents.structure import messages
from compiler.ir.game import Game, PlayerDef
from compiler.ir.levels import levels


def kind_of_game(game: Game) -> str:
    """The game in one sentence."""
    deciders = [p for p in game.players if not p.market]
    markets = [p for p in game.players if p.market]
    if len(game.players) == 1 and not game.players[0].domain.binders:
        return f"The {player_name(game.players[0])} decides alone: an optimisation problem."
    kinds = "kinds of players" if _indexed(deciders) else "players"
    count = f"The model is a game between {_number(len(deciders))} {kinds}"
    if len(deciders) == 1:
        count = f"The model is a game of the {player_name(deciders[0])}"
        if deciders[0].domain.binders:
            count += ", one for each element of its index"
    if markets:
        count += f" with {_number(len(markets))} market{'s' if len(markets) > 1 else ''} in equilibrium"
    return f"{count}. {_moves(game)}"


def _moves(game: Game) -> str:
    depth = len(levels(game))
    if depth == 1:
        return (
            "All move at the same time, each taking the decisions of the others as given; the answer is a Nash "
            "equilibrium."
        )
    leaders = [p for p in levels(game)[0] if not p.market]
    if depth == 2 and len(leaders) == 1 and not leaders[0].domain.binders:
        return (
            f"The {player_name(leaders[0])} moves first and foresees the best answers of the others: a Stackelberg "
            "game."
        )
    if depth == 2:
        return "The leaders move first, at the same time, and foresee the best answers of those who follow."
    return f"They move on {_number(depth)} levels; who moves earlier foresees the best answers of those who move later."


def order_of_moves(game: Game, player: PlayerDef) -> str:
    """Whom a player follows and who follows it, in sentences."""
    followers = [p for p in game.players if player.name in p.leaders]
    sentences: list[str] = []
    if player.leaders:
        names = _named(game, player.leaders)
        kind = "best" if player.optimistic else "least"
        sentences.append(f"It follows {names}, whose decisions it knows.")
        if not player.market:
            sentences.append(f"Among several best answers it gives the one that its leaders like {kind}.")
    if followers:
        names = _named(game, tuple(p.name for p in followers))
        sentences.append(f"It moves before {names} and foresees the answer.")
    return " ".join(sentences)


def exchange(game: Game, statements: Statements) -> Table | None:
    """What players send each other: decisions and prices, by sender and receiver."""
    rows: list[tuple[Inlines, ...]] = []
    for message in messages(game):
        if not message.what:
            continue
        symbols: list[Inlines] = [(Formula(statements.formulas.symbols.head(d)),) for d in message.what]
        sender, receiver = game.player(message.sender), game.player(message.receiver)
        rows.append((words(player_name(sender)), words(player_name(receiver)), listed(symbols, ", ")))
    if not rows:
        return None
    columns = (Column("From", 0.3), Column("To", 0.3), Column("Decisions and prices", 0.4))
    return Table("What players know of each other", columns, (("", tuple(rows)),))


def introduced(game: Game, player: PlayerDef, statements: Statements) -> Inlines:
    """The first paragraph of a player's section."""
    f = statements.formulas
    found: list[Inline] = []
    if player.domain.binders:
        found += [Text(f"There is one {player_name(player)} for each ")]
        found += [Formula(spread(f.ranges(player.domain))), Text(". ")]
    if player.market:
        found.append(Text("Nobody decides here: the price makes the decisions of the others fit together."))
    else:
        symbols: list[Inlines] = [(Formula(f.symbols.head(v)),) for v in player.variables]
        chosen: Inlines = (Text(" chooses "), *listed(symbols)) if symbols else (Text(" has nothing to choose"),)
        found += [Text("It" if player.domain.binders else f"The {player_name(player)}"), *chosen, Text(".")]
    moves = order_of_moves(game, player)
    if moves:
        found.append(Text(f" {moves}"))
    if not player.market:
        found.append(Text(f" It {'maximises' if player.objective.maximize else 'minimises'}"))
    return tuple(found)


def _named(game: Game, names: tuple[str, ...]) -> str:
    shown = [f"the {player_name(game.player(n))}" for n in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _indexed(players: list[PlayerDef]) -> bool:
    return any(p.domain.binders for p in players)


def _number(count: int) -> str:
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return small[count] if count < len(small) else str(count)
