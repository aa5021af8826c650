"""Asking further: other measures, several at once, not like that, only some, why, and the way back."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_similarity
from test_neighbors_panel import AGREEMENT, MEAN, SIMILARITY, TITLE, YEAR, titles

Role = Qt.ItemDataRole


def panel(person):
    person.wait_until(lambda: not person.window.neighbors_panel.is_waiting)
    person.wait_until(lambda: not person.window.neighbors_panel._agreement.is_waiting)
    return person.window.neighbors_panel


def column(person, number):
    model = panel(person).view.model()
    return [model.index(row, number).data(Role.EditRole) for row in range(model.rowCount())]


def items(person):
    return person.window.workspace.factors.item_factors.astype(float)


@pytest.fixture
def asked(tastes):
    tastes.train()
    tastes.select("ratingsView", 0, 3)
    return tastes


def test_other_measures_order_as_scipy_does(asked):
    options, matrix = panel(asked).options, items(asked)
    for place, likeness in (
        (1, 1 / (1 + cdist(matrix, matrix[3:4])[:, 0])),
        (2, matrix @ matrix[3]),
        (0, cosine_similarity(matrix, matrix[3:4])[:, 0]),
    ):
        options.metric_box.setCurrentIndex(place)
        order = [code for code in np.argsort(-likeness, kind="stable") if code != 3]
        assert column(asked, TITLE) == [titles(asked)[code] for code in order]
        np.testing.assert_allclose(column(asked, SIMILARITY), likeness[order], atol=1e-5)


def test_shrinkage_trusts_the_rarely_rated_less(asked):
    panel(asked).options.shrink.setChecked(True)
    counts = asked.window.workspace.ratings.counts_by_item()
    likeness = cosine_similarity(items(asked), items(asked)[3:4])[:, 0] * counts / (counts + 10)
    order = [code for code in np.argsort(-likeness, kind="stable") if code != 3]
    np.testing.assert_allclose(column(asked, SIMILARITY), likeness[order], atol=1e-5)
    header = panel(asked).view.model().headerData(SIMILARITY, Qt.Orientation.Horizontal, Role.ToolTipRole)
    assert "n / (n + 10)" in header


def test_like_this_and_that_but_not_like_those(asked):
    view = panel(asked).view
    second, third = (titles(asked).index(column(asked, TITLE)[row]) for row in (1, 2))
    for row, name in ((1, "Also like this"), (1, "But not like this")):
        view.selectRow(row)
        next(one for one in view.menu().actions() if one.text() == name).trigger()
    asked_for = panel(asked)._asked
    assert asked_for.likes == (3, second)
    assert len(asked_for.unlikes) == 1
    unit = items(asked) / np.linalg.norm(items(asked), axis=1, keepdims=True)
    toward = unit[list(asked_for.likes)].mean(axis=0) - unit[list(asked_for.unlikes)].mean(axis=0)
    likeness = cosine_similarity(items(asked), toward[None])[:, 0]
    out = {*asked_for.likes, *asked_for.unlikes}
    order = [code for code in np.argsort(-likeness, kind="stable") if code not in out]
    assert column(asked, TITLE) == [titles(asked)[code] for code in order]
    assert ", not " in panel(asked).header.text()
    assert third in range(10)
    panel(asked).options.clear.click()
    assert panel(asked).header.text() == f"Most like {titles(asked)[3]}"


def test_titles_are_added_by_typing_and_a_wrong_one_gets_three_suggestions(asked):
    options = panel(asked).options
    options.several.click()
    for text in (titles(asked)[0], f"-{titles(asked)[1]}"):
        options.title.setText(text)
        asked.qtbot.keyClick(options.title, Qt.Key.Key_Return)
    assert panel(asked)._asked.likes == (3, 0)
    assert panel(asked)._asked.unlikes == (1,)
    options.together.setCurrentIndex(1)
    cosines = cosine_similarity(items(asked))
    likeness = np.minimum(cosines[3], cosines[0]) - np.maximum(cosines[1], 0)
    order = [code for code in np.argsort(-likeness, kind="stable") if code not in (0, 1, 3)]
    assert column(asked, TITLE) == [titles(asked)[code] for code in order]
    options.title.setText(titles(asked)[0][:-9] + "x")
    asked.qtbot.keyClick(options.title, Qt.Key.Key_Return)
    assert "the closest are" in panel(asked).note.text()
    assert titles(asked)[0] in panel(asked).note.text()


def test_several_columns_selected_in_the_sheet_are_one_question(asked):
    from cfstudio.gui.sheet.line_selection import select_lines

    select_lines(asked.window.sheet, "item", [0, 1, 5])
    assert panel(asked)._asked.likes == (0, 1, 5)
    asked.select("ratingsView", 0, 2)
    assert panel(asked)._asked.likes == (2,)


def test_filters_by_genre_and_year_and_one_that_leaves_nothing(asked):
    options, table = panel(asked).options, asked.window.workspace.ratings.item_table
    options.filters.click()
    genre = str(table.genres[3]).split("|")[0]
    options.genre.setCurrentIndex(options.genre.findData(genre))
    assert set(column(asked, TITLE)) == {
        title for code, title in enumerate(titles(asked)) if genre in table.genres[code].split("|") and code != 3
    }
    options.genre.setCurrentIndex(0)
    middle = int(np.median(table.years))
    options.year_from.setValue(middle)
    assert column(asked, YEAR)
    assert min(column(asked, YEAR)) >= middle
    options.year_to.setValue(1900)
    assert column(asked, TITLE) == []
    assert "No movie is left" in panel(asked).note.text()
    assert "loosen" in panel(asked).note.text()
    options.filters.click()
    assert len(column(asked, TITLE)) == 9


def test_the_slider_sets_the_fewest_ratings(asked):
    options = panel(asked).options
    options.slider.setValue(options.slider.maximum())
    most = panel(asked).min_ratings.value()
    counts = asked.window.workspace.ratings.counts_by_item(), asked.window.workspace.ratings.counts_by_user()
    assert most == max(counts[0].max(), counts[1].max())
    options.slider.setValue(0)
    assert panel(asked).min_ratings.value() == 0


def test_mean_and_agreement_stand_beside_the_likeness(asked):
    panel(asked).view.selectRow(0)
    block = asked.window.workspace.ratings.block(np.arange(12), np.arange(10))
    for title, mean, agreement in zip(*(column(asked, one) for one in (TITLE, MEAN, AGREEMENT)), strict=True):
        code = titles(asked).index(title)
        assert mean == pytest.approx(np.nanmean(block[:, code]))
        both = ~np.isnan(block[:, 3]) & ~np.isnan(block[:, code])
        alike = both.sum() < 2 or np.ptp(block[both, 3]) == 0 or np.ptp(block[both, code]) == 0
        expected = None if alike else np.corrcoef(block[both, 3], block[both, code])[0, 1]
        assert agreement == (None if expected is None else pytest.approx(expected))
    first = column(asked, AGREEMENT)[0]
    assert first is None or f"Ratings agree {first:+.2f}".replace("-", "−") in panel(asked).why.accessibleDescription()


def test_a_selected_row_says_which_factors_make_it_alike(asked):
    panel(asked).view.selectRow(0)
    code = titles(asked).index(column(asked, TITLE)[0])
    unit = items(asked) / np.linalg.norm(items(asked), axis=1, keepdims=True)
    terms = unit[3] * unit[code]
    largest = int(np.argmax(np.abs(terms)))
    why = panel(asked).why
    assert why.isVisible()
    assert f"factor {largest + 1} {terms[largest]:+.2f}".replace("-", "−") in why.accessibleDescription()
    np.testing.assert_allclose(why.bars._terms, terms, atol=1e-6)
    assert sum(why.bars._terms) == pytest.approx(column(asked, SIMILARITY)[0], abs=1e-6)


def test_back_and_forward_go_through_the_lists_and_the_sheet_goes_along(asked):
    view = panel(asked).view
    visited = [panel(asked).header.text()]
    for row in (0, 1):
        view.setFocus()
        view.setCurrentIndex(view.model().index(row, 0))
        asked.press(Qt.Key.Key_Return)
        visited.append(panel(asked).header.text())
    asked.do("actionNeighborsBack")
    assert panel(asked).header.text() == visited[1]
    selected = asked.window.workspace.selection.item
    assert visited[1] == f"Most like {titles(asked)[selected]}"
    asked.qtbot.mouseClick(panel(asked).bar.back, Qt.MouseButton.LeftButton)
    assert panel(asked).header.text() == visited[0]
    assert not panel(asked).bar.back.isEnabled() or panel(asked).history.can_go(-1)
    asked.do("actionNeighborsForward")
    asked.do("actionNeighborsForward")
    assert panel(asked).header.text() == visited[2]
    assert not panel(asked).bar.forward.isEnabled()


def test_the_only_movie_has_no_neighbors_and_is_told_so(asked):
    panel(asked).min_ratings.setValue(500)
    assert column(asked, TITLE) == []
    assert panel(asked).note.text().startswith("No other movie has enough ratings; lower the fewest ratings")
