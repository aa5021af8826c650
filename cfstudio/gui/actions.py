"""The program's actions as the window has them, and the menus and the toolbar made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from cfstudio.gui import icons
from cfstudio.gui.action_specs import MENUS, ActionSpec
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from collections.abc import Callable

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
    "actionStepBack",
    "actionStepBatch",
    "actionStepEpoch",
    "actionStop",
    "actionNewStart",
)


class Actions:
    """The program's actions, found by name, as the window's children and in its menus."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._specs = {spec.name: spec for specs in MENUS.values() for spec in specs if spec.name}
        self._actions = {spec.name: self._make(spec) for spec in self._specs.values()}
        self.recolor()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, slot: Callable[[], object]) -> None:
        """Say what an action does."""
        self._actions[name].triggered.connect(lambda _checked=False: slot())

    def all(self) -> dict[str, list[QAction]]:
        """The actions of each menu, by its title without mnemonic."""
        return {
            title.replace("&", ""): [self._actions[spec.name] for spec in specs if spec.name]
            for title, specs in MENUS.items()
        }

    def fill_menu(self, menu: QMenu, specs: tuple[ActionSpec, ...]) -> None:
        """Put actions into a menu, in their order."""
        for spec in specs:
            if spec.name:
                menu.addAction(self._actions[spec.name])
            else:
                menu.addSeparator()

    def fill_toolbar(self, bar: QToolBar) -> None:
        """Put the most used actions on the toolbar, Train with its name."""
        for name in TOOLBAR:
            if name:
                bar.addAction(self._actions[name])
            else:
                bar.addSeparator()
        train = bar.widgetForAction(self._actions["actionTrain"])
        assert isinstance(train, QToolButton)
        train.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

        def fit() -> None:
            metrics = bar.fontMetrics()
            size = metrics.height() + 6
            bar.setIconSize(QSize(size, size))
            # As wide as its longest name, so that the buttons beside it stay where they are.
            widest = max(metrics.horizontalAdvance(name) for name in TRAIN_NAMES)
            train.setFixedWidth(widest + size + 3 * metrics.averageCharWidth())

        fit_to_zoom(bar, fit)

    def set_icon(self, name: str, icon: str) -> None:
        """Give an action another icon in the theme's colors."""
        theme = current_theme()
        color = theme.accent if name == "actionTrain" else theme.button_text
        self._actions[name].setIcon(icons.icon(icon, color, theme.disabled_text))

    def name_items(self, label: str) -> None:
        """Call items what the data calls them, in texts and tips."""
        for name, action in self._actions.items():
            spec = self._specs[name]
            if "movie" in spec.text + spec.tip:
                action.setText(spec.text.replace("movie", label))
                self._explain(action, spec.tip.replace("movie", label))

    def recolor(self) -> None:
        """Draw the icons anew for the present theme."""
        for spec in self._specs.values():
            if spec.icon is not None:
                self.set_icon(spec.name, spec.icon)

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self._window)
        action.setObjectName(spec.name)
        action.setCheckable(spec.is_checkable)
        if isinstance(spec.shortcut, tuple):
            action.setShortcuts([QKeySequence(one) for one in spec.shortcut])
        elif isinstance(spec.shortcut, str):
            action.setShortcut(QKeySequence(spec.shortcut))
        elif spec.shortcut is not None:
            # All that the platform has: Ctrl+Shift+Z and Ctrl+Y for Redo.
            action.setShortcuts(spec.shortcut)
        self._explain(action, spec.tip)
        self._window.addAction(action)
        return action

    @staticmethod
    def _explain(action: QAction, tip: str) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)
