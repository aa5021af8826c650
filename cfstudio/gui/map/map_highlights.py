"""What is pointed out on the map: found or lassoed points, the selected one with its neighbors, who gets a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.neighbors import nearest
from cfstudio.gui.map.map_words import found_codes

if TYPE_CHECKING:
    from cfstudio.gui.map.map_marks import MapMarks
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

N_NEIGHBORS = 10
N_IMPORTANT = 400
"""Points that may have a label, those with most ratings."""


class MapHighlights:
    """Keeps `hits`, (n_points,) bool, None where nothing is pointed out."""

    def __init__(self, workspace: Workspace, marks: MapMarks) -> None:
        self._workspace, self._marks = workspace, marks
        self.hits: BoolArray | None = None

    def clear(self) -> None:
        """Point out nothing."""
        self.hits = None
        self._marks.selected = None

    def fit(self, n_points: int) -> None:
        """Drop what was pointed out on a map of other points."""
        if self.hits is not None and len(self.hits) != n_points:
            self.hits = None

    def point_out(self, n_points: int, points: list[int]) -> None:
        """Point out these."""
        self.hits = np.isin(np.arange(n_points), points)

    def search(self, side: Side, codes: IntArray, text: str) -> int | None:
        """Point out what contains these words; returns how many, None for no words."""
        self.hits = None
        if not text.strip() or not len(codes):
            return None
        self.hits = np.isin(codes, found_codes(self._workspace.ratings, side, text))
        return int(np.count_nonzero(self.hits))

    def first_hit(self, side: Side, codes: IntArray, text: str) -> int | None:
        """The best of the points found, None where there is none."""
        place_of = {code: place for place, code in enumerate(codes.tolist())}
        found = (place_of.get(code) for code in found_codes(self._workspace.ratings, side, text))
        return next((place for place in found if place is not None), None)

    @property
    def chosen_points(self) -> IntArray | None:
        """The points that are pointed out, None where none are."""
        return None if self.hits is None else np.flatnonzero(self.hits)

    def label(self, counts: FloatArray) -> None:
        """Label what is pointed out, or everything, those with most ratings (n_points,) first."""
        shown = np.arange(len(counts)) if self.hits is None else np.flatnonzero(self.hits)
        self._marks.important = shown[np.argsort(-counts[shown], kind="stable")[:N_IMPORTANT]]

    def mark(self, side: Side, codes: IntArray, factors: Floats) -> None:
        """Mark what is selected in the document, if the map shows it, and draw lines to its neighbors there."""
        selection, marks = self._workspace.selection, self._marks
        code = selection.user if side == "user" else selection.item
        marks.selected, marks.neighbors = None, np.empty(0, dtype=np.int64)
        point = None if code is None or not len(codes) else int(np.searchsorted(codes, code))
        if code is not None and point is not None and point < len(codes) and codes[point] == code:
            candidates = np.zeros(len(factors), dtype=np.bool_)
            candidates[codes] = True
            marks.selected = point
            marks.neighbors = np.searchsorted(codes, nearest(factors, code, N_NEIGHBORS, candidates).codes)
        marks.update()
