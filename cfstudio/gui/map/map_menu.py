"""What can be done with the map besides looking: choose and name axes, fit, copy, save."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QInputDialog

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.map.map_picture import write_map_png, write_map_svg
from cfstudio.workspace.axis_names import component_key

if TYPE_CHECKING:
    from cfstudio.gui.map.map_panel import MapPanel

MOST_COMPONENTS = 12
AXES = ("across", "up")


class MapMenu:
    """Fills the menu of the More button, and the map's context menu, whenever it is opened."""

    def __init__(self, panel: MapPanel) -> None:
        self._panel = panel
        self.menu = panel.controls.menu
        self.menu.aboutToShow.connect(self.fill)
        panel.plot.setContextMenuPolicy(panel.contextMenuPolicy().CustomContextMenu)
        panel.plot.customContextMenuRequested.connect(lambda place: self.menu.popup(panel.plot.mapToGlobal(place)))

    def fill(self) -> None:
        """What can be done now."""
        menu, panel = self.menu, self._panel
        menu.clear()
        menu.addAction("Fit the map", panel.plot.follow)
        if panel.method == "pca" and panel.plane is not None:
            n = min(panel.workspace.factors.n_factors, MOST_COMPONENTS)
            for axis, direction in enumerate(AXES):
                choices = menu.addMenu(f"Component {direction}")
                for component in range(n):
                    action = choices.addAction(self._component_name(component))
                    action.setCheckable(True)
                    action.setChecked(panel.components[axis] == component)
                    action.setEnabled(panel.components[1 - axis] != component)
                    action.triggered.connect(partial(self._choose, axis, component))
            for axis, direction in enumerate(AXES):
                menu.addAction(f"Name the axis {direction}…", partial(self.ask_name, axis))
        elif panel.method != "pca":
            menu.addAction("Make it anew from the present factors", partial(panel.choose_method, panel.method))
        menu.addSeparator()
        chosen = "all points" if panel.highlights.hits is None else "the chosen points"
        menu.addAction(f"Copy {chosen}", lambda: copy_rows(self.table()))
        menu.addAction("Save as CSV…", self._save_csv)
        menu.addAction("Save the picture as PNG…", partial(self._save_picture, "map.png", "PNG pictures (*.png)"))
        menu.addAction("Save the picture as SVG…", partial(self._save_picture, "map.svg", "SVG drawings (*.svg)"))

    def ask_name(self, axis: int) -> None:
        """Ask for the name of the component along an axis."""
        panel = self._panel
        component = panel.components[axis]
        key, names = component_key(panel.side, component), panel.workspace.axis_names
        name, is_given = QInputDialog.getText(
            panel, "Name of an axis", f"What does component {component + 1} stand for?", text=names.get(key)
        )
        if is_given:
            names.give(key, name)

    def table(self) -> list[list[object]]:
        """Header and rows of what is pointed out, of all points where nothing is."""
        panel, facts, side = self._panel, self._panel.facts, self._panel.side
        plane, ratings = panel.plane, self._panel.workspace.ratings
        header: list[object] = ["Title", "Across", "Up", "Genres", "Year", "Mean", "Ratings", "Bias"]
        if plane is None:
            return [header]
        means, counts, years, biases = facts.means(side), facts.counts(side), facts.years(side), facts.biases(side)
        rows = [header]
        chosen = panel.highlights.chosen_points
        for point in (np.arange(len(plane.codes)) if chosen is None else chosen).tolist():
            code = int(plane.codes[point])
            across, up = plane.places[point].tolist()
            genres = str(ratings.item_table.genres[code]) if side == "item" else ""
            year = int(ratings.item_table.years[code]) or None if side == "item" and years[code] > 0 else None
            bias = None if biases is None else float(biases[code])
            rows.append([facts.name(side, code), across, up, genres, year, float(means[code]), int(counts[code]), bias])
        return rows

    def _component_name(self, component: int) -> str:
        name = self._panel.workspace.axis_names.get(component_key(self._panel.side, component))
        return f"{component + 1} · {name}" if name else str(component + 1)

    def _choose(self, axis: int, component: int, _checked: bool = False) -> None:
        one, other = self._panel.components
        self._panel.choose_components((component, other) if axis == 0 else (one, component))

    def _save_csv(self) -> None:
        ask_and_save(self._panel, "map.csv", "CSV files (*.csv)", lambda path: write_csv(path, self.table()))

    def _save_picture(self, name: str, kind: str) -> None:
        write = write_map_svg if name.endswith("svg") else write_map_png
        ask_and_save(self._panel, name, kind, lambda path: write(self._panel.plot, self._panel.legend, path))
