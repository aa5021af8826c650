"""The loss of every model here, and the mistake that it does not let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


def mean_squared_error(predicted: Tensor, ratings: Tensor) -> Tensor:
    """Mean of the squared errors of (batch,) predictions. Raises ValueError with a sentence for ratings not (batch,)."""
    if predicted.shape != ratings.shape:
        n = len(predicted)
        raise ValueError(
            f"The predictions have shape {tuple(predicted.shape)} and the ratings {tuple(ratings.shape)}. "
            f"Subtracted, they would broadcast to ({n}, {len(ratings)}), every prediction against every rating, and "
            "the model would learn the mean; pass the ratings as (batch,), with ratings.squeeze(1)."
        )
    return nn.functional.mse_loss(predicted, ratings)
