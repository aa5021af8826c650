"""LibreOffice Calc, knowing nothing of us, calculates an exported workbook to the same numbers."""

import numpy as np
import pytest
from exchange_support import (
    LESSON_RMSE,
    assert_same_document,
    document_of,
    export,
    forget_results,
    lesson_document,
    set_number,
)
from python_calamine import CalamineWorkbook
from support import random_ratings

from cfstudio.exchange.read_workbook import read_workbook

pytestmark = pytest.mark.slow

SAVED_DIGITS = 1e-14
"""LibreOffice saves 15 digits of a number."""


def page(path, name):
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python(skip_empty_area=False)


def cell(rows, address):
    from cfstudio.exchange.cell_names import parse_block

    at = parse_block(address)
    return rows[at.top][at.left]


def held_out_rmse(document, chosen):
    ratings = document.ratings
    error = ratings.values - document.factors.predict(ratings.users, ratings.items)
    return np.sqrt(np.mean(error[chosen & ratings.rated] ** 2))


@pytest.mark.parametrize("bias", [False, True])
def test_the_lessons_start_has_the_lessons_rmse_in_its_cell(recalculate, tmp_path, bias):
    path = tmp_path / "lesson.xlsx"
    export(lesson_document(bias=bias), path)
    forget_results(path)
    calculated = recalculate(path)
    name, address = ("With bias", "V42") if bias else ("Dot product", "V41")
    assert cell(page(path, name), address) == 9999
    assert cell(page(calculated, name), address) == pytest.approx(LESSON_RMSE[bias], abs=1e-9)
    assert cell(page(calculated, "Embedding look-up"), "B1") == pytest.approx(LESSON_RMSE[bias], abs=1e-9)


@pytest.mark.parametrize(
    "model",
    [
        {"bias": False, "dtype": np.float64},
        {"bias": True, "rating_range": (0.0, 5.5), "mean": 0.25},
        {"bias": False, "rating_range": (0.0, 5.5)},
        {"bias": True, "mean": 3.5, "held_out": 0.0, "n_factors": 1},
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_predictions_and_rmse_are_the_programs_on_every_page(recalculate, tmp_path, model, whole):
    document = document_of(random_ratings(40, 30, 700), **model)
    ratings, factors = document.ratings, document.factors
    users, items = (np.arange(40), np.arange(30)) if whole else (np.array([3, 5, 20]), np.array([1, 2, 29, 4]))
    path = tmp_path / "some.xlsx"
    export(document, path, users, items)
    found = read_workbook(path)
    forget_results(path)
    calculated = recalculate(path)
    name, n_factors = found.page, factors.n_factors

    crosstab = page(calculated, name)
    top = found.blocks["user_factors"].top
    left = found.blocks["ratings"].left
    shown = np.array([row[left : left + len(items)] for row in crosstab[top : top + len(users)]], dtype=np.float64)
    rated = ~np.isnan(ratings.block(users, items))
    expected = np.where(rated, factors.predict_block(users, items), 0)
    np.testing.assert_allclose(shown, expected, rtol=0, atol=1e-9)

    rows = page(calculated, "Embedding look-up")
    heads = rows[2]
    chosen = np.random.default_rng(1).choice(len(ratings.values), size=200, replace=False)
    column = heads.index("prediction")
    listed = np.array([rows[3 + row][column] for row in chosen])
    np.testing.assert_allclose(listed, factors.predict(ratings.users[chosen], ratings.items[chosen]), rtol=0, atol=1e-9)
    assert rows[0][1] == pytest.approx(held_out_rmse(document, np.ones(700, bool)), abs=1e-9)
    if document.held_out.any():
        assert rows[0][3] == pytest.approx(held_out_rmse(document, ~document.held_out), abs=1e-9)
        assert rows[0][5] == pytest.approx(held_out_rmse(document, document.held_out), abs=1e-9)
        if whole:
            last, bottom = left + len(items) - 1, top + len(users) + 1
            assert crosstab[bottom + 1][last] == pytest.approx(rows[0][3], abs=1e-12)
            assert crosstab[bottom + 2][last] == pytest.approx(rows[0][5], abs=1e-12)

    one_hot = page(calculated, "One-hot")
    n_examples, product_at = min(10, len(users)), 3 + len(users) + 1
    for place in range(n_examples):
        row = one_hot[4 + place]
        product = row[product_at:][:n_factors]
        looked_up = row[product_at + n_factors + 1 :][:n_factors]
        np.testing.assert_allclose(product, factors.user_factors[users[place]], rtol=0, atol=1e-9)
        np.testing.assert_allclose(looked_up, product, rtol=0, atol=1e-9)
        assert row[product_at + 2 * n_factors + 1] is True
    assert_same_document(document, read_workbook(calculated), SAVED_DIGITS)


def test_a_large_long_form_looks_up_inside_its_formulas(recalculate, tmp_path):
    document = document_of(random_ratings(400, 300, 9000), n_factors=8)
    path = tmp_path / "large.xlsx"
    summary = export(document, path)
    assert "250 × 250 of 400 × 300" in summary
    assert "all 9,000 ratings" in summary
    forget_results(path)
    rows = page(recalculate(path), "Embedding look-up")
    column = rows[2].index("prediction")
    assert column == 6
    listed = np.array([row[column] for row in rows[3:9003]])
    ratings = document.ratings
    np.testing.assert_allclose(listed, document.factors.predict(ratings.users, ratings.items), rtol=0, atol=1e-9)
    assert rows[0][1] == pytest.approx(held_out_rmse(document, np.ones(9000, bool)), abs=1e-9)


def test_what_is_changed_and_saved_there_comes_back(recalculate, tmp_path):
    document = lesson_document(bias=True, held_out=0.2)
    path = tmp_path / "lesson.xlsx"
    export(document, path)
    set_number(path, "With bias", "H20", 0.125)
    set_number(path, "With bias", "A27", -1.5)
    set_number(path, "With bias", "I3", 1.5)
    found = read_workbook(recalculate(path))
    document.factors.item_factors[0, 0] = 0.125
    document.factors.user_bias[1] = -1.5
    document.ratings.set(1, 1, 1.5)
    assert_same_document(document, found, SAVED_DIGITS)
    rows = page(tmp_path / "recalculated" / "lesson.xlsx", "Embedding look-up")
    assert rows[0][1] == pytest.approx(found.rmse, abs=1e-9)
