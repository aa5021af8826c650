"""The tabs under a search: its curve, and the three reports, each made when it is first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.exports import ask_and_save
from cfstudio.gui.solver.objective_curve import ObjectiveCurve
from cfstudio.gui.solver.report_view import ReportView
from cfstudio.gui.solver.report_workbook import write_reports
from cfstudio.solver.reports import answer_report, limits_report, sensitivity_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cfstudio.solver.reports import ReportTable
    from cfstudio.solver.result import SolverResult

REPORTS: dict[str, tuple[Callable[[SolverResult], list[ReportTable]], str]] = {
    "Answer": (answer_report, "Objective and changing cells before and after, each constraint's status and slack"),
    "Sensitivity": (sensitivity_report, "How much the objective changes per unit of each cell and each constraint"),
    "Limits": (limits_report, "How far each changing cell can go alone, and the objective there"),
}


class ReportPage(QWidget):
    """A report with its buttons, and a sentence while there is none."""

    def __init__(self, name: str, save_workbook: Callable[[], None]) -> None:
        super().__init__()
        self.view = ReportView(name, save_workbook)
        self.hint = QLabel("The report is made when the Solver has ended.")
        self.hint.setMargin(self.fontMetrics().height())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.hint)
        self._stack.addWidget(self.view)
        row = QHBoxLayout()
        buttons = {
            "Copy": (self.view.copy_selected, "Copy the selected rows, or all"),
            "Save as CSV…": (self.view.save_csv, "Save this report"),
            "Save as workbook…": (save_workbook, "Save all three reports as pages of an Excel workbook"),
        }
        self.buttons: list[QPushButton] = []
        for text, (slot, tip) in buttons.items():
            button = QPushButton(text)
            button.setAccessibleName(f"{text.rstrip('…')} {name} report")
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self._stack, 1)
        layout.addLayout(row)
        self.say("The report is made when the Solver has ended.")

    def say(self, text: str) -> None:
        """Show a sentence in place of the report."""
        self.hint.setText(text)
        self._stack.setCurrentWidget(self.hint)
        for button in self.buttons:
            button.setEnabled(False)

    def show_tables(self, tables: list[ReportTable]) -> None:
        """Show the report."""
        self.view.show_tables(tables)
        self._stack.setCurrentWidget(self.view)
        for button in self.buttons:
            button.setEnabled(True)


class ReportsTabs(QTabWidget):
    """Curve, Answer, Sensitivity, Limits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("solverTabs")
        self.setAccessibleName("Curve and reports")
        self.curve = ObjectiveCurve()
        self.addTab(self.curve, "&Curve")
        self.pages: dict[str, ReportPage] = {}
        self._made: dict[str, list[ReportTable]] = {}
        self._result: SolverResult | None = None
        for name, (_make, tip) in REPORTS.items():
            self.pages[name] = ReportPage(name, self.save_workbook)
            self.setTabToolTip(self.addTab(self.pages[name], name), tip)
        self.currentChanged.connect(self._make_current)

    def show_result(self, result: SolverResult | None) -> None:
        """Make the reports of a result from now on; None while a search is on."""
        if result is not None and result is self._result:
            return
        self._result, self._made = result, {}
        for page in self.pages.values():
            page.say("The report is made when the Solver has ended.")
        if result is None:
            self.setCurrentWidget(self.curve)
        elif not result.history:
            for page in self.pages.values():
                page.say("There is no report, because no search could begin.")
        self._make_current()

    def save_workbook(self) -> None:
        """Ask for a file and save all three reports in it."""
        result = self._result
        if result is None:
            return

        def write(path: Path) -> None:
            reports = {name: self._made.get(name) or make(result) for name, (make, _tip) in REPORTS.items()}
            write_reports(path, reports)

        ask_and_save(self, "solver reports.xlsx", "Excel workbooks (*.xlsx)", write)

    def _make_current(self) -> None:
        name = self.tabText(self.currentIndex()).replace("&", "")
        result = self._result
        if name not in REPORTS or result is None or not result.history or name in self._made:
            return
        page = self.pages[name]
        page.say("Being made…")
        BackgroundTask(
            lambda: REPORTS[name][0](result),
            lambda tables: self._show(name, result, tables),
            lambda error: page.say(f"The report could not be made: {error}"),
            self,
        )

    def _show(self, name: str, result: SolverResult, tables: list[ReportTable]) -> None:
        if result is self._result:
            self._made[name] = tables
            self.pages[name].show_tables(tables)
