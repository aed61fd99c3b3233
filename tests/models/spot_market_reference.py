"""In: the appendix of the spot-market paper as printed; out: welfare of each case study, by enumeration and by MILP.

Shares nothing with gamec: it reads the appendix tables itself and knows no `.game` file. Prices are whole ticks of
1e-4 USD/kWh and energies whole kWh, so the enumeration is exact arithmetic on integers; welfare in ticks divided by
`TICKS_PER_USD` is USD. The MILP by HiGHS is a second, floating-point way to the same numbers.

Reading of the paper: a flexible bid is the price and quantity profile printed at the participant's hours of highest
priority, with the starting hours of its alternatives. Where it may not move (`rigid`) the profile stands at the
preferred hours as ordinary hourly bids, accepted in part; where it may (`flexible`) it is accepted whole in at most one
alternative. All other rows, those at the other flexible hours included, are ordinary hourly bids.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

APPENDIX = Path(__file__).parents[2] / "models" / "spot_market_vpp" / "data" / "appendix"
TICKS_PER_USD = 10_000
HOURS = range(24)
TABLES = {"A": ("A2.csv", "A1.csv"), "B": ("A3.csv", "A4.csv"), "C": ("A5.csv", "A6.csv")}
VPPS = {"A": ("User 4",), "B": ("User 4",), "C": ("VPP 1", "VPP 2", "VPP 3")}
# Printed codes 11, 10, 01; the smaller rank is the higher priority.
RANK = {"11": 0, "10": 1, "01": 2}

Choice = tuple[int | None, ...]
"""The starting hour awarded to each flexible bid, or None."""


@dataclass(frozen=True)
class Hourly:
    """One hourly bid: side +1 buys, -1 sells; price in ticks per kWh; quantity in kWh."""

    owner: str
    side: int
    hour: int
    price: int
    quantity: int


@dataclass(frozen=True)
class Flexible:
    """One flexible bid: `profile` holds (price, quantity) hour by hour, `starts` its alternatives, preferred first."""

    owner: str
    side: int
    profile: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]

    @property
    def value(self) -> int:
        """Ticks that the whole bid is worth (bought) or asks (sold)."""
        return sum(price * quantity for price, quantity in self.profile)

    @property
    def energy(self) -> int:
        return sum(quantity for _, quantity in self.profile)

    def at(self, start: int) -> tuple[Hourly, ...]:
        """The profile as hourly bids from `start` on."""
        rows = enumerate(self.profile)
        return tuple(Hourly(self.owner, self.side, start + h, price, quantity) for h, (price, quantity) in rows)


@dataclass(frozen=True)
class Study:
    name: str
    hourly: tuple[Hourly, ...]
    flexible: tuple[Flexible, ...]


def read_study(name: str) -> Study:
    """Case study A, B or C from the appendix.

    Two cells of A2 are not taken literally: 0.38 at hour 23 is 0.038, and hour 16, printed as the fourth hour of a
    block, is the third alternative of the flexible hour, as the text and Table 3 have it.
    """
    hourly: list[Hourly] = []
    flexible: list[Flexible] = []
    for table in TABLES[name]:
        blocks: dict[tuple[str, str], list[tuple[int, Hourly]]] = {}
        for row in csv.DictReader((APPENDIX / table).open(encoding="utf-8")):
            hour, kind, block = int(row["time"]), row["kind"], row["block_id"]
            price = Decimal(row["price"])
            if (table, hour, row["participant"]) == ("A2.csv", 23, "User 4"):
                price = Decimal("0.038")
            if (table, hour, row["participant"]) == ("A2.csv", 16, "User 4"):
                kind, block = "flex_hour", "f1"
            ticks = int(price * TICKS_PER_USD)
            assert ticks == price * TICKS_PER_USD
            bid = Hourly(row["participant"], {"buy": 1, "sell": -1}[row["side"]], hour, ticks, int(row["quantity"]))
            if kind == "hourly":
                hourly.append(bid)
            else:
                # Alternatives of a block carry the ids b1, b2, ...; all flexible hours of a participant share f1.
                blocks.setdefault((row["participant"], block), []).append((RANK[row["priority"]], bid))
        preferred_rows: set[Hourly] = set()
        for owner in VPPS[name]:
            runs = [rows for (who, block), rows in blocks.items() if who == owner and block.startswith("b")]
            hours = [[row] for (who, block), rows in blocks.items() if who == owner and block == "f1" for row in rows]
            for alternatives in (runs, hours):
                if not alternatives:
                    continue
                ordered = sorted(alternatives, key=lambda rows: rows[0][0])
                top = [bid for _, bid in ordered[0]]
                preferred_rows.update(top)
                profile = tuple((bid.price, bid.quantity) for bid in top)
                starts = tuple(rows[0][1].hour for rows in ordered)
                flexible.append(Flexible(owner, top[0].side, profile, starts))
        hourly += [bid for rows in blocks.values() for _, bid in rows if bid not in preferred_rows]
    return Study(name, tuple(hourly), tuple(flexible))


def clear_hour(bids: list[Hourly], net: int) -> tuple[int, list[int]] | None:
    """Largest value of one hour's bids with energy sold less energy bought equal to `net` kWh, and the energies.

    Merit order: a buyer left out costs its price as a seller taken in does, so all steps stand in one rising supply
    curve. Every step but one is taken whole or not at all. None where the bids cannot supply `net`.
    """
    need = net + sum(bid.quantity for bid in bids if bid.side > 0)
    if need < 0:
        return None
    energy = [0] * len(bids)
    value = 0
    for i in sorted(range(len(bids)), key=lambda i: bids[i].price):
        step = min(need, bids[i].quantity)
        need -= step
        energy[i] = step if bids[i].side < 0 else bids[i].quantity - step
        value += bids[i].side * bids[i].price * energy[i]
    return (value, energy) if need == 0 else None


def clear_priced_hour(bids: list[Hourly], placed: list[Hourly]) -> int | None:
    """As `clear_hour`, under equations (3)-(5): one price at which nobody accepted, placed block hours included, loses.

    Only the bids' own prices are tried: between two of them the bids allowed are a subset of those allowed at either.
    """
    best: int | None = None
    for theta in sorted({bid.price for bid in (*bids, *placed)}):
        if any(bid.side * (bid.price - theta) < 0 for bid in placed):
            continue
        allowed = [bid for bid in bids if bid.side * (bid.price - theta) >= 0]
        cleared = clear_hour(allowed, sum(bid.side * bid.quantity for bid in placed))
        if cleared is not None and (best is None or cleared[0] > best):
            best = cleared[0]
    return best


def choices(study: Study, movable: frozenset[int]) -> Iterator[Choice]:
    """Every award of the movable flexible bids: each to one of its alternatives or to none."""
    options = [(None, *bid.starts) if k in movable else (None,) for k, bid in enumerate(study.flexible)]
    return itertools.product(*options)


def standing(study: Study, movable: frozenset[int]) -> list[Hourly]:
    """The hourly bids when the flexible bids outside `movable` stand at their preferred hours."""
    fixed = [row for k, bid in enumerate(study.flexible) if k not in movable for row in bid.at(bid.starts[0])]
    return [*study.hourly, *fixed]


def welfare_of(study: Study, movable: frozenset[int], choice: Choice, *, priced: bool = False) -> int | None:
    """Ticks of welfare with the flexible bids where `choice` puts them; None where an hour cannot balance."""
    bids = standing(study, movable)
    awards = [(bid, start) for bid, start in zip(study.flexible, choice, strict=True) if start is not None]
    placed = [row for bid, start in awards for row in bid.at(start)]
    total = sum(bid.side * bid.value for bid, _ in awards)
    for hour in HOURS:
        here = [bid for bid in bids if bid.hour == hour]
        moved = [bid for bid in placed if bid.hour == hour]
        if priced:
            value = clear_priced_hour(here, moved)
        else:
            cleared = clear_hour(here, sum(bid.side * bid.quantity for bid in moved))
            value = None if cleared is None else cleared[0]
        if value is None:
            return None
        total += value
    return total


def enumerate_welfare(study: Study, movable: frozenset[int], *, priced: bool = False) -> tuple[int, list[Choice]]:
    """The largest welfare in ticks and every choice that reaches it."""
    found: dict[Choice, int] = {}
    for choice in choices(study, movable):
        welfare = welfare_of(study, movable, choice, priced=priced)
        if welfare is not None:
            found[choice] = welfare
    best = max(found.values())
    return best, [choice for choice, welfare in found.items() if welfare == best]


def movable_bids(study: Study, scenario: str) -> frozenset[int]:
    """Scenario 1, `rigid`: no bid moves. Scenario 2, `flexible`: all may."""
    return frozenset(range(len(study.flexible))) if scenario == "flexible" else frozenset()


def optimal_range(study: Study, scenario: str, weight: Callable[[Hourly], int]) -> tuple[int, int]:
    """Least and greatest sum of weight times accepted energy over all welfare-optimal clearings of a scenario.

    Equal prices leave energies open. Prices times a factor above any such sum, plus or minus the weight, put the sum
    second to the welfare in one exact clearing.
    """
    movable = movable_bids(study, scenario)
    bids = standing(study, movable)
    factor = 1 + sum(weight(bid) * bid.quantity for bid in bids)
    _, optimal = enumerate_welfare(study, movable)
    reached: list[int] = []
    for choice in optimal:
        awards = [(bid, start) for bid, start in zip(study.flexible, choice, strict=True) if start is not None]
        placed = [row for bid, start in awards for row in bid.at(start)]
        for sign in (-1, 1):
            total = sum(weight(row) * row.quantity for row in placed)
            for hour in HOURS:
                here = [bid for bid in bids if bid.hour == hour]
                tilted = [replace(bid, price=bid.price * factor + sign * bid.side * weight(bid)) for bid in here]
                cleared = clear_hour(tilted, sum(row.side * row.quantity for row in placed if row.hour == hour))
                assert cleared is not None
                total += sum(weight(bid) * e for bid, e in zip(here, cleared[1], strict=True))
            reached.append(total)
    return min(reached), max(reached)


def volume_range(study: Study, scenario: str) -> tuple[int, int]:
    """Least and greatest kWh traded."""
    return optimal_range(study, scenario, lambda bid: int(bid.side < 0))


def vpp_volume_range(study: Study, scenario: str) -> tuple[int, int]:
    """Least and greatest kWh traded by virtual power plants, flexible bids included."""
    return optimal_range(study, scenario, lambda bid: int(bid.owner in VPPS[study.name]))


def buyers_value_range(study: Study, scenario: str) -> tuple[int, int]:
    """Least and greatest ticks that the accepted buyers would pay at most; less the welfare, what the sellers ask."""
    return optimal_range(study, scenario, lambda bid: bid.price if bid.side > 0 else 0)


def milp_welfare(study: Study, movable: frozenset[int], *, priced: bool = False) -> float:
    """Welfare in USD by HiGHS, the awards as binaries; with `priced`, (3)-(5) with a price and a binary for each bid.

    The price lies between the least and the greatest price bid: above the latter nobody buys, so nobody sells either,
    and the greatest price serves as well (below the least likewise). So each constant is a difference of bid prices.
    """
    import highspy

    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.0)
    bids = standing(study, movable)
    prices = [bid.price for bid in bids] + [price for bid in study.flexible for price, _ in bid.profile]
    low, high = min(prices), max(prices)
    theta = [solver.addVariable(low, high) for _ in HOURS] if priced else []
    balance: list[list[object]] = [[] for _ in HOURS]
    terms: list[object] = []

    def rule(side: int, price: int, hour: int, on: object) -> None:
        if side > 0:
            solver.addConstr(theta[hour] <= high + (price - high) * on)  # type: ignore[operator]
        else:
            solver.addConstr(theta[hour] >= low + (price - low) * on)  # type: ignore[operator]

    for bid in bids:
        energy = solver.addVariable(0, bid.quantity)
        balance[bid.hour].append(bid.side * energy)
        terms.append(bid.side * bid.price / TICKS_PER_USD * energy)
        if priced:
            on = solver.addBinary()
            solver.addConstr(energy <= bid.quantity * on)
            rule(bid.side, bid.price, bid.hour, on)
    for k in sorted(movable):
        flexible = study.flexible[k]
        awards = [solver.addBinary() for _ in flexible.starts]
        solver.addConstr(solver.qsum(awards) <= 1)
        for start, award in zip(flexible.starts, awards, strict=True):
            terms.append(flexible.side * flexible.value / TICKS_PER_USD * award)
            for row in flexible.at(start):
                balance[row.hour].append(row.side * row.quantity * award)
                if priced:
                    rule(row.side, row.price, row.hour, award)
    for hour in HOURS:
        solver.addConstr(solver.qsum(balance[hour]) == 0)
    solver.maximize(solver.qsum(terms))
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(solver.getInfo().objective_function_value)
