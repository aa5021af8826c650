"""The row of buttons that run the page, with their keys, and the speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolBar, QWidget

from cfstudio.gui.icons import icon
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.speed_slider import SpeedSlider

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Spec:
    """An action of the lab: its object name, text, what it does, keys, icon, whether it shows its text."""

    name: str
    text: str
    tip: str
    keys: tuple[str, ...]
    icon: str
    with_text: bool = False


SPECS = (
    Spec("labRun", "Run", "Run row by row at the chosen speed, or pause", ("Space",), "play", True),
    Spec("labRow", "Row", "Calculate one row", ("F8",), "debug-step-over", True),
    Spec("labRowBack", "Row back", "Take the last row back", ("Shift+F8",), "debug-step-out"),
    Spec("labEpoch", "Epoch", "Calculate to the end of the epoch", ("F9",), "skip-next", True),
    Spec("labFiveEpochs", "5 epochs", "Calculate five epochs", ("Shift+F9",), "fast-forward", True),
    Spec("labReset", "Reset", "Back to the start values", ("F7",), "skip-previous", True),
    Spec("labUndo", "Undo", "Take back the last edit or run", ("Ctrl+Z",), "undo"),
    Spec("labRedo", "Redo", "Do again what was taken back", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Spec("labCopy", "Copy all", "Copy the whole sheet for a spreadsheet", ("Ctrl+Shift+C",), "content-copy"),
    Spec("labSaveCsv", "Save CSV", "Save the rows with every digit", ("Ctrl+S",), "file-delimited-outline"),
    Spec("labExport", "Export", "Write a workbook with live formulas", ("Ctrl+Shift+E",), "microsoft-excel", True),
)
BREAKS_BEFORE = ("labUndo", "labCopy")


class ControlBar(QToolBar):
    """Actions by name; all are also actions of the window, so that their keys work everywhere in it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("Run", window)
        self.actions_by_name: dict[str, QAction] = {}
        self.speed = SpeedSlider()
        self.speed.slider.setAccessibleName("Speed in rows per second")
        self.speed.setToolTip("Rows per second, from 1 to as many as fit between two frames")
        for spec in SPECS:
            if spec.name in BREAKS_BEFORE:
                if spec.name == "labUndo":
                    self.addWidget(self.speed)
                self.addSeparator()
            self._add(spec, window)
        self._recolor()

    def connect_to(self, **slots: Callable[[], object]) -> None:
        """Say what the actions do, by their names."""
        for name, slot in slots.items():
            self.actions_by_name[name].triggered.connect(lambda _checked=False, slot=slot: slot())

    def show_running(self, is_running: bool) -> None:
        """Run becomes pause, and pause run."""
        action = self.actions_by_name["labRun"]
        action.setText("Pause" if is_running else "Run")
        action.setProperty("icon_name", "pause" if is_running else "play")
        self._recolor()

    def show_undo(self, undo: str, redo: str) -> None:
        """Say what undo and redo would do."""
        for name, word, what in (("labUndo", "Undo", undo), ("labRedo", "Redo", redo)):
            action = self.actions_by_name[name]
            keys = ", ".join(one.toString(QKeySequence.SequenceFormat.NativeText) for one in action.shortcuts())
            action.setEnabled(bool(what))
            action.setToolTip(f"{word} {what} ({keys})" if what else f"Nothing to {word.lower()}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_by_name"):
            self._recolor()

    def _add(self, spec: Spec, window: QWidget) -> None:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(one) for one in spec.keys])
        keys = ", ".join(QKeySequence(one).toString(QKeySequence.SequenceFormat.NativeText) for one in spec.keys)
        action.setToolTip(f"{spec.tip} ({keys})")
        action.setProperty("icon_name", spec.icon)
        window.addAction(action)
        self.addAction(action)
        self.actions_by_name[spec.name] = action
        button = self.widgetForAction(action)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(  # type: ignore[attr-defined]
            style.ToolButtonTextBesideIcon if spec.with_text else style.ToolButtonIconOnly
        )
        button.setAccessibleName(spec.text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _recolor(self) -> None:
        theme = current_theme()
        for action in self.actions_by_name.values():
            action.setIcon(icon(action.property("icon_name"), theme.button_text, theme.disabled_text))
