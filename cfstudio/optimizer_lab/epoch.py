"""Calculating the rows of one epoch, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.columns import INPUTS, LOOKS
from cfstudio.optimizer_lab.compiled import compiled

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.page import Page, Row, Top

ERR2 = len(INPUTS) + 1
DE_DB, DE_DA = len(INPUTS) + len(LOOKS) - 2, len(INPUTS) + len(LOOKS) - 1
"""Places of the columns that every page has in the same place."""


class RowMaker:
    """Makes the rows of an epoch of a page from what stands at its top."""

    def __init__(self, page: Page, top: Top, order: list[int]) -> None:
        self._page, self._order = page, order
        self._cells = tuple(top[name] for name in page.cells)
        self._first = (top["a"], top["b"], tuple(top[name] for name in page.memories))
        names = page.names
        self._memory_places = [names.index(name) for name in page.memories]

    def extend(self, rows: list[Row], n: int) -> None:
        """Append up to n more rows to those of the epoch so far."""
        page = self._page
        xs, ys = page.points
        look, step, constants, nudge = page.look, page.step, page.constants, page.settings.nudge
        batch_size, cells, last = page.settings.batch_size, self._cells, len(self._order) - 1
        places = self._memory_places
        slope, intercept, memory = self._before(rows)
        for place in range(len(rows), min(len(rows) + n, last + 1)):
            index = self._order[place]
            x, y = xs[index], ys[index]
            seen = look(x, y, intercept, slope, nudge)
            head: Row = (x, y, intercept, slope, *seen)
            if batch_size == 1:
                sources = seen[-2:] if len(page.step_sources) == 2 else (*seen[-2:], seen[1])
                row = head + step(intercept, slope, *sources, *memory, *constants, *cells)
            elif (place + 1) % batch_size == 0 or place == last:
                sources = self._batch_means(rows[place - place % batch_size :], head)
                row = head + sources + step(intercept, slope, *sources, *memory, *constants, *cells)
            else:
                row = self._carried(head, intercept, slope, memory)
            rows.append(row)
            slope, intercept = row[-2], row[-1]  # type: ignore[assignment]  # the last two columns always have numbers
            memory = tuple([row[one] for one in places])  # type: ignore[misc]  # and so have memories

    def _before(self, rows: list[Row]) -> tuple[float, float, tuple[float, ...]]:
        """Slope, intercept and memories that the next row starts from."""
        if not rows:
            return self._first
        row = rows[-1]
        return row[-2], row[-1], tuple([row[one] for one in self._memory_places])  # type: ignore[return-value,misc]  # numbers, as in extend

    def _batch_means(self, earlier: list[Row], head: Row) -> tuple[float, ...]:
        batch = [*earlier, head]
        sources = (DE_DB, DE_DA, ERR2)[: len(self._page.step_sources)]
        return tuple([sum(row[one] for row in batch) / len(batch) for one in sources])  # type: ignore[misc]

    def _carried(self, head: Row, intercept: float, slope: float, memory: tuple[float, ...]) -> Row:
        """A row that ends no batch: weights and memories stay what they were."""
        row = list(head) + [None] * (len(self._page.columns) - len(head) - 2) + [slope, intercept]
        for place, value in zip(self._memory_places, memory, strict=True):
            row[place] = value
        return tuple(row)


def next_top(page: Page, top: Top, rows: list[Row]) -> Top:
    """What stands at the top of the next epoch: the last row's weights and memories, the cells calculated anew."""
    last = rows[-1]
    after: Top = {"a": last[-2], "b": last[-1]}  # type: ignore[dict-item]  # the last two columns always have numbers
    names = page.names
    after |= {name: last[names.index(name)] for name in page.memories}  # type: ignore[misc]  # and so have memories
    return after | (next_cells(page, top, rows) if page.cells else {})


def next_cells(page: Page, top: Top, rows: list[Row]) -> Top:
    """The cells that change once an epoch, from an epoch's rows and their present numbers."""
    squares = {
        weight: sum(row[place] * row[place] for row in rows) / len(rows)  # type: ignore[operator,misc]
        for weight, place in (("b", DE_DB), ("a", DE_DA))
    }
    settings = page.settings
    known = {name: top[name] for name in page.cells}
    known |= {name: getattr(settings, name) for name in ("learning_rate", "divisor", "cycle")}
    cells: Top = {}
    for name, (cell, weight) in page.cells.items():
        mean_square = squares[weight] if weight else sum(squares.values())
        function = compiled(((cell.name, cell.formula),), (*known, "mean_square"))
        cells[name] = function(*known.values(), mean_square)[0]
    return cells
