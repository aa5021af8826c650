"""Shifting numbers between factors and biases changes what they say, never what they predict."""

import numpy as np

from cfstudio.models.centering import centered


def test_centered_factors_predict_the_same_and_average_to_zero_over_the_ratings():
    rng = np.random.default_rng(0)
    arrays = rng.normal(1, 1, (6, 3)), rng.normal(2, 1, (5, 3)), rng.normal(size=6), rng.normal(size=5)
    user_counts, item_counts = rng.integers(0, 9, 6).astype(float), rng.integers(0, 9, 5).astype(float)

    def table(users, items, user_bias, item_bias):
        return users @ items.T + user_bias[:, None] + item_bias

    made = centered(arrays, user_counts, item_counts)
    np.testing.assert_allclose(table(*made), table(*arrays))
    np.testing.assert_allclose(user_counts @ made[0], 0, atol=1e-12)
    np.testing.assert_allclose(item_counts @ made[1], 0, atol=1e-12)
    np.testing.assert_allclose(item_counts @ made[3], 0, atol=1e-12)
