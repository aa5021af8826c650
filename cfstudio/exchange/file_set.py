"""Several files that belong together: all of them appear at the end, or none."""

from __future__ import annotations

import secrets
import shutil
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any

from cfstudio.ratings.errors import DataError
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def paths_of(out: Path, suffix: str, names: Mapping[str, str]) -> dict[str, Path]:
    """The files that a path stands for, by what is in them; `names` are theirs in a folder, such as `item-vectors.tsv`.

    A path that ends in `suffix` is a prefix of files side by side, `x.tsv` of `x-item-vectors.tsv`; any other path is
    a folder.
    """
    if out.suffix.lower() == suffix:
        return {content: out.with_name(f"{out.stem}-{name}") for content, name in names.items()}
    return {content: out / name for content, name in names.items()}


@contextmanager
def written_together(paths: Mapping[str, Path]) -> Iterator[dict[str, IO[bytes]]]:
    """Open files of one folder for writing; they take their names when the block ends without an exception.

    A folder that is not there is made, and is not there after an exception. Raises DataError with a sentence.
    """
    target = next(iter(paths.values())).parent
    try:
        with ExitStack() as stack:
            folder = _folder_for(stack, target)
            yield {content: stack.enter_context(atomic_write(folder / path.name)) for content, path in paths.items()}
    except OSError as error:
        raise DataError(f"{target} cannot be written to: {error.strerror or error}.") from error


def _folder_for(stack: ExitStack, target: Path) -> Path:
    """The folder to write into: the one that is there, or one in the making that takes its name at the end."""
    if target.is_dir():
        return target
    if target.exists():
        raise DataError(f"{target} is a file; give another name for the folder.")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    draft.mkdir()

    def finish(kind: type[BaseException] | None, *_rest: Any) -> None:  # noqa: ANN401 - as ExitStack calls it
        if kind is None:
            draft.rename(target)
        else:
            shutil.rmtree(draft, ignore_errors=True)

    stack.push(finish)
    return draft
