"""The race: choose a surface and methods, start them together, see who arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.method_box import MethodBox
from cfstudio.gui.optimizer_lab.player import Player
from cfstudio.gui.optimizer_lab.race_plot import RacePlot
from cfstudio.gui.optimizer_lab.race_ranking import RankingModel
from cfstudio.gui.optimizer_lab.race_tracks import EIGHT, LESSONS, TITLES, Track, make_track
from cfstudio.gui.training.speed_slider import SpeedSlider
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.optimizer_lab.catalog import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.optimizer_lab.session import LabSession

RANK_EVERY = 6
"""Frames between two looks at who is first: a table that is read, not watched."""
AT_ONCE = 2
"""Steps of all methods between two looks at the clock: on some surfaces one takes most of a millisecond."""
MOST_STEPS = 200_000
USUAL_SPEED = 60.0
BOXES_ACROSS = 4


class RacePage(QWidget):
    """Several methods from the same start on one surface."""

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self._track: Track | None = None
        self._start: tuple[float, float] | None = None
        self._made_for: object = None
        self._n_ticks = 0
        self.player = Player(self._advance, self, AT_ONCE)
        self.player.speed = USUAL_SPEED
        self.plot = RacePlot()
        self.surface = QComboBox()
        for name, title in TITLES.items():
            self.surface.addItem(title, name)
        named(self.surface, "Surface", "What the methods descend")
        self.surface.setObjectName("labRaceSurface")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.boxes = {name: MethodBox(name) for name in METHODS}
        self.run_button = self._button(
            "Start the &race", "Run all methods side by side, or pause them", self.player.toggle
        )
        self.step_button = self._button("&Step", "One step of every method", self._step)
        self.reset_button = self._button("Bac&k to the start", "All methods back to their start", self.reset)
        self.speed = SpeedSlider()
        self.speed.slider.setAccessibleName("Speed of the race in steps per second")
        self.speed.set_value(USUAL_SPEED)
        self.ranking = RankingModel()
        self.table = CopyableTable("race.csv")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top, grid, buttons = QHBoxLayout(), QGridLayout(), QHBoxLayout()
        label = QLabel("S&urface")
        label.setBuddy(self.surface)
        top.addWidget(label)
        top.addWidget(self.surface, 1)
        top.addWidget(self.speed)
        for place, (name, box) in enumerate(self.boxes.items()):
            box.setChecked(name in EIGHT)
            grid.addWidget(box, place // BOXES_ACROSS, place % BOXES_ACROSS)
        for widget in (self.run_button, self.step_button, self.reset_button):
            buttons.addWidget(widget)
        self.table.setModel(self.ranking)
        self.table.setObjectName("labRanking")
        self.table.setAccessibleName("Ranking, the lowest error first")
        self.table.setToolTip("Who is lowest now. Right-click to copy or save.")
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        fit_to_zoom(self.table, lambda: header.resizeSection(1, self.fontMetrics().averageCharWidth() * 21))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.words)
        layout.addLayout(grid)
        layout.addLayout(buttons)
        picture = QHBoxLayout()
        picture.addWidget(self.plot, 5)
        picture.addWidget(self.table, 3)
        layout.addLayout(picture, 1)

    def _connect(self) -> None:
        self.surface.currentIndexChanged.connect(lambda _: self._restart(None))
        for box in self.boxes.values():
            box.toggled.connect(lambda _: self._restart(self._start))
        self.speed.speed_changed.connect(self._set_speed)
        self.player.ticked.connect(self._draw)
        self.player.running_changed.connect(
            lambda on: self.run_button.setText("Pause the &race" if on else "Start the &race")
        )
        self.plot.clicked.connect(self._start_at)

    @property
    def chosen(self) -> str:
        """The surface's name."""
        name: str = self.surface.currentData()
        return name

    def reset(self) -> None:
        """All methods back to their start."""
        self._restart(self._start)

    def page_changed(self) -> None:
        """Other points, another form or other settings: begin anew where that matters."""
        if self.isVisible() and self._made_for != self._key():
            self._restart(self._start)

    def showEvent(self, event: QShowEvent) -> None:
        """Line up when first looked at."""
        super().showEvent(event)
        self.page_changed()

    def hideEvent(self, event: QEvent) -> None:
        """Nobody is looking: pause."""
        self.player.pause()
        super().hideEvent(event)  # type: ignore[arg-type]

    def _key(self) -> object:
        names = [name for name, box in self.boxes.items() if box.isChecked()]
        settings = tuple(self._session.run_of(name).page.settings for name in names)
        return self.chosen, self._session.form, id(self._session.data), tuple(names), settings

    def _restart(self, start: tuple[float, float] | None) -> None:
        self.player.pause()
        self._start, self._made_for = start, self._key()
        methods = [name for name, box in self.boxes.items() if box.isChecked()]
        self.run_button.setEnabled(bool(methods))
        self.step_button.setEnabled(bool(methods))
        hint = "" if methods else " Choose at least one method."
        self.words.setText(LESSONS[self.chosen] + hint)
        self._track = make_track(self.chosen, methods, self._session, start)
        self.plot.show_track(self._track)
        self._rank()

    def _start_at(self, a: float, b: float) -> None:
        if self._track is not None and self._track.heights is not None:
            self._restart((a, b))

    def _advance(self, n_steps: int) -> bool:
        track = self._track
        if track is None or track.race.n_steps >= MOST_STEPS:
            return False
        track.race.advance(n_steps)
        return True

    def _step(self) -> None:
        self.player.pause()
        self._advance(1)
        self.plot.refresh()
        self._rank()

    def _draw(self) -> None:
        self.plot.refresh()
        self._n_ticks += 1
        if self._n_ticks % RANK_EVERY == 0 or not self.player.is_running:
            self._rank()

    def _rank(self) -> None:
        if self._track is not None:
            race = self._track.race
            names = {runner.title: runner.name for runner in race.runners}
            self.ranking.show_ranking([(names[title], loss) for title, loss in race.ranking()], race.n_steps)

    def _set_speed(self, speed: float | None) -> None:
        self.player.speed = speed

    def _button(self, text: str, tip: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        named(button, text.replace("&", ""), tip)
        button.clicked.connect(lambda _checked=False: slot())
        return button
