"""The numbers at the top of the page as a form, made from the settings' own descriptions."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.number_field import NumberField
from cfstudio.gui.optimizer_lab.rate_slider import RateSlider
from cfstudio.gui.zoom import enlarge
from cfstudio.optimizer_lab.settings import LabSettings

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

SETTINGS = {one.name: one for one in fields(LabSettings)}
COMMON = ("weight_decay", "batch_size", "order", "seed", "nudge")
"""Settings that every page has, below its own."""
L2_HELP = {
    False: "Here it is added to the gradient (L2), and so goes through the averages and the division.",
    True: "Here it is taken from the weights themselves, besides the averages and the division.",
}


class SettingsForm(QWidget):
    """Fields for the settings of the page shown, for its start, and for the cells that change once an epoch."""

    refused = Signal(str)
    """Why a field was refused; "" once it is not."""

    def __init__(self, session: LabSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labSettings")
        self._session = session
        self._made_for: object = None
        self.fields: dict[str, NumberField] = {}
        self.order = QComboBox()
        self.slider = RateSlider()
        self.slider.rate_chosen.connect(self._choose_rate)
        self.restore = QPushButton("Usual settings")
        self.restore.setAutoDefault(False)
        named(self.restore, "Usual settings", "Give this page the settings and start values that it came with")
        self.restore.clicked.connect(session.restore_defaults)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._body: QWidget | None = None
        self.show_page()

    def show_page(self) -> None:
        """Show the numbers of the page; other fields where it has others."""
        page = self._session.page
        made_for = (page.method.name, page.form_name)
        if made_for != self._made_for:
            self._made_for = made_for
            self._build()
        self.show_numbers()

    def show_numbers(self) -> None:
        """Show the numbers as they are now: those of the top change while the page runs."""
        settings, top = self._session.page.settings, self._session.sheet.top
        for name, field in self.fields.items():
            field.show_number(getattr(settings, name) if name in SETTINGS else top[name])
        self.slider.show_rate(settings.learning_rate)
        self.order.blockSignals(True)
        self.order.setCurrentText(settings.order)
        self.order.blockSignals(False)

    def _build(self) -> None:
        for kept in (self.slider, self.restore):
            kept.setParent(None)
        if self._body is not None:
            self._body.hide()
            self._body.deleteLater()
        self.fields = {}
        self._body = QWidget()
        form = QFormLayout(self._body)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        page = self._session.page
        for name in page.form.settings:
            self._add_setting(form, name)
            if name == "learning_rate":
                form.addRow(self.slider)
        form.addRow(_heading("Rows"))
        for name in (one for one in COMMON if one not in page.form.settings):
            self._add_setting(form, name)
        form.addRow(_heading("Top of this epoch"))
        for name, label in (("b", "Intercept b"), ("a", "Slope a")):
            self._add_top(
                form, name, label, "Where the first row starts from; with every run the last row's goes here."
            )
        for name, (cell, weight) in page.cells.items():
            title = f"{cell.title} ({weight})" if weight else cell.title
            self._add_top(form, name, title[0].upper() + title[1:], cell.words)
        form.addRow(self.restore)
        self._layout.addWidget(self._body)

    def _add_setting(self, form: QFormLayout, name: str) -> None:
        meta = SETTINGS[name].metadata
        label, tip = meta["label"], meta["help"]
        if name == "weight_decay":
            tip = f"{tip} {L2_HELP[self._session.page.method.decoupled]}"
        if "choices" in meta:
            self._add_row(form, label, tip, self._make_order(meta["choices"], label, tip))
            return
        is_whole = type(SETTINGS[name].default) is int

        def take(value: float) -> None:
            number: Any = int(value) if is_whole and value.is_integer() else value
            self._session.change_settings(**{name: number})

        self._add_field(form, name, label, tip, take)
        if name == "weight_decay":
            form.addRow(self._make_same())

    def _make_same(self) -> QPushButton:
        button = QPushButton("Same decay for all methods")
        button.setAutoDefault(False)
        tip = "Then compare Adam, whose decay is L2 in the gradient, with AdamW, whose decay is decoupled, side by side"
        named(button, button.text(), tip)
        button.clicked.connect(lambda _: self._session.give_all(weight_decay=self._session.page.settings.weight_decay))
        return button

    def _add_top(self, form: QFormLayout, name: str, label: str, tip: str) -> None:
        self._add_field(form, name, label, tip, lambda value: self._session.change_top(**{name: value}))

    def _add_field(self, form: QFormLayout, name: str, label: str, tip: str, take: Any) -> None:  # noqa: ANN401
        field = NumberField(label, tip, take)
        field.setObjectName(f"lab_{name}")
        field.refused.connect(self.refused)
        self.fields[name] = field
        self._add_row(form, label, tip, field)

    def _add_row(self, form: QFormLayout, label: str, tip: str, control: QWidget) -> None:
        text = QLabel(label)
        text.setWordWrap(True)
        text.setToolTip(tip)
        text.setBuddy(control)
        form.addRow(text, control)

    def _make_order(self, choices: tuple[str, ...], label: str, tip: str) -> QComboBox:
        self.order = QComboBox()
        self.order.setObjectName("lab_order")
        self.order.addItems(choices)
        named(self.order, label, tip)
        self.order.currentTextChanged.connect(lambda text: self._session.change_settings(order=text))
        return self.order

    def _choose_rate(self, rate: float) -> None:
        self._session.change_settings(learning_rate=rate)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    enlarge(label, 1.0, label.font().Weight.DemiBold)
    return label
