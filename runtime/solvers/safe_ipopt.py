"""A SCIP model in, the same with its Ipopt kept off METIS, for as long as the context lasts.

The MUMPS inside the wheels of PySCIPOpt orders large matrices by METIS, which overwrites memory there and ends the
process with `free(): invalid pointer` (scipopt/scip issue 211, PySCIPOpt issue 1234). The ordering AMD
(`mumps_pivot_order 0`) avoids it. Ipopt takes that from a file only, so one is made and removed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


@contextmanager
def safe_ipopt(model: Any) -> Iterator[None]:
    """`model` is a pyscipopt.Model; solve it inside. SCIP without Ipopt needs nothing."""
    try:
        model.getParam("nlpi/ipopt/optfile")
    except KeyError:
        yield
        return
    with TemporaryDirectory(prefix="gamec-") as folder:
        options = Path(folder) / "ipopt.opt"
        options.write_text("mumps_pivot_order 0\n", "ascii")
        model.setParam("nlpi/ipopt/optfile", str(options))
        yield
