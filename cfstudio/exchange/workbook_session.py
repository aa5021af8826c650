"""What was understood of a workbook as a document: ratings, held-out cells, factors, settings that suit them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cfstudio.learning.config import TrainingConfig
from cfstudio.ratings.errors import DataError
from cfstudio.workspace.presets import hold_out_for, preset_for, starting_factors
from cfstudio.workspace.session import Session

if TYPE_CHECKING:
    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings

MOST_HELD_OUT = 0.9
"""Largest part of the ratings that the settings can hold out."""


def session_of(found: FoundCrosstab) -> Session:
    """The document that a workbook shows.

    The model is the one that its factors and biases make. Without marks of held-out cells nothing is held out beside
    factors, which may have been fitted to any cell; without factors the document starts like plain ratings, with the
    cells held out that the workbook marks, or else those that such data usually holds out. Raises DataError with a
    sentence if the ratings are none or the factors are too many.
    """
    ratings, factors, held_out = found.to_ratings(), found.to_factors(), found.to_held_out()
    config = preset_for(ratings).config
    if factors is None:
        if held_out.any():
            config = _with_held_out(config, ratings, held_out)
        else:
            held_out = hold_out_for(ratings, config)
        return Session(ratings, held_out, starting_factors(ratings, config, held_out), config)
    config = _with_held_out(_with_model(config, factors), ratings, held_out)
    # Reset goes back to the workbook's numbers, not to those of a seed.
    return Session(ratings, held_out, factors, config, start=factors.copy())


def _with_model(config: TrainingConfig, factors: Factorization) -> TrainingConfig:
    try:
        return replace(
            config,
            model="dot-bias" if factors.has_bias else "dot",
            sigmoid=factors.rating_range is not None,
            n_factors=factors.n_factors,
        )
    except ValueError as error:
        raise DataError(f"The workbook's model cannot be trained: {error}") from error


def _with_held_out(config: TrainingConfig, ratings: Ratings, held_out: BoolArray) -> TrainingConfig:
    """The settings that hold out as many ratings as are marked, in as few decimals as say so."""
    n_rated, n_held_out = ratings.n_rated, int((held_out & ratings.rated).sum())
    share = n_held_out / n_rated if n_rated else 0.0
    fractions = (round(share, decimals) for decimals in range(1, 7))
    fraction = next((one for one in fractions if int(n_rated * one) == n_held_out), share)
    return replace(config, valid_fraction=min(fraction, MOST_HELD_OUT))
