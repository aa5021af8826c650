"""The window's menus and toolbar: what each action does, and when it can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QDialog, QDockWidget, QLabel, QMenu, QSizePolicy, QToolBar, QWidget

from cfstudio.gui.action_specs import MENUS
from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.solver.solver_model import SolverModel
from cfstudio.gui.theme import THEME_NAMES
from cfstudio.gui.zoom import Zoom
from cfstudio.ratings.catalog import is_available, known_data_sets

if TYPE_CHECKING:
    from cfstudio.gui.main_window import MainWindow
    from cfstudio.gui.optimizer_lab.optimizer_lab import OptimizerLab
    from cfstudio.gui.solver.solver_dialog import SolverDialog
    from cfstudio.workspace.training_control import TrainingControl

LAYER_TIPS = {
    Layer.BOTH: "Rating → prediction in each cell, colored by the error",
    Layer.RATINGS: "What people rated",
    Layer.PREDICTIONS: "What the model predicts, in gray where nobody has rated",
    Layer.ERROR: "Prediction minus rating",
}

SHEET_ONLY = (
    "actionCut", "actionPaste", "actionFillDown", "actionFillRight", "actionHideUsers", "actionHideItems",
    "actionSortUsers", "actionSortItems", "actionRemoveUsers", "actionRemoveItems",
    "actionPrecedents", "actionDependents",
)  # fmt: skip
"""Actions that mean the cells selected in the sheet."""


class WindowActions:
    """Connects the actions of one window and keeps their texts and states true."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._actions = window, window.actions_by_name
        self._layers = QActionGroup(window)
        self._solver: SolverDialog | None = None
        self._lab: OptimizerLab | None = None
        self.lab_view: dict[str, Any] = {}
        """How the optimizer worksheets were left; read when their window is first opened."""
        self._solver_model = SolverModel(window.workspace, window)
        self._fill_toolbar()
        self._fill_menus()
        self._connect()
        self._connect_solver_model()

    def _fill_toolbar(self) -> None:
        window = self._window
        bar = QToolBar("Main")
        bar.setObjectName("mainToolBar")
        bar.setMovable(False)
        self._actions.fill_toolbar(bar)
        bar.addWidget(window.seed)
        bar.addWidget(window.speed)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spacer)
        bar.addWidget(QLabel("Show  "))
        for number, layer in enumerate(Layer, start=1):
            action = bar.addAction(layer.value)
            action.setCheckable(True)
            action.setData(layer)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.setToolTip(f"{LAYER_TIPS[layer]} (Ctrl+{number})")
            self._layers.addAction(action)
        window.addToolBar(bar)
        # A bar of its own is as wide as the window: beside the panels, large letters would leave formulas no room.
        formula = QToolBar("Formula bar")
        formula.setObjectName("formulaToolBar")
        formula.setMovable(False)
        formula.addWidget(window.formula_bar)
        window.addToolBarBreak()
        window.addToolBar(formula)

    def _fill_menus(self) -> None:
        bar = self._window.menuBar()
        menus = {title: bar.addMenu(title) for title in MENUS}
        for title, menu in menus.items():
            self._actions.fill_menu(menu, MENUS[title])
        data_menu = QMenu("Open &data set", menus["&File"])
        menus["&File"].insertMenu(self._actions["actionSave"], data_menu)
        for data_set in known_data_sets():
            if is_available(data_set.name):
                action = data_menu.addAction(f"{data_set.name} – {data_set.title}")
                action.triggered.connect(lambda _checked=False, name=data_set.name: self._open_data_set(name))
        self._fill_view_menu(menus["&View"])

    def _fill_view_menu(self, menu: QMenu) -> None:
        first = menu.actions()[0]
        menu.insertActions(first, self._layers.actions())
        menu.addSeparator()
        panels_menu = menu.addMenu("Panels s&hown")
        # Some panels are made when they are first asked for.
        panels_menu.aboutToShow.connect(lambda: self._fill_panels_menu(panels_menu))
        self._fill_panels_menu(panels_menu)
        theme_menu = menu.addMenu("&Theme")
        for name in THEME_NAMES:
            action = theme_menu.addAction(name.capitalize())
            action.triggered.connect(lambda _checked=False, name=name: self._window.use_theme(name))

    def _fill_panels_menu(self, menu: QMenu) -> None:
        for dock in self._window.findChildren(QDockWidget):
            menu.addAction(dock.toggleViewAction())

    def _connect(self) -> None:
        window, zoom = self._window, Zoom.of_program()
        commands, lines, training = window.commands, window.lines, window.training
        slots = {
            "actionOpen": window.files.ask_open,
            "actionSave": window.files.save,
            "actionSaveAs": window.files.ask_save_as,
            "actionImportWorkbook": window.workbooks.ask_import,
            "actionExportWorkbook": window.workbooks.ask_export,
            "actionQuit": window.close,
            "actionUndo": training.undo,
            "actionRedo": training.redo,
            "actionCut": commands.cut,
            "actionCopy": commands.copy,
            "actionCopyWithHeaders": commands.copy_with_headers,
            "actionPaste": commands.paste,
            "actionFillDown": commands.fill_down,
            "actionFillRight": commands.fill_right,
            "actionFind": window.find_bar.start,
            "actionGoTo": window.formula_bar.name_box.start,
            "actionCrosstab": self._choose_crosstab,
            "actionHideUsers": lines.hide_users,
            "actionHideItems": lines.hide_items,
            "actionShowAll": lines.show_all,
            "actionSortUsers": lines.sort_users,
            "actionSortItems": lines.sort_items,
            "actionAddUser": lines.add_user,
            "actionAddItem": lines.ask_add_item,
            "actionRemoveUsers": lines.remove_users,
            "actionRemoveItems": lines.remove_items,
            "actionMoreFactors": lines.more_factors,
            "actionFewerFactors": lines.fewer_factors,
            "actionRandomize": self._randomize,
            "actionPrecedents": lines.precedents,
            "actionDependents": lines.dependents,
            "actionTrain": training.toggle,
            "actionPause": training.pause,
            "actionStepBatch": training.step_batch,
            "actionStepEpoch": training.step_epoch,
            "actionStepBack": training.step_back,
            "actionStop": training.stop,
            "actionMicroscope": window.training_windows.open_microscope,
            "actionFindLearningRate": window.training_windows.open_finder,
            "actionShowCode": window.training_windows.open_code,
            "actionResetFactors": training.reset,
            "actionNewStart": training.new_start,
            "actionSolver": self._open_solver,
            "actionOptimizerLab": self._open_lab,
            "actionMoreDecimals": lambda: window.look_commands.change_decimals(1),
            "actionFewerDecimals": lambda: window.look_commands.change_decimals(-1),
            "actionFormat": window.look_commands.choose_format,
            "actionColumnWidth": window.look_commands.choose_width,
            "actionZoomIn": lambda: zoom.step(1),
            "actionZoomOut": lambda: zoom.step(-1),
            "actionZoomReset": lambda: zoom.set(100),
            "actionNextPage": lambda: window.pages.turn(1),
            "actionPreviousPage": lambda: window.pages.turn(-1),
            "actionNextPane": lambda: window.panes.go(1),
            "actionPreviousPane": lambda: window.panes.go(-1),
            "actionNewUser": window.people.show_new_person,
            "actionNewMovie": window.people.show_new_movie,
            "actionRecommendations": window.people.show_recommendations,
            "actionWhy": window.people.show_why,
            "actionShortcuts": self._show_shortcuts,
            "actionNeighbors": lambda: window.explorer.go_to("neighbors"),
            "actionNeighborsBack": lambda: window.neighbors_panel.go(-1),
            "actionNeighborsForward": lambda: window.neighbors_panel.go(1),
            "actionMap": lambda: window.explorer.go_to("map"),
            "actionBias": lambda: window.explorer.go_to("bias"),
            "actionFactors": lambda: window.explorer.go_to("factors"),
        }
        for name, slot in slots.items():
            self._actions.connect(name, slot)
        self._actions["actionPredictBlanks"].toggled.connect(lambda on: window.sheet.predict_blanks(shown=on))
        self._actions["actionColors"].toggled.connect(window.look_commands.use_colors)
        self._layers.triggered.connect(lambda action: window.sheet.show_layer(action.data()))
        window.sheet.layer_changed.connect(self.follow_sheet)
        window.speed.speed_changed.connect(window.control.set_speed)
        window.training_panel.settings.start_wanted.connect(self._randomize)

    def follow_sheet(self) -> None:
        """Check what is on."""
        sheet = self._window.sheet
        for action in self._layers.actions():
            action.setChecked(action.data() is sheet.layer)
        self._actions["actionPredictBlanks"].setChecked(sheet.ratings_model.predicts_blanks)
        self._actions["actionColors"].setChecked(sheet.look.uses_color)

    def follow_page(self, *, shows_sheet: bool) -> None:
        """Offer what acts on the sheet's cells only while they can be seen."""
        for name in SHEET_ONLY:
            self._actions[name].setEnabled(shows_sheet)

    def follow_edits(self) -> None:
        """Name what would be undone and redone."""
        edits = self._window.workspace.edits
        for name, verb, edit in (("actionUndo", "Undo", edits.top), ("actionRedo", "Redo", edits.next_redo)):
            action = self._actions[name]
            label = None if edit is None else edit.label
            if verb == "Undo" and self._window.control.is_active and (edit is None or edit.changes_numbers):
                label = "training run"
            action.setEnabled(label is not None)
            action.setText(f"&{verb}" if label is None else f"&{verb} {label}")
        self._offer_going_on()

    def follow_run(self, control: TrainingControl) -> None:
        """Offer what the run's state allows."""
        is_active = control.is_active
        self._offer_going_on()
        self._actions.set_icon("actionTrain", "pause" if is_active else "play")
        self._actions["actionPause"].setEnabled(is_active)
        self._actions["actionStepBack"].setEnabled(control.can_step_back)

    def _offer_going_on(self) -> None:
        control = self._window.control
        self._actions["actionStop"].setEnabled(control.is_active or control.can_go_on)
        text = "&Pause" if control.is_active else "&Go on" if control.can_go_on else "&Train"
        self._actions["actionTrain"].setText(text)

    def _open_data_set(self, name: str) -> None:
        if self._window.files.may_discard():
            self._window.files.open(name)

    def _choose_crosstab(self) -> None:
        from cfstudio.gui.crosstab.crosstab_dialog import CrosstabDialog

        window = self._window
        selected = window.sheet.selected_users(), window.sheet.selected_items()
        _ask(CrosstabDialog(window.workspace, window.axes, selected, window))

    def _randomize(self) -> None:
        from cfstudio.gui.randomize.randomize_dialog import RandomizeDialog

        self._window.training.stop()
        _ask(RandomizeDialog(self._window.workspace, self._window))

    def _connect_solver_model(self) -> None:
        """Workbooks bring what their Solver is filled in with, and take it along."""
        window, model = self._window, self._solver_model
        window.files.workbook_opened.connect(model.load)
        model.said.connect(window.files.said)
        window.workbooks.solver = lambda: model.problem

    def _open_solver(self) -> None:
        from cfstudio.gui.solver.solver_dialog import SolverDialog

        window = self._window
        if self._solver is None:
            self._solver = SolverDialog(window.workspace, window.control, window.sheet, window, self._solver_model)
        self._solver.open_ready()

    def settle_windows(self) -> None:
        """Decide what the Solver still shows: the window is about to be closed."""
        if self._solver is not None:
            self._solver.settle()

    def close_windows(self) -> None:
        """End what runs in the windows beside the main one, and close them."""
        if self._solver is not None:
            self._solver.shut_down()
        if self._lab is not None:
            self.lab_view = self._lab.view()
            self._lab.close()
        self._window.training_windows.close()

    def _open_lab(self) -> None:
        from cfstudio.gui.optimizer_lab.optimizer_lab import OptimizerLab

        if self._lab is None:
            self._lab = OptimizerLab(self._window)
            self._lab.take_view(self.lab_view)
        self._lab.show()
        self._lab.raise_()
        self._lab.activateWindow()

    def _show_shortcuts(self) -> None:
        from cfstudio.gui.shortcuts_dialog import ShortcutsDialog

        _ask(ShortcutsDialog(self._actions, self._window))


def _ask(dialog: QDialog) -> None:
    """Show a dialog until it is answered; closed ones would otherwise live as long as the window."""
    dialog.exec()
    dialog.deleteLater()
