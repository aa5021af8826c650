"""Which movie a new person should rate next, so that most is learned of all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.explore.fold_in import Folded
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray


def learning_gains(folded: Folded, importance: FloatArray | None = None) -> FloatArray:
    """How much the mean variance of all predictions would fall if one more were rated: (n,) squared rating points.

    `importance` (n,) weighs the predictions that matter; all alike if None. The fall does not depend on what the
    rating will be. With covariance C, rating x with slope s takes s²·C x xᵀ C / (noise + s²·xᵀ C x) from it (Sherman
    and Morrison 1950); the mean over the predictions is the A-optimal design's (Chaloner and Verdinelli, Statistical
    Science 1995). Already rated ones gain 0, and those that float32 has no number for.
    """
    root = folded.spread_root.astype(np.float32)
    slope = folded.known.slope(folded.predictions).astype(np.float32)
    # Rows in coordinates where what is unknown is a unit sphere, in rating points; float32 halves the time.
    rows = (folded.known.columns32 @ root) * slope[:, None]
    weights = np.ones(len(rows)) if importance is None else importance
    share = (weights / max(float(weights.sum()), 1e-12)).astype(np.float32)
    # The factors of a run at a rate far too large are finite, but not their fourth powers.
    with np.errstate(over="ignore", invalid="ignore"):
        matter = rows.T @ (rows * share[:, None])
        own = np.einsum("nd,nd->n", rows, rows)
        found = np.einsum("nd,nd->n", rows @ matter, rows) / (np.float32(folded.problem.prior.noise) + own)
    gains: FloatArray = np.where(np.isfinite(found), found, 0.0).astype(np.float64)
    gains[folded.codes] = 0.0
    return gains


def next_to_rate(
    folded: Folded, counts: IntArray, n_raters: int, limit: int = 10, candidates: BoolArray | None = None
) -> list[int]:
    """Codes of up to `limit` to rate next, the most is expected to be learned from the first.

    A movie that nobody has seen teaches nothing, so the gain is weighted by the part of the `n_raters` who rated it;
    `counts` (n,) ratings of each. `candidates` (n,) bool says which may be asked for.
    """
    popular = counts / max(n_raters, 1)
    expected = learning_gains(folded, np.asarray(counts, dtype=np.float64)) * popular
    if candidates is not None:
        expected[~candidates] = 0.0
    order = np.argsort(-expected, kind="stable")[:limit]
    return [int(code) for code in order if expected[code] > 0]
