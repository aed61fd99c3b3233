"""What a method takes and gives: `Request`, `Refusal`, `Found`, and the `Method` protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from compiler.ground.sparse import Floats
from compiler.reformulations.program import Program
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from runtime.history import Step, Watch
from runtime.journal import Journal
from runtime.methods.setting import Setting
from runtime.result import Bound, Status
from runtime.solvers.registry import SOLVERS
from runtime.solvers.solver import PROOF_GAP, Ending, Options, Outcome, Solver


@dataclass(frozen=True)
class Iteration:
    """How methods that iterate go about it; None and `auto` leave it to the method.

    `starts`: from how many points, all of them tried; `iterations`: at most so many from each. `damping` in (0, 1]:
    what part of the way to its best answer a player goes. `order`: `gauss_seidel` (in turns) or `jacobi` (all at once).
    `proximal` >= 0: the weight of half the squared distance from a player's last decision, which it is made to bear.
    `rest`: the relative distance of decisions from best answers below which they count as resting.
    """

    starts: int | None = None
    iterations: int | None = None
    damping: float | None = None
    order: str = "auto"
    proximal: float | None = None
    rest: float | None = None


@dataclass(frozen=True)
class Search:
    """How searches over a leader's decisions go about it; None leaves it to the method, one worker alone.

    `population`: points in a generation; `generations`: how many at most. `workers` evaluate points at the same time,
    by an `executor`: `auto`, `threads`, `processes`, or `dask:ADDRESS` of a scheduler, whose workers are used then. The
    answer does not depend on them.
    """

    population: int | None = None
    generations: int | None = None
    workers: int | None = None
    executor: str = "auto"


@dataclass(frozen=True)
class Request:
    """How to solve: names or `auto`; seconds for all of the work (certifying has what is left, but 10 at least);
    relative gap (None: `PROOF_GAP`); seed.

    `big_m` is assumed for multipliers and slacks of which no bound can be derived, in the file's units, where a
    reformulation needs one. `crosscheck`: solve a second time by other means and compare.
    """

    method: str = "auto"
    solver: str = "auto"
    time_limit: float | None = None
    gap: float | None = None
    seed: int = 0
    complementarity: str = "auto"
    big_m: float | None = None
    crosscheck: bool = False
    tolerance: float | None = None
    """For constraints; None leaves the solver its own."""
    iteration: Iteration = Iteration()
    search: Search = Search()
    watch: Watch = field(default=Watch(), compare=False)
    journal: Journal = field(default=Journal(), compare=False)

    @property
    def options(self) -> Options:
        gap = PROOF_GAP if self.gap is None else self.gap
        return Options(self.time_limit, gap, self.seed, tolerance=self.tolerance)


@dataclass(frozen=True)
class Refusal:
    """Why a method cannot take a game. `fits`: the structure of players would be right, so these diagnostics are the
    ones to show."""

    reason: str
    fits: bool
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """A method's claim, for n columns and m rows of the game; the certificate tests it.

    `status` OPTIMAL, EQUILIBRIUM, LIMIT, INFEASIBLE or UNBOUNDED, or NOT_VERIFIED for a point that the method itself
    knows to be no answer. `x` (n,) or None; `prices` (m,) in each owner's own
    sense, NaN where there is none. `claimed` and `bound` are objectives and proven bounds of them by player number,
    in the player's own sense.
    `solver` made it, `seconds` it took inside solvers, `notes` are for people.
    """

    status: Status
    solver: str
    x: Floats | None = None
    prices: Floats | None = None
    claimed: Mapping[int, float] = field(default_factory=dict)
    bound: Mapping[int, float] = field(default_factory=dict)
    ledger: tuple[Bound, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    complementarity: str = ""
    """The name of the reformulation of complementary pairs that was used, if any."""
    history: tuple[Step, ...] = ()
    """The iterations of a method that has them, objectives in the units of the file."""
    evidence: tuple[Diagnostic, ...] = ()
    """What stands in the way of an answer, where the method can say it better than `the time limit came first`."""


class Method(Protocol):
    """One way to solve a game; see each method's module for what it proves."""

    name: str

    def refuses(self, setting: Setting) -> Refusal | None:
        """None when the method is right for this game."""
        ...

    def run(self, setting: Setting, request: Request) -> Found:
        """Solve. Raises DiagnosticError (G803, G804, G807)."""
        ...


@dataclass(frozen=True)
class Choice:
    """`why` in a sentence; `others` says by name why each of the other methods was not taken, empty where one was asked
    for."""

    method: Method
    why: str
    others: Mapping[str, str] = field(default_factory=dict)


def pick_solver(program: Program, request: Request) -> Solver:
    """The solver asked for, or the first that takes the Program. Raises DiagnosticError: G807 unknown or unfit, G803
    missing."""
    if request.solver != "auto":
        if request.solver not in SOLVERS:
            hints = did_you_mean(request.solver, SOLVERS) or (Hint(f"solvers are {', '.join(SOLVERS)}"),)
            raise DiagnosticError([Diagnostic("G807", f"there is no solver `{request.solver}`", hints=hints)])
        solver = SOLVERS[request.solver]
        refusal = solver.refuses(program)
        if refusal:
            fit = [s.name for s in SOLVERS.values() if not s.refuses(program)]
            hints = (Hint(f"use `--solver {fit[0]}` or leave it to `auto`"),) if fit else ()
            raise DiagnosticError([Diagnostic("G807", f"solver `{solver.name}` does not fit: {refusal}", hints=hints)])
        return present(solver)
    for solver in SOLVERS.values():
        if not solver.refuses(program):
            return present(solver)
    raise AssertionError("every Program without complementary pairs has a solver")


def solved(program: Program, request: Request, start: Floats | None = None) -> tuple[Solver, Outcome]:
    """The Program solved by the solver asked for, or by the first that takes it and does not fail; one that proves
    nothing is no stand-in. `start` (k,) is a point to begin from. Raises as `pick_solver`, and G804."""
    solver = pick_solver(program, request)
    outcome = solver.solve(program, request.options, start)
    if outcome.ending is Ending.FAILED and request.solver == "auto":
        for other in SOLVERS.values():
            if other is not solver and other.proves and not other.refuses(program) and not other.missing():
                second = other.solve(program, request.options)
                if second.ending is not Ending.FAILED:
                    return other, second
    if outcome.ending is Ending.FAILED:
        raise _failed(solver.name, outcome)
    return solver, outcome


def present(solver: Solver) -> Solver:
    """The solver. Raises DiagnosticError (G803) where it cannot be loaded."""
    missing = solver.missing()
    if missing:
        raise DiagnosticError(
            [
                Diagnostic(
                    "G803",
                    f"solver `{solver.name}` is missing: {missing}",
                    hints=(Hint("`pip install gamec` brings it"),),
                )
            ]
        )
    return solver


def _failed(solver: str, outcome: Outcome) -> DiagnosticError:
    """For an Outcome that FAILED."""
    assert outcome.ending is Ending.FAILED
    other = next((s for s in SOLVERS if s != solver), "")
    hints = [Hint("look at the scale of the data: coefficients should lie between 1e-4 and 1e5")]
    if other:
        hints.append(Hint(f"try `--solver {other}`"))
    return DiagnosticError(
        [Diagnostic("G804", f"{solver} stopped without an answer ({outcome.message})", hints=tuple(hints))]
    )
