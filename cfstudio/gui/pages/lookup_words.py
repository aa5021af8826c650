"""What a row of the long form does, in one line: which rows it looks up, and how they become a prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.gui.sheet.formula import formula_of_selection

if TYPE_CHECKING:
    from cfstudio.gui.pages.embedding_source import DocumentEmbedding
    from cfstudio.workspace.document import Workspace


def lookup_in_words(workspace: Workspace, users: DocumentEmbedding, items: DocumentEmbedding) -> tuple[str, str]:
    """Which rows the selected cell looks up, and what is calculated from them; or what to do to see that."""
    selection, label = workspace.selection, items.label_names[0]
    if selection.user is None and selection.item is None:
        return f"Click a row to see which rows of the user table and the {label} table it looks up.", ""
    found = []
    for source, code, table in ((users, selection.user, "user"), (items, selection.item, label)):
        row = source.row_of(code)
        if code is not None:
            place = "is not shown here" if row is None else f"is row {row + 1:,} of the {table} table"
            found.append(f"{_name(workspace, source, code)} {place}")
    if len(found) == 1:
        return f"{found[0]}. Click a row below to see a whole look-up.", ""
    return f"{', '.join(found)}.", formula_of_selection(workspace)


def _name(workspace: Workspace, source: DocumentEmbedding, code: int) -> str:
    ratings = workspace.ratings
    return ratings.user_name(code) if source.side == "user" else str(ratings.item_table.titles[code])
