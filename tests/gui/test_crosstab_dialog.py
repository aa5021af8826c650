"""A person chooses which users and movies the sheet shows, sees what that is before, and takes the pandas along."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QPlainTextEdit, QRadioButton

from cfstudio.gui.crosstab.crosstab_dialog import CrosstabDialog
from cfstudio.gui.sheet.axes import SheetAxes
from cfstudio.ratings.builtin import lesson, three_tastes
from cfstudio.workspace.document import Workspace

NOTHING = (np.array([], dtype=np.int64), np.array([], dtype=np.int64))


class Asked:
    """A document, its sheet's axes, and the dialog that asks about them."""

    def __init__(self, qtbot, ratings, selected):
        self.qtbot = qtbot
        self.workspace = Workspace()
        self.workspace.open_ratings(ratings)
        self.axes = SheetAxes(self.workspace)
        self.dialog = CrosstabDialog(self.workspace, self.axes, selected)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def choose(self, way):
        button = next(one for one in self.dialog.findChildren(QRadioButton) if one.text().replace("&", "") == way)
        assert button.isEnabled()
        button.click()

    def wait_for(self, text):
        self.qtbot.waitUntil(lambda: text in self.dialog.facts.text(), timeout=5_000)

    def shown(self):
        ratings = self.workspace.ratings
        return ratings.user_ids[self.axes.users].tolist(), ratings.item_table.ids[self.axes.items].tolist()


@pytest.fixture
def ask(qtbot):
    return lambda ratings=None, selected=NOTHING: Asked(qtbot, ratings or three_tastes(), selected)


def test_the_size_is_told_while_it_is_chosen_and_the_sheet_follows_only_on_show(ask):
    asked = ask()
    asked.wait_for("12 users × 10 movies: 105 of 120 cells are rated, 88%.")
    page = asked.dialog.top_page
    page.sizes.users.setValue(5)
    page.sizes.items.setValue(4)
    asked.wait_for("5 users × 4 movies: 20 of 20 cells are rated, 100%.")
    assert "5 users and the 4 movies with the most ratings" in asked.dialog.sentence.text()
    assert len(asked.axes.users) == 12
    asked.dialog.show_button.click()
    assert [len(side) for side in asked.shown()] == [5, 4]
    assert not asked.dialog.isVisible()


def test_showing_a_part_can_be_undone(ask):
    asked = ask()
    asked.dialog.top_page.sizes.users.setValue(3)
    asked.dialog.show_button.click()
    asked.workspace.edits.undo()
    assert len(asked.axes.users) == 12


def test_return_shows_and_escape_changes_nothing(ask, qtbot):
    asked = ask()
    asked.dialog.top_page.sizes.users.setValue(3)
    qtbot.keyClick(asked.dialog, Qt.Key.Key_Escape)
    assert len(asked.axes.users) == 12
    assert not asked.dialog.isVisible()
    asked = ask()
    asked.dialog.top_page.sizes.users.setValue(3)
    qtbot.keyClick(asked.dialog, Qt.Key.Key_Return)
    assert len(asked.axes.users) == 3


def test_a_genre_is_chosen_from_those_there_are(ask):
    asked = ask()
    asked.choose("Genre")
    genre = asked.dialog.genre_page.genre
    assert "Horror (3)" in [genre.itemText(row) for row in range(genre.count())]
    genre.setCurrentText("Horror (3)")
    asked.wait_for("× 3 movies")
    asked.dialog.show_button.click()
    assert asked.shown()[1] == [8, 9, 10]


def test_a_data_set_without_genres_says_why_there_is_no_choice_by_genre(ask):
    ratings = three_tastes()
    ratings.item_table.genres[:] = ""
    asked = ask(ratings)
    button = next(one for one in asked.dialog.findChildren(QRadioButton) if "Genre" in one.text().replace("&", ""))
    assert not button.isEnabled()
    assert "does not say of which genre" in button.toolTip()


def test_a_list_is_read_while_it_is_typed_and_unknown_lines_are_told(ask, qtbot):
    asked = ask()
    asked.choose("List")
    page = asked.dialog.list_page
    qtbot.keyClicks(page.users, "Lena")
    qtbot.keyClick(page.users, Qt.Key.Key_Return)
    qtbot.keyClicks(page.users, "Bob")
    page.items.setPlainText("howl of the marsh\n2")
    asked.wait_for("1 user × 2 movies")
    assert asked.dialog.problems.isVisible()
    assert 'No user has the id "Bob"' in asked.dialog.problems.text()
    asked.dialog.show_button.click()
    assert asked.shown() == (["Lena"], [9, 2])


def test_a_list_of_unknown_ones_only_cannot_be_shown(ask):
    asked = ask()
    asked.choose("List")
    asked.dialog.list_page.users.setPlainText("Nobody")
    asked.wait_for("0 users")
    assert not asked.dialog.show_button.isEnabled()
    assert asked.dialog.recipe.code.toPlainText() == ""
    assert not asked.dialog.recipe.copy_button.isEnabled()


def test_the_selection_is_shown_in_its_order(ask):
    asked = ask(selected=(np.array([7, 2]), np.array([9, 0, 3])))
    asked.choose("Selection")
    asked.wait_for("2 users × 3 movies")
    asked.dialog.show_button.click()
    assert asked.axes.users.tolist() == [7, 2]
    assert asked.axes.items.tolist() == [9, 0, 3]


def test_without_a_selection_the_button_says_what_to_do(ask):
    asked = ask()
    button = next(one for one in asked.dialog.findChildren(QRadioButton) if "Selection" in one.text().replace("&", ""))
    assert not button.isEnabled()
    assert "select cells in the sheet first" in button.toolTip()


def test_everything_comes_back_with_one_button(ask):
    asked = ask()
    asked.axes.show(np.array([1]), np.array([2]))
    asked.dialog.all_button.click()
    assert [len(side) for side in asked.shown()] == [12, 10]
    assert not asked.dialog.isVisible()


def test_the_pandas_of_every_choice_can_be_copied(ask):
    asked = ask(lesson(), (np.array([0]), np.array([1])))
    for way, word in (
        ("Most ratings", "sort_values"),
        ("Genre", "get_dummies"),
        ("List", "isin"),
        ("Selection", "isin"),
    ):
        asked.choose(way)
        asked.dialog.recipe.copy_button.click()
        code = QGuiApplication.clipboard().text()
        assert code.startswith("import pandas as pd")
        assert word in code
        compile(code, "recipe", "exec")
    assert asked.dialog.recipe.code.isReadOnly()


def test_the_pandas_can_be_saved(ask, tmp_path):
    asked = ask()
    asked.dialog.recipe.write(tmp_path / "crosstab.py")
    assert (tmp_path / "crosstab.py").read_text(encoding="utf-8") == asked.dialog.recipe.code.toPlainText()


def test_every_control_has_a_name_and_a_tool_tip(ask):
    dialog = ask().dialog
    assert dialog.objectName() == "crosstabDialog"
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QPlainTextEdit)
    for control in (one for kind in kinds for one in dialog.findChildren(kind)):
        assert control.accessibleName(), control
        is_plain = isinstance(control, QAbstractButton) and control.text().replace("&", "") == "Cancel"
        assert control.toolTip() or is_plain, control
