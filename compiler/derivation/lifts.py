"""A player's expressions with `max`, `abs`, `piecewise`, `tiers` or `cvar` of its own variables -> the same without:
`Lifts`. Each such value becomes a decision of the player that lies above (or below) its sides, as gamec solves it:

    max(a, b)                z >= a, z >= b                 min(a, b) the other way round; abs(a) = max(a, -a)
    smax(i) a[i]             z >= a[i] for every i
    piecewise(a; points)     z >= each line through two neighbours, of a convex curve; z <= of a concave one
    tiers(a; limits, rates)  the same of rising rates, and a >= 0
    cvar(w, level) a[w]      q + (sum prob[w]*u[w])/(1 - level), u[w] >= a[w] - q, u[w] >= 0

Requires: that nothing in the player's problem profits from a value beyond its sides, so that the optimum is the same:
    `forms` says for which places that holds. Others stay as they are, and have no derivative.
Reference: Boyd and Vandenberghe, Convex Optimization (2004), section 4.1.3; Rockafellar and Uryasev, J. Risk 2 (2000)
    21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from compiler.derivation.algebra import both, letters_of, negative, number, opposite, product, total
from compiler.derivation.substitution import any_part, rebuilt
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, Game, PlayerDef, Signature, VarDef
from compiler.ir.walk import outer_letters
from compiler.ir.words import short
from grammar.source import Span

Forms = Mapping[Span, str]
"""By the place of a value, "largest" where it may lie above its sides, "smallest" where below; anything else stays."""


@dataclass(frozen=True, eq=False)
class Lifted:
    """`node` is the value, with inner ones lifted; `variables` stand for it, `rows` hold them at its sides. `largest`
    says that they lie above."""

    node: ir.Expr
    variables: tuple[VarDef, ...]
    rows: tuple[ConstraintDef, ...]
    largest: bool


@dataclass(frozen=True)
class Around:
    """The letters and conditions around an expression, and the name of its statement."""

    name: str
    binders: tuple[ir.Binder, ...] = ()
    wheres: tuple[ir.Expr, ...] = ()

    def inside(self, domain: ir.Domain) -> Around:
        where = () if domain.where is None else (domain.where,)
        return replace(self, binders=(*self.binders, *domain.binders), wheres=(*self.wheres, *where))

    def where(self, condition: ir.Expr) -> Around:
        return replace(self, wheres=(*self.wheres, condition))


class Lifts:
    """Of one player; `found` in the order of the text, inner values first."""

    def __init__(self, game: Game, player: PlayerDef, forms: Forms) -> None:
        self.player = player
        self.forms = forms
        self.found: list[Lifted] = []
        self._known: list[tuple[ir.Expr, ir.Domain, ir.Expr]] = []
        self._taken = {p.name for p in game.all_params()} | {x.name for x in game.all_lets()}
        for p in game.players:
            self._taken |= {v.name for v in p.variables} | {c.name for c in p.constraints}

    @property
    def variables(self) -> tuple[VarDef, ...]:
        return tuple(v for x in self.found for v in x.variables)

    @property
    def rows(self) -> tuple[ConstraintDef, ...]:
        return tuple(r for x in self.found for r in x.rows)

    def of(self, node: ir.Expr, around: Around) -> ir.Expr:
        """The expanded expression with variables in place of such values."""
        if not self.forms or not self._mine(node):
            return node
        inner: ir.Expr
        match node:
            case ir.Choose():
                then = self.of(node.then, around.where(node.condition))
                otherwise = self.of(node.otherwise, around.where(opposite(node.condition)))
                return ir.Choose(node.condition, then, otherwise, node.span)
            case ir.Reduce() | ir.Risk():
                inner = replace(node, body=self.of(node.body, around.inside(node.domain)))
            case _:
                inner = rebuilt(node, lambda part: self.of(part, around))
        form = self.forms.get(node.span)
        if form not in ("largest", "smallest"):
            return inner
        largest = form == "largest"
        match inner:
            case ir.Apply(function="max" | "min" as function, arguments=sides):
                return self._extreme(inner, function, sides, around, largest, (function == "max") is largest)
            case ir.Apply(function="abs", arguments=(side,)):
                return self._extreme(inner, "abs", (side, negative(side)), around, largest, largest)
            case ir.Reduce(op="smax" | "smin" as op):
                return self._over(inner, op.removeprefix("s"), around, largest, (op == "smax") is largest)
            case ir.Piecewise() if len(inner.x) > 2:
                return self._extreme(inner, "curve", _lines(inner), around, largest, True)
            case ir.Tiers() if not any(self._mine(e) for e in (*inner.limits, *inner.rates)):
                return self._tiers(inner, around, largest)
            case ir.Risk():
                return self._risk(inner, around) if largest else inner
            case _:
                return inner

    def _mine(self, node: ir.Expr) -> bool:
        name = self.player.name
        return any_part(
            node, lambda p: isinstance(p, ir.Use) and isinstance(p.target, VarDef) and p.target.player == name
        )

    # ------------------------------------------------------------ the forms

    def _extreme(
        self, node: ir.Expr, word: str, sides: tuple[ir.Expr, ...], around: Around, largest: bool, fits: bool
    ) -> ir.Expr:
        if not fits:
            return node
        domain = self._instances(node, around)
        if (known := self._before(node, domain)) is not None:
            return known
        z = self._variable(f"{around.name}_{word}", domain, node)
        rows = tuple(
            self._row(f"{z.name}_side{k}", domain, z, side, largest, node) for k, side in enumerate(sides, start=1)
        )
        return self._done(node, domain, (z,), rows, largest, _at(z, domain))

    def _over(self, node: ir.Reduce, word: str, around: Around, largest: bool, fits: bool) -> ir.Expr:
        if not fits:
            return node
        domain = self._instances(node, around)
        z = self._variable(f"{around.name}_{word}", domain, node)
        row = self._row(f"{z.name}_side", _within(domain, node.domain), z, node.body, largest, node)
        return self._done(node, domain, (z,), (row,), largest, _at(z, domain))

    def _tiers(self, node: ir.Tiers, around: Around, largest: bool) -> ir.Expr:
        domain = self._instances(node, around)
        z = self._variable(f"{around.name}_tiers", domain, node)
        rows = [
            self._row(f"{z.name}_side{k}", domain, z, side, largest, node)
            for k, side in enumerate(_priced(node), start=1)
        ]
        words = f"what `{short(node.span)}` is paid for is at least zero"
        signature = Signature(self._free(f"{z.name}_amount"), node.span, None, words)
        zero = number(0, node.span)
        rows.append(ConstraintDef(signature, self.player.name, domain, self._own, ">=", node.subject, zero))
        return self._done(node, domain, (z,), tuple(rows), largest, _at(z, domain))

    def _risk(self, node: ir.Risk, around: Around) -> ir.Expr:
        span = node.span
        domain = self._instances(node, around)
        over = _within(domain, node.domain)
        q = self._variable(f"{around.name}_quantile", domain, node, "quantile of")
        u = self._variable(f"{around.name}_excess", over, node, "excess over the quantile in")
        u.bounds = (BoundDef(">=", number(0, span), span),)
        loss = total([(1, node.body), (-1, _at(q, domain))], span)
        row = self._row(f"{u.name}_least", over, u, loss, True, node)
        mean = ir.Reduce("sum", node.domain, product([("*", node.probability), ("*", _at(u, over))], span)[1], span)
        rest = _less(number(1, span), node.level)
        value = total([(1, _at(q, domain)), (1, ir.Multiply(("*", "/"), (mean, rest), span))], span)
        return self._done(node, domain, (q, u), (row,), True, value)

    # ------------------------------------------------------------ parts

    @property
    def _own(self) -> int:
        return len(self.player.domain.letters)

    def _variable(self, name: str, domain: ir.Domain, node: ir.Expr, words: str = "stands for") -> VarDef:
        name = self._free(name.replace(".", "_"))
        tex = rf"z^{{\mathrm{{{name.replace('_', ' ')}}}}}" if name.isascii() else ""
        signature = Signature(name, node.span, None, f"{words} `{short(node.span)}`", tex)
        return VarDef(signature, self.player.name, domain, self._own)

    def _row(
        self, name: str, domain: ir.Domain, z: VarDef, side: ir.Expr, largest: bool, node: ir.Expr
    ) -> ConstraintDef:
        words = f"`{z.name}` is at {'least' if largest else 'most'} a side of `{short(node.span)}`"
        signature = Signature(self._free(name), node.span, None, words)
        relation = ">=" if largest else "<="
        return ConstraintDef(signature, self.player.name, domain, self._own, relation, _at(z, domain), side)

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _before(self, node: ir.Expr, domain: ir.Domain) -> ir.Expr | None:
        return next((value for n, d, value in self._known if n == node and d == domain), None)

    def _done(
        self,
        node: ir.Expr,
        domain: ir.Domain,
        variables: tuple[VarDef, ...],
        rows: tuple[ConstraintDef, ...],
        largest: bool,
        value: ir.Expr,
    ) -> ir.Expr:
        self.found.append(Lifted(node, variables, rows, largest))
        self._known.append((node, domain, value))
        return value

    def _instances(self, node: ir.Expr, around: Around) -> ir.Domain:
        """The player's own binders and those whose letters the node holds, with the conditions on these; what
        conditions and sets hold of other letters comes with them."""
        own = self.player.domain
        binders = {id(b): b for b in (*own.binders, *around.binders)}

        def held(item: object) -> set[int]:
            return {id(x.binder) for x in outer_letters(item)} & set(binders)

        asked = (*around.wheres, *(() if own.where is None else (own.where,)))
        wanted = held(node) | {id(b) for b in own.binders}
        while True:
            wheres = tuple(w for w in asked if not held(w) or held(w) & wanted)
            more = wanted.union(*(held(w) for w in wheres), *(held(binders[k].over) for k in wanted))
            if more == wanted:
                where = both(wheres, node.span)
                return ir.Domain(tuple(b for k, b in binders.items() if k in wanted), where, None)
            wanted = more


def _at(z: VarDef, domain: ir.Domain) -> ir.Use:
    """The variable at the letters of a domain that begins with its own."""
    count = len(z.domain.letters)
    return ir.Use(z, letters_of(domain)[:count], z.signature.span)


def _within(outer: ir.Domain, inner: ir.Domain) -> ir.Domain:
    wheres = [w for w in (outer.where, inner.where) if w is not None]
    return ir.Domain((*outer.binders, *inner.binders), both(wheres, wheres[0].span) if wheres else None, None)


def _less(a: ir.Expr, b: ir.Expr) -> ir.Expr:
    """`a - b`; of two numbers the difference of what the text says, without rounding."""
    first, second = _said(a), _said(b)
    if first is None or second is None:
        return total([(1, a), (-1, b)], a.span)
    return number(float(first - second), a.span)


def _said(node: ir.Expr) -> Decimal | None:
    match node:
        case ir.Number(value=value):
            return Decimal(repr(value))
        case ir.Negate(operand=ir.Number(value=value)):
            return -Decimal(repr(value))
        case _:
            return None


def _lines(node: ir.Piecewise) -> tuple[ir.Expr, ...]:
    """The value at the subject of the line through each two neighbours."""
    span = node.span
    found = []
    for k in range(len(node.x) - 1):
        rise, run = _less(node.y[k + 1], node.y[k]), _less(node.x[k + 1], node.x[k])
        beyond = total([(1, node.subject), (-1, node.x[k])], span)
        sign, line = product([("*", rise), ("/", run), ("*", beyond)], span)
        found.append(total([(1, node.y[k]), (sign, line)], span))
    return tuple(found)


def _priced(node: ir.Tiers) -> tuple[ir.Expr, ...]:
    """What the subject costs at each rate, on from what the tiers below cost."""
    span = node.span
    paid: list[tuple[int, ir.Expr]] = []
    last: ir.Expr = number(0, span)
    found = []
    for k, rate in enumerate(node.rates):
        beyond = total([(1, node.subject), (-1, last)], span)
        sign, part = product([("*", rate), ("*", beyond)], span)
        found.append(total([*paid, (sign, part)], span))
        if k < len(node.limits):
            wide = _less(node.limits[k], last)
            paid.append(product([("*", rate), ("*", wide)], span))
            last = node.limits[k]
    return tuple(found)
