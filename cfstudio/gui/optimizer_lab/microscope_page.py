"""The microscope with the choice of the weight and the numbers of the row looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QRadioButton, QVBoxLayout, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.microscope_view import MicroscopeView
from cfstudio.optimizer_lab.microscope import specimen
from cfstudio.optimizer_lab.numbers import written

if TYPE_CHECKING:
    from pathlib import Path

    from cfstudio.gui.optimizer_lab.session import LabSession

WORDS = (
    ("gradient", "gradient"),
    ("velocity", "velocity"),
    ("second_moment", "second moment"),
    ("rate", "effective rate"),
    ("move", "step"),
)
HINT = "Numbers of the row looked at. Click a column, or select a row in the sheet."


class MicroscopePage(QWidget):
    """What moves slope or intercept, and how much."""

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self.view = MicroscopeView(session)
        self.numbers = QLabel(HINT)
        self.numbers.setWordWrap(True)
        self.numbers.setAccessibleName("Numbers of the row looked at")
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        choice = QHBoxLayout()
        self._group = QButtonGroup(self)
        for weight, text in (("a", "Slope a"), ("b", "Intercept b")):
            button = QRadioButton(text)
            button.setChecked(weight == self.view.weight)
            named(button, text, f"Look at what moves the {text.lower()}")
            button.toggled.connect(partial(self._choose, weight))
            self._group.addButton(button)
            choice.addWidget(button)
        choice.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addLayout(choice)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.numbers)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(lambda place: self.menu().popup(self.view.mapToGlobal(place)))

    def refresh(self) -> None:
        """Draw the rows as they are now."""
        self.view.update()
        place = self.view.current()
        if place is None:
            self.numbers.setText(HINT)
            return
        found = specimen(self._session.sheet, place, self.view.weight)
        known = [(words, getattr(found, name)) for name, words in WORDS]
        text = ", ".join(f"{words} {written(value)}" for words, value in known if value is not None)
        self.numbers.setText(f"Row {place + 1}, {'slope' if self.view.weight == 'a' else 'intercept'}: {text}.")

    def look_at(self, place: int | None) -> None:
        """Look at a row, counted from 0, or at the last one."""
        self.view.place = place
        if self.isVisible():
            self.refresh()

    def menu(self) -> QMenu:
        """What can be taken along."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy the numbers", lambda: copy_rows(self.view.table()))
        menu.addAction(
            "Save the numbers as CSV…", partial(self._save, "microscope.csv", "CSV files (*.csv)", self._write_csv)
        )
        menu.addAction(
            "Save the picture as PNG…", partial(self._save, "microscope.png", "PNG pictures (*.png)", self._write_png)
        )
        return menu

    def _save(self, name: str, kind: str, write: object) -> None:
        ask_and_save(self, name, kind, write)  # type: ignore[arg-type]

    def _write_csv(self, path: Path) -> None:
        write_csv(path, self.view.table())

    def _write_png(self, path: Path) -> None:
        if not self.view.grab().save(str(path)):
            raise OSError(f"{path.name} cannot be written")

    def _choose(self, weight: str, is_on: bool) -> None:
        if is_on:
            self.view.weight = weight
            self.refresh()
