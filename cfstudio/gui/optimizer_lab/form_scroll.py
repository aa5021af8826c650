"""A place for a form that scrolls up and down, and is always as wide as the form needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QWidget


class FormScroll(QScrollArea):
    """Follows the form's own wishes, which change with the zoom and with what it shows."""

    def __init__(self, form: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(form)
        self._form = form
        form.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Widen when the form's layout has changed."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize) and watched is self._form:
            beside = self.verticalScrollBar().sizeHint().width()
            self.setMinimumWidth(self._form.minimumSizeHint().width() + beside)
        return bool(super().eventFilter(watched, event))
