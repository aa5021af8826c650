"""The title of a panel: its name and two buttons, in the program's letters at every zoom, which Qt's own are not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QSizePolicy, QToolButton

from cfstudio.gui import icons
from cfstudio.gui.shortened_label import ShortenedLabel
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom


class DockTitle(ShortenedLabel):
    """Dragging it moves the panel, a double click takes it off the window, as with Qt's own."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(f"Title of {dock.windowTitle()}", dock)
        title = dock.windowTitle()
        self.setText(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        take_off = self._button(f"Take {title} off the window or put it back")
        take_off.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        close = self._button(f"Close {title}; the menu View brings it back")
        close.clicked.connect(dock.close)
        self._buttons = take_off, close
        self._row = layout = QHBoxLayout(self)
        layout.setSpacing(0)
        layout.addStretch(1)
        for button in self._buttons:
            layout.addWidget(button)
        self._color()
        fit_to_zoom(self, self._fit)

    def sizeHint(self) -> QSize:
        """The name, the buttons beside it and some air."""
        hint = super().sizeHint()
        metrics = self.fontMetrics()
        return QSize(hint.width() + 4 * metrics.height(), round(metrics.height() * 1.4))

    def minimumSizeHint(self) -> QSize:
        """A few letters and the buttons."""
        return QSize(4 * self.fontMetrics().height(), self.sizeHint().height())

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        space = metrics.averageCharWidth()
        self.setContentsMargins(space, 0, 0, 0)
        self._row.setContentsMargins(0, 0, space // 2, 0)
        side = round(metrics.height() * 0.75)
        for button in self._buttons:
            button.setIconSize(QSize(side, side))
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons in the colors of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_buttons"):
            self._color()

    def _color(self) -> None:
        theme = current_theme()
        for button, name in zip(self._buttons, ("dock-window", "close"), strict=True):
            button.setIcon(icons.icon(name, theme.button_text, theme.disabled_text))

    def _button(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        return button
