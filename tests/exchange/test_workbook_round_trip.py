"""What is exported comes back as the same document, to the last bit and type."""

import numpy as np
import pytest
from exchange_support import (
    assert_same_document,
    document_of,
    export,
    lesson_document,
    rewrite,
    set_number,
    sheet_member,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from support import random_ratings

from cfstudio.exchange.part import DocumentPart
from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.builtin import three_tastes
from cfstudio.ratings.table import ItemTable, Ratings, RatingScale


def round_trip(document, path, **kwargs):
    export(document, path, **kwargs)
    found = read_workbook(path)
    assert found.is_own
    assert_same_document(document, found)
    return found


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("held_out", [0.0, 0.2])
def test_the_lesson_comes_back(tmp_path, bias, held_out):
    found = round_trip(lesson_document(bias=bias, held_out=held_out), tmp_path / "x.xlsx")
    assert found.rmse == pytest.approx(2.01800380330463 if bias else 2.80606206164831, abs=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("users", [None, [0], [5, 2, 7]])
def test_a_document_with_all_a_model_can_have_comes_back(tmp_path, dtype, users):
    document = document_of(three_tastes(), rating_range=(-0.25, 1 / 3 + 5), mean=0.1 + 0.2, dtype=dtype)
    round_trip(document, tmp_path / "x.xlsx", users=users)


def test_a_sheet_larger_than_a_page_comes_back(tmp_path):
    ratings = random_ratings(320, 270, 5000)
    ratings.timestamps = np.arange(5000, dtype=np.int64) + 2**33
    ratings.values[17] = np.nan
    round_trip(document_of(ratings, n_factors=6), tmp_path / "x.xlsx")


def test_changes_of_cells_come_back(tmp_path):
    document = lesson_document(bias=False)
    path = tmp_path / "x.xlsx"
    export(document, path)
    set_number(path, "Dot product", "H19", 0.5)
    set_number(path, "Dot product", "V2", 1.5)
    document.factors.item_factors[0, 0] = 0.5
    document.ratings.set(0, 14, 1.5)
    assert_same_document(document, read_workbook(path))


def test_a_rating_typed_into_a_blank_cell_comes_back_as_the_last(tmp_path):
    document = lesson_document(bias=False, held_out=0.3)
    user, item = (int(one[0]) for one in np.nonzero(np.isnan(document.ratings.block(np.arange(15), np.arange(15)))))
    path = tmp_path / "x.xlsx"
    export(document, path)
    from cfstudio.exchange.cell_names import cell_name

    address = cell_name(1 + user, 7 + item)
    name = sheet_member(path, "Dot product")

    def type_in(part, content):
        if part != name:
            return content
        text = content.decode()
        if f'<c r="{address}"' in text:
            return content
        before = cell_name(1 + user, 6 + item)
        at = text.index("</c>", text.index(f'<c r="{before}"')) + 4
        return (text[:at] + f'<c r="{address}"><v>2.5</v></c>' + text[at:]).encode()

    rewrite(path, type_in)
    ratings = read_workbook(path).to_ratings()
    assert (ratings.users[-1], ratings.items[-1], ratings.values[-1]) == (user, item, 2.5)
    assert len(ratings.values) == 207


def test_rows_moved_by_hand_are_found_by_shape(tmp_path):
    """The hidden page says where blocks were; after a row was inserted on top it is wrong, and is not believed."""
    document = lesson_document(bias=True)
    path = tmp_path / "x.xlsx"
    export(document, path)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("With bias").to_python(skip_empty_area=False)
    facts = CalamineWorkbook.from_path(path).get_sheet_by_name("cfstudio").to_python(skip_empty_area=False)
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "moved.xlsx") as workbook:
        for name, cells, top in (("With bias", rows, 3), ("cfstudio", facts, 0)):
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(cells):
                for column, value in enumerate(row):
                    if value != "":
                        sheet.write(number + top, column, value)
    found = read_workbook(tmp_path / "moved.xlsx")
    assert not found.is_own
    assert "is not used" in found.words[0]
    assert found.rmse == pytest.approx(2.01800380330463, abs=1e-9)
    assert found.ranges["ratings"] == "H5:V19"
    assert found.to_factors().has_bias


TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def documents(draw):
    n_users, n_items, n_factors = (draw(st.integers(1, 4)) for _ in range(3))
    ids = st.one_of(
        st.lists(TEXTS, min_size=4, max_size=4, unique=True).map(lambda ids: np.array(ids, dtype=object)),
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=4, max_size=4, unique=True).map(
            lambda ids: np.array(ids, dtype=np.int64)
        ),
    )
    cells = draw(
        st.lists(st.tuples(st.integers(0, n_users - 1), st.integers(0, n_items - 1)), max_size=12, unique=True)
    )
    n = len(cells)
    values = [draw(st.one_of(NUMBERS, st.just(np.nan))) for _ in cells]
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    sizes = st.floats(-1e3, 1e3, width=32)

    def factors(*shape):
        numbers = draw(st.lists(sizes, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        return np.array(numbers, dtype=dtype).reshape(shape)

    bias = draw(st.booleans())
    ratings = Ratings(
        name=draw(TEXTS),
        users=np.array([user for user, _ in cells], dtype=np.int32),
        items=np.array([item for _, item in cells], dtype=np.int32),
        values=np.array(values, dtype=np.float64),
        user_ids=draw(ids)[:n_users],
        item_table=ItemTable(
            ids=draw(ids)[:n_items],
            titles=np.array([draw(TEXTS) for _ in range(n_items)], dtype=object),
            genres=np.array([draw(TEXTS) for _ in range(n_items)], dtype=object),
            years=np.array([draw(st.integers(0, 3000)) for _ in range(n_items)], dtype=np.int16),
        ),
        scale=RatingScale(0.5, 5.0, draw(st.sampled_from([0.5, 1.0, 0.1]))),
        timestamps=np.array([draw(st.integers(-(2**63), 2**63 - 1)) for _ in cells], dtype=np.int64)
        if draw(st.booleans())
        else None,
        item_label=draw(st.sampled_from(["movie", "book", "=x"])),
        notes=tuple(draw(st.lists(TEXTS, max_size=2))),
    )
    return DocumentPart(
        ratings,
        np.array([draw(st.booleans()) for _ in range(n)], dtype=bool),
        Factorization(
            factors(n_users, n_factors),
            factors(n_items, n_factors),
            factors(n_users) if bias else None,
            factors(n_items) if bias else None,
            draw(st.floats(-10, 10)),
            draw(st.sampled_from([None, (0.0, 5.5)])),
        ),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=documents(), part=st.booleans())
def test_any_small_document_comes_back(tmp_path, document, part):
    users = [document.ratings.n_users - 1] if part else None
    with np.errstate(over="ignore"):
        round_trip(document, tmp_path / "x.xlsx", users=users)
