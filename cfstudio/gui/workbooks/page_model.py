"""The cells of a workbook's page for a table view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from cfstudio.exchange.cell_names import cell_name, column_name
from cfstudio.gui.theme import current_theme
from cfstudio.gui.workbooks.range_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.exchange.cell_names import Block
    from cfstudio.exchange.grid import Grid

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

LEAST_ROWS, LEAST_COLUMNS = 12, 8
"""What an almost empty page still shows, so that it looks like a page."""

TINT = 0.28
"""How much of a range's color its cells take."""


class PageModel(QAbstractTableModel):
    """Read-only; cells know which ranges they belong to."""

    def __init__(self, grid: Grid, parent: QObject) -> None:
        super().__init__(parent)
        self.grid = grid
        self._blocks: dict[str, Block] = {}
        self._wrong_cell: Block | None = None

    def mark(self, blocks: Mapping[str, Block], wrong_cell: Block | None) -> None:
        """Say which ranges there are; `wrong_cell` shows a number that is not what it is meant to be."""
        self._blocks, self._wrong_cell = dict(blocks), wrong_cell

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Rows of the page."""
        return 0 if parent.isValid() else max(self.grid.height, LEAST_ROWS)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns of the page."""
        return 0 if parent.isValid() else max(self.grid.width, LEAST_COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - as Qt has it
        """Text, color and meaning of a cell."""
        row, column = index.row(), index.column()
        if role == Role.DisplayRole:
            return self._shown(row, column)
        if role == Role.TextAlignmentRole:
            is_text = isinstance(self.grid.value(row, column), str)
            side = Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Role.BackgroundRole:
            return self._background(row, column)
        if role in (Role.ToolTipRole, Role.AccessibleTextRole):
            return self._meaning(row, column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Letters and numbers as spreadsheets have them."""
        if role != Role.DisplayRole:
            return None
        return column_name(section) if orientation == Qt.Orientation.Horizontal else str(section + 1)

    def _shown(self, row: int, column: int) -> str | None:
        value = self.grid.value(row, column)
        if isinstance(value, float):
            return f"{value:.4g}"
        is_first = any((block.top, block.left) == (row, column) for block in self._blocks.values())
        # The badge of a range lies on the left of its first cell, where a text begins.
        indent = "\u2003\u2002" if is_first and isinstance(value, str) else ""
        return None if value is None else f"{indent}{value}"

    def _meaning(self, row: int, column: int) -> str:
        """`H2: 3 (ratings)`."""
        value = self.grid.value(row, column)
        kinds = [kind.label.lower() for kind in KINDS if self._is_in(self._blocks.get(kind.name), row, column)]
        if self._is_in(self._wrong_cell, row, column):
            kinds.append("an RMSE that forgets to divide by the count")
        what = f" ({', '.join(kinds)})" if kinds else ""
        return f"{cell_name(row, column)}: {'blank' if value is None else value}{what}"

    def _background(self, row: int, column: int) -> QBrush | None:
        theme = current_theme()
        if self._is_in(self._wrong_cell, row, column):
            return QBrush(theme.color("warning_background"))
        for kind in KINDS:
            if self._is_in(self._blocks.get(kind.name), row, column):
                return QBrush(_mixed(kind.color(theme), theme.color("base")))
        return None

    @staticmethod
    def _is_in(block: Block | None, row: int, column: int) -> bool:
        return block is not None and block.top <= row < block.bottom and block.left <= column < block.right


def _mixed(color: QColor, base: QColor) -> QColor:
    pairs = ((color.red(), base.red()), (color.green(), base.green()), (color.blue(), base.blue()))
    return QColor(*(round(TINT * one + (1 - TINT) * other) for one, other in pairs))
