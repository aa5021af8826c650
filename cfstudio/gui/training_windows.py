"""The windows beside the main one that belong to training: made when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cfstudio.gui.main_window import MainWindow
    from cfstudio.gui.microscope.microscope_window import MicroscopeWindow
    from cfstudio.gui.rate_finder.finder_window import FinderWindow
    from cfstudio.gui.show_code.code_window import CodeWindow


class TrainingWindows:
    """Opens the microscope, the code and the learning-rate finder, each once."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.microscope: MicroscopeWindow | None = None
        self.code: CodeWindow | None = None
        self.finder: FinderWindow | None = None

    def open_microscope(self) -> None:
        """Show the next step on the selected cell; a run that is on pauses."""
        from cfstudio.gui.microscope.microscope_window import MicroscopeWindow

        window = self._window
        window.training.pause_for_edit()
        if self.microscope is None:
            self.microscope = MicroscopeWindow(window.workspace, window.control, window)
        _raise(self.microscope)

    def open_code(self) -> None:
        """Show the code of the present settings."""
        from cfstudio.gui.show_code.code_window import CodeWindow

        window = self._window
        if self.code is None:
            self.code = CodeWindow(window.workspace, window.control, window)
            self.code.said.connect(window.status.say)
        _raise(self.code)

    def open_finder(self) -> None:
        """Sweep the learning rate; a run that is on pauses."""
        from cfstudio.gui.rate_finder.finder_window import FinderWindow

        window = self._window
        window.training.pause_for_edit()
        if self.finder is None:
            self.finder = FinderWindow(window.workspace, window)
        _raise(self.finder)
        self.finder.begin()

    def close(self) -> None:
        """Close what is open: the main window is closing."""
        for one in (self.microscope, self.code, self.finder):
            if one is not None:
                one.close()


def _raise(widget: QWidget) -> None:
    widget.show()
    widget.raise_()
    widget.activateWindow()
