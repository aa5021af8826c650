"""A map of all movies or users: found, lassoed, named, followed while it trains, taken along as picture and numbers."""

import csv

import numpy as np
import pytest
from explorer_support import open_panel, settle
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog
from sklearn.decomposition import PCA
from support import crosstab, random_ratings

from cfstudio.explore.neighbors import nearest
from cfstudio.gui.map.coloring import genre_classes, number_classes
from cfstudio.gui.map.map_marks import place_labels
from cfstudio.gui.view_state import apply_view, view_of

NO, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def mapped(tastes):
    tastes.train()
    return tastes, open_panel(tastes, "map")


def pixel(panel, point):
    """Where a point is on the plot's viewport."""
    place = panel.plot.box.mapViewToScene(QPointF(*panel.plane.places[point]))
    return panel.plot.mapFromScene(place)


def expected_places(person, panel, side="item"):
    factors = person.window.workspace.factors
    matrix = (factors.item_factors if side == "item" else factors.user_factors).astype(float)[panel.codes]
    pca = PCA(2).fit(matrix)
    places = pca.transform(matrix)
    return places * np.sign((places * panel.plane.places).sum(axis=0)), pca.explained_variance_ratio_


def test_the_map_is_scikit_learns_principal_plane_and_says_what_it_holds(mapped):
    person, panel = mapped
    places, explained = expected_places(person, panel)
    np.testing.assert_allclose(panel.plane.places, places, atol=1e-5)
    assert f"hold {100 * explained.sum():.0f} % of the variance" in panel.note.text()
    assert panel.plot._axis_texts[0] == f"component 1 · {100 * explained[0]:.0f} %"


def test_users_have_a_map_too(mapped):
    person, panel = mapped
    panel.controls.side_box.setCurrentIndex(1)
    settle(person, panel)
    assert panel.codes.tolist() == list(range(12))
    np.testing.assert_allclose(panel.plane.places, expected_places(person, panel, "user")[0], atol=1e-5)


def test_a_click_on_a_point_selects_it_everywhere_and_lines_go_to_its_neighbors(mapped):
    person, panel = mapped
    target = 7
    person.qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, NO, pixel(panel, target))
    # Overlapping points: the nearest to the pointer is meant.
    selected = person.window.workspace.selection.item
    distances = np.hypot(*(panel.plane.places - panel.plane.places[target]).T)
    assert distances[selected] < 0.05 * np.ptp(panel.plane.places)
    assert panel.plot.marks.selected == selected
    wanted = nearest(person.window.workspace.factors.item_factors, selected, 10).codes
    assert panel.plot.marks.neighbors.tolist() == wanted.tolist()
    person.window.workspace.select(item=3)
    assert panel.plot.marks.selected == 3


def test_a_lasso_selects_whole_columns_in_the_sheet(mapped):
    person, panel = mapped
    viewport = panel.plot.viewport()
    panel.controls.lasso.click()
    area = panel.plot.box.sceneBoundingRect()
    corners = [
        panel.plot.mapFromScene(QPointF(*corner))
        for corner in (
            (area.left() + 2, area.top() + 2),
            (area.center().x(), area.top() + 2),
            (area.center().x(), area.bottom() - 2),
            (area.left() + 2, area.bottom() - 2),
        )
    ]
    middle = panel.plot.box.mapSceneToView(area.center()).x()
    expected = np.flatnonzero(panel.plane.places[:, 0] < middle)
    person.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, NO, corners[0])
    for corner in corners[1:]:
        # pyqtgraph looks at the mouse a hundred times a second at most.
        person.qtbot.wait(20)
        move(viewport, corner - QPoint(5, 0))
        person.qtbot.wait(20)
        move(viewport, corner)
    person.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, NO, corners[-1])
    assert 0 < len(expected) < 10
    assert sorted(person.window.sheet.selected_items().tolist()) == expected.tolist()
    assert panel.note.text().startswith(f"{len(expected)} movie")
    assert person.window.neighbors_panel._asked.likes == tuple(expected.tolist()) or len(expected) == 1


def move(viewport, place):
    """A move with the button down, which pytest-qt's does not say."""
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), QPointF(viewport.mapToGlobal(place)), left, left, NO)
    QApplication.sendEvent(viewport, event)


def test_a_search_points_out_titles_and_return_goes_to_the_first(mapped):
    person, panel = mapped
    title = str(person.window.workspace.ratings.item_table.titles[4])
    panel.controls.search.setFocus()
    person.qtbot.keyClicks(panel.controls.search, title[:8])
    person.wait_until(lambda: panel.highlights.hits is not None)
    titles = person.window.workspace.ratings.item_table.titles.tolist()
    assert panel.highlights.hits.tolist() == [title[:8].casefold() in one.casefold() for one in titles]
    person.qtbot.keyClick(panel.controls.search, Qt.Key.Key_Return)
    assert title[:8].casefold() in titles[person.window.workspace.selection.item].casefold()
    panel.controls.search.clear()
    person.wait_until(lambda: panel.highlights.hits is None)


def test_it_follows_a_run_without_turning_over_and_is_exact_at_rest(tastes):
    panel = open_panel(tastes, "map")
    assert "untrained" in panel.note.text()
    before = panel.plane
    tastes.do("actionTrain")
    tastes.wait_until(lambda: panel.plane is not before)
    seen = panel.plane
    tastes.wait_until(lambda: panel.plane is not seen)
    assert panel.plane.is_turned
    moved = panel.plane.places * seen.places
    assert moved.sum() > 0
    tastes.do("actionPause")
    tastes.wait_until(lambda: not panel.is_waiting and not panel.plane.is_turned)
    np.testing.assert_allclose(panel.plane.places, expected_places(tastes, panel)[0], atol=1e-5)


def test_an_axis_is_named_undone_and_saved_with_the_session(mapped, monkeypatch):
    person, panel = mapped
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_more: ("space – kitchen", True))
    panel.menu.ask_name(0)
    assert panel.plot._axis_texts[0].startswith("space – kitchen · ")
    person.do("actionUndo")
    assert panel.plot._axis_texts[0].startswith("component 1 · ")
    person.do("actionRedo")
    view = view_of(person.window)
    person.do("actionUndo")
    apply_view(person.window, view)
    assert panel.plot._axis_texts[0].startswith("space – kitchen · ")


def test_other_components_can_be_shown(mapped):
    person, panel = mapped
    panel.menu.fill()
    across = next(one for one in panel.menu.menu.actions() if one.text() == "Component across").menu()
    across.actions()[2].trigger()
    settle(person, panel)
    assert panel.plane.components == (2, 1)
    factors = person.window.workspace.factors.item_factors.astype(float)
    third = PCA(3).fit_transform(factors)[:, 2]
    np.testing.assert_allclose(np.abs(panel.plane.places[:, 0]), np.abs(third), atol=1e-5)


def test_the_picture_and_the_numbers_are_taken_along(mapped, tmp_path, monkeypatch):
    _, panel = mapped
    for suffix in ("png", "svg", "csv"):
        path = tmp_path / f"map.{suffix}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, path=path, **_more: (str(path), ""))
        panel.menu._save_csv() if suffix == "csv" else panel.menu._save_picture(f"map.{suffix}", "")
    picture = QImage(str(tmp_path / "map.png"))
    assert picture.width() == 2 * panel.plot.width()
    colors = {
        picture.pixelColor(x, y).name() for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)
    }
    assert len(colors) > 5
    drawing = (tmp_path / "map.svg").read_text()
    assert drawing.count("<path") >= 10
    assert "Two Suns" in drawing or "component 1" in drawing
    with (tmp_path / "map.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_allclose([float(row["Across"]) for row in rows], panel.plane.places[:, 0], rtol=1e-5)


def test_colors_come_with_shapes_or_sizes_and_a_legend(mapped):
    _, panel = mapped
    for place in range(panel.controls.color_box.count()):
        panel.controls.color_box.setCurrentIndex(place)
        panel.controls.color_chosen.emit()
        looks = panel.legend._looks
        assert looks
        assert len({(look.shape, look.size) for look in looks}) == len(looks)
        assert len({look.color for look in looks}) == len(looks)


def test_what_leaves_no_map_is_said_in_a_sentence(lesson):
    panel = open_panel(lesson, "map")
    panel.controls.min_ratings.setValue(300)
    settle(lesson, panel)
    assert "there are 0; loosen the filter" in panel.note.text()
    assert len(panel.codes) == 0
    panel.controls.min_ratings.setValue(0)
    settle(lesson, panel)
    assert len(panel.codes) == 15
    workspace = lesson.window.workspace
    columns = np.repeat(np.arange(5), 15)
    workspace.set_factors("item", np.tile(np.arange(15), 5), columns, np.full(75, 0.5), "all alike")
    settle(lesson, panel)
    assert (
        panel.note.text() == "All factors are alike, so there are no principal components yet; train the model first."
    )
    workspace.open_ratings(crosstab([[4.0], [3.0]]))
    settle(lesson, panel)
    assert "there is only 1" in panel.note.text()


def test_umap_is_offered_with_the_way_to_get_it(mapped, monkeypatch):
    _, panel = mapped
    monkeypatch.setattr("cfstudio.gui.map.map_panel.has_umap", lambda: False)
    panel.controls.method_chosen.emit("umap")
    assert "pip install 'cfstudio[umap]'" in panel.note.text()
    assert panel.method == "pca"


@pytest.mark.slow
def test_t_sne_moves_before_the_eyes_and_can_be_stopped(open_window):
    person = open_window("--data", "lesson")
    person.window.workspace.open_ratings(random_ratings(60, 200, 4000))
    panel = open_panel(person, "map")
    person.qtbot.waitUntil(lambda: len(panel.codes) == 200, timeout=20_000)
    panel.controls.method_chosen.emit("tsne")
    assert panel.foot.stop.isVisible()
    # Starting a process that imports scikit-learn takes its time on a busy machine.
    person.qtbot.waitUntil(lambda: not panel.plane.components, timeout=90_000)
    first = panel.plane.places
    person.wait_until(lambda: panel.plane.places is not first)
    assert panel.foot.progress.maximum() == 1000
    person.qtbot.mouseClick(panel.foot.stop, Qt.MouseButton.LeftButton)
    assert not panel.run.is_running
    assert not panel.foot.stop.isVisible()
    stopped = panel.plane.places
    person.qtbot.wait(200)
    assert panel.plane.places is stopped
    panel.controls.method_chosen.emit("pca")
    settle(person, panel)
    assert panel.plane.components == (0, 1)


def test_labels_do_not_touch_each_other():
    rng = np.random.default_rng(0)
    pixels = rng.uniform(0, 400, (300, 2))
    placed = place_labels(list(range(300)), pixels, QRectF(0, 0, 400, 400), 16.0, lambda point: 60.0 + point % 7)
    boxes = [box for _, box in placed]
    assert len(boxes) > 10
    assert not any(a.intersects(b) for place, a in enumerate(boxes) for b in boxes[:place])
    assert placed[0][0] == 0


def test_the_rarest_of_the_common_genres_and_equal_fifths_make_the_classes(tastes):
    ratings = tastes.window.workspace.ratings
    classes = genre_classes(ratings)
    for code, text in enumerate(ratings.item_table.genres.tolist()):
        name = classes.names[classes.of_code[code]]
        own = [one for one in text.split("|") if one in classes.names]
        counts = [sum(one in other.split("|") for other in ratings.item_table.genres.tolist()) for one in own]
        assert name == "other" if not own else counts[own.index(name)] == min(counts)
    values = np.array([np.nan, *np.arange(100.0)])
    fifths = number_classes(values, values, "{:.0f}")
    assert np.bincount(fifths.of_code).tolist() == [20, 20, 20, 20, 20, 1]
    assert fifths.names == ("< 20", "20 – 40", "40 – 59", "59 – 79", "≥ 79", "unknown")


@pytest.mark.parametrize("rest", [0, 300])
def test_a_lasso_is_one_question_of_the_neighbors_and_back_leads_to_the_one_before(mapped, rest):
    person, panel = mapped
    neighbors = person.window.neighbors_panel
    person.window.workspace.select(item=3)
    person.wait_until(lambda: not neighbors.is_waiting)
    # After a rest a selection is answered at once, that of the first cell, too.
    person.qtbot.wait(rest)
    panel.lines_chosen.emit("item", [0, 1, 5])
    assert neighbors.bar.back.isEnabled()
    neighbors.bar.back.click()
    assert neighbors._asked.likes == (3,)
    neighbors.bar.forward.click()
    assert neighbors._asked.likes == (0, 1, 5)
    assert not neighbors.bar.forward.isEnabled()
