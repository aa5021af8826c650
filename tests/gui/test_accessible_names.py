"""Nobody is left guessing: every control of the window and its dialogs has a name that is read aloud, and a tooltip."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QTabBar,
    QWidget,
)

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar,
)  # fmt: skip


def is_own_part(widget):
    """Whether it is a part of another control, which has the name: a spin box's field, a view's scroll bar."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, (QDialog, QMainWindow)):
        if isinstance(parent, (QAbstractSpinBox, QComboBox, QHeaderView, QAbstractItemView, QLineEdit, QTabBar)):
            return True
        if isinstance(parent, QAbstractScrollArea) and widget.objectName().startswith("qt_"):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def name_of(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    return widget.accessibleName() or ("" if interface is None else interface.text(QAccessible.Text.Name))


def tip_of(widget):
    while widget is not None:
        if widget.toolTip():
            return widget.toolTip()
        if isinstance(widget, (QDialog, QMainWindow)):
            return ""
        # A sheet of cells explains itself cell by cell; a tab bar tab by tab.
        if isinstance(widget, QAbstractItemView):
            return "its cells"
        if isinstance(widget, QTabBar):
            return widget.tabToolTip(0)
        widget = widget.parentWidget() if isinstance(widget, QLineEdit) else None
    return ""


def is_asked(widget):
    focuses = widget.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(widget, QAbstractButton)
    return isinstance(widget, CONTROLS) and focuses and not is_own_part(widget)


def described(widget):
    path, one = [], widget
    while one is not None:
        path.append(one.objectName() or type(one).__name__)
        one = one.parentWidget()
    return "/".join(reversed(path))


def nameless(root):
    controls = [one for one in root.findChildren(QWidget) if is_asked(one)]
    assert controls
    return "\n".join(
        f"{described(one)}: {'' if name_of(one) else 'no name '}{'' if tip_of(one) else 'no tooltip'}"
        for one in controls
        if not name_of(one) or not tip_of(one)
    )


@pytest.fixture
def window(lesson):
    for page in (2, 3):
        lesson.window.pages.open(page)
    lesson.do("actionFind")
    QApplication.processEvents()
    return lesson.window


def dialogs(window):
    from cfstudio.gui.crosstab.crosstab_dialog import CrosstabDialog
    from cfstudio.gui.format_dialog import FormatDialog
    from cfstudio.gui.optimizer_lab.optimizer_lab import OptimizerLab
    from cfstudio.gui.randomize.randomize_dialog import RandomizeDialog
    from cfstudio.gui.shortcuts_dialog import ShortcutsDialog
    from cfstudio.gui.solver.solver_dialog import SolverDialog
    from cfstudio.gui.workbooks.export_dialog import ExportDialog

    workspace, axes, sheet = window.workspace, window.axes, window.sheet
    selected = sheet.selected_users(), sheet.selected_items()
    return {
        "format": lambda: FormatDialog(sheet, window),
        "crosstab": lambda: CrosstabDialog(workspace, axes, selected, window),
        "randomize": lambda: RandomizeDialog(workspace, window),
        "export": lambda: ExportDialog(workspace.ratings, workspace.factors, axes.users, axes.items, window),
        "shortcuts": lambda: ShortcutsDialog(window.actions_by_name, window),
        "solver": lambda: SolverDialog(workspace, window.control, sheet, window),
        "optimizer lab": lambda: OptimizerLab(window),
    }


def test_every_control_of_the_window_has_a_name_and_a_tooltip(window):
    assert nameless(window) == ""


@pytest.mark.parametrize("name", ["format", "crosstab", "randomize", "export", "shortcuts", "solver", "optimizer lab"])
def test_every_control_of_the_dialogs_has_a_name_and_a_tooltip(window, name):
    dialog = dialogs(window)[name]()
    dialog.show()
    QApplication.processEvents()
    assert nameless(dialog) == ""
    dialog.close()
    dialog.deleteLater()


def test_every_control_of_the_import_preview_has_a_name_and_a_tooltip(window, tmp_path):
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.read_workbook import read_workbook
    from cfstudio.exchange.workbook import default_crosstab, export_workbook
    from cfstudio.gui.workbooks.import_dialog import ImportDialog

    workspace = window.workspace
    users, items = default_crosstab(workspace.ratings)
    part = DocumentPart(workspace.ratings, workspace.held_out, workspace.factors)
    export_workbook(part, tmp_path / "x.xlsx", users=users, items=items)
    dialog = ImportDialog(read_workbook(tmp_path / "x.xlsx"), window)
    dialog.show()
    assert nameless(dialog) == ""
    dialog.reject()
