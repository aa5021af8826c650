"""After the lesson's sheet has converged: asks whether the fit is impressive, and offers to hide some ratings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cfstudio.learning.baselines import mean_rmse
from cfstudio.workspace.presets import SMALL_SHEET

if TYPE_CHECKING:
    from cfstudio.gui.card import Card
    from cfstudio.gui.live_display import LiveDisplay
    from cfstudio.workspace.document import Workspace

HIDDEN_PART = 0.2


class OverfittingOffer:
    """Shows the card when a run on a crosstab has ended."""

    def __init__(self, workspace: Workspace, card: Card, training: LiveDisplay) -> None:
        self._workspace, self._card, self._training = workspace, card, training
        training.finished.connect(self._on_finished)

    def _on_finished(self) -> None:
        score = self._workspace.score
        if self._workspace.ratings.n_rated > SMALL_SHEET:
            return
        if score.n_valid:
            self._compare(score.train_rmse, score.valid_rmse)
            return
        n_hidden = int(score.n_train * HIDDEN_PART)
        self._card.say(
            f"{score.train_rmse:.2f} stars off. Impressive, or is it? Hide {n_hidden} ratings and try again.",
            f"Hide {n_hidden} ratings",
            self._hide_and_train,
        )

    def _hide_and_train(self) -> None:
        self._training.stop()
        workspace = self._workspace
        config = replace(workspace.config, valid_fraction=HIDDEN_PART)
        workspace.configure(config, f"hiding {HIDDEN_PART:.0%} of the ratings")
        self._training.toggle()

    def _compare(self, train_rmse: float, valid_rmse: float) -> None:
        ratings, held_out = self._workspace.ratings, self._workspace.held_out
        mean = float(ratings.values[ratings.rated & ~held_out].mean())
        baseline = mean_rmse(ratings, held_out)
        if valid_rmse > baseline:
            self._card.say(
                f"{train_rmse:.2f} stars off on the cells it saw, {valid_rmse:.2f} on the hidden ones, where always "
                f"saying the mean, {mean:.2f}, is only {baseline:.2f} off: it has memorized, not learned."
            )
        else:
            self._card.say(
                f"{train_rmse:.2f} stars off on the cells it saw, {valid_rmse:.2f} on the hidden ones; always saying "
                f"the mean, {mean:.2f}, would be {baseline:.2f} off."
            )
