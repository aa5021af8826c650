"""Every action of the program: its name, text, shortcut, icon and tooltip; and the menus and toolbar made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from cfstudio.gui import icons
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Callable

Standard = QKeySequence.StandardKey


@dataclass(frozen=True)
class ActionSpec:
    """What an action is, apart from what it does."""

    name: str
    text: str
    tip: str
    shortcut: str | Standard | None = None
    icon: str | None = None


FILE_ACTIONS = (
    ActionSpec("actionOpen", "&Open…", "Open ratings or a session", Standard.Open, "folder-open-outline"),
    ActionSpec("actionSave", "&Save", "Save the session", Standard.Save, "content-save-outline"),
    ActionSpec("actionSaveAs", "Save &as…", "Save the session under another name", "Ctrl+Alt+S"),
    ActionSpec("actionQuit", "&Quit", "Close CF Studio", Standard.Quit),
)
EDIT_ACTIONS = (
    ActionSpec("actionUndo", "&Undo", "Take back the last change", Standard.Undo, "undo"),
    ActionSpec("actionRedo", "&Redo", "Apply the undone change again", Standard.Redo, "redo"),
    ActionSpec("actionCopy", "&Copy", "Copy the selected cells as text for a spreadsheet", Standard.Copy),
    ActionSpec("actionFind", "&Find…", "Find a title or user", Standard.Find),
)
TRAIN_ACTIONS = (
    ActionSpec("actionTrain", "&Train", "Start training, pause it, go on", "Space", "play"),
    ActionSpec("actionPause", "Pa&use the run", "Pause training", "Ctrl+Space", "pause"),
    ActionSpec("actionStepBatch", "One &batch", "Train one step: one batch of ratings", "F8", "debug-step-over"),
    ActionSpec("actionStepEpoch", "One &epoch", "Train to the end of the epoch", "F9", "skip-next"),
    ActionSpec("actionStop", "&Stop", "End the run and keep what it has learned", "Shift+F5", "stop"),
    ActionSpec("actionResetFactors", "&Reset", "Back to the starting factors of the seed", "Ctrl+R", "skip-backward"),
    ActionSpec("actionNewStart", "&New random start", "Draw other starting factors", "Ctrl+Shift+R", "dice-multiple"),
)
TRAIN_NAMES = ("Train", "Pause", "Go on")
"""What the action that starts training is called, idle, running and paused."""
TOOLBAR = (
    "actionOpen",
    "actionSave",
    "",
    "actionUndo",
    "actionRedo",
    "",
    "actionResetFactors",
    "actionTrain",
    "actionStepBatch",
    "actionStepEpoch",
    "actionStop",
    "actionNewStart",
)


class Actions:
    """The program's actions, found by name, as the window's children and in its menus."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._specs = {spec.name: spec for spec in (*FILE_ACTIONS, *EDIT_ACTIONS, *TRAIN_ACTIONS)}
        self._actions = {spec.name: self._make(spec) for spec in self._specs.values()}
        self.recolor()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, slot: Callable[[], object]) -> None:
        """Say what an action does."""
        self._actions[name].triggered.connect(lambda _checked=False: slot())

    def fill_menu(self, menu: QMenu, specs: tuple[ActionSpec, ...]) -> None:
        """Put actions into a menu, in their order."""
        for spec in specs:
            menu.addAction(self._actions[spec.name])

    def fill_toolbar(self, bar: QToolBar) -> None:
        """Put the most used actions on the toolbar, Train with its name."""
        size = bar.fontMetrics().height() + 6
        bar.setIconSize(QSize(size, size))
        for name in TOOLBAR:
            if name:
                bar.addAction(self._actions[name])
            else:
                bar.addSeparator()
        train = bar.widgetForAction(self._actions["actionTrain"])
        assert isinstance(train, QToolButton)
        train.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # As wide as its longest name, so that the buttons beside it stay where they are.
        widest = max(bar.fontMetrics().horizontalAdvance(name) for name in TRAIN_NAMES)
        train.setFixedWidth(widest + size + 3 * bar.fontMetrics().averageCharWidth())

    def set_icon(self, name: str, icon: str) -> None:
        """Give an action another icon in the theme's colors."""
        theme = current_theme()
        color = theme.accent if name == "actionTrain" else theme.button_text
        self._actions[name].setIcon(icons.icon(icon, color, theme.disabled_text))

    def recolor(self) -> None:
        """Draw the icons anew for the present theme."""
        for spec in self._specs.values():
            if spec.icon is not None:
                self.set_icon(spec.name, spec.icon)

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self._window)
        action.setObjectName(spec.name)
        if spec.shortcut is not None:
            action.setShortcut(QKeySequence(spec.shortcut))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{spec.tip} ({keys})" if keys else spec.tip)
        action.setStatusTip(spec.tip)
        self._window.addAction(action)
        return action
