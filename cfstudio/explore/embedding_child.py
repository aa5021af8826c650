"""Makes one map for the process that started it: `python -m cfstudio.explore.embedding_child`.

On standard input: a line of JSON with settings and shape, then the rows as float32. On standard output:
frames, each a header and float32 places. A process, because scikit-learn holds the interpreter's lock for much of an
iteration, and because ending it is the one way to stop a step in the middle.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import time
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from cfstudio.explore.embedding import EmbeddingSettings, embed

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray

HEADER = struct.Struct("<4sqq")
"""Kind, iteration, number of bytes that follow."""
STEP, DONE, FAILED = b"step", b"done", b"fail"
FRAME_SECONDS = 0.1
NICENESS = 10
"""The window and the training come first."""


def send(out: BinaryIO, kind: bytes, iteration: int, content: bytes) -> None:
    """Write one frame."""
    out.write(HEADER.pack(kind, iteration, len(content)))
    out.write(content)
    out.flush()


def as_bytes(places: FloatArray) -> bytes:
    """(n, 2) places as they travel."""
    return np.ascontiguousarray(places, dtype=np.float32).tobytes()


def main() -> int:
    """Read, work, write; returns the exit code."""
    # What a library prints must not get between the frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    order = json.loads(sys.stdin.buffer.readline())
    settings = EmbeddingSettings(**order["settings"])
    rows = np.frombuffer(sys.stdin.buffer.read(), dtype=np.float32).reshape(order["shape"])
    last_sent = 0.0

    def report(iteration: int, places: FloatArray) -> None:
        nonlocal last_sent
        if time.monotonic() - last_sent >= FRAME_SECONDS:
            last_sent = time.monotonic()
            send(out, STEP, iteration, as_bytes(places))

    try:
        places = embed(rows, settings, report)
    except (ValueError, ImportError, MemoryError) as error:
        send(out, FAILED, 0, str(error).encode())
        return 1
    send(out, DONE, settings.iterations, as_bytes(places))
    return 0


if __name__ == "__main__":
    sys.exit(main())
