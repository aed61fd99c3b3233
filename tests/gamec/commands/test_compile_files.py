"""`gamec compile --to lp | mps | nl | json` as users run it: one file or three, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyscipopt import Model

from tests.gamec.conftest import Ran
from tests.gamec.json_schema import parse

Gamec = Callable[..., Ran]

TOY = """game toy
player leader { var y in [0, 8]  maximize worth = 10 - 3*x - y }
player follower follows leader {
  var x <= 5  minimize effort = -x
  constraint a: x + y <= 8  constraint b: 4*x + y >= 8  constraint c: 2*x + y <= 13  constraint d: 2*x - 7*y <= 0
}
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "toy.game").write_text(TOY, encoding="utf-8")
    return "toy.game"


def optimum(path: Path) -> float:
    scip = Model()
    scip.hideOutput()
    scip.readProblem(str(path))
    scip.setParam("constraints/SOS1/sepafreq", -1)
    scip.optimize()
    assert scip.getStatus() == "optimal"
    return float(scip.getObjVal())


@pytest.mark.parametrize("to", ["lp", "nl"])
def test_another_program_finds_what_gamec_finds(gamec: Gamec, model: str, tmp_path: Path, to: str) -> None:
    """By hand: the corner where 4x + y = 8 meets 2x = 7y, (28/15, 8/15), costs 92/15."""
    assert gamec("compile", model, "--to", to, "-o", f"toy.{to}") == Ran(0, "", "")
    assert optimum(tmp_path / f"toy.{to}") == pytest.approx(10 - 92 / 15, abs=1e-6)
    assert gamec("compile", model, "--to", to, "--player", "follower", "-o", f"own.{to}") == Ran(0, "", "")
    assert optimum(tmp_path / f"own.{to}") == pytest.approx(-28 / 15, abs=1e-6)


def test_standard_output_is_the_file(gamec: Gamec, model: str, tmp_path: Path) -> None:
    for to in ("mps", "json"):
        shown = gamec("compile", model, "--to", to)
        assert (shown.code, shown.err) == (0, "")
        assert gamec("compile", model, "--to", to, "-o", "file") == Ran(0, "", "")
        assert (tmp_path / "file").read_text(encoding="utf-8").splitlines() == shown.out.splitlines()
    told = parse(shown.out)
    assert (told["format"], told["source"], told["name"]) == ("gamec-game", "toy.game", "toy")
    assert [p["name"] for p in told["players"]] == ["leader", "follower"]


def test_the_lp_file_begins_with_what_it_is(gamec: Gamec, model: str) -> None:
    lines = gamec("compile", model, "--to", "lp").out.splitlines()
    assert lines[0].startswith("\\ toy.game, written by gamec ")
    assert lines[1] == "\\ the problem of leader with the optimality conditions of follower"
    assert "Maximize" in lines
    assert " leader.worth: - leader.y - 3.0 follower.x + 10.0" in lines
    assert "\\ toy.game:5: follower.a (eq. 4)" in lines


def test_three_files_or_none(gamec: Gamec, model: str, tmp_path: Path) -> None:
    assert gamec("compile", model, "--to", "nl", "-o", "out").code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.col", "out.nl", "out.row", "toy.game"]
    (tmp_path / "bad.row").mkdir()
    before = sorted(p.name for p in tmp_path.iterdir())
    ran = gamec("compile", model, "--to", "nl", "-o", "bad.nl")
    assert ran.code == 1
    assert "G003" in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--to", "nl"], 2, "NAME.nl"),
        (["--to", "lp", "--form", "kkt-bigm", "-o", "x"], 2, "did you mean `kkt-big-m`?"),
        (["--to", "json", "--player", "leader", "-o", "x"], 2, "--player"),
        (["--to", "mps-aux", "--player", "leader", "-o", "x"], 2, "--player"),
        (["--to", "lp", "--player", "leader", "-o", "x"], 1, "G713"),
        (["--to", "lp", "-o", "no/such/folder/x.lp"], 1, "G003"),
        (["--to", "lpp", "-o", "x"], 2, "cannot be written in `lpp`"),
    ],
)
def test_what_goes_wrong_is_said_and_nothing_written(
    gamec: Gamec, model: str, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    ran = gamec("compile", model, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["toy.game"]


def test_cases_and_given_data_are_applied(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "one.game").write_text(
        "param most = 4\nplayer p { var x in [0, 9]  maximize gain = 2*x  constraint room: x <= most }\n"
        "case less { param most = 3 }\n",
        encoding="utf-8",
    )
    for more, value in ((["--case", "less"], 6), (["--set", "most=1"], 2)):
        assert gamec("compile", "one.game", "--to", "lp", "-o", "one.lp", *more).code == 0
        assert optimum(tmp_path / "one.lp") == pytest.approx(value)
    told = json.loads(gamec("compile", "one.game", "--to", "json", "--case", "less").out)
    assert (told["case"], told["parameters"][0]["values"]) == ("less", [3.0])
