"""Who is most like the selected movie or user, or several of them, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.filters import ItemFilter
from cfstudio.explore.neighbors import default_min_ratings, nearest
from cfstudio.explore.similar import SimilarQuery, factor_terms, similar
from cfstudio.explore.titles import UnknownItem, find_item

if TYPE_CHECKING:
    from cfstudio.gui.neighbors.question import Measure, Question
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

NOT_FINITE = "Some factors are not finite numbers; reset the factors and train again"
N_SHOWN = 100


@dataclass(frozen=True)
class NeighborRows:
    """The most similar rows, most similar first.

    (n,) codes, similarities, biases (NaN without), rating counts, years (0 where unknown), mean ratings (NaN without
    any), and agreement: the correlation of the ratings with those of the one asked about, NaN where there is none.
    """

    codes: IntArray
    similarities: FloatArray
    biases: FloatArray
    counts: IntArray
    years: IntArray
    means: FloatArray
    agreement: FloatArray

    @classmethod
    def none(cls) -> NeighborRows:
        """No rows at all."""
        codes, numbers = np.empty(0, dtype=np.int64), np.empty(0)
        return cls(codes, numbers, numbers, codes, codes, numbers, numbers)

    def with_agreement(self, of_all: FloatArray | None) -> NeighborRows:
        """The same rows beside a correlation of everybody's ratings (n_all,)."""
        agreement = np.full(len(self.codes), np.nan) if of_all is None else of_all[self.codes]
        return replace(self, agreement=agreement)


class NeighborQuery:
    """Asks the workspace's factors; counts, means and filters are kept until ratings change."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._counts: dict[Side, IntArray] = {}
        self._means: dict[Side, FloatArray] = {}
        self._passing: tuple[ItemFilter, BoolArray] | None = None

    def forget_counts(self) -> None:
        """Count the ratings anew at the next question."""
        self._counts.clear()
        self._means.clear()
        self._passing = None

    def counts(self, side: Side) -> IntArray:
        """Ratings of every user or item."""
        if side not in self._counts:
            ratings = self._workspace.ratings
            self._counts[side] = ratings.counts_by_user() if side == "user" else ratings.counts_by_item()
        return self._counts[side]

    def means(self, side: Side) -> FloatArray:
        """Mean rating of every user or item, NaN without any."""
        if side not in self._means:
            ratings, counts = self._workspace.ratings, self.counts(side)
            own = ratings.users if side == "user" else ratings.items
            sums = np.bincount(own, np.nan_to_num(ratings.values), minlength=len(counts))
            self._means[side] = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        return self._means[side]

    def default_min_ratings(self, side: Side) -> int:
        """Ratings below which a user or item is not named unless asked for."""
        ratings = self._workspace.ratings
        return default_min_ratings(ratings.n_users if side == "item" else ratings.n_items)

    def candidates(self, side: Side, conditions: ItemFilter) -> BoolArray:
        """(n,) who may be named. Raises NothingLeft with a sentence where a filter of items leaves none."""
        if side == "user":
            return self.counts(side) >= conditions.min_ratings
        if self._passing is None or self._passing[0] != conditions:
            # The fewest ratings alone may leave nothing; that is said beside the empty list.
            is_plain = conditions == ItemFilter(min_ratings=conditions.min_ratings)
            counts = self.counts(side)
            passing = (
                counts >= conditions.min_ratings if is_plain else conditions.passing(self._workspace.ratings, counts)
            )
            self._passing = conditions, passing
        return self._passing[1]

    def factors(self, side: Side) -> Floats:
        """The factors of one side."""
        factors = self._workspace.factors
        return factors.user_factors if side == "user" else factors.item_factors

    def nearest(self, question: Question, measure: Measure, candidates: BoolArray) -> NeighborRows:
        """The users or items that suit the question best."""
        side, code = question.side, question.single
        factors, counts = self._workspace.factors, self.counts(side)
        matrix, bias = self.factors(side), factors.user_bias if side == "user" else factors.item_bias
        if code is not None and not measure.shrinkage:
            found = nearest(matrix, code, N_SHOWN, candidates, measure.metric)
        else:
            query = SimilarQuery(question.likes, question.unlikes, measure.metric, measure.together, measure.shrinkage)
            found = similar(matrix, query, N_SHOWN, candidates, counts)
        codes = found.codes
        years = self._workspace.ratings.item_table.years
        return NeighborRows(
            codes,
            found.similarities,
            np.full(len(codes), np.nan) if bias is None else bias[codes].astype(np.float64),
            counts[codes],
            np.zeros(len(codes), dtype=np.int64) if side == "user" else years[codes].astype(np.int64),
            self.means(side)[codes],
            np.full(len(codes), np.nan),
        )

    def counted(self, question: Question, candidates: BoolArray) -> str:
        """How many are listed, of how many that may be named."""
        asked = [*question.likes, *question.unlikes]
        n_candidates = int(np.count_nonzero(candidates)) - int(np.count_nonzero(candidates[asked]))
        kind = "user" if question.side == "user" else self._workspace.ratings.item_label
        if len(self.counts(question.side)) == len(asked):
            return f"There is no other {kind} to compare with"
        if not n_candidates:
            return f"No other {kind} has enough ratings; lower the fewest ratings above"
        if not np.isfinite(self.factors(question.side)[asked]).all():
            return NOT_FINITE
        return f"{min(n_candidates, N_SHOWN):,} of {n_candidates:,} {kind}s with enough ratings"

    def why(self, question: Question, code: int, measure: Measure) -> FloatArray:
        """(n_factors,) what each factor adds to the likeness with the liked, of several with their mean."""
        matrix = self.factors(question.side)
        if question.single is not None:
            return factor_terms(matrix, question.single, code, measure.metric)
        asked = [*question.likes, *question.unlikes]
        rows = matrix[[*asked, code]].astype(np.float64)
        if measure.metric == "cosine":
            rows = _unit(rows)
        liked, unliked = rows[: len(question.likes)], rows[len(question.likes) : -1]
        toward = liked.mean(axis=0) - (unliked.mean(axis=0) if len(unliked) else 0.0)
        if measure.metric == "euclidean":
            distances: FloatArray = -((toward - rows[-1]) ** 2)
            return distances
        if measure.metric == "cosine":
            toward = _unit(toward[None, :])[0]
        terms: FloatArray = toward * rows[-1]
        return terms

    def name(self, side: Side, code: int) -> str:
        """What the sheet calls a user or an item."""
        ratings = self._workspace.ratings
        return ratings.user_name(code) if side == "user" else str(ratings.item_table.titles[code])

    def found(self, side: Side, text: str) -> int:
        """Who is meant by an id, a title or a user's name. Raises UnknownItem with a sentence."""
        ratings = self._workspace.ratings
        if side == "item":
            return find_item(ratings.item_table, text, ratings.item_label)
        wanted = text.casefold()
        for code in range(ratings.n_users):
            if wanted in (ratings.user_name(code).casefold(), str(ratings.user_ids[code]).casefold()):
                return code
        raise UnknownItem(f'There is no user "{text}"; type an id as it stands at the left of the sheet.')

    def genres(self, side: Side, code: int) -> str:
        """Genres with commas, nothing for users."""
        return "" if side == "user" else str(self._workspace.ratings.item_table.genres[code]).replace("|", ", ")


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: FloatArray = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit
