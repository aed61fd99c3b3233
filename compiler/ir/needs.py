"""A player -> what its problem holds: `needs(player)`."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, LetDef, ObjectiveDef, PlayerDef, VarDef
from compiler.ir.walk import uses


def needs(player: PlayerDef, absent: frozenset[int] = frozenset()) -> set[int]:
    """Identities of the variables and priced constraints in a player's problem, named expressions expanded; `absent`
    has the identities of constraints that bind nobody in the data at hand."""
    stack: list[ir.Expr] = [player.objective.value]
    for c in player.constraints:
        if id(c) not in absent:
            stack += [e for e in (c.left, c.right, c.middle, c.condition, *(c.perp or ())) if e is not None]
    for v in player.variables:
        stack += [b.value for b in v.bounds]
        stack += [e for e in (v.before, v.final.value if v.final is not None else None) if e is not None]
    return targets(stack)


def targets(expressions: Iterable[ir.Expr]) -> set[int]:
    """Identities of the variables and priced constraints in expressions, named ones expanded."""
    stack = list(expressions)
    found: set[int] = set()
    seen: set[int] = set()
    while stack:
        for use in uses(stack.pop()):
            if isinstance(use.target, VarDef | ConstraintDef):
                found.add(id(use.target))
            elif isinstance(use.target, LetDef | ObjectiveDef) and id(use.target) not in seen:
                seen.add(id(use.target))
                stack.append(use.target.value)
    return found
