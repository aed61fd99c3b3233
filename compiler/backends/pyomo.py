"""A compiled model of one player -> a Pyomo script that runs by itself: indexed as the file is, each statement under a
comment with its line. The script holds the data of the case; it needs Pyomo and highspy, not gamec."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from compiler.backends.bound_data import BoundData, Emittable
from compiler.backends.data_literals import element
from compiler.backends.pyomo_model import model_of
from compiler.backends.pyomo_statements import PyomoModel
from compiler.backends.statement_text import file_name, one_line
from compiler.ir.game import Game
from grammar.diagnostics import DiagnosticError, Findings

SOLVED_BY_HIGHS = ("LP", "MILP", "QP")
"""Classes of problems for which HiGHS's answer is an optimum; a QP is convex."""


def write(compiled: Emittable, version: str) -> str:
    """The script.

    Raises `DiagnosticError`: G704 for several players, for an indexed player and for problems that HiGHS does not
    solve to a global optimum, G107 for what the script cannot say.
    """
    findings = Findings()
    game, data = compiled.game, compiled.bound_data()
    if len(game.players) == 1 and game.shared:
        # A shared constraint binds the only player as its own ones do.
        alone = replace(game.players[0], constraints=(*game.players[0].constraints, *game.shared))
        game = replace(game, players=(alone,), shared=())
    _check_players(game, findings)
    findings.raise_errors()
    _check_problem(game, data, findings)
    model = model_of(game, data, compiled.source, findings)
    findings.raise_errors()
    if model is None:
        raise DiagnosticError(findings.sorted())
    return _laid_out(model, Header.of(compiled, version))


def _check_players(game: Game, findings: Findings) -> None:
    if len(game.players) > 1:
        names = ", ".join(f"`{p.name}`" for p in game.players)
        findings.add(
            "G704",
            f"a Pyomo script holds one player's problem, this game has {len(game.players)} players: {names}",
            game.players[1].signature.span,
            "a market is a player that sets its price" if game.players[1].market else "another player",
            hints=["`gamec solve` solves the game", "a case that drops the other players can be written"],
        )
    for player in game.players[:1]:
        if player.domain.binders and not findings.errors:
            findings.add(
                "G704",
                f"a Pyomo script holds one player's problem, `{player.name}[{', '.join(player.domain.letters)}]` is "
                "one player for each element",
                player.signature.span,
                "an indexed player",
                hints=["`gamec solve` solves the game"],
            )


def _check_problem(game: Game, data: BoundData, findings: Findings) -> None:
    if data.problem in SOLVED_BY_HIGHS:
        return
    findings.add(
        "G704",
        f"HiGHS, which the Pyomo script calls, does not solve the problem of `{game.players[0].name}`: it is a "
        f"{data.problem}",
        data.reason_span or game.players[0].signature.span,
        data.reason,
        hints=["`gamec solve` takes a solver that does"],
    )


@dataclass(frozen=True)
class Header:
    """What the first lines of the script say."""

    title: str
    doc: str
    case: str
    case_doc: str
    file: str
    version: str

    @staticmethod
    def of(compiled: Emittable, version: str) -> Header:
        game = compiled.game
        case = next((c for c in game.cases if c.name == game.case), None)
        return Header(
            title=game.name or file_name(compiled.source).removesuffix(".game"),
            doc=one_line(game.doc),
            case=game.case,
            case_doc=one_line(case.doc) if case is not None else "",
            file=file_name(compiled.source),
            version=f" {version}" if version else "",
        )


def _laid_out(model: PyomoModel, header: Header) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.globals["quoted"] = element
    return environment.get_template("pyomo.py.j2").render(model=model, header=header)
