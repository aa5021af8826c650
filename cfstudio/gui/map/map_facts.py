"""What is known of each movie or user that the map shows: names, numbers to color by, explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.neighbors import default_min_ratings
from cfstudio.gui.map.coloring import Classes, Quantity, genre_classes, number_classes

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

FORMATS = {"bias": "{:+.2f}", "mean": "{:.1f}", "year": "{:.0f}", "ratings": "{:,.0f}"}


class MapFacts:
    """Facts of one side of a document; counts and means are kept until ratings change."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._kept: dict[tuple[str, Side], FloatArray] = {}
        self._genres: Classes | None = None

    def forget(self) -> None:
        """Ratings changed, or all is another document's."""
        self._kept.clear()
        self._genres = None

    def name(self, side: Side, code: int) -> str:
        """What the sheet calls it."""
        ratings = self._workspace.ratings
        return ratings.user_name(code) if side == "user" else str(ratings.item_table.titles[code])

    def counts(self, side: Side) -> FloatArray:
        """(n,) number of ratings."""
        ratings = self._workspace.ratings
        count = ratings.counts_by_user if side == "user" else ratings.counts_by_item
        return self._keep(("ratings", side), lambda: count().astype(np.float64))

    def means(self, side: Side) -> FloatArray:
        """(n,) mean rating, NaN without any."""
        ratings, counts = self._workspace.ratings, self.counts(side)

        def mean() -> FloatArray:
            sums = np.bincount(
                ratings.users if side == "user" else ratings.items, np.nan_to_num(ratings.values), len(counts)
            )
            means: FloatArray = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
            return means

        return self._keep(("mean", side), mean)

    def years(self, side: Side) -> FloatArray:
        """(n,) year, NaN where unknown."""
        if side == "user":
            return np.full(self._workspace.ratings.n_users, np.nan)
        years = self._workspace.ratings.item_table.years.astype(np.float64)
        return np.where(years > 0, years, np.nan)

    def biases(self, side: Side) -> FloatArray | None:
        """(n,) the model's biases, None in a model without."""
        factors = self._workspace.factors
        bias = factors.user_bias if side == "user" else factors.item_bias
        return None if bias is None else bias.astype(np.float64)

    def quantities(self, side: Side) -> list[Quantity]:
        """What there is to color by."""
        found: list[Quantity] = ["ratings", "mean"]
        table = self._workspace.ratings.item_table
        if side == "item" and (table.years > 0).any():
            found.append("year")
        if side == "item" and any(table.genres.tolist()):
            found.insert(0, "genre")
        if self._workspace.factors.has_bias:
            found.append("bias")
        return found

    def classes(self, side: Side, quantity: Quantity, codes: IntArray) -> Classes:
        """Classes of all users or items, made so that those of the `codes` are about as many in each."""
        if quantity == "genre":
            if self._genres is None:
                self._genres = genre_classes(self._workspace.ratings)
            return self._genres
        values = self._numbers(side, quantity)
        return number_classes(values, values[codes], FORMATS[quantity])

    def _numbers(self, side: Side, quantity: Quantity) -> FloatArray:
        if quantity == "bias":
            biases = self.biases(side)
            return np.full(len(self.counts(side)), np.nan) if biases is None else biases
        return {"ratings": self.counts, "mean": self.means, "year": self.years}[quantity](side)

    def enough(self, side: Side, min_ratings: int) -> BoolArray:
        """(n,) which have so many ratings."""
        return self.counts(side) >= min_ratings

    def usual_minimum(self, side: Side) -> int:
        """Ratings below which factors are mostly chance."""
        ratings = self._workspace.ratings
        return default_min_ratings(ratings.n_users if side == "item" else ratings.n_items)

    def explanation(self, side: Side, code: int) -> str:
        """All of it, a line each."""
        lines = [self.name(side, code)]
        if side == "item" and (genres := str(self._workspace.ratings.item_table.genres[code])):
            lines.append(genres.replace("|", ", "))
        mean, count = float(self.means(side)[code]), int(self.counts(side)[code])
        lines.append(f"{count:,} rating{'' if count == 1 else 's'}" + (f", mean {mean:.2f}" if count else ""))
        biases = self.biases(side)
        if biases is not None:
            lines.append(f"bias {biases[code]:+.2f}".replace("-", "−"))
        return "\n".join(lines)

    def _keep(self, key: tuple[str, Side], make: Callable[[], FloatArray]) -> FloatArray:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]
