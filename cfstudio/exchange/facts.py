"""What the cells of a workbook cannot say of a document: the content of its hidden page "cfstudio".

The page holds one JSON object, in pieces of `PIECE` characters down column A. Ratings, factors, biases and marks are
*not* in it: those are read from the visible cells, so that what was changed there comes back. What is in it: ids with
their types, titles, genres, years, times, the order of the ratings, the number types of the factors, and where the
blocks stand.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio import __version__
from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.formulas import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.exchange.lookup_layout import LookupLayout
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.ratings.table import IntArray

PAGE = "cfstudio"
FORMAT_NAME = "CF Studio workbook"
FORMAT_VERSION = 1

PIECE = 32_000
"""Characters of JSON per cell; Excel's limit is 32,767."""

WHOLE_TYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


@dataclass(frozen=True)
class Places:
    """Where a workbook's numbers stand: name of the page and blocks on it, by name."""

    page: str
    blocks: dict[str, Block]


def crosstab_places(page: str, at: CrosstabLayout) -> Places:
    """The blocks of the crosstab page that are read back."""
    blocks = {
        "ratings": at.ratings,
        "user_ids": at.user_ids,
        "item_ids": at.item_ids,
        "user_factors": at.user_factors,
        "item_factors": at.item_factors,
        "user_bias": at.user_bias,
        "item_bias": at.item_bias,
        "held_out": at.marks,
        "parameters": at.parameters,
    }
    return Places(page, {name: block for name, block in blocks.items() if block is not None})


def lookup_places(page: str, at: LookupLayout) -> Places:
    """The blocks of the long form that are read back."""
    blocks = {
        "ratings": at.column(2),
        "held_out": None if at.mark is None else at.column(at.mark),
        "user_factors": at.user_factors,
        "item_factors": at.item_factors,
        "user_bias": at.user_bias,
        "item_bias": at.item_bias,
    }
    return Places(page, {name: block for name, block in blocks.items() if block is not None})


def facts_of(part: DocumentPart, users: IntArray, items: IntArray, crosstab: Places, lookup: Places) -> dict[str, Any]:
    """The facts of a document whose crosstab shows `users` × `items`, as JSON values."""
    ratings, model = part.ratings, part.factors
    n = lookup.blocks["ratings"].height
    table = ratings.item_table
    arrays = {
        "user_factors": model.user_factors,
        "item_factors": model.item_factors,
        "user_bias": model.user_bias,
        "item_bias": model.item_bias,
    }
    return {
        "format": FORMAT_NAME,
        "format_version": FORMAT_VERSION,
        "program_version": __version__,
        "name": ratings.name,
        "item_label": ratings.item_label,
        "scale": [float(ratings.scale.low), float(ratings.scale.high), float(ratings.scale.step)],
        "notes": list(ratings.notes),
        "user_ids": _ids(ratings.user_ids),
        "item_ids": _ids(table.ids),
        "titles": [str(title) for title in table.titles],
        "genres": [str(genre) for genre in table.genres],
        "years": table.years.tolist(),
        "row_users": ratings.users[:n].tolist(),
        "row_items": ratings.items[:n].tolist(),
        "timestamps": None if ratings.timestamps is None else ratings.timestamps[:n].tolist(),
        "number_types": {name: str(array.dtype) for name, array in arrays.items() if array is not None},
        "parameters": [name for name, _ in parameters_of(model)],
        "shown_users": users.tolist(),
        "shown_items": items.tolist(),
        "crosstab": asdict(crosstab),
        "lookup": asdict(lookup),
    }


def pieces_of(facts: dict[str, Any]) -> Iterator[str]:
    """The JSON as texts for the cells of column A."""
    text = json.dumps(facts, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    # Spreadsheets read _x0041_ in a text as a character code; JSON has another way to write "_".
    text = text.replace("_x", "\\u005fx")
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def _ids(ids: NDArray[Any]) -> dict[str, Any]:
    return {"type": "text" if ids.dtype.kind == "U" else str(ids.dtype), "ids": ids.tolist()}


def as_ids(content: dict[str, Any]) -> NDArray[Any]:
    """Ids with their type. Raises TypeError, ValueError, OverflowError or KeyError if they are none."""
    kind, ids = content["type"], content["ids"]
    if kind in ("text", "object"):
        if not all(isinstance(one, str) for one in ids):
            raise ValueError("ids are not all text")
        column = np.empty(len(ids), dtype=np.object_)
        column[:] = ids
        return column.astype(np.str_) if kind == "text" else column
    if kind not in WHOLE_TYPES:
        raise ValueError(f"ids cannot be {kind}")
    return np.array(ids, dtype=np.dtype(kind)).reshape(len(ids))
