"""All commands, in the order in which `gamec --help` lists them. A command's `run` returns the exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gamec.commands.check import check
from gamec.commands.compare import compare
from gamec.commands.compile import compile_model
from gamec.commands.doctor import doctor
from gamec.commands.explain import explain
from gamec.commands.new import new
from gamec.commands.solve import solve


@dataclass(frozen=True, slots=True)
class Command:
    """`help` is one line; what `run` takes is declared by its annotated parameters (typer)."""

    name: str
    help: str
    run: Callable[..., int]


COMMANDS: tuple[Command, ...] = (
    Command("new", "Make a folder with a first model that runs at once.", new),
    Command("check", "Find every mistake in a model and its cases, without solving.", check),
    Command("solve", "Solve a model, certify the answer, and show it.", solve),
    Command("compare", "Solve all cases of a model and show them side by side.", compare),
    Command("compile", "Write a model as a program in another language.", compile_model),
    Command("doctor", "Test this installation: does each solver truly solve?", doctor),
    Command("explain", "Say what a diagnostic code means.", explain),
)
