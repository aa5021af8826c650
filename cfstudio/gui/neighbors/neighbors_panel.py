"""The panel that names the movies or users most like the selected one, or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from cfstudio.explore.filters import NothingLeft
from cfstudio.explore.titles import UnknownItem
from cfstudio.gui.live_follower import all_of, is_in_front
from cfstudio.gui.neighbors.agreement import Agreement
from cfstudio.gui.neighbors.leafing import Leafing
from cfstudio.gui.neighbors.neighbor_query import NeighborQuery, NeighborRows
from cfstudio.gui.neighbors.neighbors_model import AGREEMENT, NeighborsModel
from cfstudio.gui.neighbors.neighbors_view import NeighborsView
from cfstudio.gui.neighbors.query_options import QueryOptions
from cfstudio.gui.neighbors.question import MOST_LIKED, Question, QuestionHistory
from cfstudio.gui.neighbors.question_bar import QuestionBar
from cfstudio.gui.neighbors.why_bars import WhyBars
from cfstudio.gui.shortened_label import ShortenedLabel
from cfstudio.gui.signal_block import with_blocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.live_follower import Rows
    from cfstudio.ratings.table import FloatArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


class NeighborsPanel(QWidget):
    """Follows the selection and, through `refresh_live`, the training."""

    live_every = 30

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neighborsPanel")
        self.setAccessibleName("Most similar")
        self._workspace = workspace
        self._query = NeighborQuery(workspace)
        self._agreement = Agreement(workspace, self)
        self._asked: Question | None = None
        self.history = QuestionHistory()
        self._is_of_sheet = False
        self._minima: dict[Side, int] = {}
        self._leafing = Leafing(self)
        self._leafing.rested.connect(self._ask_anew)
        self._model = NeighborsModel(self._name, self._genres, self)
        self.view = NeighborsView(self._model)
        self.bar = QuestionBar()
        self.header, self.min_ratings = self.bar.header, self.bar.min_ratings
        self.note = ShortenedLabel("About this list")
        self.options = QueryOptions()
        self.why = WhyBars()
        self.invitation = QLabel()
        self._arrange()
        self._connect()
        self._follow_document()

    def _arrange(self) -> None:
        self._arrange_texts()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.invitation)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.options)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.why)
        layout.addWidget(self.note)

    def _arrange_texts(self) -> None:
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.invitation.setWordWrap(True)
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def _connect(self) -> None:
        self.view.row_activated.connect(self._go_to)
        self.view.rows_added.connect(lambda rows, liked: self._add([self._model.code(row) for row in rows], liked))
        self.view.selectionModel().currentRowChanged.connect(lambda _new, _old: self._explain())
        self.min_ratings.valueChanged.connect(self._choose_min_ratings)
        self.bar.gone.connect(self.go)
        self.options.changed.connect(self._ask_anew)
        self.options.minimum_slid.connect(self.min_ratings.setValue)
        self.options.title_entered.connect(self._add_title)
        self.options.cleared.connect(self._ask_for_selection)
        self._agreement.arrived.connect(self._show_agreement)
        self._workspace.opened.connect(self._follow_document)
        self._workspace.resized.connect(self._follow_document)
        self._workspace.ratings_changed.connect(self._follow_ratings)
        self._workspace.selection_changed.connect(self._follow_selection)
        self._workspace.factors_changed.connect(self.refresh_live)

    def _follow_document(self) -> None:
        self._known = self._workspace.ratings
        self._follow_ratings()
        self._minima.clear()
        self.history.clear()
        self._asked = None
        ratings = self._workspace.ratings
        most = max(self._query.counts("item").max(initial=1), self._query.counts("user").max(initial=1))
        self.options.follow_document(ratings.item_table, int(most))
        self.invitation.setText(f"Select a {ratings.item_label} or a user in the sheet to see who is most like it.")
        self._follow_selection()

    def _follow_ratings(self) -> None:
        self._query.forget_counts()
        self._agreement.forget()

    def _follow_selection(self) -> None:
        selection = self._workspace.selection
        side = selection.side
        code = selection.item if side == "item" else selection.user
        asked = None if side is None or code is None else Question(side, (code,))
        if asked == self._asked and asked is not None:
            return
        is_same_side = asked is not None and self._asked is not None and asked.side == self._asked.side
        self._take_question(asked)
        self._leafing.move(may_wait=is_same_side)

    def ask_for(self, side: Side, codes: list[int]) -> None:
        """List what is like several at once, as selected in the sheet."""
        self._take_question(Question(side, tuple(codes[:MOST_LIKED])))
        self._is_of_sheet = True
        self._ask_anew()

    def end_of_several(self) -> None:
        """The sheet has no longer several selected: ask about what it has."""
        if self._is_of_sheet:
            self._ask_for_selection()

    def _ask_for_selection(self) -> None:
        self._asked = None
        self._follow_selection()

    def _take_question(self, asked: Question | None) -> None:
        self._asked = asked
        self._is_of_sheet = False
        if asked is not None:
            minimum = self._minima.get(asked.side, self._query.default_min_ratings(asked.side))
            with_blocked(self.min_ratings, lambda: self.min_ratings.setValue(minimum))
            self.options.follow_side(asked.side, minimum)

    def go(self, by: int) -> None:
        """Show the list before, or the one ahead, and select in the sheet what it is about."""
        question = self.history.go(by)
        if question is None:
            return
        self._take_question(question)
        if question.single is not None:
            self._select(question.side, question.single)
        self._ask_anew()

    @property
    def is_waiting(self) -> bool:
        """Whether the list is about to be made anew."""
        return self._leafing.is_waiting

    def _choose_min_ratings(self, value: int) -> None:
        self._minima[self._side] = value
        self.options.follow_side(self._side, value)
        self._ask_anew()

    def _add(self, codes: list[int], liked: bool) -> None:
        if self._asked is not None and codes:
            self.options.several.setChecked(True)
            self._take_question(self._asked.with_added(codes, liked=liked))
            self._ask_anew()

    def _add_title(self, text: str) -> None:
        liked = not text.startswith(("-", "−"))
        text = text.lstrip("-− ")
        if not text or self._asked is None:
            return
        try:
            code = self._query.found(self._side, text)
        except UnknownItem as unknown:
            self.note.setText(str(unknown))
            self.note.setToolTip(str(unknown))
            return
        self.options.title.clear()
        self._add([code], liked)

    def _ask_anew(self) -> None:
        self._leafing.end()
        if not self._knows_document:
            return
        self.min_ratings.setVisible(self._asked is not None)
        self.options.setVisible(self._asked is not None)
        self._pages.setCurrentWidget(self.invitation if self._asked is None else self.view)
        self.why.hide()
        if self._asked is None:
            self.header.setText("")
            self.note.hide()
            self.view.replace_rows(NeighborRows.none())
            return
        self.history.ask(self._asked)
        self._model.similarity_tip = self.options.tip
        self._show(self._asked, self.view.replace_rows)

    def can_be_seen(self) -> bool:
        """Whether it is in front."""
        return is_in_front(self)

    def live_rows(self) -> Rows:
        """All of the side that it lists."""
        return all_of(self._workspace.ratings, (self._side,))

    def refresh_live(self) -> None:
        """Show the neighbors by the factors as they are now."""
        if self._asked is not None and self._knows_document:
            self._show(self._asked, self.view.update_rows)

    @property
    def _knows_document(self) -> bool:
        """Not while users or items come or go: the sheet selects before all have heard of it, who then ask anew."""
        return self._workspace.ratings is self._known

    def _show(self, asked: Question, put: Callable[[NeighborRows], None]) -> None:
        self.view.show_bias(self._workspace.factors.has_bias)
        try:
            candidates = self._query.candidates(asked.side, self.options.conditions(self.min_ratings.value()))
        except NothingLeft as nothing:
            rows, left = NeighborRows.none(), str(nothing)
        else:
            rows = self._query.nearest(asked, self.options.measure, candidates)
            rows = rows.with_agreement(self._agreed(asked))
            left = self._query.counted(asked, candidates)
        put(rows)
        self._describe(asked, left)
        self._explain()

    def _describe(self, asked: Question, left: str) -> None:
        name = asked.in_words(self._name)
        self.header.setText(f"Most like {name}")
        self.header.setToolTip(name)
        text = left if len(self._workspace.history) else f"{left} · untrained: random factors"
        self.note.setText(text)
        self.note.setToolTip(text)
        self.note.show()
        self.bar.back.setEnabled(self.history.can_go(-1))
        self.bar.forward.setEnabled(self.history.can_go(1))

    def _show_agreement(self) -> None:
        if self._asked is not None:
            self.view.update_rows(self._model.rows.with_agreement(self._agreed(self._asked)))
            self._explain()

    def _agreed(self, asked: Question) -> FloatArray | None:
        """Correlations of the ratings, asked for only where somebody looks at them."""
        is_wanted = not self.view.isColumnHidden(AGREEMENT) or self.view.currentIndex().isValid()
        return self._agreement.of_all(asked.side, asked.single) if is_wanted else None

    def _explain(self) -> None:
        """Show why the current row is like what was asked about."""
        index = self.view.currentIndex()
        is_there = self._asked is not None and index.isValid() and index.row() < self._model.rowCount()
        if is_there and self._asked is not None:
            code = self._model.code(index.row())
            agreed = self._agreed(self._asked)
            terms = self._query.why(self._asked, code, self.options.measure)
            self.why.show_terms(self._name(code), terms, np.nan if agreed is None else float(agreed[code]))
        else:
            self.why.hide()

    def _name(self, code: int) -> str:
        return self._query.name(self._side, code)

    def _genres(self, code: int) -> str:
        return self._query.genres(self._side, code)

    @property
    def _side(self) -> Side:
        return "item" if self._asked is None else self._asked.side

    def _go_to(self, row: int) -> None:
        self._select(self._side, self._model.code(row))

    def _select(self, side: Side, code: int) -> None:
        """Select a movie or user in the sheet; of a selected cell the other half stays."""
        selection = self._workspace.selection
        if side == "item":
            self._workspace.select(user=selection.user, item=code)
        else:
            self._workspace.select(user=code)
