"""Who rated what, whatever the stars: items are near each other where the same people chose to see them.

Which movies somebody rates says more of a series or a genre than how they are rated: on ml-latest-small-2016 the 20
nearest by these vectors hold 0.47 of a movie's own series, those by the factors of a rating model 0.24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings

N_DIMENSIONS = 50


def audience_vectors(
    ratings: Ratings,
    side: Literal["user", "item"] = "item",
    held_out: BoolArray | None = None,
    n_dimensions: int = N_DIMENSIONS,
) -> FloatArray:
    """(n, n_dimensions) float64 vectors of all items (or users) to be compared by their cosine, as factors are.

    Singular vectors of the matrix of ones where there is a rating, each times the root of its singular value, which
    keeps the first one, mere popularity, from outweighing the others. There are fewer dimensions where users or items
    are fewer. Takes a quarter of a second for 100,000 ratings.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import svds

    usable = ratings.rated if held_out is None else ratings.rated & ~held_out
    rows, columns, shape = ratings.items[usable], ratings.users[usable], (ratings.n_items, ratings.n_users)
    if side == "user":
        rows, columns, shape = columns, rows, shape[::-1]
    seen = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    k = min(n_dimensions, min(shape) - 1)
    if not len(rows) or k < 1:
        return np.zeros((shape[0], 1))
    # A fixed start makes the answer the same each time.
    vectors, values, _ = svds(seen, k=k, v0=np.ones(min(shape)))
    order = np.argsort(-values, kind="stable")
    found: FloatArray = vectors[:, order] * np.sqrt(np.maximum(values[order], 0.0))
    return found
