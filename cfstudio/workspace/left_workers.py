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

    def add(self, worker: TrainingWorker) -> None:
        """Remember one until its thread has ended."""
        self._threads.append(worker.thread)

    @property
    def are_at_work(self) -> bool:
        """Whether a thread of theirs still exists."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return bool(self._threads)

    def join(self) -> None:
        """Wait for all of them: the program is closing."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(JOIN_SECONDS)
