"""The seeds in sight: the same seed gives the same start, the same batches, the same held-out cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace


class SeedLabel(QLabel):
    """Follows the document's seeds."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setObjectName("seedLabel")
        fit_to_zoom(self, lambda: self.setMinimumWidth(self.fontMetrics().horizontalAdvance("seed 2147483647")))
        workspace.opened.connect(self._follow)
        workspace.model_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        config = self._workspace.config
        self.setText(f"seed {config.seed}")
        self.setAccessibleName(f"Seed {config.seed}")
        text = f"Seed {config.seed}: the same seed gives the same starting factors and the same batches."
        is_drawn = {"random": config.valid_fraction > 0, "users": config.valid_fraction > 0, "folds": True}
        if is_drawn.get(config.split):
            text += f"\nSplit seed {config.split_seed}: the same split seed holds out the same cells."
        self.setToolTip(text)
