"""Plays, pauses and steps a run, and keeps everything on the screen following it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QApplication

from cfstudio.gui.frame_clock import FrameClock
from cfstudio.gui.freed_memory import return_freed_memory
from cfstudio.gui.latest_answer import LatestAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cfstudio.gui.live_follower import LiveFollower, Rows
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.gui.sheet_pages import SheetPages
    from cfstudio.gui.training.training_panel import TrainingPanel
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

# What is refreshed more seldom than the cells: every so many frames, at which of them. No two fall on the same frame.
FRAMES = 6
PLOT = (FRAMES, 0)
BESIDE_PLOT = (FRAMES, 1)
"""The rest of the training panel, a frame after what its plot has drawn."""
SCORES = (FRAMES, 2)
"""RMSE cell and status line."""
WORDS = (FRAMES, 3)
"""What else people read rather than watch, above all the formula with its bars."""
USER_FACTORS, ITEM_FACTORS = (1, 3, 4), (2, 3, 5)
"""Of `FRAMES`. The ratings move in each, factors in half of them: none with the plot, and all of them with the
words, whose outlines would have them painted again."""
FIRST_FOLLOWER, BETWEEN_FOLLOWERS, ROWS_BEFORE = 10, FRAMES, 3
"""Frames: followers take turns, none of them with what is above, and their rows are asked for a few frames ahead."""

LATE_MS, LATEST_MS = 3, 9
"""Numbers that are not there on the beat are looked for again so often, and so long."""
AFTER_PAINTING_MS = 1
"""With 0 the call would come before the painting, which Qt puts at the end of its queue."""


class LiveDisplay(QObject):
    """The window's side of training: once per frame it fetches the visible numbers and tells the views.

    `words` are called about ten times a second: they refresh what people read rather than watch.
    """

    progressed = Signal()
    finished = Signal()
    """A run has done all of its epochs."""
    said = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        control: TrainingControl,
        sheet: Sheet,
        pages: SheetPages,
        panel: TrainingPanel,
        followers: Sequence[LiveFollower],
        words: Sequence[Callable[[], object]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._control, self._pages = workspace, control, pages
        self._sheet, self._panel, self._words = sheet, panel, tuple(words)
        self._clock = FrameClock(self)
        self._clock.tick.connect(self._on_tick)
        self._n_ticks = 0
        self._followers = list(followers)
        self._freeing: LatestAnswer[None] = LatestAnswer(lambda _: None, _raise, self)
        self._asked = (sheet.visible_users(), sheet.visible_items())
        self._moved: set[GridView] = set()
        """Grids of factors whose numbers have changed since they were painted."""
        control.finished.connect(self.finished.emit)
        for grid in sheet.grids:
            grid.about_to_edit.connect(self.pause_for_edit)

    def also_follow(self, follower: LiveFollower) -> None:
        """Keep a further panel up to date while training runs."""
        self._followers.append(follower)

    def toggle(self) -> None:
        """Start, pause, or go on."""
        if self._control.is_active:
            self.pause()
        else:
            self._run(self._control.train)

    def _run(self, command: Callable[[], None]) -> None:
        """Set numbers moving, once what somebody is typing has been taken over."""
        self._finish_typing()
        command()
        self._clock.start()

    def _finish_typing(self) -> None:
        """Toolbar buttons take no focus: what is being typed would otherwise change in the middle of the run."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractSpinBox):
            focused.interpretText()
        for grid in self._sheet.grids:
            grid.finish_editing()

    def pause(self) -> None:
        """Pause the run."""
        self._control.pause()
        self._come_to_rest()

    def pause_for_edit(self) -> None:
        """Numbers that are being edited must not move under the editor."""
        if self._control.is_active:
            self.pause()
            self.said.emit("Training paused: numbers that are being edited stay where they are. Space goes on.")

    def step_batch(self) -> None:
        """One step."""
        self._run(self._control.step_batch)

    def step_epoch(self) -> None:
        """To the end of the epoch."""
        self._run(self._control.step_epoch)

    def step_back(self) -> None:
        """Take back one step."""
        self._run(self._control.step_back)

    def stop(self) -> None:
        """End the run."""
        self._control.stop()
        self._come_to_rest()

    def undo(self) -> None:
        """Take back the last edit; a run in progress is one, and so is a solution that the Solver still shows."""
        top = self._workspace.edits.top
        if top is None or top.changes_numbers:
            self.stop()
            self._workspace.about_to_change.emit()
        self._workspace.edits.undo()

    def redo(self) -> None:
        """Apply the undone edit again."""
        following = self._workspace.edits.next_redo
        if following is None or following.changes_numbers:
            self.stop()
            self._workspace.about_to_change.emit()
        self._workspace.edits.redo()

    def reset(self) -> None:
        """Back to the start."""
        self.stop()
        self._workspace.reset_factors()

    def new_start(self) -> None:
        """Other starting factors."""
        self.stop()
        self._workspace.new_start()

    def call_soon(self, call: Callable[[], None]) -> None:
        """Call when everybody has been told what was announced."""
        QTimer.singleShot(0, self, call)

    def close(self) -> None:
        """End the thread: the window is closing."""
        self._control.close()
        self._control.join()
        self._clock.stop()

    def _on_tick(self) -> None:
        self._n_ticks += 1
        if not self._control.is_active and self._control.left.are_at_work:
            return
        besides = self._pages.also_visible()
        asked = [(self._sheet.visible_users(), self._sheet.visible_items()), *self._rows_of_followers()]
        asked += [] if besides is None else [besides]
        ratings = self._workspace.ratings
        users, items = zip(*asked, strict=True)
        self._asked = _union(ratings.n_users, users), _union(ratings.n_items, items)
        if not self._fetch() and self._control.is_active:
            self._look_again_after(LATE_MS)
        self._refresh_factors()
        if self._is_turn(WORDS):
            # In the frame of the cells: outlines that move later would have these painted twice.
            self._sheet.link.trace()
        if not self._control.is_active:
            self._come_to_rest()
        elif self._is_turn(PLOT):
            self._after_painting(self._panel.plot.refresh_live)
        elif self._is_turn(BESIDE_PLOT):
            self._after_painting(self._panel.refresh_beside_plot)
        elif self._is_turn(SCORES):
            self._after_painting(self._refresh_scores)
        elif self._is_turn(WORDS):
            self._after_painting(self._refresh_words)
        else:
            for follower in self._followers_due(0):
                self._after_painting(follower.refresh_live)

    def _rows_of_followers(self) -> list[Rows]:
        wanted = [follower.live_rows() for follower in self._followers_due(ROWS_BEFORE)]
        return [rows for rows in wanted if rows is not None]

    def _followers_due(self, in_ticks: int) -> list[LiveFollower]:
        tick = self._n_ticks + in_ticks
        return [
            one
            for number, one in enumerate(self._followers)
            if tick % one.live_every == (FIRST_FOLLOWER + BETWEEN_FOLLOWERS * number) % one.live_every
            and one.can_be_seen()
        ]

    def _look_again_after(self, late_ms: int) -> None:
        QTimer.singleShot(LATE_MS, self, partial(self._look_again, late_ms))

    def _look_again(self, late_ms: int) -> None:
        """The numbers were not there on the beat; better a few milliseconds late than a frame without."""
        if not self._control.is_active:
            return
        if self._fetch():
            self._refresh_factors()
        elif late_ms < LATEST_MS:
            self._look_again_after(late_ms + LATE_MS)

    def _fetch(self) -> bool:
        """Show the latest numbers; returns whether there were any."""
        if not self._control.poll(*self._asked):
            return False
        self._sheet.ratings_view.refresh()
        self._moved |= {self._sheet.user_view, self._sheet.item_view}
        return True

    def _refresh_factors(self) -> None:
        """Repaint the factors that have moved, where it is their turn."""
        turn = self._n_ticks % FRAMES
        for grid, turns in ((self._sheet.user_view, USER_FACTORS), (self._sheet.item_view, ITEM_FACTORS)):
            if grid in self._moved and turn in turns:
                self._moved.discard(grid)
                grid.refresh()

    def _after_painting(self, refresh: Callable[[], None]) -> None:
        """Refresh in the rest of the frame, so that the cells are painted on the beat."""
        QTimer.singleShot(AFTER_PAINTING_MS, self, lambda: refresh() if self._clock.is_running else None)

    def _is_turn(self, turn: tuple[int, int]) -> bool:
        every, at = turn
        return self._n_ticks % every == at

    def _refresh_scores(self) -> None:
        history = self._workspace.history
        if len(history):
            self._sheet.corner.show_rmse(float(history.train_rmse[-1]), float(history.valid_rmse[-1]))
        self.progressed.emit()

    def _refresh_words(self) -> None:
        for refresh in self._words:
            refresh()

    def _come_to_rest(self) -> None:
        # While a forgotten run's thread still works, the clock goes on keeping garbage collection out of it.
        if not self._control.left.are_at_work:
            self._clock.stop()
        if self._moved:
            self._moved.clear()
            self._sheet.refresh()
        self._panel.refresh()
        self._sheet.link.trace()
        self._refresh_words()
        self.progressed.emit()
        if self._control.left.take_ended():
            # A run's timeline is hundreds of MB, which the C library would keep; giving them back takes 40 ms.
            self._freeing.ask(return_freed_memory)


def _union(n_codes: int, parts: Sequence[IntArray]) -> IntArray:
    """All codes (below `n_codes`) that are in any part, each once; ten times as fast as `union1d` on all of them."""
    if len(parts) == 1:
        return parts[0]
    is_in = np.zeros(n_codes, dtype=bool)
    for codes in parts:
        is_in[codes] = True
    return np.flatnonzero(is_in)


def _raise(error: Exception) -> None:
    raise error
