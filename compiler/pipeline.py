"""The stages in order: read, parse, analyse, ground. Each keeps its result; any can be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from compiler import library
from compiler.backends.bound_data import BoundData, Problem
from compiler.ground.data import Data
from compiler.ground.ground_game import GroundGame
from compiler.ground.grounding import Grounded, ground
from compiler.ground.lifted_forms import lifted_forms, without_bounds
from compiler.ground.player_classes import PlayerClass, player_classes
from compiler.ground.reporting import ReportValue, comparison_values, report_values
from compiler.ground.tables import DataFiles, Read, as_text
from compiler.ir.game import Game
from compiler.semantics.analyse import analyse
from compiler.syntax import declarations
from compiler.syntax.builder import Builder
from compiler.syntax.imports import Library, expand_imports
from grammar.collector import collector_paused
from grammar.diagnostics import Diagnostic, DiagnosticError, Findings, did_you_mean
from grammar.parser import parse
from grammar.source import Source

Floats = NDArray[np.float64]
_builder = Builder()


@dataclass(frozen=True, eq=False)
class Compiled:
    """A model with one case applied, through every stage. `times` has seconds by stage."""

    source: Source
    tree: declarations.Model
    game: Game
    grounded: Grounded
    warnings: tuple[Diagnostic, ...]
    times: dict[str, float]

    @property
    def case(self) -> str:
        return self.game.case

    @property
    def ground(self) -> GroundGame:
        return self.grounded.ground

    def reports(self, x: Floats, prices: Floats) -> dict[str, ReportValue]:
        """The model's reports at a point: `x` (columns,), `prices` (rows,) in each owner's sense, NaN where there is
        none."""
        return report_values(self.grounded, x, prices)[0]

    def comparisons(self, reports: Mapping[str, Mapping[str, ReportValue]]) -> dict[str, ReportValue]:
        """The comparisons that these cases' reports are enough for: case -> report -> value."""
        return comparison_values(self.grounded, reports)[0]

    def game_of_case(self, case: str) -> Game:
        """The checked model with another of its cases applied ("" for none), without data. Raises
        `DiagnosticError`."""
        findings = Findings()
        game = analyse(self.tree, case, findings)
        findings.raise_errors()
        assert game is not None
        return game

    def with_game(self, game: Game) -> Compiled:
        """Another game on the same data, such as one derived from this one's. Raises `DiagnosticError`."""
        findings = Findings()
        old = self.grounded.data
        grounded = ground(game, Data(game, old.files, findings, old.overrides), findings, derived=True)
        findings.raise_errors()
        assert grounded is not None
        return replace(self, game=game, grounded=grounded)

    def _problems(self, classes: Sequence[PlayerClass]) -> dict[str, Problem]:
        """The class of each declared player's problem."""
        found: dict[str, Problem] = {}
        for player, kind in zip(self.ground.players, classes, strict=True):
            name = player.declaration
            if name not in found or (found[name].convex and not kind.convex):
                found[name] = Problem(kind.name, kind.convex, kind.reason, kind.span)
        return found

    def absent(self) -> frozenset[int]:
        """Identities of the variables and constraints that have no instance with these data."""
        spaces = self.grounded.spaces
        places = {**spaces.columns, **spaces.rows}
        return frozenset(key for key, place in places.items() if not place.layout.size)

    def bound_data(self) -> BoundData:
        """The data of this case in plain Python, for backends. Keys of parameters come in the order of their
        index."""
        data, classes = self.grounded.data, player_classes(self.ground)
        first = classes[0]
        numbers = {}
        for d in self.game.all_params():
            layout, values = data.param(d)
            keys = (layout.key(k) for k in range(layout.size))
            numbers[d.player, d.name] = dict(zip(keys, values.tolist(), strict=True))
        return BoundData(
            sets={d.name: data.named(d).elements for d in self.game.sets},
            params=numbers,
            problem=first.name,
            reason=first.reason,
            reason_span=first.span,
            given=frozenset(data.overrides),
            lifted=lifted_forms(self.ground),
            endless=without_bounds(self.ground),
            problems=self._problems(classes),
            absent=self.absent(),
            products=self.grounded.products,
        )


def compile_file(
    path: str | Path | Source, *, case: str | None = None, overrides: Mapping[str, object] | None = None
) -> Compiled:
    """Compile a `.game` file, or a text that was read already, whose path says where its data files are.

    Raises `DiagnosticError` with everything that the first failing stage found.
    """
    source, folder = read_source(path)
    return compile_source(source, disk_reader(folder), case=case, overrides=overrides)


@collector_paused()
def compile_source(
    source: Source,
    read: Read,
    *,
    case: str | None = None,
    overrides: Mapping[str, object] | None = None,
    std: Library = library,
) -> Compiled:
    """Compile a text whose data files `read` gives, and `std` the library's."""
    findings = Findings()
    times: dict[str, float] = {}
    tree = _parsed(source, read, findings, times, std)
    return _rest(source, tree, read, case or "", overrides or {}, findings, times)


def check_file(path: str | Path | Source, *, overrides: Mapping[str, object] | None = None) -> Compiled:
    """Compile the base model and every case; raises `DiagnosticError` with the findings of all of them together."""
    source, folder = read_source(path)
    return check_source(source, disk_reader(folder), overrides=overrides)


@collector_paused()
def check_source(source: Source, read: Read, *, overrides: Mapping[str, object] | None = None) -> Compiled:
    """As `check_file`, for a text whose data files `read` gives. What a case repeats of the base model's findings is
    told once."""
    findings = Findings()
    times: dict[str, float] = {}
    tree = _parsed(source, read, findings, times)
    base: Compiled | None = None
    files: dict[str, str | bytes] = {}

    def cached(name: str) -> str | bytes:
        if name not in files:
            files[name] = read(name)
        return files[name]

    try:
        base = _rest(source, tree, cached, "", overrides or {}, Findings(), times)
        warnings = list(base.warnings)
    except DiagnosticError as error:
        for d in error.diagnostics:
            _keep(findings, d)
        warnings = []
    for declared in [s for s in tree.statements if isinstance(s, declarations.CaseDecl)]:
        try:
            _rest(source, tree, cached, declared.head.name.text, overrides or {}, Findings(), {})
        except DiagnosticError as error:
            for d in error.diagnostics:
                _keep(findings, d)
    findings.raise_errors()
    assert base is not None
    return Compiled(base.source, base.tree, base.game, base.grounded, tuple(warnings), times)


def check_game(path: str | Path | Source, *, case: str | None = None) -> Game:
    """The checked model with one case applied, without its data: the stages up to `analyse`, all their findings
    raised together as `DiagnosticError`."""
    source, folder = read_source(path)
    findings = Findings()
    tree = _parsed(source, disk_reader(folder), findings, {})
    game = analyse(tree, case or "", findings)
    findings.raise_errors()
    assert game is not None
    return game


def _keep(findings: Findings, d: Diagnostic) -> None:
    same = any(f.code == d.code and f.headline == d.headline and _place(f) == _place(d) for f in findings.items)
    if not same:
        findings.items.append(d)


def _place(d: Diagnostic) -> tuple[str, int] | None:
    return None if d.span is None else (d.span.source.path, d.span.start)


def read_source(path: str | Path | Source) -> tuple[Source, Path]:
    """The text of a model file and its folder. Raises `DiagnosticError` (G001, G002)."""
    if isinstance(path, Source):
        return path, Path(path.path).parent
    path = Path(path)
    findings = Findings()
    try:
        return Source(str(path), path.read_text("utf-8")), path.parent
    except UnicodeDecodeError as error:
        findings.add("G002", f"`{path}` is not UTF-8 text (byte {error.start})", hints=["save the file in UTF-8"])
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        folder = path.parent
        near = [p.name for p in folder.glob("*.game")] if folder.is_dir() and "\0" not in str(path) else []
        inside = sorted(str(p) for p in path.glob("*.game")) if isinstance(error, IsADirectoryError) else []
        findings.add(
            "G001",
            f"`{path}` cannot be read: {reason}",
            hints=[f"the folder holds `{p}`" for p in inside[:3]]
            or did_you_mean(path.name, near)
            or ["give the path of a `.game` file"],
        )
    raise DiagnosticError(findings.items)


def disk_reader(folder: Path) -> Read:
    """Reads data files relative to `folder`."""

    def read(name: str) -> bytes:
        return (folder / name).read_bytes()

    return read


def _parsed(
    source: Source, read: Read, findings: Findings, times: dict[str, float], std: Library = library
) -> declarations.Model:
    """The tree of the file and of all that it imports."""

    def parsed(one: Source) -> declarations.Model | None:
        tree = parse(one, _builder, findings)
        return tree if isinstance(tree, declarations.Model) else None

    start = perf_counter()
    tree = parsed(source)
    if tree is not None:
        tree = expand_imports(tree, Path(source.path).name, parsed, lambda name: as_text(read(name)), std, findings)
    times["parse"] = perf_counter() - start
    findings.raise_errors()
    assert tree is not None
    return tree


def _rest(
    source: Source,
    tree: declarations.Model,
    read: Read,
    case: str,
    overrides: Mapping[str, object],
    findings: Findings,
    times: dict[str, float],
) -> Compiled:
    start = perf_counter()
    game = analyse(tree, case, findings)
    times["analyse"] = perf_counter() - start
    findings.raise_errors()
    assert game is not None
    _check_overrides(game, overrides, findings)
    findings.raise_errors()
    start = perf_counter()
    grounded = ground(game, Data(game, DataFiles(read, findings), findings, overrides), findings)
    times["ground"] = perf_counter() - start
    findings.raise_errors()
    assert grounded is not None
    return Compiled(source, tree, game, grounded, findings.sorted(), times)


def _check_overrides(game: Game, overrides: Mapping[str, object], findings: Findings) -> None:
    names = {p.name for p in game.all_params()} | {f"{p.player}.{p.name}" for p in game.all_params() if p.player}
    for name in overrides:
        if name not in names:
            findings.add(
                "G507",
                f"the model has no parameter `{name}`",
                hints=did_you_mean(name, names) or ["only parameters can be given from outside"],
            )
