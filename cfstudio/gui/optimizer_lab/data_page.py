"""Where the points come from: the workbook's, made from true weights, or pasted; scaled or not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.number_field import NumberField
from cfstudio.optimizer_lab.curvature import curvature
from cfstudio.optimizer_lab.errors import LabError
from cfstudio.optimizer_lab.line_data import TRUE_A, TRUE_B, check_size, made_data, parse_points, workbook_data
from cfstudio.optimizer_lab.numbers import written
from cfstudio.optimizer_lab.settings import MOST_POINTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.optimizer_lab.session import LabSession

PLACEHOLDER = "x\ty\n14\t58\n86\t202\n…\n\nPaste or type one point per line: tab, semicolon, comma or spaces between."
FIELDS = (
    ("a", "True slope a", TRUE_A, "The slope of the line that the points are made from"),
    ("b", "True intercept b", TRUE_B, "The intercept of the line that the points are made from"),
    ("n", "Points", 29.0, f"How many points are made, from 2 to {MOST_POINTS:,}"),
    ("noise", "Noise", 0.0, "Standard deviation of what is added to each y; 0 puts all points on the line"),
    ("seed", "Seed", 42.0, "The same seed makes the same points"),
)


class PointsEdit(QPlainTextEdit):
    """A text field that does not take in more lines than a page can hold, so that nothing freezes."""

    refused = Signal(str)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste, unless it is too much."""
        try:
            n_lines = source.text().count("\n") + 1
            if n_lines > MOST_POINTS + 2:
                check_size(n_lines)
        except LabError as error:
            self.refused.emit(str(error))
        else:
            super().insertFromMimeData(source)


class DataPage(QWidget):
    """Every choice of points starts all pages anew, and can be undone."""

    refused = Signal(str)

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self.numbers = {key: value for key, _, value, _ in FIELDS}
        self.fields: dict[str, NumberField] = {}
        self.scaled = QCheckBox("&Scale x to mean 0 and standard deviation 1")
        named(self.scaled, "Scale x", "Makes the canyon of the error surface a round bowl; watch the contours")
        self.scaled.toggled.connect(session.scale)
        self.words, self.reason = QLabel(), QLabel()
        for label, name in ((self.words, "The points now"), (self.reason, "Why points were refused")):
            label.setWordWrap(True)
            label.setAccessibleName(name)
        self.text = PointsEdit()
        self.text.setObjectName("labPoints")
        self.text.setPlaceholderText(PLACEHOLDER)
        named(self.text, "Own points", "One point per line, x and y")
        self.text.setTabChangesFocus(True)
        self.text.refused.connect(self._refuse)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addWidget(self.scaled)
        layout.addWidget(self._made_box())
        layout.addWidget(self._own_box(), 1)
        layout.addWidget(self.reason)
        self.reason.hide()
        self.refresh()

    def refresh(self) -> None:
        """Describe the points as they are."""
        session = self._session
        data, sheet = session.data, session.sheet
        self.scaled.blockSignals(True)
        self.scaled.setChecked(session.is_scaled)
        self.scaled.blockSignals(False)
        found = curvature(data)
        text = (
            f"{len(data):,} points, x from {written(float(data.x.min()))} to {written(float(data.x.max()))}. The error "
            f"is {written(found.condition)} times as steep across as along: "
            + ("a round bowl." if found.condition < 1.5 else "a canyon.")
        )
        if data.scaling is not None:
            a, b = data.scaling.to_original(sheet.a, sheet.b)
            text += f" Over x as it was, the line now is y = {written(a)}·x + {written(b)}."
        self.words.setText(text)

    def make(self) -> None:
        """Make points from the numbers in the fields."""
        for field in self.fields.values():
            field.commit()
        if reason := next((field.reason for field in self.fields.values() if field.reason), ""):
            self._refuse(reason)
            return
        numbers = self.numbers
        self._take(
            lambda: made_data(
                numbers["a"],
                numbers["b"],
                n=_whole(numbers["n"], "Points"),
                noise=numbers["noise"],
                seed=_whole(numbers["seed"], "Seed"),
            )
        )

    def take_own(self) -> None:
        """Take the points that were typed or pasted."""
        self._take(lambda: parse_points(self.text.toPlainText()))

    def _take(self, make: Callable[[], object]) -> None:
        try:
            self._session.change_data(make())  # type: ignore[arg-type]
        except LabError as error:
            self._refuse(str(error))
        else:
            self._refuse("")

    def _refuse(self, reason: str) -> None:
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.refused.emit(reason)

    def _made_box(self) -> QWidget:
        box, form = QGroupBox("Points on a line"), QFormLayout()
        for key, label, value, tip in FIELDS:
            field = self.fields[key] = NumberField(label, tip, partial(self._remember, key))
            field.setObjectName(f"labMade_{key}")
            field.show_number(value)
            field.refused.connect(self.refused)
            form.addRow(label, field)
        buttons = QHBoxLayout()
        for text, tip, slot in (
            ("&Make points", "Make points from these numbers; all pages start again", self.make),
            (
                "&Workbook's points",
                "The lesson's 29 points on y = 2·x + 30",
                lambda: self._take(workbook_data),
            ),
        ):
            buttons.addWidget(_button(text, tip, slot))
        layout = QVBoxLayout(box)
        layout.addLayout(form)
        layout.addLayout(buttons)
        return box

    def _own_box(self) -> QWidget:
        box = QGroupBox("Own points")
        layout = QVBoxLayout(box)
        layout.addWidget(self.text)
        layout.addWidget(_button("&Use these points", "Take the points above; all pages start again", self.take_own))
        return box

    def _remember(self, key: str, number: float) -> None:
        if key in ("n", "seed"):
            _whole(number, self.fields[key].label)
        self.numbers[key] = number


def _whole(number: float, label: str) -> int:
    if not float(number).is_integer() or number < 0:
        raise LabError(f"{label} must be a whole number that is not negative, not {number:g}.")
    return int(number)


def _button(text: str, tip: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    named(button, text.replace("&", ""), tip)
    button.clicked.connect(lambda _checked=False: slot())
    return button
