"""Names of values -> names of files that every file system takes, and that stay apart where upper and lower case are
one."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 100
"""Characters of a file's name before its ending: with its folders a path must stay below 260 on some systems."""

_PLAIN = re.compile(r"[^\w.\-\[\],=() ]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A file name (without an ending) for each name; characters that are no letters, digits or `.-_[],=()` become
    `_`."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _PLAIN.sub("_", name)[:LONGEST].strip(". ") or "_"
        if _RESERVED.fullmatch(plain):
            plain = f"_{plain}"
        file, k = plain, 1
        while file.casefold() in taken:
            k += 1
            file = f"{plain}~{k}"
        taken.add(file.casefold())
        found[name] = file
    return found
