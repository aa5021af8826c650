"""The row of controls above the RMSE plot."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from cfstudio.gui.zoom import fit_to_zoom

SMOOTHING_STEPS = 99
SMOOTHING_HELP = (
    "Smoothing: each point becomes w × the smoothed point before it + (1 − w) × its own value, "
    "an exponential moving average without the bias of its start. The measured curve stays, faint. Off at the left."
)


class PlotControls(QWidget):
    """Smoothing, what is shown, logarithmic axis, fit, and a menu to take the numbers and pictures along."""

    smoothing_changed = Signal(float)
    log_toggled = Signal(bool)
    fit_clicked = Signal()

    def __init__(self, choices: QMenu, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, SMOOTHING_STEPS)
        self.smoothing.setPageStep(10)
        fit_to_zoom(self, lambda: self.smoothing.setMinimumWidth(self.fontMetrics().averageCharWidth() * 9))
        self.smoothing.setAccessibleName("Smoothing of the curves")
        self._weight = QLabel("Smooth")
        self._weight.setBuddy(self.smoothing)
        for widget in (self.smoothing, self._weight):
            widget.setToolTip(SMOOTHING_HELP)
        self.smoothing.setAccessibleDescription(SMOOTHING_HELP)
        self.log = _button("Log", "Logarithmic RMSE axis", "Put RMSE on a logarithmic axis (L)")
        self.log.setCheckable(True)
        self.show_button = _button("Show", "What the plot shows", "Choose curves, levels to beat, and a plot below")
        self.show_button.setMenu(choices)
        self.show_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.fit = _button("Fit", "Fit the plot to the curves", "Show the whole curves and follow them (double-click)")
        self.export = _button("Export", "Export the curves", "Copy or save the curves and the picture")
        self.export.setMenu(menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._arrange()
        self.smoothing.valueChanged.connect(self._on_smoothing)
        self.log.toggled.connect(self.log_toggled)
        self.fit.clicked.connect(self.fit_clicked)

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._weight)
        layout.addWidget(self.smoothing, 1)
        for button in (self.show_button, self.log, self.fit, self.export):
            layout.addWidget(button)

    def _on_smoothing(self, value: int) -> None:
        weight = value / (SMOOTHING_STEPS + 1)
        self._weight.setText(f"Smooth {weight:.2f}" if weight else "Smooth")
        self.smoothing_changed.emit(weight)


def _button(text: str, name: str, help_text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name)
    button.setAccessibleDescription(help_text)
    button.setToolTip(help_text)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
