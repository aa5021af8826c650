"""The other methods, from the start of the page shown, as many rows on: what is drawn pale behind it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from cfstudio.gui.optimizer_lab.run import Run
from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.worksheet import Worksheet

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

MOST_ROWS = 20_000
"""Rows that the others go at most: the picture is about where they go, not about how they end."""
SLICE = 64


class Ghosts:
    """One run per other method, with that method's own settings and the shown page's start."""

    def __init__(self, session: LabSession) -> None:
        self._session = session
        self._made_for: object = None
        self.runs: dict[str, Run] = {}

    def catch_up(self, seconds: float) -> bool:
        """Bring the others to as many rows as the page shown; False if time ran out before."""
        run = self._session.run
        pages = {name: self._session.run_of(name).page for name in METHODS if name != self._session.method}
        made_for = (self._session.method, self._session.form, run.start, *map(id, pages.values()))
        wanted = min(run.n_rows_since_start, MOST_ROWS)
        if made_for != self._made_for or any(one.n_rows_since_start > wanted for one in self.runs.values()):
            self._made_for = made_for
            self.runs = {name: Run(Worksheet(page, _top(page.default_top(), run))) for name, page in pages.items()}
        end = perf_counter() + seconds
        for one in self.runs.values():
            while (left := wanted - one.n_rows_since_start) > 0 and one.is_finite:
                if perf_counter() > end:
                    return False
                one.forward(min(left, SLICE))
        return True


def _top(top: dict[str, float], run: Run) -> dict[str, float]:
    """Usual averages, the line of another run's start."""
    return top | {"a": run.start[0], "b": run.start[1]}
