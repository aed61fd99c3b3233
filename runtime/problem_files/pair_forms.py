"""A Program of optimality conditions and the name of a form in, the same without complementary pairs out, with names
and places for what was added: `formed`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.complementarity_big_m import complementarity_big_m, fit
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program, label_of, part_of
from compiler.reformulations.strong_duality import strong_duality
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from grammar.source import Span
from runtime.methods.derived_bounds import derived_bounds
from runtime.problem_files.duality_bounds import bounded

FORMS = ("kkt-sos1", "kkt-big-m", "strong-duality")
"""As scripts call them; see `compiler.backends.script_request`."""


@dataclass(frozen=True, eq=False)
class Formed:
    """`program` has the columns and rows of the one before first. `columns` and `rows` name those that were added,
    each with the column that tells where in the model it comes from, or the place itself."""

    program: Program
    columns: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, int | Span | None], ...] = ()
    remarks: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


def formed(game: GroundGame, program: Program, form: str) -> Formed:
    """`form` is one of FORMS. Raises DiagnosticError: G710 for a pair without a proven bound where big-M is asked for,
    and as `duality_bounds.bounded`.

    Followers with products in their own rows have no strong duality here; their pairs are SOS1 sets in that form.
    """
    match form:
        case "kkt-big-m":
            return _by_binaries(game, program)
        case "strong-duality":
            return _by_duality(game, program)
        case _:
            return Formed(complementarity_sos1(program))


def _by_binaries(game: GroundGame, program: Program) -> Formed:
    bounds = derived_bounds(game, program, cut=False).bounds
    usable = fit(program, bounds)
    if not usable.all():
        raise _unbounded(game, program, bounds, int(np.flatnonzero(~usable)[0]))
    ready = complementarity_big_m(program, bounds)
    pairs = program.complementary.tolist()
    names = [[label_of(program.column_parts, game, column) for column in pair] for pair in pairs]
    columns = [(f"on {first}", pair[0]) for (first, _), pair in zip(names, pairs, strict=True)]
    rows = [(f"limit of {name[k]}", pair[k]) for k in (0, 1) for name, pair in zip(names, pairs, strict=True)]
    told = f"{len(pairs)} pairs by a binary each and the largest values that gamec proves for these data"
    return Formed(ready, tuple(columns), tuple(rows), (told,))


def _by_duality(game: GroundGame, program: Program) -> Formed:
    duality = Duality.of(game, program)
    plain = [p for p in np.unique(duality.owner).tolist() if duality.plain[p]]
    program, loose = bounded(game, program, duality, plain)
    ready = strong_duality(game, program)
    players = [game.players[p] for p in plain]
    rows = tuple((f"strong duality of {p.name}", p.objective_span or p.span) for p in players)
    told = [
        "complementarity by strong duality: a follower's terms are not above the bound that its multipliers give,",
        "  and these are not above the largest values that gamec proves for these data",
    ]
    if loose:
        told += [
            "LESS EXACT THAN THE SOLVER (`gamec explain G714`): ask it for a tolerance of 1e-9 (SCIP:",
            "  numerics/feastol), or take the form kkt-sos1",
        ]
    return Formed(complementarity_sos1(ready), (), rows, tuple(told), loose)


def _unbounded(game: GroundGame, program: Program, bounds: ColumnBounds, k: int) -> DiagnosticError:
    pair = program.complementary[k]
    column = int(pair[int(np.argmax(bounds.upper[pair]))])
    name = label_of(program.column_parts, game, column)
    return DiagnosticError(
        [
            Diagnostic(
                "G710",
                f"no largest value of the {name} can be proven, which big-M needs",
                part_of(program.column_parts, column).block(game, column).span,
                "without a bound",
                hints=(
                    Hint("`--form kkt-sos1` and `--form strong-duality` need no bounds"),
                    Hint("give the follower's variables bounds, and prices and other coefficients of the leader's too"),
                ),
            )
        ]
    )
