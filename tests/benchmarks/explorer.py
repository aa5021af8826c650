"""Frames while training with each of the explorer's tabs in front, alternating: python tests/benchmarks/explorer.py

Usage: python tests/benchmarks/explorer.py [--seconds 6] [--rounds 2]
The first tab, the list of neighbors, is what the others are compared with: machines differ, ratios less so.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

TABS = ("neighbors", "map", "bias", "factors")


def settled(window, name):
    """Bring a tab to the front and wait until it shows something."""
    from PySide6.QtWidgets import QApplication

    window.actions_by_name[f"action{name.capitalize()}"].trigger()
    until = time.perf_counter() + 20
    while time.perf_counter() < until:
        QApplication.processEvents()
        panel = window.neighbors_panel if name == "neighbors" else window.explorer.views[name].panel
        if panel is not None and not panel.is_waiting:
            return


def child(tab, seconds):
    """Intervals between two paintings of the sheet while a run goes at full speed."""
    import numpy as np
    from frames import frames_while_training
    from window import open_full_window

    window = open_full_window()
    settled(window, tab)
    shown = frames_while_training(window, seconds)
    window.workspace.edits.mark_saved()
    window.close()
    print(json.dumps({"median": float(np.median(shown.intervals)), "p99": float(np.percentile(shown.intervals, 99)),
                      "worst": float(shown.intervals.max()), "steps": shown.steps_per_second,
                      "work": float(np.median(shown.work)), "most": float(np.percentile(shown.work, 99))}))  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--child")
    options = parser.parse_args()
    if options.child:
        child(options.child, options.seconds)
        return
    import subprocess

    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    found = {tab: [] for tab in TABS}
    for _ in range(options.rounds):
        for tab in TABS:
            command = [sys.executable, __file__, "--child", tab, "--seconds", str(options.seconds)]
            done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
            found[tab].append(json.loads(done.stdout.strip().splitlines()[-1]))
    print("| tab in front | frame interval: median | 99th percentile | longest | steps/s, of those with neighbors "
          "| processor time of the window's thread a frame: median | 99th percentile |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    usual = statistics.median(one["steps"] for one in found["neighbors"])
    for tab, rounds in found.items():
        median, p99, worst, steps, work, most = (
            statistics.median(one[key] for one in rounds) for key in ("median", "p99", "worst", "steps", "work", "most")
        )
        times = " | ".join(f"{one:.1f} ms" for one in (median, p99, worst))
        print(f"| {tab} | {times} | {steps / usual:.0%} | {work:.1f} ms | {most:.1f} ms |")


if __name__ == "__main__":
    main()
