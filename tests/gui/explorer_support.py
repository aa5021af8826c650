"""How a person opens a panel of the explorer and waits for what it shows."""

from PySide6.QtCore import Qt


def open_panel(person, name):
    """Go to a panel by its action, and wait until it is built and shows something."""
    person.do(f"action{name.capitalize()}")
    view = person.find(f"{name}View")
    person.wait_until(lambda: view.panel is not None)
    settle(person, view.panel)
    return view.panel


def settle(person, panel):
    """Wait until nothing more is on its way to the panel."""
    person.wait_until(lambda: not panel.is_waiting)


def column(table, number):
    """What stands in a column, from top to bottom."""
    model = table.model()
    return [model.index(row, number).data(Qt.ItemDataRole.EditRole) for row in range(model.rowCount())]
