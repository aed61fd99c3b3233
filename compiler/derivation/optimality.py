"""A player of a game -> its optimality conditions, indexed: `Optimality`.

From: minimise `s*f` (s = 1 for a player that minimises, -1 for one that maximises) over the player's own variables,
    subject to its constraints and bounds, everything else being data.
To, with a multiplier for each side of each constraint and each bound, `gap` the constraint written as `gap >= 0`
    or `gap == 0`:
      L = s*f - sum of multiplier*gap                    the Lagrangian
      dL/dx = 0                                          stationarity, for each variable
      0 <= multiplier  perp  gap >= 0                    complementarity, for each inequality
      gap == 0                                           the equalities
      sum x*d(s*f)/dx = -sum of multiplier*gap[x = 0]    strong duality; the rest as above or with `>= 0` alone
    These are the signs of `compiler.reformulations.kkt`: the multiplier of `body >= low` is its y_L, that of
    `body <= high` its y_U; a shadow price is `s*(y_L - y_U)`, s times the multiplier of an equality.
Requires: real variables, smooth expressions. For a convex problem with constraints that are linear in the player's own
    variables the conditions are necessary and sufficient; the derivation does not look at data and cannot tell.
Reference: Karush (1939); Kuhn and Tucker (1951); Dempe, Foundations of Bilevel Programming (2002).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from compiler.derivation.algebra import both, conjuncts, letters_of, number, product, total
from compiler.derivation.derivative import derivative
from compiler.derivation.expansion import expanded
from compiler.derivation.faults import Underivable
from compiler.derivation.homogeneous import OwnVariables
from compiler.derivation.letters import distinct_letters
from compiler.derivation.lifts import Around, Forms, Lifted, Lifts
from compiler.derivation.multipliers import Multiplier, lifted_multipliers, multipliers, wholly_fixed
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, PlayerDef, Signature, VarDef


@dataclass(frozen=True, eq=False)
class Stationarity:
    """`row` says dL/d`variable` == 0, over the variable's own domain and in its letters."""

    variable: VarDef
    row: ConstraintDef


@dataclass(frozen=True, eq=False)
class Complementarity:
    """`row.perp` holds the multiplier and the gap, both at least zero, one of them zero."""

    multiplier: Multiplier
    row: ConstraintDef


@dataclass(frozen=True, eq=False)
class Optimality:
    """The conditions of `player`; of an indexed player those of each instance, in the player's own letters.

    `sense` is s; `objective` the expanded f; `lagrangian` L with constraints as the text has them (named expressions
    by name). `duality` is None where the problem is neither linear nor quadratic in the player's variables.
    """

    player: PlayerDef
    sense: int
    objective: ir.Expr
    multipliers: tuple[Multiplier, ...]
    lagrangian: ir.Expr
    stationarity: tuple[Stationarity, ...]
    complementarity: tuple[Complementarity, ...]
    duality: ConstraintDef | None
    lifted: tuple[Lifted, ...] = ()
    """Values that are not smooth, with the decisions and constraints that stand for them in the conditions."""
    instead: Mapping[int, ConstraintDef] = field(default_factory=dict)
    """The player's constraints with these decisions in place of the values, by identity of the constraint."""

    def of(self, constraint: ConstraintDef) -> tuple[Multiplier, ...]:
        """The multipliers of one constraint."""
        return tuple(m for m in self.multipliers if m.of is constraint)

    def price(self, constraint: ConstraintDef, indices: tuple[ir.Index, ...]) -> ir.Expr:
        """The shadow price of a constraint at these indices, in the player's own sense."""
        signs = {"lower": 1, "upper": -1, "equal": 1}
        span = constraint.signature.span
        uses = [(self.sense * signs[m.role], ir.Use(m.definition, indices, span)) for m in self.of(constraint)]
        return total(uses, span)


def optimality(
    game: Game,
    player: PlayerDef,
    shared: dict[int, tuple[Multiplier, ...]] | None = None,
    absent: frozenset[int] = frozenset(),
    forms: Forms | None = None,
) -> Optimality:
    """See the module. Players of one level pass the same `shared`, in which common multipliers are kept; `absent` has
    the identities of variables and constraints without an instance in the data at hand, `forms` the places of values
    that are not smooth and can be lifted.

    Raises `Underivable`.
    """
    original = player
    fixed = absent | {id(v) for v in player.variables if wholly_fixed(game, v)}
    _check_variables(player, fixed)
    sense = -1 if player.objective.maximize else 1
    lifts = Lifts(game, player, forms or {})
    around = Around(player.objective.name).inside(player.domain)
    objective = lifts.of(expanded(player.objective.value), around)
    families = multipliers(game, player, {} if shared is None else shared, absent)
    own = OwnVariables(player, fixed)
    # Shared constraints without a variable of this player do not bind it.
    families = tuple(m for m in families if own.held(expanded(m.gap)) or _of_itself(m, player))
    # Constraints that several share hold no such values (G701).
    smooth = {id(m): lifts.of(expanded(m.gap), Around(m.of_name).inside(m.definition.domain)) for m in families}
    told = {id(m): m.gap if smooth[id(m)] == expanded(m.gap) else smooth[id(m)] for m in families}
    if lifts.found:
        player = replace(player, variables=(*player.variables, *lifts.variables))
        own = OwnVariables(player, fixed)
        further = lifted_multipliers(game, player, lifts.variables, lifts.rows)
        families = (*families, *further)
        smooth |= {id(m): m.gap for m in further}
        told |= {id(m): m.gap for m in further}
    parts = [(m, _summed(m, player, smooth[id(m)])) for m in families]

    rows = []
    for v in player.variables:
        if id(v) in fixed:
            continue
        pieces = [(sense, derivative(objective, v))]
        pieces += [(-1, derivative(part, v)) for _, part in parts]
        span = v.signature.span
        signature = Signature(f"stationarity_{v.name}", span, None, f"stationarity of the Lagrangian in `{v.name}`")
        left = distinct_letters(total(pieces, span), frozenset(v.domain.letters))
        row = ConstraintDef(signature, player.name, v.domain, v.own, "==", left, number(0, span))
        rows.append(Stationarity(v, row))

    lagrangian = total(
        [
            (sense, ir.Use(player.objective, letters_of(player.objective.domain), player.objective.signature.span)),
            *((-1, _summed(m, player, told[id(m)])) for m in families),
        ],
        player.objective.signature.span,
    )
    pairs = tuple(_pair(m, told[id(m)]) for m in families if not m.free)
    # A constraint without a variable of the player's holds whatever it decides: its multiplier is worth nothing there,
    # and would let rounding pass for a gap.
    heard = [(m, part) for m, part in parts if own.held(smooth[id(m)])]
    duality = _duality(player, sense, objective, heard, own)
    return Optimality(
        original,
        sense,
        objective,
        families,
        lagrangian,
        tuple(rows),
        pairs,
        duality,
        tuple(lifts.found),
        _instead(families, told),
    )


def _instead(families: tuple[Multiplier, ...], told: Mapping[int, ir.Expr]) -> dict[int, ConstraintDef]:
    """A constraint with two ends stays as it is, since one row cannot say both."""
    found = {}
    for m in families:
        if isinstance(m.of, ConstraintDef) and m.of.relation != "range" and told[id(m)] is not m.gap:
            c, gap = m.of, told[id(m)]
            relation = "==" if m.free else ">="
            found[id(c)] = ConstraintDef(
                c.signature, c.player, c.domain, c.own, relation, gap, number(0, gap.span), shared=c.shared
            )
    return found


def _of_itself(m: Multiplier, player: PlayerDef) -> bool:
    """Whether the multiplier belongs to a declaration of the player's own."""
    return not (isinstance(m.of, ConstraintDef) and m.of.shared)


def _summed(m: Multiplier, player: PlayerDef, gap: ir.Expr) -> ir.Expr:
    """`sum multiplier*gap` over the instances that belong to one instance of the player."""
    domain = m.definition.domain
    own = {id(b) for b in player.domain.binders}
    rest = tuple(b for b in domain.binders if id(b) not in own)
    sign, body = product([("*", m.use), ("*", gap)], gap.span)
    # What the player's own letters satisfy by its declaration need not be asked again.
    where = both((c for c in conjuncts(domain.where) if c not in conjuncts(player.domain.where)), gap.span)
    if rest or where is not None:
        body = ir.Reduce("sum", ir.Domain(rest, where, domain.span), body, gap.span)
    return body if sign > 0 else total([(-1, body)], gap.span)


def _pair(m: Multiplier, gap: ir.Expr) -> Complementarity:
    of = m.definition.signature
    signature = Signature(f"complementarity_{m.name}", of.span, None, f"complementarity of the {of.doc}")
    zero = number(0, m.gap.span)
    row = ConstraintDef(
        signature, m.definition.player, m.definition.domain, m.definition.own, ">=", gap, zero, perp=(m.use, gap)
    )
    return Complementarity(m, row)


def _duality(
    player: PlayerDef,
    sense: int,
    objective: ir.Expr,
    parts: list[tuple[Multiplier, ir.Expr]],
    own: OwnVariables,
) -> ConstraintDef | None:
    """`sum x*d(s*f)/dx == -sum of multiplier*gap[x = 0]`, for one instance of the player."""
    degrees = [own.degree(part) for _, part in parts]
    if own.degree(objective) is None or any(d is None or d > 1 for d in degrees):
        return None
    span = player.objective.signature.span
    signature = Signature(f"duality_{player.name}", span, None, f"strong duality of `{player.name}`'s problem")
    taken = frozenset(player.domain.letters)
    left = distinct_letters(total([(sense, own.euler(objective))], span), taken)
    right = distinct_letters(total([(-1, own.without(part)) for _, part in parts], span), taken)
    return ConstraintDef(signature, player.name, player.domain, len(taken), "==", left, right)


def _check_variables(player: PlayerDef, data: frozenset[int]) -> None:
    for v in player.variables:
        if v.kind != "real" and id(v) not in data:
            raise Underivable(
                f"`{player.name}` decides on whole numbers with `{v.name}`: it has no optimality conditions",
                v.kind_span or v.signature.span,
                v.kind,
                "declare it without the word if real numbers will do, or `fix` it in a case",
            )
