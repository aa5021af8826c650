"""What people gain from the diagnosis: it says where a run began to memorize, and nothing where none did."""

from __future__ import annotations

import numpy as np

from cfstudio.learning.diagnosis import overfitting
from cfstudio.learning.history import History


def curve(train, valid):
    history = History()
    for step, (t, v) in enumerate(zip(train, valid, strict=True)):
        history.append(step * 10, float(step), t, v, 0.1 * step, 0.05)
    return history


def test_it_names_the_best_step_before_the_rise():
    found = overfitting(curve([1.0, 0.8, 0.6, 0.4, 0.3, 0.2], [1.1, 1.0, 0.95, 1.0, 1.05, 1.1]))
    assert (found.step, found.epoch, found.best, found.last) == (20, 2.0, 0.95, 1.1)


def test_noise_and_good_runs_are_left_alone():
    falling = np.linspace(1.0, 0.5, 30)
    assert overfitting(curve(falling, falling + 0.1)) is None
    noisy = falling + 0.1
    noisy[-1] += 0.5
    assert overfitting(curve(falling, noisy)) is None
    flat = np.full(30, 0.9)
    flat[10] = 0.898
    assert overfitting(curve(falling, flat)) is None


def test_a_diverging_run_is_another_matter():
    rising = np.linspace(1.0, 3.0, 30)
    assert overfitting(curve(rising, rising)) is None


def test_without_held_out_cells_nothing_can_be_said():
    falling = np.linspace(1.0, 0.5, 30)
    assert overfitting(curve(falling, np.full(30, np.nan))) is None
