"""`%%game` in a real IPython shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

TOY = """player leader { var y in [0, 8] minimize cost = 3*x + y }
player follower follows leader {
  var x <= 5
  minimize effort = -x
  constraint upper_a:   x +   y <= 8
  constraint lower_a: 4*x +   y >= 8
  constraint upper_b: 2*x +   y <= 13
  constraint upper_c: 2*x - 7*y <= 0
}
param slack = 0
case lazy { param slack = 1 }
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "gamec")
    yield shell
    shell.history_manager.end_session() if shell.history_manager else None
    InteractiveShell.clear_instance()


def test_a_cell_is_solved_and_kept(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer is the one that docs and models/toy/README.md derive by hand: x = 28/15, y = 8/15."""
    assert shell.run_cell("%%game\n" + TOY).success
    result = shell.user_ns["result"]
    assert result.value_of["x"] == pytest.approx(28 / 15)
    assert result.value_of["y"] == pytest.approx(8 / 15)
    assert result.certificate.verified
    out = capsys.readouterr().out
    assert "certified" in out
    assert "leader.cost" in out
    assert "\x1b" not in out


def test_a_case_and_a_variable(shell: InteractiveShell) -> None:
    assert shell.run_cell("%%game toy --case lazy\n" + TOY).success
    assert shell.user_ns["toy"].case == "lazy"
    assert "result" not in shell.user_ns


def test_overrides_may_come_from_python(shell: InteractiveShell) -> None:
    shell.run_cell("limit = 3")
    model = "param cap = 9 player a { var x in [0, cap] maximize gain = x }"
    assert shell.run_cell("%%game --set cap={limit}\n" + model).success
    assert shell.user_ns["result"].value_of["x"] == pytest.approx(3)


def test_data_files_lie_in_the_working_folder(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "cap.csv").write_text("t,cap\n1,2\n2,5\n", encoding="utf-8")
    model = (
        'set T index t = 1..2 param cap[t] from "cap.csv" player a { var x[t] in [0, cap[t]] maximize g = sum(t) x[t] }'
    )
    assert shell.run_cell("%%game\n" + model).success
    assert shell.user_ns["result"].objectives["a.g"] == pytest.approx(7)


def test_mistakes_are_shown_with_carets(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.user_ns["result"] = "an older one"
    ran = shell.run_cell("%%game\n" + TOY.replace("3*x", "3*z"))
    assert not ran.success
    assert shell.user_ns["result"] is None
    shown = "".join(capsys.readouterr())
    assert "error[G201 unknown-name]" in shown
    # Line 2 of the cell, whose first is `%%game`.
    assert "<cell>:2:" in shown
    assert "^ unknown name" in shown
    assert "Traceback" not in shown


def test_an_unsolvable_model_is_a_result(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    model = "player a { var x in [0, 1] minimize c = x constraint d: x >= 2 }"
    assert shell.run_cell("%%game\n" + model).success
    assert shell.user_ns["result"].status.value == "infeasible"
    assert "G801" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line", ["1x", "for", "--nonsense", "--case", "--seed -1", "--gap nan", "--time-limit 0", "a b", '"', "--seed x"]
)
def test_usage_errors(shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert not shell.run_cell(f"%%game {line}\n{TOY}").success
    shown = "".join(capsys.readouterr())
    assert "UsageError" in shown
    assert "Traceback" not in shown


def test_unloading(shell: InteractiveShell) -> None:
    shell.run_line_magic("unload_ext", "gamec")
    assert not shell.run_cell("%%game\n" + TOY).success
