"""Ids of users and items: contiguous codes in order of first appearance, the ids themselves kept as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.files.observed import Coded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cfstudio.ratings.table import IntArray

# Exactly what `str(int)` writes: "007" and "+7" are other ids than "7".
WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,18}")
# What whole numbers become when a program kept them as floating-point numbers.
WHOLE_FLOAT = re.compile(r"(0|-?[1-9][0-9]{0,18})\.0")


def code_integers(ids: IntArray) -> Coded:
    """Codes of a column of integer ids, (n_rows,) int64."""
    low, high = int(ids.min()), int(ids.max())
    # A table over the whole range needs no sorting; it pays unless ids are sparse.
    if high - low > 4 * len(ids) + 1_000_000:
        unique, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty(len(unique), dtype=np.int32)
        rank[order] = np.arange(len(unique), dtype=np.int32)
        return Coded(rank[inverse.reshape(-1)], unique[order])
    offset = ids - low
    first = np.full(high - low + 1, len(ids), dtype=np.int64)
    np.minimum.at(first, offset, np.arange(len(ids)))
    present = np.flatnonzero(first < len(ids))
    in_order = present[np.argsort(first[present])]
    code_of = np.empty(high - low + 1, dtype=np.int32)
    code_of[in_order] = np.arange(len(in_order), dtype=np.int32)
    return Coded(code_of[offset], in_order + low)


def as_ids(texts: Sequence[str]) -> NDArray[Any]:
    """Ids as (n,) int64 if every one is a whole number as programs write it, else as (n,) str objects."""
    for pattern in (WHOLE_NUMBER, WHOLE_FLOAT):
        if all(pattern.fullmatch(text) for text in texts):
            numbers = [int(text.removesuffix(".0")) for text in texts]
            if all(-(1 << 63) <= number < 1 << 63 for number in numbers):
                return np.array(numbers, dtype=np.int64)
    ids = np.empty(len(texts), dtype=np.object_)
    ids[:] = texts
    return ids
