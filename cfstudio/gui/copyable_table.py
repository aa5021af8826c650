"""A table view whose rows can be copied into a spreadsheet or saved as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.zoom import is_left_to_zoom

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class CopyableTable(QTableView):
    """Read-only rows: Ctrl+C copies the selected ones as TSV with their header, Enter activates the current one."""

    row_activated = Signal(int)

    def __init__(self, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file_name = file_name
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.doubleClicked.connect(lambda index: self.row_activated.emit(index.row()))
        self._fit_rows()

    def rows(self, numbers: Iterable[int] | None = None) -> list[list[object]]:
        """Header and rows as plain values, all rows by default."""
        model = self.model()
        columns = range(model.columnCount())
        header: list[object] = [model.headerData(c, Qt.Orientation.Horizontal) for c in columns]
        wanted = range(model.rowCount()) if numbers is None else numbers
        return [header, *([model.index(r, c).data(Qt.ItemDataRole.EditRole) for c in columns] for r in wanted)]

    def copy_selected(self) -> None:
        """Copy the selected rows, all rows where none is selected."""
        selected = sorted({index.row() for index in self.selectionModel().selectedRows()})
        copy_rows(self.rows(selected or None))

    def copy_all(self) -> None:
        """Copy every row."""
        copy_rows(self.rows())

    def save_csv(self) -> None:
        """Ask for a file and save every row."""
        ask_and_save(self, self._file_name, "CSV files (*.csv)", self._write)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def _write(self, path: Path) -> None:
        write_csv(path, self.rows())

    def menu(self) -> QMenu:
        """What can be done with the table, for the context menu and for a button."""
        menu = QMenu(self)
        # The key is told, not bound: a menu that stays would take it from the sheet.
        keys = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
        copy = QAction(f"Copy selected rows\t{keys}", menu)
        copy.setEnabled(self.selectionModel() is not None and self.selectionModel().hasSelection())
        copy.triggered.connect(self.copy_selected)
        menu.addAction(copy)
        menu.addAction("Copy all rows", self.copy_all)
        menu.addAction("Save as CSV…", self.save_csv)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy and to save."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+C for these rows: without this, the window's own action would copy from the sheet."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C, activate on Enter."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_activated.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Make the rows as high as a changed font needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_rows()

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.55))
