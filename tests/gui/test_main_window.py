"""What people gain from a window like other programs': everything is in a menu, says what it does, and has its key."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLineEdit,
    QMenu,
    QScrollBar,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)

ACTIONS = [
    "actionOpen",
    "actionSave",
    "actionSaveAs",
    "actionUndo",
    "actionRedo",
    "actionCopy",
    "actionFind",
    "actionTrain",
    "actionPause",
    "actionStepBatch",
    "actionStepEpoch",
    "actionStop",
    "actionResetFactors",
    "actionNewStart",
]
WIDGETS = [
    "statusBar",
    "formulaBar",
    "nameBox",
    "rmseCell",
    "ratingsView",
    "userFactorsView",
    "itemFactorsView",
    "trainingPanel",
    "rmsePlot",
    "lossHistory",
    "neighborsView",
]


def actions_in_menus(window):
    """All actions that a person finds by opening menus."""

    def walk(actions):
        for action in actions:
            if action.menu() is not None:
                yield from walk(action.menu().actions())
            elif not action.isSeparator():
                yield action

    return list(walk(window.menuBar().actions()))


def test_every_action_is_in_a_menu_and_says_what_it_does(lesson):
    in_menus = actions_in_menus(lesson.window)
    for name in ACTIONS:
        action = lesson.action(name)
        assert action in in_menus, name
        assert action.text(), name
        assert action.statusTip(), name
        assert action.toolTip() not in ("", action.text().replace("&", "")), name
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert not keys or f"({keys})" in action.toolTip(), name


def test_scripts_and_screen_readers_find_the_parts_by_name(lesson):
    for name in WIDGETS:
        found = lesson.window.findChildren(QWidget, name)
        assert len(found) == 1, name
        assert found[0].accessibleName(), name


def test_no_key_means_two_things(lesson):
    window = lesson.window
    keys = [
        sequence.toString()
        for action in window.findChildren(QAction)
        if action.shortcutContext() in (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
        for sequence in action.shortcuts()
        # A table's own menu names the key that the table itself handles.
        if not isinstance(action.parent(), QMenu)
    ]
    keys += [
        shortcut.key().toString()
        for shortcut in window.findChildren(QShortcut)
        if shortcut.context() in (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    ]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert {"Ctrl+O", "Ctrl+S", "Ctrl+Z", "Ctrl+C", "Ctrl+F", "Space"} <= set(keys)


def mnemonic(text):
    place = text.replace("&&", "").find("&")
    return text.replace("&&", "")[place + 1].lower() if place >= 0 else None


def check_letters(window):
    for menu in (window.menuBar(), *window.menuBar().findChildren(QMenu)):
        letters = Counter(filter(None, (mnemonic(action.text()) for action in menu.actions())))
        assert [letter for letter, count in letters.items() if count > 1] == []


def test_every_menu_entry_has_a_letter_of_its_own_idle_running_and_paused(lesson):
    check_letters(lesson.window)
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.state == "running")
    check_letters(lesson.window)
    lesson.do("actionPause")
    check_letters(lesson.window)


def test_actions_that_would_do_nothing_are_gray(lesson):
    assert not lesson.action("actionUndo").isEnabled()
    assert not lesson.action("actionRedo").isEnabled()
    assert not lesson.action("actionPause").isEnabled()
    assert not lesson.action("actionStop").isEnabled()
    assert lesson.action("actionTrain").isEnabled()
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.state == "running")
    assert lesson.action("actionPause").isEnabled()
    assert lesson.action("actionStop").isEnabled()


def test_the_title_names_the_document_and_marks_changes(lesson):
    window = lesson.window
    assert window.windowTitle() == "lesson[*] – CF Studio"
    assert not window.isWindowModified()
    lesson.type_into("ratingsView", 0, 0, "4.5")
    assert window.isWindowModified()
    lesson.do("actionUndo")
    assert not window.isWindowModified()
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    assert window.isWindowModified()


def test_the_first_start_asks_nothing_and_is_ready_to_play(open_window):
    person = open_window()
    assert person.window.workspace.ratings.name == "lesson"
    assert person.shown_rmse() == 2.8061
    assert person.find("ratingsView").hasFocus()
    assert person.window.findChildren(QMenu) != []
    assert not person.find("card", QWidget).isVisible()


def test_buttons_of_the_toolbar_stay_under_the_mouse_when_train_becomes_pause(lesson):
    bar = lesson.find("mainToolBar", QToolBar)
    stop = bar.widgetForAction(lesson.action("actionStop"))
    train = bar.widgetForAction(lesson.action("actionTrain"))
    before = stop.mapTo(lesson.window, QPoint(0, 0))
    assert train.text() == "Train"
    lesson.qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    lesson.wait_until(lambda: train.text() == "Pause")
    assert stop.mapTo(lesson.window, QPoint(0, 0)) == before
    lesson.qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert train.text() == "Go on"
    assert stop.mapTo(lesson.window, QPoint(0, 0)) == before


def test_panels_can_be_closed_and_brought_back_from_the_menu(lesson):
    for dock in lesson.window.findChildren(QDockWidget):
        toggle = dock.toggleViewAction()
        assert toggle in actions_in_menus(lesson.window)
        toggle.trigger()
        assert not dock.isVisible()
        toggle.trigger()
        assert dock.isVisible()


def test_a_closed_panel_does_not_disturb_training(lesson):
    for dock in lesson.window.findChildren(QDockWidget):
        dock.close()
    lesson.train()
    assert lesson.shown_rmse() < 0.396


# Screen readers

CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QAbstractSpinBox,
    QComboBox,
    QAbstractSlider,
    QAbstractItemView,
    QTabBar,
)


def is_inside_another_control(widget):
    """Parts that Qt makes: the line edit of a spin box, the buttons of a tab bar, the list of a combo box."""
    parent = widget.parent()
    while isinstance(parent, QWidget) and not parent.isWindow():
        if isinstance(parent, (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QAbstractItemView)):
            return True
        parent = parent.parent()
    return isinstance(parent, QWidget) and parent.parent() is not None


def name_of(widget):
    """What a screen reader would say: the accessible name, or the text that is on it."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


def test_every_control_of_the_window_has_a_name(lesson):
    lesson.train()
    nameless = [
        f"{type(widget).__name__} “{widget.objectName()}” in {type(widget.parent()).__name__}"
        for widget in lesson.window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and not isinstance(widget, (QScrollBar, QHeaderView))
        and not widget.objectName().startswith("qt_")
        and not is_inside_another_control(widget)
        and not name_of(widget)
    ]
    assert nameless == []


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
def test_f6_reaches_every_panel_and_comes_back_to_where_it_began(lesson, modifier):
    """The RMSE plot once kept the focus to itself for ever; Tab belongs to the cells."""
    view = lesson.find("ratingsView")
    view.setFocus()
    visited = []
    while view.objectName() not in visited and len(visited) < 60:
        lesson.press(Qt.Key.Key_F6, modifier)
        visited.append(QApplication.focusWidget().objectName())
    assert visited[-1] == "ratingsView"
    wanted = {"nameBox", "userFactorsView", "itemFactorsView", "neighborsView", "rmsePlot", "sheetTabs", "model"}
    assert wanted <= set(visited)


def test_tab_goes_through_the_settings_in_their_order(lesson):
    lesson.find("model", QWidget).setFocus()
    visited = ["model"]
    for _ in range(4):
        lesson.press(Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget().objectName())
    assert visited == ["model", "n_factors", "optimizer", "learning_rate", "batch_size"]


def test_toolbar_buttons_say_what_they_do(lesson):
    for button in lesson.find("mainToolBar", QToolBar).findChildren(QToolButton):
        if not button.objectName().startswith("qt_"):
            assert button.toolTip()
            assert name_of(button)


def test_every_setting_explains_itself(lesson):
    form = lesson.find("settingsForm", QWidget)
    for field in form.fields.values():
        assert field.control.accessibleDescription()
        assert field.control.toolTip()
