"""A small game on disk whose answer is known: two plants, three hours, files beside it and below it."""

from __future__ import annotations

from pathlib import Path

MODEL = """game plants "Two plants meet a demand"
import "parts/units.game"
set T "hour" index t = 1..3
set G "plant" index g = {cheap, dear}
set L in G*T = {(cheap, 1), (dear, 3)}
param demand[t] : MW from "data/load.csv"
param cost[g] : EUR/MWh from "parts/cost.csv"
param room : MW = 10
param dt : h = 1
param penny : EUR/MW = 0.001
param cent : EUR = 0.01

player operator "operator" {
  var out[g,t] : MW in [0, room]         "output"
  var late[t where t > 1] : MW in [0, 2] "output from the second hour on"
  var line[(g,t) in L] in [1, 2]
  var one in [0, 5]                      "a single number"
  minimize total : EUR = (sum(g,t) cost[g]*out[g,t]*dt) - penny*(sum(t where t > 1) late[t])
    + cent*((sum((g,t) in L) line[g,t]) - one)  "cost of a day"
  constraint balance[t]: sum(g) out[g,t] == demand[t]  price lmp[t] : EUR/MW  "price of energy"
}
report paid[t] : EUR = lmp[t]*demand[t]    "what consumers pay"
report dear_share = (sum(t) out[dear,t]) / (sum(t) demand[t])
report from_two[t where t > 1] : MW = out[cheap,t]
report total_cost : EUR = operator.total
plot dispatch "Output by plant": out[g,t], demand[t] over t
case tight { param room = 8 }
case impossible { param room = 5 }
compare gain : EUR = tight.total_cost - loose.total_cost
case loose { param room = 20 }
"""

OUT = {("cheap", 1): 8.0, ("cheap", 2): 10.0, ("cheap", 3): 10.0, ("dear", 1): 0.0, ("dear", 2): 5.0, ("dear", 3): 2.0}
"""Demand 8, 15, 12; the cheap plant has room for 10."""

TOTAL = 28 * 10 + 7 * 30 - 0.001 * 4 + 0.01 * (2 - 5)


def written(folder: Path) -> Path:
    """The model file, with all that it reads."""
    (folder / "data").mkdir(parents=True)
    (folder / "parts").mkdir()
    (folder / "data" / "load.csv").write_text("t,demand\n1,8\n2,15\n3,12\n", "utf-8")
    (folder / "parts" / "cost.csv").write_text("g,cost\ncheap,10\ndear,30\n", "utf-8")
    (folder / "parts" / "units.game").write_text('unit EUR "euro"\n', "utf-8")
    model = folder / "plants.game"
    model.write_text(MODEL, "utf-8")
    return model
