"""Setting a control without its telling anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject


def with_blocked(control: QObject, change: Callable[[], object]) -> None:
    """Make a change that the program makes, not a person."""
    before = control.blockSignals(True)
    change()
    control.blockSignals(before)
