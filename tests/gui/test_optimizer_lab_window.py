"""Somebody at the optimizer worksheets: keys, cells, fields, and the numbers and sentences that come of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSlider

from cfstudio.exchange.lab_workbook import export_lab_workbook
from cfstudio.gui.optimizer_lab.optimizer_lab import OptimizerLab
from cfstudio.optimizer_lab.catalog import METHODS

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "optimizer_lab.json"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE_MS = 20_000


class Person:
    """Presses keys, clicks, reads."""

    def __init__(self, lab, qtbot):
        self.lab, self.qtbot = lab, qtbot
        self.table, self.model = lab.sheet.table, lab.sheet.model

    def press(self, key, modifier=NONE):
        self.qtbot.keyClick(QApplication.focusWidget() or self.lab, key, modifier)

    def number(self, row, name):
        """A cell by the row of the page, counted from 1 (0 for the start values), and the column's name."""
        column = self.lab.session.page.names.index(name)
        return self.model.index(row, column).data(Qt.ItemDataRole.EditRole)

    def column(self, name):
        return np.array([self.number(row, name) for row in range(1, self.model.rowCount())], dtype=float)

    def select(self, row, name):
        index = self.model.index(row, self.lab.session.page.names.index(name))
        self.table.scrollTo(index)
        self.qtbot.mouseClick(
            self.table.viewport(), Qt.MouseButton.LeftButton, pos=self.table.visualRect(index).center()
        )
        assert self.table.currentIndex() == index
        self.table.setFocus()

    def type_into_cell(self, row, name, text):
        self.select(row, name)
        self.qtbot.keyClicks(self.table, text[0])
        editor = next(one for one in self.table.viewport().findChildren(QLineEdit) if one.isVisible())
        self.qtbot.keyClicks(editor, text[1:])
        self.qtbot.keyClick(editor, Qt.Key.Key_Return)

    def type_into_field(self, name, text):
        field = self.lab.form.fields[name]
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)
        return field

    def method(self, name):
        tabs = self.lab.methods.tabs
        place = list(METHODS).index(name)
        tabs.setCurrentIndex(place)
        assert self.lab.session.method == name

    def message(self):
        return self.lab.messages.message.text()

    def tab(self, title):
        views = self.lab.views
        views.setCurrentIndex([views.tabText(place) for place in range(views.count())].index(title))


@pytest.fixture
def person(qtbot):
    lab = OptimizerLab()
    qtbot.addWidget(lab)
    lab.show()
    lab.activateWindow()
    qtbot.waitUntil(lab.isActiveWindow, timeout=5_000)
    yield Person(lab, qtbot)
    lab.close()


@pytest.fixture(scope="module")
def reference():
    if not REFERENCE.exists():
        pytest.skip("the workbook's own numbers are not here")
    return json.loads(REFERENCE.read_text())


def test_f9_gives_the_workbooks_first_epoch_of_basic_sgd(person, reference):
    person.press(Qt.Key.Key_F9)
    for name, value in reference["sgd"]["first_row"].items():
        assert person.number(1, name) == pytest.approx(value, abs=1e-9)
    end = reference["sgd"]["after_1_epoch"]
    assert [person.number(29, "new_a"), person.number(29, "new_b")] == pytest.approx([end["a"], end["b"]], abs=1e-9)


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_the_tabs_of_momentum_and_adam_start_and_end_as_the_workbooks_pages(person, reference, name):
    person.method(name)
    expected = reference[name]
    columns = {"a": "new_a", "b": "new_b"}
    for cell, value in expected["start"].items():
        assert person.number(0, columns.get(cell, cell)) == value
    person.press(Qt.Key.Key_F9)
    for cell, value in expected["after_1_epoch"].items():
        assert person.number(29, columns.get(cell, cell)) == pytest.approx(value, rel=1e-12, abs=1e-9)


def test_after_an_epoch_the_last_row_goes_to_the_top(person):
    person.press(Qt.Key.Key_F9)
    a, b = person.number(29, "new_a"), person.number(29, "new_b")
    person.press(Qt.Key.Key_F8)
    assert (person.number(0, "new_a"), person.number(0, "new_b")) == (a, b)
    assert (person.number(1, "slope"), person.number(1, "intercept")) == (a, b)
    assert person.number(2, "pred") is None


def test_a_row_forward_and_a_row_back_leave_no_trace(person):
    person.press(Qt.Key.Key_F9)
    before = person.column("new_a")
    person.press(Qt.Key.Key_F8)
    person.press(Qt.Key.Key_F8, SHIFT)
    np.testing.assert_array_equal(person.column("new_a"), before)
    person.press(Qt.Key.Key_F7)
    assert person.lab.session.sheet.n_rows_run == 0
    assert (person.number(0, "new_a"), person.number(0, "new_b")) == (1.0, 1.0)


def test_a_changed_learning_rate_and_five_epochs_are_taken_back_one_by_one(person):
    person.type_into_field("learning_rate", "0.0002")
    person.press(Qt.Key.Key_F9, SHIFT)
    assert person.lab.session.sheet.epoch == 5
    # By hand: the plain recursion of the lesson.
    data, (a, b) = person.lab.session.data, (1.0, 1.0)
    for _ in range(5):
        for x, y in zip(data.x.tolist(), data.y.tolist(), strict=True):
            error = a * x + b - y
            a, b = a - 0.0002 * x * 2 * error, b - 0.0002 * 2 * error
    assert (person.number(29, "new_a"), person.number(29, "new_b")) == pytest.approx((a, b), abs=1e-9)
    person.press(Qt.Key.Key_Z, CTRL)
    assert person.lab.session.sheet.n_rows_run == 0
    assert person.lab.session.page.settings.learning_rate == 0.0002
    person.press(Qt.Key.Key_Z, CTRL)
    assert person.lab.session.page.settings.learning_rate == 0.0001
    assert person.lab.form.fields["learning_rate"].text() == "0.0001"
    person.press(Qt.Key.Key_Z, CTRL | SHIFT)
    person.press(Qt.Key.Key_Y, CTRL)
    assert (person.number(29, "new_a"), person.number(29, "new_b")) == pytest.approx((a, b), abs=1e-9)


def test_space_runs_and_pauses_and_one_undo_takes_the_whole_run_back(person):
    person.lab.controls.speed.slider.setValue(person.lab.controls.speed.slider.maximum())
    person.press(Qt.Key.Key_Space)
    assert person.lab.player.is_running
    person.qtbot.waitUntil(lambda: person.lab.session.sheet.epoch > 20, timeout=PATIENCE_MS)
    person.press(Qt.Key.Key_Space)
    assert not person.lab.player.is_running
    person.press(Qt.Key.Key_Z, CTRL)
    assert person.lab.session.sheet.n_rows_run == 0


def test_a_learning_rate_that_diverges_is_explained_with_formatted_numbers(person):
    person.type_into_field("learning_rate", "0.5")
    for _ in range(60):
        person.press(Qt.Key.Key_F9)
    person.qtbot.waitUntil(lambda: "The error has grown from" in person.message(), timeout=PATIENCE_MS)
    assert "above 0.000438" in person.message()
    texts = {person.model.text(row, column) for row in range(person.model.rowCount()) for column in range(2, 14)}
    assert not any("nan" in text or "inf" in text for text in texts)
    for place in range(person.lab.views.count()):
        person.lab.views.setCurrentIndex(place)
        person.lab.grab()
    person.press(Qt.Key.Key_F7)
    person.qtbot.waitUntil(lambda: person.message() == "", timeout=PATIENCE_MS)


@pytest.mark.parametrize("text", ["0", "-1", "quick", "1e999"])
def test_a_learning_rate_that_cannot_be_is_refused_with_a_sentence_at_the_field(person, text):
    field = person.type_into_field("learning_rate", text)
    assert field.reason.startswith("Learning rate must be")
    assert field.reason == person.message()
    assert field.toolTip() == field.reason
    assert person.lab.session.page.settings.learning_rate == 0.0001
    person.type_into_field("learning_rate", "0.0003")
    assert field.reason == person.message() == ""


def test_the_mark_on_the_slider_is_the_largest_rate_that_does_not_diverge(person):
    person.type_into_field("batch_size", "29")
    x = person.lab.session.data.x
    steepest = np.linalg.eigvalsh(2 / 29 * np.array([[x @ x, x.sum()], [x.sum(), 29.0]]))[-1]
    slider = person.lab.form.slider
    assert slider.limit == pytest.approx(2 / steepest, rel=1e-9)
    slider.show_rate(slider.limit)
    assert abs(slider.limit_place() / slider.width() - (np.log10(slider.limit) + 7) / 9) < 0.05
    for factor, grows in ((0.99, False), (1.01, True)):
        person.press(Qt.Key.Key_F7)
        person.type_into_field("learning_rate", repr(float(slider.limit * factor)))
        for _ in range(60):
            person.press(Qt.Key.Key_F9, SHIFT)
        ends = person.lab.session.sheet.ends
        assert (ends[-1].rmse > ends[100].rmse) is grows


def test_a_point_is_edited_in_its_cell_and_the_rows_follow(person):
    person.press(Qt.Key.Key_F9)
    person.type_into_cell(2, "y", "210")
    assert person.lab.session.data.y[1] == 210.0
    slope, intercept = person.number(2, "slope"), person.number(2, "intercept")
    assert person.number(2, "err2") == pytest.approx((86 * slope + intercept - 210) ** 2, rel=1e-12)
    person.press(Qt.Key.Key_Z, CTRL)
    assert person.lab.session.data.y[1] == 202.0


def test_a_start_value_is_edited_in_the_row_above_the_first(person):
    person.type_into_cell(0, "new_a", "1.5")
    person.press(Qt.Key.Key_F8)
    assert person.number(1, "slope") == 1.5


def test_text_in_a_number_cell_is_refused_with_a_sentence(person):
    person.type_into_cell(1, "x", "many")
    assert person.message() == 'x must be a number such as 0.0001 or 1e-4, not "many".'
    assert person.lab.session.data.x[0] == 14.0


def test_a_selected_cell_is_explained_in_words_in_excel_and_with_numbers(person):
    person.press(Qt.Key.Key_F8)
    person.select(1, "de_da")
    formula = person.lab.sheet.formula
    assert "by the chain rule" in formula.lines["words"].text()
    assert formula.lines["excel"].text().startswith("=")
    assert formula.lines["numbers"].text() == "= 14 × 2 × (1 × 14 + 1 − 58) = −1204"
    assert formula.lines["chain"].text().endswith("−86 × 1 × 14 = −1204")


def test_the_papers_form_of_adam_starts_at_one_and_says_what_is_different(person):
    person.method("adam")
    assert "neither the bias correction" in person.lab.methods.words.text()
    button = person.lab.findChild(QAbstractButton, "labForm_papers")
    person.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
    button.setChecked(True)
    assert person.lab.session.form == "papers"
    person.press(Qt.Key.Key_F8)
    # The first step of Adam is the learning rate, whatever the gradient.
    assert person.number(1, "new_a") == pytest.approx(1.0 + person.lab.session.page.settings.learning_rate, abs=1e-9)


def test_scaling_x_makes_the_canyon_a_bowl_and_can_be_taken_back_exactly(person):
    person.tab("Data")
    x = person.lab.session.data.x
    person.lab.data.scaled.click()
    scaled = person.lab.session.data.x
    np.testing.assert_allclose(scaled, (x - x.mean()) / x.std(), rtol=1e-12)
    assert "a round bowl" in person.lab.data.words.text()
    person.lab.data.scaled.click()
    np.testing.assert_array_equal(person.lab.session.data.x, x)
    assert "a canyon" in person.lab.data.words.text()


def test_own_points_can_be_pasted(person):
    person.tab("Data")
    source = QMimeData()
    source.setText("x;y\n1;3\n2;5\n4;9\n")
    person.lab.data.text.insertFromMimeData(source)
    person.lab.data.take_own()
    assert person.lab.session.data.x.tolist() == [1.0, 2.0, 4.0]
    assert person.model.rowCount() == 4
    person.press(Qt.Key.Key_Z, CTRL)
    assert person.model.rowCount() == 30


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 2", "at least two points"),
        ("3 1\n3 2\n3 7", "All x are 3"),
        ("1 2\n3 four", "y in line 2 must be a number"),
        ("1 2\n" * 1_000_000, "up to 10,000 points"),
    ],
)
def test_points_that_cannot_be_are_refused_with_a_sentence(person, text, reason):
    person.tab("Data")
    source = QMimeData()
    source.setText(text)
    person.lab.data.text.insertFromMimeData(source)
    if len(text) < 1_000:
        person.lab.data.take_own()
    assert reason in person.lab.data.reason.text()
    assert reason in person.message()
    assert len(person.lab.session.data) == 29


def test_made_points_follow_the_true_weights(person):
    person.tab("Data")
    fields = person.lab.data.fields
    for key, text in (("a", "-3"), ("b", "7"), ("n", "50")):
        fields[key].setText(text)
    person.lab.data.make()
    data = person.lab.session.data
    assert len(data) == 50
    np.testing.assert_allclose(data.y, -3 * data.x + 7)


def test_all_methods_race_from_one_start(person):
    person.tab("Race")
    race = person.lab.race
    race.surface.setCurrentIndex(race.surface.findData("bowl"))
    for _ in range(10):
        race.step_button.click()
    runners = {one.name: one for one in race._track.race.runners}
    assert len(runners) == 8
    assert race._track.race.n_steps == 10
    # By hand: on a² + b² each step of plain descent with rate 0.1 leaves 0.8.
    assert runners["sgd"].position == pytest.approx((-4 * 0.8**10, 3 * 0.8**10))
    assert race.ranking.index(0, 0).data().startswith("1. ")
    losses = [race.ranking.index(row, 1).data(Qt.ItemDataRole.EditRole) for row in range(8)]
    assert losses == sorted(losses)


@pytest.mark.parametrize("surface", ["line", "scaled line", "ravine", "rosenbrock", "saddle", "beale", "crosstab"])
def test_every_surface_can_be_raced_on_and_begun_again(person, surface):
    person.tab("Race")
    race = person.lab.race
    race.surface.setCurrentIndex(race.surface.findData(surface))
    race.player.speed = None
    race.run_button.click()
    person.qtbot.waitUntil(lambda: race._track.race.n_steps > 30, timeout=PATIENCE_MS)
    race.run_button.click()
    assert not race.player.is_running
    race.reset_button.click()
    assert race._track.race.n_steps == 0


def test_the_crosstabs_race_starts_at_the_lessons_error(person):
    person.tab("Race")
    race = person.lab.race
    race.surface.setCurrentIndex(race.surface.findData("crosstab"))
    losses = {one.loss for one in race._track.race.runners}
    assert len(losses) == 1
    # What the lesson's workbook shows before anything is solved.
    assert losses.pop() == pytest.approx(2.806, abs=5e-4)


def test_the_microscope_shows_the_gradient_of_the_first_row(person):
    person.press(Qt.Key.Key_F8)
    person.tab("Microscope")
    person.qtbot.waitUntil(lambda: "gradient" in person.lab.microscope.numbers.text(), timeout=5_000)
    assert "gradient −1204" in person.lab.microscope.numbers.text()
    assert person.lab.microscope.view.table()[1][:2] == [1, -1204.0]


def test_one_weight_decay_for_all_shows_adam_beside_adamw(person):
    person.method("adam")
    person.type_into_field("weight_decay", "0.1")
    next(one for one in person.lab.form.findChildren(QAbstractButton) if one.text().startswith("Same")).click()
    for name, column in (("adam", "grad_da"), ("adamw", "average_da")):
        person.method(name)
        assert person.lab.session.page.settings.weight_decay == 0.1
        assert column in person.lab.session.page.names
    person.press(Qt.Key.Key_Z, CTRL)
    person.press(Qt.Key.Key_Z, CTRL)
    assert person.lab.session.page.settings.weight_decay == 0.0


def test_the_sheet_is_copied_for_a_spreadsheet(person):
    person.press(Qt.Key.Key_F8)
    person.press(Qt.Key.Key_C, CTRL | SHIFT)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:5] == ["x", "y", "intercept", "slope", "pred"]
    assert [float(one) for one in lines[1].split("\t")[:5]] == [14, 58, 1, 1, 15]
    person.select(1, "de_da")
    person.press(Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().strip() == "-1204.0"


def test_a_page_is_exported_while_the_window_goes_on(person, tmp_path):
    from python_calamine import CalamineWorkbook

    person.press(Qt.Key.Key_F9)
    path = tmp_path / "sgd.xlsx"
    person.lab.saving.write(path, export_lab_workbook)
    person.press(Qt.Key.Key_F9)
    person.qtbot.waitUntil(lambda: "live formulas" in person.message(), timeout=PATIENCE_MS)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert any(row[0] == 14 and row[1] == 58 for row in rows if len(row) > 1)


def test_a_page_that_burst_is_not_exported_and_the_reason_is_said(person, tmp_path):
    person.type_into_field("learning_rate", "10")
    for _ in range(20):
        person.press(Qt.Key.Key_F9, SHIFT)
    person.lab.saving.write(tmp_path / "burst.xlsx", export_lab_workbook)
    person.qtbot.waitUntil(lambda: "before you export it" in person.message(), timeout=PATIENCE_MS)
    assert not (tmp_path / "burst.xlsx").exists()


def test_every_page_in_both_forms_can_be_looked_at_and_run(person):
    for form in ("workbook", "papers"):
        for name in METHODS:
            person.lab.session.choose(name, form)
            person.press(Qt.Key.Key_F9)
            assert np.isfinite(person.column("new_a")).all()
            person.lab.grab()


def test_every_control_has_a_name_and_says_what_it_does(person):
    for kind in (QAbstractButton, QLineEdit, QSlider, QComboBox):
        for control in person.lab.findChildren(kind):
            if control.objectName().startswith("qt_") or not control.isVisibleTo(control.window()):
                continue
            if control.parent() is not None and control.parent().metaObject().className() in ("QTabBar", "QTableView"):
                continue
            named = control.accessibleName() or getattr(control, "text", str)()
            assert named, control
            assert control.toolTip() or control.parentWidget().toolTip(), (control, named)


def test_empty_pages_say_what_to_do(person):
    assert "F9 one epoch" in person.lab.messages.status.text()
    assert "F8 runs a row" in person.lab.sheet.formula.title.text()
    assert all(isinstance(one, QLabel) for one in (person.lab.messages.status, person.lab.sheet.formula.title))


def test_decay_in_the_gradient_and_decoupled_stand_side_by_side(person):
    person.method("adam")
    person.type_into_field("weight_decay", "0.1")
    person.press(Qt.Key.Key_F8)
    person.tab("Weight decay")
    numbers = np.array(
        [
            [person.lab.decay.model.index(row, column).data(Qt.ItemDataRole.EditRole) for column in (0, 1)]
            for row in range(8)
        ]
    )
    # By hand: the first row's derivative by a is −1204, and L2 adds 0.1 · 1 to it.
    assert numbers[1].tolist() == pytest.approx([-1203.9, -1204.0])
    start = person.lab.session.sheet.top
    for column, gradient in ((0, -1203.9), (1, -1204.0)):
        average = 0.7 * start["average_da"] + 0.3 * gradient
        square = 0.9 * start["square_da"] + 0.1 * gradient**2
        decoupled = 0.1 if column else 0.0
        assert numbers[6, column] == pytest.approx(1.0 - decoupled - average / np.sqrt(square), rel=1e-12)
        assert numbers[5, column] == pytest.approx(decoupled or 0.1 / np.sqrt(square), rel=1e-12)


def test_settings_and_open_pages_are_remembered(person, qtbot):
    lab = person.lab
    lab.session.choose("adam", "papers")
    lab.session.change_settings(learning_rate=0.25, beta1=0.5)
    lab.session.choose("momentum")
    lab.views.setCurrentIndex(2)
    view = json.loads(json.dumps(lab.view()))
    again = OptimizerLab()
    qtbot.addWidget(again)
    again.take_view(view)
    assert (again.session.method, again.session.form) == ("momentum", "papers")
    assert again.views.currentIndex() == 2
    assert again.methods.tabs.tabData(again.methods.tabs.currentIndex()) == "momentum"
    again.session.choose("adam")
    assert again.session.page.settings.learning_rate == 0.25
    assert again.session.page.settings.beta1 == 0.5
    assert again.session.next_undo == ""
    again.take_view({"pages": [["adam", "papers", {"beta1": 7}], ["x", 3], 4], "method": "nobody", "picture": -3})
    assert again.session.page.settings.beta1 == 0.5


def test_x_and_y_stay_in_sight_when_the_sheet_is_scrolled(person, qtbot):
    lab = person.lab
    table = lab.sheet.table
    assert not table.frozen.isVisible()
    last = table.model().columnCount() - 1
    table.setCurrentIndex(table.model().index(3, last))
    assert table.frozen.isVisible()
    assert table.frozen.width() == table.columnWidth(0) + table.columnWidth(1)
    table.setCurrentIndex(table.model().index(3, 4))
    assert table.columnViewportPosition(4) >= table.frozen.width()
    across = table.horizontalScrollBar().value()
    cell = table.frozen.visualRect(table.model().index(5, 1)).center()
    qtbot.mouseClick(table.frozen.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (5, 1)
    assert table.horizontalScrollBar().value() == across
    table.edit(table.currentIndex())
    assert not table.frozen.isVisible()
    assert table.viewport().findChild(QLineEdit) is not None


def test_a_small_window_leaves_the_sheet_its_first_columns_and_the_fields_their_height(person):
    lab = person.lab
    lab.resize(lab.fontMetrics().averageCharWidth() * 120, lab.fontMetrics().height() * 28)
    for title in ("Pictures", "Race", "Data"):
        person.tab(title)
        person.qtbot.wait(20)
        assert lab.sheet.table.columnViewportPosition(2) < lab.sheet.table.viewport().width()
    assert all(field.height() >= field.minimumSizeHint().height() for field in lab.data.fields.values())
