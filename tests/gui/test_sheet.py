"""What people gain at the sheet: they change a number and see at once what follows, as in the lesson's spreadsheet."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtWidgets import QComboBox, QToolTip
from support import random_ratings

from cfstudio.gui.theme import current_theme
from cfstudio.ratings.table import ItemTable, Ratings, RatingScale

Key, Role = Qt.Key, Qt.ItemDataRole
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
BOTH, RATINGS, PREDICTIONS, ERROR = Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4
BLANK = (4, 1)
"""User 213 has not rated Pulp Fiction."""


def predictions(person):
    """The spreadsheet's MMULT over the numbers that stand in the panes."""
    return person.numbers("userFactorsView") @ person.numbers("itemFactorsView")


def rmse(person):
    """The spreadsheet's SQRT(SUMXMY2(…)/COUNT(…)) over the numbers that stand in the panes."""
    return math.sqrt(np.nanmean((predictions(person) - person.numbers("ratingsView")) ** 2))


def named(person, accessible_name, kind):
    return next(one for one in person.window.findChildren(kind) if one.accessibleName() == accessible_name)


# Editing


def test_a_learner_sees_the_lessons_error_before_anything_is_trained(lesson):
    assert lesson.shown_rmse() == 2.8061
    assert rmse(lesson) == pytest.approx(2.80606206164831, abs=1e-12)


def test_a_typed_rating_moves_the_error_at_once(lesson):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    assert lesson.numbers("ratingsView")[0, 0] == 4.5
    assert lesson.shown_rmse() != 2.8061
    assert lesson.shown_rmse() == pytest.approx(rmse(lesson), abs=5.1e-5)


def test_a_decimal_comma_is_a_decimal_point(lesson):
    lesson.type_into("ratingsView", 2, 2, "3,5")
    assert lesson.numbers("ratingsView")[2, 2] == 3.5
    lesson.type_into("userFactorsView", 2, 2, "-0,25")
    assert lesson.numbers("userFactorsView")[2, 2] == -0.25


def test_f2_edits_the_number_in_full_and_escape_leaves_it(lesson):
    before = lesson.numbers("userFactorsView")
    view = lesson.select("userFactorsView", 3, 1)
    lesson.qtbot.keyClick(view, Key.Key_F2)
    editor = lesson.editor(view)
    assert float(editor.text()) == pytest.approx(before[3, 1], rel=1e-9)
    lesson.qtbot.keyClicks(editor, "7")
    lesson.qtbot.keyClick(editor, Key.Key_Escape)
    assert np.array_equal(lesson.numbers("userFactorsView"), before)
    assert not lesson.action("actionUndo").isEnabled()


@pytest.mark.parametrize("view_name", ["userFactorsView", "itemFactorsView"])
def test_a_typed_factor_changes_one_line_of_predictions_and_the_error(lesson, view_name):
    before = predictions(lesson)
    lesson.type_into(view_name, 1, 4, "2")
    changed = predictions(lesson) != before
    assert lesson.shown_rmse() == pytest.approx(rmse(lesson), abs=5.1e-5)
    if view_name == "userFactorsView":
        assert changed[1].all()
        assert changed.sum() == 15
    else:
        assert changed[:, 4].all()
        assert changed.sum() == 15


def test_delete_blanks_all_selected_ratings_and_return_on_a_blank_editor_blanks_one(lesson):
    view = lesson.select("ratingsView", 4, 2)
    lesson.qtbot.keyClick(view, Key.Key_Down, SHIFT)
    lesson.qtbot.keyClick(view, Key.Key_Delete)
    lesson.type_into("ratingsView", 7, 7, "")
    blank = np.isnan(lesson.numbers("ratingsView"))
    assert blank[4, 2]
    assert blank[5, 2]
    assert blank[7, 7]
    assert lesson.window.workspace.score.n_train == 203
    assert lesson.shown_rmse() == pytest.approx(rmse(lesson), abs=5.1e-5)


def test_a_rating_typed_into_a_blank_cell_counts(lesson):
    assert np.isnan(lesson.numbers("ratingsView")[BLANK])
    lesson.type_into("ratingsView", *BLANK, "2")
    assert lesson.window.workspace.score.n_train == 207
    assert lesson.shown_rmse() == pytest.approx(rmse(lesson), abs=5.1e-5)


def test_undo_and_redo_name_what_they_do_and_bring_every_number_back(lesson):
    undo, redo = lesson.action("actionUndo"), lesson.action("actionRedo")
    assert (undo.isEnabled(), redo.isEnabled()) == (False, False)
    start = lesson.numbers("ratingsView"), lesson.numbers("itemFactorsView")
    lesson.type_into("ratingsView", 0, 0, "4.5")
    lesson.type_into("itemFactorsView", 2, 0, "1.5")
    assert undo.text() == "&Undo item factor 3 1.5"
    after = lesson.numbers("ratingsView"), lesson.numbers("itemFactorsView")
    lesson.press(Key.Key_Z, CONTROL)
    assert undo.text() == "&Undo rating 4.5"
    assert redo.text() == "&Redo item factor 3 1.5"
    lesson.do("actionUndo")
    assert lesson.shown_rmse() == 2.8061
    assert np.array_equal(lesson.numbers("ratingsView"), start[0], equal_nan=True)
    assert np.array_equal(lesson.numbers("itemFactorsView"), start[1])
    assert not undo.isEnabled()
    lesson.do("actionRedo")
    lesson.do("actionRedo")
    assert np.array_equal(lesson.numbers("ratingsView"), after[0], equal_nan=True)
    assert np.array_equal(lesson.numbers("itemFactorsView"), after[1])
    assert not redo.isEnabled()


@pytest.mark.parametrize(
    ("view_name", "typed", "reason"),
    [
        ("ratingsView", "four", "“four” is no number; type one such as 4 or 3.5."),
        ("ratingsView", "7", "A rating lies between 0.5 and 5; 7 does not."),
        ("ratingsView", "0", "A rating lies between 0.5 and 5; 0 does not."),
        ("ratingsView", "nan", "The number must be finite."),
        ("userFactorsView", "x", "“x” is no number; type one such as 4 or 3.5."),
        ("userFactorsView", "inf", "The number must be finite."),
        ("itemFactorsView", "", "A factor cannot be blank; type a number, 0 for none."),
    ],
)
def test_input_that_makes_no_sense_is_refused_with_the_reason_and_nothing_changes(lesson, view_name, typed, reason):
    before = lesson.numbers(view_name)
    lesson.type_into(view_name, 2, 3, typed)
    lesson.wait_until(lambda: QToolTip.text() == reason)
    assert lesson.window.statusBar().currentMessage() == reason
    assert np.array_equal(lesson.numbers(view_name), before, equal_nan=True)
    assert lesson.shown_rmse() == 2.8061
    assert not lesson.action("actionUndo").isEnabled()


def test_return_goes_to_the_cell_below_as_in_a_spreadsheet(lesson):
    lesson.type_into("ratingsView", 0, 0, "4")
    current = lesson.find("ratingsView").currentIndex()
    assert (current.row(), current.column()) == (1, 0)


def test_a_model_with_biases_has_them_as_one_more_row_and_column(lesson):
    box = lesson.find("model", QComboBox)
    lesson.qtbot.keyClick(box, Key.Key_Down)
    users, items = lesson.numbers("userFactorsView"), lesson.numbers("itemFactorsView")
    assert users.shape == (15, 6)
    assert items.shape == (6, 15)
    assert lesson.texts("userFactorsView", Role.AccessibleTextRole)[0][0].startswith("User 15, bias: ")
    total = users[:, 1:] @ items[1:] + users[:, [0]] + items[[0]]
    error = total - lesson.numbers("ratingsView")
    assert lesson.shown_rmse() == pytest.approx(math.sqrt(np.nanmean(error**2)), abs=5.1e-5)
    lesson.type_into("itemFactorsView", 0, 3, "0.5")
    assert lesson.numbers("itemFactorsView")[0, 3] == 0.5
    assert lesson.action("actionUndo").text() == "&Undo item bias 0.5"


# Layers


def expected_texts(person, key):
    ratings, predicted = person.numbers("ratingsView"), predictions(person)
    tenths = np.rint(predicted * 10) / 10 + 0.0
    rated = ~np.isnan(ratings)

    def text(row, column):
        rating, prediction = ratings[row, column], tenths[row, column]
        if key == RATINGS:
            return f"{rating:g}" if rated[row, column] else ""
        if key == ERROR:
            error = np.rint((predicted[row, column] - rating) * 10) / 10 + 0.0
            return f"{error:.1f}".replace("-", "−") if rated[row, column] else ""
        if key == BOTH and rated[row, column]:
            return f"{rating:g}→{prediction:.1f}"
        return f"{prediction:.1f}"

    return [[text(row, column) for column in range(15)] for row in range(15)]


@pytest.mark.parametrize("key", [BOTH, RATINGS, PREDICTIONS, ERROR])
def test_the_same_cells_show_ratings_predictions_or_errors(lesson, key):
    lesson.press(Key.Key_3 if key == RATINGS else Key.Key_2, CONTROL)
    lesson.press(key, CONTROL)
    shown = [[text.replace("\u200a", "") for text in row] for row in lesson.texts("ratingsView")]
    assert shown == expected_texts(lesson, key)


def cell_picture(view, row, column):
    """A cell's pixels without its grid lines."""
    view.scrollTo(view.model().index(row, column))
    rect = view.visualRect(view.model().index(row, column)).adjusted(3, 3, -3, -3)
    return view.viewport().grab(rect).toImage()


def colors(image):
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_a_blank_cell_looks_blank_among_the_ratings(lesson):
    lesson.press(RATINGS, CONTROL)
    view = lesson.select("ratingsView", 10, 10)
    assert colors(cell_picture(view, *BLANK)) == {QColor(current_theme().base).name()}
    assert len(colors(cell_picture(view, 0, 0))) > 3


def test_predictions_of_unrated_cells_are_gray_and_can_be_switched_off(lesson):
    view = lesson.select("ratingsView", 10, 10)
    lesson.press(PREDICTIONS, CONTROL)
    base, gray = QColor(current_theme().base).name(), QColor(current_theme().muted_text).name()
    assert {base, gray} <= colors(cell_picture(view, *BLANK))
    switch = next(one for one in lesson.window.findChildren(QAction) if "unrated" in one.text())
    switch.trigger()
    assert colors(cell_picture(view, *BLANK)) == {base}


def test_errors_are_orange_above_and_blue_below_and_deeper_the_larger_they_are(lesson):
    lesson.press(ERROR, CONTROL)
    view = lesson.find("ratingsView")

    def background(row, column, error):
        users, items = lesson.find("userFactorsView").model(), lesson.find("itemFactorsView").model()
        # With the first factor 1 and all others 0 the prediction is the movie's first factor.
        for factor in range(5):
            users.setData(users.index(row, factor), 1.0 if factor == 0 else 0.0)
        items.setData(items.index(0, column), lesson.numbers("ratingsView")[row, column] + error)
        return cell_picture(view, row, column).pixelColor(0, 0)

    above, below, little = (background(3, column, error) for column, error in ((4, 2.0), (5, -2.0), (6, 0.4)))
    assert above.red() > above.blue()
    assert below.blue() > below.red()
    assert little.red() > little.blue()
    assert little.saturationF() < above.saturationF()


def test_held_out_cells_are_hatched_and_said_to_be_held_out(lesson):
    lesson.press(RATINGS, CONTROL)
    view = lesson.select("ratingsView", 14, 14)
    places = [(r, c) for r in range(15) for c in range(15) if (r, c) != (14, 14)]
    before = {place: cell_picture(view, *place) for place in places}
    box = lesson.find("valid_fraction")
    box.setValue(0.2)
    spoken = lesson.texts("ratingsView", Role.AccessibleTextRole)
    held_out = {(r, c) for r in range(15) for c in range(15) if spoken[r][c].endswith("held out")}
    assert len(held_out) == 41
    workspace = lesson.window.workspace
    rows = np.flatnonzero(workspace.held_out)
    assert held_out == set(
        zip(workspace.ratings.users[rows].tolist(), workspace.ratings.items[rows].tolist(), strict=True)
    )
    hatched = {place for place, picture in before.items() if cell_picture(view, *place) != picture}
    assert hatched == held_out - {(14, 14)}
    block = view.model().block(slice(0, 15), slice(0, 15))
    assert set(zip(*(axis.tolist() for axis in np.nonzero(block.marked)), strict=True)) == held_out


# Order


def choose_order(person, whose, n_down):
    box = named(person, f"Order of {whose}", QComboBox)
    person.qtbot.keyClick(box, Key.Key_Home)
    for _ in range(n_down):
        person.qtbot.keyClick(box, Key.Key_Down)
    return box.currentText()


def by_name(person):
    """Every number under the names a person reads beside it."""
    ratings = {}
    for row in person.texts("ratingsView", Role.AccessibleTextRole):
        for cell in row:
            where, what = re.fullmatch(r"(.*): ((?:not )?rated.*)", cell).groups()
            ratings[where] = what
    factors = {}
    for view in ("userFactorsView", "itemFactorsView"):
        for row in person.texts(view, Role.AccessibleTextRole):
            factors.update(cell.rsplit(": ", maxsplit=1) for cell in row)
    return ratings, factors


@pytest.mark.parametrize("order", ["number of ratings", "mean rating", "id", "title"])
def test_users_and_movies_can_be_ordered_and_their_factors_go_with_them(lesson, order):
    before = by_name(lesson)
    table = lesson.numbers("ratingsView")
    ratings = lesson.window.workspace.ratings
    n_down = ["as in the file", "number of ratings", "mean rating", "id", "title"].index(order)
    assert choose_order(lesson, "users", n_down) == order
    assert choose_order(lesson, "movies", n_down) == order
    if order == "number of ratings":
        keys = -np.isfinite(table).sum(axis=1), -np.isfinite(table).sum(axis=0)
    elif order == "mean rating":
        keys = -np.nanmean(table, axis=1), -np.nanmean(table, axis=0)
    elif order == "id":
        keys = ratings.user_ids, ratings.item_table.ids
    else:
        keys = ratings.user_ids, np.array([title.casefold() for title in ratings.item_table.titles])
    rows, columns = (np.argsort(key, kind="stable") for key in keys)
    assert np.array_equal(lesson.numbers("ratingsView"), table[rows][:, columns], equal_nan=True)
    assert by_name(lesson) == before
    assert lesson.shown_rmse() == 2.8061
    assert rmse(lesson) == pytest.approx(2.80606206164831, abs=1e-12)


def test_editing_after_ordering_changes_the_person_that_is_seen(lesson):
    choose_order(lesson, "users", 3)
    choose_order(lesson, "movies", 4)
    name = lesson.texts("ratingsView", Role.AccessibleTextRole)[5][6].rsplit(": ", maxsplit=1)[0]
    lesson.type_into("ratingsView", 5, 6, "1.5")
    choose_order(lesson, "users", 0)
    choose_order(lesson, "movies", 0)
    cells = [cell for row in lesson.texts("ratingsView", Role.AccessibleTextRole) for cell in row]
    assert [cell for cell in cells if "rated 1.5" in cell and cell.startswith(name)]
    assert lesson.shown_rmse() == pytest.approx(rmse(lesson), abs=5.1e-5)


# Moving about


@pytest.fixture
def sparse(lesson):
    """A sheet much larger than the window."""
    lesson.window.workspace.open_ratings(random_ratings(200, 150, 3_000))
    lesson.wait_until(lambda: lesson.find("ratingsView").horizontalScrollBar().maximum() > 0)
    return lesson


def test_panes_scroll_together_so_that_row_times_column_is_always_the_cell(sparse):
    ratings, users, items = (sparse.find(name) for name in ("ratingsView", "userFactorsView", "itemFactorsView"))
    ratings.horizontalScrollBar().setValue(700)
    ratings.verticalScrollBar().setValue(900)
    assert items.columnAt(5) == ratings.columnAt(5) > 0
    assert users.rowAt(5) == ratings.rowAt(5) > 0
    items.horizontalScrollBar().setValue(300)
    users.verticalScrollBar().setValue(100)
    for x in range(0, ratings.viewport().width(), 37):
        assert items.columnAt(x) == ratings.columnAt(x)
    for y in range(0, ratings.viewport().height(), 29):
        assert users.rowAt(y) == ratings.rowAt(y)
    # The same column stands at the same place of the screen.
    left = ratings.viewport().mapToGlobal(ratings.visualRect(ratings.model().index(10, 10)).topLeft())
    above = items.viewport().mapToGlobal(items.visualRect(items.model().index(0, 10)).topLeft())
    beside = users.viewport().mapToGlobal(users.visualRect(users.model().index(10, 0)).topLeft())
    assert above.x() == left.x()
    assert beside.y() == left.y()


def test_the_name_box_goes_to_a_title_and_to_a_user(sparse):
    box, view = sparse.find("nameBox"), sparse.find("ratingsView")
    sparse.press(Key.Key_G, CONTROL)
    assert box.hasFocus()
    sparse.qtbot.keyClicks(box, "film 149")
    sparse.qtbot.keyClick(box, Key.Key_Return)
    column = view.currentIndex().column()
    assert "Film 149 (19219)" in view.model().index(0, column).data(Role.AccessibleTextRole)
    assert view.visualRect(view.model().index(0, column)).right() <= view.viewport().width()
    assert box.text().endswith(" · Film 149 (19219)")
    sparse.press(Key.Key_G, CONTROL)
    sparse.qtbot.keyClicks(box, "user 200")
    sparse.qtbot.keyClick(box, Key.Key_Return)
    row = view.currentIndex().row()
    assert view.model().index(row, 0).data(Role.AccessibleTextRole).startswith("User 200, ")
    assert 0 <= view.rowViewportPosition(row) < view.viewport().height()


def test_a_part_of_a_title_is_enough_and_a_wrong_one_is_answered(lesson):
    box = lesson.find("nameBox")
    lesson.press(Key.Key_G, CONTROL)
    lesson.qtbot.keyClicks(box, "pulp")
    lesson.qtbot.keyClick(box, Key.Key_Return)
    assert lesson.window.workspace.selection.item == 1
    for nonsense, answer in (("qwertz", "qwertz"), ("user 4711", "There is no user 4711 in lesson.")):
        lesson.press(Key.Key_G, CONTROL)
        lesson.qtbot.keyClicks(box, nonsense)
        lesson.qtbot.keyClick(box, Key.Key_Return)
        assert answer in lesson.window.statusBar().currentMessage()
    assert lesson.window.workspace.selection.item == 1


def test_the_formula_bar_spells_the_selected_cell_with_the_numbers_beside_it(lesson):
    lesson.select("ratingsView", 1, 1)
    assert lesson.find("nameBox").text() == "I26 · User 30 · Pulp Fiction (1994)"
    text = lesson.find("formulaText").text()
    users, items = lesson.numbers("userFactorsView")[1], lesson.numbers("itemFactorsView")[:, 1]
    predicted = float(users @ items)
    assert f"rated {lesson.numbers('ratingsView')[1, 1]:g}" in text
    assert f"predicted {predicted:.2f} = " in text
    products = [part.split("×") for part in text.split(" = ")[1].replace("−", "-").split(" + ")]
    spelled = [(float(a), float(b.strip("()"))) for a, b in products]
    assert spelled == [(round(float(a), 2), round(float(b), 2)) for a, b in zip(users, items, strict=True)]
    lesson.type_into("userFactorsView", 1, 0, "9")
    lesson.select("ratingsView", 1, 2)
    assert "9.00×" in lesson.find("formulaText").text()


def test_the_selection_follows_through_all_panes(lesson):
    workspace = lesson.window.workspace
    lesson.select("ratingsView", 3, 4)
    assert (workspace.selection.user, workspace.selection.item) == (3, 4)
    lesson.select("itemFactorsView", 2, 7)
    assert (workspace.selection.user, workspace.selection.item) == (None, 7)
    lesson.select("userFactorsView", 6, 1)
    assert (workspace.selection.user, workspace.selection.item) == (6, None)
    header = lesson.find("itemFactorsView").horizontalHeader()
    place = QPoint(header.sectionViewportPosition(9) + 5, 20)
    lesson.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (workspace.selection.user, workspace.selection.item) == (None, 9)


def test_a_key_moves_the_selection_and_the_names_with_it(lesson):
    view = lesson.select("ratingsView", 0, 0)
    lesson.qtbot.keyClick(view, Key.Key_Right)
    lesson.qtbot.keyClick(view, Key.Key_Down)
    assert lesson.find("nameBox").text() == "I26 · User 30 · Pulp Fiction (1994)"


# Taking numbers along


def pasted():
    text = QGuiApplication.clipboard().text()
    return np.array([[float(field or "nan") for field in line.split("\t")] for line in text.split("\n")])


def test_copied_cells_are_exact_numbers_that_a_spreadsheet_reads(lesson):
    view = lesson.select("ratingsView", 3, 0)
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Right):
        lesson.qtbot.keyClick(view, key, SHIFT)
    lesson.press(Key.Key_C, CONTROL)
    assert np.array_equal(pasted(), lesson.numbers("ratingsView")[3:6, 0:2], equal_nan=True)
    assert np.isnan(pasted()[1, 1])
    assert "Copied 3 × 2 cells" in lesson.window.statusBar().currentMessage()


def test_copied_factors_keep_every_digit(lesson):
    lesson.type_into("userFactorsView", 0, 0, "0.12345678901")
    view = lesson.select("userFactorsView", 0, 0)
    for key in [Key.Key_Right] * 4 + [Key.Key_Down] * 14:
        lesson.qtbot.keyClick(view, key, SHIFT)
    lesson.press(Key.Key_C, CONTROL)
    assert np.array_equal(pasted(), lesson.numbers("userFactorsView"))


def large_ratings():
    """As large as the lesson's whole data set, with a thousandth of its ratings."""
    rng = np.random.default_rng(0)
    n_users, n_items, n_rated = 671, 9_066, 5_000
    cells = np.unique(rng.integers(0, n_users * n_items, n_rated))
    names = np.array([f"Film {number}" for number in range(n_items)], dtype=object)
    return Ratings(
        name="large",
        users=(cells // n_items).astype(np.int32),
        items=(cells % n_items).astype(np.int32),
        values=rng.integers(1, 11, len(cells)) / 2,
        user_ids=np.arange(n_users),
        item_table=ItemTable(np.arange(n_items), names, names, np.zeros(n_items, np.int16)),
        scale=RatingScale(0.5, 5.0),
    )


def test_the_whole_of_a_large_sheet_is_selected_without_asking_for_its_cells(lesson):
    lesson.window.workspace.open_ratings(large_ratings())
    view = lesson.select("ratingsView", 0, 0)
    lesson.qtbot.keyClick(view, Key.Key_A, CONTROL)
    assert view.is_whole_selected
    # Six million of Qt's own selected cells take 0.3 seconds without a screen reader and 6.7 with one.
    assert len(view.selectionModel().selectedIndexes()) <= 1
    lesson.qtbot.keyClick(view, Key.Key_C, CONTROL)
    lesson.qtbot.keyClick(view, Key.Key_Down)
    assert not view.is_whole_selected
    assert "are too many for the clipboard" in lesson.window.statusBar().currentMessage()


def test_the_whole_sheet_can_be_copied(lesson):
    view = lesson.select("ratingsView", 5, 5)
    lesson.qtbot.keyClick(view, Key.Key_A, CONTROL)
    lesson.press(Key.Key_C, CONTROL)
    assert np.array_equal(pasted(), lesson.numbers("ratingsView"), equal_nan=True)


# Screen readers


def test_every_cell_says_whose_it_is_and_what_it_holds(lesson):
    spoken = lesson.texts("ratingsView", Role.AccessibleTextRole)
    predicted = predictions(lesson)
    p, blank = predicted[0, 1], predicted[BLANK]
    assert spoken[0][1] == (f"User 15, Pulp Fiction (1994): rated 5, predicted {p:.2f}, error {p - 5:+.2f}, training")
    assert spoken[BLANK[0]][BLANK[1]] == f"User 213, Pulp Fiction (1994): not rated, predicted {blank:.2f}"
    factor = lesson.numbers("itemFactorsView")[2, 1]
    assert lesson.texts("itemFactorsView", Role.AccessibleTextRole)[2][1] == (
        f"Pulp Fiction (1994), factor 3: {factor:.6g}"
    )
