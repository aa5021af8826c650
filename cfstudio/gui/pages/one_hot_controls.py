"""The choices of the one-hot page: users, items or words; multiply or look up; step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

if TYPE_CHECKING:
    from cfstudio.gui.pages.one_hot_choice import Choice

STEP, STOP = "&Step by step", "&Stop"


class OneHotControls(QWidget):
    """One line of buttons."""

    chosen = Signal(str)
    """`user`, `item` or `word`."""
    way_changed = Signal(bool)
    """Whether to multiply; else to look up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices, self._ways = QButtonGroup(self), QButtonGroup(self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.users = self._button(self._choices, "&Users", "One-hot rows over the users")
        self.items = self._button(self._choices, "&Items", "")
        self.words = self._button(self._choices, "&Words", "The same with the words of a sentence of your own")
        self._layout.addStretch(1)
        self.multiply = self._button(self._ways, "&Multiply", "One-hot row × matrix: all numbers times 0 or 1, summed")
        self.look_up = self._button(self._ways, "&Look up", "Take the row: what embedding layers do")
        self.walk = self._button(None, STEP, "Watch the sum grow row by row")
        # Its two names are of different lengths; what is beside it must stay.
        self.walk.setMinimumWidth(self.walk.sizeHint().width())
        self.users.setChecked(True)
        self.multiply.setChecked(True)
        for name, button in (("user", self.users), ("item", self.items), ("word", self.words)):
            button.clicked.connect(lambda _checked=False, name=name: self.chosen.emit(name))
        self.multiply.toggled.connect(self.way_changed)

    def _button(self, group: QButtonGroup | None, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(text.replace("&", ""))
        if group is not None:
            button.setCheckable(True)
            group.addButton(button)
            button.toggled.connect(lambda checked, button=button: _embolden(button, checked))
        self._layout.addWidget(button)
        return button

    @property
    def multiplies(self) -> bool:
        """Whether to multiply, not to look up."""
        return self.multiply.isChecked()

    def choose_source(self, source: Choice) -> None:
        """Press one of the first three buttons, without telling."""
        {"user": self.users, "item": self.items, "word": self.words}[source].setChecked(True)

    def choose_way(self, *, multiplies: bool) -> None:
        """Press one of the two buttons."""
        (self.multiply if multiplies else self.look_up).setChecked(True)

    def name_items(self, label: str) -> None:
        """Call the items what the data set calls them."""
        text = f"{label.capitalize()}s"
        self.items.setText(f"&{text}")
        self.items.setAccessibleName(text)
        self.items.setToolTip(f"One-hot rows over the {label}s")

    def set_usable(self, usable: bool) -> None:
        """Whether there is anything to multiply."""
        for button in (self.multiply, self.look_up, self.walk):
            button.setEnabled(usable)

    def show_walking(self, is_on: bool) -> None:
        """Offer to stop a walk, or to begin one."""
        self.walk.setText(STOP if is_on else STEP)
        self.walk.setAccessibleName(self.walk.text().replace("&", ""))


def _embolden(button: QPushButton, checked: bool) -> None:
    """Bold is seen from farther away than a darker button."""
    font = button.font()
    font.setBold(checked)
    button.setFont(font)
