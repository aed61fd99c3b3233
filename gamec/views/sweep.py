"""A sweep for people. In: `Sweep`; out: text with one row for each point."""

from __future__ import annotations

from collections.abc import Sequence

from gamec.cells import clean, width
from gamec.terminal import Paper
from gamec.views.grid import aligned
from gamec.views.numbers import number
from runtime.sweeps.outcome import Outcome
from runtime.sweeps.sweep import Sweep

Column = tuple[list[str], bool]
"""Cells from the heading down, and whether they are set to the right."""


def sweep_text(sweep: Sweep, paper: Paper, missing: int = 0) -> str:
    """What was swept, status, objectives and reports without an index; where they do not fit side by side, further
    columns stand below, beside what was swept again. Then how many points are certified, why others are not, and how
    many are `missing`: not solved yet."""
    swept, facts = _swept(sweep), _facts(sweep)
    lines = [paper.styled("strong", clean(sweep.game))]
    for band in _bands(swept, [*facts, *_numbers(sweep)], paper.width):
        lines += ["", *_table(band, paper.width)]
    good = sum(o.certified for o in sweep.outcomes)
    lines += ["", f"{good} of {len(sweep.outcomes)} points certified"]
    for (status, code), count in _others(sweep.outcomes).items():
        lines.append(f"  {count} {status}" + (f" ({code}: `gamec explain {code}`)" if code else ""))
    if missing:
        lines.append(f"  {missing} not solved yet: the same `gamec sweep` goes on with the rest")
    indexed = sweep.indexed_reports()
    if indexed:
        lines.append(f"reports with an index, kept by -o and shown as JSON: {', '.join(map(clean, indexed))}")
    return "\n".join(lines)


def sweep_lines(sweep: Sweep) -> str:
    """One line for each point."""
    return "\n".join(_line(sweep, outcome) for outcome in sweep.outcomes)


def _line(sweep: Sweep, outcome: Outcome) -> str:
    at = ",".join(f"{name}={value}" for name, value in outcome.at.items())
    words = [f"{clean(sweep.game)}:{clean(at)}", outcome.status, "certified" if outcome.certified else "not-certified"]
    words += [outcome.code] if outcome.code else []
    return " ".join([*words, *(f"{clean(name)}={value!r}" for name, value in outcome.objectives.items())])


def _swept(sweep: Sweep) -> list[Column]:
    columns = []
    for axis in sweep.axes:
        head = clean(axis.name) + (f" ({clean(axis.unit)})" if axis.unit not in ("", "1") else "")
        right = all(isinstance(v, int | float) for v in axis.values)
        columns.append(([head, *(_word(o.at[axis.name]) for o in sweep.outcomes)], right))
    return columns


def _facts(sweep: Sweep) -> list[Column]:
    columns: list[Column] = [(["status", *(o.status for o in sweep.outcomes)], False)]
    columns.append((["certified", *("yes" if o.certified else "no" for o in sweep.outcomes)], False))
    if any(o.code for o in sweep.outcomes):
        columns.append((["code", *(o.code for o in sweep.outcomes)], False))
    return columns


def _numbers(sweep: Sweep) -> list[Column]:
    columns = []
    for (_, name), values in sweep.single_numbers().items():
        unit = sweep.units.get(name, "")
        head = clean(name) + (f" ({clean(unit)})" if unit not in ("", "1") else "")
        columns.append(([head, *map(number, values)], True))
    return columns


def _bands(swept: list[Column], others: list[Column], total: int) -> list[list[Column]]:
    """As many columns beside each other as the paper has room for."""
    room = total - 2 - sum(_width(column) + 2 for column in swept)
    bands: list[list[Column]] = [[]]
    used = 0
    for column in others:
        if bands[-1] and used + _width(column) + 2 > room:
            bands.append([])
            used = 0
        bands[-1].append(column)
        used += _width(column) + 2
    return [[*swept, *band] for band in bands]


def _width(column: Column) -> int:
    return max(map(width, column[0]))


def _table(columns: Sequence[Column], total: int) -> list[str]:
    rows = list(zip(*(cells for cells, _ in columns), strict=True))
    return aligned(rows, [right for _, right in columns], total)


def _others(outcomes: Sequence[Outcome]) -> dict[tuple[str, str], int]:
    """How many points have no certified answer, by status and code."""
    found: dict[tuple[str, str], int] = {}
    for o in outcomes:
        if not o.certified:
            found[o.status, o.code] = found.get((o.status, o.code), 0) + 1
    return found


def _word(value: object) -> str:
    return number(value) if isinstance(value, float) else clean(str(value))
