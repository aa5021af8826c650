"""Icons in the theme's colors, from the one icon font that the program uses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import qtawesome
from qtawesome.iconic_font import IconicFont

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

FONT = "mdi6"


@cache
def _font() -> Any:  # noqa: ANN401
    """Material Design Icons alone: qtawesome itself would load nine fonts, 60 ms and 12 MB more."""
    return IconicFont(next(font for font in qtawesome._BUNDLED_FONTS if font[0] == FONT))


def icon(name: str, color: str, disabled: str) -> QIcon:
    """The icon of a name such as `play`, in "#rrggbb" colors."""
    drawn: QIcon = _font().icon(f"{FONT}.{name}", color=color, color_disabled=disabled)
    return drawn
