"""A page is walked row by row, forth and back, edited as a spreadsheet is, and says when and why it bursts."""

import math

import numpy as np
import pytest

from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.divergence import divergence
from cfstudio.optimizer_lab.line_data import LineData
from cfstudio.optimizer_lab.microscope import effective_rate, specimen
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.text import rows_text
from cfstudio.optimizer_lab.worksheet import Worksheet

FORMS = ("workbook", "papers")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("settings", [{}, {"batch_size": 4, "order": "shuffled", "weight_decay": 0.01}])
def test_a_row_forth_and_a_row_back_lead_to_the_same_numbers_across_epochs(name, form, settings):
    page = new_page(name, form).changed(**settings)
    whole, walked = Worksheet(page), Worksheet(page)
    whole.run_epochs(3)
    places = []
    for _ in range(3 * 29):
        places.append((walked.epoch, walked.a, walked.b, list(walked.rows)))
        walked.forward()
    assert (walked.rows, walked.ends) == (whole.rows, whole.ends)
    for place in reversed(places[1:]):
        assert walked.back()
        assert (walked.epoch, walked.a, walked.b, walked.rows) == place
    assert walked.back()
    assert not walked.back()
    assert (walked.a, walked.b, walked.ends) == (*places[0][1:3], [])


def test_five_epochs_at_once_are_five_times_one_and_the_last_row_goes_to_the_top():
    five, ones = Worksheet(new_page("adam")), Worksheet(new_page("adam"))
    five.run_epochs(5)
    for _ in range(5):
        ones.run_epochs()
    assert five.rows == ones.rows
    before = five.next_top()
    five.forward()
    assert five.top == before
    assert five.epoch == 6
    assert five.cell(0, "intercept") == before["b"]


def test_an_epoch_begun_by_rows_is_finished_by_the_epoch_button():
    sheet = Worksheet(new_page("sgd"))
    sheet.forward(10)
    sheet.run_epochs()
    assert (sheet.epoch, len(sheet.rows), sheet.n_rows_run) == (1, 29, 29)


def test_a_copy_brings_back_what_five_epochs_at_another_learning_rate_changed():
    sheet = Worksheet(new_page("momentum"))
    sheet.run_epochs(2)
    kept = sheet.copy()
    edited = sheet.edited(sheet.page.changed(learning_rate=5e-5))
    edited.run_epochs(5)
    assert edited.rows != kept.rows
    assert (kept.rows, kept.top, kept.epoch, kept.ends) == (sheet.rows, sheet.top, sheet.epoch, sheet.ends)
    kept.run_epochs()
    sheet.run_epochs()
    assert kept.rows == sheet.rows


def test_an_edit_recalculates_the_rows_from_the_same_top():
    sheet = Worksheet(new_page("sgd"))
    sheet.run_epochs(3)
    edited = sheet.edited(sheet.page.changed(learning_rate=2e-4))
    assert (edited.epoch, len(edited.rows), edited.top) == (3, 29, sheet.top)
    assert [end.epoch for end in edited.ends] == [1, 2, 3]
    y = sheet.page.data.y[0]
    assert edited.cell(0, "new_b") == sheet.top["b"] - 2e-4 * 2 * (sheet.top["a"] * 14 + sheet.top["b"] - y)
    moved = sheet.edited(sheet.page, a=0.0)
    assert moved.cell(0, "slope") == 0.0


def test_another_method_takes_over_the_weights_and_begins_its_own_averages():
    sheet = Worksheet(new_page("sgd"))
    sheet.run_epochs(2)
    other = sheet.edited(new_page("adam", "papers"))
    assert (other.top["a"], other.top["b"]) == (sheet.top["a"], sheet.top["b"])
    assert other.top["square_da"] == 0.0


def test_a_batch_steps_once_with_the_mean_gradient_of_its_rows():
    sheet = Worksheet(new_page("sgd", "papers").changed(batch_size=10))
    sheet.run_epochs()
    data = sheet.page.data
    errors = 2 * (data.x[:10] + 1 - data.y[:10])
    assert sheet.cell(9, "new_b") == pytest.approx(1 - 1e-4 * errors.mean(), abs=1e-12)
    assert sheet.cell(9, "new_a") == pytest.approx(1 - 1e-4 * (errors * data.x[:10]).mean(), abs=1e-12)
    assert [sheet.cell(place, "new_a") for place in range(9)] == [1.0] * 9
    changes = [place for place in range(29) if sheet.cell(place, "mean_db") is not None]
    assert changes == [9, 19, 28]


def test_rows_come_in_the_chosen_order():
    by_x = Worksheet(new_page("sgd").changed(order="by x"))
    by_x.run_epochs()
    x = [by_x.cell(place, "x") for place in range(29)]
    assert x == sorted(x)
    shuffled = Worksheet(new_page("sgd").changed(order="shuffled"))
    shuffled.run_epochs()
    first = list(shuffled.order)
    shuffled.run_epochs()
    assert sorted(first) == sorted(shuffled.order) == list(range(29))
    assert first != shuffled.order
    again = Worksheet(new_page("sgd").changed(order="shuffled"))
    assert again.order == first


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", METHODS)
def test_numbers_that_grow_beyond_all_bounds_are_no_exception(name, form):
    sheet = Worksheet(new_page(name, form).changed(learning_rate=1e6))
    sheet.run_epochs(60)
    assert len(sheet.rows) == 29
    assert (divergence(sheet) is not None) == (not sheet.ends[-1].rmse < 761)
    for _ in range(40):
        assert sheet.back()


def test_a_diverging_page_says_how_far_it_went_and_which_rate_is_the_limit():
    sheet = Worksheet(new_page("sgd").changed(learning_rate=1e-3))
    assert divergence(sheet) is None
    sheet.run_epochs(3)
    sentence = divergence(sheet)
    assert "grown from 76.1353 to " in sentence
    assert "0.001 is above 0.000438059" in sentence
    assert "smaller" in sentence
    sheet.run_epochs(100)
    assert math.isnan(sheet.a)
    assert "∞" in divergence(sheet)


def test_a_page_that_goes_down_is_not_said_to_diverge():
    sheet = Worksheet(new_page("adam", "papers"))
    sheet.run_epochs(50)
    assert divergence(sheet) is None


def test_a_point_on_the_line_without_gradients_divides_nothing_by_zero():
    page = new_page("rmsprop", "workbook", LineData(np.array([0.0, 1.0]), np.array([1.0, 2.0])))
    sheet = Worksheet(page, {"a": 1.0, "b": 1.0})
    sheet.run_epochs(3)
    assert (sheet.a, sheet.b) == (1.0, 1.0)


def test_the_microscope_shows_what_moved_a_weight():
    sheet = Worksheet(new_page("adam"))
    sheet.run_epochs()
    seen = specimen(sheet, 4, "a")
    assert seen.gradient == sheet.cell(4, "de_da")
    assert seen.velocity == sheet.cell(4, "average_da")
    assert seen.second_moment == sheet.cell(4, "square_da")
    assert seen.rate == pytest.approx(1 / seen.second_moment**0.5)
    assert seen.move == pytest.approx(-seen.rate * seen.velocity)
    plain = Worksheet(new_page("sgd"))
    plain.run_epochs()
    assert specimen(plain, 0, "b").velocity is None
    assert effective_rate(plain, 0, "b") == 1e-4
    annealed = Worksheet(new_page("sgd-annealing", "papers").changed(cycle=4))
    annealed.run_epochs(3)
    assert effective_rate(annealed, 0, "a") == pytest.approx(0.5e-4)


def test_rows_are_copied_with_every_digit():
    sheet = Worksheet(new_page("eve", "papers").changed(batch_size=5))
    sheet.run_epochs(2)
    lines = rows_text(sheet, "\t").splitlines()
    assert lines[0].split("\t") == list(sheet.page.names)
    read = [tuple(float(one) if one else None for one in line.split("\t")) for line in lines[1:]]
    assert read == sheet.rows
