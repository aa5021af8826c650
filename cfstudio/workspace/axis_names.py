"""What a person calls directions in the space of factors: "dark – light" for the first principal component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal

if TYPE_CHECKING:
    from psygnal import SignalInstance

    from cfstudio.workspace.edits import EditHistory

LONGEST = 60
"""Characters of a name; the rest is cut off."""


def component_key(side: str, component: int) -> str:
    """Under what the name of a principal component (from 0) is kept."""
    return f"{side} component {component + 1}"


class AxisNames:
    """Names by key; giving one is an edit that can be undone."""

    changed = Signal()

    def __init__(self, edits: EditHistory, opened: SignalInstance) -> None:
        self._edits = edits
        self._names: dict[str, str] = {}
        opened.connect(self.clear)

    def get(self, key: str) -> str:
        """The name, nothing where there is none."""
        return self._names.get(key, "")

    def give(self, key: str, name: str) -> None:
        """Name a direction, or take its name away with an empty one."""
        name = " ".join(name.split())[:LONGEST].rstrip()
        if name != self.get(key):
            self._edits.apply(NameEdit(self, key, self.get(key), name))

    def put(self, key: str, name: str) -> None:
        """Set a name; for edits."""
        self._names.pop(key, None)
        if name:
            self._names[key] = name
        self.changed.emit()

    def clear(self) -> None:
        """Forget all, and tell nobody: another document was opened, and all is shown anew."""
        self._names.clear()

    def to_view(self) -> dict[str, str]:
        """As JSON values, for a session."""
        return dict(self._names)

    def take(self, view: object) -> None:
        """The names of a session; what is no name stays away."""
        given = view if isinstance(view, dict) else {}
        self._names = {
            key: one[:LONGEST] for key, one in given.items() if isinstance(key, str) and isinstance(one, str)
        }
        self.changed.emit()


class NameEdit:
    """One direction's name."""

    changes_numbers = False
    n_bytes = 200

    def __init__(self, names: AxisNames, key: str, old: str, new: str) -> None:
        self._names, self._key, self._old, self._new = names, key, old, new
        self.label = f"name of {key}"

    def do(self) -> None:
        """Give the new name."""
        self._names.put(self._key, self._new)

    def undo(self) -> None:
        """Give the old name."""
        self._names.put(self._key, self._old)
