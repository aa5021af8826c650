"""The Bayesian model says beforehand where it will memorize a small sheet, and what it says is so."""

from dataclasses import replace

import numpy as np
import pytest

from cfstudio.learning.engine import Pairs
from cfstudio.learning.gibbs import GibbsSampler
from cfstudio.learning.make_trainer import make_trainer
from cfstudio.learning.training_presets import training_preset
from cfstudio.models.bayes_features import bayes_features
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.presets import hold_out_for, preset_for, starting_factors
from cfstudio.workspace.size_check import memorizing_hint

BEST = replace(training_preset("best").config, valid_fraction=0.2)


def trained(ratings, config):
    held_out = hold_out_for(ratings, config)
    trainer = make_trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)
    while not trainer.finished:
        trainer.run_epoch()
    return trainer.history


def test_the_preset_best_counts_its_numbers_on_the_lessons_sheet():
    ratings = open_ratings("lesson")
    held_out = hold_out_for(ratings, BEST)
    train = np.flatnonzero(~held_out)
    pairs = Pairs(ratings.users[train], ratings.items[train], ratings.values[train].astype(np.float32))
    blocks = bayes_features(ratings, held_out, "all")
    sampler = GibbsSampler(pairs, *blocks, 16, 0, np.arange(ratings.n_users))
    n_drawn = sum(side.weights.size + side.linear_weights.size for side in (sampler.users, sampler.items))
    hint = memorizing_hint(ratings, held_out, BEST)
    assert hint.startswith(f"{n_drawn:,} numbers for {len(train):,} ratings")
    assert "2 factors, no columns," in hint
    assert "columns" not in memorizing_hint(ratings, held_out, replace(BEST, features=""))


@pytest.mark.parametrize("data", ["lesson", "three-tastes"])
def test_what_it_says_is_so(data):
    """Over three splits the hidden ratings are predicted better as advised, and the seen ones are learned by heart."""
    ratings = open_ratings(data)
    many, few = (
        [trained(ratings, replace(BEST, epochs=100, split_seed=seed, **change)) for seed in range(3)]
        for change in ({}, {"n_factors": 2, "features": ""})
    )
    assert np.mean([run.train_rmse[-1] for run in many]) < 0.15
    assert np.mean([run.valid_rmse[-1] for run in few]) < 0.95 * np.mean([run.valid_rmse[-1] for run in many])


def test_nothing_is_said_where_it_would_not_be_so():
    lesson = open_ratings("lesson")
    nobody = np.zeros(len(lesson.values), dtype=bool)
    assert memorizing_hint(lesson, nobody, replace(BEST, n_factors=2, features="")) == ""
    assert memorizing_hint(lesson, nobody, replace(preset_for(lesson).config, n_factors=50)) == ""
    assert memorizing_hint(lesson, nobody, replace(BEST, features="director")) == ""
    large = open_ratings("ml-latest-small-2016")
    assert memorizing_hint(large, np.zeros(len(large.values), dtype=bool), BEST) == ""
