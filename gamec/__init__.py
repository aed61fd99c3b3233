"""The front door of gamec: the names that users import. In: attribute names; out: the objects, loaded on first use.

`import gamec` itself loads nothing heavy: solvers, numpy and the compiler come with the first name that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gamec.own_packages import require_own_packages

if TYPE_CHECKING:
    from gamec.checking import check
    from grammar.diagnostics import Diagnostic, DiagnosticError
    from runtime.result import Result, Status
    from runtime.session import compare, solve

    __version__: str

__all__ = ["Diagnostic", "DiagnosticError", "Result", "Status", "__version__", "check", "compare", "solve"]

_HOMES = {
    "Diagnostic": "grammar.diagnostics",
    "DiagnosticError": "grammar.diagnostics",
    "Result": "runtime.result",
    "Status": "runtime.result",
    "check": "gamec.checking",
    "compare": "runtime.session",
    "load_ipython_extension": "gamec.jupyter_magic",
    "solve": "runtime.session",
    "unload_ipython_extension": "gamec.jupyter_magic",
}
"""Those that are not in `__all__` are for `%load_ext gamec`."""

require_own_packages()


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    value: object
    if name == "__version__":
        from runtime.version import version

        value = version()
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
