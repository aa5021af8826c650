"""The panel that names the movies or users most like the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QStackedWidget, QVBoxLayout, QWidget

from cfstudio.gui.explorer_view import is_in_front
from cfstudio.gui.neighbors.neighbor_query import NeighborQuery, NeighborRows
from cfstudio.gui.neighbors.neighbors_model import NeighborsModel
from cfstudio.gui.neighbors.neighbors_view import NeighborsView

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

MOST_RATINGS = 1_000_000
REST_MS = 60
"""Selections that follow each other faster than this are somebody leafing through."""
WHY_MINIMUM = (
    "Leave out what has fewer ratings: its factors are still mostly the random start, "
    "and such rows would crowd the top of every list."
)


class NeighborsPanel(QWidget):
    """Follows the selection and, through `refresh_live`, the training."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neighborsPanel")
        self.setAccessibleName("Most similar")
        self._workspace = workspace
        self._query = NeighborQuery(workspace)
        self._asked: tuple[Side, int] | None = None
        self._minima: dict[Side, int] = {}
        self._since_asked = QElapsedTimer()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask_anew)
        self._model = NeighborsModel(self._name, self._genres, self)
        self.view = NeighborsView(self._model)
        self.header = QLabel()
        self.header.setAccessibleName("Neighbors of")
        self.note = QLabel()
        self.note.setAccessibleName("About this list")
        self.min_ratings = QSpinBox()
        self.invitation = QLabel()
        self._arrange()
        self._connect()
        self._follow_document()

    def _arrange(self) -> None:
        self._arrange_texts()
        self.min_ratings.setRange(0, MOST_RATINGS)
        self.min_ratings.setKeyboardTracking(False)
        self.min_ratings.setPrefix("≥ ")
        self.min_ratings.setSuffix(" ratings")
        self.min_ratings.setAccessibleName("Fewest ratings")
        self.min_ratings.setAccessibleDescription(WHY_MINIMUM)
        self.min_ratings.setToolTip(WHY_MINIMUM)
        top = QHBoxLayout()
        top.addWidget(self.header, 1)
        top.addWidget(self.min_ratings)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.invitation)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.note)

    def _arrange_texts(self) -> None:
        font = self.header.font()
        font.setWeight(font.Weight.DemiBold)
        self.header.setFont(font)
        # A long title must not force the panel to be wide.
        self.header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.invitation.setWordWrap(True)
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def _connect(self) -> None:
        self.view.row_activated.connect(self._go_to)
        self.min_ratings.valueChanged.connect(self._choose_min_ratings)
        self._workspace.opened.connect(self._follow_document)
        self._workspace.resized.connect(self._follow_document)
        self._workspace.ratings_changed.connect(self._query.forget_counts)
        self._workspace.selection_changed.connect(self._follow_selection)
        self._workspace.factors_changed.connect(self.refresh_live)

    def _follow_document(self) -> None:
        self._query.forget_counts()
        self._minima.clear()
        self._asked = None
        label = self._workspace.ratings.item_label
        self.invitation.setText(f"Select a {label} or a user in the sheet to see who is most like it.")
        self._follow_selection()

    def _follow_selection(self) -> None:
        selection = self._workspace.selection
        side = selection.side
        code = selection.item if side == "item" else selection.user
        asked = None if side is None or code is None else (side, code)
        if asked == self._asked and asked is not None:
            return
        is_same_side = asked is not None and self._asked is not None and asked[0] == self._asked[0]
        self._asked = asked
        if asked is not None:
            self._show_min_ratings(self._minima.get(asked[0], self._query.default_min_ratings(asked[0])))
        if is_same_side and self._since_asked.elapsed() < REST_MS:
            # Somebody leafs through the sheet: the list waits until they rest, so that the sheet does not.
            self._rest.start()
        else:
            self._ask_anew()

    @property
    def is_waiting(self) -> bool:
        """Whether the list is about to be made anew."""
        return self._rest.isActive()

    def _choose_min_ratings(self, value: int) -> None:
        self._minima[self._side] = value
        self._ask_anew()

    def _show_min_ratings(self, value: int) -> None:
        self.min_ratings.blockSignals(True)
        self.min_ratings.setValue(value)
        self.min_ratings.blockSignals(False)

    def _ask_anew(self) -> None:
        self._rest.stop()
        self._since_asked.start()
        self.min_ratings.setVisible(self._asked is not None)
        self._pages.setCurrentWidget(self.invitation if self._asked is None else self.view)
        if self._asked is None:
            self.header.setText("")
            self.note.hide()
            self.view.replace_rows(NeighborRows.none())
            return
        self.view.show_bias(self._workspace.factors.has_bias)
        self.view.replace_rows(self._query.nearest(*self._asked, self.min_ratings.value()))
        self._describe(*self._asked)

    def can_be_seen(self) -> bool:
        """Whether it is in front."""
        return is_in_front(self)

    def live_sides(self) -> tuple[Side, ...]:
        """Whose numbers it needs all of."""
        return (self._side,)

    def refresh_live(self) -> None:
        """Show the neighbors by the factors as they are now."""
        if self._asked is not None:
            self.view.show_bias(self._workspace.factors.has_bias)
            self.view.update_rows(self._query.nearest(*self._asked, self.min_ratings.value()))
            self._describe(*self._asked)

    def _describe(self, side: Side, code: int) -> None:
        name = self._name(code)
        self.header.setText(f"Most like {name}")
        self.header.setToolTip(name)
        n_candidates = self._query.n_candidates(side, code, self.min_ratings.value())
        kind = "user" if side == "user" else self._workspace.ratings.item_label
        text = f"{self._model.rowCount():,} of {n_candidates:,} {kind}s with enough ratings"
        if not len(self._workspace.history):
            text += " · untrained: random factors"
        self.note.setText(text)
        self.note.show()

    def _name(self, code: int) -> str:
        return self._query.name(self._side, code)

    def _genres(self, code: int) -> str:
        return self._query.genres(self._side, code)

    @property
    def _side(self) -> Side:
        return "item" if self._asked is None else self._asked[0]

    def _go_to(self, row: int) -> None:
        """Select the row's movie or user in the sheet; of a selected cell the other half stays."""
        side, code = self._side, self._model.code(row)
        selection = self._workspace.selection
        if side == "item":
            self._workspace.select(user=selection.user, item=code)
        else:
            self._workspace.select(user=code)
