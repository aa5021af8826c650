"""The zoom at the right end of the status bar; its buttons stay where they are while the mouse is on them."""

from __future__ import annotations

from PySide6.QtCore import QEvent
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
        self._buttons = self._smaller, self._percent, self._larger
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(0)
        for button in self._buttons:
            layout.addWidget(button)
        self._smaller.clicked.connect(lambda: self._zoom.step(-1))
        self._larger.clicked.connect(lambda: self._zoom.step(1))
        self._percent.clicked.connect(lambda: self._zoom.set(100))
        self._zoom.changed.connect(self._show)
        self._show()
        self._fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the size of the zoom: what is clicked again and again must not move, and now nobody clicks."""
        super().leaveEvent(event)
        self._fit()

    def _show(self) -> None:
        self._percent.setText(f"{self._zoom.percent} %")
        if not self.underMouse():
            self._fit()

    def _fit(self) -> None:
        for button in self._buttons:
            button.setFont(QApplication.font())
        metrics = self._percent.fontMetrics()
        self._percent.setFixedWidth(metrics.horizontalAdvance("300 %") + 2 * metrics.averageCharWidth())


def _button(text: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
