"""`gamec new`: a folder that is there whole and runs at once, or nothing."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gamec.commands.new import PLACEHOLDER, Template
from tests.gamec.conftest import ROOT, Ran

Gamec = Callable[..., Ran]


@pytest.mark.parametrize("template", list(Template))
def test_every_file_of_the_template_comes(gamec: Gamec, tmp_path: Path, template: Template) -> None:
    ran = gamec("new", "my-game", "--template", template)
    assert ran.code == 0
    assert ran.err == ""
    source = ROOT / "gamec" / "templates" / template.value
    wanted = {str(p.relative_to(source)).replace(PLACEHOLDER, "my_game") for p in source.rglob("*")}
    made = tmp_path / "my-game"
    assert {str(p.relative_to(made)) for p in made.rglob("*")} == wanted
    assert "my_game.game" in wanted
    assert all(PLACEHOLDER not in p.read_text(encoding="utf-8") for p in made.rglob("*") if p.is_file())
    assert [p.name for p in tmp_path.iterdir()] == ["my-game"]


def test_every_template_folder_is_a_choice() -> None:
    assert {p.name for p in (ROOT / "gamec" / "templates").iterdir() if p.is_dir()} == set(Template)


@pytest.mark.parametrize("template", list(Template))
def test_the_commands_that_it_prints_work(gamec: Gamec, tmp_path: Path, template: Template) -> None:
    """With a name that a shell would split, in a folder that does not exist yet."""
    ran = gamec("new", "deep/a name", "--template", template)
    assert ran.code == 0
    commands = re.findall(r"^  gamec (\w+) '(.*)'$", ran.out, re.MULTILINE)
    assert [command for command, _ in commands] == ["check", "solve"]
    for command, file in commands:
        done = gamec(command, file)
        assert done.code == 0, done.err


def test_the_storage_earns_what_can_be_computed_by_hand(gamec: Gamec) -> None:
    """It buys surplus at the grid's price until it is full and sells at the tariff, in the dearest two periods."""
    gamec("new", "st", "--template", "stackelberg")
    result = json.loads(gamec("solve", "st/st.game", "--format", "json").out)
    stored = 300 / 0.95
    out = 300 * 0.95
    profit = 200 * 1.1 + (out - 200) * 0.9 - stored * 0.3
    assert result["status"] == "optimal"
    assert result["certificate"]["verified"] is True
    assert result["objectives"]["storage.profit"] == pytest.approx(profit, abs=1e-4)
    assert result["reports"]["stored"] == pytest.approx(stored, abs=1e-4)


@pytest.mark.parametrize(("case", "out"), [("all_units", ""), ("outage", "coal")])
def test_the_market_clears_in_merit_order(gamec: Gamec, tmp_path: Path, case: str, out: str) -> None:
    gamec("new", "mk", "--template", "market")
    result = json.loads(gamec("solve", "mk/mk.game", "--case", case, "--format", "json").out)
    with (tmp_path / "mk" / "offers.csv").open(encoding="utf-8") as file:
        offers = sorted((float(r["cost"]), float(r["capacity"])) for r in csv.DictReader(file) if r["g"] != out)
    with (tmp_path / "mk" / "demand.csv").open(encoding="utf-8") as file:
        demand = {int(r["t"]): float(r["demand"]) for r in csv.DictReader(file)}
    surplus, prices = 0.0, []
    for wanted in demand.values():
        left = wanted
        for cost, capacity in offers:
            taken = min(left, capacity)
            surplus += taken * (300 - cost)
            left -= taken
            if left <= 0:
                prices.append(cost)
                break
        else:
            prices.append(300.0)
    assert result["objectives"]["market.welfare"] == pytest.approx(surplus, abs=1e-4)
    assert result["prices"]["marginal"]["keys"] == [[t] for t in demand]
    assert result["prices"]["marginal"]["values"] == pytest.approx(prices, abs=1e-6)


def test_the_producers_of_the_epec_are_those_of_cournot(gamec: Gamec) -> None:
    """The market's price is what one more unit is worth, `worth - slope*energy`, so the leaders play Cournot: each
    makes (worth - 2*own + other)/(3*slope), and earns slope times the square of that."""
    gamec("new", "ep", "--template", "epec")
    result = json.loads(gamec("solve", "ep/ep.game", "--format", "json").out)
    assert result["status"] == "equilibrium"
    assert result["certificate"]["verified"] is True
    for name, own, other in (("one", 10, 16), ("two", 16, 10)):
        made = [(worth - 2 * own + other) / 3 for worth in (100, 70)]
        assert result["values"][f"{name}.q"]["values"] == pytest.approx(made, abs=1e-3)
        assert result["objectives"][f"{name}.profit"] == pytest.approx(sum(q * q for q in made), rel=1e-5)


def test_the_retailer_asks_what_a_monopoly_asks(gamec: Gamec) -> None:
    """Half way between the wholesale price and the price at which nobody buys, households weighed by how much they
    answer, 1/slope; all of them buy something."""
    gamec("new", "rt", "--template", "retail")
    result = json.loads(gamec("solve", "rt/rt.game", "--format", "json").out)
    assert result["status"] == "optimal"
    assert result["certificate"]["verified"] is True
    slopes, keen = (0.10, 0.05), (1.0, 1.2)
    weight = sum(1 / s for s in slopes)
    asked, profit = [], 0.0
    for wholesale, worth in zip((0.05, 0.10, 0.08, 0.20), (0.30, 0.45, 0.40, 0.60), strict=True):
        choke = sum(k * worth / s for k, s in zip(keen, slopes, strict=True)) / weight
        asked.append((choke + wholesale) / 2)
        profit += weight * (choke - asked[-1]) * (asked[-1] - wholesale)
    assert result["values"]["tariff"]["values"] == pytest.approx(asked, abs=1e-4)
    assert result["objectives"]["retailer.profit"] == pytest.approx(profit, rel=1e-6)


def test_the_storages_follow_the_value_of_what_they_hold(gamec: Gamec) -> None:
    """Two alike that move the price: each charges until base + 3*slope*ch is the value of what is stored times the
    efficiency, and discharges until base - 3*slope*dis is that value over the efficiency; what goes in comes out."""
    gamec("new", "st", "--template", "storage")
    result = json.loads(gamec("solve", "st/st.game", "--format", "json").out)
    assert result["status"] == "equilibrium"
    assert result["certificate"]["verified"] is True
    base, slope, eta = (0.05, 0.12, 0.08, 0.25), 0.0001, 0.95

    def powers(value: float) -> tuple[list[float], list[float]]:
        charged = [max(0.0, (value * eta - b) / (3 * slope)) for b in base]
        return charged, [max(0.0, (b - value / eta) / (3 * slope)) for b in base]

    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        charged, given = powers(middle)
        low, high = (low, middle) if sum(charged) * eta > sum(given) / eta else (middle, high)
    charged, given = powers(low)
    assert result["values"]["store.ch"]["values"] == pytest.approx([*charged, *charged], abs=0.05)
    assert result["values"]["store.dis"]["values"] == pytest.approx([*given, *given], abs=0.05)


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda p: p.symlink_to("nowhere")])
def test_nothing_is_overwritten(gamec: Gamec, tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "mine")
    before = _identity(tmp_path / "mine")
    ran = gamec("new", "mine")
    assert ran.code == 1
    assert "G003" in ran.err
    assert _identity(tmp_path / "mine") == before
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def _identity(path: Path) -> tuple[int, int, int, int]:
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns


@pytest.mark.parametrize("name", ["", "...", "-", "_", "."])
def test_names_that_are_none(gamec: Gamec, tmp_path: Path, name: str) -> None:
    ran = gamec("new", "--", name)
    assert ran.code in (1, 2)
    assert "error[G" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "identifier"), [("3d", "my_3d"), ("²x", "_x"), ("set", "my_set"), ("λ-Spiel", "λ_Spiel"), ("a.b", "a_b")]
)
def test_the_model_gets_a_name_of_the_language(gamec: Gamec, tmp_path: Path, folder: str, identifier: str) -> None:
    assert gamec("new", folder).code == 0
    text = (tmp_path / folder / f"{identifier}.game").read_text(encoding="utf-8")
    assert text.startswith(f"game {identifier} ")


def test_a_place_that_cannot_be_written_to(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = gamec("new", "file/game_in_it")
    assert ran.code == 1
    assert "G003" in ran.err
