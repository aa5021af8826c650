"""The stars a user can click are those the data was rated with."""

import numpy as np
import pytest

from cfstudio.ratings.files.scale import infer_scale


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 2, 5], (1, 5, 1)),
        ([3, 4], (1, 5, 1)),
        ([4.0, 3.5], (0.5, 5, 0.5)),
        ([0.5, 5.0], (0.5, 5, 0.5)),
        ([1, 10, 7], (1, 10, 1)),
        ([0, 1], (0, 1, 1)),
        ([0.0, 0.5, 5.0], (0, 5, 0.5)),
        ([-9.5, 10], (-9.5, 10, 0.5)),
        ([3.25, 1.0], (1, 3.25, 0.25)),
        ([0.1, 0.7], (0.1, 0.7, 0.1)),
        ([0.123, 0.9], (0.123, 0.9, 0.01)),
        ([7, 7], (7, 7, 1)),
    ],
)
def test_scale_is_the_usual_one_or_what_is_seen(values, scale):
    found = infer_scale(np.array(values, dtype=np.float64))
    assert (found.low, found.high, found.step) == scale


def test_very_many_different_values_are_continuous():
    values = np.random.default_rng(1).normal(size=3000)
    found = infer_scale(values)
    assert (found.low, found.high, found.step) == (values.min(), values.max(), 0.01)
