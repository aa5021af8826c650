"""The main window: arranges the sheet, the docks and the bars around one document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QVBoxLayout, QWidget

from cfstudio.gui.actions import Actions
from cfstudio.gui.card import Card
from cfstudio.gui.diagnosis import Diagnosis
from cfstudio.gui.dock_title import DockTitle
from cfstudio.gui.document_files import DocumentFiles
from cfstudio.gui.explorer_docks import ExplorerDocks
from cfstudio.gui.find_bar import FindBar
from cfstudio.gui.formula_bar import FormulaBar
from cfstudio.gui.live_display import LiveDisplay
from cfstudio.gui.look_commands import LookCommands
from cfstudio.gui.neighbors.neighbors_panel import NeighborsPanel
from cfstudio.gui.overfitting_offer import OverfittingOffer
from cfstudio.gui.pane_keys import PaneKeys
from cfstudio.gui.people_docks import PeopleDocks
from cfstudio.gui.run_notice import RunNotice
from cfstudio.gui.scrolled import scrolled
from cfstudio.gui.seed_label import SeedLabel
from cfstudio.gui.sheet.axes import SheetAxes
from cfstudio.gui.sheet.commands import SheetCommands
from cfstudio.gui.sheet.context_menus import ContextMenus
from cfstudio.gui.sheet.line_commands import LineCommands
from cfstudio.gui.sheet.sheet import Sheet
from cfstudio.gui.sheet_pages import SheetPages
from cfstudio.gui.space_keeper import SpaceKeeper
from cfstudio.gui.status_bar import StatusBar
from cfstudio.gui.theme import ThemeName, apply_theme
from cfstudio.gui.training.speed_slider import SpeedSlider
from cfstudio.gui.training.training_panel import TrainingPanel
from cfstudio.gui.training_windows import TrainingWindows
from cfstudio.gui.view_state import apply_view, view_of
from cfstudio.gui.window_actions import WindowActions
from cfstudio.gui.workbooks.export_progress import ExportProgress
from cfstudio.gui.workbooks.workbook_files import WorkbookFiles
from cfstudio.gui.zoom import WheelZoom
from cfstudio.workspace.training_control import TrainingControl

if TYPE_CHECKING:
    from cfstudio.gui.layout_memory import LayoutMemory
    from cfstudio.workspace.document import Workspace

DEFAULT_SIZE = QSize(1440, 900)
DOCK_WIDTH = 420
"""Pixels for the panels at first: what the training settings need; the sheet gets the rest."""


class MainWindow(QMainWindow):
    """One window on one workspace."""

    closing = Signal()

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
        self.pages = SheetPages(self.sheet)
        self.commands = SheetCommands(self.sheet)
        self.lines = LineCommands(self.sheet)
        self.formula_bar = FormulaBar(self.sheet)
        self.find_bar = FindBar(workspace, self.axes)
        self.card = Card()
        self.training_panel = TrainingPanel(workspace, self.control)
        self.neighbors_panel = NeighborsPanel(workspace)
        self.explorer = ExplorerDocks(workspace, self.sheet, self.neighbors_panel, self)
        self.workbooks = WorkbookFiles(workspace, self.control, self.axes, self.files, self)
        self.status = StatusBar(self.sheet, self.control, self)
        self.status.addPermanentWidget(ExportProgress(self.workbooks))
        self.setStatusBar(self.status)
        self.speed = SpeedSlider()
        self.seed = SeedLabel(workspace)
        words = (self.formula_bar.refresh, self.pages.refresh, self.status.show_selection)
        self.training = LiveDisplay(
            workspace,
            self.control,
            self.sheet,
            self.pages,
            self.training_panel,
            self.explorer.live_followers,
            words,
            self,
        )
        self.run_notice = RunNotice(workspace, self.control, self)
        self.offer = OverfittingOffer(workspace, self.card, self.training)
        self.diagnosis = Diagnosis(workspace, self.control, self.card, self.training)
        self.training_windows = TrainingWindows(self)
        self.theme_choice: ThemeName | None = None
        self.layout_memory: LayoutMemory | None = None
        self.actions_by_name = Actions(self)
        self._arrange()
        self.panes = PaneKeys(self._panes)
        self.look_commands = LookCommands(self)
        self.people = PeopleDocks(self)
        self.commander = WindowActions(self)
        self.menus = ContextMenus(self.sheet, self.actions_by_name)
        self._wheel = WheelZoom()
        self._space_keeper = SpaceKeeper(self)
        self._connect_document()
        self._follow_document()
        self._space_keeper.watch(self)
        self.sheet.ratings_view.setFocus()

    def _arrange(self) -> None:
        center = QWidget()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.find_bar)
        layout.addWidget(self.card)
        layout.addWidget(self.pages, 1)
        self.setCentralWidget(center)
        training = self._dock("trainingDock", "Training", self.training_panel)
        neighbors = self._dock("neighborsDock", "Similar", self.neighbors_panel)
        self.explorer.arrange(neighbors, self._dock)
        self.resizeDocks([training, neighbors], [DOCK_WIDTH, DOCK_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks([training, neighbors], [620, 300], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setTitleBarWidget(DockTitle(dock))
        # In a small window, or at a large zoom, panels scroll rather than take the sheet's room.
        dock.setWidget(scrolled(widget))
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        return dock

    def _panes(self) -> list[QWidget]:
        shown: list[QWidget] = [*self.sheet.grids] if self.pages.shows_sheet else [self.pages.current]
        plot = self.training_panel.findChild(QWidget, "rmsePlot")
        rest: list[QWidget] = [] if plot is None else [plot]
        neighbors = self.explorer.panes()
        form = self.training_panel.findChild(QWidget, "settingGrid")
        rest = [*rest, *([] if form is None else [form]), *neighbors]
        return [*shown, self.pages.tabs, self.formula_bar.name_box, *rest, self.speed.slider]

    def _connect_document(self) -> None:
        workspace = self.workspace
        workspace.opened.connect(self._follow_document)
        workspace.edits.changed.connect(self._follow_edits)
        self.control.state_changed.connect(self._follow_run)
        self.control.failed.connect(self.card.say)
        self.training.progressed.connect(self.status.show_run)
        self.training.finished.connect(self.status.say_why_finished)
        self.files.path_changed.connect(self._follow_edits)
        self.files.view = lambda: view_of(self)
        self.files.session_opened.connect(lambda view: apply_view(self, view))
        held_out_file = self.training_panel.settings.held_out_file
        held_out_file.said.connect(self.status.say)
        for reader in (self.files, held_out_file):
            reader.busy_changed.connect(self.status.show_busy)
            self.status.cancel_button.clicked.connect(reader.cancel)
        for speaker in (self.files.said, self.formula_bar.refused, self.commands.said, self.lines.said):
            speaker.connect(self.status.say)
        self.find_bar.closed.connect(self.pages.take_focus)
        self.pages.said.connect(self.status.say)
        self.run_notice.said.connect(self.status.add)
        self.training.said.connect(self.status.say)
        self.training_panel.runs.said.connect(self.status.say)
        self.pages.about_to_edit.connect(self.training.pause_for_edit)
        self.pages.turned.connect(lambda: self.commander.follow_page(shows_sheet=self.pages.shows_sheet))
        self.pages.page_made.connect(self._space_keeper.watch)
        for view in self.explorer.views.values():
            view.built.connect(self._space_keeper.watch)
        self.workbooks.said.connect(self.status.say)
        for model in (self.sheet.ratings_model, self.sheet.user_model, self.sheet.item_model):
            model.refused.connect(self.status.say)

    def _follow_document(self) -> None:
        self.speed.set_value(self.workspace.preset.steps_per_second)
        self.control.set_speed(self.workspace.preset.steps_per_second)
        self.actions_by_name.name_items(self.workspace.ratings.item_label)
        self.commander.follow_sheet()
        self.card.hide()
        # All panels know the document by now; the first cell gives them something to show.
        self.sheet.ratings_view.select_cell(0, 0)
        self._follow_edits()
        self._follow_run()

    def _follow_edits(self) -> None:
        self.commander.follow_edits()
        # What was said of the step before need no longer be true.
        self.status.clearMessage()
        path = self.files.session_path
        name = path.name if path is not None else self.workspace.ratings.name
        self.setWindowTitle(f"{name}[*] – CF Studio")
        self.setWindowModified(self.workspace.edits.is_modified)
        self.status.show_run()

    def _follow_run(self) -> None:
        if self.control.is_active:
            # What the card said was about the run before.
            self.card.hide()
        self.commander.follow_run(self.control)
        self.commander.follow_edits()
        self.training_panel.refresh()
        self.status.show_run()

    def keep_space(self, panel: QWidget) -> None:
        """Leave the space bar to the buttons of a panel that was made later."""
        self._space_keeper.watch(panel)

    def follow_look(self) -> None:
        """Show the sheet's numbers in another format or other colors."""
        self.pages.follow_look()
        self.commander.follow_sheet()

    def use_theme(self, name: ThemeName) -> None:
        """Put on a theme, and remember that it was chosen."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, name)
        self.theme_choice = name

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons anew when the theme has changed."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "commander"):
            self.actions_by_name.recolor()
            self._follow_run()
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl with the wheel zooms, wherever the pointer is."""
        if not self._wheel.take(event):
            super().wheelEvent(event)

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
        self.commander.settle_windows()
        self.training.pause()
        if self.files.session_path is not None and not self.files.may_discard():
            event.ignore()
            return
        self.workbooks.close()
        self.explorer.close_down()
        self.commander.close_windows()
        self.training.close()
        self.closing.emit()
        event.accept()
