"""In: a spot-market study; out: its welfare under stricter and milder price rules than (3)-(5), by exact enumeration.

Shares nothing with gamec. `full`: one price in each hour at which nobody accepted loses and no hourly bid that would
gain is left out, in part or whole. `average`: hourly bids as in (3)-(5), a flexible bid meets its price on average.
"""

from __future__ import annotations

import itertools

from tests.models.spot_market_reference import (
    HOURS,
    Choice,
    Flexible,
    Hourly,
    Study,
    choices,
    clear_hour,
    clear_priced_hour,
    movable_bids,
    standing,
)


def supports(bids: list[Hourly], placed: list[Hourly], price: int) -> bool:
    """Whether an hour clears at the price with every bid content: better ones whole, worse ones out, ties as needed."""
    if any(bid.side * (bid.price - price) < 0 for bid in placed):
        return False
    least = greatest = sum(bid.side * bid.quantity for bid in placed)
    for bid in bids:
        margin = bid.side * (bid.price - price)
        least += bid.side * bid.quantity if margin > 0 or (margin == 0 and bid.side < 0) else 0
        greatest += bid.side * bid.quantity if margin > 0 or (margin == 0 and bid.side > 0) else 0
    return least <= 0 <= greatest


def clear_full_hour(bids: list[Hourly], placed: list[Hourly]) -> int | None:
    """Value of the hourly bids under the full rule; None where no price makes everybody content.

    The prices that support a clearing form an interval between prices of bids, so only these are tried.
    """
    if not any(supports(bids, placed, price) for price in {bid.price for bid in (*bids, *placed)}):
        return None
    cleared = clear_hour(bids, sum(bid.side * bid.quantity for bid in placed))
    return None if cleared is None else cleared[0]


def hours_apart(awards: list[tuple[Flexible, int]]) -> list[list[tuple[Flexible, int]]]:
    """The awards in groups without an hour in common."""
    groups: list[list[tuple[Flexible, int]]] = []
    for award in awards:
        here = {row.hour for row in award[0].at(award[1])}
        meet = [g for g in groups if here & {row.hour for bid, start in g for row in bid.at(start)}]
        groups = [g for g in groups if g not in meet] + [[award, *itertools.chain(*meet)]]
    return groups


def average_group(bids: list[Hourly], group: list[tuple[Flexible, int]]) -> tuple[int, frozenset[int]] | None:
    """The greatest value of the hourly bids in the hours of a group of awards, and these hours.

    Only bids' prices are tried: between two of them the hourly bids allowed are a subset of those allowed at either,
    and where all awards are of one side one of the ends pays them no less. With both sides it is a lower bound.
    """
    rows = [(bid, row) for bid, start in group for row in bid.at(start)]
    hours = sorted({row.hour for _, row in rows})
    options: list[list[tuple[int, int]]] = []
    for hour in hours:
        here = [bid for bid in bids if bid.hour == hour]
        net = sum(row.side * row.quantity for _, row in rows if row.hour == hour)
        found = []
        for price in sorted({bid.price for bid in here}):
            cleared = clear_hour([bid for bid in here if bid.side * (bid.price - price) >= 0], net)
            if cleared is not None:
                found.append((price, cleared[0]))
        options.append(found)
    best: int | None = None
    for picked in itertools.product(*options):
        at = dict(zip(hours, (price for price, _ in picked), strict=True))
        content = all(
            bid.side * sum(row.quantity * (row.price - at[row.hour]) for row in bid.at(start)) >= 0
            for bid, start in group
        )
        if content:
            value = sum(value for _, value in picked)
            best = value if best is None else max(best, value)
    return None if best is None else (best, frozenset(hours))


def ruled_welfare_of(study: Study, rule: str, choice: Choice) -> int | None:
    """Ticks of welfare with the flexible bids where `choice` puts them; None where the rule cannot be kept."""
    bids = standing(study, movable_bids(study, "flexible"))
    awards = [(bid, start) for bid, start in zip(study.flexible, choice, strict=True) if start is not None]
    total = sum(bid.side * bid.value for bid, _ in awards)
    done: frozenset[int] = frozenset()
    if rule == "average":
        for group in hours_apart(awards):
            found = average_group(bids, group)
            if found is None:
                return None
            total, done = total + found[0], done | found[1]
    placed = [row for bid, start in awards for row in bid.at(start)]
    clear_one = clear_full_hour if rule == "full" else clear_priced_hour
    for hour in set(HOURS) - done:
        value = clear_one([b for b in bids if b.hour == hour], [b for b in placed if b.hour == hour])
        if value is None:
            return None
        total += value
    return total


def ruled_welfare(study: Study, rule: str) -> tuple[int, list[Choice]]:
    """The greatest welfare in ticks under `full`, `average` or `each` (equations (3)-(5)), all flexible bids movable,
    and every choice that reaches it."""
    found = {
        choice: ruled_welfare_of(study, rule, choice) for choice in choices(study, movable_bids(study, "flexible"))
    }
    best = max(welfare for welfare in found.values() if welfare is not None)
    return best, [choice for choice, welfare in found.items() if welfare == best]
