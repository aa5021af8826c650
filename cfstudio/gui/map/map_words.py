"""What is said of the map, and who is meant by what is typed into its search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.explore.titles import search_titles
from cfstudio.workspace.axis_names import component_key

if TYPE_CHECKING:
    from cfstudio.explore.plane import Plane
    from cfstudio.ratings.table import Ratings
    from cfstudio.workspace.axis_names import AxisNames
    from cfstudio.workspace.model_state import Side


def about(plane: Plane, kind: str, *, is_running: bool, is_trained: bool) -> str:
    """How many points, and what their places mean."""
    text = f"{len(plane.codes):,} {kind}s"
    if plane.components:
        text += f" · these two components hold {100 * sum(plane.explained):.0f} % of the variance"
        text += ", turned to keep still while it trains" if plane.is_turned else ""
    elif not is_running:
        text += " · distances between far groups mean little · choose it again for the present factors"
    return text if is_trained else f"{text} · untrained: random factors"


def axis_texts(plane: Plane, side: Side, names: AxisNames) -> tuple[str, str]:
    """What stands at the axes: the component's name or number, and its part of the variance; nothing for a t-SNE."""
    if not plane.components:
        return "", ""
    texts = []
    for component, part in zip(plane.components, plane.explained, strict=True):
        name = names.get(component_key(side, component))
        texts.append(f"{name or f'component {component + 1}'} · {100 * part:.0f} %")
    return texts[0], texts[1]


def found_codes(ratings: Ratings, side: Side, text: str) -> list[int]:
    """Codes of the movies or users whose names contain what is typed, the most rated first."""
    if side == "item":
        return search_titles(ratings.item_table, text, ratings.n_items, ratings.counts_by_item())
    wanted = text.casefold().strip()
    return [code for code in range(ratings.n_users) if wanted and wanted in ratings.user_name(code).casefold()]
