"""What can be done to a document and taken back: ratings, factors, what is shown, everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.workspace.kept_memory import n_bytes_of

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import ModelState, Side
    from cfstudio.workspace.reshaping import Contents
    from cfstudio.workspace.shown import Shown


class RatingsEdit:
    """Some ratings, set or blanked."""

    changes_numbers = True

    def __init__(
        self, workspace: Workspace, label: str, users: IntArray, items: IntArray, old: FloatArray, new: FloatArray
    ) -> None:
        self._workspace, self.label, self._users, self._items = workspace, label, users, items
        self._old, self._new = old, new
        self.n_bytes = 4 * old.nbytes

    def do(self) -> None:
        """Apply the change."""
        self._workspace.write_ratings(self._users, self._items, self._new)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.write_ratings(self._users, self._items, self._old)


class FactorsEdit:
    """Some numbers of users' or items' rows."""

    changes_numbers = True

    def __init__(
        self,
        workspace: Workspace,
        label: str,
        side: Side,
        codes: IntArray,
        columns: IntArray,
        old: FloatArray,
        new: FloatArray,
    ) -> None:
        self._workspace, self.label = workspace, label
        self._side, self._codes, self._columns = side, codes, columns
        self._old, self._new = old, new
        self.n_bytes = 4 * old.nbytes

    def do(self) -> None:
        """Apply the change."""
        self._workspace.write_factors(self._side, self._codes, self._columns, self._new)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.write_factors(self._side, self._codes, self._columns, self._old)


class StateEdit:
    """Everything but the ratings, exchanged at once."""

    changes_numbers = True

    def __init__(self, workspace: Workspace, label: str, before: ModelState, after: ModelState) -> None:
        self._workspace, self.label = workspace, label
        self._before, self.after = before, after

    @property
    def n_bytes(self) -> int:
        """What it alone keeps: the state before is that after the edit before."""
        return n_bytes_of([self.after], besides=[self._before])

    def do(self) -> None:
        """Apply the change."""
        self._workspace.put_state(self.after)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.put_state(self._before)


class ShownEdit:
    """What the sheet shows, and in which order."""

    changes_numbers = False

    def __init__(self, workspace: Workspace, label: str, before: Shown, after: Shown) -> None:
        self._workspace, self.label = workspace, label
        self._before, self._after = before, after
        self.n_bytes = after.users.nbytes + after.items.nbytes

    def do(self) -> None:
        """Apply the change."""
        self._workspace.put_shown(self._after)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.put_shown(self._before)


class ContentsEdit:
    """The whole document: users or items were added or removed."""

    changes_numbers = True

    def __init__(self, workspace: Workspace, label: str, before: Contents, after: Contents) -> None:
        self._workspace, self.label = workspace, label
        self._before, self._after = before, after
        self.n_bytes = 4 * after.ratings.values.nbytes + 2 * after.state.factors.n_bytes

    def do(self) -> None:
        """Apply the change."""
        self._workspace.put_contents(self._after)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.put_contents(self._before)
