"""What the program remembers of its window: size, docks, theme, zoom, the sheet's look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from cfstudio.gui.zoom import Zoom

if TYPE_CHECKING:
    from pathlib import Path

    from cfstudio.gui.main_window import MainWindow

LAYOUT_VERSION = 3
"""Counts arrangements of docks and toolbars that cannot take over each other's places."""


def settings_path() -> Path:
    """The file in the user's own configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("cfstudio", appauthor=False) / "window.ini"


class LayoutMemory:
    """Reads at the start, writes when the window closes."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        self._window = window
        path.parent.mkdir(parents=True, exist_ok=True)
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        window.closing.connect(self.save)

    @property
    def theme(self) -> str | None:
        """The theme that was on, None if none was chosen."""
        theme = self._settings.value("theme")
        return str(theme) if theme else None

    def restore(self, *, has_size: bool) -> None:
        """Arrange the window as it was; `has_size` keeps the size that the command line asked for."""
        window, settings = self._window, self._settings
        zoom = settings.value("zoom")
        if isinstance(zoom, str) and zoom.isdecimal():
            Zoom.of_program().set(int(zoom))
        geometry, state = settings.value("geometry"), settings.value("state")
        if isinstance(geometry, QByteArray) and not has_size:
            # Qt moves it onto a screen that is there.
            window.restoreGeometry(geometry)
        if isinstance(state, QByteArray):
            window.restoreState(state, LAYOUT_VERSION)
        look = settings.value("look")
        if isinstance(look, str):
            try:
                window.sheet.look.take(dict(json.loads(look)))
            except (ValueError, TypeError):
                return
            window.follow_look()

    def save(self) -> None:
        """Write down how the window is now."""
        window, settings = self._window, self._settings
        settings.setValue("geometry", window.saveGeometry())
        settings.setValue("state", window.saveState(LAYOUT_VERSION))
        settings.setValue("zoom", str(Zoom.of_program().percent))
        settings.setValue("theme", window.theme_choice)
        settings.setValue("look", json.dumps(window.sheet.look.to_dict()))
        settings.sync()
