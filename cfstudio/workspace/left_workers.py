"""Threads of runs that were forgotten: they end by themselves, which may take a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Thread

    from cfstudio.learning.worker import TrainingWorker

JOIN_SECONDS = 2.0
"""Longest wait for a thread at the program's end; one that is still compiling is left behind."""


class LeftWorkers:
    """Threads that were told to stop and are waited for by nobody.

    Of a worker only its thread is remembered: what a forgotten run had in memory goes as soon as that has ended.
    """

    def __init__(self) -> None:
        self._threads: list[Thread] = []
        self._has_ended = False

    def add(self, worker: TrainingWorker) -> None:
        """Remember one until its thread has ended."""
        self._threads.append(worker.thread)

    @property
    def are_at_work(self) -> bool:
        """Whether a thread of theirs still exists."""
        alive = [thread for thread in self._threads if thread.is_alive()]
        self._has_ended = self._has_ended or len(alive) < len(self._threads)
        self._threads = alive
        return bool(alive)

    def take_ended(self) -> bool:
        """Whether any has ended since this was last asked: what its run had in memory is free now."""
        has_ended, self._has_ended = self._has_ended, False
        return has_ended

    def join(self) -> None:
        """Wait for all of them: the program is closing."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(JOIN_SECONDS)
