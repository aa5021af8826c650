"""Watching the bytes of a table for what a reader of plain numbers would lose without a word."""

from __future__ import annotations

import io

import numpy as np

CHUNK_BYTES = 1 << 18

ZERO, NINE, POINT, PLUS = b"09.+"


class PlainWatch(io.BufferedReader):
    """Passes bytes on and remembers whether they were only plain numbers.

    "007" and "+7" as whole numbers lose what they begin with; after a quotation mark that is not closed, all that
    follows would be one field.
    """

    def __init__(self, file: io.BufferedReader) -> None:
        # A buffered reader can read from another as it reads from a raw file.
        super().__init__(file, CHUNK_BYTES)
        # Two bytes of what came before, as a number may lie across two reads.
        self._last = b"\n\n"
        self._has_zero = False
        self._n_quotes = 0

    @property
    def is_plain(self) -> bool:
        """Whether nothing was lost so far."""
        return not self._has_zero and self._n_quotes % 2 == 0

    def read1(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - the text layer asks for 8 kB, which is slow
        """The next bytes, as many as are cheap to look at together; the text layer takes them however many."""
        content = super().read1(CHUNK_BYTES)
        self._n_quotes += content.count(b'"')
        if content and not self._has_zero:
            self._has_zero = _has_leading_zero(self._last + content)
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
