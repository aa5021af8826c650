"""What a factor goes with is tested, not guessed: genres by Fisher's test, the rest by rank correlation."""

import numpy as np
import pytest
from explore_support import items, random_model, rated_by_model
from scipy.stats import fisher_exact, rankdata

from cfstudio.explore.factor_meaning import factor_meaning, genres_at_ends, rmse_without_each


def test_a_planted_genre_is_found_at_its_end_and_no_other_is_significant():
    rng = np.random.default_rng(0)
    n = 400
    is_scifi = np.arange(n) % 5 == 0
    other = np.where(rng.random(n) < 0.5, "Drama", "Comedy")
    genres = np.where(is_scifi, "Sci-Fi|Drama", other).tolist()
    model = random_model(n_items=n)
    ratings = rated_by_model(model, item_table=items(n, genres))
    scores = rng.normal(size=n) + 2.0 * is_scifi
    found = factor_meaning(scores, ratings, n_ends=5)
    assert (found.genres[0].genre, found.genres[0].end) == ("Sci-Fi", "high")
    assert found.genres[0].adjusted_p < 1e-4
    assert found.highest.tolist() == np.argsort(-scores)[:5].tolist()
    assert found.lowest.tolist() == np.argsort(scores)[:5].tolist()
    assert all(one.adjusted_p > 0.001 for one in found.genres if one.genre == "Comedy" and one.end == "high")


def test_a_genres_chance_is_that_of_fishers_exact_test():
    rng = np.random.default_rng(1)
    n, size = 120, 12
    genres = ["|".join(one for one in "ABC" if rng.random() < 0.4) for _ in range(n)]
    table = items(n, genres)
    order = rng.permutation(n)
    for one in genres_at_ends(order, table):
        end = order[:size] if one.end == "high" else order[-size:]
        has = np.array([one.genre in text.split("|") for text in genres])
        inside = int(has[end].sum())
        rest = int(has.sum()) - inside
        expected = fisher_exact([[inside, size - inside], [rest, n - size - rest]], alternative="greater").pvalue
        assert one.found == inside
        assert one.p == pytest.approx(expected, rel=1e-9)
        assert one.p <= one.adjusted_p <= 1


def test_correlations_are_those_of_the_ranks():
    model = random_model(n_items=60)
    ratings = rated_by_model(model)
    scores = ratings.item_table.years.astype(float) + np.random.default_rng(0).normal(0, 20, 60)
    found = factor_meaning(scores, ratings)
    expected = np.corrcoef(rankdata(scores), rankdata(ratings.item_table.years))[0, 1]
    assert found.with_year.r == pytest.approx(expected)
    assert found.with_year.n == 60
    means = [ratings.values[ratings.items == code].mean() for code in range(60)]
    assert found.with_mean.r == pytest.approx(np.corrcoef(rankdata(scores), rankdata(means))[0, 1])


def test_constant_scores_or_unknown_years_have_no_correlation_and_no_warning():
    model = random_model(n_items=20)
    ratings = rated_by_model(model, item_table=items(20, [""] * 20, [0] * 20))
    found = factor_meaning(np.ones(20), ratings)
    assert (found.with_year, found.with_mean, found.genres) == (None, None, ())
    nobody = factor_meaning(np.arange(20.0), ratings, np.zeros(20, dtype=bool))
    assert len(nobody.highest) == 0


@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
@pytest.mark.parametrize("bias", [True, False])
def test_the_rmse_without_a_factor_is_that_of_the_model_with_zeros_there(bias, rating_range):
    model = random_model(bias=bias, rating_range=rating_range)
    ratings = rated_by_model(model)
    rows = np.arange(0, len(ratings.values), 3)
    found = rmse_without_each(model, ratings, rows)

    def rmse(one):
        errors = one.predict(ratings.users[rows], ratings.items[rows]) - ratings.values[rows]
        return np.sqrt(np.mean(errors**2))

    assert found[0] == pytest.approx(rmse(model))
    for factor in range(4):
        without = model.copy()
        without.item_factors[:, factor] = 0
        assert found[factor + 1] == pytest.approx(rmse(without))
    assert np.isnan(rmse_without_each(model, ratings, rows[:0])).all()
