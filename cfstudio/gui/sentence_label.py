"""A label whose sentences wrap, without making all that stands around it ask for its favorite height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class SentenceLabel(QLabel):
    """As high as its text needs at its width.

    Qt's own wrapping label passes "height for width" up to the scroll area of a dock, which then gives the whole panel
    the height it would like best instead of the height there is.
    """

    def __init__(self, name: str, *, muted: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if muted:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def hasHeightForWidth(self) -> bool:
        """No: with every text the label would set its policy so again."""
        return False

    def say(self, text: str) -> None:
        """Show a sentence, or take no room for none."""
        self.setText(text)
        self.setVisible(bool(text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size need another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        room = QRect(0, 0, max(self.width(), 1), 1 << 20)
        needed = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self.text()).height()
        if self.minimumHeight() != needed or self.maximumHeight() != needed:
            self.setFixedHeight(needed)


class SentencePage(QLabel):
    """A sentence in the middle of where a list or a picture would be; it takes whatever room there is."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def hasHeightForWidth(self) -> bool:
        """No: the room is what the list has."""
        return False
