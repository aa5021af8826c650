"""What each factor is worth and may stand for, what happens without it, and what it would do to a user."""

import numpy as np
import pytest
from explorer_support import column, open_panel, settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from support import crosstab


@pytest.fixture
def trained(tastes):
    tastes.train()
    return tastes, open_panel(tastes, "factors")


def factors_of(person):
    return person.window.workspace.factors


def select_row(person, panel, row):
    panel.table.selectRow(row)
    settle(person, panel)


def test_components_have_scikit_learns_variance_and_the_movies_at_their_ends(trained):
    person, panel = trained
    pca = PCA().fit(factors_of(person).item_factors.astype(float))
    np.testing.assert_allclose(column(panel.table, 1), pca.explained_variance_ratio_, atol=1e-6)
    select_row(person, panel, 1)
    scores = pca.transform(factors_of(person).item_factors.astype(float))[:, 1]
    titles = person.window.workspace.ratings.item_table.titles
    ends = column(panel.ends, 0), column(panel.ends, 1)
    order = titles[np.argsort(-scores)].tolist()
    assert ends in ((order, order[::-1]), (order[::-1], order))


def test_the_error_without_each_factor_is_that_of_the_model_with_zeros_there(trained):
    person, panel = trained
    panel.kind_box.setCurrentIndex(1)
    settle(person, panel)
    ratings = person.window.workspace.ratings
    for number, shown in enumerate(column(panel.table, 2)):
        model = factors_of(person).copy()
        model.item_factors[:, number] = 0
        rmse = np.sqrt(np.nanmean((ratings.values - model.predict(ratings.users, ratings.items)) ** 2))
        assert shown == pytest.approx(rmse, abs=1e-5)
    assert panel.note.text().startswith(f"RMSE {person.shown_rmse():.4f} over the training ratings")


def test_the_sentence_says_what_the_factor_goes_with(trained):
    person, panel = trained
    scores = factors_of(person).item_factors.astype(float) @ panel._facts.directions[:, 0]
    found = spearmanr(scores, person.window.workspace.ratings.item_table.years)
    assert f"year {found.statistic:+.2f}".replace("-", "−") in panel.meaning.text()
    assert panel.genres.model().rowCount() > 0
    assert min(column(panel.genres, 4)) <= 1.0


def test_the_slider_shows_what_more_of_a_factor_would_recommend_and_changes_nothing(trained):
    person, panel = trained
    person.select("userFactorsView", 4, 0)
    panel.tabs.setCurrentWidget(panel.nudge)
    before = factors_of(person).copy()
    assert column(panel.nudge.table, 2) == pytest.approx([0.0] * len(column(panel.nudge.table, 2)))
    assert column(panel.nudge.table, 3) == list(range(1, len(column(panel.nudge.table, 3)) + 1))
    panel.nudge.slider.setValue(40)
    direction = panel._facts.directions[:, 0]
    spread = (before.user_factors.astype(float) @ direction).std()
    model = before.copy()
    model.user_factors[4] += (2.0 * spread * direction).astype(model.user_factors.dtype)
    user = int(person.window.axes.users[4])
    predictions = model.predict_block(np.array([4]), np.arange(10))[0]
    rated = ~np.isnan(person.window.workspace.ratings.block(np.array([user]), np.arange(10))[0])
    order = [code for code in np.argsort(-predictions, kind="stable") if not rated[code]]
    titles = person.window.workspace.ratings.item_table.titles
    assert column(panel.nudge.table, 0) == titles[order].tolist()
    np.testing.assert_allclose(column(panel.nudge.table, 1), predictions[order], atol=1e-4)
    assert factors_of(person).equals(before)
    person.qtbot.mouseClick(panel.nudge.back, Qt.MouseButton.LeftButton)
    assert panel.nudge.slider.value() == 0


def test_a_rotation_leaves_the_error_and_is_undone(trained):
    person, panel = trained
    before, rmse = factors_of(person).copy(), person.shown_rmse()
    person.qtbot.mouseClick(panel.rotate, Qt.MouseButton.LeftButton)
    settle(person, panel)
    assert person.shown_rmse() == rmse
    assert not factors_of(person).equals(before)
    panel.kind_box.setCurrentIndex(1)
    settle(person, panel)
    assert column(panel.table, 1) == sorted(column(panel.table, 1), reverse=True)
    person.do("actionUndo")
    assert factors_of(person).equals(before)


def test_dropping_shows_the_promised_error_and_the_only_factor_stays(trained):
    person, panel = trained
    select_row(person, panel, 0)
    promised = column(panel.table, 2)[0]
    person.qtbot.mouseClick(panel.drop, Qt.MouseButton.LeftButton)
    settle(person, panel)
    assert person.window.workspace.score.train_rmse == pytest.approx(promised, abs=1e-5)
    assert len(column(panel.table, 0)) == 4
    for _ in range(3):
        person.qtbot.mouseClick(panel.drop, Qt.MouseButton.LeftButton)
        settle(person, panel)
    person.qtbot.mouseClick(panel.drop, Qt.MouseButton.LeftButton)
    assert panel.note.text().startswith("This is the only factor")
    assert factors_of(person).n_factors == 1


def test_a_name_stands_in_the_table_and_on_the_map(trained, monkeypatch):
    person, panel = trained
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_more: ("warm – cold", True))
    person.qtbot.mouseClick(panel.name, Qt.MouseButton.LeftButton)
    assert column(panel.table, 0)[0] == "1 · warm – cold"
    map_panel = open_panel(person, "map")
    assert map_panel.plot._axis_texts[0].startswith("warm – cold · ")


def test_it_follows_training_and_another_document_and_says_what_it_cannot_do(lesson):
    panel = open_panel(lesson, "factors")
    assert "untrained" in panel.note.text()
    before = column(panel.table, 2)
    lesson.train()
    settle(lesson, panel)
    assert column(panel.table, 2) != before
    lesson.window.workspace.set_factors(
        "item", np.tile(np.arange(15), 5), np.repeat(np.arange(5), 15), np.full(75, 0.5), "all alike"
    )
    settle(lesson, panel)
    assert "no principal components" in panel.note.text()
    assert column(panel.table, 0) == []
    assert not panel.rotate.isEnabled()
    lesson.window.workspace.open_ratings(crosstab([[4.0], [3.0]]))
    settle(lesson, panel)
    assert "there is only 1; loosen" in panel.note.text()


def test_another_document_is_opened_while_the_factors_are_shown(trained):
    """The names of the axes were once forgotten, and the old ends shown, with the other document's titles."""
    person, panel = trained
    person.window.workspace.axis_names.give("item component 1", "warm – cold")
    person.window.workspace.open_ratings(crosstab([[4.0, 3.0, 1.0], [2.0, 5.0, 3.0]]))
    settle(person, panel)
    assert column(panel.table, 0) == ["1", "2", "3", "4", "5"]
    assert set(column(panel.ends, 0)) == {"Film 0 (1970)", "Film 1 (1971)", "Film 2 (1972)"}


@pytest.mark.parametrize("name", ["map", "bias", "factors"])
def test_numbers_that_have_run_away_are_said_in_a_sentence(lesson, name):
    workspace = lesson.window.workspace
    panel = open_panel(lesson, name)
    workspace.factors.item_factors[:] = np.nan
    lesson.window.sheet.hide()
    workspace.factors_overwritten()
    settle(lesson, panel)
    assert panel.note.text() == "Some factors are not finite numbers; reset the factors and train again."
