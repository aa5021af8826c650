"""The open document: ratings, hold-out split, settings, factors; every change of it is an edit that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from psygnal import Signal

from cfstudio.learning.history import History
from cfstudio.workspace.edits import EditHistory
from cfstudio.workspace.presets import Preset, hold_out_for, preset_for, starting_factors
from cfstudio.workspace.score import ErrorSheet, Score
from cfstudio.workspace.selection import Selection

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings
    from cfstudio.workspace.session import Session

Side = Literal["user", "item"]


@dataclass(frozen=True)
class ModelState:
    """All of a document but its ratings: what wholesale edits exchange."""

    config: TrainingConfig
    held_out: BoolArray
    start: Factorization
    factors: Factorization
    history: History


class Workspace:
    """One document and the events that tell what changed in it.

    Panels read its attributes and change them only through its methods. `state.factors` may be written in place by
    the training control while a run is on; everything else goes through an edit.
    """

    opened = Signal()
    ratings_changed = Signal()
    factors_changed = Signal()
    model_changed = Signal()
    """The model's shape, settings or split changed; comes with `factors_changed`."""
    score_changed = Signal()
    selection_changed = Signal()

    ratings: Ratings
    state: ModelState
    preset: Preset

    def __init__(self) -> None:
        self.edits = EditHistory()
        self.selection = Selection()
        self._errors: ErrorSheet | None = None

    def open_ratings(self, ratings: Ratings) -> None:
        """Make freshly read ratings the document, untrained, with the settings that suit them."""
        preset = preset_for(ratings)
        held_out = hold_out_for(ratings, preset.config)
        start = starting_factors(ratings, preset.config, held_out)
        self._open(ratings, ModelState(preset.config, held_out, start, start.copy(), History()), preset)

    def open_session(self, session: Session) -> None:
        """Make a saved session the document."""
        history = session.history or History()
        start = starting_factors(session.ratings, session.config, session.held_out)
        state = ModelState(session.config, session.held_out, start, session.factorization, history)
        self._open(session.ratings, state, replace(preset_for(session.ratings), config=session.config))

    def _open(self, ratings: Ratings, state: ModelState, preset: Preset) -> None:
        self.ratings, self.state, self.preset = ratings, state, preset
        self.selection = Selection()
        self._errors = None
        self.edits.clear()
        self.opened.emit()
        self.score_changed.emit()

    @property
    def config(self) -> TrainingConfig:
        """The settings of the next run."""
        return self.state.config

    @property
    def factors(self) -> Factorization:
        """The factors that the sheet shows."""
        return self.state.factors

    @property
    def held_out(self) -> BoolArray:
        """(n_rows,) whether a rating is held out."""
        return self.state.held_out

    @property
    def history(self) -> History:
        """The curve of the last run."""
        return self.state.history

    @property
    def score(self) -> Score:
        """RMSE of the shown predictions."""
        if self._errors is None:
            self._errors = ErrorSheet(self.ratings, self.factors, self.held_out)
        return self._errors.score

    def select(self, user: int | None = None, item: int | None = None) -> None:
        """Select a cell, a whole user or a whole item by code."""
        selection = Selection(user, item)
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    def set_rating(self, user: int, item: int, value: float | None) -> None:
        """Rate a cell, or blank it with None. Raises ValueError with a sentence for a value outside the scale."""
        old = float(self.ratings.block(np.array([user]), np.array([item]))[0, 0])
        new = float("nan") if value is None else float(value)
        scale = self.ratings.scale
        if value is not None and not scale.contains(new):
            raise ValueError(f"A rating lies between {scale.low:g} and {scale.high:g}; {value:g} does not.")
        if old == new or (np.isnan(old) and np.isnan(new)):
            return
        self.edits.apply(_RatingEdit(self, user, item, old, new))

    def set_factor(self, side: Side, code: int, column: int, value: float) -> None:
        """Change one number of a user's or item's row; the column after the last factor is the bias.

        Raises ValueError with a sentence for a value that is not finite.
        """
        if not np.isfinite(value):
            raise ValueError("A factor must be a finite number.")
        old = float(self.factor_array(side, column)[code])
        if old != value:
            self.edits.apply(_FactorEdit(self, side, code, column, old, value))

    def factor_array(self, side: Side, column: int) -> np.ndarray[Any, Any]:
        """One factor, or the bias, of all users or items: a writable (n_users,) or (n_items,) view."""
        factors = self.factors
        matrix, bias = (
            (factors.user_factors, factors.user_bias) if side == "user" else (factors.item_factors, factors.item_bias)
        )
        if column < factors.n_factors:
            return matrix[:, column]
        if bias is None:
            raise IndexError(f"This model has {factors.n_factors} factors and no bias.")
        return bias

    def configure(self, config: TrainingConfig, label: str | None = None) -> None:
        """Change settings; a changed model gets fresh starting factors, a changed split other held-out cells."""
        old = self.config
        if config == old:
            return
        state = replace(self.state, config=config)
        if (config.valid_fraction, config.split_seed) != (old.valid_fraction, old.split_seed):
            state = replace(state, held_out=hold_out_for(self.ratings, config))
        if _start_settings(config) != _start_settings(old):
            start = starting_factors(self.ratings, config, state.held_out)
            state = replace(state, start=start, factors=start.copy(), history=History())
        self.exchange_state(label or "change of settings", state)

    def reset_factors(self) -> None:
        """Go back to the numbers the last run started from."""
        state = replace(self.state, factors=self.state.start.copy(), history=History())
        self.exchange_state("reset", state)

    def new_start(self) -> None:
        """Draw other starting factors with the next seed; the held-out cells stay."""
        self.configure(replace(self.config, seed=self.config.seed + 1), "new random start")

    def exchange_state(self, label: str, state: ModelState) -> None:
        """Replace everything but the ratings in one undoable step."""
        self.edits.apply(_StateEdit(self, label, self.state, state))

    def record_run(self, label: str, before: ModelState) -> None:
        """Remember a run that has already written its factors into the present state."""
        self.edits.record(_StateEdit(self, label, before, self.state))

    def put_state(self, state: ModelState) -> None:
        """Show another state without making an edit of it: for edits themselves and for the training control."""
        n_rows = len(self.ratings.values)
        if len(state.held_out) < n_rows:
            # Ratings appended after this state was made are training ratings.
            state = replace(state, held_out=np.pad(state.held_out, (0, n_rows - len(state.held_out))))
        self.state = state
        self.model_changed.emit()
        self.factors_overwritten()

    def factors_overwritten(self) -> None:
        """Tell that the factors were written in place as a whole."""
        self._errors = None
        self.factors_changed.emit()
        self.score_changed.emit()

    def write_rating(self, user: int, item: int, value: float) -> None:
        """Put a rating into the table and tell it; for edits."""
        row = self.ratings.set(user, item, value)
        if len(self.held_out) < len(self.ratings.values):
            self.state = replace(self.state, held_out=np.append(self.held_out, np.False_))
        self._update_errors(np.array([row]))
        self.ratings_changed.emit()
        self.score_changed.emit()

    def write_factor(self, side: Side, code: int, column: int, value: float) -> None:
        """Put a number into the factors and tell it; for edits."""
        self.factor_array(side, column)[code] = value
        rows = self.ratings.rows_of_user(code) if side == "user" else self.ratings.rows_of_item(code)
        self._update_errors(rows)
        self.factors_changed.emit()
        self.score_changed.emit()

    def _update_errors(self, rows: IntArray) -> None:
        if self._errors is not None:
            self._errors.update(rows, self.held_out)


def _start_settings(config: TrainingConfig) -> tuple[object, ...]:
    return config.model, config.sigmoid, config.n_factors, config.seed


class _RatingEdit:
    """One rating, set or blanked."""

    def __init__(self, workspace: Workspace, user: int, item: int, old: float, new: float) -> None:
        self._workspace, self._cell = workspace, (user, item)
        self._old, self._new = old, new
        self.label = "rating blanked" if np.isnan(new) else f"rating {new:g}"

    def do(self) -> None:
        """Apply the change."""
        self._workspace.write_rating(*self._cell, self._new)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.write_rating(*self._cell, self._old)


class _FactorEdit:
    """One number of a user's or item's row."""

    def __init__(self, workspace: Workspace, side: Side, code: int, column: int, old: float, new: float) -> None:
        self._workspace, self._place = workspace, (side, code, column)
        self._old, self._new = old, new
        name = "bias" if column == workspace.factors.n_factors else f"factor {column + 1}"
        self.label = f"{side} {name} {new:.4g}"

    def do(self) -> None:
        """Apply the change."""
        self._workspace.write_factor(*self._place, self._new)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.write_factor(*self._place, self._old)


class _StateEdit:
    """Everything but the ratings, exchanged at once."""

    def __init__(self, workspace: Workspace, label: str, before: ModelState, after: ModelState) -> None:
        self._workspace, self.label = workspace, label
        self._before, self._after = before, after

    def do(self) -> None:
        """Apply the change."""
        self._workspace.put_state(self._after)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.put_state(self._before)
