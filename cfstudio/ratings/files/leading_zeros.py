"""Watching for numbers that begin with a zero or a plus: as whole numbers they would lose it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ZERO, NINE, POINT, PLUS = b"09.+"


class LeadingZeroWatch(io.RawIOBase):
    """Passes bytes on and remembers whether "007" or "+7" was among them; "0.5" and "10" are not meant."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__()
        self._file = file
        # Two bytes of what came before, as a number may lie across two reads.
        self._last = b"\n\n"
        self.found = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view: memoryview[Any] = memoryview(buffer).cast("B")
        n_read = self._file.readinto(view)
        if n_read and not self.found:
            content = self._last + view[:n_read].tobytes()
            self._last = content[-2:]
            self.found = _has_leading_zero(content)
        return n_read

    def close(self) -> None:
        self._file.close()
        super().close()


def _has_leading_zero(content: bytes) -> bool:
    if PLUS in content:
        return True
    codes = np.frombuffer(content, dtype=np.uint8)
    before, zero, after = codes[:-2], codes[1:-1], codes[2:]
    # Bytes wrap around: what is below "0" becomes large.
    starts = (zero == ZERO) & (before - ZERO > NINE - ZERO) & (before != POINT)
    return bool((starts & (after - ZERO <= NINE - ZERO)).any())
