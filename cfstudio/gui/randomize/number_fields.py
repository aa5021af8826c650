"""The controls that say which random numbers are drawn, and which blocks get them."""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui import icons
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.number_box import NumberBox
from cfstudio.models.start_distribution import StartDistribution
from cfstudio.models.start_numbers import SMALL_SPREAD

if TYPE_CHECKING:
    from cfstudio.models.start_statistics import Block, Blocks
    from cfstudio.workspace.document import Workspace

LARGEST = 1_000.0
MOST_SEED = 2**31 - 1
DICE = 1_000_000
"""The dice throws seeds below this: short enough to be told to a neighbor."""


class BoundBox(NumberBox):
    """A number of either sign, in even steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(-LARGEST, LARGEST, whole=False, parent=parent)
        self.setSingleStep(0.1)

    def stepBy(self, steps: int) -> None:
        """Go up or down in tenths: steps by decades would never cross zero."""
        QDoubleSpinBox.stepBy(self, steps)


class NumberFields(QWidget):
    """Uniform or normal, their bounds, the seed, and a box to check for each block of numbers."""

    changed = Signal()
    refused = Signal(str)
    """What was typed instead of a number within the limits."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = workspace.ratings.item_label
        self.uniform, self.normal = QRadioButton("&Uniform from"), QRadioButton("&Normal with σ")
        kinds = QButtonGroup(self)
        kinds.addButton(self.uniform)
        kinds.addButton(self.normal)
        self.low, self.high = BoundBox(), BoundBox()
        self.sigma = NumberBox(0.0, LARGEST, whole=False)
        self.seed = NumberBox(0, MOST_SEED, whole=True)
        self.dice = QToolButton()
        self.blocks: dict[Block, QCheckBox] = {
            "users": QCheckBox("User factors"),
            "items": QCheckBox(f"{self._label.capitalize()} factors"),
            "biases": QCheckBox("Biases"),
        }
        self._name_controls(workspace.factors.has_bias)
        self._arrange()
        self._connect()
        self.show_distribution(usual_start(workspace))

    def distribution(self) -> StartDistribution:
        """The numbers to be drawn. Raises ValueError with a sentence for bounds in the wrong order."""
        return StartDistribution(
            "uniform" if self.uniform.isChecked() else "normal",
            self.low.value(),
            self.high.value(),
            self.sigma.value(),
            int(self.seed.value()),
        )

    def chosen_blocks(self) -> Blocks:
        """The blocks that get new numbers."""
        return frozenset(name for name, box in self.blocks.items() if box.isChecked() and box.isEnabled())

    def show_distribution(self, numbers: StartDistribution) -> None:
        """Put a distribution into the fields, and tell it once."""
        self.blockSignals(True)
        (self.uniform if numbers.kind == "uniform" else self.normal).setChecked(True)
        fields = {self.low: numbers.low, self.high: numbers.high, self.sigma: numbers.sigma, self.seed: numbers.seed}
        for field, value in fields.items():
            field.setValue(value)
        self.blockSignals(False)
        self._enable()
        self.changed.emit()

    def throw_dice(self) -> None:
        """Take another seed."""
        self.seed.setValue(secrets.randbelow(DICE))

    def _name_controls(self, has_bias: bool) -> None:
        names = {
            self.uniform: ("Uniform numbers", "Each number between the two bounds is as likely as any other"),
            self.normal: ("Normal numbers", "Numbers around zero, most within σ of it"),
            self.low: ("Lower bound", "The smallest number drawn"),
            self.high: ("Upper bound", "The largest number drawn"),
            self.sigma: ("Standard deviation σ", "How far from zero the numbers lie"),
            self.seed: ("Seed", "The same seed draws the same numbers"),
            self.dice: ("Throw the dice", "Take another seed"),
            self.blocks["users"]: ("New user factors", "Draw new factors of all users"),
            self.blocks["items"]: (f"New {self._label} factors", f"Draw new factors of all {self._label}s"),
            self.blocks["biases"]: (
                "New biases",
                f"Draw new biases of all users and {self._label}s" if has_bias else "This model has no biases",
            ),
        }
        for control, (name, tip) in names.items():
            control.setAccessibleName(name)
            control.setToolTip(tip)
        for box in self.blocks.values():
            box.setChecked(True)
        self.blocks["biases"].setEnabled(has_bias)
        self.blocks["biases"].setChecked(has_bias)

    def _arrange(self) -> None:
        seed = QLabel("&Seed")
        seed.setBuddy(self.seed)
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self.uniform, self.low, QLabel("to"), self.high),
            (self.normal, self.sigma),
            (seed, self.seed, self.dice),
        )
        grid = QGridLayout()
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        grid.setColumnStretch(len(rows[0]), 1)
        width = self.fontMetrics().horizontalAdvance("-0.1234567") + 2 * self.fontMetrics().height()
        for field in (self.low, self.high, self.sigma, self.seed):
            field.setMinimumWidth(width)
        checks = QHBoxLayout()
        checks.addWidget(QLabel("New numbers for"))
        for box in self.blocks.values():
            checks.addWidget(box)
        checks.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        layout.addLayout(checks)
        theme = current_theme()
        self.dice.setIcon(icons.icon("dice-multiple", theme.button_text, theme.disabled_text))

    def _connect(self) -> None:
        for field in (self.low, self.high, self.sigma, self.seed):
            field.setKeyboardTracking(True)
            field.valueChanged.connect(self._tell)
            field.refused.connect(self.refused)
        for button in (self.uniform, *self.blocks.values()):
            button.toggled.connect(self._tell)
        self.dice.clicked.connect(self.throw_dice)

    def _tell(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        is_uniform = self.uniform.isChecked()
        self.low.setEnabled(is_uniform)
        self.high.setEnabled(is_uniform)
        self.sigma.setEnabled(not is_uniform)


def usual_start(workspace: Workspace) -> StartDistribution:
    """What the program itself would start this model from; see `random_start`."""
    config, scale = workspace.config, workspace.ratings.scale
    is_plain_dot = config.model == "dot" and not config.sigmoid
    top = math.sqrt(max(abs(scale.low), abs(scale.high)) / config.n_factors)
    return StartDistribution("uniform" if is_plain_dot else "normal", high=top, sigma=SMALL_SPREAD, seed=config.seed)
