"""What a file of ratings holds once it is parsed: codes, values, times, before anything is checked or mended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import FloatArray, IntArray


class Coded(NamedTuple):
    """One side of the ratings: `codes` (n_rows,) int32 by first appearance, `ids` (n,) what stands behind each."""

    codes: NDArray[Any]
    ids: NDArray[Any]


class ItemDetails(NamedTuple):
    """What a file says of one item; empty or 0 where it says nothing."""

    title: str = ""
    genres: str = ""
    year: int = 0


@dataclass
class Observed:
    """Ratings as they stand in a file, one entry per row.

    `values` (n_rows,) float64, all finite; `timestamps` (n_rows,) int64 seconds since 1970 or None; `details` by item
    code, None if the file has only ids; `notes` what was mended, one sentence each.
    """

    users: Coded
    items: Coded
    values: FloatArray
    timestamps: IntArray | None
    item_label: str
    details: list[ItemDetails] | None = None
    notes: list[str] = field(default_factory=list)
