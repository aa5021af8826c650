"""One training setting as a field: made from the setting's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from cfstudio.gui.training.number_box import NumberBox
from cfstudio.learning.config import check_setting

if TYPE_CHECKING:
    from dataclasses import Field

SPOKEN = {
    "dot": "Dot product",
    "dot-bias": "With biases",
    "sgd": "SGD",
    "adam": "Adam",
    "constant": "Constant",
    "one-cycle": "One-cycle",
    "auto": "Automatic",
    "cpu": "CPU",
    "cuda": "CUDA",
    "mps": "MPS",
}
"""What choices are called on the screen where their name is not what one would say."""
WORDS_FOR_MINIMUM = {"batch_size": "all", "valid_fraction": "none"}


class SettingField(QObject):
    """A label and a control for one field of `TrainingConfig`."""

    changed = Signal(str, object)
    """Name and new value, chosen by a person."""
    refused = Signal(str)
    """A sentence that says why what was typed cannot be."""

    def __init__(self, setting: Field[Any], parent: QWidget) -> None:
        super().__init__(parent)
        self.name = setting.name
        self._meta = setting.metadata
        self._whole = isinstance(setting.default, int)
        self.control = self._make_control(isinstance(setting.default, bool), parent)
        self.label = QLabel(self._meta["label"], parent)
        self.label.setBuddy(self.control)
        self.control.setObjectName(setting.name)
        self.control.setAccessibleName(self._meta["label"])
        self.control.setAccessibleDescription(self._meta["help"])
        self.explain()

    def explain(self, why_disabled: str = "") -> None:
        """Put the setting's help into the tool tip, and why it cannot be changed now."""
        text = "\n".join(part for part in (self._meta["help"], why_disabled) if part)
        self.label.setToolTip(text)
        self.control.setToolTip(text)
        self.control.setEnabled(not why_disabled)

    def show_value(self, value: Any) -> None:  # noqa: ANN401
        """Show a value without announcing it."""
        self.control.blockSignals(True)
        if isinstance(self.control, QCheckBox):
            self.control.setChecked(value)
        elif isinstance(self.control, QComboBox):
            self.control.setCurrentIndex(self.control.findData(value))
        elif isinstance(self.control, NumberBox):
            self.control.setValue(value)
        self.control.blockSignals(False)

    def _make_control(self, is_flag: bool, parent: QWidget) -> QWidget:
        if is_flag:
            check = QCheckBox(parent)
            check.toggled.connect(self._tell)
            return check
        if "choices" in self._meta:
            combo = QComboBox(parent)
            for choice in self._meta["choices"]:
                combo.addItem(SPOKEN.get(choice, choice), choice)
            combo.currentIndexChanged.connect(lambda index: self._tell(combo.itemData(index)))
            return combo
        box = NumberBox(self._meta["minimum"], self._meta["maximum"], whole=self._whole, parent=parent)
        box.setSpecialValueText(WORDS_FOR_MINIMUM.get(self.name, ""))
        box.valueChanged.connect(lambda value: self._tell(int(value) if self._whole else value))
        box.refused.connect(self._refuse)
        return box

    def _tell(self, value: object) -> None:
        self.changed.emit(self.name, value)

    def _refuse(self, text: str) -> None:
        try:
            check_setting(self.name, float(text.replace(",", ".")))
        except ValueError:
            low, high = self._meta["minimum"], self._meta["maximum"]
            kind = "a whole number" if self._whole else "a number"
            self.refused.emit(f"{self._meta['label']} must be {kind} from {low:g} to {high:g}, not “{text.strip()}”.")
        else:
            self.refused.emit(f"{self._meta['label']} must be a whole number, not “{text.strip()}”.")
