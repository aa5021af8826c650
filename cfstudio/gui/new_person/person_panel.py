"""The panel of a new person: stars above, what is recommended below, nothing retrained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTabWidget, QToolButton, QVBoxLayout, QWidget

from cfstudio.gui.keyed_table import KeyedTable
from cfstudio.gui.live_follower import is_in_front
from cfstudio.gui.new_person.keeping import Keeping
from cfstudio.gui.new_person.rating_import import RatingImport
from cfstudio.gui.new_person.retraining import COLUMNS as COMPARED
from cfstudio.gui.new_person.retraining import Comparison
from cfstudio.gui.new_person.star_list import StarList
from cfstudio.gui.panel_undo import PanelUndo
from cfstudio.gui.recommendations.recommended_list import RecommendedList
from cfstudio.gui.sentence_label import SentenceLabel

if TYPE_CHECKING:
    from cfstudio.gui.live_display import LiveDisplay
    from cfstudio.gui.new_person.person_session import PersonSession
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.training_control import TrainingControl

INVITATION = (
    "Who are you? Search a {label} and give it stars, or click the stars of one that is listed here: "
    "recommendations follow at every click, and the model is not trained for it."
)


class PersonPanel(QWidget):
    """The panel named `newUserPanel`; keeps up with the document only while it is shown."""

    live_every = 30
    shown = Signal(bool)
    go_to = Signal(int)
    """The code of a movie to show in the sheet."""

    def __init__(
        self, session: PersonSession, control: TrainingControl, training: LiveDisplay, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("newUserPanel")
        self.setAccessibleName("New person")
        self._session, self._control = session, control
        self.keeping = Keeping(session, control, training, self)
        self.list = StarList(session)
        self.recommended = RecommendedList("recommendedTable", "Recommended to you", "my-recommendations.csv")
        self.compared = KeyedTable("comparedTable", "At once and retrained", COMPARED, "retrained.csv")
        self.compared_note, self.message = SentenceLabel("comparedNote"), SentenceLabel("newUserMessage")
        self.tabs = QTabWidget()
        self.importer = RatingImport(session, self.say, self)
        self._buttons = self._make_buttons()
        self.keep_button, self.retrain_button = QPushButton("&Keep as a real user"), QPushButton("Re&train and compare")
        # The recommendations come first.
        self._questions = QTimer(self, singleShot=True, interval=0)
        self._questions.timeout.connect(self.list.ask)
        self.undo = PanelUndo(self, session.edits)
        self._arrange()
        self._connect()
        self._follow_document()

    def _make_buttons(self) -> dict[str, QToolButton]:
        tips = {
            "Undo": "Take back the last stars (Ctrl+Z in this panel)",
            "Redo": "Give them again (Ctrl+Shift+Z in this panel)",
            "Paste": "Read ratings that were copied, one movie and its stars per line",
            "Import…": "Read ratings from a file: CSV with movieId,rating or titles, decimal comma or point",
            "Clear": "Take all stars back; can be undone",
        }
        buttons = {}
        for text, tip in tips.items():
            button = QToolButton()
            button.setText(text)
            button.setAccessibleName(f"{text.rstrip('…')} stars")
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            buttons[text] = button
        return buttons

    def _arrange(self) -> None:
        for button, name, tip in (
            (self.keep_button, "keepUser", "A new row of the sheet with these ratings and factors; can be undone"),
            (self.retrain_button, "retrainUser", "Train the whole model with the new row and compare its predictions"),
        ):
            button.setObjectName(name)
            button.setAccessibleName(button.text().replace("&", ""))
            button.setToolTip(tip)
            button.setAutoDefault(False)
        tools, ends = QHBoxLayout(), QHBoxLayout()
        for tool in self._buttons.values():
            tools.addWidget(tool)
        tools.addStretch(1)
        ends.addWidget(self.keep_button)
        ends.addWidget(self.retrain_button)
        ends.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self._parts(tools), 1)
        layout.addLayout(ends)

    def _parts(self, tools: QHBoxLayout) -> QSplitter:
        upper, compared = QWidget(), QWidget()
        upper_layout, compared_layout = QVBoxLayout(upper), QVBoxLayout(compared)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.setSpacing(4)
        upper_layout.addWidget(self.list, 1)
        upper_layout.addLayout(tools)
        upper_layout.addWidget(self.message)
        compared_layout.setContentsMargins(0, 4, 0, 0)
        compared_layout.addWidget(self.compared_note)
        compared_layout.addWidget(self.compared, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.setTabBarAutoHide(True)
        self.tabs.addTab(self.recommended, "Recommended to you")
        self._compared_page = compared
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        for part in (upper, self.tabs):
            parts.addWidget(part)
        parts.setSizes([450, 550])
        return parts

    def _connect(self) -> None:
        session, buttons = self._session, self._buttons
        session.changed.connect(self._refresh)
        session.edits.changed.connect(self._follow_edits)
        session.workspace.opened.connect(self._follow_document)
        session.workspace.resized.connect(self._follow_items)
        self.list.said.connect(self.say)
        self.keeping.said.connect(self.say)
        self.keeping.changed.connect(self._follow_edits)
        self.keeping.compared.connect(self._show_comparison)
        buttons["Undo"].clicked.connect(session.edits.undo)
        buttons["Redo"].clicked.connect(session.edits.redo)
        buttons["Paste"].clicked.connect(self.importer.paste)
        buttons["Import…"].clicked.connect(self.importer.ask_file)
        buttons["Clear"].clicked.connect(session.clear)
        self.keep_button.clicked.connect(self.keeping.keep)
        self.retrain_button.clicked.connect(self.keeping.retrain)
        self.recommended.activated.connect(self.go_to)
        self.compared.key_activated.connect(self.go_to)
        self.list.table.key_activated.connect(self.go_to)

    def say(self, sentence: str) -> None:
        """Show a sentence below the stars."""
        self._is_inviting = False
        self.message.say(sentence)

    def _follow_document(self) -> None:
        self.say(INVITATION.format(label=self._session.workspace.ratings.item_label))
        self._is_inviting = True
        self._follow_items(anew=True)
        if self.tabs.count() > 1:
            self.tabs.removeTab(1)

    def _follow_items(self, *, anew: bool = False) -> None:
        self.list.follow_document()
        self.recommended.offer(self._session.workspace.ratings, self._session.counts, anew=anew)
        self._follow_edits()
        self._refresh()

    def _follow_edits(self) -> None:
        edits, rated = self._session.edits, self._session.rated
        for name, edit in (("Undo", edits.top), ("Redo", edits.next_redo)):
            self._buttons[name].setEnabled(edit is not None)
        self._buttons["Clear"].setEnabled(bool(rated))
        self.keep_button.setEnabled(bool(rated))
        self.retrain_button.setEnabled(self.keeping.can_retrain)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        person = self._session.person
        if self._session.rated and self._is_inviting:
            self.say("")
        if person is None:
            self.recommended.say(self._session.trouble or "Learning what people are like…")
        else:
            self.recommended.show_for(person.recommendations, self._note())
        self.list.refresh()
        self._follow_edits()
        self._questions.start()

    def refresh_live(self) -> None:
        """Follow a run."""
        self._session.refresh_live()

    def can_be_seen(self) -> bool:
        """Whether it is in front."""
        return is_in_front(self)

    def live_rows(self) -> tuple[IntArray, IntArray] | None:
        """All movies may be recommended, all users say what people are like."""
        ratings = self._session.workspace.ratings
        return (np.arange(ratings.n_users), np.arange(ratings.n_items)) if self._session.prior.can_be_live else None

    def _note(self) -> str:
        session = self._session
        note = []
        if not session.rated:
            note.append("No stars yet: what the average person is predicted.")
        if not len(session.workspace.history) and not self._control.is_active:
            note.append("The model is untrained; press Space to train it.")
        return " ".join(note)

    def _show_comparison(self, found: Comparison) -> None:
        self.compared.put(found.rows)
        self.compared_note.say(found.sentence)
        if self.tabs.count() < 2:
            self.tabs.addTab(self._compared_page, "Retrained")
        self.tabs.setCurrentWidget(self._compared_page)
        self.say("The model has been trained with your ratings: the list below compares.")

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._session.wake()
        self.shown.emit(True)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._session.sleep()
        self.shown.emit(False)
