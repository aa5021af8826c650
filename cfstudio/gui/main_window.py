"""The main window: arranges the sheet, the docks and the actions, and connects them to the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.actions import EDIT_ACTIONS, FILE_ACTIONS, TRAIN_ACTIONS, Actions
from cfstudio.gui.card import Card
from cfstudio.gui.copying import copy_cells
from cfstudio.gui.document_files import DocumentFiles
from cfstudio.gui.formula_bar import FormulaBar
from cfstudio.gui.live_display import LiveDisplay
from cfstudio.gui.neighbors.neighbors_panel import NeighborsPanel
from cfstudio.gui.overfitting_offer import OverfittingOffer
from cfstudio.gui.seed_label import SeedLabel
from cfstudio.gui.sheet.axes import SheetAxes
from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.sheet.sheet import Sheet
from cfstudio.gui.space_keeper import SpaceKeeper
from cfstudio.gui.status_bar import StatusBar
from cfstudio.gui.theme import THEME_NAMES, apply_theme
from cfstudio.gui.training.speed_slider import SpeedSlider
from cfstudio.gui.training.training_panel import TrainingPanel
from cfstudio.ratings.catalog import is_available, known_data_sets
from cfstudio.workspace.training_control import TrainingControl

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

DEFAULT_SIZE = QSize(1440, 900)
DOCK_WIDTH = 420
"""Pixels for the panels at first: what the training settings need; the sheet gets the rest."""


class MainWindow(QMainWindow):
    """One window on one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName("CF Studio")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.workspace = workspace
        self.control = TrainingControl(workspace)
        self.files = DocumentFiles(workspace, self.control, self)
        self.axes = SheetAxes(workspace)
        self.sheet = Sheet(workspace, self.axes)
        self.formula_bar = FormulaBar(workspace)
        self.card = Card()
        self.training_panel = TrainingPanel(workspace, self.control)
        self.neighbors_panel = NeighborsPanel(workspace)
        self.status = StatusBar(workspace, self.control, self)
        self.setStatusBar(self.status)
        self.speed = SpeedSlider()
        self.seed = SeedLabel(workspace)
        self.training = LiveDisplay(
            workspace, self.control, self.sheet, self.training_panel, self.neighbors_panel, self.formula_bar, self
        )
        self.offer = OverfittingOffer(workspace, self.card, self.training)
        self.actions_by_name = Actions(self)
        self._arrange()
        self._fill_menus()
        self._connect_actions()
        self._connect_document()
        self._follow_document()
        self._space_keeper = SpaceKeeper(self)
        self._space_keeper.watch(self)
        self.sheet.ratings_view.setFocus()

    def _arrange(self) -> None:
        center = QWidget()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.formula_bar)
        layout.addWidget(self.card)
        layout.addWidget(self.sheet, 1)
        self.setCentralWidget(center)
        training = self._dock("trainingDock", "Training", self.training_panel)
        neighbors = self._dock("neighborsDock", "Most similar", self.neighbors_panel)
        self.resizeDocks([training, neighbors], [DOCK_WIDTH, DOCK_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks([training, neighbors], [560, 340], Qt.Orientation.Vertical)
        self._bar = QToolBar("Main")
        self._bar.setObjectName("mainToolBar")
        self._bar.setMovable(False)
        self.actions_by_name.fill_toolbar(self._bar)
        self._bar.addWidget(self.seed)
        self._bar.addWidget(self.speed)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._bar.addWidget(spacer)
        self._bar.addWidget(QLabel("Show  "))
        self._layers = QActionGroup(self)
        for number, layer in enumerate(Layer, start=1):
            action = self._bar.addAction(layer.value)
            action.setCheckable(True)
            action.setData(layer)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.setToolTip(f"{LAYER_TIPS[layer]} (Ctrl+{number})")
            self._layers.addAction(action)
        self.addToolBar(self._bar)

    def _dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        return dock

    def _fill_menus(self) -> None:
        bar = self.menuBar()
        file_menu = bar.addMenu("&File")
        self.actions_by_name.fill_menu(file_menu, FILE_ACTIONS)
        data_menu = file_menu.addMenu("Open &data set")
        file_menu.insertMenu(self.actions_by_name["actionSave"], data_menu)
        for data_set in known_data_sets():
            if is_available(data_set.name):
                action = data_menu.addAction(f"{data_set.name} – {data_set.title}")
                action.triggered.connect(lambda _checked=False, name=data_set.name: self._open_data_set(name))
        self.actions_by_name.fill_menu(bar.addMenu("&Edit"), EDIT_ACTIONS)
        self.actions_by_name.fill_menu(bar.addMenu("&Train"), TRAIN_ACTIONS)
        view_menu = bar.addMenu("&View")
        view_menu.addActions(self._layers.actions())
        self._predicts_blanks = view_menu.addAction("Predict &unrated cells")
        self._predicts_blanks.setCheckable(True)
        self._predicts_blanks.setChecked(True)
        self._predicts_blanks.setToolTip("Show, in gray, what the model says of cells nobody has rated")
        view_menu.addSeparator()
        for dock in self.findChildren(QDockWidget):
            view_menu.addAction(dock.toggleViewAction())
        theme_menu = view_menu.addMenu("&Theme")
        for name in THEME_NAMES:
            action = theme_menu.addAction(name.capitalize())
            action.triggered.connect(lambda _checked=False, name=name: self._use_theme(name))

    def _connect_actions(self) -> None:
        connect = self.actions_by_name.connect
        connect("actionOpen", self.files.ask_open)
        connect("actionSave", self.files.save)
        connect("actionSaveAs", self.files.ask_save_as)
        connect("actionQuit", self.close)
        connect("actionUndo", self.training.undo)
        connect("actionRedo", self.training.redo)
        connect("actionCopy", self._copy)
        connect("actionFind", self.formula_bar.start_search)
        connect("actionTrain", self.training.toggle)
        connect("actionPause", self.training.pause)
        connect("actionStepBatch", self.training.step_batch)
        connect("actionStepEpoch", self.training.step_epoch)
        connect("actionStop", self.training.stop)
        connect("actionResetFactors", self.training.reset)
        connect("actionNewStart", self.training.new_start)
        self._layers.triggered.connect(lambda action: self.sheet.show_layer(action.data()))
        self._predicts_blanks.toggled.connect(self._predict_blanks)
        self.speed.speed_changed.connect(self.control.set_speed)

    def _connect_document(self) -> None:
        workspace = self.workspace
        workspace.opened.connect(self._follow_document)
        workspace.edits.changed.connect(self._follow_edits)
        self.control.state_changed.connect(self._follow_run)
        self.control.failed.connect(self.card.say)
        self.training.progressed.connect(self.status.show_run)
        self.files.path_changed.connect(self._follow_edits)
        self.files.said.connect(self.status.say)
        self.files.busy_changed.connect(self.status.show_busy)
        self.status.cancel_button.clicked.connect(self.files.cancel)
        self.formula_bar.refused.connect(self.status.say)
        for model in (self.sheet.ratings_model, self.sheet.user_model, self.sheet.item_model):
            model.refused.connect(self.status.say)

    def _follow_document(self) -> None:
        self.speed.set_value(self.workspace.preset.steps_per_second)
        self.control.set_speed(self.workspace.preset.steps_per_second)
        for action in self._layers.actions():
            action.setChecked(action.data() is self.sheet.layer)
        self._predicts_blanks.setChecked(self.sheet.ratings_model.predicts_blanks)
        self.card.hide()
        # All panels know the document by now; the first cell gives them something to show.
        self.sheet.ratings_view.select_cell(0, 0)
        self._follow_edits()
        self._follow_run()

    def _follow_edits(self) -> None:
        edits = self.workspace.edits
        for name, verb, edit in (("actionUndo", "Undo", edits.top), ("actionRedo", "Redo", edits.next_redo)):
            action = self.actions_by_name[name]
            action.setEnabled(edit is not None)
            action.setText(f"&{verb} {edit.label}" if edit is not None else f"&{verb}")
        path = self.files.session_path
        name = path.name if path is not None else self.workspace.ratings.name
        self.setWindowTitle(f"{name}[*] – CF Studio")
        self.setWindowModified(edits.is_modified)

    def _follow_run(self) -> None:
        is_active = self.control.is_active
        if is_active:
            # What the card said was about the run before.
            self.card.hide()
        train = self.actions_by_name["actionTrain"]
        train.setText("&Pause" if is_active else "&Go on" if self.control.state == "paused" else "&Train")
        self.actions_by_name.set_icon("actionTrain", "pause" if is_active else "play")
        self.actions_by_name["actionPause"].setEnabled(is_active)
        self.actions_by_name["actionStop"].setEnabled(is_active or self.control.state == "paused")
        self.training_panel.refresh()
        self.status.show_run()

    def _predict_blanks(self, shown: bool) -> None:
        self.sheet.ratings_model.predicts_blanks = shown
        self.sheet.refresh()

    def _open_data_set(self, name: str) -> None:
        if self.files.may_discard():
            self.files.open(name)

    def _copy(self) -> None:
        focused = QApplication.focusWidget()
        grid = next((grid for grid in self.sheet.grids if grid is focused), self.sheet.ratings_view)
        self.status.say(copy_cells(grid, QGuiApplication.clipboard()))

    def _use_theme(self, name: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, name)  # type: ignore[arg-type]

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons anew when the theme has changed."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_by_name"):
            self.actions_by_name.recolor()
            self._follow_run()
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        self.files.accepts(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a dropped file."""
        self.files.drop(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the training thread; ask first where a session would lose changes.

        What was never saved as a session closes without a question: most windows of a workshop are of that kind.
        """
        self.training.pause()
        if self.files.session_path is not None and not self.files.may_discard():
            event.ignore()
            return
        self.training.close()
        event.accept()


LAYER_TIPS = {
    Layer.BOTH: "Rating → prediction in each cell, colored by the error",
    Layer.RATINGS: "What people rated",
    Layer.PREDICTIONS: "What the model predicts, in gray where nobody has rated",
    Layer.ERROR: "Prediction minus rating",
}
