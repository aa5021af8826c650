"""A grid of setting fields that shows some of them, without holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfstudio.gui.training.setting_field import SettingField


class SettingGrid(QWidget):
    """Label beside control, two to a row."""

    def __init__(self, fields: Mapping[str, SettingField], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingGrid")
        self._fields = fields
        self.shown: list[str] = []
        """Names of the fields that are to be seen, in their order."""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        for field in fields.values():
            for widget in (field.label, field.control):
                widget.setParent(self)
                widget.hide()

    def show_only(self, names: Sequence[str]) -> None:
        """Show these fields."""
        if list(names) == self.shown:
            return
        for name in self.shown:
            for widget in (self._fields[name].label, self._fields[name].control):
                self._grid.removeWidget(widget)
                widget.setVisible(name in names)
        self.shown = list(names)
        for place, name in enumerate(names):
            row, column = divmod(place, 2)
            field = self._fields[name]
            self._grid.addWidget(field.label, row, 2 * column)
            self._grid.addWidget(field.control, row, 2 * column + 1)
            field.label.show()
            field.control.show()
