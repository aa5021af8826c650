"""Every color of the program: what a theme consists of, and the three there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

from cfstudio.gui.color_ramps import ramp_through

if TYPE_CHECKING:
    from cfstudio.gui.color_ramps import Ramp


@dataclass(frozen=True, eq=False)
class Theme:
    """The colors of one look, "#rrggbb" or "#aarrggbb" as QColor reads them.

    The first group goes into the QPalette and reaches every widget by itself; the rest is read by whoever paints:
    `muted_text` for predictions of unrated cells (readable on `base`, `alternate_base` and `window`, not on a ramp),
    `header_selected` behind the header of the current row and column, `held_out_hatch` for the hatching of held-out
    cells. Text in `text` is readable on every entry of the ramps: `rating_ramp` runs from the lowest to the highest
    rating, `error_ramp` and `factor_ramp` from negative over the neutral cell background to positive.
    """

    name: str
    is_dark: bool

    window: str
    window_text: str
    base: str
    alternate_base: str
    text: str
    button: str
    button_text: str
    bright_text: str
    highlight: str
    highlighted_text: str
    accent: str
    link: str
    placeholder_text: str
    tool_tip_base: str
    tool_tip_text: str
    light: str
    midlight: str
    mid: str
    dark: str
    shadow: str
    disabled_text: str
    disabled_highlight: str

    grid_line: str
    header: str
    header_text: str
    header_selected: str
    muted_text: str
    selection_outline: str
    selection_fill: str
    held_out_hatch: str
    card: str
    card_border: str
    warning: str
    warning_background: str
    train_curve: str
    valid_curve: str
    baseline: str
    plot_grid: str
    similarity_bar: str

    categories: tuple[str, ...]
    """Kinds of points on a map, for any color vision (after Okabe and Ito 2008); the last is for "other"."""
    sequence_ramp: Ramp
    """Few to many: points in any of its colors are seen on `base`."""
    rating_ramp: Ramp
    error_ramp: Ramp
    factor_ramp: Ramp

    def color(self, name: str) -> QColor:
        """One of the colors above, to paint with."""
        return QColor(getattr(self, name))

    def palette(self) -> QPalette:
        """The palette for Qt's own widgets."""
        role = QPalette.ColorRole
        palette = QPalette()
        for one, color in (
            (role.Window, self.window),
            (role.WindowText, self.window_text),
            (role.Base, self.base),
            (role.AlternateBase, self.alternate_base),
            (role.Text, self.text),
            (role.Button, self.button),
            (role.ButtonText, self.button_text),
            (role.BrightText, self.bright_text),
            (role.Highlight, self.highlight),
            (role.HighlightedText, self.highlighted_text),
            (role.Accent, self.accent),
            (role.Link, self.link),
            (role.LinkVisited, self.link),
            (role.PlaceholderText, self.placeholder_text),
            (role.ToolTipBase, self.tool_tip_base),
            (role.ToolTipText, self.tool_tip_text),
            (role.Light, self.light),
            (role.Midlight, self.midlight),
            (role.Mid, self.mid),
            (role.Dark, self.dark),
            (role.Shadow, self.shadow),
        ):
            palette.setColor(one, QColor(color))
        for one in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
            palette.setColor(QPalette.ColorGroup.Disabled, one, QColor(self.disabled_text))
        palette.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(self.window))
        palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(self.disabled_highlight))
        palette.setColor(QPalette.ColorGroup.Disabled, role.Accent, QColor(self.disabled_highlight))
        return palette

    def indicator_palette(self) -> QPalette:
        """The palette for check boxes and radio buttons.

        Fusion outlines them in a slightly darker window color, which on a dark window nobody sees; none of them fills
        its ground, so that the window color means nothing else here.
        """
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(self.placeholder_text).lighter(140))
        return palette


def _ramp(*colors: str) -> Ramp:
    return ramp_through([QColor(color) for color in colors])


def _light() -> Theme:
    return Theme(
        name="light",
        is_dark=False,
        window="#f3f5f8",
        window_text="#1c2430",
        base="#ffffff",
        alternate_base="#f7f9fb",
        text="#1c2430",
        button="#fbfcfd",
        button_text="#1c2430",
        bright_text="#ffffff",
        highlight="#1f66c7",
        highlighted_text="#ffffff",
        accent="#1f66c7",
        link="#1a5bb5",
        placeholder_text="#636e80",
        tool_tip_base="#1f2733",
        tool_tip_text="#f2f5f9",
        light="#ffffff",
        midlight="#eceff3",
        mid="#c3cad4",
        dark="#8e99a8",
        shadow="#5a6472",
        disabled_text="#98a2b0",
        disabled_highlight="#c3cad4",
        grid_line="#e1e6ec",
        header="#eef1f5",
        header_text="#3a4656",
        header_selected="#d3e3f8",
        muted_text="#636e80",
        selection_outline="#1f66c7",
        selection_fill="#211f66c7",
        held_out_hatch="#4c1c2430",
        card="#ffffff",
        card_border="#d5dce5",
        warning="#9a4a00",
        warning_background="#fff1de",
        train_curve="#1f66c7",
        valid_curve="#bd5208",
        baseline="#636e80",
        plot_grid="#e6eaf0",
        similarity_bar="#cfe1f7",
        categories=("#0072b2", "#d55e00", "#009e73", "#b0508c", "#8a6d00", "#2e9fd6", "#1c2430", "#98a2b0"),
        sequence_ramp=_ramp("#e2a23b", "#c9476b", "#3a1d70"),
        rating_ramp=_ramp("#fdf3d3", "#cbe5cd", "#94ccd2", "#5fa9d4"),
        error_ramp=_ramp("#6ea8e8", "#b9d4f3", "#ffffff", "#fbd3a6", "#f09f4a"),
        factor_ramp=_ramp("#b795dc", "#dccdee", "#ffffff", "#bfe3c6", "#6abb85"),
    )


def _dark() -> Theme:
    return Theme(
        name="dark",
        is_dark=True,
        window="#1d2127",
        window_text="#e5e9ef",
        base="#15181d",
        alternate_base="#1a1e24",
        text="#e5e9ef",
        button="#2a3038",
        button_text="#e5e9ef",
        bright_text="#ffffff",
        highlight="#2a62b0",
        highlighted_text="#ffffff",
        accent="#5d9ff0",
        link="#7ab2f5",
        placeholder_text="#8b95a4",
        tool_tip_base="#e5e9ef",
        tool_tip_text="#1a1e24",
        light="#3a414c",
        midlight="#323842",
        mid="#3d4550",
        dark="#0f1216",
        shadow="#0a0c0f",
        disabled_text="#646e7c",
        disabled_highlight="#3d4550",
        grid_line="#2a3038",
        header="#22272e",
        header_text="#b9c2ce",
        header_selected="#264066",
        muted_text="#8b95a4",
        selection_outline="#6dabf6",
        selection_fill="#335d9ff0",
        held_out_hatch="#57e5e9ef",
        card="#242931",
        card_border="#3a424d",
        warning="#f5b565",
        warning_background="#3a2d1b",
        train_curve="#66a8f7",
        valid_curve="#f2a355",
        baseline="#8b95a4",
        plot_grid="#272d35",
        similarity_bar="#24405f",
        categories=("#4ba6e8", "#f0813a", "#2fc295", "#e08fc0", "#e6d257", "#9fd8f5", "#e5e9ef", "#646e7c"),
        sequence_ramp=_ramp("#5f45b5", "#d4588c", "#f9dc6a"),
        rating_ramp=_ramp("#2b2419", "#27402f", "#1d5660", "#1e679d"),
        error_ramp=_ramp("#2a68b8", "#213f68", "#15181d", "#5a3815", "#9b5511"),
        factor_ramp=_ramp("#8052b3", "#44315d", "#15181d", "#20492f", "#26763f"),
    )


def _paper() -> Theme:
    return Theme(
        name="paper",
        is_dark=False,
        window="#f2eadb",
        window_text="#33291d",
        base="#fbf6ea",
        alternate_base="#f7f0e1",
        text="#33291d",
        button="#f9f3e6",
        button_text="#33291d",
        bright_text="#fffaf0",
        highlight="#2c6173",
        highlighted_text="#fffaf0",
        accent="#2c6173",
        link="#245467",
        placeholder_text="#75664f",
        tool_tip_base="#3a2f22",
        tool_tip_text="#faf3e4",
        light="#fffaf0",
        midlight="#ece2d0",
        mid="#cdbfa6",
        dark="#a08f75",
        shadow="#6d5f4b",
        disabled_text="#a99a84",
        disabled_highlight="#cdbfa6",
        grid_line="#e6dbc6",
        header="#eee4d1",
        header_text="#54472f",
        header_selected="#d5dfd9",
        muted_text="#75664f",
        selection_outline="#2c6173",
        selection_fill="#262c6173",
        held_out_hatch="#4c33291d",
        card="#fdf9f0",
        card_border="#dccfb7",
        warning="#8f3d12",
        warning_background="#f8e0c8",
        train_curve="#2c6173",
        valid_curve="#b24a17",
        baseline="#7a6b57",
        plot_grid="#ebe1ce",
        similarity_bar="#d3e0dc",
        categories=("#0072b2", "#d55e00", "#009e73", "#b0508c", "#8a6d00", "#2e9fd6", "#33291d", "#a99a84"),
        sequence_ramp=_ramp("#e2a23b", "#c9476b", "#3a1d70"),
        rating_ramp=_ramp("#f8e8bf", "#d3ddb6", "#a1c8bb", "#6fa6c0"),
        error_ramp=_ramp("#7fabd4", "#c1d3df", "#fbf6ea", "#f5cf9e", "#e29a52"),
        factor_ramp=_ramp("#b497cf", "#dac9dd", "#fbf6ea", "#c6dcb9", "#78b381"),
    )


LIGHT, DARK, PAPER = _light(), _dark(), _paper()
