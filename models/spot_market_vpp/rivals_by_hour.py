"""Two VPPs that lead at the same time, hour by hour: `python models/spot_market_vpp/rivals_by_hour.py` prints a table.

Nothing links the hours of `rival_vpps.game`, so equilibria of all hours together are one of the day. Over the whole day
at once the iteration must end in one for every hour at the same time; hour by hour it may begin anew where it does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gamec

MODEL = Path(__file__).parent / "rival_vpps.game"
PLANTS = (6, 7)
STARTS = 10


def solved(hour: int, case: str) -> Any:
    """The answer for one hour: from the honest offers first, then from random ones."""
    data = {"from_hour": hour, "to_hour": hour}
    result = gamec.solve(MODEL, case=case, data=data, starts=1)
    return result if result.status.value == "equilibrium" else gamec.solve(MODEL, case=case, data=data, starts=STARTS)


def main() -> None:
    total = {(case, plant): 0.0 for case in ("honest", "rivals") for plant in PLANTS}
    largest = 0.0
    for hour in range(24):
        line = [f"{hour:2}"]
        for case in ("honest", "rivals"):
            result = solved(hour, case)
            profits = [result.objectives[f"plant[{plant}].profit"] for plant in PLANTS]
            for plant, profit in zip(PLANTS, profits, strict=True):
                total[case, plant] += profit
            largest = max(largest, *result.certificate.regret.values())
            line.append(f"{case} {result.status.value} " + " ".join(f"{p:8.4f}" for p in profits))
        print("  ".join(line), flush=True)
    print(
        {f"{case} {plant}": round(value, 4) for (case, plant), value in total.items()}, f"largest regret {largest:.1e}"
    )


if __name__ == "__main__":
    main()
