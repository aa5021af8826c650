"""Says on the card what went wrong with a run, and offers what helps; the plot marks where it began."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from cfstudio.learning.diagnosis import Overfitting, overfitting
from cfstudio.learning.setting import matters
from cfstudio.learning.sweep import sampled_factors

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.card import Card
    from cfstudio.gui.live_display import LiveDisplay
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

LEAST_DECAY = 0.1
LEAST_FACTORS = 2
LEAST_PATIENCE, PATIENT_PART = 2, 0.1
"""Epochs without improvement that “Stop early” waits for: a part of the run, for a curve is never quite smooth."""
DIVERGED = "Training diverged"


class Diagnosis:
    """Adds offers to the card when a run has ended; each changes one setting, undoable, and trains anew."""

    def __init__(self, workspace: Workspace, control: TrainingControl, card: Card, training: LiveDisplay) -> None:
        self._workspace, self._control, self._card, self._training = workspace, control, card, training
        control.state_changed.connect(self._on_state)
        control.failed.connect(self._on_failure)

    def _on_state(self) -> None:
        # After whoever else has something to say of a run's end.
        if self._control.state in ("finished", "stopped"):
            self._training.call_soon(self._judge)

    def _judge(self) -> None:
        found = overfitting(self._workspace.history)
        if found is None or self._control.state not in ("finished", "stopped"):
            return
        if self._card.isHidden():
            self._card.say(sentence(found))
        self._card.offer_more(self._remedies())

    def _remedies(self) -> list[tuple[str, str, Callable[[], None]]]:
        """Text of the button, its tool tip, what it does."""
        config = self._workspace.config
        decay = max(2 * config.weight_decay, LEAST_DECAY)
        offers: list[tuple[str, str, dict[str, Any]]] = [
            (
                f"Weight decay {decay:g}",
                "Keeps the factors small, so that they cannot memorize",
                {"weight_decay": decay},
            )
        ]
        is_sampled = config.model == "bayes"
        # What is shown of a sampled model has more factors than it fits.
        fitted = sampled_factors(config.n_factors) if is_sampled else config.n_factors
        if fitted > LEAST_FACTORS:
            fewer = max(fitted // 2, LEAST_FACTORS)
            offers.append((f"{fewer} factors", "Fewer numbers can memorize less", {"n_factors": fewer}))
        if is_sampled and config.features:
            offers.append(("No columns", "Ids alone are fewer numbers to memorize with", {"features": ""}))
        if not config.keeps_best:
            patience = max(LEAST_PATIENCE, round(PATIENT_PART * config.epochs))
            what = {"patience": patience, "keeps_best": True}
            offers.append(("Stop early", "Ends when it gets worse, and keeps the best numbers", what))
        return [
            (text, f"{tip}; resets and trains again. Undo takes it back.", self._doer(text, what))
            for text, tip, what in offers
            if all(matters(one, config) for one in fields(config) if one.name in what)
        ]

    def _on_failure(self, reason: str) -> None:
        if reason.startswith(DIVERGED):
            rate = float(f"{self._workspace.config.learning_rate / 10:.3g}")
            text = f"Learning rate {rate:g}"
            tip = "A tenth of the present one; resets and trains again. Undo takes it back."
            offers = [(text, tip, self._doer(text, {"learning_rate": rate}))]
            # The card itself is told of the failure, too, perhaps later.
            self._training.call_soon(lambda: self._card.offer_more(offers))

    def _doer(self, text: str, change: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            self._training.stop()
            config: TrainingConfig = replace(self._workspace.config, **change)
            self._workspace.configure(config, text[0].lower() + text[1:])
            self._workspace.reset_factors()
            self._training.toggle()

        return do


def sentence(found: Overfitting) -> str:
    """What happened, in one sentence."""
    return (
        f"From step {found.step:,} (epoch {found.epoch:.3g}) on the held-out error rose from {found.best:.3f} to "
        f"{found.last:.3f} while the training error fell: it memorizes. What may help:"
    )
