"""What cannot be used is refused with a sentence that names it and says what would do."""

import numpy as np
import pytest

from cfstudio.optimizer_lab.errors import LabError, parse_number
from cfstudio.optimizer_lab.line_data import LineData, made_data, parse_points
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet


@pytest.mark.parametrize("text", ["abc", "", "1,2,3", "inf", "nan", "=A1", "9" * 400])
def test_text_in_a_number_cell_is_refused(text):
    with pytest.raises(LabError, match=r"^Start of a must be a (finite )?number.*\.$"):
        parse_number(text, "Start of a")


@pytest.mark.parametrize(("text", "number"), [("1e-4", 1e-4), (" 0,5 ", 0.5), ("−2", -2.0), ("3.25", 3.25)])
def test_numbers_are_read_as_people_write_them(text, number):
    assert parse_number(text, "x") == number


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"learning_rate": 0.0}, "Learning rate must be greater than 0 and at most 1,000,000, not 0."),
        ({"learning_rate": -1.0}, "Learning rate must be greater than 0"),
        ({"learning_rate": float("nan")}, "Learning rate must be a number"),
        ({"learning_rate": "fast"}, "Learning rate must be a number, not 'fast'."),
        ({"beta1": 1.0}, "β₁ must be at least 0 and less than 1, not 1."),
        ({"batch_size": 0}, "Batch size must be at least 1"),
        ({"batch_size": 2.5}, "Batch size must be a whole number, not 2.5."),
        ({"batch_size": 30}, "Batch size must be at most 29, the number of points, not 30."),
        ({"order": "random"}, "Order of rows must be one of listed, by x, shuffled, not 'random'."),
    ],
)
def test_settings_out_of_bounds_are_refused(settings, sentence):
    with pytest.raises(LabError) as refusal:
        new_page("adam").changed(**settings)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A line needs at least two points, not 0"),
        ("1 2", "A line needs at least two points, not 1"),
        ("5 1\n5 2\n5 3", "All x are 5, so that any slope fits as well as another"),
        ("x;y\n1;2\n3;red", 'y in line 3 must be a number such as 0.0001 or 1e-4, not "red".'),
        ("1 2\n3 4 5", "Line 2 must hold an x and a y, not 3 numbers."),
        ("1 2\n3", "Line 2 must hold an x and a y, not 1 numbers."),
        ("1 2\n" * 1_000_000, "A page holds up to 10,000 points, not 1,000,001"),
    ],
)
def test_pasted_points_that_make_no_line_are_refused(text, sentence):
    with pytest.raises(LabError) as refusal:
        parse_points(text)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    "text", ["1\t2.5\n3\t4", "x,y\n1,2.5\n3,4", "1;2,5\n3;4", "1, 2.5\n3, 4\n\n", "1 2.5\r\n3 4\r\n"]
)
def test_points_are_read_as_spreadsheets_and_people_paste_them(text):
    data = parse_points(text)
    assert (data.x.tolist(), data.y.tolist()) == ([1, 3], [2.5, 4])


def test_start_values_that_are_no_numbers_are_refused():
    sheet = Worksheet(new_page("adam"))
    with pytest.raises(LabError, match="finite"):
        sheet.edited(sheet.page, a=float("inf"))


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(LabError, match="'lion'; take one of sgd, momentum"):
        new_page("lion")


def test_made_points_follow_the_true_weights_and_the_noise():
    data = made_data(-3.0, 5.0, n=2000, noise=0.0)
    np.testing.assert_array_equal(data.y, -3 * data.x + 5)
    noisy = made_data(-3.0, 5.0, n=2000, noise=2.0)
    assert np.std(noisy.y - (-3 * noisy.x + 5)) == pytest.approx(2.0, rel=0.1)
    np.testing.assert_array_equal(noisy.y, made_data(-3.0, 5.0, n=2000, noise=2.0).y)
    assert len(set(made_data(n=2, seed=1).x.tolist())) == 2
    with pytest.raises(LabError):
        made_data(noise=-1.0)
    with pytest.raises(LabError):
        LineData(np.array([1.0, np.nan]), np.array([1.0, 2.0]))


def test_a_point_can_be_edited():
    data = made_data()
    edited = data.with_point(3, 50.0, 1.0)
    assert (edited.x[3], edited.y[3]) == (50.0, 1.0)
    assert data.y[3] != 1.0
