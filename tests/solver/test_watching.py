"""A search in a thread can be watched, paused, stepped and stopped, and leaves exact numbers and no thread."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from solver_support import lesson_problem

from cfstudio.solver.options import SolverOptions
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.solve import solve
from cfstudio.solver.watch import Watch

PATIENCE = 20


class Running:
    """A search in its own thread that announces its trial solutions."""

    def __init__(self, problem, *, paused):
        self.trials = []
        self.news = threading.Semaphore(0)
        self.watch = Watch(self._seen, paused=paused)
        self.thread = threading.Thread(target=self._run, args=(problem,))
        self.thread.start()

    def _run(self, problem):
        self.result = solve(problem, self.watch)

    def _seen(self, trial):
        self.trials.append(trial)
        self.news.release()

    def wait(self):
        assert self.news.acquire(timeout=PATIENCE)

    def ended(self):
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return self.result


def test_steps_show_one_trial_solution_each_and_stop_keeps_the_last():
    problem = lesson_problem()
    running = Running(problem, paused=True)
    running.wait()
    assert [one.iteration for one in running.trials] == [0]
    for _ in range(3):
        running.watch.step()
        running.wait()
    assert [one.iteration for one in running.trials] == [0, 1, 2, 3]
    assert running.watch.latest is running.trials[-1]
    running.watch.stop()
    result = running.ended()
    assert result.outcome is Outcome.STOPPED
    np.testing.assert_array_equal(result.numbers, running.trials[-1].numbers)
    model, ratings = result.factorization(), problem.ratings
    errors = model.predict(ratings.users, ratings.items) - ratings.values
    assert result.objective == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)


def test_a_pause_changes_nothing_of_the_result():
    running = Running(lesson_problem(), paused=True)
    running.wait()
    running.watch.step()
    running.wait()
    running.watch.resume()
    paused = running.ended()
    straight = solve(lesson_problem())
    assert paused.outcome is straight.outcome
    np.testing.assert_array_equal(paused.numbers, straight.numbers)


def test_show_iteration_results_pauses_at_the_start():
    running = Running(lesson_problem(options=SolverOptions(show_iterations=True)), paused=False)
    running.wait()
    assert running.watch.is_paused
    running.watch.stop()
    assert running.ended().outcome is Outcome.STOPPED


@pytest.mark.parametrize("method", ["grg", "evolutionary", "als"])
@pytest.mark.parametrize("n_trials", [1, 3])
def test_every_method_stops_on_request(method, n_trials):
    options = SolverOptions(derivatives="central", multistart=True, population=10)
    running = Running(lesson_problem(method=method, options=options), paused=False)
    for _ in range(n_trials):
        running.wait()
    running.watch.stop()
    result = running.ended()
    assert result.outcome is Outcome.STOPPED
    assert result.objective <= result.start


def test_stop_before_the_start_keeps_the_start():
    watch = Watch()
    watch.stop()
    result = solve(lesson_problem(), watch)
    assert result.outcome is Outcome.STOPPED
    np.testing.assert_array_equal(result.numbers, result.start_numbers)
    assert result.objective == result.start


def test_trial_solutions_tell_what_the_dialog_shows():
    trials = []
    result = solve(lesson_problem(non_negative=True), Watch(trials.append))
    assert [one.iteration for one in trials] == list(range(result.iterations + 1))
    assert trials[0].objective == pytest.approx(2.80606206164831)
    assert all(one.objective >= other.objective for one, other in pairwise(trials))
    assert all(one.feasibility == 0 and one.gradient_norm >= 0 and np.isnan(one.held_out_rmse) for one in trials)
    assert [one.seconds for one in trials] == sorted(one.seconds for one in trials)
    assert trials[-1].evaluations <= result.evaluations <= result.recalculations
    assert len(result.history) == len(trials)
    assert all(one.numbers is None for one in result.history)
    # What was handed out stays what it was.
    assert not np.shares_memory(trials[0].numbers, trials[1].numbers)


def test_an_exception_of_the_watcher_is_not_swallowed():
    def fail(trial):
        raise RuntimeError("the window is gone")

    with pytest.raises(RuntimeError, match="the window is gone"):
        solve(lesson_problem(), Watch(fail))
