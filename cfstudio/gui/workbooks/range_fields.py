"""The ranges of a crosstab as addresses that can be mended; their badges make the list the legend of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.gui.workbooks.range_kinds import KINDS, RangeKind

if TYPE_CHECKING:
    from collections.abc import Mapping


class RangeFields(QWidget):
    """One line per kind of range."""

    edited = Signal()
    """A person has changed an address."""
    entered = Signal(str)
    """A field got the focus; the name of its range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Ranges")
        self.active: str | None = None
        """The range whose field was entered last; what is dragged over on the page goes there."""
        self._fields: dict[str, _Field] = {}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for row, kind in enumerate(KINDS):
            field = _Field(kind)
            field.textEdited.connect(self.edited)
            field.entered.connect(self._enter)
            label = QLabel(kind.label)
            label.setBuddy(field)
            label.setToolTip(kind.tip)
            layout.addWidget(_Badge(kind), row, 0)
            layout.addWidget(label, row, 1)
            layout.addWidget(field, row, 2)
            self._fields[kind.name] = field
        layout.setColumnStretch(2, 1)

    @property
    def ranges(self) -> dict[str, str | None]:
        """Addresses by name, None where a field is empty."""
        return {name: field.text().strip() or None for name, field in self._fields.items()}

    def show_ranges(self, ranges: Mapping[str, str]) -> None:
        """Show other addresses."""
        for name, field in self._fields.items():
            field.setText(ranges.get(name, ""))
            field.setCursorPosition(0)

    def fill_active(self, address: str) -> None:
        """Put an address into the field that was entered last, as if it had been typed."""
        if self.active is not None:
            self._fields[self.active].setText(address)
            self.edited.emit()

    def _enter(self, name: str) -> None:
        self.active = name
        self.entered.emit(name)


class _Field(QLineEdit):
    """The address of one range."""

    entered = Signal(str)

    def __init__(self, kind: RangeKind) -> None:
        super().__init__()
        self._name = kind.name
        self.setObjectName(f"range_{kind.name}")
        self.setAccessibleName(f"{kind.label}, range")
        self.setAccessibleDescription(kind.tip)
        self.setToolTip(f"{kind.tip}. Type an address such as H2:V16 or drag over the page; empty: there is none")
        self.setPlaceholderText("none")
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that it was entered, not that the window came back to the front."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.entered.emit(self._name)


class _Badge(QWidget):
    """The number and color that mark a range on the page."""

    def __init__(self, kind: RangeKind) -> None:
        super().__init__()
        self._kind = kind
        self.setToolTip(f"{kind.label} have the number {kind.badge} on the page")
        size = self.sizeHint()
        self.setFixedSize(size)

    def sizeHint(self) -> QSize:
        """A square as high as a line."""
        height = self.fontMetrics().height()
        return QSize(height, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The number on its color."""
        painter = QPainter(self)
        self._kind.paint_badge(painter, self.rect(), current_theme())
        painter.end()
