"""Games of several leaders from their text: solved, and what a certified equilibrium is."""

from __future__ import annotations

import gamec
from grammar.source import Source
from runtime.result import Result

OFFERS = """
player one { var offer in [0, 90]  maximize profit = (lmp - 10)*g1 }
player two { var offer in [0, 90]  maximize profit = (lmp - 10)*g2 }
player operator "least cost" follows one, two {
  var g1 in [0, 60]
  var g2 in [0, 60]
  var g3 in [0, 100]  "a dear plant"
  minimize cost = one.offer*g1 + two.offer*g2 + 90*g3
  constraint balance: g1 + g2 + g3 == 100  price lmp
}
"""
"""Two producers that name a price each, up to 90, and have 60 each of the 100 that are needed."""


def solved(text: str, **options: object) -> Result:
    return gamec.solve(Source("leaders.game", f"game leaders {text}"), **options)  # type: ignore[arg-type]


def certified(found: Result, method: str, gain: float = 2e-6) -> Result:
    """The equilibrium, in which nobody gains more than this part of its terms."""
    assert found.status is gamec.Status.EQUILIBRIUM, [(d.headline, *d.notes) for d in found.diagnostics]
    assert found.method == method
    assert found.certificate.verified
    assert set(found.certificate.regret) >= {name.split(".")[0] for name in found.objectives}
    assert all(regret <= gain for regret in found.certificate.relative_regret.values())
    return found
