"""The sheet's corner: the RMSE cell, what the data is, and how users and items are ordered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.sheet.legend import ColorLegend
from cfstudio.gui.zoom import enlarge
from cfstudio.ratings.order import OrderName

if TYPE_CHECKING:
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.workspace.document import Workspace

ORDER_LABELS: dict[OrderName, str] = {
    "file": "as in the file",
    "count": "number of ratings",
    "mean": "mean rating",
    "id": "id",
    "title": "title",
}


class SheetCorner(QFrame):
    """Where the spreadsheet has its RMSE cell."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, look: SheetLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._axes = workspace, axes
        self.rmse_cell = QLabel()
        self.rmse_cell.setObjectName("rmseCell")
        self.rmse_cell.setAccessibleName("RMSE cell")
        self.rmse_cell.setToolTip("SQRT(SUMXMY2(ratings, predictions) / COUNT(ratings)): only rated cells count.")
        self.rmse_cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        enlarge(self.rmse_cell, 1.9, QFont.Weight.Bold)
        self._parts = QLabel()
        self._parts.setAccessibleName("RMSE of training and held-out cells")
        self._parts.setWordWrap(True)
        self.legend = ColorLegend(workspace, look)
        self._users_by = self._order_box("Order of users")
        self._items_by = self._order_box(f"Order of {workspace.ratings.item_label}s")

        orders = QFormLayout()
        orders.setContentsMargins(0, 0, 0, 0)
        orders.addRow("&Users by", self._users_by)
        orders.addRow(f"&{workspace.ratings.item_label.capitalize()}s by", self._items_by)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.rmse_cell)
        layout.addWidget(self._parts)
        layout.addSpacing(self.fontMetrics().height() // 2)
        layout.addWidget(self.legend)
        layout.addStretch(1)
        layout.addLayout(orders)
        axes.changed.connect(self._show_order)
        workspace.score_changed.connect(self.show_score)
        self._show_order()
        self.show_score()

    def show_score(self) -> None:
        """Show the document's RMSE."""
        score = self._workspace.score
        self.show_rmse(score.train_rmse, score.valid_rmse)

    def show_rmse(self, train_rmse: float, valid_rmse: float) -> None:
        """Show an RMSE measured elsewhere: by the training that is running."""
        score = self._workspace.score
        self.rmse_cell.setText(f"RMSE {train_rmse:.4f}" if math.isfinite(train_rmse) else "RMSE –")
        parts = f"over {score.n_train:,} training cells"
        if score.n_valid:
            parts += f"\n{valid_rmse:.4f} over {score.n_valid:,} held-out cells"
        self._parts.setText(parts)

    def _order_box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(f"{name} in the sheet")
        # The corner is as narrow as the user factors below it.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setPlaceholderText("as arranged")
        for order in get_args(OrderName):
            box.addItem(ORDER_LABELS[order], order)
        box.activated.connect(self._choose_order)
        return box

    def _choose_order(self) -> None:
        self._axes.order(self._users_by.currentData(), self._items_by.currentData())

    def _show_order(self) -> None:
        self._users_by.setCurrentIndex(self._users_by.findData(self._axes.users_by))
        self._items_by.setCurrentIndex(self._items_by.findData(self._axes.items_by))
