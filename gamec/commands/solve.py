"""`gamec solve FILE`: the answer with its certificate."""

from __future__ import annotations

from gamec.options import (
    BigM,
    Case,
    Complementarity,
    Crosscheck,
    DataFile,
    Everything,
    Executor,
    Figures,
    Force,
    Form,
    Format,
    Gap,
    Generations,
    Method,
    ModelFile,
    Population,
    RunFolder,
    Seed,
    Sets,
    Solver,
    TimeLimit,
    Workbook,
    Workers,
)
from gamec.watched import watched


def run(
    *,
    file: ModelFile,
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
    method: Method = "auto",
    solver: Solver = "auto",
    time_limit: TimeLimit = None,
    gap: Gap = None,
    seed: Seed = 0,
    complementarity: Complementarity = "auto",
    big_m: BigM = None,
    crosscheck: Crosscheck = False,
    population: Population = None,
    generations: Generations = None,
    workers: Workers = None,
    executor: Executor = "auto",
    everything: Everything = False,
    output: RunFolder = None,
    force: Force = False,
    xlsx: Workbook = False,
    figures: Figures = "png,pdf",
    form: Form = Format.TEXT,
) -> int:
    from gamec.overrides import overrides
    from gamec.run_folders import destination, told_and_kept
    from gamec.shown import show_result
    from gamec.text_files import model_file
    from runtime import session
    from runtime.result import Result

    keep = destination(output, force, xlsx, figures)
    values = overrides(sets, data)

    def work() -> Result:
        return session.solve(
            model_file(file),
            case=case,
            method=method,
            solver=solver,
            data=values,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            complementarity=complementarity,
            big_m=big_m,
            crosscheck=crosscheck,
            population=population,
            generations=generations,
            workers=workers,
            executor=executor,
        )

    result = watched(f"solving {file}", work)
    return told_and_kept(lambda: show_result(result, form, everything), keep, result, form)
