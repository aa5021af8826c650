"""Tooltips for a dialog's standard buttons: what each of them does here."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox

Button = QDialogButtonBox.StandardButton
USUAL = {
    Button.Ok: "Take this over (Return)",
    Button.Cancel: "Leave everything as it was (Escape)",
    Button.Close: "Close (Escape)",
    Button.RestoreDefaults: "Put everything here back to what it is at first",
}


def explain_buttons(box: QDialogButtonBox, **tips: str) -> None:
    """Give every standard button of a box a tooltip: the given one by the button's name, or the usual one."""
    for kind, usual in USUAL.items():
        button = box.button(kind)
        if button is not None:
            button.setToolTip(tips.get(str(kind.name), usual))
