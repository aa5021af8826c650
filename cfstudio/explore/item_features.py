"""What can be known of a movie without a single rating, as numbers: its genres and its year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.filters import genre_columns, genre_names

if TYPE_CHECKING:
    from cfstudio.models.factorization import Codes
    from cfstudio.ratings.table import FloatArray, ItemTable

KNOT_PARTS = (0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85)
"""Parts of the movies before a bend in the line over the years: recent decades have more movies to learn from."""


@dataclass(frozen=True)
class ItemFeatures:
    """How genres and a year become numbers, learned from the movies of a data set.

    `genres` are the names it knows; `knots` the years at which a piecewise straight line may bend; `usual_year`
    stands in for an unknown one, `spread` of the years makes them numbers around 1.
    """

    genres: tuple[str, ...]
    knots: tuple[float, ...]
    usual_year: float
    spread: float

    @classmethod
    def of(cls, items: ItemTable) -> ItemFeatures:
        """The genres and years that occur."""
        years = items.years[items.years > 0].astype(np.float64)
        if not len(years):
            return cls(tuple(genre_names(items)), (), 0.0, 1.0)
        knots = np.unique(np.quantile(years, KNOT_PARTS))
        return cls(
            tuple(genre_names(items)), tuple(knots.tolist()), float(np.median(years)), max(float(years.std()), 1.0)
        )

    @property
    def is_empty(self) -> bool:
        """Whether the data set knows neither genres nor years."""
        return not self.genres and not self.knots

    def columns(self, items: ItemTable) -> FloatArray:
        """(n_items, n_features) float64 of all items: genres, how many, year and its bends."""
        return self._assembled(genre_columns(items, list(self.genres)).astype(np.float64), items.years)

    def row(self, genres: tuple[str, ...], year: int = 0) -> FloatArray:
        """(n_features,) of one movie that need not exist; year 0 where unknown.

        Raises ValueError with a sentence for a genre that the data set does not know.
        """
        known = {name.casefold(): place for place, name in enumerate(self.genres)}
        flags = np.zeros((1, len(self.genres)))
        for genre in genres:
            if genre.casefold() not in known:
                hint = f"it knows {', '.join(self.genres)}" if self.genres else "it knows none"
                raise ValueError(f'No movie of this data set is of the genre "{genre}": {hint}.')
            flags[0, known[genre.casefold()]] = 1.0
        row: FloatArray = self._assembled(flags, np.array([year]))[0]
        return row

    def _assembled(self, flags: FloatArray, years: Codes) -> FloatArray:
        year = np.where(years > 0, years, self.usual_year).astype(np.float64)
        bends = [np.maximum(0.0, year - knot) / self.spread for knot in self.knots]
        straight = [(year - self.usual_year) / self.spread] if self.knots else []
        return np.column_stack([flags, np.sqrt(flags.sum(axis=1)), *straight, *bends])
