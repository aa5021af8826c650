"""What goes with one factor: the movies at its ends, the genres that are more common there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.fact_table import FactColumn, FactModel, FactTable, plain, whole
from cfstudio.gui.factors.words import chance

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.explore.factor_meaning import FactorMeaning
    from cfstudio.workspace.document import Workspace

ENDS = (
    FactColumn("High end", "Double-click or Enter goes there in the sheet"),
    FactColumn("Low end", "The same place at the other end"),
)
GENRES = (
    FactColumn("Genre", "Genres with more movies at an end than expected, those least likely by chance first"),
    FactColumn("End", "At which end of the factor"),
    FactColumn("Found", "Movies of the genre among those at the end", whole, "000"),
    FactColumn("Expected", "How many there would be if the end were a random draw", plain, "00.00", spare=1),
    FactColumn(
        "p",
        "Chance of as many or more in a random draw (hypergeometric), after as many tests as there are genres and ends "
        "(Benjamini and Hochberg)",
        chance,
        "< 0.001",
    ),
)


class EndsTable(FactTable):
    """Movies at both ends, the most extreme first."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        self._facts = FactModel(ENDS, parent)
        super().__init__("factorEnds", "Movies at both ends of the factor", "factor_ends.csv", self._facts)
        self._workspace = workspace
        self._meaning: FactorMeaning | None = None
        self.row_activated.connect(self._go_to)

    def show_meaning(self, meaning: FactorMeaning | None) -> None:
        """List them."""
        self._meaning = meaning
        titles = self._workspace.ratings.item_table.titles
        codes = (np.empty(0, dtype=np.int64),) * 2 if meaning is None else (meaning.highest, meaning.lowest)
        self._facts.put(np.arange(len(codes[0])), [titles[one] for one in codes])

    def _go_to(self, row: int) -> None:
        if self._meaning is not None:
            ends = self._meaning.lowest if self.currentIndex().column() == 1 else self._meaning.highest
            self._workspace.select(user=self._workspace.selection.user, item=int(ends[row]))


class GenresTable(FactTable):
    """Genres with their test."""

    def __init__(self, parent: QObject) -> None:
        self._facts = FactModel(GENRES, parent)
        super().__init__("factorGenres", "Genres at the ends of the factor", "factor_genres.csv", self._facts)

    def show_meaning(self, meaning: FactorMeaning | None) -> None:
        """List them."""
        genres = () if meaning is None else meaning.genres
        self._facts.put(
            np.arange(len(genres)),
            (
                np.array([one.genre for one in genres], dtype=object),
                np.array([one.end for one in genres], dtype=object),
                np.array([one.found for one in genres], dtype=np.float64),
                np.array([one.expected for one in genres], dtype=np.float64),
                np.array([one.adjusted_p for one in genres], dtype=np.float64),
            ),
        )
