"""Scenarios: numbers of the changing cells under a name, to save and to switch between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QInputDialog, QLabel, QPushButton, QWidget

from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.solver.scenarios import Scenarios
    from cfstudio.solver.cells import Cells


class ScenarioBar(QWidget):
    """A list of scenarios with Show, and Save as."""

    said = Signal(str)

    def __init__(self, scenarios: Scenarios, cells: Callable[[], Cells], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scenarios, self._cells = scenarios, cells
        self.names = QComboBox()
        self.names.setObjectName("solverScenarios")
        self.names.setAccessibleName("Scenarios")
        self.names.setToolTip("Saved numbers of changing cells")
        self.names.setPlaceholderText("none saved")
        self.show_button, self.save_button = QPushButton("Sho&w"), QPushButton("Save sc&enario…")
        self.show_button.setObjectName("solverShowScenario")
        self.show_button.setAccessibleName("Show scenario")
        self.show_button.setToolTip("Put the scenario's numbers into the sheet; Undo takes them out again")
        self.save_button.setObjectName("solverSaveScenario")
        self.save_button.setAccessibleName("Save scenario")
        self.save_button.setToolTip("Keep the present numbers of the changing cells under a name")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel("Scenarios:"))
        row.addWidget(self.names, 1)
        for button in (self.show_button, self.save_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.show_button.clicked.connect(self._show)
        self.save_button.clicked.connect(self._save)
        scenarios.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the names that there are."""
        current, names = self.names.currentText(), list(self._scenarios.by_name)
        self.names.clear()
        self.names.addItems(names)
        self.names.setCurrentIndex(names.index(current) if current in names else len(names) - 1)
        self.names.setEnabled(bool(names))
        self.show_button.setEnabled(bool(names))

    def _show(self) -> None:
        name = self.names.currentText()
        try:
            self._scenarios.show(name)
        except Refusal as reason:
            self.said.emit(str(reason))
        else:
            self.said.emit(f"The sheet shows the scenario {name}.")

    def _save(self) -> None:
        suggested = f"Scenario {len(self._scenarios.by_name) + 1}"
        name, is_given = QInputDialog.getText(self, "Save scenario", "Name of the scenario:", text=suggested)
        if not is_given:
            return
        try:
            self._scenarios.save(name, self._cells())
        except Refusal as reason:
            self.said.emit(str(reason))
            return
        self.names.setCurrentText(name.strip())
        self.said.emit(f"Saved as the scenario {name.strip()}.")
