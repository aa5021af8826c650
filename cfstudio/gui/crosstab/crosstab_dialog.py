"""The window that asks which users and items the sheet is to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.crosstab.choice_pages import ChoicePage, GenrePage, ListPage, SelectionPage, TopPage
from cfstudio.gui.crosstab.recipe_pane import RecipePane
from cfstudio.gui.dialog_buttons import explain_buttons
from cfstudio.gui.theme import current_theme
from cfstudio.ratings.crosstab_facts import CrosstabFacts
from cfstudio.ratings.pandas_recipe import pandas_recipe

if TYPE_CHECKING:
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace

MOST_OF_SCREEN = 0.9
PAUSE_MS = 120
"""Pause in typing after which the preview is made anew."""
PAGES = {
    "Most &ratings": "The users and the titles with the most ratings, as in the lesson",
    "&Genre": "The most rated of one genre, and who rated most of it",
    "&List": "Users and titles that you name",
    "&Selection": "What is selected in the sheet",
}


class CrosstabDialog(QDialog):
    """Says what a choice would show while it is made; the sheet follows only when "Show" is pressed.

    `selected` holds the codes of the users and of the items that are selected in the sheet.
    """

    def __init__(
        self,
        workspace: Workspace,
        axes: SheetAxes,
        selected: tuple[IntArray, IntArray],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("crosstabDialog")
        self.setWindowTitle("Choose the crosstab")
        self.setAccessibleName("Choose the crosstab")
        self._ratings, self._axes = workspace.ratings, axes
        ratings = workspace.ratings
        self.top_page, self.genre_page = TopPage(ratings), GenrePage(ratings)
        self.list_page, self.selection_page = ListPage(ratings), SelectionPage(ratings, *selected)
        self._pages: tuple[ChoicePage, ...] = (self.top_page, self.genre_page, self.list_page, self.selection_page)
        self.facts, self.sentence, self.problems = QLabel(), QLabel(), QLabel()
        self.recipe = RecipePane()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        explain_buttons(self._buttons)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._arrange()
        self._connect()
        self.refresh()
        # Left to itself Qt would take no more than two thirds of the screen, and cut the lines short.
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * MOST_OF_SCREEN))

    @property
    def page(self) -> ChoicePage:
        """The page that makes the choice."""
        page = self._stack.currentWidget()
        assert isinstance(page, ChoicePage)
        return page

    def choose_page(self, page: ChoicePage) -> None:
        """Choose in another way."""
        self._ways.button(self._pages.index(page)).setChecked(True)

    def _arrange(self) -> None:
        choosing = QHBoxLayout()
        choosing.addLayout(self._make_ways())
        self._stack = QStackedWidget()
        for page in self._pages:
            self._stack.addWidget(page)
        choosing.addSpacing(self.fontMetrics().height())
        choosing.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(choosing)
        layout.addSpacing(self.fontMetrics().height() // 2)
        self._arrange_preview(layout)
        layout.addSpacing(self.fontMetrics().height() // 2)
        # All the height there is goes to the lines.
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout.addWidget(self.recipe, 1)
        role = QDialogButtonBox.ButtonRole
        self.show_button = self._buttons.addButton("Show", role.AcceptRole)
        self.show_button.setToolTip("Show this crosstab in the sheet")
        self.all_button = self._buttons.addButton("Show everything", role.ResetRole)
        self.all_button.setToolTip(f"Show all users and all {self._ratings.item_label}s")
        for button in self._buttons.buttons():
            assert isinstance(button, QPushButton)
            # Else the one with the focus takes Return from "Show".
            button.setAutoDefault(False)
            button.setAccessibleName(button.text().replace("&", ""))
        self.show_button.setDefault(True)
        layout.addWidget(self._buttons)

    def _make_ways(self) -> QVBoxLayout:
        self._ways = QButtonGroup(self)
        column = QVBoxLayout()
        for number, (text, tip) in enumerate(PAGES.items()):
            button = QRadioButton(text)
            why_not = self._pages[number].why_not
            button.setEnabled(not why_not)
            button.setToolTip(why_not or tip.replace("titles", f"{self._ratings.item_label}s"))
            button.setAccessibleName(text.replace("&", ""))
            button.setAccessibleDescription(button.toolTip())
            self._ways.addButton(button, number)
            column.addWidget(button)
        column.addStretch(1)
        self._ways.button(0).setChecked(True)
        self._ways.button(0).setFocus()
        return column

    def _arrange_preview(self, layout: QVBoxLayout) -> None:
        font = self.facts.font()
        font.setWeight(font.Weight.DemiBold)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.facts.setFont(font)
        for label, name in (
            (self.facts, "Size of the crosstab"),
            (self.sentence, "What is chosen"),
            (self.problems, "Not found"),
        ):
            label.setAccessibleName(name)
            label.setWordWrap(True)
            layout.addWidget(label)

    def _connect(self) -> None:
        self._pause.timeout.connect(self.refresh)
        for page in self._pages:
            page.changed.connect(self._pause.start)
        self._ways.idToggled.connect(self._turn_page)
        self._buttons.rejected.connect(self.reject)
        self.show_button.clicked.connect(self._show)
        self.all_button.clicked.connect(self._show_all)

    def _turn_page(self, number: int, is_on: bool) -> None:
        if is_on:
            self._stack.setCurrentIndex(number)
            self.refresh()

    def refresh(self) -> None:
        """Say what would be shown."""
        self._pause.stop()
        choice = self.page.choice()
        users, items = choice.codes(self._ratings)
        facts = CrosstabFacts.of(self._ratings, users, items)
        self.facts.setText(facts.sentence(self._ratings.item_label))
        self.sentence.setText(choice.sentence(self._ratings))
        self._show_problems(self.page.problems())
        self.recipe.show_code(pandas_recipe(self._ratings, choice) if facts.n_cells else "")
        self.show_button.setEnabled(facts.n_cells > 0)

    def _show_problems(self, problems: tuple[str, ...]) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.problems.setPalette(palette)
        self.problems.setText("\n".join(problems))
        self.problems.setVisible(bool(problems))

    def _show(self) -> None:
        users, items = self.page.choice().codes(self._ratings)
        if len(users) and len(items):
            self._axes.show(users, items)
            self.accept()

    def _show_all(self) -> None:
        self._axes.show_all()
        self.accept()
