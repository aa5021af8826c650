"""The line at the window's foot: where the page is, what was done, and what cannot be."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom


class MessageBar(QWidget):
    """A status that always stands there, and below it a sentence while there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.message = QLabel(), QLabel()
        self._complaint, self._said, self._trouble = "", "", ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for label, name in ((self.status, "Where the page is"), (self.message, "Message")):
            label.setAccessibleName(name)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMinimumWidth(1)
            layout.addWidget(label)
        self.message.setObjectName("labMessage")
        self.message.setWordWrap(True)
        self.message.setAutoFillBackground(True)
        # Room for a line, so that nothing moves when there is something short to say.
        fit_to_zoom(self, lambda: self.message.setMinimumHeight(round(self.fontMetrics().lineSpacing() * 1.2)))

    def show_status(self, status: str, trouble: str) -> None:
        """Where the page is, and why it diverges, "" where it does not."""
        self._trouble = trouble
        if self.status.text() != status:
            self.status.setText(status)
        self._show()

    def complain(self, reason: str) -> None:
        """Say why something was refused; "" once it is not."""
        self._complaint, self._said = reason, ""
        self._show()

    def say(self, sentence: str) -> None:
        """Say what was done."""
        self._said = sentence
        self._show()

    def _show(self) -> None:
        warning = self._complaint or self._trouble
        text = warning or self._said
        if self.message.text() == text:
            return
        self.message.setText(text)
        self.message.setAccessibleDescription(text)
        palette, theme = QPalette(), current_theme()
        if warning:
            palette.setColor(QPalette.ColorRole.Window, theme.color("warning_background"))
            palette.setColor(QPalette.ColorRole.WindowText, theme.color("text"))
        self.message.setPalette(palette)
