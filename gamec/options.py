"""Options that several commands share. In: words of the command line; out: annotated types, their words checked."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import typer

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


class Format(StrEnum):
    """How a command writes: for people, in single lines (editors, grep), or for programs (docs/json.md)."""

    TEXT = "text"
    SHORT = "short"
    JSON = "json"


def _at_least_zero(word: str) -> float:
    value = _finite(word)
    if value < 0:
        raise typer.BadParameter(f"{word} is below 0")
    return value


def _above_zero(word: str) -> float:
    value = _finite(word)
    if value <= 0:
        raise typer.BadParameter(f"{word} is not above 0")
    return value


def _part(word: str) -> float:
    value = _above_zero(word)
    if value > 1:
        raise typer.BadParameter(f"{word} is above 1")
    return value


def _finite(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise typer.BadParameter(f"{word!r} is no finite number")
    return value


def _count(word: str | int) -> int:
    # A default comes as it is. Solvers take seeds of 31 bits.
    text = str(word)
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < 2**31):
        raise typer.BadParameter(f"{text!r} is no whole number from 0 to {2**31 - 1}")
    return int(text)


def at_least_one(word: str | int) -> int:
    count = _count(word)
    if count < 1:
        raise typer.BadParameter(f"{word} is below 1")
    return count


ModelFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A .game file, or - for standard input.", show_default=False)
]
Form = Annotated[
    Format,
    typer.Option("--format", metavar="FORM", help="text for people, short for single lines, json for programs."),
]
Case = Annotated[
    str | None,
    typer.Option("--case", metavar="NAME", help="A case of the model; as it stands if left out.", show_default=False),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Give or override a parameter; may be repeated.",
        show_default=False,
    ),
]
DataFile = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="FILE.json", help='Parameters from a JSON object {"NAME": value, ...}.', show_default=False
    ),
]
# What a method or a solver may be called is for the runtime to say.
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="How to solve; auto chooses and says why.")]
Solver = Annotated[str, typer.Option("--solver", metavar="NAME", help="The solver; auto chooses and says why.")]
Complementarity = Annotated[
    str,
    typer.Option(
        "--complementarity", metavar="NAME", help="How followers' optimality is kept: sos1, big_m, ...; auto chooses."
    ),
]
BigM = Annotated[
    float | None,
    typer.Option(
        "--big-m",
        metavar="VALUE",
        parser=_above_zero,
        help="A bound to assume where big-M needs one and none can be derived.",
        show_default=False,
    ),
]
Crosscheck = Annotated[
    bool, typer.Option("--crosscheck", help="Solve again by another reformulation and solver, and compare.")
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", metavar="SECONDS", parser=_above_zero, help="Stop a solve after this time.", show_default=False
    ),
]
Gap = Annotated[
    float | None,
    typer.Option(
        "--gap",
        metavar="NUMBER",
        parser=_at_least_zero,
        help="Relative gap at which a solver may stop.",
        show_default=False,
    ),
]
Population = Annotated[
    int | None,
    typer.Option(
        "--population",
        metavar="NUMBER",
        parser=at_least_one,
        help="Points in each generation of a search over the leader.",
        show_default=False,
    ),
]
Generations = Annotated[
    int | None,
    typer.Option(
        "--generations",
        metavar="NUMBER",
        parser=at_least_one,
        help="Generations of such a search, at most.",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="NUMBER",
        parser=at_least_one,
        help="Processes that evaluate its points; the answer is the same.",
        show_default=False,
    ),
]
Executor = Annotated[
    str,
    typer.Option(
        "--executor", metavar="NAME", help="Who evaluates them: threads, processes, or dask:ADDRESS of a scheduler."
    ),
]
Starts = Annotated[
    int | None,
    typer.Option(
        "--starts",
        metavar="NUMBER",
        parser=at_least_one,
        help="Points from which iterations over players begin; all equilibria found are told.",
        show_default=False,
    ),
]
Iterations = Annotated[
    int | None,
    typer.Option(
        "--iterations",
        metavar="NUMBER",
        parser=at_least_one,
        help="Iterations from each of them, at most.",
        show_default=False,
    ),
]
Damping = Annotated[
    float | None,
    typer.Option(
        "--damping",
        metavar="PART",
        parser=_part,
        help="The part of the way to its best answer that a player goes, up to 1.",
        show_default=False,
    ),
]
Order = Annotated[
    str, typer.Option("--order", metavar="NAME", help="Who moves when: gauss_seidel in turns, jacobi all at once.")
]
Proximal = Annotated[
    float | None,
    typer.Option(
        "--proximal",
        metavar="WEIGHT",
        parser=_at_least_zero,
        help="Weight of a player's squared distance from its last decision.",
        show_default=False,
    ),
]
Rest = Annotated[
    float | None,
    typer.Option(
        "--rest",
        metavar="NUMBER",
        parser=_above_zero,
        help="Relative distance from best answers at which decisions rest.",
        show_default=False,
    ),
]
Log = Annotated[
    str | None,
    typer.Option(
        "--log", metavar="FILE", help="Write each iteration into a file, one JSON object a line.", show_default=False
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", parser=_count, help="Seed of whatever is random.")]
Everything = Annotated[bool, typer.Option("--all", help="Show every value, however many.")]
Why = Annotated[bool, typer.Option("--why", help="Say of each method that was not taken why not.")]
Plots = Annotated[
    bool | None,
    typer.Option(
        "--plot/--no-plot",
        help="Draw small plots as text: all, or none; left out, a few where a terminal shows them.",
        show_default=False,
    ),
]
RunFolder = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR",
        help="Keep the answer, all it rests on, tables and figures in a folder.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a run that is in the folder already.")]


def unfit(words: str, hint: str) -> DiagnosticError:
    """G807 for options that do not go together, which the command finds out when it runs."""
    return DiagnosticError([Diagnostic("G807", words, hints=(Hint(hint),))])


def _picture_formats(words: str) -> str:
    """What `formats_in` takes."""
    formats_in(words)
    return words


def formats_in(words: str) -> tuple[str, ...]:
    """`png,pdf` -> its formats; `none` is none of them."""
    if words.strip() == "none":
        return ()
    formats = tuple(dict.fromkeys(word.strip().lower() for word in words.split(",")))
    wrong = [f for f in formats if f not in ("png", "svg", "pdf")]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is none of png, svg and pdf (or none)")
    return formats


Figures = Annotated[
    str,
    typer.Option(
        "--figures",
        metavar="FORMATS",
        callback=_picture_formats,
        help="With -o: draw figures as these, of png, svg and pdf; or none.",
    ),
]
Workbook = Annotated[bool, typer.Option("--xlsx", help="Add a workbook with all tables to the folder.")]
