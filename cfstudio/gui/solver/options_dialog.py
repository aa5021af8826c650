"""The Solver's options as a form, made from `SolverOptions` itself, one page per group."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.dialog_buttons import explain_buttons
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.number_box import NumberBox
from cfstudio.solver.options import NO_LIMIT, SolverOptions

if TYPE_CHECKING:
    from dataclasses import Field

SPOKEN = {
    "analytic": "Analytic",
    "forward": "Forward differences",
    "central": "Central differences",
    "differential-evolution": "Differential evolution",
    "dual-annealing": "Dual annealing",
}


class LimitBox(NumberBox):
    """A number whose largest value means that there is no limit; blank means that too."""

    def textFromValue(self, value: float) -> str:
        """The number, or that there is no limit."""
        return "no limit" if value >= NO_LIMIT else super().textFromValue(value)

    def _parse(self, text: str) -> float | None:
        if text.strip() in ("", "no limit"):
            return float(NO_LIMIT)
        return super()._parse(text)


class OptionField:
    """A label and a control for one field of `SolverOptions`."""

    def __init__(self, option: Field[Any]) -> None:
        meta = option.metadata
        self.name, self.group = option.name, str(meta["group"])
        self._is_whole = option.type == "int"
        self.control = self._make_control(option)
        self.control.setObjectName(f"solverOption_{option.name}")
        self.control.setAccessibleName(meta["label"])
        self.control.setAccessibleDescription(meta["help"])
        self.control.setToolTip(meta["help"])
        self.label = QLabel(meta["label"])
        self.label.setToolTip(meta["help"])
        self.label.setBuddy(self.control)

    @property
    def value(self) -> object:
        """What the control says."""
        if isinstance(self.control, QCheckBox):
            return self.control.isChecked()
        if isinstance(self.control, QComboBox):
            return self.control.currentData()
        assert isinstance(self.control, NumberBox)
        return int(self.control.value()) if self._is_whole else self.control.value()

    def show_value(self, value: Any) -> None:  # noqa: ANN401
        """Show a value."""
        if isinstance(self.control, QCheckBox):
            self.control.setChecked(value)
        elif isinstance(self.control, QComboBox):
            self.control.setCurrentIndex(self.control.findData(value))
        elif isinstance(self.control, NumberBox):
            self.control.setValue(value)

    def _make_control(self, option: Field[Any]) -> QWidget:
        meta = option.metadata
        if isinstance(option.default, bool):
            return QCheckBox()
        if "choices" in meta:
            combo = QComboBox()
            for choice in meta["choices"]:
                combo.addItem(SPOKEN.get(choice, choice), choice)
            return combo
        kind = LimitBox if meta["maximum"] == NO_LIMIT and option.name != "seed" else NumberBox
        return kind(meta["minimum"], meta["maximum"], whole=self._is_whole)


class OptionsDialog(QDialog):
    """All options; OK takes them over."""

    def __init__(self, options: SolverOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("solverOptionsDialog")
        self.setWindowTitle("Solver options")
        self.fields = {option.name: OptionField(option) for option in fields(SolverOptions)}
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Groups of options")
        self.reason = QLabel(wordWrap=True)
        self.reason.setAccessibleName("Why an option was refused")
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults)
        explain_buttons(self.buttons)
        self._arrange()
        self.show_options(options)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(standard.RestoreDefaults).clicked.connect(lambda: self.show_options(SolverOptions()))

    def options(self) -> SolverOptions:
        """What the fields say. Raises ValueError with a sentence."""
        return SolverOptions(**{name: field.value for name, field in self.fields.items()})  # type: ignore[arg-type]

    def show_options(self, options: SolverOptions) -> None:
        """Show others."""
        for name, field in self.fields.items():
            field.show_value(getattr(options, name))

    def accept(self) -> None:
        """Close, if the options are such."""
        try:
            self.options()
        except ValueError as error:
            self.reason.setText(str(error))
            return
        super().accept()

    def _arrange(self) -> None:
        forms: dict[str, QFormLayout] = {}
        for field in self.fields.values():
            if field.group not in forms:
                page = QWidget()
                forms[field.group] = QFormLayout(page)
                self.tabs.addTab(page, field.group)
            forms[field.group].addRow(field.label, field.control)
            if isinstance(field.control, NumberBox):
                field.control.refused.connect(lambda text, field=field: self._refuse(field, text))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.reason.setPalette(palette)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs)
        layout.addWidget(self.reason)
        layout.addWidget(self.buttons)

    def _refuse(self, field: OptionField, text: str) -> None:
        box = field.control
        assert isinstance(box, NumberBox)
        limits = f"from {box.minimum():g} to {box.textFromValue(box.maximum())}"
        self.reason.setText(f"{field.label.text()} must be a number {limits}, not “{text.strip()}”.")
