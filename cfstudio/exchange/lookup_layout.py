"""Where everything stands on the page with one row per rating and the embedding tables beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cfstudio.exchange.cell_names import MAX_ROWS, Block

HEAD_ROWS = 3
MOST_RATINGS = MAX_ROWS - HEAD_ROWS
"""Most ratings that one page can list."""

MOST_LOOKED_UP = 100_000
"""Factors that are looked up one per cell; with more, every prediction looks up both rows inside its own formula."""


@dataclass(frozen=True)
class LookupLayout:
    """Columns of the page, by what they hold; rows from `HEAD_ROWS` on."""

    n_ratings: int
    n_users: int
    n_items: int
    n_factors: int
    has_bias: bool
    has_marks: bool

    @cached_property
    def is_full(self) -> bool:
        """Whether looked-up factors have cells of their own."""
        return 2 * self.n_ratings * self.n_factors <= MOST_LOOKED_UP

    @cached_property
    def _looked_up(self) -> int:
        """Cells for one side's look-up: its factors, then its bias."""
        return self.n_factors + self.has_bias if self.is_full else 0

    @cached_property
    def mark(self) -> int | None:
        """Column of the held-out marks, None where nothing is held out."""
        return 3 if self.has_marks else None

    @cached_property
    def user_index(self) -> int:
        """Column of the user's row number in the table of users."""
        return 3 + self.has_marks

    @cached_property
    def item_index(self) -> int:
        """Column of the item's row number in the table of items."""
        return self.user_index + 1 + self._looked_up

    @cached_property
    def prediction(self) -> int:
        """Column of the prediction; the error and its square follow."""
        return self.item_index + 1 + self._looked_up

    def column(self, column: int) -> Block:
        """The cells of a column, one per rating."""
        return Block(HEAD_ROWS, column, self.n_ratings, 1)

    @cached_property
    def user_ids(self) -> Block:
        """Ids of all users: the first column of their table."""
        return Block(HEAD_ROWS, self.prediction + 4, self.n_users, 1)

    @cached_property
    def user_factors(self) -> Block:
        """The embedding table of the users."""
        return Block(HEAD_ROWS, self.user_ids.right, self.n_users, self.n_factors)

    @cached_property
    def user_bias(self) -> Block | None:
        """Biases of the users, after their factors."""
        return Block(HEAD_ROWS, self.user_factors.right, self.n_users, 1) if self.has_bias else None

    @cached_property
    def item_ids(self) -> Block:
        """Ids of all items: the first column of their table; titles follow."""
        return Block(HEAD_ROWS, self.user_factors.right + self.has_bias + 1, self.n_items, 1)

    @cached_property
    def item_factors(self) -> Block:
        """The embedding table of the items."""
        return Block(HEAD_ROWS, self.item_ids.right + 1, self.n_items, self.n_factors)

    @cached_property
    def item_bias(self) -> Block | None:
        """Biases of the items, after their factors."""
        return Block(HEAD_ROWS, self.item_factors.right, self.n_items, 1) if self.has_bias else None

    @cached_property
    def height(self) -> int:
        """Rows of the page."""
        return HEAD_ROWS + max(self.n_ratings, self.n_users, self.n_items)

    @cached_property
    def width(self) -> int:
        """Columns of the page."""
        return self.item_factors.right + self.has_bias
