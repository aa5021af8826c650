"""A search on the open document: shown while it goes on, then kept as one step or taken back without a trace."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from support import crosstab

from cfstudio.ratings.builtin import lesson
from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.problem import Problem
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.solver_control import SolverControl
from cfstudio.workspace.solver_run import KeptTrials
from cfstudio.workspace.training_control import TrainingControl

SLOW = 0.05
"""Seconds per trial solution with which a search surely is not over yet."""


class Asked:
    """A document, its training control, the Solver on it, and what it says."""

    def __init__(self, ratings):
        self.workspace = Workspace()
        self.workspace.open_ratings(ratings)
        self.training = TrainingControl(self.workspace)
        self.control = SolverControl(self.workspace, self.training)
        self.said = []
        self.control.settled.connect(self.said.append)

    def problem(self, **changes):
        workspace = self.workspace
        return replace(Problem.ready_for(workspace.ratings, workspace.held_out, workspace.factors), **changes)

    def start(self, seconds_per_trial=0.0, **changes):
        self.control.start(self.problem(**changes), seconds_per_trial)

    def wait(self, condition):
        """As the window does: look again and again."""
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            self.control.poll()
            time.sleep(0.001)

    def solve(self, **changes):
        self.start(**changes)
        self.wait(lambda: not self.control.is_solving)

    def rmse(self):
        """By NumPy, from the document's own numbers."""
        ratings, factors = self.workspace.ratings, self.workspace.factors
        predicted = factors.user_factors.astype(float) @ factors.item_factors.astype(float).T
        if factors.user_bias is not None:
            predicted += factors.user_bias[:, None] + factors.item_bias
        errors = (predicted + factors.global_mean)[ratings.users, ratings.items] - ratings.values
        return float(np.sqrt(np.nanmean(errors**2)))

    def bits(self):
        factors = self.workspace.factors
        return factors.user_factors.tobytes(), factors.item_factors.tobytes()


@pytest.fixture
def asked():
    one = Asked(lesson())
    yield one
    one.control.close()
    one.training.close()
    one.training.join()
    assert not [thread for thread in threading.enumerate() if thread.name == "solver"]


def test_the_lesson_goes_from_2_806_to_0_393_as_in_the_workbook(asked):
    assert asked.rmse() == pytest.approx(2.80606, abs=1e-4)
    asked.solve()
    assert asked.control.state == "finished"
    assert asked.rmse() <= 0.39291
    assert asked.workspace.score.train_rmse == pytest.approx(asked.rmse(), abs=1e-6)


def test_keeping_is_one_step_that_can_be_undone_and_redone(asked):
    before, bits = asked.workspace.state, asked.bits()
    asked.solve()
    assert asked.workspace.edits.top is None
    assert asked.control.keep()
    solved = asked.bits()
    assert asked.workspace.edits.top.label == "Solver solution"
    asked.workspace.edits.undo()
    assert asked.workspace.state is before
    assert asked.bits() == bits
    assert asked.workspace.edits.top is None
    asked.workspace.edits.redo()
    assert asked.bits() == solved


def test_restoring_gives_every_bit_back_and_is_no_edit(asked):
    before, bits = asked.workspace.state, asked.bits()
    asked.solve()
    assert asked.bits() != bits
    asked.control.restore()
    assert asked.workspace.state is before
    assert asked.bits() == bits
    assert asked.workspace.edits.top is None
    assert asked.control.state == "idle"
    assert asked.control.result.outcome is Outcome.CONVERGED


def test_the_original_numbers_do_not_move_while_the_sheet_does(asked):
    original, bits = asked.workspace.factors, asked.bits()
    asked.start(SLOW)
    asked.wait(lambda: asked.bits() != bits)
    assert asked.control.state == "running"
    assert original.user_factors.tobytes() == bits[0]
    assert 0.5 < asked.rmse() < 2.8


def test_stop_in_the_middle_keeps_the_best_trial_solution_so_far(asked):
    asked.start(SLOW)
    asked.wait(lambda: len(asked.control.run.trials) > 5)
    asked.control.stop()
    asked.wait(lambda: not asked.control.is_solving)
    result = asked.control.result
    assert result.outcome is Outcome.STOPPED
    best = min(trial.objective for trial in asked.control.run.trials)
    assert 0.39291 < best < 2.8
    assert asked.rmse() == pytest.approx(best, abs=1e-6)
    asked.control.keep()
    assert asked.rmse() == pytest.approx(best, abs=1e-6)


def test_pause_holds_the_numbers_and_a_step_moves_them_by_one_trial_solution(asked):
    asked.start(SLOW)
    asked.wait(lambda: len(asked.control.run.trials) > 1)
    asked.control.pause()
    assert asked.control.state == "paused"
    trials = asked.control.run.trials
    time.sleep(3 * SLOW)
    asked.control.poll()
    n, bits = len(trials), asked.bits()
    time.sleep(3 * SLOW)
    asked.control.poll()
    assert (len(trials), asked.bits()) == (n, bits)
    asked.control.step()
    asked.wait(lambda: len(trials) == n + 1)
    asked.wait(lambda: asked.bits() != bits)
    time.sleep(3 * SLOW)
    assert len(trials) == n + 1
    asked.control.run.set_pace(0)
    asked.control.resume()
    asked.wait(lambda: not asked.control.is_solving)
    assert asked.rmse() <= 0.39291


def test_show_iteration_results_waits_at_every_trial_solution(asked):
    asked.start(options=SolverOptions(show_iterations=True))
    asked.wait(lambda: len(asked.control.run.trials) == 1)
    asked.wait(lambda: asked.control.state == "paused")
    for n in (2, 3):
        asked.control.step()
        asked.wait(lambda n=n: len(asked.control.run.trials) == n)


def test_closing_in_the_middle_restores_and_leaves_no_thread(asked):
    before, bits = asked.workspace.state, asked.bits()
    asked.start(SLOW)
    asked.wait(lambda: asked.bits() != bits)
    asked.control.close()
    assert asked.workspace.state is before
    assert asked.bits() == bits
    assert asked.workspace.edits.top is None
    assert not [thread for thread in threading.enumerate() if thread.name == "solver"]


def test_closing_while_paused_does_not_hang(asked):
    asked.start(SLOW)
    asked.control.pause()
    asked.wait(lambda: asked.control.run.trials)
    asked.control.close()
    assert asked.control.state == "idle"


def test_an_edit_in_the_middle_comes_after_the_solvers_own_step(asked):
    bits = asked.bits()
    asked.start(SLOW)
    asked.wait(lambda: asked.bits() != bits)
    asked.workspace.set_factor("user", 0, 0, 9.0)
    assert asked.control.state == "idle"
    assert asked.workspace.factors.user_factors[0, 0] == 9.0
    assert "kept" in asked.said[0]
    asked.workspace.edits.undo()
    assert asked.workspace.edits.top.label == "Solver solution"
    assert asked.rmse() == pytest.approx(asked.control.result.objective, abs=1e-6)
    asked.workspace.edits.undo()
    assert asked.bits() == bits


def test_an_edit_of_an_undecided_solution_keeps_it_first(asked):
    bits = asked.bits()
    asked.solve()
    asked.workspace.set_rating(0, 0, 1.0)
    assert asked.workspace.edits.top.label.startswith("rating")
    asked.workspace.edits.undo()
    assert asked.rmse() <= 0.39291
    asked.workspace.edits.undo()
    assert asked.bits() == bits


def test_training_from_an_undecided_solution_makes_two_undo_steps(asked):
    bits = asked.bits()
    asked.solve()
    solved = asked.bits()
    asked.training.set_speed(None)
    asked.training.step_batch()
    end = time.monotonic() + 60
    while asked.training.is_active and time.monotonic() < end:
        asked.training.poll(np.arange(15), np.arange(15))
        time.sleep(0.002)
    assert asked.control.state == "idle"
    assert asked.bits() != solved
    assert asked.workspace.edits.top.label == "training run"
    asked.workspace.edits.undo()
    assert asked.bits() == solved
    asked.workspace.edits.undo()
    assert asked.bits() == bits


def test_opening_another_document_in_the_middle_ends_the_search_and_touches_nothing(asked):
    asked.start(SLOW)
    asked.workspace.open_ratings(crosstab([[1.0, 2.0], [3.0, None]]))
    factors = asked.workspace.factors.copy()
    for _ in range(5):
        asked.control.poll()
        time.sleep(0.01)
    np.testing.assert_array_equal(asked.workspace.factors.user_factors, factors.user_factors)
    assert asked.control.state == "idle"


def test_another_state_in_place_of_the_shown_one_is_left_alone(asked):
    # Undo of an exchange that was made before the search replaces the whole state without asking.
    asked.workspace.new_start()
    asked.start(SLOW)
    asked.workspace.edits.undo()
    state, bits = asked.workspace.state, asked.bits()
    for _ in range(5):
        asked.control.poll()
        time.sleep(0.01)
    assert asked.workspace.state is state
    assert asked.bits() == bits
    assert asked.control.state == "idle"


def test_a_solution_in_whose_place_another_state_was_put_is_neither_kept_nor_restored(asked):
    asked.workspace.reset_factors()
    for decide in (asked.control.keep, asked.control.restore, asked.control.settle):
        asked.solve()
        asked.workspace.edits.undo()
        state = asked.workspace.state
        decide()
        assert asked.workspace.state is state
        assert asked.control.state == "idle"
        asked.workspace.edits.redo()


def test_what_cannot_be_solved_changes_nothing(asked):
    before = asked.workspace.state
    cells = Cells.whole(asked.workspace.factors, ["user_factors"])
    limits = (CellConstraint(cells, ">=", 2.0), CellConstraint(cells, "<=", 1.0))
    asked.solve(constraints=limits)
    assert asked.control.result.outcome is Outcome.NO_FEASIBLE
    assert asked.control.state == "idle"
    assert asked.workspace.state is before
    assert not asked.control.keep()
    assert asked.workspace.edits.top is None


def test_a_solution_that_is_the_start_makes_no_step(asked):
    before = asked.workspace.state
    mask = np.zeros((15, 5), dtype=np.bool_)
    mask[0, 0] = True
    cells = Cells.chosen(before.factors, {"user_factors": mask})
    only = CellConstraint(cells, "=", float(before.factors.user_factors[0, 0]))
    asked.solve(changing=cells, constraints=(only,))
    assert asked.control.result.outcome.has_solution
    assert not asked.control.keep()
    assert asked.workspace.state is before
    assert asked.workspace.edits.top is None


def test_other_numbers_can_be_put_in_place_and_each_time_can_be_undone(asked):
    whole = Cells.whole(asked.workspace.factors)
    start, start_bits = whole.read(asked.workspace.factors), asked.bits()
    asked.solve()
    solved, solved_bits = whole.read(asked.workspace.factors), asked.bits()
    asked.control.put_numbers("scenario start", whole, start)
    assert asked.bits() == start_bits
    asked.control.put_numbers("scenario solved", whole, solved)
    asked.control.keep()
    asked.control.put_numbers("scenario start", whole, start)
    assert asked.bits() == start_bits
    assert asked.workspace.edits.top.label == "scenario start"
    asked.workspace.edits.undo()
    assert asked.bits() == solved_bits


def test_other_numbers_are_refused_while_a_search_is_on(asked):
    asked.start(SLOW)
    whole = Cells.whole(asked.workspace.factors)
    with pytest.raises(Refusal, match="Stop the Solver"):
        asked.control.put_numbers("scenario start", whole, whole.read(asked.workspace.factors))


def test_a_failure_puts_the_original_numbers_back_and_says_why(asked, monkeypatch):
    before, sentences = asked.workspace.state, []
    asked.control.failed.connect(sentences.append)

    def fail(_problem, _watch):
        raise MemoryError("no memory left")

    monkeypatch.setattr("cfstudio.workspace.solver_run.solve", fail)
    asked.solve()
    assert asked.workspace.state is before
    assert "no memory left" in sentences[0]
    assert asked.control.state == "idle"


def test_every_trial_solution_can_be_shown_again_and_kept(asked):
    bits = asked.bits()
    asked.solve()
    run, solved = asked.control.run, asked.bits()
    assert run.kept.places == list(range(len(run.trials)))
    for place in (0, 7, len(run.trials) - 1):
        asked.control.show_trial(place)
        assert asked.rmse() == pytest.approx(run.trials[place].objective, abs=1e-6)
    asked.control.show_trial(None)
    assert asked.bits() == solved
    asked.control.show_trial(7)
    assert asked.control.keep()
    assert asked.rmse() == pytest.approx(run.trials[7].objective, abs=1e-6)
    asked.workspace.edits.undo()
    assert asked.bits() == bits
    # What is decided is not shown over what the document holds by now.
    asked.control.show_trial(3)
    assert asked.bits() == bits


def test_while_paused_earlier_trial_solutions_can_be_looked_at_and_the_search_goes_on_from_the_latest(asked):
    asked.start(SLOW)
    asked.wait(lambda: len(asked.control.run.trials) > 3)
    before = asked.bits()
    asked.control.show_trial(0)
    assert asked.bits() == before, "a search that goes on shows its own numbers"
    asked.control.pause()
    time.sleep(3 * SLOW)
    asked.control.poll()
    latest, trials = asked.bits(), asked.control.run.trials
    asked.control.show_trial(0)
    assert asked.rmse() == pytest.approx(trials[0].objective, abs=1e-6)
    asked.control.poll()
    assert asked.rmse() == pytest.approx(trials[0].objective, abs=1e-6)
    asked.control.show_trial(None)
    assert asked.bits() == latest
    asked.control.run.set_pace(0)
    asked.control.resume()
    asked.wait(lambda: not asked.control.is_solving)
    assert asked.rmse() <= 0.39291


def test_kept_trial_solutions_are_thinned_evenly_once_memory_is_full():
    kept = KeptTrials(most_bytes=8 * 80)
    for place in range(100):
        kept.add(place, np.full(10, float(place)))
        assert len(kept.places) <= 8
    assert kept.places == list(range(0, 100, 16))
    assert [kept.numbers_of(place)[0] for place in kept.places] == kept.places
    assert kept.numbers_of(5) is None
