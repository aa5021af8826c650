"""TensorFlow's Embedding Projector loads what is exported: one line of metadata per vector, exact numbers."""

import os

import numpy as np
import pandas as pd
import pytest
from exchange_support import document_of
from support import crosstab, random_ratings

from cfstudio.exchange.part import ExportCancelled
from cfstudio.exchange.projector import export_projector
from cfstudio.ratings.errors import DataError

NAMES = ["item-metadata.tsv", "item-vectors.tsv", "user-metadata.tsv", "user-vectors.tsv"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_vectors_read_back_to_the_last_bit(tmp_path, dtype):
    document = document_of(random_ratings(30, 20, 200), n_factors=4, dtype=dtype)
    export_projector(document, tmp_path / "out")
    assert sorted(os.listdir(tmp_path / "out")) == NAMES
    for side in ("user", "item"):
        vectors = np.loadtxt(tmp_path / "out" / f"{side}-vectors.tsv", delimiter="\t", dtype=dtype)
        np.testing.assert_array_equal(vectors, getattr(document.factors, f"{side}_factors"))


def test_metadata_has_a_header_and_a_line_per_vector(tmp_path):
    document = document_of(random_ratings(30, 20, 200))
    export_projector(document, tmp_path / "x.tsv")
    assert sorted(os.listdir(tmp_path)) == [f"x-{name}" for name in NAMES]
    items = pd.read_csv(tmp_path / "x-item-metadata.tsv", sep="\t")
    assert list(items) == ["title", "item_id", "genres", "year", "n_ratings", "bias"]
    assert items["item_id"].tolist() == list(range(101, 121))
    assert items["title"][0] == "Film 0 (1970)"
    assert items["n_ratings"].tolist() == np.bincount(document.ratings.items, minlength=20).tolist()
    np.testing.assert_allclose(items["bias"], document.factors.item_bias, rtol=1e-7)
    users = pd.read_csv(tmp_path / "x-user-metadata.tsv", sep="\t")
    assert list(users) == ["user_id", "n_ratings", "bias"]
    assert len(users) == 30


def test_without_biases_there_is_no_such_column(tmp_path):
    export_projector(document_of(random_ratings(5, 4, 10), bias=False), tmp_path / "x.tsv")
    assert (tmp_path / "x-user-metadata.tsv").read_text().splitlines()[0] == "user_id\tn_ratings"


def test_titles_with_tabs_and_line_ends_stay_on_their_line(tmp_path):
    ratings = crosstab([[4.0, 3.0], [2.0, None]])
    ratings.item_table.titles[0] = "A\tB\nC\u2028D"
    export_projector(document_of(ratings), tmp_path / "x.tsv")
    lines = (tmp_path / "x-item-metadata.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[1].split("\t")[0] == "A B C D"
    assert len(lines) == 1 + 2 + 1


def test_a_cancelled_export_leaves_nothing(tmp_path):
    with pytest.raises(ExportCancelled):
        export_projector(document_of(random_ratings(30, 20, 200)), tmp_path / "out", is_cancelled=lambda: True)
    calls = iter([False, False])
    with pytest.raises(ExportCancelled):
        export_projector(
            document_of(random_ratings(2000, 20, 200)), tmp_path / "out", is_cancelled=lambda: next(calls, True)
        )
    assert not os.listdir(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path):
    (tmp_path / "out").write_text("precious")
    with pytest.raises(DataError, match="is a file; give another name"):
        export_projector(document_of(random_ratings(5, 4, 10)), tmp_path / "out")
    assert (tmp_path / "out").read_text() == "precious"
