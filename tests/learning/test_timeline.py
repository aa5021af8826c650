"""What people gain from the timeline: the numbers of earlier steps, exactly, within the memory they allow."""

from __future__ import annotations

import numpy as np

from cfstudio.learning.timeline import Timeline
from cfstudio.models.factorization import Factorization


def numbers(step, n=1000):
    return Factorization(np.full((n, 1), step, dtype=np.float32), np.full((n, 1), -step, dtype=np.float32))


def run(timeline, n_steps, n=1000):
    for step in range(n_steps):
        timeline.note(step, step / 10, lambda step=step: numbers(step, n))


def test_every_step_of_a_small_run_is_kept_with_its_own_numbers():
    timeline = Timeline()
    run(timeline, 300)
    assert [frame.step for frame in timeline.frames] == list(range(300))
    assert all((frame.factors.user_factors == frame.step).all() for frame in timeline.frames)


def test_the_memory_is_never_exceeded_and_the_start_is_never_forgotten():
    most = 50 * numbers(0).n_bytes
    timeline = Timeline(most)
    for step in range(2000):
        timeline.note(step, 0.0, lambda step=step: numbers(step))
        assert timeline.n_bytes <= most
    steps = [frame.step for frame in timeline.frames]
    assert steps[0] == 0
    assert len(steps) > 20
    distances = np.diff(steps)
    assert distances.max() <= 2 * distances.min()
    assert steps[-1] >= 2000 - distances.max()


def test_a_smaller_limit_thins_at_once():
    timeline = Timeline()
    run(timeline, 128)
    timeline.limit(10 * numbers(0).n_bytes)
    assert 5 < len(timeline.frames) <= 10
    assert timeline.frames[0].step == 0


def test_going_back_forgets_what_came_after():
    timeline = Timeline()
    run(timeline, 100)
    timeline.cut(40)
    assert timeline.frames[-1].step == 40
    timeline.note(41, 4.1, lambda: numbers(41))
    assert timeline.frames[-1].step == 41
