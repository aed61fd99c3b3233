"""Small games whose answers are known by hand, for pages: a year of hours, one period, names that are hard to print, no
answer, iterations. `page` makes the page of an answer."""

from __future__ import annotations

from functools import cache

import gamec
from gamec.report_page.page import report_html
from gamec.report_page.subject import subject_of
from grammar.source import Source

HOSTILE = (
    "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked=2'> & `code` https://a.example/x"
)
"""A doc string; whatever of it runs sets `window.hacked`."""

GAMES = {
    # A plant of 10 MW at 10 EUR/MWh and a dear one at 30: demand alternates 8, 12; so the price is 10 or 30.
    "year": """
unit EUR "euro"
set T "hour of the year" index t = 1..8760
set G "plant" index g = {cheap, dear}
param demand[t] : MW = 10 - 2*cos(3.141592653589793*(t - 1))  "demand"
param cost[g] : EUR/MWh = {cheap: 10, dear: 30}
param dt : h = 1
player operator {
  var out[g,t] : MW in [0, 10]  "output"
  minimize total : EUR = sum(g,t) cost[g]*out[g,t]*dt
  constraint balance[t]: sum(g) out[g,t] == demand[t]  price worth[t] : EUR/MW
}
plot dispatch "Output by plant": out[g,t], demand[t] over t
""",
    # At 2.5 EUR/MW the first place is at its floor, at -1234567.891 the second at its roof.
    "one_period": f"""
unit EUR "euro"
set T "hour" index t = {{7}}
set N "place" index n = {{the_very_first_of_all_places_that_have_long_names, b, "a 'quoted' <i>place</i>"}}
param value[n] : EUR/MW = {{
  the_very_first_of_all_places_that_have_long_names: 2.5, b: -1234567.891, "a 'quoted' <i>place</i>": 0.00001
}}
player operator "{HOSTILE}" {{
  var much[n,t] : MW in [-5, 5]  "{HOSTILE}"
  var nothing[t where t > 7] : MW in [0, 1]
  minimize total : EUR = sum(n,t) value[n]*much[n,t]  "what it pays"
  constraint all[t]: sum(n) much[n,t] >= -20  price worth[t] : EUR/MW
}}
report by_place[n] : MW = sum(t) much[n,t]
plot places "{HOSTILE}": by_place[n] over n
""",
    "impossible": """
player one { var x in [0, 1] "a decision" minimize c = x constraint more: x >= 2 }
""",
    # x = y/2 and y = x/2 + 3/4: the answers come to rest at x = 1/2, y = 1.
    "iterated": """
player one { var x in [-9, 9] minimize a = (x - 0.5*y)*(x - 0.5*y) }
player two { var y in [-9, 9] minimize b = (y - 0.5*x - 0.75)*(y - 0.5*x - 0.75) }
""",
}


@cache
def solved(name: str) -> gamec.Result:
    options = {"method": "best_response"} if name == "iterated" else {}
    hostile = f'"{HOSTILE}"' if name == "one_period" else f'"A game: {name}"'
    return gamec.solve(Source(f"{name}.game", f"game {name} {hostile}\n{GAMES[name]}"), **options)


@cache
def page(name: str) -> str:
    return report_html(subject_of(solved(name)))
