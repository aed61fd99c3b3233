"""In: the appendix of the spot-market paper as printed; out: what one participant earns most by naming its prices.

Shares nothing with gamec. Exact arithmetic: prices in ticks of 1e-4 USD/kWh, energies in kWh, profits in ticks.
Method: at a price an hour clears where what is bought and sold can be made equal; the bids better than the price are
taken whole, those at the price as far as need be. Every price at which the hour clears, and every split of the ties, is
an optimal dual and primal of the operator's linear program, and the other way round. The leader may choose among
them (optimistic). Between two neighbouring prices of other bids its profit is linear in its own, and all that holds in
between holds at the ends too: so only the prices of bids are tried.
"""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from scipy.optimize import linprog

from tests.models.spot_market_reference import HOURS, Hourly, Study, read_study, standing

Offers = tuple[int, ...]
"""The prices named for the leader's bids of one hour, in ticks."""


@cache
def study_of(name: str) -> Study:
    return read_study(name)


@cache
def hour_of(name: str, leaders: tuple[str, ...], hour: int) -> tuple[tuple[Hourly, ...], tuple[Hourly, ...]]:
    """The leader's bids of an hour and all others', every bid at its preferred hour."""
    bids = [bid for bid in standing(study_of(name), frozenset()) if bid.hour == hour]
    own = tuple(sorted((bid for bid in bids if bid.owner in leaders), key=lambda bid: bid.owner))
    return own, tuple(bid for bid in bids if bid.owner not in leaders)


def profit_at(own: tuple[Hourly, ...], offers: Offers, others: tuple[Hourly, ...], price: int) -> int | None:
    """The greatest profit at a clearing price, in ticks; None where the hour does not clear at it.

    The leader's bids are all of one side.
    """
    side = own[0].side
    fixed, tied = 0, 0
    reach = [0, 0]  # net purchases of the others at the price, least and greatest
    for bid in others:
        margin = bid.side * (bid.price - price)
        if margin > 0:
            reach = [x + bid.side * bid.quantity for x in reach]
        elif margin == 0:
            reach[bid.side > 0] += bid.side * bid.quantity
    profit = 0
    open_bids: list[tuple[int, int]] = []
    for bid, offer in zip(own, offers, strict=True):
        gain, margin = side * (bid.price - price), side * (offer - price)
        if margin > 0:
            fixed += bid.quantity
            profit += gain * bid.quantity
        elif margin == 0:
            open_bids.append((gain, bid.quantity))
            tied += bid.quantity
    # What the leader trades, so that purchases equal sales: side * traded + net purchases of the others == 0.
    least, greatest = sorted(-side * x - fixed for x in reach)
    least, greatest = max(least, 0), min(greatest, tied)
    if least > greatest:
        return None
    taken = 0
    for gain, quantity in sorted(open_bids, reverse=True):
        step = min(quantity, (greatest if gain > 0 else least) - taken)
        if step > 0:
            taken += step
            profit += gain * step
    return profit


def best_profit(own: tuple[Hourly, ...], offers: Offers, others: tuple[Hourly, ...]) -> int:
    """The greatest profit over all optimal clearings and prices at the offers, in ticks."""
    found = [profit_at(own, offers, others, price) for price in {*offers, *(bid.price for bid in others)}]
    return max(profit for profit in found if profit is not None)


def price_limits(name: str) -> tuple[int, int]:
    """Least and greatest price of the day, between which the leader names its own."""
    prices = [bid.price for bid in standing(study_of(name), frozenset())]
    return min(prices), max(prices)


def leading(name: str, leaders: tuple[str, ...]) -> int:
    """The greatest profit of the day in ticks, the prices of the leader's bids free in every hour."""
    total = 0
    for hour in HOURS:
        own, others = hour_of(name, leaders, hour)
        if own:
            tried = sorted({*price_limits(name), *(bid.price for bid in others)})
            total += max(best_profit(own, offers, others) for offers in itertools.product(tried, repeat=len(own)))
    return total


def one_price(name: str, leaders: tuple[str, ...]) -> int:
    """As `leading`, with one price for the whole day."""
    hours = [hour_of(name, leaders, hour) for hour in HOURS]
    tried = {bid.price for _, others in hours for bid in others} | set(price_limits(name))
    return max(sum(best_profit(own, (p,) * len(own), others) for own, others in hours if own) for p in tried)


def honest(name: str, leaders: tuple[str, ...]) -> int:
    """The profit in ticks when the bids stand as printed, ties among prices in the leader's favour."""
    hours = [hour_of(name, leaders, hour) for hour in HOURS]
    return sum(best_profit(own, tuple(bid.price for bid in own), others) for own, others in hours if own)


def cleared(
    own: tuple[Hourly, ...], offers: tuple[float, ...], others: tuple[Hourly, ...]
) -> tuple[float, list[float]]:
    """One hour's price (ticks per kWh) and the leader's energies by SciPy's linear programming, ties as they fall."""
    bids = [*own, *others]
    prices = [*offers, *(bid.price for bid in others)]
    side = np.array([bid.side for bid in bids], dtype=float)
    answer = linprog(
        -side * np.array(prices),
        A_eq=side[None, :],
        b_eq=[0.0],
        bounds=[(0, bid.quantity) for bid in bids],
        method="highs",
    )
    assert answer.status == 0
    assert answer.x is not None
    # The least of minus the welfare falls as one more kWh may be bought than is sold.
    return -float(answer.eqlin.marginals[0]), [float(e) for e in answer.x[: len(own)]]
