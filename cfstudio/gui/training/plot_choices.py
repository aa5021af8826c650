"""The menu of what the plot shows: curves, levels to beat, logarithmic steps, what stands below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from cfstudio.gui.training.side_plot import TITLES

if TYPE_CHECKING:
    from cfstudio.gui.training.side_plot import Side


class PlotChoices(QMenu):
    """Check marks; `changed` tells that any of them was set or taken away."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.batch = self._check("&Batch error", "RMSE of the batches as they are trained on, each before its step")
        self.means = self._check("User and item &means", "What is reached without any factors", checked=True)
        self.published = self._check("&Published figure", "What others report for this data set", checked=True)
        self.addSeparator()
        self.log_steps = self._check("Logarithmic &steps", "Put the steps on a logarithmic axis (Shift+L)")
        self.addSection("Below the errors")
        self._below = QActionGroup(self)
        for kind, title in TITLES.items():
            action = self.addAction(title)
            action.setCheckable(True)
            action.setData(kind)
            action.setChecked(not kind)
            self._below.addAction(action)
        self._below.triggered.connect(lambda _: self.changed.emit())

    @property
    def below(self) -> Side:
        """What stands below the errors."""
        checked = self._below.checkedAction()
        kind: Side = checked.data() if checked is not None else ""
        return kind

    def _check(self, text: str, tip: str, *, checked: bool = False) -> QAction:
        action = self.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        action.setToolTip(tip)
        action.toggled.connect(lambda _: self.changed.emit())
        return action
