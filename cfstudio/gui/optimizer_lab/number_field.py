"""A field for a number that may be anything from 1e-9 to 1e9, with the reason below when it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.optimizer_lab.errors import LabError, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable


class NumberField(QLineEdit):
    """Text that is taken over on Return or when the focus leaves; a refused one stays, marked, with its reason."""

    refused = Signal(str)
    """Why what was typed cannot be; "" once it can."""

    def __init__(self, label: str, tip: str, take: Callable[[float], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label, self._tip, self._take = label, tip, take
        self._shown = ""
        self.reason = ""
        named(self, label, tip)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self.commit)
        fit_to_zoom(self, lambda: self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 11))

    def show_number(self, value: float) -> None:
        """Show a number, unless somebody is typing another one."""
        text = repr(value).removesuffix(".0")
        if text == self._shown and not self.reason:
            return
        if not (self.hasFocus() and self.text() != self._shown):
            self._shown = text
            self.setText(text)
            self.setCursorPosition(0)
            self._say("")

    def commit(self) -> None:
        """Take over what was typed."""
        if self.text() == self._shown:
            self._say("")
            return
        try:
            number = parse_number(self.text(), self.label)
            self._shown = self.text()
            self._take(number)
        except LabError as error:
            self._shown = ""
            self._say(str(error))
        else:
            self._say("")

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window unless something is being typed here."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self.text() == self._shown:
            standard = QKeySequence.StandardKey
            if event.matches(standard.Undo) or event.matches(standard.Redo) or event.key() == Qt.Key.Key_Y:
                event.ignore()
                return False
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings the number back that is in force."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._shown)
            self._say("")
        else:
            super().keyPressEvent(event)

    def _say(self, reason: str) -> None:
        if reason == self.reason:
            return
        self.reason = reason
        self.setToolTip(reason or self._tip)
        self.setAccessibleDescription(reason or self._tip)
        palette = QPalette()
        if reason:
            palette.setColor(QPalette.ColorRole.Base, current_theme().color("warning_background"))
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), reason, self)
        self.setPalette(palette)
        self.refused.emit(reason)
