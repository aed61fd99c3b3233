"""What `import gamec` offers."""

from __future__ import annotations

from pathlib import Path

import pytest

import gamec
import grammar.diagnostics
import runtime.result
import runtime.session

TOY = Path(__file__).resolve().parents[2] / "models" / "toy" / "toy.game"


def test_names_are_those_of_their_homes() -> None:
    assert gamec.solve is runtime.session.solve
    assert gamec.compare is runtime.session.compare
    assert gamec.Result is runtime.result.Result
    assert gamec.Status is runtime.result.Status
    assert gamec.Diagnostic is grammar.diagnostics.Diagnostic
    assert gamec.DiagnosticError is grammar.diagnostics.DiagnosticError
    assert isinstance(gamec.__version__, str)
    assert set(gamec.__all__) <= set(dir(gamec))


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        _ = gamec.solv  # type: ignore[attr-defined]


def test_check_gives_findings_and_raises_nothing(tmp_path: Path) -> None:
    assert gamec.check(TOY) == ()
    wrong = tmp_path / "wrong.game"
    wrong.write_text("game g player p { var x minimize c = y }", encoding="utf-8")
    assert [d.code for d in gamec.check(wrong)] == ["G201"]
    assert [d.code for d in gamec.check(tmp_path / "none.game")] == ["G001"]
    # The folder that `gamec new` makes is named like its model.
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "one.game").write_text("player p { var x in [0, 1]  minimize c = x }", encoding="utf-8")
    (found,) = gamec.check(tmp_path / "one")
    assert found.code == "G001"
    assert found.hints[0].text.endswith("one.game`")


def test_solve_raises_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(gamec.DiagnosticError, match="G001") as error:
        gamec.solve(tmp_path / "none.game")
    assert [d.code for d in error.value.diagnostics] == ["G001"]
