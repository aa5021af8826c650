"""Measures the window: start, memory, painting, and frames while training runs; prints one table.

Usage: python tests/benchmarks/window.py [--seconds 8]
Every time is a ratio or an interval within this run; the X window is measured where Xvfb is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import replace

BASELINE = "import PySide6.QtWidgets, pyqtgraph, pandas"
SHOWN = """
import sys
from PySide6.QtWidgets import QApplication
from cfstudio.gui.app import build_window
window = build_window([])
QApplication.processEvents()
assert "torch" not in sys.modules, "torch was imported before the window was shown"
"""
DATA = "ml-latest-small-2016"


def seconds_of(code: str, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure_start(environment: dict[str, str]) -> list[tuple[str, str, str]]:
    pairs = [(seconds_of(SHOWN, environment), seconds_of(BASELINE, environment)) for _ in range(7)][1:]
    ratio = statistics.median(shown / bare for shown, bare in pairs)
    shown, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return [("window shown with the lesson / bare imports", f"{ratio:.2f}× ({shown:.2f} s / {bare:.2f} s)", "≤ 1.5×")]


def open_full_window(size: str = "1600x1000"):
    from PySide6.QtWidgets import QApplication

    from cfstudio.gui.app import build_window

    window = build_window(["--data", DATA, "--size", size])
    while window.files.is_busy:
        QApplication.processEvents()
    QApplication.processEvents()
    return window


def child_memory() -> None:
    """In a process of its own: resident memory with the full data open, before torch."""
    open_full_window()
    assert "torch" not in sys.modules
    with open("/proc/self/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    print(json.dumps({"megabytes": kilobytes / 1024}))


def child_paint() -> None:
    """Time of painting about 1,900 cells, against a QTableView that asks the same model cell by cell."""
    from PySide6.QtWidgets import QTableView

    window = open_full_window("2000x1300")
    view = window.sheet.ratings_view
    view.setParent(None)
    view.resize(49 * view.columnWidth(0), 39 * view.rowHeight(0))
    view.show()
    plain = QTableView()
    plain.setModel(view.model())
    for plain_header, header in (
        (plain.horizontalHeader(), view.horizontalHeader()),
        (plain.verticalHeader(), view.verticalHeader()),
    ):
        plain_header.setDefaultSectionSize(header.defaultSectionSize())
        plain_header.hide()
    plain.resize(view.size())
    plain.show()
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()
    rows, columns = view.visible_rows(), view.visible_columns()

    def milliseconds(widget, repetitions: int) -> float:
        times = []
        for _ in range(repetitions):
            started = time.perf_counter()
            widget.viewport().repaint()
            times.append(1e3 * (time.perf_counter() - started))
        return statistics.median(times)

    milliseconds(view, 5)
    rounds = [(milliseconds(view, 20), milliseconds(plain, 3)) for _ in range(3)]
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(json.dumps({"cells": (rows.stop - rows.start) * (columns.stop - columns.start), "ms": ours, "plain": theirs}))


def endless(config):
    return replace(config, epochs=100_000, schedule="constant", learning_rate=1e-3)


def child_frames(seconds: float) -> None:
    """Frame intervals and steps per second of an unlimited run in the shown window."""
    import numpy as np
    from frames import frames_while_training
    from PySide6.QtWidgets import QApplication

    window = open_full_window()
    shown = frames_while_training(window, seconds)
    window.close()
    QApplication.processEvents()
    print(
        json.dumps(
            {
                "median": float(np.median(shown.intervals)),
                "p99": float(np.percentile(shown.intervals, 99)),
                "worst": float(shown.intervals.max()),
                "frames_per_second": 1e3 / float(shown.intervals.mean()),
                "steps_per_second": shown.steps_per_second,
            }
        )
    )


def child_share(seconds: float) -> None:
    """Steps per second of one run while the window follows it and while it does not, in turns of half a second.

    In turns because a shared machine is a third faster in one minute than in the next.
    """
    from frames import following, start_training

    window = open_full_window()
    start_training(window)
    pairs = [(following(window, True), following(window, False)) for _ in range(max(int(2 * seconds), 1))]
    shares = [follows / rests for follows, rests in pairs]
    window.control.stop()
    window.close()
    print(
        json.dumps({"share": statistics.median(shares), "steps_per_second": statistics.median(one for _, one in pairs)})
    )


def child(name: str, seconds: float, environment: dict[str, str], *prefix: str) -> dict[str, float]:
    command = [*prefix, sys.executable, __file__, "--child", name, "--seconds", str(seconds)]
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure_frames(seconds: float, environment: dict[str, str]) -> list[tuple[str, str, str]]:
    shown = sorted((child("frames", seconds, environment) for _ in range(3)), key=lambda one: one["p99"])[1]
    share = child("share", seconds, environment)
    return [
        ("frame interval while training, offscreen: median", f"{shown['median']:.1f} ms", "≤ 16.9 ms"),
        ("  99th percentile", f"{shown['p99']:.1f} ms", "≤ 20 ms"),
        ("  longest after the first second", f"{shown['worst']:.1f} ms", "≤ 50 ms"),
        (
            "  steps/s while the window follows / while it does not",
            f"{share['share']:.0%} (of {share['steps_per_second']:,.0f}/s)",
            "≥ 90 %",
        ),
    ]


def measure_x_window(seconds: float, environment: dict[str, str]) -> list[tuple[str, str, str]]:
    if shutil.which("xvfb-run") is None:
        return [("frames in an X window", "not measured: xvfb-run is not installed", "≥ 45 /s")]
    x_environment = environment | {"QT_QPA_PLATFORM": "xcb"}
    shown = child("frames", seconds, x_environment, "xvfb-run", "-a", "-s", "-screen 0 1700x1100x24")
    return [
        ("frames in an X window (Xvfb) while training", f"{shown['frames_per_second']:.0f} /s", "≥ 45 /s"),
        ("  99th percentile of the interval", f"{shown['p99']:.1f} ms", "≤ 40 ms"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--child")
    options = parser.parse_args()
    if options.child:
        measure = globals()[f"child_{options.child}"]
        measure(options.seconds) if options.child in ("frames", "share") else measure()
        return
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    rows = measure_start(environment)
    memory = child("memory", 0, environment)["megabytes"]
    rows.append(("memory with the full data open, before torch", f"{memory:.0f} MB", "≤ 250 MB"))
    paint = child("paint", 0, environment)
    rows.append((f"painting {paint['cells']:,} cells", f"{paint['ms']:.1f} ms", "≤ 8 ms"))
    rows.append(("  against a QTableView asking data()", f"{paint['plain'] / paint['ms']:.0f}×", "≥ 10×"))
    rows += measure_frames(options.seconds, environment)
    rows += measure_x_window(options.seconds, environment)
    print("| measure | figure | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
