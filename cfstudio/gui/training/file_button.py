"""A button with the name of the file that was chosen; pressing it is to choose another."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

LEAST_LETTERS = 8


class FileButton(QPushButton):
    """As wide as its place; a long name loses its middle, so that its ending stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""

    def show_name(self, name: str) -> None:
        """Show another name."""
        self.name = name
        self._shorten()

    def sizeHint(self) -> QSize:
        """Some letters; the layout gives what room there is."""
        return QSize(self._frame() + LEAST_LETTERS * self.fontMetrics().averageCharWidth(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what the new width has room for."""
        super().resizeEvent(event)
        self._shorten()

    def _frame(self) -> int:
        return 4 * self.fontMetrics().averageCharWidth()

    def _shorten(self) -> None:
        room = max(self.width() - self._frame(), 0)
        shown = self.fontMetrics().elidedText(self.name or "Choose…", Qt.TextElideMode.ElideMiddle, room)
        # An ampersand in a button underlines the letter after it.
        self.setText(shown.replace("&", "&&"))
