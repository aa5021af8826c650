"""What a device sends back is read when it is there and not waited for: progress, rows for the sheet, bursts."""

import numpy as np
import pytest
import torch
from device_cases import CONFIG, start_of, trainer_of, use_device_engine
from support import to_step

from cfstudio.learning import device_engine
from cfstudio.learning import trainer as trainer_module
from cfstudio.learning.checkpoints import Checkpoints
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.device_progress import MOST_BURSTS, Bursts, ProgressReader
from cfstudio.learning.engine import ARRAYS
from cfstudio.learning.snapshot_desk import SnapshotDesk


class Queue:
    """A device's queue of work: marks are done when the test says so, or when somebody waits."""

    def __init__(self):
        self.marks = []

    def mark(self):
        self.marks.append(FakeEvent())
        return self.marks[-1]


class FakeEvent:
    def __init__(self):
        self.is_done, self.n_waits = False, 0

    def query(self):
        return self.is_done

    def synchronize(self):
        self.n_waits += not self.is_done
        self.is_done = True


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_progress_is_sent_for_every_30_ms_and_read_only_when_it_is_here():
    numbers, queue, clock = torch.tensor([1.0, 2.0]), Queue(), Clock()
    reader = ProgressReader(numbers, queue.mark, clock)
    reader.look()
    assert len(queue.marks) == 1
    assert reader.latest == ()
    numbers.fill_(5.0)
    for clock.now in (0.01, 0.05, 0.5):
        reader.look()
    assert (len(queue.marks), reader.latest) == (1, ()), "one at a time, and the device is not waited for"
    queue.marks[0].is_done = True
    reader.look()
    assert reader.latest == (1.0, 2.0), "as they were when they were sent for"
    assert len(queue.marks) == 2
    queue.marks[1].is_done = True
    clock.now = 0.52
    reader.look()
    assert reader.latest == (5.0, 5.0)
    assert len(queue.marks) == 2, "20 ms later it is not time"
    clock.now = 0.531
    reader.look()
    assert len(queue.marks) == 3
    assert sum(mark.n_waits for mark in queue.marks) == 0


def test_the_host_runs_ahead_of_the_device_by_two_bursts_and_no_more():
    queue = Queue()
    bursts = Bursts(queue.mark)
    for _ in range(MOST_BURSTS):
        bursts.note()
    assert [mark.n_waits for mark in queue.marks] == [0] * MOST_BURSTS
    bursts.note()
    assert [mark.n_waits for mark in queue.marks] == [1] + [0] * MOST_BURSTS
    for mark in queue.marks:
        mark.is_done = True
    bursts.note()
    assert sum(mark.n_waits for mark in queue.marks) == 1, "a device that keeps up is never waited for"


@pytest.fixture
def queue(monkeypatch):
    """Engines whose device is done with nothing before the test says so."""
    made = Queue()
    monkeypatch.setattr(device_engine, "mark_of", lambda _: made.mark)
    # checkpoints and evaluations wait for all steps: none but at the end of an epoch
    monkeypatch.setattr(Checkpoints, "is_due", False)
    monkeypatch.setattr(trainer_module, "next_evaluation", lambda step, n: step - step % n + n)
    use_device_engine(monkeypatch)
    return made


def test_rows_for_the_sheet_come_later_and_steps_go_on_meanwhile(queue):
    trainer = to_step(trainer_of(), 4)
    users, items = np.array([3, 1]), np.array([2])
    desk, there = SnapshotDesk(), trainer.factorization()
    desk.ask(users, items)
    desk.serve(trainer)
    waits = sum(mark.n_waits for mark in queue.marks)
    assert desk.take() is None
    sent = len(queue.marks)
    trainer.advance(1)
    desk.ask(users, items)
    desk.serve(trainer)
    assert desk.take() is None
    for mark in queue.marks[:sent]:
        mark.is_done = True
    desk.serve(trainer)
    snapshot = desk.take()
    np.testing.assert_array_equal(snapshot.user_factors, there.user_factors[users])
    np.testing.assert_array_equal(snapshot.user_bias, there.user_bias[users])
    np.testing.assert_array_equal(snapshot.item_factors, there.item_factors[items])
    assert sum(mark.n_waits for mark in queue.marks) <= waits + 1, "but for the burst two before"
    # the later request is served next, with the numbers of then
    desk.serve(trainer)
    for mark in queue.marks:
        mark.is_done = True
    desk.serve(trainer)
    later = desk.take()
    assert (later.user_factors != there.user_factors[users]).any()
    np.testing.assert_array_equal(later.user_factors, trainer.factorization().user_factors[users])


def test_rows_under_way_when_the_run_rests_are_dropped(queue):
    trainer, desk = to_step(trainer_of(), 4), SnapshotDesk()
    desk.ask(np.array([3]), np.array([2]))
    desk.serve(trainer)
    desk.forget()
    for mark in queue.marks:
        mark.is_done = True
    desk.serve(trainer)
    assert desk.take() is None


def test_a_stretch_of_steps_waits_for_bursts_alone_and_a_report_for_all(queue):
    engine = DeviceEngine(start_of(), CONFIG, 20)
    cells = trainer_of()._cells
    queue.marks.clear()
    one, momentum = np.full(1, 0.01, np.float32), np.full(1, 0.9, np.float32)
    for step in range(2):
        assert engine.held_steps(cells, one, momentum, step, settles=False) == 1
    assert sum(mark.n_waits for mark in queue.marks) == 0
    assert engine.report[0] > 0
    assert sum(mark.n_waits for mark in queue.marks) == 1


def test_rows_are_copies_of_all_arrays():
    engine, start = DeviceEngine(start_of(), CONFIG, 20), start_of()
    users, items = np.arange(len(start.user_factors)), np.arange(len(start.item_factors))
    rows = engine.begin_rows(users, items)()
    engine.load(trainer_of().factorization())
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(rows, name), getattr(start, name))
