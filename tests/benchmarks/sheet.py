"""Measures the spreadsheet: editing, scrolling, pasting 671 × 9,066 cells, exporting workbooks; prints one table.

Usage: python tests/benchmarks/sheet.py
Painting a screen of cells is measured in the same run: times that depend on the machine are given as multiples of it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parent))
from window import open_full_window

ROUNDS = 15


def milliseconds(work) -> float:
    started = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - started)


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


class Paints(QObject):
    """Notes when something was painted."""

    def __init__(self, *widgets) -> None:
        super().__init__()
        self.stamps: list[float] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.stamps.append(time.perf_counter())
        return False


def painting(window) -> float:
    view = window.sheet.ratings_view
    return statistics.median(milliseconds(view.viewport().repaint) for _ in range(ROUNDS))


def edits(window) -> list[float]:
    """From a typed number, a factor or a rating of a much rated movie, to the painted cells and RMSE."""
    sheet = window.sheet
    times = []
    for number in range(2 * ROUNDS):
        model = sheet.item_model if number % 2 else sheet.ratings_model
        index = model.index(number % 7, 0)
        # Never the number that is there: nothing would be painted then.
        value = 0.01 * number if number % 2 else (5 if index.data(Qt.ItemDataRole.EditRole) != 5 else 1)
        paints = Paints(sheet.corner.rmse_cell, sheet.ratings_view.viewport())
        started = time.perf_counter()
        model.setData(index, value)
        while not paints.stamps:
            QApplication.processEvents()
        settle()
        times.append(1e3 * (max(paints.stamps) - started))
    return times


def scrolling(window) -> list[float]:
    """Intervals between frames while Page Down and Alt+Page Down go through rows and columns, 62 a second."""
    view = window.sheet.ratings_view
    view.setFocus()
    view.select_cell(0, 0)
    settle()
    paints = Paints(view.viewport())
    for page in range(240):
        started = time.perf_counter()
        modifier = Qt.KeyboardModifier.AltModifier if page % 2 else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(view, Qt.Key.Key_PageDown, modifier)
        while not paints.stamps or paints.stamps[-1] < started:
            QApplication.processEvents()
        while time.perf_counter() - started < 1 / 62.5:
            QApplication.processEvents()
    return (1e3 * np.diff(paints.stamps)).tolist()


def pasting(window) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(0)
    view, commands = window.sheet.ratings_view, window.commands
    pastes, undos = [], []
    for number in range(5):
        rows = rng.integers(1, 11, (100, 100)) / 2
        data = QMimeData()
        data.setText("\n".join("\t".join(f"{one:g}" for one in row) for row in rows))
        QGuiApplication.clipboard().setMimeData(data)
        view.select_cell(50 * number, 300 + 50 * number)
        settle()
        pastes.append(milliseconds(lambda: (commands.paste(), settle())))
        undos.append(milliseconds(lambda: (window.training.undo(), settle())))
    return pastes, undos


def exports() -> list[tuple[str, str, str]]:
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.workbook import default_crosstab, export_workbook
    from cfstudio.ratings.catalog import open_ratings
    from cfstudio.workspace.document import Workspace

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, target in (("lesson", 0.5), ("ml-latest-small-2016", 6.0)):
            workspace = Workspace()
            workspace.open_ratings(open_ratings(name))
            part = DocumentPart(workspace.ratings, workspace.held_out, workspace.factors)
            users, items = default_crosstab(workspace.ratings)
            path = Path(folder) / f"{name}.xlsx"
            times = [
                milliseconds(
                    lambda part=part, path=path, u=users, i=items: export_workbook(part, path, users=u, items=i)
                )
                for _ in range(3)
            ]
            rows.append((f"exporting {name}", f"{statistics.median(times) / 1e3:.2f} s", f"≤ {target} s"))
    return rows


def main() -> None:
    window = open_full_window()
    paint = painting(window)
    edit = edits(window)
    intervals = scrolling(window)
    pastes, undos = pasting(window)
    rows = [
        ("painting one screen of cells", f"{paint:.1f} ms", ""),
        (
            "one edit on 671 × 9,066 until the new RMSE is painted: median",
            f"{statistics.median(edit):.1f} ms",
            "≤ 16 ms",
        ),
        ("  slowest of 30", f"{max(edit):.1f} ms, {max(edit) / paint:.1f}× painting", ""),
        ("scrolling by pages, frame interval: median", f"{np.median(intervals):.1f} ms", ""),
        ("  99th percentile", f"{np.percentile(intervals, 99):.1f} ms", "≤ 17 ms"),
        ("pasting 100 × 100 ratings", f"{statistics.median(pastes):.0f} ms", "≤ 150 ms"),
        ("  undoing it", f"{statistics.median(undos):.0f} ms", "≤ 150 ms"),
    ]
    window.workspace.edits.mark_saved()
    window.close()
    rows += exports()
    print("| measure | figure | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
