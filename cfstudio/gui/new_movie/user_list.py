"""Which user gives the new movie how many stars: looked up by id, or asked because the answer would teach most."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from cfstudio.explore.next_question import next_to_rate
from cfstudio.gui.keyed_model import Column, Row, points, stars, whole
from cfstudio.gui.new_person.star_table import StarTable

if TYPE_CHECKING:
    from cfstudio.explore.fold_in import Folded
    from cfstudio.gui.new_movie.movie_session import MovieSession

N_ASKED, N_SHOWN = 5, 60
USER, STARS, PREDICTED, SPREAD, COUNT = range(5)
COLUMNS = (
    Column("User", "Those who rated it, whose answer would teach most, then who would like it best"),
    Column("Stars", "Click, or press a number on the selected row; Backspace takes a rating back", stars, "0"),
    Column("Predicted", "The rating that the model predicts this user to give", points, "0.00"),
    Column("±", "How far that may be off because little is known of the movie: one standard deviation", points, "0.00"),
    Column("Ratings", "How many ratings this user has given", whole, "0,000"),
)
ASKED = "Ask this user: the answer would tell most about how all others would rate it."


class UserList(QWidget):
    """Shows a session's ratings and predictions by user, and passes on what a person gives."""

    said = Signal(str)

    def __init__(self, session: MovieSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looked_up: int | None = None
        self.search = QLineEdit()
        self.search.setObjectName("userSearch")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText("Look a user up by id…")
        self.search.setAccessibleName("Look a user up by id")
        self.search.setToolTip("Type a user's id and press Enter to let them rate the movie")
        self.table = StarTable("movieStarTable", "Ratings of the new movie", COLUMNS, "new-movie-ratings.csv", STARS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        self.search.returnPressed.connect(self._look_up)
        self.table.rated.connect(session.rate)

    def follow_document(self) -> None:
        """Another document: other users, another scale."""
        self._looked_up = None
        self.table.use(self._session.stars)

    def refresh(self) -> None:
        """Show the ratings and predictions as they are now."""
        folded = self._session.folded
        if folded is None:
            self.table.put([])
            return
        ratings, rated = self._session.workspace.ratings, self._session.rated
        counts = ratings.counts_by_user()
        asked = next_to_rate(folded, counts, ratings.n_items, N_ASKED)
        likely = np.argsort(-folded.predictions, kind="stable")[:N_SHOWN].tolist()
        first = [] if self._looked_up is None else [self._looked_up]
        codes = list(dict.fromkeys([*reversed(rated), *first, *asked, *likely]))
        spreads = folded.uncertainties(np.array(codes, dtype=np.int64))
        rows = [
            Row(
                code,
                (
                    ratings.user_name(code),
                    rated.get(code),
                    float(folded.predictions[code]),
                    float(spread),
                    int(counts[code]),
                ),
                tip=ASKED if code in asked and code not in rated else "",
            )
            for code, spread in zip(codes, spreads.tolist(), strict=True)
        ]
        self.table.put(rows)

    def mean_and_spread(self, folded: Folded) -> tuple[float, float]:
        """Mean prediction over all users, and the mean of how far each may be off."""
        everybody = np.arange(len(folded.predictions))
        return float(folded.predictions.mean()), float(folded.uncertainties(everybody).mean())

    def _look_up(self) -> None:
        text = self.search.text().strip()
        ratings = self._session.workspace.ratings
        wanted = text.removeprefix("User ").removeprefix("user ").strip()
        ids = [str(one) for one in ratings.user_ids.tolist()]
        if not wanted:
            return
        if wanted not in ids:
            closest = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.0)
            self.said.emit(f"There is no user {wanted}; the closest are {', '.join(closest)}.")
            return
        self._looked_up = ids.index(wanted)
        self.search.setText("")
        self.refresh()
        self.table.select_key(self._looked_up)
        self.table.setFocus()
