"""A compiled game in, what everybody decides at its answer out: `answered`, and by declaration `decisions`. For one
player's own problem in other programs."""

from __future__ import annotations

import numpy as np

from compiler.backends.bound_data import Key
from compiler.ir.game import ConstraintDef, VarDef
from compiler.pipeline import Compiled
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.answer import Answer, answer
from runtime.asked import hinted
from runtime.methods.method import Request

Values = dict[VarDef | ConstraintDef, dict[Key, float]]


def answered(compiled: Compiled, request: Request) -> Answer:
    """The game's answer, certified. Raises `DiagnosticError` where the game has none or none that passes the
    certificate (G806), and as `answer`."""
    found = answer(compiled.ground, hinted(request, compiled.game.options))
    if found.x is None or not found.certificate.verified:
        what = "has no answer" if found.x is None else "has no answer that passes the certificate"
        hint = Hint("`gamec solve` says more; without `--player` no answer is needed")
        first = Diagnostic(
            "G806", f"the game {what}, and a player's own problem needs what others decide", hints=(hint,)
        )
        raise DiagnosticError([first, *found.diagnostics])
    return found


def decisions(compiled: Compiled, request: Request) -> Values:
    """Values of variables, and prices of constraints that have one, by declaration and key, in the units of the file.

    Raises as `answered`.
    """
    found = answered(compiled, request)
    assert found.x is not None
    spaces = compiled.grounded.spaces
    values: Values = {}
    for player in compiled.game.players:
        for v in player.variables:
            place = spaces.columns[id(v)]
            at = np.arange(place.base, place.base + place.layout.size)
            values[v] = {place.layout.key(k): x for k, x in enumerate(found.x[at].tolist())}
    priced = [c for p in compiled.game.players for c in p.constraints] + list(compiled.game.shared)
    for c in priced:
        place_of_rows = spaces.rows.get(id(c))
        if c.price is None or found.prices is None or place_of_rows is None:
            continue
        size = place_of_rows.layout.size
        rows = np.arange(place_of_rows.base, place_of_rows.base + size)
        rows = rows if place_of_rows.numbers is None else place_of_rows.numbers
        listed = found.prices[rows]
        if not np.isnan(listed).any():
            values[c] = {place_of_rows.layout.key(k): x for k, x in enumerate(listed.tolist())}
    return values
