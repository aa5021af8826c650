"""The choice of the page: a tab per method, and the form of its formulas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QRadioButton, QSizePolicy, QTabBar, QVBoxLayout, QWidget

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.status_words import about
from cfstudio.optimizer_lab.catalog import METHODS

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession
    from cfstudio.optimizer_lab.methods import FormName

FORMS: tuple[tuple[FormName, str, str], ...] = (
    ("workbook", "As in the &workbook", "The formulas of the lesson's workbook"),
    ("papers", "As in the &papers", "The formulas of the papers and of PyTorch"),
)


class MethodTabs(QWidget):
    """Tabs above, the two forms with their difference explained below."""

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self.tabs = QTabBar()
        self.tabs.setObjectName("labMethods")
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        named(self.tabs, "Methods", "One page per method; all share the points")
        for name, method in METHODS.items():
            place = self.tabs.addTab(method.title)
            self.tabs.setTabData(place, name)
            self.tabs.setTabToolTip(place, method.workbook.explanation)
        self.tabs.currentChanged.connect(lambda place: session.choose(self.tabs.tabData(place)))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What the method does, and how workbook and papers differ")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._forms: dict[str, QRadioButton] = {}
        row, forms, layout = QHBoxLayout(), QVBoxLayout(), QVBoxLayout(self)
        forms.setSpacing(0)
        for form, text, tip in FORMS:
            button = self._forms[form] = QRadioButton(text)
            button.setObjectName(f"labForm_{form}")
            named(button, text.replace("&", ""), tip)
            button.toggled.connect(partial(self._choose_form, form))
            forms.addWidget(button)
        row.addLayout(forms)
        row.addWidget(self.words, 1)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        layout.addLayout(row)

    def show_page(self) -> None:
        """Show which page is shown."""
        for widget in (self.tabs, *self._forms.values()):
            widget.blockSignals(True)
        self.tabs.setCurrentIndex(list(METHODS).index(self._session.method))
        self._forms[self._session.form].setChecked(True)
        for widget in (self.tabs, *self._forms.values()):
            widget.blockSignals(False)
        self.words.setText(about(self._session))

    def _choose_form(self, form: FormName, is_on: bool) -> None:
        if is_on:
            self._session.choose(self._session.method, form)
