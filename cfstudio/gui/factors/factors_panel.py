"""The panel of factors: how much each matters, what it may stand for, and what happens without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
)

from cfstudio.explore.neighbors import default_min_ratings
from cfstudio.gui.explorer_view import ExplorerPanel
from cfstudio.gui.fact_table import FactColumn, FactModel, FactTable
from cfstudio.gui.factors.factor_facts import FactorFacts, factor_facts
from cfstudio.gui.factors.meaning_pages import EndsTable, GenresTable
from cfstudio.gui.factors.nudge_page import NudgePage
from cfstudio.gui.factors.words import correlations, genres_of_ends
from cfstudio.gui.latest_answer import LatestAnswer
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.sentence_label import SentenceLabel
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.workspace.axis_names import component_key
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.factor_edits import drop_factor, rotate_to_components

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import BoolArray
    from cfstudio.workspace.document import Workspace


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _rmse(value: float) -> str:
    return f"{value:.4f}"


def _growth(value: float) -> str:
    return f"{round(value, 4) + 0.0:+.4f}".replace("-", "−")


COLUMNS = (
    FactColumn("Factor", "Its number, and the name that somebody gave it"),
    FactColumn("Variance", "Its part of the variance of the movies' factors", _percent, "00.0 %"),
    FactColumn("RMSE without", "The error of the model without this factor, over the held-out ratings if there are any",
               _rmse, "0.0000"),
    FactColumn("Worse by", "How much the error grows without it: what it is worth", _growth, "+0.0000", spare=1),
)  # fmt: skip


class FactorsPanel(ExplorerPanel):
    """Follows document, selection, edits and training; all sums are done in a thread."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._facts: FactorFacts | None = None
        self._enough: BoolArray | None = None
        self._answer: LatestAnswer[FactorFacts] = LatestAnswer(self._take, self._tell, self)
        self._model = FactModel(COLUMNS, self)
        self.table = FactTable("factorTable", "Factors", "factors.csv", self._model)
        self.kind_box = QComboBox()
        self.rotate, self.drop, self.name = QToolButton(), QToolButton(), QToolButton()
        self.note, self.meaning = SentenceLabel("factorNote"), SentenceLabel("factorMeaning", muted=False)
        self.ends, self.genres, self.nudge = EndsTable(workspace, self), GenresTable(self), NudgePage(workspace)
        self.tabs = QTabWidget()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.kind_box.addItems(["Principal components", "Factors as they are"])
        named(
            self.kind_box,
            "Components or factors",
            "Principal components sort the directions of the movies' factors by how much they differ in them; "
            "the factors themselves may be turned any way without changing a prediction",
        )
        named(
            self.rotate, "Rotate", "Make the principal components the factors; no prediction changes, Undo turns back"
        )
        named(self.drop, "Drop", "Take the selected factor out of the model; Undo brings it back")
        named(self.name, "Name", "Give the selected factor a name")
        for widget, name in (
            (self.kind_box, "factorKind"), (self.rotate, "factorRotate"), (self.drop, "factorDrop"),
            (self.name, "factorName"), (self.tabs, "factorTabs"),
        ):  # fmt: skip
            widget.setObjectName(name)
        for button, text in ((self.rotate, "Rotate"), (self.drop, "Drop"), (self.name, "Name…")):
            button.setText(text)
        for label, name in ((self.note, "About these factors"), (self.meaning, "About the selected factor")):
            label.setAccessibleName(name)
        self.table.setSelectionMode(self.table.SelectionMode.SingleSelection)
        for page, title in ((self.ends, "Ends"), (self.genres, "Genres"), (self.nudge, "Nudge")):
            self.tabs.addTab(page, title)
        self.tabs.setAccessibleName("About the selected factor")
        top = QHBoxLayout()
        top.addWidget(self.kind_box, 1)
        for button in (self.rotate, self.drop, self.name):
            top.addWidget(button)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.tabs)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addWidget(self.meaning)
        layout.addWidget(split, 1)

        def fit() -> None:
            line = self.fontMetrics().height()
            layout.setContentsMargins(*[line // 2] * 4)
            self.table.setMinimumHeight(line * 5)
            self.tabs.setMinimumHeight(line * 8)
            split.setSizes([line * 5, line * 8])

        fit_to_zoom(self, fit)

    def _connect(self) -> None:
        self.kind_box.currentIndexChanged.connect(lambda _place: self._change_kind())
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self._choose())
        self.rotate.clicked.connect(self._rotate)
        self.drop.clicked.connect(self._drop)
        self.name.clicked.connect(self._ask_name)
        self.workspace.axis_names.changed.connect(self._show)

    @property
    def of_components(self) -> bool:
        """Whether principal components are shown, not the factors as they are."""
        return self.kind_box.currentIndex() == 0

    @property
    def chosen(self) -> int:
        """The selected factor, from 0."""
        row = self.table.currentIndex().row()
        codes = self._model.codes()
        return int(codes[row]) if 0 <= row < len(codes) else 0

    @property
    def is_waiting(self) -> bool:
        """Whether new facts are on their way."""
        return self._answer.is_working

    def follow_document(self) -> None:
        """Nothing is known of the other document yet."""
        self._answer.forget()
        self._facts = None
        self._enough = None
        self._clear()

    def follow_ratings(self) -> None:
        """Count anew who has enough ratings."""
        self._enough = None

    def follow_selection(self) -> None:
        """Nudge the selected user."""
        self.nudge.refresh()

    def refresh(self, *, is_live: bool) -> None:
        """Work the facts out anew."""
        workspace = self.workspace
        if self._enough is None:
            counts = workspace.ratings.counts_by_item()
            self._enough = counts >= default_min_ratings(workspace.ratings.n_users)
        model, ratings, held_out = workspace.factors.copy(), workspace.ratings, workspace.held_out
        enough, chosen, of_components = self._enough, self.chosen, self.of_components
        before = None if self._facts is None else self._facts.directions
        if self._facts is None:
            self.note.say("Working it out…")
        if not is_live:
            self._answer.forget()
        self._answer.ask(
            lambda: factor_facts(model, ratings, held_out, enough, chosen, before, of_components=of_components)
        )

    def _take(self, facts: FactorFacts) -> None:
        if facts.directions.shape[0] != self.workspace.factors.n_factors:
            return
        self._facts = facts
        self._show()

    def _tell(self, error: Exception) -> None:
        self._facts = None
        self._clear()
        self.note.say(str(error))

    def _clear(self) -> None:
        self._model.put(np.empty(0, dtype=np.int64), [np.empty(0)] * len(COLUMNS))
        self.meaning.say("")
        self.ends.show_meaning(None)
        self.genres.show_meaning(None)
        self.nudge.show_direction(None, None)
        self._allow()

    def _show(self) -> None:
        facts = self._facts
        if facts is None:
            return
        n = len(facts.variances)
        names = np.array([self._name_of(number) for number in range(n)], dtype=object)
        without = facts.rmse[1:]
        self._model.put(np.arange(n), (names, facts.variances, without, without - facts.rmse[0]))
        if not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        where = "held-out" if facts.is_held_out else "training"
        text = f"RMSE {facts.rmse[0]:.4f} over the {where} ratings"
        if not len(self.workspace.history):
            text += " · untrained: random factors"
        self.note.say(text)
        label = self.workspace.ratings.item_label
        kind = "Component" if self.of_components else "Factor"
        self.meaning.say(
            f"{kind} {facts.chosen + 1}: {correlations(facts.meaning, label)} · {genres_of_ends(facts.meaning)}"
        )
        self.ends.show_meaning(facts.meaning)
        self.genres.show_meaning(facts.meaning)
        self.nudge.show_direction(facts.directions[:, facts.chosen], self._enough)
        self._allow()

    def _allow(self) -> None:
        has_any = self._facts is not None
        self.rotate.setEnabled(has_any)
        self.name.setEnabled(has_any)
        self.drop.setEnabled(has_any)

    def _key(self, number: int) -> str:
        return component_key("item", number) if self.of_components else f"factor {number + 1}"

    def _name_of(self, number: int) -> str:
        name = self.workspace.axis_names.get(self._key(number))
        return f"{number + 1} · {name}" if name else str(number + 1)

    def _choose(self) -> None:
        if self._facts is not None and self.chosen != self._facts.chosen:
            self.refresh(is_live=False)

    def _change_kind(self) -> None:
        self._facts = None
        self.refresh(is_live=False)

    def _rotate(self) -> None:
        self._edit(lambda: rotate_to_components(self.workspace, self._enough))

    def _drop(self) -> None:
        number = self.chosen
        self._edit(lambda: drop_factor(self.workspace, number, self._enough, of_components=self.of_components))

    def _edit(self, edit: Callable[[], None]) -> None:
        try:
            edit()
        except Refusal as refusal:
            self.note.say(str(refusal))

    def _ask_name(self) -> None:
        key, names = self._key(self.chosen), self.workspace.axis_names
        name, is_given = QInputDialog.getText(self, "Name", f"What does {key} stand for?", text=names.get(key))
        if is_given:
            names.give(key, name)
