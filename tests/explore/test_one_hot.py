"""A one-hot row times a matrix is a look-up: the same numbers, at a price that is counted."""

import numpy as np
import pytest

from cfstudio.explore.one_hot import both_ways, partial_products, sum_so_far


def matrix(n, n_factors, dtype=np.float64):
    return np.random.default_rng(n).normal(size=(n, n_factors)).astype(dtype)


def by_hand(rows, place):
    """The sum of products as a spreadsheet's MMULT makes it, number by number."""
    return [sum((1.0 if r == place else 0.0) * row[f] for r, row in enumerate(rows)) for f in range(len(rows[0]))]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("place", [0, 3, 14])
def test_multiplying_and_looking_up_give_the_same_vector_bit_for_bit(place, dtype):
    numbers = matrix(15, 5, dtype)
    both = both_ways(numbers, place)
    assert both.one_hot.tolist() == [float(one == place) for one in range(15)]
    assert both.product.tolist() == by_hand(numbers.tolist(), place)
    assert both.looked_up.tolist() == numbers[place].tolist()
    assert both.is_same


def test_the_lesson_needs_75_multiplications_and_a_real_data_set_33550():
    assert both_ways(matrix(15, 5), 4).n_multiplications == 75
    assert both_ways(matrix(671, 50), 670).n_multiplications == 33_550


def test_the_partial_products_are_zero_but_for_one_row_and_add_up_to_the_vector():
    numbers = matrix(12, 3)
    products = partial_products(numbers, 7, slice(0, 12))
    assert np.flatnonzero(products.any(axis=1)).tolist() == [7]
    np.testing.assert_array_equal(products.sum(axis=0), numbers[7])
    np.testing.assert_array_equal(partial_products(numbers, 7, slice(6, 9)), products[6:9])


def test_step_by_step_the_sum_stays_zero_until_the_one_is_reached():
    numbers = matrix(9, 4)
    for n_rows in range(10):
        wanted = numbers[5] if n_rows > 5 else np.zeros(4)
        np.testing.assert_array_equal(sum_so_far(numbers, 5, n_rows), wanted)


def test_a_factor_that_is_infinite_spoils_the_product_but_not_the_look_up():
    numbers = matrix(4, 2)
    numbers[0, 1] = np.inf
    both = both_ways(numbers, 2)
    assert both.looked_up.tolist() == numbers[2].tolist()
    assert np.isnan(both.product[1])
    assert not both.is_same


def test_a_row_that_is_not_there_is_refused():
    with pytest.raises(IndexError, match="15 rows"):
        both_ways(matrix(15, 5), 15)
    with pytest.raises(IndexError):
        both_ways(matrix(15, 5), -1)


def test_looking_up_does_not_tie_the_answer_to_the_matrix():
    numbers = matrix(3, 2)
    both = both_ways(numbers, 1)
    before = both.looked_up.tolist()
    numbers[1] = 0
    assert both.looked_up.tolist() == before
