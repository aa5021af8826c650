"""Starting the program: the application, its window, and the picture that `--screenshot` asks for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from cfstudio.cli.window_options import WindowOptions, parse_window_options
from cfstudio.gui.layout_memory import LayoutMemory, settings_path
from cfstudio.gui.main_window import DEFAULT_SIZE, MainWindow
from cfstudio.gui.mishaps import Mishaps
from cfstudio.gui.theme import THEME_NAMES, apply_theme
from cfstudio.learning.compiling import compile_in_background
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.document import Workspace

if TYPE_CHECKING:
    from pathlib import Path

FIRST_DATA = "lesson"
COMPILE_MS = 300
"""Wait before the kernels are compiled, if they must be: the window comes first."""
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
    if not _has_screen():
        if options.screenshot is None:
            return _failed("There is no screen to open a window on; set DISPLAY, or take a picture with --screenshot.")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        qInstallMessageHandler(_print_message)
    window = _build(options, settings_path() if options.screenshot is None else None)
    app = QApplication.instance()
    assert app is not None
    Mishaps(window.card).install()
    if options.screenshot is not None:
        _take_picture_when_ready(window, options.screenshot)
    return app.exec()


def _has_screen() -> bool:
    """Whether Qt would find a display; without one it ends the process."""
    if sys.platform in ("win32", "darwin") or "QT_QPA_PLATFORM" in os.environ:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _print_message(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Print what Qt warns of, but for what the offscreen platform says about itself at every window."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)  # noqa: T201


def _failed(sentence: str) -> int:
    print(f"Error: {sentence}", file=sys.stderr)  # noqa: T201
    return 1


def _build(options: WindowOptions, memory: Path | None = None) -> MainWindow:
    """The window on what was asked for; as it was left last time if there is a file to remember it."""
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
    if memory is not None:
        layout = LayoutMemory(window, memory)
        layout.restore(has_size=size is not None)
        if options.theme == "system" and layout.theme in THEME_NAMES:
            window.use_theme(layout.theme)
        window.layout_memory = layout
    window.show()
    QTimer.singleShot(COMPILE_MS, window, compile_in_background)
    asked_for = options.file or options.data
    if asked_for and asked_for != FIRST_DATA:
        window.files.open(asked_for)
    return window


def _take_picture_when_ready(window: MainWindow, path: Path) -> None:
    """Save a picture once nothing is being read, and end the program; nobody is there to close a dialog."""
    app = QApplication.instance()
    assert app is not None
    timer = QTimer(window)

    def check() -> None:
        if not window.files.is_busy:
            timer.stop()
            QTimer.singleShot(SETTLE_MS, window, take)

    def take() -> None:
        saved = window.grab().save(str(path))
        app.exit(0 if saved else _failed(f"{path} could not be written; check that its folder exists."))

    def give_up(sentence: str) -> None:
        timer.stop()
        app.exit(_failed(sentence))

    window.files.tell_failure = give_up
    window.files.review = lambda found, open_it: open_it(found)
    timer.timeout.connect(check)
    timer.start(20)
