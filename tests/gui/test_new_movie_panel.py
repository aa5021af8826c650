"""What people gain from trying out a movie that does not exist: who would like it, what it resembles, how sure."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

Key, Role = Qt.Key, Qt.ItemDataRole
LEFT = Qt.MouseButton.LeftButton


def open_panel(person):
    person.do("actionNewMovie")
    panel = person.find("newMoviePanel")
    person.wait_until(lambda: not panel._session.is_waiting)
    return panel


def rows(person, name):
    model = person.find(name).model()
    return [
        [model.index(r, c).data(Role.EditRole) for c in range(model.columnCount())] for r in range(model.rowCount())
    ]


def check_genre(panel, name):
    next(action for action in panel.genres.menu().actions() if action.text() == name).trigger()


def test_from_its_genre_alone_the_likeliest_users_are_those_who_like_the_genre(tastes):
    tastes.train()
    panel = open_panel(tastes)
    assert "nothing is known of it, so it is the average movie" in panel.summary.text()
    check_genre(panel, "Sci-Fi")
    assert "known from its genres" in panel.summary.text()
    items = tastes.window.workspace.ratings.item_table
    of_genre = np.array(["Sci-Fi" in genres for genres in items.genres])
    predicted = {row[0]: row[2] for row in rows(tastes, "movieStarTable")}
    ratings = tastes.numbers("ratingsView")
    likes = np.nanmean(ratings[:, of_genre], axis=1)
    names = [tastes.window.workspace.ratings.user_name(code) for code in range(len(ratings))]
    fans, others = likes >= 4, likes <= 2.5
    assert np.mean([predicted[name] for name, one in zip(names, fans, strict=True) if one]) > np.mean(
        [predicted[name] for name, one in zip(names, others, strict=True) if one]
    )


def test_with_the_genres_and_the_year_of_a_movie_that_there_is_it_is_most_like_that_one(tastes):
    tastes.train()
    panel = open_panel(tastes)
    items = tastes.window.workspace.ratings.item_table
    for genre in items.genres[3].split("|"):
        check_genre(panel, genre)
    panel.year.setValue(int(items.years[3]))
    first = rows(tastes, "newMovieNearest")[0]
    assert first[0] == items.titles[3]
    assert first[1] == pytest.approx(1.0)


def test_a_rating_by_a_user_moves_it_by_the_ridge_regression_that_numpy_solves(tastes):
    tastes.train()
    panel = open_panel(tastes)
    check_genre(panel, "Sci-Fi")
    session = panel._session
    before = session.folded
    tastes.find("userSearch").setFocus()
    user_id = str(tastes.window.workspace.ratings.user_ids[4])
    tastes.qtbot.keyClicks(tastes.find("userSearch"), user_id)
    tastes.qtbot.keyClick(tastes.find("userSearch"), Key.Key_Return)
    tastes.qtbot.keyClick(panel.users.table, Key.Key_1)
    assert session.rated == {4: 1.0}
    prior, column = before.problem.prior, tastes.numbers("userFactorsView")[4]
    inverse = np.linalg.inv(prior.covariance)
    expected = np.linalg.solve(
        np.outer(column, column) / prior.noise + inverse, column * 1.0 / prior.noise + inverse @ prior.mean
    )
    np.testing.assert_allclose(session.folded.numbers, expected, atol=1e-6)
    assert "and 1 rating" in panel.summary.text()
    tastes.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.rated == {}


def test_an_unknown_user_gets_the_closest_three(tastes):
    panel = open_panel(tastes)
    tastes.qtbot.keyClicks(tastes.find("userSearch"), "999")
    tastes.qtbot.keyClick(tastes.find("userSearch"), Key.Key_Return)
    assert panel.message.text().startswith("There is no user 999; the closest are ")
    assert panel.message.text().count(",") == 2


def test_kept_it_is_the_sheets_last_column_until_undone(tastes):
    tastes.train()
    panel = open_panel(tastes)
    panel.title.setText("Tables Turned")
    check_genre(panel, "Sci-Fi")
    panel.year.setValue(2040)
    panel._session.rate(2, 5.0)
    numbers, n_items = panel._session.folded.numbers, tastes.window.workspace.ratings.n_items
    tastes.qtbot.mouseClick(tastes.find("keepMovie"), LEFT)
    items = tastes.window.workspace.ratings.item_table
    assert items.titles[-1] == "Tables Turned (2040)"
    assert items.genres[-1] == "Sci-Fi"
    assert items.years[-1] == 2040
    assert tastes.numbers("ratingsView")[2, -1] == 5.0
    np.testing.assert_allclose(tastes.numbers("itemFactorsView")[:, -1], numbers, atol=1e-6)
    predicted = tastes.window.workspace.factors.predict(np.array([2]), np.array([n_items]))[0]
    assert predicted == pytest.approx(tastes.numbers("userFactorsView")[2] @ numbers, abs=1e-5)
    tastes.window.sheet.ratings_view.setFocus()
    tastes.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tastes.window.workspace.ratings.n_items == n_items
