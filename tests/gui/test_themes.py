"""What people gain from the themes: everybody can read every number, at night, on paper color, with any eyes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QAction, QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QRadioButton, QWidget

from cfstudio.gui.theme import DARK, LIGHT, PAPER, THEMES, apply_theme, current_theme

RAMPS = ("rating_ramp", "error_ramp", "factor_ramp")
ALL = pytest.mark.parametrize("theme", [LIGHT, DARK, PAPER], ids=lambda theme: theme.name)

# Severity 1.0 of the simulation by Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
# Color Vision Deficiency", IEEE TVCG 15 (6), 2009, doi 10.1109/TVCG.2009.113; for linear RGB.
COLOR_BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def rgb(color):
    """(3,) 0 to 1."""
    return np.array(QColor(color).getRgbF()[:3])


def linear(srgb):
    srgb = np.asarray(srgb, dtype=float)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Contrast ratio of WCAG 2.2: 1 to 21."""
    luminance = [linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other)]
    lighter, darker = np.maximum(*luminance), np.minimum(*luminance)
    return (lighter + 0.05) / (darker + 0.05)


def lab(linear_rgb):
    """CIE L*a*b* under D65."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    x, y, z = (to_xyz @ np.clip(linear_rgb, 0, 1)) / [0.95047, 1.0, 1.08883]
    f = [np.cbrt(t) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, seen_by=None):
    """CIE 1976 color difference of two sRGB colors; 2.3 can just be noticed."""
    matrix = np.eye(3) if seen_by is None else np.array(COLOR_BLIND[seen_by])
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


@ALL
@pytest.mark.parametrize("ramp", RAMPS)
def test_numbers_are_readable_on_every_color_of_a_cell(theme, ramp):
    assert contrast(getattr(theme, ramp) / 255, rgb(theme.text)).min() >= 4.5


@ALL
def test_all_other_text_is_readable_on_its_ground(theme):
    pairs = [
        (theme.text, theme.base),
        (theme.text, theme.alternate_base),
        (theme.window_text, theme.window),
        (theme.button_text, theme.button),
        (theme.highlighted_text, theme.highlight),
        (theme.header_text, theme.header),
        (theme.header_text, theme.header_selected),
        (theme.muted_text, theme.base),
        (theme.muted_text, theme.alternate_base),
        (theme.muted_text, theme.window),
        (theme.placeholder_text, theme.window),
        (theme.tool_tip_text, theme.tool_tip_base),
        (theme.window_text, theme.card),
        (theme.warning, theme.window),
        (theme.text, theme.similarity_bar),
    ]
    unreadable = {pair: contrast(rgb(pair[0]), rgb(pair[1])) for pair in pairs}
    assert {pair: ratio for pair, ratio in unreadable.items() if ratio < 4.5} == {}


@ALL
def test_curves_stand_out_from_the_plot_and_from_each_other(theme):
    for curve in (theme.train_curve, theme.valid_curve, theme.baseline):
        assert contrast(rgb(curve), rgb(theme.base)) >= 3
    for kind in (None, *COLOR_BLIND):
        assert distance(rgb(theme.train_curve), rgb(theme.valid_curve), kind) > 20


@ALL
@pytest.mark.parametrize("kind", COLOR_BLIND)
def test_too_high_and_too_low_look_different_to_color_blind_people(theme, kind):
    low, middle, high = (theme.error_ramp[entry] / 255 for entry in (0, 128, 255))
    # A rule of thumb for colors in a legend is 20; 2.3 can just be noticed.
    assert distance(low, high, kind) > 20
    assert distance(low, middle, kind) > 20
    assert distance(high, middle, kind) > 20


@ALL
def test_diverging_ramps_have_the_blank_cells_color_at_zero(theme):
    base = np.rint(rgb(theme.base) * 255).astype(int)
    for ramp in (theme.error_ramp, theme.factor_ramp):
        assert ramp[127].tolist() == ramp[128].tolist() == base.tolist()


@ALL
def test_ratings_get_steadily_darker_or_lighter_so_that_gray_prints_keep_their_order(theme):
    lightness = np.array([lab(linear(color / 255))[0] for color in theme.rating_ramp[::5]])
    steps = np.diff(lightness)
    assert (steps < 0.5).all() or (steps > -0.5).all()
    assert abs(lightness[-1] - lightness[0]) > 15


@ALL
def test_held_out_cells_are_hatched_visibly_on_every_color(theme):
    hatch = QColor(theme.held_out_hatch)
    for ramp in RAMPS:
        for color in getattr(theme, ramp)[::15] / 255:
            blended = color * (1 - hatch.alphaF()) + rgb(hatch.name()) * hatch.alphaF()
            assert distance(color, blended) > 10


# Switching


def choose(person, name):
    next(one for one in person.window.findChildren(QAction) if one.text() == name).trigger()


def average(image):
    small = image.scaled(60, 40)
    pixels = [small.pixelColor(x, y).getRgbF()[:3] for x in range(60) for y in range(40)]
    return np.mean(pixels, axis=0)


@ALL
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_check_boxes_and_radio_buttons_stand_out_from_the_window(qtbot, theme, kind):
    before = current_theme().name
    try:
        apply_theme(QApplication.instance(), theme.name)
        window = QWidget()
        qtbot.addWidget(window)
        kind("", window).move(5, 5)
        window.resize(40, 40)
        picture = window.grab().toImage()
        seen = [contrast(rgb(picture.pixelColor(x, y)), rgb(theme.window)) for x in range(40) for y in range(40)]
        assert sum(one > 2.9 for one in seen) >= 20
    finally:
        apply_theme(QApplication.instance(), before)


def test_themes_are_switched_live_and_everything_recolors(tastes):
    window = tastes.window
    tastes.train()
    names = {"whole window": window, "sheet": tastes.find("ratingsView"), "curve": tastes.find("rmsePlot")}
    names["neighbors"], names["formula bar"] = tastes.find("neighborsView"), tastes.find("formulaBar")
    pictures = {}
    for theme in ("Light", "Dark", "Paper"):
        choose(tastes, theme)
        QApplication.processEvents()
        assert current_theme().name == theme.lower()
        pictures[theme] = {name: average(widget.grab().toImage()) for name, widget in names.items()}
    for name in names:
        assert pictures["Light"][name].mean() > 0.8
        assert pictures["Dark"][name].mean() < 0.4
        assert pictures["Paper"][name][0] - pictures["Paper"][name][2] > 0.03
    choose(tastes, "Light")
    QApplication.processEvents()
    again = average(names["whole window"].grab().toImage())
    np.testing.assert_allclose(again, pictures["Light"]["whole window"], atol=0.01)


@pytest.mark.parametrize("name", ["light", "dark", "paper"])
def test_the_command_line_chooses_the_theme(open_window, name):
    person = open_window("--theme", name)
    palette = person.window.palette()
    assert palette.color(QPalette.ColorRole.Window) == QColor(THEMES[name].window)
    assert palette.color(QPalette.ColorRole.Base) == QColor(THEMES[name].base)
