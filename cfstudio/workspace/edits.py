"""Undo and redo: a linear history of edits to one document."""

from __future__ import annotations

from typing import Protocol

from psygnal import Signal


class Refusal(ValueError):  # noqa: N818 - nothing went wrong: a person is told why
    """An edit that a document does not take, with the reason in one sentence."""


MOST_BYTES = 512 << 20
"""Memory for what can be taken back: some eighty training runs on 100,000 ratings, half a dozen on 25 million."""


class Edit(Protocol):
    """One step that can be taken back; `label` completes the sentences "Undo …" and "Redo …"."""

    label: str
    changes_numbers: bool
    """Whether ratings or factors are others afterwards, or only what is shown of them."""

    @property
    def n_bytes(self) -> int:
        """What it keeps in memory, roughly; may grow with a run that goes on."""

    def do(self) -> None:
        """Apply the step, for the first time or again."""

    def undo(self) -> None:
        """Take the step back."""


_NOTHING = object()
"""Stands for a saved state that no undo leads back to."""


class EditHistory:
    """What was done, what was taken back, and whether the document differs from its file."""

    changed = Signal()

    def __init__(self) -> None:
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._saved_top: object = None

    @property
    def top(self) -> Edit | None:
        """The edit that Undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Edit | None:
        """The edit that Redo would apply again."""
        return self._undone[-1] if self._undone else None

    @property
    def n_bytes(self) -> int:
        """Memory of all that can be taken back or done again."""
        return sum(edit.n_bytes for edit in self._done) + sum(edit.n_bytes for edit in self._undone)

    def has_changed_numbers_since(self, edit: Edit | None) -> bool:
        """Whether ratings or factors were changed after an edit; also if that one is forgotten or undone."""
        for later in reversed(self._done):
            if later is edit:
                return False
            if later.changes_numbers:
                return True
        return edit is not None

    @property
    def is_modified(self) -> bool:
        """Whether the document differs from the file it was last saved to or opened from."""
        return self.top is not self._saved_top

    def apply(self, edit: Edit) -> None:
        """Do an edit and remember it; what had been undone can no longer be redone."""
        edit.do()
        self.record(edit)

    def record(self, edit: Edit) -> None:
        """Remember an edit that has already happened, such as a training run."""
        self._done.append(edit)
        self._undone.clear()
        self._forget_oldest()
        self.changed.emit()

    def _forget_oldest(self) -> None:
        """Keep within the memory limit; the last edit can always be taken back."""
        n_bytes = sum(edit.n_bytes for edit in self._done)
        while n_bytes > MOST_BYTES and len(self._done) > 1:
            n_bytes -= self._done.pop(0).n_bytes
            if self._saved_top is None:
                # The opened state is out of reach.
                self._saved_top = _NOTHING

    def undo(self) -> None:
        """Take back the last edit, if there is one."""
        if self._done:
            edit = self._done.pop()
            edit.undo()
            self._undone.append(edit)
            self.changed.emit()

    def redo(self) -> None:
        """Apply the last undone edit again, if there is one."""
        if self._undone:
            edit = self._undone.pop()
            edit.do()
            self._done.append(edit)
            self.changed.emit()

    def touch(self) -> None:
        """The last edit has grown, as a run does that goes on: what was saved is no longer all of it."""
        if self._saved_top is self.top:
            self._saved_top = _NOTHING
            self.changed.emit()

    def clear(self) -> None:
        """Forget everything: another document was opened."""
        self._done.clear()
        self._undone.clear()
        self._saved_top = None
        self.changed.emit()

    def mark_saved(self) -> None:
        """Call the present state the saved one."""
        self._saved_top = self.top
        self.changed.emit()
