"""The random bilevel LPs of `bilevel.py` through PAO as well. In: an interpreter that has PAO; out: a Markdown table.

    python -m venv paovenv
    paovenv/bin/pip install pao pyutilib highspy cbcbox
    python benchmarks/pao_yardstick.py --python paovenv/bin/python --sizes 5/5 10/10 --seeds 3

PAO (Pyomo's bilevel extension) is no dependency of gamec's and stays in an environment of its own: this script runs
itself there for each way and game, and ends it after `--limit` seconds and as many for what is not the solver's. As
installed PAO 1.0.2 does not import: `pyutilib` is not among what it asks for, and `np.NINF` is gone from NumPy 2; both
are mended here, before the import. It is given the LPs only: its FA takes no products of prices and quantities. Its
leader's decision is followed by the follower's own answer, the leader's best one of those as good: `worth` is that, and
wrong if it is not what gamec proves or not what PAO says.
Reference: PAO 1.0.2 (github.com/or-fusion/pao); its FA is Fortuny-Amat and McCarl's big-M with M = 1e5, its PCCG the
projection and column-and-constraint generation of Yue, Gao, Zeng and You, J. Global Optim. 73 (2019) 27.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent

WAYS = {"FA, HiGHS": ("FA", "highs"), "FA, CBC": ("FA", "cbc"), "PCCG, HiGHS": ("PCCG", "highs")}

ROOM = 1e-4
"""Relative difference from which on an answer is wrong; MIPs are solved to 1e-6."""


def solve_by_pao(folder: Path, method: str, solver: str, limit: float) -> None:
    """Inside PAO's environment: the game in `folder` solved, the answer written beside it."""
    import os

    np.NINF, np.PINF = -np.inf, np.inf  # type: ignore[attr-defined]
    import pao
    import pyomo.environ as pe
    from pao.mpr import LinearMultilevelProblem

    data = np.load(folder / "game.npz")
    (m, n) = data["A"].shape
    model = LinearMultilevelProblem()
    upper = model.add_upper(nxR=n)
    lower = upper.add_lower(nxR=m)
    upper.x.lower_bounds, upper.x.upper_bounds = np.zeros(n), np.full(n, 10.0)
    lower.x.lower_bounds = np.zeros(m)
    upper.c[upper], upper.c[lower], lower.c[lower] = data["c"], data["d"], data["f"]
    lower.A[upper], lower.A[lower], lower.b = data["A"].tolist(), data["B"].tolist(), data["limit"]
    if solver == "cbc":
        from cbcbox import cbc_bin_path

        mip = pe.SolverFactory("cbc", executable=cbc_bin_path())
        mip.options.update({"seconds": limit, "ratioGap": 1e-6})
    else:
        mip = pe.SolverFactory("appsi_highs")
        mip.config.time_limit = limit
        mip.config.mip_gap = 1e-6
    before = sum(os.times()[:4])
    pao.Solver(f"pao.mpr.{method}").solve(model, mip_solver=mip)
    # The processor's, those of solvers that are processes of their own included.
    seconds = sum(os.times()[:4]) - before
    x = [float(upper.x.values[k]) for k in range(n)]
    y = [float(lower.x.values[k]) for k in range(m)]
    said = float(data["c"] @ x + data["d"] @ y)
    (folder / "answer.json").write_text(json.dumps({"x": x, "said": said, "seconds": seconds}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="an interpreter with PAO")
    parser.add_argument("--sizes", nargs="*", default=["5/5", "10/10"], metavar="N/M")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each")
    parser.add_argument("--inside", nargs=3, metavar=("FOLDER", "METHOD", "SOLVER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        solve_by_pao(Path(options.inside[0]), *options.inside[1:], options.limit)
        return 0
    if not options.python:
        parser.error("--python is needed: an interpreter that has PAO (see --help)")
    return _compared(options)


def _compared(options: argparse.Namespace) -> int:
    sys.path.insert(0, str(HERE))
    from bilevel import by_gamec, mean, random_lp

    by_gamec(random_lp(3, 20, 0), 10.0)
    print(f"| game | gamec | {' | '.join(WAYS)} |\n|---|{'---|' * (len(WAYS) + 1)}")
    right = True
    for size in options.sizes:
        n, m = (int(part) for part in size.split("/"))
        ours, told = [], {way: ([], []) for way in WAYS}  # type: dict[str, tuple[list[float], list[str]]]
        for seed in range(options.seeds):
            game = random_lp(n, m, seed)
            run = by_gamec(game, options.limit)
            ours.append(run.seconds)
            right &= run.proved
            for way, (method, solver) in WAYS.items():
                seconds, word = _by_pao(game, n, m, options, method, solver, run.value)
                told[way][0].append(seconds)
                told[way][1].append(word)
                print(f"{size} {seed}, {way}: {seconds:.2f} s, {word}", file=sys.stderr, flush=True)
        cells = [
            f"{mean(seconds):.2f} s = {mean(seconds) / mean(ours):.1f} ({_counted(words)})"
            for seconds, words in told.values()
        ]
        print(f"| {size} | {mean(ours):.2f} s ({options.seeds} proved) | {' | '.join(cells)} |", flush=True)
    return 0 if right else 1


def _counted(words: list[str]) -> str:
    kinds = [word.split(":")[0] for word in words]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


def _by_pao(
    game: object, n: int, m: int, options: argparse.Namespace, method: str, solver: str, value: float
) -> tuple[float, str]:
    """Seconds, and what became of it: right, wrong, or no answer."""
    from compiler.ground.ground_game import GroundGame

    assert isinstance(game, GroundGame)
    dense = np.zeros((game.rows, game.columns))
    dense[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    goals = np.zeros((2, n + m))
    goals[game.objective.row_numbers(), game.objective.indices] = game.objective.data
    data = {"A": dense[:, :n], "B": dense[:, n:], "limit": game.row_upper}
    data |= {"c": goals[0, :n], "d": goals[0, n:], "f": goals[1, n:]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "game.npz", **data)
        inside = [options.python, __file__, "--limit", str(options.limit), "--inside", name, method, solver]
        try:
            done = subprocess.run(inside, capture_output=True, text=True, timeout=2 * options.limit, cwd=name)
        except subprocess.TimeoutExpired:
            return options.limit, "none at the limit"
        answer = folder / "answer.json"
        if not answer.exists():
            last = (done.stderr.strip().splitlines() or [""])[-1]
            return options.limit, f"none: {last[:150]}"
        found = json.loads(answer.read_text())
    worth = _worth(data, np.clip(found["x"], 0.0, 10.0))
    room = ROOM * max(1.0, abs(value))
    if abs(worth - value) > room or abs(found["said"] - value) > room:
        return found["seconds"], f"wrong: says {found['said']:.6g}, worth {worth:.6g}, true {value:.6g}"
    return found["seconds"], "right"


def _worth(data: dict[str, np.ndarray], x: np.ndarray) -> float:
    """The leader's value at its decisions x (n,), the follower answering; its best one of those as good."""
    from scipy.optimize import linprog

    b = data["limit"] - data["A"] @ x
    best = linprog(data["f"], data["B"], b)
    rows, limits = np.vstack([data["B"], data["f"]]), np.append(b, best.fun + 1e-8 * max(1.0, abs(best.fun)))
    return float(data["c"] @ x + linprog(data["d"], rows, limits).fun)


if __name__ == "__main__":
    raise SystemExit(main())
