"""The panel of the map: principal components at once and live, t-SNE and UMAP in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from cfstudio.explore.embedding import HOW_TO_GET_UMAP, EmbeddingSettings, has_umap
from cfstudio.explore.neighbors import nearest
from cfstudio.explore.plane import Plane, mirrored_like, principal_plane, turned_like
from cfstudio.explore.titles import search_titles
from cfstudio.gui.explorer_view import ExplorerPanel
from cfstudio.gui.latest_answer import LatestAnswer
from cfstudio.gui.map.embedding_run import EmbeddingRun
from cfstudio.gui.map.legend import Legend
from cfstudio.gui.map.map_controls import MapControls
from cfstudio.gui.map.map_facts import MapFacts
from cfstudio.gui.map.map_menu import MapMenu
from cfstudio.gui.map.map_plot import MapPlot
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.workspace.axis_names import component_key

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from cfstudio.explore.embedding import Method
    from cfstudio.explore.embedding_process import Frame
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

N_NEIGHBORS = 10
N_IMPORTANT = 400
"""Points that may have a label, those with most ratings."""


class MapPanel(ExplorerPanel):
    """Puts together what is arranged, what it is colored by, and what is marked."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.facts = MapFacts(workspace)
        self.method = "pca"
        self.components = (0, 1)
        self.plane: Plane | None = None
        self._minima: dict[Side, int] = {}
        self._hits: BoolArray | None = None
        self._answer: LatestAnswer[Plane] = LatestAnswer(self._take_plane, self._tell, self)
        self.run = EmbeddingRun(self)
        self.controls, self.plot, self.legend = MapControls(), MapPlot(), Legend()
        self.note, self.progress, self.stop = QLabel(), QProgressBar(), QPushButton("Cancel")
        self.menu = MapMenu(self)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.note.setObjectName("mapNote")
        self.note.setAccessibleName("About this map")
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.setWordWrap(True)
        self.progress.setAccessibleName("Progress of the map")
        self.progress.setToolTip("Iterations done")
        self.stop.setObjectName("mapCancel")
        self.stop.setToolTip("Stop here and keep the map as it is")
        self.stop.setAccessibleName("Cancel the map")
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.progress)
        foot.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.addWidget(self.controls)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.legend)
        layout.addLayout(foot)
        self._show_progress(None)

        def fit() -> None:
            gap = self.fontMetrics().height() // 3
            layout.setContentsMargins(gap, gap, gap, gap)
            layout.setSpacing(gap)
            self.progress.setMaximumWidth(self.fontMetrics().averageCharWidth() * 16)

        fit_to_zoom(self, fit)

    def _connect(self) -> None:
        controls, plot = self.controls, self.plot
        controls.side_chosen.connect(self._change_side)
        controls.method_chosen.connect(self.choose_method)
        controls.color_chosen.connect(self._show)
        controls.minimum_chosen.connect(self._choose_minimum)
        controls.searched.connect(self._search)
        controls.search_entered.connect(self._select_first_hit)
        controls.lasso_toggled.connect(lambda on: setattr(plot.box, "draws_lasso", on))
        plot.point_clicked.connect(lambda point: self._select(int(self.codes[point])))
        plot.lasso_closed.connect(self._close_lasso)
        plot.explain = lambda point: self.facts.explanation(self.side, int(self.codes[point]))
        plot.marks.name = lambda point: self.facts.name(self.side, int(self.codes[point]))
        self.run.moved.connect(self._take_frame)
        self.run.ended.connect(self._end_run)
        self.stop.clicked.connect(self._cancel)
        self.workspace.axis_names.changed.connect(self._name_axes)

    @property
    def side(self) -> Side:
        """Whose factors are mapped."""
        return self.controls.side

    @property
    def codes(self) -> IntArray:
        """(n_points,) whose points they are."""
        return np.empty(0, dtype=np.int64) if self.plane is None else self.plane.codes

    @property
    def is_waiting(self) -> bool:
        """Whether the map is about to change."""
        return self._answer.is_working or self.run.is_running

    def live_sides(self) -> tuple[Side, ...]:
        """Whose numbers it needs all of."""
        return (self.side,)

    def follow_document(self) -> None:
        """Begin with the principal components of the other document's movies."""
        self.run.cancel()
        self._answer.forget()
        self.facts.forget()
        self._minima.clear()
        self.method, self.components = "pca", (0, 1)
        self.controls.show_method("pca")
        self.controls.name_sides(self.workspace.ratings.item_label)
        self._start_anew()

    def follow_ratings(self) -> None:
        """Count and average anew."""
        self.facts.forget()

    def follow_selection(self) -> None:
        """Mark what is selected, and draw lines to its neighbors."""
        self._mark()

    def refresh(self, *, is_live: bool) -> None:
        """Arrange the points by the present numbers; a t-SNE stays as it is until asked for again."""
        if self.method != "pca":
            self._describe()
            self._show()
            return
        if not is_live:
            self._answer.forget()
        chosen, side = self.facts.enough(self.side, self.controls.min_ratings.value()), self.side
        factors, before, components = self._factors().copy(), self.plane, self.components
        if before is not None and before.components[:2] != components:
            before = None

        def arrange() -> Plane:
            plane = principal_plane(factors, chosen, components)
            if before is None:
                return plane
            return turned_like(plane, before) if is_live else mirrored_like(plane, before)

        if np.count_nonzero(chosen) < 2:
            kind = "user" if side == "user" else self.workspace.ratings.item_label
            n = int(np.count_nonzero(chosen))
            self._tell(
                ValueError(f"{'One' if n else 'No'} {kind} has so many ratings; lower the fewest ratings above.")
            )
            return
        self._answer.ask(arrange)

    def choose_method(self, method: str) -> None:
        """Arrange the points otherwise; t-SNE and UMAP start at once, also anew."""
        if method == "umap" and not has_umap():
            self.controls.show_method(self.method)
            self.note.setText(f"{HOW_TO_GET_UMAP}.")
            return
        self.run.cancel()
        self._show_progress(None)
        self.method = method
        self.controls.show_method(method)
        self.plot.follows = True
        if method == "pca":
            self.plane = None
            self.refresh(is_live=False)
            return
        self._answer.forget()
        codes = np.flatnonzero(self.facts.enough(self.side, self.controls.min_ratings.value()))
        arrangement: Method = "umap" if method == "umap" else "tsne"
        self.run.start(self._factors()[codes], codes, EmbeddingSettings(method=arrangement))
        self._show_progress(0)
        self._describe()

    def choose_components(self, components: tuple[int, int]) -> None:
        """Show other principal components."""
        self.components = components
        self.choose_method("pca")

    def _factors(self) -> Floats:
        factors = self.workspace.factors
        return factors.user_factors if self.side == "user" else factors.item_factors

    def _take_plane(self, plane: Plane) -> None:
        if self.method == "pca" and plane.codes[-1] < len(self._factors()):
            self.components = (plane.components[0], plane.components[1])
            self.plane = plane
            self._show()
            self._describe()

    def _take_frame(self, frame: Frame) -> None:
        if self.run.codes is not None:
            self.plane = Plane(self.run.codes, frame.places)
            self._show_progress(frame.iteration)
            self._show()
            self._describe()

    def _end_run(self, error: str) -> None:
        self._show_progress(None)
        self._describe()
        if error:
            self.note.setText(error)

    def _cancel(self) -> None:
        self.run.cancel()
        self._show_progress(None)
        self._describe()

    def _tell(self, error: Exception) -> None:
        self._clear()
        self.note.setText(str(error))

    def _clear(self) -> None:
        self.plane = None
        self._hits = None
        self.plot.marks.selected = None
        self.plot.show_places(np.empty((0, 2)))
        self.plot.cloud.set_points(np.empty((0, 2)), self.codes, (), None)
        self.plot.marks.update()

    def _show(self) -> None:
        """Draw the points as they are arranged, colored by what is chosen."""
        plane = self.plane
        self.controls.offer_quantities(self.facts.quantities(self.side))
        if plane is None:
            return
        classes = self.facts.classes(self.side, self.controls.quantity, plane.codes)
        looks = classes.looks(current_theme())
        of_points = classes.of_code[plane.codes]
        self.plot.show_places(plane.places)
        if self._hits is not None and len(self._hits) != len(plane.codes):
            self._hits = None
        self.plot.cloud.set_points(plane.places, of_points, looks, self._hits)
        present = np.bincount(of_points, minlength=len(looks)) > 0
        self.legend.show_looks([look for look, is_there in zip(looks, present, strict=True) if is_there])
        counts = self.facts.counts(self.side)[plane.codes]
        shown = np.arange(len(counts)) if self._hits is None else np.flatnonzero(self._hits)
        self.plot.marks.important = shown[np.argsort(-counts[shown], kind="stable")[:N_IMPORTANT]]
        self._name_axes()
        self._mark()

    def _mark(self) -> None:
        selection, marks = self.workspace.selection, self.plot.marks
        code = selection.user if self.side == "user" else selection.item
        point = None if code is None or not len(self.codes) else int(np.searchsorted(self.codes, code))
        if point is not None and (point >= len(self.codes) or self.codes[point] != code):
            point = None
        marks.selected, marks.neighbors = point, np.empty(0, dtype=np.int64)
        if point is not None and code is not None:
            candidates = np.zeros(len(self._factors()), dtype=np.bool_)
            candidates[self.codes] = True
            marks.neighbors = np.searchsorted(self.codes, nearest(self._factors(), code, N_NEIGHBORS, candidates).codes)
        marks.update()

    def _name_axes(self) -> None:
        plane = self.plane
        if plane is None or not plane.components:
            self.plot.set_axes("", "")
            return
        texts = []
        for component, part in zip(plane.components, plane.explained, strict=True):
            name = self.workspace.axis_names.get(component_key(self.side, component))
            texts.append(f"{name or f'component {component + 1}'} · {100 * part:.0f} %")
        self.plot.set_axes(texts[0], texts[1])

    def _describe(self) -> None:
        plane = self.plane
        if plane is None:
            return
        kind = "user" if self.side == "user" else self.workspace.ratings.item_label
        text = f"{len(plane.codes):,} {kind}s"
        if plane.components:
            text += f" · these two components hold {100 * sum(plane.explained):.0f} % of the variance"
            text += ", turned to keep still while it trains" if plane.is_turned else ""
        elif not self.run.is_running:
            text += " · distances between far groups mean little · choose it again for the present factors"
        if not len(self.workspace.history):
            text += " · untrained: random factors"
        self.note.setText(text)

    def _show_progress(self, iteration: int | None) -> None:
        for widget in (self.progress, self.stop):
            widget.setVisible(iteration is not None)
        if iteration is not None:
            is_known = self.method == "tsne" and self.run.settings is not None
            self.progress.setRange(0, self.run.settings.iterations if is_known and self.run.settings else 0)
            self.progress.setValue(iteration)

    def _start_anew(self) -> None:
        self._clear()
        self.plot.follows = True
        self._show_progress(None)
        self.controls.show_minimum(self._minima.get(self.side, self.facts.usual_minimum(self.side)))

    def _change_side(self) -> None:
        self.run.cancel()
        self.components = (0, 1)
        self._start_anew()
        self.choose_method("pca")

    def _choose_minimum(self, value: int) -> None:
        self._minima[self.side] = value
        self.plot.follows = True
        self.choose_method("pca")

    def _search(self, text: str) -> None:
        """Point out what contains these words."""
        self._hits = None
        if text.strip() and self.plane is not None:
            found = self._found(text)
            self._hits = np.isin(self.codes, found)
            self.note.setText(f"{np.count_nonzero(self._hits):,} of the map's {len(self.codes):,} found")
        else:
            self._describe()
        self._show()

    def _found(self, text: str) -> list[int]:
        ratings = self.workspace.ratings
        if self.side == "item":
            counts = self.facts.counts("item").astype(np.int64)
            return search_titles(ratings.item_table, text, ratings.n_items, counts)
        wanted = text.casefold().strip()
        return [code for code in range(ratings.n_users) if wanted in ratings.user_name(code).casefold()]

    def _select_first_hit(self) -> None:
        on_map = set(self.codes.tolist())
        found = [code for code in self._found(self.controls.search.text()) if code in on_map]
        if found:
            self._select(found[0])
            self.plot.center_on(int(np.searchsorted(self.codes, found[0])))

    def _select(self, code: int) -> None:
        selection = self.workspace.selection
        if self.side == "item":
            self.workspace.select(user=selection.user, item=code)
        else:
            self.workspace.select(user=code)

    def _close_lasso(self, points: list[int]) -> None:
        codes = self.codes[np.asarray(points, dtype=np.int64)].tolist()
        kind = "user" if self.side == "user" else self.workspace.ratings.item_label
        if not codes:
            self.note.setText(f"No {kind} lies in the lasso.")
            return
        self.lines_chosen.emit(self.side, codes)
        self._hits = np.isin(np.arange(len(self.codes)), points)
        self._show()
        self.note.setText(f"{len(codes):,} {kind}{'' if len(codes) == 1 else 's'} in the lasso, selected in the sheet")

    def chosen_points(self) -> IntArray:
        """The points that are pointed out by search or lasso; all where none are."""
        return np.arange(len(self.codes)) if self._hits is None else np.flatnonzero(self._hits)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors of another theme."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "menu"):
            self._show()
