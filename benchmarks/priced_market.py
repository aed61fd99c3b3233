"""A retailer that sets prices by the hour beside two rivals, in the language. In: hours; out: the text, or the game.

    python benchmarks/priced_market.py 24 > priced_market.game

Five customers need energy over the day and place it where it is cheapest: each hour has room for so much, and three
sellers. Their 4 columns and rows an hour, and the need, make 20 T + 5 complementary pairs: 85, 165, 245 and 485 at 4,
8, 12 and 24 hours. The structure (a retailer, T prices, five followers, two fixed rivals, a cap of 100) is that of a
case that was measured before there was a gamec; the data are ours, from a fixed seed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from compiler.ground.ground_game import GroundGame  # noqa: E402
from compiler.pipeline import compile_file  # noqa: E402
from grammar.source import Source  # noqa: E402

CUSTOMERS = 5

TEXT = """game priced_market "A retailer sets its prices beside two rivals; customers choose"

unit EUR "euro"

set T index t = 1..{hours}             "hours"
set I index i = 1..{customers}         "customers"
set K index k = {{north, south}}       "rivals"

param wholesale[t] : EUR/MWh = {{{wholesale}}}   "what the retailer pays"
param rival[k,t] : EUR/MWh = {{{rival}}}         "what a rival asks"
param fee[i,k] : EUR/MWh = {{{fee}}}             "what it takes to buy from a rival"
param room[i,t] : MWh = {{{room}}}               "most that a customer can use in an hour"
param need[i] : MWh = {{{need}}}                 "what it needs in all"
param cap : EUR/MWh = 100                        "no price may be higher"

player retailer "retailer" {{
  var price[t] : EUR/MWh in [0, cap]  "price"
  maximize profit : EUR = sum(i,t) (price[t] - wholesale[t])*bought[i,t]
}}

player customer[i] "customer" follows retailer {{
  var bought[t] : MWh >= 0   "bought from the retailer"
  var other[k,t] : MWh >= 0  "bought from a rival"
  minimize bill : EUR = sum(t) price[t]*bought[t] + sum(k,t) (rival[k,t] + fee[i,k])*other[k,t]
  constraint limit[t]: bought[t] + sum(k) other[k,t] <= room[i,t]
  constraint enough: sum(t) bought[t] + sum(k,t) other[k,t] >= need[i]
}}

report profit : EUR = retailer.profit                  "what the retailer earns"
report bills : EUR = sum(i) customer[i].bill           "what the customers pay"
report share = sum(i,t) bought[i,t] / (sum(i) need[i]) "part that the retailer sells"
"""


def priced_market_text(hours: int, seed: int = 0) -> str:
    """See the module."""
    rng = np.random.default_rng([hours, seed])
    day = 1.0 + 0.35 * np.sin(2 * np.pi * (np.arange(hours) / hours - 0.3))
    wholesale = 35 * day * rng.uniform(0.8, 1.2, hours)
    rival = 55 * day * rng.uniform(0.8, 1.2, (2, hours))
    fee = rng.uniform(0, 12, (CUSTOMERS, 2))
    room = rng.uniform(1, 6, (CUSTOMERS, hours))
    need = room.sum(axis=1) * rng.uniform(0.4, 0.8, CUSTOMERS)
    customers = range(1, CUSTOMERS + 1)
    return TEXT.format(
        hours=hours,
        customers=CUSTOMERS,
        wholesale=_listed(wholesale, [str(t) for t in range(1, hours + 1)]),
        rival=_listed(rival, [f"({k}, {t})" for k in ("north", "south") for t in range(1, hours + 1)]),
        fee=_listed(fee, [f"({i}, {k})" for i in customers for k in ("north", "south")]),
        room=_listed(room, [f"({i}, {t})" for i in customers for t in range(1, hours + 1)]),
        need=_listed(need, [str(i) for i in customers]),
    )


def _listed(values: NDArray[np.float64], keys: list[str]) -> str:
    return ", ".join(f"{key}: {value:.2f}" for key, value in zip(keys, values.ravel().tolist(), strict=True))


def priced_market(hours: int, seed: int = 0) -> GroundGame:
    """See the module."""
    return compile_file(Source(f"priced_market_{hours}.game", priced_market_text(hours, seed))).ground


if __name__ == "__main__":
    sys.stdout.write(priced_market_text(int(sys.argv[1])))
