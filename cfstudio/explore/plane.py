"""A map of factors: rows as points of a plane, held still from one moment of a training run to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.principal import principal_rotation

if TYPE_CHECKING:
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Plane:
    """Rows as points: `codes` (n,) int64 and their `places` (n, 2) float64.

    For principal components, `components` are the numbers (from 0) of the two and `explained` the parts of the whole
    variance that they have, or (), where the axes mean nothing. `is_turned` says that the plane was turned, so that the
    axes lie in the plane of the two components, but not along them.
    """

    codes: IntArray
    places: FloatArray
    components: tuple[int, ...] = ()
    explained: tuple[float, ...] = ()
    is_turned: bool = False


def principal_plane(factors: Floats, chosen: BoolArray, components: tuple[int, int] = (0, 1)) -> Plane:
    """The chosen rows (n,) bool of a factor matrix along two of its principal components.

    With one factor alone the second axis is zero. Raises ValueError with a sentence where there are no components.
    """
    codes = np.flatnonzero(chosen)
    rotation = principal_rotation(factors, chosen)
    scores = rotation.scores(factors[codes])
    last = scores.shape[1] - 1
    if max(components) > last > 0:
        components = (0, 1)
    places = np.zeros((len(codes), 2))
    explained = []
    for axis, component in enumerate(components):
        if component <= last:
            places[:, axis] = scores[:, component]
        explained.append(float(rotation.explained[component]) if component <= last else 0.0)
    return Plane(codes, places, components, tuple(explained))


def followed_plane(
    factors: Floats, chosen: BoolArray, components: tuple[int, int], before: Plane | None, *, is_moving: bool
) -> Plane:
    """The principal plane of numbers that have changed since `before`, kept still as far as it can be.

    While they are moving the whole plane may be turned, at rest only its axes' directions are chosen, so that they lie
    along the components again. Raises ValueError with a sentence where there are no components.
    """
    plane = principal_plane(factors, chosen, components)
    if before is None or before.components != plane.components:
        return plane
    return turned_like(plane, before) if is_moving else mirrored_like(plane, before)


def mirrored_like(plane: Plane, before: Plane) -> Plane:
    """The plane with each axis turned round where that brings its points nearer to where they were."""
    now, then = _common(plane, before)
    signs = np.where((now * then).sum(axis=0) < 0, -1.0, 1.0)
    return replace(plane, places=plane.places * signs)


def turned_like(plane: Plane, before: Plane) -> Plane:
    """The plane turned about its center, or mirrored, to bring its points nearest to where they were.

    Distances stay as they are: an orthogonal Procrustes problem (Schönemann, Psychometrika 1966).
    """
    now, then = _common(plane, before)
    if not len(now):
        return plane
    left, _, right = np.linalg.svd(now.T @ then)
    return replace(plane, places=plane.places @ (left @ right), is_turned=bool(plane.components))


def _common(plane: Plane, before: Plane) -> tuple[FloatArray, FloatArray]:
    """Places now and then of the rows that both have."""
    _, here, there = np.intersect1d(plane.codes, before.codes, assume_unique=True, return_indices=True)
    return plane.places[here], before.places[there]


def inside(places: FloatArray, polygon: FloatArray) -> BoolArray:
    """(n,) whether points (n, 2) lie inside a polygon (m, 2), closed by itself; by the even–odd rule."""
    found = np.zeros(len(places), dtype=np.bool_)
    if len(polygon) < 3:
        return found
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    near = np.flatnonzero(((places >= low) & (places <= high)).all(axis=1))
    x, y = places[near, 0], places[near, 1]
    is_in = np.zeros(len(near), dtype=np.bool_)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        is_in ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    found[near] = is_in
    return found
