"""Where the crosstab page keeps what other pages show too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import fixed_name, quoted_page

if TYPE_CHECKING:
    from cfstudio.exchange.cell_names import Block
    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.ratings.table import IntArray, Ratings


class CrosstabLink:
    """Addresses on the crosstab page `page` by codes; empty for what it does not show."""

    def __init__(self, page: str, layout: CrosstabLayout, ratings: Ratings, users: IntArray, items: IntArray) -> None:
        self.page, self.layout = page, layout
        self._prefix = f"{quoted_page(page)}!"
        self._user_places = _places(ratings.n_users, users)
        self._item_places = _places(ratings.n_items, items)

    def rating(self, user: int, item: int) -> str:
        """The cell of a rating."""
        return self._cell(self.layout.ratings, self._user_places[user], self._item_places[item])

    def mark(self, user: int, item: int) -> str:
        """The cell that marks a rating as held out."""
        return self._cell(self.layout.marks, self._user_places[user], self._item_places[item])

    def user_factor(self, user: int, place: int) -> str:
        """The cell of one factor of a user."""
        return self._cell(self.layout.user_factors, self._user_places[user], place)

    def item_factor(self, item: int, place: int) -> str:
        """The cell of one factor of an item."""
        return self._cell(self.layout.item_factors, place, self._item_places[item])

    def user_bias(self, user: int) -> str:
        """The cell of a user's bias."""
        return self._cell(self.layout.user_bias, self._user_places[user], 0)

    def item_bias(self, item: int) -> str:
        """The cell of an item's bias."""
        return self._cell(self.layout.item_bias, 0, self._item_places[item])

    def _cell(self, block: Block | None, row: int, column: int) -> str:
        if block is None or row < 0 or column < 0:
            return ""
        return self._prefix + fixed_name(block.top + row, block.left + column)


def _places(n: int, codes: IntArray) -> list[int]:
    """(n,) where each code stands in the crosstab, −1 for those that do not."""
    places = np.full(n, -1, dtype=np.int64)
    places[codes] = np.arange(len(codes))
    return places.tolist()
