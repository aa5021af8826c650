"""The layers of the user × item grid: the same cells as ratings, predictions, errors, or rating and prediction."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.sheet.cells import (
    NO_TEXT,
    RATING_TEXT,
    CellBlock,
    pair_text,
    shade,
)

if TYPE_CHECKING:
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace


class Layer(Enum):
    """What the grid shows; the value is its name on the screen."""

    BOTH = "Both"
    RATINGS = "Ratings"
    PREDICTIONS = "Predictions"
    ERROR = "Error"


def block_of_layer(
    workspace: Workspace,
    layer: Layer,
    users: IntArray,
    items: IntArray,
    look: SheetLook,
    *,
    predicts_blanks: bool,
) -> CellBlock:
    """The cells of users × items as they look in a layer.

    `predicts_blanks` shows, muted, what the model predicts where nobody has rated.
    """
    table = workspace.ratings
    rows = table.rows_at(users[:, None], items[None, :])
    ratings = np.where(rows >= 0, table.values[rows], np.nan)
    rated = ~np.isnan(ratings)
    marked = rated & workspace.held_out[rows]
    low, high = look.rating_span(table.scale.low, table.scale.high)
    if layer is Layer.RATINGS:
        keys, shades = RATING_TEXT.keys(ratings), shade(ratings, low, high)
        return CellBlock(keys, RATING_TEXT.text_of, shades, shaded=rated & look.uses_color, marked=marked)

    predictions, text = workspace.factors.predict_block(users, items), look.prediction_text
    if layer is Layer.ERROR:
        error = np.where(rated, predictions - ratings, np.nan)
        shades = shade(error, -look.error_span, look.error_span)
        return CellBlock(text.keys(error), text.text_of, shades, shaded=rated & look.uses_color, marked=marked)

    shown = np.isfinite(predictions) & (rated | predicts_blanks)
    if layer is Layer.BOTH:
        pair = pair_text(text)
        keys, text_of = pair.keys(ratings, predictions), pair.text_of
        shades = shade(predictions - ratings, -look.error_span, look.error_span)
    else:
        keys, text_of = text.keys(predictions), text.text_of
        shades = shade(predictions, low, high)
    shaded, muted = shown & rated & look.uses_color, shown & ~rated
    return CellBlock(np.where(shown, keys, NO_TEXT), text_of, shades, shaded=shaded, muted=muted, marked=marked)


def numbers_of_layer(
    workspace: Workspace, layer: Layer, users: IntArray, items: IntArray, *, predicts_blanks: bool
) -> FloatArray:
    """The numbers of users × items that a layer shows, (len(users), len(items)), NaN where it shows none.

    Where it shows ratings and predictions together, the ratings.
    """
    ratings = workspace.ratings.block(users, items)
    if layer in (Layer.RATINGS, Layer.BOTH):
        return ratings
    predictions = workspace.factors.predict_block(users, items)
    if layer is Layer.ERROR:
        return predictions - ratings
    return predictions if predicts_blanks else np.where(np.isnan(ratings), np.nan, predictions)
