"""How fast the map pans with 59,047 points, and how long its arrangements take. Run: python tests/benchmarks/map.py"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication
from support import random_ratings

from cfstudio.explore.neighbors import nearest
from cfstudio.explore.plane import principal_plane
from cfstudio.gui.map.map_panel import MapPanel
from cfstudio.workspace.document import Workspace

N_ITEMS = 59_047
N_FRAMES = 60


def milliseconds(work, repetitions=5):
    times = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def pan_times(plot):
    """Milliseconds from each move of the view to the picture of it."""
    box, times = plot.getPlotItem().getViewBox(), []
    (left, right), _ = box.viewRange()
    for frame in range(N_FRAMES):
        began = time.perf_counter()
        box.translateBy(x=(right - left) * 0.004 * (1 if frame % 20 < 10 else -1), y=0)
        plot.viewport().repaint()
        times.append(1e3 * (time.perf_counter() - began))
    return times[5:]


def plain_scatter(places):
    """What pyqtgraph's own scatter plot takes for the same points."""
    plot = pg.PlotWidget()
    plot.resize(900, 700)
    plot.addItem(pg.ScatterPlotItem(x=places[:, 0], y=places[:, 1], size=4, pen=None, brush="b"))
    plot.show()
    QApplication.processEvents()
    return pan_times(plot)


def main():
    app = QApplication([])
    workspace = Workspace()
    workspace.open_ratings(random_ratings(60, N_ITEMS, 20_000))
    panel = MapPanel(workspace)
    panel.resize(900, 800)
    panel.show()
    panel.follow_document()
    panel.controls.min_ratings.setValue(0)
    while panel.is_waiting or panel.plane is None or len(panel.codes) < N_ITEMS:
        app.processEvents()
    workspace.select(item=0)
    panel.follow_selection()
    app.processEvents()
    ours, theirs = pan_times(panel.plot), plain_scatter(panel.plane.places)
    factors = workspace.factors.item_factors
    everything = np.ones(len(factors), dtype=np.bool_)
    rows = (
        ("panning 59,047 points with labels: frames/s (median)", f"{1e3 / statistics.median(ours):.0f}", "≥ 30"),
        ("  slowest of 55 frames", f"{max(ours):.0f} ms", ""),
        (
            "  pyqtgraph's ScatterPlotItem takes, of ours",
            f"{statistics.median(theirs) / statistics.median(ours):.1f}×",
            "",
        ),
        (
            "principal components of 59,047 × 50",
            f"{milliseconds(lambda: principal_plane(factors, everything)):.0f} ms",
            "",
        ),
        ("neighbors of the selected, for the lines", f"{milliseconds(lambda: nearest(factors, 0, 10)):.1f} ms", ""),
    )
    print("| measure | figure | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
