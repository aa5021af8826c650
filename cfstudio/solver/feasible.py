"""Whether constraints on cells and their sums contradict each other, before any search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.solver.linear_rows import LinearRows

INFEASIBLE = 2
"""SciPy's status of a linear program without a feasible point."""


def can_be_met(rows: LinearRows) -> bool:
    """Whether some numbers meet all bounds and rows; found by a linear program where there are rows."""
    if not rows.met or bool(np.any(rows.lower > rows.upper)):
        return False
    if not rows.n_rows:
        return True
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    upper, lower = np.isfinite(rows.row_upper), np.isfinite(rows.row_lower)
    found = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        np.zeros(len(rows.lower)),
        A_ub=vstack((rows.matrix[upper], -rows.matrix[lower])),
        b_ub=np.concatenate((rows.row_upper[upper], -rows.row_lower[lower])),
        bounds=np.column_stack((rows.lower, rows.upper)),
        method="highs",
    )
    return bool(found.status != INFEASIBLE)
