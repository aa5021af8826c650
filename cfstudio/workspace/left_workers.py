"""Threads of runs that were forgotten: they end by themselves, which may take a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.worker import TrainingWorker

JOIN_SECONDS = 2.0
"""Longest wait for a thread at the program's end; one that is still compiling is left behind."""


class LeftWorkers:
    """Workers that were told to stop and are waited for by nobody."""

    def __init__(self) -> None:
        self._workers: list[TrainingWorker] = []

    def add(self, worker: TrainingWorker) -> None:
        """Remember one until its thread has ended."""
        self._workers.append(worker)

    @property
    def are_at_work(self) -> bool:
        """Whether a thread of theirs still exists."""
        self._workers = [worker for worker in self._workers if worker.is_alive]
        return bool(self._workers)

    def join(self) -> None:
        """Wait for all of them: the program is closing."""
        for worker in self._workers:
            worker.join(JOIN_SECONDS)
