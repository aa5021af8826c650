"""Before a workbook is written: what will be in it, and which users and items its crosstab shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cfstudio.exchange.lookup_layout import MOST_RATINGS
from cfstudio.exchange.solver_names import MOST_VARIABLES
from cfstudio.exchange.workbook import BIAS, DOT, LOOKUP, MOST_SHOWN, ONE_HOT, READ_ME
from cfstudio.models.registry import needs_dot_product
from cfstudio.ratings.crosstab_choice import top_crosstab

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import IntArray, Ratings


class ExportDialog(QDialog):
    """Asks for the crosstab: what the sheet shows where that is small enough, or who has most ratings."""

    def __init__(
        self,
        ratings: Ratings,
        factors: Factorization,
        users: IntArray,
        items: IntArray,
        parent: QWidget | None = None,
    ) -> None:
        """`users` and `items` are the codes that the sheet shows, in its order."""
        super().__init__(parent)
        self.setObjectName("exportWorkbookDialog")
        self.setWindowTitle("Export workbook")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ratings, self._factors = ratings, factors
        self._is_cut = max(len(users), len(items)) > MOST_SHOWN
        is_whole = len(users) == ratings.n_users and len(items) == ratings.n_items
        self._prefers_shown = not (self._is_cut and is_whole)
        self._users, self._items = users[:MOST_SHOWN], items[:MOST_SHOWN]
        begin = "The beginning of what" if self._is_cut else "What"
        size = f"{len(self._users):,} × {len(self._items):,}"
        self.as_shown = QRadioButton(f"&{begin} the sheet shows: {size}")
        self.most_rated = QRadioButton("Those with &most ratings:")
        self.n_users = self._spin_box("Users in the crosstab", ratings.n_users, " users")
        self.n_items = self._spin_box("Items in the crosstab", ratings.n_items, f" {ratings.item_label}s")
        self.contents = QLabel()
        self.buttons = QDialogButtonBox()
        self._arrange_choice()
        self._arrange()
        self._connect()
        self._describe()

    def crosstab(self) -> tuple[IntArray, IntArray]:
        """Codes of the users and items that were chosen, at most 250 each."""
        if self.as_shown.isChecked():
            return self._users, self._items
        return top_crosstab(self._ratings, self.n_users.value(), self.n_items.value())

    def _spin_box(self, name: str, n: int, suffix: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(1, max(1, min(n, MOST_SHOWN)))
        box.setValue(MOST_SHOWN)
        box.setSuffix(suffix)
        box.setAccessibleName(name)
        box.setToolTip(f"{name}, at most {MOST_SHOWN}; of equal counts the smaller id comes in")
        return box

    def _arrange_choice(self) -> None:
        self.as_shown.setObjectName("crosstabAsShown")
        self.most_rated.setObjectName("crosstabMostRated")
        self.n_users.setObjectName("crosstabUsers")
        self.n_items.setObjectName("crosstabItems")
        self.as_shown.setToolTip(
            "The crosstab has the users and items of the sheet, in its order"
            + (f"; a page holds at most {MOST_SHOWN} × {MOST_SHOWN} of them" if self._is_cut else "")
        )
        self.most_rated.setToolTip("The users and items with most ratings, as in the lesson")
        (self.as_shown if self._prefers_shown else self.most_rated).setChecked(True)

    def _arrange(self) -> None:
        box = QDialogButtonBox.StandardButton
        self.buttons.setStandardButtons(box.Save | box.Cancel)
        self.buttons.button(box.Save).setText("&Choose file…")
        self.buttons.button(box.Save).setToolTip("Ask where to write the workbook")
        self.buttons.button(box.Cancel).setToolTip("Write nothing")
        self.contents.setObjectName("exportContents")
        self.contents.setAccessibleName("Pages of the workbook")
        self.contents.setWordWrap(True)
        self.contents.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self.contents.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lead = QLabel("A workbook for Excel and LibreOffice in which every prediction and RMSE is a live formula.")
        lead.setWordWrap(True)
        sizes = QHBoxLayout()
        sizes.addWidget(self.most_rated)
        sizes.addWidget(self.n_users)
        sizes.addWidget(QLabel("×"))
        sizes.addWidget(self.n_items)
        sizes.addStretch(1)
        choice = QVBoxLayout()
        choice.addWidget(self.as_shown)
        choice.addLayout(sizes)
        form = QFormLayout()
        form.addRow("Crosstab:", choice)
        form.addRow("Pages:", self.contents)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        note = QLabel(
            "Text that starts with = + - @ is written as text. Change numbers there, save, and import it back."
        )
        note.setWordWrap(True)
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        for part in (lead, form, note, self.buttons):
            layout.addLayout(part) if isinstance(part, QFormLayout) else layout.addWidget(part)

    def _connect(self) -> None:
        self.as_shown.toggled.connect(self._describe)
        for box in (self.n_users, self.n_items):
            box.valueChanged.connect(self._describe)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _describe(self) -> None:
        """Say what each page will hold, or why there can be none."""
        why_not = needs_dot_product("A workbook with live formulas", self._factors)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(why_not is None)
        if why_not is not None:
            self.contents.setText(why_not)
            return
        is_top = self.most_rated.isChecked()
        for box in (self.n_users, self.n_items):
            box.setEnabled(is_top)
        n = self.n_users.value() if is_top else len(self._users)
        m = self.n_items.value() if is_top else len(self._items)
        ratings, n_factors, has_bias = self._ratings, self._factors.n_factors, self._factors.has_bias
        n_rows = len(ratings.values)
        listed = (
            f"all {n_rows:,} ratings"
            if n_rows <= MOST_RATINGS
            else f"the first {MOST_RATINGS:,} of {n_rows:,} ratings, as many as a page has rows"
        )
        lines = [
            f"{DOT}: the crosstab of {n:,} × {m:,} with {n_factors} factors",
            f"{BIAS}: the same with a bias per user and {ratings.item_label}"
            + ("" if has_bias else "; they are 0 there, for this model has none"),
            f"{LOOKUP}: {listed}, one per row",
            f"{ONE_HOT}: the same look-up as a multiplication",
            f"{READ_ME}: what is where",
        ]
        n_changing = (n + m) * (n_factors + has_bias)
        solver = f"Excel's Solver opens ready filled with {n_changing:,} changing cells"
        if n_changing > MOST_VARIABLES:
            solver += f"; its limit is {MOST_VARIABLES}, so choose fewer users, {ratings.item_label}s or factors for it"
        self.contents.setText("\n".join(f"• {line}" for line in (*lines, solver)))
