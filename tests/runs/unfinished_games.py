"""Games whose iterations are broken off in the middle, by method, with the options they are solved with."""

from __future__ import annotations

SHOP = """
set T index t = 1..4
param load[t] = {1: 3, 2: 5, 3: 8, 4: 4}
player shop {
  var price[t] in [0, 9]
  maximize profit = sum(t) price[t]*bought[t] - 2*sum(t) bought[t]
  constraint fair: sum(t) price[t] <= 24
}
player house follows shop {
  var bought[t] in [0, 6]  var own[t] in [0, 9]
  minimize cost = sum(t) (price[t]*bought[t] + 4*own[t] + 0.5*own[t]^2)
  constraint need[t]: bought[t] + own[t] >= load[t]
}
"""

LOADS = f"game loads{SHOP}"

STORES = """
game stores
set T index t = 1..24
param need[t] = 20 + 10*sin(t/4)
player west {
  var out[t] in [0, 120]  var level[t] in [0, 300] cyclic  var fill[t] in [0, 50]  var empty[t] in [0, 50]
  minimize cost = sum(t) ((20 + 5*sin(t/3))*out[t] + 0.1*empty[t])
  constraint stored[t]: level[t] == level[t-1] + 0.9*fill[t] - empty[t]
  constraint served[t]: out[t] + empty[t] - fill[t] + 0.3*east.out[t] >= need[t]
  constraint ramp[t where t > first(T)]: -4 <= out[t] - out[t-1] <= 4
}
player east {
  var out[t] in [0, 120]  var level[t] in [0, 300] cyclic  var fill[t] in [0, 50]  var empty[t] in [0, 50]
  minimize cost = sum(t) ((22 + 5*cos(t/3))*out[t] + 0.1*empty[t])
  constraint stored[t]: level[t] == level[t-1] + 0.9*fill[t] - empty[t]
  constraint served[t]: out[t] + empty[t] - fill[t] + 0.3*west.out[t] >= need[t]
  constraint ramp[t where t > first(T)]: -4 <= out[t] - out[t-1] <= 4
}
"""

MARKET = """
game market
set T index t = 1..24
set P index p, o = 1..3
let price[t] = 80 + 20*sin(t/4) - 0.2*(sum(p) producer[p].out[t])
player producer[p] {
  var out[t] in [0, 120]
  maximize profit = sum(t) (price[t]*out[t] - (18 + 2*p)*out[t] - 0.05*p*out[t]^2)
  constraint up[t where t > first(T)]: -40 <= out[t] - out[t-1] <= 40
}
"""

LOTS = """
game lots
set F index f, g = 1..4
param cost[f] = {1: 11, 2: 12.5, 3: 13, 4: 20}
player firm[f] { var q integer in [0, 12]  maximize profit = (60 - 3*(sum(g) firm[g].q) - cost[f])*q }
"""

LEADERS = """
game leaders
set L index l, m = 1..2
let sold = sum(m) lead[m].q + answer.r
player lead[l] { var q in [0, 100]  maximize profit = (90 - sold)*q }
player answer follows lead { var r in [0, 100]  maximize gain = (90 - sold)*r }
"""

CHAIN = """
game chain
player state { var tax in [0, 3]  maximize income = tax*made - 0.3*tax*tax + 0.05*made }
player producer follows state { var made in [0, 4]  maximize profit = (4 - tax)*made - made*left }
player shop follows producer {
  var left in [0, 4]
  minimize cost = left
  constraint need: left + 2 >= made
  constraint more: 2*left + 3 >= made
}
"""

REGIONS = """
game regions
set T index t = 1..2
set P index p, o = 1..2
set R index r = 1..3
set K index k = 1..2
player hydro[p] {
  var sold[r, t] in [0, 20]
  maximize profit = sum(r, t) ((lmp[r, t] - 2)*sold[r, t])
  constraint water: sum(r, t) sold[r, t] <= 50 - 3*p
}
player region[r] follows hydro {
  var g[k, t] in [0, 25]
  var bought[t] in [0, 100]
  minimize cost = sum(k, t) (10 + 12*k + r)*g[k, t] + sum(t) 60*bought[t]
  constraint balance[t]: sum(k) g[k, t] + bought[t] == 45 + 12*sin(t + r) - sum(p) hydro[p].sold[r, t]   price lmp
}
"""

OFFERS = """
game offers
player one { var offer in [0, 90]  maximize profit = (lmp - 10)*g1 }
player two { var offer in [0, 90]  maximize profit = (lmp - 10)*g2 }
player operator follows one, two {
  var g1 in [0, 60]
  var g2 in [0, 60]
  var g3 in [0, 100]
  minimize cost = one.offer*g1 + two.offer*g2 + 90*g3
  constraint balance: g1 + g2 + g3 == 100  price lmp
}
"""

SEARCHED = {"population": 8, "generations": 5, "seed": 3}

RUNS: dict[str, tuple[str, dict[str, object]]] = {
    "particle_swarm": (LOADS, {"method": "particle_swarm", **SEARCHED}),
    "differential_evolution": (LOADS, {"method": "differential_evolution", **SEARCHED}),
    "cma_es": (LOADS, {"method": "cma_es", **SEARCHED}),
    "nested": (CHAIN, {"method": "nested", "population": 4, "generations": 3}),
    "lp": (STORES, {"method": "best_response", "starts": 3}),
    "qp": (MARKET, {"method": "best_response", "order": "jacobi", "damping": 0.5}),
    "integers": (LOTS, {"method": "best_response", "starts": 4, "seed": 1}),
    "pulled": (MARKET, {"method": "best_response", "proximal": 1.0}),
    "diagonalisation": (LEADERS, {"method": "diagonalisation", "order": "jacobi", "damping": 0.5, "iterations": 8}),
    "regions": (REGIONS, {"method": "diagonalisation", "iterations": 4, "starts": 1}),
    "offers": (OFFERS, {"starts": 2}),
    "joint_stationarity": (OFFERS, {"method": "joint_stationarity", "starts": 4}),
}
