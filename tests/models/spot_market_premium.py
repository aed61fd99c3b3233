"""In: the reference clearing; out: how the flexibility premium splits among the flexible bidders, and its bounds.

`python tests/models/spot_market_premium.py` prints the numbers quoted in `models/spot_market_vpp/README.md`.
Coalition value v(S): welfare when the bids of S may move and the others stand at their preferred hours, less the
welfare when none moves, in ticks of 1e-4 USD.
"""

from __future__ import annotations

import itertools
import math
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, the repository's root is not on the path

from tests.models.spot_market_reference import (
    HOURS,
    TICKS_PER_USD,
    Flexible,
    Hourly,
    Study,
    buyers_value_range,
    clear_hour,
    enumerate_welfare,
    milp_welfare,
    movable_bids,
    read_study,
    volume_range,
    vpp_volume_range,
    welfare_of,
)

Coalition = frozenset[int]


def coalition_values(study: Study) -> dict[Coalition, int]:
    """v(S) for every set S of flexible bids."""
    players = range(len(study.flexible))
    sets = [frozenset(s) for n in range(len(players) + 1) for s in itertools.combinations(players, n)]
    nobody = enumerate_welfare(study, frozenset())[0]
    return {s: enumerate_welfare(study, s)[0] - nobody for s in sets}


def pro_rata(study: Study, premium: int) -> list[Fraction]:
    """The paper's split: in proportion to each flexible bid's energy."""
    total = sum(bid.energy for bid in study.flexible)
    return [Fraction(premium * bid.energy, total) for bid in study.flexible]


def shapley(values: dict[Coalition, int]) -> list[Fraction]:
    """Mean of each player's marginal value over all orders of joining (Shapley, 1953)."""
    n = max(len(s) for s in values)
    share = [Fraction(0)] * n
    for order in itertools.permutations(range(n)):
        for k, player in enumerate(order):
            before = frozenset(order[:k])
            share[player] += Fraction(values[before | {player}] - values[before], math.factorial(n))
    return share


def core_deficit(values: dict[Coalition, int]) -> Fraction:
    """By how much the grand coalition of three falls short of what its parts can claim: positive, the core is empty.

    Bondareva (1963) and Shapley (1967) for three players: beside superadditivity, half the sum over the pairs must not
    exceed the whole, and no partition into a pair and a single may be worth more than the whole.
    """
    whole = frozenset(range(3))
    claims = [Fraction(sum(values[whole - {k}] for k in whole), 2)]
    claims += [Fraction(values[whole - {k}] + values[frozenset({k})]) for k in whole]
    claims += [Fraction(sum(values[frozenset({k})] for k in whole))]
    return max(claims) - values[whole]


def preferring(study: Study, starts: dict[int, int]) -> Study:
    """The study with other preferred starts: same bids, same alternatives, only the declared order differs."""

    def reordered(k: int, bid: Flexible) -> Flexible:
        first = starts.get(k, bid.starts[0])
        return replace(bid, starts=(first, *(s for s in bid.starts if s != first)))

    return replace(study, flexible=tuple(reordered(k, bid) for k, bid in enumerate(study.flexible)))


def largest_gain(study: Study) -> int:
    """A bound on any premium: each hour of each flexible bid, divisible, in the hour of the day that gains most by it.

    Beside other bids of its side a bid gains an hour no more than alone, and the rigid clearing is worth at least the
    clearing without flexible bids: so no premium exceeds the sum of these gains, if all flexible bids are of one side.
    """
    assert len({bid.side for bid in study.flexible}) == 1
    hours = [[bid for bid in study.hourly if bid.hour == hour] for hour in HOURS]

    def value(bids: list[Hourly]) -> int:
        cleared = clear_hour(bids, 0)
        assert cleared is not None
        return cleared[0]

    without = [value(bids) for bids in hours]
    rows = [row for bid in study.flexible for row in bid.at(bid.starts[0])]
    return sum(max(value([*hours[h], replace(row, hour=h)]) - without[h] for h in HOURS) for row in rows)


def usd(ticks: int | Fraction) -> str:
    return f"{float(ticks) / TICKS_PER_USD:.4f}"


def main() -> None:
    print("study scenario: welfare by enumeration, by MILP, under (3)-(5); awarded starts")
    print("   ranges over all optimal clearings: buyers' value, kWh traded, kWh of the VPPs")
    for name in "ABC":
        study = read_study(name)
        for scenario in ("rigid", "flexible"):
            movable = movable_bids(study, scenario)
            welfare, choices = enumerate_welfare(study, movable)
            priced, _ = enumerate_welfare(study, movable, priced=True)
            print(name, scenario, usd(welfare), f"{milp_welfare(study, movable):.4f}", usd(priced), choices)
            worth = [usd(x) for x in buyers_value_range(study, scenario)]
            print("  ", worth, volume_range(study, scenario), vpp_volume_range(study, scenario))
    study = read_study("A")
    published = welfare_of(study, frozenset({0, 1}), (13, 16))
    assert published is not None
    print("A with the published awards (13, 16):", usd(published))
    for name in "AB":
        print(f"no premium in {name} can exceed", usd(largest_gain(read_study(name))))
    study = read_study("C")
    values = coalition_values(study)
    print("\ncoalition values in C, bids numbered as VPP 1, 2, 3")
    for coalition, value in values.items():
        print("  ", "{" + ", ".join(f"VPP {k + 1}" for k in sorted(coalition)) + "}", usd(value))
    print("pro rata", [usd(x) for x in pro_rata(study, values[frozenset({0, 1, 2})])])
    print("Shapley ", [usd(x) for x in shapley(values)])
    print("core deficit", usd(core_deficit(values)))
    print("\npreferred start of VPP 1, 2, 3: rigid, flexible, premium, pro rata shares, Shapley")
    for starts in itertools.product((6, 17), repeat=3):
        declared = preferring(study, dict(enumerate(starts)))
        values = coalition_values(declared)
        rigid = enumerate_welfare(declared, frozenset())[0]
        premium = values[frozenset({0, 1, 2})]
        split = [usd(x) for x in pro_rata(declared, premium)], [usd(x) for x in shapley(values)]
        print(starts, usd(rigid), usd(rigid + premium), usd(premium), *split)


if __name__ == "__main__":
    main()
