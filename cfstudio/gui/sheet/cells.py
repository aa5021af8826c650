"""What a block of cells looks like: numbers to write, colors to fill, marks to set; computed for many cells at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

NO_TEXT = np.iinfo(np.int64).min
"""Text key of a cell that shows no number."""

Keys = NDArray[np.int64]
Ramp = Literal["rating_ramp", "error_ramp", "factor_ramp"]
"""Which of the theme's color ramps a block of cells is painted with."""


@dataclass(frozen=True)
class CellBlock:
    """A rectangle of cells, ready to paint; all arrays are (n_rows, n_columns).

    `keys` int64 stands for the text, which `text_of` spells; `shades` uint8 index the 256 colors of a ramp and count
    where `shaded`; `muted` cells are written in gray, `marked` ones are hatched.
    """

    keys: Keys
    text_of: Callable[[int], str]
    shades: NDArray[np.uint8]
    shaded: NDArray[np.bool_]
    muted: NDArray[np.bool_] | None = None
    marked: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Fixed:
    """Numbers with a fixed count of decimals as text keys: 3.14159 with two decimals is 314."""

    decimals: int
    trims_zeros: bool = False

    def keys(self, values: NDArray[np.floating[Any]]) -> Keys:
        """Text keys of an array of numbers, `NO_TEXT` where one is not finite."""
        finite = np.isfinite(values)
        scaled = np.where(finite, values, 0.0) * 10**self.decimals
        # Beyond 10^12 the cell could not hold the digits; keep the conversion to integers defined.
        return np.where(finite, np.fmin(np.fmax(np.rint(scaled), -1e12), 1e12).astype(np.int64), NO_TEXT)

    def text_of(self, key: int) -> str:
        """The text behind a key, with a true minus sign."""
        text = f"{key / 10**self.decimals:.{self.decimals}f}"
        if self.trims_zeros:
            text = text.rstrip("0").rstrip(".")
        return text.replace("-", "−")


RATING_TEXT = Fixed(2, trims_zeros=True)
FACTOR_TEXT = Fixed(2)

ERROR_SPAN = 2.0
"""Rating points at which the error's colors are deepest, if nobody says otherwise."""
DEEPEST_FACTOR = 2.5
"""Root mean squares at which a factor's color is deepest."""

ARROW = "\u200a→\u200a"
"""With hair spaces: fifteen columns of `4.5 → 4.5` then fit beside the factors."""
_PAIR_SHIFT = 10**9
_PAIR_CLIP = 10**8


@dataclass(frozen=True)
class PairText:
    """Rating and prediction in one cell, `4 → 3.7`; where there is no rating, the prediction alone."""

    prediction: Fixed

    def keys(self, ratings: NDArray[np.float64], predictions: NDArray[np.float64]) -> Keys:
        """Text keys of two arrays of numbers."""
        rating = RATING_TEXT.keys(ratings)
        predicted = np.clip(self.prediction.keys(predictions), -_PAIR_CLIP, _PAIR_CLIP) + _PAIR_CLIP
        # Shifted so that every rating is positive and 0 can mean "none".
        shifted = np.clip(rating, -_PAIR_CLIP, _PAIR_CLIP) + _PAIR_CLIP + 1
        return np.where(rating == NO_TEXT, 0, shifted) * _PAIR_SHIFT + predicted

    def text_of(self, key: int) -> str:
        """The text behind a key."""
        rating, prediction = divmod(key, _PAIR_SHIFT)
        predicted = self.prediction.text_of(prediction - _PAIR_CLIP)
        return f"{RATING_TEXT.text_of(rating - _PAIR_CLIP - 1)}{ARROW}{predicted}" if rating else predicted


@lru_cache(maxsize=16)
def pair_text(prediction: Fixed) -> PairText:
    """One object per kind of prediction: painters tell by it whether their pictures still fit."""
    return PairText(prediction)


def shade(values: NDArray[np.floating[Any]], low: float, high: float) -> NDArray[np.uint8]:
    """Place numbers on a ramp of 256 colors that runs from `low` to `high`; NaN gets 0."""
    span = (high - low) or 1.0
    # fmax takes the other number where one is NaN; ten times as fast as nan_to_num and clip on a screenful.
    position = np.fmin(np.fmax((values - low) * (255.0 / span), 0.0), 255.0)
    shades: NDArray[np.uint8] = position.astype(np.uint8)
    return shades
