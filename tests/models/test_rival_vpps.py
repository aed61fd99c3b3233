"""In: `models/spot_market_vpp/rival_vpps.game`; out: that where gamec says equilibrium no VPP earns more by
other offers, by the exact enumeration that shares nothing with gamec."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import gamec
from models.spot_market_vpp.rivals_by_hour import MODEL, solved
from tests.models.spot_market_reference import TICKS_PER_USD
from tests.models.strategic_vpp_reference import best_profit, hour_of, price_limits

OWNERS = {6: "VPP 2", 7: "VPP 3"}
# A hundredth of a tick on 200 kWh: what rounding of an offer between two ticks may move.
TICKS = 0.01
HOURS = [pytest.param(t, marks=() if t in (9, 17) else pytest.mark.slow) for t in range(24)]


@cache
def rivals(hour: int) -> Any:
    return solved(hour, "rivals")


@pytest.mark.parametrize("hour", HOURS)
def test_no_vpp_earns_more_by_other_offers(hour: int) -> None:
    result = rivals(hour)
    assert result.status.value == "equilibrium"
    assert max(result.certificate.regret.values()) < 1e-9
    offers = {j: value * TICKS_PER_USD for (j, _), value in result.value_of["offer"].to_dict().items()}
    for plant, rival in ((6, 7), (7, 6)):
        own, others = hour_of("C", (OWNERS[plant],), hour)
        held = tuple(replace(b, price=round(offers[rival], 6)) if b.owner == OWNERS[rival] else b for b in others)
        tried = sorted({*price_limits("C"), *(bid.price for bid in held)})
        best = max((best_profit(own, (offer,), held) for offer in tried), default=0) if own else 0
        profit = result.objectives[f"plant[{plant}].profit"] * TICKS_PER_USD
        assert profit == pytest.approx(best, abs=TICKS)


@pytest.mark.slow
def test_over_the_whole_day_the_leaders_do_not_agree_about_ties() -> None:
    result = gamec.solve(MODEL, case="rivals", starts=1)
    [evidence] = result.diagnostics
    assert evidence.code == "G808"
    assert "the leaders rest, but do not agree on the answer of `market`" in evidence.notes[0]
