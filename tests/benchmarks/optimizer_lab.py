"""Measures the optimizer worksheets without a window: epochs of every page, and the race; prints one table.

Usage: python tests/benchmarks/optimizer_lab.py
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet


def seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    rows = []
    for method in METHODS:
        for form in ("workbook", "papers"):
            page = new_page(method, form)
            rows.append((seconds(lambda page=page: Worksheet(page).run_epochs(1_000)), method, form))
    slowest, method, form = max(rows)
    sheet = Worksheet(new_page("adam", "workbook"))
    epochs = [1e3 * seconds(lambda: sheet.run_epochs(1)) for _ in range(500)]
    print("| measure | figure | target |\n|---|---|---|")
    print(f"| 1,000 epochs, slowest page ({method}, {form}) | {slowest:.2f} s | ≤ 1 s |")
    print(f"|   median of {len(rows)} pages | {statistics.median(one for one, *_ in rows):.2f} s | |")
    print(f"| one epoch of Adam, 29 rows: median | {np.median(epochs):.2f} ms | |")
    print(f"|   99th percentile | {np.percentile(epochs, 99):.2f} ms | |")


if __name__ == "__main__":
    main()
