"""The Solver's window: parameters as in Excel, then the search to watch, then its result."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.exports import ask_and_save
from cfstudio.gui.solver.live_search import MOST_RATINGS_TO_SCORE, LiveSearch
from cfstudio.gui.solver.model_file import read_model, write_model
from cfstudio.gui.solver.parameters_page import ParametersPage
from cfstudio.gui.solver.run_page import RunPage
from cfstudio.gui.solver.scenario_bar import ScenarioBar
from cfstudio.gui.solver.scenarios import Scenarios
from cfstudio.gui.solver.sheet_cells import SheetCells
from cfstudio.gui.solver.solver_model import SolverModel
from cfstudio.ratings.errors import DataError
from cfstudio.workspace.solver_control import SolverControl

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.solver.cells import Cells
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

KEPT = "The Solver's solution is kept; Undo takes it back in one step."
SEARCH = "Search for the best numbers; the cells move while it does"
SAME = "The solution is the same as the original values; nothing was changed."
RESTORED = "The original values are back."
BORROWED = ("actionUndo", "actionRedo")
MODEL_FILES = "Solver models (*.json)"
WIDTH = 76
"""Characters that the window is wide at first."""


LIBRARIES = ("scipy.optimize", "cfstudio.solver.pair_kernels")
"""What a search loads; the second for large sheets only."""


class SolverDialog(QDialog):
    """Not modal: cells are picked in the sheet, and watched in it, while the window is open.

    Closing it ends a search and puts the original numbers back, unless they were kept.
    """

    def __init__(
        self,
        workspace: Workspace,
        control: TrainingControl,
        sheet: Sheet,
        parent: QWidget | None = None,
        model: SolverModel | None = None,
    ) -> None:
        """`model` keeps what is asked with the document, for workbooks."""
        super().__init__(parent)
        self.setObjectName("solverDialog")
        self.setWindowTitle("Solver")
        self.setAccessibleName("Solver")
        self.setModal(False)
        self._workspace, self._training, self._sheet = workspace, control, sheet
        self.control = SolverControl(workspace, control)
        self._model = SolverModel(workspace, self) if model is None else model
        self._sheet_cells = SheetCells(sheet)
        self.parameters = ParametersPage(workspace, self._sheet_cells)
        self.run_page = RunPage(self.control)
        self.scenarios = Scenarios(workspace, self.control)
        self._scenario_bar = ScenarioBar(self.scenarios, self._cells)
        self._live = LiveSearch(workspace, self.control, sheet, self.run_page)
        self._stack = QStackedWidget()
        self._buttons = self._make_buttons()
        self._arrange()
        self._connect()
        self._borrow_actions(parent)
        self._fill_in()
        self.parameters.method.setFocus()

    def open_ready(self) -> None:
        """Show the window, filled in for the page that is open, beside the sheet where there is room."""
        if not self.isVisible():
            self.parameters.refresh()
            self.resize(self.minimumSizeHint().expandedTo(self._first_size()))
            self._stand_aside()
        self.show()
        self.raise_()
        self.activateWindow()
        # Takes half a second, which is over by the time that somebody has read what the window asks.
        is_large = len(self._workspace.ratings.values) > MOST_RATINGS_TO_SCORE
        loading = partial(_load, LIBRARIES if is_large else LIBRARIES[:1])
        BackgroundTask(loading, lambda _: None, lambda error: self.parameters.say(str(error)), self._sheet)

    def solve(self) -> None:
        """Search for what the parameters ask."""
        self._training.stop()
        problem = self.parameters.problem()
        sentences = problem.check()
        if sentences:
            self.parameters.say(" ".join(sentences))
            return
        self._finish_typing()
        self.run_page.begin(problem)
        self._stack.setCurrentWidget(self.run_page)
        self.control.start(problem, self.run_page.seconds_per_trial)
        self._live.start()

    def settle(self) -> None:
        """Keep what a search has found, before the document is saved, undone or closed."""
        self.control.settle()

    def shut_down(self) -> None:
        """End search and thread without a decision: the program is closing."""
        self.control.close()
        self._live.stop()

    def _make_buttons(self) -> dict[str, QPushButton]:
        buttons = {
            "solverReset": ("&Reset all", "Ask again for the smallest RMSE by changing everything", self._reset),
            "solverLoad": ("&Load…", "Load parameters and scenarios from a file", self._load),
            "solverSave": ("Save m&odel…", "Save parameters and scenarios in a file", self._save),
            "solverSolve": ("Solve", SEARCH, self.solve),
            "solverClose": ("Close", "Close; a solution that was not kept is taken back", self.close),
        }
        made = {}
        for name, (text, tip, slot) in buttons.items():
            made[name] = QPushButton(text)
            made[name].setObjectName(name)
            made[name].setAccessibleName(text.replace("&", "").rstrip("…"))
            made[name].setToolTip(tip)
            made[name].setAutoDefault(False)
            made[name].clicked.connect(slot)
        made["solverSolve"].setDefault(True)
        return made

    def _arrange(self) -> None:
        self._stack.addWidget(self.parameters)
        self._stack.addWidget(self.run_page)
        row = QHBoxLayout()
        for name, button in self._buttons.items():
            row.addWidget(button)
            if name == "solverSave":
                row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._scenario_bar)
        layout.addLayout(row)

    def _connect(self) -> None:
        self.control.state_changed.connect(self._follow_state)
        self.control.failed.connect(self._fail)
        self.control.settled.connect(self.run_page.say)
        self.run_page.keep_button.clicked.connect(self._keep)
        self.run_page.restore_button.clicked.connect(self._restore)
        self.run_page.back_wanted.connect(self._go_back)
        self._scenario_bar.said.connect(self._say)
        self._model.loaded.connect(self._show_loaded)
        self._workspace.opened.connect(self._follow_document)
        self._workspace.resized.connect(self._follow_document)
        self._workspace.model_changed.connect(self._follow_model)
        self._sheet.axes.changed.connect(self._follow_model)

    def _borrow_actions(self, window: QWidget | None) -> None:
        """Undo and redo with their keys here, too: the main window's keys end at its edge."""
        found = [] if window is None else [window.findChild(QAction, name) for name in BORROWED]
        self.addActions([action for action in found if action is not None])

    def _cells(self) -> Cells:
        """What a scenario saved now is about."""
        run = self.control.run
        is_result = run is not None and self._stack.currentWidget() is self.run_page
        return run.problem.changing if is_result and run is not None else self.parameters.changing.cells()

    def _keep(self) -> None:
        self.run_page.say(KEPT if self.control.keep() else SAME)

    def _restore(self) -> None:
        self.control.restore()
        self.run_page.say(RESTORED)

    def _go_back(self) -> None:
        """To the parameters."""
        self._stack.setCurrentWidget(self.parameters)
        self.parameters.refresh()
        self._follow_state()

    def _follow_state(self) -> None:
        is_solving = self.control.is_solving
        self.run_page.follow_state()
        if not is_solving:
            self._live.stop()
            self.run_page.show_end()
        is_asking = self._stack.currentWidget() is self.parameters
        for name in ("solverReset", "solverLoad", "solverSave", "solverSolve"):
            self._buttons[name].setVisible(is_asking)
        self._scenario_bar.setEnabled(not is_solving)

    def _follow_document(self) -> None:
        """Another document: another name of its items, other codes."""
        old = self.parameters
        self.parameters = ParametersPage(self._workspace, self._sheet_cells)
        self._stack.insertWidget(0, self.parameters)
        self._stack.removeWidget(old)
        old.deleteLater()
        self._fill_in()
        self._stack.setCurrentWidget(self.parameters)
        self._follow_state()

    def _fill_in(self) -> None:
        """The parameters as a workbook or an earlier window left them, else ready for the page."""
        parameters, problem = self.parameters, self._model.problem
        if problem is None:
            parameters.reset()
        else:
            parameters.show_problem(problem)
        parameters.changed.connect(lambda: self._model.note(parameters.problem()))
        self._offer_search()

    def _show_loaded(self) -> None:
        problem = self._model.problem
        if problem is not None:
            self.parameters.show_problem(problem)

    def _follow_model(self) -> None:
        if not self.control.is_solving:
            self.parameters.refresh()
        self._offer_search()

    def _offer_search(self) -> None:
        """Solve can be pressed where the model is one that can be solved; else it says why not."""
        why, button = self.parameters.why_never, self._buttons["solverSolve"]
        button.setEnabled(why is None)
        button.setToolTip(why or SEARCH)

    def _fail(self, sentence: str) -> None:
        self._go_back()
        self.parameters.say(sentence)

    def _say(self, sentence: str) -> None:
        (self.parameters if self._stack.currentWidget() is self.parameters else self.run_page).say(sentence)

    def _finish_typing(self) -> None:
        """What is being typed in the sheet is taken over before the numbers move."""
        for grid in self._sheet.grids:
            grid.finish_editing()

    def _reset(self) -> None:
        self.parameters.reset()

    def _save(self) -> None:
        problem, scenarios = self.parameters.problem(), self.scenarios.by_name
        ask_and_save(self, "solver model.json", MODEL_FILES, lambda path: write_model(path, problem, scenarios))

    def _load(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Load a Solver model", "", MODEL_FILES)
        if not chosen:
            return
        try:
            problem, scenarios = read_model(Path(chosen), self._workspace)
        except DataError as error:
            self.parameters.say(str(error))
            return
        self.parameters.show_problem(problem)
        self.scenarios.add(scenarios)

    def _first_size(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * WIDTH, metrics.lineSpacing() * 45)

    def _stand_aside(self) -> None:
        """At the right edge of the main window, over its panels, so that the sheet stays in view."""
        window, screen = self.parentWidget(), QGuiApplication.primaryScreen()
        if window is None or screen is None:
            return
        place, room = window.frameGeometry(), screen.availableGeometry()
        right = min(place.right(), room.right())
        self.resize(self.size().boundedTo(room.size()))
        self.move(max(room.left(), right - self.width()), max(room.top(), place.bottom() - self.height()))

    def reject(self) -> None:
        """Take back what was not kept; Escape and the window's own button close in the same way."""
        self.shut_down()
        self._stack.setCurrentWidget(self.parameters)
        self._follow_state()
        super().reject()


def _load(names: tuple[str, ...]) -> None:
    for name in names:
        import_module(name)
