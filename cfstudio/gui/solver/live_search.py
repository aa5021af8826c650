"""The window's side of a search: once per frame it fetches the latest trial solution and repaints the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from cfstudio.gui.frame_clock import FrameClock
from cfstudio.gui.live_display import AFTER_PAINTING_MS

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.gui.solver.run_page import RunPage
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.solver_control import SolverControl

# What is refreshed more seldom than the cells: every so many frames, at which of them.
CURVE = (6, 2)
WORDS = (6, 5)
MOST_RATINGS_TO_SCORE = 5_000
"""Ratings up to which the whole document is scored anew while it solves: that takes about a millisecond."""


class LiveSearch(QObject):
    """Ticks from the start of a search to its end."""

    def __init__(self, workspace: Workspace, control: SolverControl, sheet: Sheet, page: RunPage) -> None:
        super().__init__(page)
        self._workspace, self._control, self._sheet, self._page = workspace, control, sheet, page
        self._clock = FrameClock(self)
        self._clock.tick.connect(self._on_tick)
        self._n_ticks, self._n_drawn = 0, 0

    def start(self) -> None:
        """Follow a search that has begun."""
        self._n_ticks, self._n_drawn = 0, 0
        self._clock.start()

    def stop(self) -> None:
        """Follow no longer."""
        self._clock.stop()

    def _on_tick(self) -> None:
        self._n_ticks += 1
        has_moved = self._control.poll()
        if not self._control.is_solving:
            self._clock.stop()
            return
        if has_moved:
            self._sheet.refresh()
        run = self._control.run
        n_trials = 0 if run is None else len(run.trials)
        if self._is_turn(CURVE) and n_trials != self._n_drawn:
            self._n_drawn = n_trials
            self._after_painting(self._show_curve)
        elif self._is_turn(WORDS):
            self._after_painting(self._show_words)

    def _show_curve(self) -> None:
        self._page.refresh(fine=False)
        self._page.offer_trials_while_paused()

    def _show_words(self) -> None:
        """The RMSE cell, and on a small sheet formula bar, plot and lists."""
        run = self._control.run
        if run is None or not run.trials:
            return
        if len(self._workspace.ratings.values) <= MOST_RATINGS_TO_SCORE:
            self._workspace.factors_overwritten()
        elif run.problem.objective.kind == "rmse":
            last = run.trials[-1]
            self._sheet.corner.show_rmse(last.objective, last.held_out_rmse)

    def _after_painting(self, refresh: object) -> None:
        QTimer.singleShot(
            AFTER_PAINTING_MS,
            self,
            lambda: refresh() if self._control.is_solving else None,  # type: ignore[operator]
        )

    def _is_turn(self, turn: tuple[int, int]) -> bool:
        every, at = turn
        return self._n_ticks % every == at
