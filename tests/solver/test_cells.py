"""Any choice of cells is read, written and named as the sheet shows it, also from addresses of a page."""

from dataclasses import dataclass

import numpy as np
import pytest
from solver_support import lesson_problem, random_model

from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson
from cfstudio.ratings.errors import DataError
from cfstudio.solver.cells import BLOCKS, Cells
from cfstudio.solver.page_cells import PageCells


@dataclass
class Rectangle:
    top: int
    left: int
    height: int
    width: int
    name: str = "X1"


def test_numbers_come_back_to_the_cells_they_were_read_from():
    model = random_model(4, 3, 2, bias=True)
    masks = {name: np.random.default_rng(1).random(getattr(model, name).shape) < 0.6 for name in BLOCKS}
    cells = Cells.chosen(model, masks)
    numbers = cells.read(model)
    assert len(numbers) == cells.n == sum(mask.sum() for mask in masks.values())
    changed = cells.applied(model, numbers + 1)
    for name, mask in masks.items():
        np.testing.assert_array_equal(getattr(changed, name), getattr(model, name) + mask)
        np.testing.assert_array_equal(cells.mask(name), mask)


def test_float32_factors_are_solved_in_float64():
    model = random_model(4, 3, 2, bias=False)
    small = type(model)(model.user_factors.astype(np.float32), model.item_factors.astype(np.float32))
    cells = Cells.whole(small)
    assert cells.read(small).dtype == np.float64
    assert cells.applied(small, cells.read(small) + 1e-12).user_factors.dtype == np.float64


def test_the_lesson_has_150_changing_cells_and_180_with_biases():
    assert lesson_problem().changing.n == 150
    assert lesson_problem(bias=True).changing.n == 180


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="user_bias"):
        Cells.chosen(lesson_start(bias=False), {"user_bias": np.ones(15, dtype=bool)})


def test_cells_are_called_what_the_sheet_calls_them():
    model, ratings = lesson_start(bias=True), lesson()
    cells = Cells.whole(model)
    names = [cells.name_of(place, ratings) for place in range(cells.n)]
    assert names[0] == f"User {ratings.user_ids[0]}, factor 1"
    assert names[75] == f"{ratings.item_table.titles[0]}, factor 1"
    assert names[-1] == f"{ratings.item_table.titles[14]}, bias"
    assert len(set(names)) == 180


def test_positions_say_where_a_constraints_cells_stand_among_the_changing_ones():
    model = lesson_start(bias=True)
    changing = Cells.whole(model, ["item_factors", "user_bias"])
    part = Cells.whole(model, ["user_factors", "user_bias"])
    np.testing.assert_array_equal(part.positions_in(changing), [-1] * 75 + list(range(75, 90)))


def page():
    """A page that shows the users 2, 0 and the items 1, 2, 0 of a model; item factors above, user factors left."""
    model = random_model(3, 3, 2, bias=True)
    blocks = {
        "item_bias": Rectangle(4, 3, 1, 3),
        "item_factors": Rectangle(5, 3, 2, 3),
        "user_bias": Rectangle(8, 0, 2, 1),
        "user_factors": Rectangle(8, 1, 2, 2),
    }
    return PageCells(model, blocks, np.array([2, 0]), np.array([1, 2, 0]))


def test_ranges_on_a_page_become_cells_in_the_pages_own_order():
    on_page = page()
    cells = on_page.cells([Rectangle(8, 0, 1, 3), Rectangle(6, 4, 1, 2)])
    user_factors = np.zeros((3, 2), dtype=bool)
    user_factors[2] = True
    item_factors = np.zeros((3, 2), dtype=bool)
    item_factors[[2, 0], 1] = True
    np.testing.assert_array_equal(cells.mask("user_factors"), user_factors)
    np.testing.assert_array_equal(cells.mask("item_factors"), item_factors)
    np.testing.assert_array_equal(cells.mask("user_bias"), [False, False, True])
    assert "item_bias" not in cells.places


def test_a_range_that_reaches_outside_of_the_factors_is_refused():
    on_page = page()
    with pytest.raises(DataError, match="factors and biases only"):
        on_page.cells([Rectangle(8, 1, 2, 3)])
