"""MPS files as they are found: what HiGHS, SCIP and the letter of the format agree on is read so, the rest refused."""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from pyscipopt import Model

from grammar.diagnostics import DiagnosticError, Findings, Severity
from grammar.source import Source
from runtime.instances.bilevel_files import read_bilevel
from runtime.instances.mps_checks import check_mps
from runtime.instances.mps_file import read_mps
from runtime.instances.session import solve_files
from runtime.methods.method import Request
from runtime.result import Status

INF = np.inf

TRICKY = """* a remark
NAME          tricky
ROWS
 N  obj
 L  up
 G  dn
 E  eqp
 E  eqn
 L  upn
COLUMNS
    a         obj        1.0   up         1.0
    a         dn         1.0
    M1        'MARKER'                 'INTORG'
    b         obj        2.0   eqp        1.0
    b         up         1.0
    M2        'MARKER'                 'INTEND'
    c         obj        3.0   eqn        1.0
    d         obj        1.0   upn        1.0
    e         obj        1.0   up         1.0
    f         obj        1.0   up         1.0
    g         obj        1.0   up         1.0
    i         obj        1.0   up         1.0
    k         obj        1.0   up         1.0
    l         obj        1.0   up         1.0
RHS
    RHS       obj       -7.0   up         4.0
    RHS       dn         2.0   eqp        3.0
    RHS       eqn        3.0   upn       -1.0
RANGES
    RNG       up         2.0   dn         3.0
    RNG       eqp        2.0   eqn       -2.0
    RNG       upn       -1.5
BOUNDS
 MI BND       a
 UP BND       a         -2.0
 PL BND       b
 LI BND       c          1
 UI BND       c          5
 MI BND       d
 FR BND       e
 FX BND       f          2.5
 BV BND       g          1.0
 LO BND       i         -4.0
 UP BND       i         -3.0
 UI BND       k          1e+30
 UP BND       l          0.0
ENDATA
"""
LOWER = [-INF, 0, 1, -INF, -INF, 2.5, 0, -4, 0, 0]
UPPER = [-2, INF, 5, INF, INF, 2.5, 1, -3, INF, 0]
WHOLE = [0, 1, 1, 0, 0, 0, 1, 0, 1, 0]
ROWS = {"up": (2, 4), "dn": (2, 5), "eqp": (3, 5), "eqn": (1, 3), "upn": (-2.5, -1)}
"""By the rules: a range R makes L rows [b-|R|, b], G rows [b, b+|R|], E rows [b, b+R] or [b+R, b] by its sign; the
right-hand side of the objective is the constant taken off; MI leaves the upper bound open, UI beyond 1e20 too."""


def ended(number: float) -> float:
    """SCIP's infinity as ours."""
    return float(np.sign(number) * INF) if abs(number) >= 1e20 else number


@pytest.mark.parametrize("change", [str, lambda t: t.replace("\n", "\r\n"), lambda t: " ".join(t.split(" ")) + "\n\n"])
def test_bounds_ranges_and_constants_as_the_format_says(change, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "tricky.mps"
    path.write_bytes(change(TRICKY).encode())
    read = read_mps(str(path))
    assert read.lower.tolist() == LOWER
    assert read.upper.tolist() == UPPER
    assert read.kind.tolist() == WHOLE
    limits = zip(read.row_lower.tolist(), read.row_upper.tolist(), strict=True)
    assert dict(zip(read.row_names, limits, strict=True)) == ROWS
    assert read.constant == 7
    findings = Findings()
    assert check_mps(Source("tricky.mps", TRICKY), findings) == (1, len(ROWS), len(LOWER))
    assert not findings.sorted()


def test_scip_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "tricky.mps"
    path.write_text(TRICKY, encoding="utf-8")
    scip = Model()
    scip.hideOutput()
    scip.readProblem(str(path))
    columns = {v.name: v for v in scip.getVars()}
    read = read_mps(str(path))
    for k, name in enumerate(read.column_names):
        v = columns[name]
        assert (ended(v.getLbOriginal()), ended(v.getUbOriginal())) == (LOWER[k], UPPER[k])
        assert (v.vtype() != "CONTINUOUS") == bool(WHOLE[k])
        assert v.getObj() == read.objective[k]
    rows = {c.name: (scip.getLhs(c), scip.getRhs(c)) for c in scip.getConss()}
    assert {name: rows[name] for name in ROWS} == ROWS
    assert scip.getObjoffset() == 7


FREE = """NAME a_long_name
OBJSENSE
 MAX
ROWS
 N the_objective_of_the_leader
 L a_row_with_a_long_name
COLUMNS
 M1 'MARKER' 'INTORG'
 the_leaders_column the_objective_of_the_leader 1 a_row_with_a_long_name 2
 M2 'MARKER' 'INTEND'
 the_followers_column the_objective_of_the_leader 3 a_row_with_a_long_name 4
RHS
 a_row_with_a_long_name 10
BOUNDS
 UP BND the_leaders_column 4
ENDATA
"""


@pytest.mark.parametrize("packed", [False, True])
def test_free_format_maximised_and_packed(packed: bool, tmp_path: Path) -> None:
    """The follower takes all that is left of 10 - 2x for its column at 4 each, which the leader likes: 3*2.5."""
    mps, aux = tmp_path / ("free.mps.gz" if packed else "free.mps"), tmp_path / "free.aux"
    mps.write_bytes(gzip.compress(FREE.encode()) if packed else FREE.encode())
    aux.write_text("N 1\nM 1\nLC 1\nLR 0\nLO 1\nOS -1\n", encoding="utf-8")
    found = solve_files(str(mps), str(aux), Request())
    assert found.status is Status.OPTIMAL
    assert found.objectives["leader.the_objective_of_the_leader"] == pytest.approx(7.5)
    game, _ = read_bilevel(str(mps), str(aux))
    assert game.column_blocks[1].span is not None
    assert game.column_blocks[1].span.line == 11


@pytest.mark.parametrize(
    ("before", "after", "words", "place"),
    [
        ("RANGES\n", "LAZYCONS\n L  late\nRANGES\n", "`LAZYCONS`", "LAZYCONS"),
        ("BOUNDS\n", "SOS1\n S1 SET a 1\nBOUNDS\n", "`SOS1`", "SOS1"),
        ("RANGES\n", "RANGE\n", "`RANGE`", "RANGE"),
        (
            "M1        'MARKER'                 'INTORG'",
            "M1        MARKER  INTORG",
            "take this line for a column",
            "MARKER",
        ),
        ("'INTEND'", "INTEND", "take this line for a column", "'MARKER'"),
        (" MI BND       a\n", "", "which one is meant?", "a"),
        (" BV BND       g ", " BB BND       g ", "no type of bound", "BB"),
        (" L  upn\n", " Q  upn\n", "no type of row", "Q"),
        (" E  eqn\n", " E  eqp\n", "named twice", "eqp"),
        ("    a         dn         1.0\n", "    a         up         1.0\n", "two coefficients in `up`", "up"),
        (
            "    d         obj        1.0   upn        1.0\n",
            "    d         obj        1.0   upn        1.0\n    a         eqn        1.0\n",
            "comes back",
            "a",
        ),
        ("    RHS       dn         2.0", "    OTHER     dn         2.0", "second set `OTHER`", "OTHER"),
        ("    RHS       eqn        3.0", "    RHS       up         3.0", "stands in `RHS` twice", "up"),
        (" UP BND       l ", " UP ALSO      l ", "second set `ALSO`", "ALSO"),
        ("    RNG       upn       -1.5", "    RNG       obj       -1.5", "has no range", "obj"),
    ],
)
def test_what_readers_disagree_about_is_refused(
    before: str, after: str, words: str, place: str, tmp_path: Path
) -> None:
    assert before in TRICKY
    mps, aux = tmp_path / "x.mps", tmp_path / "x.aux"
    mps.write_text(TRICKY.replace(before, after, 1), encoding="utf-8")
    aux.write_text("N 1\nM 0\nLC 1\nLO 1\nOS 1\n", encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    finding = error.value.diagnostics[0]
    assert finding.code == "G506"
    assert words in f"{finding.headline} {finding.label}"
    assert finding.span is not None
    assert finding.span.text == place


def test_whole_numbers_without_bounds_are_told_to_be_binary(tmp_path: Path) -> None:
    mps, aux = tmp_path / "x.mps", tmp_path / "x.aux"
    mps.write_text(TRICKY.replace(" PL BND       b\n", ""), encoding="utf-8")
    aux.write_text("N 1\nM 0\nLC 1\nLO 1\nOS 1\n", encoding="utf-8")
    game, (warning,) = read_bilevel(str(mps), str(aux))
    assert (game.lower[1], game.upper[1]) == (0, 1)
    assert warning.severity is Severity.WARNING
    assert "`b`" in warning.headline


def test_a_second_objective_and_numbers_of_rows(tmp_path: Path) -> None:
    """By numbers it is open which row is meant; by names it is not."""
    mps, aux = tmp_path / "x.mps", tmp_path / "x.aux"
    mps.write_text(TRICKY.replace(" L  up\n", " N  other\n L  up\n"), encoding="utf-8")
    aux.write_text("N 1\nM 1\nLC 1\nLR 0\nLO 1\nOS 1\n", encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    assert "2 rows `N`" in error.value.diagnostics[0].headline
    aux.write_text("@VARSBEGIN\nb 1\n@VARSEND\n@CONSTRSBEGIN\neqp\n@CONSTRSEND\n", encoding="utf-8")
    game, _ = read_bilevel(str(mps), str(aux))
    assert [block.name for block in game.row_blocks if block.player == "follower"] == ["eqp"]


@pytest.mark.parametrize(
    "text",
    [
        "N\t1\nM\t2\nLC\t1\nLR\t0\nLR\t2\nLO\t-1\nOS\t1",
        "n 1\n\nm 2\nlc 1\nlr 0\nlr 2\nlo -1.\nos 1\n",
        "N 1\r\nM 2\r\nLC 1\r\nLR 0\r\nLR 2\r\nLO -1e0\r\nOS 1\r\n",
        "@NUMVARS\n1\n@NUMCONSTRS\n2\n@VARSBEGIN\nb -1\n@VARSEND\n@CONSTRSBEGIN\nup\neqp\n@CONSTRSEND\n",
        "@NAME\nname of more words\n@MPS\nx.mps\n@NUMVARS\n1\n@NUMCONSTR\n2\n@VARSBEGIN\nb  -1.0\n@VARSEND\n"
        "@CONSTRBEGIN\nup\neqp\n@CONSTREND\n",
    ],
)
def test_auxiliary_files_as_they_are_found(text: str, tmp_path: Path) -> None:
    mps, aux = tmp_path / "x.mps", tmp_path / "x.aux"
    mps.write_text(TRICKY, encoding="utf-8")
    aux.write_bytes(text.encode())
    game, _ = read_bilevel(str(mps), str(aux))
    assert [block.name for block in game.column_blocks if block.player == "follower"] == ["b"]
    assert [block.name for block in game.row_blocks if block.player == "follower"] == ["up", "eqp"]
    assert game.players[1].sense == 1
    assert game.objective.take_rows(np.array([1])).data.tolist() == [-1]


def test_a_misspelt_keyword_gets_the_right_one(tmp_path: Path) -> None:
    mps, aux = tmp_path / "x.mps", tmp_path / "x.aux"
    mps.write_text(TRICKY, encoding="utf-8")
    aux.write_text("@VARSBEGIN\nb 1\n@VARSEND\n@CONSTSBEGIN\neqp\n@CONSTREND\n", encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    finding = error.value.diagnostics[0]
    assert "`@CONSTSBEGIN` is no keyword" in finding.headline
    assert any("@CONSTRSBEGIN" in hint.text for hint in finding.hints)


GAIN = [356, 662, 149, 780, 134, 36, 479, 420, 735, 258]
WEIGHT = [872, 403, 128, 449, 601, 450, 359, 251, 311, 76]
PRICE = [494, 349, 22, 171, 296, 713, 226, 47, 403, 176]
"""Instance K5010W03 of DeNegre's interdiction set: a knapsack of 1950 and a budget of 1449."""


def knapsack_files(folder: Path) -> tuple[Path, Path]:
    mps, aux = folder / "k.mps", folder / "k.aux"
    columns = [f" C{j} OBJROW -{g} R0 {w}" for j, (g, w) in enumerate(zip(GAIN, WEIGHT, strict=True))]
    bounds = [f" BV BOUND C{j} 1." for j in range(10)]
    lines = ["NAME k", "ROWS", " N OBJROW", " L R0", "COLUMNS", *columns, "RHS", " RHS R0 1950.", "BOUNDS", *bounds]
    mps.write_text("\n".join([*lines, "ENDATA", ""]), encoding="utf-8")
    parts = ["N 10", "M 11", *(f"LC {j}" for j in range(10, 20)), *(f"LR {i}" for i in range(1, 12))]
    parts += [*(f"LO -{g}" for g in GAIN), "OS 1", *(f"IC {c}" for c in PRICE), "IB 1449"]
    aux.write_text("\n".join([*parts, ""]), encoding="utf-8")
    return mps, aux


def test_interdiction_files_that_hold_the_lower_level_alone(tmp_path: Path) -> None:
    mps, aux = knapsack_files(tmp_path)
    found = solve_files(str(mps), str(aux), Request())
    assert found.status is Status.OPTIMAL, found.diagnostics
    bits = np.array(list(product((0, 1), repeat=10)))
    packed = bits[bits @ WEIGHT <= 1950]
    allowed = bits[bits @ PRICE <= 1449]
    worth = [int(np.max((packed * (1 - x)) @ GAIN)) for x in allowed]
    assert found.objectives["leader.OBJROW"] == pytest.approx(min(worth))
    assert found.objectives["follower.objective"] == pytest.approx(-min(worth))
    assert {f"forbid_C{j}" for j in range(10)} <= set(found.value_of)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("IC 494\n", "", "it has 9 `IC`"),
        ("IB 1449\n", "", "0 `IB`"),
        ("LR 11\n", "LR 12\n", "its `LC` are not 10 to 19, or its `LR`"),
    ],
)
def test_interdiction_files_that_do_not_fit(before: str, after: str, words: str, tmp_path: Path) -> None:
    mps, aux = knapsack_files(tmp_path)
    text = aux.read_text(encoding="utf-8")
    assert before in text
    aux.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    assert words in error.value.diagnostics[0].headline
