"""Where one thread asks for rows of a model and another leaves a copy of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.snapshot import Snapshot

if TYPE_CHECKING:
    from cfstudio.learning.make_trainer import AnyTrainer as Trainer
    from cfstudio.ratings.table import IntArray


class SnapshotDesk:
    """One request and one copy at a time; the latest counts. Needs no lock: each side only exchanges a reference."""

    def __init__(self) -> None:
        self._request: tuple[IntArray, IntArray] | None = None
        self._snapshot: Snapshot | None = None

    def ask(self, users: IntArray, items: IntArray) -> None:
        """Ask for a copy of the numbers of these users and items."""
        self._request = (users, items)

    def take(self) -> Snapshot | None:
        """The copy that was asked for, once it is there."""
        snapshot, self._snapshot = self._snapshot, None
        return snapshot

    def serve(self, trainer: Trainer) -> None:
        """Copy the rows that were asked for; called between two steps by the thread that trains."""
        request, self._request = self._request, None
        if request is not None:
            self._snapshot = Snapshot.from_rows(*request, trainer.rows(*request))
