"""The mean of many samples' predictions as one factorization of small rank, kept up to date while samples come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.gibbs import FoldedSample
    from cfstudio.learning.sampler_memory import Memory

    Numbers = NDArray[np.float64]

SMALLEST_PART = 1e-12
"""Directions whose share of a side's squared numbers is below this are rounding errors, not information."""


class MeanFactors:
    """Adds up samples and keeps the best factorization of rank `rank` of their sum.

    The mean over samples of U Vᵀ has the rank of all samples together. Here the sum so far and a few new samples are
    put side by side and cut back to `rank` columns by a singular value decomposition, again and again. What is cut off
    is least where the ratings are: rows count in proportion to `user_counts` (n_users,) and `item_counts` (n_items,).
    """

    def __init__(self, user_counts: Numbers, item_counts: Numbers, rank: int) -> None:
        self.rank = rank
        self._weights = np.sqrt(user_counts + 1.0), np.sqrt(item_counts + 1.0)
        self._sums = tuple(np.zeros((len(weights), rank)) for weights in self._weights)
        self._biases = np.zeros(len(user_counts)), np.zeros(len(item_counts))
        self._pending: list[tuple[Numbers, Numbers]] = []
        self.n_samples = 0

    def add(self, sample: FoldedSample) -> bool:
        """Take a sample in; returns whether the sum was cut back, so that `factors` costs nothing now."""
        self._pending.append((sample.user_factors, sample.item_factors))
        self.n_samples += 1
        self._biases[0][:] += sample.user_bias
        self._biases[1][:] += sample.item_bias
        is_full = bool(sum(users.shape[1] for users, _ in self._pending) >= self.rank)
        if is_full:
            self._sums = self._cut_back()
            self._pending = []
        return is_full

    def memory(self) -> Memory:
        """A copy of the sums and of the samples since the last cut, `rank` columns each side by side."""
        n_users, n_items = (len(weights) for weights in self._weights)
        return {
            "user_sum": self._sums[0].copy(),
            "item_sum": self._sums[1].copy(),
            "user_bias_sum": self._biases[0].copy(),
            "item_bias_sum": self._biases[1].copy(),
            "pending_user_factors": np.hstack([np.empty((n_users, 0)), *(users for users, _ in self._pending)]).T,
            "pending_item_factors": np.hstack([np.empty((n_items, 0)), *(items for _, items in self._pending)]).T,
            "n_samples": np.array([self.n_samples]),
        }

    def load_memory(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of `memory`, for arrays of the same shapes."""
        self._sums = memory["user_sum"].copy(), memory["item_sum"].copy()
        self._biases = memory["user_bias_sum"].copy(), memory["item_bias_sum"].copy()
        users, items = (np.ascontiguousarray(memory[f"pending_{side}_factors"].T) for side in ("user", "item"))
        self._pending = [(users, items)] if users.size else []
        self.n_samples = int(memory["n_samples"][0])

    def factors(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """User factors (n_users, rank), item factors, user bias (n_users,) and item bias of the mean so far."""
        users, items = self._cut_back() if self._pending else self._sums
        n = max(self.n_samples, 1)
        scale = 1.0 / np.sqrt(n)
        return (
            users * (scale / self._weights[0])[:, None],
            items * (scale / self._weights[1])[:, None],
            self._biases[0] / n,
            self._biases[1] / n,
        )

    def _cut_back(self) -> tuple[Numbers, Numbers]:
        """The sum and the pending samples, cut to `rank` columns; both sides still times their weights."""
        user_weights, item_weights = (weights[:, None] for weights in self._weights)
        users = np.hstack([self._sums[0], *(user_weights * one for one, _ in self._pending)])
        items = np.hstack([self._sums[1], *(item_weights * one for _, one in self._pending)])
        user_root, user_inverse = _roots(users)
        item_root, item_inverse = _roots(items)
        left, strengths, right = np.linalg.svd(user_root @ item_root)
        root = np.sqrt(strengths[: self.rank])
        new_users = users @ (user_inverse @ left[:, : self.rank] * root)
        new_items = items @ (item_inverse @ right[: self.rank].T * root)
        # Numbers on the screen should move, not jump from one sign to the other.
        signs = np.where((new_users * self._sums[0]).sum(axis=0) < 0, -1.0, 1.0)
        return new_users * signs, new_items * signs


def _roots(table: Numbers) -> tuple[Numbers, Numbers]:
    """Square root of tableᵀ·table and its (pseudo-)inverse: cheaper than a QR decomposition of the tall table."""
    values, vectors = np.linalg.eigh(table.T @ table)
    kept = values > SMALLEST_PART * max(values[-1], np.finfo(np.float64).tiny)
    root = np.sqrt(np.where(kept, values, 0.0))
    inverse = np.where(kept, 1.0 / np.where(kept, root, 1.0), 0.0)
    return (vectors * root) @ vectors.T, (vectors * inverse) @ vectors.T
