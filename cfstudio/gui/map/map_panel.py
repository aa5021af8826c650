"""The panel of the map: principal components at once and live, t-SNE and UMAP in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QVBoxLayout

from cfstudio.explore.embedding import HOW_TO_GET_UMAP, EmbeddingSettings, has_umap
from cfstudio.explore.plane import Plane, followed_plane
from cfstudio.gui.explorer_view import ExplorerPanel
from cfstudio.gui.latest_answer import LatestAnswer
from cfstudio.gui.map.embedding_run import EmbeddingRun
from cfstudio.gui.map.legend import Legend
from cfstudio.gui.map.map_controls import MapControls
from cfstudio.gui.map.map_facts import MapFacts
from cfstudio.gui.map.map_foot import MapFoot
from cfstudio.gui.map.map_highlights import MapHighlights
from cfstudio.gui.map.map_menu import MapMenu
from cfstudio.gui.map.map_plot import MapPlot
from cfstudio.gui.map.map_words import about, axis_texts
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from cfstudio.explore.embedding import Method
    from cfstudio.explore.embedding_process import Frame
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


class MapPanel(ExplorerPanel):
    """Puts together what is arranged, what it is colored by, and what is marked."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.facts = MapFacts(workspace)
        self.method = "pca"
        self.components = (0, 1)
        self.plane: Plane | None = None
        self._minima: dict[Side, int] = {}
        self._answer: LatestAnswer[Plane] = LatestAnswer(self._take_plane, self._tell, self)
        self.run = EmbeddingRun(self)
        self.controls, self.plot, self.legend = MapControls(), MapPlot(), Legend()
        self.highlights = MapHighlights(workspace, self.plot.marks)
        self.foot = MapFoot()
        self.note = self.foot.note
        self.menu = MapMenu(self)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(self.controls)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.foot)

        def fit() -> None:
            gap = self.fontMetrics().height() // 3
            layout.setContentsMargins(gap, gap, gap, gap)
            layout.setSpacing(gap)

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
        plot.point_clicked.connect(self._select)
        plot.lasso_closed.connect(self._close_lasso)
        plot.explain = lambda code: self.facts.explanation(self.side, code)
        plot.name = lambda code: self.facts.name(self.side, code)
        self.run.moved.connect(self._take_frame)
        self.run.ended.connect(self._end_run)
        self.foot.stop.clicked.connect(self._cancel)
        self.workspace.axis_names.changed.connect(self._name_axes)

    @property
    def side(self) -> Side:
        """Whose factors are mapped."""
        return self.controls.side

    @property
    def _kind(self) -> str:
        return "user" if self.side == "user" else self.workspace.ratings.item_label

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
        factors, before, components, chosen = self._factors().copy(), self.plane, self.components, self._chosen()
        self._answer.ask(lambda: followed_plane(factors, chosen, components, before, is_moving=is_live))

    def choose_method(self, method: str) -> None:
        """Arrange the points otherwise; t-SNE and UMAP start at once, also anew."""
        if method == "umap" and not has_umap():
            self.controls.show_method(self.method)
            self.note.setText(f"{HOW_TO_GET_UMAP}.")
            return
        self.run.cancel()
        self.foot.show_progress(None)
        self.method = method
        self.controls.show_method(method)
        self.plot.follows = True
        if method == "pca":
            self.plane = None
            self.refresh(is_live=False)
            return
        self._answer.forget()
        codes = np.flatnonzero(self._chosen())
        arrangement: Method = "umap" if method == "umap" else "tsne"
        self.run.start(self._factors()[codes], codes, EmbeddingSettings(method=arrangement))
        self.foot.show_progress(0, self.run.n_iterations)
        self._describe()

    def choose_components(self, components: tuple[int, int]) -> None:
        """Show other principal components."""
        self.components = components
        self.choose_method("pca")

    def _chosen(self) -> BoolArray:
        return self.facts.enough(self.side, self.controls.min_ratings.value())

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
            self.foot.show_progress(frame.iteration, self.run.n_iterations)
            self._show()
            self._describe()

    def _end_run(self, error: str) -> None:
        self.foot.show_progress(None)
        self._describe()
        if error:
            self.note.setText(error)

    def close_down(self) -> None:
        """End the process of a map that is on its way."""
        self.run.cancel()

    def _cancel(self) -> None:
        self.run.cancel()
        self._end_run("")

    def _tell(self, error: Exception) -> None:
        self._clear()
        self.note.setText(str(error))

    def _clear(self) -> None:
        self.plane = None
        self.highlights.clear()
        self.plot.clear_points()

    def _show(self) -> None:
        """Draw the points as they are arranged, colored by what is chosen."""
        plane = self.plane
        self.controls.offer_quantities(self.facts.quantities(self.side))
        if plane is None:
            return
        classes = self.facts.classes(self.side, self.controls.quantity, plane.codes)
        looks = classes.looks(current_theme())
        of_points = classes.of_code[plane.codes]
        self.plot.show_places(plane.places, plane.codes)
        self.highlights.fit(len(plane.codes))
        self.plot.cloud.set_points(plane.places, of_points, looks, self.highlights.hits)
        present = np.bincount(of_points, minlength=len(looks)) > 0
        self.legend.show_looks([look for look, is_there in zip(looks, present, strict=True) if is_there])
        self.highlights.label(self.facts.counts(self.side)[plane.codes])
        self._name_axes()
        self._mark()

    def _mark(self) -> None:
        self.highlights.mark(self.side, self.codes, self._factors())

    def _name_axes(self) -> None:
        plane, names = self.plane, self.workspace.axis_names
        self.plot.set_axes(*(axis_texts(plane, self.side, names) if plane is not None else ("", "")))

    def _describe(self) -> None:
        plane = self.plane
        if plane is None:
            return
        text = about(plane, self._kind, is_running=self.run.is_running, is_trained=len(self.workspace.history) > 0)
        self.note.setText(text)

    def _start_anew(self) -> None:
        self._clear()
        self.plot.follows = True
        self.foot.show_progress(None)
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
        n_found = self.highlights.search(self.side, self.codes, text)
        self._show()
        if n_found is None:
            self._describe()
        else:
            self.note.setText(f"{n_found:,} of the map's {len(self.codes):,} found")

    def _select_first_hit(self) -> None:
        point = self.highlights.first_hit(self.side, self.codes, self.controls.search.text())
        if point is not None:
            self._select(int(self.codes[point]))
            self.plot.center_on(point)

    def _select(self, code: int) -> None:
        selection = self.workspace.selection
        if self.side == "item":
            self.workspace.select(user=selection.user, item=code)
        else:
            self.workspace.select(user=code)

    def _close_lasso(self, points: list[int]) -> None:
        codes = self.codes[np.asarray(points, dtype=np.int64)].tolist()
        if not codes:
            self.note.setText(f"No {self._kind} lies in the lasso.")
            return
        self.lines_chosen.emit(self.side, codes)
        self.highlights.point_out(len(self.codes), points)
        self._show()
        self.note.setText(
            f"{len(codes):,} {self._kind}{'' if len(codes) == 1 else 's'} in the lasso, selected in the sheet"
        )

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors of another theme."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "menu"):
            self._show()
