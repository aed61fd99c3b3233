"""The formats that one optimisation problem can be written in, one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from compiler.flat_exports.lp_text import lp_text
from compiler.flat_exports.mps_text import mps_text
from compiler.ground.sparse import Floats
from compiler.pipeline import Compiled
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from runtime.decisions import answered
from runtime.methods.method import Request
from runtime.problem_files.nl_files import nl_files
from runtime.problem_files.pair_forms import FORMS
from runtime.problem_files.single_problem import SingleProblem, single_problem
from runtime.version import version


@dataclass(frozen=True)
class ProblemFormat:
    """`write` gives a text for each of the `endings`; `curves` says whether smooth functions have a place in it."""

    name: str
    endings: tuple[str, ...]
    what: str
    curves: bool
    write: Callable[[SingleProblem], Mapping[str, str]]


PROBLEM_FORMATS: dict[str, ProblemFormat] = {
    row.name: row
    for row in (
        ProblemFormat("lp", (".lp",), "one problem as people read it", False, lambda s: {".lp": _lp(s)}),
        ProblemFormat("mps", (".mps",), "one problem as every solver reads it", False, lambda s: {".mps": _mps(s)}),
        ProblemFormat(
            *("nl", (".nl", ".row", ".col"), "one problem, nonlinear ones too, with its names", True),
            lambda s: nl_files(s.problem),
        ),
    )
}


def problem_files(
    compiled: Compiled, wanted: ProblemFormat, player: str = "", form: str = "kkt-sos1"
) -> Mapping[str, str]:
    """Texts by the endings of their files. Raises DiagnosticError as `problem_of` and `problem_texts`."""
    return problem_texts(wanted, problem_of(compiled, player, form))


def problem_of(compiled: Compiled, player: str = "", form: str = "kkt-sos1") -> SingleProblem:
    """The problem that stands for the game, or `player`'s own, with what to know of it.

    Raises DiagnosticError: G807 for a form that does not exist, and as `single_problem` and `answered`.
    """
    if form not in FORMS:
        hints = did_you_mean(form, FORMS) or (Hint(f"choose one of {', '.join(FORMS)}"),)
        raise DiagnosticError([Diagnostic("G807", f"there is no form `{form}`", hints=hints)])

    def point() -> Floats:
        found = answered(compiled, Request()).x
        assert found is not None
        return found

    single = single_problem(compiled.ground, player, point, form)
    case = f", case {compiled.case}" if compiled.case else ""
    first = f"{Path(compiled.source.path).name}{case}, written by gamec {version()}"
    return replace(single, remarks=(first, *single.remarks))


def problem_texts(wanted: ProblemFormat, single: SingleProblem) -> Mapping[str, str]:
    """Texts by the endings of their files. Raises DiagnosticError (G713) for a smooth function where the format has no
    place for it."""
    if single.problem.curves and not wanted.curves:
        function = single.problem.curves[0].function
        raise DiagnosticError(
            [
                Diagnostic(
                    "G713",
                    f"{wanted.name.upper()} files hold linear and quadratic problems: this one has the function"
                    f" `{function}`",
                    single.curve,
                    "not in this file",
                    hints=(Hint("`--to nl` can say it"),),
                )
            ]
        )
    return wanted.write(single)


def _lp(single: SingleProblem) -> str:
    return lp_text(single.problem, single.remarks)


def _mps(single: SingleProblem) -> str:
    return mps_text(single.problem, single.remarks)
