"""From the pages of a workbook to what was understood of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block, cell_name
from cfstudio.exchange.find_crosstab import find_crosstabs
from cfstudio.exchange.find_factors import find_factors
from cfstudio.exchange.found_crosstab import FoundCrosstab
from cfstudio.exchange.grid import NUMBER
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfstudio.exchange.find_crosstab import CrosstabShape
    from cfstudio.exchange.grid import Grid
    from cfstudio.exchange.workbook_pages import WorkbookPages

LOOKED_FOR = (
    "looked for ids along a first row and a first column with numbers or blanks inside, "
    "at least 2 × 2 with 3 numbers, on any page"
)

SAME = 1e-9
"""Relative difference up to which a number on the page is the one that was calculated."""


def understood(
    workbook: WorkbookPages, name: str, pages: Sequence[str], given: Mapping[str, str | None] | None = None
) -> FoundCrosstab:
    """The likeliest crosstab of some pages. Raises DataError if there is none and none is `given` as ranges."""
    best: tuple[str, CrosstabShape] | None = None
    for page in pages:
        for shape in find_crosstabs(workbook[page])[:1]:
            if best is None or shape.rank > best[1].rank:
                best = (page, shape)
    if best is None:
        if given and {"ratings", "user_ids", "item_ids"} <= set(given):
            return FoundCrosstab(name, pages[0], tuple(workbook.names), {}, _workbook=workbook)
        where = f"page {pages[0]}" if len(pages) == 1 else f"any of its {len(pages)} pages"
        raise DataError(f"{name} has no crosstab on {where}: {LOOKED_FOR}.")
    page, shape = best
    blocks = {"ratings": shape.ratings, "user_ids": shape.user_ids, "item_ids": shape.item_ids}
    if shape.titles is not None:
        blocks["titles"] = shape.titles
    factors = find_factors(workbook[page], shape)
    if factors is not None:
        blocks |= {"user_factors": factors.user_factors, "item_factors": factors.item_factors}
        if factors.user_bias is not None and factors.item_bias is not None:
            blocks |= {"user_bias": factors.user_bias, "item_bias": factors.item_bias}
    found = described(FoundCrosstab(name, page, tuple(workbook.names), blocks, _workbook=workbook))
    if factors is None:
        return found
    sure = (
        f"They give the predictions in {factors.predictions.name}."
        if factors.predictions is not None
        else "No predictions on the page confirm them."
    )
    return replace(found, words=(*found.words, sure))


def described(found: FoundCrosstab) -> FoundCrosstab:
    """The same with words, and with the RMSE that the factors give."""
    ratings, factors = found.to_ratings(), found.to_factors()
    at, label = found.ranges, ratings.item_label
    words = [
        f"Page {found.page}: {len(ratings.user_ids):,} users × {ratings.n_items:,} {label}s with "
        f"{ratings.n_rated:,} ratings, the crosstab in {at['ratings']}."
        if not found.is_own
        else f"Exported by CF Studio: {ratings.n_users:,} users × {ratings.n_items:,} {label}s with "
        f"{ratings.n_rated:,} ratings; the crosstab stands in {at['ratings']} on page {found.page}."
    ]
    if "titles" in at and not found.is_own:
        words.append(f"Titles from {at['titles']}.")
    if factors is None:
        words.append("No factors were found; the program starts from new ones.")
        return replace(found, words=tuple(words), rmse=None, shown_rmse=None)
    biases = f", biases in {at['user_bias']} and {at['item_bias']}" if factors.has_bias else ", no biases"
    words.append(
        f"{factors.n_factors} factors per user in {at['user_factors']} and per {label} in {at['item_factors']}{biases}."
    )
    errors = (ratings.values - factors.predict(ratings.users, ratings.items))[ratings.rated]
    if not len(errors):
        return replace(found, words=(*words, "Nothing is rated."), rmse=None, shown_rmse=None)
    root_sum = math.sqrt(float(np.square(errors).sum()))
    rmse = root_sum / math.sqrt(len(errors))
    shown = _cell_with(found._workbook[found.page], root_sum) if len(errors) > 1 else None
    if shown is not None:
        words.append(
            f"{shown[0]} shows {shown[1]:.3f}, the root of the summed squared errors: the division by the "
            f"{len(errors):,} ratings is missing. The RMSE is {rmse:.6g}."
        )
    else:
        words.append(f"The RMSE over the rated cells is {rmse:.6g}.")
    return replace(found, words=tuple(words), rmse=rmse, shown_rmse=shown)


def check_blocks(grid: Grid, blocks: Mapping[str, Block]) -> None:
    """Raise DataError with a sentence unless ranges fit together and hold what they should."""
    missing = [name for name in ("ratings", "user_ids", "item_ids") if name not in blocks]
    if missing:
        raise DataError(f"A crosstab needs a range for its {missing[0].replace('_', ' ')}.")
    n, m = blocks["ratings"].height, blocks["ratings"].width
    f = blocks["user_factors"].width if "user_factors" in blocks else 1
    sizes = {
        "user_ids": (n, 1), "item_ids": (1, m), "titles": (1, m), "user_factors": (n, f), "item_factors": (f, m),
        "user_bias": (n, 1), "item_bias": (1, m), "held_out": (n, m),
    }  # fmt: skip
    for name, block in blocks.items():
        height, width = sizes.get(name, (n, m))
        if (block.height, block.width) != (height, width):
            raise DataError(
                f"{name.replace('_', ' ')} in {block.name} are {block.height} × {block.width} cells; "
                f"with ratings in {blocks['ratings'].name} they must be {height} × {width}."
            )
        if name not in ("user_ids", "item_ids", "titles") and (text_at := grid.text_in(block)) is not None:
            raise DataError(f"{text_at} holds a text, where {name.replace('_', ' ')} must be numbers.")
    for name in ("user_ids", "item_ids"):
        ids = grid.values(blocks[name])
        if None in ids or len(set(ids)) < len(ids):
            raise DataError(f"{blocks[name].name} does not hold different {name.replace('_', ' ')}.")
    for one, other in (("user_factors", "item_factors"), ("user_bias", "item_bias")):
        if (one in blocks) != (other in blocks):
            raise DataError(f"{one.replace('_', ' ')} and {other.replace('_', ' ')} go together; give both or none.")
    for name in ("user_factors", "item_factors", "user_bias", "item_bias"):
        if name in blocks and not np.isfinite(grid.numbers_in(blocks[name])).all():
            raise DataError(f"{name.replace('_', ' ')} in {blocks[name].name} have blank cells.")


def _cell_with(grid: Grid, number: float) -> tuple[str, float] | None:
    """The first cell of a page that shows a number."""
    if grid.height * grid.width > 1_000_000 or not number:
        return None
    rows, columns = np.nonzero((grid.kinds == NUMBER) & (np.abs(grid.numbers - number) <= SAME * number))
    if not len(rows):
        return None
    row, column = int(rows[0]), int(columns[0])
    return cell_name(row, column), float(grid.numbers[row, column])
