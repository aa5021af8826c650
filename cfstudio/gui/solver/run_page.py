"""The search to watch, then its result to keep or to take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.solver.reports_tabs import ReportsTabs
from cfstudio.gui.solver.run_facts import RunFacts
from cfstudio.gui.solver.trial_bar import TrialBar
from cfstudio.gui.zoom import enlarge

if TYPE_CHECKING:
    from cfstudio.solver.problem import Problem
    from cfstudio.solver.watch import Trial
    from cfstudio.workspace.solver_control import SolverControl

PACES = {"1 a second": 1.0, "5 a second": 0.2, "30 a second": 1 / 30, "full speed": 0.0}
WATCHABLE, FULL_SPEED = "30 a second", "full speed"
MOST_WATCHABLE = 2_000
"""Changing cells up to which a search is slowed down at first, so that people can see the cells move."""
EARLIER = "The sheet shows trial solution {place:,}; the right end of the slider is {end}."
DECIDE = " Keep it, or restore the original values."


class RunPage(QWidget):
    """Shows a `SolverControl`: sentence, numbers, curve, reports, and the buttons of the moment."""

    back_wanted = Signal()

    def __init__(self, control: SolverControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setObjectName("solverSentence")
        self.facts, self.tabs, self.trial_bar = RunFacts(), ReportsTabs(), TrialBar()
        self.pace = QComboBox()
        self.pause_button, self.step_button, self.stop_button = (
            self._button("&Pause", "solverPause", "Wait at the next trial solution, or go on"),
            self._button("S&tep", "solverStep", "Go on to the next trial solution and wait there"),
            self._button("&Stop", "solverStop", "End the search with the best solution so far"),
        )
        self.keep_button = self._button(
            "&Keep Solver solution", "solverKeep", "Make it one step that can be undone, which Excel's cannot"
        )
        self.restore_button = self._button(
            "&Restore original values", "solverRestore", "Put back every number from before the search"
        )
        self.back_button = self._button("&Back", "solverBack", "Back to the parameters, to solve again")
        self._offered = ("", 0)
        self._arrange()
        self._connect()
        self.follow_state()

    @property
    def seconds_per_trial(self) -> float:
        """The chosen pace."""
        return float(self.pace.currentData())

    def begin(self, problem: Problem) -> None:
        """Get ready for a search."""
        named = problem.objective.named(problem.ratings)
        goal = {"min": "to be small", "max": "to be large", "value": f"to be {problem.target:g}"}[problem.goal]
        self.facts.show_name(f"{named[0].upper()}{named[1:]}, {goal}, by changing {problem.changing.n:,} cells")
        self.pace.setCurrentText(WATCHABLE if problem.changing.n <= MOST_WATCHABLE else FULL_SPEED)
        self._offered = ("", 0)
        self.tabs.show_result(None)
        self.facts.show_trial(None)
        self.tabs.curve.show_trials(())

    def refresh(self, *, fine: bool = True) -> None:
        """Show where the search is."""
        run = self._control.run
        trials: list[Trial] = [] if run is None else run.trials
        # The thread goes on appending to the list.
        trials = trials[:]
        self.facts.show_trial(trials[-1] if trials else None)
        self.tabs.curve.show_trials(trials, fine=fine)

    def follow_state(self) -> None:
        """Show the buttons and the sentence of the moment."""
        control, state = self._control, self._control.state
        is_on = control.is_solving
        wanted: dict[QWidget, bool] = dict.fromkeys(
            (self.pause_button, self.step_button, self.stop_button, self._pace_label, self.pace), is_on
        )
        wanted |= dict.fromkeys((self.keep_button, self.restore_button), state == "finished")
        wanted[self.back_button] = state == "idle"
        wanted[self.trial_bar] = state in ("paused", "finished")
        # Hidden first: all together would make the window wider.
        for widget, is_wanted in sorted(wanted.items(), key=lambda one: one[1]):
            widget.setVisible(is_wanted)
        self.pause_button.setText("Conti&nue" if state == "paused" else "&Pause")
        self.pause_button.setAccessibleName(self.pause_button.text().replace("&", ""))
        self._say_state()
        if state == "finished" and control.result is not None:
            self._offer_trials("the solution")

    def _say_state(self) -> None:
        state, result = self._control.state, self._control.result
        if self._control.is_solving:
            self.say("Paused at a trial solution: Step, or Continue." if state == "paused" else "Solving…")
        elif state == "finished" and result is not None:
            self.say(result.sentence + DECIDE)
        elif result is not None and not result.outcome.has_solution:
            self.say(result.sentence)

    def show_end(self) -> None:
        """Show the result: its own objective, which is that of the best trial solution and not of the last."""
        self.refresh()
        self.tabs.show_result(self._control.result)
        self.show_facts_of_end()

    def show_facts_of_end(self) -> None:
        """The numbers of the result beside those of the last trial solution."""
        result, run = self._control.result, self._control.run
        if result is not None and run is not None:
            self.facts.show_trial(run.trials[-1] if run.trials else None)
            self.facts.objective.setText(f"{result.objective:.6g}")
            self.facts.values["recalculations"].setText(f"{result.recalculations:,}")
            self.facts.values["evaluations"].setText(f"{result.evaluations:,}")

    def offer_trials_while_paused(self) -> None:
        """Offer the trial solutions so far, if there are others than when they were offered last."""
        if self._control.state == "paused":
            self._offer_trials("the latest")

    def _offer_trials(self, last: str) -> None:
        run = self._control.run
        places = [] if run is None else run.kept.places
        if (last, len(places)) != self._offered:
            self._offered = last, len(places)
            self.trial_bar.offer(places, last)

    def _show_trial(self, place: int | None) -> None:
        """Show a trial solution in the sheet, and its facts."""
        run = self._control.run
        if run is None:
            return
        self._control.show_trial(place)
        self.tabs.curve.mark(place)
        if place is not None:
            self.say(EARLIER.format(place=place, end="the solution" if self._control.result else "the latest"))
            self.facts.show_trial(run.trials[place])
        elif self._control.state == "finished":
            self._say_state()
            self.show_facts_of_end()
        else:
            self._say_state()
            self.facts.show_trial(run.trials[-1])

    def say(self, sentence: str) -> None:
        """Say what has happened."""
        self.sentence.setText(sentence)
        self.sentence.setAccessibleName(sentence)

    def _arrange(self) -> None:
        for name, seconds in PACES.items():
            self.pace.addItem(name, seconds)
        self.pace.setObjectName("solverPace")
        self.pace.setAccessibleName("Trial solutions a second")
        self.pace.setToolTip("How fast trial solutions follow one another; waiting is not counted as time")
        self._pace_label = QLabel("Speed:")
        enlarge(self.sentence, 1.1, QFont.Weight.DemiBold)
        self.sentence.setMinimumHeight(3 * self.sentence.fontMetrics().lineSpacing())
        row = QHBoxLayout()
        for widget in (self.pause_button, self.step_button, self.stop_button, self._pace_label, self.pace):
            row.addWidget(widget)
        for widget in (self.keep_button, self.restore_button):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.back_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sentence)
        layout.addWidget(self.facts)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.trial_bar)
        layout.addLayout(row)

    def _connect(self) -> None:
        self.pause_button.clicked.connect(self._toggle)
        self.step_button.clicked.connect(self._control.step)
        self.stop_button.clicked.connect(self._control.stop)
        self.pace.currentIndexChanged.connect(self._set_pace)
        self.back_button.clicked.connect(self.back_wanted)
        self.trial_bar.wanted.connect(self._show_trial)

    def _set_pace(self) -> None:
        if self._control.run is not None:
            self._control.run.set_pace(self.seconds_per_trial)

    def _toggle(self) -> None:
        if self._control.state == "paused":
            self._control.resume()
        else:
            self._control.pause()

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button
