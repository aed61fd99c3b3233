"""Entries of a journal <-> the bytes of a file, which tells by itself whether it is whole and what it follows.

The first line is the SHA-256 of the rest; the second is JSON: the sum of the file before, the seconds that the work had
taken, and for each entry the digest of its question with the name, type and shape of each array. The numbers follow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.journal import Entry

PLAIN = "biufU"
"""Kinds of numpy's types that are numbers or text: nothing that is read is ever run."""


@dataclass(frozen=True, eq=False)
class Part:
    """`entries` with the digests of their questions; `follows` is the `digest` of what comes before."""

    follows: str
    seconds: float
    entries: tuple[tuple[str, Entry], ...]


def part_bytes(part: Part) -> bytes:
    blocks: list[bytes] = []
    listed: list[list[Any]] = []
    for question, entry in part.entries:
        arrays = {name: np.ascontiguousarray(array) for name, array in entry.items()}
        listed.append([question, [[name, a.dtype.str, list(entry[name].shape)] for name, a in arrays.items()]])
        blocks += [a.tobytes() for a in arrays.values()]
    head = json.dumps({"follows": part.follows, "seconds": part.seconds, "entries": listed})
    body = b"\n".join([head.encode(), b"".join(blocks)])
    return sha256(body).hexdigest().encode() + b"\n" + body


def part_of(content: bytes) -> Part:
    """Raises ValueError, KeyError or TypeError for anything else than what `part_bytes` gave."""
    told, _, body = content.partition(b"\n")
    if sha256(body).hexdigest().encode() != told:
        raise ValueError("it is not the file that was written")
    head, _, block = body.partition(b"\n")
    found = json.loads(head)
    at, entries = 0, []
    for question, arrays in found["entries"]:
        entry: dict[str, NDArray[Any]] = {}
        for name, kind, shape in arrays:
            dtype = np.dtype(kind)
            if dtype.kind not in PLAIN:
                raise ValueError(f"it holds numbers of the type {kind}")
            count = int(np.prod(shape, dtype=np.int64))
            entry[name] = np.frombuffer(block, dtype, count, at).reshape(shape).copy()
            at += count * dtype.itemsize
        entries.append((str(question), entry))
    return Part(str(found["follows"]), float(found["seconds"]), tuple(entries))


def chained(parts: Sequence[tuple[str, bytes]], first: str) -> tuple[list[Part], str]:
    """The parts in order, each of which must follow the one before, and the digest that the next one follows. Raises
    ValueError, with the name of the file, for what is damaged or missing."""
    found, last = [], first
    for name, content in parts:
        try:
            part = part_of(content)
            if part.follows != last:
                raise ValueError("what comes before it is missing, or another")
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise ValueError(f"`{name}`: {error}") from None
        found.append(part)
        last = sha256(content).hexdigest()
    return found, last
