"""The window of the optimizer worksheets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QSplitter, QTabWidget, QVBoxLayout, QWidget

from cfstudio.gui.optimizer_lab.control_bar import ControlBar
from cfstudio.gui.optimizer_lab.curvature_page import CurvaturePage
from cfstudio.gui.optimizer_lab.data_page import DataPage
from cfstudio.gui.optimizer_lab.decay_page import DecayPage
from cfstudio.gui.optimizer_lab.form_scroll import FormScroll
from cfstudio.gui.optimizer_lab.ghosts import Ghosts
from cfstudio.gui.optimizer_lab.live_views import LiveViews
from cfstudio.gui.optimizer_lab.message_bar import MessageBar
from cfstudio.gui.optimizer_lab.method_tabs import MethodTabs
from cfstudio.gui.optimizer_lab.microscope_page import MicroscopePage
from cfstudio.gui.optimizer_lab.number_field import NumberField
from cfstudio.gui.optimizer_lab.pictures import Pictures
from cfstudio.gui.optimizer_lab.player import Player
from cfstudio.gui.optimizer_lab.race_page import RacePage
from cfstudio.gui.optimizer_lab.saving import Saving
from cfstudio.gui.optimizer_lab.session import LabSession
from cfstudio.gui.optimizer_lab.settings_form import SettingsForm
from cfstudio.gui.optimizer_lab.sheet_pane import SheetPane
from cfstudio.gui.optimizer_lab.stability import Stability
from cfstudio.gui.optimizer_lab.status_words import status, trouble
from cfstudio.gui.scrolled import scrolled
from cfstudio.gui.space_keeper import SpaceKeeper
from cfstudio.gui.zoom import WheelZoom, fit_to_zoom
from cfstudio.optimizer_lab.curvature import LINEAR_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QWheelEvent

USUAL_SPEED = 30.0
"""Rows a second: an epoch of the workbook's points in one second."""
GHOST_SECONDS, CATCH_UP_SECONDS = 0.002, 0.02
"""Time for the other methods, in a frame of a run and between two frames otherwise."""
CHARACTERS, LINES = 210, 48
"""Size of the window, in letters."""
VIEW_CHARACTERS = 40
"""Width that the pictures keep; what needs more scrolls, so that the sheet keeps its own."""
NO_LIMIT = "This method has no one limit: it divides by the size of its derivatives, or changes its rate."


class OptimizerLab(QWidget):
    """A page per method with its settings, sheet, formulas and pictures; a window of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("optimizerLab")
        self.setWindowTitle("Optimizer worksheets")
        self.setAccessibleName("Optimizer worksheets")
        self.session = LabSession(self)
        self.ghosts = Ghosts(self.session)
        self.player = Player(self._advance, self)
        self.player.speed = USUAL_SPEED
        self.stability = Stability(self)
        self.saving = Saving(self.session, self)
        self.methods = MethodTabs(self.session)
        self.controls = ControlBar(self)
        self.form = SettingsForm(self.session)
        self.sheet = SheetPane(self.session)
        self.pictures = Pictures(self.session, self.ghosts)
        self.microscope = MicroscopePage(self.session)
        self.curvature = CurvaturePage(self.session, self.stability)
        self.decay = DecayPage(self.session)
        self.race = RacePage(self.session)
        self.data = DataPage(self.session)
        self.messages = MessageBar()
        self.views = QTabWidget()
        self._wheel = WheelZoom()
        self._catch_up = QTimer(self, singleShot=True, interval=1)
        self._catch_up.timeout.connect(self._draw_others)
        self._live = LiveViews(self._what_moves(), lambda: self.player.is_running, self)
        self._space = SpaceKeeper(self)
        self._arrange()
        self._connect()
        self._show_page()
        self._space.watch(self)
        self.sheet.table.setFocus()
        self._take_size()

    def _arrange(self) -> None:
        for title, tip, page in (
            ("Pictures", "Line, error surface, error, effective rates", self.pictures),
            ("Microscope", "What moves one weight, row by row", self.microscope),
            ("Curvature", "Jacobian, Hessian, eigenvalues, largest stable rate", self.curvature),
            ("Weight decay", "L2 in the gradient and decoupled, side by side", self.decay),
            ("Race", "Several methods from one start", self.race),
            ("Data", "Where the points come from", self.data),
        ):
            self.views.setTabToolTip(self.views.addTab(scrolled(page), title), tip)
        self.views.setAccessibleName("Pictures, microscope, curvature, weight decay, race, data")
        fit_to_zoom(
            self.views, lambda: self.views.setMinimumWidth(self.fontMetrics().averageCharWidth() * VIEW_CHARACTERS)
        )
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((FormScroll(self.form), 0), (self.sheet, 3), (self.views, 3)):
            self._splitter.addWidget(widget)
            self._splitter.setStretchFactor(self._splitter.count() - 1, stretch)
        layout = QVBoxLayout(self)
        layout.addWidget(self.methods)
        layout.addWidget(self.controls)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self.messages)

    def _connect(self) -> None:
        session = self.session
        session.changed.connect(self._show_page)
        session.moved.connect(self._live.mark)
        self.player.ticked.connect(self._draw_frame)
        self.player.running_changed.connect(self._on_running)
        self.stability.found.connect(self._show_limit)
        self.views.currentChanged.connect(lambda _: self._live.mark())
        self.sheet.cell_chosen.connect(self._on_cell)
        self.sheet.table.about_to_edit.connect(self.player.pause)
        self.microscope.view.row_chosen.connect(self.sheet.choose_row)
        for source in (self.sheet.model.refused, self.form.refused, self.data.refused, self.saving.failed):
            source.connect(self.messages.complain)
        self.saving.said.connect(self.messages.say)
        self.controls.speed.speed_changed.connect(self._set_speed)
        self.controls.speed.set_value(USUAL_SPEED)
        self.controls.connect_to(
            labRun=self.toggle,
            labRow=partial(self._step, session.forward, 1),
            labRowBack=partial(self._step, session.back),
            labEpoch=partial(self._step, session.run_epochs, 1),
            labFiveEpochs=partial(self._step, session.run_epochs, 5),
            labReset=partial(self._at_rest, session.reset),
            labUndo=partial(self._at_rest, session.undo),
            labRedo=partial(self._at_rest, session.redo),
            labCopy=self.saving.copy,
            labSaveCsv=self.saving.save_csv,
            labExport=self.saving.export,
        )

    def _what_moves(self) -> list[tuple[QWidget, Callable[[], object]]]:
        pictures = self.pictures
        return [
            (self.sheet, self.sheet.refresh),
            (pictures.line, pictures.line.refresh),
            (pictures.surface, pictures.surface.refresh),
            (pictures.errors, pictures.errors.refresh),
            (pictures.rates, pictures.rates.refresh),
            (self.microscope, self.microscope.refresh),
            (self.decay, self.decay.refresh),
            (self.messages, self._show_words),
        ]

    def view(self) -> dict[str, Any]:
        """Settings, open pages and speed, as JSON values, for the next time."""
        speed = self.controls.speed.value()
        return {**self.session.remembered(), "picture": self.views.currentIndex(), "speed": speed}

    def take_view(self, values: dict[str, Any]) -> None:
        """Show what `view` described; what makes no sense stays as it is."""
        self.session.recall(values)
        picture, speed = values.get("picture"), values.get("speed", USUAL_SPEED)
        if isinstance(picture, int) and 0 <= picture < self.views.count():
            self.views.setCurrentIndex(picture)
        if speed is None or (isinstance(speed, (int, float)) and not isinstance(speed, bool) and speed >= 1):
            self.controls.speed.set_value(speed)

    def toggle(self) -> None:
        """Run or pause; what is being typed is taken over first."""
        self._finish_typing()
        if not self.player.is_running and self.session.can_go_on:
            self.session.begin("the run")
        self.player.toggle()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop running; the pages stay as they are."""
        self.player.pause()
        self.race.player.pause()
        super().closeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl."""
        if not self._wheel.take(event):
            super().wheelEvent(event)

    def showEvent(self, event: QEvent) -> None:
        """Draw what nobody saw before."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._live.mark()

    def _take_size(self) -> None:
        """A comfortable size at first; later it is the person's."""
        metrics = self.fontMetrics()
        width, height = metrics.averageCharWidth() * CHARACTERS, metrics.height() * LINES
        room = self.screen().availableSize()
        self.resize(min(width, room.width()), min(height, room.height()))
        form = metrics.averageCharWidth() * 34
        rest = (self.width() - form) // 2
        self._splitter.setSizes([form, rest, rest])

    def _advance(self, n_rows: int) -> bool:
        if not self.session.can_go_on:
            return False
        self.session.advance(n_rows)
        return True

    def _step(self, run: Callable[..., object], *arguments: int) -> None:
        """Rows on request, which end a run."""
        self._finish_typing()
        self.player.pause()
        if run == self.session.back or self.session.can_go_on:
            run(*arguments)
        self._after_rest()

    def _at_rest(self, change: Callable[[], object]) -> None:
        self.player.pause()
        change()
        self._after_rest()

    def _on_running(self, is_running: bool) -> None:
        self.controls.show_running(is_running)
        if not is_running:
            self._after_rest()

    def _after_rest(self) -> None:
        self.controls.show_undo(self.session.next_undo, self.session.next_redo)
        self._live.mark()
        self._catch_up.start()

    def _finish_typing(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, NumberField):
            focused.commit()
        self.sheet.finish_editing()

    def _show_page(self) -> None:
        """Another page, other settings or points."""
        session = self.session
        self.messages.complain("")
        self.methods.show_page()
        self.form.show_page()
        self._space.watch(self.form)
        self.sheet.show_page()
        self.ghosts.catch_up(CATCH_UP_SECONDS)
        self.pictures.show_page()
        self.microscope.look_at(None)
        self.stability.ask(session.page)
        self._show_limit()
        self.curvature.refresh()
        self.race.page_changed()
        self.data.refresh()
        self._show_words()
        self.controls.show_undo(session.next_undo, session.next_redo)
        self._live.mark()
        if not self.player.is_running:
            self._catch_up.start()

    def _draw_frame(self) -> None:
        if self.pictures.isVisible() and self.pictures.others.isChecked():
            self.ghosts.catch_up(GHOST_SECONDS)
        self._live.draw_next()

    def _draw_others(self) -> None:
        """While nothing runs, the other methods catch up piece by piece."""
        if self.player.is_running or not self.pictures.isVisible():
            return
        is_done = self.ghosts.catch_up(CATCH_UP_SECONDS)
        self._live.mark()
        if not is_done:
            self._catch_up.start()

    def _show_words(self) -> None:
        self.messages.show_status(status(self.session), trouble(self.session) if self.stability.is_known else "")
        self.form.show_numbers()

    def _show_limit(self) -> None:
        is_linear = self.session.method in LINEAR_METHODS
        why = "The largest stable rate is being calculated…" if is_linear else NO_LIMIT
        self.form.slider.show_limit(self.stability.rate, why)
        self._live.mark()

    def _on_cell(self, index: QModelIndex) -> None:
        self.microscope.look_at(self.sheet.model.place(index.row()))

    def _set_speed(self, speed: float | None) -> None:
        self.player.speed = speed
