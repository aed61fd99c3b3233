"""Iterations over players against their solvers: 24 hours, eight equals, then three leaders above five followers.

    python benchmarks/best_response.py [--hours 24] [--iterations 60] [--leaders] [--cournot]

For each: seconds for an iteration (every player's best answer once), the part of it inside solvers, and what is ours
over the solvers' own time. The aim is an overhead below 20 %. Ends with 1 if it is missed.

Equals: three producers with ramps (QP) and five users with storage (QP) at a price that falls with what is sold. The
leaders: three producers with so much water for the day, who sell to five regions that are cleared at least cost (LP);
each leader's bilevel problem is solved to a proof, its income made linear by the regions' duality. With `--cournot`
also three producers whom five small ones with limits follow, in 4 hours: no leader's problem is linear there.
"""

from __future__ import annotations

import argparse
import sys

from grammar.source import Source
from runtime.session import solve

EQUALS = """
set T index t = 1..{hours}
set P index p, o = 1..3
set U index u, v = 1..5
let price[t] = 80 + 20*sin(t/4) - 0.2*(sum(p) producer[p].out[t]) + 0.2*(sum(u) user[u].buy[t])
player producer[p] {{
  var out[t] in [0, 120]
  maximize profit = sum(t) (price[t]*out[t] - (18 + 2*p)*out[t] - 0.05*p*out[t]^2)
  constraint up[t where t > first(T)]: -40 <= out[t] - out[t-1] <= 40
}}
player user[u] {{
  var buy[t] in [0, 60]
  var stored[t] in [0, 30] cyclic
  minimize bill = sum(t) (price[t]*buy[t] + 0.02*u*buy[t]^2)
  constraint level[t]: stored[t] == stored[t-1] + buy[t] - (12 + u + 4*sin(t/3 + u))
}}
"""

LEADERS = """
set T index t = 1..{hours}
set P index p, o = 1..3
set R index r = 1..5
set K index k = 1..3
player hydro[p] {{
  var sold[r, t] in [0, 20]
  maximize profit = sum(r, t) ((lmp[r, t] - 2)*sold[r, t])
  constraint water: sum(r, t) sold[r, t] <= 25*{hours} - 9*p
  constraint turbine[t]: sum(r) sold[r, t] <= 45
}}
player region[r] follows hydro {{
  var g[k, t] in [0, 25]
  minimize cost = sum(k, t) (10 + 12*k + r)*g[k, t]
  constraint balance[t]: sum(k) g[k, t] == 45 + 12*sin(t/4 + r) - sum(p) hydro[p].sold[r, t]   price lmp
}}
"""

COURNOT = """
set T index t = 1..4
set P index p, o = 1..3
set U index u, v = 1..5
let price[t] = 90 + 10*sin(t/4) - 0.5*(sum(p) big[p].out[t]) - 0.5*(sum(u) small[u].made[t])
player big[p] {{
  var out[t] in [0, 60]
  maximize profit = sum(t) (price[t]*out[t] - (18 + 2*p)*out[t])
}}
player small[u] follows big {{
  var made[t] in [0, 4 + u]
  maximize profit = sum(t) (price[t]*made[t] - (25 + 5*u)*made[t])
}}
"""


def measured(name: str, text: str, iterations: int, method: str) -> bool:
    """One row of the table; whether the aim is met."""
    source = Source(f"{name}.game", f"game {name} {text}")
    # What comes before the first iteration is in both runs, so that their difference is iterations alone.
    few, many = (solve(source, method=method, iterations=n, starts=1) for n in (1, iterations))
    count = len(many.history) - len(few.history)
    inside = many.time["solve"] - few.time["solve"]
    ours = many.time["reformulate"] - few.time["reformulate"]
    each = (inside + ours) / count
    print(
        f"{name:<8} {many.status.value:<12} {count:>3} iterations, {each:>8.4f} s each, "
        f"{inside / count:.4f} s of it inside solvers: ours {100 * ours / inside:.1f} % of theirs; "
        f"the whole run {sum(many.time.values()):.2f} s",
        flush=True,
    )
    return ours <= 0.2 * inside


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--hours", type=int, default=24)
    options.add_argument("--iterations", type=int, default=60)
    options.add_argument("--leaders", action="store_true", help="the leaders too: a minute or two")
    options.add_argument("--cournot", action="store_true", help="and those whose problems are not linear")
    asked = options.parse_args()
    rows = [("equals", EQUALS, "best_response")]
    if asked.leaders:
        rows.append(("leaders", LEADERS, "diagonalisation"))
    if asked.cournot:
        rows.append(("cournot", COURNOT, "diagonalisation"))
    met = [measured(name, text.format(hours=asked.hours), asked.iterations, method) for name, text, method in rows]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
