"""What the sheet shows: pages, sorting, hiding, finding, adding and removing, number format, the view that is kept."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QMenu, QSpinBox, QTableWidget

from cfstudio.gui.format_dialog import FormatDialog
from cfstudio.gui.layout_memory import LayoutMemory
from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.shortcuts_dialog import ShortcutsDialog
from cfstudio.gui.zoom import Zoom

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def titles(person):
    model = person.find("itemFactorsView").model()
    return [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]


def users(person):
    model = person.find("userFactorsView").model()
    return [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]


def message(person):
    return person.window.statusBar().currentMessage()


# The lesson's pages


def test_the_second_page_has_biases_and_the_first_gets_its_numbers_back(lesson):
    lesson.type_into("userFactorsView", 0, 0, "9")
    lesson.select("ratingsView", 0, 0)
    lesson.press(Key.Key_PageDown, CTRL)
    assert lesson.shown_rmse() == pytest.approx(2.0180, abs=5e-5)
    assert lesson.find("userFactorsView").model().columnCount() == 6
    assert lesson.find("formulaExcel").text() == 'H26  =IF(H2="",0,MMULT($B26:$F26,H$20:H$24)+$A26+H$19)'
    lesson.press(Key.Key_PageUp, CTRL)
    assert lesson.numbers("userFactorsView")[0, 0] == 9
    lesson.do("actionUndo")
    lesson.do("actionUndo")
    assert lesson.find("sheetTabs").currentIndex() == 0
    lesson.do("actionUndo")
    assert lesson.shown_rmse() == 2.8061


def test_all_four_pages_open_and_follow_the_selection(lesson):
    tabs = lesson.find("sheetTabs")
    assert [tabs.tabText(place) for place in range(4)] == ["Dot product", "With bias", "Embedding look-up", "One-hot"]
    lesson.select("ratingsView", 3, 6)
    for name in ("lookupPage", "oneHotPage"):
        tabs.setCurrentIndex(2 if name == "lookupPage" else 3)
        assert lesson.find(name).isVisible()
        assert not lesson.find("ratingsView").isVisible()


def test_the_model_chosen_in_the_panel_turns_the_page(lesson):
    from dataclasses import replace

    lesson.window.workspace.configure(replace(lesson.window.workspace.config, model="dot-bias"))
    assert lesson.find("sheetTabs").currentIndex() == 1


# Sorting and hiding


def test_users_are_sorted_by_the_column_highest_first_then_lowest(lesson):
    lesson.select("ratingsView", 0, 3)
    column = lesson.numbers("ratingsView")[:, 3]
    lesson.do("actionSortUsers")
    assert np.array_equal(lesson.numbers("ratingsView")[:, 3], np.sort(column)[::-1])
    lesson.do("actionSortUsers")
    assert np.array_equal(lesson.numbers("ratingsView")[:, 3], np.sort(column))
    lesson.do("actionUndo")
    lesson.do("actionUndo")
    assert np.array_equal(lesson.numbers("ratingsView")[:, 3], column)


def test_blanks_come_last_and_a_factor_sorts_too(lesson):
    lesson.select("ratingsView", 0, 1)
    lesson.do("actionSortUsers")
    assert np.isnan(lesson.numbers("ratingsView")[-2:, 1]).all()
    lesson.select("itemFactorsView", 2, 0)
    row = lesson.numbers("itemFactorsView")[2]
    lesson.do("actionSortItems")
    assert np.array_equal(lesson.numbers("itemFactorsView")[2], np.sort(row)[::-1])


def test_hidden_movies_are_out_of_the_sheet_not_of_the_document(lesson):
    view = lesson.select("ratingsView", 0, 1)
    view.select_range(CellRange(0, 1, 0, 3))
    all_titles = titles(lesson)
    lesson.do("actionHideItems")
    assert titles(lesson) == [all_titles[0], *all_titles[4:]]
    assert lesson.shown_rmse() == 2.8061
    assert "over 206 training cells" in [
        label.text() for label in lesson.window.sheet.corner.children() if hasattr(label, "text")
    ]
    assert lesson.action("actionUndo").text().replace("&", "") == "Undo hide 3 movies"
    lesson.do("actionShowAll")
    assert titles(lesson) == all_titles


def test_something_must_stay(lesson):
    view = lesson.select("ratingsView", 0, 0)
    lesson.qtbot.keyClick(view, Key.Key_A, CTRL)
    lesson.do("actionHideUsers")
    assert "one must stay" in message(lesson)
    assert len(users(lesson)) == 15


def test_a_hidden_movie_is_answered_by_the_name_box(lesson):
    lesson.select("ratingsView", 0, 1)
    lesson.do("actionHideItems")
    box = lesson.find("nameBox")
    lesson.press(Key.Key_G, CTRL)
    lesson.qtbot.keyClicks(box, "Pulp Fiction (1994)")
    lesson.qtbot.keyClick(box, Key.Key_Return)
    assert "hidden" in message(lesson)


# Finding


def find(person, text, what=0, *, regex=False):
    person.press(Key.Key_F, CTRL)
    bar = person.window.find_bar
    bar.what.setCurrentIndex(what)
    bar.by_regex.setChecked(regex)
    field = person.find("findField", QLineEdit)
    field.clear()
    person.qtbot.keyClicks(field, text)
    return bar


def test_find_goes_from_one_to_the_next_and_round(lesson):
    bar = find(lesson, "star wars")
    seen = []
    for _ in range(3):
        lesson.qtbot.keyClick(bar.field, Key.Key_Return)
        seen.append(titles(lesson)[lesson.window.workspace.selection.item][:21])
    assert seen == ["Star Wars: Episode IV", "Star Wars: Episode V ", "Star Wars: Episode IV"]
    assert bar.found.text() == "1 of 2"
    lesson.qtbot.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()
    assert lesson.find("ratingsView").hasFocus()


def test_find_by_expression_by_id_by_genre_and_by_user(lesson):
    bar = find(lesson, r"^(Fargo|Toy)", regex=True)
    bar.search()
    assert bar.found.text() == "2 of 15"
    assert find(lesson, "2571").found is bar.found
    bar.search()
    assert bar.found.text() == "1 of 15"
    find(lesson, "Sci-Fi", what=1)
    bar.search()
    expected = sum("Sci-Fi" in genres for genres in lesson.window.workspace.ratings.item_table.genres)
    assert bar.found.text() == f"{expected} of 15"
    find(lesson, "452", what=2)
    lesson.qtbot.keyClick(bar.field, Key.Key_Return)
    assert users(lesson)[lesson.window.workspace.selection.user] == "User 452"
    find(lesson, "(", regex=True)
    bar.search()
    assert "incomplete" in bar.found.text()


def test_only_what_was_found_is_shown(lesson):
    bar = find(lesson, "the")
    bar.search()
    bar.only.click()
    assert titles(lesson)
    assert all("the" in title.casefold() for title in titles(lesson))
    lesson.do("actionUndo")
    assert len(titles(lesson)) == 15


# Users, movies and factors come and go


def test_a_new_user_rates_and_is_trained_with_the_others(lesson):
    lesson.do("actionAddUser")
    assert users(lesson)[-1] == "User 625"
    assert lesson.find("ratingsView").currentIndex().row() == 15
    lesson.type_into("ratingsView", 15, 0, "5")
    assert lesson.window.workspace.ratings.n_rated == 207
    lesson.train()
    assert lesson.shown_rmse() < 0.6
    while lesson.action("actionUndo").isEnabled():
        lesson.do("actionUndo")
    assert len(users(lesson)) == 15
    assert lesson.shown_rmse() == 2.8061


def test_a_new_movie_stands_at_the_end_and_can_be_removed(lesson):
    lesson.window.lines.add_item("Our film (2024)")
    assert titles(lesson)[-1] == "Our film (2024)"
    lesson.do("actionRemoveItems")
    assert len(titles(lesson)) == 15
    assert "Removed a movie" in message(lesson)


def test_users_removed_while_the_neighbors_show_one_of_them(lesson):
    view = lesson.select("ratingsView", 14, 3)
    lesson.qtbot.keyClick(view, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert lesson.find("neighborsView").model().rowCount() > 0
    lesson.do("actionRemoveUsers")
    assert len(users(lesson)) == 14
    lesson.do("actionUndo")
    assert len(users(lesson)) == 15


def test_one_factor_more_and_fewer_from_the_menu(lesson):
    before = lesson.numbers("userFactorsView")
    lesson.do("actionMoreFactors")
    assert lesson.numbers("userFactorsView").shape == (15, 6)
    assert np.array_equal(lesson.numbers("userFactorsView")[:, :5], before)
    lesson.do("actionFewerFactors")
    lesson.do("actionFewerFactors")
    assert np.array_equal(lesson.numbers("userFactorsView"), before[:, :4])


# Looks


def test_decimals_and_colors_change_at_once_and_cancel_puts_them_back(lesson):
    view = lesson.find("ratingsView")
    shown = view.model().index(0, 0).data()
    dialog = FormatDialog(lesson.window.sheet, lesson.window)
    dialog.changed.connect(lesson.window.follow_look)
    dialog.findChildren(QSpinBox)[0].setValue(3)
    users_, items = lesson.numbers("userFactorsView"), lesson.numbers("itemFactorsView")
    assert view.model().index(0, 0).data().endswith(f"{users_[0] @ items[:, 0]:.3f}")
    dialog.findChildren(QCheckBox)[0].setChecked(False)
    assert not lesson.action("actionColors").isChecked()
    dialog.reject()
    assert view.model().index(0, 0).data() == shown
    assert lesson.action("actionColors").isChecked()


def test_dragging_the_edge_of_a_column_makes_all_wider_and_a_double_click_fits(lesson):
    header = lesson.find("itemFactorsView").horizontalHeader()
    ratings = lesson.find("ratingsView")
    width = ratings.columnWidth(0)
    edge = QPoint(header.sectionViewportPosition(1) - 1, 20)
    lesson.qtbot.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    lesson.qtbot.mouseMove(header.viewport(), edge + QPoint(60, 0))
    lesson.qtbot.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(60, 0))
    assert ratings.columnWidth(0) > width + 40
    assert header.sectionSize(3) == ratings.columnWidth(3) == ratings.columnWidth(0)
    edge = QPoint(header.sectionViewportPosition(1) - 1, 20)
    lesson.qtbot.mouseDClick(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    assert ratings.columnWidth(0) == width


def test_right_clicks_offer_what_can_be_done_there(lesson):
    view = lesson.find("ratingsView")
    place = view.visualRect(view.model().index(2, 2)).center()
    view.customContextMenuRequested.emit(place)
    menu = next(one for one in view.findChildren(QMenu) if one.isVisible())
    names = {action.objectName() for action in menu.actions()}
    assert {"actionCopy", "actionPaste", "actionFillDown", "actionSortUsers", "actionHideItems"} <= names
    assert view.selected_ranges() == [CellRange(2, 2, 2, 2)]
    menu.close()


def test_help_lists_every_action_with_its_keys(lesson):
    dialog = ShortcutsDialog(lesson.window.actions_by_name, lesson.window)
    table = dialog.findChild(QTableWidget)
    texts = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    actions = [action for actions in lesson.window.actions_by_name.all().values() for action in actions]
    for action in actions:
        row = next(row for row in texts if row[1] == f"{action.iconText()}: {action.statusTip()}")
        assert action.shortcut().toString() in row[2]
        assert action.shortcut().toString() or False, action.objectName()
    dialog.filter.setText("zoom")
    assert 3 <= sum(not table.isRowHidden(row) for row in range(table.rowCount())) <= 6
    dialog.deleteLater()


def test_help_calls_undo_undo_whatever_was_done_last(lesson):
    lesson.window.workspace.set_rating(0, 0, 1.0)
    dialog = ShortcutsDialog(lesson.window.actions_by_name, lesson.window)
    names = [dialog.table.item(row, 1).text().split(":")[0] for row in range(dialog.table.rowCount())]
    assert {"Undo", "Redo"} <= set(names)
    dialog.deleteLater()


def test_no_two_actions_have_the_same_keys(lesson):
    from PySide6.QtGui import QAction

    keys = [
        one.toString() for action in lesson.window.findChildren(QAction) for one in action.shortcuts() if one.toString()
    ]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


# What is kept


def test_a_session_opens_as_it_was_looked_at(lesson, open_window, tmp_path):
    lesson.select("ratingsView", 0, 1)
    lesson.do("actionHideItems")
    lesson.do("actionSortUsers")
    lesson.press(Key.Key_3, CTRL)
    lesson.window.sheet.look.change_decimals(2)
    shown = users(lesson), titles(lesson)
    assert lesson.window.files.save_to(tmp_path / "a.cfstudio")
    again = open_window(str(tmp_path / "a.cfstudio"))
    assert (users(again), titles(again)) == shown
    assert again.window.sheet.layer is lesson.window.sheet.layer
    assert again.window.sheet.look.prediction_decimals == 3


def test_a_start_of_ones_own_is_kept_in_the_session(lesson, open_window, tmp_path):
    from dataclasses import replace

    workspace = lesson.window.workspace
    start = replace(workspace.factors, user_factors=np.full((15, 5), 0.25))
    workspace.exchange_state("re-randomize", replace(workspace.state, start=start, factors=start.copy()))
    assert lesson.window.files.save_to(tmp_path / "a.cfstudio")
    again = open_window(str(tmp_path / "a.cfstudio"))
    again.type_into("userFactorsView", 0, 0, "7")
    again.do("actionResetFactors")
    assert (again.numbers("userFactorsView") == 0.25).all()


def test_the_next_window_has_the_size_zoom_theme_and_look_of_the_last(lesson, open_window, tmp_path):
    memory = LayoutMemory(lesson.window, tmp_path / "window.ini")
    lesson.window.use_theme("light")
    lesson.window.sheet.look.factor_decimals = 4
    lesson.find("neighborsDock").hide()
    try:
        Zoom.of_program().set(110)
        memory.save()
        Zoom.of_program().set(100)
        again = open_window("--data", "lesson")
        other = LayoutMemory(again.window, tmp_path / "window.ini")
        other.restore(has_size=False)
        assert other.theme == "light"
        assert Zoom.of_program().percent == 110
        assert again.window.sheet.look.factor_decimals == 4
        assert not again.find("neighborsDock").isVisible()
    finally:
        Zoom.of_program().set(100)


def test_a_layout_file_full_of_nonsense_does_no_harm(lesson, tmp_path):
    path = tmp_path / "window.ini"
    path.write_text("[General]\nzoom=huge\nview={oops\norder=[3\ntheme=pink\ngeometry=1\nstate=2\n")
    memory = LayoutMemory(lesson.window, path)
    memory.restore(has_size=False)
    assert Zoom.of_program().percent == 100
    assert lesson.window.sheet.look.factor_decimals == 2


def test_colors_that_run_backward_are_refused_with_the_reason(lesson):
    from cfstudio.gui.format_dialog import FormatDialog

    dialog = FormatDialog(lesson.window.sheet, lesson.window)
    dialog.show()
    dialog.rating_low.setValue(5)
    dialog.rating_high.setValue(1)
    assert "5 is not below 1" in dialog.refusal.text()
    assert not dialog._ok.isEnabled()
    assert lesson.window.sheet.look.rating_span(0.5, 5) != (5, 1)
    dialog.rating_low.setValue(0.5)
    assert dialog._ok.isEnabled()
    assert lesson.window.sheet.look.rating_span(0.5, 5) == (0.5, 1)
    dialog.reject()


def test_number_formats_and_colors_can_be_taken_back(lesson):
    look = lesson.window.sheet.look
    lesson.do("actionMoreDecimals")
    lesson.do("actionColors")
    assert (look.prediction_decimals, look.uses_color) == (2, False)
    assert lesson.action("actionUndo").text() == "&Undo colors off"
    lesson.do("actionUndo")
    assert look.uses_color
    assert lesson.action("actionColors").isChecked()
    assert lesson.action("actionUndo").text() == "&Undo more decimals"
    lesson.do("actionUndo")
    assert look.prediction_decimals == 1
    lesson.do("actionRedo")
    assert look.prediction_decimals == 2


def test_a_look_is_taken_back_without_stopping_the_run(lesson):
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.state == "running")
    lesson.do("actionMoreDecimals")
    assert lesson.window.control.is_active
    lesson.do("actionUndo")
    assert lesson.window.sheet.look.prediction_decimals == 1
    assert lesson.window.control.is_active


def test_the_pages_show_as_many_decimals_as_are_wanted(lesson):
    lesson.window.pages.open(2)
    page = lesson.window.pages.current
    column = next(n for n, one in enumerate(page.table.painted_model.columns) if one.kind == "user factor")

    def text():
        return page.table.model().index(0, column).data()

    exact = page.table.model().value(0, column)
    assert text() == f"{exact:.2f}"
    lesson.do("actionMoreDecimals")
    assert text() == f"{exact:.3f}"
    lesson.window.pages.open(3)
    model = lesson.window.pages.current.matrix.model()
    column = model.first_number
    assert model.index(0, column).data() == f"{model.value(0, column):.3f}"
    lesson.do("actionUndo")
    assert model.index(0, column).data() == f"{model.value(0, column):.2f}"


def test_column_width_and_layer_are_those_of_the_session_and_of_the_last_window(lesson, open_window, tmp_path):
    lesson.window.sheet.sizes.set_characters(14)
    lesson.press(Key.Key_3, CTRL)
    assert lesson.window.files.save_to(tmp_path / "a.cfstudio")
    again = open_window(str(tmp_path / "a.cfstudio"))
    assert again.window.sheet.sizes.own_characters == 14
    LayoutMemory(lesson.window, tmp_path / "window.ini").save()
    fresh = open_window("--data", "lesson")
    assert fresh.window.sheet.sizes.own_characters is None
    LayoutMemory(fresh.window, tmp_path / "window.ini").restore(has_size=False)
    assert fresh.window.sheet.sizes.own_characters == 14
    assert fresh.window.sheet.layer is lesson.window.sheet.layer
    assert fresh.action("actionUndo").isEnabled() is False
