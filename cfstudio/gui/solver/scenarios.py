"""Scenarios: numbers of changing cells that were given a name, to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psygnal import Signal

from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.cells import Cells
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.solver_control import SolverControl


@dataclass(frozen=True)
class Scenario:
    """Numbers of some changing cells: `numbers` (n,) float64 of `cells`."""

    cells: Cells
    numbers: FloatArray


class Scenarios:
    """The scenarios of the open document; they are gone with it, unless they are saved in a model's file."""

    changed = Signal()

    def __init__(self, workspace: Workspace, control: SolverControl) -> None:
        self._workspace, self._control = workspace, control
        self.by_name: dict[str, Scenario] = {}
        workspace.opened.connect(self._clear)
        workspace.resized.connect(self._clear)

    def save(self, name: str, cells: Cells) -> None:
        """Keep the present numbers of some cells under a name. Raises Refusal for a name that is blank."""
        if not name.strip():
            raise Refusal("A scenario needs a name; type one.")
        self.add({name.strip(): Scenario(cells, cells.read(self._workspace.factors))})

    def add(self, scenarios: Mapping[str, Scenario]) -> None:
        """Take in scenarios from a file."""
        self.by_name.update(scenarios)
        self.changed.emit()

    def show(self, name: str) -> None:
        """Put a scenario's numbers into the sheet.

        Raises Refusal while a search is on, and where the model has no such cells any more.
        """
        scenario = self.by_name[name]
        if not scenario.cells.fits(self._workspace.factors):
            raise Refusal(f"The scenario {name} belongs to another model; go back to the model that it was saved with.")
        self._control.put_numbers(f"scenario {name}", scenario.cells, scenario.numbers)

    def _clear(self) -> None:
        self.by_name.clear()
        self.changed.emit()
