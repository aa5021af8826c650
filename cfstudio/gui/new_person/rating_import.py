"""Ratings of one person from the clipboard or a file: what was understood, and what was not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from cfstudio.explore.rating_list import RatingList, parse_rating_list, read_rating_list
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.new_person.person_session import PersonSession

FILES = "Ratings (*.csv *.tsv *.txt);;All files (*)"
MOST_TOLD = 2
EXAMPLE = "one movie and its stars per line, as in “Toy Story, 4.5” or “1,4.5”"


class RatingImport:
    """Puts a list of ratings into a session as one step; `say` gets a sentence about it."""

    def __init__(self, session: PersonSession, say: Callable[[str], None], parent: QWidget) -> None:
        self._session, self._say, self._parent = session, say, parent

    def paste(self) -> None:
        """Read what was copied."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._say(f"The clipboard has no text; copy {EXAMPLE}.")
            return
        ratings = self._session.workspace.ratings
        self._take(parse_rating_list(text, ratings.item_table, ratings.scale, ratings.item_label), "pasted")

    def ask_file(self) -> None:
        """Ask for a file and read it."""
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "Import ratings of one person", "", FILES)
        if chosen:
            self.read(Path(chosen))

    def read(self, path: Path) -> None:
        """Read a file."""
        ratings = self._session.workspace.ratings
        try:
            found = read_rating_list(path, ratings.item_table, ratings.scale, ratings.item_label)
        except DataError as error:
            self._say(str(error))
            return
        self._take(found, "imported")

    def _take(self, found: RatingList, verb: str) -> None:
        n = len(found.rated)
        if n:
            self._session.rate_many(found.rated, f"{n} rating{'s' * (n != 1)} {verb}")
        said = f"{n:,} rating{'s' * (n != 1)} {verb}." if n else f"Nothing was {verb}; write {EXAMPLE}."
        problems = list(found.problems[:MOST_TOLD])
        more = len(found.problems) - len(problems)
        if more:
            problems.append(f"{more:,} more lines could not be used.")
        self._say(" ".join([said, *problems]))
