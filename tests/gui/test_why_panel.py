"""What people gain from asking why: the prediction comes apart into its terms, beside what was really rated."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

Role = Qt.ItemDataRole


def open_panel(person):
    person.do("actionWhy")
    return person.find("whyPanel")


def table(person):
    """Label and number of each bar."""
    return {row[0]: row[1] for row in person.find("waterfallPlot").table()[1:]}


def rest(person):
    person.wait_until(lambda: not person.find("whyPanel")._soon.isActive())


def test_the_bars_are_the_products_of_the_row_and_the_column_and_add_up_to_the_prediction(lesson):
    lesson.train()
    open_panel(lesson)
    lesson.select("ratingsView", 3, 4)
    rest(lesson)
    user, item = lesson.numbers("userFactorsView")[3], lesson.numbers("itemFactorsView")[:, 4]
    found = table(lesson)
    for number, product in enumerate(user * item, start=1):
        assert found[f"factor {number}"] == pytest.approx(product, abs=1e-6)
    rows = lesson.find("waterfallPlot").table()
    assert rows[-2][0] == "prediction"
    assert rows[-2][3] == pytest.approx(user @ item, abs=1e-6)
    assert rows[-1][3] == lesson.numbers("ratingsView")[3, 4]
    assert lesson.find("whyHeader").text().startswith(f"Why {user @ item:.2f}?")
    spoken = lesson.find("waterfallPlot").accessibleDescription()
    assert any(f"{sign}" in spoken for sign in "+−")


def test_many_factors_are_grouped_and_a_sigmoid_is_the_last_step(lesson):
    lesson.find("n_factors").setValue(12)
    lesson.window.workspace.configure(
        lesson.window.workspace.config.__class__(
            **{**lesson.window.workspace.config.__dict__, "model": "dot-bias", "sigmoid": True}
        )
    )
    open_panel(lesson)
    lesson.select("ratingsView", 2, 1)
    rest(lesson)
    found, factors = table(lesson), lesson.window.workspace.factors
    assert "the other 6 factors" in found
    products = np.sort(np.abs(factors.user_factors[2].astype(float) * factors.item_factors[1]))
    shown = sorted(abs(value) for label, value in found.items() if label.startswith("factor "))
    np.testing.assert_allclose(shown, products[-6:], atol=1e-9)
    last = lesson.find("waterfallPlot")._shown.steps[-1]
    low, high = factors.rating_range
    total = float(factors.user_factors[2] @ factors.item_factors[1] + factors.user_bias[2] + factors.item_bias[1])
    expected = low + (high - low) / (1 + np.exp(-total))
    assert last.label == f"sigmoid onto {low:g} to {high:g}"
    assert last.text.endswith(f"→ {expected:.2f}")


def test_the_ratings_beside_it_are_those_of_the_most_similar_that_this_user_rated(tastes):
    tastes.train()
    open_panel(tastes)
    tastes.select("ratingsView", 1, 2)
    rest(tastes)
    factors, ratings = tastes.numbers("itemFactorsView").T, tastes.numbers("ratingsView")[1]
    cosine = factors @ factors[2] / np.linalg.norm(factors, axis=1) / np.linalg.norm(factors[2])
    order = [code for code in np.argsort(-cosine) if code != 2 and not np.isnan(ratings[code])]
    titles = tastes.window.workspace.ratings.item_table.titles
    model = tastes.find("whyNeighbors").model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == [titles[code] for code in order[:10]]
    assert [model.index(row, 2).data(Role.EditRole) for row in range(model.rowCount())] == [
        ratings[code] for code in order[:10]
    ]


def test_the_errors_of_the_user_and_the_movie_are_those_numpy_gives(tastes):
    tastes.train()
    open_panel(tastes)
    tastes.select("ratingsView", 1, 2)
    rest(tastes)
    ratings = tastes.numbers("ratingsView")
    errors = tastes.numbers("userFactorsView") @ tastes.numbers("itemFactorsView") - ratings
    for part in (errors[1], errors[:, 2]):
        assert (
            f"{np.sqrt(np.nanmean(part**2)):.2f} over the {np.count_nonzero(~np.isnan(part))}"
            in tastes.find("whyErrors").text()
        )


def test_it_follows_the_selection_and_the_training(tastes):
    open_panel(tastes)
    tastes.select("ratingsView", 0, 0)
    rest(tastes)
    first = table(tastes)
    tastes.select("ratingsView", 4, 5)
    rest(tastes)
    assert table(tastes) != first
    before, seen = table(tastes), []
    panel = tastes.find("whyPanel")
    live, panel.refresh_live = panel.refresh_live, lambda: (live(), seen.append(table(tastes)))
    tastes.do("actionTrain")
    tastes.wait_until(lambda: len(seen) > 2)
    assert seen[0] != before
    tastes.do("actionStop")
    rest(tastes)
    user, item = tastes.numbers("userFactorsView")[4], tastes.numbers("itemFactorsView")[:, 5]
    assert sum(value for label, value in table(tastes).items() if value is not None) == pytest.approx(user @ item)


def test_without_a_cell_or_with_numbers_out_of_bounds_there_is_a_sentence(tastes):
    open_panel(tastes)
    tastes.window.workspace.select(item=3)
    rest(tastes)
    assert tastes.find("whySentence").text() == "Select a cell in the sheet to see what its prediction is made of."
    for side, code in (("user", 0), ("item", 3)):
        tastes.window.workspace.write_factors(side, np.array([code]), np.array([0]), np.array([1e30]))
    tastes.window.workspace.select(user=0, item=3)
    rest(tastes)
    assert tastes.find("whyPanel").isVisible()


def test_picture_and_numbers_can_be_saved_and_the_menu_of_a_cell_offers_it(tastes, tmp_path):
    panel = open_panel(tastes)
    tastes.select("ratingsView", 0, 0)
    rest(tastes)
    from cfstudio.gui.sheet.context_menus import CELLS
    from cfstudio.gui.training.plot_picture import write_png, write_svg

    assert "actionWhy" in CELLS
    panel.plot.write_csv(tmp_path / "why.csv")
    rows = list(csv.reader((tmp_path / "why.csv").open(encoding="utf-8")))
    assert rows[0] == ["Term", "Adds", "From", "To"]
    assert len(rows) >= 7
    write_png(panel.plot, tmp_path / "why.png")
    assert QImage(str(tmp_path / "why.png")).width() > 100
    write_svg(panel.plot, tmp_path / "why.svg", "why")
    assert "<image" not in (tmp_path / "why.svg").read_text(encoding="utf-8")
    assert next(one.text() for one in panel.plot.menu().actions() if one.text()) == "Copy the numbers"
