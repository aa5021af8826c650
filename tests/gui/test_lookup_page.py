"""The long form shows every rating with the rows it looked up; what is selected or edited here is so everywhere."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolTip
from support import crosstab, random_ratings

from cfstudio.gui.pages.lookup_page import LookupPage
from cfstudio.gui.sheet.axes import SheetAxes
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.document import Workspace

Key, Role = Qt.Key, Qt.ItemDataRole
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "lesson_crosstab.json"


class Shown:
    """A page on a document of its own, and what people do with it."""

    def __init__(self, qtbot, ratings, **settings):
        self.qtbot = qtbot
        self.workspace = Workspace()
        self.workspace.open_ratings(ratings)
        if settings:
            self.workspace.configure(replace(self.workspace.config, **settings))
        self.axes = SheetAxes(self.workspace)
        self.page = LookupPage(self.workspace, self.axes)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 800)
        self.page.show()
        qtbot.waitExposed(self.page)

    @property
    def table(self):
        return self.page.table

    def column(self, name, table=None):
        """All cells of a column, by its header."""
        model = (table or self.table).model()
        number = self.headers(table).index(name)
        return [model.index(row, number).data(Role.EditRole) for row in range(model.rowCount())]

    def headers(self, table=None):
        model = (table or self.table).model()
        names = range(model.columnCount())
        return [model.headerData(n, Qt.Orientation.Horizontal, Role.AccessibleTextRole) for n in names]

    def click(self, table, row, name):
        index = table.model().index(row, self.headers(table).index(name))
        table.scrollTo(index)
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
        return index

    def type_into(self, table, row, name, text):
        """Click into a cell, press F2, type and press Return; returns the editor."""
        self.click(table, row, name)
        table.setFocus()
        self.qtbot.keyClick(table, Key.Key_F2)
        editor = next(one for one in table.viewport().findChildren(QLineEdit) if one.isVisible())
        editor.clear()
        self.qtbot.keyClicks(editor, text)
        self.qtbot.keyClick(editor, Key.Key_Return)

    def in_sight(self, table, row):
        return table.viewport().rect().contains(table.visualRect(table.model().index(row, 0)))


@pytest.fixture
def lesson(qtbot):
    return Shown(qtbot, open_ratings("lesson"))


@pytest.fixture
def small(qtbot):
    return Shown(qtbot, random_ratings(30, 40, 500))


@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the shared reference files")
def test_the_lessons_long_form_has_the_workbooks_rows_numbers_and_rmse(lesson):
    reference = json.loads(REFERENCE.read_text())
    users, movies = np.array(reference["dot"]["user_factors"]), np.array(reference["dot"]["movie_factors"])
    cells = {
        (user, movie): (rating, float(users[u] @ movies[:, m]))
        for u, (user, row) in enumerate(zip(reference["user_ids"], reference["ratings"], strict=True))
        for m, (movie, rating) in enumerate(zip(reference["movie_ids"], row, strict=True))
        if rating is not None
    }
    columns = {name: lesson.column(name) for name in lesson.headers()}
    pairs = list(zip(columns["user"], columns["movie"], strict=True))
    assert sorted(pairs) == sorted(cells)
    assert columns["rating"] == [cells[pair][0] for pair in pairs]
    predictions = np.array([cells[pair][1] for pair in pairs])
    np.testing.assert_allclose(columns["prediction"], predictions, rtol=1e-6)
    errors = predictions - np.array(columns["rating"])
    np.testing.assert_allclose(columns["error"], errors, atol=1e-6)
    np.testing.assert_allclose(columns["squared error"], errors**2, atol=1e-5)
    assert lesson.page.rmse.text() == "RMSE 2.8061"
    assert "=SQRT(SUM(squared_errors)/COUNT(ratings))" in lesson.page.rmse_formula.text()
    assert "206 rated rows" in lesson.page.rmse_formula.text()
    u = [reference["user_ids"].index(user) for user in columns["user"]]
    m = [reference["movie_ids"].index(movie) for movie in columns["movie"]]
    assert columns["user index"] == [one + 1 for one in u]
    assert columns["movie index"] == [one + 1 for one in m]
    assert columns["title"] == [reference["movie_titles"][one] for one in m]
    for f in range(5):
        np.testing.assert_allclose(columns[f"user f{f + 1}"], users[u, f], rtol=1e-6)
        np.testing.assert_allclose(columns[f"movie f{f + 1}"], movies[f, m], rtol=1e-6)


def test_the_rows_are_in_the_order_of_the_file(small):
    ratings = small.workspace.ratings
    assert small.column("user") == ratings.user_ids[ratings.users].tolist()
    assert small.column("movie") == ratings.item_table.ids[ratings.items].tolist()


def test_a_click_on_a_row_selects_its_cell_and_lights_up_the_rows_it_looked_up(small):
    ratings = small.workspace.ratings
    small.click(small.table, 7, "title")
    user, item = int(ratings.users[7]), int(ratings.items[7])
    assert (small.workspace.selection.user, small.workspace.selection.item) == (user, item)
    for side, code in (("user", user), ("item", item)):
        table = small.page.tables[side]
        assert table._lit == code
        assert small.in_sight(table, code)
    assert small.column("index", small.page.tables["user"])[user] == user + 1
    factors = small.workspace.factors
    total = float(factors.user_factors[user].astype(float) @ factors.item_factors[item].astype(float))
    assert f"User {user + 1} is row {user + 1} of the user table" in small.page.explanation.text()
    assert f"is row {item + 1} of the movie table" in small.page.explanation.text()
    assert f"predicted {total:.2f}".replace("-", "−") in small.page.calculation.text()
    assert f"{abs(factors.user_factors[user, 0]):.2f}×" in small.page.calculation.text()


def test_the_arrow_keys_go_from_rating_to_rating(small):
    ratings = small.workspace.ratings
    small.click(small.table, 3, "rating")
    small.qtbot.keyClick(small.table, Key.Key_Down)
    assert small.workspace.selection.user == ratings.users[4]
    assert small.workspace.selection.item == ratings.items[4]


def test_a_cell_selected_elsewhere_is_gone_to(small):
    ratings = small.workspace.ratings
    small.workspace.select(int(ratings.users[480]), int(ratings.items[480]))
    assert small.table.currentIndex().row() == 480
    assert small.in_sight(small.table, 480)
    assert small.page.tables["item"]._lit == ratings.items[480]


def test_a_cell_without_a_rating_has_no_row_but_its_look_up_is_shown(small):
    ratings = small.workspace.ratings
    rated = set(zip(ratings.users.tolist(), ratings.items.tolist(), strict=True))
    user, item = next((u, i) for u in range(30) for i in range(40) if (u, i) not in rated)
    small.click(small.table, 0, "rating")
    small.workspace.select(user, item)
    assert not small.table.currentIndex().isValid()
    assert small.page.tables["user"]._lit == user
    assert "not rated" in small.page.calculation.text()


def test_nothing_selected_says_what_to_do(lesson):
    lesson.workspace.select()
    assert lesson.page.explanation.text().startswith("Click a row")
    lesson.workspace.select(user=3)
    assert "row 4 of the user table" in lesson.page.explanation.text()
    assert "Click a row" in lesson.page.explanation.text()


def test_a_click_in_an_embedding_table_keeps_the_other_half_of_the_cell(lesson):
    lesson.click(lesson.table, 0, "rating")
    lesson.click(lesson.page.tables["user"], 2, "index")
    assert (lesson.workspace.selection.user, lesson.workspace.selection.item) == (2, 0)
    assert lesson.table.currentIndex().row() == lesson.page._model.row_of(2, 0)


# Editing


def test_an_edited_rating_changes_document_error_and_rmse_and_can_be_undone(lesson):
    before, rmse = lesson.column("rating")[5], lesson.page.rmse.text()
    lesson.type_into(lesson.table, 5, "rating", "1,5")
    ratings = lesson.workspace.ratings
    assert ratings.values[5] == 1.5
    assert lesson.column("error")[5] == pytest.approx(lesson.column("prediction")[5] - 1.5)
    assert lesson.page.rmse.text() != rmse
    errors = np.array(lesson.column("prediction")) - np.array(lesson.column("rating"))
    assert lesson.page.rmse.text() == f"RMSE {np.sqrt(np.mean(errors**2)):.4f}"
    assert lesson.table.currentIndex().row() == 6
    lesson.workspace.edits.undo()
    assert lesson.column("rating")[5] == before
    assert lesson.page.rmse.text() == rmse


@pytest.mark.parametrize(("text", "reason"), [("11", "lies between"), ("good", "is no number")])
def test_a_rating_that_is_none_is_refused_at_the_cell_with_the_reason(lesson, monkeypatch, text, reason):
    said, hints = [], []
    lesson.page.said.connect(said.append)
    monkeypatch.setattr(QToolTip, "showText", lambda place, hint, *more: hints.append(hint))
    before = lesson.column("rating")[2]
    lesson.type_into(lesson.table, 2, "rating", text)
    assert lesson.column("rating")[2] == before
    assert lesson.table.currentIndex().row() == 2
    lesson.qtbot.waitUntil(lambda: bool(hints))
    assert reason in hints[-1]
    assert reason in said[-1]


def test_delete_blanks_a_rating_which_leaves_the_row_and_the_mean(lesson):
    lesson.click(lesson.table, 4, "rating")
    lesson.qtbot.keyClick(lesson.table, Key.Key_Delete)
    model, headers = lesson.table.model(), lesson.headers()
    assert np.isnan(lesson.workspace.ratings.values[4])
    assert model.rowCount() == 206
    for name in ("rating", "error", "squared error"):
        assert model.index(4, headers.index(name)).data(Role.EditRole) is None
        assert model.index(4, headers.index(name)).data() == ""
    assert "205 rated rows" in lesson.page.rmse_formula.text()


def test_a_calculated_number_cannot_be_overwritten(lesson):
    model, number = lesson.table.model(), lesson.headers().index("prediction")
    assert not model.flags(model.index(0, number)) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(0, number), "3")


def test_a_factor_edited_in_its_table_changes_every_row_that_looks_it_up(lesson):
    lesson.type_into(lesson.page.tables["item"], 1, "f2", "-2.5")
    assert lesson.workspace.factors.item_factors[1, 1] == -2.5
    for index, factor in zip(lesson.column("movie index"), lesson.column("movie f2"), strict=True):
        assert (factor == -2.5) == (index == 2)
    lesson.workspace.edits.undo()
    assert lesson.workspace.factors.item_factors[1, 1] > 0


def test_a_bias_edited_in_its_table_is_the_documents_bias(qtbot):
    shown = Shown(qtbot, open_ratings("lesson"), model="dot-bias")
    assert shown.headers(shown.page.tables["user"]) == ["index", "user", "bias", "f1", "f2", "f3", "f4", "f5"]
    shown.type_into(shown.page.tables["user"], 3, "bias", "0.75")
    assert shown.workspace.factors.user_bias[3] == 0.75
    assert shown.column("user bias")[shown.column("user index").index(4)] == 0.75
    factors = shown.workspace.factors
    first = shown.workspace.ratings.users[0], shown.workspace.ratings.items[0]
    total = factors.user_factors[first[0]] @ factors.item_factors[first[1]]
    total += factors.user_bias[first[0]] + factors.item_bias[first[1]]
    assert shown.column("prediction")[0] == pytest.approx(float(total))


def test_who_begins_to_edit_is_told_of_so_that_a_run_can_pause(lesson):
    told = []
    lesson.page.about_to_edit.connect(lambda: told.append(True))
    lesson.type_into(lesson.page.tables["user"], 0, "f1", "1")
    assert told


# Following the document


def test_a_new_rating_is_a_new_row_at_the_end(small):
    ratings = small.workspace.ratings
    rated = set(zip(ratings.users.tolist(), ratings.items.tolist(), strict=True))
    user, item = next((u, i) for u in range(30) for i in range(40) if (u, i) not in rated)
    small.workspace.set_rating(user, item, 2.5)
    assert small.table.model().rowCount() == 501
    assert small.column("rating")[500] == 2.5
    assert (small.column("user")[500], small.column("movie")[500]) == (user + 1, item + 101)


def test_held_out_rows_are_hatched_and_said_to_be(qtbot):
    shown = Shown(qtbot, random_ratings(20, 20, 200), valid_fraction=0.25)
    held_out = shown.workspace.held_out
    assert held_out.sum() == 50
    assert shown.column("part") == ["held out" if one else "" for one in held_out]
    rating = shown.headers().index("rating")
    part = next(p for p in shown.table.model().parts(slice(0, 200)) if p.first == rating)
    assert part.cells.marked[:, 0].tolist() == held_out.tolist()
    errors = np.array(shown.column("error"))
    assert f"held out {np.sqrt(np.mean(errors[held_out] ** 2)):.4f} (50 rows)" in shown.page.rmse_formula.text()
    assert f"training {np.sqrt(np.mean(errors[~held_out] ** 2)):.4f} (150 rows)" in shown.page.rmse_formula.text()
    assert shown.page.rmse.text() == f"RMSE {np.sqrt(np.mean(errors**2)):.4f}"


def test_only_the_ratings_of_the_shown_crosstab_are_listed_and_its_tables_are_as_small(small):
    ratings = small.workspace.ratings
    users, items = np.array([20, 4, 11]), np.array([39, 0, 8, 17])
    small.axes.show(users, items)
    inside = np.isin(ratings.users, users) & np.isin(ratings.items, items)
    assert small.table.model().rowCount() == inside.sum() > 0
    assert small.column("user", small.page.tables["user"]) == [5, 12, 21]
    indexes = {5: 1, 12: 2, 21: 3}
    assert small.column("user index") == [indexes[user] for user in small.column("user")]
    errors = np.array(small.column("error"))
    assert small.page.rmse.text() == f"RMSE {np.sqrt(np.mean(errors**2)):.4f}"
    small.axes.show_all()
    assert small.table.model().rowCount() == 500


def test_a_hidden_page_calculates_nothing_and_catches_up_when_shown(small, monkeypatch):
    small.page.hide()
    calls = []
    monkeypatch.setattr(type(small.page._model), "parts", lambda *_: calls.append("parts") or [])
    monkeypatch.setattr("cfstudio.gui.pages.lookup_page.rmse_at_rest", lambda *_: calls.append("rmse"))
    small.workspace.set_factor("user", 0, 0, 3.0)
    small.workspace.select(2, 3)
    small.page.refresh()
    assert calls == []
    monkeypatch.undo()
    small.page.show()
    errors = np.array(small.column("error"))
    assert small.page.rmse.text() == f"RMSE {np.sqrt(np.mean(errors**2)):.4f}"
    assert small.page.tables["user"]._lit == 2


def test_another_document_replaces_everything(lesson):
    lesson.workspace.open_ratings(crosstab([[1.0, None], [None, 4.0]]))
    assert lesson.column("user") == [1, 2]
    assert lesson.column("title") == ["Film 0 (1970)", "Film 1 (1971)"]
    assert lesson.page.tables["item"].model().rowCount() == 2


def test_more_factors_are_more_columns(lesson):
    lesson.workspace.configure(replace(lesson.workspace.config, n_factors=12))
    assert "user f12" in lesson.headers()
    # What comes of many factors stands before them, in sight.
    assert lesson.headers().index("error") < lesson.headers().index("user f1")
    errors = np.array(lesson.column("prediction")) - np.array(lesson.column("rating"))
    np.testing.assert_allclose(lesson.column("error"), errors)


def test_the_numbers_of_a_run_are_repainted_without_losing_the_place(small):
    small.click(small.table, 9, "rating")
    before = small.page.rmse.text()
    small.workspace.factors.user_factors[:] += 0.5
    small.page.refresh()
    errors = np.array(small.column("error"))
    assert small.page.rmse.text() == f"RMSE {np.sqrt(np.mean(errors**2)):.4f}" != before
    assert small.table.currentIndex().row() == 9


def test_the_painted_texts_are_those_of_the_cells(small):
    model = small.table.model()
    parts = model.parts(slice(20, 23))
    assert sum(part.n_columns for part in parts) == model.columnCount()
    for part in parts:
        for column in range(part.n_columns):
            for row in range(3):
                exact = model.value(20 + row, part.first + column)
                text = part.text(row, column).replace("−", "-")
                if isinstance(exact, float):
                    assert float(text) == pytest.approx(exact, abs=0.00501)
                else:
                    assert text == str(exact)


def test_rows_far_down_a_hundred_thousand_are_computed_alone(qtbot, monkeypatch):
    shown = Shown(qtbot, random_ratings(671, 900, 100_004))
    asked = []
    model = type(shown.workspace.factors)
    predict = model.predict
    monkeypatch.setattr(model, "predict", lambda self, u, i: asked.append(len(u)) or predict(self, u, i))
    shown.workspace.select(int(shown.workspace.ratings.users[99_000]), int(shown.workspace.ratings.items[99_000]))
    shown.table.viewport().repaint()
    assert shown.table.visible_rows().start < 99_000 < shown.table.visible_rows().stop
    assert asked
    assert max(asked) < 100


# Taking it along


def test_selected_rows_are_copied_with_their_header_and_every_digit(lesson):
    lesson.table.selectRow(0)
    lesson.table.setFocus()
    lesson.qtbot.keyClick(lesson.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == lesson.headers()
    assert len(lines) == 2
    copied = dict(zip(*lines, strict=True))
    assert float(copied["user f1"]) == float(lesson.workspace.factors.user_factors[0, 0])
    assert float(copied["prediction"]) == lesson.column("prediction")[0]
    assert copied["title"] == lesson.column("title")[0]


def test_all_rows_are_saved_with_every_digit_and_titles_that_are_no_formulas(qtbot, tmp_path, monkeypatch):
    ratings = random_ratings(60, 90, 5_000)
    ratings.item_table.titles[3] = "=1+1"
    shown = Shown(qtbot, ratings)
    blank = int(np.flatnonzero(ratings.items == 3)[0])
    shown.workspace.set_rating(int(ratings.users[blank]), 3, None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(tmp_path / "rows"), ""))
    said = []
    shown.page.said.connect(said.append)
    shown.table.save_csv()
    with (tmp_path / "rows.csv").open(newline="") as file:
        saved = list(csv.DictReader(file))
    assert said == ["Saved 5,000 rows as rows.csv."]
    assert [float(row["rating"]) if row["rating"] else None for row in saved] == shown.column("rating")
    predicted = np.array([float(row["prediction"]) for row in saved])
    np.testing.assert_array_equal(predicted, shown.workspace.factors.predict(ratings.users, ratings.items))
    assert saved[blank]["rating"] == saved[blank]["error"] == ""
    assert saved[blank]["title"] == "'=1+1"


def test_a_million_rows_are_not_put_on_the_clipboard(qtbot, monkeypatch):
    shown = Shown(qtbot, random_ratings(400, 500, 100_000))
    said = []
    shown.page.said.connect(said.append)
    QGuiApplication.clipboard().setText("as before")
    shown.table.copy_all()
    assert "too many" in said[-1]
    assert QGuiApplication.clipboard().text() == "as before"


def test_an_embedding_table_is_copied_too(lesson):
    table = lesson.page.tables["item"]
    table.copy_all()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["index", "movie", "title", "f1", "f2", "f3", "f4", "f5"]
    assert len(lines) == 16
    assert float(lines[2][4]) == float(lesson.workspace.factors.item_factors[1, 1])


def test_a_screen_reader_hears_whose_number_it_is(lesson):
    model, headers = lesson.table.model(), lesson.headers()
    title = lesson.column("title")[0]
    spoken = model.index(0, headers.index("rating")).data(Role.AccessibleTextRole)
    assert spoken == f"User 15, {title}: rating 3"
    users = lesson.page.tables["user"].model()
    assert users.index(0, 3).data(Role.AccessibleTextRole).startswith("User 15, factor 2: 0.63")


def test_the_tables_stand_beside_the_long_form_where_there_is_room_and_below_it_elsewhere(lesson):
    lesson.page.resize(2000, 900)
    assert lesson.page._panes.orientation() is Qt.Orientation.Horizontal
    lesson.page.resize(900, 700)
    assert lesson.page._panes.orientation() is Qt.Orientation.Vertical


# Find


def find(person, text, *, what="title"):
    bar = person.window.find_bar
    person.do("actionFind")
    bar.what.setCurrentIndex(bar.what.findData(what))
    person.qtbot.keyClicks(bar.field, text)
    person.press(Key.Key_Return)
    return bar


def test_find_goes_to_the_movies_and_the_users_rows_of_the_long_form(open_window):
    person = open_window("--data", "lesson")
    person.window.pages.open(2)
    page = person.window.pages.current
    titles = [page.table.model().value(row, 2) for row in range(page.table.model().rowCount())]
    wanted = next(row for row, title in enumerate(titles) if title.startswith("Fargo"))
    bar = find(person, "Fargo")
    assert page.table.currentIndex().row() == wanted
    assert page.table.visible_rows().start <= wanted < page.table.visible_rows().stop
    users = [page.table.model().value(row, 0) for row in range(len(titles))]
    bar.field.clear()
    find(person, "311", what="user")
    assert page.table.currentIndex().row() == users.index(311)
    bar.only.click()
    assert {page.table.model().value(row, 0) for row in range(page.table.model().rowCount())} == {311}
    person.press(Key.Key_Escape)
    assert page.table.hasFocus()


def test_find_goes_to_the_row_of_the_one_hot_matrix_also_from_the_other_side(open_window):
    person = open_window("--data", "lesson")
    person.window.pages.open(3)
    page = person.window.pages.current
    find(person, "Fargo")
    assert page.controls.items.isChecked()
    assert "Fargo" in page.headline.text()
