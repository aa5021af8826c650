"""How cells of an exported workbook look: number formats, hatching, color scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cfstudio.exchange.cell_names import Block, fixed_name
from cfstudio.exchange.grid import runs

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from cfstudio.exchange.streamed_sheet import StreamedSheet
    from cfstudio.ratings.table import BoolArray

HATCHED = 14
"""Excel's pattern "thin diagonal stripe" (lightUp): held-out cells, also told apart without colors."""

# The ends of the scales differ in lightness too, and neither pair is red and green.
LOW_RATING, HIGH_RATING = "#F7FBFF", "#6BAED6"
TOO_LOW, RIGHT, TOO_HIGH = "#5E8BC7", "#FFFFFF", "#E08A4F"

MOST_SPARED = 2500
"""Cells of a block up to which color scales leave out held-out ones one by one."""

TWO_DIGITS = "0.00"
# Cells without a rating calculate to 0, which is no prediction: a dot says so.
PREDICTION = '0.00;-0.00;"·"'


@dataclass(frozen=True)
class Styles:
    """Indices of the formats that cells refer to, and the format that conditional hatching uses."""

    plain: int
    heading: int
    note: int
    label: int
    wrapped: int
    id: int
    title: int
    factor: int
    bias: int
    rating: int
    prediction: int
    error: int
    held_out_rating: int
    held_out_prediction: int
    held_out_error: int
    mark: int
    objective: int
    whole: int
    hatching: Format


def add_styles(workbook: Workbook) -> Styles:
    """Make the formats of a workbook."""
    hatched = {"pattern": HATCHED, "fg_color": "#8C8C8C", "bg_color": "#FFFFFF"}
    changing = {"num_format": TWO_DIGITS, "bg_color": "#FFF8E5"}
    centered = {"align": "center"}

    def index(**looks: Any) -> int:  # noqa: ANN401 - XlsxWriter's properties
        place: int = workbook.add_format(looks)._get_xf_index()
        return place

    return Styles(
        plain=index(),
        heading=index(bold=True),
        note=index(italic=True, font_color="#666666"),
        label=index(bold=True, align="right"),
        wrapped=index(text_wrap=True, valign="top"),
        id=index(bold=True, bg_color="#EDEDED", **centered),
        title=index(rotation=90, valign="bottom", text_wrap=True, font_size=9),
        factor=index(**changing),
        bias=index(**changing | {"bg_color": "#EAF4E4"}),
        rating=index(num_format="General", **centered),
        prediction=index(num_format=PREDICTION),
        error=index(num_format=PREDICTION),
        held_out_rating=index(num_format="General", **centered, **hatched),
        held_out_prediction=index(num_format=PREDICTION, **hatched),
        held_out_error=index(num_format=PREDICTION, **hatched),
        mark=index(num_format="0;-0;", **centered),
        objective=index(bold=True, num_format="0.0000", border=1, bg_color="#FFF2B3"),
        whole=index(num_format="#,##0"),
        hatching=workbook.add_format(hatched),
    )


def color_ratings(sheet: StreamedSheet, block: Block, held_out: BoolArray | None = None) -> None:
    """Two colors, low to high, on the cells of a block that are not held out."""
    looks = {"type": "2_color_scale", "min_color": LOW_RATING, "max_color": HIGH_RATING}
    _color(sheet, block, looks | _without(block, held_out))


def color_errors(sheet: StreamedSheet, block: Block, largest: float, held_out: BoolArray | None = None) -> None:
    """Three colors, too low over right to too high; `largest` rating points are the ends of the scale."""
    looks = {
        "type": "3_color_scale",
        "min_type": "num", "mid_type": "num", "max_type": "num",
        "min_value": -largest, "mid_value": 0, "max_value": largest,
        "min_color": TOO_LOW, "mid_color": RIGHT, "max_color": TOO_HIGH,
    }  # fmt: skip
    _color(sheet, block, looks | _without(block, held_out))


def _without(block: Block, held_out: BoolArray | None) -> dict[str, str]:
    """The option that keeps a color scale off held-out cells.

    LibreOffice lets a color scale cover a pattern whatever the order and "stop if true" say; a range of very many
    pieces would slow every program down, though.
    """
    if held_out is None or not held_out.any() or held_out.all() or held_out.size > MOST_SPARED:
        return {}
    pieces = [
        Block(block.top + row, block.left + first, 1, end - first).name
        for row in range(block.height)
        for first, end in runs(~held_out[row])
    ]
    return {"multi_range": " ".join(pieces)}


def hatch_held_out(sheet: StreamedSheet, block: Block, marks: Block, hatching: Format) -> None:
    """Hatch the cells of `block` whose mark in `marks` is 1, now and after the marks have been changed.

    Must come before the color scales, which would hide the pattern.
    """
    first = fixed_name(marks.top, marks.left).replace("$", "")
    _color(sheet, block, {"type": "formula", "criteria": f"={first}=1", "format": hatching, "stop_if_true": True})


def _color(sheet: StreamedSheet, block: Block, looks: dict[str, Any]) -> None:
    sheet.conditional_format(block.top, block.left, block.bottom - 1, block.right - 1, looks)
