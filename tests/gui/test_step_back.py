"""What people gain from stepping back: the numbers of the step before, to the last bit, and a run that goes on."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

Key = Qt.Key


def numbers(person):
    return np.concatenate([person.numbers("userFactorsView").ravel(), person.numbers("itemFactorsView").ravel()])


def step(person, action="actionStepBatch"):
    person.do(action)
    person.wait_for_state("paused", "finished")
    return numbers(person)


def test_step_by_step_back_and_forth_gives_the_same_numbers(lesson):
    start = numbers(lesson)
    seen = [step(lesson) for _ in range(4)]
    back = [step(lesson, "actionStepBack") for _ in range(3)]
    assert all(np.array_equal(a, b) for a, b in zip(back, reversed(seen[:3]), strict=True))
    assert np.allclose(step(lesson, "actionStepBack"), start, atol=1e-6)
    assert not lesson.action("actionStepBack").isEnabled()
    assert all(np.array_equal(step(lesson), one) for one in seen)


def test_a_finished_run_steps_back_and_finishes_again_at_the_same_numbers(lesson):
    lesson.train()
    end, rmse = numbers(lesson), lesson.shown_rmse()
    back = step(lesson, "actionStepBack")
    assert not np.array_equal(back, end)
    assert lesson.window.control.worker.steps_done == 299
    lesson.do("actionTrain")
    lesson.wait_for_state("finished")
    assert np.array_equal(numbers(lesson), end)
    assert lesson.shown_rmse() == rmse
    # All of it is one run, and one undo step.
    assert len(lesson.window.workspace.runs) == 1
    lesson.do("actionUndo")
    assert lesson.shown_rmse() == 2.8061


def test_after_an_edit_it_says_why_it_cannot(lesson):
    step(lesson)
    lesson.type_into("userFactorsView", 0, 0, "0.5")
    edited = numbers(lesson)
    lesson.do("actionStepBack")
    assert "undo what came after it" in lesson.window.card.text
    assert np.array_equal(numbers(lesson), edited)


def test_it_has_a_key(lesson):
    step(lesson)
    first = numbers(lesson)
    step(lesson)
    lesson.press(Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
    lesson.wait_for_state("paused")
    assert np.array_equal(numbers(lesson), first)


def test_a_run_that_stops_by_a_rule_says_which(lesson):
    field = lesson.find("target_rmse")
    field.setValue(1.0)
    lesson.train()
    assert "has reached the target of 1" in lesson.window.status.currentMessage()
    assert 0.9 < lesson.shown_rmse() <= 1.0
