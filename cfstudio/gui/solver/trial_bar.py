"""Back and forward through the trial solutions of a search, as Excel's Show Trial Solution, but also backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence


class TrialBar(QWidget):
    """A slider over the trial solutions that are kept; its right end is the solution, or the latest while paused."""

    wanted = Signal(object)
    """The place of a trial solution among all, None for the solution."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: list[int] = []
        self._last = ""
        self.slider, self.name = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.back = self._button("◀", "solverTrialBack", "The trial solution before")
        self.forward = self._button("▶", "solverTrialForward", "The next trial solution")
        self.slider.setObjectName("solverTrial")
        self.slider.setAccessibleName("Trial solution shown")
        self.slider.setToolTip("Show an earlier trial solution in the sheet; Keep keeps what is shown")
        self.name.setMinimumWidth(self.fontMetrics().averageCharWidth() * 20)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (QLabel("Show:"), self.back, self.slider, self.forward, self.name):
            row.addWidget(widget, int(widget is self.slider))
        self.back.clicked.connect(lambda: self.slider.setValue(self.slider.value() - 1))
        self.forward.clicked.connect(lambda: self.slider.setValue(self.slider.value() + 1))
        self.slider.valueChanged.connect(self._tell)

    @property
    def place(self) -> int | None:
        """The place that is shown, None at the right end."""
        value = self.slider.value()
        return self._places[value] if value < len(self._places) else None

    def offer(self, places: Sequence[int], last: str) -> None:
        """Offer other trial solutions; `last` is what the right end is called. Stands at the right end then."""
        self._places, self._last = list(places), last
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._places))
        self.slider.setPageStep(max(1, len(self._places) // 10))
        self.slider.setValue(len(self._places))
        self.slider.blockSignals(False)
        self._describe()

    def _tell(self) -> None:
        self._describe()
        self.wanted.emit(self.place)

    def _describe(self) -> None:
        place = self.place
        text = self._last if place is None else f"trial solution {place:,}"
        self.name.setText(text)
        self.slider.setAccessibleDescription(text)
        self.back.setEnabled(self.slider.value() > 0)
        self.forward.setEnabled(self.slider.value() < self.slider.maximum())

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
