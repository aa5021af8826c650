"""Columns of labels: which there are, how years are bucketed, and sums of labels' numbers there and back."""

from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.models.features import FeatureColumn, available_features, feature_columns

COLUMN = FeatureColumn.of("genres", "item", ["Drama", "Comedy|Drama", "", "Horror|Comedy", "Drama|Drama"])


def test_a_row_may_have_several_labels_one_or_none():
    assert COLUMN.labels == ("Comedy", "Drama", "Horror")
    table = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    np.testing.assert_array_equal(COLUMN.summed(table)[:, 0], [2, 3, 0, 5, 2])


def test_the_table_behind_given_sums_is_found_again():
    table = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_allclose(COLUMN.table_for(COLUMN.summed(table)), table, atol=1e-12)


def test_what_no_table_explains_is_explained_as_well_as_can_be():
    flags = COLUMN.summed(np.eye(3))
    wanted = np.random.default_rng(1).normal(size=(5, 2))
    expected = np.linalg.lstsq(flags, wanted, rcond=None)[0]
    np.testing.assert_allclose(COLUMN.table_for(wanted), expected, atol=1e-10)


def test_years_come_in_buckets_of_five():
    (column,) = feature_columns(random_ratings(3, 12, 20), "year")
    assert column.labels == ("1970–1974", "1975–1979", "1980–1984")
    assert column.members.tolist() == [0] * 5 + [1] * 5 + [2] * 2


def test_a_column_that_is_not_there_is_refused_with_those_that_are():
    ratings = random_ratings(3, 4, 8)
    assert available_features(ratings) == ["genres", "year"]
    with pytest.raises(ValueError, match=r"no column “actor” .*: its columns are genres, year"):
        feature_columns(ratings, "Genres, actor")


def test_all_takes_every_column_and_the_case_of_a_name_does_not_matter():
    ratings = random_ratings(6, 5, 20)
    ratings.item_table.genres[:] = "Comedy"
    towns = np.array(["Bonn", "Köln", "", "Bonn", "Ulm", ""], dtype=object)
    ratings = replace(ratings, user_columns={"Town": towns})
    assert [one.name for one in feature_columns(ratings, "all")] == available_features(ratings)
    (town,) = feature_columns(ratings, "town")
    assert town.labels == ("Bonn", "Köln", "Ulm")
