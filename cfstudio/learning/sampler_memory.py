"""What a sampler remembers between two steps, as arrays by name: for a file, and for a step back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    Memory = dict[str, NDArray[Any]]

WORD_BITS = 64
OF_ANOTHER = "The sampler's state belongs to another model or other ratings; start a new run."


def generator_numbers(rng: np.random.Generator) -> NDArray[np.uint64]:
    """(6,) uint64 where a PCG64 generator is: its two 128-bit numbers, upper half first, and its spare half word."""
    state = rng.bit_generator.state
    halves = [divmod(int(state["state"][name]), 1 << WORD_BITS) for name in ("state", "inc")]
    return np.array([*halves[0], *halves[1], state["has_uint32"], state["uinteger"]], dtype=np.uint64)


def set_generator(rng: np.random.Generator, numbers: NDArray[np.uint64]) -> None:
    """The inverse of `generator_numbers`."""
    upper, lower, upper_step, lower_step, has_spare, spare = (int(one) for one in numbers)
    rng.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": (upper << WORD_BITS) + lower, "inc": (upper_step << WORD_BITS) + lower_step},
        "has_uint32": has_spare,
        "uinteger": spare,
    }


def named(prefix: str, memory: Mapping[str, NDArray[Any]]) -> Memory:
    """The same arrays with `prefix.` before their names."""
    return {f"{prefix}.{name}": array for name, array in memory.items()}


def part_named(prefix: str, memory: Mapping[str, NDArray[Any]]) -> Memory:
    """The inverse of `named`: those with the prefix, without it."""
    start = f"{prefix}."
    return {name.removeprefix(start): array for name, array in memory.items() if name.startswith(start)}


def check_alike(
    memory: Mapping[str, NDArray[Any]], present: Mapping[str, NDArray[Any]], growing: Collection[str]
) -> None:
    """Raise ValueError with a sentence unless `memory` has the arrays of `present` in type and shape, all finite.

    Those named in `growing` may be of any length in their first dimension.
    """
    if memory.keys() != present.keys():
        raise ValueError(OF_ANOTHER)
    for name, array in memory.items():
        like = present[name]
        first = int(name in growing)
        is_alike = array.dtype == like.dtype and array.ndim == like.ndim and array.shape[first:] == like.shape[first:]
        if not is_alike:
            raise ValueError(OF_ANOTHER)
        if not np.isfinite(array).all():
            raise ValueError("The sampler's state holds numbers that are not finite; start a new run.")
