"""The map is the plane in which factors differ most, holds still while they move, and can be lassoed."""

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA

from cfstudio.explore.plane import Plane, followed_plane, inside, mirrored_like, principal_plane, turned_like


def factors(n=60, k=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, k)) @ rng.normal(size=(k, k))


@pytest.mark.parametrize("components", [(0, 1), (2, 0), (4, 5)])
def test_places_and_explained_variance_are_those_of_scikit_learn(components):
    matrix = factors()
    chosen = np.arange(60) % 3 > 0
    plane = principal_plane(matrix, chosen, components)
    pca = PCA().fit(matrix[chosen])
    expected = pca.transform(matrix[chosen])[:, list(components)]
    signs = np.sign((plane.places * expected).sum(axis=0))
    np.testing.assert_allclose(plane.places * signs, expected, atol=1e-9)
    np.testing.assert_allclose(plane.explained, pca.explained_variance_ratio_[list(components)], atol=1e-12)
    assert plane.codes.tolist() == np.flatnonzero(chosen).tolist()


def test_one_factor_alone_is_a_line():
    plane = principal_plane(factors(k=1), np.ones(60, dtype=bool))
    assert plane.places[:, 1].tolist() == [0.0] * 60
    assert plane.explained == (1.0, 0.0)


def test_factors_that_are_all_alike_have_no_map_and_the_sentence_says_what_to_do():
    with pytest.raises(ValueError, match="train the model"):
        principal_plane(np.ones((8, 3)), np.ones(8, dtype=bool))
    with pytest.raises(ValueError, match="loosen the filter"):
        principal_plane(factors(), np.arange(60) == 4)


def test_while_it_trains_the_plane_is_turned_as_scipy_would_turn_it():
    before = principal_plane(factors(), np.ones(60, dtype=bool))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    now = Plane(before.codes, before.places @ turn + 0.01 * factors(k=2, seed=3), before.components, before.explained)
    still = turned_like(now, before)
    rotation, _ = orthogonal_procrustes(now.places, before.places)
    np.testing.assert_allclose(still.places, now.places @ rotation, atol=1e-12)
    assert still.is_turned
    assert np.abs(still.places - before.places).max() < 0.2 < np.abs(now.places - before.places).max()


def test_points_that_came_or_went_do_not_disturb_the_others():
    before = principal_plane(factors(), np.arange(60) < 50)
    same = Plane(np.arange(10, 60), np.vstack([before.places[10:], np.full((10, 2), 5.0)]), (0, 1), (0.5, 0.2))
    np.testing.assert_allclose(turned_like(same, before).places[:40], before.places[10:], atol=1e-9)


def test_at_rest_the_axes_are_the_components_again_and_point_where_they_pointed():
    before = principal_plane(factors(), np.ones(60, dtype=bool))
    mirrored = Plane(before.codes, before.places * (-1, 1), before.components, before.explained)
    np.testing.assert_allclose(mirrored_like(mirrored, before).places, before.places)
    rested = followed_plane(-factors(), np.ones(60, dtype=bool), (0, 1), before, is_moving=False)
    np.testing.assert_allclose(np.abs(rested.places), np.abs(before.places), atol=1e-9)
    assert (rested.places * before.places).sum(axis=0).min() > 0
    assert not rested.is_turned


def test_a_lasso_holds_what_lies_inside_it():
    rng = np.random.default_rng(1)
    places = rng.uniform(-2, 2, (2000, 2))
    angles = np.linspace(0, 2 * np.pi, 721)[:-1]
    circle = np.column_stack((np.cos(angles), np.sin(angles)))
    radii = np.hypot(*places.T)
    clear = np.abs(radii - 1) > 1e-3
    np.testing.assert_array_equal(inside(places, circle)[clear], (radii < 1)[clear])
    star = np.array([[0, 2], [1, -2], [-2, 0.5], [2, 0.5], [-1, -2]])
    assert not inside(np.array([[0.0, 0.0]]), star)[0], "the middle of a star drawn in one go is crossed twice"
    assert not inside(places, circle[:2]).any()
