"""What is known of a newcomer beforehand, kept true to the document: quickly first, better a second later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cfstudio.explore.prior import Prior, plain_prior
from cfstudio.explore.refined_prior import refined_prior
from cfstudio.gui.latest_answer import LatestAnswer

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

MOST_LIVE = 1_000_000
"""Ratings up to which the quick prior takes so little time that the window may wait for it."""


class NewcomerPrior(QObject):
    """The prior of a new user; `arrived` tells that a better one is there."""

    arrived = Signal()

    def __init__(self, workspace: Workspace, parent: QObject, *, refines: bool = True) -> None:
        super().__init__(parent)
        self._refines = refines
        self._workspace = workspace
        # Numbers may change again and again while one is worked out, and each would take its share of memory and time.
        self._answer: LatestAnswer[Prior] = LatestAnswer(self._take, self._do_without, self)
        self._is_refining = False
        self.current: Prior | None = None

    @property
    def is_refining(self) -> bool:
        """Whether a better one is being worked out."""
        return self._is_refining

    @property
    def can_be_live(self) -> bool:
        """Whether it can be made anew while training runs."""
        return self._workspace.ratings.n_rated <= MOST_LIVE

    def renew_quickly(self) -> None:
        """By the factors as they are now, while they move."""
        self.forget()
        if self.can_be_live:
            workspace = self._workspace
            self.current = plain_prior(workspace.factors, "user", workspace.ratings, workspace.held_out)

    def renew(self) -> None:
        """By the factors as they are now: at once if that is quick, and properly in the background if wished."""
        self.forget()
        workspace = self._workspace
        if self.can_be_live:
            self.renew_quickly()
        else:
            self.current = None
        if not self._refines and self.current is not None:
            return
        # A copy: training may write into the document's own arrays meanwhile.
        model, ratings, held_out = workspace.factors.copy(), workspace.ratings, workspace.held_out.copy()

        refines = self._refines

        def work() -> Prior:
            return (refined_prior if refines else plain_prior)(model, "user", ratings, held_out)

        self._is_refining = True
        self._answer.ask(work)

    def _take(self, prior: Prior) -> None:
        self._is_refining = False
        self.current = prior
        self.arrived.emit()

    def _do_without(self, error: Exception) -> None:
        """Numbers that are too large, or ratings edited meanwhile: the quick prior stays."""
        self._is_refining = False
        if not isinstance(error, (ValueError, IndexError)):
            raise error
        self.arrived.emit()

    def forget(self) -> None:
        """Take no notice of what is being worked out: it is of other numbers, users or items."""
        self._answer.forget()
        self._is_refining = False
