"""How long one more star takes in the window, beside the plain way. Run: python tests/benchmarks/new_person.py

In a trained window on the full data: from the star to the recommendations painted, in the same run as NumPy solving the
ridge problem and sorting all movies without any of the panel; by the clock, and by the processor's time, which other
programs' work does not lengthen so much.
"""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from cfstudio.gui.app import build_window

N_STARS = 60
DATA = "ml-latest-small-2016"


def clocks():
    """Seconds by the clock and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def wait(condition):
    """Run the window until a condition holds."""
    while not condition():
        QApplication.processEvents()
        time.sleep(0.001)


def trained_window():
    """The full data, trained, with the panel of a new person open."""
    window = build_window(["--data", DATA, "--size", "1600x1000", "--theme", "light"])
    wait(lambda: not window.files.is_busy)
    window.control.set_speed(None)
    window.actions_by_name["actionTrain"].trigger()
    wait(lambda: window.control.state == "finished" and not window.training._clock.is_running)
    window.actions_by_name["actionNewUser"].trigger()
    wait(lambda: not window.people.person.is_waiting)
    return window


def plainly(window, rated):
    """The same answer by NumPy alone, through the sigmoid's touching lines as many times as the panel's."""
    session = window.people.person
    prior, model = session.prior.current, window.workspace.factors
    columns = np.column_stack((model.item_factors.astype(float), np.ones(len(model.item_factors))))
    offsets = model.item_bias.astype(float) + prior.shift
    codes, values = list(rated), np.array(list(rated.values()))
    low, high = model.rating_range
    inverse, numbers = np.linalg.inv(prior.covariance), prior.mean
    for _ in range(8):
        total = columns[codes] @ numbers
        predicted = low + (high - low) / (1 + np.exp(-(total + offsets[codes])))
        slope = (predicted - low) * (high - predicted) / (high - low)
        weighted = columns[codes] * (slope**2 / prior.noise)[:, None]
        right = weighted.T @ (total + (values - predicted) / slope) + inverse @ prior.mean
        numbers = np.linalg.solve(weighted.T @ columns[codes] + inverse, right)
    predictions = low + (high - low) / (1 + np.exp(-(columns @ numbers + offsets)))
    return numbers, np.argsort(-predictions)


def main():
    app = QApplication.instance() or QApplication([])
    window = trained_window()
    session, panel = window.people.person, window.findChild(QWidget, "newUserPanel")
    popular = np.flatnonzero(session.counts >= 50)
    codes = np.random.default_rng(0).permutation(popular)[:N_STARS].tolist()
    to_list, to_paint, questions, plain, apart = [], [], [], [], 0.0
    for number, code in enumerate(codes):
        app.processEvents()
        began = clocks()
        session.rate(code, 1.0 + number % 5)
        listed = clocks()
        panel.recommended.table.viewport().repaint()
        painted = clocks()
        panel.list.ask()
        asked = clocks()
        numbers, _ = plainly(window, session.rated)
        ended = clocks()
        apart = max(apart, float(np.abs(numbers - session.person.folded.numbers).max()))
        to_list.append(listed - began)
        to_paint.append(painted - began)
        questions.append(asked - painted)
        plain.append(ended - asked)
    print(f"{'measure':<54}{'median':>10}{'95 %':>10}{'of the processor':>18}")
    for name, times in (
        ("one more star → list of recommendations", to_list),
        ("one more star → recommendations painted (aim 16 ms)", to_paint),
        ("then: what to rate next, of all movies", questions),
        ("NumPy's solve and sort, nothing else", plain),
    ):
        wall, processor = 1e3 * np.array(times).T
        print(f"{name:<54}{np.median(wall):>7.1f} ms{np.quantile(wall, 0.95):>7.1f} ms{np.median(processor):>15.1f} ms")
    ratio = np.median(to_paint, axis=0)[0] / np.median(plain, axis=0)[0]
    print(f"painted / NumPy alone: {ratio:.1f}×; numbers differ by {apart:.1e} at most")
    window.workspace.edits.mark_saved()
    window.close()


if __name__ == "__main__":
    main()
