"""Page 4 of the lesson: the same look-up written as one-hot row × matrix, for users, items and words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from cfstudio.explore.word_embedding import WordEmbedding
from cfstudio.gui.pages.one_hot_choice import Choice, OneHotChoice
from cfstudio.gui.pages.one_hot_controls import OneHotControls
from cfstudio.gui.pages.one_hot_model import OneHotModel
from cfstudio.gui.pages.one_hot_result import ResultModel
from cfstudio.gui.pages.one_hot_sizes import fit_result, fit_tables
from cfstudio.gui.pages.one_hot_strip import OneHotStrip
from cfstudio.gui.pages.one_hot_walk import OneHotWalk
from cfstudio.gui.pages.one_hot_words import place_in_words, verdict
from cfstudio.gui.pages.page import Page, one_line
from cfstudio.gui.pages.painted_table import PaintedTable
from cfstudio.gui.pages.sentence_bar import SentenceBar
from cfstudio.gui.pages.sentence_model import SentenceModel
from cfstudio.gui.pages.words_edit import WordsHistory
from cfstudio.gui.zoom import enlarge, fit_to_zoom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace


class OneHotPage(Page):
    """A strip whose 1 can be moved, the matrix it is multiplied with, and both results."""

    def __init__(
        self, workspace: Workspace, axes: SheetAxes, look: SheetLook | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, axes, look, parent)
        self.setObjectName("oneHotPage")
        self.setAccessibleName("One-hot")
        self._words = WordEmbedding()
        self._choice = OneHotChoice(workspace, axes, self._words)
        self.controls = OneHotControls()
        self.sentence_bar = SentenceBar(self._words)
        self.headline = one_line("Whose row it is")
        self.strip = OneHotStrip()
        self._matrix_model = OneHotModel(self)
        self.matrix = PaintedTable("one-hot.csv", self._matrix_model)
        self._sentence_model = SentenceModel(self._words, self)
        self.sentence = PaintedTable("sentence.csv", self._sentence_model)
        self._result_model = ResultModel(self)
        self.result = PaintedTable("one-hot-result.csv", self._result_model)
        self.verdict = one_line("Whether both ways give the same")
        for table in (self.matrix, self.sentence, self.result):
            table.painted_model.look = self._look
        self._history = WordsHistory(workspace, self._words, self._show_words)
        self._walk = OneHotWalk(self)
        self._is_showing = False
        self._arrange()
        self._connect()
        fit_to_zoom(self, self._fit_soon)
        self._listen()

    def _arrange(self) -> None:
        for table, name, text in (
            (self.matrix, "oneHotMatrix", "Matrix of factors"),
            (self.sentence, "sentenceTable", "Words of the sentence"),
            (self.result, "oneHotResult", "Both results"),
        ):
            table.setObjectName(name)
            table.setAccessibleName(text)
        enlarge(self.headline, 1.25)
        enlarge(self.strip, 1.1)
        enlarge(self.verdict, 1.5, QFont.Weight.Bold)
        for table in (self.matrix, self.sentence, self.result):
            table.washes_lit = False
            # The 1 stays where it is when a number of its row was changed.
            table.goes_down = False
        self.result.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tables = QSplitter()
        self._tables.addWidget(self.matrix)
        self._tables.addWidget(self.sentence)
        self._tables.setChildrenCollapsible(False)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        for widget in (self.controls, self.sentence_bar, self.sentence_bar.count, self.headline, self.strip):
            layout.addWidget(widget)
        layout.addWidget(self._tables, 1)
        layout.addWidget(self.result)
        layout.addWidget(self.verdict)

    def _connect(self) -> None:
        self.controls.chosen.connect(self.choose)
        self.controls.way_changed.connect(self._show_way)
        self.controls.walk.clicked.connect(self._toggle_walk)
        self.sentence_bar.changed.connect(self._follow_sentence)
        self.strip.moved.connect(self._go_to)
        self.matrix.selectionModel().currentRowChanged.connect(lambda current: self._go_to(current.row()))
        self.sentence.selectionModel().currentRowChanged.connect(lambda current: self._go_to_word(current.row()))
        self._walk.stepped.connect(self._show_steps)
        self._walk.ended.connect(lambda: self._show_steps(None))
        for table in (self.matrix, self.sentence, self.result):
            table.about_to_edit.connect(self.about_to_edit)
            table.painted_model.refused.connect(self.said)
        self._matrix_model.dataChanged.connect(self._follow_edit)

    @contextmanager
    def _showing(self) -> Iterator[None]:
        """While tables are told where to go, they do not tell the page."""
        was, self._is_showing = self._is_showing, True
        try:
            yield
        finally:
            self._is_showing = was

    def choose(self, choice: Choice) -> None:
        """Show users, items or words."""
        self._walk.stop()
        self._choice.of = choice
        self._show_source()

    @property
    def main_table(self) -> PaintedTable:
        """The matrix."""
        return self.matrix

    def show_document(self) -> None:
        """Show the shown users and items; where the 1 stands it stays, or goes to what is selected."""
        self._choice.follow_document()
        self.controls.name_items(self._workspace.ratings.item_label)
        self._show_source()

    def show_look(self) -> None:
        """The columns are as wide as their numbers."""
        with self._showing():
            self._sentence_model.follow_sentence()
        self._show_source()

    def _show_source(self) -> None:
        """Show another matrix."""
        source, is_word = self._choice.source, self._choice.of == "word"
        of_words: tuple[QWidget, ...] = (self.sentence_bar, self.sentence_bar.count, self.sentence)
        of_rows: tuple[QWidget, ...] = (self.strip, self.matrix, self.result, self.verdict)
        for widget in of_words:
            widget.setVisible(is_word)
        for widget in of_rows:
            widget.setVisible(source.n_rows > 0)
        self.controls.set_usable(source.n_rows > 0)
        with self._showing():
            self._matrix_model.show_source(source)
        self._show_place()
        self._fit_soon()

    def _show_place(self) -> None:
        """Show where the 1 stands now, and what comes of it."""
        source, place = self._choice.source, self._choice.place
        self._matrix_model.place = place
        if not source.n_rows:
            self.headline.setText("Type a sentence: each different word gets a row of numbers.")
            return
        self.headline.setText(place_in_words(source, place))
        self.headline.setToolTip(self.headline.text())
        self.strip.show_row(source.n_rows, place, source.label_names[0])
        with self._showing():
            self.matrix.show_row(place)
        self.matrix.light(place)
        self._result_model.show_result(source, place)
        self._fit_result()
        self._show_sentence_place()
        self._repaint()

    def _show_sentence_place(self) -> None:
        """Go to the word in the sentence, unless the selected one is the same word."""
        rows = np.flatnonzero(self._words.indexes == self._choice.place)
        current = self.sentence.currentIndex().row()
        if self._choice.of == "word" and len(rows):
            row = current if current in rows else int(rows[0])
            with self._showing():
                self.sentence.show_row(row)
            self.sentence.light(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let few numbers grow into the room, to be read from the last row of seats."""
        super().resizeEvent(event)
        self._fit_soon()

    def _fit_soon(self) -> None:
        """Once the layout has given every table its place."""
        QTimer.singleShot(0, self, self._fit_tables)

    def _fit_tables(self) -> None:
        fit_tables(self.matrix, self.sentence, self.result, self._tables, self._column)

    def _fit_result(self) -> None:
        fit_result(self.result, self._tables.width())

    def _go_to(self, place: int) -> None:
        if not self._is_showing and place >= 0 and place != self._choice.place:
            self._walk.stop()
            self._choice.go_to(place)
            self._show_place()

    def _go_to_word(self, row: int) -> None:
        if row >= 0 and not self._is_showing:
            self.sentence.light(row)
            self._go_to(int(self._words.indexes[row]))

    def _follow_sentence(self, what: str) -> None:
        self._history.note(what, is_typing=what == "sentence")
        self._show_sentence()

    def _show_words(self) -> None:
        """Show the words after an undo or redo."""
        self.sentence_bar.show_words()
        self.controls.choose_source("word")
        self._show_sentence()

    def _show_sentence(self) -> None:
        with self._showing():
            self._sentence_model.follow_sentence()
        self.choose("word")

    def _follow_edit(self) -> None:
        """Words are no part of the document: nobody else tells that one of their numbers has changed."""
        if self._choice.of == "word":
            self._history.note("number of a word")
            self._repaint()

    def show_selection(self) -> None:
        """Move the 1 to what is selected; a whole user or item, which Find selects, is shown in its own matrix."""
        before, selection = self._choice.place, self._workspace.selection
        self._choice.follow_selection()
        is_whole = (selection.user is None) != (selection.item is None)
        if is_whole and selection.side not in (None, self._choice.of):
            self.controls.choose_source(selection.side)
            self.choose(selection.side)
            return
        if self._choice.place != before:
            self._walk.stop()
            self._show_place()

    def _show_way(self, multiplies: bool) -> None:
        self._walk.stop()
        with self._showing():
            self._matrix_model.show_way(multiplies=multiplies)
        self._show_place()
        self._fit_soon()

    def _toggle_walk(self) -> None:
        if self._walk.is_on:
            self._walk.stop()
            return
        self.controls.choose_way(multiplies=True)
        self._walk.start(self._choice.source.n_rows)

    def _show_steps(self, n_done: int | None) -> None:
        """Show a multiplication that has come so far."""
        self._matrix_model.n_done = self._result_model.n_done = n_done
        self.controls.show_walking(n_done is not None)
        self._repaint()

    def show_numbers(self) -> None:
        """Show the factors as they are now."""
        self._repaint()

    def refresh(self) -> None:
        """Repaint what a run in progress moves."""
        if self.isVisible():
            self._repaint()
        else:
            self._is_behind = True

    def _repaint(self) -> None:
        for table in (self.matrix, self.sentence, self.result):
            table.viewport().update()
        both = self._result_model.both
        if both is None or not self._choice.source.n_rows:
            return
        multiplies = self.controls.multiplies
        n_done = None if self._result_model.n_done is None else self._result_model.n_multiplied
        self.result.light(0 if multiplies else 1)
        self.verdict.setText(verdict(both, n_done, multiplies=multiplies))
        self.verdict.setToolTip(self.verdict.text())

    def visible_users(self) -> IntArray:
        """Those whose factors can be seen."""
        return self._choice.codes_seen("user", self.matrix.visible_rows())

    def visible_items(self) -> IntArray:
        """Those whose factors can be seen."""
        return self._choice.codes_seen("item", self.matrix.visible_rows())
