"""Out and in: a workbook says what it will hold, is written behind the window, and comes back as it was changed."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest
from exchange.conftest import calc_profile, recalculate  # noqa: F401 - fixtures
from exchange.test_workbook_foreign import NOTES, PLAIN, lesson_page, write
from exchange_support import assert_same_document, set_number
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QLabel, QLineEdit, QMessageBox, QSpinBox
from support import random_ratings

from cfstudio.exchange import workbook as workbook_module
from cfstudio.exchange.part import DocumentPart
from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.gui.workbooks.export_progress import ExportProgress
from cfstudio.gui.workbooks.workbook_files import WorkbookFiles

Button = QMessageBox.StandardButton
LESSON_RMSE = "2.806"


class Workbooks:
    """What a person has who exports and imports: the window's workbook files and what they say."""

    def __init__(self, person):
        window = person.window
        self.person, self.window = person, window
        self.files = WorkbookFiles(window.workspace, window.control, window.axes, window.files, window)
        self.bar = ExportProgress(self.files, window)
        self.said, self.progress = [], []
        self.files.said.connect(self.said.append)
        window.files.said.connect(self.said.append)
        self.files.progressed.connect(lambda done, total: self.progress.append((done, total)))

    def dialog(self, name) -> QDialog:
        shown = []

        def find():
            shown[:] = [one for one in self.window.findChildren(QDialog, name) if one.isVisible()]
            return bool(shown)

        self.person.wait_until(find)
        return shown[0]

    def import_dialog(self, path):
        self.files.import_file(str(path))
        return self.dialog("importWorkbookDialog")

    def export(self, path, monkeypatch):
        """Export as the dialog suggests."""
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
        self.files.ask_export()
        self.dialog("exportWorkbookDialog").accept()

    def wait(self):
        self.person.wait_until(lambda: not self.files.is_busy)


@pytest.fixture
def told(monkeypatch):
    sentences = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, text: sentences.append(text))
    return sentences


@pytest.fixture
def asked(monkeypatch):
    class Questions(list):
        answer = Button.Cancel

    questions = Questions()

    def question(_parent, _title, text, *_buttons):
        questions.append(text)
        return questions.answer

    monkeypatch.setattr(QMessageBox, "question", question)
    return questions


@pytest.fixture
def workbooks(lesson):
    return Workbooks(lesson)


def document(workspace):
    return DocumentPart(workspace.ratings, workspace.held_out, workspace.factors)


def text(dialog, name, kind=QLabel):
    return dialog.findChild(kind, name).text()


def edit(person, dialog, name, address):
    field = dialog.findChild(QLineEdit, f"range_{name}")
    field.setFocus()
    field.selectAll()
    if address:
        person.qtbot.keyClicks(field, address)
    else:
        person.qtbot.keyClick(field, Qt.Key.Key_Delete)


# Out


def test_the_lesson_is_written_as_the_dialog_says_and_comes_back_the_same(workbooks, tmp_path, monkeypatch):
    suggested = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *args: (suggested.append(args[2]), (str(tmp_path / "mine"), ""))[1]
    )
    workbooks.files.ask_export()
    dialog = workbooks.dialog("exportWorkbookDialog")
    said = text(dialog, "exportContents")
    assert "crosstab of 15 × 15 with 5 factors" in said
    assert "all 206 ratings" in said
    assert "150 changing cells" in said
    dialog.accept()
    workbooks.wait()
    assert suggested == ["lesson.xlsx"]
    assert workbooks.said[-1] == (
        "The crosstab shows 15 × 15 users × movies; the long form lists all 206 ratings. Saved to mine.xlsx."
    )
    assert workbooks.progress[-1][0] == workbooks.progress[-1][1] > 206
    assert_same_document(document(workbooks.window.workspace), read_workbook(tmp_path / "mine.xlsx"))


def test_a_large_sheet_is_cut_to_those_with_most_ratings(workbooks, tmp_path, monkeypatch):
    workspace = workbooks.window.workspace
    workspace.open_ratings(random_ratings(300, 260, 5000))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "x.xlsx"), ""))
    workbooks.files.ask_export()
    dialog = workbooks.dialog("exportWorkbookDialog")
    assert dialog.most_rated.isChecked()
    assert "beginning" in dialog.as_shown.text()
    assert "250 × 250" in text(dialog, "exportContents")
    users, items = (dialog.findChild(QSpinBox, name) for name in ("crosstabUsers", "crosstabItems"))
    assert (users.maximum(), items.maximum()) == (250, 250)
    users.setValue(4)
    items.setValue(3)
    assert "4 × 3" in text(dialog, "exportContents")
    dialog.accept()
    workbooks.wait()
    found = read_workbook(tmp_path / "x.xlsx")
    counts = np.bincount(workspace.ratings.users, minlength=300)
    shown = found.page_grid().values(found.blocks["user_ids"])
    assert sorted(counts[np.array(shown, dtype=int) - 1]) == sorted(np.sort(counts)[-4:])
    assert "4 × 3 of 300 × 260" in workbooks.said[-1]
    assert_same_document(document(workspace), found)


def test_the_crosstab_has_the_order_of_the_sheet(workbooks, tmp_path, monkeypatch):
    axes = workbooks.window.axes
    axes.order("count", "count")
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    workbooks.wait()
    found = read_workbook(tmp_path / "x.xlsx")
    ratings = workbooks.window.workspace.ratings
    assert found.page_grid().values(found.blocks["user_ids"]) == ratings.user_ids[axes.users].tolist()
    assert axes.users.tolist() != list(range(15))


def test_a_choice_on_the_screen_is_what_the_crosstab_shows_up_to_its_limit(workbooks, tmp_path, monkeypatch):
    workspace, axes = workbooks.window.workspace, workbooks.window.axes
    workspace.open_ratings(random_ratings(300, 260, 5000))
    axes.show(np.arange(299, 19, -1), np.array([7, 3, 5]))
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    workbooks.wait()
    found = read_workbook(tmp_path / "x.xlsx")
    ratings = workspace.ratings
    page = found.page_grid()
    assert page.values(found.blocks["user_ids"]) == ratings.user_ids[np.arange(299, 49, -1)].tolist()
    assert page.values(found.blocks["item_ids"]) == ratings.item_table.ids[[7, 3, 5]].tolist()


def test_the_found_ratings_are_in_sight_at_once(workbooks, tmp_path):
    write(tmp_path / "far.xlsx", Far=[(0, 0, [["notes"]]), (70, 40, PLAIN)])
    dialog = workbooks.import_dialog(tmp_path / "far.xlsx")
    block = dialog.found.blocks["ratings"]

    def is_in_sight():
        first = dialog.preview.visualRect(dialog.preview.model().index(block.top, block.left))
        return dialog.preview.viewport().rect().contains(first)

    workbooks.person.wait_until(is_in_sight)
    dialog.reject()


def test_cancel_in_the_dialog_or_at_the_name_writes_nothing(workbooks, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: ("", ""))
    workbooks.files.ask_export()
    workbooks.dialog("exportWorkbookDialog").accept()
    assert not workbooks.files.is_busy
    workbooks.files.ask_export()
    workbooks.dialog("exportWorkbookDialog").reject()
    assert not workbooks.files.is_busy


@pytest.mark.parametrize("answer", [Button.Yes, Button.No])
def test_an_existing_file_is_replaced_only_if_a_person_says_so(workbooks, tmp_path, monkeypatch, asked, answer):
    (tmp_path / "x.xlsx").write_text("precious")
    asked.answer = answer
    workbooks.export(tmp_path / "x", monkeypatch)
    workbooks.wait()
    assert asked == ["x.xlsx already exists. Replace it?"]
    assert ((tmp_path / "x.xlsx").read_bytes() == b"precious") == (answer == Button.No)


@pytest.fixture
def slow_export(monkeypatch):
    """Writing that does not begin until it is released or cancelled."""
    release, write_it = threading.Event(), workbook_module.export_workbook

    def slow(part, path, **more):
        while not release.wait(0.01) and not more["is_cancelled"]():
            more["progress"](30, 100)
        return write_it(part, path, **more)

    monkeypatch.setattr(workbook_module, "export_workbook", slow)
    yield release
    release.set()


def test_edits_during_the_export_are_not_in_it(workbooks, tmp_path, monkeypatch, slow_export):
    person = workbooks.person
    before = person.numbers("ratingsView"), person.numbers("userFactorsView")
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    person.wait_until(lambda: workbooks.bar.bar.value() == 30)
    assert workbooks.bar.label.text() == "Exporting x.xlsx…"
    person.type_into("ratingsView", 0, 0, "0.5")
    person.type_into("userFactorsView", 0, 0, "9")
    slow_export.set()
    workbooks.wait()
    assert workbooks.bar.isHidden()
    found = read_workbook(tmp_path / "x.xlsx")
    ratings = found.to_ratings()
    np.testing.assert_array_equal(ratings.block(np.arange(15), np.arange(15)), before[0])
    np.testing.assert_array_equal(found.to_factors().user_factors, before[1])
    assert person.numbers("ratingsView")[0, 0] == 0.5


def test_cancel_stops_the_export_and_leaves_no_file(workbooks, tmp_path, monkeypatch, slow_export):
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    assert workbooks.files.is_busy
    workbooks.person.qtbot.mouseClick(workbooks.bar.cancel, Qt.MouseButton.LeftButton)
    workbooks.wait()
    assert workbooks.said == ["The export of x.xlsx was stopped; nothing was written."]
    assert not os.listdir(tmp_path)


def test_a_second_export_waits_for_the_first(workbooks, tmp_path, monkeypatch, slow_export):
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    workbooks.files.ask_export()
    assert "still being exported" in workbooks.said[-1]
    assert not [one for one in workbooks.window.findChildren(QDialog) if one.isVisible()]


def test_closing_the_window_leaves_no_half_file(workbooks, tmp_path, monkeypatch, slow_export):
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    workbooks.files.close()
    assert not os.listdir(tmp_path)
    workbooks.wait()


def test_a_run_is_paused_so_that_its_numbers_belong_together(workbooks, tmp_path, monkeypatch):
    person = workbooks.person
    person.do("actionTrain")
    person.wait_for_state("running", "finished")
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    assert not person.window.control.is_active
    workbooks.wait()
    assert_same_document(document(person.window.workspace), read_workbook(tmp_path / "x.xlsx"))


def test_a_folder_that_is_not_there_is_told(workbooks, tmp_path, monkeypatch, told):
    workbooks.export(tmp_path / "none" / "x.xlsx", monkeypatch)
    workbooks.person.wait_until(lambda: bool(told))
    assert "x.xlsx cannot be written" in told[0]
    assert not workbooks.files.is_busy


# Out and in


def test_a_round_trip_through_the_window_is_the_same_document(workbooks, tmp_path, monkeypatch):
    person = workbooks.person
    person.find("valid_fraction").setValue(0.2)
    person.train()
    workspace = person.window.workspace
    before, score = document(workspace), workspace.score
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    workbooks.wait()
    person.window.files.open("three-tastes")
    person.wait_until(lambda: not person.window.files.is_busy)
    workbooks.import_dialog(tmp_path / "x.xlsx").accept()
    assert_same_document(before, _Found(workspace))
    assert workspace.score.train_rmse == pytest.approx(score.train_rmse, abs=1e-12)
    assert workspace.score.valid_rmse == pytest.approx(score.valid_rmse, abs=1e-12)
    assert workspace.config.valid_fraction == 0.2
    assert person.find("valid_fraction").value() == 0.2


class _Found:
    """A document as what was found of one."""

    def __init__(self, workspace):
        self.to_ratings = lambda: workspace.ratings
        self.to_factors = lambda: workspace.factors
        self.to_held_out = lambda: workspace.held_out


@pytest.mark.slow
def test_a_factor_changed_in_another_program_is_changed_here(workbooks, tmp_path, monkeypatch, recalculate):  # noqa: F811
    person = workbooks.person
    before = person.numbers("itemFactorsView")
    workbooks.export(tmp_path / "x.xlsx", monkeypatch)
    workbooks.wait()
    set_number(tmp_path / "x.xlsx", "Dot product", "J20", 2.5)
    saved_there = recalculate(tmp_path / "x.xlsx")
    dialog = workbooks.import_dialog(saved_there)
    shown = float(text(dialog, "understoodText").split("RMSE over the rated cells is ")[1].rstrip("."))
    dialog.accept()
    # J is the third movie, row 20 the second factor.
    before[1, 2] = 2.5
    np.testing.assert_allclose(person.numbers("itemFactorsView"), before, rtol=1e-14)
    assert person.shown_rmse() == pytest.approx(shown, abs=1e-3)


# In


@pytest.fixture
def lessons_book(tmp_path):
    """Pages as the lesson's workbook has them; the one with biases forgets to divide by the count."""
    return write(
        tmp_path / "collab.xlsx",
        Notes=NOTES,
        dot=lesson_page(bias=False),
        bias=lesson_page(bias=True, forgets_count=True),
    )


@pytest.fixture
def tastes_workbooks(tastes):
    return Workbooks(tastes)


def test_what_was_understood_is_shown_and_opened(tastes_workbooks, lessons_book):
    workbooks = tastes_workbooks
    dialog = workbooks.import_dialog(lessons_book)
    said = text(dialog, "understoodText")
    assert "15 users × 15 movies with 206 ratings" in said
    assert "2.80606" in said
    assert text(dialog, "range_ratings", QLineEdit) == "H2:V16"
    assert text(dialog, "range_user_bias", QLineEdit) == ""
    cell = dialog.preview.model().index(1, 7)
    assert "ratings" in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert cell.data(Qt.ItemDataRole.BackgroundRole) is not None
    assert dialog.preview.model().index(1, 0).data(Qt.ItemDataRole.BackgroundRole) is None
    assert workbooks.window.workspace.ratings.name == "three-tastes"
    dialog.accept()
    assert workbooks.person.find("rmseCell").text().startswith(f"RMSE {LESSON_RMSE}")
    assert workbooks.window.workspace.ratings.name == "collab"
    assert workbooks.window.files.session_path is None
    assert not workbooks.window.isWindowModified()
    assert "collab" in workbooks.said[-1]


def test_cancel_leaves_what_is_open(tastes_workbooks, lessons_book):
    tastes_workbooks.import_dialog(lessons_book).reject()
    assert tastes_workbooks.window.workspace.ratings.name == "three-tastes"


def test_the_forgotten_count_is_shown_and_explained(tastes_workbooks, lessons_book):
    dialog = tastes_workbooks.import_dialog(lessons_book)
    assert not dialog.bug.isVisible()
    choose_page(tastes_workbooks.person, dialog, "bias")
    assert dialog.bug.isVisible()
    explained = text(dialog, "spotTheBug")
    for part in ("V42", "28.964", "2.018", "/COUNT(H2:V16)"):
        assert part in explained
    assert "forgets" in dialog.preview.model().index(41, 21).data(Qt.ItemDataRole.AccessibleTextRole)
    dialog.accept()
    assert tastes_workbooks.person.shown_rmse() == pytest.approx(2.018, abs=1e-3)


def choose_page(person, dialog, name):
    pages = dialog.findChild(QComboBox, "importPage")
    pages.setCurrentText(name)
    pages.textActivated.emit(name)
    person.wait_until(pages.isEnabled)


def test_a_dialog_closed_while_a_page_is_searched_is_gone(tastes_workbooks, lessons_book):
    person, dialog = tastes_workbooks.person, tastes_workbooks.import_dialog(lessons_book)
    dialog.findChild(QComboBox, "importPage").textActivated.emit("bias")
    dialog.accept()
    assert dialog.isVisible()
    dialog.reject()
    person.wait_until(lambda: "background task" not in [one.name for one in threading.enumerate()])
    person.qtbot.wait(60)
    assert person.window.workspace.ratings.name == "three-tastes"


def test_a_mended_range_is_understood_at_once(tastes_workbooks, lessons_book):
    person, dialog = tastes_workbooks.person, tastes_workbooks.import_dialog(lessons_book)
    choose_page(person, dialog, "bias")
    edit(person, dialog, "user_bias", "")
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Open).isEnabled()
    edit(person, dialog, "item_bias", "")
    assert "no biases" in text(dialog, "understoodText")
    # Without the biases: the error of the sum of products alone.
    ratings, factors = dialog.found.to_ratings(), dialog.found.to_factors()
    by_hand = (factors.user_factors[ratings.users] * factors.item_factors[ratings.items]).sum(axis=1)
    rmse = np.sqrt(np.mean((ratings.values - by_hand) ** 2))
    assert f"The RMSE over the rated cells is {rmse:.6g}." in text(dialog, "understoodText")
    dialog.accept()
    assert tastes_workbooks.window.workspace.config.model == "dot"
    assert person.shown_rmse() == pytest.approx(rmse, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        ("ratings", "H2:", "is no range of cells"),
        ("user_ids", "A2:A9", "must be 15 × 1"),
        ("user_ids", "", "needs a range for its user ids"),
        ("item_factors", "", "go together"),
    ],
)
def test_ranges_that_do_not_fit_are_told_in_the_dialog_and_cannot_be_opened(
    tastes_workbooks, lessons_book, name, address, reason
):
    person, dialog = tastes_workbooks.person, tastes_workbooks.import_dialog(lessons_book)
    before = text(dialog, "understoodText")
    found_at = text(dialog, f"range_{name}", QLineEdit)
    edit(person, dialog, name, address)
    assert reason in text(dialog, "understoodText")
    assert text(dialog, "understoodText").startswith("⚠")
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Open).isEnabled()
    dialog.accept()
    assert tastes_workbooks.window.workspace.ratings.name == "three-tastes"
    edit(person, dialog, name, found_at)
    assert text(dialog, "understoodText") == before
    assert dialog.buttons.button(dialog.buttons.StandardButton.Open).isEnabled()


def test_on_a_page_without_a_crosstab_ranges_can_be_given(tastes_workbooks, tmp_path):
    rows = [["a", 1, 2], ["b", 3, "x"]]
    path = write(tmp_path / "x.xlsx", cross=[(0, 0, PLAIN)], tiny=[(0, 0, [[None, 8, 9]]), (1, 0, rows)])
    person, dialog = tastes_workbooks.person, tastes_workbooks.import_dialog(path)
    choose_page(person, dialog, "tiny")
    assert "has no crosstab on page tiny" in text(dialog, "understoodText")
    assert dialog.preview.model().index(1, 1).data() == "1"
    for name, address in (("ratings", "B2:B3"), ("user_ids", "A2:A3"), ("item_ids", "B1")):
        edit(person, dialog, name, address)
    assert "2 users × 1 movies with 2 ratings" in text(dialog, "understoodText")
    dialog.accept()
    assert person.numbers("ratingsView").tolist() == [[1.0], [3.0]]


def test_dragging_over_the_page_fills_the_field_that_was_clicked(tastes_workbooks, tmp_path):
    marks = [[None, None, 1, None], [None, 1, None, None], [None] * 4]
    path = write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN), (6, 1, marks)])
    person, dialog = tastes_workbooks.person, tastes_workbooks.import_dialog(path)
    preview, viewport = dialog.preview, dialog.preview.viewport()

    def drag(first, last):
        begin, end = (preview.visualRect(preview.model().index(*cell)).center() for cell in (first, last))
        person.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=begin)
        person.qtbot.mouseMove(viewport, end)
        person.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)

    drag((6, 1), (8, 4))
    assert text(dialog, "range_held_out", QLineEdit) == ""
    dialog.findChild(QLineEdit, "range_held_out").setFocus()
    drag((6, 1), (8, 4))
    assert text(dialog, "range_held_out", QLineEdit) == "B7:E9"
    dialog.accept()
    workspace = tastes_workbooks.window.workspace
    assert workspace.ratings.values[workspace.held_out].tolist() == [3.5, 5]


def test_cells_of_the_page_can_be_copied_whole(tastes_workbooks, lessons_book):
    person, dialog = tastes_workbooks.person, tastes_workbooks.import_dialog(lessons_book)
    preview = dialog.preview
    preview.setCurrentIndex(preview.model().index(18, 7))
    person.qtbot.keyClick(preview, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = float(QGuiApplication.clipboard().text())
    assert copied == dialog.found.to_factors().item_factors[0, 0]


# Ways in


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(300, 300), *arguments))
    QApplication.sendEvent(window, QDropEvent(QPointF(300, 300), *arguments))


@pytest.mark.parametrize("way", ["drop", "open", "import"])
def test_unsaved_changes_are_asked_about_when_the_workbook_is_opened_and_not_before(
    workbooks, lessons_book, monkeypatch, asked, way
):
    person = workbooks.person
    person.type_into("ratingsView", 0, 0, "0.5")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(lessons_book), ""))
    for answer in (Button.Cancel, Button.Discard):
        asked.answer = answer
        if way == "drop":
            drop(person.window, lessons_book)
        elif way == "open":
            person.window.files.ask_open()
        else:
            workbooks.files.ask_import()
        dialog = workbooks.dialog("importWorkbookDialog")
        assert asked == []
        dialog.accept()
        assert asked == ["Save the changes to lesson first?"]
        asked.clear()
        assert person.window.workspace.ratings.name == ("lesson" if answer == Button.Cancel else "collab")


def test_the_command_line_opens_a_workbook_through_the_dialog(open_window, lessons_book):
    person = open_window(str(lessons_book))
    dialog = Workbooks(person).dialog("importWorkbookDialog")
    dialog.accept()
    assert person.window.workspace.ratings.name == "collab"


def test_where_nobody_can_answer_it_opens_as_it_was_understood(tastes, lessons_book):
    files = tastes.window.files
    files.review = lambda found, open_it: open_it(found)
    files.open(str(lessons_book))
    tastes.wait_until(lambda: tastes.window.workspace.ratings.name == "collab")
    assert tastes.find("rmseCell").text().startswith(f"RMSE {LESSON_RMSE}")


def test_a_workbook_that_lists_ratings_opens_like_a_file_of_them(workbooks, tmp_path, asked):
    rows = [["user", "title", "rating"], ["ann", "Alien", 4.5], ["ben", "Brazil", 3], ["ann", "Brazil", 2]]
    path = write(tmp_path / "mine.xlsx", page=[(0, 0, rows)])
    workbooks.person.type_into("ratingsView", 0, 0, "0.5")
    workbooks.files.import_file(str(path))
    workbooks.person.wait_until(lambda: bool(asked))
    assert workbooks.window.workspace.ratings.name == "lesson"
    asked.answer = Button.Discard
    workbooks.files.import_file(str(path))
    workbooks.person.wait_until(lambda: workbooks.window.workspace.ratings.name == "mine")


@pytest.mark.parametrize("content", [b"PK nothing", b""])
def test_a_damaged_workbook_is_one_sentence_and_nothing_is_lost(workbooks, tmp_path, told, content):
    (tmp_path / "bad.xlsx").write_bytes(content)
    workbooks.files.import_file(str(tmp_path / "bad.xlsx"))
    workbooks.person.wait_until(lambda: bool(told))
    assert "bad.xlsx is damaged or no Excel workbook" in told[0]
    assert workbooks.window.workspace.ratings.name == "lesson"


def test_a_workbook_without_a_crosstab_says_what_was_looked_for(workbooks, tmp_path, told):
    workbooks.files.import_file(str(write(tmp_path / "notes.xlsx", Notes=NOTES)))
    workbooks.person.wait_until(lambda: bool(told))
    assert "looked for ids along a first row and a first column" in told[0]
