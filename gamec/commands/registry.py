"""All commands, in the order in which `gamec --help` lists them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass

from gamec.commands import check, compare, compile, doctor, explain, lsp, new, solve  # noqa: A004 - called as the command


@dataclass(frozen=True, slots=True)
class Command:
    """`help` is one line; `options` adds to a parser what `run` takes; `run` returns the exit code."""

    name: str
    help: str
    options: Callable[[ArgumentParser], None]
    run: Callable[..., int]


COMMANDS: tuple[Command, ...] = (
    Command("new", "make a folder with a first model that runs at once", new.options, new.run),
    Command("check", "find every mistake in a model and its cases, without solving", check.options, check.run),
    Command("solve", "solve a model, certify the answer, and show it", solve.options, solve.run),
    Command("compare", "solve all cases of a model and show them side by side", compare.options, compare.run),
    Command("compile", "write a model as a program in another language", compile.options, compile.run),
    Command("doctor", "test this installation: does each solver truly solve?", doctor.options, doctor.run),
    Command("lsp", "the language server, which editors start", lsp.options, lsp.run),
    Command("explain", "say what a diagnostic code means", explain.options, explain.run),
)
