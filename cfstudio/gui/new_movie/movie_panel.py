"""The panel of a new movie: what kind it is, who rated it how, and how everybody else would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from cfstudio.explore.filters import genre_names
from cfstudio.explore.neighbors import default_min_ratings
from cfstudio.gui.keyed_model import Column, Row, points, signed, whole
from cfstudio.gui.keyed_table import KeyedTable
from cfstudio.gui.new_movie.user_list import UserList
from cfstudio.gui.panel_undo import PanelUndo
from cfstudio.gui.recommendations.filter_bar import GenreButton
from cfstudio.gui.sentence_label import SentenceLabel
from cfstudio.workspace.newcomers import with_kept_item

if TYPE_CHECKING:
    from cfstudio.gui.new_movie.movie_session import MovieSession

N_NEAREST = 30
LAST_YEAR = 2200
NEAREST = (
    Column("Movie", "Double-click or Enter goes there in the sheet", share=1.4),
    Column("Likeness", "Without ratings 1 / (1 + distance) of genres and year; with ratings the cosine of the factors",
      points, "−0.00"),
    Column("Genres", "What the data set says of it"),
    Column("Bias", "How much better or worse it is rated than its factors explain", signed, "−0.00"),
    Column("Ratings", "How many ratings it has", whole, "0,000"),
)  # fmt: skip


class MoviePanel(QWidget):
    """The panel named `newMoviePanel`; keeps up with the document only while it is shown."""

    go_to = Signal(int)

    def __init__(self, session: MovieSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newMoviePanel")
        self._session = session
        self.title, self.genres, self.year = QLineEdit(), GenreButton(), QSpinBox()
        self.users = UserList(session)
        self.nearest = KeyedTable("newMovieNearest", "Most like the new one", NEAREST, "like-the-new-one.csv")
        self.tabs = QTabWidget()
        self.summary = SentenceLabel("newMovieSummary", muted=False)
        self.message = SentenceLabel("newMovieMessage")
        self.undo_button, self.redo_button, self.clear_button = QToolButton(), QToolButton(), QToolButton()
        self.keep_button = QPushButton("&Keep as a column")
        self.undo = PanelUndo(self, session.edits)
        self._arrange()
        self._connect()
        self._follow_document()

    def _arrange(self) -> None:
        self.title.setObjectName("newMovieTitle")
        self.title.setAccessibleName("Title of the new one")
        self.title.setToolTip("What its column will be called")
        self.year.setObjectName("newMovieYear")
        self.year.setAccessibleName("Year")
        self.year.setToolTip("The year it came out; “any year” leaves it open")
        self.year.setSpecialValueText("any year")
        self.year.setKeyboardTracking(False)
        for button, text, tip in (
            (self.undo_button, "Undo", "Take back the last rating (Ctrl+Z in this panel)"),
            (self.redo_button, "Redo", "Give it again (Ctrl+Shift+Z in this panel)"),
            (self.clear_button, "Clear", "Take all its ratings back; can be undone"),
        ):
            button.setText(text)
            button.setAccessibleName(f"{text} ratings")
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.keep_button.setObjectName("keepMovie")
        self.keep_button.setAutoDefault(False)
        self.keep_button.setAccessibleName("Keep as a column")
        self.keep_button.setToolTip("A new column of the sheet with these ratings and factors; can be undone")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.users, "Users")
        self.tabs.addTab(self.nearest, "Most like it")
        self._lay_out()

    def _lay_out(self) -> None:
        kind, ends = QHBoxLayout(), QHBoxLayout()
        kind.addWidget(self.genres)
        kind.addWidget(self.year)
        kind.addStretch(1)
        for button in (self.undo_button, self.redo_button, self.clear_button):
            ends.addWidget(button)
        ends.addStretch(1)
        ends.addWidget(self.keep_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addLayout(kind)
        layout.addWidget(self.summary)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.message)
        layout.addLayout(ends)

    def _connect(self) -> None:
        session = self._session
        session.changed.connect(self._refresh)
        session.edits.changed.connect(self._follow_edits)
        session.workspace.opened.connect(self._follow_document)
        self.genres.changed.connect(self._describe)
        self.year.valueChanged.connect(lambda _year: self._describe())
        self.users.said.connect(self.say)
        self.nearest.key_activated.connect(self.go_to)
        self.undo_button.clicked.connect(session.edits.undo)
        self.redo_button.clicked.connect(session.edits.redo)
        self.clear_button.clicked.connect(session.clear)
        self.keep_button.clicked.connect(self._keep)

    def say(self, sentence: str) -> None:
        """Show a sentence below the lists."""
        self.message.say(sentence)

    def _follow_document(self) -> None:
        ratings = self._session.workspace.ratings
        label, years = ratings.item_label, ratings.item_table.years[ratings.item_table.years > 0]
        self.setAccessibleName(f"New {label}")
        self.title.setPlaceholderText(f"Title of the new {label}")
        self.genres.offer(genre_names(ratings.item_table))
        self.year.blockSignals(True)
        self.year.setVisible(bool(len(years)))
        self.year.setRange((int(years.min()) if len(years) else 0) - 1, LAST_YEAR)
        self.year.setValue(self.year.minimum())
        self.year.blockSignals(False)
        self.users.follow_document()
        self.say(f"Choose genres and a year, or let users rate the new {label}: predictions follow at once.")
        self._follow_edits()
        self._refresh()

    def _describe(self) -> None:
        year = 0 if self.year.value() == self.year.minimum() else self.year.value()
        self._session.describe(self.genres.chosen, year)

    def _follow_edits(self) -> None:
        edits = self._session.edits
        self.undo_button.setEnabled(edits.top is not None)
        self.redo_button.setEnabled(edits.next_redo is not None)
        self.clear_button.setEnabled(bool(self._session.rated))

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        session, folded = self._session, self._session.folded
        self.keep_button.setEnabled(folded is not None)
        self.users.refresh()
        self._follow_edits()
        if folded is None:
            self.nearest.put([])
            self.summary.say(session.trouble or "Learning what genres, years and ratings say…")
            return
        mean, spread = self.users.mean_and_spread(folded)
        self.summary.say(f"Predicted {points(mean)} on average, ± {points(spread)} for a user: {self._known_from()}.")
        self._show_nearest()

    def _known_from(self) -> str:
        n, session = len(self._session.rated), self._session
        kind = "its genres and year" if session.genres and session.year else "its genres" if session.genres else ""
        kind = kind or ("its year" if session.year else "")
        if not session.knows_features:
            kind = ""
        rated = f"{n} rating{'s' * (n != 1)}" if n else ""
        known = " and ".join(one for one in (kind, rated) if one)
        label = session.workspace.ratings.item_label
        return f"known from {known}" if known else f"nothing is known of it, so it is the average {label}"

    def _show_nearest(self) -> None:
        workspace = self._session.workspace
        ratings, counts = workspace.ratings, workspace.ratings.counts_by_item()
        found = self._session.nearest(N_NEAREST, counts >= default_min_ratings(ratings.n_users))
        if found is None:
            return
        bias, items = workspace.factors.item_bias, ratings.item_table
        self.nearest.put(
            [
                Row(
                    code,
                    (
                        str(items.titles[code]),
                        similarity,
                        str(items.genres[code]).replace("|", ", "),
                        None if bias is None else float(bias[code]),
                        int(counts[code]),
                    ),
                )
                for code, similarity in zip(found.codes.tolist(), found.similarities.tolist(), strict=True)
            ]
        )

    def _keep(self) -> None:
        session, workspace = self._session, self._session.workspace
        workspace.about_to_change.emit()
        folded = session.folded
        if folded is None:
            self.say("Wait until it is known what genres, years and ratings say; then keep it.")
            return
        label, rated, genres = workspace.ratings.item_label, session.rated, session.genres
        title = self.title.text().strip() or f"New {label}"
        if session.year and not title.endswith(")"):
            title = f"{title} ({session.year})"
        workspace.exchange_contents(
            f"keep {title}", lambda contents: with_kept_item(contents, title, genres, rated, folded.numbers)
        )
        workspace.select(item=workspace.ratings.n_items - 1)
        self.say(f"{title} is the sheet's last column now. Ctrl+Z in the sheet takes it back.")

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._session.wake()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._session.sleep()
