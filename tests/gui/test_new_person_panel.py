"""What somebody new gains: a few stars, by mouse or keys, and the sheet says at once what else they would like."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

Key, Role = Qt.Key, Qt.ItemDataRole
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def open_panel(person):
    person.do("actionNewUser")
    person.wait_until(lambda: not session(person).is_waiting)
    person.wait_until(lambda: person.find("starTable").model().rowCount() > 0)
    return person.find("newUserPanel")


def session(person):
    return person.window.people.person


def rows(person, name):
    model = person.find(name).model()
    return [
        [model.index(r, c).data(Role.EditRole) for c in range(model.columnCount())] for r in range(model.rowCount())
    ]


def given(person):
    """Title and stars of what is rated, as the list shows it."""
    return {row[0]: row[1] for row in rows(person, "starTable") if row[1] is not None}


def titles(person):
    return list(person.window.workspace.ratings.item_table.titles)


def look_up(person, text):
    """Type a part of a title and take the first that is listed."""
    search = person.find("titleSearch")
    search.setFocus()
    person.qtbot.keyClicks(search, text)
    popup = search.completer().popup()
    person.wait_until(popup.isVisible)
    person.qtbot.keyClick(popup, Key.Key_Down)
    person.qtbot.keyClick(popup, Key.Key_Return)
    person.wait_until(lambda: not search.text())


def message(person):
    return person.find("newUserMessage").text()


def by_hand(person, numbers_of_items):
    """The newcomer's numbers by NumPy: ratings against the columns of the sheet, drawn to the stated prior."""
    prior, rated = session(person).prior.current, session(person).rated
    codes, values = list(rated), np.array(list(rated.values()))
    columns = numbers_of_items[codes]
    inverse = np.linalg.inv(prior.covariance)
    left = columns.T @ columns / prior.noise + inverse
    right = columns.T @ (values - prior.shift[codes]) / prior.noise + inverse @ prior.mean
    return np.linalg.solve(left, right)


def test_the_empty_panel_says_what_to_do_and_asks_for_what_teaches_most(tastes):
    panel = open_panel(tastes)
    assert panel.isVisible()
    assert message(tastes).startswith("Who are you? Search a movie and give it stars")
    assert tastes.find("starTable").model().rowCount() > 3
    assert given(tastes) == {}
    assert not tastes.find("keepUser").isEnabled()


def test_a_title_found_by_its_part_and_a_number_key_give_stars_and_factors_that_numpy_gives_too(tastes):
    tastes.train()
    open_panel(tastes)
    look_up(tastes, "two suns")
    bar = tastes.find("starBar")
    assert bar.hasFocus()
    tastes.qtbot.keyClick(bar, Key.Key_5)
    assert given(tastes) == {"Two Suns Rising (2036)": 5.0}
    assert tastes.window.focusWidget() is tastes.find("titleSearch")
    look_up(tastes, titles(tastes)[0][:6])
    tastes.qtbot.keyClick(tastes.find("starBar"), Key.Key_2)
    expected = by_hand(tastes, tastes.numbers("itemFactorsView").T)
    np.testing.assert_allclose(tastes.numbers("youFactors")[0], expected, atol=1e-6)
    predicted = tastes.numbers("itemFactorsView").T @ expected + session(tastes).prior.current.shift
    first = rows(tastes, "recommendedTable")[0]
    unseen = [code for code in np.argsort(-predicted) if code not in session(tastes).rated]
    assert first[0] == titles(tastes)[unseen[0]]
    assert first[1] == pytest.approx(predicted[unseen[0]], abs=1e-6)
    assert "★" in first[3]


def test_stars_are_given_by_a_click_halves_where_the_scale_has_them_and_taken_back_by_the_same_click(lesson):
    open_panel(lesson)
    table = lesson.find("starTable")
    index = table.model().index(0, 1)
    title = table.model().index(0, 0).data()
    place = table.stars_at(table.visualRect(index))
    at = QPoint(round(place.left() + 0.45 * place.width()), round(place.center().y()))
    half = lesson.window.workspace.ratings.scale.step
    lesson.qtbot.mouseClick(table.viewport(), LEFT, pos=at)
    assert given(lesson) == {title: 2.5 if half == 0.5 else 3.0}
    row = [row[0] for row in rows(lesson, "starTable")].index(title)
    rect = table.visualRect(table.model().index(row, 1))
    lesson.qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(at.x(), rect.center().y()))
    assert given(lesson) == {}


def test_number_keys_in_the_row_you_rate_and_backspace_and_ctrl_z_take_it_back(tastes):
    tastes.train()
    open_panel(tastes)
    row = tastes.find("youRow")
    assert row.isVisible()
    row.setFocus()
    row.setCurrentIndex(row.model().index(0, 2))
    title = titles(tastes)[tastes.window.axes.items[2]]
    tastes.qtbot.keyClick(row, Key.Key_4)
    assert row.model().index(0, 2).data() == "4"
    assert given(tastes) == {title: 4.0}
    tastes.qtbot.keyClick(row, Key.Key_Backspace)
    assert given(tastes) == {}
    before = tastes.window.workspace.edits.top
    tastes.qtbot.keyClick(row, Key.Key_Z, CONTROL)
    assert given(tastes) == {title: 4.0}
    assert tastes.window.workspace.edits.top is before, "the training run must stay"


def test_the_row_you_stands_below_the_sheets_columns_and_scrolls_with_them(open_window):
    person = open_window("--data", "lesson", "--size", "1000x800")
    open_panel(person)
    row, grid = person.find("youRow"), person.window.sheet.ratings_view
    grid.horizontalScrollBar().setValue(grid.horizontalScrollBar().maximum())
    person.qtbot.wait(50)
    last = len(person.window.axes.items) - 1
    here = row.viewport().mapToGlobal(row.visualRect(row.model().index(0, last)).topLeft())
    there = grid.viewport().mapToGlobal(grid.visualRect(grid.model().index(0, last)).topLeft())
    assert here.x() == there.x()
    person.window.people.docks["newUserDock"].hide()
    assert not row.isVisible()


def test_ctrl_z_in_the_panel_takes_back_stars_and_not_the_training(tastes):
    tastes.train()
    panel = open_panel(tastes)
    session(tastes).rate(1, 5.0)
    session(tastes).rate(2, 1.0)
    tastes.find("titleSearch").setFocus()
    tastes.press(Key.Key_Z, CONTROL)
    assert list(session(tastes).rated) == [1]
    tastes.press(Key.Key_Y, CONTROL)
    assert list(session(tastes).rated) == [1, 2]
    assert len(tastes.window.workspace.history), "the run is still there"
    tastes.qtbot.mouseClick(panel._buttons["Clear"], LEFT)
    assert given(tastes) == {}
    tastes.qtbot.mouseClick(panel._buttons["Undo"], LEFT)
    assert list(session(tastes).rated) == [1, 2]


def test_pasted_lines_with_a_decimal_comma_are_understood_and_an_unknown_title_gets_the_closest_three(tastes):
    panel = open_panel(tastes)
    name = titles(tastes)[0]
    QGuiApplication.clipboard().setText(f"{name};4,5\nTwo Suns Risin; 3\n")
    tastes.qtbot.mouseClick(panel._buttons["Paste"], LEFT)
    assert list(given(tastes).values()) == [4.5] or list(given(tastes).values()) == []
    assert "Two Suns Rising (2036)" in message(tastes)
    QGuiApplication.clipboard().setText("")
    tastes.qtbot.mouseClick(panel._buttons["Paste"], LEFT)
    assert "The clipboard has no text" in message(tastes)


def test_an_imported_file_of_ids_gives_stars_in_one_step(tastes, tmp_path, monkeypatch):
    panel = open_panel(tastes)
    ids = tastes.window.workspace.ratings.item_table.ids
    path = tmp_path / "mine.csv"
    path.write_text(f"movieId,rating\n{ids[0]},5\n{ids[4]},2\n987654,3\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    tastes.qtbot.mouseClick(panel._buttons["Import…"], LEFT)
    assert session(tastes).rated == {0: 5.0, 4: 2.0}
    assert message(tastes).startswith("2 ratings imported. Line 4:")
    session(tastes).edits.undo()
    assert session(tastes).rated == {}


def test_kept_as_a_real_user_it_is_the_sheets_last_row_until_undone(tastes):
    tastes.train()
    open_panel(tastes)
    session(tastes).rate(0, 5.0)
    session(tastes).rate(6, 1.0)
    n_users = tastes.window.workspace.ratings.n_users
    numbers = session(tastes).person.numbers_for_model()
    tastes.qtbot.mouseClick(tastes.find("keepUser"), LEFT)
    ratings = tastes.numbers("ratingsView")
    assert len(ratings) == n_users + 1
    assert ratings[-1, 0] == 5.0
    assert ratings[-1, 6] == 1.0
    assert np.isnan(np.delete(ratings[-1], [0, 6])).all()
    np.testing.assert_allclose(tastes.numbers("userFactorsView")[-1], numbers, atol=1e-6)
    assert tastes.window.workspace.selection.user == n_users
    tastes.window.sheet.ratings_view.setFocus()
    tastes.press(Key.Key_Z, CONTROL)
    assert len(tastes.numbers("ratingsView")) == n_users
    assert session(tastes).rated == {0: 5.0, 6: 1.0}


def test_retraining_with_the_kept_user_compares_both_predictions(tastes):
    tastes.train()
    open_panel(tastes)
    session(tastes).rate(0, 5.0)
    session(tastes).rate(6, 1.0)
    at_once = session(tastes).predictions().copy()
    tastes.qtbot.mouseClick(tastes.find("keepUser"), LEFT)
    assert tastes.find("retrainUser").isEnabled()
    tastes.qtbot.mouseClick(tastes.find("retrainUser"), LEFT)
    tastes.wait_for_state("finished")
    compared = rows(tastes, "comparedTable")
    names = titles(tastes)
    factors = tastes.numbers("userFactorsView")[-1] @ tastes.numbers("itemFactorsView")
    for name, _stars, first, second, change in compared:
        code = names.index(name)
        assert first == pytest.approx(at_once[code], abs=1e-9)
        assert second == pytest.approx(factors[code], abs=1e-5)
        assert change == pytest.approx(second - first)
    assert [row[1] for row in compared[:2]] == [5.0, 1.0]
    errors = [float(np.sqrt(np.mean([(row[n] - row[1]) ** 2 for row in compared[:2]]))) for n in (2, 3)]
    assert f"RMSE {errors[0]:.2f} at once, {errors[1]:.2f} retrained" in tastes.find("comparedNote").text()


def test_your_predictions_follow_a_training_run(tastes):
    open_panel(tastes)
    session(tastes).rate(0, 5.0)
    before = session(tastes).predictions().copy()
    tastes.full_speed()
    seen = []
    session(tastes).changed.connect(lambda: seen.append(session(tastes).predictions()[3]))
    tastes.do("actionTrain")
    tastes.wait_for_state("finished")
    tastes.wait_until(lambda: not session(tastes).is_waiting)
    after = session(tastes).predictions()
    assert seen
    assert not np.allclose(before, after)
    numbers = by_hand(tastes, tastes.numbers("itemFactorsView").T)
    expected = tastes.numbers("itemFactorsView").T @ numbers + session(tastes).prior.current.shift
    np.testing.assert_allclose(after, expected, atol=1e-5)


def test_a_filter_that_leaves_nothing_and_factors_that_are_too_large_get_a_sentence(tastes):
    open_panel(tastes)
    panel = tastes.find("newUserPanel")
    panel.recommended.filters.min_ratings.setValue(1_000)
    assert panel.recommended.sentence.text() == (
        "No movie is left: at least 1,000 ratings; loosen one of these conditions."
    )
    panel.recommended.filters.min_ratings.setValue(0)
    assert rows(tastes, "recommendedTable")
    tastes.window.workspace.write_factors("item", np.array([0]), np.array([0]), np.array([1e30]))
    session(tastes).rate(0, 5.0)
    tastes.wait_until(lambda: not session(tastes).is_waiting)
    assert panel.isVisible()


def test_what_is_copied_or_saved_can_be_read_in_again(tastes, tmp_path):
    panel = open_panel(tastes)
    session(tastes).rate(0, 4.5)
    session(tastes).rate(3, 2.0)
    rated = session(tastes).rated
    path = tmp_path / "mine.csv"
    panel.list.table._write(path)
    session(tastes).clear()
    panel.importer.read(path)
    assert session(tastes).rated == rated
