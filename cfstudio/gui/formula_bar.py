"""The formula bar: where the selection is, the cell's formula as Excel has it, the same with numbers, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cfstudio.gui.name_box import NameBox
from cfstudio.gui.product_bars import ProductBars
from cfstudio.gui.sheet.formula import excel_formula, formula_of_selection
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet


class FormulaBar(QWidget):
    """Name box, two lines of formula, and the bars of the products."""

    refused = Signal(str)

    def __init__(self, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet, self._workspace = sheet, sheet.workspace
        self.setObjectName("formulaBar")
        self.setAccessibleName("Formula bar")
        self.name_box = NameBox(sheet)
        self.name_box.refused.connect(self.refused)
        self._excel = FormulaLine("formulaExcel", "Formula of the selected cell in Excel's syntax")
        self._numbers = FormulaLine("formulaText", "The formula with its numbers")
        self._bars = ProductBars(self._workspace)
        fit_to_zoom(self, self._fit)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self._excel)
        lines.addWidget(self._numbers)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(10)
        layout.addWidget(self.name_box)
        layout.addLayout(lines, 1)
        layout.addWidget(self._bars)
        self._shown: tuple[object, ...] = ()
        workspace = self._workspace
        for event in (workspace.opened, workspace.ratings_changed, workspace.factors_changed):
            event.connect(self.refresh)
        workspace.selection_changed.connect(self._follow_selection)
        sheet.selection_moved.connect(self._follow_selection)
        sheet.layer_changed.connect(self._follow_selection)
        self.refresh()

    def _follow_selection(self) -> None:
        """Spell another cell's formula; one step of an arrow key tells of itself several times."""
        index, model = self._sheet.last_grid.currentIndex(), self._sheet.last_grid.model()
        # Users or items may just have been removed, and the grid not yet told.
        is_there = index.row() < model.rowCount() and index.column() < model.columnCount()
        if is_there and self._cell() != self._shown:
            self.refresh()

    def _cell(self) -> tuple[object, ...]:
        sheet = self._sheet
        index = sheet.last_grid.currentIndex()
        return sheet.last_grid, index.row(), index.column(), sheet.layer, self._workspace.selection

    def refresh(self) -> None:
        """Spell the selected cell's formula with the present numbers."""
        self._shown = self._cell()
        self._excel.show_text(excel_formula(self._sheet.last_grid, self._sheet.addresses, self._sheet.layer))
        self._numbers.show_text(formula_of_selection(self._workspace))
        self._bars.refresh()
        self.name_box.refresh()

    def _fit(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF())
        self._excel.setFont(font)


class FormulaLine(QLineEdit):
    """Text to read, select and copy, longer perhaps than its place; costs less than a label that elides."""

    def __init__(self, object_name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.setReadOnly(True)
        self.setFrame(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        palette = self.palette()
        palette.setColor(palette.ColorRole.Base, QColor(Qt.GlobalColor.transparent))
        self.setPalette(palette)

    def show_text(self, text: str) -> None:
        """Show a text from its beginning, the whole of it as a tooltip."""
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
            self.setToolTip(text)
