"""Documents for workbooks, and comparing them."""

from __future__ import annotations

import re
import zipfile

import numpy as np

from cfstudio.exchange.part import DocumentPart
from cfstudio.exchange.workbook import default_crosstab, export_workbook
from cfstudio.models.factorization import Factorization
from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson

LESSON_RMSE = {False: 2.80606206164831, True: 2.01800380330463}
"""What the lesson's workbook shows for its starts, with and without biases."""


def lesson_document(*, bias, held_out=0.0):
    """The lesson's crosstab with its starting numbers."""
    ratings = lesson()
    return DocumentPart(ratings, marks(len(ratings.values), held_out), lesson_start(bias=bias))


def document_of(ratings, *, n_factors=3, bias=True, rating_range=None, mean=0.0, held_out=0.2, dtype=np.float32):
    """Any ratings with random factors."""
    numbers = np.random.default_rng(7)
    factors = Factorization(
        numbers.normal(size=(ratings.n_users, n_factors)).astype(dtype),
        numbers.normal(size=(ratings.n_items, n_factors)).astype(dtype),
        numbers.normal(size=ratings.n_users).astype(dtype) if bias else None,
        numbers.normal(size=ratings.n_items).astype(dtype) if bias else None,
        mean,
        rating_range,
    )
    return DocumentPart(ratings, marks(len(ratings.values), held_out), factors)


def marks(n, part):
    """A part of n rows held out, always the same ones."""
    return np.random.default_rng(3).random(n) < part


def export(document, path, users=None, items=None, **kwargs):
    """Export a document with the crosstab that the program chooses, or another."""
    default = default_crosstab(document.ratings)
    users, items = default[0] if users is None else users, default[1] if items is None else items
    return export_workbook(document, path, users=np.asarray(users), items=np.asarray(items), **kwargs)


def same_array(one, other, rtol=0.0):
    if one is None or other is None:
        assert one is other
        return
    assert one.dtype == other.dtype
    if rtol and one.dtype.kind == "f":
        np.testing.assert_allclose(other, one, rtol=rtol, atol=0)
    else:
        np.testing.assert_array_equal(one, other)


def assert_same_document(one, found, rtol=0.0):
    """All that a document is, types of numbers included; with `rtol` factors may differ that much."""
    ratings, factors = found.to_ratings(), found.to_factors()
    for name in ("users", "items", "values", "user_ids", "timestamps"):
        same_array(getattr(one.ratings, name), getattr(ratings, name))
    for name in ("ids", "titles", "genres", "years"):
        same_array(getattr(one.ratings.item_table, name), getattr(ratings.item_table, name))
    for name in ("name", "scale", "item_label", "notes"):
        assert getattr(one.ratings, name) == getattr(ratings, name)
    same_array(one.held_out, found.to_held_out())
    for name in ("user_factors", "item_factors", "user_bias", "item_bias"):
        same_array(getattr(one.factors, name), getattr(factors, name), rtol)
    assert one.factors.global_mean == factors.global_mean
    assert one.factors.rating_range == factors.rating_range


def member(path, name):
    """A part of a workbook as text."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def sheet_member(path, page):
    """The name of the part that holds a page; ours are numbered in order."""
    names = re.findall(r'<sheet name="([^"]*)"', member(path, "xl/workbook.xml"))
    return f"xl/worksheets/sheet{names.index(page) + 1}.xml"


def rewrite(path, change):
    """Change the parts of a workbook: `change(name, content)` returns the new bytes, or None to leave a part out."""
    with zipfile.ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts.items():
            new = change(info.filename, content)
            if new is not None:
                archive.writestr(info.filename, new)


def set_number(path, page, cell, value):
    """Put another number into a cell that holds one, as a person would type it."""
    name = sheet_member(path, page)

    def change(part, content):
        if part != name:
            return content
        pattern = rf'(<c r="{cell}"[^>]*>)<v>[^<]*</v></c>'
        new, n = re.subn(pattern, rf"\g<1><v>{value!r}</v></c>", content.decode())
        assert n == 1
        return new.encode()

    rewrite(path, change)


def forget_results(path):
    """Replace every calculated result by 9999, so that only a program that calculates can show the right ones."""

    def change(part, content):
        if not part.startswith("xl/worksheets/sheet"):
            return content
        return re.sub(r"(<f[^>]*/>|</f>)<v>[^<]*</v>", r"\1<v>9999</v>", content.decode()).encode()

    rewrite(path, change)
