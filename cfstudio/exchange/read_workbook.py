"""Opening a workbook of any spreadsheet program: a crosstab is found by its shape, factors and biases around it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cfstudio.exchange.facts import PAGE
from cfstudio.exchange.found_crosstab import FoundCrosstab
from cfstudio.exchange.own_document import OwnDocument, read_own_document
from cfstudio.exchange.read_facts import FactsError
from cfstudio.exchange.understanding import described, understood
from cfstudio.exchange.workbook_pages import WorkbookPages
from cfstudio.ratings.errors import DataError

SUFFIXES = (".xlsx", ".xlsm")
"""Names of workbooks that can be read."""


def is_workbook(path: Path | str) -> bool:
    """Whether a file is meant to be a workbook, by its name."""
    return Path(path).suffix.lower() in SUFFIXES


def read_workbook(path: Path | str) -> FoundCrosstab:
    """What is understood of a workbook; a workbook of our own comes back as the document that was exported.

    Raises DataError with a sentence if the file is missing, damaged, too large or no workbook, or if it has no
    crosstab; the sentence says what was looked for.
    """
    path = Path(path)
    workbook = WorkbookPages(path)
    remark: tuple[str, ...] = ()
    try:
        own = read_own_document(workbook)
    except FactsError as error:
        own, remark = None, (f'The hidden page "{PAGE}" is not used: {error}.',)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if own is not None:
        return _described_own(workbook, path, own)
    pages = [name for name in workbook.names if name != PAGE]
    found = understood(workbook, path.stem, pages)
    return replace(found, words=(*remark, *found.words))


def _described_own(workbook: WorkbookPages, path: Path, own: OwnDocument) -> FoundCrosstab:
    blocks = {name: block for name, block in own.blocks.items() if name != "parameters"}
    return described(FoundCrosstab(path.stem, own.page, tuple(workbook.names), blocks, _workbook=workbook, _own=own))
