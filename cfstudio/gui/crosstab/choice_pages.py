"""One page for each way of choosing a crosstab: its controls, and the choice that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.crosstab.title_search import TitleSearch
from cfstudio.ratings.crosstab_choice import (
    ByGenre,
    BySelection,
    CrosstabChoice,
    TopByCount,
    counted,
    genre_names,
    items_of_genre,
)
from cfstudio.ratings.crosstab_list import PickedList

if TYPE_CHECKING:
    from cfstudio.ratings.table import IntArray, Ratings

LESSON_SIZE = 15
"""The lesson's crosstab has 15 users and 15 movies."""
LIST_LINES = 6


class ChoicePage(QWidget):
    """Controls that make a choice; a page that cannot make one says why in `why_not`."""

    changed = Signal()
    why_not = ""

    def choice(self) -> CrosstabChoice:
        """The choice that the controls make now."""
        raise NotImplementedError

    def problems(self) -> tuple[str, ...]:
        """Sentences about what was typed in vain."""
        return ()


class SizeFields(QWidget):
    """How many users × how many items."""

    changed = Signal()

    def __init__(self, ratings: Ratings, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = ratings.item_label
        self.users = self._box("users", ratings.n_users, f"Number of users, those with the most ratings{kind}")
        self.items = self._box(f"{label}s", ratings.n_items, f"Number of {label}s, those with the most ratings{kind}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.users)
        layout.addWidget(QLabel("×"))
        layout.addWidget(self.items)
        layout.addStretch(1)

    def _box(self, noun: str, most: int, help_text: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(1, max(most, 1))
        box.setValue(LESSON_SIZE)
        box.setSuffix(f" {noun}")
        box.setGroupSeparatorShown(True)
        box.setAccessibleName(f"Number of {noun}")
        box.setAccessibleDescription(help_text)
        box.setToolTip(f"{help_text}; at most {most:,}")
        box.valueChanged.connect(self.changed)
        return box


class TopPage(ChoicePage):
    """The most rated, as in the lesson."""

    def __init__(self, ratings: Ratings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sizes = SizeFields(ratings, "", self)
        self.sizes.changed.connect(self.changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sizes)
        layout.addStretch(1)

    def choice(self) -> CrosstabChoice:
        """The choice that the controls make now."""
        return TopByCount(self.sizes.users.value(), self.sizes.items.value())


class GenrePage(ChoicePage):
    """The most rated of one genre."""

    def __init__(self, ratings: Ratings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = ratings.item_label
        self.genre = QComboBox()
        self.genre.setAccessibleName("Genre")
        self.genre.setToolTip(f"The genre of the {label}s, and how many {label}s there are of it")
        for name in genre_names(ratings):
            self.genre.addItem(f"{name} ({int(items_of_genre(ratings, name).sum()):,})", name)
        self.sizes = SizeFields(ratings, " in the genre", self)
        self.why_not = "" if self.genre.count() else f"This data set does not say of which genre its {label}s are."
        self.genre.currentIndexChanged.connect(self.changed)
        self.sizes.changed.connect(self.changed)
        row = QHBoxLayout()
        row.addWidget(self.genre)
        row.addWidget(self.sizes, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addStretch(1)

    def choice(self) -> CrosstabChoice:
        """The choice that the controls make now."""
        return ByGenre(self.genre.currentData(), self.sizes.users.value(), self.sizes.items.value())


class ListPage(ChoicePage):
    """Users and items, one per line."""

    def __init__(self, ratings: Ratings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ratings = ratings
        self._find_item = TitleSearch(ratings)
        label = ratings.item_label
        who, what = (", ".join(map(str, ids[:2].tolist())) for ids in (ratings.user_ids, ratings.item_table.ids))
        self.users = self._field("Users", f"Ids, one per line, such as {who}\nEmpty: all users")
        title = str(ratings.item_table.titles[0]) if ratings.n_items else ""
        hint = f"Titles or ids, one per line, such as\n{title}\nEmpty: all {label}s"
        self.items = self._field(f"{label.capitalize()}s", hint)
        self.items.setToolTip(f"Titles, with or without their year, or ids ({what}), one per line; empty for all")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for column, field in enumerate((self.users, self.items)):
            heading = QLabel(field.accessibleName())
            heading.setBuddy(field)
            layout.addWidget(heading, 0, column)
            layout.addWidget(field, 1, column)
            layout.setColumnStretch(column, 1 + column)

    def _field(self, name: str, hint: str) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.setToolTip(hint.replace("\n", " "))
        field.setTabChangesFocus(True)
        field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        field.setFixedHeight(field.fontMetrics().lineSpacing() * LIST_LINES)
        field.textChanged.connect(self.changed)
        return field

    def choice(self) -> PickedList:
        """The choice that the controls make now."""
        return PickedList(self.users.toPlainText(), self.items.toPlainText(), self._find_item)

    def problems(self) -> tuple[str, ...]:
        """A sentence for each line that stands for nobody and nothing."""
        return self.choice().problems(self._ratings)


class SelectionPage(ChoicePage):
    """What is selected in the sheet."""

    def __init__(self, ratings: Ratings, users: IntArray, items: IntArray, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = BySelection(users.astype(np.int64), items.astype(np.int64))
        if not len(users) or not len(items):
            self.why_not = self._choice.sentence(ratings)
        size = f"{counted(len(users), 'user')} × {counted(len(items), ratings.item_label)}"
        text = QLabel(f"Selected now: {size}. Close this window to select others.")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(text)
        layout.addStretch(1)

    def choice(self) -> CrosstabChoice:
        """The choice that the controls make now."""
        return self._choice
