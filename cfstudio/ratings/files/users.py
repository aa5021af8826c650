"""What is known of users: MovieLens' u.user and users.dat, with age group, sex and occupation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.files.text import RowError, numbered_rows, open_text, with_encoding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cfstudio.ratings.files.archive import Source

USER_FILES = {"u.user": ("|", ("age", "sex", "occupation")), "users.dat": ("::", ("sex", "age", "occupation"))}
"""Delimiter, and the columns between the user's id and the postal code, which is left out."""

YEARS_PER_GROUP = 10


def choose_users(sources: Sequence[Source], ratings: Source) -> Source | None:
    """The file of users that lies beside a file of ratings, if there is one."""
    beside = [one for one in sources if one.folder == ratings.folder]
    return next((one for name in USER_FILES for one in beside if one.file_name == name), None)


def read_users(source: Source) -> dict[str, dict[str, str]]:
    """Column name → id as it is written → text. Raises DataError with the line that cannot be used."""
    delimiter, names = USER_FILES[source.file_name]

    def read(encoding: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        with open_text(source, encoding) as text:
            for line, row in numbered_rows(text, delimiter):
                if len(row) != len(names) + 2:
                    raise RowError(line, f"has {len(row)} fields where {len(names) + 2} are expected; correct it")
                for name, field in zip(names, row[1:], strict=False):
                    found[name][row[0].strip()] = _age_group(field) if name == "age" else field.strip()
        return found

    return with_encoding(source, read)


def user_columns(ids: NDArray[Any], listed: Mapping[str, Mapping[str, str]]) -> dict[str, NDArray[np.object_]]:
    """Column name → (n_users,) text by user code, empty where nothing is known."""
    texts = [str(one) for one in ids.tolist()]
    return {
        name: np.array([of_id.get(text, "") for text in texts], dtype=object) for name, of_id in sorted(listed.items())
    }


def _age_group(text: str) -> str:
    """`20–29` for 24: single years have too few users to learn from."""
    text = text.strip()
    if not text.isdecimal():
        return text
    first = int(text) // YEARS_PER_GROUP * YEARS_PER_GROUP
    return f"{first}–{first + YEARS_PER_GROUP - 1}"
