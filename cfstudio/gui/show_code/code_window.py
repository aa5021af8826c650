"""The window of the code: a script and fastai's three lines, always those of the present settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.exports import with_suffix
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.learning.code_facts import NoCode
from cfstudio.learning.show_code import Script, show_code
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

NOTE = (
    "Trains from the start that Reset goes back to, with the present settings, on the CPU: after Reset, the run here "
    "has the same errors at the end of every epoch. Save writes the ratings, and what else it reads, beside it. "
)
SAMPLES = (
    "Draws the samples that a run here draws, in plain NumPy, with the present settings: its errors are the same after "
    "every sweep. Save writes the ratings, and what else it reads, beside it. "
)
STOPS = "Stop rules and “keep best” are not in the script."


class CodeWindow(QDialog):
    """Two tabs of read-only text, to copy and to save."""

    said = Signal(str)

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("showCode")
        self.setWindowTitle("The code of this model")
        self.setAccessibleName(self.windowTitle())
        self._workspace = workspace
        self._script: Script | None = None
        self._task: BackgroundTask[list[str]] | None = None
        self.torch, self.fastai = _page("codeTorch", "PyTorch script"), _page("codeFastai", "fastai script")
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("PyTorch or fastai")
        self.tabs.addTab(self.torch, "PyTorch")
        self.tabs.addTab(self.fastai, "fastai, three lines")
        self.note = QLabel(wordWrap=True)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.setAccessibleName("What the code does")
        self.copy = self._button("&Copy", "codeCopy", "Copy the shown code", self.copy_shown)
        self.save = self._button(
            "&Save…", "codeSave", "Save the shown code, and the files that it reads beside it", self.ask_save
        )
        self._arrange()
        # Left alone, Qt opens dialogs no larger than two thirds of the screen.
        self.resize(self.sizeHint().boundedTo(parent.size()))
        for signal in (workspace.opened, workspace.model_changed, workspace.ratings_changed, control.settings_changed):
            signal.connect(self._follow)

    def sizeHint(self) -> QSize:
        """Room for the longest line and some forty lines."""
        metrics = self.torch.fontMetrics()
        return QSize(metrics.averageCharWidth() * 128, metrics.height() * 48)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.note, 1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.save)
        self.tabs.currentChanged.connect(self._offer)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(buttons)

    def _button(self, text: str, name: str, tip: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", "").rstrip("…") + " code")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def refresh(self) -> None:
        """Write the code of the present settings."""
        state = self._workspace.state
        try:
            self._script = show_code(self._workspace.ratings, state.held_out, state.start, state.config)
        except NoCode as reason:
            self._script = None
            text, fastai, note, no_fastai = "", "", str(reason), str(reason)
        else:
            text, fastai, no_fastai = self._script.text, self._script.fastai, self._script.no_fastai
            config = state.config
            stops = config.minutes or config.patience or config.target_rmse or config.keeps_best
            note = (SAMPLES if no_fastai else NOTE) + (STOPS if stops else "")
        for page, shown, why_not in ((self.torch, text, note), (self.fastai, fastai, no_fastai)):
            if page.toPlainText() != shown:
                page.setPlainText(shown)
            # An empty page says why it is empty.
            page.setPlaceholderText("" if shown else why_not)
        self.tabs.setTabText(0, "NumPy" if self._script is not None and no_fastai else "PyTorch")
        self.note.setText(note)
        self._offer()

    def _offer(self) -> None:
        """Offer to copy and save what the shown page has."""
        has_code = self._script is not None and bool(self._shown().toPlainText())
        self.copy.setEnabled(has_code)
        self.save.setEnabled(has_code and self._task is None)

    def copy_shown(self) -> None:
        """Put the shown code on the clipboard."""
        QGuiApplication.clipboard().setText(self._shown().toPlainText())
        self.said.emit("The code is on the clipboard.")

    def ask_save(self) -> None:
        """Ask where to save the shown code."""
        suggested = "train.py" if self._shown() is self.torch else "train_fastai.py"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the code", suggested, "Python scripts (*.py)")
        path = with_suffix(self, chosen, ".py")
        if path is not None and self._may_write_beside(path):
            self.save_to(path)

    def _may_write_beside(self, path: Path) -> bool:
        """The file dialog has asked for the script alone."""
        assert self._script is not None
        there = [name for name in self._script.files if (path.parent / name).exists()]
        button = QMessageBox.StandardButton
        question = f"{' and '.join(there)} already exist in this folder. Replace?"
        return not there or QMessageBox.question(self, "Replace?", question) == button.Yes

    def save_to(self, path: Path) -> None:
        """Write the shown code and what it reads; large ratings take a while, so it happens in the background."""
        script, text = self._script, self._shown().toPlainText()
        if script is None or self._task is not None:
            return
        files = dict(script.files) if self._shown() is self.torch else {"ratings.csv": script.files["ratings.csv"]}

        def write() -> list[str]:
            for name, make in files.items():
                with atomic_write(path.parent / name) as file:
                    file.write(make())
            with atomic_write(path) as file:
                file.write(text.encode())
            return [path.name, *files]

        self.save.setEnabled(False)
        self._task = BackgroundTask(write, self._on_saved, self._on_error, self)

    @property
    def is_saving(self) -> bool:
        """Whether files are being written."""
        return self._task is not None

    def _on_saved(self, names: list[str]) -> None:
        self._task = None
        self._offer()
        self.said.emit(f"Saved {', '.join(names)}.")
        self.note.setText(f"Saved {', '.join(names)}; run it in that folder: python {names[0]}")

    def _on_error(self, error: Exception) -> None:
        self._task = None
        self._offer()
        if not isinstance(error, OSError):
            raise error
        reason = error.strerror or str(error)
        QMessageBox.warning(self, "Not saved", f"The code could not be saved: {reason}. Choose another folder.")

    def _shown(self) -> QPlainTextEdit:
        return self.torch if self.tabs.currentIndex() == 0 else self.fastai

    def _follow(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is true now."""
        self.refresh()
        super().showEvent(event)


def _page(name: str, spoken: str) -> QPlainTextEdit:
    page = QPlainTextEdit(readOnly=True)
    page.setObjectName(name)
    page.setAccessibleName(spoken)
    page.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)

    def fit() -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(QApplication.font().pointSizeF())
        page.setFont(font)

    fit_to_zoom(page, fit)
    return page
