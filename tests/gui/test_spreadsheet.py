"""The habits of a spreadsheet's user: keys, ranges, clipboard, filling, arithmetic, undo by name."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from cfstudio.gui.sheet.cell_range import CellRange

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def at(view):
    index = view.currentIndex()
    return index.row(), index.column()


def press(person, view, *keys, modifier=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        person.qtbot.keyClick(view, key, modifier)


def clipboard():
    return QGuiApplication.clipboard()


def put_on_clipboard(text, html=None):
    data = QMimeData()
    data.setText(text)
    if html is not None:
        data.setHtml(html)
    clipboard().setMimeData(data)


def undo_label(person):
    return person.action("actionUndo").text().replace("&", "")


# Keys


def test_ctrl_arrows_stop_where_the_ratings_end(lesson):
    """User 213, row 4 of the lesson, has rated all of the first row's neighbors but columns 1, 4 and 7."""
    view = lesson.select("ratingsView", 4, 0)
    blank = np.isnan(lesson.numbers("ratingsView")[4])
    assert np.flatnonzero(blank).tolist() == [1, 4, 7]
    stops = []
    for _ in range(5):
        press(lesson, view, Key.Key_Right, modifier=CTRL)
        stops.append(at(view)[1])
    # As Excel: from the edge of a filled run to the next filled cell, then to the end of its run.
    assert stops == [2, 3, 5, 6, 8]
    press(lesson, view, Key.Key_Home, modifier=CTRL)
    assert at(view) == (0, 0)
    press(lesson, view, Key.Key_End, modifier=CTRL)
    assert at(view) == (14, 14)
    press(lesson, view, Key.Key_Home)
    assert at(view) == (14, 0)


def test_shift_extends_and_ctrl_shift_extends_to_the_edge_of_the_data(lesson):
    view = lesson.select("ratingsView", 2, 2)
    press(lesson, view, Key.Key_Right, Key.Key_Right, Key.Key_Down, modifier=SHIFT)
    assert view.selected_ranges() == [CellRange(2, 2, 3, 4)]
    press(lesson, view, Key.Key_Left, modifier=SHIFT)
    assert view.selected_ranges() == [CellRange(2, 2, 3, 3)]
    press(lesson, view, Key.Key_Down, modifier=CTRL | SHIFT)
    assert view.selected_ranges() == [CellRange(2, 2, 14, 3)]
    press(lesson, view, Key.Key_Escape)
    assert view.selected_cells() == 1


def test_a_click_with_shift_extends_and_with_ctrl_adds(lesson):
    view = lesson.select("ratingsView", 1, 1)
    click = lambda row, column, modifier: lesson.qtbot.mouseClick(  # noqa: E731
        view.viewport(), Qt.MouseButton.LeftButton, modifier, view.visualRect(view.model().index(row, column)).center()
    )
    click(3, 4, SHIFT)
    assert view.selected_ranges() == [CellRange(1, 1, 3, 4)]
    click(8, 8, CTRL)
    assert sorted((one.top, one.left) for one in view.selected_ranges()) == [(1, 1), (8, 8)]


def test_whole_rows_and_columns_by_key(lesson):
    view = lesson.select("ratingsView", 3, 5)
    press(lesson, view, Key.Key_Space, modifier=CTRL)
    assert view.selected_ranges() == [CellRange(0, 5, 14, 5)]
    assert lesson.window.workspace.selection.item == 5
    lesson.select("ratingsView", 3, 5)
    press(lesson, view, Key.Key_Space, modifier=SHIFT)
    assert view.selected_ranges() == [CellRange(3, 0, 3, 14)]
    assert lesson.window.workspace.selection.user == 3


def test_tab_goes_right_and_return_back_to_where_the_row_was_begun(lesson):
    view = lesson.select("ratingsView", 2, 3)
    press(lesson, view, Key.Key_Tab, Key.Key_Tab)
    assert at(view) == (2, 5)
    press(lesson, view, Key.Key_Return)
    assert at(view) == (3, 3)
    press(lesson, view, Key.Key_Backtab, modifier=SHIFT)
    assert at(view) == (3, 2)


def test_within_a_range_tab_and_return_go_round(lesson):
    view = lesson.select("ratingsView", 2, 3)
    view.select_range(CellRange(2, 3, 3, 4))
    seen = []
    for _ in range(4):
        press(lesson, view, Key.Key_Tab)
        seen.append(at(view))
    assert seen == [(2, 4), (3, 3), (3, 4), (2, 3)]
    press(lesson, view, Key.Key_Return)
    assert at(view) == (3, 3)
    assert view.selected_ranges() == [CellRange(2, 3, 3, 4)]


def test_typing_tab_typing_fills_a_row(lesson):
    view = lesson.select("ratingsView", 0, 0)
    for digit in "234":
        lesson.qtbot.keyClicks(view, digit)
        lesson.qtbot.keyClick(lesson.editor(view), Key.Key_Tab)
    assert lesson.numbers("ratingsView")[0, :3].tolist() == [2, 3, 4]
    assert at(view) == (0, 3)


def test_arrows_go_on_in_the_grid_beside(lesson):
    view = lesson.select("ratingsView", 4, 0)
    press(lesson, view, Key.Key_Left)
    users = lesson.find("userFactorsView")
    assert users.hasFocus()
    assert at(users) == (4, 4)
    press(lesson, users, Key.Key_Right)
    assert view.hasFocus()
    assert at(view) == (4, 0)
    press(lesson, view, *[Key.Key_Up] * 5)
    items = lesson.find("itemFactorsView")
    assert items.hasFocus()
    assert at(items) == (4, 0)


def test_escape_leaves_a_cell_as_it_was_and_f2_edits_what_is_there(lesson):
    view = lesson.select("ratingsView", 0, 0)
    press(lesson, view, Key.Key_F2)
    editor = lesson.editor(view)
    assert editor.text() == "3"
    lesson.qtbot.keyClicks(editor, "1")
    lesson.qtbot.keyClick(editor, Key.Key_Escape)
    assert lesson.numbers("ratingsView")[0, 0] == 3


# What is typed


@pytest.mark.parametrize(
    ("text", "number"), [("=4.5-1", 3.5), ("=4,5-1", 3.5), ("2,5", 2.5), ("=2^2", 4.0), ("80%", 0.8)]
)
def test_numbers_and_arithmetic_are_understood(lesson, text, number):
    lesson.type_into("ratingsView", 0, 0, text)
    assert lesson.numbers("ratingsView")[0, 0] == pytest.approx(number)


def test_a_formula_may_name_cells(lesson):
    """H2 is the rating at the left top, B25 the first factor of the first user, H19 that of the first movie."""
    users, items = lesson.numbers("userFactorsView"), lesson.numbers("itemFactorsView")
    lesson.type_into("userFactorsView", 1, 0, "=B25*H19+H2")
    assert lesson.numbers("userFactorsView")[1, 0] == pytest.approx(users[0, 0] * items[0, 0] + 3, abs=1e-12)


@pytest.mark.parametrize(("text", "reason"), [("7", "between"), ("good", "no number"), ("=1/0", "divides by zero")])
def test_what_is_not_taken_is_answered_at_the_cell(lesson, text, reason):
    before = lesson.numbers("ratingsView")
    view = lesson.find("ratingsView")
    lesson.type_into("ratingsView", 2, 2, text)
    # It stays there to be read, and the cell stays current.
    lesson.wait_until(lambda: reason in QToolTip.text())
    QApplication.processEvents()
    assert reason in QToolTip.text()
    assert at(view) == (2, 2)
    assert np.array_equal(lesson.numbers("ratingsView"), before, equal_nan=True)
    assert not lesson.action("actionUndo").isEnabled()


def test_ctrl_return_gives_all_selected_cells_what_was_typed(lesson):
    view = lesson.select("ratingsView", 1, 1)
    view.select_range(CellRange(1, 1, 2, 3))
    lesson.qtbot.keyClicks(view, "2")
    lesson.qtbot.keyClick(lesson.editor(view), Key.Key_Return, CTRL)
    assert (lesson.numbers("ratingsView")[1:3, 1:4] == 2).all()
    assert undo_label(lesson) == "Undo fill 2 × 3 ratings"


# Clipboard


def test_copied_cells_are_exact_in_text_and_in_html(lesson):
    view = lesson.select("itemFactorsView", 0, 0)
    view.select_range(CellRange(0, 0, 1, 2))
    lesson.do("actionCopy")
    numbers = lesson.numbers("itemFactorsView")[:2, :3]
    rows = [[float(cell) for cell in line.split("\t")] for line in clipboard().text().split("\n")]
    assert np.array_equal(rows, numbers)
    html = clipboard().mimeData().html()
    for number in numbers.ravel().tolist():
        assert f'sdval="{number!r}"' in html
        assert f'x:num="{number!r}"' in html


def test_headers_come_along_when_asked_for(lesson):
    view = lesson.select("ratingsView", 0, 0)
    view.select_range(CellRange(0, 0, 0, 1))
    lesson.do("actionCopyWithHeaders")
    assert clipboard().text() == "\tBraveheart (1995)\tPulp Fiction (1994)\nUser 15\t3\t5"


def test_what_is_copied_is_what_the_layer_shows(lesson):
    lesson.press(Key.Key_3, CTRL)
    lesson.select("ratingsView", 2, 3)
    lesson.do("actionCopy")
    users, items = lesson.numbers("userFactorsView"), lesson.numbers("itemFactorsView")
    assert float(clipboard().text()) == pytest.approx(float(users[2] @ items[:, 3]), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("1\t2,5\n\t4", None),
        ("1;2,5\n;4", None),
        ("1.0\t2.5\r\n\t4\r\n", None),
        ("junk", "<table><tr><td>1</td><td sdval='2.5'>2,50</td></tr><tr><td></td><td>4</td></tr></table>"),
        ("junk", '<table><tr><td>1<td data-sheets-value=\'{"1":3,"3":2.5}\'>2.5</td></tr><tr><td/><td>4</table>'),
    ],
)
def test_blocks_of_other_programs_are_pasted_and_taken_back_as_one_step(lesson, text, html):
    before = lesson.numbers("ratingsView")
    put_on_clipboard(text, html)
    lesson.select("ratingsView", 3, 2)
    lesson.do("actionPaste")
    expected = before.copy()
    expected[3:5, 2:4] = [[1, 2.5], [np.nan, 4]]
    assert np.array_equal(lesson.numbers("ratingsView"), expected, equal_nan=True)
    assert undo_label(lesson) == "Undo paste 2 × 2 ratings"
    lesson.do("actionUndo")
    assert np.array_equal(lesson.numbers("ratingsView"), before, equal_nan=True)


def test_one_copied_number_fills_the_selection_and_a_block_repeats(lesson):
    put_on_clipboard("4")
    view = lesson.select("ratingsView", 0, 0)
    view.select_range(CellRange(0, 0, 3, 3))
    lesson.do("actionPaste")
    assert (lesson.numbers("ratingsView")[:4, :4] == 4).all()
    put_on_clipboard("1\t2")
    view.select_range(CellRange(0, 0, 1, 3))
    lesson.do("actionPaste")
    assert lesson.numbers("ratingsView")[:2, :4].tolist() == [[1, 2, 1, 2]] * 2


@pytest.mark.parametrize(
    ("text", "at_cell", "reason"),
    [("3\t9", (0, 0), "between 0.5 and 5"), ("3\tgood", (0, 0), "no number"), ("1\t2", (0, 14), "does not fit")],
)
def test_a_block_with_one_bad_cell_changes_nothing(lesson, text, at_cell, reason):
    before = lesson.numbers("ratingsView")
    put_on_clipboard(text)
    lesson.select("ratingsView", *at_cell)
    lesson.do("actionPaste")
    assert reason in QToolTip.text()
    assert reason in lesson.window.statusBar().currentMessage()
    assert np.array_equal(lesson.numbers("ratingsView"), before, equal_nan=True)


def test_cut_blanks_ratings_and_refuses_factors(lesson):
    lesson.select("ratingsView", 0, 0)
    lesson.do("actionCut")
    assert clipboard().text() == "3"
    assert np.isnan(lesson.numbers("ratingsView")[0, 0])
    lesson.select("userFactorsView", 0, 0)
    lesson.do("actionCut")
    assert "cannot be blank" in lesson.window.statusBar().currentMessage()


def test_factors_can_be_pasted_too(lesson):
    put_on_clipboard("0.5\t−1.25")
    lesson.select("userFactorsView", 2, 1)
    lesson.do("actionPaste")
    assert lesson.numbers("userFactorsView")[2, 1:3].tolist() == [0.5, -1.25]
    assert undo_label(lesson) == "Undo paste 1 × 2 user factors"


# Filling


def test_fill_down_and_right(lesson):
    view = lesson.select("ratingsView", 0, 0)
    view.select_range(CellRange(0, 0, 2, 1))
    lesson.do("actionFillDown")
    first = lesson.numbers("ratingsView")[0, :2].tolist()
    assert lesson.numbers("ratingsView")[:3, :2].tolist() == [first] * 3
    lesson.select("ratingsView", 0, 3)
    lesson.do("actionFillRight")
    numbers = lesson.numbers("ratingsView")
    assert numbers[0, 3] == numbers[0, 2]
    assert undo_label(lesson) == "Undo fill right 1 × 2 ratings"


def test_the_square_at_the_corner_fills_what_it_is_dragged_over(lesson):
    view = lesson.select("ratingsView", 0, 0)
    view.select_range(CellRange(0, 0, 1, 0))
    two = lesson.numbers("ratingsView")[:2, 0].tolist()
    start = view.fill_handle.rect().center()
    end = view.visualRect(view.model().index(5, 0)).center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), QPoint(start.x(), (start.y() + end.y()) // 2))
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert lesson.numbers("ratingsView")[:6, 0].tolist() == two * 3
    assert view.selected_ranges() == [CellRange(0, 0, 5, 0)]


# What the selection says


def test_the_status_bar_counts_and_adds_up_what_is_selected(lesson):
    view = lesson.select("ratingsView", 3, 3)
    view.select_range(CellRange(3, 3, 6, 9))
    numbers = lesson.numbers("ratingsView")[3:7, 3:10]
    users, items = lesson.numbers("userFactorsView")[3:7], lesson.numbers("itemFactorsView")[:, 3:10]
    rmse = np.sqrt(np.nanmean((numbers - users @ items) ** 2))
    lesson.wait_until(lambda: "count" in lesson.find("selectionFacts").text())
    assert lesson.find("selectionFacts").text() == (
        f"count {np.sum(~np.isnan(numbers))} · sum {np.nansum(numbers):,.6g} · mean {np.nanmean(numbers):.4g} · "
        f"min {np.nanmin(numbers):.4g} · max {np.nanmax(numbers):.4g} · RMSE {rmse:.4g}"
    )


def test_everything_can_be_added_up_without_asking_each_cell(lesson):
    view = lesson.select("ratingsView", 0, 0)
    press(lesson, view, Key.Key_A, modifier=CTRL)
    lesson.wait_until(lambda: "count 206" in lesson.find("selectionFacts").text())
    assert "RMSE 2.806" in lesson.find("selectionFacts").text()


# Addresses and formulas


def test_the_formula_bar_shows_the_workbooks_formula(lesson):
    lesson.select("ratingsView", 0, 0)
    assert lesson.find("formulaExcel").text() == 'H25  =IF(H2="",0,MMULT($B25:$F25,H$19:H$23))'
    lesson.press(Key.Key_2, CTRL)
    assert lesson.find("formulaExcel").text() == "H2  3"
    lesson.press(Key.Key_4, CTRL)
    assert lesson.find("formulaExcel").text() == 'H44  =IF(H2="",0,H25-H2)'
    lesson.select("userFactorsView", 0, 0)
    assert lesson.find("formulaExcel").text().startswith("B25  0.19")


@pytest.mark.parametrize(
    ("text", "grid", "cell"),
    [
        ("V39", "ratingsView", (14, 14)),
        ("$i$3", "ratingsView", (1, 1)),
        ("B25", "userFactorsView", (0, 0)),
        ("H23", "itemFactorsView", (4, 0)),
        ("user 547, movie 356", "ratingsView", (11, 2)),
        ("R[547, 356]", "ratingsView", (11, 2)),
        ("user 547, Forrest Gump", "ratingsView", (11, 2)),
    ],
)
def test_the_name_box_goes_to_addresses_and_to_user_and_movie(lesson, text, grid, cell):
    box = lesson.find("nameBox")
    lesson.press(Key.Key_G, CTRL)
    lesson.qtbot.keyClicks(box, text)
    lesson.qtbot.keyClick(box, Key.Key_Return)
    assert at(lesson.find(grid)) == cell
    assert lesson.find(grid).hasFocus()


def test_an_address_outside_is_answered(lesson):
    box = lesson.find("nameBox")
    lesson.press(Key.Key_G, CTRL)
    lesson.qtbot.keyClicks(box, "A1")
    lesson.qtbot.keyClick(box, Key.Key_Return)
    assert "holds nothing that the sheet shows" in lesson.window.statusBar().currentMessage()


def test_precedents_and_dependents(lesson):
    lesson.select("ratingsView", 3, 6)
    lesson.do("actionPrecedents")
    users, items = lesson.find("userFactorsView"), lesson.find("itemFactorsView")
    assert users.selected_ranges() == [CellRange(3, 0, 3, 4)]
    assert items.selected_ranges() == [CellRange(0, 6, 4, 6)]
    lesson.do("actionDependents")
    assert lesson.find("ratingsView").selected_ranges() == [CellRange(3, 0, 3, 14)]


def test_functions_of_ranges_are_calculated_from_what_the_sheet_shows(lesson):
    ratings, users, items = (lesson.numbers(name) for name in ("ratingsView", "userFactorsView", "itemFactorsView"))
    lesson.type_into("userFactorsView", 3, 0, "=AVERAGE(H2:V2)")
    assert lesson.numbers("userFactorsView")[3, 0] == pytest.approx(np.nanmean(ratings[0]))
    lesson.type_into("userFactorsView", 3, 0, "=MMULT(B25:F25;H19:H23)")
    assert lesson.numbers("userFactorsView")[3, 0] == pytest.approx(users[0] @ items[:, 0])
    lesson.type_into("userFactorsView", 3, 0, "=MAX(B25:F39)")
    lesson.type_into("userFactorsView", 3, 0, "=COUNT(H2:V16)")
    assert lesson.numbers("userFactorsView")[3, 0] == np.isfinite(ratings).sum()


# Zoom


def test_one_zoom_for_everything_and_back(lesson):
    from cfstudio.gui.zoom import Zoom

    view = lesson.find("ratingsView")
    height, name = view.fontMetrics().height(), lesson.find("nameBox").width()
    try:
        for _ in range(3):
            lesson.press(Key.Key_Plus, CTRL)
        lesson.wait_until(lambda: Zoom.of_program().percent == 140 and lesson.find("nameBox").width() > name)
        assert view.fontMetrics().height() > height
        assert lesson.find("userFactorsView").verticalHeader().width() > 0
        lesson.press(Key.Key_0, CTRL)
        lesson.wait_until(lambda: lesson.find("nameBox").width() == name)
        assert view.fontMetrics().height() == height
    finally:
        Zoom.of_program().set(100)
        QApplication.processEvents()
