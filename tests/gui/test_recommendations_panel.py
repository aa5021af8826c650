"""What people gain from the recommendations: what a user has not seen and would like, why, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStyleOptionViewItem

Key, Role = Qt.Key, Qt.ItemDataRole


def open_panel(person):
    person.do("actionRecommendations")
    panel = person.find("recommendationsPanel")
    panel.list.filters.min_ratings.setValue(0)
    rest(person)
    return panel


def rest(person):
    person.wait_until(lambda: not person.find("recommendationsPanel").is_waiting)


def rows(person):
    model = person.find("recommendationsTable").model()
    return [
        [model.index(r, c).data(Role.EditRole) for c in range(model.columnCount())] for r in range(model.rowCount())
    ]


def by_hand(person, user, *, unseen):
    """Titles by falling prediction, from the numbers on the sheet."""
    predicted = person.numbers("userFactorsView")[user] @ person.numbers("itemFactorsView")
    seen = ~np.isnan(person.numbers("ratingsView")[user])
    titles = person.window.workspace.ratings.item_table.titles
    order = [code for code in np.argsort(-predicted) if not (unseen and seen[code])]
    return [titles[code] for code in order], predicted[order]


def test_the_unseen_ones_come_by_falling_prediction_with_reasons_and_how_sure_they_are(tastes):
    tastes.train()
    tastes.select("ratingsView", 3, 0)
    open_panel(tastes)
    names, predicted = by_hand(tastes, 3, unseen=True)
    found = rows(tastes)
    assert [row[0] for row in found] == names
    np.testing.assert_allclose([row[1] for row in found], predicted, atol=1e-6)
    assert all(row[2] > 0 for row in found)
    rated = {tastes.window.workspace.ratings.item_table.titles[code].rpartition(" (")[0] for code in range(10)} - {
        name.rpartition(" (")[0] for name in names
    }
    for row in found:
        assert all(any(reason.startswith(title) for title in rated) for reason in row[3].split("; "))


def test_rated_ones_are_crossed_out_on_a_switch(tastes):
    tastes.train()
    tastes.select("ratingsView", 3, 0)
    panel = open_panel(tastes)
    n_unseen = len(rows(tastes))
    panel.list.filters.with_rated.click()
    names, _ = by_hand(tastes, 3, unseen=False)
    assert [row[0] for row in rows(tastes)] == names
    table = panel.list.table
    struck = []
    for row in range(len(names)):
        option = QStyleOptionViewItem()
        table.itemDelegate().initStyleOption(option, table.model().index(row, 0))
        struck.append(option.font.strikeOut())
        spoken = table.model().index(row, 0).data(Role.AccessibleTextRole)
        assert spoken.endswith("already rated") == option.font.strikeOut()
    assert sum(struck) == len(names) - n_unseen


def test_filters_by_genre_and_year_hold_and_one_that_leaves_nothing_gets_a_sentence(tastes):
    tastes.train()
    tastes.select("ratingsView", 3, 0)
    panel = open_panel(tastes)
    filters = panel.list.filters
    filters.with_rated.click()
    genre = next(action for action in filters.genres.menu().actions() if action.text() == "Sci-Fi")
    genre.trigger()
    assert rows(tastes)
    assert all("Sci-Fi" in row[4] for row in rows(tastes))
    filters.year_from.setValue(2100)
    assert panel.list.sentence.isVisible()
    assert panel.list.sentence.text().startswith("No movie is left: genre Sci-Fi, year 2100 to any")
    filters.genres.clear()
    filters.year_from.setValue(filters.year_from.minimum())
    assert len(rows(tastes)) == 10


def test_diversity_puts_the_best_first_and_then_something_unlike_it(tastes):
    tastes.train()
    tastes.select("ratingsView", 3, 0)
    panel = open_panel(tastes)
    panel.list.filters.with_rated.click()
    plain = [row[0] for row in rows(tastes)]
    panel.list.filters.diversity.setValue(14)
    diverse = [row[0] for row in rows(tastes)]
    assert diverse[0] == plain[0]
    assert diverse != plain
    titles = list(tastes.window.workspace.ratings.item_table.titles)
    factors = tastes.numbers("itemFactorsView").T
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)

    def likeness(names):
        codes = [titles.index(name) for name in names[:2]]
        return float(unit[codes[0]] @ unit[codes[1]])

    assert likeness(diverse) < likeness(plain)


def test_a_double_click_goes_to_the_cell_and_ctrl_c_copies_the_rows(tastes):
    tastes.train()
    tastes.select("ratingsView", 3, 0)
    panel = open_panel(tastes)
    table, first = panel.list.table, rows(tastes)[0]
    table.selectRow(0)
    tastes.qtbot.keyClick(table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert copied[0] == ["Movie", "Predicted", "±", "Because of", "Genres", "Ratings"]
    assert copied[1][0] == first[0]
    assert float(copied[1][1]) == pytest.approx(first[1], abs=1e-4)
    index = table.model().index(0, 0)
    tastes.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    tastes.qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    selection = tastes.window.workspace.selection
    assert selection.user == 3
    assert tastes.window.workspace.ratings.item_table.titles[selection.item] == first[0]


def test_a_user_with_one_rating_and_one_without_any_get_recommendations_and_a_warning(tastes):
    ratings = tastes.window.workspace.ratings
    rows_of = ratings.rows_of_user(0)
    items = ratings.items[rows_of[~np.isnan(ratings.values[rows_of])]]
    tastes.window.workspace.set_ratings(np.zeros(len(items) - 1, dtype=int), items[1:].astype(int), None)
    tastes.train()
    tastes.select("ratingsView", 0, 0)
    panel = open_panel(tastes)
    assert panel.list.note.text() == "Only 1 rating of this user: mostly what the average one likes."
    assert rows(tastes)
    tastes.window.workspace.set_rating(0, int(items[0]), None)
    rest(tastes)
    assert "no training rating" in panel.list.note.text()


def test_the_list_follows_another_user_and_a_training_run(tastes):
    tastes.select("ratingsView", 3, 0)
    panel = open_panel(tastes)
    tastes.full_speed()
    tastes.do("actionTrain")
    tastes.wait_for_state("finished")
    rest(tastes)
    assert [row[0] for row in rows(tastes)] == by_hand(tastes, 3, unseen=True)[0]
    tastes.select("ratingsView", 7, 0)
    rest(tastes)
    assert panel.header.text() == f"For {tastes.window.workspace.ratings.user_name(7)}"
    assert [row[0] for row in rows(tastes)] == by_hand(tastes, 7, unseen=True)[0]
