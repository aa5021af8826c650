"""The loss of a batch, guarded against the mistake that broadcasting hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


def mean_squared_error(predicted: Tensor, ratings: Tensor) -> Tensor:
    """Mean squared error of (batch,) predictions against (batch,) ratings, in squared rating points.

    Raises ValueError with a sentence for any other shapes: torch would broadcast (batch,) − (batch, 1) to a table of
    all pairs, and train without a word on its mean.
    """
    if predicted.dim() != 1 or predicted.shape != ratings.shape:
        one, other = tuple(predicted.shape), tuple(ratings.shape)
        raise ValueError(
            f"The predictions have the shape {one} and the ratings {other}: both must be (batch,), or their "
            "difference is broadcast to every prediction minus every rating; drop the extra axis with .squeeze(1)."
        )
    return nn.functional.mse_loss(predicted, ratings)
