"""What AdamW changed: weight decay in the gradient and weight decay besides it, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.optimizer_lab.curvature_page import MatrixModel
from cfstudio.optimizer_lab.microscope import effective_rate, specimen
from cfstudio.optimizer_lab.numbers import written
from cfstudio.optimizer_lab.worksheet import Worksheet

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

USUAL_DECAY = 0.01
"""Taken where the page shown has none."""
MOST_ROWS = 500
PAIR = ("adam", "adamw")
QUANTITIES = (
    "slope a before the row",
    "gradient that goes into the averages",
    "average gradient",
    "average squared gradient",
    "effective learning rate",
    "pull of the decay on a in this row",
    "slope a after the row",
    "intercept b after the row",
)


class DecayPage(QWidget):
    """Adam with L2 and AdamW after as many rows as the page shown, with equal settings and from an equal start."""

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self.model = MatrixModel(("Adam, L2 in the gradient", "AdamW, decoupled"), QUANTITIES)
        self.table = CopyableTable("weight-decay.csv")
        self.table.setModel(self.model)
        self.table.setObjectName("labDecay")
        self.table.setAccessibleName("Weight decay in Adam and in AdamW")
        self.table.setToolTip("The same row of both methods. Right-click to copy or save.")
        self.table.verticalHeader().show()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What AdamW changed")
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addWidget(self.table, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what was not kept up to date unseen."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Run both as far as the page shown."""
        n_rows = min(max(self._session.run.n_rows_since_start, 1), MOST_ROWS)
        decay = self._session.page.settings.weight_decay or USUAL_DECAY
        columns = [self._column(name, decay, n_rows) for name in PAIR]
        self.model.show_numbers(np.array(columns).T)
        pulls = [written(column[5]) for column in columns]
        self.words.setText(
            f"Weight decay {written(decay)}, row {n_rows:,} from this page's start, both with Adam's settings. In Adam "
            f"the decay is added to the gradient, and so is divided by the usual size of the gradients, too: a weight "
            f"with large gradients hardly decays (here by {pulls[0]}). AdamW takes learning rate × decay × a from the "
            f"weight itself ({pulls[1]}), however large its gradients are."
        )

    def _column(self, name: str, decay: float, n_rows: int) -> list[float]:
        session = self._session
        settings = session.run_of("adam").page.settings
        page = session.run_of(name).page.changed(
            learning_rate=settings.learning_rate, beta1=settings.beta1, beta2=settings.beta2, weight_decay=decay
        )
        a, b = session.run.start
        sheet = Worksheet(page, page.default_top() | {"a": a, "b": b})
        sheet.forward(n_rows)
        place = len(sheet.rows) - 1
        found, rate = specimen(sheet, place, "a"), effective_rate(sheet, place, "a")
        before = sheet.cell(place, "slope") or 0.0
        # With L2 the decay goes through the division as the gradient does.
        pull = (page.settings.learning_rate if page.method.decoupled else rate or 0.0) * decay * before
        numbers = (before, found.gradient, found.velocity, found.second_moment, rate, pull, sheet.a, sheet.b)
        return [float("nan") if one is None else float(one) for one in numbers]
