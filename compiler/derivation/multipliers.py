"""A player -> the multipliers of its problem: one family for each side of each constraint family and each bound."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.derivation.algebra import both, letters_of, number, total
from compiler.derivation.expansion import expanded
from compiler.derivation.faults import Underivable
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, FixDef, Game, PlayerDef, Signature, VarDef
from compiler.ir.walk import uses
from grammar.source import Span


@dataclass(frozen=True, eq=False)
class Multiplier:
    """`definition` is the family as a declaration, over the indices of what it belongs to (`of`).

    `role`: "equal" (free), "lower" (of `body >= low`), "upper" (of `body <= high`), the last two at least zero. `gap`
    is the expression that is zero ("equal") or at least zero, in the letters of `definition.domain`; `bound` says
    whether it is a bound, an end or a fixed value of a variable rather than a constraint.
    """

    definition: VarDef
    role: str
    of: ConstraintDef | VarDef | FixDef
    gap: ir.Expr
    bound: bool = False
    part: str = ""
    """Which equation of `of` it belongs to, as `compiler.ir.numbering` calls it: of a variable "bounds" or "final"."""

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def of_name(self) -> str:
        """What it belongs to, as the text calls it."""
        return self.of.variable.name if isinstance(self.of, FixDef) else self.of.name

    @property
    def free(self) -> bool:
        return self.role == "equal"

    @property
    def use(self) -> ir.Use:
        """The multiplier at its own letters."""
        return ir.Use(self.definition, letters_of(self.definition.domain), self.definition.signature.span)


def multipliers(
    game: Game, player: PlayerDef, shared: dict[int, tuple[Multiplier, ...]], absent: frozenset[int]
) -> tuple[Multiplier, ...]:
    """The families of one player, in the order of the text: constraints, shared constraints, bounds, ends, values
    fixed by a case. `shared` keeps those that are common to several players, by identity of the constraint; nothing
    for what is `absent`.

    Raises `Underivable` for complementarities and implications.
    """
    names = _Names(game)
    found: list[Multiplier] = []
    for c in player.constraints:
        found += [] if id(c) in absent else _of_constraint(c, c.domain, player.name, c.own, names)
    for c in game.shared:
        if c.individual:
            domain = ir.Domain(
                (*player.domain.binders, *c.domain.binders),
                both([w for w in (player.domain.where, c.domain.where) if w is not None], c.signature.span),
                c.domain.span,
            )
            found += _of_constraint(c, domain, player.name, len(player.domain.letters), names)
        else:
            if id(c) not in shared:
                shared[id(c)] = tuple(_of_constraint(c, c.domain, "", 0, names))
            found += shared[id(c)]
    for v in player.variables:
        if id(v) not in absent and not wholly_fixed(game, v):
            found += _of_bounds(game, v, names)
    for fix in game.fixes:
        if fix.variable.player == player.name and not wholly_fixed(game, fix.variable):
            found.append(_of_fix(fix, names))
    return tuple(found)


def lifted_multipliers(
    game: Game, player: PlayerDef, variables: tuple[VarDef, ...], rows: tuple[ConstraintDef, ...]
) -> tuple[Multiplier, ...]:
    """The families of what a player's problem was lifted with (`compiler.derivation.lifts`)."""
    names = _Names(game)
    found = [m for c in rows for m in _of_constraint(c, c.domain, player.name, c.own, names)]
    return (*found, *(m for v in variables for m in _of_bounds(game, v, names)))


def wholly_fixed(game: Game, variable: VarDef) -> bool:
    """Whether a case fixes every instance: then the variable is data to its player too."""
    for fix in game.fixes:
        if fix.variable is not variable or fix.domain.where is not None:
            continue
        letters = [i for i in fix.indices if isinstance(i, ir.Letter)]
        plain = len(letters) == len(fix.indices) and len(set(letters)) == len(letters)
        if plain and [x.binder.over for x in letters] == [x.binder.over for x in letters_of(variable.domain)]:
            return True
    return False


def itself(variable: VarDef) -> ir.Use:
    """The variable at its own letters."""
    return ir.Use(variable, letters_of(variable.domain), variable.signature.span)


class _Names:
    def __init__(self, game: Game) -> None:
        self.taken = {d.name for d in game.all_params()} | {d.name for d in game.all_lets()}
        self.taken |= {v.name for p in game.players for v in p.variables}

    def free(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def _family(
    names: _Names, letter: str, of: str, end: str, domain: ir.Domain, player: str, own: int, doc: str, span: Span
) -> VarDef:
    """The declaration of a family: mu and nu at least zero, lambda free."""
    name = names.free(f"{letter}_{of}" + (f"_{end}" if end else ""))
    symbol = {"low": "\\underline", "high": "\\overline"}.get(end, "")
    greek = f"\\{letter}"
    above = of.replace("_", "\\_") + (", \\mathrm{end}" if end == "end" else ", \\mathrm{fix}" if end == "fix" else "")
    tex = f"{symbol}{{{greek}}}^{{\\mathrm{{{above}}}}}" if of.isascii() else ""
    bounds = () if letter == "lambda" else (BoundDef(">=", number(0, span), span),)
    return VarDef(Signature(name, span, None, doc, tex.replace(f"{{{greek}}}^", f"{greek}^", not symbol)), player,
                  domain, own, bounds=bounds)  # fmt: skip


def _of_constraint(c: ConstraintDef, domain: ir.Domain, player: str, own: int, names: _Names) -> list[Multiplier]:
    span = c.signature.span
    if c.perp is not None:
        raise Underivable(
            f"the complementarity `{c.name}` stands in the problem of a player that others foresee",
            span,
            "not convex",
            "let the leader, or a player alone, keep the complementarity",
        )
    if c.condition is not None:
        raise Underivable(
            f"the implication `{c.name}` needs a binary, and has no optimality conditions",
            span,
            "if and then",
            "write it with the numbers that bound it: `e <= c + M*(1 - on)`",
        )

    def make(letter: str, end: str, role: str, what: str, gap: ir.Expr) -> Multiplier:
        doc = f"multiplier of {what}`{c.name}`"
        family = _family(names, letter, c.name, end, domain, player, own, doc, span)
        # A variable that goes round at time t has the multiplier of time t+1 in its stationarity, that too going round.
        family.cyclic = _over_whole_sets(domain) and _goes_round(expanded(gap))
        return Multiplier(family, role, c, gap)

    if c.relation == "range":
        assert c.middle is not None
        low = total([(1, c.middle), (-1, c.left)], span)
        high = total([(1, c.right), (-1, c.middle)], span)
        return [
            make("mu", "low", "lower", "the lower end of ", low),
            make("mu", "high", "upper", "the upper end of ", high),
        ]
    above, below = total([(1, c.left), (-1, c.right)], span), total([(1, c.right), (-1, c.left)], span)
    match c.relation:
        case "==":
            return [make("lambda", "", "equal", "", above)]
        case ">=":
            return [make("mu", "", "lower", "", above)]
        case _:
            return [make("mu", "", "upper", "", below)]


def _over_whole_sets(domain: ir.Domain) -> bool:
    return domain.where is None and all(isinstance(b.over, ir.SetName) and len(b.letters) == 1 for b in domain.binders)


def _goes_round(gap: ir.Expr) -> bool:
    """Whether a cyclic variable is stepped in the expression."""
    return any(
        isinstance(use.target, VarDef) and use.target.cyclic and isinstance(index, ir.Shift | ir.Step)
        for use in uses(gap)
        for index in use.indices
    )


def _of_bounds(game: Game, v: VarDef, names: _Names) -> list[Multiplier]:
    """A variable has at most one bound on each side (G110)."""
    found = []
    for end, role, words in (("low", "lower", "lower bound"), ("high", "upper", "upper bound")):
        listed = [b for b in v.bounds if b.relation in ("==", ">=" if role == "lower" else "<=")]
        listed = [b for b in listed if not _endless(b.value)]
        if not listed:
            continue
        value = listed[0].value
        sign = 1 if role == "lower" else -1
        gap = total([(sign, itself(v)), (-sign, value)], listed[0].span)
        doc = f"multiplier of the {words} of `{v.name}`"
        family = _family(names, "nu", v.name, end, v.domain, v.player, v.own, doc, v.signature.span)
        found.append(Multiplier(family, role, v, gap, True, "bounds"))
    if v.final is not None:
        found.append(_of_final(game, v, v.final, names))
    return found


def _of_final(game: Game, v: VarDef, final: BoundDef, names: _Names) -> Multiplier:
    k = ending_position(game, v)
    letter = letters_of(v.domain)[k]
    over = ir.SetName(letter.set, final.span)
    last = ir.CompareIndex("==", letter, ir.Edge(over, letter.set, True, final.span), final.span)
    where = both([w for w in (v.domain.where, last) if w is not None], final.span)
    domain = ir.Domain(v.domain.binders, where, v.domain.span)
    role = {"==": "equal", ">=": "lower", "<=": "upper"}[final.relation]
    sign = -1 if role == "upper" else 1
    gap = total([(sign, itself(v)), (-sign, final.value)], final.span)
    doc = f"multiplier of what `{v.name}` ends with"
    letter_name = "lambda" if role == "equal" else "mu"
    family = _family(names, letter_name, v.name, "end", domain, v.player, v.own, doc, final.span)
    return Multiplier(family, role, v, gap, True, "final")


def _of_fix(fix: FixDef, names: _Names) -> Multiplier:
    gap = total([(1, ir.Use(fix.variable, fix.indices, fix.span)), (-1, fix.value)], fix.span)
    doc = f"multiplier of the value at which the case fixes `{fix.variable.name}`"
    family = _family(names, "lambda", fix.variable.name, "fix", fix.domain, fix.variable.player, 0, doc, fix.span)
    return Multiplier(family, "equal", fix, gap, True)


def ending_position(game: Game, v: VarDef) -> int:
    """The index whose last element `ends` speaks of: the one stepped along, else the last."""
    stepped = {
        k
        for e in _problem_expressions(game)
        for use in uses(e)
        if use.target is v
        for k, i in enumerate(use.indices)
        if isinstance(i, ir.Shift | ir.Step)
    }
    return min(stepped) if stepped else len(v.domain.sets) - 1


def _problem_expressions(game: Game) -> list[ir.Expr]:
    found = [let.value for let in game.all_lets()]
    for player in game.players:
        found.append(player.objective.value)
        found += [e for c in player.constraints for e in (c.left, c.middle, c.right) if e is not None]
        found += [b.value for v in player.variables for b in v.bounds]
    return found


def _endless(value: ir.Expr) -> bool:
    inner = value.operand if isinstance(value, ir.Negate) else value
    return isinstance(inner, ir.Number) and inner.value == float("inf")
