"""Workbooks that others made: the crosstab is found by its shape, on any page and in any corner, and can be mended."""

import numpy as np
import pytest
import xlsxwriter
from exchange_support import rewrite

from cfstudio.exchange.read_workbook import is_workbook, read_workbook
from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson
from cfstudio.ratings.errors import DataError

BLANK = None


def write(path, **pages):
    """A workbook from pages: lists of (row, column, block of values); names with `_` for a space."""
    with xlsxwriter.Workbook(path) as workbook:
        for name, blocks in pages.items():
            sheet = workbook.add_worksheet(name.replace("_", " "))
            for top, left, rows in blocks:
                for number, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if value is not None and value == value:
                            sheet.write(top + number, left + column, value)
    return path


def lesson_page(*, bias, layout="first", top=0, left=0, forgets_count=False, titles=False, predictions=True):
    """A page as the lesson's workbook has it; `layout` says where the biases are."""
    ratings, model = lesson(), lesson_start(bias=bias)
    cells = ratings.block(np.arange(15), np.arange(15))
    predicted = np.where(np.isnan(cells), 0, model.predict_block(np.arange(15), np.arange(15)))
    users, items = model.user_factors, model.item_factors.T
    user_left, item_top, predicted_top = left + 1, top + 18, top + 18 + len(items) + bias + 1
    if bias and layout == "first":
        users, items = np.c_[model.user_bias, users], np.r_[model.item_bias[None], items]
        user_left -= 1
    if bias and layout == "last":
        users, items = np.c_[users, model.user_bias], np.r_[items, model.item_bias[None]]
        user_left -= 1
    ids = ratings.user_ids[:, None].tolist()
    item_ids = [ratings.item_table.ids.tolist()]
    blocks = [
        (top, left + 7, item_ids),
        (top + 1, left + 6, ids),
        (top + 1, left + 7, cells.tolist()),
        (item_top, left + 7, items.tolist()),
        (predicted_top, user_left, users.tolist()),
        (predicted_top - 1, left + 7, item_ids),
        (predicted_top, left + 6, ids),
    ]
    if predictions:
        blocks.append((predicted_top, left + 7, predicted.tolist()))
    if titles:
        blocks.append((top + 17, left + 7, [ratings.item_table.titles.tolist()]))
    squares = np.nansum((cells - predicted) ** 2)
    rmse = np.sqrt(squares) if forgets_count else np.sqrt(squares / 206)
    blocks.append((predicted_top + 16, left + 21, [[float(rmse)]]))
    return blocks


NOTES = [(0, 0, [["Collaborative filtering", "by hand"], ["a text", 3.5]])]


@pytest.mark.parametrize(("top", "left"), [(0, 0), (11, 4)])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("layout", ["first", "last"])
def test_the_lessons_pages_are_understood_in_any_corner(tmp_path, top, left, bias, layout):
    path = write(tmp_path / "x.xlsx", Notes=NOTES, dot_prod=lesson_page(bias=bias, layout=layout, top=top, left=left))
    found = read_workbook(path)
    assert found.page == "dot prod"
    assert not found.is_own
    ratings, factors, start = found.to_ratings(), found.to_factors(), lesson_start(bias=bias)
    np.testing.assert_array_equal(ratings.user_ids, lesson().user_ids)
    np.testing.assert_array_equal(ratings.item_table.ids, lesson().item_table.ids)
    np.testing.assert_array_equal(ratings.values, lesson().values)
    np.testing.assert_array_equal(factors.user_factors, start.user_factors)
    np.testing.assert_array_equal(factors.item_factors, start.item_factors)
    assert factors.has_bias == bias
    if bias:
        np.testing.assert_array_equal(factors.user_bias, start.user_bias)
        np.testing.assert_array_equal(factors.item_bias, start.item_bias)
    assert found.rmse == pytest.approx(2.01800380330463 if bias else 2.80606206164831, abs=1e-9)
    assert found.shown_rmse is None
    assert "give the predictions" in found.words[-1]
    assert found.to_held_out().sum() == 0


def test_an_rmse_that_forgets_the_count_is_shown_beside_the_right_one(tmp_path):
    """The lesson's own page with biases shows 28.96."""
    path = write(tmp_path / "x.xlsx", bias=lesson_page(bias=True, forgets_count=True))
    found = read_workbook(path)
    assert found.shown_rmse == ("V42", pytest.approx(28.96, abs=0.005))
    assert found.rmse == pytest.approx(2.01800380330463, abs=1e-9)
    assert any("28.964" in word and "206" in word and "2.018" in word for word in found.words)


def test_titles_beside_the_ids_are_taken_with_their_years(tmp_path):
    found = read_workbook(write(tmp_path / "x.xlsx", page=lesson_page(bias=False, titles=True)))
    table = found.to_ratings().item_table
    assert table.titles[1] == "Pulp Fiction (1994)"
    assert table.years[1] == 1994


def test_factors_without_predictions_are_taken_with_a_warning(tmp_path):
    found = read_workbook(write(tmp_path / "x.xlsx", page=lesson_page(bias=False, predictions=False)))
    assert found.to_factors().n_factors == 5
    assert "No predictions" in found.words[-1]


PLAIN = [
    ["", "Amélie", "Brazil", "Casino", "Dune"],
    ["Ann", 4, None, 3.5, 1],
    ["Bob", None, 5, None, 2],
    ["Cem", 2, 2, 4, None],
]


@pytest.mark.parametrize("corner", ["", None, "who"])
def test_names_along_the_edges_do_too(tmp_path, corner):
    rows = [[corner, *PLAIN[0][1:]], *PLAIN[1:]]
    found = read_workbook(write(tmp_path / "x.xlsx", Notes=NOTES, Ratings=[(3, 2, rows)]))
    ratings = found.to_ratings()
    assert ratings.user_ids.tolist() == ["Ann", "Bob", "Cem"]
    assert ratings.item_table.titles.tolist() == ["Amélie", "Brazil", "Casino", "Dune"]
    assert found.ranges["ratings"] == "D5:G7"
    assert ratings.n_rated == 8
    assert (ratings.scale.low, ratings.scale.high) == (0.5, 5.0)
    assert found.to_factors() is None


def test_ids_titles_and_genres_may_stand_above_one_another(tmp_path):
    rows = [
        [None, 11, 12, 13],
        [None, "Amélie (2001)", "Brazil (1985)", "Casino (1995)"],
        [None, "Drama", "Drama", "Crime"],
        [7, 4, None, 3],
        [9, None, 5, 1],
    ]
    ratings = read_workbook(write(tmp_path / "x.xlsx", page=[(0, 0, rows)])).to_ratings()
    assert ratings.item_table.ids.tolist() == [11, 12, 13]
    assert ratings.item_table.titles.tolist() == ["Amélie (2001)", "Brazil (1985)", "Casino (1995)"]


def test_totals_of_a_pivot_table_are_left_out(tmp_path):
    rows = [
        ["Row Labels", 110, 296, 356, "Grand Total"],
        [15, 3, 5, None, 4],
        [30, None, 5, 5, 5],
        [73, 4, 5, 5, 4.666],
        ["Grand Total", 3.5, 5, 5, 4.5],
    ]
    found = read_workbook(write(tmp_path / "x.xlsx", page=[(2, 0, rows)]))
    assert found.ranges["ratings"] == "B4:D6"
    assert found.to_ratings().user_ids.tolist() == [15, 30, 73]


def test_ratings_are_preferred_to_tables_of_other_numbers(tmp_path):
    sales = [[None, *range(2001, 2021)], *([f"Region {n}", *range(1000 * n, 1000 * n + 20)] for n in range(1, 30))]
    found = read_workbook(write(tmp_path / "x.xlsx", Sales=[(0, 0, sales)], Ratings=[(0, 0, PLAIN)]))
    assert found.page == "Ratings"


def test_a_workbook_with_pivot_caches_opens(tmp_path):
    path = write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN)])
    cache = b'<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r:id="nonsense"/>'

    def add_cache(name, content):
        if name == "[Content_Types].xml":
            return content.replace(
                b"</Types>",
                b'<Override PartName="/xl/pivotCache/pivotCacheDefinition1.xml" ContentType="application/vnd.openxml'
                b'formats-officedocument.spreadsheetml.pivotCacheDefinition+xml"/></Types>',
            )
        return content

    rewrite(path, add_cache)
    import zipfile

    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/pivotCache/pivotCacheDefinition1.xml", cache)
    assert read_workbook(path).to_ratings().n_rated == 8


# Mending


def test_ranges_can_be_mended(tmp_path):
    path = write(tmp_path / "x.xlsx", page=lesson_page(bias=True))
    mended = read_workbook(path).mended(ranges={"user_bias": None, "item_bias": None, "titles": None})
    assert not mended.to_factors().has_bias
    smaller = mended.mended(
        ranges={
            "ratings": "H2:K4",
            "user_ids": "G2:G4",
            "item_ids": "H1:K1",
            "user_factors": None,
            "item_factors": None,
        }
    )
    assert smaller.to_ratings().n_items == 4
    assert smaller.to_factors() is None
    assert "3 users × 4 movies" in smaller.words[0]


def test_another_page_can_be_chosen(tmp_path):
    path = write(tmp_path / "x.xlsx", dot=lesson_page(bias=False), bias=lesson_page(bias=True))
    found = read_workbook(path)
    assert found.page == "dot"
    assert found.mended(page="bias").to_factors().has_bias


def test_a_block_can_be_marked_as_held_out(tmp_path):
    marks = [[None, None, 1, None], [None, 1, None, None], [None] * 4]
    path = write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN), (6, 1, marks)])
    found = read_workbook(path).mended(ranges={"held_out": "B7:E9"})
    assert found.to_held_out().sum() == 2
    assert found.to_ratings().values[found.to_held_out()].tolist() == [3.5, 5]


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        ({"ratings": "nonsense"}, "is no range of cells"),
        ({"ratings": "A1:B1048577"}, "outside of a page"),
        ({"ratings": "B2:D4"}, "must be 1 × 3"),
        ({"color": "B2:D4"}, "is no range of a crosstab"),
        ({"user_ids": "B2:B4"}, "does not hold different user ids"),
        ({"ratings": "A2:D4"}, "A2 holds a text"),
        ({"user_factors": "B2:C4"}, "go together"),
        ({"user_factors": "B2:C4", "item_factors": "B2:E3"}, "blank cells"),
        ({"user_ids": None}, "needs a range for its user ids"),
    ],
)
def test_ranges_that_do_not_fit_are_one_sentence(tmp_path, ranges, reason):
    found = read_workbook(write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN)]))
    with pytest.raises(DataError, match=reason) as error:
        found.mended(ranges=ranges)
    assert "\n" not in str(error.value)


def test_a_page_that_is_not_there_is_named(tmp_path):
    found = read_workbook(write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN)]))
    with pytest.raises(DataError, match='no page "other"; there are page'):
        found.mended(page="other")


# Nothing to find

LONG = [["userId", "movieId", "rating", "timestamp"], *([1 + n // 20, n, 3.5, 10**9 + n] for n in range(3000))]


@pytest.mark.parametrize(
    "pages",
    [
        {"Notes": NOTES},
        {"Empty": []},
        {"Long": [(0, 0, LONG)]},
        {"Texts": [(0, 0, [["id", "title", "genres"], *([n, f"Film {n}", "Drama"] for n in range(3000))])]},
        {"Column": [(0, 0, [[n] for n in range(3000)])]},
        {"Empty": [], "Notes": NOTES},
    ],
)
def test_a_workbook_without_a_crosstab_says_what_was_looked_for(tmp_path, pages):
    path = write(tmp_path / "x.xlsx", **pages)
    with pytest.raises(DataError, match=r"x has no crosstab on .*looked for ids along a first row and a first column"):
        read_workbook(path)


def test_a_long_list_beside_a_crosstab_is_passed_over(tmp_path):
    numbers = np.random.default_rng(1)
    rows = [["user", "movie", "rating"], *numbers.integers(1, 9000, (30_000, 3)).tolist()]
    path = write(tmp_path / "x.xlsx", page=[(0, 0, rows)], more=[(0, 0, PLAIN)])
    assert read_workbook(path).page == "more"


def test_workbooks_are_told_by_name():
    assert is_workbook("a/B.XLSX")
    assert is_workbook("a.xlsm")
    assert not is_workbook("a.xls")
