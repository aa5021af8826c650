"""The lesson's pages, tabs under the sheet: dot product, with bias, embedding look-up, one-hot, neural net."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from cfstudio.gui.scrolled import scrolled

if TYPE_CHECKING:
    from cfstudio.gui.pages.lookup_page import LookupPage
    from cfstudio.gui.pages.one_hot_page import OneHotPage
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.learning.options import ModelName
    from cfstudio.ratings.table import IntArray

DOT, BIAS, LOOKUP, ONE_HOT, NET = range(5)
PAGES = (
    ("Dot product", "Each prediction is the product of a user's row and a movie's column"),
    ("With bias", "The same plus one number for each user and each movie"),
    ("Embedding look-up", "One row per rating, its factors looked up: the same sums as a table"),
    ("One-hot", "Looking up is multiplying with a row that has a single 1"),
    ("Neural net", "Each prediction is what a small net makes of a user's row and a movie's column"),
)
MODELS: dict[int, ModelName] = {DOT: "dot", BIAS: "dot-bias", NET: "net"}


class SheetPages(QWidget):
    """The sheet and two further views of the same document.

    The first two pages and the last are the sheet with the model they are named after; going from one to the other
    changes the model, which keeps the numbers of the one put aside and can be undone. The last is no page of the
    lesson's workbook: it is there while the model is a net.
    """

    said = Signal(str)
    about_to_edit = Signal()
    page_made = Signal(QWidget)
    turned = Signal()

    def __init__(self, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet, self._workspace = sheet, sheet.workspace
        self.tabs = QTabBar()
        self.tabs.setObjectName("sheetTabs")
        self.tabs.setAccessibleName("Pages of the sheet")
        self.tabs.setShape(QTabBar.Shape.RoundedSouth)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for name, tip in PAGES:
            self.tabs.setTabToolTip(self.tabs.addTab(name), f"{tip} (Ctrl+PgDown, Ctrl+PgUp)")
        self._stack = QStackedWidget()
        self._stack.addWidget(sheet)
        self._pages: dict[int, LookupPage | OneHotPage] = {}
        self._places: dict[int, QWidget] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.tabs)
        self._is_following = False
        self.tabs.currentChanged.connect(self._show)
        self._workspace.model_changed.connect(self._follow_model)
        self._workspace.opened.connect(self._follow_model)
        self._follow_model()

    @property
    def shows_sheet(self) -> bool:
        """Whether one of the pages that are named after a model is open."""
        return self._stack.currentWidget() is self._sheet

    @property
    def current(self) -> QWidget:
        """The sheet, or the page that is open instead."""
        return self._pages.get(self.tabs.currentIndex(), self._sheet)

    def take_focus(self) -> None:
        """Give the keyboard to the grid used last, or to the open page's table."""
        page = self._pages.get(self.tabs.currentIndex())
        target: QWidget = self._sheet.last_grid if page is None else page.main_table
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def also_visible(self) -> tuple[IntArray, IntArray] | None:
        """Codes of users and items that the open page shows besides the sheet, None while the sheet is open."""
        page = self._pages.get(self.tabs.currentIndex())
        return None if page is None else (page.visible_users(), page.visible_items())

    def open(self, number: int) -> None:
        """Open a page; of those named after a model, the one whose model the document has."""
        if number not in MODELS:
            self.tabs.setCurrentIndex(number)

    def turn(self, by: int) -> None:
        """Go so many pages on, around the end."""
        pages = [page for page in range(self.tabs.count()) if self.tabs.isTabVisible(page)]
        self.tabs.setCurrentIndex(pages[(pages.index(self.tabs.currentIndex()) + by) % len(pages)])

    def follow_look(self) -> None:
        """Show the numbers of all pages in another format or other colors."""
        self._sheet.refresh_look()
        for page in self._pages.values():
            page.follow_look()

    def refresh(self) -> None:
        """Let the open page follow a run; the sheet does so by itself."""
        page = self._pages.get(self.tabs.currentIndex())
        if page is not None:
            page.refresh()

    def _show(self, number: int) -> None:
        if number in MODELS:
            self._stack.setCurrentWidget(self._sheet)
            self.turned.emit()
            if not self._is_following:
                self._use_model(MODELS[number])
            return
        if number not in self._pages:
            page = self._pages[number] = self._make(number)
            self._places[number] = scrolled(page)
            self._stack.addWidget(self._places[number])
            page.said.connect(self.said)
            page.about_to_edit.connect(self.about_to_edit)
            self.page_made.emit(page)
        self._stack.setCurrentWidget(self._places[number])
        self.turned.emit()

    def _make(self, number: int) -> LookupPage | OneHotPage:
        """Pages are made when they are first opened: the window's start does not wait for them."""
        if number == LOOKUP:
            from cfstudio.gui.pages.lookup_page import LookupPage

            return LookupPage(self._workspace, self._sheet.axes, self._sheet.look)
        from cfstudio.gui.pages.one_hot_page import OneHotPage

        return OneHotPage(self._workspace, self._sheet.axes, self._sheet.look)

    def _use_model(self, model: ModelName) -> None:
        config = self._workspace.config
        # A Bayesian model is at home on the page with biases, too.
        if self._page_of_model() == self.tabs.currentIndex():
            return
        try:
            self._workspace.configure(replace(config, model=model), f"page {PAGES[self.tabs.currentIndex()][0]}")
        except ValueError as error:
            self.said.emit(str(error))
            self._follow_model()

    def _page_of_model(self) -> int:
        factors = self._workspace.factors
        return (BIAS if factors.has_bias else DOT) if factors.is_dot_product else NET

    def _follow_model(self) -> None:
        """Call the sheet by the model it shows, whoever changed it."""
        number = self._page_of_model()
        if number == NET:
            self.tabs.setTabVisible(NET, True)
        if self.tabs.currentIndex() in MODELS and self.tabs.currentIndex() != number:
            self._is_following = True
            self.tabs.setCurrentIndex(number)
            self._is_following = False
        # A tab that is hidden while it is open would open the one beside it.
        self.tabs.setTabVisible(NET, number == NET)
