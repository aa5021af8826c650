"""Starting the program: the application, its window, and the picture that `--screenshot` asks for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cfstudio.cli.window_options import WindowOptions, parse_window_options
from cfstudio.gui.main_window import DEFAULT_SIZE, MainWindow
from cfstudio.gui.mishaps import Mishaps
from cfstudio.gui.theme import apply_theme
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.document import Workspace

if TYPE_CHECKING:
    from pathlib import Path

FIRST_DATA = "lesson"
SETTLE_MS = 300
"""Wait before the picture is taken, for layouts and curves to come to rest."""


def build_window(argv: list[str]) -> MainWindow:
    """Build and show the window on an existing or new QApplication and return at once.

    `argv` holds the window's command-line options. Larger data is read in the background.
    """
    return _build(parse_window_options(argv))


def run(argv: list[str]) -> int:
    """Run the program until its window is closed; returns the exit code."""
    options = parse_window_options(argv)
    window = _build(options)
    app = QApplication.instance()
    assert app is not None
    Mishaps(window.card).install()
    if options.screenshot is not None:
        _take_picture_when_ready(window, options.screenshot)
    return app.exec()


def _build(options: WindowOptions) -> MainWindow:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("CF Studio")
    app.setDesktopFileName("cfstudio")
    apply_theme(app, options.theme)
    workspace = Workspace()
    workspace.open_ratings(open_ratings(FIRST_DATA))
    window = MainWindow(workspace)
    size = options.size
    window.resize(*size) if size is not None else window.resize(DEFAULT_SIZE)
    window.show()
    asked_for = options.file or options.data
    if asked_for and asked_for != FIRST_DATA:
        window.files.open(asked_for)
    return window


def _take_picture_when_ready(window: MainWindow, path: Path) -> None:
    timer = QTimer(window)

    def check() -> None:
        if window.files.is_busy:
            return
        timer.stop()
        QTimer.singleShot(SETTLE_MS, take)

    def take() -> None:
        saved = window.grab().save(str(path))
        if not saved:
            print(f"{path} could not be written; check that its folder exists.", file=sys.stderr)  # noqa: T201
        app = QApplication.instance()
        assert app is not None
        app.exit(0 if saved else 1)

    timer.timeout.connect(check)
    timer.start(20)
