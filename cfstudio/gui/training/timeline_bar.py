"""A slider through the run: sheet, neighbors and error show the numbers as they were at any of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from cfstudio.gui import icons
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from cfstudio.learning.timeline import Frame
    from cfstudio.workspace.timeline_view import TimelineView

MEGABYTE = 1 << 20
LIMITS = (64, 128, 256, 512, 1024, 2048)
"""Memory to choose from, in megabytes."""
PLAYBACK_MS, PLAYBACK_FRAMES = 40, 250
"""A long run is played back in about ten seconds, a short one frame by frame."""


class TimelineBar(QWidget):
    """Play back, slider, what is shown, restore, memory. The slider's right end is the present."""

    moved = Signal(object)
    """The step that is shown, None for the present."""

    def __init__(self, view: TimelineView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelineBar")
        self._view = view
        self._frames: tuple[Frame, ...] = ()
        self.play = _button("Play back", "Show the run again from its start, or from where the slider is")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("timeline")
        self.slider.setRange(0, 0)
        self.slider.setAccessibleName("Timeline of the run")
        self.slider.setToolTip("Drag to see the sheet as it was at an earlier step; a run that is on pauses")
        self.text = QLabel()
        self.text.setAccessibleName("Step shown")
        self.restore = _button("Restore from here", "Make the shown numbers the document's; Undo takes that back")
        self.restore.setText("Restore")
        self.memory = _button("Memory of the timeline", "")
        self.memory.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.memory.setMenu(self._make_menu())
        self._player = QTimer(self, interval=PLAYBACK_MS)
        self._late = QTimer(self, singleShot=True, interval=0)
        self._arrange()
        self._connect()
        self._recolor()
        self.refresh()

    def _arrange(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(6)
        layout.setVerticalSpacing(0)
        for column, widget in enumerate((self.play, self.slider, self.text, self.restore, self.memory)):
            layout.addWidget(widget, 0, column)
        layout.setColumnStretch(1, 1)
        self.text.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        fit_to_zoom(self, self._fit)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        self.slider.setMinimumWidth(metrics.averageCharWidth() * 12)
        self.text.setFixedWidth(metrics.horizontalAdvance("step 100,000"))
        # Of one size: it counts while the run goes on, and nothing beside it is to be laid out anew for that.
        shown = self.memory.text()
        self.memory.setText(_memory_text(LIMITS[-1], LIMITS[-1]))
        self.memory.setFixedSize(self.memory.sizeHint())
        self.memory.setText(shown)

    def _connect(self) -> None:
        # One moment per turn of the event loop, however fast the slider is dragged.
        self.slider.valueChanged.connect(lambda _: self._late.start())
        self._late.timeout.connect(self._show_chosen)
        self.play.clicked.connect(self._toggle_playback)
        self._player.timeout.connect(self._play_on)
        self.restore.clicked.connect(self._view.restore)
        self._view.changed.connect(self.refresh)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        choices = QActionGroup(menu)
        for limit in LIMITS:
            action = menu.addAction(f"At most {limit:,} MB")
            action.setCheckable(True)
            action.setChecked(limit == 256)
            action.triggered.connect(lambda _checked=False, limit=limit: self._view.limit(limit * MEGABYTE))
            choices.addAction(action)
        return menu

    def refresh(self) -> None:
        """Follow the run, and whoever moved through it; costs next to nothing when nothing is new."""
        if self._late.isActive() or self.slider.isSliderDown():
            return
        frames = self._view.frames
        shown = self._view.shown
        place = len(frames)
        if shown is not None:
            place = next((n for n, frame in enumerate(frames) if frame.step >= shown.step), len(frames))
        if frames is not self._frames or place != self.slider.value():
            self._frames = frames
            self.slider.blockSignals(True)
            self.slider.setRange(0, len(frames))
            self.slider.setPageStep(max(len(frames) // 10, 1))
            self.slider.setValue(place)
            self.slider.blockSignals(False)
        if shown is None:
            self._stop_playback()
        for widget in (self.slider, self.play):
            widget.setEnabled(len(frames) > 1)
        self.restore.setEnabled(shown is not None)
        self._describe(shown)

    def _describe(self, shown: Frame | None) -> None:
        text = "now" if shown is None else f"step {shown.step:,}"
        if text != self.text.text():
            self.text.setText(text)
            self.slider.setAccessibleDescription(f"Showing {text}")
        timeline = self._view.timeline
        used = 0 if timeline is None else timeline.n_bytes
        limit = self._view.most_bytes
        memory = _memory_text(-(-used // MEGABYTE), limit // MEGABYTE)
        if memory != self.memory.text():
            self.memory.setText(memory)
        tip = (
            f"{len(self._frames):,} moments of the run take {used / MEGABYTE:.1f} MB of at most {limit // MEGABYTE:,} "
            "MB; when it is full every second one goes. Click to choose another limit."
        )
        if tip != self.memory.toolTip():
            self.memory.setToolTip(tip)

    def _show_chosen(self) -> None:
        place = self.slider.value()
        if place < len(self._frames):
            frame = self._frames[place]
            if frame is not self._view.shown:
                self._view.show(frame)
        else:
            self._view.back()
        shown = self._view.shown
        self.moved.emit(None if shown is None else shown.step)

    def _toggle_playback(self) -> None:
        if self._player.isActive():
            self._stop_playback()
            return
        if self.slider.value() >= self.slider.maximum():
            self.slider.setValue(0)
            self._late.stop()
            self._show_chosen()
        self._player.start()
        self._recolor()

    def _play_on(self) -> None:
        stride = max(len(self._frames) // PLAYBACK_FRAMES, 1)
        self.slider.setValue(min(self.slider.value() + stride, self.slider.maximum()))
        if self.slider.value() >= self.slider.maximum():
            self._stop_playback()

    def _stop_playback(self) -> None:
        if self._player.isActive():
            self._player.stop()
            self._recolor()

    def _recolor(self) -> None:
        theme = current_theme()
        name = "pause" if self._player.isActive() else "play-box-outline"
        self.play.setIcon(icons.icon(name, theme.button_text, theme.disabled_text))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon anew for another theme."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "_player"):
            self._recolor()


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    button.setAccessibleDescription(tip)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _memory_text(used: int, limit: int) -> str:
    """Of megabytes."""
    return f"{used:,}/{limit:,} MB"
