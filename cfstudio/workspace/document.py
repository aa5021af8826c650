"""The open document: ratings, hold-out split, settings, factors; every change of it is an edit that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from psygnal import Signal

from cfstudio.learning.history import History
from cfstudio.workspace.edits import EditHistory, Refusal
from cfstudio.workspace.presets import Preset, hold_out_for, preset_for, starting_factors
from cfstudio.workspace.score import RunningScore, Score
from cfstudio.workspace.selection import Selection

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings
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

    about_to_change = Signal()
    """An edit is about to read what it will replace: whoever moves the numbers comes to rest first."""
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
        self._errors: RunningScore | None = None

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
            self._errors = RunningScore(self.ratings, self.factors, self.held_out)
        return self._errors.score

    def select(self, user: int | None = None, item: int | None = None) -> None:
        """Select a cell, a whole user or a whole item by code."""
        selection = Selection(user, item)
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    def set_rating(self, user: int, item: int, value: float | None) -> None:
        """Rate a cell, or blank it with None. Raises Refusal with a sentence for a value outside the scale."""
        self.set_ratings(np.array([user]), np.array([item]), value)

    def set_ratings(self, users: IntArray, items: IntArray, value: float | None) -> None:
        """Give some cells the same rating, or blank them with None, in one undoable step.

        `users` and `items` (n,) codes. Raises Refusal with a sentence for a value outside the scale.
        """
        self.about_to_change.emit()
        new = float("nan") if value is None else float(value)
        scale = self.ratings.scale
        if value is not None and not scale.contains(new):
            raise Refusal(f"A rating lies between {scale.low:g} and {scale.high:g}; {value:g} does not.")
        rows = self.ratings.rows_at(users, items)
        old = (
            np.where(rows >= 0, self.ratings.values[rows], np.nan)
            if len(self.ratings.values)
            else np.full(len(rows), np.nan)
        )
        changed = ~((old == new) | (np.isnan(old) & np.isnan(new)))
        if changed.any():
            new_values = np.full(int(changed.sum()), new)
            self.edits.apply(_RatingsEdit(self, users[changed], items[changed], old[changed], new_values))

    def set_factor(self, side: Side, code: int, column: int, value: float) -> None:
        """Change one number of a user's or item's row; the column after the last factor is the bias.

        Raises Refusal with a sentence for a value that is not finite.
        """
        self.about_to_change.emit()
        numbers = self.factor_array(side, column)
        with np.errstate(over="ignore"):
            new = float(numbers.dtype.type(value))
        if not np.isfinite(new):
            raise Refusal("A factor must be a finite number, and not too large to be kept.")
        old = float(numbers[code])
        if old != new:
            self.edits.apply(_FactorEdit(self, side, code, column, old, new))

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
        """Change settings; a changed model or split starts anew from the seed's factors."""
        self.about_to_change.emit()
        old = self.config
        if config == old:
            return
        state = replace(self.state, config=config)
        has_new_split = _split_settings(config) != _split_settings(old)
        if has_new_split:
            state = replace(state, held_out=hold_out_for(self.ratings, config))
        # Factors that have seen a cell would make a mock of holding it out.
        if has_new_split or _start_settings(config) != _start_settings(old):
            start = starting_factors(self.ratings, config, state.held_out)
            state = replace(state, start=start, factors=start.copy(), history=History())
        self.exchange_state(label or "change of settings", state)

    def reset_factors(self) -> None:
        """Go back to the starting factors of the seed."""
        self.about_to_change.emit()
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

    def write_ratings(self, users: IntArray, items: IntArray, values: FloatArray) -> None:
        """Put ratings into the table and tell it; for edits."""
        rows = [self.ratings.set(*cell) for cell in zip(users.tolist(), items.tolist(), values.tolist(), strict=True)]
        n_new = len(self.ratings.values) - len(self.held_out)
        if n_new:
            self.state = replace(self.state, held_out=np.pad(self.held_out, (0, n_new)))
        self._update_errors(np.array(rows))
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


def _split_settings(config: TrainingConfig) -> tuple[object, ...]:
    return config.valid_fraction, config.split_seed


def _start_settings(config: TrainingConfig) -> tuple[object, ...]:
    return config.model, config.sigmoid, config.n_factors, config.seed


class _RatingsEdit:
    """Some ratings, set or blanked."""

    def __init__(
        self, workspace: Workspace, users: IntArray, items: IntArray, old: FloatArray, new: FloatArray
    ) -> None:
        self._workspace, self._users, self._items = workspace, users, items
        self._old, self._new = old, new
        self.n_bytes = 4 * old.nbytes
        what = "rating" if len(new) == 1 else f"{len(new):,} ratings"
        self.label = f"{what} blanked" if np.isnan(new[0]) else f"{what} {new[0]:g}"

    def do(self) -> None:
        """Apply the change."""
        self._workspace.write_ratings(self._users, self._items, self._new)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.write_ratings(self._users, self._items, self._old)


class _FactorEdit:
    """One number of a user's or item's row."""

    def __init__(self, workspace: Workspace, side: Side, code: int, column: int, old: float, new: float) -> None:
        self._workspace, self._place = workspace, (side, code, column)
        self._old, self._new = old, new
        self.n_bytes = 100
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
        # What it alone keeps: the state before shares its arrays with the edit before.
        self.n_bytes = after.factors.n_bytes + after.held_out.nbytes

    def do(self) -> None:
        """Apply the change."""
        self._workspace.put_state(self._after)

    def undo(self) -> None:
        """Take the change back."""
        self._workspace.put_state(self._before)
