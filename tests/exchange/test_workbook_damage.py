"""Damaged and malicious workbooks are refused with one sentence; none takes the program or the memory with it."""

import json
import random
import zipfile

import pytest
from exchange_support import document_of, export, lesson_document, member, rewrite, sheet_member
from support import crosstab

from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.ratings.errors import DataError


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "x.xlsx"
    export(document_of(crosstab([[4, None, 3], [1, 2.5, None]])), path)
    return path


def refusal(path):
    with pytest.raises(DataError) as error:
        read_workbook(path)
    sentence = str(error.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "text.xlsx").write_text("userId,movieId,rating\n")
    assert "damaged or no Excel workbook" in refusal(tmp_path / "text.xlsx")
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    assert "password" in refusal(tmp_path / "old.xlsx")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    assert "is no Excel workbook" in refusal(tmp_path / "zip.xlsx")
    assert "No such file" in refusal(tmp_path / "none.xlsx")
    assert "directory" in refusal(tmp_path)


def test_truncated_files_are_refused_wherever_they_end(path):
    content = path.read_bytes()
    for length in range(0, len(content), 499):
        path.write_bytes(content[:length])
        refusal(path)


def test_flipped_bytes_are_refused_or_harmless(path):
    content = path.read_bytes()
    numbers = random.Random(1)
    for _ in range(150):
        damaged = bytearray(content)
        damaged[numbers.randrange(len(content))] ^= 1 << numbers.randrange(8)
        path.write_bytes(damaged)
        try:
            found = read_workbook(path)
        except DataError:
            continue
        assert found.to_ratings().n_items == 3


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet2.xml"])
@pytest.mark.parametrize("content", [None, b"", b"<", b"<a/>", b"\x00" * 100])
def test_parts_with_other_content_do_no_harm(path, part, content):
    rewrite(path, lambda name, old: content if name == part else old)
    try:
        read_workbook(path)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_cells_in_opposite_corners_are_refused_before_the_memory_is_full(path):
    """calamine lays out the whole rectangle: 17 billion cells."""
    name = sheet_member(path, "With bias")
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewrite(path, lambda part, content: content.replace(b"</sheetData>", far) if part == name else content)
    assert "1,048,576 rows × 16,384 columns" in refusal(path)


@pytest.mark.parametrize("cell", [b"<c r='XFD1048576'><v>1</v></c>", b'<c  s="1"  r = "xfd1048576" ><v>1</v></c>'])
def test_other_ways_to_write_an_address_are_seen_too(path, cell):
    name = sheet_member(path, "With bias")
    rewrite(
        path,
        lambda part, old: old.replace(b"</row></sheetData>", cell + b"</row></sheetData>") if part == name else old,
    )
    assert "1,048,576 rows" in refusal(path)


def test_a_zip_bomb_is_refused(path, monkeypatch):
    monkeypatch.setattr("cfstudio.exchange.workbook_pages.UNPACKED_LIMIT", 4 << 20)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(8 << 20))
    assert path.stat().st_size < 100_000
    assert "unpacks to more than 4 MB" in refusal(path)


def test_a_text_where_a_number_must_be_is_named(path):
    name = sheet_member(path, "With bias")

    def write_text(part, content):
        if part != name:
            return content
        return content.replace(b'<c r="F2"', b'<c t="str" r="F2"', 1).replace(b"<v>4.0</v>", b"<v>four</v>", 1)

    rewrite(path, write_text)
    assert "F2 on page With bias holds a text" in refusal(path)


# The hidden page


def facts_with(path, **changes):
    """Change the facts of the hidden page; a callable gets the old value."""
    name = sheet_member(path, "cfstudio")
    text = member(path, name)
    start, end = text.index("{"), text.rindex("}") + 1
    facts = json.loads(text[start:end].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    for key, value in changes.items():
        facts[key] = value(facts[key]) if callable(value) else value
    new = json.dumps(facts).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    rewrite(path, lambda part, old: (text[:start] + new + text[end:]).encode() if part == name else old)


def test_a_newer_format_is_refused_with_the_versions(path):
    facts_with(path, format_version=2, program_version="3.1")
    sentence = refusal(path)
    assert "CF Studio 3.1 in format 2" in sentence


def with_block(places, name, sizes):
    block = dict(zip(("top", "left", "height", "width"), sizes, strict=True))
    return places | {"blocks": places["blocks"] | {name: block}}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"},
        {"format_version": True},
        {"row_users": lambda rows: [9, *rows[1:]]},
        {"row_users": lambda rows: rows[1:]},
        {"row_items": lambda rows: [rows[1], *rows[1:]]},
        {"row_users": "abc"},
        {"user_ids": {"type": "int64", "ids": [1, 1]}},
        {"user_ids": {"type": "O8", "ids": [1, 2]}},
        {"user_ids": {"type": "int64", "ids": [2**70, 1]}},
        {"titles": []},
        {"scale": [1]},
        {"years": [1, 2, 10**9]},
        {"number_types": {"user_factors": "object"}},
        {"number_types": {"user_factors": "float32"}},
        {"shown_users": []},
        {"shown_users": [0, 0]},
        {"crosstab": {}},
        {"crosstab": lambda places: places | {"page": "none"}},
        {"crosstab": lambda old: with_block(old, "ratings", (0, 0, 10**9, 10**9))},
        {"crosstab": lambda old: with_block(old, "user_ids", (-5, 0, 2, 1))},
        {"timestamps": [1]},
    ],
)  # fmt: skip
def test_facts_that_do_not_fit_are_not_used(path, changes):
    facts_with(path, **changes)
    found = read_workbook(path)
    assert not found.is_own
    assert "is not used" in found.words[0]
    assert found.to_ratings().n_rated == 4


def test_nesting_without_end_is_not_followed(path):
    name = sheet_member(path, "cfstudio")
    text = member(path, name)
    deep = text[: text.index("{")] + "[" * 30_000 + text[text.rindex("}") + 1 :]
    rewrite(path, lambda part, old: deep.encode() if part == name else old)
    assert not read_workbook(path).is_own


def test_without_the_hidden_page_the_shape_is_enough(tmp_path):
    path = tmp_path / "x.xlsx"
    export(lesson_document(bias=True), path)
    rewrite(path, lambda part, old: old.replace(b'"cfstudio"', b'"other"') if part == "xl/workbook.xml" else old)
    found = read_workbook(path)
    assert not found.is_own
    assert found.page == "Dot product"
    assert found.mended(page="With bias").rmse == pytest.approx(2.01800380330463, abs=1e-9)
