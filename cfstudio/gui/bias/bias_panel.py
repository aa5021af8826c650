"""The panel of biases: movies from best to worst, users from generous to harsh, corrected for who rated what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout

from cfstudio.explore.corrected_bias import BiasRows, corrected_biases
from cfstudio.explore.neighbors import default_min_ratings
from cfstudio.gui.bias.scale_bar import ScaleBar
from cfstudio.gui.explorer_view import ExplorerPanel
from cfstudio.gui.fact_table import FactColumn, FactModel, FactTable, plain, signed, whole
from cfstudio.gui.latest_answer import LatestAnswer
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.signal_block import with_blocked
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

TITLE, CORRECTED, MEAN, SHIFT, BIAS, RATINGS = range(6)
COLUMNS = (
    FactColumn("Title", "Double-click or Enter goes there in the sheet"),
    FactColumn("Corrected", "The mean rating to expect if everybody had rated it (a user: everything)", plain, "0.00"),
    FactColumn("Mean", "The plain mean of the ratings it has; the held-out ones are not in it", plain, "0.00"),
    FactColumn("Shift", "From the plain mean (ring) to the corrected one (dot), on the scale of the ratings", signed,
               "−0.00 −0.00", spare=1),
    FactColumn("Bias", "The model's own number, in the model's units", signed, "−0.00", spare=2),
    FactColumn("Ratings", "How many ratings it has: the fewer, the less its bias says", whole, "00,000"),
)  # fmt: skip
MOST_RATINGS = 1_000_000
ORDERS = {"item": ("Best first", "Worst first"), "user": ("Most generous first", "Harshest first")}
UNTRAINED = " · untrained: the biases are the random start's"
NOT_FINITE = "Some factors are not finite numbers; reset the factors and train again."
NO_BIAS = " · this model has no biases: these are computed from the ratings alone"


class BiasPanel(ExplorerPanel):
    """Follows document, edits and training; the sums over everybody are done in a thread."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._rows: BiasRows | None = None
        self._minima: dict[Side, int] = {}
        self._answer: LatestAnswer[tuple[Side, BiasRows]] = LatestAnswer(self._take, self._tell, self)
        self._model = FactModel(COLUMNS, self)
        self.table = FactTable("biasTable", "Biases", "biases.csv", self._model)
        self._scale = ScaleBar((MEAN, CORRECTED), self.table)
        self.side_box, self.order_box, self.min_ratings = QComboBox(), QComboBox(), QSpinBox()
        self.note = QLabel()
        self._arrange()
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(CORRECTED, Qt.SortOrder.DescendingOrder)
        self.side_box.currentIndexChanged.connect(lambda _place: self._change_side())
        self.order_box.currentIndexChanged.connect(self._choose_order)
        self.min_ratings.valueChanged.connect(self._choose_minimum)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda _column, _order: self._name_order())
        self.table.row_activated.connect(self._go_to)

    def _arrange(self) -> None:
        named(self.side_box, "Movies or users", "Whose biases are listed")
        named(self.order_box, "Order", "Which end comes first; a click on a column's header sorts by that column")
        named(self.min_ratings, "Fewest ratings", "Leave out what has fewer ratings: its bias is mostly chance")
        self.side_box.setObjectName("biasSide")
        self.order_box.setObjectName("biasOrder")
        self.min_ratings.setObjectName("biasMinRatings")
        self.min_ratings.setRange(0, MOST_RATINGS)
        self.min_ratings.setKeyboardTracking(False)
        self.min_ratings.setPrefix("≥ ")
        self.min_ratings.setSuffix(" ratings")
        self.table.setItemDelegateForColumn(SHIFT, self._scale)
        self.table.setAccessibleDescription("Enter goes to the movie or user in the sheet.")
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.setAccessibleName("About this list")
        self.note.setObjectName("biasNote")
        self.note.setWordWrap(True)
        top = QHBoxLayout()
        for widget in (self.side_box, self.order_box, self.min_ratings):
            top.addWidget(widget)
        top.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.note)
        fit_to_zoom(self, lambda: layout.setContentsMargins(*[self.fontMetrics().height() // 2] * 4))

    @property
    def side(self) -> Side:
        """Whose biases are listed."""
        return "user" if self.side_box.currentIndex() == 1 else "item"

    def follow_document(self) -> None:
        """Start with the movies, and the minimum that suits the data."""
        self._answer.forget()
        self._rows = None
        self._minima.clear()
        ratings = self.workspace.ratings
        with_blocked(self.side_box, lambda: self._fill(self.side_box, (f"{ratings.item_label.capitalize()}s", "Users")))
        self._scale.ends = (ratings.scale.low, ratings.scale.high)
        self._model.put(np.empty(0, dtype=np.int64), [np.empty(0)] * len(COLUMNS))
        self._show_minimum()
        self._name_order()

    @staticmethod
    def _fill(box: QComboBox, names: tuple[str, ...]) -> None:
        place = max(box.currentIndex(), 0)
        box.clear()
        box.addItems(names)
        box.setCurrentIndex(place)

    def refresh(self, *, is_live: bool) -> None:
        """Work the biases out anew."""
        workspace, side = self.workspace, self.side
        model = workspace.factors.copy()
        ratings, held_out = workspace.ratings, workspace.held_out
        if self._rows is None:
            self.note.setText("Working it out…")
        if not is_live:
            self._answer.forget()
        self._answer.ask(lambda: (side, corrected_biases(model, ratings, side, held_out)))

    @property
    def is_waiting(self) -> bool:
        """Whether the list is about to be made anew."""
        return self._answer.is_working

    def _take(self, answer: tuple[Side, BiasRows]) -> None:
        side, rows = answer
        if side == self.side:
            self._rows = rows
            self._show()

    def _tell(self, error: Exception) -> None:
        self._rows = None
        self.note.setText(f"The biases could not be worked out: {error}")

    def _show(self) -> None:
        rows, ratings = self._rows, self.workspace.ratings
        if rows is None or len(rows.counts) != (ratings.n_items if self.side == "item" else ratings.n_users):
            return
        finite = np.isfinite(rows.corrected) & np.isfinite(rows.bias)
        codes = np.flatnonzero((rows.counts >= self.min_ratings.value()) & finite)
        names = (
            ratings.item_table.titles[codes]
            if self.side == "item"
            else np.array([ratings.user_name(code) for code in codes.tolist()], dtype=object)
        )
        corrected, mean = rows.corrected[codes], rows.plain[codes]
        self._model.put(codes, (names, corrected, mean, corrected - mean, rows.bias[codes], rows.counts[codes]))
        self._describe(len(codes), rows)

    def _describe(self, n_left: int, rows: BiasRows) -> None:
        kind = "user" if self.side == "user" else self.workspace.ratings.item_label
        if not n_left:
            is_broken = (rows.counts >= self.min_ratings.value()).any()
            self.note.setText(NOT_FINITE if is_broken else f"No {kind} has so many ratings; lower the fewest above.")
            return
        text = f"{n_left:,} of {len(rows.counts):,} {kind}s with enough ratings"
        untrained = rows.is_from_model and not len(self.workspace.history)
        self.note.setText(text + (UNTRAINED if untrained else "" if rows.is_from_model else NO_BIAS))

    def _change_side(self) -> None:
        self._show_minimum()
        self._name_order()
        self._rows = None
        self.refresh(is_live=False)

    def _show_minimum(self) -> None:
        ratings, side = self.workspace.ratings, self.side
        usual = default_min_ratings(ratings.n_users if side == "item" else ratings.n_items)
        with_blocked(self.min_ratings, lambda: self.min_ratings.setValue(self._minima.get(side, usual)))

    def _choose_minimum(self, value: int) -> None:
        self._minima[self.side] = value
        self._show()

    def _choose_order(self, place: int) -> None:
        column = self.table.horizontalHeader().sortIndicatorSection()
        orders = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(column if column in (CORRECTED, MEAN, BIAS) else CORRECTED, orders[place])
        self.table.scrollToTop()

    def _name_order(self) -> None:
        ascending = self.table.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        with_blocked(self.order_box, lambda: self._fill(self.order_box, ORDERS[self.side]))
        with_blocked(self.order_box, lambda: self.order_box.setCurrentIndex(int(ascending)))

    def _go_to(self, row: int) -> None:
        code, selection = int(self._model.codes()[row]), self.workspace.selection
        if self.side == "item":
            self.workspace.select(user=selection.user, item=code)
        else:
            self.workspace.select(user=code)
