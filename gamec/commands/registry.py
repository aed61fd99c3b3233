"""All commands, in the order in which `gamec --help` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gamec.commands import (
    check,
    compare,
    compile,  # noqa: A004 - called as the command
    doc,
    doctor,
    explain,
    fmt,
    lsp,
    new,
    report,
    show,
    solve,
    sweep,
    verify,
)


@dataclass(frozen=True, slots=True)
class Command:
    """`help` is one line; `run` returns the exit code, and its annotations are the options (`gamec.options`).

    `examples` are command lines that the help of the command ends with.
    """

    name: str
    help: str
    run: Callable[..., int]
    examples: tuple[str, ...]


COMMANDS: tuple[Command, ...] = (
    Command(
        "new",
        "Make a folder with a first model that runs at once.",
        new.run,
        ("gamec new my_game", "gamec new bids --template market"),
    ),
    Command(
        "check",
        "Find every mistake in a model and its cases, without solving.",
        check.run,
        ("gamec check park.game", "gamec check park.game --format short", "cat park.game | gamec check -"),
    ),
    Command(
        "fmt",
        "Put models into canonical form; comments stay.",
        fmt.run,
        ("gamec fmt park.game", "gamec fmt --check park.game devices.game", "gamec fmt --diff park.game"),
    ),
    Command(
        "solve",
        "Solve a model, certify the answer, and show it.",
        solve.run,
        (
            "gamec solve park.game",
            "gamec solve park.game --case winter --set price=0.4 --time-limit 60",
            "gamec solve park.game --case winter -o runs/winter",
            "gamec solve park.game --format json > answer.json",
        ),
    ),
    Command(
        "compare",
        "Solve all cases of a model, or read kept answers, and show them side by side.",
        compare.run,
        (
            "gamec compare park.game",
            "gamec compare park.game --cases winter,summer -o runs/seasons",
            "gamec compare runs/winter runs/summer",
        ),
    ),
    Command(
        "sweep",
        "Solve a model at many values of its parameters, several at once.",
        sweep.run,
        (
            "gamec sweep park.game price=0.2..0.8:13",
            "gamec sweep park.game eta=0.80..0.95:7 case=winter,summer -o runs/eta --workers 4",
        ),
    ),
    Command(
        "compile",
        "Write a model as a program in another language, or as files for solvers and tools.",
        compile.run,
        ("gamec compile park.game --to pyomo -o park.py", "gamec compile park.game --to lp -o park.lp"),
    ),
    Command(
        "doc",
        "Write a model as a document: LaTeX, PDF, HTML, Markdown.",
        doc.run,
        ("gamec doc park.game -o park.tex", "gamec doc park.game -o park.pdf --case winter --derivation"),
    ),
    Command(
        "show",
        "Show a kept answer, or what a stage of the compiler made of a model.",
        show.run,
        ("gamec show runs/winter", "gamec show park.game", "gamec show park.game --stage ground --case winter"),
    ),
    Command(
        "report",
        "Write a kept answer, or a sweep, as one page with charts to look into, which works offline.",
        report.run,
        ("gamec report runs/winter", "gamec report runs/seasons -o seasons.html", "gamec report runs/eta"),
    ),
    Command(
        "verify",
        "Certify a kept answer anew, from the files of its folder alone.",
        verify.run,
        ("gamec verify runs/winter", "gamec verify runs/winter --format json"),
    ),
    Command("doctor", "Test this installation: does each solver truly solve?", doctor.run, ("gamec doctor",)),
    Command("lsp", "The language server, which editors start.", lsp.run, ("gamec lsp",)),
    Command(
        "explain",
        "Say what game a model is and how it would be solved, or what a code means.",
        explain.run,
        ("gamec explain park.game --case winter", "gamec explain G401", "gamec explain unit-mismatch"),
    ),
)
