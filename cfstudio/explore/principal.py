"""Turning the factors: principal components of the items as the new factors, every prediction as before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import BoolArray, FloatArray


@dataclass(frozen=True)
class Rotation:
    """Principal components of some rows.

    `directions` (k, k) float64, one component per column, orthogonal; `center` (k,) the rows' mean; `variances` (k,)
    along each direction, largest first.
    """

    directions: FloatArray
    center: FloatArray
    variances: FloatArray

    @property
    def explained(self) -> FloatArray:
        """(k,) part of the whole variance that each component has."""
        parts: FloatArray = self.variances / self.variances.sum()
        return parts

    def scores(self, matrix: Floats, n_components: int | None = None) -> FloatArray:
        """(n, n_components) places of rows along the components, from the center."""
        scores: FloatArray = (matrix.astype(np.float64) - self.center) @ self.directions[:, :n_components]
        return scores


def principal_rotation(matrix: Floats, chosen: BoolArray | None = None) -> Rotation:
    """Principal components of the rows of a factor matrix (n, k), or of the chosen ones (n,) bool.

    A component points to where its largest loading is positive, so that the same factors always give the same signs.
    Raises ValueError with a sentence if the rows are all alike or not finite.
    """
    rows = np.asarray(matrix if chosen is None else matrix[chosen], dtype=np.float64)
    if len(rows) < 2:
        n = "is only 1" if len(rows) else "are 0"
        raise ValueError(f"Principal components need two rows or more, and there {n}; loosen the filter.")
    if not np.isfinite(rows).all():
        raise ValueError("Some factors are not finite numbers; reset the factors and train again.")
    center = rows.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(rows, rowvar=False, ddof=0).reshape(rows.shape[1], -1))
    variances, directions = np.maximum(variances[::-1], 0.0), directions[:, ::-1]
    if variances[0] <= 1e-24 + 1e-24 * float(center @ center):
        raise ValueError("All factors are alike, so there are no principal components yet; train the model first.")
    largest = np.argmax(np.abs(directions), axis=0)
    directions = directions * np.where(directions[largest, np.arange(len(largest))] < 0, -1.0, 1.0)
    return Rotation(directions, center, variances)


def rotated(model: Factorization, rotation: Rotation) -> Factorization:
    """The same model with the components as its factors: dot products, and so all predictions, stay as they are.

    Both sides are turned and none is moved to the center, which would change the products. Raises ValueError with a
    sentence for a net.
    """
    why_not = needs_dot_product("Turning factors to their principal components", model)
    if why_not is not None:
        raise ValueError(why_not)
    kind = model.user_factors.dtype
    return replace(
        model.copy(),
        user_factors=(model.user_factors.astype(np.float64) @ rotation.directions).astype(kind),
        item_factors=(model.item_factors.astype(np.float64) @ rotation.directions).astype(kind),
    )
