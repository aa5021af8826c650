"""The open document: ratings, hold-out split, settings, factors; every change of it is an edit that can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal

from cfstudio.learning.history import History
from cfstudio.workspace.axis_names import AxisNames
from cfstudio.workspace.document_edits import ContentsEdit, FactorsEdit, RatingsEdit, ShownEdit, StateEdit
from cfstudio.workspace.edit_parts import factors_at, name_of_ratings
from cfstudio.workspace.edits import EditHistory, Refusal
from cfstudio.workspace.model_state import ModelShelf, ModelState, Side
from cfstudio.workspace.presets import Preset, hold_out_for, preset_for, starting_factors
from cfstudio.workspace.reshaping import Contents
from cfstudio.workspace.run_log import RunLog
from cfstudio.workspace.score import RunningScore, Score
from cfstudio.workspace.selection import Selection
from cfstudio.workspace.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.run_state import RunState
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings
    from cfstudio.workspace.session import Session

MOST_ROWS_APART = 200
"""Users or items whose errors are brought up to date one by one; for more, all are calculated anew."""
LARGEST_FACTOR = 1e18
"""The product of two is still a float32, whose largest number is 3.4e38."""


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
    shown_changed = Signal()
    """The sheet shows other users or items, or another order."""
    resized = Signal()
    """Users or items were added or removed: codes mean others than before."""

    ratings: Ratings
    state: ModelState
    preset: Preset
    shown: Shown

    def __init__(self) -> None:
        self.edits = EditHistory()
        self.runs = RunLog()
        self.saved_run: RunState | None = None
        """The unfinished run of the session that was opened, until another one begins or ratings change."""
        self.selection = Selection()
        self._errors: RunningScore | None = None
        self._shelf = ModelShelf()
        self.axis_names = AxisNames(self.edits, self.opened)

    def open_ratings(self, ratings: Ratings) -> None:
        """Make freshly read ratings the document, untrained, with the settings that suit them."""
        preset = preset_for(ratings)
        held_out = hold_out_for(ratings, preset.config)
        start = starting_factors(ratings, preset.config, held_out)
        self.runs.load(())
        self.saved_run = None
        self._open(ratings, ModelState(preset.config, held_out, start, start.copy(), History()), preset)

    def open_session(self, session: Session) -> None:
        """Make a saved session the document."""
        history = session.history or History()
        start = session.start or starting_factors(session.ratings, session.config, session.held_out)
        state = ModelState(session.config, session.held_out, start, session.factorization, history, session.posterior)
        preset = replace(preset_for(session.ratings), config=session.config)
        shown = Shown.from_view(session.view, session.ratings)
        self.runs.load(session.runs)
        self.saved_run = session.unfinished
        self._open(session.ratings, state, preset, shown)

    def _open(self, ratings: Ratings, state: ModelState, preset: Preset, shown: Shown | None = None) -> None:
        self.ratings, self.state, self.preset = ratings, state, preset
        self.shown = shown or Shown.all_of(ratings, preset.order, preset.order)
        self.selection = Selection()
        self._errors = None
        self._shelf.clear()
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

    def set_ratings(
        self, users: IntArray, items: IntArray, values: float | FloatArray | None, label: str | None = None
    ) -> None:
        """Rate some different cells in one undoable step: all alike, or (n,) each its own; None or NaN blanks.

        `users` and `items` (n,) codes. Raises Refusal with a sentence for a value outside the scale.
        """
        self.about_to_change.emit()
        new = np.broadcast_to(np.asarray(np.nan if values is None else values, dtype=np.float64), users.shape)
        scale = self.ratings.scale
        outside = new[(new < scale.low) | (new > scale.high)]
        if len(outside):
            raise Refusal(f"A rating lies between {scale.low:g} and {scale.high:g}; {outside[0]:g} does not.")
        old = self.ratings.values_at(users, items)
        changed = ~((old == new) | (np.isnan(old) & np.isnan(new)))
        if changed.any():
            new = new[changed].copy()
            label = label or name_of_ratings(new)
            self.edits.apply(RatingsEdit(self, label, users[changed], items[changed], old[changed], new))

    def set_factor(self, side: Side, code: int, column: int, value: float) -> None:
        """Change one number of a user's or item's row; the column after the last factor is the bias.

        Raises Refusal with a sentence for a value that is not finite.
        """
        name = "bias" if column == self.factors.width(side) else f"factor {column + 1}"
        self.set_factors(side, np.array([code]), np.array([column]), np.array([value]), f"{side} {name} {value:.4g}")

    def set_factors(self, side: Side, codes: IntArray, columns: IntArray, values: FloatArray, label: str) -> None:
        """Change some numbers of users' or items' rows in one undoable step: (n,) arrays, one of each per number.

        The column after the last factor is the bias. Raises Refusal with a sentence for a value that is not finite.
        """
        self.about_to_change.emit()
        with np.errstate(over="ignore"):
            new = values.astype(self.factors.user_factors.dtype).astype(np.float64)
        if not (np.abs(new) <= LARGEST_FACTOR).all():
            raise Refusal("A factor must be a finite number and not too large to be kept: at most 1e18 either way.")
        old = factors_at(self, side, codes, columns)
        changed = old != new
        if changed.any():
            cells = codes[changed], columns[changed]
            self.edits.apply(FactorsEdit(self, label, side, *cells, old[changed], new[changed]))

    def factor_array(self, side: Side, column: int) -> np.ndarray[Any, Any]:
        """One factor, or the bias, of all users or items: a writable (n_users,) or (n_items,) view."""
        factors = self.factors
        matrix, bias = (
            (factors.user_factors, factors.user_bias) if side == "user" else (factors.item_factors, factors.item_bias)
        )
        if column < factors.width(side):
            return matrix[:, column]
        if bias is None:
            raise IndexError(f"This model has {factors.width(side)} factors and no bias.")
        return bias

    def configure(self, config: TrainingConfig, label: str | None = None) -> None:
        """Change settings; `ModelShelf.configured` says what becomes of the numbers."""
        self.about_to_change.emit()
        old = self.config
        if config == old:
            return
        self.exchange_state(label or "change of settings", self._shelf.configured(self.ratings, self.state, config))

    def reset_factors(self) -> None:
        """Go back to the starting factors of the seed."""
        self.about_to_change.emit()
        if self.factors.equals(self.state.start) and not len(self.history):
            return
        state = replace(self.state, factors=self.state.start.copy(), history=History())
        self.exchange_state("reset", state)

    def new_start(self) -> None:
        """Draw other starting factors with the next seed; the held-out cells stay."""
        self.configure(replace(self.config, seed=self.config.seed + 1), "new random start")

    def show(self, shown: Shown, label: str) -> None:
        """Show other users and items, or the same in another order, in one undoable step."""
        self.edits.apply(ShownEdit(self, label, self.shown, shown))

    def exchange_contents(self, label: str, change: Callable[[Contents], Contents]) -> None:
        """Replace the whole document, as more or fewer users or items need, in one undoable step.

        `change` makes the new document of the present one and may raise Refusal.
        """
        self.about_to_change.emit()
        before = Contents(self.ratings, self.state, self.shown, self.selection)
        self.edits.apply(ContentsEdit(self, label, before, change(before)))

    def exchange_state(self, label: str, state: ModelState) -> None:
        """Replace everything but the ratings in one undoable step."""
        self.edits.apply(StateEdit(self, label, self.state, state))

    def record_run(self, label: str, before: ModelState) -> StateEdit:
        """Remember a run that has already written its factors into the present state; `after` may still grow."""
        edit = StateEdit(self, label, before, self.state)
        self.edits.record(edit)
        return edit

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

    def put_shown(self, shown: Shown) -> None:
        """Show other users and items; for edits."""
        self.shown = shown
        self.shown_changed.emit()

    def put_contents(self, contents: Contents) -> None:
        """Put another document in place of this one; for edits."""
        self.ratings, self.shown = contents.ratings, contents.shown
        self.state, self._errors = contents.state, None
        self.selection = contents.selection
        self.shown_changed.emit()
        self.resized.emit()
        self.put_state(contents.state)
        self.ratings_changed.emit()
        self.selection_changed.emit()

    def write_ratings(self, users: IntArray, items: IntArray, values: FloatArray) -> None:
        """Put ratings into the table and tell it; for edits."""
        rows = self.ratings.set_many(users, items, values)
        n_new = len(self.ratings.values) - len(self.held_out)
        if n_new:
            self.state = replace(self.state, held_out=np.pad(self.held_out, (0, n_new)))
        self._update_errors(rows)
        self.ratings_changed.emit()
        self.score_changed.emit()

    def write_factors(self, side: Side, codes: IntArray, columns: IntArray, values: FloatArray) -> None:
        """Put numbers into the factors and tell it; for edits."""
        for column in np.unique(columns).tolist():
            here = columns == column
            self.factor_array(side, column)[codes[here]] = values[here]
        rows_of = self.ratings.rows_of_user if side == "user" else self.ratings.rows_of_item
        owners = np.unique(codes).tolist()
        if len(owners) > MOST_ROWS_APART:
            self._errors = None
        else:
            self._update_errors(np.concatenate([rows_of(code) for code in owners]))
        self.factors_changed.emit()
        self.score_changed.emit()

    def _update_errors(self, rows: IntArray) -> None:
        if self._errors is not None:
            self._errors.update(rows, self.held_out)
