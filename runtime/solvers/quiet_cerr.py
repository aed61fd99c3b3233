"""A context in which C++ writes nothing to standard error; Python and C still do.

SoPlex, which solves SCIP's LPs, writes "Cannot set feasibility tolerance to small value 1e-11 without GMP - using
1e-10" past SCIP's own messages. SCIP asks for a thousandth of its tolerance where it solves an LP again that was not
exact enough (`FEASTOLTIGHTFAC` in its lp.c), and SoPlex goes as far as doubles allow. Nothing is lost by that: both are
finer than the tolerance, and SCIP checks every solution by its own constraints. No parameter turns the attempt off or
the words, and a standard error that is turned elsewhere loses what others write meanwhile. So the stream itself is
closed for a while, where the C++ library is one that is known (libstdc++, libc++); elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

LIBRARIES = {
    "linux": ("libstdc++.so.6", "_ZSt4cerr", "_ZNSt9basic_iosIcSt11char_traitsIcEE5clearESt12_Ios_Iostate"),
    "darwin": ("/usr/lib/libc++.1.dylib", "_ZNSt3__14cerrE", "_ZNSt3__18ios_base5clearEj"),
}
"""By platform: the library, `std::cerr`, and what sets the state of a stream."""

GOOD, BAD = 0, 1


@contextmanager
def quiet_cerr() -> Iterator[None]:
    """For one thread at a time, once SCIP is loaded."""
    state = _state()
    state(BAD)
    try:
        yield
    finally:
        state(GOOD)


@cache
def _state() -> Callable[[int], None]:
    """What sets the state of `std::cerr`."""
    try:
        library, cerr, clear = LIBRARIES[sys.platform]
        loaded = ctypes.CDLL(library)
        stream = ctypes.addressof(ctypes.c_char.in_dll(loaded, cerr))
        setter = getattr(loaded, clear)
    except (KeyError, OSError, ValueError, AttributeError):
        return lambda state: None
    setter.argtypes, setter.restype = (ctypes.c_void_p, ctypes.c_uint), None
    # An output stream has its state in a virtual base, whose place is written three words before its table.
    table = ctypes.c_void_p.from_address(stream).value
    if not table:
        # No C++ program that writes there is loaded.
        return lambda state: None
    base = stream + ctypes.c_ssize_t.from_address(table - 3 * ctypes.sizeof(ctypes.c_void_p)).value
    return lambda state: setter(base, state)
