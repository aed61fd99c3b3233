"""How long the quick commands take from the shell. In: nothing; out: a table, exit 1 if an aim is missed.

    python benchmarks/startup.py            # add --imports to see which modules cost most

CPU seconds of the whole process, beside wall seconds and multiples of `python -c pass` in the same run. "warm" has
Python's bytecode and the grammar's tables in their caches, as after the first use of an installed gamec. "no tables" is
the first use after an installation, "no bytecode" the first of a source tree. All caches are in a folder of this run.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
SPOT_MARKET = "models/spot_market_vpp/spot_market_vpp.game"
GAMEC = [sys.executable, "-m", "gamec"]
PASS = [sys.executable, "-c", "pass"]


@dataclass(frozen=True)
class Command:
    """A command line, and the seconds that a warm start of it may take; None where there is no aim."""

    name: str
    words: list[str]
    aim: float | None


COMMANDS = (
    Command("python -c pass", PASS, None),
    Command("python -c 'import numpy'", [sys.executable, "-c", "import numpy"], None),
    Command("gamec --help", [*GAMEC, "--help"], 0.2),
    Command("gamec check toy", [*GAMEC, "check", "models/toy/toy.game"], None),
    Command("gamec check spot_market_vpp", [*GAMEC, "check", SPOT_MARKET], 0.5),
    Command("gamec solve toy", [*GAMEC, "solve", "models/toy/toy.game"], None),
)


@dataclass(frozen=True)
class Start:
    cpu: float
    wall: float


def own_caches(caches: Path) -> dict[str, str]:
    """The environment of a process that keeps its caches there."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    return kept | {"XDG_CACHE_HOME": str(caches / "tables"), "PYTHONPYCACHEPREFIX": str(caches / "bytecode")}


def started(words: list[str], caches: Path) -> Start:
    """One process, from its start to its end."""
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, cwd=ROOT, env=own_caches(caches), capture_output=True, text=True)
    wall, after = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr}")
    return Start(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def most_imported(words: list[str], caches: Path, most: int = 25) -> str:
    """The modules whose import takes longest by itself, in microseconds."""
    started(words, caches)
    command = [words[0], "-X", "importtime", *words[1:]]
    done = subprocess.run(command, cwd=ROOT, env=own_caches(caches), capture_output=True, text=True)
    lines = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if line.count("|") == 2]
    rows = sorted(((int(a), c.strip()) for a, _, c in lines[1:]), reverse=True)
    return "\n".join(f"{microseconds:8}  {name}" for microseconds, name in rows[:most])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", default="", metavar="WORD", help="measure the commands that hold this word")
    parser.add_argument("--imports", action="store_true", help="show the slowest imports of `gamec check`")
    options = parser.parse_args()
    commands = [c for c in COMMANDS if c.words == PASS or options.only in c.name]
    missed = []
    with tempfile.TemporaryDirectory() as scratch:
        caches = Path(scratch)
        if options.imports:
            print(most_imported(COMMANDS[-2].words, caches))
            return 0
        coldest, cold = [], []
        for command in commands:
            shutil.rmtree(caches / "bytecode", ignore_errors=True)
            shutil.rmtree(caches / "tables", ignore_errors=True)
            coldest.append(started(command.words, caches))
            shutil.rmtree(caches / "tables", ignore_errors=True)
            cold.append(started(command.words, caches))
        warm: list[list[Start]] = [[] for _ in commands]
        for command in commands:
            started(command.words, caches)
        for _ in range(options.rounds):
            for k, command in enumerate(commands):
                warm[k].append(started(command.words, caches))
    nothing = median(s.cpu for s in warm[0])
    print(f"{'':29}{'warm':>7}{'x pass':>8}{'wall':>8}{'no tables':>11}{'no bytecode':>13}   aim")
    for k, command in enumerate(commands):
        cpu, wall = median(s.cpu for s in warm[k]), median(s.wall for s in warm[k])
        aim = "" if command.aim is None else f"{command.aim:.1f} {'met' if cpu <= command.aim else 'MISSED'}"
        missed += [command.name] if aim.endswith("MISSED") else []
        first = f"{cold[k].cpu:11.3f}{coldest[k].cpu:13.3f}"
        print(f"{command.name:29}{cpu:7.3f}{cpu / nothing:8.1f}{wall:8.3f}{first}   {aim}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
