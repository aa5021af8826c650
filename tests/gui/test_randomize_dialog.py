"""A person draws other starting numbers, sees beforehand what they imply, and can take them back."""

import csv
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox
from support import crosstab

from cfstudio.gui.randomize.randomize_dialog import RandomizeDialog
from cfstudio.ratings.builtin import lesson, three_tastes
from cfstudio.workspace.document import Workspace


class Asked:
    """A document and the dialog that draws numbers for it."""

    def __init__(self, qtbot, ratings, **config):
        self.qtbot = qtbot
        self.workspace = Workspace()
        self.workspace.open_ratings(ratings)
        if config:
            self.workspace.configure(replace(self.workspace.config, **config))
        self.dialog = RandomizeDialog(self.workspace)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.fields = self.dialog.fields

    def uniform(self, low, high, seed=42):
        self.fields.uniform.setChecked(True)
        self.fields.low.setValue(low)
        self.fields.high.setValue(high)
        self.fields.seed.setValue(seed)
        self.dialog.refresh()

    def normal(self, sigma):
        self.fields.normal.setChecked(True)
        self.fields.sigma.setValue(sigma)
        self.dialog.refresh()

    def predictions(self):
        """By NumPy, over the whole table."""
        factors = self.workspace.factors
        return factors.user_factors.astype(float) @ factors.item_factors.astype(float).T


@pytest.fixture
def ask(qtbot):
    return lambda ratings=None, **config: Asked(qtbot, ratings or lesson(), **config)


def test_the_readout_says_what_the_lessons_start_implies(ask):
    asked = ask()
    asked.uniform(0, 1)
    # By hand: mean 5/4, sd √(35/144) = 0.493; the 206 ratings have mean 3.990 and sd 0.940.
    text = asked.dialog.readout.text()
    assert "around 1.25 ± 0.49" in text
    assert "none outside 0 to 5" in text
    assert "Ratings lie around 3.99 ± 0.94: RMSE about 2.94" in text
    expected = math.sqrt((3.990291 - 1.25) ** 2 + 35 / 144 + 0.939894**2)
    assert f"{expected:.2f}" == "2.94"


def test_the_readout_follows_what_is_typed_without_a_button(ask):
    asked = ask()
    field = asked.fields.high
    field.selectAll()
    asked.qtbot.keyClicks(field, "2")
    # Four times as large: 5 · 1² and √(5 (16/9 − 1)).
    asked.qtbot.waitUntil(lambda: "around 5.00 ± 1.97" in asked.dialog.readout.text(), timeout=5_000)


def test_ok_is_one_step_that_can_be_undone_and_reset_goes_back_to_the_new_start(ask):
    asked = ask()
    old = asked.workspace.factors
    asked.uniform(0.2, 0.4, seed=7)
    asked.dialog.accept()
    workspace = asked.workspace
    assert workspace.factors.user_factors.min() >= 0.2
    assert workspace.factors.item_factors.max() <= 0.4
    assert workspace.edits.top.label == "re-randomize"
    new = workspace.factors.user_factors.copy()
    workspace.set_factor("user", 0, 0, 3.0)
    workspace.reset_factors()
    np.testing.assert_array_equal(workspace.factors.user_factors, new)
    for _ in range(3):
        workspace.edits.undo()
    assert workspace.factors is old
    assert workspace.edits.top is None


def test_the_rmse_told_is_the_one_that_the_document_shows_afterwards(ask):
    asked = ask()
    asked.normal(0.5)
    asked.dialog.accept()
    ratings = asked.workspace.ratings
    errors = asked.predictions()[ratings.users, ratings.items] - ratings.values
    rmse = math.sqrt(np.mean(errors**2))
    assert asked.workspace.score.train_rmse == pytest.approx(rmse, abs=1e-6)
    assert f"RMSE {rmse:.3f} on 206 training cells" in asked.dialog.drawn.text()


def test_cancel_changes_nothing(ask):
    asked = ask()
    old = asked.workspace.factors
    asked.uniform(0, 3)
    asked.qtbot.keyClick(asked.dialog, Qt.Key.Key_Escape)
    assert asked.workspace.factors is old
    assert asked.workspace.edits.top is None


def test_whoever_moves_the_numbers_is_told_before_they_are_replaced(ask):
    asked = ask()
    order = []
    asked.workspace.about_to_change.connect(lambda: order.append("about"))
    asked.workspace.model_changed.connect(lambda: order.append("changed"))
    asked.dialog.accept()
    assert order[0] == "about"
    assert "changed" in order


def test_the_button_starts_at_the_mean_rating(ask):
    asked = ask()
    asked.uniform(0, 1)
    asked.dialog.mean_button.click()
    mean = asked.workspace.ratings.values.mean()
    assert asked.fields.high.value() == pytest.approx(2 * math.sqrt(mean / 5))
    assert "around 3.99 ±" in asked.dialog.readout.text()


def test_with_biases_and_a_sigmoid_the_mean_rating_is_met_too(ask):
    asked = ask(model="dot-bias", sigmoid=True)
    asked.normal(0.05)
    asked.dialog.mean_button.click()
    assert asked.fields.uniform.isChecked()
    asked.dialog.accept()
    factors = asked.workspace.factors
    total = asked.predictions() + factors.user_bias[:, None] + factors.item_bias
    low, high = factors.rating_range
    predicted = low + (high - low) / (1 + np.exp(-total))
    assert predicted.mean() == pytest.approx(np.nanmean(asked.workspace.ratings.values), abs=0.15)


def test_a_button_spreads_the_dot_products_like_the_ratings(ask):
    asked = ask()
    asked.dialog.spread_button.click()
    assert asked.fields.normal.isChecked()
    assert asked.fields.sigma.value() == pytest.approx((asked.workspace.ratings.values.var() / 5) ** 0.25)
    assert "around 0.00 ± 0.94" in asked.dialog.readout.text()


def test_a_mean_that_cannot_be_met_is_told(ask):
    asked = ask()
    for box in asked.fields.blocks.values():
        box.setChecked(False)
    asked.dialog.mean_button.click()
    assert "choose other parts" in asked.dialog.warning.text()


def test_a_mean_below_what_products_and_biases_can_sum_to_is_met_by_biases_alone(ask):
    asked = ask(three_tastes(), model="dot-bias", sigmoid=True)
    # The mean rating, 2.66, is a sum of −0.28 behind the sigmoid; 5 m² + 2 m is never less than −0.2.
    asked.dialog.mean_button.click()
    assert "choose other parts" in asked.dialog.warning.text()
    asked.fields.blocks["users"].setChecked(False)
    asked.fields.blocks["items"].setChecked(False)
    asked.dialog.mean_button.click()
    assert asked.dialog.warning.text() == ""
    told = re.search(r"predictions will lie around (\d\.\d\d) ±", asked.dialog.readout.text())
    # The mean behind a sigmoid is not quite the sigmoid of the mean.
    assert float(told[1]) == pytest.approx(2.657, abs=0.03)


@pytest.mark.parametrize("block", ["users", "items"])
def test_only_the_checked_blocks_get_new_numbers(ask, block):
    asked = ask()
    old = asked.workspace.factors.copy()
    other = {"users": "items", "items": "users"}[block]
    asked.fields.blocks[other].setChecked(False)
    asked.dialog.refresh()
    asked.dialog.accept()
    new = asked.workspace.factors
    stays = {"users": "item_factors", "items": "user_factors"}[block]
    changes = {"users": "user_factors", "items": "item_factors"}[block]
    np.testing.assert_array_equal(getattr(new, stays), getattr(old, stays))
    assert not np.array_equal(getattr(new, changes), getattr(old, changes))


def test_biases_can_be_drawn_alone_where_there_are_some(ask):
    assert not ask().fields.blocks["biases"].isEnabled()
    asked = ask(model="dot-bias")
    old = asked.workspace.factors.copy()
    asked.fields.blocks["users"].setChecked(False)
    asked.fields.blocks["items"].setChecked(False)
    asked.dialog.refresh()
    asked.dialog.accept()
    np.testing.assert_array_equal(asked.workspace.factors.user_factors, old.user_factors)
    assert not np.array_equal(asked.workspace.factors.user_bias, old.user_bias)


def test_nothing_chosen_cannot_be_drawn(ask):
    asked = ask()
    for box in asked.fields.blocks.values():
        box.setChecked(False)
    asked.dialog.refresh()
    assert not asked.dialog.ok_button.isEnabled()
    assert "choose users, items or biases" in asked.dialog.warning.text()


def test_bounds_in_the_wrong_order_are_told_and_not_drawn(ask):
    asked = ask()
    asked.uniform(2, 1)
    assert "lower bound, 2, must not be above the upper one, 1" in asked.dialog.warning.text()
    assert not asked.dialog.ok_button.isEnabled()
    old = asked.workspace.factors
    asked.dialog.accept()
    assert asked.workspace.factors is old
    asked.uniform(0, 1)
    assert asked.dialog.ok_button.isEnabled()


def test_a_start_from_zero_is_warned_of(ask):
    asked = ask()
    asked.uniform(0, 0)
    assert "every gradient is 0" in asked.dialog.warning.text()
    asked.uniform(0.5, 0.5)
    assert "as if it had one factor" in asked.dialog.warning.text()
    asked.uniform(0, 1)
    assert asked.dialog.warning.text() == ""


def test_the_dice_takes_another_seed_and_the_same_seed_draws_the_same(ask):
    asked = ask()
    first = asked.dialog.drawn.text()
    asked.qtbot.waitUntil(lambda: asked.fields.dice.click() or asked.fields.seed.value() != 42, timeout=5_000)
    asked.dialog.refresh()
    assert asked.dialog.drawn.text() != first
    asked.fields.seed.setValue(42)
    asked.dialog.refresh()
    assert asked.dialog.drawn.text() == first


def test_the_histogram_counts_the_predictions_of_the_rated_cells(ask, tmp_path):
    asked = ask()
    asked.uniform(-1, 3)
    asked.dialog.accept()
    ratings, histogram = asked.workspace.ratings, asked.dialog.histogram
    predicted = asked.predictions()[ratings.users, ratings.items]
    assert histogram.counts.sum() == 206
    low, high = histogram.edges[10], histogram.edges[30]
    assert histogram.counts[10:30].sum() == np.count_nonzero((predicted >= low) & (predicted < high))
    assert histogram.edges[0] <= min(predicted.min(), 0.5) + 1e-6
    assert histogram.edges[-1] >= max(predicted.max(), 5.0) - 1e-6


def test_the_histogram_can_be_taken_along(ask, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    asked = ask()
    actions = {action.text(): action for action in asked.dialog.histogram.menu.actions()}
    for text, name in (("numbers as CSV", "a.csv"), ("picture as PNG", "a.png"), ("picture as SVG", "a.svg")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        actions[f"Save the {text}…"].trigger()
        assert (tmp_path / name).stat().st_size > 100
    rows = list(csv.reader((tmp_path / "a.csv").read_text().splitlines()))
    assert sum(int(row[2]) for row in rows[1:]) == 206


def test_held_out_cells_are_no_part_of_the_comparison(ask):
    asked = ask(valid_fraction=0.2)
    assert "on 165 training cells" in asked.dialog.drawn.text()
    held_out = asked.workspace.held_out
    mean = asked.workspace.ratings.values[~held_out].mean()
    assert f"Ratings lie around {mean:.2f} ±" in asked.dialog.readout.text()


def test_a_sheet_without_ratings_can_be_drawn_too(ask):
    ratings = crosstab([[1.0, None], [None, 2.0]])
    ratings.values[:] = np.nan
    asked = ask(ratings)
    assert "no ratings to compare" in asked.dialog.readout.text()
    assert not asked.dialog.mean_button.isEnabled()
    asked.dialog.accept()
    assert asked.workspace.edits.top is not None


def test_every_control_has_a_name_and_a_tool_tip(ask):
    dialog = ask().dialog
    assert dialog.objectName() == "randomizeDialog"
    for control in (one for kind in (QAbstractButton, QAbstractSpinBox) for one in dialog.findChildren(kind)):
        if isinstance(control, QAbstractButton) and control.text().replace("&", "") in ("OK", "Cancel"):
            continue
        assert control.accessibleName(), control
        assert control.toolTip(), control
