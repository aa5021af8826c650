"""Before a workbook is opened: what was understood of it, in words and on its page, and fields to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cfstudio.exchange.cell_names import Block, parse_block
from cfstudio.exchange.facts import PAGE
from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.theme import current_theme
from cfstudio.gui.workbooks.page_preview import PagePreview
from cfstudio.gui.workbooks.range_fields import RangeFields
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.exchange.grid import Grid

PART_OF_WINDOW = 0.9
"""How much of the window's size the dialog takes: a page needs room."""

LINES_OF_WORDS = 5
"""Room for what is usually said, so that nothing moves while addresses are typed."""


class ImportDialog(QDialog):
    """Shows what was understood; every change of page or range is understood at once."""

    chosen = Signal(object)
    """The FoundCrosstab that is to be opened."""

    def __init__(self, found: FoundCrosstab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importWorkbookDialog")
        self.setWindowTitle(f"Import {found.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._original = found
        self._found: FoundCrosstab | None = found
        self._search: BackgroundTask[tuple[Grid, FoundCrosstab | DataError]] | None = None
        self.words = QLabel()
        self.bug = QLabel()
        self.pages = QComboBox()
        self.fields = RangeFields()
        self.preview = PagePreview()
        self.buttons = QDialogButtonBox()
        self._arrange_words()
        self._arrange_pages()
        self._arrange()
        self._connect()
        self.preview.show_page(found.page_grid())
        self.fields.show_ranges(found.ranges)
        self._show(found)

    @property
    def found(self) -> FoundCrosstab | None:
        """What would be opened now, None where pages and ranges are no crosstab."""
        return self._found

    def _arrange_words(self) -> None:
        self.words.setObjectName("understoodText")
        self.words.setAccessibleName("What was understood")
        self.bug.setObjectName("spotTheBug")
        self.bug.setAccessibleName("A wrong number on the page")
        self.bug.setAutoFillBackground(True)
        self.bug.setMargin(self.fontMetrics().height() // 2)
        for label in (self.words, self.bug):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setMinimumHeight(LINES_OF_WORDS * self.fontMetrics().lineSpacing())

    def _arrange_pages(self) -> None:
        self.pages.setObjectName("importPage")
        self.pages.setAccessibleName("Page")
        self.pages.setToolTip("The page to search for a crosstab")
        self.pages.addItems([name for name in self._original.pages if name != PAGE])
        self.pages.setCurrentText(self._original.page)

    def _arrange(self) -> None:
        box = QDialogButtonBox.StandardButton
        self.buttons.setStandardButtons(box.Open | box.Cancel)
        self._open_button = self.buttons.button(box.Open)
        self._open_button.setToolTip("Make what was understood the open document")
        self.buttons.button(box.Cancel).setToolTip("Leave everything as it is")
        page = QHBoxLayout()
        label = QLabel("&Page")
        label.setBuddy(self.pages)
        page.addWidget(label)
        page.addWidget(self.pages, 1)
        hint = QLabel("Click a field, then drag over the page, or type an address such as H2:V16.")
        hint.setWordWrap(True)
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        side = QVBoxLayout()
        side.addLayout(page)
        side.addWidget(self.fields)
        side.addWidget(hint)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.preview, 1)
        middle.addLayout(side)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addWidget(self.bug)
        layout.addLayout(middle, 1)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.pages.textActivated.connect(self._change_page)
        self.fields.edited.connect(self._mend)
        self.fields.entered.connect(self.preview.emphasize)
        self.preview.range_dragged.connect(self.fields.fill_active)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def accept(self) -> None:
        """Hand over what was understood."""
        if self._found is not None:
            super().accept()
            self.chosen.emit(self._found)

    def showEvent(self, event: QShowEvent) -> None:
        """Take most of the window's room."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None and not event.spontaneous():
            self.resize(parent.window().size() * PART_OF_WINDOW)
        # Once the layout has given the page its size.
        QTimer.singleShot(0, self, self._reveal)

    def _reveal(self) -> None:
        self.preview.reveal("ratings")

    def done(self, result: int) -> None:
        """Take no notice any more of a page that is still being searched."""
        if self._search is not None:
            self._search.cancel()
        super().done(result)

    def _change_page(self, page: str) -> None:
        """Search another page; seconds for the largest, so not on the thread that paints."""
        self._found = None
        self._open_button.setEnabled(False)
        self.pages.setEnabled(False)
        self.fields.setEnabled(False)
        self.bug.hide()
        self._say(f"Searching page {page}…", is_problem=False)
        # The search outlives a dialog that is closed meanwhile.
        owner = self.parent() or self
        self._search = BackgroundTask(lambda: _searched(self._original, page), self._take_page, self._end_search, owner)

    def _take_page(self, searched: tuple[Grid, FoundCrosstab | DataError]) -> None:
        self._end_search()
        grid, found = searched
        self.preview.show_page(grid)
        if isinstance(found, DataError):
            self.fields.show_ranges({})
            self._refuse(found)
        else:
            self.fields.show_ranges(found.ranges)
            self._show(found)
            self._reveal()

    def _end_search(self, error: Exception | None = None) -> None:
        self._search = None
        self.pages.setEnabled(True)
        self.fields.setEnabled(True)
        self.pages.setFocus()
        if error is not None:
            self._refuse(error)

    def _mend(self) -> None:
        page = self.pages.currentText()
        ranges = self.fields.ranges
        try:
            blocks = {name: parse_block(one).name for name, one in ranges.items() if one is not None}
            is_as_found = page == self._original.page and blocks == self._original.ranges
            self._show(self._original if is_as_found else self._original.mended(page, ranges))
        except (DataError, ValueError) as error:
            self._refuse(error)

    def _show(self, found: FoundCrosstab) -> None:
        """Show what is understood now."""
        self._found = found
        self._open_button.setEnabled(True)
        self._say("\n".join(found.words), is_problem=False)
        wrong = found.shown_rmse
        self.preview.show_ranges(found.blocks, None if wrong is None else parse_block(wrong[0]))
        self.bug.setVisible(wrong is not None)
        if wrong is not None and found.rmse is not None:
            at = found.ranges["ratings"]
            self.bug.setText(
                f"<b>Spot the bug:</b> cell {wrong[0]} shows {wrong[1]:.3f}, but the RMSE is {found.rmse:.3f}. "
                "An RMSE is the root of the <i>mean</i> squared error; the formula takes that of the sum: "
                f"SQRT(SUMXMY2({at}, predictions)) forgets /COUNT({at}). Mended, it is "
                f"SQRT(SUMXMY2({at}, predictions)/COUNT({at})), and the open document shows that."
            )
        self._color()

    def _refuse(self, error: Exception) -> None:
        """Say why there is nothing to open, and mark the ranges that can be read."""
        self._found = None
        self._open_button.setEnabled(False)
        self.bug.hide()
        self._say(str(error), is_problem=True)
        self.preview.show_ranges(dict(_readable(self.fields.ranges)))
        self._color()

    def _say(self, text: str, *, is_problem: bool) -> None:
        self.words.setText(f"⚠ {text[:1].upper()}{text[1:]}" if is_problem else text)
        self._is_problem = is_problem

    def _color(self) -> None:
        theme = current_theme()
        for label, is_warning, ground in (
            (self.words, self._is_problem, "window"),
            (self.bug, True, "warning_background"),
        ):
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.Window, theme.color(ground))
            palette.setColor(QPalette.ColorRole.WindowText, theme.color("warning" if is_warning else "window_text"))
            label.setPalette(palette)


def _searched(original: FoundCrosstab, page: str) -> tuple[Grid, FoundCrosstab | DataError]:
    """The cells of a page, and what is understood of them or why nothing is. Raises DataError if it is damaged."""
    grid = original.page_grid(page)
    try:
        return grid, original if page == original.page else original.mended(page)
    except DataError as error:
        return grid, error


def _readable(ranges: dict[str, str | None]) -> list[tuple[str, Block]]:
    found = []
    for name, address in ranges.items():
        if address is not None:
            try:
                found.append((name, parse_block(address)))
            except ValueError:
                continue
    return found
