"""The paths of an MPS and an AUX file in, a GroundGame of a leader and a follower out.

The leader has the columns and rows that the AUX file does not give to the lower level, and the objective of the MPS
file. Bounds of the follower's columns are the follower's own.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from compiler.ground.ground_game import Block, GroundGame, GroundPlayer
from compiler.ground.sparse import Csr, Ints, Quad
from grammar.diagnostics import Diagnostic, DiagnosticError, Findings, Severity, did_you_mean
from grammar.source import Source, Span
from runtime.instances.aux_file import LowerLevel, Named, read_aux
from runtime.instances.interdiction import with_interdiction
from runtime.instances.mps_checks import check_mps
from runtime.instances.mps_file import Mps, places, read_mps

LEADER, FOLLOWER = 0, 1
NAMES = ("leader", "follower")


def read_bilevel(mps: str, aux: str) -> tuple[GroundGame, tuple[Diagnostic, ...]]:
    """The game and warnings. Raises DiagnosticError: G001, G002 for files that cannot be read, G506 for what they
    say."""
    text = _text(aux)
    upper = None if mps.endswith(".zip") else _text(mps)
    findings = Findings()
    lower = read_aux(text, findings)
    # HiGHS reads files of any other name as MPS too, but for these.
    checked = upper is not None and not mps.removesuffix(".gz").endswith((".lp", ".ems"))
    free_rows, row_count, column_count = check_mps(upper, findings) if checked and upper is not None else (1, -1, -1)
    findings.raise_errors()
    numbered = next((item for item in lower.rows if isinstance(item.what, int)), None)
    if free_rows > 1 and numbered is not None:
        findings.add(
            "G506",
            f"`{mps}` has {free_rows} rows `N`, which some count among the rows and some do not",
            numbered.span,
            "a number of a row",
            hints=["an AUX file by names leaves no doubt", "objectives that are not used can be taken out"],
        )
        findings.raise_errors()
    program = read_mps(mps)
    count = len(program.column_names)
    # It reads on over lines that it does not understand.
    if column_count >= 0 and (row_count, column_count) != (len(program.row_names), count):
        there = f"{len(program.row_names)} rows and {count} columns"
        findings.add(
            "G506", f"HiGHS finds {there} in `{mps}`, where {row_count} and {column_count} are", Span(text, 0, 0)
        )
        findings.raise_errors()
    costs = bool(lower.costs) or lower.budget is not None
    inside = any(isinstance(item.what, str) or item.what < count for item in lower.columns)
    if costs and not inside:
        program = with_interdiction(
            program, lower, lower.columns[0].span if lower.columns else Span(text, 0, 0), findings
        )
        findings.raise_errors()
    columns = _numbers(lower.columns, program.column_names, "variable", findings)
    rows = _numbers(lower.rows, program.row_names, "constraint", findings)
    if not len(columns) and not findings.errors:
        findings.add("G506", f"`{aux}` gives the lower level no variable", Span(text, 0, 0), "")
    elif len(columns) == len(program.column_names) and not findings.errors:
        findings.add(
            "G506",
            f"`{aux}` gives all variables to the lower level, and leaves the leader none",
            Span(text, 0, 0),
        )
    findings.raise_errors()
    if costs and inside:
        findings.add(
            "G506",
            f"`IC` and `IB` of `{aux}` are passed over: the rows of the MPS file are taken as they are",
            Span(text, 0, 0),
            severity=Severity.WARNING,
        )
    at_rows, at_columns, goal = ({}, {}, "") if upper is None else places(upper)
    game = _game(program, lower, columns, rows)
    leader, follower = game.players
    return (
        replace(
            game,
            name=program.name or Path(mps).stem,
            players=(replace(leader, objective=goal or leader.objective), follower),
            column_blocks=_blocks(program.column_names, game.owner, at_columns),
            row_blocks=_blocks(program.row_names, game.row_owner, at_rows),
        ),
        findings.sorted(),
    )


def _text(path: str) -> Source:
    try:
        data = Path(path).read_bytes()
        if path.endswith(".gz"):
            data = gzip.decompress(data)
        return Source(path, data.decode("utf-8", errors="replace"))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DiagnosticError([Diagnostic("G001", f"`{path}` is no file of gzip")]) from None
    except FileNotFoundError:
        folder = Path(path).parent
        near = did_you_mean(Path(path).name, (p.name for p in folder.iterdir())) if folder.is_dir() else ()
        raise DiagnosticError([Diagnostic("G001", f"there is no file `{path}`", hints=near)]) from None
    except OSError as error:
        raise DiagnosticError([Diagnostic("G001", f"`{path}` cannot be read: {error.strerror}")]) from None


def _numbers(named: list[Named], names: tuple[str, ...], word: str, findings: Findings) -> Ints:
    """Numbers of what the AUX file names."""
    known = {name: k for k, name in enumerate(names)}
    found: dict[int, Span] = {}
    for item in named:
        number = known.get(item.what, -1) if isinstance(item.what, str) else item.what
        if not 0 <= number < len(names):
            hints = did_you_mean(str(item.what), names, item.span) if isinstance(item.what, str) else ()
            limit = f"they are numbered from 0 to {len(names) - 1}" if isinstance(item.what, int) else ""
            findings.add(
                "G506",
                f"the MPS file has no {word} `{item.what}`",
                item.span,
                "not there",
                notes=[limit] if limit else [],
                hints=hints,
            )
        elif number in found:
            findings.add("G506", f"the {word} `{names[number]}` is named twice", item.span, "again")
        else:
            found[number] = item.span
    return np.array(list(found), np.int64)


def _game(program: Mps, lower: LowerLevel, columns: Ints, rows: Ints) -> GroundGame:
    """Without the names."""
    n, m = len(program.lower), len(program.row_lower)
    owner, row_owner = np.full(n, LEADER, np.int64), np.full(m, LEADER, np.int64)
    owner[columns], row_owner[rows] = FOLLOWER, FOLLOWER
    used = np.flatnonzero(program.objective)
    goal = np.array(lower.objective, np.float64)
    objective = Csr.from_coo(
        np.concatenate([np.full(len(used), LEADER), np.full(len(columns), FOLLOWER)]),
        np.concatenate([used, columns]),
        np.concatenate([program.objective[used], goal]),
        2,
        n,
    )
    return GroundGame(
        name="",
        players=(
            GroundPlayer(NAMES[LEADER], (), "objective", program.sense),
            GroundPlayer(NAMES[FOLLOWER], (), "objective", lower.sense, (LEADER,)),
        ),
        lower=program.lower,
        upper=program.upper,
        kind=program.kind,
        start=np.full(n, np.nan),
        owner=owner,
        price_row=np.full(n, -1, np.int64),
        column_blocks=(),
        matrix=program.matrix,
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        row_quad=Quad.empty(),
        row_owner=row_owner,
        row_blocks=(),
        objective=objective,
        objective_constant=np.array([program.constant, 0.0]),
        objective_quad=Quad.empty(),
    )


def _blocks(names: tuple[str, ...], owner: Ints, spans: Mapping[str, Span]) -> tuple[Block, ...]:
    whose = [NAMES[p] for p in owner.tolist()]
    numbered = enumerate(zip(whose, names, strict=True))
    return tuple(Block(player, name, k, k + 1, span=spans.get(name)) for k, (player, name) in numbered)
