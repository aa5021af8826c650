"""Everything about a run in one panel: readouts, curve or table, settings, engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from cfstudio.gui.training.history_table import HistoryTable
from cfstudio.gui.training.readouts import Readouts
from cfstudio.gui.training.rmse_plot import RmsePlot
from cfstudio.gui.training.settings_form import SettingsForm

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl


class TrainingPanel(QWidget):
    """Shows how the run goes; `refresh` pulls what is new and costs little when nothing is."""

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingPanel")
        self.setAccessibleName("Training")
        self._workspace, self._control = workspace, control
        self.readouts = Readouts()
        self.plot = RmsePlot(workspace)
        self.table = HistoryTable()
        self.settings = SettingsForm(workspace, control)
        self.engine = QLabel()
        self.engine.setAccessibleName("Training engine and speed")
        self.engine.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.engine.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._arrange()
        workspace.opened.connect(self.refresh)
        workspace.score_changed.connect(self.refresh)
        self.refresh()

    def _arrange(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Curve or table")
        self.tabs.addTab(self.plot, "Curve")
        self.tabs.addTab(self.table, "Epochs")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.readouts)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.settings)
        layout.addWidget(self.engine)

    def refresh(self) -> None:
        """Show the latest numbers; call it once a frame while training and after each change of state."""
        self.plot.refresh()
        history = self._workspace.history
        measured = self.plot.measured
        self.table.show_history(history, measured)
        self.readouts.mean.show_rmse(self.plot.baseline)
        if self._control.is_active and len(measured):
            # While numbers move, the score of all cells is only known where the run has measured it.
            self.readouts.train.show_rmse(float(measured.train_rmse[-1]))
            self.readouts.valid.show_rmse(float(measured.valid_rmse[-1]))
        elif not self._control.is_active:
            self.readouts.train.show_rmse(self._workspace.score.train_rmse)
            self.readouts.valid.show_rmse(self._workspace.score.valid_rmse)
        self._show_engine()

    def _show_engine(self) -> None:
        worker = self._control.worker
        if worker is None or not worker.engine:
            self.engine.hide()
            return
        text = worker.engine
        if self._control.is_active:
            text += f" · {worker.steps_per_second:,.0f} steps/s"
        self.engine.setText(text)
        self.engine.show()
