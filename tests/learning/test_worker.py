"""A run in its own thread does exactly what it is told, and what it shows is what it has."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.pace import CHUNK_SECONDS, Pace
from cfstudio.learning.trainer import Trainer
from cfstudio.learning.worker import ENDED, TrainingWorker
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

CONFIG = TrainingConfig(n_factors=4, batch_size=16, epochs=20, schedule="constant")
SECONDS = 60


def make(config=CONFIG):
    ratings = random_ratings(20, 15, 120)
    held_out = random_hold_out(ratings, 0.2, 42)
    return Trainer(ratings, held_out, random_start(ratings, config, held_out), config)


@pytest.fixture
def worker():
    worker = TrainingWorker(make)
    worker.start()
    yield worker
    worker.stop()
    worker.join(SECONDS)
    assert not worker.thread.is_alive()


def wait(worker, *states):
    assert worker.wait_until(states, SECONDS), worker.state


def same(one, other):
    return np.array_equal(one.user_factors, other.user_factors) and np.array_equal(one.item_bias, other.item_bias)


def test_it_rests_until_told_to_play_and_then_runs_to_the_end(worker):
    wait(worker, "paused")
    assert worker.steps_done == 0
    worker.play()
    wait(worker, "finished")
    assert worker.steps_done == worker.total_steps == 20 * 6
    straight = make()
    while not straight.finished:
        straight.advance(1_000)
    assert same(worker.factorization(), straight.factorization())


def test_steps_and_epochs_end_exactly_where_they_should(worker):
    worker.step(1)
    wait(worker, "paused")
    assert worker.steps_done == 1
    worker.step_epoch()
    wait(worker, "paused")
    assert worker.steps_done == 6
    worker.step_epoch()
    wait(worker, "paused")
    assert worker.steps_done == 12


def test_pausing_and_going_on_changes_nothing_of_the_result(worker):
    worker.set_speed(2_000)
    worker.play()
    while worker.state not in ENDED:
        worker.pause()
        wait(worker, "paused", *ENDED)
        if worker.state == "paused":
            worker.play()
            time.sleep(0.002)
    straight = make()
    while not straight.finished:
        straight.advance(1_000)
    assert same(worker.factorization(), straight.factorization())


def test_a_snapshot_holds_the_rows_asked_for_as_they_are(worker):
    wait(worker, "paused")
    users, items = np.array([3, 0, 19]), np.array([7, 2])
    worker.request_rows(users, items)
    worker.step(1)
    wait(worker, "paused")
    snapshot, model = worker.take_snapshot(), worker.factorization()
    assert np.array_equal(snapshot.user_factors, model.user_factors[users])
    assert np.array_equal(snapshot.item_bias, model.item_bias[items])
    assert worker.take_snapshot() is None


def test_a_chosen_speed_is_kept():
    worker = TrainingWorker(lambda: make(replace(CONFIG, epochs=10_000)), steps_per_second=100)
    worker.start()
    worker.play()
    while worker.steps_done < 1:
        time.sleep(0.001)
    began, first = time.perf_counter(), worker.steps_done
    time.sleep(1.0)
    done, seconds = worker.steps_done - first, time.perf_counter() - began
    worker.stop()
    worker.join(SECONDS)
    # A busy machine may fall behind, but never runs ahead.
    assert 1 <= done <= 100 * seconds + 3
    assert worker.state == "stopped"


def test_one_step_a_second_starts_at_once_and_stops_at_once():
    worker = TrainingWorker(make, steps_per_second=1)
    worker.start()
    wait(worker, "paused")
    worker.play()
    while worker.steps_done < 1:
        time.sleep(0.001)
    worker.pause()
    wait(worker, "paused")
    assert worker.steps_done == 1
    worker.stop()
    worker.join(SECONDS)


def test_a_run_that_cannot_begin_fails_with_its_reason():
    def make_nothing():
        raise ValueError("There is no rating to train on.")

    worker = TrainingWorker(make_nothing)
    worker.start()
    worker.play()
    wait(worker, "failed")
    assert str(worker.error) == "There is no rating to train on."


def test_a_diverging_run_fails_and_keeps_finite_numbers():
    hot = TrainingConfig(
        model="dot", sigmoid=False, optimizer="sgd", learning_rate=100.0, schedule="constant", n_factors=4, epochs=50
    )
    worker = TrainingWorker(lambda: make(hot))
    worker.start()
    worker.play()
    wait(worker, "failed")
    assert "learning rate" in str(worker.error)
    assert np.isfinite(worker.factorization().user_factors).all()


def test_the_trainer_is_made_in_the_thread():
    names = []

    def remember():
        names.append(threading.current_thread().name)
        return make()

    worker = TrainingWorker(remember)
    worker.start()
    wait(worker, "paused")
    worker.stop()
    worker.join(SECONDS)
    assert names == ["training"]


def test_full_speed_grows_its_pieces_to_a_few_milliseconds():
    pace, done = Pace(), 0
    for _ in range(30):
        n_steps = pace.due()
        done += n_steps
        pace.note(n_steps, n_steps * 1e-5, done)
    assert pace.due() == round(CHUNK_SECONDS / 1e-5)


def test_a_machine_that_cannot_keep_up_does_not_race_afterwards():
    pace = Pace(1_000_000)
    pace.resume(0)
    pace.note(1, 0.01, 1)
    assert pace.due() <= 2
