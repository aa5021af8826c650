"""The form of the training settings, made from `TrainingConfig` itself."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QToolTip, QVBoxLayout, QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.setting_field import SettingField
from cfstudio.learning.config import TrainingConfig

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

ESSENTIALS = (
    "model",
    "n_factors",
    "optimizer",
    "learning_rate",
    "batch_size",
    "weight_decay",
    "epochs",
    "valid_fraction",
)
"""What a learner changes first, left and right column in turn; every other setting is under "More"."""
WHY_DISABLED = "Pause to change settings."


class SettingsForm(QWidget):
    """Every change is an undoable edit of the workspace; the form follows the workspace in turn."""

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsForm")
        self.setAccessibleName("Training settings")
        self._workspace, self._control = workspace, control
        self.fields = {setting.name: SettingField(setting, self) for setting in fields(TrainingConfig)}
        self.reason = QLabel(wordWrap=True)
        self.reason.setAccessibleName("Why a setting was refused")
        self.reason.hide()
        self.more = QToolButton(autoRaise=True)
        self.more.setText("More")
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setAccessibleName("More training settings")
        self.more.setToolTip("Show the settings that are seldom changed")
        self._arrange()
        self._connect()
        self._show_more(False)
        self._recolor()
        self.refresh()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._grid())
        layout.addWidget(self.reason)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    def _grid(self) -> QGridLayout:
        """Two columns, label beside control, the essential ones on top."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        names = [*ESSENTIALS, *self._others()]
        for before, after in pairwise(names):
            self.setTabOrder(self.fields[before].control, self.fields[after].control)
        for place, name in enumerate(names):
            row, column = divmod(place, 2)
            grid.addWidget(self.fields[name].label, row, 2 * column)
            grid.addWidget(self.fields[name].control, row, 2 * column + 1)
        return grid

    def _others(self) -> list[str]:
        return [name for name in self.fields if name not in ESSENTIALS]

    def _connect(self) -> None:
        for field in self.fields.values():
            field.changed.connect(self._change)
            field.refused.connect(self._refuse)
        self.more.toggled.connect(self._show_more)
        self._workspace.opened.connect(self.refresh)
        self._workspace.model_changed.connect(self.refresh)
        self._control.state_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the workspace's settings, and whether they can be changed now."""
        why_disabled = WHY_DISABLED if self._control.is_active else ""
        for name, field in self.fields.items():
            field.explain(why_disabled)
            field.show_value(getattr(self._workspace.config, name))

    def _change(self, name: str, value: object) -> None:
        self.reason.hide()
        config = self._workspace.config
        if getattr(config, name) == value:
            return
        label = self.fields[name].label.text().lower()
        try:
            self._workspace.configure(replace(config, **{name: value}), f"change of {label}")  # type: ignore[arg-type]
        except ValueError as error:
            self._refuse(str(error))
            self.refresh()

    def _refuse(self, reason: str) -> None:
        self.reason.setText(reason)
        self.reason.show()
        field = self.sender()
        if isinstance(field, SettingField):
            below = field.control.rect().bottomLeft()
            QToolTip.showText(field.control.mapToGlobal(below), reason, field.control)

    def _show_more(self, shown: bool) -> None:
        for name in self._others():
            self.fields[name].label.setVisible(shown)
            self.fields[name].control.setVisible(shown)
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)

    def _recolor(self) -> None:
        palette = self.reason.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.reason.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the warning's color that of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()
