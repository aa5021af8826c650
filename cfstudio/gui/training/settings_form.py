"""The form of the training settings, made from `TrainingConfig` itself."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QTabBar, QToolTip, QVBoxLayout, QWidget

from cfstudio.gui.sentence_label import SentenceLabel
from cfstudio.gui.signal_block import with_blocked
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.held_out_file_choice import HeldOutFileChoice
from cfstudio.gui.training.setting_field import SettingField
from cfstudio.gui.training.setting_grid import SettingGrid
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.setting import matters
from cfstudio.workspace.named_settings import KEPT, named_settings
from cfstudio.workspace.size_check import memorizing_hint

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
"""What a learner changes first, left and right column in turn; it stands under the first heading, `MAIN`."""
MAIN = "Main"
GROUPS = ("Model", "Optimizer", "Schedule", "Held out", "Run")
WHY_DISABLED = "Pause to change settings."
OWN = "Own settings"


class SettingsForm(QWidget):
    """Every change is an undoable edit of the workspace; the form follows the workspace in turn.

    Settings that may change during a run act on its next step and belong to its undo step.
    """

    start_wanted = Signal()
    """Somebody wants to see, or to choose, what the starting numbers are like."""

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsForm")
        self.setAccessibleName("Training settings")
        self._workspace, self._control = workspace, control
        self.held_out_file = HeldOutFileChoice(workspace, self)
        self._settings = {one.name: one for one in fields(TrainingConfig)}
        self.fields = {name: SettingField(setting, self) for name, setting in self._settings.items()}
        self.grid = SettingGrid(self.fields)
        self.headings = QTabBar()
        self.headings.setObjectName("settingGroups")
        self.headings.setAccessibleName("Groups of settings")
        self.headings.setDrawBase(False)
        self.headings.setExpanding(False)
        self.reason = QLabel(wordWrap=True)
        self.reason.setAccessibleName("Why a setting was refused")
        self.reason.hide()
        self.hint = SentenceLabel("memorizingHint", muted=False)
        self.hint.setAccessibleName("What the settings will do")
        self.hint.setToolTip("The count of the numbers that a run would fit, beside that of the ratings it would see")
        self.presets = QComboBox()
        self.presets.setObjectName("settingPresets")
        self.presets.setAccessibleName("Named settings")
        self.presets.setToolTip("Settings known to be good for something; the split and the seed stay")
        self.presets.setAccessibleDescription(self.presets.toolTip())
        self.start = QPushButton("Starting numbers…")
        self.start.setObjectName("startingNumbers")
        self.start.setAccessibleName("Starting numbers")
        self.start.setToolTip("Which predictions a start gives: n·b²/4 for uniform(0, b), and which b gives the mean")
        self._arrange()
        self._connect()
        self._recolor()
        self.refresh()

    def _matters(self, name: str) -> bool:
        return matters(self._settings[name], self._workspace.config)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        label = QLabel("Settings")
        label.setBuddy(self.presets)
        top.addWidget(label)
        top.addWidget(self.presets, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self.reason)
        layout.addWidget(self.hint)
        layout.addWidget(self.headings)
        layout.addWidget(self.grid)
        layout.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        names = [*ESSENTIALS, *(name for name in self.fields if name not in ESSENTIALS)]
        order = [self.presets, self.headings, *(self.fields[name].control for name in names)]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _connect(self) -> None:
        for field in self.fields.values():
            field.changed.connect(self._change)
            field.refused.connect(self._refuse)
        self.held_out_file.refused.connect(self._refuse)
        self.presets.activated.connect(self._use_preset)
        self.start.clicked.connect(self.start_wanted)
        self.headings.currentChanged.connect(self._show_fields)
        self._workspace.opened.connect(self.refresh)
        self._workspace.model_changed.connect(self.refresh)
        self._control.state_changed.connect(self.refresh)
        self._control.settings_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the workspace's settings, which of them matter, and whether they can be changed now."""
        is_active = self._control.is_active
        config = self._workspace.config
        for name, field in self.fields.items():
            field.explain(WHY_DISABLED if is_active and not field.is_live else "")
            field.show_value(getattr(config, name))
        self._show_headings()
        self._show_fields()
        self._show_presets(is_active)
        self.hint.say(memorizing_hint(self._workspace.ratings, self._workspace.held_out, config))

    def _show_headings(self) -> None:
        """Those under which there is something to set: a sampler has no optimizer."""
        used = {one.metadata["group"] for name, one in self._settings.items() if self._matters(name)}
        titles = [MAIN, *(title for title in GROUPS if title in used)]
        bar = self.headings
        if titles == [bar.tabText(place) for place in range(bar.count())]:
            return
        with_blocked(bar, lambda: self._put_headings(titles))

    def _put_headings(self, titles: list[str]) -> None:
        # Anew, for hidden tabs would leave holes.
        bar = self.headings
        present = bar.tabText(bar.currentIndex())
        while bar.count():
            bar.removeTab(0)
        for title in titles:
            bar.addTab(title)
        bar.setTabToolTip(0, "What is changed most often; every setting stands under its own heading")
        bar.setCurrentIndex(titles.index(present) if present in titles else 0)

    def _show_fields(self) -> None:
        """The fields of the heading that have any effect under the present settings."""
        title = self.headings.tabText(self.headings.currentIndex())
        names: tuple[str, ...] = ESSENTIALS
        if title != MAIN:
            group = [name for name, one in self._settings.items() if one.metadata["group"] == title]
            # The essential ones first, as Tab goes through them.
            names = (*(name for name in ESSENTIALS if name in group), *(n for n in group if n not in ESSENTIALS))
        self.start.setVisible(title == "Run")
        self.grid.show_only([name for name in names if self._matters(name)])

    def reveal(self, name: str) -> None:
        """Show the heading under which a setting stands, and give it the keyboard."""
        if name not in self.grid.shown:
            group = self._settings[name].metadata["group"]
            titles = [self.headings.tabText(place) for place in range(self.headings.count())]
            self.headings.setCurrentIndex(titles.index(group) if group in titles else 0)
        self.fields[name].control.setFocus()

    def _show_presets(self, is_active: bool) -> None:
        """Name the settings if they have a name."""
        known = named_settings(self._workspace.ratings, self._workspace.preset)
        if [self.presets.itemText(place) for place in range(1, self.presets.count())] != [one.name for one in known]:
            self.presets.clear()
            self.presets.addItem(OWN)
            for one in known:
                self.presets.addItem(one.name)
                self.presets.setItemData(self.presets.count() - 1, one.help, Qt.ItemDataRole.ToolTipRole)
        places = [place for place, one in enumerate(known, 1) if one.is_like(self._workspace.config)]
        self.presets.setCurrentIndex(places[0] if places else 0)
        self.presets.setEnabled(not is_active)

    def _use_preset(self, place: int) -> None:
        if place == 0:
            self.refresh()
            return
        chosen = named_settings(self._workspace.ratings, self._workspace.preset)[place - 1]
        kept = {name: getattr(self._workspace.config, name) for name in KEPT}
        self._take(replace(chosen.config, **kept), f"settings “{chosen.name}”")

    def _change(self, name: str, value: object) -> None:
        config = self._workspace.config
        if name == "valid_file" or (name == "split" and value == "file"):
            self.reason.hide()
            self.held_out_file.choose()
            self.refresh()
            return
        if getattr(config, name) == value:
            self.reason.hide()
            return
        label = self._settings[name].metadata["label"].lower()
        try:
            changed = replace(config, **{name: value})  # type: ignore[arg-type]
        except ValueError as error:
            self._refuse(str(error))
            self.refresh()
        else:
            self._take(changed, f"change of {label}")

    def _take(self, config: TrainingConfig, label: str) -> None:
        self.reason.hide()
        try:
            if self._control.is_active:
                self._control.change(config)
            else:
                self._workspace.configure(config, label)
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

    def _recolor(self) -> None:
        palette = self.reason.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.reason.setPalette(palette)
        for field in self.fields.values():
            field.recolor()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the warning's color that of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()
