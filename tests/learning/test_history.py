"""What a run has measured can be plotted while it runs, saved as JSON and read again."""

import json
import math

import numpy as np
import pytest

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.history import ALL_COLUMNS, COLUMNS, FIRST_CAPACITY, History
from cfstudio.workspace.run_log import Run


def history(*rows):
    made = History()
    for row in rows:
        made.append(*row)
    return made


RUN = history(
    (0, 0.0, 2.8, 2.9, 0.0, 0.01),
    (5, 0.5, 1.5, 1.9, 0.1, 0.02),
    (10, 1.0, 1.0, 1.4, 0.2, 0.03),
    (20, 2.0, 0.5, 1.6, 0.4, 0.01),
)


def test_columns_come_back_from_json():
    text = json.dumps(RUN.to_dict(), allow_nan=False)
    again = History.from_dict(json.loads(text))
    assert len(again) == 4
    assert again.to_dict() == RUN.to_dict()
    for name in ("steps", "epochs", "train_rmse", "valid_rmse", "seconds", "learning_rates"):
        np.testing.assert_array_equal(getattr(again, name), getattr(RUN, name))


def test_the_later_columns_and_the_changes_come_back_and_old_sessions_have_none():
    made = history((0, 0.0, 2.8, 2.9, 0.0, 0.01), (5, 0.5, 1.5, 1.9, 0.1, 0.02, 1.7, 0.3, 2.0, 2.5))
    made.changes.append((5, "learning_rate", 0.02))
    columns = json.loads(json.dumps(made.to_dict(), allow_nan=False))
    again = History.from_dict(columns)
    assert again.changes == [(5, "learning_rate", 0.02)]
    assert again.batch_rmse[1] == 1.7
    assert np.isnan(again.batch_rmse[0])
    assert (again.gradient_norms[1], again.user_norms[1], again.item_norms[1]) == (0.3, 2.0, 2.5)
    old = {name: columns[name] for name in COLUMNS}
    assert np.isnan(History.from_dict(old).item_norms).all()
    assert History.from_dict(old).train_rmse.tolist() == [2.8, 1.5]


def test_the_best_end_of_an_epoch_is_found():
    assert RUN.best_epoch == (1.4, 10)
    assert history((0, 0.0, 1.0, 0.5, 0.0, 0.1)).best_epoch is None


def test_what_is_no_number_is_null_in_json():
    odd = history((0, 0.0, math.inf, math.nan, 0.0, 0.01))
    columns = json.loads(json.dumps(odd.to_dict(), allow_nan=False))
    assert columns["train_rmse"] == columns["valid_rmse"] == [None]
    assert np.isnan(History.from_dict(columns).valid_rmse).all()


def test_a_missing_or_short_column_is_refused():
    columns = RUN.to_dict()
    with pytest.raises(ValueError, match=r"shorter|longer"):
        History.from_dict({**columns, "seconds": [0.0]})
    del columns["seconds"]
    with pytest.raises(KeyError):
        History.from_dict(columns)


def test_only_ends_of_epochs_are_epoch_rows():
    assert RUN.epoch_rows() == [
        {"epoch": 1, "train_rmse": 1.0, "valid_rmse": 1.4, "seconds": 0.2},
        {"epoch": 2, "train_rmse": 0.5, "valid_rmse": 1.6, "seconds": 0.4},
    ]


def test_the_best_held_out_rmse_is_found_with_its_step():
    assert RUN.best_valid == (1.4, 10)
    assert History().best_valid is None
    assert history((0, 0.0, 1.0, math.nan, 0.0, 0.1)).best_valid is None


def test_a_reader_keeps_what_it_has_read_while_the_table_grows():
    growing = History()
    for step in range(FIRST_CAPACITY):
        growing.append(step, float(step), 1.0, 1.0, 0.0, 0.1)
    before = growing.steps
    growing.append(FIRST_CAPACITY, 0.0, 1.0, 1.0, 0.0, 0.1)
    assert len(growing) == FIRST_CAPACITY + 1
    assert growing.steps.tolist() == list(range(FIRST_CAPACITY + 1))
    assert before.tolist() == list(range(FIRST_CAPACITY))
    assert len(ALL_COLUMNS) == len(growing.to_dict())


class GrowingWhileRead(History):
    """As if the worker measured once more after each column that is read."""

    def _column(self, name):
        column = super()._column(name)
        self.append(99, 9.9, 0.1, 0.2, 9.0, 0.01)
        return column


def growing():
    made = GrowingWhileRead()
    made.append(0, 0.0, 2.8, 2.9, 0.0, 0.01)
    made.append(5, 0.5, 1.5, 1.9, 0.1, 0.02)
    return made


def test_a_run_that_goes_on_while_it_is_saved_can_be_read_again():
    columns = growing().to_dict()
    assert {len(columns[name]) for name in COLUMNS} == {2}
    assert History.from_dict(columns).to_dict() == columns


def test_the_best_of_a_run_is_told_while_the_run_goes_on():
    assert Run(1, TrainingConfig(), growing()).best_valid == 1.9


def test_a_copy_of_a_run_that_goes_on_is_whole_and_stays_as_it_is():
    live = history((0, 0.0, 2.8, 2.9, 0.0, 0.01))
    now, copied = live.so_far(), live.copy()
    live.append(5, 0.5, 1.5, 1.9, 0.1, 0.02)
    copied.append(7, 0.7, 1.4, 1.8, 0.2, 0.02)
    assert (len(live), len(now), len(copied)) == (2, 1, 2)
    assert live.steps.tolist() == [0, 5]
    assert copied.steps.tolist() == [0, 7]
