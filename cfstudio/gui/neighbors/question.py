"""What a list of neighbors answers: like these, not like those, measured how; and the way back to earlier ones."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cfstudio.explore.neighbors import Metric
    from cfstudio.explore.similar import Together
    from cfstudio.workspace.model_state import Side

MOST_LIKED = 50
LONGEST_HISTORY = 100


@dataclass(frozen=True)
class Question:
    """Codes of one side that the neighbors are to be like, or not like."""

    side: Side
    likes: tuple[int, ...]
    unlikes: tuple[int, ...] = ()

    @property
    def single(self) -> int | None:
        """The one that is asked about, None if there are several."""
        return self.likes[0] if len(self.likes) == 1 and not self.unlikes else None

    def with_added(self, codes: list[int], *, liked: bool) -> Question:
        """The question with these on one of its lists, and on no other; something must stay liked."""
        likes = tuple(one for one in self.likes if one not in codes)
        unlikes = tuple(one for one in self.unlikes if one not in codes)
        changed = (
            replace(self, likes=(*likes, *codes)[-MOST_LIKED:], unlikes=unlikes)
            if liked
            else replace(self, likes=likes, unlikes=(*unlikes, *codes)[-MOST_LIKED:])
        )
        return changed if changed.likes else self

    def in_words(self, name: Callable[[int], str]) -> str:
        """What is asked, as in: Toy Story and Alien, not Heat; of many the first two."""
        text = _listed([name(code) for code in self.likes])
        return f"{text}, not {_listed([name(code) for code in self.unlikes])}" if self.unlikes else text


@dataclass(frozen=True)
class Measure:
    """How likeness is measured; `shrinkage` in ratings."""

    metric: Metric = "cosine"
    together: Together = "mean"
    shrinkage: float = 0.0


class QuestionHistory:
    """Back and forward through the questions asked, as in a browser."""

    def __init__(self) -> None:
        self._asked: list[Question] = []
        self._place = -1

    def clear(self) -> None:
        """Forget them: another document was opened."""
        self._asked, self._place = [], -1

    def ask(self, question: Question) -> None:
        """A new question; what lay ahead is forgotten."""
        if self._place >= 0 and self._asked[self._place] == question:
            return
        self._asked = [*self._asked[: self._place + 1], question][-LONGEST_HISTORY:]
        self._place = len(self._asked) - 1

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """Of what is asked meanwhile only the last stays: a block of lines is selected from its first cell on."""
        before, asked = self._asked[: self._place + 1], self._asked
        yield
        if self._asked is not asked:
            last = self._asked[self._place]
            self._asked, self._place = before, len(before) - 1
            self.ask(last)

    def can_go(self, by: int) -> bool:
        """Whether there is one before (−1) or ahead (1)."""
        return 0 <= self._place + by < len(self._asked)

    def go(self, by: int) -> Question | None:
        """The question before or ahead, None where there is none."""
        if not self.can_go(by):
            return None
        self._place += by
        return self._asked[self._place]


def _listed(names: list[str]) -> str:
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
