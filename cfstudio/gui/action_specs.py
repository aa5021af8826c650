"""Every action of the program: its name, text, shortcut, icon and tooltip, menu by menu."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

Standard = QKeySequence.StandardKey


@dataclass(frozen=True)
class ActionSpec:
    """What an action is, apart from what it does."""

    name: str
    text: str
    tip: str
    shortcut: str | Standard | tuple[str, ...] | None = None
    icon: str | None = None
    is_checkable: bool = False


SEPARATOR = ActionSpec("", "", "")
Spec = ActionSpec

FILE_ACTIONS = (
    Spec("actionOpen", "&Open…", "Open ratings, a session or a workbook", Standard.Open, "folder-open-outline"),
    Spec("actionSave", "&Save", "Save the session", Standard.Save, "content-save-outline"),
    Spec("actionSaveAs", "Save &as…", "Save the session under another name", "Ctrl+Alt+S"),
    SEPARATOR,
    Spec("actionImportWorkbook", "&Import workbook…", "Open the crosstab of an Excel workbook", "Ctrl+Shift+I"),
    Spec("actionExportWorkbook", "&Export workbook…", "Write a workbook with live formulas", "Ctrl+Shift+E"),
    SEPARATOR,
    Spec("actionQuit", "&Quit", "Close CF Studio", "Ctrl+Q"),
)
EDIT_ACTIONS = (
    Spec("actionUndo", "&Undo", "Take back the last change", Standard.Undo, "undo"),
    Spec("actionRedo", "&Redo", "Apply the undone change again", Standard.Redo, "redo"),
    SEPARATOR,
    Spec("actionCut", "Cu&t", "Copy the selected cells and blank them", Standard.Cut),
    Spec("actionCopy", "&Copy", "Copy the selected cells for a spreadsheet, numbers in full", Standard.Copy),
    Spec("actionCopyWithHeaders", "Copy with &headers", "Copy with the names of rows and columns", "Ctrl+Shift+C"),
    Spec("actionPaste", "&Paste", "Put the copied cells here", Standard.Paste),
    Spec("actionFillDown", "Fill &down", "Fill the selection with its first row", "Ctrl+D"),
    Spec("actionFillRight", "F&ill right", "Fill the selection with its first column", "Ctrl+R"),
    SEPARATOR,
    Spec("actionFind", "&Find…", "Find titles, ids, users, also by regular expression; show only those", Standard.Find),
    Spec("actionGoTo", "&Go to…", "Go to an address, a title, a user: H25, “user 547, movie 356”", "Ctrl+G"),
)
SHEET_ACTIONS = (
    Spec(
        "actionCrosstab", "&Choose the crosstab…", "Which users and movies the sheet shows; the pandas lines", "Ctrl+T"
    ),
    Spec("actionHideUsers", "Hide selected &users", "Hide the rows in which something is selected", "Ctrl+9"),
    Spec("actionHideItems", "Hide selected mo&vies", "Hide the columns in which something is selected", "Ctrl+8"),
    Spec("actionShowAll", "Show &all", "Show every user and movie again", "Ctrl+Shift+9"),
    SEPARATOR,
    Spec("actionSortUsers", "&Sort users by this column", "Highest first; once more: lowest first", "Ctrl+Alt+Down"),
    Spec("actionSortItems", "Sort movies by this ro&w", "Highest first; once more: lowest first", "Ctrl+Alt+Right"),
    SEPARATOR,
    Spec(
        "actionAddUser",
        "Add a user",
        "A new row at the end; its factors and bias are drawn from the start's",
        "Ctrl+Alt+U",
    ),
    Spec(
        "actionAddItem",
        "Add a movie…",
        "A new column at the end; its factors and bias are drawn from the start's",
        "Ctrl+Alt+M",
    ),
    Spec("actionRemoveUsers", "Remove selected users", "Take them and their ratings out of the document", "Ctrl+Alt+9"),
    Spec(
        "actionRemoveItems", "Remove selected movies", "Take them and their ratings out of the document", "Ctrl+Alt+8"
    ),
    SEPARATOR,
    Spec("actionMoreFactors", "One factor &more", "Add a factor with random numbers; the others stay", "Ctrl+Alt+="),
    Spec("actionFewerFactors", "One factor &fewer", "Drop the last factor; the others stay", "Ctrl+Alt+-"),
    Spec("actionRandomize", "Re-&randomize…", "Draw new starting numbers from a chosen distribution", "Ctrl+Alt+R"),
    SEPARATOR,
    Spec("actionPrecedents", "Go to &precedents", "Select the factors that this prediction is made of", "Ctrl+["),
    Spec("actionDependents", "Go to &dependents", "Select the cells that this factor feeds", "Ctrl+]"),
)
TRAIN_ACTIONS = (
    Spec("actionTrain", "&Train", "Start training, pause it, go on", "Space", "play"),
    Spec("actionPause", "Pa&use the run", "Pause training", "Shift+F8", "pause"),
    Spec("actionStepBatch", "One &batch", "Train one step: one batch of ratings", "F8", "debug-step-over"),
    Spec("actionStepEpoch", "One &epoch", "Train to the end of the epoch", "F9", "skip-next"),
    Spec("actionStepBack", "One step bac&k", "Take back the run's last step; once more: the one before", "Ctrl+F8",
         "step-backward"),
    Spec("actionStop", "&Stop", "End the run and keep what it has learned", "Shift+F5", "stop"),
    Spec("actionResetFactors", "&Reset", "Back to the starting factors of the seed", "F7", "skip-backward"),
    Spec("actionNewStart", "&New random start", "Draw other starting factors", "Shift+F7", "dice-multiple"),
    SEPARATOR,
    Spec("actionMicroscope", "One step under the &microscope", "Every number of a step on the selected cell", "Ctrl+M"),
    Spec("actionFindLearningRate", "&Find a learning rate…", "Try rates from tiny to huge, see where the error falls",
         "Ctrl+L"),
    Spec("actionShowCode", "Show the &code", "Model, data and loop as a plain PyTorch script", "Ctrl+Alt+C"),
    SEPARATOR,
    Spec("actionSolver", "So&lver…", "Make a cell small by changing cells, as Excel does", "Ctrl+Shift+S"),
    Spec("actionOptimizerLab", "&Optimizer worksheets", "Gradient descent on a line, row by row", "Ctrl+Shift+O"),
)  # fmt: skip
VIEW_ACTIONS = (
    Spec("actionPredictBlanks", "Predict unrated ce&lls", "Show, in gray, what the model says where nobody has rated",
      "Ctrl+5", is_checkable=True),
    Spec("actionColors", "&Colors", "Color the cells by their numbers", "Ctrl+6", is_checkable=True),
    Spec("actionMoreDecimals", "&More decimals", "One more digit behind the point", "Ctrl+Alt+."),
    Spec("actionFewerDecimals", "&Fewer decimals", "One digit less behind the point", "Ctrl+Alt+,"),
    Spec("actionFormat", "N&umber format and colors…", "Decimals, and where the colors end", "Ctrl+Alt+F"),
    Spec("actionColumnWidth", "Column &width…", "How wide the sheet's columns are", "Ctrl+Alt+W"),
    SEPARATOR,
    Spec("actionZoomIn", "Zoom &in", "Everything larger; Ctrl with the mouse wheel does the same",
         ("Ctrl++", "Ctrl+=")),
    Spec("actionZoomOut", "Zoom &out", "Everything smaller", Standard.ZoomOut),
    Spec("actionZoomReset", "Ori&ginal size", "Back to 100 %", "Ctrl+0"),
    SEPARATOR,
    Spec("actionNextPage", "Next &page", "The next of the lesson's pages", "Ctrl+PgDown"),
    Spec("actionPreviousPage", "P&revious page", "The page before", "Ctrl+PgUp"),
    Spec("actionNextPane", "Next pa&nel", "Move the keyboard to the next part of the window", "F6"),
    Spec("actionPreviousPane", "Pre&vious panel", "Move the keyboard to the part before", "Shift+F6"),
)  # fmt: skip
EXPLORE_ACTIONS = (
    Spec("actionNeighbors", "Most &similar", "Who is near whom: the list of the most similar", "Alt+1"),
    Spec("actionNeighborsBack", "Neighbors bac&k", "The list that was asked for before", "Alt+Left"),
    Spec("actionNeighborsForward", "Neighbors forwar&d", "The list after that", "Alt+Right"),
    Spec("actionMap", "M&ap", "All movies or users as a map of their factors", "Alt+2"),
    Spec("actionBias", "&Bias", "Best and worst movies, corrected for who rated; harsh and generous users", "Alt+3"),
    Spec("actionFactors", "What factors m&ean", "What each factor may stand for; turn, drop, nudge", "Alt+4"),
    SEPARATOR,
    Spec("actionNewUser", "&New person…", "Give stars as somebody new: recommendations at every click", "Ctrl+Shift+N"),
    Spec("actionNewMovie", "New mo&vie…", "A movie from its genres, year and a few ratings", "Ctrl+Shift+K"),
    Spec("actionRecommendations", "&Recommendations", "What the selected user has not seen yet", "Ctrl+Shift+R"),
    Spec("actionWhy", "&Why this prediction", "What the selected prediction is made of", "Ctrl+Shift+Y"),
)
HELP_ACTIONS = (Spec("actionShortcuts", "&Shortcuts", "Every action with its keys", "F1"),)

MENUS = {
    "&File": FILE_ACTIONS,
    "&Edit": EDIT_ACTIONS,
    "&Sheet": SHEET_ACTIONS,
    "&Train": TRAIN_ACTIONS,
    "E&xplore": EXPLORE_ACTIONS,
    "&View": VIEW_ACTIONS,
    "&Help": HELP_ACTIONS,
}
"""Menus and what is in them, in their order."""

SHEET_KEYS = (
    ("Arrow keys", "Go to the next cell; over the edge into the grid beside"),
    ("Ctrl+Arrow keys", "Go to where the ratings or the blanks end"),
    ("Shift with them", "Extend the selection"),
    ("Home, End", "First, last column"),
    ("Ctrl+Home, Ctrl+End", "First, last cell"),
    ("Page Up, Page Down", "A page up or down; with Alt to the left or right"),
    ("Tab, Return", "Right, down; with Shift back; within a selected range if there is one"),
    ("F2, or type", "Edit the cell; Escape leaves it as it was"),
    ("= …", "Arithmetic, once: =4.5-1, =H25/2, =AVERAGE(H2:H16), =SQRT(2); SUM, MIN, MAX, COUNT, MMULT …"),
    ("Ctrl+Return", "Put what is typed into all selected cells"),
    ("Delete", "Blank the selected ratings"),
    ("Ctrl+Space, Shift+Space", "Select whole columns, whole rows"),
    ("Ctrl+A", "Select everything"),
    ("Ctrl+Mouse wheel", "Zoom"),
)
"""Keys of the grids that are no actions."""
