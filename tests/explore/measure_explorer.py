"""What the explorer costs and how good it is, on ml-latest-small-2016. Run: python tests/explore/measure_explorer.py"""

from __future__ import annotations

import time

import numpy as np
from franchises import retrieval, series_codes
from newcomers import SHOWN, new_movies, new_people, trained

from cfstudio.explore.audience import audience_vectors
from cfstudio.explore.co_rating import co_rating
from cfstudio.explore.corrected_bias import corrected_biases
from cfstudio.explore.factor_meaning import factor_meaning, rmse_without_each
from cfstudio.explore.neighbors import FactorIndex
from cfstudio.explore.new_movie import fit_feature_model
from cfstudio.explore.new_person import NewPerson
from cfstudio.explore.principal import principal_rotation
from cfstudio.explore.prior import plain_prior
from cfstudio.explore.refined_prior import refined_prior
from cfstudio.explore.similar import SimilarQuery, similar
from cfstudio.explore.waterfall import waterfall
from cfstudio.ratings.builtin import movielens_2016

N_DRAWS = 5


def series(ratings, model):
    """Which part of a movie's series is among its 20 nearest."""
    counts = ratings.counts_by_item()
    codes = series_codes(ratings.item_table.titles, counts)
    print()
    for name, vectors in (("factors", model.item_factors), ("audience", audience_vectors(ratings))):
        index = FactorIndex(vectors)
        found = retrieval(codes, lambda code, k, index=index: index.nearest(code, k, counts >= 10).codes.tolist())
        print(f"series among the 20 nearest, by {name}: {found:.3f}")


def speeds(ratings, model):
    """Median and slowest of repeated calls."""
    rng = np.random.default_rng(0)
    counts = ratings.counts_by_item()
    popular = np.flatnonzero(counts >= 50)
    prior = refined_prior(model, "user", ratings)
    person = NewPerson(model, prior)
    fresh = iter(rng.permutation(popular))

    def one_more_star():
        person.rate(int(next(fresh)), float(rng.integers(1, 11)) / 2)
        person.recommendations(20, counts >= 20)

    rotation = principal_rotation(model.item_factors, counts >= 20)
    scores = rotation.scores(model.item_factors, 1)[:, 0]
    query = SimilarQuery((3, 8), (20,), shrinkage=10)
    calls = {
        "one more star → 20 recommendations with reasons": (one_more_star, 60),
        "what to rate next, among all movies": (lambda: person.next_to_rate(counts, ratings.n_users), 20),
        "like two, not a third, shrunk": (
            lambda: similar(model.item_factors, query, 20, counts >= 20, counts),
            20,
        ),
        "co-rating correlation with all others": (lambda: co_rating(ratings, int(popular[0])), 20),
        "waterfall": (lambda: waterfall(model, 5, 8, 8), 20),
        "corrected biases of all movies": (lambda: corrected_biases(model, ratings, "item"), 5),
        "principal components": (lambda: principal_rotation(model.item_factors, counts >= 20), 20),
        "meaning of one component": (lambda: factor_meaning(scores, ratings, counts >= 20), 10),
        "RMSE without each factor": (lambda: rmse_without_each(model, ratings, np.flatnonzero(ratings.rated)), 3),
        "plain prior": (lambda: plain_prior(model, "user", ratings), 5),
        "refined prior": (lambda: refined_prior(model, "user", ratings), 2),
        "regression from genres and year": (lambda: fit_feature_model(model, ratings), 2),
        "audience vectors": (lambda: audience_vectors(ratings), 2),
    }  # fmt: skip
    print(f"\n{'measure':<60}{'median':>12}{'slowest':>12}")
    for name, (call, n) in calls.items():
        call()
        times = []
        for _ in range(n):
            began = time.perf_counter()
            call()
            times.append(1e3 * (time.perf_counter() - began))
        print(f"{name:<60}{np.median(times):>9.2f} ms{max(times):>9.2f} ms")


def against_a_tree():
    """Top 20 of 59,047 × 50 unit vectors beside SciPy's k-d tree, in the same run, the same list."""
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(0)
    factors = rng.normal(size=(59_047, 50)).astype(np.float32)
    unit = factors.astype(np.float64) / np.linalg.norm(factors.astype(np.float64), axis=1, keepdims=True)
    tree, index = cKDTree(unit), FactorIndex(factors)
    ours, theirs, same = [], [], 0
    for query in rng.integers(59_047, size=20).tolist():
        began = time.perf_counter()
        found = index.nearest(query, 20).codes.tolist()
        ours.append(1e3 * (time.perf_counter() - began))
        began = time.perf_counter()
        _, codes = tree.query(unit[query], 21)
        theirs.append(1e3 * (time.perf_counter() - began))
        same += found == [code for code in codes.tolist() if code != query]
    times = f"{np.median(ours):.2f} ms, SciPy's k-d tree {np.median(theirs):.2f} ms"
    print(f"\n20 nearest of 59,047 × 50: {times}; the same list {same} of 20 times")


def main():
    ratings = movielens_2016("ml-latest-small-2016")
    model = trained(ratings, np.zeros(len(ratings.values), dtype=bool), 42)
    speeds(ratings, model)
    against_a_tree()
    series(ratings, model)
    ours, baseline = new_movies(ratings, N_DRAWS)
    print(f"\nnew movies: RMSE {ours:.4f} from genres and year, {baseline:.4f} from mean and user offset")
    print(f"\n{'new people: ratings shown':<40}" + "".join(f"{k:>9}" for k in SHOWN))
    for name, by_k in new_people(ratings, N_DRAWS).items():
        print(f"{name:<40}" + "".join(f"{by_k[k]:>9.4f}" for k in SHOWN))


if __name__ == "__main__":
    main()
