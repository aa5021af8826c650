"""How a window shows its document, to be kept in the session: layer, gray predictions, page, speed, numbers' look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfstudio.gui.sheet.layers import Layer

WIDEST_COLUMN = 60
"""Characters."""

if TYPE_CHECKING:
    from cfstudio.gui.main_window import MainWindow


def view_of(window: MainWindow) -> dict[str, Any]:
    """The present view as JSON values."""
    return {
        "layer": window.sheet.layer.value,
        "predicts_blanks": window.sheet.ratings_model.predicts_blanks,
        "page": window.pages.tabs.currentIndex(),
        "steps_per_second": window.speed.value(),
        "look": window.sheet.look.to_dict(),
        "column_width": window.sheet.sizes.own_characters,
        "axis_names": window.workspace.axis_names.to_view(),
    }


def apply_view(window: MainWindow, view: dict[str, Any]) -> None:
    """Show the document as it was shown; what is missing or makes no sense stays as it is."""
    layers = {layer.value: layer for layer in Layer}
    layer = view.get("layer")
    if isinstance(layer, str) and layer in layers:
        window.sheet.show_layer(layers[layer])
    if isinstance(view.get("predicts_blanks"), bool):
        window.sheet.predict_blanks(shown=view["predicts_blanks"])
    speed = view.get("steps_per_second", False)
    if speed is None or (isinstance(speed, (int, float)) and not isinstance(speed, bool) and speed >= 1):
        window.speed.set_value(speed)
    if isinstance(view.get("look"), dict):
        window.sheet.look.take(view["look"])
    apply_width(window, view.get("column_width"))
    window.workspace.axis_names.take(view.get("axis_names"))
    page = view.get("page")
    if isinstance(page, int) and 0 <= page < window.pages.tabs.count():
        window.pages.open(page)
    window.follow_look()


def apply_width(window: MainWindow, width: object) -> None:
    """Make the sheet's columns so many characters wide; as wide as suits the data where nobody has chosen a width."""
    if isinstance(width, int) and not isinstance(width, bool) and 3 <= width <= WIDEST_COLUMN:
        window.sheet.sizes.set_characters(width)
    else:
        window.sheet.sizes.forget_width()
