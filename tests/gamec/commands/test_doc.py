"""`gamec doc`: the ending says what is written, whole or not at all; what is missing is said with a way out."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gamec.documented_run import run_of
from grammar.diagnostics import DiagnosticError
from runtime.session import solve
from tests.documents.latex_runs import needs_tex
from tests.gamec.conftest import Ran

Gamec = Callable[..., Ran]

MODEL = """game one "two products"
set I index i = {a, b}
param worth[i] = {a: 3, b: 2}
param most = 4 "what there is"
player p { var x[i] in [0, 3]  maximize gain = sum(i) worth[i]*x[i]  constraint all: sum(i) x[i] <= most }
case less "Less of it" { param most = 2 }
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "one.game").write_text(MODEL, encoding="utf-8")
    return "one.game"


@pytest.mark.parametrize(
    ("suffix", "first"),
    [("tex", "% Made by gamec"), ("html", "<!DOCTYPE html>"), ("md", "# two products")],
)
def test_the_ending_says_what_is_written(gamec: Gamec, model: str, tmp_path: Path, suffix: str, first: str) -> None:
    assert gamec("doc", model, "-o", f"one.{suffix}") == Ran(0, "", "")
    assert (tmp_path / f"one.{suffix}").read_text("utf-8").lstrip().startswith(first)


def test_markdown_on_standard_output(gamec: Gamec, model: str) -> None:
    ran = gamec("doc", model)
    assert ran.code == 0
    assert ran.out.startswith("# two products\n")
    assert gamec("doc", "-", "-o", "-", stdin=MODEL.encode()).out.startswith("# two products\n")


def test_the_case_and_the_data_are_those_asked_for(gamec: Gamec, model: str) -> None:
    less = gamec("doc", model, "--case", "less").out
    assert "| what there is |  | $2$ |" in less
    assert "This is the case `less`: Less of it." in less
    assert "| what there is |  | $7$, given from outside |" in gamec("doc", model, "--set", "most=7").out


def test_a_derivation_is_added_or_refused(gamec: Gamec, model: str, tmp_path: Path) -> None:
    assert "Lagrangian" in gamec("doc", model, "--derivation").out
    whole = MODEL.replace("var x[i] in", "var x[i] integer in")
    (tmp_path / "two.game").write_text(whole, encoding="utf-8")
    ran = gamec("doc", "two.game", "--derivation", "-o", "two.md")
    assert ran.code == 1
    assert "error[G7" in ran.err
    assert not (tmp_path / "two.md").exists()


LEADERS = """game duo "two lead a market"
set J index j = {north, south}
param demand = 80
player plant[j] { var bid in [0, 100]  maximize profit = (spot - 20)*sold[j] }
player rest { var offer in [0, 100]  maximize income = (spot - 30)*others }
player market follows plant, rest {
  var sold[j] in [0, 30]  var others in [0, 60]
  minimize cost = sum(j) plant[j].bid*sold[j] + rest.offer*others
  constraint meet: sum(j) sold[j] + others == demand price spot
}
"""


def test_of_several_leaders_one_has_a_document(gamec: Gamec, tmp_path: Path) -> None:
    """What the rivals decide is data without values, as nothing is solved; the market's stationarity is by hand."""
    (tmp_path / "duo.game").write_text(LEADERS, encoding="utf-8")
    ran = gamec("doc", "duo.game", "--derivation")
    assert (ran.code, ran.out) == (1, "")
    assert "error[G704" in ran.err
    assert "`--player NAME`" in ran.err
    ran = gamec("doc", "duo.game", "--derivation", "--player", "rest")
    assert (ran.code, ran.err) == (0, "")
    assert "The problem of `rest`: what others decide is data." in ran.out
    assert r"| $\mathrm{bid}_{j}$ | bid, decided by plant |  |  |" in ran.out
    assert r"\mathrm{offer} - \lambda^{\mathrm{meet}} - \underline{\nu}^{\mathrm{others}}" in ran.out
    assert "## Plant" not in ran.out
    ran = gamec("doc", "duo.game", "--derivation", "--player", "plant[north]")
    assert (ran.code, ran.err) == (0, "")
    assert "## Plant" in ran.out
    assert "## Rest" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["one.game", "--player", "q"], 2, "G807"),
        (["one.game", "--player", "p", "--results", "runs/one"], 2, "G807"),
        (["one.game", "-o", "one.docx"], 2, "G807"),
        (["one.game", "-o", "one"], 2, "G807"),
        (["one.game", "-o", "one.md", "--case", "lses"], 1, "G605"),
        (["one.game", "-o", "no/such/folder/one.md"], 1, "G003"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    gamec: Gamec, model: str, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    ran = gamec("doc", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert f"error[{words}" in ran.err
    assert "hint" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["one.game"]


def test_without_tex_a_pdf_says_how_to_get_it(gamec: Gamec, model: str, tmp_path: Path) -> None:
    ran = gamec("doc", model, "-o", "one.pdf", env={"PATH": str(tmp_path)})
    assert ran.code != 0
    assert "error[G004" in ran.err
    assert "apt-get install" in ran.err
    assert ".html" in ran.err
    assert not (tmp_path / "one.pdf").exists()


def test_a_tex_without_a_package_names_it(gamec: Gamec, model: str, tmp_path: Path) -> None:
    """A `pdflatex` that says what LaTeX says when a package is not installed."""
    program = tmp_path / "bin" / "pdflatex"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\necho '! LaTeX Error: File `lmodern.sty'\"'\"' not found.' | tee model.log\nexit 1\n", "utf-8"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    ran = gamec("doc", model, "-o", "one.pdf", env={"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"})
    assert "error[G004" in ran.err
    assert "`lmodern.sty`" in ran.err
    assert not (tmp_path / "one.pdf").exists()


@needs_tex
def test_a_pdf_is_made(gamec: Gamec, model: str, tmp_path: Path) -> None:
    assert gamec("doc", model, "-o", "one.pdf") == Ran(0, "", "")
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF-")


def test_symbols_and_characters_that_cannot_be_printed_are_said(gamec: Gamec, tmp_path: Path) -> None:
    text = 'game g "负荷"\nplayer p { var p_x in [0, 1] tex "\\foo"  minimize c = p_x }\n'
    (tmp_path / "g.game").write_text(text, "utf-8")
    ran = gamec("doc", "g.game", "-o", "g.tex")
    assert ran.code == 0
    assert ran.err.count("warning[G007") == 2
    assert "`\\foo`" in ran.err
    assert "`负`" in ran.err
    assert "p^{\\mathrm{x}}" in (tmp_path / "g.tex").read_text("utf-8")
    assert gamec("doc", "g.game", "-o", "g.html").err.count("warning[G007") == 1


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model and, in `run`, a run of its case with a figure."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "one.game").write_text(MODEL, encoding="utf-8")
    solve(folder / "one.game", case="less").save(folder / "run", figures=("svg", "png"))
    return folder


def test_results_are_those_of_the_run(gamec: Gamec, run: Path) -> None:
    """The optimum by hand: two units of what is worth three."""
    text = gamec("doc", "one.game", "--results", "run", cwd=run).out
    assert "This is the case `less`" in text
    assert "| $\\mathrm{gain}$ |  | 6 |" in text
    assert "| a | 2 |\n| b | 0 |" in text
    assert "certificate confirms" in text
    assert gamec("doc", "one.game", "--results", "run", "-o", "one.tex", cwd=run) == Ran(0, "", "")
    named = re.findall(r"\\includegraphics\[.*?\]\{\\detokenize\{(.*?)\}\}", (run / "one.tex").read_text("utf-8"))
    assert named
    assert all((run / name).is_file() for name in named)


@pytest.mark.slow
@needs_tex
def test_files_of_one_piece_hold_their_figures(gamec: Gamec, run: Path) -> None:
    assert gamec("doc", "one.game", "--results", "run", "-o", "one.html", cwd=run) == Ran(0, "", "")
    assert 'src="data:image/svg+xml;base64,' in (run / "one.html").read_text("utf-8")
    assert gamec("doc", "one.game", "--results", "run", "-o", "one.pdf", cwd=run) == Ran(0, "", "")
    assert (run / "one.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("asked", [{"case": "lses", "values": {}}, {"case": None, "values": {"most": 3.0}}])
def test_other_data_than_the_runs_are_refused(run: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(DiagnosticError) as error:
        run_of(str(run / "run"), str(run / "one.game"), **asked)
    assert [d.code for d in error.value.diagnostics] == ["G807"]


def test_a_run_of_another_text_is_refused(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.game"
    other.write_text(MODEL.replace("worth[i] = {a: 3", "worth[i] = {a: 4"), encoding="utf-8")
    with pytest.raises(DiagnosticError, match="another text"):
        run_of(str(run / "run"), str(other), None, {})
    with pytest.raises(DiagnosticError):
        run_of(str(tmp_path), str(other), None, {})
