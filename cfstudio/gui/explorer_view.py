"""What the explorer's panels share: built when first shown, up to date whenever they can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cfstudio.gui.live_follower import all_of, is_in_front

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.live_follower import Rows
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


class ExplorerPanel(QWidget):
    """The inside of a panel; `refresh` is called only while it can be seen."""

    lines_chosen = Signal(str, list)
    """Side ("user" or "item") and codes that are to be selected in the sheet."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace

    def follow_document(self) -> None:
        """Another document, or codes that mean others than before; a `refresh` follows."""

    def follow_ratings(self) -> None:
        """Ratings were edited; a `refresh` follows."""

    def follow_selection(self) -> None:
        """Another user or item is selected."""

    def live_sides(self) -> tuple[Side, ...]:
        """Whose numbers it needs all of."""
        return ("user", "item")

    def close_down(self) -> None:
        """End what runs beside the window: it is closing."""

    def refresh(self, *, is_live: bool) -> None:
        """Show the present numbers; `is_live` while a run moves them."""
        raise NotImplementedError


class LazyView(QWidget):
    """The place of a panel in its dock: makes the panel when it is first seen, and keeps it from working unseen."""

    built = Signal(QWidget)
    live_every = 30

    def __init__(self, workspace: Workspace, name: str, title: str, make: Callable[[Workspace], ExplorerPanel]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._workspace, self._make = workspace, make
        self.panel: ExplorerPanel | None = None
        self._is_stale = self._has_new_selection = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        workspace.opened.connect(self._follow_document)
        workspace.resized.connect(self._follow_document)
        workspace.ratings_changed.connect(self._follow_ratings)
        workspace.factors_changed.connect(self._follow_numbers)
        workspace.selection_changed.connect(self._follow_selection)

    def can_be_seen(self) -> bool:
        """Whether it is in front."""
        return is_in_front(self)

    def live_rows(self) -> Rows | None:
        """All users or items whose numbers the panel needs."""
        return None if self.panel is None else all_of(self._workspace.ratings, self.panel.live_sides())

    def refresh_live(self) -> None:
        """Show the numbers of the run."""
        if self.panel is not None:
            self.panel.refresh(is_live=True)

    def ensure_built(self) -> None:
        """Make the panel if it can be seen, or have it catch up with what happened unseen."""
        if not self.can_be_seen():
            return
        if self.panel is None:
            self.panel = self._make(self._workspace)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self.panel)
            self.panel.follow_document()
            self.built.emit(self.panel)
        self._catch_up()

    def _catch_up(self) -> None:
        if self.panel is None or not self.can_be_seen():
            return
        if self._has_new_selection:
            self._has_new_selection = False
            self.panel.follow_selection()
        if self._is_stale:
            self._is_stale = False
            self.panel.refresh(is_live=False)

    def _follow_document(self) -> None:
        if self.panel is not None:
            self.panel.follow_document()
        self._has_new_selection = True
        self._follow_numbers()

    def _follow_ratings(self) -> None:
        if self.panel is not None:
            self.panel.follow_ratings()
        self._follow_numbers()

    def _follow_numbers(self) -> None:
        self._is_stale = True
        self._catch_up()

    def _follow_selection(self) -> None:
        self._has_new_selection = True
        self._catch_up()
