"""Arrays whose rows begin where a cache line does: no vector of numbers lies in two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CACHE_LINE = 64
"""Bytes."""


def aligned_zeros(n_rows: int, width: int) -> NDArray[np.float32]:
    """(n_rows, width) float32 zeros; rows begin at a cache line where `width` is a multiple of 16."""
    n_bytes = n_rows * width * 4
    raw = np.zeros(n_bytes + CACHE_LINE, dtype=np.uint8)
    begin = -raw.ctypes.data % CACHE_LINE
    return raw[begin : begin + n_bytes].view(np.float32).reshape(n_rows, width)
