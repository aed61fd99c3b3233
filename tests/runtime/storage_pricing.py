"""A storage operator prices its service for microgrids, built from dense rows; run as a program: `storage_pricing.py
GRIDS SECONDS`."""

from __future__ import annotations

import sys

from small_games import GameBuilder, Terms

from compiler.ground.ground_game import GroundGame


def storage_pricing(grids: int, hours: int = 24) -> GroundGame:
    """The second model of the language page: selling and buying prices by the hour, every grid with load, sun and a
    tariff."""
    builder = GameBuilder().player("ess")
    for i in range(grids):
        builder.player(f"g{i}", "ess")
    tariff = [1.2 if 17 < t < 22 else 0.6 for t in range(hours)]
    revenue: Terms = {}
    for t in range(hours):
        last = t == hours - 1
        builder.var("ess", f"sell{t}_", 0, tariff[t]).var("ess", f"buy{t}_", 0, 1.2)
        builder.var("ess", f"soc{t}_", 500 if last else 100, 500 if last else 900)
    for i in range(grids):
        bill: Terms = {}
        for t in range(hours):
            bought, sold, imported, used = (f"{word}{i}_{t}_" for word in ("bought", "sold", "imported", "used"))
            load = 100 + 90 * i / grids + 3 * t
            builder.var(f"g{i}", bought, 0, 300).var(f"g{i}", sold, 0, 300).var(f"g{i}", imported)
            builder.var(f"g{i}", used, 0, 200 - 15 * i / grids if 8 < t < 17 else 0)
            terms: Terms = {used: 1, imported: 1, bought: 1, sold: -1}
            builder.row(f"g{i}", f"balance{i}_{t}_", terms, load, load)
            trade: Terms = {(f"sell{t}_", bought): 1, (f"buy{t}_", sold): -1}
            bill |= {**trade, imported: tariff[t]}
            revenue |= trade
        builder.minimize(f"g{i}", bill)
    builder.maximize("ess", revenue)
    for t in range(hours):
        state: Terms = {f"soc{t}_": 1}
        if t:
            state[f"soc{t - 1}_"] = -1
        for i in range(grids):
            state |= {f"sold{i}_{t}_": -0.95, f"bought{i}_{t}_": 1 / 0.95}
        start = 0 if t else 500
        builder.row("ess", f"state{t}_", state, start, start)
        builder.row("ess", f"spread{t}_", {f"buy{t}_": 1, f"sell{t}_": -1}, upper=0)
    return builder.build()


if __name__ == "__main__":
    from runtime.answer import answer
    from runtime.methods.method import Request

    found = answer(storage_pricing(int(sys.argv[1])), Request(time_limit=float(sys.argv[2])))
    sys.stdout.write(f"{found.status.value}\n")
