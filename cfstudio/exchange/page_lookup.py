"""The long form: one row per rating, and the rows of the embedding tables that it looks up."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_xml import RowXml
from cfstudio.exchange.embedding_tables import EmbeddingTables
from cfstudio.exchange.lookup_layout import HEAD_ROWS
from cfstudio.exchange.rating_rows import RatingPainter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.exchange.crosstab_link import CrosstabLink
    from cfstudio.exchange.lookup_layout import LookupLayout
    from cfstudio.exchange.part import DocumentPart, Watch
    from cfstudio.exchange.styles import Styles
    from cfstudio.ratings.table import FloatArray


@dataclass(frozen=True)
class LookupPage:
    """The cells of the page.

    A rating, mark or factor that the crosstab shows is a formula that points there: there is one place to change it.
    """

    layout: LookupLayout
    link: CrosstabLink
    part: DocumentPart
    styles: Styles
    tables: EmbeddingTables = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", EmbeddingTables(self.layout, self.link, self.part, self.styles))

    def rows(self, watch: Watch) -> Iterator[str]:
        """The rows as XML, top to bottom."""
        yield self._rmse_row()
        yield self._texts(1, self._groups())
        yield self._texts(2, self._headings())
        paint_rating = RatingPainter(self.tables, self.link, self.part, self.numbers)
        for number in range(HEAD_ROWS, self.layout.height):
            row = RowXml(number)
            if number - HEAD_ROWS < self.layout.n_ratings:
                paint_rating(row, number - HEAD_ROWS)
            self.tables.paint(row, number - HEAD_ROWS)
            yield row.xml()
            watch.advance()

    @cached_property
    def numbers(self) -> tuple[FloatArray, FloatArray]:
        """Predictions and errors of the listed rows, 0 where a rating is blank: what the formulas calculate to."""
        ratings, n = self.part.ratings, self.layout.n_ratings
        rated = ratings.rated[:n]
        predictions = np.where(rated, self.part.factors.predict(ratings.users[:n], ratings.items[:n]), 0.0)
        return predictions, np.where(rated, predictions - ratings.values[:n], 0.0)

    def _rmse_row(self) -> str:
        """RMSE of all rows, and where some are held out of both kinds."""
        n = self.layout.n_ratings
        rated, held_out = self.part.ratings.rated[:n], self.part.held_out[:n]
        squares = np.square(self.numbers[1])
        row = RowXml(0)
        row.text(0, "RMSE", self.styles.label)
        row.formula(1, "SQRT(SUM(squared_errors)/COUNT(ratings))", _root_mean(squares[rated]), self.styles.objective)
        if self.layout.mark is not None:
            kinds = (("training", "held_out<>1", ~held_out), ("held out", "held_out=1", held_out))
            for column, (name, test, chosen) in zip((2, 4), kinds, strict=True):
                formula = f"SQRT(SUMPRODUCT(({test})*squared_errors)/SUMPRODUCT(({test})*ISNUMBER(ratings)))"
                row.text(column, name, self.styles.label)
                row.formula(column + 1, formula, _root_mean(squares[rated & chosen]), self.styles.objective)
        return row.xml()

    def _texts(self, number: int, texts: dict[int, str]) -> str:
        row = RowXml(number)
        for column in sorted(texts):
            row.text(column, texts[column], self.styles.heading)
        return row.xml()

    def _groups(self) -> dict[int, str]:
        at, label = self.layout, self.part.ratings.item_label
        groups = {
            at.user_ids.left: "embedding table of the users",
            at.item_ids.left: f"embedding table of the {label}s",
        }
        if at.is_full:
            groups |= {at.user_index + 1: "looked up: user", at.item_index + 1: f"looked up: {label}"}
        return groups

    def _headings(self) -> dict[int, str]:
        at, label = self.layout, self.part.ratings.item_label
        names = {0: "user", 1: label, 2: "rating", at.user_index: "user index", at.item_index: f"{label} index"}
        names |= dict(enumerate(("prediction", "error", "squared error"), at.prediction))
        names |= {at.user_ids.left: "user", at.item_ids.left: label, at.item_ids.right: "title"}
        if at.mark is not None:
            names[at.mark] = "held out"
        looked_up = [at.user_index + 1, at.item_index + 1] if at.is_full else []
        for left in (*looked_up, at.user_factors.left, at.item_factors.left):
            names |= {left + place: f"factor {place + 1}" for place in range(at.n_factors)}
            if at.has_bias:
                names[left + at.n_factors] = "bias"
        return names


def _root_mean(squares: FloatArray) -> float:
    """Root of the mean; infinite for none, as a spreadsheet divides by zero then."""
    return math.sqrt(float(squares.sum()) / len(squares)) if len(squares) else math.inf
