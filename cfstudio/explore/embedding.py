"""Maps that keep neighbors together, t-SNE and UMAP, with what is there after each step of the way."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import FloatArray

Method = Literal["tsne", "umap"]
N_ITERATIONS = 1_000
FEWEST = 4
"""Rows below which there is nothing to arrange."""
HOW_TO_GET_UMAP = "UMAP is an extra that is not installed; install it with: pip install 'cfstudio[umap]'"


@dataclass(frozen=True)
class EmbeddingSettings:
    """`perplexity` is the number of neighbors that each point minds, for UMAP too; `seed` starts the random numbers."""

    method: Method = "tsne"
    perplexity: float = 30.0
    iterations: int = N_ITERATIONS
    seed: int = 42

    def fitting(self, n_rows: int) -> float:
        """The perplexity that so few rows allow: scikit-learn asks for less than there are rows, t-SNE for a third."""
        return float(max(1.0, min(self.perplexity, (n_rows - 1) / 3)))


def has_umap() -> bool:
    """Whether the extra is installed; imports nothing."""
    return importlib.util.find_spec("umap") is not None


def embed(
    rows: Floats, settings: EmbeddingSettings, report: Callable[[int, FloatArray], None] = lambda _i, _p: None
) -> FloatArray:
    """(n, 2) places of rows (n, k) of which those are near each other whose directions are: t-SNE or UMAP by cosine.

    `report` is told the number of each finished iteration and the places (n, 2) there, which it must not keep or
    change; what it raises ends the work. UMAP reports nothing. The same rows and settings give the same map. Raises
    ValueError with a sentence for fewer than four rows or rows that are all alike.
    """
    if len(rows) < FEWEST:
        raise ValueError(f"A map of neighbors needs at least {FEWEST} points, and there are {len(rows)}.")
    unit = _unit(rows)
    if np.ptp(unit, axis=0).max() < 1e-12:
        raise ValueError("All factors point the same way, so there is nothing to arrange; train the model first.")
    return _umap(unit, settings) if settings.method == "umap" else _tsne(unit, settings, report)


def _tsne(unit: FloatArray, settings: EmbeddingSettings, report: Callable[[int, FloatArray], None]) -> FloatArray:
    from sklearn.manifold import TSNE

    tsne = TSNE(
        perplexity=settings.fitting(len(unit)), max_iter=settings.iterations, init="pca", random_state=settings.seed
    )
    with _Watched(report):
        places: FloatArray = tsne.fit_transform(unit.astype(np.float32)).astype(np.float64)
    return places


def _umap(unit: FloatArray, settings: EmbeddingSettings) -> FloatArray:
    if not has_umap():
        raise ValueError(HOW_TO_GET_UMAP)
    from umap import UMAP

    n_neighbors = max(2, min(round(settings.perplexity), len(unit) - 1))
    places: FloatArray = UMAP(n_neighbors=n_neighbors, random_state=settings.seed).fit_transform(unit)
    return places.astype(np.float64)


class _Watched:
    """Lets somebody look at scikit-learn's t-SNE while it works.

    It has no callback, so its gradient descent is given an objective that first reports where it is asked: the numbers
    are scikit-learn's own to the last bit. Where a version names its parts otherwise, there is no report and the same
    map. The change is to the whole module while it lasts, so this belongs in a process of its own.
    """

    def __init__(self, report: Callable[[int, FloatArray], None]) -> None:
        self._report = report
        self._original: Any = None

    def __enter__(self) -> None:
        from sklearn.manifold import _t_sne

        self._original = getattr(_t_sne, "_gradient_descent", None)
        if self._original is not None:
            setattr(_t_sne, "_gradient_descent", self._descend)  # noqa: B010 - the name is scikit-learn's own affair

    def __exit__(self, *_error: object) -> None:
        from sklearn.manifold import _t_sne

        if self._original is not None:
            setattr(_t_sne, "_gradient_descent", self._original)  # noqa: B010

    def _descend(self, objective: Callable[..., Any], start: FloatArray, *args: Any, **settings: Any) -> Any:  # noqa: ANN401
        n_before = int(settings.get("it", 0))
        n_asked = 0

        def watched(places: FloatArray, *rest: Any, **options: Any) -> Any:  # noqa: ANN401
            nonlocal n_asked
            self._report(n_before + n_asked, places.reshape(-1, 2))
            n_asked += 1
            return objective(places, *rest, **options)

        return self._original(watched, start, *args, **settings)


def _unit(rows: Floats) -> FloatArray:
    wide = rows.astype(np.float64)
    wide[~np.isfinite(wide).all(axis=1)] = 0.0
    lengths = np.sqrt(np.einsum("nf,nf->n", wide, wide))[:, None]
    unit: FloatArray = np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)
    return unit
