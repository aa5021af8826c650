"""Tables hold the numbers that the program shows, and no text in them runs as a formula."""

import os

import numpy as np
import pandas as pd
import pytest
from exchange_support import document_of
from support import crosstab, random_ratings

from cfstudio.exchange.part import ExportCancelled
from cfstudio.exchange.tables import export_tables, harmless
from cfstudio.ratings.errors import DataError

READ = {"csv": pd.read_csv, "parquet": pd.read_parquet}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("bias", [False, True])
def test_the_tables_are_the_models_numbers(tmp_path, kind, bias):
    document = document_of(random_ratings(30, 20, 200), bias=bias)
    ratings, factors = document.ratings, document.factors
    ratings.values[3] = np.nan
    paths = export_tables(document, tmp_path / f"x.{kind}", kind)
    assert sorted(os.listdir(tmp_path)) == [f"x-item-factors.{kind}", f"x-user-factors.{kind}", f"x.{kind}"]
    table = READ[kind](paths["predictions"])
    rated = ratings.rated
    assert table["user_id"].tolist() == ratings.user_ids[ratings.users[rated]].tolist()
    assert table["item_id"].tolist() == ratings.item_table.ids[ratings.items[rated]].tolist()
    np.testing.assert_array_equal(table["rating"], ratings.values[rated])
    np.testing.assert_array_equal(table["prediction"], factors.predict(ratings.users[rated], ratings.items[rated]))
    np.testing.assert_array_equal(table["held_out"], document.held_out[rated])
    for side, number, strip in (
        ("user", factors.user_factors, factors.user_bias),
        ("item", factors.item_factors, factors.item_bias),
    ):
        table = READ[kind](paths[f"{side}_factors"])
        columns = [f"factor_{place + 1}" for place in range(3)]
        np.testing.assert_array_equal(table[columns].to_numpy(dtype=np.float32), number)
        assert ("bias" in table) == bias
        if bias:
            np.testing.assert_array_equal(table["bias"].to_numpy(dtype=np.float32), strip)
    assert table["title"][0] == "Film 0 (1970)"
    assert table["n_ratings"].sum() == 199


def test_a_path_without_ending_is_a_folder(tmp_path):
    export_tables(document_of(crosstab([[1, 2]])), tmp_path / "tables", "csv")
    assert sorted(os.listdir(tmp_path / "tables")) == ["item-factors.csv", "predictions.csv", "user-factors.csv"]
    export_tables(document_of(crosstab([[1, 2]])), tmp_path / "tables", "csv")
    assert os.listdir(tmp_path) == ["tables"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("\t=1", "'\t=1"),
        ("\r", "'\r"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("M*A*S*H (1970)", "M*A*S*H (1970)"),
        ("", ""),
    ],
)
def test_texts_that_would_run_as_formulas_get_a_quote(tmp_path, text, written):
    assert harmless(text) == written
    document = document_of(crosstab([[1, 2]]))
    document.ratings.item_table.titles[0] = text
    paths = export_tables(document, tmp_path / "x.csv", "csv")
    titles = pd.read_csv(paths["item_factors"], keep_default_na=False, lineterminator="\n")["title"]
    assert titles[0] == written
    paths = export_tables(document, tmp_path / "x.parquet", "parquet")
    assert pd.read_parquet(paths["item_factors"])["title"][0] == text


def test_an_unrated_sheet_has_tables_with_columns(tmp_path):
    document = document_of(crosstab([[1, 2]]))
    document.ratings.values[:] = np.nan
    for kind, read in READ.items():
        table = read(export_tables(document, tmp_path / f"x.{kind}", kind)["predictions"])
        assert len(table) == 0
        assert "prediction" in table


@pytest.mark.parametrize("name", ["x.csv", "tables"])
@pytest.mark.parametrize("after", range(3))
def test_cancelling_leaves_nothing(tmp_path, name, after):
    calls = iter(range(100))
    with pytest.raises(ExportCancelled):
        export_tables(
            document_of(random_ratings(30, 20, 200)), tmp_path / name, "csv", is_cancelled=lambda: next(calls) >= after
        )
    assert not os.listdir(tmp_path)


def test_places_that_cannot_be_written_are_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none" / "deep" / "x.csv", tmp_path / "file"):
        with pytest.raises(DataError, match=r"\.$"):
            export_tables(document_of(crosstab([[1, 2]])), path, "csv")
    assert os.listdir(tmp_path) == ["file"]
