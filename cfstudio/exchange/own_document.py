"""A document in a workbook that CF Studio wrote: the facts of its hidden page and the numbers of its visible ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.cell_xml import as_cell
from cfstudio.exchange.facts import PAGE, as_ids
from cfstudio.exchange.read_facts import FactsError, codes_in, is_same, places_in, places_of, read_facts, texts_in
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.table import ItemTable, Ratings, RatingScale
from cfstudio.workspace.session_tables import check_ratings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.exchange.facts import Places
    from cfstudio.exchange.workbook_pages import WorkbookPages
    from cfstudio.ratings.table import BoolArray, FloatArray


@dataclass(frozen=True)
class OwnDocument:
    """What was read. Rows of `ratings` are as they were exported, then those of cells rated since."""

    ratings: Ratings
    held_out: BoolArray
    factors: Factorization
    page: str
    blocks: dict[str, Block]
    """Blocks of the crosstab page, by the names of `facts.crosstab_places`."""
    n_rated_since: int


def read_own_document(pages: WorkbookPages) -> OwnDocument | None:
    """The document of a workbook with a hidden page "cfstudio", None without that page.

    Raises FactsError if the page does not fit the others, DataError if a newer program wrote it or if a text stands
    where a number must be.
    """
    if PAGE not in pages.names:
        return None
    try:
        facts = read_facts(pages)
        return _Reader(pages, facts).document()
    except (DataError, FactsError):
        raise
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError, AttributeError) as error:
        raise FactsError("it is damaged") from error


class _Reader:
    """Puts a document together."""

    def __init__(self, pages: WorkbookPages, facts: dict[str, Any]) -> None:
        self._pages, self._facts = pages, facts
        self._crosstab, self._lookup = (places_in(facts[name]) for name in ("crosstab", "lookup"))
        self._user_ids, self._item_ids = as_ids(facts["user_ids"]), as_ids(facts["item_ids"])
        self._shown_users = codes_in(facts["shown_users"], len(self._user_ids))
        self._shown_items = codes_in(facts["shown_items"], len(self._item_ids))
        self._row_users = codes_in(facts["row_users"], len(self._user_ids))
        self._row_items = codes_in(facts["row_items"], len(self._item_ids))
        self._check_places()

    def document(self) -> OwnDocument:
        """Ratings, marks and factors."""
        ratings, held_out, n_since = self._ratings()
        return OwnDocument(ratings, held_out, self._factors(), self._crosstab.page, self._crosstab.blocks, n_since)

    def _check_places(self) -> None:
        """Raise FactsError if rows or columns were moved since the export."""
        if self._crosstab.page not in self._pages.names:
            raise FactsError(f"there is no page {self._crosstab.page}")
        n, m = len(self._shown_users), len(self._shown_items)
        wanted = {"ratings": (n, m), "user_ids": (n, 1), "item_ids": (1, m), "held_out": (n, m)}
        for name, block in self._crosstab.blocks.items():
            if name in wanted and (block.height, block.width) != wanted[name]:
                raise FactsError(f"its {name} have another size")
        grid = self._pages[self._crosstab.page]
        for name, ids, codes in (
            ("user_ids", self._user_ids, self._shown_users),
            ("item_ids", self._item_ids, self._shown_items),
        ):
            block = self._crosstab.blocks[name]
            if not all(
                is_same(found, as_cell(one)) for found, one in zip(grid.values(block), ids[codes].tolist(), strict=True)
            ):
                raise FactsError(f"other ids stand in {block.name} of {self._crosstab.page}")

    def _ratings(self) -> tuple[Ratings, BoolArray, int]:
        facts = self._facts
        shown, marked = self._shown_numbers("ratings"), self._shown_numbers("held_out")
        row_places = places_of(self._row_users, self._shown_users, len(self._user_ids))
        column_places = places_of(self._row_items, self._shown_items, len(self._item_ids))
        is_shown = (row_places >= 0) & (column_places >= 0)
        values, marks = self._listed("ratings", is_shown), self._listed("held_out", is_shown)
        values[is_shown] = shown[row_places[is_shown], column_places[is_shown]]
        marks[is_shown] = marked[row_places[is_shown], column_places[is_shown]]
        # Cells that were blank when the workbook was written have no row yet.
        is_new = np.isfinite(shown)
        is_new[row_places[is_shown], column_places[is_shown]] = False
        new_rows, new_columns = np.nonzero(is_new)
        timestamps = None if facts["timestamps"] is None else np.array(facts["timestamps"], dtype=np.int64)
        if timestamps is not None:
            timestamps = np.concatenate((timestamps, np.zeros(len(new_rows), dtype=np.int64)))
        ratings = Ratings(
            name=str(facts["name"]),
            users=np.concatenate((self._row_users, self._shown_users[new_rows])).astype(np.int32),
            items=np.concatenate((self._row_items, self._shown_items[new_columns])).astype(np.int32),
            values=np.concatenate((values, shown[new_rows, new_columns])),
            user_ids=self._user_ids,
            item_table=ItemTable(
                self._item_ids, texts_in(facts["titles"]), texts_in(facts["genres"]), np.array(facts["years"], np.int16)
            ),
            scale=RatingScale(*(float(one) for one in facts["scale"])),
            timestamps=timestamps,
            item_label=str(facts["item_label"]),
            notes=tuple(str(note) for note in facts["notes"]),
        )
        check_ratings(ratings)
        if timestamps is not None and len(timestamps) != len(ratings.values):
            raise FactsError("its times are not one per rating")
        return ratings, np.concatenate((marks == 1, marked[new_rows, new_columns] == 1)), len(new_rows)

    def _shown_numbers(self, name: str) -> FloatArray:
        """Numbers of a block of the crosstab, NaN where blank; all NaN without that block."""
        if name not in self._crosstab.blocks:
            return np.full((len(self._shown_users), len(self._shown_items)), np.nan)
        return self._numbers(self._crosstab, name)

    def _listed(self, name: str, is_shown: BoolArray) -> FloatArray:
        """Numbers of a column of the long form, NaN where it is not needed or not there."""
        if is_shown.all() or name not in self._lookup.blocks:
            return np.full(len(is_shown), np.nan)
        numbers = self._numbers(self._lookup, name)[:, 0]
        if len(numbers) != len(is_shown):
            raise FactsError("its long form has another length")
        return numbers

    def _numbers(self, places: Places, name: str) -> FloatArray:
        grid, block = self._pages[places.page], places.blocks[name]
        text_at = grid.text_in(block)
        # Formulas that calculate to an empty text are read as blanks.
        if text_at is not None:
            raise DataError(
                f"{text_at} on page {places.page} holds a text where a number must be; correct or clear it."
            )
        return grid.numbers_in(block)

    def _factors(self) -> Factorization:
        parameters = dict(zip(self._facts["parameters"], self._parameters(), strict=False))
        low, high = parameters.get("rating_low"), parameters.get("rating_high")
        return Factorization(
            **{name: self._factor_array(name, number_type) for name, number_type in self._number_types().items()},
            global_mean=parameters.get("global_mean", 0.0),
            rating_range=None if low is None or high is None else (low, high),
        )

    def _number_types(self) -> dict[str, np.dtype[Any]]:
        types = {str(name): np.dtype(one) for name, one in self._facts["number_types"].items()}
        if any(one not in (np.dtype(np.float32), np.dtype(np.float64)) for one in types.values()):
            raise FactsError("its factors are no floating-point numbers")
        return types

    def _parameters(self) -> list[float]:
        block = self._crosstab.blocks["parameters"]
        grid = self._pages[self._crosstab.page]
        numbers: list[float] = grid.numbers_in(Block(block.top, block.left + 1, block.height, 1))[:, 0].tolist()
        return numbers

    def _factor_array(self, name: str, number_type: np.dtype[Any]) -> NDArray[np.floating[Any]]:
        """Factors (n, n_factors) or biases (n,): those of the crosstab from there, the others from the tables."""
        is_user = name.startswith("user")
        n, shown = (len(self._user_ids), self._shown_users) if is_user else (len(self._item_ids), self._shown_items)
        numbers = self._numbers(self._crosstab, name)
        # Items lie side by side on the crosstab page, users one below the other.
        numbers = numbers if is_user else numbers.T
        if len(numbers) != len(shown):
            raise FactsError(f"its {name} are not one per id")
        if len(set(shown.tolist())) == n:
            whole = np.empty((n, numbers.shape[1]))
        else:
            whole = self._numbers(self._lookup, name)
            if whole.shape != (n, numbers.shape[1]):
                raise FactsError(f"its {name} have another size")
        whole[shown] = numbers
        whole = whole.astype(number_type)
        return whole[:, 0].copy() if name.endswith("bias") else whole
