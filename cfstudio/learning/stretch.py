"""A stretch of steps, whoever holds the cells: the host, which shuffles them, or a device that does so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from cfstudio.learning.engine import Engine, FactorRows
    from cfstudio.learning.training_cells import TrainingCells
    from cfstudio.ratings.table import IntArray


@runtime_checkable
class HoldsCells(Protocol):
    """An engine that keeps a run's cells with its numbers and works on its own once it is told to."""

    def held_steps(
        self,
        cells: TrainingCells,
        rates: NDArray[np.float32],
        momenta: NDArray[np.float32],
        steps_before: int,
        *,
        settles: bool,
    ) -> int:
        """Start one step per learning rate, all in one epoch, in an order of its own of `cells.train`.

        Returns how many were started; fewer than asked for as soon as it knows that the loss is not finite, which may
        be some steps after it happened. With `settles` it waits for all of them and knows.
        """

    def begin_rows(self, users: IntArray, items: IntArray) -> Callable[[], FactorRows | None]:
        """Send for copies of some rows, and what to ask for them: None until they are here."""


def do_steps(
    engine: Engine,
    cells: TrainingCells,
    rates: NDArray[np.float32],
    momenta: NDArray[np.float32],
    steps_before: int,
    *,
    settles: bool,
) -> int:
    """Do, or start, the run's next steps; see `Engine.steps` and `HoldsCells.held_steps`."""
    if isinstance(engine, HoldsCells):
        return engine.held_steps(cells, rates, momenta, steps_before, settles=settles)
    cells.go_to(steps_before)
    return engine.steps(cells.ahead(len(rates)), rates, momenta, steps_before)


def begin_rows(engine: Engine, users: IntArray, items: IntArray) -> Callable[[], FactorRows | None]:
    """Copies of some rows, at once where the engine has nothing under way."""
    if isinstance(engine, HoldsCells):
        return engine.begin_rows(users, items)
    rows = engine.rows(users, items)
    return lambda: rows
