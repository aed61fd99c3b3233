"""A text with the cursor in it, written `‸` -> a document and the offset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gamec.language_server.document import Document
from gamec.language_server.files import reader
from grammar.source import Source

MODEL = """unit CNY "yuan"
set T index t = 1..24 "hours"
set K index k = {WT, GT}
param tariff[t] : CNY/kWh = 2 "grid tariff"
param η = 0.95 "efficiency"
component battery(P : kW, E : kW = 4) {
  var ch[t] : kW in [0, P] "charging"
  constraint limit[t]: ch[t] <= E
}
player ess "storage" {
  var sell[t] : CNY/kWh in [0, tariff[t]] "selling price" tex "\\\\lambda_t"
  maximize revenue = sum(t,k) sell[t]*p[k,t]
}
player grid[k] "microgrid" follows ess {
  use battery(P = 5, E = 3) as bat
  var p[t] in [0, 300]
  var own in [0, 1]
  minimize bill = sum(t) sell[t]*p[t] + sum(u in T where u > 2) tariff[u]
  constraint balance[t]: p[t] >= 1 price value[t] : CNY
}
case cheap "half price" { param tariff[t] = 1 }
report cost = sum(k) grid[k].bill
compare gain = cheap.cost
"""


def at_cursor(text: str, opened: Mapping[str, str] | None = None) -> tuple[Document, int]:
    """The document without the `‸`, and its offset; `opened` are files beside it."""
    offset = text.index("‸")
    files = {Path("/models", name).resolve(): content for name, content in (opened or {}).items()}
    return Document(Source("a.game", text.replace("‸", "")), reader(Path("/models/a.game"), files)), offset
