"""A model in hand. In: a path; out: `Game`, which can be given data, solved, compared and explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gamec.explanation import Explanation
    from grammar.source import Source
    from runtime.result import Comparison, Result


def load(path: str | Path) -> Game:
    """The model in a `.game` file. Its text is read and checked now, its data when it is solved.

    Raises DiagnosticError with everything that is wrong with the text and its names.
    """
    from compiler.pipeline import check_game, read_source

    source, _ = read_source(path)
    game = check_game(source)
    return Game(source, game.name, game.doc, tuple(case.name for case in game.cases))


@dataclass(frozen=True)
class Game:
    """A checked model. `cases` names its cases, `data` the parameters that are replaced. It never changes:
    `with_data` gives another one."""

    source: Source = field(repr=False)
    name: str
    doc: str = ""
    cases: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict, compare=False)

    def with_data(self, **data: object) -> Game:
        """The same model with parameters replaced, by numbers, lists, mappings by element, numpy, pandas or xarray;
        those replaced before stay so. A player's own parameter is `with_data(**{"player.name": value})`.

        What does not fit is found when the model is solved.
        """
        return Game(self.source, self.name, self.doc, self.cases, {**self.data, **data})

    def solve(self, *, case: str | None = None, **options: Any) -> Result:
        """As `gamec.solve`, whose options these are. Raises DiagnosticError."""
        from runtime.session import solve

        return solve(self.source, case=case, **self._with_own_data(options))

    def compare(self, *, cases: Sequence[str] | None = None, **options: Any) -> Comparison:
        """As `gamec.compare`, whose options these are. Raises DiagnosticError."""
        from runtime.session import compare

        return compare(self.source, cases=cases, **self._with_own_data(options))

    def explain(self, *, case: str | None = None) -> Explanation:
        """What game this is and how it would be solved, without solving it; printed, it is what `gamec explain` says.
        Raises DiagnosticError."""
        from compiler.pipeline import compile_file
        from gamec.explanation import explanation_of
        from runtime.given_data import plain_data

        return explanation_of(compile_file(self.source, case=case, overrides=plain_data(self.data)))

    def _with_own_data(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {**options, "data": {**self.data, **(options.get("data") or {})}}
