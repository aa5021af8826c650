"""A run of the Bayesian model: repeatable, blind to what is held out, and honest about how sure it is."""

from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings
from threadpoolctl import threadpool_info, threadpool_limits

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.gibbs_trainer import GibbsTrainer
from cfstudio.learning.make_trainer import make_trainer, posterior_of
from cfstudio.learning.mean_factors import MeanFactors
from cfstudio.learning.training_presets import training_preset
from cfstudio.learning.worker import TrainingWorker
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.split import random_hold_out
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.presets import hold_out_for, starting_factors
from cfstudio.workspace.session import Session, open_session, save_session
from cfstudio.workspace.training_control import TrainingControl

CONFIG = TrainingConfig(model="bayes", sigmoid=False, n_factors=12, epochs=20, features="all")
RATINGS = random_ratings(25, 18, 220)


def made(config=CONFIG, ratings=RATINGS, held_out=None):
    held_out = random_hold_out(ratings, 0.2, 42) if held_out is None else held_out
    return make_trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)


def finished(trainer, steps=1_000):
    while not trainer.finished:
        trainer.advance(steps)
    return trainer


def measured(trainer):
    return {name: column for name, column in trainer.history.to_dict().items() if name != "seconds"}


def test_the_model_bayes_is_fitted_by_the_sampler():
    assert isinstance(made(), GibbsTrainer)


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_a_run_is_the_same_to_the_last_bit_however_it_is_cut_into_pieces_and_looked_at(steps):
    whole, pieces = finished(made()), made()
    while not pieces.finished:
        pieces.advance(steps)
        pieces.factorization()
        pieces.posterior()
    assert measured(whole) == measured(pieces)
    assert whole.factorization().equals(pieces.factorization())


def test_a_sweep_leaves_the_second_processor_alone(monkeypatch):
    """Two threads of the matrix library took three times the processor time of one, and won nothing."""
    seen = []
    add = MeanFactors.add

    def watched(self, sample):
        seen.append({one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"})
        return add(self, sample)

    monkeypatch.setattr(MeanFactors, "add", watched)
    with threadpool_limits(2, user_api="blas"):
        finished(made(replace(CONFIG, epochs=3)))
        after = {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}
    assert seen == [{1}] * 3
    assert after == {2}


def test_another_seed_gives_other_samples():
    assert not finished(made()).factorization().equals(finished(made(replace(CONFIG, seed=1))).factorization())


def test_what_the_held_out_cells_hold_makes_no_difference():
    held_out = random_hold_out(RATINGS, 0.3, 1)
    other = replace(RATINGS, values=np.where(held_out, 5.5 - RATINGS.values, RATINGS.values))
    one, two = (finished(made(ratings=ratings, held_out=held_out)) for ratings in (RATINGS, other))
    assert one.factorization().equals(two.factorization())


def test_where_the_held_out_cells_are_makes_no_difference_either():
    """A held-out rating and no rating at all are the same to the model, sets of who rated what included."""
    held_out = random_hold_out(RATINGS, 0.3, 1)
    other = replace(RATINGS, values=np.where(held_out, np.nan, RATINGS.values))
    one, two = (finished(made(ratings=ratings, held_out=held_out)) for ratings in (RATINGS, other))
    assert one.factorization().equals(two.factorization())


def test_the_curve_is_the_rmse_of_the_mean_over_the_samples():
    trainer = made(replace(CONFIG, n_factors=200))  # room for all samples: nothing is cut off
    finished(trainer)
    held_out = random_hold_out(RATINGS, 0.2, 42)
    factors = trainer.factorization()
    for part, rmse in ((~held_out, trainer.history.train_rmse[-1]), (held_out, trainer.history.valid_rmse[-1])):
        errors = factors.predict(RATINGS.users[part], RATINGS.items[part]) - RATINGS.values[part]
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(rmse, abs=1e-5)


def test_the_rows_on_the_screen_are_those_of_the_mean_at_the_end():
    trainer = finished(made(replace(CONFIG, n_factors=10)))
    rows = trainer.rows(np.array([3, 1]), np.array([0, 5]))
    np.testing.assert_array_equal(rows.user_factors, trainer.factorization().user_factors[[3, 1]])
    np.testing.assert_array_equal(rows.item_bias, trainer.factorization().item_bias[[0, 5]])


def test_a_step_back_leads_to_the_same_numbers_as_never_having_gone_further():
    gone, straight = made(), made()
    for _ in range(12):
        gone.run_epoch()
    gone.rewind(5 * gone.steps_per_epoch + 2)
    while straight.step < gone.step:
        straight.advance(gone.step - straight.step)
    assert straight.step == gone.step
    assert measured(finished(gone)) == measured(finished(straight))


def test_a_run_ends_where_the_target_is_reached_and_says_so():
    trainer = made()
    trainer.change(replace(CONFIG, target_rmse=5.0))
    finished(trainer)
    assert trainer.epoch == 5  # the first sweep after the burn-in
    assert "target" in trainer.stopped_because
    with pytest.raises(ValueError, match="Factors"):
        trainer.change(replace(CONFIG, n_factors=3))


class Sample:
    noise_precisions = np.ones(9)

    def __init__(self, rng, rank=2):
        self.user_factors, self.item_factors = rng.normal(size=(9, rank)), rng.normal(size=(7, rank))
        self.user_bias, self.item_bias = rng.normal(size=9), rng.normal(size=7)

    def table(self):
        return self.user_factors @ self.item_factors.T + self.user_bias[:, None] + self.item_bias


def test_the_mean_of_samples_is_exact_with_enough_factors_and_the_best_of_its_rank_with_fewer():
    rng = np.random.default_rng(0)
    samples = [Sample(rng) for _ in range(4)]
    counts = rng.integers(0, 20, 9).astype(float), rng.integers(0, 20, 7).astype(float)
    for rank in (8, 3):
        mean = MeanFactors(*counts, rank)
        for sample in samples:
            mean.add(sample)
        users, items, user_bias, item_bias = mean.factors()
        got = users @ items.T
        wanted = sum(one.user_factors @ one.item_factors.T for one in samples) / 4
        np.testing.assert_allclose(user_bias, sum(one.user_bias for one in samples) / 4)
        np.testing.assert_allclose(item_bias, sum(one.item_bias for one in samples) / 4)
        weights = np.sqrt(np.outer(counts[0] + 1, counts[1] + 1))
        lost = np.sum((weights * (got - wanted)) ** 2)
        least = np.sum(np.linalg.svd(weights * wanted, compute_uv=False)[rank:] ** 2)  # Eckart and Young
        # Cut back twice, it can only come near to the best.
        assert lost <= 1.3 * least + 1e-18


def test_the_uncertainty_is_that_of_the_samples_and_covers_what_it_says():
    rng = np.random.default_rng(5)
    ratings = random_ratings(90, 60, 2_700, seed=5)
    expected = 3 + rng.normal(0, 0.5, (90, 3)) @ rng.normal(0, 0.8, (3, 60)) + rng.normal(0, 0.4, 60)
    ratings.values = expected[ratings.users, ratings.items] + rng.normal(0, 0.5, 2_700)
    held_out = random_hold_out(ratings, 0.3, 0)
    trainer = finished(made(replace(CONFIG, n_factors=3, epochs=100, features=""), ratings, held_out))
    posterior = trainer.posterior()
    users, items = ratings.users[held_out], ratings.items[held_out]
    z = (ratings.values[held_out] - trainer.factorization().predict(users, items)) / posterior.uncertainty(users, items)
    assert np.mean(np.abs(z) < 1) == pytest.approx(0.683, abs=0.05)
    assert np.mean(np.abs(z) < 1.96) == pytest.approx(0.95, abs=0.03)
    assert posterior.noise.mean() == pytest.approx(0.5, rel=0.15)
    assert posterior.spread(users, items).min() > 0
    assert len(posterior.users) <= 32


def test_typed_numbers_are_refused_with_a_sentence_and_undo_goes_on():
    workspace = Workspace()
    workspace.open_ratings(open_ratings("lesson"))
    workspace.configure(replace(CONFIG, n_factors=5, epochs=500))
    control = TrainingControl(workspace)
    said = []
    control.failed.connect(said.append)
    control.step_epoch()
    control._worker.wait_until(("paused",), 30)
    control.poll(np.arange(2), np.arange(2))
    workspace.set_factor("user", 0, 0, 9.0)
    control.step_epoch()
    assert "undo the edit" in said[-1]
    workspace.edits.undo()
    control.step_epoch()
    assert control._worker.wait_until(("paused",), 30)
    assert control._worker.epoch == 2
    control.close()
    control.left.join()


def test_the_document_knows_how_sure_it_is_of_cells_that_nobody_edited(tmp_path):
    workspace = Workspace()
    workspace.open_ratings(RATINGS)
    workspace.configure(CONFIG)
    control = TrainingControl(workspace)
    control.train()
    assert control._worker.wait_until(("finished",), 60)
    control.poll(np.arange(2), np.arange(2))
    posterior = workspace.state.posterior
    assert posterior.describes(workspace.factors, 3, 4)
    workspace.set_factor("user", 3, 0, 9.0)
    assert not posterior.describes(workspace.factors, 3, 4)
    assert posterior.describes(workspace.factors, 2, 4)
    workspace.edits.undo()
    assert posterior.describes(workspace.factors, 3, 4)
    workspace.reset_factors()
    assert not posterior.describes(workspace.factors, 3, 4)
    control.close()
    control.left.join()


def test_a_session_keeps_the_uncertainty_of_numbers_as_they_were_sampled(tmp_path):
    held_out = random_hold_out(RATINGS, 0.2, 42)
    trainer = finished(made())
    session = Session(RATINGS, held_out, trainer.factorization(), CONFIG, trainer.history)
    session.posterior = posterior_of(trainer)
    save_session(session, tmp_path / "a.cfstudio")
    opened = open_session(tmp_path / "a.cfstudio")
    cells = np.arange(5), np.arange(5)
    np.testing.assert_array_equal(opened.posterior.uncertainty(*cells), session.posterior.uncertainty(*cells))
    assert opened.posterior.describes(opened.factorization, 0, 0)
    opened.factorization.user_factors[0, 0] += 1
    save_session(opened, tmp_path / "b.cfstudio")
    assert open_session(tmp_path / "b.cfstudio").posterior is None


def test_a_worker_runs_the_sampler_and_hands_out_rows():
    worker = TrainingWorker(made)
    worker.start()
    worker.request_rows(np.array([0]), np.array([1]))
    worker.play()
    assert worker.wait_until(("finished",), 60)
    assert worker.take_snapshot() is not None
    assert isinstance(worker.factorization(), Factorization)
    assert worker.posterior() is not None


@pytest.mark.slow
def test_the_preset_best_predicts_held_out_movie_ratings_as_well_as_promised():
    """After 90 of its 250 sweeps already, 50 of which count."""
    ratings = open_ratings("ml-latest-small-2016")
    config = training_preset("best").config
    held_out = hold_out_for(ratings, config)
    trainer = made(config, ratings, held_out)
    for _ in range(90):
        trainer.run_epoch()
    factors = trainer.factorization()
    errors = factors.predict(ratings.users[held_out], ratings.items[held_out]) - ratings.values[held_out]
    assert np.sqrt(np.mean(errors**2)) <= 0.835
