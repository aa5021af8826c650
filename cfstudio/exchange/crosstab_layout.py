"""Where everything stands on a page with a crosstab.

As in the lesson's workbook: ratings at the top from H2 (with five factors), movie factors under them, predictions under
those with the user factors to their left, the RMSE at the lower right end (V41 for 15 × 15; V42 with biases).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cfstudio.exchange.cell_names import Block


@dataclass(frozen=True)
class CrosstabLayout:
    """Blocks of a crosstab page of n_users × n_items with factors, biases and marks of held-out cells.

    Items have `n_factors` numbers like users, unless `n_item_factors` says otherwise.
    """

    n_users: int
    n_items: int
    n_factors: int
    has_bias: bool
    has_marks: bool
    n_item_factors: int | None = None

    @cached_property
    def _left(self) -> int:
        """First column of the items: after the user bias, the factors and the ids."""
        return self.n_factors + 2

    def _cells(self, top: int) -> Block:
        return Block(top, self._left, self.n_users, self.n_items)

    def _strip(self, top: int, height: int = 1) -> Block:
        return Block(top, self._left, height, self.n_items)

    @cached_property
    def item_ids(self) -> Block:
        """Ids above the ratings."""
        return self._strip(0)

    @cached_property
    def user_ids(self) -> Block:
        """Ids left of the ratings."""
        return Block(1, self._left - 1, self.n_users, 1)

    @cached_property
    def ratings(self) -> Block:
        """The ratings."""
        return self._cells(1)

    @cached_property
    def titles(self) -> Block:
        """Titles above the item factors."""
        return self._strip(self.n_users + 2)

    @cached_property
    def item_bias(self) -> Block | None:
        """The strip of item biases, None in a model without."""
        return self._strip(self.n_users + 3) if self.has_bias else None

    @cached_property
    def item_factors(self) -> Block:
        """Item factors, one row per factor."""
        height = self.n_factors if self.n_item_factors is None else self.n_item_factors
        return self._strip(self.n_users + 3 + self.has_bias, height)

    @cached_property
    def lower_item_ids(self) -> Block:
        """Ids above the predictions."""
        return self._strip(self.item_factors.bottom)

    @cached_property
    def predictions(self) -> Block:
        """The predictions."""
        return self._cells(self.lower_item_ids.bottom)

    @cached_property
    def lower_user_ids(self) -> Block:
        """Ids left of the predictions."""
        return Block(self.predictions.top, self._left - 1, self.n_users, 1)

    @cached_property
    def user_factors(self) -> Block:
        """User factors, one column per factor, beside the predictions."""
        return Block(self.predictions.top, 1, self.n_users, self.n_factors)

    @cached_property
    def user_bias(self) -> Block | None:
        """The strip of user biases, None in a model without."""
        return Block(self.predictions.top, 0, self.n_users, 1) if self.has_bias else None

    @cached_property
    def rmse(self) -> Block:
        """RMSE over all rated cells."""
        return Block(self.predictions.bottom + 1, self._left + self.n_items - 1, 1, 1)

    @cached_property
    def train_rmse(self) -> Block:
        """RMSE over the rated cells that are not held out; only where there are marks."""
        return Block(self.rmse.top + 1, self.rmse.left, 1, 1)

    @cached_property
    def valid_rmse(self) -> Block:
        """RMSE over the held-out cells; only where there are marks."""
        return Block(self.rmse.top + 2, self.rmse.left, 1, 1)

    @cached_property
    def errors(self) -> Block:
        """Prediction − rating, a heading above."""
        return self._cells(self.rmse.bottom + 2 * self.has_marks + 2)

    @cached_property
    def marks(self) -> Block | None:
        """1 where a rating is held out, a heading above; None where nothing is."""
        return self._cells(self.errors.bottom + 2) if self.has_marks else None

    @cached_property
    def parameters(self) -> Block:
        """Global mean, low and high end of the range: names in the first column, numbers in the second."""
        return Block(1, 0, 3, 2)

    @cached_property
    def objective(self) -> Block:
        """What the Solver makes small: held-out cells are no part of it."""
        return self.train_rmse if self.has_marks else self.rmse

    @cached_property
    def changing(self) -> list[Block]:
        """What the Solver changes."""
        blocks = (self.item_factors, self.user_factors, self.item_bias, self.user_bias)
        return [block for block in blocks if block is not None]

    @cached_property
    def height(self) -> int:
        """Rows of the page."""
        return (self.marks or self.errors).bottom

    @cached_property
    def width(self) -> int:
        """Columns of the page."""
        return self._left + self.n_items
