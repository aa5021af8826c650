"""What the lab's window shows and edits: one page per method and form, all on the same points, with undo."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

from PySide6.QtCore import QObject, Signal

from cfstudio.gui.optimizer_lab.run import Run
from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.errors import LabError
from cfstudio.optimizer_lab.line_data import LineData, workbook_data
from cfstudio.optimizer_lab.methods import FormName
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.page import Page

MOST_UNDO = 100
UNDO_ROWS = 300_000
"""Rows that all undo steps together may keep: with many points there are fewer steps."""
MOST_EPOCHS = 100_000
"""A page runs no farther: by then it has arrived, or never will."""

Key = tuple[str, "FormName"]


@dataclass(frozen=True)
class State:
    """All that an undo brings back. Runs are never changed once a state that others may keep holds them."""

    method: str = "sgd"
    form: FormName = "workbook"
    data: LineData = field(default_factory=workbook_data)
    unscaled: LineData | None = None
    runs: dict[Key, Run] = field(default_factory=dict)


class LabSession(QObject):
    """The pages, each made when it is first looked at. Edits and runs are undone one by one."""

    changed = Signal()
    """Another page, other settings, other points: show everything anew."""
    moved = Signal()
    """The same page has other rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = State()
        self._undo: list[tuple[str, State]] = []
        self._redo: list[tuple[str, State]] = []
        self._live: Run | None = None

    @property
    def method(self) -> str:
        """The name of the method whose page is shown."""
        return self._state.method

    @property
    def form(self) -> FormName:
        """Whether pages are as in the workbook or as in the papers."""
        return self._state.form

    @property
    def data(self) -> LineData:
        """The points of all pages."""
        return self._state.data

    @property
    def run(self) -> Run:
        """The page shown."""
        return self.run_of(self.method)

    @property
    def sheet(self) -> Worksheet:
        """The worksheet shown."""
        return self.run.sheet

    @property
    def page(self) -> Page:
        """The page shown, without its rows."""
        return self.run.page

    @property
    def can_go_on(self) -> bool:
        """Whether more rows would tell anything."""
        return self.run.is_finite and self.sheet.epoch < MOST_EPOCHS

    def run_of(self, method: str) -> Run:
        """The page of a method in the present form."""
        key: Key = (method, self.form)
        if key not in self._state.runs:
            self._state.runs[key] = Run(Worksheet(_fitted(new_page(method, self.form, self.data))))
        return self._state.runs[key]

    def page_on(self, method: str, data: LineData) -> Page:
        """A method's page with its present settings, on other points."""
        return _fitted(self.run_of(method).page, data)

    def choose(self, method: str, form: FormName | None = None) -> None:
        """Show another page."""
        form = self.form if form is None else form
        if (method, form) != (self.method, self.form):
            self._state = replace(self._state, method=method, form=form)
            self.changed.emit()

    def change_settings(self, **settings: Any) -> None:  # noqa: ANN401
        """Give the page shown other settings. Raises LabError."""
        run = self.run
        page = run.page.changed(**settings)
        if page.settings != run.page.settings:
            self._put(f"changed {', '.join(settings).replace('_', ' ')}", run.edited(page))

    def give_all(self, **settings: Any) -> None:  # noqa: ANN401
        """Give the pages of all methods some settings of the page shown, to compare them. Raises LabError."""
        runs = {(name, self.form): self.run_of(name) for name in METHODS}
        pages = {key: run.page.changed(**settings) for key, run in runs.items()}
        self._keep("gave all methods a setting")
        changed = {key: run.edited(pages[key]) for key, run in runs.items() if pages[key] != run.page}
        self._state = replace(self._state, runs=self._state.runs | changed)
        self.changed.emit()

    def change_top(self, **top: float) -> None:
        """Put other numbers above the first row. Raises LabError."""
        run = self.run
        if any(run.sheet.top.get(name) != value for name, value in top.items()):
            self._put("changed a start value", run.edited(run.page, **top))

    def change_point(self, index: int, x: float, y: float) -> None:
        """Move one point of the data. Raises LabError."""
        data = self.data.with_point(index, x, y)
        self._keep("moved a point")
        runs = {key: run.edited(replace(run.page, data=data)) for key, run in self._state.runs.items()}
        self._state = replace(self._state, data=data, unscaled=None, runs=runs)
        self.changed.emit()

    @property
    def is_scaled(self) -> bool:
        """Whether x has mean 0 and standard deviation 1."""
        return self.data.scaling is not None

    def scale(self, is_scaled: bool) -> None:
        """Scale x, or take the points as they were; all pages start again."""
        if is_scaled != self.is_scaled:
            self._take_data(self.data.normalized() if is_scaled else self._unscaled(), self.data if is_scaled else None)

    def change_data(self, data: LineData) -> None:
        """Take other points, scaled as those before them: all pages start again."""
        self._take_data(data.normalized() if self.is_scaled else data, data if self.is_scaled else None)

    def begin(self, what: str) -> None:
        """From here on rows are run that one undo takes back."""
        self._keep(what)
        key: Key = (self.method, self.form)
        self._live = self.run.copy()
        self._state = replace(self._state, runs=self._state.runs | {key: self._live})

    def advance(self, n_rows: int) -> None:
        """Calculate more rows of a run that has begun, or begin one where something was edited meanwhile."""
        if self.run is not self._live:
            self.begin("the run")
        self.run.forward(n_rows)
        self.moved.emit()

    def forward(self, n_rows: int, what: str = "one row") -> None:
        """Calculate so many rows, as one step to undo."""
        self.begin(what)
        self.advance(n_rows)

    def run_epochs(self, n: int) -> None:
        """Run to the end of the epoch and n − 1 more."""
        self.forward(self.run.rows_to_end(n), "one epoch" if n == 1 else f"{n} epochs")

    def back(self) -> bool:
        """Take one row back; False if there is none."""
        if not self.sheet.rows:
            return False
        self.begin("one row back")
        self.run.back()
        self.moved.emit()
        return True

    def reset(self) -> None:
        """Back to the top of the first epoch that the page still knows."""
        if self.sheet.rows:
            self._put("reset", self.run.restarted())

    def start_at(self, a: float, b: float) -> None:
        """Begin anew from another line."""
        self._put("took another start", Run(Worksheet(self.page, self.run.sheet.first_top | {"a": a, "b": b})))

    def restore_defaults(self) -> None:
        """Give the page shown its usual settings and start values again."""
        self._put("restored the usual settings", Run(Worksheet(_fitted(new_page(self.method, self.form, self.data)))))

    def remembered(self) -> dict[str, Any]:
        """The open page and the settings of all pages that were looked at, as JSON values; not rows, nor points."""
        pages = [[method, form, asdict(run.page.settings)] for (method, form), run in self._state.runs.items()]
        return {"method": self.method, "form": self.form, "pages": pages}

    def recall(self, values: dict[str, Any]) -> None:
        """Take over what `remembered` gave, where it makes sense; no step to undo."""
        for page in values.get("pages", []):
            try:
                method, form, settings = page
                fresh = new_page(method, form, self.data)
                run = Run(Worksheet(_fitted(fresh.changed(**settings))))
            except (LabError, LookupError, TypeError, ValueError):
                continue
            self._state.runs[method, form] = run
        forms: tuple[FormName, ...] = get_args(FormName)
        method, wanted = values.get("method"), [form for form in forms if form == values.get("form")]
        if method in METHODS and wanted:
            self._state = replace(self._state, method=method, form=wanted[0])
        self.changed.emit()

    @property
    def next_undo(self) -> str:
        """What an undo would take back, "" if there is nothing."""
        return self._undo[-1][0] if self._undo else ""

    @property
    def next_redo(self) -> str:
        """What a redo would do again, "" if there is nothing."""
        return self._redo[-1][0] if self._redo else ""

    def undo(self) -> None:
        """Take the last edit or run back."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._swap(self._redo, self._undo)

    def _swap(self, source: list[tuple[str, State]], target: list[tuple[str, State]]) -> None:
        if source:
            what, state = source.pop()
            target.append((what, self._state))
            self._state, self._live = state, None
            self.changed.emit()

    def _take_data(self, data: LineData, unscaled: LineData | None) -> None:
        self._keep("took other points")
        runs = {key: run.restarted(_fitted(run.page, data)) for key, run in self._state.runs.items()}
        self._state = replace(self._state, data=data, unscaled=unscaled, runs=runs)
        self.changed.emit()

    def _unscaled(self) -> LineData:
        """The points as they were; calculated back where one was moved meanwhile."""
        data = self.data
        if self._state.unscaled is not None or data.scaling is None:
            return self._state.unscaled or data
        return LineData(data.scaling.mean + data.scaling.deviation * data.x, data.y)

    def _put(self, what: str, run: Run) -> None:
        self._keep(what)
        key: Key = (self.method, self.form)
        self._state = replace(self._state, runs=self._state.runs | {key: run})
        self.changed.emit()

    def _keep(self, what: str) -> None:
        most = max(5, min(MOST_UNDO, UNDO_ROWS // len(self.data)))
        self._undo = [*self._undo[-most + 1 :], (what, replace(self._state, runs=dict(self._state.runs)))]
        self._redo, self._live = [], None


def _fitted(page: Page, data: LineData | None = None) -> Page:
    """The page on other points, its batches no larger than there are."""
    data = page.data if data is None else data
    batch_size = min(page.settings.batch_size, len(data))
    return replace(page, data=data, settings=replace(page.settings, batch_size=batch_size))
