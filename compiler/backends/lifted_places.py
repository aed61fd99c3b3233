"""A game -> the places in its problem that are not linear in variables and are modelled by further variables, each with
the indices that it needs: `LiftedPlaces`, innermost first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from compiler.backends.switches import zero_or_one
from compiler.ir import expr as ir
from compiler.ir.game import Game, LetDef, ObjectiveDef, VarDef
from compiler.ir.walk import holds_variables, outer_letters, uses
from grammar.source import Span

Nonlinear = ir.Apply | ir.Reduce | ir.Piecewise | ir.Tiers | ir.Risk
Lifted = Nonlinear | ir.Multiply | ir.Power
"""The last two where binaries are multiplied."""


@dataclass(frozen=True, eq=False)
class LiftedPlace:
    """`node` at the instances of `domain`: its own letters and the conditions under which it is asked for. `form` as
    in `BoundData.lifted`; `name` is that of the statement around it."""

    node: Lifted
    domain: ir.Domain
    form: str
    name: str
    in_let: bool

    @property
    def steps(self) -> bool:
        """Whether some index in it may leave its set."""
        return any(
            isinstance(i, ir.Shift | ir.Step) and not (isinstance(u.target, VarDef) and _has_edge(u.target))
            for u in uses(self.node)
            for i in u.indices
        )


@dataclass(frozen=True)
class _Around:
    """What stands around an expression: the binders and conditions of declarations, reductions and choices."""

    name: str
    binders: tuple[ir.Binder, ...] = ()
    wheres: tuple[ir.Expr, ...] = ()
    in_let: bool = False

    def inside(self, domain: ir.Domain) -> _Around:
        where = () if domain.where is None else (domain.where,)
        return replace(self, binders=(*self.binders, *domain.binders), wheres=(*self.wheres, *where))

    def where(self, condition: ir.Expr) -> _Around:
        return replace(self, wheres=(*self.wheres, condition))


class LiftedPlaces:
    """The places of one player's problem; lets count where the problem uses them."""

    def __init__(self, game: Game, forms: Mapping[Span, str], products: frozenset[int] = frozenset()) -> None:
        self._forms = forms
        self._products = products
        self._lets: set[int] = set()
        self.found: list[LiftedPlace] = []
        player = game.players[0]
        self._walk(player.objective.value, _Around(player.objective.name))
        for c in player.constraints:
            for side in (c.left, c.middle, c.right):
                if side is not None:
                    self._walk(side, _Around(c.name).inside(c.domain))
        for v in player.variables:
            for bound in v.bounds:
                self._walk(bound.value, _Around(v.name).inside(v.domain))

    def let_used(self, let: LetDef) -> bool:
        """Whether the problem uses it."""
        return id(let) in self._lets

    def _walk(self, node: ir.Expr, around: _Around) -> None:
        match node:
            case ir.Use(target=LetDef() as let) if id(let) not in self._lets:
                self._lets.add(id(let))
                self._walk(let.value, _Around(let.name, in_let=True).inside(let.domain))
            case ir.Choose():
                self._walk(node.then, around.where(node.condition))
                self._walk(node.otherwise, around.where(ir.Logic("not", (node.condition,), node.condition.span)))
            case _:
                inner = around.inside(node.domain) if isinstance(node, ir.Reduce | ir.Risk) else around
                for part in _parts(node):
                    self._walk(part, inner)
        if isinstance(node, Lifted) and self._lifted(node):
            domain = _instances(node, around)
            form = self._forms.get(node.span, "")
            self.found.append(LiftedPlace(node, domain, form, around.name, around.in_let))

    def _lifted(self, node: Lifted) -> bool:
        match node:
            case ir.Multiply():
                factors = [f for f in node.factors if holds_variables(f)]
                of_binaries = len(factors) > 1 and all(map(zero_or_one, factors))
                return of_binaries or id(node) in self._products
            case ir.Power():
                return zero_or_one(node)
            case _:
                return is_nonlinear(node) and node.span in self._forms


def is_nonlinear(node: ir.Expr) -> bool:
    """Whether the expression itself, apart from its parts, is of a kind that is linear in data only."""
    match node:
        case ir.Apply() | ir.Reduce(op="smin" | "smax" | "prod") | ir.Tiers() | ir.Risk():
            return any(holds_variables(p) for p in _parts(node))
        case ir.Piecewise():
            # One line alone is linear.
            return len(node.x) > 2 and holds_variables(node.subject)
        case _:
            return False


def variables_in(expression: ir.Expr) -> set[tuple[str, str]]:
    """(player, name) of the variables in the expression, lets expanded."""
    targets = (u.target for e in _expanded(expression) for u in uses(e))
    return {(t.player, t.name) for t in targets if isinstance(t, VarDef)}


def nonlinear_in(expression: ir.Expr) -> list[ir.Expr]:
    """What is not linear in variables in the expression, itself included, lets expanded."""
    found = []
    stack = _expanded(expression)
    while stack:
        node = stack.pop()
        if is_nonlinear(node):
            found.append(node)
        stack.extend(_parts(node))
    return found


def within(outer: ir.Domain, inner: ir.Domain) -> ir.Domain:
    """The instances of a domain inside another's."""
    wheres = tuple(w for w in (outer.where, inner.where) if w is not None)
    return ir.Domain((*outer.binders, *inner.binders), _all_of(wheres), None)


def _all_of(wheres: tuple[ir.Expr, ...]) -> ir.Expr | None:
    if len(wheres) < 2:
        return wheres[0] if wheres else None
    return ir.Logic("and", wheres, wheres[0].span)


def _has_edge(variable: VarDef) -> bool:
    """Whether the declaration says what lies beyond the first and the last element."""
    return variable.cyclic or variable.before is not None


def _instances(node: ir.Expr, around: _Around) -> ir.Domain:
    """The binders whose letters the node holds, with the conditions on these; what conditions and sets hold of other
    letters comes with them."""
    binders = {id(b): b for b in around.binders}

    def held(item: object) -> set[int]:
        return {id(x.binder) for x in outer_letters(item)} & set(binders)

    wanted = held(node)
    while True:
        wheres = tuple(w for w in around.wheres if not held(w) or held(w) & wanted)
        more = wanted.union(*(held(w) for w in wheres), *(held(binders[k].over) for k in wanted))
        if more == wanted:
            return ir.Domain(tuple(b for k, b in binders.items() if k in wanted), _all_of(wheres), None)
        wanted = more


def _expanded(expression: ir.Expr) -> list[ir.Expr]:
    """The expression, and what the lets in it say."""
    found, seen = [expression], set[int]()
    for e in found:
        for use in uses(e):
            if isinstance(use.target, LetDef | ObjectiveDef) and id(use.target) not in seen:
                seen.add(id(use.target))
                found.append(use.target.value)
    return found


def _parts(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """The parts of an expression that may hold variables."""
    match node:
        case ir.Add(terms=parts) | ir.Multiply(factors=parts) | ir.Apply(arguments=parts):
            return parts
        case ir.Negate(operand=part) | ir.Power(base=part) | ir.Piecewise(subject=part):
            return (part,)
        case ir.Choose():
            return node.then, node.otherwise
        case ir.Reduce() | ir.Risk():
            return (node.body,)
        case ir.Tiers():
            return node.subject, *node.rates
        case _:
            return ()
