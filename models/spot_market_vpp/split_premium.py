"""The flexibility premium split among the flexible bids: pro rata, as the paper does, and by Shapley value.

`python models/spot_market_vpp/split_premium.py [STUDY] [RULE]` (c and flexible if left out). A coalition of flexible
bids is worth what the welfare gains when its bids may move and all others stand at their preferred hours. RULE is what
the clearing asks of prices: flexible (nothing), priced (hour by hour), average or full; a coalition and nobody are
cleared under the same. Every coalition is one clearing by gamec.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import gamec

FOLDER = Path(__file__).parent
MODEL = FOLDER / "spot_market_vpp.game"
BIDS = (1, 2, 3)
Coalition = frozenset[int]


def flexible_energy(study: str) -> dict[int, float]:
    """kWh that each flexible bid of the study declares."""
    energy: dict[int, float] = {}
    with (FOLDER / "data" / study / "profiles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            bid = int(row["flexible"])
            energy[bid] = energy.get(bid, 0.0) + float(row["quantity"])
    return energy


def welfare(study: str, rule: str, coalition: Coalition) -> float:
    """USD when the bids of the coalition may move. Raises ValueError where the clearing is not proved optimal."""
    movable = {bid: int(bid in coalition) for bid in BIDS}
    result = gamec.solve(MODEL, case=f"{rule}_{study}", data={"movable": movable})
    if result.status.value != "optimal":
        raise ValueError(f"study {study}, rule {rule}, coalition {sorted(coalition)}: {result.status.value}")
    return float(result.objectives["market.welfare"])


def coalition_values(study: str, rule: str, bids: Sequence[int]) -> dict[Coalition, float]:
    """USD that each coalition of the bids adds to the welfare."""
    coalitions = [frozenset(c) for size in range(len(bids) + 1) for c in itertools.combinations(bids, size)]
    reached = {c: welfare(study, rule, c) for c in coalitions}
    return {c: value - reached[frozenset()] for c, value in reached.items()}


def shapley(values: Mapping[Coalition, float]) -> dict[int, float]:
    """Each one's mean addition over all orders of joining (Shapley, 1953), from the values of all coalitions."""
    everybody = max(values, key=len)
    n = len(everybody)
    return {
        one: math.fsum(
            math.factorial(len(c))
            * math.factorial(n - len(c) - 1)
            / math.factorial(n)
            * (values[c | {one}] - values[c])
            for c in values
            if one not in c
        )
        for one in sorted(everybody)
    }


def pro_rata(premium: float, energy: Mapping[int, float]) -> dict[int, float]:
    """The premium in proportion to energy, the paper's split (11)."""
    total = math.fsum(energy.values())
    return {one: premium * kwh / total for one, kwh in energy.items()}


def main(study: str, rule: str) -> None:
    energy = flexible_energy(study)
    values = coalition_values(study, rule, sorted(energy))
    for coalition, value in values.items():
        print(
            f"{'bids ' + ', '.join(map(str, sorted(coalition))) if coalition else 'nobody':<14} adds {value:8.4f} USD"
        )
    share, proportional = shapley(values), pro_rata(values[frozenset(energy)], energy)
    print("\nbid  energy kWh  pro rata USD  Shapley USD")
    for one in energy:
        print(f"{one:<3}  {energy[one]:10g}  {proportional[one]:12.4f}  {share[one]:11.4f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Split the flexibility premium pro rata and by Shapley value.")
    parser.add_argument("study", nargs="?", choices=("a", "b", "c"), default="c")
    parser.add_argument("rule", nargs="?", choices=("flexible", "priced", "average", "full"), default="flexible")
    given = parser.parse_args()
    main(given.study, given.rule)
