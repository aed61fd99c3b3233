"""A checked `Game` in, its players' optimality conditions out, symbolic and indexed: what documents and scripts print.

Nothing here has data. Everything is made of the game's own definitions and of new ones of the same kind
(`compiler.ir.game`), so whatever prints a game prints its derivation too:

    single = single_level(game)          # or optimality(game, player) for one player alone
    single.leader                        # PlayerDef, None for players of one level
    for f in single.followers:           # Optimality, one for each follower declaration
        f.player, f.sense                # PlayerDef; 1 minimises, -1 maximises
        f.lagrangian                     # Expr: s*f - sum multiplier*gap; over f.player.domain, in its letters
        for m in f.multipliers:          # Multiplier
            m.definition                 # VarDef: name, doc, tex (symbol without indices), domain, bound >= 0
            m.of, m.role, m.gap          # ConstraintDef | VarDef | FixDef; equal, lower, upper; Expr, == 0 or >= 0
            m.bound                      # whether it belongs to a bound of a variable
        for s in f.stationarity:         # s.variable: VarDef; s.row: ConstraintDef with relation "==", right side 0
            ...
        for c in f.complementarity:      # c.multiplier; c.row: ConstraintDef with perp = (multiplier, gap)
            ...
        f.duality                        # ConstraintDef `left == right` over f.player.domain; None if no LP or QP
    single.game                          # the whole as a Game of one player: leader's objective and constraints,
                                         # followers' constraints, stationarity, complementarity (`perp`)
    single_level(game, "duality").game   # the same with strong duality instead of complementarity

Rows stand over `row.domain`, which is the variable's or constraint's own (`where` included), and hold its letters. No
letter inside a row has the name of another that is bound around it: one that would takes another letter of its set, or
a prime (`t'`). A term under a condition is `Choose(condition, term, 0)`: print
it as "term where condition". Equalities and inequalities of the followers themselves are their own constraints,
unchanged. Pass `absent=compiled.absent()` so that variables without an instance in the data count for nothing.
Values without a derivative (`max`, `cvar`) are lifted where `forms=compiled.bound_data().lifted` says that nothing
profits from a value beyond their sides (`compiler.derivation.lifts`).
Diagnostics: G712 names a construct without a formula (other values of this kind, implications), G704 a structure of
players that is not of one or two levels.
"""

from compiler.derivation.multipliers import Multiplier
from compiler.derivation.optimality import Complementarity, Optimality, Stationarity, optimality
from compiler.derivation.single_level import SingleLevel, Slip, single_level

__all__ = [
    "Complementarity",
    "Multiplier",
    "Optimality",
    "SingleLevel",
    "Slip",
    "Stationarity",
    "optimality",
    "single_level",
]
