"""The lower level of an interdiction problem and what forbidding costs in, the whole problem as one MPS file would hold
it out.

From: an MPS file with n columns y and m rows, which is what is left of the lower level if nothing is forbidden; costs c
    and a budget b (`IC`, `IB` of the AUX file).
To: columns x (n binaries, the leader's), then y; rows c @ x <= b, the m rows, and y_j + u_j x_j <= u_j with the upper
    bound u_j of y_j. The leader wants the opposite of the MPS file's objective, which is the lower level's.
Reference: DeNegre, Interdiction and Discrete Bilevel Linear Programming (2011), whose test set is written so; the
    numbers of `LC` and `LR` are those of the whole problem, as MibS builds it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import INTEGER
from compiler.ground.sparse import Csr
from grammar.diagnostics import Findings
from grammar.source import Span
from runtime.instances.aux_file import LowerLevel
from runtime.instances.mps_file import Mps


def with_interdiction(program: Mps, lower: LowerLevel, place: Span, findings: Findings) -> Mps:
    """The whole problem. What does not fit goes to `findings` (G506), and the problem comes back as it is."""
    n, m = len(program.lower), len(program.row_lower)
    columns = [item.what for item in lower.columns]
    rows = [item.what for item in lower.rows]
    reason = ""
    if len(lower.costs) != n or lower.budget is None:
        reason = f"it has {len(lower.costs)} `IC` and {int(lower.budget is not None)} `IB`, not {n} and 1"
    elif columns != list(range(n, 2 * n)) or rows != list(range(1, m + n + 1)):
        reason = f"its `LC` are not {n} to {2 * n - 1}, or its `LR` not 1 to {m + n}, which are the lower level's then"
    elif np.any(program.lower > 0) or np.any(np.isinf(program.upper)):
        reason = "a column of the MPS file may not be 0 or has no upper bound, so that nothing can forbid it"
    if reason:
        findings.add("G506", f"the AUX file is one of interdiction, but {reason}", place, "")
        return program
    own = program.matrix
    each = np.arange(n)
    matrix = Csr.from_coo(
        np.concatenate([np.zeros(n, np.int64), 1 + own.row_numbers(), 1 + m + each, 1 + m + each]),
        np.concatenate([each, n + own.indices, each, n + each]),
        np.concatenate([np.array(lower.costs), own.data, program.upper, np.ones(n)]),
        1 + m + n,
        2 * n,
    )
    return replace(
        program,
        objective=np.concatenate([np.zeros(n), -program.objective]),
        constant=-program.constant,
        lower=np.concatenate([np.zeros(n), program.lower]),
        upper=np.concatenate([np.ones(n), program.upper]),
        kind=np.concatenate([np.full(n, INTEGER, program.kind.dtype), program.kind]),
        matrix=matrix,
        row_lower=np.concatenate([[-np.inf], program.row_lower, np.full(n, -np.inf)]),
        row_upper=np.concatenate([[lower.budget], program.row_upper, program.upper]),
        column_names=(*(f"forbid_{name}" for name in program.column_names), *program.column_names),
        row_names=("budget", *program.row_names, *(f"forbidden_{name}" for name in program.column_names)),
    )
