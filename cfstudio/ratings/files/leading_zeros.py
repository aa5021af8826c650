"""Watching for numbers that begin with a zero or a plus: as whole numbers they would lose it."""

from __future__ import annotations

import io

import numpy as np

CHUNK_BYTES = 1 << 18

ZERO, NINE, POINT, PLUS = b"09.+"


class LeadingZeroWatch(io.BufferedReader):
    """Passes bytes on and remembers whether "007" or "+7" was among them; "0.5" and "10" are not meant."""

    def __init__(self, file: io.BufferedReader) -> None:
        # A buffered reader can read from another as it reads from a raw file.
        super().__init__(file, CHUNK_BYTES)
        # Two bytes of what came before, as a number may lie across two reads.
        self._last = b"\n\n"
        self.found = False

    def read1(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - the text layer asks for 8 kB, which is slow
        """The next bytes, as many as are cheap to look at together; the text layer takes them however many."""
        content = super().read1(CHUNK_BYTES)
        if content and not self.found:
            self.found = _has_leading_zero(self._last + content)
            self._last = (self._last + content[-2:])[-2:]
        return content


def _has_leading_zero(content: bytes) -> bool:
    if PLUS in content:
        return True
    codes = np.frombuffer(content, dtype=np.uint8)
    before, zero, after = codes[:-2], codes[1:-1], codes[2:]
    # Bytes wrap around: what is below "0" becomes large.
    starts = (zero == ZERO) & (before - ZERO > NINE - ZERO) & (before != POINT)
    return bool((starts & (after - ZERO <= NINE - ZERO)).any())
