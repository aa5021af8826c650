"""The zoom at the right end of the status bar; its buttons stay under the mouse while everything else grows."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from cfstudio.gui.zoom import Zoom


class ZoomControl(QWidget):
    """Smaller, percent, larger."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._zoom = Zoom.of_program()
        self.setAccessibleName("Zoom")
        self._smaller = _button("−", "Zoom out", "Everything smaller (Ctrl+−)")
        self._percent = _button("100 %", "Zoom in percent", "Back to 100 % (Ctrl+0)")
        self._larger = _button("+", "Zoom in", "Everything larger (Ctrl++)")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(0)
        # Sized once, by the letters of 100 %: what is clicked again and again must not move.
        font = QFont(QApplication.font())
        font.setPointSizeF(font.pointSizeF() * 100 / self._zoom.percent)
        for button in (self._smaller, self._percent, self._larger):
            button.setFont(font)
            layout.addWidget(button)
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("300 %  ") + 8)
        self._smaller.clicked.connect(lambda: self._zoom.step(-1))
        self._larger.clicked.connect(lambda: self._zoom.step(1))
        self._percent.clicked.connect(lambda: self._zoom.set(100))
        self._zoom.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._percent.setText(f"{self._zoom.percent} %")


def _button(text: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
