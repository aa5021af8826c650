"""Everything about a run in one panel: readouts, curve or table, timeline, settings, engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMargins, QObject, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from cfstudio.gui.runs.runs_panel import RunsPanel
from cfstudio.gui.shortened_label import ShortenedLabel
from cfstudio.gui.still_place import StillPlace
from cfstudio.gui.training.history_table import HistoryTable
from cfstudio.gui.training.readouts import Readouts
from cfstudio.gui.training.rmse_plot import RmsePlot
from cfstudio.gui.training.settings_form import SettingsForm
from cfstudio.gui.training.timeline_bar import TimelineBar
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.workspace.timeline_view import TimelineView
from cfstudio.workspace.told_state import told_state

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
        self.runs = RunsPanel(workspace)
        self.timeline = TimelineBar(TimelineView(workspace, control))
        self.settings = SettingsForm(workspace, control)
        self.engine = ShortenedLabel("Training engine and speed")
        self.engine.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._arrange()
        self.timeline.moved.connect(self.plot.show_step)
        self.runs.overlays_changed.connect(self.plot.show_overlays)
        workspace.opened.connect(self.refresh)
        workspace.score_changed.connect(self.refresh)
        self.refresh()

    def _arrange(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Curve or table")
        self.tabs.addTab(self.plot, "Curve")
        self.tabs.addTab(self.table, "Epochs")
        self.tabs.addTab(self.runs, "Runs")
        self._form = QScrollArea()
        self._form.setWidgetResizable(True)
        self._form.setFrameShape(QFrame.Shape.NoFrame)
        self._form.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form.setWidget(self.settings)
        top = QWidget()
        layout = QVBoxLayout(top)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.timeline)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(top)
        self.splitter.addWidget(self._form)
        self.splitter.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.readouts)
        layout.addWidget(self.splitter, 1)
        # Beside the tabs, where there is room: a line of its own would be the plot's.
        self._place_of_engine = StillPlace(self.engine)
        self.tabs.setCornerWidget(self._place_of_engine)
        fit_to_zoom(self, self._fit)

    def _fit(self) -> None:
        """The settings never ask for less than their width, nor for more than some rows of height."""
        bar = self._form.verticalScrollBar().sizeHint().width()
        self._form.setMinimumWidth(self.settings.minimumSizeHint().width() + bar)
        self._form.setMinimumHeight(self.fontMetrics().height() * 8)
        needed = self.settings.sizeHint().height()
        self.splitter.setSizes([2 * needed, needed])
        self._give_engine_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tabs come first: the engine has what they leave."""
        super().resizeEvent(event)
        self._give_engine_room()

    def _give_engine_room(self) -> None:
        # The tabs are as wide as the panel but for its margins; their own width may not be settled yet.
        margins, layout = QMargins(), self.layout()
        if layout is not None:
            margins = layout.contentsMargins()
        gap = self.fontMetrics().averageCharWidth()
        taken = margins.left() + margins.right() + self.tabs.tabBar().sizeHint().width() + gap
        self._place_of_engine.give_room(self.width() - taken)

    def event(self, event: QEvent) -> bool:
        """Know the place that it scrolls in."""
        place = self.parentWidget()
        if event.type() == QEvent.Type.ParentChange and place is not None:
            place.installEventFilter(self)
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a place too low for everything the settings are scrolled to, and the plot need not be flat for them."""
        place = self.parentWidget()
        if event.type() == QEvent.Type.Resize and place is not None and watched is place:
            self.plot.ask_for_height(place.height(), self.minimumSizeHint().height())
        return super().eventFilter(watched, event)

    def refresh(self) -> None:
        """Show the latest numbers; call it after each change of state, and its two halves in turn while training."""
        self.plot.refresh()
        self.refresh_beside_plot()

    def refresh_beside_plot(self) -> None:
        """Show in numbers and words what the plot has drawn."""
        history = self._workspace.history
        measured = self.plot.measured
        self.table.show_history(history, measured)
        self.runs.refresh_live()
        self.timeline.refresh()
        self.readouts.mean.show_rmse(self.plot.baseline)
        if self._control.is_active and len(history):
            # While numbers move, the score of all cells is only known where the run has measured it; the plot may be
            # a turn behind, the sheet's RMSE cell is not.
            self.readouts.train.show_rmse(float(history.train_rmse[-1]))
            self.readouts.valid.show_rmse(float(history.valid_rmse[-1]))
        elif not self._control.is_active:
            self.readouts.train.show_rmse(self._workspace.score.train_rmse)
            self.readouts.valid.show_rmse(self._workspace.score.valid_rmse)
        self._show_engine()

    def _show_engine(self) -> None:
        worker = self._control.worker
        if worker is None or not worker.engine or told_state(self._workspace, self._control) == "idle":
            self.engine.setText("")
            return
        text = worker.engine
        if self._control.is_active:
            text += f" · {worker.steps_per_second:,.0f} steps/s"
        self.engine.setText(text)
