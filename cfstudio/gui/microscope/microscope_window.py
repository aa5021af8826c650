"""The microscope's window: forward pass, error, gradients, update and the new prediction of the selected cell."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.microscope.draw_slide import DrawSlide
from cfstudio.gui.microscope.slide import Slide
from cfstudio.gui.microscope.step_table import StepTable
from cfstudio.gui.zoom import enlarge, fit_to_zoom
from cfstudio.learning.blackboard import WORD_WIDTH
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

LARGE = 1.25
RUNNING = "A run is on; pause it to look at a single step."


class MicroscopeWindow(QDialog):
    """Follows the sheet's selected cell; Step does the step that is shown, one edit to undo."""

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("microscope")
        self.setWindowTitle("One step under the microscope")
        self.setAccessibleName(self.windowTitle())
        self._control = control
        self._workspace = workspace
        self._steps, self._draws = Slide(workspace), DrawSlide(workspace)
        self.title, self.words, self.outcome, self.note = (
            _label("microscopeTitle", "Cell and step"),
            _label("microscopeWords", "How the step comes about"),
            _label("microscopeOutcome", "What the step brings"),
            _label("microscopeNote", "Note"),
        )
        self.words.setWordWrap(True)
        self.table = StepTable()
        self.step_button = self._button(
            "&Step", "microscopeStep", "Do the shown step on this cell (Undo takes it back)"
        )
        self.over_button = self._button(
            "Start &over", "microscopeStartOver", "Let the optimizer forget this cell; its numbers stay"
        )
        self.copy_button = self._button("&Copy all", "microscopeCopy", "Copy words and table as text")
        self._arrange()
        # Left alone, Qt opens dialogs no larger than two thirds of the screen.
        self.resize(self.sizeHint().boundedTo(parent.size()))
        self._connect(workspace)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest line, high enough for some twelve numbers."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 150, metrics.height() * 44)

    def _arrange(self) -> None:
        enlarge(self.title, 1.4, QFont.Weight.DemiBold)
        enlarge(self.outcome, 1.4, QFont.Weight.DemiBold)
        enlarge(self.table, LARGE)
        fit_to_zoom(self.words, self._fit_words)
        fit_to_zoom(self.table, lambda: self.table.setMinimumHeight(self.fontMetrics().height() * 8))
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        buttons = QHBoxLayout()
        for button in (self.step_button, self.over_button, self.copy_button):
            buttons.addWidget(button)
        buttons.addWidget(self.note, 1)
        layout = QVBoxLayout(self)
        for widget in (self.title, self.words, self.table, self.outcome):
            layout.addWidget(widget, 1 if widget is self.table else 0)
        layout.addLayout(buttons)

    def _fit_words(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(QApplication.font().pointSizeF() * LARGE)
        self.words.setFont(font)

    def _connect(self, workspace: Workspace) -> None:
        self.step_button.clicked.connect(self.slide_step)
        self.over_button.clicked.connect(self._start_over)
        self.copy_button.clicked.connect(self.copy_all)
        for signal in (
            workspace.opened,
            workspace.selection_changed,
            workspace.factors_changed,
            workspace.ratings_changed,
            workspace.model_changed,
            self._control.state_changed,
            self._control.settings_changed,
        ):
            signal.connect(self._follow)

    def slide_step(self) -> None:
        """Do the next step."""
        self.slide.press()
        self.refresh()

    def _start_over(self) -> None:
        self.slide.start_over()
        self.refresh()

    def _follow(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show the selected cell's step."""
        if self._control.is_active:
            self._show_nothing(RUNNING)
            return
        slide = self.slide
        slide.refresh()
        board = slide.board
        if board is None:
            self._show_nothing(slide.why_not)
            return
        self.title.setText(slide.title)
        self.words.setText(_in_two_columns(board.lines))
        self.outcome.setText(board.outcome)
        self.table.numbers.show(board)
        self.note.setText(slide.note)
        self.step_button.setText(slide.button[slide.is_done])
        self.step_button.setEnabled(slide.may_step)
        self.over_button.setEnabled(slide.has_past)
        self.copy_button.setEnabled(True)

    @property
    def slide(self) -> Slide | DrawSlide:
        """What is looked at: a step down the gradient, or a draw where the model is a sampler's."""
        return self._draws if kind_named(self._workspace.config.model).engine == "sampler" else self._steps

    def copy_all(self) -> None:
        """Put everything on the clipboard as text."""
        board = self.slide.board
        if board is not None:
            QGuiApplication.clipboard().setText(board.as_text(self.slide.title))

    def _show_nothing(self, why: str) -> None:
        self.title.setText(why)
        for label in (self.words, self.outcome, self.note):
            label.setText("")
        self.table.numbers.show(None)
        for button in (self.step_button, self.over_button, self.copy_button):
            button.setEnabled(False)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        button.setAccessibleDescription(tip)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is there now."""
        self.refresh()
        super().showEvent(event)


def _in_two_columns(lines: list[str]) -> str:
    """Rich text in which a long line goes on below its own text, not below the word before it."""
    rows = ((line[:WORD_WIDTH].strip(), line[WORD_WIDTH:]) for line in lines)
    cells = ((escape(word), escape(text, quote=False).replace("  ", "&nbsp; ")) for word, text in rows)
    table = "".join(f"<tr><td>{word}&nbsp;&nbsp;</td><td>{text}</td></tr>" for word, text in cells)
    return f"<table cellspacing=0 cellpadding=0>{table}</table>"


def _label(name: str, spoken: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setObjectName(name)
    label.setAccessibleName(spoken)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
