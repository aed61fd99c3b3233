"""Long tables -> columns that the page's script shows in parts: `Tables` collects them."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ground.sparse import Floats
from gamec.report_page.arrays import Arrays


class Tables:
    """`shown` has every table by its name in the page: what its file is called, and its columns."""

    def __init__(self, arrays: Arrays) -> None:
        self.shown: dict[str, dict[str, object]] = {}
        self._arrays = arrays

    def of(self, file: str) -> Table:
        """A new table, empty; `file` is what it is saved as, without an ending."""
        name = f"table-{len(self.shown) + 1}"
        columns: list[dict[str, object]] = []
        self.shown[name] = {"file": file, "columns": columns}
        return Table(name, columns, self._arrays)


class Table:
    """One of them: columns are added from left to right, all of one length."""

    def __init__(self, name: str, columns: list[dict[str, object]], arrays: Arrays) -> None:
        self.name = name
        self._columns = columns
        self._arrays = arrays

    def numbers(self, head: str, values: Floats, links: Sequence[str] = ()) -> None:
        """`links` are names of places in the page to which the numbers lead, empty for those that do not."""
        column = {"head": head, "numbers": self._arrays.place_of(values)}
        self._columns.append({**column, "links": list(links)} if any(links) else column)

    def words(self, head: str, values: Sequence[str]) -> None:
        """Each text once, and which row has which."""
        places = {word: k for k, word in enumerate(dict.fromkeys(values))}
        self._columns.append({"head": head, "names": list(places), "which": [places[word] for word in values]})
