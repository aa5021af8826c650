"""The list of recommendations with its filters, and a sentence where there is nothing to recommend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cfstudio.explore.filters import NothingLeft
from cfstudio.gui.keyed_table import KeyedTable
from cfstudio.gui.recommendations.filter_bar import FilterBar
from cfstudio.gui.recommendations.recommended_rows import COUNT, GENRES, N_SHOWN, columns, recommended_rows
from cfstudio.gui.sentence_label import SentenceLabel, SentencePage

if TYPE_CHECKING:
    from cfstudio.explore.new_person import PersonalRecommendations
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

ROOM = {COUNT: 62, GENRES: 84}
"""Characters that the list must be wide for a column to be worth its room; copies and files have all columns."""


class Asked(Protocol):
    """Whoever knows what to recommend to somebody."""

    def __call__(self, n: int, candidates: BoolArray, *, with_rated: bool, diversity: float) -> PersonalRecommendations:
        """The best `n` among the candidates."""


class RecommendedList(QWidget):
    """Asks again whenever a filter is moved; Enter and double click emit the movie's code."""

    activated = Signal(int)

    def __init__(self, name: str, title: str, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = FilterBar()
        self.table = KeyedTable(name, title, columns(), file_name)
        self.sentence = SentencePage("recommendedSentence")
        self.note = SentenceLabel("recommendedNote")
        self._ask: Asked | None = None
        self._ratings: Ratings | None = None
        self._counts: IntArray | None = None
        self._passing: tuple[object, BoolArray] | None = None
        self._has_genres = True
        self._arrange()
        self.filters.changed.connect(self.refresh)
        self.table.key_activated.connect(self.activated)

    def _arrange(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.filters)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.note)

    def offer(self, ratings: Ratings, counts: IntArray, *, anew: bool) -> None:
        """Recommend from this table; `anew` opens all filters, as for another document."""
        self._ratings, self._counts, self._passing = ratings, counts, None
        if anew:
            self.filters.offer(ratings)
            self.table.keyed.columns = columns(ratings.item_label)
            self._has_genres = any(ratings.item_table.genres.tolist())
            self._choose_columns()

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the list."""
        self._ask = None
        self.table.put([])
        self._show_sentence(sentence)
        self.note.say("")

    def show_for(self, ask: Asked, note: str = "") -> None:
        """Show what is recommended, and a note below it."""
        self._ask = ask
        self.note.say(note)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        if self._ask is None or self._ratings is None or self._counts is None:
            return
        try:
            candidates = self._candidates(self._ratings, self._counts)
            found = self._ask(
                N_SHOWN,
                candidates,
                with_rated=self.filters.with_rated.isChecked(),
                diversity=self.filters.diversity_share,
            )
        except (NothingLeft, ValueError) as error:
            self.table.put([])
            self._show_sentence(str(error))
            return
        if not len(found.codes):
            self.table.put([])
            label = self._ratings.item_label
            self._show_sentence(f"Every {label} that passes the filters is rated already; tick “Rated ones too”.")
            return
        self._pages.setCurrentWidget(self.table)
        self.table.put(recommended_rows(found, self._ratings, self._counts))

    def _candidates(self, ratings: Ratings, counts: IntArray) -> BoolArray:
        """Kept until a filter moves: genres of thousands of movies are texts."""
        wanted = self.filters.filter
        if self._passing is None or self._passing[0] != wanted:
            self._passing = (wanted, wanted.passing(ratings, counts))
        return self._passing[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave columns out where there is no room for them."""
        super().resizeEvent(event)
        self._choose_columns()

    def _choose_columns(self) -> None:
        n_characters = self.width() // max(self.fontMetrics().averageCharWidth(), 1)
        for column, room in ROOM.items():
            self.table.setColumnHidden(column, n_characters < room or (column == GENRES and not self._has_genres))
        self.table.fit()

    def _show_sentence(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self._pages.setCurrentWidget(self.sentence)
