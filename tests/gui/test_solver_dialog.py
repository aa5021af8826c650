"""A person solves the lesson by clicks, watches, keeps or restores, sets constraints, saves and compares."""

import csv
import json
import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QTabBar,
)

from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.solver.solver_dialog import SolverDialog
from cfstudio.ratings.builtin import three_tastes


class Solving:
    """The Solver's window in front of the lesson, used by clicks."""

    def __init__(self, person):
        self.person, self.qtbot, self.window = person, person.qtbot, person.window
        self.workspace = self.window.workspace
        self.dialog = SolverDialog(self.workspace, self.window.control, self.window.sheet, self.window)
        self.dialog.open_ready()
        self.control = self.dialog.control

    def find(self, name):
        return self.person.find(name)

    def click(self, name):
        button = self.find(name)
        assert button.isVisible(), f"{name} cannot be seen"
        assert button.isEnabled(), f"{name} is disabled"
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, name, text):
        combo = self.find(name)
        index = next(place for place in range(combo.count()) if combo.itemText(place).startswith(text))
        combo.setCurrentIndex(index)
        combo.activated.emit(index)

    def option(self, **values):
        """In the options' own window."""
        self.click("solverOptions")
        options = self.person.find("solverOptionsDialog", QDialog)
        for name, value in values.items():
            options.fields[name].show_value(value)
        options.accept()

    def solve(self, pace="full speed"):
        """Solve to the end, as fast as it goes."""
        self.click("solverSolve")
        self.find("solverPace").setCurrentText(pace)
        self.wait(lambda: not self.control.is_solving)

    def begin(self):
        """Solve slowly, and come back in the middle."""
        self.click("solverSolve")
        self.find("solverPace").setCurrentText("5 a second")
        self.wait(lambda: len(self.control.run.trials) > 1)

    def wait(self, condition):
        self.qtbot.waitUntil(condition, timeout=20_000)

    def sentence(self):
        return self.find("solverSentence").text()

    def constrain(self, cells, relation, number, form="each"):
        self.qtbot.mouseClick(self.dialog.parameters.constraints.add_button, Qt.MouseButton.LeftButton)
        dialog = self.person.find("solverConstraintDialog", QDialog)
        self.choose("constraintCells", cells)
        self.choose("constraintForm", form)
        self.choose("constraintRelation", relation)
        dialog.bound.setValue(number)
        dialog.accept()
        return dialog

    def report(self, name):
        """A report's rows, made when its tab is opened."""
        tabs = self.dialog.run_page.tabs
        tabs.setCurrentWidget(tabs.pages[name])
        view = tabs.pages[name].view
        self.wait(view.isVisible)
        return view

    def rmse(self):
        """By NumPy, from the numbers that the sheet shows."""
        users, items = self.person.numbers("userFactorsView"), self.person.numbers("itemFactorsView")
        ratings = self.workspace.ratings
        errors = (users @ items)[ratings.users, ratings.items] - ratings.values
        return float(np.sqrt(np.nanmean(errors**2)))

    def select(self, view_name, row, column):
        """Click into a cell of the sheet, which brings its window to the front."""
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        view = self.person.select(view_name, row, column)
        self.wait(view.hasFocus)
        return view

    def bits(self):
        factors = self.workspace.factors
        return factors.user_factors.tobytes(), factors.item_factors.tobytes()


@pytest.fixture
def solving(lesson):
    one = Solving(lesson)
    yield one
    one.dialog.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "solver"]


def test_it_opens_filled_in_for_the_lessons_page(solving):
    dialog = solving.dialog
    assert dialog.objectName() == "solverDialog"
    assert not dialog.isModal()
    assert solving.find("solverObjective").currentText() == "RMSE of the sheet"
    # Where the lesson's own workbook has them: V41, B25:F39 and H19:V23.
    assert dialog.parameters.objective.formula.address.text() == "V41"
    assert dialog.parameters.changing.ranges.text() == "B25:F39, H19:V23"
    assert dialog.parameters.changing.count.text() == "150 cells; Excel's own Solver stops at 200"
    assert solving.find("solverGoalMin").isChecked()
    assert solving.find("solverMethod").currentText() == "GRG Nonlinear"


def test_one_click_takes_the_lesson_from_2_8061_to_0_3929_and_keep_is_one_step(solving):
    assert solving.person.shown_rmse() == 2.8061
    bits = solving.bits()
    solving.solve()
    assert solving.person.shown_rmse() == 0.3929
    assert solving.rmse() == pytest.approx(0.3929, abs=5e-5)
    assert "converged" in solving.sentence()
    solving.click("solverKeep")
    assert solving.workspace.edits.top.label == "Solver solution"
    solving.person.do("actionUndo")
    assert solving.bits() == bits
    assert solving.person.shown_rmse() == 2.8061
    solving.person.do("actionRedo")
    assert solving.person.shown_rmse() == 0.3929


def test_undo_works_from_the_solvers_own_window(solving):
    bits = solving.bits()
    solving.solve()
    solving.click("solverKeep")
    solving.dialog.activateWindow()
    solving.wait(solving.dialog.isActiveWindow)
    solving.qtbot.keyClick(solving.dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    solving.wait(lambda: solving.bits() == bits)


def test_restore_gives_every_number_back_and_undo_has_nothing_to_undo(solving):
    bits = solving.bits()
    solving.solve()
    solving.click("solverRestore")
    assert solving.bits() == bits
    assert solving.person.shown_rmse() == 2.8061
    assert not solving.person.action("actionUndo").isEnabled()
    assert "original values are back" in solving.sentence()


def test_the_cells_move_while_it_solves(solving):
    seen = set()

    def look():
        seen.add(round(solving.rmse(), 4))
        return not solving.control.is_solving

    solving.click("solverSolve")
    assert solving.find("solverPace").currentText() == "30 a second"
    solving.wait(look)
    assert len(seen) > 10
    assert max(seen) > 1.0
    assert min(seen) == pytest.approx(0.3929, abs=1e-4)


def test_objective_and_counters_follow_the_search(solving):
    solving.begin()
    solving.wait(lambda: solving.find("solverFact_iteration").text() not in ("–", "0"))
    assert float(solving.find("solverObjectiveNow").text()) < 2.8
    solving.find("solverPace").setCurrentText("full speed")
    solving.wait(lambda: not solving.control.is_solving)
    assert float(solving.find("solverObjectiveNow").text()) == pytest.approx(0.392901, abs=1e-5)
    curve = solving.dialog.run_page.tabs.curve
    rows = curve.rows()
    assert len(rows) == len(solving.control.result.history) + 1
    assert rows[1][1] == pytest.approx(2.80606, abs=1e-4)
    assert curve.getPlotItem().getAxis("left").logMode


def test_pause_step_and_continue(solving):
    solving.begin()
    solving.click("solverPause")
    assert solving.find("solverPause").text() == "Conti&nue"
    solving.wait(lambda: "Paused" in solving.sentence())
    trials = solving.control.run.trials
    solving.qtbot.wait(300)
    n = len(trials)
    solving.qtbot.wait(300)
    assert len(trials) == n
    solving.click("solverStep")
    solving.wait(lambda: len(trials) == n + 1)
    solving.find("solverPace").setCurrentText("full speed")
    solving.click("solverPause")
    solving.wait(lambda: not solving.control.is_solving)
    assert solving.person.shown_rmse() == 0.3929


def test_show_iteration_results_steps_through_trial_solutions(solving):
    solving.option(show_iterations=True)
    solving.click("solverSolve")
    solving.wait(lambda: "Paused" in solving.sentence())
    before = solving.rmse()
    for _ in range(3):
        n = len(solving.control.run.trials)
        solving.click("solverStep")
        solving.wait(lambda n=n: len(solving.control.run.trials) == n + 1)
    solving.wait(lambda: solving.rmse() < before)


def test_stop_in_the_middle_keeps_the_last_trial_solution(solving):
    solving.begin()
    solving.click("solverStop")
    solving.wait(lambda: not solving.control.is_solving)
    assert "stopped at your request" in solving.sentence()
    stopped = solving.rmse()
    assert 0.3930 < stopped < 2.8
    solving.click("solverKeep")
    assert solving.rmse() == stopped


def test_closing_the_window_while_it_solves_restores(solving):
    bits = solving.bits()
    solving.begin()
    solving.wait(lambda: solving.bits() != bits)
    solving.qtbot.keyClick(solving.dialog, Qt.Key.Key_Escape)
    assert not solving.dialog.isVisible()
    assert solving.bits() == bits
    assert solving.workspace.edits.top is None
    solving.dialog.open_ready()
    solving.solve()
    assert solving.person.shown_rmse() == 0.3929


def test_typing_into_the_sheet_while_it_solves_keeps_the_numbers_and_edits_them(solving):
    solving.begin()
    solving.person.type_into("userFactorsView", 0, 0, "1.5")
    assert not solving.control.is_solving
    assert solving.workspace.factors.user_factors[0, 0] == 1.5
    assert "Undo takes them back" in solving.sentence()
    solving.person.do("actionUndo")
    assert solving.workspace.edits.top.label == "Solver solution"


def test_training_while_a_solution_is_undecided_starts_from_it(solving):
    solving.solve()
    solved = solving.bits()
    solving.person.do("actionStepBatch")
    solving.person.wait_for_state("paused", "finished")
    assert solving.bits() != solved
    solving.person.do("actionUndo")
    assert solving.bits() == solved
    assert solving.workspace.edits.top.label == "Solver solution"


def test_solving_stops_a_training_run_and_starts_from_what_it_has_learned(solving):
    solving.person.do("actionTrain")
    solving.person.wait_for_state("running")
    solving.person.wait_until(lambda: solving.window.control.worker.steps_done > 20)
    solving.solve()
    assert not solving.window.control.is_active
    assert solving.control.result.start < 2.8
    solving.click("solverRestore")
    assert solving.workspace.edits.top.label == "training run"


def test_cells_selected_in_the_sheet_can_be_what_changes(solving):
    changing = solving.dialog.parameters.changing
    solving.select("userFactorsView", 0, 0).select_range(CellRange(0, 0, 0, 4))
    solving.qtbot.mouseClick(changing.replace_button, Qt.MouseButton.LeftButton)
    assert changing.ranges.text() == "B25:F25"
    assert changing.count.text().startswith("5 cells")
    others = solving.workspace.factors.user_factors[1:].copy()
    items = solving.workspace.factors.item_factors.astype(float)
    solving.choose("solverObjective", "RMSE of the selected user")
    solving.solve()
    solving.click("solverKeep")
    np.testing.assert_array_equal(solving.workspace.factors.user_factors[1:], others)
    # One row is a linear least squares problem.
    ratings = solving.workspace.ratings
    rows = ratings.rows_of_user(0)
    expected = np.linalg.lstsq(items[ratings.items[rows]], ratings.values[rows], rcond=None)[0]
    errors = items[ratings.items[rows]] @ expected - ratings.values[rows]
    assert solving.control.result.objective == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-3)


def test_a_second_selection_can_be_added(solving):
    changing = solving.dialog.parameters.changing
    solving.select("userFactorsView", 1, 2)
    solving.qtbot.mouseClick(changing.replace_button, Qt.MouseButton.LeftButton)
    solving.select("itemFactorsView", 0, 3)
    solving.qtbot.mouseClick(changing.add_button, Qt.MouseButton.LeftButton)
    assert changing.ranges.text() == "D26, K19"
    assert changing.count.text().startswith("2 cells")


def test_a_selection_of_ratings_is_no_changing_cell_and_the_window_says_what_to_do(solving):
    changing = solving.dialog.parameters.changing
    solving.select("ratingsView", 0, 0)
    solving.qtbot.mouseClick(changing.replace_button, Qt.MouseButton.LeftButton)
    assert "Select factors or biases" in changing.ranges.text()


def test_the_objective_can_be_picked_from_the_sheet(solving):
    formula = solving.dialog.parameters.objective.formula
    solving.select("ratingsView", 2, 1)
    solving.qtbot.mouseClick(formula.pick_button, Qt.MouseButton.LeftButton)
    assert formula.objective.kind == "cell_prediction"
    assert formula.address.text() == "I27: the prediction of User 73 for Pulp Fiction (1994)"
    solving.window.sheet.show_layer(Layer.ERROR)
    formula.kind.setCurrentIndex(0)
    formula.kind.activated.emit(0)
    solving.qtbot.mouseClick(formula.pick_button, Qt.MouseButton.LeftButton)
    assert formula.objective.kind == "cell_error"


def test_a_prediction_can_be_brought_to_a_value(solving):
    solving.select("ratingsView", 2, 1)
    solving.choose("solverObjective", "Prediction of the selected cell")
    solving.find("solverGoalValue").click()
    solving.find("solverTarget").setValue(4.25)
    solving.solve()
    assert "found a solution" in solving.sentence()
    users, items = solving.person.numbers("userFactorsView"), solving.person.numbers("itemFactorsView")
    assert users[2] @ items[:, 1] == pytest.approx(4.25, abs=1e-5)


def test_constraints_are_met_and_the_reports_tell_so(solving):
    solving.constrain("User factors", "≥", 0.2)
    solving.constrain("Movie factors", "≤", 1.5)
    texts = [solving.find("solverConstraints").item(row).text() for row in range(2)]
    assert texts[0].startswith("B25:F39 ≥ 0.2")
    assert texts[1].startswith("H19:V23 ≤ 1.5")
    solving.solve()
    users, items = solving.person.numbers("userFactorsView"), solving.person.numbers("itemFactorsView")
    assert users.min() >= 0.2 - 1e-6
    assert items.max() <= 1.5 + 1e-6
    rows = solving.report("Answer").rows()
    assert ["The RMSE", pytest.approx(2.80606, abs=1e-4), solving.control.result.objective] in [row[:3] for row in rows]
    assert any(row[3] == "Binding" for row in rows)
    multipliers = [row for row in solving.report("Sensitivity").rows() if row[0] == "User 15, factor 1"]
    assert len(multipliers) == 1
    limits = [row for row in solving.report("Limits").rows() if row[0] == "User 15, factor 1"]
    assert limits[0][2] == pytest.approx(0.2)


def test_whole_numbers_are_refused_with_the_reason(solving):
    dialog = solving.constrain("User factors", "int", 0)
    assert dialog.isVisible()
    assert "Whole numbers are not offered" in dialog.reason.text()
    dialog.reject()
    assert solving.find("solverConstraints").count() == 0


def test_constraints_can_be_changed_and_deleted(solving):
    solving.constrain("User factors", "≥", 0)
    constraints = solving.dialog.parameters.constraints
    solving.qtbot.mouseClick(constraints.change_button, Qt.MouseButton.LeftButton)
    dialog = solving.dialog.findChildren(QDialog, "solverConstraintDialog")[-1]
    assert dialog.relation.currentText() == "≥"
    dialog.bound.setValue(0.1)
    dialog.accept()
    assert constraints.constraints[0].bound == 0.1
    solving.qtbot.mouseClick(constraints.delete_button, Qt.MouseButton.LeftButton)
    assert constraints.constraints == ()


def test_what_cannot_be_met_is_told_and_nothing_changes(solving):
    bits = solving.bits()
    solving.constrain("User factors", "≥", 2)
    solving.constrain("User factors", "≤", 1)
    solving.solve()
    assert "could not find a feasible solution" in solving.sentence()
    assert solving.bits() == bits
    assert not solving.find("solverKeep").isVisible()
    solving.click("solverBack")
    assert solving.find("solverSolve").isVisible()


def test_nothing_to_change_is_told_before_any_search(solving):
    for box in solving.dialog.parameters.changing.blocks.values():
        box.setChecked(False)
    solving.click("solverSolve")
    assert "choose user factors, movie factors or biases" in solving.find("solverReason").text()
    assert solving.control.state == "idle"


def test_simplex_explains_why_it_does_not_apply(solving):
    solving.choose("solverMethod", "Simplex")
    assert "not linear" in solving.dialog.parameters.about.text()
    solving.solve()
    assert "Simplex LP does not apply" in solving.sentence()


def test_the_price_of_a_gradient_is_shown(solving):
    about = solving.dialog.parameters.about
    assert "costs 1 recalculation of the sheet" in about.text()
    solving.option(derivatives="forward")
    assert "costs 151 recalculations of the sheet" in about.text()
    solving.solve()
    assert solving.person.shown_rmse() == pytest.approx(0.3929, abs=1e-3)
    assert solving.control.result.recalculations > 151 * solving.control.result.iterations


def test_options_out_of_range_are_refused_and_no_limit_can_be_typed(solving):
    solving.click("solverOptions")
    dialog = solving.person.find("solverOptionsDialog", QDialog)
    box = dialog.fields["max_iterations"].control
    assert box.text() == "no limit"
    box.setValue(3)
    box.lineEdit().setText("")
    box.interpretText()
    assert dialog.options().max_iterations == 2**31 - 1
    box.lineEdit().setText("0")
    box.interpretText()
    assert "Iterations must be a number from 1 to no limit" in dialog.reason.text()
    box.setValue(3)
    dialog.accept()
    solving.solve()
    assert "iteration limit" in solving.sentence()


def test_scenarios_are_saved_and_switched(solving, monkeypatch):
    start = solving.bits()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_more: ("the start", True))
    solving.click("solverSaveScenario")
    solving.solve()
    solved = solving.bits()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_more: ("solved", True))
    solving.click("solverSaveScenario")
    solving.click("solverRestore")
    solving.find("solverScenarios").setCurrentText("solved")
    solving.click("solverShowScenario")
    assert solving.bits() == solved
    solving.person.do("actionUndo")
    assert solving.bits() == start


def test_a_scenario_of_another_model_is_refused(solving):
    solving.dialog.scenarios.save("five", solving.dialog.parameters.changing.cells())
    solving.workspace.configure(replace(solving.workspace.config, n_factors=3))
    solving.click("solverShowScenario")
    assert "belongs to another model" in solving.find("solverReason").text()


def test_a_saved_model_comes_back_with_its_scenarios(solving, tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    solving.constrain("User factors", "≥", 0.25)
    solving.select("ratingsView", 2, 1)
    solving.choose("solverObjective", "RMSE of the selected movie")
    solving.dialog.parameters.changing.blocks["item_factors"].setChecked(False)
    solving.option(seed=7)
    asked_for = solving.dialog.parameters.problem()
    solving.dialog.scenarios.save("as it was", asked_for.changing)
    solving.click("solverSave")
    assert json.loads(path.read_text())["objective"]["item"] == "296"
    solving.dialog.scenarios.by_name.clear()
    solving.click("solverReset")
    assert solving.dialog.parameters.problem().constraints == ()
    solving.click("solverLoad")
    loaded = solving.dialog.parameters.problem()
    assert (loaded.objective, loaded.goal, loaded.options) == (asked_for.objective, "min", asked_for.options)
    assert loaded.changing.n == 75
    assert loaded.constraints[0].bound == 0.25
    np.testing.assert_array_equal(
        solving.dialog.scenarios.by_name["as it was"].numbers, asked_for.changing.read(solving.workspace.factors)
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "else"}', "{}", '{"format": "CF Studio solver model"}'])
def test_a_file_that_is_no_model_is_refused_with_a_sentence(solving, text, tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    path.write_text(text)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    solving.click("solverLoad")
    assert "model.json" in solving.find("solverReason").text()


def test_a_model_for_another_number_of_factors_is_refused(solving, tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    solving.click("solverSave")
    solving.workspace.configure(replace(solving.workspace.config, n_factors=3))
    solving.click("solverLoad")
    assert "does not fit this document" in solving.find("solverReason").text()


def test_reports_can_be_copied_and_saved(solving, tmp_path, monkeypatch):
    solving.solve()
    view = solving.report("Answer")
    view.selectRow(2)
    view.copy_selected()
    assert QGuiApplication.clipboard().text().startswith("The RMSE\t2.80606\t0.3929")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "answer.csv"), ""))
    view.save_csv()
    rows = list(csv.reader((tmp_path / "answer.csv").read_text().splitlines()))
    assert sum(row[0].startswith("User ") for row in rows) == 75
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "reports.xlsx"), ""))
    solving.dialog.run_page.tabs.save_workbook()
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(tmp_path / "reports.xlsx"))
    assert book.sheet_names == ["Answer Report 1", "Sensitivity Report 1", "Limits Report 1"]
    answer = book.get_sheet_by_name("Answer Report 1").to_python()
    assert answer[2][:2] == ["The RMSE", pytest.approx(2.80606, abs=1e-4)]


def test_reports_stay_those_of_the_solution_after_it_was_kept_and_edited(solving):
    solving.solve()
    before = solving.report("Limits").rows()
    solving.click("solverKeep")
    assert solving.report("Limits").rows() == before
    final = solving.control.result.numbers[0]
    solving.workspace.set_factor("user", 0, 0, 9.0)
    answer = [row for row in solving.report("Answer").rows() if row[0] == "User 15, factor 1"]
    assert answer[0][2] == final


def test_the_model_with_biases_is_filled_in_too_and_excel_could_not_do_it_with_six_factors(solving):
    solving.workspace.configure(replace(solving.workspace.config, n_factors=6, model="dot-bias"))
    changing = solving.dialog.parameters.changing
    assert all(box.isChecked() for box in changing.blocks.values())
    assert changing.count.text() == "210 cells; Excel's own Solver stops at 200"
    solving.solve()
    assert solving.person.shown_rmse() < 0.32


def test_another_document_starts_afresh(solving):
    solving.begin()
    solving.workspace.open_ratings(three_tastes())
    assert solving.control.state == "idle"
    assert solving.dialog.parameters.changing.cells().n == solving.workspace.factors.n_bytes // 4
    solving.solve()
    assert solving.control.state == "finished"


def test_every_control_has_a_name_and_a_tool_tip(solving):
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QAbstractItemView)
    solving.click("solverOptions")
    own = [one for kind in kinds for one in solving.dialog.findChildren(kind)]
    texts = ("OK", "Cancel", "Restore Defaults")
    for control in own:
        inside_another = isinstance(control.parent(), QComboBox | QAbstractItemView | QTabBar)
        plain = isinstance(control, QAbstractButton) and control.text().replace("&", "") in texts
        if inside_another or plain or control.window().objectName() == "":
            continue
        assert control.accessibleName(), (type(control), control.objectName())
        assert control.toolTip() or isinstance(control, QAbstractItemView), control.accessibleName()
    solving.dialog.findChild(QDialog, "solverOptionsDialog").reject()


def test_the_menu_opens_one_solver_and_undo_decides_what_it_still_shows(lesson):
    lesson.type_into("userFactorsView", 0, 0, "0.5")
    before = lesson.shown_rmse()
    lesson.do("actionSolver")
    dialog = lesson.find("solverDialog")
    lesson.do("actionSolver")
    assert lesson.window.findChildren(type(dialog)) == [dialog]
    assert dialog.isVisible()
    dialog.solve()
    lesson.wait_until(lambda: dialog.control.state == "finished")
    # The solution, still undecided, becomes a step, which Undo takes back.
    lesson.do("actionUndo")
    assert lesson.shown_rmse() == before
    lesson.do("actionRedo")
    assert lesson.shown_rmse() < 0.4


def test_trial_solutions_can_be_stepped_through_both_ways_and_any_of_them_kept(solving):
    solving.solve()
    trials = list(solving.control.run.trials)
    solved = solving.rmse()
    slider = solving.find("solverTrial")
    assert slider.isVisible()
    solving.click("solverTrialBack")
    slider.setFocus()
    for _ in range(4):
        solving.qtbot.keyClick(slider, Qt.Key.Key_Left)
    place = len(trials) - 5
    assert solving.dialog.run_page.trial_bar.name.text() == f"trial solution {place}"
    assert solving.rmse() == pytest.approx(trials[place].objective, abs=1e-5)
    assert solving.find("solverObjectiveNow").text() == f"{trials[place].objective:.6g}"
    assert f"shows trial solution {place}" in solving.sentence()
    solving.qtbot.keyClick(slider, Qt.Key.Key_End)
    assert "converged" in solving.sentence()
    assert solving.rmse() == pytest.approx(solved, abs=1e-9)
    solving.qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert solving.person.shown_rmse() == 2.8061
    solving.click("solverTrialForward")
    solving.click("solverKeep")
    assert solving.rmse() == pytest.approx(trials[1].objective, abs=1e-5)
    assert not slider.isVisible()
    solving.person.do("actionUndo")
    assert solving.person.shown_rmse() == 2.8061


def test_show_iteration_results_stops_at_each_trial_solution_and_lets_look_back(solving):
    solving.option(show_iterations=True)
    solving.click("solverSolve")
    for n in (2, 3, 4):
        solving.wait(lambda n=n: len(solving.control.run.trials) == n - 1 and solving.control.state == "paused")
        solving.click("solverStep")
    solving.wait(lambda: len(solving.control.run.trials) == 4)
    solving.wait(lambda: solving.find("solverTrial").maximum() == 4)
    solving.find("solverTrial").setValue(1)
    assert solving.rmse() == pytest.approx(solving.control.run.trials[1].objective, abs=1e-5)
    solving.click("solverStop")
    solving.wait(lambda: not solving.control.is_solving)
    assert solving.find("solverTrial").value() == 4


def test_the_keyboard_alone_solves_looks_back_and_keeps(solving):
    dialog, bits = solving.dialog, solving.bits()
    dialog.activateWindow()
    solving.wait(dialog.isActiveWindow)
    solving.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    solving.find("solverPace").setCurrentText("full speed")
    solving.wait(lambda: solving.control.state == "finished")
    slider = solving.find("solverTrial")
    for _ in range(40):
        if slider.hasFocus():
            break
        solving.qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
    assert slider.hasFocus(), "Tab does not reach the trial solutions"
    solving.qtbot.keyClick(slider, Qt.Key.Key_Left)
    solving.qtbot.keyClick(slider, Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    solving.wait(lambda: solving.control.state == "idle")
    assert solving.rmse() < 0.4
    solving.qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert solving.bits() == bits
    solving.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_of_a_net_the_window_says_at_once_that_it_cannot_be_solved_and_offers_a_model_that_can(lesson):
    workspace = lesson.window.workspace
    workspace.configure(replace(workspace.config, model="net"))
    solving = Solving(lesson)
    solve, reason, other = (solving.find(name) for name in ("solverSolve", "solverReason", "solverOtherModel"))
    assert not solve.isEnabled()
    assert reason.isVisible()
    assert "choose “With biases” as the model" in reason.text()
    assert "a net is not" in solve.toolTip()
    # What is asked does not change that.
    solving.choose("solverMethod", "Evolutionary")
    assert "a net is not" in reason.text()
    solving.click("solverOtherModel")
    assert workspace.config.model == "dot-bias"
    assert solve.isEnabled()
    assert not other.isVisible()
    assert not reason.text()
    assert "cells move" in solve.toolTip()
    workspace.edits.undo()
    assert not solve.isEnabled()
    solving.dialog.close()
