"""A quiet card above the sheet: a sentence, what is offered, and a way to dismiss it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import enlarge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Card(QWidget):
    """Hidden until it has something to say; never takes the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        enlarge(self._text, 1.15)
        self._offer = QPushButton()
        self._dismiss = QPushButton("Dismiss")
        self._dismiss.setFlat(True)
        self._action: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 10, 10)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._offer)
        self._more = QHBoxLayout()
        layout.addLayout(self._more)
        layout.addWidget(self._dismiss)
        self._offer.clicked.connect(self._accept)
        self._dismiss.clicked.connect(self.hide)
        self.hide()

    def say(self, text: str, offer: str = "", action: Callable[[], None] | None = None) -> None:
        """Show a sentence and, where there is one, a button that does what it offers."""
        self._clear_more()
        self._text.setText(text)
        self.setAccessibleName(text)
        self._offer.setText(offer)
        self._offer.setVisible(action is not None)
        self._action = action
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def offer_more(self, offers: Sequence[tuple[str, str, Callable[[], None]]]) -> None:
        """Add buttons to what the card says: text, tool tip, and what each does."""
        self._clear_more()
        for text, tip, action in offers:
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            button.clicked.connect(lambda _checked=False, action=action: self._do(action))
            self._more.addWidget(button)

    @property
    def offers(self) -> list[QPushButton]:
        """The buttons that were added."""
        places = range(self._more.count())
        widgets = [item.widget() for place in places if (item := self._more.itemAt(place)) is not None]
        return [widget for widget in widgets if isinstance(widget, QPushButton)]

    def _clear_more(self) -> None:
        for button in self.offers:
            self._more.removeWidget(button)
            button.hide()
            button.deleteLater()

    def _do(self, action: Callable[[], None]) -> None:
        self.hide()
        action()

    @property
    def text(self) -> str:
        """What the card says."""
        return self._text.text()

    def accept(self) -> None:
        """Take the offer."""
        self._accept()

    def _accept(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """A rounded, softly colored ground."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.card_border), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(self.rect().adjusted(4, 3, -5, -4), 8, 8)
        painter.end()
