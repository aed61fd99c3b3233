"""`gamec explain`: models, codes and their names.

`GAMEC_GOLDEN=write` writes the golden texts anew; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grammar.codes import CODES
from tests.gamec.conftest import ROOT, Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

GOLDEN = Path(__file__).resolve().parents[1] / "golden_explanations"
MODELS = {
    "toy": [str(ROOT / "models" / "toy" / "toy.game")],
    "spot_market": [str(ROOT / "models" / "spot_market_vpp" / "spot_market_vpp.game"), "--case", "priced_c"],
    "nash": [str(GOLDEN / "nash.game")],
    "integer_follower": [str(GOLDEN / "integer_follower.game")],
    "priced": [str(GOLDEN / "priced.game")],
}


@pytest.mark.parametrize("model", MODELS)
def test_a_model(gamec: Gamec, model: str) -> None:
    ran = gamec("explain", *MODELS[model])
    assert (ran.code, ran.err) == (0, "")
    path = GOLDEN / f"{model}.txt"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        path.write_text(ran.out, encoding="utf-8")
    assert ran.out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("model", MODELS)
def test_as_json(gamec: Gamec, model: str) -> None:
    ran = gamec("explain", *MODELS[model], "--format", "json")
    document = parse(ran.out)
    assert (ran.code, wrong(document, "explanation")) == (0, [])
    fitting = [m["name"] for m in document["methods"] if m["fits"]]
    assert (document["method"]["chosen"] or "none") in [*fitting, "none"]
    assert all(m["fits"] != bool(m["reason"]) for m in document["methods"])


def test_who_sees_what_is_where_the_file_says_so(gamec: Gamec) -> None:
    """Read by hand off `priced.game`: its lines 7, 12 and 18."""
    document = json.loads(gamec("explain", *MODELS["priced"], "--format", "json").out)
    sees = {p["name"]: {(s["what"], s["where"], s["place"]) for s in p["sees"]} for p in document["players"]}
    assert sees == {
        "bidder": {
            ("the price clearing.price", "objective profit", "line 7"),
            ("clearing.made", "objective profit", "line 7"),
        },
        "clearing": {("bidder.bid", "objective spent", "line 12")},
        "saver": {("bidder.bid", "objective loss", "line 18")},
    }
    assert [(p["level"], p["follows"]) for p in document["players"]] == [(1, []), (2, ["bidder"]), (2, ["bidder"])]
    [_, _, saver] = document["players"]
    assert saver["class"] == "nonconvex QP"
    assert (saver["place"], "saver.x" in saver["reason"]) == ("line 18", True)


def test_a_model_in_one_line(gamec: Gamec) -> None:
    ran = gamec("explain", *MODELS["toy"], "--format", "short")
    assert ran.out == "toy kkt: one leader (LP) and 1 follower (LP)\n"


def test_what_is_explained_is_what_runs(gamec: Gamec) -> None:
    for model in ("toy", "nash"):
        chosen = json.loads(gamec("explain", *MODELS[model], "--format", "json").out)["method"]["chosen"]
        assert json.loads(gamec("solve", *MODELS[model], "--format", "json").out)["method"] == chosen


def test_standard_input_and_mistakes(gamec: Gamec, tmp_path: Path) -> None:
    text = b"game g player p { var x in [0, 1] minimize c = x }"
    assert gamec("explain", "-", stdin=text).out.startswith("g\n  one player (LP)\n")
    (tmp_path / "model.txt").write_bytes(text)
    assert gamec("explain", "model.txt").out.startswith("g\n")
    ran = gamec("explain", "-", "--format", "json", stdin=text.replace(b"= x", b"= y"))
    assert (ran.code, wrong(parse(ran.out), "failure")) == (1, [])
    assert gamec("explain", "none.game").code == 1


@pytest.mark.parametrize("word", ["G401", "g401", "unit-mismatch", "UNIT-MISMATCH"])
def test_a_code(gamec: Gamec, word: str) -> None:
    ran = gamec("explain", word)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[:4] == ["G401 unit-mismatch", "==================", "", CODES["G401"].meaning]
    assert "    param power : kW = 40" in lines
    assert lines[-1] == "family: units"


def test_a_code_as_json(gamec: Gamec) -> None:
    document = parse(gamec("explain", "G401", "--format", "json").out)
    assert (document["code"], document["name"], document["family"]) == ("G401", "unit-mismatch", "units")
    assert document["page"].startswith("# G401")


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_page(
    code: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from gamec.app import main

    monkeypatch.chdir(tmp_path)
    assert main(["explain", code]) == 0
    ran = capsys.readouterr()
    assert ran.err == ""
    assert ran.out.startswith(f"{code} {CODES[code].slug}\n")
    assert "```" not in ran.out
    assert "](" not in ran.out


def test_all_codes(gamec: Gamec) -> None:
    lines = gamec("explain", "all").out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == list(CODES)


@pytest.mark.parametrize(("word", "near"), [("G40", "G40"), ("unit-mismach", "unit-mismatch")])
def test_an_unknown_code_offers_near_ones(gamec: Gamec, word: str, near: str) -> None:
    ran = gamec("explain", word)
    assert ran.code == 2
    assert "G807" in ran.err
    assert f"did you mean `{near}" in ran.err
