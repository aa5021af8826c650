"""A message of the status bar that gives way: how to take the thing back is never what is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics

WAY_BACK = "Ctrl+Z takes it back"


def shortened_message(message: str, metrics: QFontMetrics, room: int) -> str:
    """The message in `room` pixels: what does not fit ends in “…”, before the way back if it tells one."""
    if metrics.horizontalAdvance(message) <= room:
        return message
    end = ""
    if WAY_BACK in message:
        end = f" {WAY_BACK}."
        message = " ".join(message.replace(f", {WAY_BACK}", "").replace(f"{WAY_BACK}.", "").split())
    left = room - metrics.horizontalAdvance(end)
    return metrics.elidedText(message, Qt.TextElideMode.ElideRight, max(left, 0)) + end
