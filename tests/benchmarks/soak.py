"""Does to the window, for minutes on end, what people do while it trains, and tells whether it held out.

Usage: python tests/benchmarks/soak.py [--minutes 10] [--seed 0] [--data ml-latest-small-2016]
Prints acts and memory every minute, with what of it is kept on purpose, then the longest turn of events, memory before
and after, what the C library had not given back, and every exception with the acts before it; exit code 1 if there was
any.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from collections import deque

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton
from soak_memory import kept, memory_mb

from cfstudio.gui.freed_memory import return_freed_memory
from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.theme import THEME_NAMES

sys.unraisablehook = lambda one: trouble.append(f"unraisable: {one.exc_value!r}")
trouble: list[str] = []
ACTS_TOLD = 40
"""Acts before an exception that are printed with it."""


class Person:
    """Chooses at random among what can be done."""

    def __init__(self, window, seed: int) -> None:
        self.window = window
        self.chance = random.Random(seed)

    def act(self) -> str:
        return self.chance.choice(
            [
                self.trigger,
                self.edit_rating,
                self.edit_factor,
                self.scroll,
                self.select,
                self.layer,
                self.order,
                self.configure,
                self.arrange,
                self.keys,
                self.turn_page,
                self.look_back,
                self.compare_runs,
                self.change_while_training,
                self.plot,
                self.windows,
                self.panels,
                self.theme,
            ]
        )()

    def trigger(self) -> str:
        name = self.chance.choice(
            ["actionTrain"] * 4
            + [
                "actionPause",
                "actionStepBatch",
                "actionStepEpoch",
                "actionStop",
                "actionStepBack",
                "actionStepBack",
                "actionResetFactors",
                "actionNewStart",
            ]
            + ["actionUndo"] * 3
            + ["actionRedo", "actionCopy", "actionCopyWithHeaders", "actionPaste", "actionFillDown", "actionFillRight"]
            + ["actionMoreDecimals", "actionFewerDecimals", "actionColors", "actionZoomIn", "actionZoomReset"]
        )
        self.window.actions_by_name[name].trigger()
        return name

    def edit_rating(self) -> str:
        model = self.window.sheet.ratings_model
        row, column = self._cell(model)
        model.setData(model.index(row, column), self.chance.choice([None, 0.5, 3, 4.5, "9", "x"]))
        return "edit rating"

    def edit_factor(self) -> str:
        model = self.chance.choice([self.window.sheet.user_model, self.window.sheet.item_model])
        row, column = self._cell(model)
        model.setData(model.index(row, column), self.chance.uniform(-1, 1))
        return "edit factor"

    def scroll(self) -> str:
        view = self.window.sheet.ratings_view
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.setValue(self.chance.randint(0, bar.maximum()))
        return "scroll"

    def select(self) -> str:
        view = self.window.sheet.ratings_view
        row, column = self._cell(view.model())
        self.chance.choice([view.select_cell, lambda r, c: view.selectRow(r), lambda r, c: view.selectColumn(c)])(
            row, column
        )
        return "select"

    def layer(self) -> str:
        self.window.sheet.show_layer(self.chance.choice(list(Layer)))
        return "layer"

    def arrange(self) -> str:
        """Hide, sort, add, remove: users, items and factors come and go."""
        name = self.chance.choice(
            [
                "actionHideUsers",
                "actionHideItems",
                "actionShowAll",
                "actionShowAll",
                "actionSortUsers",
                "actionSortItems",
                "actionAddUser",
                "actionRemoveUsers",
                "actionRemoveItems",
                "actionMoreFactors",
                "actionFewerFactors",
                "actionPrecedents",
                "actionDependents",
            ]
        )
        self.window.actions_by_name[name].trigger()
        return name

    def keys(self) -> str:
        """A few keys into one of the grids."""
        grid = self.chance.choice(self.window.sheet.grids)
        grid.setFocus()
        keys, modifier = Qt.Key, Qt.KeyboardModifier
        for _ in range(self.chance.randint(1, 6)):
            key = self.chance.choice(
                [
                    keys.Key_Left,
                    keys.Key_Right,
                    keys.Key_Up,
                    keys.Key_Down,
                    keys.Key_Tab,
                    keys.Key_Return,
                    keys.Key_PageDown,
                    keys.Key_Home,
                    keys.Key_End,
                    keys.Key_F6,
                    keys.Key_Delete,
                ]
            )
            held = self.chance.choice(
                [modifier.NoModifier, modifier.ShiftModifier, modifier.ControlModifier, modifier.ControlModifier]
            )
            QTest.keyClick(grid, key, held)
        return "keys"

    def turn_page(self) -> str:
        self.window.pages.turn(self.chance.choice([1, -1]))
        return "page"

    def look_back(self) -> str:
        """Drag the timeline, play it back, restore."""
        bar = self.window.training_panel.timeline
        what = self.chance.choice(["slide", "slide", "slide", "play", "restore", "limit"])
        if what == "slide":
            bar.slider.setValue(self.chance.randint(0, max(bar.slider.maximum(), 0)))
        elif what == "play":
            bar.play.click()
        elif what == "restore":
            bar.restore.click()
        else:
            self.chance.choice(bar.memory.menu().actions()).trigger()
        return f"timeline {what}"

    def compare_runs(self) -> str:
        """Name, check, restore and delete runs."""
        panel = self.window.training_panel
        panel.tabs.setCurrentIndex(self.chance.randrange(panel.tabs.count()))
        model = panel.runs.model
        if not model.rowCount():
            return "no runs"
        row = self.chance.randrange(model.rowCount())
        panel.runs.table.selectRow(row)
        what = self.chance.choice(["name", "check", "restore", "delete", "sort"])
        if what == "name":
            model.setData(model.index(row, 0), f"run {self.chance.random():.3f}")
        elif what == "check":
            model.setData(model.index(row, 0), 2, Qt.ItemDataRole.CheckStateRole)
        elif what == "restore":
            panel.runs.restore_selected()
        elif what == "delete":
            panel.runs.delete_selected()
        else:
            panel.runs.table.horizontalHeader().setSortIndicator(self.chance.randrange(7), Qt.SortOrder.AscendingOrder)
        return f"runs {what}"

    def change_while_training(self) -> str:
        """Settings that act at once."""
        name, values = self.chance.choice(
            [
                ("learning_rate", [1e-4, 5e-3, 0.02]),
                ("weight_decay", [0.0, 0.1, 0.3]),
                ("clip", [0.0, 0.5]),
                ("patience", [0, 3]),
            ]
        )
        field = self.window.training_panel.settings.fields[name]
        field.control.setValue(self.chance.choice(values))
        return f"live {name}"

    def plot(self) -> str:
        """What the plot shows, and settings by heading."""
        panel = self.window.training_panel
        actions = [action for action in panel.plot.choices.actions() if action.isCheckable()]
        self.chance.choice(actions).trigger()
        panel.settings.headings.setCurrentIndex(self.chance.randrange(panel.settings.headings.count()))
        return "plot"

    def windows(self) -> str:
        """Microscope, code, learning-rate finder, remedies on the card."""
        windows = self.window.training_windows
        what = self.chance.choice(["microscope", "code", "finder", "card"])
        if what == "microscope":
            windows.open_microscope()
            windows.microscope.step_button.click()
        elif what == "code":
            windows.open_code()
        elif what == "finder":
            windows.open_finder()
            self.chance.choice([windows.finder.cancel.click, windows.finder.use_rate, windows.finder.close])()
        elif self.window.card.offers:
            self.chance.choice(self.window.card.offers).click()
        if self.chance.random() < 0.5:
            windows.close()
        return f"window {what}"

    def panels(self) -> str:
        """The explorer's panels, those of people, and the Solver, which searches for a moment."""
        name = self.chance.choice(
            [
                "actionNeighbors",
                "actionMap",
                "actionBias",
                "actionFactors",
                "actionNewUser",
                "actionNewMovie",
                "actionRecommendations",
                "actionWhy",
                "actionSolver",
                "actionNeighborsBack",
            ]
        )
        action = self.window.actions_by_name[name]
        if not action.isEnabled():
            return f"{name} not now"
        action.trigger()
        solver = self.window.findChild(QDialog, "solverDialog")
        if name == "actionSolver" and solver is not None:
            solver.findChild(QPushButton, "solverSolve").click()
            QTest.qWait(50)
            solver.close()
        return name

    def theme(self) -> str:
        name = self.chance.choice(THEME_NAMES)
        self.window.use_theme(name)
        return f"theme {name}"

    def order(self) -> str:
        orders = ["file", "count", "mean", "id", "title"]
        self.window.axes.order(self.chance.choice(orders), self.chance.choice(orders))
        return "order"

    def configure(self) -> str:
        from dataclasses import replace

        self.window.training.stop()
        workspace = self.window.workspace
        change = self.chance.choice(
            [
                {"n_factors": self.chance.choice([2, 10, 50])},
                {"optimizer": self.chance.choice(["sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"])},
                {"model": self.chance.choice(["dot", "dot-bias", "dot-bias", "net"])},
                {"valid_fraction": self.chance.choice([0.0, 0.2])},
                {"learning_rate": self.chance.choice([1e-3, 5e-3, 50.0])},
                {"epochs": self.chance.choice([5, 500])},
            ]
        )
        workspace.configure(replace(workspace.config, **change))
        return f"configure {change}"

    def _cell(self, model) -> tuple[int, int]:
        return self.chance.randrange(model.rowCount()), self.chance.randrange(model.columnCount())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", default="ml-latest-small-2016")
    options = parser.parse_args()
    import threading

    from PySide6.QtWidgets import QApplication

    from cfstudio.gui.app import build_window

    sys.excepthook = lambda kind, error, trace: trouble.append("".join(traceback.format_exception(kind, error, trace)))
    window = build_window(["--data", options.data, "--size", "1600x1000"])
    app = QApplication.instance()
    while window.files.is_busy:
        app.processEvents()
    window.control.set_speed(None)
    person, n_acts, longest = Person(window, options.seed), 0, 0.0
    acts: deque[str] = deque(maxlen=ACTS_TOLD)
    begin, told = memory_mb(), time.monotonic()
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        did = "an act of its own accord"
        try:
            did = person.act()
        except Exception:
            trouble.append(traceback.format_exc())
        n_acts += 1
        acts.append(did)
        until = time.monotonic() + person.chance.uniform(0, 0.3)
        while time.monotonic() < until:
            began = time.monotonic()
            app.processEvents()
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.002)
        if trouble:
            print(f"after {', '.join(acts)}: {trouble[-1]}")
            break
        if time.monotonic() > told + 60:
            told = time.monotonic()
            print(f"{n_acts} acts, {memory_mb():.0f} MB: {kept(window)}", flush=True)
    print(f"kept: {kept(window)}")
    window.close()
    app.processEvents()
    left = [thread.name for thread in threading.enumerate() if thread.name == "training"]
    print(f"{n_acts} acts; longest turn {1e3 * longest:.0f} ms; memory {begin:.0f} → {memory_mb():.0f} MB")
    return_freed_memory()
    print(f"memory after freed pieces are given back {memory_mb():.0f} MB")
    print(f"threads left: {left or 'none'}; exceptions: {trouble or 'none'}")
    return 1 if trouble or left else 0


if __name__ == "__main__":
    sys.exit(main())
