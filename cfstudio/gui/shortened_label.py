"""A label that gives way: where there is no room it ends in “…”, and its tooltip has the whole text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class ShortenedLabel(QLabel):
    """One line, as wide as its text wherever it can be, and never wider than its place."""

    def __init__(self, name: str, parent: QWidget | None = None, *, least: int = 1) -> None:
        """`least`: average characters that it does not give up."""
        super().__init__(parent)
        self._least = least
        self._whole = ""
        self.setAccessibleName(name)

    def text(self) -> str:
        """The whole text."""
        return self._whole

    def setText(self, text: str) -> None:
        """Show another text, or as much of it as there is room for."""
        if text != self._whole:
            self._whole = text
            self.setToolTip(text)
            self.updateGeometry()
            self._shorten()

    def sizeHint(self) -> QSize:
        """What the whole text needs, or as much of it as there is room for."""
        width = self.fontMetrics().horizontalAdvance(self._whole) + 2 if self._whole else 0
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """A few letters, or nothing."""
        width = min(self.sizeHint().width(), self._least * self.fontMetrics().averageCharWidth())
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what the new width has room for."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        room = max(self.width(), 0)
        super().setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))
