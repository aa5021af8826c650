"""What the menu View does to the looks of the sheet's numbers: decimals, colors, widths; each a step to take back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QInputDialog

from cfstudio.gui.sheet.look_edit import LookEdit

if TYPE_CHECKING:
    from cfstudio.gui.main_window import MainWindow
    from cfstudio.gui.sheet.look import SheetLook


class LookCommands:
    """Changes the look of one window's sheet."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def choose_format(self) -> None:
        """Ask for number format and colors, showing every change at once."""
        from cfstudio.gui.format_dialog import FormatDialog

        before = replace(self._window.sheet.look)
        dialog = FormatDialog(self._window.sheet, self._window)
        dialog.changed.connect(self._window.follow_look)
        dialog.exec()
        dialog.deleteLater()
        self._record("number format and colors", before)

    def change_decimals(self, by: int) -> None:
        """More or fewer digits behind the point."""
        before = replace(self._window.sheet.look)
        self._window.sheet.look.change_decimals(by)
        self._window.follow_look()
        self._record("more decimals" if by > 0 else "fewer decimals", before)

    def use_colors(self, on: bool) -> None:
        """Color the cells by their numbers, or not."""
        look = self._window.sheet.look
        if on != look.uses_color:
            before = replace(look)
            look.uses_color = on
            self._window.follow_look()
            self._record("colors on" if on else "colors off", before)

    def choose_width(self) -> None:
        """Ask for the width of the columns."""
        sizes = self._window.sheet.sizes
        width, is_given = QInputDialog.getInt(
            self._window, "Column width", "Width of the sheet's columns in characters:", sizes.n_characters, 3, 60
        )
        if is_given:
            sizes.set_characters(width)

    def _record(self, label: str, before: SheetLook) -> None:
        window = self._window
        if window.sheet.look != before:
            window.workspace.edits.record(LookEdit(label, window.sheet.look, before, window.follow_look))
