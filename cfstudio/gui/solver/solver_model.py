"""What the Solver is asked of the open document: from a workbook's hidden names, or as its window was left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.solver.problem import Problem
    from cfstudio.workspace.document import Workspace


class SolverModel(QObject):
    """Goes with the document: another one has none until somebody asks for something."""

    loaded = Signal()
    """A workbook brought a model."""
    said = Signal(str)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._problem: Problem | None = None
        workspace.opened.connect(self._forget)
        workspace.resized.connect(self._forget)

    @property
    def problem(self) -> Problem | None:
        """What is asked, of the document as it is now; None where nothing is, or where the model has changed."""
        problem, workspace = self._problem, self._workspace
        if problem is None or not problem.changing.fits(workspace.factors):
            return None
        return replace(problem, ratings=workspace.ratings, held_out=workspace.held_out, model=workspace.factors)

    def note(self, problem: Problem) -> None:
        """Remember what a person asks for."""
        self._problem = problem

    def load(self, found: FoundCrosstab) -> None:
        """Take over what the Solver of a workbook, which is the document by now, is filled in with."""
        from cfstudio.exchange.stored_solver import is_only_ready, stored_solver

        if is_only_ready(found):
            return
        try:
            self._problem = stored_solver(found)
        except DataError as error:
            self.said.emit(f"The parameters of the workbook's Solver were left out. {error}")
            return
        if self._problem is not None:
            self.said.emit("The workbook's Solver parameters are filled in: Train → Solver shows them.")
            self.loaded.emit()

    def _forget(self) -> None:
        self._problem = None
