"""Another sentence, or another number of one of its words, as a step that can be taken back."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.explore.word_embedding import WordEmbedding
    from cfstudio.workspace.document import Workspace


class WordsEdit:
    """The words of the one-hot page; they are no part of the model."""

    changes_numbers = False

    def __init__(self, label: str, words: WordEmbedding, before: WordEmbedding, follow: Callable[[], object]) -> None:
        """`words` are those that are shown, already changed; `before` is a copy from before; `follow` shows them."""
        self.label, self._words, self._follow = label, words, follow
        self._before, self.after = before, copy.deepcopy(words)
        self.n_bytes = before.table.nbytes + words.table.nbytes + 1_000

    def extend(self) -> None:
        """One letter more of the same sentence."""
        self.after = copy.deepcopy(self._words)

    def do(self) -> None:
        """Take the new words."""
        self._show(self.after)

    def undo(self) -> None:
        """Take the old ones again."""
        self._show(self._before)

    def _show(self, wanted: WordEmbedding) -> None:
        self._words.__dict__.update(copy.deepcopy(wanted.__dict__))
        self._follow()


class WordsHistory:
    """Makes what happens to the words steps of the document's undo; letters typed one after another are one step."""

    def __init__(self, workspace: Workspace, words: WordEmbedding, show: Callable[[], object]) -> None:
        self._edits, self._words, self._show = workspace.edits, words, show
        self._rested = copy.deepcopy(words)
        self._typing: WordsEdit | None = None

    def note(self, label: str, *, is_typing: bool = False) -> None:
        """Record that the words have just been changed."""
        if is_typing and self._typing is not None and self._edits.top is self._typing:
            self._typing.extend()
            self._edits.touch()
        else:
            edit = WordsEdit(label, self._words, self._rested, self._follow)
            self._typing = edit if is_typing else None
            self._edits.record(edit)
        self._rested = copy.deepcopy(self._words)

    def _follow(self) -> None:
        self._typing, self._rested = None, copy.deepcopy(self._words)
        self._show()
