"""The numbers of one cell whose user or movie has labels: own numbers, and those of its labels, which others share.

A step on the cell is that of a run which starts from the numbers in the sheet: with a net, labels have the numbers that
explain the rows' parts best; with the dot product they start at 0 (see `SideFeatures`). Labels that the cell has not
get no gradient, but decay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.net_cell import NetCell, cell_of
from cfstudio.models.net import NetFactorization

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.one_step import AnyCell, Forward
    from cfstudio.models.factorization import Factorization, Side
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import FloatArray

SIDES: tuple[Side, Side] = ("user", "item")
LABELS = "labels"


@dataclass(frozen=True)
class Labels:
    """A column's labels: `table` (n_labels, width) their numbers, `mine` (n,) places of those that the cell has.

    The sum of their numbers is, or is added to, the numbers of the row from `begin` on.
    """

    column: FeatureColumn
    mine: tuple[int, ...]
    begin: int
    table: FloatArray

    @property
    def part(self) -> slice:
        """Which numbers of a row they make."""
        return slice(self.begin, self.begin + self.table.shape[1])

    @property
    def texts(self) -> list[str]:
        """What the labels of the cell are called."""
        return [self.column.labels[place] for place in self.mine]

    def total(self) -> FloatArray:
        """(width,) the sum of their numbers."""
        return np.asarray(self.table[list(self.mine)].sum(axis=0))

    def arrays(self, *, with_others: bool) -> dict[str, FloatArray]:
        """The numbers of each label of the cell, and if need be those of all others in a line."""
        named = {self.key(place): self.table[place] for place in self.mine}
        if with_others and len(self.mine) < len(self.table):
            named[self.key()] = np.delete(self.table, self.mine, axis=0).ravel()
        return named

    def with_arrays(self, arrays: dict[str, FloatArray]) -> Labels:
        """The inverse of `arrays`."""
        table = self.table.copy()
        for place in self.mine:
            table[place] = arrays[self.key(place)]
        if self.key() in arrays:
            is_other = ~np.isin(np.arange(len(table)), self.mine)
            table[is_other] = arrays[self.key()].reshape(-1, table.shape[1])
        return replace(self, table=table)

    def key(self, place: int | None = None) -> str:
        """What an array is called: of a label, or of all that the cell has not."""
        return f"{self.column.side} {self.column.name}" + ("" if place is None else f": {self.column.labels[place]}")


@dataclass(frozen=True)
class FeatureCell:
    """A cell as it is shown, `core`, and the labels within it. `before` are the labels that the document shows."""

    core: AnyCell
    labels: tuple[Labels, ...]
    before: tuple[Labels, ...]

    @property
    def adds(self) -> bool:
        """Whether labels add to all numbers of a row instead of being a part of it."""
        return not isinstance(self.core, NetCell)

    @property
    def rating_range(self) -> tuple[float, float] | None:
        """What the sigmoid is stretched over, None without one."""
        return self.core.rating_range

    def of_side(self, side: str) -> tuple[Labels, ...]:
        """The labels of one side."""
        return tuple(one for one in self.labels if one.column.side == side)

    def shown(self) -> dict[str, FloatArray]:
        """The numbers that stand in the sheet, labels within the rows."""
        return self.core.rows()

    def rows(self) -> dict[str, FloatArray]:
        """Own numbers, layers, then each label's."""
        shown = self.core.rows()
        for side in SIDES:
            for one in self.of_side(side):
                shown[side] = shown[side] - one.total() if self.adds else shown[side][: self._n_own(side)]
        for one in self.labels:
            shown |= one.arrays(with_others=not self.adds)
        return shown

    def with_rows(self, rows: dict[str, FloatArray]) -> FeatureCell:
        """The same model with other numbers, as `rows` gives them."""
        labels = tuple(one.with_arrays(rows) for one in self.labels)
        shown = {name: rows[name] for name in self.core.rows()}
        for side, row in ((side, self.core.rows()[side].copy()) for side in SIDES):
            row[: len(rows[side])] = rows[side]
            for old, new in zip(self.labels, labels, strict=True):
                if old.column.side == side:
                    row[new.part] += new.total() if self.adds else new.total() - old.total()
            shown[side] = row
        return FeatureCell(self.core.with_rows(shown), labels, self.labels)

    def names(self) -> dict[str, list[str]]:
        """Own numbers as ever, of labels their text and a number; all labels that the cell has not in one."""
        names = self.core.names()
        of_row = {side: [name.removeprefix(f"{side} ") for name in names[side]] for side in SIDES}
        for side in SIDES:
            names[side] = names[side][: self._n_own(side)]
        for one in self.labels:
            for place in one.mine:
                numbers = of_row[one.column.side][one.part] if self.adds else range(1, one.table.shape[1] + 1)
                names[one.key(place)] = [f"{one.column.labels[place]} {number}" for number in numbers]
            names[one.key()] = [f"‖{one.column.name}: all others‖"]
        return names

    def forward(self) -> Forward:
        """The prediction."""
        return self.core.forward()

    def slopes(self) -> dict[str, FloatArray]:
        """A label's are those of the row's numbers that it is a part of."""
        slopes = self.core.slopes()
        found = dict(slopes)
        for side in SIDES:
            found[side] = slopes[side][: self._n_own(side)]
        for one in self.labels:
            for name, numbers in one.arrays(with_others=not self.adds).items():
                is_other = name == one.key()
                found[name] = np.zeros(len(numbers)) if is_other else slopes[one.column.side][one.part]
        return found

    def decays(self, config: TrainingConfig) -> dict[str, FloatArray]:
        """Labels decay as factors do, in all their numbers."""
        core = self.core.decays(config)
        return {
            name: core[name][: len(row)] if name in core else np.full(len(row), config.weight_decay)
            for name, row in self.rows().items()
        }

    def clipped_together(self) -> dict[str, str]:
        """All labels are one vector."""
        core = self.core.clipped_together()
        return {name: core.get(name, LABELS) for name in self.rows()}

    def write_into(self, factors: Factorization, user: int, item: int) -> None:
        """Put the numbers where they belong; whatever shares a label moves, too."""
        for old, new in zip(self.before, self.labels, strict=True):
            change = new.column.summed(new.table - old.table)
            side, part = new.column.side, new.part
            rows = factors.user_factors if side == "user" else factors.item_factors
            rows[:, part] += change[:, : rows[:, part].shape[1]]
            bias = factors.user_bias if side == "user" else factors.item_bias
            if bias is not None:
                bias += change[:, -1]
        self.core.write_into(factors, user, item)

    def _n_own(self, side: Side) -> int:
        row = self.core.rows()[side]
        return len(row) if self.adds else len(row) - sum(one.table.shape[1] for one in self.of_side(side))


def cell_with(factors: Factorization, user: int, item: int, columns: Sequence[FeatureColumn]) -> AnyCell:
    """The numbers of a user and an item by code, of their labels and of layers, where the model has some."""
    core = cell_of(factors, user, item)
    if not columns:
        return core
    labels = tuple(
        Labels(column, _mine(column, user if column.side == "user" else item), begin, table)
        for column, begin, table in _tables(factors, columns)
    )
    return FeatureCell(core, labels, labels)


def _mine(column: FeatureColumn, code: int) -> tuple[int, ...]:
    return tuple(column.members[column.starts[code] : column.starts[code + 1]].tolist())


def _tables(
    factors: Factorization, columns: Sequence[FeatureColumn]
) -> Iterator[tuple[FeatureColumn, int, FloatArray]]:
    """Each column, where its part of a row begins, and its labels' numbers as a run begins with them."""
    for side in SIDES:
        rows = factors.user_factors if side == "user" else factors.item_factors
        mine = [column for column in columns if column.side == side]
        begin = rows.shape[1] - sum(column.width for column in mine)
        for column in mine:
            if isinstance(factors, NetFactorization):
                yield column, begin, column.table_for(rows[:, begin : begin + column.width])
                begin += column.width
            else:
                yield column, 0, np.zeros((len(column.labels), rows.shape[1] + 1))
