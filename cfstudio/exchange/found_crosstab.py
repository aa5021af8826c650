"""What was understood of a workbook, in words and as ranges that can be mended, before it becomes a document."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.exchange.cell_names import Block, parse_block
from cfstudio.exchange.grid import text_of
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.ids import as_ids
from cfstudio.ratings.files.observed import ItemDetails
from cfstudio.ratings.files.scale import infer_scale
from cfstudio.ratings.files.titles import item_table
from cfstudio.ratings.table import Ratings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cfstudio.exchange.grid import Grid
    from cfstudio.exchange.own_document import OwnDocument
    from cfstudio.exchange.workbook_pages import WorkbookPages
    from cfstudio.ratings.table import BoolArray

RANGES = (
    "ratings", "user_ids", "item_ids", "titles", "user_factors", "item_factors", "user_bias", "item_bias", "held_out",
)  # fmt: skip
"""What a range may be of; `ratings`, `user_ids` and `item_ids` must be there."""


@dataclass(frozen=True)
class FoundCrosstab:
    """A crosstab in a workbook.

    `page` is its page, one of `pages`; `blocks` its ranges by the names in `RANGES`, absent where there is nothing;
    `words` say in sentences what was understood. `rmse` is that of the factors over the rated cells, None without
    factors; `shown_rmse` the address and number of a cell that shows it wrongly, without dividing by the count.
    """

    name: str
    page: str
    pages: tuple[str, ...]
    blocks: Mapping[str, Block]
    words: tuple[str, ...] = ()
    rmse: float | None = None
    shown_rmse: tuple[str, float] | None = None
    _workbook: WorkbookPages = field(repr=False, kw_only=True)
    _own: OwnDocument | None = field(repr=False, kw_only=True, default=None)

    @property
    def path(self) -> Path:
        """The workbook's file."""
        return self._workbook.path

    @property
    def ranges(self) -> dict[str, str]:
        """The addresses of the blocks, such as H2:V16."""
        return {name: block.name for name, block in self.blocks.items()}

    @property
    def is_own(self) -> bool:
        """Whether CF Studio wrote the workbook, so that types, genres and the order of the ratings are known too."""
        return self._own is not None

    def mended(self, page: str | None = None, ranges: Mapping[str, str | None] | None = None) -> FoundCrosstab:
        """The same workbook understood otherwise: another page is searched anew; ranges replace those that were found.

        None as a range means there is nothing of that kind. Raises DataError with a sentence if the page does not
        exist, a range is none, or ranges do not fit together.
        """
        from cfstudio.exchange.understanding import check_blocks, described, understood

        if page is not None and page not in self.pages:
            raise DataError(f'There is no page "{page}"; there are {", ".join(self.pages)}.')
        found = self
        if page is not None and page != self.page:
            found = understood(self._workbook, self.name, [page], ranges)
        blocks = dict(found.blocks)
        for name, address in (ranges or {}).items():
            if name not in RANGES:
                raise DataError(f'"{name}" is no range of a crosstab; there are {", ".join(RANGES)}.')
            if address is None:
                blocks.pop(name, None)
                continue
            try:
                blocks[name] = parse_block(address)
            except ValueError as error:
                raise DataError(str(error)) from error
        check_blocks(self._workbook[found.page], blocks)
        own = found._own if blocks == dict(found.blocks) else None
        return described(replace(found, blocks=blocks, _own=own))

    def to_ratings(self) -> Ratings:
        """The ratings, users and items in the order of the page; a fresh copy each time."""
        if self._own is not None:
            return replace(self._own.ratings, values=self._own.ratings.values.copy())
        grid = self._grid
        numbers = grid.numbers_in(self.blocks["ratings"])
        users, items = np.nonzero(np.isfinite(numbers))
        values = numbers[users, items]
        if not len(values):
            raise DataError(f"{self.blocks['ratings'].name} on page {self.page} holds no ratings.")
        ids = _ids(grid, self.blocks["item_ids"])
        titles = grid.values(self.blocks["titles"]) if "titles" in self.blocks else [None] * len(ids)
        details = [ItemDetails(title=text_of(title)) for title in titles]
        return Ratings(
            name=self.name,
            users=users.astype(np.int32),
            items=items.astype(np.int32),
            values=values,
            user_ids=_ids(grid, self.blocks["user_ids"]),
            item_table=item_table(ids, details, "movie"),
            scale=infer_scale(values),
            notes=self.words,
        )

    def to_held_out(self) -> BoolArray:
        """(n_rows,) True where a rating of `to_ratings` is held out."""
        if self._own is not None:
            return self._own.held_out.copy()
        rated = np.isfinite(self._grid.numbers_in(self.blocks["ratings"]))
        if "held_out" not in self.blocks:
            return np.zeros(int(rated.sum()), dtype=np.bool_)
        marks: BoolArray = self._grid.numbers_in(self.blocks["held_out"])[rated] == 1
        return marks

    def to_factors(self) -> Factorization | None:
        """The factors and biases, None if there are none."""
        if self._own is not None:
            return self._own.factors.copy()
        if "user_factors" not in self.blocks or "item_factors" not in self.blocks:
            return None
        has_bias = "user_bias" in self.blocks and "item_bias" in self.blocks
        return Factorization(
            user_factors=self._numbers("user_factors"),
            item_factors=np.ascontiguousarray(self._numbers("item_factors").T),
            user_bias=self._numbers("user_bias")[:, 0].copy() if has_bias else None,
            item_bias=self._numbers("item_bias")[0].copy() if has_bias else None,
        )

    def page_grid(self, page: str | None = None) -> Grid:
        """The cells of a page, by default of the crosstab's. Raises DataError if the page is damaged."""
        return self._workbook[page or self.page]

    @property
    def _grid(self) -> Grid:
        return self.page_grid()

    def _numbers(self, name: str) -> NDArray[np.float64]:
        return self._grid.numbers_in(self.blocks[name])


def _ids(grid: Grid, strip: Block) -> NDArray[Any]:
    return as_ids([text_of(one) for one in grid.values(strip)])
