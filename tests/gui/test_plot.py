"""What people gain from the curve: the measured numbers as they are, to read, to compare and to take along."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox

Key, Role = Qt.Key, Qt.ItemDataRole


@pytest.fixture
def trained(tastes):
    """A run of 300 epochs with a fifth held out."""
    tastes.find("valid_fraction").setValue(0.2)
    tastes.train()
    return tastes


def curve(person, name):
    items = person.find("rmsePlot").getPlotItem().listDataItems()
    return next(one for one in items if one.name() == name)


def points(person, name):
    """The points that a curve holds, as measured."""
    x, y = curve(person, name).getOriginalDataset()
    return (np.empty(0), np.empty(0)) if x is None else (x, y)


def plot(person):
    return person.window.training_panel.plot


def test_before_training_there_is_no_curve_but_an_invitation_and_the_line_to_beat(lesson):
    assert len(points(lesson, "train")[0]) == 0
    assert plot(lesson)._invitation.isVisible()
    ratings = lesson.numbers("ratingsView")
    assert plot(lesson).baseline == pytest.approx(np.nanstd(ratings))


def test_the_curves_hold_every_measurement_of_the_run(trained):
    history = trained.window.workspace.history
    assert len(history) == 301
    for name, measured in (("train", history.train_rmse), ("valid", history.valid_rmse)):
        steps, rmse = points(trained, name)
        assert np.array_equal(steps, history.steps)
        assert np.array_equal(rmse, measured)
    assert points(trained, "train")[1][-1] == pytest.approx(trained.shown_rmse(), abs=5.1e-5)
    assert not plot(trained)._invitation.isVisible()


def test_the_curve_grows_while_it_trains(lesson):
    lesson.do("actionTrain")
    lesson.wait_until(lambda: len(points(lesson, "train")[0]) > 5)
    n_points = len(points(lesson, "train")[0])
    lesson.wait_until(lambda: len(points(lesson, "train")[0]) > n_points + 5)
    assert lesson.window.control.state == "running"


def test_without_held_out_cells_there_is_one_curve(lesson):
    lesson.train()
    assert len(points(lesson, "train")[0]) == 301
    assert len(points(lesson, "valid")[0]) == 0


def test_smoothing_is_off_until_asked_for_and_never_replaces_the_measured_points(trained):
    measured = points(trained, "valid")
    canvas = trained.find("rmsePlot")
    slider = plot(trained).controls.smoothing
    assert slider.value() == 0
    assert not canvas._curves._smooth["valid"].isVisible()
    for _ in range(8):
        trained.qtbot.keyClick(slider, Key.Key_PageUp)
    assert slider.value() == 80
    assert canvas._curves._smooth["valid"].isVisible()
    x, y = canvas._curves._smooth["valid"].getOriginalDataset()
    assert np.array_equal(x, measured[0])
    # The debiased moving average, once more by its definition.
    weights = 0.8 ** np.arange(len(y))
    expected = [np.average(measured[1][: n + 1][::-1], weights=weights[: n + 1]) for n in range(len(y))]
    np.testing.assert_allclose(y, expected, rtol=1e-9)
    assert all(np.array_equal(a, b) for a, b in zip(points(trained, "valid"), measured, strict=True))
    trained.qtbot.keyClick(slider, Key.Key_Home)
    assert not canvas._curves._smooth["valid"].isVisible()


def test_the_error_can_be_put_on_a_logarithmic_axis_and_back(trained):
    canvas = trained.find("rmsePlot")
    _, rmse = points(trained, "train")
    linear = canvas.getPlotItem().viewRange()[1]
    assert linear[0] <= rmse.min() < rmse.max() <= linear[1]
    canvas.setFocus()
    trained.press(Key.Key_L)
    assert plot(trained).controls.log.isChecked()
    assert canvas.getPlotItem().getAxis("left").logMode
    np.testing.assert_allclose(curve(trained, "train").getData()[1], np.log10(rmse))
    low, high = canvas.getPlotItem().viewRange()[1]
    assert low <= math.log10(rmse.min()) < math.log10(rmse.max()) <= high
    assert np.array_equal(points(trained, "train")[1], rmse)
    trained.qtbot.mouseClick(plot(trained).controls.log, Qt.MouseButton.LeftButton)
    assert not canvas.getPlotItem().getAxis("left").logMode
    assert canvas.getPlotItem().viewRange()[1] == linear


def sentence(person, index):
    steps, train = points(person, "train")
    valid = points(person, "valid")[1]
    step = steps[index]
    history = person.window.workspace.history
    more = f"rate 0.05 · batch {history.batch_rmse[index]:.3g} · gradient {history.gradient_norms[index]:.3g}"
    return f"step {step:,.0f} · epoch {step:.4g} · train {train[index]:.4f} · held out {valid[index]:.4f} · {more}"


def move_mouse(canvas, place):
    viewport = canvas.viewport()
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        viewport.mapToGlobal(QPointF(place)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def test_the_mouse_over_the_curve_reads_the_nearest_measurement_in_words(trained):
    canvas = trained.find("rmsePlot")
    view = canvas.getPlotItem().getViewBox()
    for step in (120, 37):
        scene = view.mapViewToScene(QPointF(step, 1.0))
        move_mouse(canvas, canvas.mapFromScene(scene))
        # pyqtgraph takes no more than a hundred moves a second.
        trained.qtbot.wait(20)
        # A pixel is about a step wide.
        assert plot(trained).reading.text() in {sentence(trained, step + off) for off in (-1, 0, 1)}
    move_mouse(canvas, QPoint(0, 0))
    best = int(np.argmin(points(trained, "valid")[1]))
    assert plot(trained).reading.text() == f"◇ Best: {sentence(trained, best)}"


def test_the_arrow_keys_read_the_curve_without_a_mouse(trained):
    canvas = trained.find("rmsePlot")
    canvas.setFocus()
    trained.press(Key.Key_Left)
    assert plot(trained).reading.text() == sentence(trained, 299)
    trained.press(Key.Key_Left)
    trained.press(Key.Key_Right)
    trained.press(Key.Key_Right)
    trained.press(Key.Key_Right)
    assert plot(trained).reading.text() == sentence(trained, 300)


def test_the_best_held_out_point_is_marked(trained):
    steps, rmse = points(trained, "valid")
    best = int(np.argmin(rmse))
    assert 0 < best < 300
    x, y = trained.find("rmsePlot")._curves._best.getOriginalDataset()
    assert (x.tolist(), y.tolist()) == ([steps[best]], [rmse[best]])


def test_a_person_who_zoomed_keeps_the_range_until_asking_to_fit(trained):
    canvas = trained.find("rmsePlot")
    view = canvas.getPlotItem().getViewBox()
    whole = canvas.getPlotItem().viewRange()
    view.setRange(xRange=(10, 20), yRange=(0.5, 1.0), padding=0)
    view.sigRangeChangedManually.emit([True, True])
    trained.do("actionResetFactors")
    trained.do("actionStepBatch")
    trained.wait_for_state("paused")
    trained.qtbot.mouseClick(plot(trained).controls.fit, Qt.MouseButton.LeftButton)
    assert canvas.getPlotItem().viewRange() != [[10, 20], [0.5, 1.0]]
    trained.do("actionUndo")
    trained.do("actionUndo")
    assert canvas.getPlotItem().viewRange() == whole


def test_undo_takes_the_curve_back_too_and_redo_brings_it_again(trained):
    before = points(trained, "train")
    trained.do("actionUndo")
    assert len(points(trained, "train")[0]) == 0
    trained.do("actionRedo")
    assert np.array_equal(points(trained, "train")[1], before[1])


# Taking it along


def export(person, text, path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(path), ""))
    menu = plot(person).controls.export.menu()
    next(one for one in menu.actions() if text in one.text()).trigger()


def test_the_whole_history_is_saved_as_csv(trained, tmp_path, monkeypatch):
    export(trained, "CSV", tmp_path / "curve.csv", monkeypatch)
    with (tmp_path / "curve.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    history = trained.window.workspace.history
    assert list(rows[0]) == [
        "step", "epoch", "train_rmse", "valid_rmse", "seconds", "learning_rate",
        "batch_rmse", "gradient_norm", "user_norm", "item_norm",
    ]  # fmt: skip

    for name, column in (
        ("step", history.steps),
        ("train_rmse", history.train_rmse),
        ("valid_rmse", history.valid_rmse),
    ):
        np.testing.assert_allclose([float(row[name]) for row in rows], column, rtol=1e-5)


def test_the_picture_is_saved_as_png_at_twice_the_resolution_and_shows_the_curves(trained, tmp_path, monkeypatch):
    export(trained, "PNG", tmp_path / "curve.png", monkeypatch)
    image = QImage(str(tmp_path / "curve.png"))
    assert image.size() == trained.find("rmsePlot").size() * 2
    colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())}
    assert "#1f66c7" in colors
    assert "#bd5208" in colors


def test_the_picture_is_saved_as_svg_with_text_that_stays_text(trained, tmp_path, monkeypatch):
    export(trained, "SVG", tmp_path / "curve", monkeypatch)
    text = (tmp_path / "curve.svg").read_text()
    assert "<svg" in text
    assert "Held out</text>" in text
    assert text.count("<path") + text.count("<polyline") > 5


def test_a_place_that_cannot_be_written_is_told(trained, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, text: told.append(text))
    export(trained, "CSV", tmp_path / "missing" / "curve.csv", monkeypatch)
    assert len(told) == 1
    assert "curve.csv could not be saved: No such file or directory." in told[0]


def test_the_numbers_can_be_pasted_into_a_spreadsheet(trained):
    menu = plot(trained).controls.export.menu()
    assert isinstance(menu, QMenu)
    menu.actions()[0].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 302
    assert lines[0].split("\t")[:3] == ["step", "epoch", "train_rmse"]
    assert float(lines[-1].split("\t")[2]) == pytest.approx(trained.shown_rmse(), abs=1e-4)


# The table of epochs


def test_the_table_has_one_row_per_epoch_with_the_numbers_of_the_history(trained):
    rows = trained.window.workspace.history.epoch_rows()
    assert len(rows) == 300
    model = trained.find("lossHistory").model()
    table = [[model.index(r, c).data(Role.EditRole) for c in range(4)] for r in range(model.rowCount())]
    assert table == [[row["epoch"], row["train_rmse"], row["valid_rmse"], row["seconds"]] for row in rows]
    assert model.index(9, 1).data() == f"{rows[9]['train_rmse']:.4f}"
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in range(3)] == [
        "Epoch",
        "Train RMSE",
        "Held-out RMSE",
    ]


def test_without_held_out_cells_the_table_says_none_instead_of_a_number(lesson):
    lesson.train()
    model = lesson.find("lossHistory").model()
    assert model.rowCount() == 300
    assert model.index(0, 2).data() == "–"
    assert model.index(0, 2).data(Role.AccessibleTextRole) == "Held-out RMSE none"


def test_the_table_of_epochs_is_copied_whole(trained):
    table = trained.find("lossHistory")
    trained.window.training_panel.tabs.setCurrentWidget(table)
    table.setFocus()
    table.selectRow(2)
    trained.press(Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Epoch\tTrain RMSE\tHeld-out RMSE\tSeconds"
    assert lines[1].split("\t")[0] == "3"
    assert len(lines) == 2


# What else can be shown


def choose(person, text):
    menu = plot(person).choices
    action = next(one for one in menu.actions() if one.text().replace("&", "") == text)
    action.trigger()


def test_the_lines_to_beat_have_names_and_their_source(trained):
    from cfstudio.learning.baselines import baselines

    workspace = trained.window.workspace
    known = baselines(workspace.ratings, workspace.held_out)
    lines = [item for _, item in trained.find("rmsePlot").marks._lines]
    assert [line.value() for line in lines] == pytest.approx([known.global_mean, known.user_and_item])
    assert [line.label.format for line in lines] == [
        f"mean {known.global_mean:.3f}",
        f"user + item means {known.user_and_item:.3f}",
    ]
    assert "what the item gets more than others" in lines[1].toolTip()
    choose(trained, "User and item means")
    assert len(trained.find("rmsePlot").marks._lines) == 1


def test_the_batch_error_is_drawn_when_asked_for(trained):
    assert len(points(trained, "batch")[0]) == 0
    choose(trained, "Batch error")
    history = trained.window.workspace.history
    steps, rmse = points(trained, "batch")
    assert np.array_equal(steps, history.steps[1:])
    assert np.array_equal(rmse, history.batch_rmse[1:])


def test_rates_gradients_and_factor_lengths_stand_below_over_the_same_steps(trained):
    below = plot(trained).below
    assert not below.isVisible()
    history = trained.window.workspace.history
    for text, column in (
        ("Learning rate", history.learning_rates),
        ("Gradient length", history.gradient_norms),
        ("Factor lengths", history.user_norms),
    ):
        choose(trained, text)
        assert below.isVisible()
        x, y = below._curves[0].getOriginalDataset()
        finite = np.isfinite(column)
        assert np.array_equal(y, column[finite])
        assert np.array_equal(x, history.steps[finite])
    # The users' mean length, by hand.
    users = trained.window.workspace.factors.user_factors
    assert y[-1] == pytest.approx(np.sqrt(np.square(users).sum(axis=1).mean()), rel=1e-4)

    def pixel(view, step):
        inside = view.mapFromScene(view.getViewBox().mapViewToScene(QPointF(step, 0.0)))
        return view.mapTo(trained.window, inside).x()

    # The same step stands above itself.
    canvas = trained.find("rmsePlot")
    trained.wait_until(lambda: all(abs(pixel(below, step) - pixel(canvas, step)) <= 2 for step in (10, 290)))


def test_steps_on_a_logarithmic_axis_begin_at_the_first(trained):
    canvas = trained.find("rmsePlot")
    canvas.setFocus()
    trained.press(Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.logs_steps
    assert canvas.getViewBox().viewRange()[0] == pytest.approx([0, math.log10(300)], abs=0.02)
    assert points(trained, "train")[0][0] == 1
    trained.press(Key.Key_Left)
    assert plot(trained).reading.text().startswith("step 299 · epoch 299 · ")


def test_another_run_is_drawn_beside_this_one_under_its_name(trained):
    trained.do("actionResetFactors")
    trained.find("learning_rate").setValue(0.01)
    trained.train()
    runs = trained.window.training_panel.runs
    trained.wait_until(lambda: runs.model.rowCount() == 2)
    index = runs.model.index(runs.model.row_of(1), 0)
    runs.model.setData(index, Qt.CheckState.Checked, Role.CheckStateRole)
    canvas = trained.find("rmsePlot")
    ((overlay, item),) = canvas.marks._overlays
    history = trained.window.workspace.runs.get(1).history
    assert overlay.label == "Run 1"
    assert np.array_equal(item.getOriginalDataset()[1], history.valid_rmse)
    assert "Run 1" in [label.text for _, label in canvas._legend.items]
