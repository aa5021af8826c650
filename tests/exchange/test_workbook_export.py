"""A workbook holds formulas and not only numbers, opens the Solver filled in, and runs no title as a formula."""

import os
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from exchange_support import LESSON_RMSE, document_of, export, lesson_document, member, sheet_member
from python_calamine import CalamineWorkbook
from support import crosstab, random_ratings

from cfstudio.exchange.part import DocumentPart, ExportCancelled
from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.errors import DataError


def formulas(path, page):
    """Formula by cell, unescaped."""
    from xml.etree import ElementTree

    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    tree = ElementTree.fromstring(member(path, sheet_member(path, page)))
    return {
        cell.get("r"): cell.findtext(f"{space}f")
        for cell in tree.iter(f"{space}c")
        if cell.find(f"{space}f") is not None
    }


def names(path):
    """Defined names: (page number or None, name) → (content, hidden)."""
    found = re.findall(
        r'<definedName name="([^"]*)"(?: localSheetId="(\d+)")?( hidden="1")?>([^<]*)<', member(path, "xl/workbook.xml")
    )
    return {
        (int(page) if page else None, name): (content.replace("&apos;", "'"), bool(hidden))
        for name, page, hidden, content in found
    }


@pytest.fixture
def lesson_path(tmp_path):
    path = tmp_path / "lesson.xlsx"
    export(lesson_document(bias=False), path)
    return path


def test_formulas_are_those_of_the_lesson(lesson_path):
    found = formulas(lesson_path, "Dot product")
    assert found["H25"] == 'IF(H2="",0,MMULT($B25:$F25,H$19:H$23))'
    assert found["V39"] == 'IF(V16="",0,MMULT($B39:$F39,V$19:V$23))'
    assert found["V41"] == "SQRT(SUMXMY2(ratings,predictions)/COUNT(ratings))"


def test_biases_and_the_range_are_part_of_the_formulas(tmp_path):
    path = tmp_path / "x.xlsx"
    document = document_of(lesson_document(bias=False).ratings, n_factors=5, rating_range=(0, 5.5), mean=0.5)
    export(document, path)
    assert formulas(path, "With bias")["H26"] == (
        'IF(H2="",0,rating_low+(rating_high-rating_low)/(1+EXP(-(MMULT($B26:$F26,H$20:H$24)+$A26+H$19+global_mean))))'
    )
    without = formulas(path, "Dot product")["H25"]
    assert "MMULT" in without
    assert "$A25" not in without


def test_all_four_pages_are_there_whatever_the_model(lesson_path, tmp_path):
    export(lesson_document(bias=True), tmp_path / "bias.xlsx")
    for path in (lesson_path, tmp_path / "bias.xlsx"):
        assert CalamineWorkbook.from_path(path).sheet_names == [
            "Dot product", "With bias", "Embedding look-up", "One-hot", "Read me", "cfstudio",
        ]  # fmt: skip


def test_the_biases_of_a_model_without_any_are_zero_and_the_page_says_so(lesson_path):
    rows = CalamineWorkbook.from_path(lesson_path).get_sheet_by_name("With bias").to_python(skip_empty_area=False)
    assert [row[0] for row in rows[25:40]] == [0.0] * 15
    assert rows[18][7:22] == [0.0] * 15
    assert rows[-1 - 2 - 15][-1] == pytest.approx(LESSON_RMSE[False], abs=1e-9)
    notes = [member(lesson_path, name) for name in zipfile.ZipFile(lesson_path).namelist() if "comments" in name]
    assert sum("no biases: they are 0 here" in note for note in notes) == 1


@pytest.mark.parametrize("bias", [False, True])
def test_programs_that_do_not_calculate_see_the_numbers_too(tmp_path, bias):
    path = tmp_path / "x.xlsx"
    export(lesson_document(bias=bias), path)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("With bias" if bias else "Dot product").to_python()
    assert rows[-1 - 2 - 15][-1] == pytest.approx(LESSON_RMSE[bias], abs=1e-9)


def test_the_solver_opens_ready_filled_and_its_names_are_hidden(lesson_path):
    found = names(lesson_path)
    solver = {name: content for (page, name), (content, hidden) in found.items() if hidden and page == 0}
    assert solver["solver_opt"] == "'Dot product'!$V$41"
    assert solver["solver_adj"] == "'Dot product'!$H$19:$V$23,'Dot product'!$B$25:$F$39"
    expected = {"typ": "2", "eng": "1", "cvg": "0.0001", "drv": "2", "mni": "30", "num": "0", "neg": "2", "val": "0"}
    for name, content in expected.items():
        assert solver[f"solver_{name}"] == content
    assert solver["solver_ver"] == "3"
    assert all(hidden == name.startswith("solver_") for (_, name), (_, hidden) in found.items())


def test_the_solver_does_not_see_held_out_cells(tmp_path):
    path = tmp_path / "x.xlsx"
    export(lesson_document(bias=True, held_out=0.2), path)
    found = names(path)
    assert found[1, "solver_opt"][0] == "'With bias'!$V$43"
    assert "held_out&lt;&gt;1" in member(path, sheet_member(path, "With bias"))
    assert formulas(path, "With bias")["V43"].count("held_out<>1") == 2


def test_ranges_have_names(lesson_path):
    found = names(lesson_path)
    for name, where in {
        "ratings": "$H$2:$V$16", "predictions": "$H$25:$V$39", "rmse": "$V$41",
        "user_factors": "$B$25:$F$39", "item_factors": "$H$19:$V$23",
    }.items():  # fmt: skip
        assert found[None, name] == (f"'Dot product'!{where}", False)


def test_colors_frozen_panes_notes_and_hatching_are_there(tmp_path):
    path = tmp_path / "x.xlsx"
    export(lesson_document(bias=False, held_out=0.2), path)
    sheet = member(path, sheet_member(path, "Dot product"))
    assert sheet.count("<colorScale>") == 2
    assert 'state="frozen"' in sheet
    assert 'stopIfTrue="1"' in sheet
    assert 'patternType="lightUp"' in member(path, "xl/styles.xml")
    assert "squared" in member(path, "xl/comments1.xml")


@pytest.mark.parametrize(
    "title", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "_x0041_", "<&>\x07"]
)
def test_titles_and_ids_are_texts_and_never_formulas(tmp_path, title):
    document = document_of(crosstab([[4, None], [1, 2.5]]))
    table = document.ratings.item_table
    table.titles[0] = title
    document.ratings.item_table = replace(table, ids=np.array([title, "b"], dtype=object))
    path = tmp_path / "x.xlsx"
    export(document, path)
    for page in ("With bias", "Embedding look-up", "One-hot"):
        assert not any(formula.startswith(title) for formula in formulas(path, page).values())
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Embedding look-up").to_python()
    assert any(title.strip() in str(value) for row in rows for value in row)
    assert read_workbook(path).to_ratings().item_table.titles[0] == title


def test_numbers_that_are_none_become_error_cells(tmp_path):
    ratings = crosstab([[4, None], [1, 2.5]])
    factors = Factorization(np.array([[np.nan], [1.0]]), np.array([[np.inf], [2.0]]))
    path = tmp_path / "x.xlsx"
    export(DocumentPart(ratings, np.zeros(3, bool), factors), path)
    sheet = member(path, sheet_member(path, "Dot product"))
    assert "#NUM!" in sheet
    assert "#DIV/0!" in sheet
    assert "nan" not in sheet
    assert "inf" not in sheet
    assert np.isnan(read_workbook(path).to_factors().user_factors[0, 0])


def test_a_large_sheet_says_what_of_it_is_there(tmp_path):
    path = tmp_path / "x.xlsx"
    summary = export(document_of(random_ratings(300, 260, 4000)), path)
    assert summary == (
        "The crosstab shows 250 × 250 of 300 × 260 users × movies; the long form lists all 4,000 ratings."
    )
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Read me").to_python()
    assert any(summary in row for row in rows)


def test_no_more_rows_than_a_page_has(tmp_path, monkeypatch):
    monkeypatch.setattr("cfstudio.exchange.workbook.MOST_RATINGS", 350)
    summary = export(document_of(random_ratings(20, 30, 400)), tmp_path / "x.xlsx")
    assert "the first 350 of 400 ratings, as many as a page has rows" in summary


@pytest.mark.parametrize("n", [0, 251])
def test_a_crosstab_of_nothing_or_too_much_is_refused(tmp_path, n):
    with pytest.raises(DataError):
        export(document_of(random_ratings(300, 20, 400)), tmp_path / "x.xlsx", users=np.arange(n))
    assert not os.listdir(tmp_path)


# Watching and stopping


def test_progress_counts_rows_up_to_all(tmp_path):
    seen = []
    export(document_of(random_ratings(60, 90, 3000)), tmp_path / "x.xlsx", progress=lambda *at: seen.append(at))
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] > 3000


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_cancelling_leaves_nothing_or_the_old_file(tmp_path, monkeypatch, after):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    document = document_of(random_ratings(60, 90, 3000))
    calls = iter(range(100))
    for old in (None, b"old"):
        path = tmp_path / "x.xlsx"
        if old is not None:
            path.write_bytes(old)
        with pytest.raises(ExportCancelled):
            export(document, path, is_cancelled=lambda: next(calls) >= after)
        assert os.listdir(tmp_path) == ([] if old is None else ["x.xlsx"])
    assert path.read_bytes() == b"old"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"x\.xlsx cannot be written: No such file or directory\."):
        export(lesson_document(bias=False), tmp_path / "none" / "x.xlsx")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    from cfstudio.exchange.streamed_sheet import StreamedSheet

    def full(self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(StreamedSheet, "_write_sheet_data", full)
    with pytest.raises(DataError, match="No space left on device"):
        export(lesson_document(bias=False), tmp_path / "x.xlsx")
    assert not os.listdir(tmp_path)


def test_an_export_can_be_stopped_while_the_file_is_packed(tmp_path):
    done = []

    def is_cancelled():
        # All rows are written, and then it was looked a few more times: the zip is being written.
        return len(done) > 3 and all(count == total for count, total in done[-3:])

    with pytest.raises(ExportCancelled):
        export(
            lesson_document(bias=False),
            tmp_path / "a.xlsx",
            progress=lambda *counts: done.append(counts),
            is_cancelled=is_cancelled,
        )
    assert done[-1][0] == done[-1][1]
    assert list(tmp_path.iterdir()) == []
