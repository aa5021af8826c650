"""The same step again and again: recorded once as a CUDA graph, then replayed with one call instead of eighty."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UPS = 3
"""Steps done before one is recorded, so that libraries are loaded and memory is there: torch's advice for graphs."""

log = logging.getLogger(__name__)


class Recorder(Protocol):
    """Warms up and records; either may raise RuntimeError."""

    def warm_up(self, step: Callable[[], None]) -> None:
        """Do the step as it will be recorded."""

    def record(self, step: Callable[[], None]) -> Callable[[], None]:
        """Take down what the step does without doing it; returns what does it."""


class CudaRecorder:
    """Records CUDA graphs on a stream of its own, for the usual one cannot be recorded.

    The step draws no random numbers, so no generator needs registering; each graph has a pool of its own, for two of
    them live at the same time and are replayed in any order.
    """

    def __init__(self) -> None:
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def warm_up(self, step: Callable[[], None]) -> None:
        """Do the step on the recording stream, after and before everything on the present one."""
        present = torch.cuda.current_stream()
        self._stream.wait_stream(present)
        try:
            with torch.cuda.stream(self._stream):
                step()
        finally:
            present.wait_stream(self._stream)

    def record(self, step: Callable[[], None]) -> Callable[[], None]:
        """Record the step.

        Other threads may use CUDA meanwhile: only this one's mistakes end the recording.
        """
        present = torch.cuda.current_stream()
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                step()
        finally:
            # torch leaves the thread on the recording stream when the end of a recording fails
            torch.cuda.set_stream(present)
        return graph.replay


class RepeatedStep:
    """A step that is done from Python at first and by a graph from then on, where there is a recorder.

    All calls do one step, with the numbers that stand in its tensors at that moment; a recording that fails costs one
    sentence in the log, and the steps go on from Python.
    """

    def __init__(self, step: Callable[[], None], recorder: Recorder | None) -> None:
        self._step = step
        self._recorder = recorder
        self._replay: Callable[[], None] | None = None
        self._n_done = 0

    @property
    def is_replayed(self) -> bool:
        """Whether a graph does the steps."""
        return self._replay is not None

    def __call__(self) -> None:
        """Do one step, or start it on a device that works on its own."""
        if self._replay is not None:
            self._replay()
        elif self._recorder is None:
            self._step()
        elif self._n_done < WARM_UPS:
            self._recorder.warm_up(self._step)
            self._n_done += 1
        else:
            self._record(self._recorder)
            self()

    def _record(self, recorder: Recorder) -> None:
        try:
            self._replay = recorder.record(self._step)
        except RuntimeError as error:
            self._recorder = None
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            log.warning("The training step could not be recorded as a CUDA graph, it is slower without: %s", reason)
