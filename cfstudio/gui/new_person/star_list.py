"""Where stars are given: a title search, the movie just found, what is rated, and what to rate next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from cfstudio.gui.keyed_model import Column, Row, stars, whole
from cfstudio.gui.new_person.star_bar import StarBar
from cfstudio.gui.new_person.star_table import StarTable
from cfstudio.gui.new_person.title_box import TitleBox

if TYPE_CHECKING:
    from cfstudio.gui.new_person.person_session import PersonSession

N_QUESTIONS = 8
TITLE, STARS, COUNT = range(3)
COLUMNS = (
    Column("Movie", "What you have rated; below it what would teach the model most about you", share=1.0),
    Column("Stars", "Click, or press a number on the selected row; Backspace takes a rating back", stars, "0"),
    Column("Rated by", "How many people have rated it", whole, "0,000"),
)
ASKED = "Rate this next: your answer would tell most about all the others. {title}"


class StarList(QWidget):
    """Shows a session's stars and passes on those that a person gives."""

    said = Signal(str)

    def __init__(self, session: PersonSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.search = TitleBox()
        self.table = StarTable("starTable", "Your stars, and what to rate next", COLUMNS, "my-ratings.csv", STARS)
        self._found: int | None = None
        self._asked: list[int] = []
        self.found_title = QLabel()
        self.found_stars = StarBar()
        self._arrange()
        self.search.chosen.connect(self.offer_item)
        self.search.refused.connect(self.said)
        self.found_stars.rated.connect(self._rate_found)
        self.table.rated.connect(session.rate)

    def _arrange(self) -> None:
        self.found_title.setAccessibleName("Found")
        self.found_title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        found = QHBoxLayout()
        found.addWidget(self.found_title, 1)
        found.addWidget(self.found_stars)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addLayout(found)
        layout.addWidget(self.table, 1)
        self.show_found(None)

    def follow_document(self) -> None:
        """Another document: other titles, another scale."""
        ratings = self._session.workspace.ratings
        self._asked = []
        self.search.offer(ratings, self._session.counts)
        self.table.use(self._session.stars)
        self.found_stars.use(self._session.stars)
        head = Column(ratings.item_label.capitalize(), COLUMNS[TITLE].tip.replace("movies", f"{ratings.item_label}s"))
        self.table.keyed.columns = (head, *COLUMNS[1:])
        self.show_found(None)

    def offer_item(self, code: int) -> None:
        """Offer stars for an item that was looked up."""
        self.show_found(code)
        self.found_stars.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_found(self, code: int | None) -> None:
        """Show the item that was looked up, nothing for None."""
        self._found = code
        for widget in (self.found_title, self.found_stars):
            widget.setVisible(code is not None)
        if code is not None:
            title = str(self._session.workspace.ratings.item_table.titles[code])
            self.found_title.setText(title)
            self.found_title.setToolTip(title)
            self.found_stars.setAccessibleName(f"Stars for {title}")
            self.found_stars.show_rating(self._session.rated.get(code))

    def refresh(self) -> None:
        """Show the stars as they are, and below them what was to be rated next."""
        session = self._session
        titles, counts = session.workspace.ratings.item_table.titles, session.counts
        rated = session.rated
        rows = [Row(code, (str(titles[code]), value, int(counts[code]))) for code, value in reversed(rated.items())]
        for code in self._asked:
            if code in rated:
                continue
            title = str(titles[code])
            rows.append(Row(code, (title, None, int(counts[code])), tip=ASKED.format(title=title)))
        self.table.put(rows)
        if self._found is not None:
            self.found_stars.show_rating(rated.get(self._found))

    def ask(self) -> None:
        """Find what to rate next by all stars so far, which takes as long as all else together."""
        person, ratings = self._session.person, self._session.workspace.ratings
        self._asked = [] if person is None else person.next_to_rate(self._session.counts, ratings.n_users, N_QUESTIONS)
        self.refresh()

    def _rate_found(self, value: float | None) -> None:
        if self._found is None:
            return
        code = self._found
        self._session.rate(code, value)
        if value is not None:
            # The next title, please.
            self.show_found(None)
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.select_key(code)
