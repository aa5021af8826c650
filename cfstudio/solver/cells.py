"""Which numbers of a factorization change: any choice of factors and biases as one flat vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from cfstudio.models.factorization import Factorization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings

BlockName = Literal["user_factors", "item_factors", "user_bias", "item_bias"]
BLOCKS: tuple[BlockName, ...] = get_args(BlockName)
"""The blocks of numbers a model has, in the order of the flat vector."""


def block_of(model: Factorization, name: BlockName) -> NDArray[np.floating[Any]] | None:
    """A model's array of that name, None in a model without it."""
    array: NDArray[np.floating[Any]] | None = getattr(model, name)
    return array


def float64_copy(model: Factorization) -> Factorization:
    """The same model in float64 arrays of its own."""
    arrays = {name: block_of(model, name) for name in BLOCKS}
    own = {
        name: None if array is None else np.array(array, dtype=np.float64, order="C") for name, array in arrays.items()
    }
    return Factorization(**own, global_mean=model.global_mean, rating_range=model.rating_range)  # type: ignore[arg-type]


def is_final(numbers: FloatArray) -> bool:
    """Whether nobody can write to an array any more."""
    return not numbers.flags.writeable and numbers.base is None


def own(numbers: FloatArray) -> FloatArray:
    """The same numbers in an array that nobody writes to: a copy, unless they are in one already."""
    if is_final(numbers):
        return numbers
    copy = numbers.copy()
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True)
class Cells:
    """A choice of numbers of a model.

    `places` holds for each block with at least one chosen number its flat places, (n_chosen,) int64 ascending. The
    numbers of a choice as one vector are those of the blocks in the order of `BLOCKS`.
    """

    places: Mapping[BlockName, IntArray]
    shapes: Mapping[BlockName, tuple[int, ...]]

    @classmethod
    def chosen(cls, model: Factorization, masks: Mapping[BlockName, BoolArray]) -> Cells:
        """The numbers where `masks`, each of its block's shape, are True. Raises ValueError where a mask fits none."""
        shapes = _shapes(model)
        places = {}
        for name in BLOCKS:
            if name not in masks:
                continue
            if name not in shapes or masks[name].shape != shapes[name]:
                raise ValueError(f"The model has no {name} of the shape {masks[name].shape}.")
            if masks[name].any():
                places[name] = np.flatnonzero(masks[name])
        return cls(places, shapes)

    @classmethod
    def whole(cls, model: Factorization, blocks: Iterable[BlockName] = BLOCKS) -> Cells:
        """All numbers of some blocks, of those that the model has."""
        shapes = _shapes(model)
        return cls.chosen(model, {name: np.ones(shapes[name], np.bool_) for name in blocks if name in shapes})

    @cached_property
    def n(self) -> int:
        """How many numbers are chosen."""
        return sum(len(places) for places in self.places.values())

    @cached_property
    def slices(self) -> dict[BlockName, slice]:
        """Which part of the flat vector belongs to each block."""
        slices, first = {}, 0
        for name in BLOCKS:
            if name in self.places:
                slices[name] = slice(first, first + len(self.places[name]))
                first += len(self.places[name])
        return slices

    @cached_property
    def is_whole(self) -> dict[BlockName, bool]:
        """Whether all numbers of a block are chosen."""
        return {name: len(places) == int(np.prod(self.shapes[name])) for name, places in self.places.items()}

    @property
    def blocks(self) -> tuple[BlockName, ...]:
        """The blocks with chosen numbers."""
        return tuple(self.slices)

    def read(self, model: Factorization) -> FloatArray:
        """The chosen numbers of a model, (n,) float64."""
        return self.gather({name: block_of(model, name) for name in self.slices})

    def gather(self, arrays: Mapping[BlockName, NDArray[np.floating[Any]] | None]) -> FloatArray:
        """The chosen ones of numbers (gradients, say) in arrays of the blocks' shapes, (n,) float64."""
        flat = np.empty(self.n)
        for name, part in self.slices.items():
            array = arrays[name]
            assert array is not None
            flat[part] = array.ravel() if self.is_whole[name] else array.ravel()[self.places[name]]
        return flat

    def write(self, model: Factorization, numbers: FloatArray) -> None:
        """Put (n,) numbers in their places of a model, whose arrays are contiguous, in place."""
        for name, part in self.slices.items():
            array = block_of(model, name)
            assert array is not None
            if self.is_whole[name]:
                array[...] = numbers[part].reshape(array.shape)
            else:
                array.reshape(-1)[self.places[name]] = numbers[part]

    def applied(self, model: Factorization, numbers: FloatArray) -> Factorization:
        """A float64 copy of a model with (n,) numbers in the chosen places."""
        copy = float64_copy(model)
        self.write(copy, numbers)
        return copy

    def mask(self, name: BlockName) -> BoolArray:
        """Which numbers of a block are chosen, of the block's shape."""
        mask = np.zeros(int(np.prod(self.shapes[name])), dtype=np.bool_)
        if name in self.places:
            mask[self.places[name]] = True
        return mask.reshape(self.shapes[name])

    def fits(self, model: Factorization) -> bool:
        """Whether a model has these blocks, of these sizes."""
        shapes = _shapes(model)
        return all(shapes.get(name) == self.shapes[name] for name in self.places)

    def positions_in(self, other: Cells) -> IntArray:
        """(n,) where each number stands in the flat vector of another choice, −1 where it is not part of it."""
        positions = [np.zeros(0, dtype=np.int64)]
        for name in self.slices:
            everywhere = np.full(int(np.prod(self.shapes[name])), -1, dtype=np.int64)
            if name in other.slices:
                everywhere[other.places[name]] = np.arange(other.slices[name].start, other.slices[name].stop)
            positions.append(everywhere[self.places[name]])
        return np.concatenate(positions)

    def name_of(self, position: int, ratings: Ratings) -> str:
        """What people call the number at a position of the flat vector: "User 15, factor 1"."""
        for block, part in self.slices.items():
            if position < part.stop:
                place = int(self.places[block][position - part.start])
                row, column = divmod(place, self.shapes[block][1] if len(self.shapes[block]) > 1 else 1)
                owner = ratings.user_name(row) if block.startswith("user") else str(ratings.item_table.titles[row])
                return f"{owner}, bias" if block.endswith("bias") else f"{owner}, factor {column + 1}"
        raise IndexError(position)


def _shapes(model: Factorization) -> dict[BlockName, tuple[int, ...]]:
    arrays = {name: block_of(model, name) for name in BLOCKS}
    return {name: array.shape for name, array in arrays.items() if array is not None}
