"""A net on two embeddings as plain arrays: what `EmbeddingNet` calculates, in NumPy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from cfstudio.models.factorization import ARRAYS, Codes, Factorization, Floats, Side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NUMBERS_AT_ONCE = 4_000_000
"""Activations calculated in one piece: some tens of megabytes."""

Parts = tuple[tuple[str, int], ...]
"""What a row of an embedding is made of, and how many numbers each takes: `(("", 50), ("genres", 9))`."""


@dataclass(frozen=True)
class NetFactorization(Factorization):
    """Two embeddings, which may differ in size, and the layers that turn a row of each into a rating.

    `weights` and `offsets` are those of the linear layers from the input on, (n_out, n_in) and (n_out,) as torch has
    them; the input is the user's row followed by the item's, the output one number. `user_parts` and `item_parts` say
    which numbers of a row belong to the id alone, named "", and which to a feature. There are no biases.
    """

    weights: tuple[Floats, ...] = ()
    offsets: tuple[Floats, ...] = ()
    user_parts: Parts = ()
    item_parts: Parts = ()

    @property
    def is_dot_product(self) -> bool:
        """It is none."""
        return False

    @property
    def hidden(self) -> tuple[int, ...]:
        """Widths of the hidden layers."""
        return tuple(len(weight) for weight in self.weights[:-1])

    def parts(self, side: Side) -> Parts:
        """What a row of that side is made of."""
        return (self.user_parts if side == "user" else self.item_parts) or (("", self.width(side)),)

    def number_name(self, side: Side, place: int) -> str:
        """What people call a number of a row, counted from 0: `factor 3`, or `genres 2` where a feature has it."""
        for name, width in self.parts(side):
            if place < width:
                return f"{name or 'factor'} {place + 1}"
            place -= width
        raise IndexError(f"A row has no number {place}.")

    def arrays(self) -> dict[str, Floats]:
        """All numbers by name: embeddings, then layers under the names they have in the torch module."""
        layers: dict[str, Floats] = {}
        for place, (weight, offset) in enumerate(zip(self.weights, self.offsets, strict=True)):
            layers |= {f"{layer_name(place)}.weight": weight, f"{layer_name(place)}.bias": offset}
        return {**super().arrays(), **layers}

    def with_arrays(self, arrays: Mapping[str, Floats]) -> Self:
        """The same net with other numbers, some or all, by the names of `arrays`."""
        names = [layer_name(place) for place in range(len(self.weights))]
        return replace(
            self,
            **{name: array for name, array in arrays.items() if name in ARRAYS},  # type: ignore[arg-type]
            weights=tuple(arrays.get(f"{name}.weight", old) for name, old in zip(names, self.weights, strict=True)),
            offsets=tuple(arrays.get(f"{name}.bias", old) for name, old in zip(names, self.offsets, strict=True)),
        )

    def predict(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """Predicted ratings of pairs: two (n,) arrays of codes give (n,) float64 rating points."""
        predicted = np.empty(len(users), dtype=np.float64)
        # What a row gives the first layer is calculated once, however often it occurs.
        (known_users, user_places), (known_items, item_places) = (
            np.unique(codes, return_inverse=True) for codes in (users, items)
        )
        of_users, of_items = self._first_layer("user", known_users), self._first_layer("item", known_items)
        at_once = max(1, NUMBERS_AT_ONCE // max(self.hidden))
        for start in range(0, len(users), at_once):
            piece = slice(start, start + at_once)
            predicted[piece] = self._from_first(of_users[user_places[piece]] + of_items[item_places[piece]])
        return predicted

    def predict_block(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """Predicted ratings of users × items: (len(users), len(items)) float64 rating points."""
        predicted = np.empty((len(users), len(items)), dtype=np.float64)
        of_users, of_items = self._first_layer("user", users), self._first_layer("item", items)
        at_once = max(1, NUMBERS_AT_ONCE // (max(self.hidden) * max(len(items), 1)))
        for start in range(0, len(users), at_once):
            first = of_users[start : start + at_once, None, :] + of_items[None, :, :]
            total = self._from_first(first.reshape(-1, first.shape[-1]))
            predicted[start : start + at_once] = total.reshape(first.shape[:2])
        return predicted

    def activations(self, user: int, item: int) -> list[Floats]:
        """What each hidden layer hands on for one pair, (n_out,) each, and last the output (1,) before the sigmoid."""
        values: list[Floats] = [np.concatenate((self.user_factors[user], self.item_factors[item]))]
        for place, (weight, offset) in enumerate(zip(self.weights, self.offsets, strict=True)):
            with np.errstate(over="ignore", invalid="ignore"):
                value = weight @ values[-1] + offset
            values.append(value if place == len(self.weights) - 1 else np.maximum(value, 0))
        return values[1:]

    def touching(self, side: Side, row: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The plane that touches the output before the sigmoid at one row of `side`, for every row of the other side.

        `row` (width,). Outputs (n,) there and their slopes (n, width) in the row's numbers, n rows of the other side.
        Between two bends of its ReLUs the net is this plane.
        """
        other: Side = "item" if side == "user" else "user"
        n_user = self.width("user")
        own, others = self.weights[0][:, :n_user], self.weights[0][:, n_user:]
        if side == "item":
            own, others = others, own
        rows = self.item_factors if other == "item" else self.user_factors
        values = rows.astype(np.float64) @ others.T.astype(np.float64) + own @ row + self.offsets[0]
        active = []
        for weight, offset in zip(self.weights[1:], self.offsets[1:], strict=True):
            active.append(values > 0)
            values = np.maximum(values, 0.0) @ weight.T + offset
        slopes = np.ones((len(rows), 1))
        for weight, is_active in zip(self.weights[:0:-1], reversed(active), strict=True):
            slopes = (slopes @ weight) * is_active
        return values[:, 0], slopes @ own

    def _first_layer(self, side: Side, codes: Codes) -> Floats:
        """What the rows of one side add to the first layer: (n, n_out); the offset comes with the users."""
        weight, n_user = self.weights[0], self.width("user")
        with np.errstate(over="ignore", invalid="ignore"):
            if side == "item":
                return self.item_factors[codes] @ weight[:, n_user:].T
            return self.user_factors[codes] @ weight[:, :n_user].T + self.offsets[0]

    def _from_first(self, values: Floats) -> NDArray[np.float64]:
        """Rating points (n,) from the sums of the first layer (n, n_out)."""
        with np.errstate(over="ignore", invalid="ignore"):
            for weight, offset in zip(self.weights[1:], self.offsets[1:], strict=True):
                values = np.maximum(values, 0) @ weight.T + offset
        return self.to_rating(values[:, 0].astype(np.float64))


def layer_name(place: int) -> str:
    """What the linear layer at a place, from 0, is called in the torch module: dropout and ReLU count between them."""
    return f"layers.{1 + 3 * place}"


def hidden_sizes(text: str) -> tuple[int, ...]:
    """Widths of hidden layers from “100” or “100, 50”. Raises ValueError with a sentence for anything else."""
    try:
        sizes = tuple(int(one) for one in text.replace(",", " ").split())
    except ValueError:
        sizes = ()
    if not sizes or not all(1 <= size <= WIDEST for size in sizes) or len(sizes) > MOST_LAYERS:
        raise ValueError(
            f"Hidden sizes must be one to {MOST_LAYERS} whole numbers from 1 to {WIDEST:,}, as “100” or “100, 50”, "
            f"not “{text.strip()}”."
        )
    return sizes


WIDEST, MOST_LAYERS = 4_096, 8
