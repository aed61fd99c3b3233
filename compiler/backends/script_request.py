"""What a script is asked for besides the model: `ScriptRequest`, and what the caller can find out for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from compiler.backends.bound_data import Key
from compiler.derivation import Multiplier
from compiler.ir.game import ConstraintDef, VarDef

FORMS: dict[str, str] = {
    "auto": "kkt-sos1",
    "kkt-sos1": "optimality conditions, complementarity by SOS1 sets",
    "kkt-big-m": "optimality conditions, complementarity by binaries and the largest values that gamec can prove",
    "strong-duality": "feasible for the follower's problem and for its dual, with equal values",
}
"""How a follower's problem becomes part of the leader's, by name."""

Limits = tuple[float | None, float | None]
"""The largest value of a multiplier and of its gap, None where none is known; see `pairs`."""

PairLimits = Mapping[int, Mapping[Key, Limits]]
"""By identity of the `Multiplier`, then by key. A key that is missing needs no condition, as its gap is zero in any
case."""

Values = Mapping[Key, float]


@dataclass(frozen=True, eq=False)
class ScriptRequest:
    """`form` names one of FORMS; `player` a player (`grid`, or one of an indexed player: `grid[mg1]`) whose own problem
    is wanted, with what others decide as data.

    `limits` proves largest values of multipliers and gaps; `decisions` solves the game and gives what everybody
    decides, and shadow prices. Either may take as long as solving; either may be missing where the caller cannot.
    """

    version: str = ""
    form: str = "auto"
    player: str = ""
    limits: Callable[[Sequence[Multiplier]], PairLimits] | None = None
    decisions: Callable[[], Mapping[VarDef | ConstraintDef, Values]] | None = None
