"""Where one thread asks for rows of a model and another leaves a copy of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.device_failure import FAILURES
from cfstudio.learning.make_trainer import begin_rows_of
from cfstudio.learning.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.engine import FactorRows
    from cfstudio.learning.make_trainer import AnyTrainer as Trainer
    from cfstudio.ratings.table import IntArray

    Request = tuple[IntArray, IntArray]


class SnapshotDesk:
    """One request and one copy at a time; the latest counts. Needs no lock: each side only exchanges a reference."""

    def __init__(self) -> None:
        self._request: Request | None = None
        self._begun: tuple[Request, Callable[[], FactorRows | None]] | None = None
        self._snapshot: Snapshot | None = None

    def ask(self, users: IntArray, items: IntArray) -> None:
        """Ask for a copy of the numbers of these users and items."""
        self._request = (users, items)

    def take(self) -> Snapshot | None:
        """The copy that was asked for, once it is there."""
        snapshot, self._snapshot = self._snapshot, None
        return snapshot

    def serve(self, trainer: Trainer) -> None:
        """Copy the rows that were asked for; called between two steps by the thread that trains.

        From a device the copy comes while it works on: it is sent for now and taken at a later call.
        """
        if self._begun is None:
            request, self._request = self._request, None
            if request is None:
                return
            self._begun = (request, begin_rows_of(trainer, *request))
        request, rows_if_here = self._begun
        try:
            rows = rows_if_here()
        except FAILURES:  # the device is gone; the trainer knows where to go on
            rows = trainer.rows(*request)
        if rows is not None:
            self._snapshot, self._begun = Snapshot.from_rows(*request, rows), None

    def forget(self) -> None:
        """Drop a copy that is still to come: the numbers are at rest now, and whoever shows them reads them whole."""
        self._begun = None
