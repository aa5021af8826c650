"""The long form lists each rating with the factors it looked up, and only the rows that are asked for."""

import json
from pathlib import Path

import numpy as np
import pytest
from support import crosstab, random_ratings

from cfstudio.explore.long_form import LongForm, rows_between
from cfstudio.models.factorization import Factorization

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "lesson_crosstab.json"


def random_factors(ratings, n_factors=4, *, bias=False, seed=1):
    rng = np.random.default_rng(seed)
    return Factorization(
        rng.normal(size=(ratings.n_users, n_factors)),
        rng.normal(size=(ratings.n_items, n_factors)),
        rng.normal(size=ratings.n_users) if bias else None,
        rng.normal(size=ratings.n_items) if bias else None,
        global_mean=3.5 if bias else 0.0,
    )


def nothing_held_out(ratings):
    return np.zeros(len(ratings.values), dtype=bool)


@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the shared reference files")
@pytest.mark.parametrize(("kind", "rmse"), [("dot", 2.80606206164831), ("bias", 2.01800380330463)])
def test_the_lessons_rows_have_the_workbooks_rmse(kind, rmse):
    reference = json.loads(REFERENCE.read_text())
    model, cells = reference[kind], reference["ratings"]
    user_factors, item_factors = np.array(model["user_factors"]), np.array(model["movie_factors"])
    if item_factors.shape[0] != 15:
        item_factors = item_factors.T
    biases = [np.array(model[f"{side}_bias"]) if kind == "bias" else None for side in ("user", "movie")]
    ratings = crosstab(cells)
    form = LongForm(ratings, Factorization(user_factors, item_factors, *biases), nothing_held_out(ratings))
    assert len(form) == reference["n_rated"] == 206

    squares = []
    for user, row in enumerate(cells):
        for item, rating in enumerate(row):
            if rating is not None:
                predicted = sum(user_factors[user, f] * item_factors[item, f] for f in range(5))
                if kind == "bias":
                    predicted += biases[0][user] + biases[1][item]
                squares.append((predicted - rating) ** 2)
    np.testing.assert_allclose(form[:].squared_errors, squares, rtol=1e-12)
    assert np.sqrt(np.mean(squares)) == pytest.approx(rmse, abs=1e-12)
    assert form.rmse().overall == pytest.approx(rmse, abs=1e-12)


def test_a_row_shows_what_it_looked_up_and_how_its_prediction_comes_about():
    ratings = random_ratings(9, 7, 30)
    factors, held_out = random_factors(ratings, bias=True), np.arange(30) % 3 == 0
    rows = LongForm(ratings, factors, held_out)[10:14]
    assert rows.rows.tolist() == [10, 11, 12, 13]
    for place, number in enumerate(range(10, 14)):
        user, item = ratings.users[number], ratings.items[number]
        assert (rows.users[place], rows.items[place]) == (user, item)
        np.testing.assert_array_equal(rows.user_factors[place], factors.user_factors[user])
        np.testing.assert_array_equal(rows.item_factors[place], factors.item_factors[item])
        assert (rows.user_bias[place], rows.item_bias[place]) == (factors.user_bias[user], factors.item_bias[item])
        predicted = 3.5 + factors.user_bias[user] + factors.item_bias[item]
        predicted += float(factors.user_factors[user] @ factors.item_factors[item])
        assert rows.predictions[place] == pytest.approx(predicted)
        assert rows.errors[place] == pytest.approx(predicted - ratings.values[number])
        assert rows.squared_errors[place] == pytest.approx((predicted - ratings.values[number]) ** 2)
        assert rows.held_out[place] == (number % 3 == 0)


def test_a_blanked_rating_has_no_error_and_does_not_count():
    ratings = random_ratings(6, 5, 20)
    factors = random_factors(ratings)
    form = LongForm(ratings, factors, nothing_held_out(ratings))
    ratings.set(int(ratings.users[3]), int(ratings.items[3]), float("nan"))
    rows = form[:]
    assert len(rows.rows) == 20
    assert np.flatnonzero(np.isnan(rows.errors)).tolist() == [3]
    assert np.isfinite(rows.predictions).all()
    errors = np.delete(np.einsum("nf,nf->n", rows.user_factors, rows.item_factors) - ratings.values, 3)
    assert form.rmse().overall == pytest.approx(np.sqrt(np.mean(errors**2)))


def test_without_a_single_rating_there_is_no_rmse():
    ratings = crosstab([[3.0, 4.0]])
    for item in (0, 1):
        ratings.set(0, item, float("nan"))
    assert np.isnan(LongForm(ratings, random_factors(ratings), nothing_held_out(ratings)).rmse().overall)


def test_only_the_ratings_between_the_shown_users_and_items_are_listed():
    ratings = random_ratings(20, 30, 200, seed=5)
    users, items = np.array([3, 11, 17]), np.array([29, 2, 5, 8, 13, 21])
    wanted = [row for row in range(200) if ratings.users[row] in users and ratings.items[row] in items]
    assert wanted
    chosen = rows_between(ratings, users, items)
    form = LongForm(ratings, random_factors(ratings), nothing_held_out(ratings), chosen)
    assert form[:].rows.tolist() == wanted
    assert not form.is_whole
    for place, row in enumerate(wanted):
        assert form.place_of(int(ratings.users[row]), int(ratings.items[row])) == place
    outside = next(row for row in range(200) if row not in wanted)
    assert form.place_of(int(ratings.users[outside]), int(ratings.items[outside])) is None


def test_all_users_and_items_list_every_rating_and_later_ones_too():
    ratings = random_ratings(5, 4, 10)
    assert rows_between(ratings, np.arange(5), np.arange(4)) is None
    form = LongForm(ratings, random_factors(ratings), np.zeros(11, dtype=bool))
    rated = set(zip(ratings.users.tolist(), ratings.items.tolist(), strict=True))
    user, item = next((u, i) for u in range(5) for i in range(4) if (u, i) not in rated)
    assert form.place_of(user, item) is None
    ratings.set(user, item, 2.0)
    assert len(form) == 11
    assert form.place_of(user, item) == 10
    assert form[10:11].ratings.tolist() == [2.0]


def test_the_rmse_of_many_rows_is_the_same_as_in_one_piece():
    ratings = random_ratings(400, 500, 150_000, seed=2)
    factors = random_factors(ratings)
    predicted = np.einsum("nf,nf->n", factors.user_factors[ratings.users], factors.item_factors[ratings.items])
    wanted = np.sqrt(np.mean((predicted - ratings.values) ** 2))
    assert LongForm(ratings, factors, nothing_held_out(ratings)).rmse().overall == pytest.approx(wanted, rel=1e-12)


def test_the_rmse_is_told_apart_for_training_and_held_out_rows():
    ratings = random_ratings(12, 10, 60)
    factors, held_out = random_factors(ratings), np.arange(60) % 5 == 0
    predicted = np.einsum("nf,nf->n", factors.user_factors[ratings.users], factors.item_factors[ratings.items])
    squares = (predicted - ratings.values) ** 2
    rmse = LongForm(ratings, factors, held_out).rmse()
    assert (rmse.n_training, rmse.n_held_out) == (48, 12)
    assert rmse.training == pytest.approx(np.sqrt(squares[~held_out].mean()))
    assert rmse.held_out == pytest.approx(np.sqrt(squares[held_out].mean()))
    assert rmse.overall == pytest.approx(np.sqrt(squares.mean()))
