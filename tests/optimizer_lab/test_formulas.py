"""Every cell tells its formula in words, in a spreadsheet's syntax and with the numbers put in."""

import math
import re

import pytest

from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.explain import chain_rule, explain
from cfstudio.optimizer_lab.formula import Formula
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet


@pytest.fixture
def adam():
    sheet = Worksheet(new_page("adam"))
    sheet.run_epochs()
    return sheet


def test_a_prediction_is_told_in_three_ways(adam):
    cell = explain(adam, 0, "pred")
    assert cell.words == "The slope times x plus the intercept: what the line says."
    assert re.fullmatch(r"=D(\d+)\*A\1\+C\1", cell.excel)
    assert cell.numbers == "= 1 × 14 + 1 = 15"
    assert cell.value == 15


def test_a_moving_average_reads_the_row_above_and_a_setting(adam):
    cell, above = explain(adam, 1, "average_db"), explain(adam, 0, "average_db")
    assert above.address in cell.excel
    assert "$D$" in cell.excel
    assert cell.numbers.startswith("= 0.7 × (−39.3594) + (1 − 0.7) × (−201.162) = −87.9")
    assert "row above" in cell.words


def test_data_have_no_formula(adam):
    cell = explain(adam, 3, "x")
    assert (cell.excel, cell.numbers, cell.value) == ("", "", 51)


def test_rows_inside_of_a_batch_say_that_they_make_no_step():
    sheet = Worksheet(new_page("adam", "papers").changed(batch_size=5))
    sheet.run_epochs()
    assert "no step" in explain(sheet, 2, "average_da").words
    assert explain(sheet, 2, "mean_da").excel == ""
    assert explain(sheet, 4, "mean_da").excel.startswith("=AVERAGE(")


PYTHON = {"×": "*", "−": "-", "^": "**", "√": "sqrt", "= ": ""}


@pytest.mark.parametrize("form", ["workbook", "papers"])
@pytest.mark.parametrize("name", [name for name in METHODS if name != "eve"])
def test_the_numbers_put_in_calculate_to_the_value(monkeypatch, name, form):
    # The six digits of the screen would lose some where nearly equal numbers are subtracted.
    monkeypatch.setattr("cfstudio.optimizer_lab.explain.written", lambda value: repr(value).replace("-", "−"))
    sheet = Worksheet(new_page(name, form).changed(weight_decay=0.01))
    sheet.run_epochs(2)
    for column in sheet.page.columns[2:]:
        cell = explain(sheet, 7, column)
        shown = cell.numbers.removeprefix("= ").rsplit(" = ", 1)[0]
        for sign, python in PYTHON.items():
            shown = shown.replace(sign, python)
        assert eval(shown, {"sqrt": math.sqrt}) == pytest.approx(cell.value, rel=1e-9, abs=1e-9), column.name


def test_the_chain_rule_is_spelled_out_link_by_link(adam):
    links, sentence = chain_rule(adam, 0, "a")
    assert [link.value for link in links] == [-86, 1, 14]
    assert math.prod(link.value for link in links) == adam.cell(0, "de_da")
    assert sentence.endswith("= 2(a·x + b − y) × 1 × x = −86 × 1 × 14 = −1204")
    links, _ = chain_rule(adam, 0, "b")
    assert math.prod(link.value for link in links) == adam.cell(0, "de_db")


@pytest.mark.parametrize(
    ("text", "excel"),
    [
        ("a - (b - c)", "a-(b-c)"),
        ("(a - b) - c", "a-b-c"),
        ("a / (b * c)", "a/(b*c)"),
        ("(a + b) * c ** 2", "(a+b)*c^2"),
        ("(a * b) ** 2", "(a*b)^2"),
        ("over(a + b, c * d)", "IF(c*d=0,0,(a+b)/(c*d))"),
        ("where(a > b, sqrt(a), min(a, b))", "IF(a>b,SQRT(a),MIN(a,b))"),
        ("prev.a + cos(pi * b)", "prev_a+COS(PI()*b)"),
    ],
)
def test_parentheses_stand_where_a_spreadsheet_needs_them(text, excel):
    assert Formula(text).excel(lambda name: name) == excel


def test_titles_and_words_are_there_for_every_column():
    for form in ("workbook", "papers"):
        for name in METHODS:
            page = new_page(name, form).changed(batch_size=3, weight_decay=0.1)
            assert len(set(page.names)) == len(page.names)
            assert all(column.title and column.words.endswith(".") for column in page.columns)
            assert not any("{" in column.words + column.title for column in page.columns)
