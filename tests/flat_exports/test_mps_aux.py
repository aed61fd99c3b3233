"""Games as MPS and AUX files: what other readers see in them, and that they come back as the same game."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pytest
from mixed_games import mixed_game
from pyscipopt import Model
from small_games import INF, GameBuilder
from test_traps import moore_bard

from compiler.flat_exports.mps_aux import mps_aux
from compiler.flat_exports.mps_text import mps_text, plain_names
from compiler.flat_exports.named_problem import NamedProblem
from compiler.flat_exports.registry import FLAT_EXPORTS
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Csr
from compiler.pipeline import compile_file
from compiler.reformulations.high_point import high_point
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.instances.bilevel_files import read_bilevel
from runtime.methods.method import Request
from runtime.result import Status
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Options

LITERATURE = Path(__file__).parents[1] / "literature"


def written(game: GroundGame, folder: Path) -> tuple[str, str]:
    texts = mps_aux(game)
    for ending, text in texts.items():
        (folder / f"game{ending}").write_text(text, encoding="utf-8")
    return str(folder / "game.mps"), str(folder / "game.aux")


def dense(game: GroundGame) -> np.ndarray:
    matrix = np.zeros((game.rows, game.columns))
    matrix[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    return matrix


GAMES = {
    "moore_bard": lambda: moore_bard().build(),
    "two_followers": lambda: mixed_game(3, followers=2),
    "real_leader": lambda: mixed_game(4, integer_leader=False),
    "bard_1991": lambda: compile_file(LITERATURE / "bard_1991_1.game").ground,
}


@pytest.mark.parametrize("name", GAMES)
def test_round_trip(name: str, tmp_path: Path) -> None:
    """The same columns, rows and objectives, as if all minimised; terms that move no answer apart."""
    game = GAMES[name]()
    back, warnings = read_bilevel(*written(game, tmp_path))
    assert warnings == ()
    assert np.array_equal(back.lower, game.lower)
    assert np.array_equal(back.upper, game.upper)
    assert np.array_equal(back.kind, game.kind)
    assert np.array_equal(back.owner, np.minimum(game.owner, 1))
    assert np.array_equal(back.row_owner, np.minimum(game.row_owner, 1))
    assert np.array_equal(dense(back), dense(game))
    assert back.row_lower == pytest.approx(game.row_lower)
    assert back.row_upper == pytest.approx(game.row_upper)
    first, second = answer(game, Request(time_limit=60)), answer(back, Request(time_limit=60))
    assert first.status is second.status
    assert first.status in (Status.OPTIMAL, Status.LIMIT)
    assert first.x is not None
    assert second.x is not None
    sense = game.players[0].sense
    assert back.objectives_at(second.x)[0] == pytest.approx(sense * game.objectives_at(first.x)[0], abs=1e-6)


@pytest.mark.parametrize("name", GAMES)
def test_highs_and_scip_read_the_same_relaxation(name: str, tmp_path: Path) -> None:
    game = GAMES[name]()
    mps, _ = written(game, tmp_path)
    truth = Highs().solve(high_point(game, 0), Options())
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(mps) == highspy.HighsStatus.kOk
    highs.run()
    scip = Model()
    scip.hideOutput()
    scip.readProblem(mps)
    scip.optimize()
    assert highs.getInfo().objective_function_value == pytest.approx(truth.objective, abs=1e-6)
    assert scip.getObjVal() == pytest.approx(truth.objective, abs=1e-6)


def test_every_kind_of_bound_row_and_number_survives(tmp_path: Path) -> None:
    """With integers without bounds, which readers otherwise bound by 1, negative upper bounds, ranges and constants."""
    lower = np.array([-INF, -INF, -5.0, 0.0, 0.0, 3.0, -2.0, 0.1])
    upper = np.array([INF, -1.5, 7.0, INF, 1.0, 3.0, INF, 1 / 3])
    integer = np.array([True, False, True, True, True, False, True, False])
    matrix = Csr.from_coo(
        np.array([0, 0, 1, 2, 3]), np.array([0, 3, 1, 2, 7]), np.array([1.0, -2.5, 1e-8, 1e9, 0.1]), 4, 8
    )
    model = NamedProblem(
        *("t", np.array([1.0, 0, -2, 0, 0, 0, 0, 1 / 7]), -4.25, lower, upper, integer, matrix),
        np.array([-3.0, -INF, 2.0, -1.0]),
        np.array([4.0, 5.0, 2.0, INF]),
        [f"c{k}" for k in range(8)],
        [f"r{k}" for k in range(4)],
    )
    path = tmp_path / "t.mps"
    path.write_text(mps_text(model), encoding="utf-8")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    lp = highs.getLp()
    assert list(lp.col_lower_) == lower.tolist()
    assert list(lp.col_upper_) == upper.tolist()
    assert [k == highspy.HighsVarType.kInteger for k in lp.integrality_] == integer.tolist()
    assert list(lp.col_cost_) == model.cost.tolist()
    assert lp.offset_ == -4.25
    assert list(lp.row_lower_) == [-3.0, -INF, 2.0, -1.0]
    assert list(lp.row_upper_) == [4.0, 5.0, 2.0, INF]
    assert list(lp.col_names_) == [f"c{k}" for k in range(8)]


def test_a_row_without_limits_does_not_shift_the_count() -> None:
    builder = GameBuilder().player("leader").player("a", "leader").var("leader", "x", 0, 3).var("a", "n", 0, 3, 1)
    builder.row("leader", "free", {"x": 1}).row("a", "above", {"n": 1, "x": -1}, lower=0)
    texts = mps_aux(builder.minimize("leader", {"x": 1}).minimize("a", {"n": 1}).build())
    assert "free" not in texts[".mps"]
    assert "LR 0\n" in texts[".aux"]


def test_names_hold_no_blanks_and_none_comes_twice() -> None:
    assert plain_names(["a.b[i=1, t=2]", "a b", "ab", "*x", "", "cost"], "cost") == [
        *("a.b[i=1,t=2]", "ab", "ab#2", "_*x", "_", "cost#2")
    ]


def test_followers_of_any_sense_become_one_lower_level() -> None:
    builder = GameBuilder().player("leader").player("a", "leader").player("b", "leader")
    builder.var("leader", "x", 0, 3, 1).var("a", "n", 0, 3, 1).var("b", "m", 0, 3)
    builder.row("a", "above", {"n": 1, "x": -1}, lower=0)
    builder.minimize("leader", {"n": 1}).minimize("a", {"n": 2.0, "x": 5.0, "": 7.0}).maximize("b", {"m": 3.0})
    lines = mps_aux(builder.build())[".aux"].split("\n")
    assert lines == ["N 2", "M 1", "LC 1", "LC 2", "LR 0", "LO 2.0", "LO -3.0", "OS 1", ""]


def test_a_maximised_leader_is_negated_and_told() -> None:
    game = GameBuilder().player("leader").player("a", "leader").var("leader", "x", 0, 3).var("a", "n", 0, 3, 1)
    text = mps_aux(game.maximize("leader", {"x": 2.0, "": 1.0}).minimize("a", {"n": 1}).build())[".mps"]
    assert " leader.x cost -2.0\n" in text
    assert " RHS cost 1.0\n" in text
    assert "* it is maximised" in text


@pytest.mark.parametrize("what", ["product", "alone", "pessimistic", "price", "semicontinuous", "sees"])
def test_what_the_files_cannot_hold_is_refused(what: str) -> None:
    builder = GameBuilder().player("leader")
    if what != "alone":
        builder.player("a", "leader").player("b", "leader").var("a", "n", 0, 3, 2 if what == "semicontinuous" else 1)
        builder.var("b", "m", 0, 3).row("a", "above", {"n": 1, "x": -1}, lower=0).minimize("b", {"m": 1})
        builder.minimize("a", {("n", "x"): 1.0} if what == "product" else {"n": 1.0})
    builder.var("leader", "x", 0, 3).minimize("leader", {"x": 1.0})
    if what == "price":
        builder.price("λ", "above")
    if what == "sees":
        builder.row("b", "under", {"m": 1, "n": -1}, upper=0)
    game = builder.build()
    if what == "pessimistic":
        game = replace(game, players=(game.players[0], *(replace(p, optimistic=False) for p in game.players[1:])))
    with pytest.raises(DiagnosticError) as error:
        mps_aux(game)
    (finding,) = error.value.diagnostics
    assert finding.code == "G713"
    assert finding.span is not None
    assert finding.hints


def test_the_registry_names_every_format_with_its_files() -> None:
    assert list(FLAT_EXPORTS) == ["mps-aux"] or "mps-aux" in FLAT_EXPORTS
    texts = FLAT_EXPORTS["mps-aux"].write(moore_bard().build())
    assert tuple(texts) == FLAT_EXPORTS["mps-aux"].endings
