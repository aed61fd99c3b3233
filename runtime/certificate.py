"""What an answer is worth: `Status` and `Certificate` with its bounds and ties. Plain data: the certificate makes them,
everybody reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Status(Enum):
    """What was proved about the answer; see each member."""

    OPTIMAL = "optimal"
    """A global optimum (of the leader, if there is one), every follower at its own: proven up to the gap."""
    OPTIMAL_IF_BOUNDS = "optimal_if_bounds"
    """A global optimum provided that the assumed bounds in the ledger hold."""
    EQUILIBRIUM = "equilibrium"
    """No player gains more than the regret shown by changing its own decision."""
    LOCAL = "local"
    """A local optimum: stationary, and second-order conditions hold."""
    STATIONARY = "stationary"
    """First-order conditions hold, no more."""
    INFEASIBLE = "infeasible"
    """Proven: no point satisfies the constraints and the followers' optimality, or there is no equilibrium."""
    UNBOUNDED = "unbounded"
    """Proven: a player's objective has no bound."""
    LIMIT = "limit"
    """A time limit came first; the answer, if any, is feasible and its gap is shown."""
    NOT_VERIFIED = "not_verified"
    """There is an answer, but the certificate refuses it; the diagnostics say why."""


@dataclass(frozen=True)
class Bound:
    """A row of the ledger: a bound that the proof rests on. `slack` is its distance from the value at the answer."""

    of: str
    value: float
    source: str
    slack: float


@dataclass(frozen=True)
class Tie:
    """A leader's objective over all best answers of its followers at the leader's decision, in the leader's own
    sense."""

    player: str
    optimistic: float
    pessimistic: float
    breaks_constraints: bool = False
    """Whether the followers' answer that is worst for the leader violates a constraint of the leader."""


@dataclass(frozen=True)
class Certificate:
    """The answer checked by code that shares nothing with what made it.

    `regret`: for each player, how much its own objective gains at most by changing its own decision, in its own
    units; for a leader, the proven gap. `relative_regret`: the same over the size of the terms of its objective.
    `max_violation`: the largest violation of a bound, constraint or integrality, absolute; `scaled_violation`: each
    over the size of the terms of its row. `reasons`: why it is not verified.
    """

    verified: bool
    regret: Mapping[str, float] = field(default_factory=dict)
    relative_regret: Mapping[str, float] = field(default_factory=dict)
    max_violation: float = 0.0
    scaled_violation: float = 0.0
    bounds: tuple[Bound, ...] = ()
    ties: tuple[Tie, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
