"""The users' or the items' numbers on the device, and the two ways to sum a batch's gradient and move them.

A row is laid out as in `kernels`: factors, user bias, item bias, zeros up to a multiple of 4 floats, with a constant 1
in the place of the other side's bias. Two rows come after the last: one of zeros that the cells of nobody read, and one
that is only ever written.

No way asks the device how many different rows a batch has, for that would be a wait in every step; so one moves the
whole table, the other as many rows as the batch has cells. Bytes a step, counted in passes over a tensor (Adam with
decoupled decay; an operation that reads two and writes one is three passes):

- the table, n rows: gradient zeroed 1, mean 3, squares 5, root, ε, quotient and rate 9, decay 3, subtraction 3: 24 n
- the batch, b cells: the same 24, rows with all that is remembered fetched 6 and put back 6: 36 b

so the table wins up to n = 1.5 b. For 162,541 users and 59,047 items, 50 factors (208 B a row), 65,536 cells a step:
users 36 × 13.6 MB = 491 MB (the table: 811), items 24 × 12.3 MB = 295 MB (the batch: 491); look-up, errors and sums
of the gradient are 18 passes of 13.6 MB = 245 MB. All in all 1.03 GB: 0.31 ms at 70 % of an H200's 4.8 TB/s, and at
worst another 0.16 ms for eighty operations that take 2 µs however small they are. With 382 steps that is 0.12–0.18 s an
epoch, where 0.5 s is asked for. Estimated, not measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.device_plan import StepNumbers
    from cfstudio.learning.device_rules import Rule

LANES = 4
"""Floats per row are a multiple of this: one 16-byte load."""
TABLE_PER_BATCH = 1.5
"""Rows of a table, per cell of a batch, up to which moving all of it is cheaper than fetching some."""


class DeviceRows:
    """`table` (1 + things remembered, n_rows + 2, width) float32: the numbers, then what is remembered of them."""

    def __init__(self, n_rows: int, n_columns: int, n_blocks: int, device: torch.device) -> None:
        self.n_rows = n_rows
        width = -(-n_columns // LANES) * LANES
        self.table = torch.zeros((n_blocks, n_rows + 2, width), dtype=torch.float32, device=device)

    @property
    def width(self) -> int:
        """Floats of a row."""
        return int(self.table.shape[2])

    @property
    def numbers(self) -> Tensor:
        """(n_rows, width) the numbers, a view."""
        return self.table[0, : self.n_rows]


class MovedRows(Protocol):
    """One side's part in a step: fetch, sum the gradient, move."""

    gradient: Tensor
    """Sum over the batch, (some rows, width), from the last step on; rows that are not used hold zeros."""

    def fetched(self, codes: Tensor) -> Tensor:
        """The rows (b, width) of the batch's cells; `codes` (b,) int64."""

    def sum_gradient(self, per_cell: Tensor, fixed: int) -> None:
        """Sum the cells' gradients (b, width) row by row; column `fixed` is a constant, −1 for none."""

    def move(self, rule: Rule, decays: Tensor, numbers: StepNumbers) -> None:
        """Do the step."""


class WholeTable:
    """Moves all rows, or those that the batch touched with the others standing still beside them."""

    def __init__(self, rows: DeviceRows, *, moves_untouched: bool) -> None:
        self._table = rows.table
        self._moves_untouched = moves_untouched
        self._codes = torch.empty(0, dtype=torch.int64, device=rows.table.device)
        self.gradient = torch.zeros_like(rows.table[0])
        self._touched = rows.table.new_zeros((len(self.gradient), 1))

    def fetched(self, codes: Tensor) -> Tensor:
        """See `MovedRows`."""
        self._codes = codes
        return self._table[0].index_select(0, codes)

    def sum_gradient(self, per_cell: Tensor, fixed: int) -> None:
        """See `MovedRows`."""
        self.gradient.zero_().index_add_(0, self._codes, per_cell)
        _clear(self.gradient, fixed)

    def move(self, rule: Rule, decays: Tensor, numbers: StepNumbers) -> None:
        """See `MovedRows`."""
        touched = None if self._moves_untouched else self._touched.zero_().index_fill_(0, self._codes, 1.0)
        rows, *remembered = self._table.unbind()
        rule.move(rows, tuple(remembered), self.gradient, decays, numbers, touched)


class TouchedRows:
    """Moves the batch's rows, fetched with all that is remembered of them.

    Of several cells with the same row one holds it: they all write their place in the batch to the row's entry of a
    list, and whoever is read back from there is the one. The others' copies are moved too, and thrown away.
    """

    def __init__(self, rows: DeviceRows, batch_size: int) -> None:
        self._table = rows.table
        # a tensor: a number here would be copied to the device within the step
        self._thrown_away = torch.full((1,), len(rows.table[0]) - 1, device=rows.table.device)
        self._places = torch.arange(batch_size, device=rows.table.device)
        self._holder = torch.zeros(len(rows.table[0]), dtype=torch.int64, device=rows.table.device)
        self.gradient = rows.table.new_zeros((batch_size, rows.width))
        self._codes = self._target = self._places
        self._block = self._table[:, :0]

    def fetched(self, codes: Tensor) -> Tensor:
        """See `MovedRows`."""
        self._codes = codes
        self._block = self._table.index_select(1, codes)
        return self._block[0]

    def sum_gradient(self, per_cell: Tensor, fixed: int) -> None:
        """See `MovedRows`."""
        holders = self._holder.scatter_(0, self._codes, self._places).index_select(0, self._codes)
        self._target = torch.where(holders == self._places, self._codes, self._thrown_away)
        self.gradient.zero_().index_add_(0, holders, per_cell)
        _clear(self.gradient, fixed)

    def move(self, rule: Rule, decays: Tensor, numbers: StepNumbers) -> None:
        """See `MovedRows`."""
        rows, *remembered = self._block.unbind()
        rule.move(rows, tuple(remembered), self.gradient, decays, numbers, None)
        self._table.index_copy_(1, self._target, self._block)


def moved_rows(rows: DeviceRows, batch_size: int, *, moves_untouched: bool) -> MovedRows:
    """The way that moves fewer bytes."""
    if moves_untouched or rows.n_rows <= TABLE_PER_BATCH * batch_size:
        return WholeTable(rows, moves_untouched=moves_untouched)
    return TouchedRows(rows, batch_size)


def _clear(gradient: Tensor, column: int) -> None:
    if column >= 0:
        gradient[:, column].zero_()
