"""Python's garbage collector, paused: `collector_paused`, for stages that make many objects which all live on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cycles inside; counting references goes on. It nests, and leaves the collector as it was.

    The collector looks through everything alive again and again while trees grow, and finds nothing: it would take half
    of the time of a text of 1 MB.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            # What was made is counted among the old objects at once: else the first search would look through it all.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
