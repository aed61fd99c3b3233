"""The front door of gamec: the names that users import. In: attribute names; out: the objects, loaded on first use.

`import gamec` itself loads nothing heavy: solvers, numpy and the compiler come with the first name that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gamec.own_packages import require_own_packages

if TYPE_CHECKING:
    from gamec.checking import check
    from gamec.game import Game, load
    from gamec.kept import read_run, resume, verify
    from gamec.report_page.report import report
    from grammar.diagnostics import Diagnostic, DiagnosticError
    from runtime.result import Comparison, Result, Status
    from runtime.session import compare, solve
    from runtime.sweeps.sweep import Sweep, sweep

    __version__: str

__all__ = [
    "Comparison",
    "Diagnostic",
    "DiagnosticError",
    "Game",
    "Result",
    "Status",
    "Sweep",
    "__version__",
    "check",
    "compare",
    "load",
    "read_run",
    "report",
    "resume",
    "solve",
    "sweep",
    "verify",
]

_HOMES = {
    "Comparison": "runtime.result",
    "Diagnostic": "grammar.diagnostics",
    "DiagnosticError": "grammar.diagnostics",
    "Game": "gamec.game",
    "Result": "runtime.result",
    "Status": "runtime.result",
    "Sweep": "runtime.sweeps.sweep",
    "check": "gamec.checking",
    "compare": "runtime.session",
    "load": "gamec.game",
    "load_ipython_extension": "gamec.jupyter_magic",
    "read_run": "gamec.kept",
    "report": "gamec.report_page.report",
    "resume": "gamec.kept",
    "solve": "runtime.session",
    "sweep": "runtime.sweeps.sweep",
    "unload_ipython_extension": "gamec.jupyter_magic",
    "verify": "gamec.kept",
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
