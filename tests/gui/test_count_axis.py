"""The last epoch of a run has its number on the axis, whatever its length is."""

import pytest

from cfstudio.gui.training.rmse_axes import CountAxis


@pytest.mark.parametrize("steps_per_epoch", [1, 17, 49, 1_251, 1_561, 1_563])
def test_the_end_of_the_last_epoch_is_named_and_lies_on_the_axis(qapp, steps_per_epoch):
    axis, end = CountAxis("top", "epoch"), 5.0 * steps_per_epoch
    axis.setScale(1.0 / steps_per_epoch)
    ticks = axis.tickValues(0.0, end, 400.0)
    spacing, places = ticks[0]
    assert axis.tickStrings(places, axis.scale, spacing)[-1].startswith("5")
    assert all(place <= end for _, level in ticks for place in level)
