"""Putting a theme on the running program, and telling which one is on."""

from __future__ import annotations

from functools import partial
from typing import Literal, get_args

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolTip

from cfstudio.gui.theme_colors import DARK, LIGHT, PAPER, Theme

__all__ = ["DARK", "LIGHT", "PAPER", "THEMES", "THEME_NAMES", "Theme", "ThemeName", "apply_theme", "current_theme"]

ThemeName = Literal["light", "dark", "paper", "system"]
THEME_NAMES: tuple[ThemeName, ...] = get_args(ThemeName)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PAPER)}

INDICATORS = ("QCheckBox", "QRadioButton")
"""Widgets whose outline Fusion takes from the window's color."""

_CHOICE = "cfstudioThemeChoice"
_SYSTEM_IS_DARK = "cfstudioSystemIsDark"


class _Shown:
    """Asked for with every header that is painted; a property of the application would take ten times longer."""

    theme: Theme = LIGHT


def apply_theme(app: QApplication, name: ThemeName) -> Theme:
    """Put a theme on the running program; "system" takes light or dark as the desktop says, now and later.

    Raises ValueError for a name that is none of `THEME_NAMES`.
    """
    if name not in THEME_NAMES:
        raise ValueError(f"The theme must be one of {', '.join(THEME_NAMES)}, not {name!r}.")
    if app.property(_CHOICE) is None:
        # Taken before the first palette of ours hides the desktop's.
        app.setProperty(_SYSTEM_IS_DARK, app.palette().window().color().lightnessF() < 0.5)
        app.styleHints().colorSchemeChanged.connect(partial(_follow_system, app))
    app.setProperty(_CHOICE, name)
    theme = _system_theme(app) if name == "system" else THEMES[name]
    _Shown.theme = theme
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(theme.palette())
    for kind in INDICATORS:
        QApplication.setPalette(theme.indicator_palette(), kind)  # type: ignore[arg-type] # the stub says bytes
    QToolTip.setPalette(theme.palette())
    return theme


def current_theme() -> Theme:
    """The theme shown now; light before any was applied."""
    return _Shown.theme


def _system_theme(app: QApplication) -> Theme:
    scheme = app.styleHints().colorScheme()
    if scheme == Qt.ColorScheme.Unknown:
        return DARK if app.property(_SYSTEM_IS_DARK) else LIGHT
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def _follow_system(app: QApplication, _scheme: Qt.ColorScheme) -> None:
    if app.property(_CHOICE) == "system":
        apply_theme(app, "system")
