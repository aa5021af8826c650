"""What the columns of a page's table are, and the runs of cells they are painted as."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.gui.sheet.cells import DEEPEST_FACTOR, CellBlock, Fixed, Keys, Ramp, shade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

WHOLE_TEXT = Fixed(0)
"""Spells indexes and the zeros and ones of a one-hot row."""
SPREAD_ROWS = 1_000
"""Rows of a matrix that say how deep its colors are, so that a factor looks the same wherever it is shown."""


@dataclass(frozen=True)
class Column:
    """One column: what it holds, its header and tip, and a text as wide as its widest.

    `number` counts columns of a kind, such as factors; a column that `stretches` shares the width that is left.
    """

    kind: str
    header: str
    tip: str
    sample: str
    number: int = 0
    is_editable: bool = False
    stretches: bool = False

    @property
    def name(self) -> str:
        """The header in one line, for copies and screen readers."""
        return " ".join(self.header.replace("-\n", "").split())


@dataclass(frozen=True)
class Part:
    """Adjacent columns that are painted alike, from column `first`: a block of numbers, or one column of texts.

    `muted` (n_rows,) says which texts are written in gray; numbers have that in their block.
    """

    first: int
    cells: CellBlock | list[str]
    ramp: Ramp = "factor_ramp"
    muted: NDArray[np.bool_] | None = None

    @property
    def n_columns(self) -> int:
        """How many columns it covers."""
        return self.cells.keys.shape[1] if isinstance(self.cells, CellBlock) else 1

    def text(self, row: int, column: int) -> str:
        """What is written in a cell, by its place in the part."""
        if isinstance(self.cells, list):
            return self.cells[row]
        return spelled(self.cells, row, column)


def widest(texts: Iterable[object]) -> str:
    """A text as wide as the widest of some texts: the longest, and a little more for wide letters."""
    return f"{max((str(one) for one in texts), key=len, default='')}m"


def spelled(block: CellBlock, row: int, column: int) -> str:
    """The text of one cell, nothing where it shows no number."""
    key = int(block.keys[row, column])
    return "" if key == np.iinfo(np.int64).min else block.text_of(key)


def plain_block(keys: Keys, text: Fixed, muted: NDArray[np.bool_] | None = None) -> CellBlock:
    """Numbers without color."""
    return CellBlock(keys, text.text_of, np.zeros(keys.shape, np.uint8), np.zeros(keys.shape, np.bool_), muted)


def count_block(counts: NDArray[np.integer[Any]]) -> CellBlock:
    """Whole numbers with commas, without color."""
    keys = np.asarray(counts, dtype=np.int64)
    return CellBlock(keys, _with_commas, np.zeros(keys.shape, np.uint8), np.zeros(keys.shape, np.bool_))


def index_block(indexes: NDArray[np.integer[Any]], muted: NDArray[np.bool_] | None = None) -> CellBlock:
    """One column of row numbers, counted from 1 as a spreadsheet counts."""
    keys = (np.asarray(indexes, dtype=np.int64) + 1)[:, None]
    return plain_block(keys, WHOLE_TEXT, None if muted is None else muted[:, None])


def factor_block(
    values: NDArray[np.floating[Any]], spread: float, text: Fixed, dimmed: NDArray[np.bool_] | None = None
) -> CellBlock:
    """Factors spelled by `text`, colored up to ± `spread`; `dimmed` (n_rows,) rows are gray on plain ground."""
    shaded, muted = np.isfinite(values), None
    if dimmed is not None:
        muted = np.broadcast_to(dimmed[:, None], values.shape)
        shaded = shaded & ~muted
    return CellBlock(text.keys(values), text.text_of, shade(values, -spread, spread), shaded, muted)


def color_spread(matrix: NDArray[np.floating[Any]]) -> float:
    """The size of factor at which the color of a matrix is deepest, as in the sheet's blocks."""
    some = matrix[:SPREAD_ROWS].astype(np.float64)
    some = some[np.isfinite(some)]
    if not some.size:
        return 1.0
    with np.errstate(over="ignore"):
        spread = DEEPEST_FACTOR * float(np.sqrt(np.mean(np.square(some))))
    return spread if 0 < spread < np.inf else 1.0


def without_color(part: Part) -> Part:
    """The same cells on plain ground."""
    if not isinstance(part.cells, CellBlock):
        return part
    return replace(part, cells=replace(part.cells, shaded=np.zeros_like(part.cells.shaded)))


def _with_commas(key: int) -> str:
    return f"{key:,}"
