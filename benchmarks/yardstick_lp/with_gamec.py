"""The yardstick LP through gamec: a folder with `yardstick.game` and its data in, HiGHS with the model in it out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from compiler.ground.data import Data
from compiler.ground.tables import DataFiles
from compiler.pipeline import Compiled, compile_file, disk_reader
from compiler.reformulations.best_response import best_response
from compiler.reformulations.program import Program, Recovery
from grammar.diagnostics import Findings
from runtime.result import Result
from runtime.session import solve as solve_file
from runtime.solvers.highs import HighsModel

MODEL = "yardstick.game"


def compiled(folder: Path) -> Compiled:
    """Text and data to flat arrays."""
    return compile_file(folder / MODEL)


def one_level(model: Compiled) -> tuple[Program, Recovery]:
    """What the method for one player hands to a solver, as `runtime.methods.single_level` does."""
    return best_response(model.ground, 0, np.zeros(model.ground.columns))


def pass_model(program: Program) -> HighsModel:
    """HiGHS with the model in it."""
    return HighsModel(program)


def data_alone(folder: Path, model: Compiled) -> None:
    """The part of grounding that reads files and binds sets and parameters, done once more."""
    findings = Findings()
    data = Data(model.game, DataFiles(disk_reader(folder), findings), findings)
    for definition in model.game.sets:
        data.named(definition)
    for param in model.game.all_params():
        data.param(param)


def session(folder: Path) -> Result:
    """Everything that `gamec solve` does but showing the answer: the certificate too."""
    return solve_file(folder / MODEL)
