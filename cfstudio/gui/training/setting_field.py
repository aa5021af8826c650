"""One training setting as a field: made from the setting's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.file_button import FileButton
from cfstudio.gui.training.number_box import NumberBox
from cfstudio.learning.config import check_setting

if TYPE_CHECKING:
    from dataclasses import Field

SPOKEN = {
    "dot": "Dot product",
    "dot-bias": "With biases",
    "net": "Neural net",
    "bayes": "Bayesian",
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "decoupled": "Decoupled",
    "l2": "L2",
    "constant": "Constant",
    "one-cycle": "One-cycle",
    "cosine": "Cosine",
    "sgdr": "SGDR",
    "random": "Random cells",
    "last": "Last by time",
    "users": "Whole users",
    "folds": "Folds",
    "file": "From a file…",
    "auto": "Automatic",
    "cpu": "CPU",
    "cuda": "CUDA",
    "mps": "MPS",
}
"""What choices are called on the screen where their name is not what one would say."""
WORDS_FOR_MINIMUM = {
    "n_item_factors": "as users",
    "bias_decay": "as factors",
    "net_decay": "as factors",
    "clip": "never",
    "batch_size": "all",
    "minutes": "no limit",
    "patience": "no limit",
    "target_rmse": "none",
    "valid_fraction": "none",
}

SHORT_LABELS = {
    "n_item_factors": "Item factors",
    "valid_file": "File",
    "embedding_dropout": "Emb. dropout",
    "features": "Columns",
    "bias_decay": "Bias decay",
    "net_decay": "Net decay",
    "beta2": "Beta 2",
    "decay_kind": "Decay kind",
    "moves_untouched": "Move all rows",
    "clip": "Clip",
}
"""Labels that would be too long for two fields in a row of the panel; screen readers say the long one."""


class SettingField(QObject):
    """A label and a control for one field of `TrainingConfig`."""

    changed = Signal(str, object)
    """Name and new value, chosen by a person; of a file the old one, for another to be chosen."""
    refused = Signal(str)
    """A sentence that says why what was typed cannot be."""

    def __init__(self, setting: Field[Any], parent: QWidget) -> None:
        super().__init__(parent)
        self.name = setting.name
        self._meta = setting.metadata
        self._whole = isinstance(setting.default, int)
        self.is_live = bool(self._meta.get("live"))
        """Whether it may change while a run is on."""
        self.control = self._make_control(isinstance(setting.default, bool), parent)
        self.label = QLabel(SHORT_LABELS.get(setting.name, self._meta["label"]), parent)
        self.label.setBuddy(self.control)
        self.control.setObjectName(setting.name)
        self.control.setAccessibleName(self._meta["label"])
        self.control.setAccessibleDescription(self._meta["help"])
        self.explain()

    def explain(self, why_disabled: str = "") -> None:
        """Put the setting's help into the tool tip, and why it cannot be changed now."""
        title = f"{self._meta['label']}: " if self.name in SHORT_LABELS else ""
        text = "\n".join(part for part in (title + self._meta["help"], why_disabled) if part)
        self.label.setToolTip(text)
        self.control.setToolTip(text)
        self.control.setEnabled(not why_disabled)

    def recolor(self) -> None:
        """The style draws the frame of a check mark in a darker shade of this role, invisible in a dark theme."""
        if isinstance(self.control, QCheckBox):
            palette = self.control.palette()
            palette.setColor(QPalette.ColorRole.Window, QColor(current_theme().text))
            self.control.setPalette(palette)

    def show_value(self, value: Any) -> None:  # noqa: ANN401
        """Show a value without announcing it."""
        self.control.blockSignals(True)
        if isinstance(self.control, QCheckBox):
            self.control.setChecked(value)
        elif isinstance(self.control, QComboBox):
            self.control.setCurrentIndex(self.control.findData(value))
        elif isinstance(self.control, NumberBox):
            self.control.setValue(value)
        elif isinstance(self.control, FileButton):
            self.control.show_name(value)
        elif isinstance(self.control, QLineEdit) and value != self.control.text():
            self.control.setText(value)
        self.control.blockSignals(False)

    def _make_control(self, is_flag: bool, parent: QWidget) -> QWidget:
        if is_flag:
            check = QCheckBox(parent)
            check.toggled.connect(self._tell)
            return check
        if "choices" in self._meta:
            combo = QComboBox(parent)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(6)
            for choice in self._meta["choices"]:
                combo.addItem(SPOKEN.get(choice, choice), choice)
            combo.currentIndexChanged.connect(lambda index: self._tell(combo.itemData(index)))
            return combo
        if self._meta.get("names_file"):
            button = FileButton(parent)
            button.clicked.connect(lambda: self._tell(button.name))
            return button
        if "minimum" not in self._meta:
            line = QLineEdit(parent)
            line.setPlaceholderText("none")
            line.editingFinished.connect(lambda: self._tell(line.text().strip()))
            return line
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
