"""Number format and colors of the sheet: every change shows at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.dialog_buttons import explain_buttons
from cfstudio.gui.sheet.look import MOST_DECIMALS, SheetLook

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet


class FormatDialog(QDialog):
    """Works on the sheet's look; Cancel puts back what was."""

    changed = Signal()

    def __init__(self, sheet: Sheet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("formatDialog")
        self.setWindowTitle("Number format and colors")
        self._look, self._before = sheet.look, replace(sheet.look)
        scale = sheet.workspace.ratings.scale
        low, high = self._look.rating_span(scale.low, scale.high)
        self.prediction_decimals = _whole(self._look.prediction_decimals, "Decimals of predictions and errors")
        self.factor_decimals = _whole(self._look.factor_decimals, "Decimals of factors and biases")
        self.colors = QCheckBox("&Color the cells by their numbers")
        self.colors.setToolTip("The numbers stay; only the colors go")
        self.colors.setChecked(self._look.uses_color)
        self.error_span = _number(self._look.error_span, "Error, in rating points, at which the color is deepest")
        self.rating_low = _number(low, "Rating at which the colors begin", lowest=-1e5)
        self.rating_high = _number(high, "Rating at which the colors end", lowest=-1e5)
        form = QFormLayout()
        form.addRow("Decimals of &predictions and errors", self.prediction_decimals)
        form.addRow("Decimals of &factors and biases", self.factor_decimals)
        form.addRow(self.colors)
        form.addRow("Deepest color at an &error of ±", self.error_span)
        form.addRow("Colors of ratings from", self.rating_low)
        form.addRow("to", self.rating_high)
        button = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(button.Ok | button.Cancel | button.RestoreDefaults)
        explain_buttons(buttons, Ok="Keep these looks; Ctrl+Z takes them back")
        self._ok = buttons.button(button.Ok)
        self.refusal = QLabel()
        self.refusal.setObjectName("formatRefusal")
        self.refusal.setAccessibleName("What cannot be")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(button.RestoreDefaults).clicked.connect(self._restore)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.refusal)
        layout.addWidget(buttons)
        for box in self.findChildren(QSpinBox):
            box.valueChanged.connect(self._apply)
        for number in self.findChildren(QDoubleSpinBox):
            number.valueChanged.connect(self._apply)
        self.colors.toggled.connect(self._apply)
        self._scale = (scale.low, scale.high)

    def reject(self) -> None:
        """Put back what was."""
        self._look.__dict__.update(self._before.__dict__)
        self.changed.emit()
        super().reject()

    def _apply(self) -> None:
        look = self._look
        look.prediction_decimals = self.prediction_decimals.value()
        look.factor_decimals = self.factor_decimals.value()
        look.uses_color = self.colors.isChecked()
        look.error_span = max(self.error_span.value(), 0.01)
        # The scale's own ends are no wish: another document has another scale.
        low, high = self.rating_low.value(), self.rating_high.value()
        if not self._is_range(low, high):
            return
        look.rating_low = None if low == self._scale[0] else low
        look.rating_high = None if high == self._scale[1] else high
        self.changed.emit()

    def _is_range(self, low: float, high: float) -> bool:
        """Whether the colors have a direction; says what to do where they have none."""
        is_range = low < high
        self._ok.setEnabled(is_range)
        self.refusal.setVisible(not is_range)
        self.refusal.setText(
            f"⚠ Colors run from a lower to a higher rating; {low:g} is not below {high:g}. Type a smaller first number."
        )
        return is_range

    def _restore(self) -> None:
        fresh = SheetLook()
        self.prediction_decimals.setValue(fresh.prediction_decimals)
        self.factor_decimals.setValue(fresh.factor_decimals)
        self.colors.setChecked(fresh.uses_color)
        self.error_span.setValue(fresh.error_span)
        self.rating_low.setValue(self._scale[0])
        self.rating_high.setValue(self._scale[1])


def _whole(value: int, name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, MOST_DECIMALS)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box


def _number(value: float, name: str, lowest: float = 0.01) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(lowest, 1e5)
    box.setSingleStep(0.5)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box
