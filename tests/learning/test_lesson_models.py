"""The lesson's models with the lesson's settings come out where the lesson's notebook did."""

import json

import pytest
from benchmarks.lesson_models import LESSONS, REFERENCE, train

from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.errors import DataError

KEYS = {"dot": "dot", "dot-bias": "dot_bias", "net": "embedding_net"}


def is_data_here():
    try:
        open_ratings("ml-latest-small-2016")
    except DataError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the shared reference files")
@pytest.mark.parametrize("name", list(LESSONS))
def test_the_held_out_error_is_that_of_the_notebook_within_0_02(name):
    if not is_data_here():
        pytest.skip("needs the data set")
    notebook = json.loads(REFERENCE.read_text(encoding="utf-8"))["notebook"][KEYS[name]]["valid_mse_by_epoch"]
    assert train(LESSONS[name])[-1] == pytest.approx(notebook[-1], abs=0.02)
