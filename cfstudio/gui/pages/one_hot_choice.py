"""Which matrix the one-hot page shows, and where the 1 stands in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.gui.pages.embedding_source import DocumentEmbedding, EmbeddingSource, WordSource

if TYPE_CHECKING:
    from cfstudio.explore.word_embedding import WordEmbedding
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

Choice = Literal["user", "item", "word"]


class OneHotChoice:
    """Users, items or words; each remembers its place."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, words: WordEmbedding) -> None:
        self._workspace, self._axes = workspace, axes
        self._words = WordSource(words)
        self._sides: dict[Side, DocumentEmbedding] = {}
        self._places: dict[Choice, int] = {"user": 0, "item": 0, "word": 0}
        self.of: Choice = "user"

    @property
    def source(self) -> EmbeddingSource:
        """The rows of the matrix that is shown."""
        return self._words if self.of == "word" else self._sides[self.of]

    @property
    def place(self) -> int:
        """The row whose one-hot row is shown."""
        return min(self._places[self.of], max(self.source.n_rows - 1, 0))

    def follow_document(self) -> None:
        """Take the users and items that are shown now, and what is selected of them."""
        self._sides["user"] = DocumentEmbedding(self._workspace, "user", self._axes.users)
        self._sides["item"] = DocumentEmbedding(self._workspace, "item", self._axes.items)
        self.follow_selection()

    def follow_selection(self) -> None:
        """Go to the selected user and item, where they are shown."""
        selection = self._workspace.selection
        for side, code in (("user", selection.user), ("item", selection.item)):
            row = self._sides[side].row_of(code)  # type: ignore[index]
            if row is not None:
                self._places[side] = row  # type: ignore[index]

    def go_to(self, place: int) -> None:
        """Move the 1; a user or item is selected in the document, of a selected cell the other half stays."""
        self._places[self.of] = place
        if self.of != "word":
            code, selection = int(self._sides[self.of].codes[place]), self._workspace.selection
            user, item = (code, selection.item) if self.of == "user" else (selection.user, code)
            self._workspace.select(user, item)

    def codes_seen(self, side: Side, rows: slice) -> IntArray:
        """Codes of the users or items in some rows of the matrix, and of the one whose row is shown."""
        if self.of != side or side not in self._sides or not self.source.n_rows:
            return np.empty(0, dtype=np.int64)
        codes = self._sides[side].codes
        return np.union1d(codes[rows], codes[[self.place]])
