"""`--to json`: it keeps its schema, says all of a game, and another program that reads it finds what gamec finds."""

from __future__ import annotations

import json
import operator
from itertools import product
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from compiler.backends.game_json import VERSION
from compiler.backends.registry import emit
from compiler.pipeline import compile_file
from grammar.source import Source
from runtime.answer import answer
from runtime.methods.method import Request

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "game.schema.json").read_text(encoding="utf-8"))
MODELS = [
    *sorted((ROOT / "tests" / "backends" / "golden").glob("*.game")),
    ROOT / "tests" / "documents" / "golden" / "zoo.game",
    *(ROOT / "models" / n / f"{n}.game" for n in ("toy", "retail_packages", "spot_market_vpp", "storage_alliance")),
]

RARE = """
set T index t = 1..4
set K index k = {a, b, c}
set Pair in K * K = {(a, b), (b, c)}
set Late = {t in T where t >= 3}
set Ends = {a, b} union {c}
set Some = Ends diff {b}
set Both = Ends inter K
set All = K * K
param N = 2
param w[k] = {a: 0.2, b: 0.3, c: 0.5}
let span = card(T) - 1
player p {
  var x[t] in [0, 9] starts 1 ends >= 0.5
  var u binary
  var s[k] semicontinuous in [1, 4]
  minimize cost = sum(t) x[t]*ord(t) + smax(k) s[k] + mean(t) x[t]^2 + abs(x[1] - 2) + span*u + prod(k) w[k]
    + piecewise(x[1]; (0, 0), (2, 1), (9, 20)) + tiers(x[2]; 3: 1, 5: 2, rest: 4) - smin(k) s[k]
  constraint last_one: x[last(T)] + x[first(T)] + x[N] >= 1
  constraint step[t where not (t == 1) and (t in Late or t == 2)]: x[t] - x[prev(t)] <= 3
}
"""


def document(path: Path | Source) -> dict[str, Any]:
    return json.loads(emit(compile_file(path), "json"))  # type: ignore[no-any-return]


def wrong(found: object) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in Draft202012Validator(SCHEMA).iter_errors(found)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"]["const"] == VERSION


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_documents_keep_the_schema(path: Path) -> None:
    assert wrong(document(path)) == []


def test_the_schema_refuses_what_is_not_there() -> None:
    good = document(Source("a.game", LAGGED))
    for spoil in ("name", "players", "version"):
        assert wrong({k: v for k, v in good.items() if k != spoil})
    assert wrong({**good, "version": VERSION + 1})
    good["players"][0]["objective"]["value"] = {"op": "frobnicate"}
    assert wrong(good)
    good["players"][0]["objective"]["value"] = {"op": "number", "value": "7"}
    assert wrong(good)


LAGGED = """
game store "a store of two tanks"
unit CNY "yuan"
set T index t = 1..6          "hours"
set K index k = {small, big}
param price[t] : CNY/kWh = {1: 20, 2: 35, 3: 15, 4: 60, 5: 45, 6: 80}
param room[k] : kWh = {small: 4, big: 11}
param keep = 0.95             "share that is left after an hour"
player store "owner" {
  var soc[k, t] : kWh >= 0 starts 1.5
  var buy[k, t] : kWh in [0, 5]
  var sell[k, t] : kWh in [0, 5]
  let trade[t] = sum(k) (sell[k, t] - buy[k, t])
  maximize profit : CNY = sum(t) price[t]*trade[t] + 12
  constraint balance[k, t] "what stays": soc[k, t] == keep*soc[k, t-1] + 0.9*buy[k, t] - sell[k, t]
  constraint full[k, t]: soc[k, t] <= room[k]
  constraint grid[t where t >= 2 and t != 5]: -6 <= trade[t] <= 7
}
"""


def test_a_game_with_much_in_it_keeps_the_schema() -> None:
    found = document(Source("rare.game", RARE))
    assert wrong(found) == []
    ops = _ops(found)
    missing = _ops_of_schema() - ops - _seen_elsewhere()
    assert missing == set(), "the schema names nodes that no test has seen"


def _seen_elsewhere() -> set[str]:
    return set().union(*(_ops(document(p)) for p in MODELS))


def _ops(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["op"])} if "op" in node else set()
        return own.union(*(_ops(v) for v in node.values()))
    return set().union(*(_ops(v) for v in node)) if isinstance(node, list) else set()


def _ops_of_schema() -> set[str]:
    kinds = ("expression", "index", "set_expression")
    return {op for kind in kinds for op in SCHEMA["$defs"][kind]["properties"]["op"]["enum"]}


def test_what_belongs_to_declarations_is_told() -> None:
    found = document(Source("folder/store.game", LAGGED))
    assert (found["name"], found["doc"], found["source"]) == ("store", "a store of two tanks", "store.game")
    hours, tanks = found["sets"]
    assert hours["elements"] == [1, 2, 3, 4, 5, 6]
    assert (tanks["elements"], tanks["letters"]) == (["small", "big"], ["k"])
    price = next(p for p in found["parameters"] if p["name"] == "price")
    assert (price["unit"], price["keys"][3], price["values"][3]) == ("CNY/kWh", [4], 60.0)
    (player,) = found["players"]
    balance = player["constraints"][0]
    assert (balance["name"], balance["doc"], balance["relation"]) == ("balance", "what stays", "==")
    line = LAGGED.splitlines().index(next(x for x in LAGGED.splitlines() if "balance" in x)) + 1
    assert (balance["span"]["file"], balance["span"]["line"]) == ("store.game", line)
    assert player["objective"]["sense"] == "maximize"
    assert player["variables"][0]["before_first"] == {"op": "number", "value": 1.5}


Row = dict[tuple[Any, ...], float]


class Reader:
    """Another program: the linear problem of a game of one player, from the JSON alone. A value is a row of
    coefficients by (variable, key), with the constant at ()."""

    def __init__(self, game: dict[str, Any]) -> None:
        self.game = game
        self.elements = {s["name"]: s["elements"] for s in game["sets"]}
        self.numbers = {
            p["name"]: {tuple(k): v for k, v in zip(p["keys"], p["values"], strict=True)} for p in game["parameters"]
        }
        self.lets = {d["name"]: d for d in game["definitions"]}
        (self.player,) = game["players"]
        self.variables = {v["name"]: v for v in self.player["variables"]}

    def keys(self, domain: dict[str, Any], around: dict[str, Any]) -> list[dict[str, Any]]:
        axes = [self.elements[b["set"]["name"]] for b in domain["binders"]]
        letters = [b["letters"][0] for b in domain["binders"]]
        found = [{**around, **dict(zip(letters, key, strict=True))} for key in product(*axes)]
        return [at for at in found if domain["where"] is None or self.holds(domain["where"], at)]

    def holds(self, node: dict[str, Any], at: dict[str, Any]) -> bool:
        if node["op"] == "and":
            return all(self.holds(o, at) for o in node["operands"])
        relations = {">=": operator.ge, "!=": operator.ne}
        if node["op"] == "compare_index":
            return bool(relations[node["relation"]](self.element(node["left"], at), self.element(node["right"], at)))
        left, right = (self.row(o, at).get((), 0.0) for o in node["operands"])
        return bool(relations[node["relations"][0]](left, right))

    def element(self, node: dict[str, Any], at: dict[str, Any]) -> Any:
        if node["op"] == "shift":
            return self.element(node["base"], at) + self.row(node["by"], at)[()]
        return at[node["letter"]] if node["op"] == "letter" else node["element"]

    def row(self, node: dict[str, Any], at: dict[str, Any]) -> Row:
        match node["op"]:
            case "number":
                return {(): node["value"]}
            case "index":
                return {(): float(self.element(node["index"], at))}
            case "negate":
                return _scaled(self.row(node["operand"], at), -1)
            case "add":
                return _sum(_scaled(self.row(t, at), s) for s, t in zip(node["signs"], node["terms"], strict=True))
            case "multiply":
                found: Row = {(): 1.0}
                for factor in node["factors"]:
                    other = self.row(factor, at)
                    found, other = (other, found) if set(other) - {()} else (found, other)
                    found = _scaled(found, other.get((), 0.0))
                return found
            case "sum":
                return _sum(self.row(node["body"], inner) for inner in self.keys(node["domain"], at))
        assert node["op"] == "use"
        key = tuple(self.element(i, at) for i in node["indices"])
        if node["kind"] == "parameter":
            return {(): self.numbers[node["name"]][key]}
        if node["kind"] == "definition":
            let = self.lets[node["name"]]
            letters = [b["letters"][0] for b in let["domain"]["binders"]]
            return self.row(let["value"], dict(zip(letters, key, strict=True)))
        if key[-1] == 0:
            return self.row(self.variables[node["name"]]["before_first"], at)
        return {(node["name"], *key): 1.0}

    def optimum(self) -> float:
        columns: dict[tuple[Any, ...], tuple[float, float]] = {}
        for v in self.player["variables"]:
            for at in self.keys(v["domain"], {}):
                limits = {b["relation"]: self.row(b["value"], at)[()] for b in v["bounds"]}
                columns[v["name"], *at.values()] = (limits.get(">=", -np.inf), limits.get("<=", np.inf))
        number = {name: k for k, name in enumerate(columns)}
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        for low, high in columns.values():
            highs.addVar(low, high)
        goal = self.row(self.player["objective"]["value"], {})
        for name, value in goal.items():
            if name:
                highs.changeColCost(number[name], value)
        highs.changeObjectiveOffset(goal.get((), 0.0))
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        for c in self.player["constraints"]:
            for at in self.keys(c["domain"], {}):
                middle = c["middle"] if c["relation"] == "range" else c["left"]
                sides = {
                    "==": ((c["right"],) * 2),
                    "<=": (None, c["right"]),
                    "range": (c["left"], c["right"]),
                }[c["relation"]]
                body = self.row(middle, at)
                rows = [None if s is None else _sum([body, _scaled(self.row(s, at), -1)]) for s in sides]
                for row, low in zip(rows, (True, False), strict=True):
                    if row is not None:
                        names = [n for n in row if n]
                        limit = -row.get((), 0.0)
                        highs.addRow(
                            *((limit, np.inf) if low else (-np.inf, limit)),
                            *(len(names), np.array([number[n] for n in names]), np.array([row[n] for n in names])),
                        )
        highs.run()
        assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return float(highs.getInfo().objective_function_value)


def _scaled(row: Row, factor: float) -> Row:
    return {name: factor * value for name, value in row.items()}


def _sum(rows: Any) -> Row:
    found: Row = {}
    for row in rows:
        for name, value in row.items():
            found[name] = found.get(name, 0.0) + value
    return found


def test_another_program_reads_it_and_finds_the_same_optimum() -> None:
    compiled = compile_file(Source("store.game", LAGGED))
    found = answer(compiled.ground, Request())
    assert found.x is not None
    ours = float(compiled.ground.objectives_at(found.x)[0])
    assert Reader(json.loads(emit(compiled, "json"))).optimum() == pytest.approx(ours, rel=1e-6)
    assert ours > 12
