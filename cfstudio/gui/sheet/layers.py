"""The layers of the user × item grid: the same cells as ratings, predictions, errors, or rating and prediction."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.sheet.cells import (
    ERROR_TEXT,
    NO_TEXT,
    PREDICTION_TEXT,
    RATING_TEXT,
    CellBlock,
    pair_keys,
    pair_text,
    shade,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace

ERROR_SPAN = 2.0
"""Rating points at which the error's colors are deepest."""


class Layer(Enum):
    """What the grid shows; the value is its name on the screen."""

    BOTH = "Both"
    RATINGS = "Ratings"
    PREDICTIONS = "Predictions"
    ERROR = "Error"


def block_of_layer(
    workspace: Workspace, layer: Layer, users: IntArray, items: IntArray, *, predicts_blanks: bool
) -> CellBlock:
    """The cells of users × items as they look in a layer.

    `predicts_blanks` shows, muted, what the model predicts where nobody has rated.
    """
    table = workspace.ratings
    rows = table.rows_at(users[:, None], items[None, :])
    ratings = np.where(rows >= 0, table.values[rows], np.nan)
    rated = ~np.isnan(ratings)
    marked = rated & workspace.held_out[rows]
    low, high = table.scale.low, table.scale.high
    if layer is Layer.RATINGS:
        keys, shades = RATING_TEXT.keys(ratings), shade(ratings, low, high)
        return CellBlock(keys, RATING_TEXT.text_of, shades, shaded=rated, marked=marked)

    predictions = workspace.factors.predict_block(users, items)
    if layer is Layer.ERROR:
        error = np.where(rated, predictions - ratings, np.nan)
        shades = shade(error, -ERROR_SPAN, ERROR_SPAN)
        return CellBlock(ERROR_TEXT.keys(error), ERROR_TEXT.text_of, shades, shaded=rated, marked=marked)

    shown = np.isfinite(predictions) & (rated | predicts_blanks)
    keys, text_of = (
        (pair_keys(ratings, predictions), pair_text)
        if layer is Layer.BOTH
        else (PREDICTION_TEXT.keys(predictions), PREDICTION_TEXT.text_of)
    )
    colored = _error_shades(predictions, ratings) if layer is Layer.BOTH else shade(predictions, low, high)
    return CellBlock(
        np.where(shown, keys, NO_TEXT), text_of, colored, shaded=shown & rated, muted=shown & ~rated, marked=marked
    )


def _error_shades(predictions: NDArray[np.float64], ratings: NDArray[np.float64]) -> NDArray[np.uint8]:
    return shade(predictions - ratings, -ERROR_SPAN, ERROR_SPAN)
