"""Where a parameter's numbers come from: a literal, a table of a data file, a value given from outside. Each fills
`values` and `given` (size,) of the parameter's layout and reports missing columns, and duplicate, surplus and
non-numeric entries with their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from compiler.ground.context import Context, Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_set import GroundSet, Layout
from compiler.ground.relation_sides import at_words
from compiler.ground.table import Table
from compiler.ground.values import Dense
from compiler.ir.game import ParamDef
from compiler.ir.words import count
from grammar.source import Span

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def from_literal(d: ParamDef, layout: Layout, values: Floats, given: Bools, evaluator: Evaluator) -> None:
    """`{WT: 300, (GT, 1): 0.4}` and tables in the text."""
    assert d.literal is not None
    for entry in d.literal.entries:
        if len(entry.key) != len(layout.sets):
            raise evaluator.fail(
                "G301",
                f"an entry of `{d.name}` has {count(len(entry.key), 'key')}, `{d.name}` has "
                f"{count(len(layout.sets), 'index', 'indices')}",
                entry.span,
                count(len(entry.key), "key"),
                hints=["write the keys of one entry in parentheses: `(GT, 1): 0.4`"],
            )
        places = []
        for part, of in zip(entry.key, layout.sets, strict=True):
            at = of.place.get(part, of.spelled.get(str(part), -1))
            if at < 0:
                raise _surplus(d, str(part), of, entry.span, evaluator)
            places.append(at)
        instance = int(layout.locate([Dense.scalar(p) for p in places]).array)
        if instance < 0:
            raise evaluator.fail(
                "G503",
                f"`{d.name}` has no entry for this key",
                entry.span,
                "outside its index",
                hints=["remove the entry"],
            )
        if given[instance]:
            raise evaluator.fail(
                "G502",
                f"`{d.name}` has two entries{at_words(d.domain, layout.key(instance))}",
                entry.span,
                "given again here",
                hints=["keep one of the two"],
            )
        values[instance] = float(evaluator.number(entry.value, Context()).array)
        given[instance] = True


def from_table(d: ParamDef, layout: Layout, table: Table, values: Floats, given: Bools, evaluator: Evaluator) -> None:
    """A long table (one column per index, one of values) or a matrix (first column one index, header the other)."""
    columns = _index_columns(d, table)
    if len(columns) == len(layout.sets):
        value = _value_column(d, table, columns, evaluator)
        places = [_places(d, table, c, of, evaluator) for c, of in zip(columns, layout.sets, strict=True)]
        numbers = _numbers(d, table, value, evaluator)
        _fill(d, layout, table, places, numbers, values, given, evaluator)
        return
    if len(layout.sets) == 2 and _from_matrix(d, layout, table, values, given, evaluator):
        return
    if len(layout.sets) == 2:
        _check_heads(d, layout, table, evaluator)
    missing = d.domain.sets[len(columns)]
    letters = f" or `{missing.letters[0]}`" if missing.letters else ""
    raise evaluator.fail(
        "G505",
        f"`{d.file}` has no column for the index `{missing.name}` of `{d.name}`",
        d.file_span,
        "read from this file",
        notes=[f"its columns: {', '.join(f'`{h}`' for h in table.header)}"],
        hints=[f"head the column `{missing.name}`{letters}"],
    )


def _index_columns(d: ParamDef, table: Table) -> list[int]:
    """Columns of the leading indices, up to the first that has none. A column headed by an index's own letter is that
    index's, so that `d[s, t]` reads its columns right though both run over one set; the others are found by set, then
    by any of its letters."""
    letters = d.domain.letters
    own = {k: table.header.index(x) for k, x in enumerate(letters) if x in table.header}
    columns: list[int] = []
    for k, (of, letter) in enumerate(zip(d.domain.sets, letters, strict=True)):
        taken = {*columns, *own.values()}
        names = (letter, of.name, *of.letters)
        free = [(c, h) for c, h in enumerate(table.header) if c not in taken]
        found = [c for n in names for c, h in free if h == n]
        found += [c for n in names for c, h in free if h.casefold() == n.casefold()]
        column = own.get(k, found[0] if found else None)
        if column is None:
            break
        columns.append(column)
    return columns


def _value_column(d: ParamDef, table: Table, taken: list[int], evaluator: Evaluator) -> int:
    wanted = d.column or d.name
    column = table.find((wanted,))
    if column is not None and column not in taken:
        if table.header.count(table.header[column]) > 1:
            again = table.header.index(table.header[column], column + 1)
            raise evaluator.fail(
                "G502",
                f"`{d.file}` has the column `{table.header[column]}` twice",
                table.span(-1, again),
                "again here",
                hints=["keep one of the two, or give one another name"],
            )
        return column
    free = [h for k, h in enumerate(table.header) if k not in taken]
    raise evaluator.fail(
        "G505",
        f"`{d.file}` has no column `{wanted}`",
        d.file_span,
        f"values of `{d.name}` are read from this file",
        notes=[f"its other columns: {', '.join(f'`{h}`' for h in free) or 'none'}"],
        hints=[
            f"add a column `{wanted}` with the values"
            if not free
            else f"name the column of probabilities: `probability {free[0]}`"
            if d.weights
            else f'name the column of values: `column "{free[0]}"`'
        ],
    )


def _places(d: ParamDef, table: Table, column: int, of: GroundSet, evaluator: Evaluator) -> NDArray[np.int64]:
    spelled = of.spelled
    cells = table.columns[column]
    try:
        return np.fromiter(map(spelled.__getitem__, cells), dtype=np.int64, count=table.rows)
    except KeyError:
        found = np.fromiter((spelled.get(c, -1) for c in cells), dtype=np.int64, count=table.rows)
    if (found < 0).any():
        for row in np.flatnonzero(found < 0):
            cell = cells[row]
            try:
                number = float(cell)
            except ValueError:
                number = float("nan")
            at = (
                of.place.get(int(number), -1)
                if number == number and abs(number) < 1e15 and number == int(number)
                else -1
            )
            if at < 0:
                raise _surplus(d, cell, of, table.span(int(row), column), evaluator)
            found[row] = at
    return found


def _surplus(d: ParamDef, cell: str, of: GroundSet, span: Span, evaluator: Evaluator) -> Ungrounded:
    near = [e for e in of.elements if str(e).casefold() == cell.casefold()]
    hint = f"did you mean `{near[0]}`?" if near else f"remove the entry, or add `{cell}` to `{of.name}`"
    return evaluator.fail(
        "G503",
        f"`{d.name}` has an entry for `{cell}`, which is not in `{of.name}`",
        span,
        "not an element",
        hints=[hint],
    )


def _numbers(d: ParamDef, table: Table, column: int, evaluator: Evaluator) -> Floats:
    cells = table.columns[column]
    try:
        numbers = np.array(cells, dtype=np.float64) if cells else np.zeros(0)
    except ValueError:
        numbers = np.array([_number(c) for c in cells])
    bad = ~np.isfinite(numbers)
    if bad.any():
        row = int(np.argmax(bad))
        cell = cells[row]
        what = "is empty" if not cell else f"is `{cell}`, no finite number"
        raise evaluator.fail(
            "G504",
            f"a value of `{d.name}` {what}",
            table.span(row, column),
            "not a number" if cell else "a cell without a value",
            hints=[_number_hint(cell)],
        )
    return numbers


def _number_hint(cell: str) -> str:
    if "," in cell:
        return "write decimals with a point and thousands without a comma: `0.45`, `1200`"
    if cell.strip("+-").casefold() in ("inf", "infinity"):
        return "data are finite; a variable without an upper bound is declared without one"
    if not any(c.isdigit() for c in cell):
        return "leave out rows without a value and give the parameter a `default`"
    return "write digits and a decimal point only: `0.45`, `1e-3`"


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _fill(
    d: ParamDef,
    layout: Layout,
    table: Table,
    places: Sequence[NDArray[np.int64]],
    numbers: Floats,
    values: Floats,
    given: Bools,
    evaluator: Evaluator,
) -> None:
    if not table.rows:
        return
    if not places and table.rows > 1:
        raise evaluator.fail(
            "G502",
            f"`{d.name}` is one number, `{d.file}` has {table.rows} rows",
            table.span(1),
            "another row",
            hints=["give the parameter an index, or keep one row"],
        )
    axis_free = [Dense((), p) for p in places]
    instance = np.broadcast_to(layout.locate(axis_free).array, numbers.shape)
    if (instance < 0).any():
        row = int(np.argmax(instance < 0))
        raise evaluator.fail(
            "G503",
            f"`{d.name}` has an entry outside its index",
            table.span(row),
            "no such combination",
            hints=["remove the row"],
        )
    if np.bincount(instance, minlength=1).max() > 1:
        order = np.argsort(instance, kind="stable")
        at = int(np.flatnonzero(np.diff(instance[order]) == 0)[0])
        first, again = sorted((int(order[at]), int(order[at + 1])))
        raise evaluator.fail(
            "G502",
            f"`{d.name}` has two entries{at_words(d.domain, layout.key(int(instance[again])))}",
            table.span(again),
            f"first on line {table.lines[first]}",
            hints=["keep one of the two rows"],
        )
    values[instance] = numbers
    given[instance] = True


def _from_matrix(d: ParamDef, layout: Layout, table: Table, values: Floats, given: Bools, evaluator: Evaluator) -> bool:
    """A matrix: the first column holds elements of one index, the header those of the other. False when this is
    none."""
    heads = table.header[1:]
    for down, across in ((0, 1), (1, 0)):
        rows, columns = layout.sets[down], layout.sets[across]
        if not heads or not all(h in columns.spelled for h in heads):
            continue
        if not all(c in rows.spelled for c in table.columns[0][:1]):
            continue
        first = _places(d, table, 0, rows, evaluator)
        for k, head in enumerate(heads):
            other = np.full(table.rows, columns.spelled[head], dtype=np.int64)
            numbers = _numbers(d, table, k + 1, evaluator)
            places = [first, other] if down == 0 else [other, first]
            fresh = np.zeros_like(given)
            _fill(d, layout, table, places, numbers, values, fresh, evaluator)
            if (given & fresh).any():
                raise evaluator.fail(
                    "G502",
                    f"`{d.file}` has the column `{head}` twice",
                    table.span(-1, k + 1),
                    "again here",
                    hints=["keep one of the two columns"],
                )
            given |= fresh
        return True
    return False


def _check_heads(d: ParamDef, layout: Layout, table: Table, evaluator: Evaluator) -> None:
    """Report the head of a matrix that is no element, where others are (G503)."""
    for down, across in ((0, 1), (1, 0)):
        rows, columns = layout.sets[down], layout.sets[across]
        known = [head in columns.spelled for head in table.header[1:]]
        if any(known) and all(c in rows.spelled for c in table.columns[0][:1]):
            k = known.index(False) + 1
            raise _surplus(d, table.header[k], columns, table.span(-1, k), evaluator)


def from_override(
    d: ParamDef, layout: Layout, override: object, values: Floats, given: Bools, evaluator: Evaluator
) -> None:
    """A value from the command line or a caller: a number for all instances, a (nested) mapping by element, or a list
    in order."""
    if isinstance(override, bool) or override is None:
        raise _bad(d, f"`{override}` is no number", evaluator)
    if isinstance(override, int | float):
        if not np.isfinite(override):
            raise _bad(d, f"`{override}` is no finite number", evaluator)
        values[:] = float(override)
        given[:] = True
        return
    entries: list[tuple[tuple[int, ...], object]] = []
    _collect(d, layout.sets, override, (), entries, evaluator)
    for places, value in entries:
        instance = int(layout.locate([Dense.scalar(p) for p in places]).array)
        if instance < 0:
            raise _bad(d, "an entry lies outside its index", evaluator)
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise _bad(d, f"`{value}` is no finite number", evaluator)
        values[instance] = float(value)
        given[instance] = True


def _collect(
    d: ParamDef,
    sets: tuple[GroundSet, ...],
    value: object,
    done: tuple[int, ...],
    out: list[tuple[tuple[int, ...], object]],
    evaluator: Evaluator,
) -> None:
    if not sets:
        out.append((done, value))
        return
    of = sets[0]
    if isinstance(value, Mapping):
        for key, inner in value.items():
            at = of.place.get(key, of.spelled.get(str(key), -1))
            if at < 0:
                raise _bad(d, f"`{key}` is not in `{of.name}`", evaluator)
            _collect(d, sets[1:], inner, (*done, at), out, evaluator)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != of.size:
            raise _bad(d, f"{len(value)} values for the {of.size} elements of `{of.name}`", evaluator)
        for at, inner in enumerate(value):
            _collect(d, sets[1:], inner, (*done, at), out, evaluator)
    else:
        raise _bad(d, f"`{value}` is neither a number, a list nor a mapping by element", evaluator)


def _bad(d: ParamDef, why: str, evaluator: Evaluator) -> Ungrounded:
    return evaluator.fail(
        "G507",
        f"the value given for `{d.name}` does not fit: {why}",
        d.signature.span,
        "declared here",
        hints=["a number, a list in the set's order, or a mapping from elements to numbers"],
    )
