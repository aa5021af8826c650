"""What people gain from the list of the most similar: movies and users whose factors point the same way, at a click."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QSpinBox
from support import random_ratings

from cfstudio.workspace.reshaping import without

Key, Role = Qt.Key, Qt.ItemDataRole
CONTROL = Qt.KeyboardModifier.ControlModifier
TITLE, SIMILARITY, GENRES, BIAS, RATINGS, YEAR, MEAN, AGREEMENT = range(8)


def rows(person):
    person.wait_until(lambda: not person.window.neighbors_panel.is_waiting)
    """The list as it stands."""
    model = person.find("neighborsView").model()
    return [[model.index(r, c).data(Role.EditRole) for c in range(5)] for r in range(model.rowCount())]


def column(person, number):
    return [row[number] for row in rows(person)]


def panel(person):
    person.wait_until(lambda: not person.window.neighbors_panel.is_waiting)
    return person.window.neighbors_panel


def cosines(vectors, code):
    """Textbook cosine of every row with one row."""
    vectors = np.asarray(vectors, dtype=float)
    return vectors @ vectors[code] / np.sqrt((vectors**2).sum(axis=1) * (vectors[code] ** 2).sum())


def expected(vectors, code, names):
    """Names by falling similarity, without the one asked about."""
    similarity = cosines(vectors, code)
    order = [one for one in np.argsort(-similarity, kind="stable") if one != code]
    return [names[one] for one in order], similarity[order]


def titles(person):
    return list(person.window.workspace.ratings.item_table.titles)


def choose_minimum(person, number):
    box = panel(person).findChild(QSpinBox)
    box.setFocus()
    box.selectAll()
    person.qtbot.keyClicks(box, str(number))
    person.qtbot.keyClick(box, Key.Key_Return)


def test_the_movies_most_like_the_selected_one_are_those_with_the_largest_cosine(tastes):
    tastes.train()
    tastes.select("ratingsView", 0, 3)
    names, similarity = expected(tastes.numbers("itemFactorsView").T, 3, titles(tastes))
    assert column(tastes, TITLE) == names
    np.testing.assert_allclose(column(tastes, SIMILARITY), similarity, atol=1e-6)
    assert panel(tastes).header.text() == "Most like Two Suns Rising (2036)"
    ratings = tastes.numbers("ratingsView")
    assert column(tastes, RATINGS) == [int((~np.isnan(ratings[:, titles(tastes).index(name)])).sum()) for name in names]
    assert column(tastes, GENRES)[0].startswith("Sci-Fi, ")


def test_after_training_the_three_nearest_of_a_space_movie_are_the_other_space_movies(tastes):
    tastes.find("n_factors").setValue(3)
    tastes.train()
    tastes.select("ratingsView", 0, 0)
    assert {genres.split(",")[0] for genres in column(tastes, GENRES)[:3]} == {"Sci-Fi"}


def test_a_selected_user_is_compared_with_the_other_users(tastes):
    tastes.train()
    tastes.select("userFactorsView", 2, 0)
    names = [tastes.window.workspace.ratings.user_name(code) for code in range(12)]
    wanted, similarity = expected(tastes.numbers("userFactorsView"), 2, names)
    assert column(tastes, TITLE) == wanted
    np.testing.assert_allclose(column(tastes, SIMILARITY), similarity, atol=1e-6)
    assert panel(tastes).header.text() == f"Most like {names[2]}"


def test_an_untrained_list_says_that_it_is_chance(tastes):
    tastes.select("ratingsView", 0, 1)
    assert "untrained: random factors" in panel(tastes).note.text()
    tastes.train()
    assert panel(tastes).note.text() == "9 of 9 movies with enough ratings"


def test_the_list_follows_the_selection(tastes):
    view = tastes.select("ratingsView", 0, 0)
    for code in (1, 2):
        tastes.qtbot.keyClick(view, Key.Key_Right)
        assert column(tastes, TITLE) == expected(tastes.numbers("itemFactorsView").T, code, titles(tastes))[0]
    before = rows(tastes)
    tastes.qtbot.keyClick(view, Key.Key_Down)
    assert rows(tastes) == before


def test_the_list_follows_an_edited_factor_at_once(tastes):
    tastes.select("ratingsView", 0, 0)
    tastes.type_into("itemFactorsView", 1, 4, "-9")
    tastes.select("ratingsView", 3, 0)
    assert column(tastes, TITLE)[-1] == titles(tastes)[4]
    assert column(tastes, TITLE) == expected(tastes.numbers("itemFactorsView").T, 0, titles(tastes))[0]


@pytest.fixture
def sparse(lesson):
    """Real-sized enough that some movies have one rating."""
    lesson.window.workspace.open_ratings(random_ratings(60, 40, 260))
    lesson.select("ratingsView", 0, 0)
    return lesson


@pytest.fixture
def biased(sparse):
    """The same with biases, which a sheet this small does not open with."""
    sparse.window.workspace.configure(replace(sparse.window.workspace.config, model="dot-bias"))
    return sparse


def test_hardly_rated_movies_are_left_out_unless_asked_for(sparse):
    counts = sparse.window.workspace.ratings.counts_by_item()
    assert counts.min() < 6
    assert panel(sparse).findChild(QSpinBox).value() == 6
    assert min(column(sparse, RATINGS)) >= 6
    asked = int(sparse.window.axes.items[0])
    assert len(rows(sparse)) == int((counts >= 6).sum()) - int(counts[asked] >= 6)
    choose_minimum(sparse, 0)
    assert len(rows(sparse)) == 39
    choose_minimum(sparse, 9)
    assert min(column(sparse, RATINGS)) >= 9
    n = int((counts >= 9).sum()) - int(counts[asked] >= 9)
    assert panel(sparse).note.text().startswith(f"{n} of {n} movies with enough ratings")


def test_the_minimum_is_remembered_for_movies_and_for_users(sparse):
    choose_minimum(sparse, 3)
    sparse.select("userFactorsView", 1, 0)
    assert panel(sparse).findChild(QSpinBox).value() == 4
    choose_minimum(sparse, 2)
    sparse.select("itemFactorsView", 0, 2)
    assert panel(sparse).findChild(QSpinBox).value() == 3
    sparse.select("userFactorsView", 3, 0)
    assert panel(sparse).findChild(QSpinBox).value() == 2


def test_a_model_with_biases_shows_them_and_one_without_hides_the_column(biased):
    assert not biased.find("neighborsView").isColumnHidden(BIAS)
    biases = dict(zip(titles(biased), biased.window.workspace.factors.item_bias.tolist(), strict=True))
    assert all(row[BIAS] == pytest.approx(biases[row[TITLE]]) for row in rows(biased))
    biased.window.workspace.configure(replace(biased.window.workspace.config, model="dot"))
    assert biased.find("neighborsView").isColumnHidden(BIAS)


def open_row(person, row):
    view = person.find("neighborsView")
    place = view.visualRect(view.model().index(row, TITLE)).center()
    person.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    person.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_double_click_goes_to_that_movie_in_the_sheet_and_shows_its_own_list(sparse):
    target = column(sparse, TITLE)[4]
    open_row(sparse, 4)
    view = sparse.find("ratingsView")
    current = view.currentIndex()
    assert f", {target}: " in current.data(Role.AccessibleTextRole)
    assert view.viewport().rect().intersects(view.visualRect(current))
    assert panel(sparse).header.text() == f"Most like {target}"
    assert target not in column(sparse, TITLE)


def test_return_goes_there_too_and_users_can_be_visited(sparse):
    sparse.select("userFactorsView", 0, 0)
    target = column(sparse, TITLE)[2]
    view = sparse.find("neighborsView")
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, TITLE))
    sparse.press(Key.Key_Return)
    assert sparse.find("ratingsView").currentIndex().data(Role.AccessibleTextRole).startswith(f"{target}, ")
    assert panel(sparse).header.text() == f"Most like {target}"


# Sorting


def click_header(person, number):
    header = person.find("neighborsView").horizontalHeader()
    place = header.viewport().rect().topLeft()
    place.setX(header.sectionViewportPosition(number) + header.sectionSize(number) // 2)
    place.setY(header.height() // 2)
    person.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize("number", [TITLE, GENRES, BIAS, RATINGS])
def test_a_click_on_a_header_sorts_and_a_second_one_turns_the_order_round(biased, number):
    by_similarity = column(biased, TITLE)
    click_header(biased, number)
    values = column(biased, number)
    keys = [value.casefold() if isinstance(value, str) else value for value in values]
    once_ascending = keys == sorted(keys)
    assert once_ascending or keys == sorted(keys, reverse=True)
    click_header(biased, number)
    keys = [value.casefold() if isinstance(value, str) else value for value in column(biased, number)]
    assert keys == sorted(keys, reverse=once_ascending)
    assert sorted(column(biased, TITLE)) == sorted(by_similarity)


def test_the_chosen_order_and_the_selected_row_stay_while_it_trains(sparse):
    click_header(sparse, TITLE)
    order = column(sparse, TITLE)
    view = sparse.find("neighborsView")
    view.selectRow(3)
    selected = view.currentIndex().data(Role.EditRole)
    before = column(sparse, SIMILARITY)
    sparse.train()
    assert column(sparse, TITLE) == order
    assert column(sparse, SIMILARITY) != before
    assert view.currentIndex().data(Role.EditRole) == selected
    assert [index.row() for index in view.selectionModel().selectedRows()] == [3]


def test_the_list_is_refreshed_while_it_trains(tastes):
    tastes.select("ratingsView", 0, 3)
    before = column(tastes, SIMILARITY)
    tastes.do("actionTrain")
    tastes.wait_until(lambda: column(tastes, SIMILARITY) != before)
    then = column(tastes, SIMILARITY)
    tastes.wait_until(lambda: column(tastes, SIMILARITY) != then)
    assert tastes.window.control.state == "running"
    tastes.do("actionPause")
    wanted = expected(tastes.numbers("itemFactorsView").T, 3, titles(tastes))
    assert column(tastes, TITLE) == wanted[0]
    np.testing.assert_allclose(column(tastes, SIMILARITY), wanted[1], atol=1e-6)


# Taking it along


def test_the_list_is_copied_for_a_spreadsheet(tastes):
    tastes.select("ratingsView", 0, 3)
    view = tastes.find("neighborsView")
    view.setFocus()
    tastes.press(Key.Key_C, CONTROL)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["Title", "Similarity", "Genres", "Bias", "Ratings", "Year", "Mean", "Agreement"]
    assert [line[TITLE] for line in lines[1:]] == column(tastes, TITLE)
    assert [float(line[SIMILARITY]) for line in lines[1:]] == pytest.approx(column(tastes, SIMILARITY), rel=1e-5)
    view.selectRow(1)
    tastes.press(Key.Key_C, CONTROL)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(column(tastes, TITLE)[1])


def test_the_list_is_saved_as_csv(tastes, tmp_path, monkeypatch):
    tastes.select("ratingsView", 0, 3)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(tmp_path / "like"), ""))
    menu = tastes.find("neighborsView").menu()
    next(one for one in menu.actions() if "CSV" in one.text()).trigger()
    with (tmp_path / "like.csv").open(newline="") as file:
        saved = list(csv.DictReader(file))
    assert [row["Title"] for row in saved] == column(tastes, TITLE)
    assert [int(row["Ratings"]) for row in saved] == column(tastes, RATINGS)
    assert saved[0]["Genres"] == column(tastes, GENRES)[0]


def test_a_screen_reader_hears_what_each_number_is(tastes):
    tastes.select("ratingsView", 0, 3)
    model = tastes.find("neighborsView").model()
    first = rows(tastes)[0]
    spoken = [model.index(0, c).data(Role.AccessibleTextRole) for c in range(5)]
    similarity = f"{first[SIMILARITY]:.3f}".replace("-", "−")
    assert spoken == [
        f"Title {first[TITLE]}",
        f"Similarity {similarity}",
        f"Genres {first[GENRES]}",
        "Bias none",
        f"Ratings {first[RATINGS]}",
    ]


def test_factors_that_are_no_numbers_are_named_as_the_trouble(tastes):
    tastes.select("ratingsView", 0, 0)
    workspace = tastes.window.workspace
    workspace.factors.item_factors[:] = np.nan
    workspace.factors_changed.emit()
    assert panel(tastes).note.text().startswith("Some factors are not finite numbers")


def test_the_only_movie_of_a_file_has_nobody_to_be_like(open_window, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("userId,movieId,rating\n1,10,4\n2,10,3\n3,10,5\n")
    person = open_window("--data", "lesson")
    person.window.files.review = lambda found, open_it: open_it(found)
    person.window.files.open(str(path))
    person.wait_until(lambda: person.window.workspace.ratings.n_items == 1)
    assert panel(person).note.text().startswith("There is no other movie")


def test_a_selection_that_moves_while_a_user_is_removed_waits_for_the_new_list(lesson):
    workspace, panel = lesson.window.workspace, lesson.window.neighbors_panel
    workspace.select(user=3)
    lesson.wait_until(lambda: not panel.is_waiting)
    # The sheet learns first what it shows; where its current cell then lies, the selection follows.
    workspace.shown_changed.connect(lambda: workspace.select(item=2) or workspace.select(user=1))
    workspace.exchange_contents("remove", lambda contents: without(contents, "user", np.array([14])))
    lesson.wait_until(lambda: not panel.is_waiting)
    assert panel.view.model().rowCount() == 13
