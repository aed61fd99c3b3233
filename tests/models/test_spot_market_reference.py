"""In: the reference clearing of the spot market and the checked-in data; out: that both stand before gamec is asked."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from models.spot_market_vpp.make_data import make_all
from tests.models.spot_market_premium import (
    coalition_values,
    core_deficit,
    largest_gain,
    preferring,
    pro_rata,
    shapley,
)
from tests.models.spot_market_reference import (
    TICKS_PER_USD,
    Hourly,
    buyers_value_range,
    clear_hour,
    enumerate_welfare,
    milp_welfare,
    movable_bids,
    read_study,
    volume_range,
    vpp_volume_range,
)

FOLDER = Path(__file__).parents[2] / "models" / "spot_market_vpp"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
RUNS = list(itertools.product("ABC", ("rigid", "flexible")))
# Found by others, by two solvers and by enumeration, before this reference was written.
KNOWN = {
    ("A", "rigid"): 27.6934,
    ("A", "flexible"): 27.6934,
    ("B", "rigid"): 42.5728,
    ("B", "flexible"): 44.4330,
}


@pytest.mark.parametrize(("name", "scenario"), KNOWN)
def test_welfare_is_what_others_found(name: str, scenario: str) -> None:
    study = read_study(name)
    welfare, _ = enumerate_welfare(study, movable_bids(study, scenario))
    assert welfare / TICKS_PER_USD == pytest.approx(KNOWN[name, scenario], abs=1e-9)


@pytest.mark.parametrize("priced", [False, True])
@pytest.mark.parametrize(("name", "scenario"), RUNS)
def test_enumeration_and_milp_agree(name: str, scenario: str, priced: bool) -> None:
    study = read_study(name)
    movable = movable_bids(study, scenario)
    welfare, _ = enumerate_welfare(study, movable, priced=priced)
    assert milp_welfare(study, movable, priced=priced) == pytest.approx(welfare / TICKS_PER_USD, abs=1e-7)


@pytest.mark.parametrize(("name", "scenario"), RUNS)
def test_expected_json_holds_the_reference(name: str, scenario: str) -> None:
    study = read_study(name)
    expected = EXPECTED["cases"][f"{scenario}_{name.lower()}"]
    welfare, choices = enumerate_welfare(study, movable_bids(study, scenario))
    assert expected["objectives"]["market.welfare"] == welfare / TICKS_PER_USD
    assert choices == [tuple(expected["awarded_starts"])]
    assert expected["ranges"] == {
        "volume": list(volume_range(study, scenario)),
        "vpp_volume": list(vpp_volume_range(study, scenario)),
        "buyers_value": [ticks / TICKS_PER_USD for ticks in buyers_value_range(study, scenario)],
    }


@pytest.mark.parametrize("name", "ABC")
def test_price_rule_costs_nothing_here(name: str) -> None:
    study = read_study(name)
    movable = movable_bids(study, "flexible")
    welfare, choices = enumerate_welfare(study, movable, priced=True)
    assert (welfare, choices) == enumerate_welfare(study, movable)
    assert EXPECTED["cases"][f"priced_{name.lower()}"]["objectives"]["market.welfare"] == welfare / TICKS_PER_USD


def test_merit_order_by_hand() -> None:
    """A buyer of 10 at 5, sellers of 6 at 3 and 6 at 4: 10 traded, worth 50 less 18 less 16."""
    bids = [Hourly("b", 1, 0, 5, 10), Hourly("s", -1, 0, 3, 6), Hourly("s", -1, 0, 4, 6)]
    assert clear_hour(bids, 0) == (16, [10, 6, 4])
    assert clear_hour(bids, 2) == (50 - 18 - 24, [10, 6, 6])
    assert clear_hour(bids, 13) is None


def test_premium_split_in_study_c() -> None:
    """The README's remarks: VPP 1 adds nothing, the core is empty, and the pro-rata shares sum to the premium."""
    study = read_study("C")
    values = coalition_values(study)
    whole = frozenset(range(3))
    assert all(values[s | {0}] == values[s] for s in values)
    assert sum(pro_rata(study, values[whole])) == sum(shapley(values)) == values[whole] == 27618
    assert core_deficit(values) > 0
    assert [round(float(x) / TICKS_PER_USD, 4) for x in pro_rata(study, values[whole])] == [0.9230, 0.9833, 0.8555]
    assert [round(float(x) / TICKS_PER_USD, 4) for x in shapley(values)] == [0.0, 1.4615, 1.3003]


def test_worse_declarations_raise_every_share() -> None:
    """VPP 1 declaring the hours that the clearing does not choose leaves scenario 2 as it is and raises the premium."""
    study = read_study("C")
    whole = frozenset(range(3))
    best = enumerate_welfare(study, whole)[0]
    premium = coalition_values(study)[whole]
    declared = preferring(study, {0: 17})
    assert enumerate_welfare(declared, whole)[0] == best
    assert coalition_values(declared)[whole] == 59322 > premium
    accurate = preferring(study, {1: 17, 2: 17})
    assert coalition_values(accurate)[whole] == -196 < 0


def test_no_premium_in_study_a_can_reach_the_published_one() -> None:
    assert largest_gain(read_study("A")) == 10360


def test_data_are_those_that_the_script_makes(tmp_path: Path) -> None:
    make_all(FOLDER / "data" / "appendix", tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    checked_in = {path.relative_to(FOLDER / "data"): path.read_bytes() for path in FOLDER.glob("data/[abc]/*.csv")}
    assert made == checked_in
    assert len(made) == 15
