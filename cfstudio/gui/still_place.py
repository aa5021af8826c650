"""A place for a label whose text changes many times a second."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

SPARE = 0.8
"""Part of its width that a label may need and the place keeps it: a digit less is no reason to move its neighbors."""


class StillPlace(QWidget):
    """Lets the window be laid out anew only where the label needs more room, or much less.

    A label of Qt's asks for that at every change of its text, whether its size changes or not, and all that surrounds
    it is asked for its size again, up to the window: 2 ms. Here the label has no layout to ask.
    """

    def __init__(self, label: QLabel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._hint = self._least = QSize(0, 0)
        self._most = self.maximumWidth()
        label.setParent(self)
        self.setSizePolicy(label.sizePolicy())
        self._reconsider()

    def sizeHint(self) -> QSize:
        """As much as the label has needed of late, where there is room for it."""
        return QSize(min(self._hint.width(), self._most), self._hint.height())

    def minimumSizeHint(self) -> QSize:
        """The label's."""
        return QSize(min(self._least.width(), self._most), self._least.height())

    def give_room(self, width: int) -> None:
        """Ask for at most so many pixels, for where widgets are placed by their size hints alone."""
        most = max(width, 0)
        if most != self._most:
            self._most = most
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """The label asks for another size, or was shown or hidden."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._reconsider()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The label fills the place."""
        super().resizeEvent(event)
        self._label.resize(self.size())

    def _reconsider(self) -> None:
        label = self._label
        none = QSize(0, 0)
        hint, least = (none, none) if label.isHidden() else (label.sizeHint(), label.minimumSizeHint())
        keeps = SPARE * self._hint.width() <= hint.width() <= self._hint.width()
        if keeps and hint.height() == self._hint.height():
            return
        self._hint, self._least = hint, least
        self.updateGeometry()
