"""A map in the making in a process of its own: the latest places at any moment, and a way to stop it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.embedding_child import DONE, FAILED, HEADER

if TYPE_CHECKING:
    from cfstudio.explore.embedding import EmbeddingSettings
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import FloatArray

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Half of the processors: threads that wait for each other on busy ones take a hundred times as long."""


@dataclass(frozen=True)
class Frame:
    """Places (n, 2) float64 after so many iterations."""

    iteration: int
    places: FloatArray
    is_last: bool = False


class EmbeddingProcess:
    """Starts at once; the threads that feed and read it hold the interpreter for moments only."""

    def __init__(self, rows: Floats, settings: EmbeddingSettings) -> None:
        self.error: str | None = None
        self._latest: Frame | None = None
        self._is_cancelled = self._is_done = False
        # On disk: nobody reads a pipe for errors while the work lasts.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cfstudio.explore.embedding_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=os.environ | dict.fromkeys(THREADS, str(max(1, (os.cpu_count() or 1) // 2))),
        )
        self._thread = threading.Thread(target=self._serve, args=(rows.copy(), settings), daemon=True, name="map")
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        return self._thread.is_alive()

    def take(self) -> Frame | None:
        """The latest places, once; None while there are no newer ones."""
        frame, self._latest = self._latest, None
        return frame

    def cancel(self) -> None:
        """End the process; what it has reported stays."""
        self._is_cancelled = True
        self._process.kill()
        self._thread.join()

    def _serve(self, rows: Floats, settings: EmbeddingSettings) -> None:
        try:
            self._feed(rows, settings)
            self._read()
        except OSError as error:  # a broken pipe: the process is gone
            self.error = self.error or str(error)
        finally:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
            self._explain()
            self._complaints.close()

    def _feed(self, rows: Floats, settings: EmbeddingSettings) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        order = {"settings": asdict(settings), "shape": rows.shape}
        pipe.write(json.dumps(order).encode() + b"\n")
        pipe.write(np.ascontiguousarray(rows, dtype=np.float32).tobytes())
        pipe.close()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        while len(header := pipe.read(HEADER.size)) == HEADER.size:
            kind, iteration, size = HEADER.unpack(header)
            content = pipe.read(size)
            if len(content) < size:
                return
            if kind == FAILED:
                self.error = content.decode()
                return
            places = np.frombuffer(content, dtype=np.float32).reshape(-1, 2).astype(np.float64)
            self._latest = Frame(iteration, places, is_last=kind == DONE)
            if kind == DONE:
                self._is_done = True
                return

    def _explain(self) -> None:
        """Say why it ended early, if nothing else did."""
        if self._is_done or self._is_cancelled:
            self.error = None if self._is_cancelled else self.error
        elif self.error is None:
            self._complaints.seek(0)
            lines = self._complaints.read().decode(errors="replace").strip().splitlines()
            self.error = f"The map's process ended early: {lines[-1] if lines else 'it was killed'}"
