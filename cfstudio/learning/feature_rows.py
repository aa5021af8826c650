"""One side of a dot product with features as the compiled steps take it: own rows, whose labels, a batch's sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning import feature_kernels
from cfstudio.learning.aligned import aligned_zeros
from cfstudio.learning.compiled import padded_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cfstudio.models.factorization import Floats, Side
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import IntArray

ROUNDING = 1e-6
"""Part of its terms by which a float32 sum may differ from what went into it."""


class FeatureRows:
    """Rows of users or items, and how a row's numbers lie in it: (n_rows, width · (1 + n_remembered)) float32.

    `columns` are this side's; `first_label` is the place of the first of their labels among those of both sides. What
    is called numbers here is (n, n_factors + 1), the bias last.
    """

    def __init__(
        self,
        side: Side,
        shape: tuple[int, int],
        columns: Sequence[FeatureColumn],
        first_label: int,
        n_remembered: int,
        batch_size: int,
    ) -> None:
        n_rows, k = shape
        self.columns = columns
        self.first_label, self.n_labels = first_label, sum(len(column.labels) for column in columns)
        self._width = padded_width(k)
        self._rows = aligned_zeros(n_rows, self._width * (1 + n_remembered))
        self._places = np.append(np.arange(k), k + (side == "item"))
        self._rows[:, k + (side == "user")] = 1.0
        n_slots = min(batch_size, n_rows)
        self.for_kernel = (
            self._rows,
            *_memberships(columns, n_rows, first_label),
            np.full(n_rows, -1, dtype=np.int64),
            np.zeros(n_slots, dtype=np.int64),
            aligned_zeros(n_slots + 1, self._width),
            aligned_zeros(n_slots, self._width),
        )
        """See `feature_types.SIDE`."""

    def shown(self, labels: Floats, codes: IntArray | None = None) -> NDArray[np.float32]:
        """Whole rows (n, width) as they are shown, of some codes or all; `labels` are the numbers of all labels."""
        codes = np.arange(len(self._rows)) if codes is None else np.ascontiguousarray(codes, dtype=np.int64)
        shown = np.empty((len(codes), self._width), dtype=np.float32)
        feature_kernels.show_rows(self.for_kernel, labels, codes, self._width, shown)
        return shown

    def show_as(self, numbers: Floats, labels: Floats, own: Floats | None = None) -> None:
        """Make own numbers of shown ones, (n_rows, n_factors + 1) both.

        Rows that `own` shows like this but for a rounding are taken from there: what was saved goes on as it was.
        """
        self.put(self._rows, np.zeros_like(numbers))
        of_labels = self.numbers(self.shown(labels))
        explained = numbers - of_labels
        if own is not None:
            difference = np.abs(explained - own)
            is_rounding = difference <= ROUNDING * (1.0 + np.abs(own) + np.abs(of_labels))
            explained = np.where(is_rounding.all(axis=1, keepdims=True), own, explained)
        self.put(self._rows, explained)

    def own(self, block: int = 0) -> NDArray[np.float32]:
        """A copy of the own numbers, or of one thing remembered of them."""
        return self.numbers(self._rows, block)

    def put_own(self, numbers: Floats, block: int) -> None:
        """The inverse of `own`."""
        self.put(self._rows, numbers, block)

    def numbers(self, rows: Floats, block: int = 0) -> NDArray[Any]:
        """A copy of the numbers of rows that are laid out as this side's, labels' too."""
        return rows[:, block * self._width + self._places]

    def put(self, rows: Floats, numbers: Floats, block: int = 0) -> None:
        """The inverse of `numbers`."""
        rows[:, block * self._width + self._places] = numbers


def _memberships(
    columns: Sequence[FeatureColumn], n_rows: int, first_label: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each row's labels begin (n_rows + 1,), and the labels, row by row, of all columns."""
    owners, members = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for column in columns:
        owners.append(column.owners)
        members.append(column.members + first_label)
        first_label += len(column.labels)
    all_owners = np.concatenate(owners)
    starts = np.concatenate(([0], np.cumsum(np.bincount(all_owners, minlength=n_rows))))
    return starts, np.concatenate(members)[np.argsort(all_owners, kind="stable")]
