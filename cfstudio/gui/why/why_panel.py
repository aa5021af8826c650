"""The panel that says why the selected prediction is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cfstudio.explore.waterfall import neighbor_ratings, pair_errors
from cfstudio.gui.keyed_model import Column, Row, points, signed, stars
from cfstudio.gui.keyed_table import KeyedTable
from cfstudio.gui.live_follower import is_in_front
from cfstudio.gui.sentence_label import SentenceLabel, SentencePage
from cfstudio.gui.why.waterfall_plot import WaterfallPlot
from cfstudio.gui.why.waterfall_steps import explain
from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.gui.why.waterfall_steps import Explained
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace

N_NEIGHBORS = 10
COLUMNS = (
    Column("Most similar rated", "The most similar ones among those this user has rated, held-out ratings left out"),
    Column("Similarity", "Cosine of the model's own factors, −1 to 1", points, "−0.00"),
    Column("Rating", "What this user really gave it", stars, "0.0"),
    Column("Predicted", "What the model predicts for it", points, "0.00"),
)
WIDE, WIDE_CHARACTERS = 1.5, 90
"""Width in heights, and in characters, from which the ratings stand beside the picture rather than below it."""


class WhyPanel(QWidget):
    """Follows the selected cell and, through `refresh_live`, the training, while it is shown."""

    cell_wanted = Signal(int, int)
    live_every = 12

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("whyPanel")
        self.setAccessibleName("Why this prediction")
        self._workspace = workspace
        self.header = QLabel()
        self.errors, self.sentence = SentenceLabel("whyErrors"), SentencePage("whySentence")
        self.plot = WaterfallPlot()
        self.table = KeyedTable("whyNeighbors", "Ratings of the most similar", COLUMNS, "similar-ratings.csv")
        self.save = QToolButton()
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        font = self.header.font()
        font.setWeight(font.Weight.DemiBold)
        self.header.setFont(font)
        self.header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.header.setObjectName("whyHeader")
        self.header.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.save.setText("Save")
        self.save.setAccessibleName("Copy or save the picture and its numbers")
        self.save.setToolTip("Copy or save the picture and its numbers")
        self.save.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.plot)
        self.parts.addWidget(self.table)
        self.parts.setSizes([600, 400])
        self._pages = QStackedWidget()
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(self.parts)
        top = QHBoxLayout()
        top.addWidget(self.header, 1)
        top.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.errors)

    def _connect(self) -> None:
        workspace = self._workspace
        for event in (
            workspace.opened,
            workspace.resized,
            workspace.selection_changed,
            workspace.ratings_changed,
            workspace.factors_changed,
        ):
            event.connect(self._refresh_soon)
        self.save.clicked.connect(lambda: self.plot.menu().popup(self.save.mapToGlobal(self.save.rect().bottomLeft())))
        self.table.key_activated.connect(self._go_to)

    def _refresh_soon(self) -> None:
        """One change of the document tells several things at once."""
        self._soon.start()

    def _cell(self) -> tuple[int, int] | None:
        selection, ratings = self._workspace.selection, self._workspace.ratings
        user, item = selection.user, selection.item
        if user is None or item is None or user >= ratings.n_users or item >= ratings.n_items:
            return None
        return user, item

    def refresh(self) -> None:
        """Explain the selected cell by the numbers as they are now."""
        self._soon.stop()
        if not self.isVisible():
            return
        cell = self._cell()
        if cell is None:
            self._say("Select a cell in the sheet to see what its prediction is made of.")
            return
        why_not = needs_dot_product("The list of what a prediction is made of", self._workspace.factors)
        if why_not is not None:
            self._say(why_not)
            return
        found = explain(self._workspace.factors, self._workspace.ratings, *cell)
        if found is None:
            self._say("Some of the numbers behind this prediction are not finite or too large; reset the factors.")
            return
        self._show(found, *cell)
        self._show_neighbors(*cell)

    def refresh_live(self) -> None:
        """The same in the middle of a run."""
        self.refresh()

    def can_be_seen(self) -> bool:
        """Whether it is in front."""
        return is_in_front(self)

    def live_rows(self) -> tuple[IntArray, IntArray] | None:
        """The cell's user and movie, and all whose errors and ratings are shown beside it."""
        cell = self._cell()
        if cell is None:
            return None
        ratings = self._workspace.ratings
        others = ratings.users[ratings.rows_of_item(cell[1])], ratings.items[ratings.rows_of_user(cell[0])]
        return np.append(others[0], cell[0]).astype(np.int64), np.append(others[1], cell[1]).astype(np.int64)

    def _say(self, sentence: str) -> None:
        self.header.setText("Why this prediction")
        self.sentence.setText(sentence)
        self._pages.setCurrentWidget(self.sentence)
        self.save.setEnabled(False)
        self.errors.say("")

    def _show(self, found: Explained, user: int, item: int) -> None:
        ratings = self._workspace.ratings
        title = f"{ratings.user_name(user)}, {ratings.item_table.titles[item]}"
        self.header.setText(f"Why {points(found.prediction)}? {title}")
        self.header.setToolTip(title)
        self.plot.show_steps(found, title)
        self._pages.setCurrentWidget(self.parts)
        self.save.setEnabled(True)
        said = [self.plot.legend()]
        if np.isfinite(found.rating):
            row = int(ratings.rows_at(np.array([user]), np.array([item]))[0])
            kind = "held out" if self._workspace.held_out[row] else "seen in training"
            said.append(f"Error {signed(found.prediction - found.rating)}, {kind}.")
        self.errors.say(" ".join([*said, self._errors(user, item)]))

    def _errors(self, user: int, item: int) -> str:
        workspace = self._workspace
        with np.errstate(over="ignore", invalid="ignore"):
            found = pair_errors(workspace.factors, workspace.ratings, user, item)
        said = []
        if found.n_user:
            said.append(f"{found.user_rmse:.2f} over the {found.n_user:,} of {workspace.ratings.user_name(user)}")
        if found.n_item:
            said.append(f"{found.item_rmse:.2f} over the {found.n_item:,} of this {workspace.ratings.item_label}")
        return f"RMSE {', '.join(said)}." if said else ""

    def _show_neighbors(self, user: int, item: int) -> None:
        workspace, ratings = self._workspace, self._workspace.ratings
        found = neighbor_ratings(workspace.factors, ratings, user, item, N_NEIGHBORS, workspace.held_out)
        with np.errstate(over="ignore", invalid="ignore"):
            predicted = workspace.factors.predict(np.full(len(found.codes), user), found.codes)
        rows = [
            Row(code, (str(ratings.item_table.titles[code]), similarity, value, prediction))
            for code, similarity, value, prediction in zip(
                found.codes.tolist(),
                found.similarities.tolist(),
                found.values.tolist(),
                predicted.tolist(),
                strict=True,
            )
        ]
        self.table.put(rows)

    def _go_to(self, item: int) -> None:
        cell = self._cell()
        if cell is not None:
            self.cell_wanted.emit(cell[0], item)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room."""
        super().resizeEvent(event)
        wide = self.width() > max(WIDE * self.height(), WIDE_CHARACTERS * self.fontMetrics().averageCharWidth())
        self.parts.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
