"""A compiled model -> a Pyomo script that runs by itself: indexed as the file is, each statement under a comment with
its line. The script holds the data of the case; it needs Pyomo and a solver, not gamec."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.backends.bound_data import BoundData, Emittable
from compiler.backends.equation_origins import origins_of
from compiler.backends.joined_game import joined, pair_limits
from compiler.backends.laid_out import laid_out
from compiler.backends.own_problem import OwnProblem, own_problem, with_shared_as_own
from compiler.backends.pyomo_model import model_of
from compiler.backends.pyomo_rules import Derived
from compiler.backends.pyomo_solvers import CONVEX, GLOBAL, HIGHS, PAIRED, SOLVED_BY_HIGHS, Solver
from compiler.backends.script_request import FORMS, ScriptRequest
from compiler.backends.statement_text import file_name, one_line
from compiler.derivation import SingleLevel
from compiler.ir.game import Game
from compiler.ir.words import some
from grammar.diagnostics import DiagnosticError, Findings

NONLINEAR = "NLP"


def write(compiled: Emittable, request: ScriptRequest) -> str:
    """The script: of a one-player game as it is, of a game with leader and followers the single-level problem in the
    form asked for, of one player its own problem.

    Raises `DiagnosticError`: G704 for structures of players without a single level and for problems that no solver of
    Pyomo with a wheel solves to a global optimum, G702 for followers that are not convex, G710 where big-M has no
    bound, G712 for what has no symbolic conditions, G107 for what the script cannot say.
    """
    findings = Findings()
    whole = compiled.game
    own = own_problem(compiled, request) if request.player else OwnProblem(compiled)
    compiled, note, single = own.compiled, own.words, None
    game = compiled.game
    derived = Derived(own.notes, None, bool(request.player))
    curved: tuple[str, ...] = ()
    if len(game.players) == 1 and not game.players[0].domain.binders:
        game = with_shared_as_own(game)
        data = compiled.bound_data()
    else:
        single = joined(compiled, request, settles=True)
        curved = _curved(single, compiled.bound_data()) if single.slips else ()
        compiled = compiled.with_game(single.game)
        game, data = single.game, compiled.bound_data()
        limits = None if request.form != "kkt-big-m" else pair_limits(single, request)
        derived = Derived({**own.notes, **single.notes}, limits, bool(request.player), single.asides, single.slips)
        form = FORMS[request.form] if request.form != "auto" else FORMS["kkt-sos1"]
        note = f"{note}The single-level problem: {form}"
        if single.asides:
            names = some(a.player.name for a in single.asides)
            note += f". Nobody heeds the decisions of {names}, whose own problem is solved last: constraints stand here"
    solvers = _solvers(game, data, derived, findings)
    origins = origins_of(compiled.source, whole, own.again, single)
    model = model_of(game, data, origins, findings, derived)
    findings.raise_errors()
    if model is None:
        raise DiagnosticError(findings.sorted())
    paired = bool(model.pairs) and data.problem.removesuffix(PAIRED) in SOLVED_BY_HIGHS
    header = Header.of(compiled, request.version, note, single is not None and single.original is whole)
    return laid_out("pyomo.py.j2", model=model, header=header, solvers=solvers, sharpened=paired, curved=curved)


def _curved(single: SingleLevel, data: BoundData) -> tuple[str, ...]:
    """Followers whose objective is not linear: strong duality, one row that a solver keeps to its tolerance, lets their
    decisions be off by the square root of it."""
    names = [slip.player for slip in single.slips]
    problems = [data.problems.get(name) for name in names]
    return tuple(n for n, p in zip(names, problems, strict=True) if p is None or p.name not in ("LP", "MILP"))


def _solvers(game: Game, data: BoundData, derived: Derived, findings: Findings) -> tuple[Solver, ...]:
    """The solvers that the script may call, the first that is installed."""
    player = game.players[0]
    pairs = [c for c in player.constraints if c.perp is not None]
    # A pair of the leader's own has no limits, and so an SOS1 set.
    sets = any(derived.limits is None or id(c) not in derived.limits for c in pairs)
    plain = data.problem.removesuffix(PAIRED)
    if plain in SOLVED_BY_HIGHS and not sets and not (pairs and plain == "QP"):
        return (HIGHS,)
    if NONLINEAR in plain:
        findings.add(
            "G704",
            f"the Pyomo script calls solvers that prove what they find; the problem of `{player.name}` is a {plain}",
            data.reason_span or player.signature.span,
            data.reason,
            hints=["`gamec compile --to casadi` writes it for IPOPT", "`gamec solve` takes a solver that solves it"],
        )
    priced = [c for c in player.constraints if c.price is not None]
    for c in priced[:1]:
        assert c.price is not None
        findings.add(
            "G704",
            f"the shadow price `{c.price.name}` needs a linear or convex quadratic problem, this is a {data.problem}",
            c.price.span,
            "no shadow prices",
            hints=["leave the price out, or `gamec solve` the model"],
        )
    return GLOBAL if "nonconvex" in plain else (*GLOBAL, *CONVEX)


@dataclass(frozen=True)
class Header:
    """What the first lines of the script say."""

    title: str
    doc: str
    case: str
    case_doc: str
    file: str
    version: str
    note: str = ""
    """What the script is, where it is not the model as written."""
    document: str = ""
    """How the document is asked for whose equations have these numbers."""

    @staticmethod
    def of(compiled: Emittable, version: str, note: str = "", derives: bool = False) -> Header:
        game = compiled.game
        case = next((c for c in game.cases if c.name == game.case), None)
        case_option = f" --case {game.case}" if game.case else ""
        return Header(
            title=game.name or file_name(compiled.source).removesuffix(".game"),
            doc=one_line(game.doc),
            case=game.case,
            case_doc=one_line(case.doc) if case is not None else "",
            file=file_name(compiled.source),
            version=f" {version}" if version else "",
            note=note,
            document=f"gamec doc {file_name(compiled.source)}{case_option}{' --derivation' if derives else ''}",
        )
