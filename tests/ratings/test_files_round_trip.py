"""Whatever the ratings and whatever wrote them, a user gets exactly what was rated: the latest per user and item."""

import csv
import gzip
import io
import re
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cfstudio.ratings.files import read_path

numbers = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 50)
texts = st.text("ab7é\",;|\t\n 'Ω", min_size=1, max_size=6).map(lambda text: f"x{text}y") | st.just("007")
ids = st.sampled_from([numbers, texts, numbers | texts])
values = st.integers(1, 10).map(lambda halves: halves / 2) | st.floats(-1e6, 1e6, allow_nan=False)
times = st.integers(0, 20)


@st.composite
def rows(draw, of_ids=ids):
    """(user, item, rating, time) rows."""
    users, items = draw(of_ids), draw(of_ids)
    return draw(st.lists(st.tuples(users, items, values, times), min_size=1, max_size=12))


def delimited(rows, delimiter, header, number=repr):
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=delimiter)
    if header:
        writer.writerow(header)
    writer.writerows((user, item, number(rating), time) for user, item, rating, time in rows)
    return sink.getvalue().encode()


HEADER = ("userId", "movieId", "rating", "timestamp")


def comma(number):
    return repr(number).replace(".", ",")


def parquet(rows):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    users, items, ratings, stamps = zip(*rows, strict=True)
    columns = dict(zip(HEADER, (same_type(users), same_type(items), ratings, stamps), strict=True))
    sink = io.BytesIO()
    pq.write_table(pa.table({name: list(column) for name, column in columns.items()}), sink)
    return sink.getvalue()


def same_type(column):
    return column if all(isinstance(one, int) for one in column) else [str(one) for one in column]


def zipped(rows):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ml/ratings.csv", delimited(rows, ",", HEADER))
    return sink.getvalue()


WRITERS = {
    "r.csv": lambda rows: delimited(rows, ",", HEADER),
    "semicolon.csv": lambda rows: delimited(rows, ";", HEADER, comma),
    "r.tsv": lambda rows: delimited(rows, "\t", HEADER),
    "r.csv.gz": lambda rows: gzip.compress(delimited(rows, ",", HEADER)),
    "r.parquet": parquet,
    "r.zip": zipped,
}
NUMBER_WRITERS = {
    "u.data": lambda rows: delimited(rows, "\t", None),
    "r.dat": lambda rows: delimited(rows, "\t", None).replace(b"\t", b"::"),
}


def latest(rows):
    """(user id, item id) → (rating, time), by a plain loop."""
    found = {}
    for user, item, rating, time in rows:
        cell = (str(user), str(item))
        if cell not in found or time >= found[cell][1]:
            found[cell] = (rating, time)
    return found


def check(rows, name, content, folder):
    path = folder / name
    path.write_bytes(content)
    ratings = read_path(path)
    users, items = ratings.user_ids[ratings.users].tolist(), ratings.item_table.ids[ratings.items].tolist()
    read = zip(ratings.values.tolist(), ratings.timestamps.tolist(), strict=True)
    assert dict(zip(zip(map(str, users), map(str, items), strict=True), read, strict=True)) == latest(rows)
    assert len(users) == len(latest(rows))
    assert [str(one) for one in ratings.user_ids] == list(dict.fromkeys(str(row[0]) for row in rows))
    assert [str(one) for one in ratings.item_table.ids] == list(dict.fromkeys(str(row[1]) for row in rows))
    for column, found in zip(zip(*rows, strict=True), (ratings.user_ids, ratings.item_table.ids), strict=False):
        is_whole = all(re.fullmatch(r"0|-?[1-9]\d*", str(one)) for one in column)
        assert found.dtype == (np.int64 if is_whole else np.object_)
    assert bool(ratings.notes) == (len(rows) > len(latest(rows)))
    assert np.isfinite([ratings.scale.low, ratings.scale.high]).all()
    assert ratings.scale.low <= ratings.values.min()
    assert ratings.values.max() <= ratings.scale.high


any_folder = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", list(WRITERS))
@any_folder
@given(rows=rows())
def test_any_ratings_come_back_from_any_format(tmp_path, name, rows):
    check(rows, name, WRITERS[name](rows), tmp_path)


@pytest.mark.parametrize("name", list(NUMBER_WRITERS))
@any_folder
@given(rows=rows(st.just(numbers)))
def test_any_ratings_with_numbers_for_ids_come_back_without_a_header(tmp_path, name, rows):
    check(rows, name, NUMBER_WRITERS[name](rows), tmp_path)


# Parquet has types of its own.


def test_types_of_other_programs_parquet_are_read(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    from datetime import UTC, date, datetime
    from decimal import Decimal

    def read(**columns):
        table = {"user": [1, 2], "item": [5, 6], "rating": [3.5, 4.0]} | columns
        pq.write_table(pa.table(table), tmp_path / "r.parquet")
        return read_path(tmp_path / "r.parquet")

    assert read(rating=[Decimal("3.5"), Decimal("4.0")]).values.tolist() == [3.5, 4.0]
    assert read(rating=["3.5", "4"]).values.tolist() == [3.5, 4.0]
    assert read(user=[1.0, 2.0]).user_ids.tolist() == [1, 2]
    assert read(user=pa.array(["a", "b"]).dictionary_encode()).user_ids.tolist() == ["a", "b"]
    assert read(user=pa.array([2**64 - 1, 2], pa.uint64())).user_ids.tolist() == [str(2**64 - 1), "2"]
    noon = datetime(2015, 3, 9, 12, tzinfo=UTC)
    assert read(time=[noon, noon]).timestamps.tolist() == [int(noon.timestamp())] * 2
    assert read(time=[date(1970, 1, 2)] * 2).timestamps.tolist() == [86400, 86400]
    assert read(time=["2015-03-09", "5"]).timestamps.tolist() == [1425859200, 5]
    assert read(time=[1, None]).timestamps is None
    titled = read(title=["Heat (1995)", None], genres=["Crime", None]).item_table
    assert titled.titles.tolist() == ["Heat (1995)", "item 6"]
    assert titled.years.tolist() == [1995, 0]
