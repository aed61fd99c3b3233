"""Whether `grammar`, `compiler` and `runtime` are gamec's own. In: nothing; out: nothing, or an ImportError.

Those names are common words: a folder `runtime/` or a file `grammar.py` beside a user's script comes first on
`sys.path` and would be imported in place of ours, to fail much later with words that make no sense.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

OWN = ("grammar", "compiler", "runtime")


def require_own_packages() -> None:
    """Raise ImportError, naming the file that is in the way, unless the packages of `OWN` are those of this gamec.

    Where the command `gamec` runs, the process ends with these words instead: nobody wants a traceback there.
    """
    try:
        _check()
    except ImportError as error:
        if _is_command():
            raise SystemExit(f"gamec: {error}") from None
        raise


def _is_command() -> bool:
    """Whether this process is `gamec`, or `python -m gamec`: while Python looks for that, the first word is `-m`."""
    if sys.argv[:1] == ["-m"]:
        return "gamec" in sys.orig_argv
    return bool(sys.argv) and Path(sys.argv[0]).stem == "gamec"


def _check() -> None:
    root = Path(__file__).resolve().parent.parent
    for name in OWN:
        spec = _spec(name)
        ours = root / name / "__init__.py"
        if spec is None or (spec.origin is None and not spec.submodule_search_locations):
            raise ImportError(
                f"gamec is not whole: its package `{name}` is missing (expected {ours}); install gamec again"
            )
        found = _place(spec)
        if found != ours and found not in _installed(name):
            raise ImportError(
                f"gamec needs its own package `{name}`, but Python finds {found} first. Rename that file or folder, "
                "or start Python from another folder (folders earlier on sys.path hide those after them)"
            )


def _spec(name: str) -> ModuleSpec | None:
    try:
        return find_spec(name)
    except ValueError:  # a module of that name is loaded and says nothing of where it came from
        return None


def _place(spec: ModuleSpec) -> Path:
    """The file of a module; the folder of a package without `__init__.py`."""
    if spec.origin is not None:
        return Path(spec.origin).resolve()
    return Path(next(iter(spec.submodule_search_locations or [""]))).resolve()


def _installed(name: str) -> tuple[Path, ...]:
    """Where the distribution that holds gamec has put `name`: installers may map packages to separate folders."""
    from importlib import metadata

    try:
        files = metadata.distribution("gamec").files or []
    except metadata.PackageNotFoundError:
        return ()
    return tuple(Path(str(f.locate())).resolve() for f in files if f.parts == (name, "__init__.py"))
