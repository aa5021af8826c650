"""What is worked out for newcomers while numbers change again and again: the last question's answer, one at a time."""

from __future__ import annotations

import importlib
import threading
import time

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from cfstudio.gui.background_task import POLL_MS
from cfstudio.gui.new_movie.movie_session import MovieSession
from cfstudio.workspace.reshaping import without


class Held:
    """Stands for something that takes long: nobody passes before `let_go`; counts who is at it."""

    def __init__(self, does):
        self.does, self.open = does, threading.Event()
        self.lock, self.now, self.most, self.calls = threading.Lock(), 0, 0, 0

    def __call__(self, *arguments):
        with self.lock:
            self.now, self.calls = self.now + 1, self.calls + 1
            self.most = max(self.most, self.now)
        assert self.open.wait(30)
        with self.lock:
            self.now -= 1
        return self.does(*arguments)


def change_five_times(person):
    """Numbers that change after each answer was asked for, which happens in the next turn of events."""
    for number in range(5):
        person.window.workspace.set_factor("user", 0, 0, 0.1 + number)
        QApplication.processEvents()


NEWCOMERS = [
    ("actionNewUser", "cfstudio.gui.new_person.newcomer_prior.refined_prior"),
    ("actionNewMovie", "cfstudio.gui.new_movie.movie_session.fit_feature_model"),
]


def newcomer(person, action):
    """Opens a newcomer's panel; what it knows of the model."""
    person.do(action)
    return person.window.people.person if action == "actionNewUser" else person.window.findChild(MovieSession)


def answer_is_there(held):
    """Wait without a turn of events until the thread has ended, and the look for it is overdue."""
    limit = time.monotonic() + 30
    while held.now or any(one.name == "background task" for one in threading.enumerate()):
        assert time.monotonic() < limit
        time.sleep(0.01)
    time.sleep(3 * POLL_MS / 1000)


def test_edits_in_quick_succession_are_answered_by_one_thread_and_by_the_last_numbers(tastes, monkeypatch):
    """Each thread holds the model and more: dozens of them once took 2 GB and all processors."""
    from cfstudio.explore.refined_prior import refined_prior

    held = Held(refined_prior)
    monkeypatch.setattr("cfstudio.gui.new_person.newcomer_prior.refined_prior", held)
    tastes.do("actionNewUser")
    session = tastes.window.people.person
    change_five_times(tastes)
    assert session.is_waiting
    held.open.set()
    tastes.wait_until(lambda: not session.is_waiting)
    assert held.most == 1
    assert held.calls <= 2
    workspace = tastes.window.workspace
    wanted = refined_prior(workspace.factors, "user", workspace.ratings, workspace.held_out)
    np.testing.assert_allclose(session.prior.current.mean, wanted.mean)


def test_what_genres_say_is_learned_once_for_edits_in_quick_succession(tastes, monkeypatch):
    from cfstudio.explore.new_movie import fit_feature_model

    held = Held(fit_feature_model)
    monkeypatch.setattr("cfstudio.gui.new_movie.movie_session.fit_feature_model", held)
    tastes.do("actionNewMovie")
    session = tastes.window.findChild(MovieSession)
    change_five_times(tastes)
    assert session.is_waiting
    held.open.set()
    tastes.wait_until(lambda: not session.is_waiting)
    assert held.most == 1
    assert held.calls <= 2
    assert session.folded is not None


@pytest.mark.parametrize(("action", "learns"), NEWCOMERS)
def test_a_movie_that_goes_while_an_answer_is_on_its_way_is_no_trouble(tastes, monkeypatch, action, learns):
    """The answer is of one movie more than there are, and comes before the next question is asked."""
    module, name = learns.rsplit(".", 1)
    held = Held(getattr(importlib.import_module(module), name))
    monkeypatch.setattr(learns, held)
    session = newcomer(tastes, action)
    told = []
    session.changed.connect(lambda: told.append(session.trouble))
    held.open.set()
    answer_is_there(held)
    tastes.window.workspace.exchange_contents("removal", lambda now: without(now, "item", np.array([3])))
    tastes.wait_until(lambda: not session.is_waiting)
    assert set(told) == {""}
