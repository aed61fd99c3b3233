"""Constructs that spare writing, against models written out by hand: the same arrays come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.session import solve

BASE = """game g
set T index t = 1..3
set K index k = {a, b}
param dt = 2
param load[t] = {1: 3, 2: 5, 3: 4}
"""


def ground(folder: Path, text: str, name: str = "m.game", case: str | None = None) -> GroundGame:
    (folder / name).write_text(text, "utf-8")
    return compile_file(folder / name, case=case).ground


def dense(game: GroundGame) -> dict[str, np.ndarray]:
    matrix = np.zeros((game.rows, game.columns))
    matrix[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    objective = np.zeros((len(game.players), game.columns))
    objective[game.objective.row_numbers(), game.objective.indices] = game.objective.data
    return {
        "lower": game.lower,
        "upper": game.upper,
        "kind": game.kind,
        "owner": game.owner,
        "matrix": matrix,
        "row_lower": game.row_lower,
        "row_upper": game.row_upper,
        "row_owner": game.row_owner,
        "objective": objective,
        "constant": game.objective_constant,
        "quad": np.stack([game.objective_quad.i, game.objective_quad.j, game.objective_quad.value]),
        "leaders": np.array([(k, n) for k, p in enumerate(game.players) for n in p.leaders]),
        "sense": np.array([p.sense for p in game.players]),
    }


def assert_same(first: GroundGame, second: GroundGame) -> None:
    one, two = dense(first), dense(second)
    for name, array in one.items():
        np.testing.assert_allclose(array, two[name], err_msg=name)


STORE = """component store(P, E = 4*P, η = 0.5, gain = 1) {
  var ch[t] in [0, P]
  var soc[t] in [0, E] cyclic
  constraint state[t]: soc[t] == soc[t-1] + η*ch[t]*dt - gain*load[t]
}
"""
PAIRS = {
    "parameters and defaults": (
        STORE + "player p { use store(P = 3, gain = load[1]) as s minimize v = sum(t) s.ch[t] + s.soc[2] }",
        """player p {
  var ch[t] in [0, 3]
  var soc[t] in [0, 12] cyclic
  constraint state[t]: soc[t] == soc[t-1] + 0.5*ch[t]*2 - 3*load[t]
  minimize v = sum(t) ch[t] + soc[2] }""",
    ),
    "a variable as argument": (
        STORE + "player p { var cap in [1, 9] use store(P = cap + 1, E = 8) as s minimize v = cap + sum(t) s.ch[t] }",
        """player p { var cap in [1, 9]
  var ch[t] >= 0 <= cap + 1
  var soc[t] in [0, 8] cyclic
  constraint state[t]: soc[t] == soc[t-1] + ch[t] - load[t]
  minimize v = cap + sum(t) ch[t] }""",
    ),
    "one for each element": (
        STORE + "player p { use store(P = 3) as s[k] minimize v = sum(t,k) s[k].ch[t] + s[a].soc[2] }",
        """player p {
  var ch[k,t] in [0, 3]
  var soc[k,t] in [0, 12] cyclic
  constraint state[k,t]: soc[k,t] == soc[k,t-1] + ch[k,t] - load[t]
  minimize v = sum(t,k) ch[k,t] + soc[a,2] }""",
    ),
    "twice, side by side": (
        STORE + "player p { use store(P = 3) as s use store(P = 5, E = 1) as r minimize v = s.ch[1] - r.soc[3] }",
        """player p {
  var ch[t] in [0, 3]
  var soc[t] in [0, 12] cyclic
  constraint state[t]: soc[t] == soc[t-1] + ch[t] - load[t]
  var ch2[t] in [0, 5]
  var soc2[t] in [0, 1] cyclic
  constraint state2[t]: soc2[t] == soc2[t-1] + ch2[t] - load[t]
  minimize v = ch[1] - soc2[3] }""",
    ),
    "nested": (
        STORE
        + """component plant(P) {
  var out[t] in [0, P]
  use store(P = P/2) as inner
  constraint even[t]: out[t] + inner.ch[t] <= load[t] + P
}
player q { use plant(P = 6) as x use plant(P = 8) as y[k]
  minimize v = sum(t) (x.out[t] + x.inner.ch[t]) - sum(k) y[k].inner.soc[2] }""",
        """player q {
  var out[t] in [0, 6]
  var ch[t] in [0, 3]
  var soc[t] in [0, 12] cyclic
  constraint state[t]: soc[t] == soc[t-1] + ch[t] - load[t]
  constraint even[t]: out[t] + ch[t] <= load[t] + 6
  var yout[k,t] in [0, 8]
  var ych[k,t] in [0, 4]
  var ysoc[k,t] in [0, 16] cyclic
  constraint ystate[k,t]: ysoc[k,t] == ysoc[k,t-1] + ych[k,t] - load[t]
  constraint yeven[k,t]: yout[k,t] + ych[k,t] <= load[t] + 8
  minimize v = sum(t) (out[t] + ch[t]) - sum(k) ysoc[k,2] }""",
    ),
    "in an indexed player": (
        STORE + "player p[k] { use store(P = ord(k)) as s minimize v = sum(t) s.ch[t] }",
        """player p[k] {
  var ch[t] in [0, ord(k)]
  var soc[t] in [0, 4*ord(k)] cyclic
  constraint state[t]: soc[t] == soc[t-1] + ch[t] - load[t]
  minimize v = sum(t) ch[t] }""",
    ),
    "names of the place of use are not the component's": (
        STORE
        + "player p { var P in [2, 4] var soc in [0, 1] use store(P = P, E = 7, gain = 2) as s minimize v = P + soc }",
        """player p { var P in [2, 4] var soc in [0, 1]
  var ch[t] >= 0 <= P
  var store[t] in [0, 7] cyclic
  constraint state[t]: store[t] == store[t-1] + ch[t] - 2*load[t]
  minimize v = P + soc }""",
    ),
    "cyclic": (
        "player p { var x[t] in [0, 1] cyclic minimize v = x[1]"
        " constraint c[t]: x[t] - 2*x[t-1] + 3*x[t+1] <= load[t] }",
        """player p { var x[t] in [0, 1] minimize v = x[1]
  constraint c[t]: x[t] - 2*(if t > 1 then x[max(t-1, 1)] else x[3])
    + 3*(if t < 3 then x[min(t+1, 3)] else x[1]) <= load[t] }""",
    ),
    "starts and ends": (
        "player p { var x[t] in [0, 9] starts 5 ends >= 4 minimize v = x[1] constraint c[t]: x[t] - 2*x[t-1] <= 1 }",
        """player p { var x[t] >= (if t == 3 then 4 else 0) <= 9 minimize v = x[1]
  constraint c[t]: x[t] - 2*(if t > 1 then x[max(t-1, 1)] else 5) <= 1 }""",
    ),
    "starts by another variable": (
        "player p { var z in [0, 1] var x[k,t] in [0, 9] starts z + ord(k) ends 2*ord(k) minimize v = z"
        " constraint c[k,t]: x[k,t] - 2*x[k,t-1] <= 1 }",
        """player p { var z in [0, 1]
  var x[k,t] >= (if t == 3 then 2*ord(k) else 0) <= (if t == 3 then 2*ord(k) else 9) minimize v = z
  constraint c[k,t]: x[k,t] - 2*(if t > 1 then x[k,max(t-1, 1)] else z + ord(k)) <= 1 }""",
    ),
    "prev and next": (
        "player p { var x[t,k] in [0, 1] minimize v = x[1,a]"
        " constraint c[t,k where t > first(T) and k != last(K)]: x[prev(t),next(k)] + x[t,k] <= ord(k) + card(T)"
        " constraint d[t where t < last(T)]: x[next(t),first(K)] >= x[first(T),last(K)] - ord(t) }",
        """player p { var x[t,k] in [0, 1] minimize v = x[1,a]
  constraint c[t in {2, 3}, k in {a}]: x[t-1,b] + x[t,k] <= 1 + 3
  constraint d[t in {1, 2}]: x[t+1,a] >= x[1,b] - t }""",
    ),
    "two steps of a set with gaps": (
        "set Y index y = {2025, 2030, 2040} player p { var x[y] in [0, y] minimize v = sum(y) x[y]"
        " constraint c[y where ord(y) > 2]: x[y] >= x[prev(y, 2)] + (y - 2000) }",
        """set Y index y = {2025, 2030, 2040} player p { var x[y] in [0, y] minimize v = sum(y) x[y]
  constraint c[y in {2040}]: x[2040] >= x[2025] + 40 }""",
    ),
    "table": (
        "param c[k,t] = table {\n      3  1  2\n  b  6  4  5\n  a  3  1  2\n}\n"
        "player p { var x[k,t] in [0, c[k,t]] minimize v = x[a,1] }",
        "param c[k,t] = {(a, 1): 1, (a, 2): 2, (a, 3): 3, (b, 1): 4, (b, 2): 5, (b, 3): 6}\n"
        "player p { var x[k,t] in [0, c[k,t]] minimize v = x[a,1] }",
    ),
    "a set of tuples": (
        "set Link in K * T = {(a, 2), (b, 1), (a, 3)}\n"
        "player p { var x[(k,t) in Link] in [0, load[t]] minimize v = sum((k,t) in Link) ord(k)*x[k,t]"
        " constraint c[k]: sum(t where (k,t) in Link) x[k,t] <= 7 }",
        "player p { var x[k, t where (k == a and t >= 2) or (k == b and t == 1)] in [0, load[t]]"
        " minimize v = x[a,2] + 2*x[b,1] + x[a,3] constraint c[k]: (if k == a then x[a,2] + x[a,3] else x[b,1]) <= 7 }",
    ),
    "a range": (
        "player p { var x[t] in [0, 9] minimize v = x[1] constraint c[t]: 1 <= 2*x[t] - x[1] + 3 <= load[t] }",
        "player p { var x[t] in [0, 9] minimize v = x[1]"
        " constraint c[t where t > 0]: -2 <= 2*x[t] - x[1] <= load[t] - 3 }",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_written_out(tmp_path: Path, name: str) -> None:
    short, long = PAIRS[name]
    first, second = ground(tmp_path, BASE + short), ground(tmp_path, BASE + long)
    if name == "a set of tuples":
        # Elements of the tuple set stand in the order of the set, (a, 2), (b, 1), (a, 3); the product's order is by k.
        order = [0, 2, 1]
        np.testing.assert_allclose(dense(first)["matrix"][:, order], dense(second)["matrix"])
        np.testing.assert_allclose(dense(first)["objective"][:, order], dense(second)["objective"])
        np.testing.assert_allclose(first.upper[order], second.upper)
        return
    assert_same(first, second)


# ---------------------------------------------------------------- imports

DEVICES = "component device(P) { var out[t] in [0, P] }\nparam shared_number = 4\n"
USER = "player p { use device(P = shared_number) as u minimize v = sum(t) u.out[t] }"
PLAIN = "player p { var out[t] in [0, 4] minimize v = sum(t) out[t] }"


@pytest.mark.parametrize(
    "files",
    [
        {"devices.game": DEVICES},
        {"devices.game": 'import "more.game"\n' + DEVICES, "more.game": "param unused = 1\n"},
        {"devices.game": 'import "m.game"\n' + DEVICES},
        {"devices.game": 'import "devices.game"\n' + DEVICES},
        {"devices.game": 'import "a.game" import "b.game"', "a.game": 'import "b.game"\n', "b.game": DEVICES},
        {
            "devices.game": 'import "sub/a.game"',
            "sub/a.game": 'import "b.game"',
            "sub/b.game": 'import "../c.game"',
            "c.game": DEVICES,
        },
    ],
    ids=["plain", "chain", "circle", "itself", "diamond", "relative to the file"],
)
def test_imports(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for times in (1, 2):
        imported = ground(tmp_path, BASE + 'import "devices.game"\n' * times + USER)
        assert_same(imported, ground(tmp_path, BASE + PLAIN, "plain.game"))


def test_data_of_an_imported_file_are_beside_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "data.game").write_text('param cap[t] from "cap.csv"', "utf-8")
    (tmp_path / "sub" / "cap.csv").write_text("t,cap\n1,7\n2,8\n3,9\n", "utf-8")
    text = BASE + 'import "sub/data.game"\nplayer p { var x[t] in [0, cap[t]] minimize v = x[1] }'
    np.testing.assert_array_equal(ground(tmp_path, text).upper, [7, 8, 9])


# ---------------------------------------------------------------- cases

CASES = (
    BASE
    + """param cap = 5
param weight[k] = {a: 1, b: 2}
player lead { var y in [0, cap] maximize gain = y*2 - load[1] constraint roof: y <= 4 }
player p[k] follows lead { var x in [0, 9] minimize v = weight[k]*x constraint need: x + y >= 6 }
player third { var z in [0, 1] maximize w = z }
case one { param cap = 2 fix x[a] = 8 }
case two extends one { param weight = {a: 3, b: 4} drop lead.roof }
case three extends two { param cap = 7 fix p.x[k] = 1 drop third }
case four { player p follows none }
case five { player lead follows p  player p follows none }
"""
)
PLAYERS = """param cap = {cap}
param weight[k] = {weight}
player lead {lead_follows} {{ var y in [0, cap] maximize gain = y*2 - load[1] {roof} }}
player p[k] {follows} {{
  var x >= (if k == a then {low_a} else {low_b}) <= (if k == a then {high_a} else {high_b})
  minimize v = weight[k]*x
  constraint need: x + y >= 6 }}
{third}
"""
PLAIN_CASE = {
    "cap": 5,
    "weight": "{a: 1, b: 2}",
    "lead_follows": "",
    "follows": "follows lead",
    "roof": "constraint roof: y <= 4",
    "third": "player third { var z in [0, 1] maximize w = z }",
    "low_a": 0,
    "high_a": 9,
    "low_b": 0,
    "high_b": 9,
}
BY_CASE = {
    "": {},
    "one": {"cap": 2, "low_a": 8, "high_a": 8},
    "two": {"cap": 2, "low_a": 8, "high_a": 8, "weight": "{a: 3, b: 4}", "roof": ""},
    "three": {
        "cap": 7,
        "weight": "{a: 3, b: 4}",
        "roof": "",
        "third": "",
        "low_a": 1,
        "high_a": 1,
        "low_b": 1,
        "high_b": 1,
    },
    "four": {"follows": ""},
    "five": {"follows": "", "lead_follows": "follows p"},
}


@pytest.mark.parametrize("case", BY_CASE)
def test_cases(tmp_path: Path, case: str) -> None:
    plain = BASE + PLAYERS.format(**{**PLAIN_CASE, **BY_CASE[case]})
    assert_same(ground(tmp_path, CASES, case=case or None), ground(tmp_path, plain, "plain.game"))


def test_what_leans_on_a_dropped_player_is_told(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as error:
        ground(tmp_path, CASES + "case six { drop lead }", case="six")
    assert error.value.diagnostics
    assert all(d.code.startswith("G") and d.code != "G901" for d in error.value.diagnostics)


def test_components_solve_to_the_optimum_written_out(tmp_path: Path) -> None:
    """One store that must feed the load: the optimum of both texts."""
    for name in ("parameters and defaults", "nested"):
        found = []
        for k, text in enumerate(PAIRS[name]):
            path = tmp_path / f"{k}.game"
            path.write_text(
                BASE + text.replace("gain = load[1]", "gain = 0").replace("- 3*load[t]", "- 0*load[t]"), "utf-8"
            )
            found.append(solve(path))
        assert found[0].status is found[1].status
        assert found[0].objectives == pytest.approx(found[1].objectives)
