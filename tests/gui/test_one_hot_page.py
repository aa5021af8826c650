"""A look-up shown as a multiplication: the 1 can be moved, both ways give the same vector, and the cost is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QToolTip
from support import random_ratings

from cfstudio.gui.pages.one_hot_page import OneHotPage
from cfstudio.gui.sheet.axes import SheetAxes
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.document import Workspace

Key, Role = Qt.Key, Qt.ItemDataRole
LEFT = Qt.MouseButton.LeftButton


class Shown:
    """A page on a document of its own, and what people do with it."""

    def __init__(self, qtbot, ratings, **settings):
        self.qtbot = qtbot
        self.workspace = Workspace()
        self.workspace.open_ratings(ratings)
        if settings:
            self.workspace.configure(replace(self.workspace.config, **settings))
        self.axes = SheetAxes(self.workspace)
        self.page = OneHotPage(self.workspace, self.axes)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 800)
        self.page.show()
        qtbot.waitExposed(self.page)

    def headers(self, table):
        model = table.model()
        names = range(model.columnCount())
        return [model.headerData(n, Qt.Orientation.Horizontal, Role.AccessibleTextRole) for n in names]

    def rows(self, table):
        """All rows of a table as dicts by header."""
        model, headers = table.model(), self.headers(table)
        cells = [[model.index(r, c).data(Role.EditRole) for c in range(len(headers))] for r in range(model.rowCount())]
        return [dict(zip(headers, row, strict=True)) for row in cells]

    def vector(self, row):
        return [value for name, value in row.items() if name[0] == "f" and name[1:].isdigit()]

    def results(self):
        """Multiplications and numbers of both ways."""
        product, looked_up = self.rows(self.page.result)
        assert (product["way"], looked_up["way"]) == ("one-hot row × matrix", "looked-up row")
        return [(row["multiplications"], self.vector(row)) for row in (product, looked_up)]

    def click(self, table, row, name):
        index = table.model().index(row, self.headers(table).index(name))
        table.scrollTo(index)
        self.qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())

    def type_into(self, table, row, name, text):
        self.click(table, row, name)
        table.setFocus()
        self.qtbot.keyClick(table, Key.Key_F2)
        editor = next(one for one in table.viewport().findChildren(QLineEdit) if one.isVisible())
        editor.clear()
        self.qtbot.keyClicks(editor, text)
        self.qtbot.keyClick(editor, Key.Key_Return)

    def press(self, button):
        self.qtbot.mouseClick(button, LEFT)


@pytest.fixture
def lesson(qtbot):
    return Shown(qtbot, open_ratings("lesson"))


@pytest.fixture
def many(qtbot):
    return Shown(qtbot, random_ratings(671, 900, 9_000), n_factors=50)


@pytest.fixture
def words(lesson):
    lesson.press(lesson.page.controls.words)
    return lesson


def test_both_ways_give_the_same_five_numbers_for_75_multiplications_or_none(lesson):
    lesson.workspace.select(user=3)
    wanted = lesson.workspace.factors.user_factors[3].tolist()
    assert lesson.results() == [(75, wanted), (0, wanted)]
    assert lesson.page.verdict.text() == "75 multiplications, against none for looking up · same: yes"
    assert "User 212 is row 4 of 15: a 1 in place 4 and 14 zeros" in lesson.page.headline.text()


def test_the_switch_shows_the_other_way(lesson):
    matrix = lesson.page.matrix
    assert [row["one-hot"] for row in lesson.rows(matrix)] == [1] + [0] * 14
    lesson.press(lesson.page.controls.look_up)
    assert "one-hot" not in lesson.headers(matrix)
    assert lesson.page.verdict.text() == "no multiplication, against 75 with the one-hot row · same: yes"
    assert lesson.page.result._lit == 1
    lesson.press(lesson.page.controls.multiply)
    assert "one-hot" in lesson.headers(matrix)
    assert lesson.page.result._lit == 0


def test_the_products_are_those_of_the_row_and_zero_elsewhere(lesson):
    lesson.workspace.select(user=6)
    factors = lesson.workspace.factors.user_factors
    for number, row in enumerate(lesson.rows(lesson.page.matrix)):
        assert row["one-hot"] == (number == 6)
        assert lesson.vector(row) == factors[number].tolist()
        products = [row[f"× f{f + 1}"] for f in range(5)]
        assert products == (factors[6].tolist() if number == 6 else [0.0] * 5)


def test_movies_have_a_matrix_of_their_own(lesson):
    lesson.workspace.select(item=9)
    lesson.press(lesson.page.controls.items)
    assert lesson.page.controls.items.text() == "&Movies"
    wanted = lesson.workspace.factors.item_factors[9].tolist()
    assert lesson.results() == [(75, wanted), (0, wanted)]
    title = lesson.workspace.ratings.item_table.titles[9]
    assert lesson.page.headline.text().startswith(f"{title} is row 10 of 15")


def test_a_selection_made_elsewhere_moves_the_1(lesson):
    lesson.workspace.select(user=11, item=4)
    assert lesson.page.strip.place == 11
    lesson.press(lesson.page.controls.items)
    assert lesson.page.strip.place == 4
    lesson.workspace.select(user=2, item=13)
    assert lesson.page.strip.place == 13


def test_the_arrow_keys_move_the_1_and_select_in_the_document(lesson):
    lesson.workspace.select(user=1, item=7)
    strip = lesson.page.strip
    strip.setFocus()
    for key, place in (
        (Key.Key_Right, 2),
        (Key.Key_End, 14),
        (Key.Key_Right, 14),
        (Key.Key_Left, 13),
        (Key.Key_Home, 0),
    ):
        lesson.qtbot.keyClick(strip, key)
        assert strip.place == place
        assert (lesson.workspace.selection.user, lesson.workspace.selection.item) == (place, 7)
    wanted = lesson.workspace.factors.user_factors[0].tolist()
    assert lesson.results()[0][1] == wanted


def test_a_click_in_the_strip_moves_the_1_there(lesson):
    strip = lesson.page.strip
    shown, left, width = strip._cells()
    assert list(shown) == list(range(15))
    lesson.qtbot.mouseClick(strip, LEFT, pos=QPoint(left + 8 * width + width // 2, strip.height() - 5))
    assert lesson.workspace.selection.user == 8
    assert strip.place == 8
    assert lesson.page.matrix._lit == 8


def test_a_row_chosen_in_the_matrix_moves_the_1_there(lesson):
    lesson.click(lesson.page.matrix, 5, "f2")
    assert lesson.page.strip.place == 5
    lesson.qtbot.keyClick(lesson.page.matrix, Key.Key_Down)
    assert lesson.page.strip.place == 6
    assert lesson.workspace.selection.user == 6


def test_of_many_places_those_around_the_1_are_drawn_and_the_zeros_left_out_are_counted(many):
    many.workspace.select(user=300)
    shown = many.page.strip.shown_places()
    assert 5 < len(shown) < 100
    assert shown.start < 300 < shown.stop
    assert many.results()[0][0] == 33_550
    strip, (_, left, width) = many.page.strip, many.page.strip._cells()
    many.qtbot.mouseClick(strip, LEFT, pos=QPoint(left + width // 2, strip.height() - 5))
    assert many.workspace.selection.user == shown.start
    for end in (0, 670):
        many.workspace.select(user=end)
        assert end in strip.shown_places()


def test_only_the_shown_users_make_up_the_row(lesson):
    lesson.axes.show(np.array([12, 3, 8]), np.arange(15))
    lesson.workspace.select(user=8)
    wanted = lesson.workspace.factors.user_factors[8].tolist()
    assert lesson.results() == [(15, wanted), (0, wanted)]
    assert "row 2 of 3" in lesson.page.headline.text()
    assert [row["user"] for row in lesson.rows(lesson.page.matrix)] == lesson.workspace.ratings.user_ids[
        [3, 8, 12]
    ].tolist()


def test_an_edited_factor_is_the_documents_and_changes_both_results(lesson):
    lesson.type_into(lesson.page.matrix, 4, "f3", "7.25")
    assert lesson.workspace.factors.user_factors[4, 2] == 7.25
    assert lesson.page.strip.place == 4
    assert [vector[2] for _, vector in lesson.results()] == [7.25, 7.25]
    lesson.workspace.edits.undo()
    assert lesson.workspace.factors.user_factors[4, 2] < 1


def test_biases_are_left_out_and_an_edit_still_meets_the_right_factor(qtbot):
    shown = Shown(qtbot, open_ratings("lesson"), model="dot-bias")
    shown.workspace.select(user=2)
    assert shown.results()[0] == (75, shown.workspace.factors.user_factors[2].tolist())
    shown.type_into(shown.page.matrix, 2, "f1", "-3")
    assert shown.workspace.factors.user_factors[2, 0] == -3
    assert shown.rows(shown.page.matrix)[2]["f1"] == -3


def test_an_infinite_factor_is_told_of(lesson):
    lesson.workspace.select(user=1)
    lesson.workspace.factors.user_factors[9, 0] = np.inf
    lesson.page.refresh()
    assert "same: no" in lesson.page.verdict.text()


def test_a_run_in_progress_is_followed(lesson):
    lesson.workspace.select(user=5)
    lesson.workspace.factors.user_factors[:] *= 2
    lesson.page.refresh()
    wanted = lesson.workspace.factors.user_factors[5].tolist()
    assert lesson.results() == [(75, wanted), (0, wanted)]
    assert set(lesson.page.visible_users()) == set(range(15))
    assert len(lesson.page.visible_items()) == 0


def test_step_by_step_the_sum_grows_until_all_rows_are_multiplied(lesson):
    lesson.workspace.select(user=2)
    lesson.press(lesson.page.controls.look_up)
    lesson.press(lesson.page.controls.walk)
    page = lesson.page
    assert page.controls.multiplies
    wanted = lesson.workspace.factors.user_factors[2].tolist()
    assert lesson.results()[0] == (0, [0.0] * 5)
    for n_rows in range(1, 15):
        page._walk.step()
        assert lesson.results()[0] == (5 * n_rows, wanted if n_rows > 2 else [0.0] * 5)
        assert page.verdict.text() == f"{5 * n_rows} of 75 multiplications"
    page._walk.step()
    assert lesson.results()[0] == (75, wanted)
    assert "same: yes" in page.verdict.text()
    assert page.controls.walk.text() == "&Step by step"


def test_a_walk_takes_its_steps_by_itself_and_can_be_stopped(lesson):
    page = lesson.page
    lesson.press(page.controls.walk)
    lesson.qtbot.waitUntil(lambda: lesson.results()[0][0] >= 5, timeout=5_000)
    lesson.press(page.controls.walk)
    assert not page._walk.is_on
    assert lesson.results()[0][0] == 75


def test_a_hidden_page_catches_up_when_shown(lesson):
    lesson.page.hide()
    lesson.workspace.select(user=10)
    lesson.workspace.set_factor("user", 10, 0, 4.5)
    assert lesson.page.strip.place == 0
    lesson.page.show()
    assert lesson.page.strip.place == 10
    assert lesson.results()[0][1][0] == 4.5


def test_another_document_replaces_everything(many):
    many.workspace.select(user=600)
    many.workspace.open_ratings(open_ratings("lesson"))
    assert many.page.strip.place < 15
    assert many.results()[0][0] == 75


# Words


def test_the_words_of_a_sentence_look_up_their_rows(words):
    table = words.rows(words.page.matrix)
    sentence = words.rows(words.page.sentence)
    assert len(sentence) == 15
    vectors = {row["word"]: words.vector(row) for row in table}
    for row in sentence:
        ones = [row[str(place + 1)] for place in range(len(table))]
        assert ones.index(1) + 1 == row["index"]
        assert sum(ones) == 1
        assert table[row["index"] - 1]["word"] == row["word"]
        assert words.vector(row) == vectors[row["word"]]
    n = 15 * len(table) * 5
    assert f"{n:,} multiplications for the sentence, or none" in words.page.sentence_bar.count.text()
    assert words.page.verdict.text().startswith(f"{len(table) * 5} multiplications")


def test_a_sentence_of_ones_own_is_taken_as_it_is_typed(words):
    field = words.page.sentence_bar.field
    field.selectAll()
    words.qtbot.keyClicks(field, "to be or not to be")
    assert [row["word"] for row in words.rows(words.page.matrix)] == ["to", "be", "or", "not"]
    assert [row["index"] for row in words.rows(words.page.sentence)] == [1, 2, 3, 4, 1, 2]
    assert "6 words, 4 different: 6 × 4 × 5 = 120" in words.page.sentence_bar.count.text()
    words.press(words.page.sentence_bar.reset)
    assert len(words.rows(words.page.sentence)) == 15


def test_no_words_at_all_say_what_to_do(words):
    field = words.page.sentence_bar.field
    field.selectAll()
    words.qtbot.keyClick(field, Key.Key_Delete)
    assert "Type a sentence" in words.page.headline.text()
    assert not words.page.matrix.isVisible()
    assert not words.page.controls.walk.isEnabled()
    words.page.refresh()
    words.qtbot.keyClicks(field, "hello")
    assert words.page.matrix.isVisible()
    assert words.results()[0][0] == 5


def test_a_number_of_a_word_can_be_changed_wherever_the_word_stands(words):
    number = next(row["index"] for row in words.rows(words.page.matrix) if row["word"] == "movie")
    words.type_into(words.page.matrix, number - 1, "f1", "2.5")
    changed = [row["word"] for row in words.rows(words.page.sentence) if row["f1"] == 2.5]
    assert changed == ["movie", "movie"]
    words.press(words.page.sentence_bar.reset)
    assert all(row["f1"] < 1 for row in words.rows(words.page.matrix))


def test_an_emptied_number_is_refused_at_the_cell(words, monkeypatch):
    hints = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, hint, *more: hints.append(hint))
    before = words.rows(words.page.matrix)
    words.type_into(words.page.matrix, 0, "f1", "")
    words.qtbot.waitUntil(lambda: bool(hints))
    assert "cannot be blank" in hints[-1]
    assert words.rows(words.page.matrix) == before


def test_a_word_chosen_in_the_sentence_moves_the_1_and_leaves_the_document_alone(words):
    selection = words.workspace.selection
    row = next(n for n, row in enumerate(words.rows(words.page.sentence)) if row["word"] == "laugh")
    words.click(words.page.sentence, row, "f1")
    assert words.page.strip.place == words.rows(words.page.sentence)[row]["index"] - 1
    assert words.page.headline.text().startswith("“laugh” is row")
    assert words.workspace.selection == selection


def test_the_second_of_two_equal_words_stays_the_chosen_one(words):
    row = [n for n, row in enumerate(words.rows(words.page.sentence)) if row["word"] == "robot"][1]
    words.click(words.page.sentence, row, "f1")
    assert words.page.sentence.currentIndex().row() == row
    words.page.refresh()
    assert words.page.sentence._lit == row


# Taking it along


def test_matrix_and_results_are_copied_with_every_digit(lesson):
    lesson.workspace.select(user=1)
    lesson.page.result.copy_all()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["way", "multiplications", "f1", "f2", "f3", "f4", "f5"]
    wanted = lesson.workspace.factors.user_factors[1].tolist()
    assert [float(number) for number in lines[1][2:]] == wanted
    assert [float(number) for number in lines[2][2:]] == wanted
    lesson.page.matrix.copy_all()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 16


def test_a_screen_reader_hears_the_product(lesson):
    lesson.workspace.select(user=1)
    model, headers = lesson.page.matrix.model(), lesson.headers(lesson.page.matrix)
    spoken = model.index(0, headers.index("× f2")).data(Role.AccessibleTextRole)
    factor = lesson.workspace.factors.user_factors[0, 1]
    assert spoken == f"User 15, factor 2: 0 × {factor:.6g} = 0"
    assert "the 1 is in place 2" in lesson.page.strip.accessibleDescription()


def test_few_numbers_are_written_larger_than_many(lesson, many):
    lesson.qtbot.waitUntil(lambda: lesson.page.matrix.font().pointSizeF() > many.page.matrix.font().pointSizeF())


def test_what_happens_to_the_words_can_be_taken_back(words):
    field, edits = words.page.sentence_bar.field, words.workspace.edits
    first = field.text()
    numbers = words.rows(words.page.matrix)
    field.setText("a")
    field.setText("a rose")
    assert edits.top.label == "sentence"
    words.type_into(words.page.matrix, 0, "f1", "9")
    assert edits.top.label == "number of a word"
    edits.undo()
    assert words.page.matrix.model().value(0, words.page.matrix.model().first_number) != 9
    edits.undo()
    assert field.text() == first
    assert words.rows(words.page.matrix) == numbers
    assert edits.top is None
    edits.redo()
    assert field.text() == "a rose"
    assert words.page.matrix.model().rowCount() == 2
