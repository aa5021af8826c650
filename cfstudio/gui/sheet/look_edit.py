"""Another look of the sheet's numbers as a step that can be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.sheet.look import SheetLook


class LookEdit:
    """Number format and colors; changes no number."""

    changes_numbers = False
    n_bytes = 1_000

    def __init__(self, label: str, look: SheetLook, before: SheetLook, follow: Callable[[], object]) -> None:
        """`look` is the one that is shown, already changed; `before` is what it was; `follow` shows it anew."""
        self.label, self._look, self._follow = label, look, follow
        self._before, self._after = replace(before), replace(look)

    def do(self) -> None:
        """Show the new look."""
        self._show(self._after)

    def undo(self) -> None:
        """Show the old one again."""
        self._show(self._before)

    def _show(self, wanted: SheetLook) -> None:
        self._look.__dict__.update(wanted.__dict__)
        self._follow()
