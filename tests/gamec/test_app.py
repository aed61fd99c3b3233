"""The command line as a whole: quick help, exit codes, streams, faults."""

from __future__ import annotations

import json
import os
import pty
import random
import re
import resource
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command

from gamec.app import EXAMPLES, app
from gamec.commands.registry import COMMANDS, Command
from gamec.guard import our_fault
from tests.gamec.conftest import ROOT, Ran, environment

Gamec = Callable[..., Ran]

HEAVY = (
    "numpy pydantic scipy lark jinja2 pyomo casadi highspy pyscipopt rich pandas xarray h5py matplotlib "
    "compiler.pipeline runtime.session"
)


def test_help_names_every_command(gamec: Gamec) -> None:
    ran = gamec("--help")
    assert ran.code == 0
    assert ran.err == ""
    listed = re.findall(r"^  (\w+)  ", ran.out.partition("Commands:\n")[2], re.MULTILINE)
    assert listed == [command.name for command in COMMANDS]


@pytest.mark.parametrize("command", [c.name for c in COMMANDS])
def test_every_command_has_a_file_and_help(gamec: Gamec, command: str) -> None:
    assert (ROOT / "gamec" / "commands" / f"{command}.py").is_file()
    ran = gamec(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: gamec {command} ")


@pytest.mark.parametrize("line", [*EXAMPLES, *(line for c in COMMANDS for line in c.examples)])
def test_examples_of_the_help_are_command_lines(line: str) -> None:
    """Each is read as the command line reads it, but nothing is run."""
    program, name, *words = shlex.split(line.rpartition("|")[2].partition(">")[0])
    assert program == "gamec"
    command = get_command(app())
    with command.make_context("gamec", [name, *words]) as context:
        _, one, rest = command.resolve_command(context, [name, *words])  # type: ignore[attr-defined]
        assert one is not None
        if rest != ["--help"]:
            assert one.make_context(name, rest, parent=context).params


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_the_help_of_a_command_shows_its_examples(gamec: Gamec, command: Command) -> None:
    shown = [line.strip() for line in gamec(command.name, "-h").out.splitlines()]
    assert shown[-len(command.examples) :] == list(command.examples)
    assert all(line.split("gamec ")[1].split()[0] == command.name for line in command.examples)


def test_every_command_file_is_registered() -> None:
    files = {path.stem for path in (ROOT / "gamec" / "commands").glob("*.py")} - {"__init__", "registry"}
    assert files == {command.name for command in COMMANDS}


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom gamec.app import main\ncode = main(['--help'])\n"
        f"print([m for m in {HEAVY.split()!r} if m in sys.modules], file=sys.stderr)\nsys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), cwd=ROOT, check=False
    )
    assert (ran.returncode, ran.stderr.strip()) == (0, "[]")


def test_checking_loads_neither_pydantic_nor_rich() -> None:
    program = (
        "import sys\nfrom gamec.app import main\ncode = main(['check', 'models/toy/toy.game'])\n"
        "print([m for m in ('pydantic', 'rich', 'pyomo', 'casadi') if m in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), cwd=ROOT, check=False
    )
    assert (ran.returncode, ran.stderr.strip()) == (0, "[]")


def test_solving_loads_nothing_for_results_that_nobody_asked_for() -> None:
    program = (
        "import sys\nfrom gamec.app import main\ncode = main(['solve', 'models/toy/toy.game', '--format', 'short'])\n"
        "print([m for m in ('pandas', 'xarray', 'h5py', 'matplotlib') if m in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), cwd=ROOT, check=False
    )
    assert (ran.returncode, ran.stderr.strip()) == (0, "[]")


def test_import_gamec_loads_nothing_heavy() -> None:
    program = f"import gamec, sys; print([m for m in {HEAVY.split()!r} if m in sys.modules]); print(dir(gamec))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), cwd=ROOT, check=True
    )
    first, second = ran.stdout.splitlines()
    assert first == "[]"
    assert "'solve'" in second


def _processor_seconds(*arguments: str) -> float:
    """Of the quickest of five runs of Python: what else the machine does must not count."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], capture_output=True, cwd=ROOT, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_help_takes_a_fifth_of_a_second_at_most() -> None:
    assert _processor_seconds("-m", "gamec", "--help") < 0.2


def test_version_is_that_of_the_project(gamec: Gamec) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [version] = re.findall(r'^version = "(.*)"$', text, re.MULTILINE)
    assert gamec("--version") == Ran(0, f"gamec {version}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("solv",),
        ("solve",),
        ("solve", "a.game", "--no-such-option"),
        ("solve", "a.game", "--time", "5"),
        ("solve", "a.game", "--format", "yaml"),
        ("solve", "a.game", "--time-limit", "soon"),
        ("solve", "a.game", "--time-limit", "0"),
        ("solve", "a.game", "--time-limit", "nan"),
        ("solve", "a.game", "--gap", "inf"),
        ("solve", "a.game", "--seed", "-1"),
        ("new", "game", "--template", "poker"),
        ("compile", "a.game"),
    ],
)
def test_usage_errors_exit_with_2(gamec: Gamec, arguments: tuple[str, ...]) -> None:
    ran = gamec(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage: gamec" in ran.err


@pytest.mark.parametrize(
    ("words", "near"),
    [(["slove"], "solve"), (["solve", "a.game", "--fromat", "json"], "--format"), (["new", "--tmplate"], "--template")],
)
def test_near_names_are_offered(gamec: Gamec, words: list[str], near: str) -> None:
    ran = gamec(*words)
    assert ran.code == 2
    assert near in ran.err.splitlines()[1]


def test_wrong_words_cannot_paint_the_terminal(gamec: Gamec) -> None:
    for words in (["\x1b[31mred"], ["solve", "--\x1b[31mred"], ["solve", "a.game", "--gap", "\x1b[31mred"]):
        ran = gamec(*words)
        assert (ran.code, "\x1b" in ran.err) == (2, False)


@pytest.mark.parametrize(("line", "found"), [("gamec so", "solve"), ("gamec solve --time", "--time-limit")])
def test_shells_can_complete(gamec: Gamec, line: str, found: str) -> None:
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1), "_GAMEC_COMPLETE": "complete_bash"}
    ran = gamec(env=words)
    assert (ran.code, ran.out.split()) == (0, [found])


@pytest.mark.parametrize("command", ["check", "solve", "compare"])
@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda folder: folder / "missing.game", "G001", "missing.game"),
        (lambda folder: folder, "G001", "directory"),
        (lambda folder: _written(folder / "latin.game", "game é".encode("latin-1")), "G002", "UTF-8"),
    ],
)
def test_files_that_cannot_be_read(
    gamec: Gamec, tmp_path: Path, command: str, make: Callable[[Path], Path], code: str, words: str
) -> None:
    ran = gamec(command, str(make(tmp_path)))
    assert ran.code == 1
    assert ran.out == ""
    assert f"error[{code} " in ran.err
    assert words in ran.err


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_file_name_that_is_no_unicode(gamec: Gamec) -> None:
    ran = gamec("check", b"\xff\xfe.game")
    assert ran.code == 1
    assert "G001" in ran.err


def test_ascii_terminals_get_escapes(gamec: Gamec) -> None:
    ran = gamec("check", "λ.game", env={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 1
    assert "\\u03bb.game" in ran.err


def test_json_on_standard_output_says_what_is_wrong(gamec: Gamec) -> None:
    ran = gamec("solve", "missing.game", "--format", "json")
    document = json.loads(ran.out)
    assert ran.code == 1
    assert document["status"] == "error"
    assert [d["code"] for d in document["diagnostics"]] == ["G001"]


def test_piped_output_has_no_colour(gamec: Gamec) -> None:
    assert "\x1b" not in gamec("explain", "G999").err


@pytest.mark.parametrize(
    ("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)]
)
def test_terminals_get_colour_unless_told_otherwise(more: dict[str, str], coloured: bool) -> None:
    ours, theirs = pty.openpty()
    env = environment(**{"TERM": "xterm", **more})
    process = subprocess.Popen(
        [sys.executable, "-m", "gamec", "explain", "G999"], stdout=theirs, stderr=theirs, env=env, cwd=ROOT
    )
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 4096):
            text += chunk
    except OSError:  # the other end is closed
        pass
    process.wait()
    os.close(ours)
    assert (b"\x1b[1;31m" in text) is coloured
    assert b"G807" in text


def test_a_closed_pipe_is_no_matter() -> None:
    """As in `gamec explain all | head -1`: the reader goes before everything is written."""
    program = f"{sys.executable} -m gamec explain all | head -1; echo ${{PIPESTATUS[0]}} >&2"
    ran = subprocess.run(
        ["bash", "-c", f"for i in 1 2 3; do {program}; done"],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    assert set(ran.stderr.split()) <= {"0", "141"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", ["explain G401", "--help", "--version", "doctor --help"])
def test_a_full_disk_is_a_diagnostic(arguments: str) -> None:
    ran = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m gamec {arguments} > /dev/full"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert ran.returncode == 1
    assert "G003" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str) -> None:
    ran = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m gamec explain G401 {closed}"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert ran.returncode == 0
    assert ran.stderr == ""


def test_interrupt_exits_with_130() -> None:
    """Ctrl-C while standard input is awaited."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gamec", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    )
    # Long enough to be inside the command on a busy machine; earlier, Python itself would be interrupted.
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.decode().strip()) == (130, b"", "interrupted")


@pytest.mark.parametrize("solver", ["highs", "scip"])
def test_interrupt_while_a_solver_runs(tmp_path: Path, solver: str) -> None:
    """A market split problem (Cornuejols and Dawande 1999): 40 binaries keep a solver busy for longer than a test."""
    rng = random.Random(1)
    weights = [[rng.randrange(100) for _ in range(40)] for _ in range(5)]
    w = ", ".join(f"({j}, {i}): {v}" for j, row in enumerate(weights, 1) for i, v in enumerate(row, 1))
    b = ", ".join(f"{j}: {sum(row) // 2}" for j, row in enumerate(weights, 1))
    (tmp_path / "hard.game").write_text(
        f"game hard set I index i = 1..40 set J index j = 1..5 param w[j,i] = {{{w}}} param b[j] = {{{b}}}\n"
        "player p { var x[i] binary var up[j] >= 0 var down[j] >= 0 minimize c = sum(j) (up[j] + down[j])\n"
        "constraint split[j]: sum(i) w[j,i]*x[i] + up[j] - down[j] == b[j] }",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gamec", "solve", "hard.game", "--solver", solver, "--time-limit", "120"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=tmp_path,
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err.decode().strip()) == (130, "interrupted")


FAULT = (
    "import gamec.commands.explain as e\nfrom gamec.app import main\n{}\nraise SystemExit(main(['explain', 'G401']))"
)


@pytest.mark.parametrize("traced", [False, True])
def test_a_fault_of_ours_is_called_so(traced: bool) -> None:
    program = FAULT.format("del e.CODES")
    env = environment(**({"GAMEC_TRACEBACK": "1"} if traced else {}))
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=env, cwd=ROOT, check=False
    )
    assert ran.returncode == 70
    assert "G901" in ran.stderr
    assert "fault of gamec" in ran.stderr
    assert "gamec/commands/explain.py" in ran.stderr
    assert ("Traceback" in ran.stderr) is traced


def test_a_fault_is_reported_where_the_project_says() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        stated = tomllib.load(file)["project"].get("urls", {}).get("Issues")
    report = our_fault(RuntimeError("x")).hints[0].text
    assert f"at {stated}," in report if stated else "http" not in report


def test_our_own_faults_are_told_as_json_too() -> None:
    program = (
        "import gamec.solver_trials as t\nfrom gamec.app import main\ndel t.TRIALS\n"
        "raise SystemExit(main(['doctor', '--format', 'json']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), cwd=ROOT, check=False
    )
    assert ran.returncode == 70
    assert [d["code"] for d in json.loads(ran.stdout)["diagnostics"]] == ["G901"]
