"""The sheet with the formula of its selected cell below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QVBoxLayout, QWidget

from cfstudio.gui.optimizer_lab.formula_pane import FormulaPane
from cfstudio.gui.optimizer_lab.sheet_model import SheetModel
from cfstudio.gui.optimizer_lab.sheet_table import SheetTable
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

LEAST_CHARACTERS = 28
"""Width that the sheet keeps: x, y and a column more."""


class SheetPane(QWidget):
    """Table and formula, which may be given more or less room."""

    cell_chosen = Signal(QModelIndex)

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self.model = SheetModel(session, self)
        self.table = SheetTable(self.model)
        self.formula = FormulaPane(session)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.formula)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setCollapsible(0, False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        # On a projector there is not room for everything, and the numbers are what the worksheet is about.
        fit_to_zoom(self, lambda: self.setMinimumWidth(self.fontMetrics().averageCharWidth() * LEAST_CHARACTERS))
        self._choose(1, "x")
        self._listen()
        self.model.modelReset.connect(self._explain)

    def show_page(self) -> None:
        """Another page, or other numbers."""
        row, column = self.table.currentIndex().row(), max(self.table.currentIndex().column(), 0)
        name = self.model.shown_name(column)
        self.model.show_anew()
        if not self.table.currentIndex().isValid():
            self._choose(row, name)
        self.refresh()

    def refresh(self) -> None:
        """The same page with other rows."""
        self.table.viewport().update()
        self.table.frozen.viewport().update()
        self.table.follow(len(self._session.sheet.rows))
        self._explain()

    def choose_row(self, place: int) -> None:
        """Make a row of the page, counted from 0, the current one."""
        column = max(self.table.currentIndex().column(), 0)
        self.table.setCurrentIndex(self.model.index(place + 1, column))

    def finish_editing(self) -> None:
        """Take over what is being typed into a cell."""
        if self.table.state() == QAbstractItemView.State.EditingState:
            self.table.setFocus()

    def _choose(self, row: int, name: str) -> None:
        names = self._session.page.names
        column = names.index(name) if name in names else 0
        self.table.setCurrentIndex(self.model.index(min(max(row, 0), self.model.rowCount() - 1), column))

    def _listen(self) -> None:
        self.table.selectionModel().currentChanged.connect(self._on_current)

    def _on_current(self, index: QModelIndex) -> None:
        self._explain()
        self.cell_chosen.emit(index)

    def _explain(self) -> None:
        index = self.table.currentIndex()
        self.formula.show_cell(index.row(), index.column())
