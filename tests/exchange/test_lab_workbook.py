"""A page of the optimizer lab, exported, is calculated by LibreOffice to the same numbers."""

import csv
import math

import numpy as np
import pytest
from exchange_support import forget_results, set_number
from python_calamine import CalamineWorkbook

from cfstudio.exchange.lab_workbook import export_lab_csv, export_lab_workbook
from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.line_data import made_data
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.places import SheetPlaces
from cfstudio.optimizer_lab.worksheet import Worksheet
from cfstudio.ratings.errors import DataError

FORMS = ("workbook", "papers")


def ran(name, form, n_epochs=1, data=None, **settings):
    sheet = Worksheet(new_page(name, form, data).changed(**settings))
    sheet.run_epochs(n_epochs)
    return sheet


def cells(path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)


def assert_same_rows(sheet, found):
    places = SheetPlaces(sheet.page)
    for place, row in enumerate(sheet.rows):
        calculated = found[places.first_row - 1 + place]
        for column, value, other in zip(sheet.page.columns, row, calculated, strict=False):
            if value is None:
                assert other == "", column.name
            else:
                # LibreOffice saves 15 digits, which for the squares of a diverged row is more than 1e-9.
                assert other == pytest.approx(value, rel=1e-12, abs=1e-9), (place, column.name)
    for name, value in sheet.next_top().items():
        if name in sheet.page.cells:
            assert found[places.values[name] - 1][5] == pytest.approx(value, rel=1e-12, abs=1e-9)
    error = found[places.last_row + 1][sheet.page.names.index("err2")]
    assert error == pytest.approx(sheet.ends[-1].root_sum_squared_error, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", METHODS)
def test_a_page_recalculates_to_the_same_numbers(recalculate, tmp_path, name, form):
    sheet = ran(name, form, 3)
    path = tmp_path / "page.xlsx"
    summary = export_lab_workbook(sheet, path)
    assert "epoch 3: 29 rows of live formulas" in summary
    forget_results(path)
    assert cells(path)[SheetPlaces(sheet.page).first_row - 1][4] == 9999
    assert_same_rows(sheet, cells(recalculate(path)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["momentum", "adam", "eve", "adam-annealing"])
def test_batches_order_decay_and_own_points_recalculate_too(recalculate, tmp_path, name):
    data = made_data(1.5, -4, n=23, noise=3.0)
    sheet = ran(name, "papers", 2, data, batch_size=4, order="shuffled", weight_decay=0.05, nudge=0.02)
    path = tmp_path / "page.xlsx"
    export_lab_workbook(sheet, path)
    forget_results(path)
    assert_same_rows(sheet, cells(recalculate(path)))


@pytest.mark.slow
def test_a_learning_rate_typed_into_the_sheet_changes_all_rows_as_it_does_here(recalculate, tmp_path):
    sheet = ran("momentum", "workbook")
    path = tmp_path / "page.xlsx"
    export_lab_workbook(sheet, path)
    places = SheetPlaces(sheet.page)
    set_number(path, "Momentum, workbook", f"D{places.values['learning_rate']}", 0.00005)
    forget_results(path)
    edited = sheet.edited(sheet.page.changed(learning_rate=0.00005))
    assert_same_rows(edited, cells(recalculate(path)))


def test_an_epoch_in_the_making_is_exported_whole(tmp_path):
    sheet = Worksheet(new_page("sgd"))
    sheet.forward(3)
    path = tmp_path / "page.xlsx"
    export_lab_workbook(sheet, path)
    places = SheetPlaces(sheet.page)
    whole = ran("sgd", "workbook")
    assert len(sheet.rows) == 3
    assert cells(path)[places.last_row - 1][: len(whole.page.names)] == pytest.approx(list(whole.rows[-1]))


def test_a_page_that_burst_is_refused_with_a_sentence_and_leaves_no_file(tmp_path):
    sheet = ran("sgd", "workbook", 300, learning_rate=1.0)
    assert math.isnan(sheet.a)
    with pytest.raises(DataError, match="grown beyond all numbers in epoch 300; take a smaller learning rate"):
        export_lab_workbook(sheet, tmp_path / "page.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("export", [export_lab_workbook, export_lab_csv])
def test_a_missing_folder_is_said_in_a_sentence(tmp_path, export):
    with pytest.raises(DataError, match="cannot be written"):
        export(ran("sgd", "workbook"), tmp_path / "none" / "page.xlsx")


def test_csv_has_the_columns_names_and_every_digit(tmp_path):
    sheet = ran("adam", "workbook")
    export_lab_csv(sheet, tmp_path / "page.csv")
    with (tmp_path / "page.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == sheet.page.names
    np.testing.assert_array_equal(np.array(rows[1:], dtype=np.float64), np.array(sheet.rows))
